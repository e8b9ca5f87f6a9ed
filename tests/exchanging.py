"""Two registries that exchange, for tests: Japan's and Mongolia's, each with the whole cast.

Letters go from the one database to the other without a network, through the same doors as with
one; tests of the network itself start real servers.
"""

import hashlib
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import func, select

from app.domain.actions import Party
from app.domain.exchange_errors import MessageRefused
from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import approvals, exchange, outgoing, peers, transactions
from app.registry.approvals import Ended
from app.registry.couriers import Courier, Unreachable
from app.registry.letters import Desk, Letter
from app.registry.seals import Seal
from app.registry.transactions import Order
from app.store import peers as peer_questions
from app.store.databases import Database
from app.store.tables import Block
from tests import world
from tests.world import NOW, World

PARTIES = {
    "JP": Party("JPN", "JPN01"),
    "MN": Party("MNG", "MNG01"),
}
SEEDS = {"JP": "11" * 32, "MN": "22" * 32}


def party(code: str) -> Party:
    """Return the Party of a registry of the tests."""
    return PARTIES.get(code) or Party(f"{code}X", f"{code}X01")


def seed(code: str) -> str:
    """Return the signing key of a registry of the tests."""
    return SEEDS.get(code) or hashlib.sha256(code.encode()).hexdigest()


def desk(code: str) -> Desk:
    """Return who speaks for a registry of the tests."""
    return Desk(code, Seal(seed(code)), party(code))


@dataclass
class Side:
    """One registry: its database, its cast, and who speaks for it."""

    code: str
    database: Database
    cast: World
    desk: Desk
    moment: list[datetime] = field(default_factory=lambda: [NOW])

    def now(self) -> datetime:
        """Return a moment later than any before, as its clock tells it."""
        self.moment[0] += timedelta(milliseconds=1)
        return self.moment[0]

    def issue(self, quantity: int = 1_000, **asked: Any) -> Range:
        """Issue credits to Aoba's account here."""
        return self.database.write(
            lambda session: world.issued(session, self.cast, quantity=quantity, **asked)
        )

    def propose(self, target: str, quantity: int | None = 100, **asked: Any) -> int:
        """Propose a transfer of Aoba's to an account of the other registry."""
        order = Order(Kind.EXTERNAL_TRANSFER, self.cast.aoba, target, quantity=quantity, **asked)
        return self.database.write(
            lambda session: transactions.propose(
                session,
                order,
                key=world.key(),
                actor=self.cast.aoba_proposer,
                now=self.now(),
                party=self.desk.party,
            )
        )

    def approve(self, transaction: int) -> Ended:
        """Approve it, which asks the other registry."""
        return self.database.write(
            lambda session: approvals.approve(
                session,
                transaction,
                actor=self.cast.aoba_approver,
                now=self.now(),
                party=self.desk.party,
            )
        )

    def send(self, target: str, quantity: int | None = 100, **asked: Any) -> int:
        """Propose and approve a transfer to an account of the other registry."""
        transaction = self.propose(target, quantity, **asked)
        assert self.approve(transaction).is_sent
        return transaction

    def held(self) -> int:
        """Return the tonnes that lie in this registry itself, used or not."""
        query = select(func.coalesce(func.sum(Block.last - Block.first + 1), 0)).where(
            Block.closed_by.is_(None), Block.kind != "external"
        )
        with self.database.reading() as session:
            return int(session.execute(query).scalar_one())


@dataclass
class Direct:
    """Brings letters of one side to the other; `lose` says what gets lost on the way."""

    to: Side
    #: Called with each letter; "there" and "back" lose it on the way there, or its answer.
    lose: Callable[[Letter], str] = lambda _letter: ""

    def post(self, letter: Letter) -> tuple[bytes, bytes]:
        lost = self.lose(letter)
        if lost == "there":
            raise Unreachable
        now = self.to.now()
        try:
            heard = self.to.database.write(
                lambda session: exchange.hear(
                    session, letter.body, letter.signature, self.to.desk, now=now
                )
            )[1]
        except MessageRefused as refusal:
            heard = exchange.refused(refusal, letter.body, self.to.desk, now=now)
        if lost == "back":
            raise Unreachable
        return heard.body, heard.signature

    def close(self) -> None:
        pass


class Walker(Courier):
    """A courier that also follows up, as a worker's rounds do."""

    def round(self) -> int:
        """Follow up and carry what waits for each registry; return how much was answered."""
        outgoing.follow_up(self.database, self.desk, now=self.clock())
        with self.database.reading() as session:
            waiting = peer_questions.waiting(session)
            found = [one for one in peer_questions.everyone(session) if one.id in waiting]
        return sum(self.carry(peer).count for peer in found if not peer.is_suspended)


@dataclass
class Two:
    """Both registries, and what carries their letters."""

    japan: Side
    mongolia: Side

    def carry(self, **lose: Callable[[Letter], str]) -> int:
        """Carry everything that waits, on both sides, until nothing does; return how many."""
        total, done = 0, 1
        while done:
            done = self.courier(self.japan, **lose).round()
            done += self.courier(self.mongolia, **lose).round()
            total += done
        return total

    def courier(self, side: Side, **lose: Callable[[Letter], str]) -> Walker:
        """Return what carries the letters of one side."""
        other = self.mongolia if side is self.japan else self.japan
        return Walker(side.database, side.desk, side.now, Direct(other, **lose))

    def sum(self) -> int:
        """Return the tonnes in both registries together."""
        return self.japan.held() + self.mongolia.held()


@contextmanager
def two(one: str, other: str) -> Generator[Two, None, None]:
    """Open two registries that exchange, on the engines named; they are gone on leaving."""
    clock = [NOW]
    with ExitStack() as kept:
        sides = []
        for code, engine in (("JP", one), ("MN", other)):
            database, cast = kept.enter_context(world.populated(engine, code))
            sides.append(Side(code, database, cast, desk(code), clock))
        for side, other_side in (sides, sides[::-1]):
            side.database.write(partial(_connect, side=side, other=other_side))
        yield Two(*sides)


def _connect(session: Any, *, side: Side, other: Side) -> None:
    peers.connect(
        session,
        side.code,
        other.code,
        party=other.desk.party.code,
        name_en=f"Registry {other.code}",
        name_ja=f"登録簿 {other.code}",
        url="https://registry.example",
        key=other.desk.seal.public.hex(),
        now=NOW,
    )


def proposal(both: Two, *units: Any, **otherwise: Any) -> dict[str, Any]:
    """Return what a sound proposal of Japan's says, of a new block, with some of it otherwise."""
    told = list(units) or [unit()]
    return {
        "crossing": f"JP{next(_numbers):010}",
        "from": both.japan.cast.aoba,
        "to": both.mongolia.cast.aoba,
        "quantity": 10 * len(told),
        "units": told,
    } | otherwise


def unit(**otherwise: Any) -> dict[str, Any]:
    """Return a block of ten of Japan's as it is told, with some of it otherwise."""
    first = next(_serials) * 10
    fixed = {"partner": "MN", "project": "MN003", "vintage": 2019, "decision": "MN003-1"}
    numbers = {"origin": "JP", "first": first, "last": first + 9}
    return {**numbers, **fixed, "unit_class": "jcm_credit"} | otherwise


_numbers, _serials = count(1), count(1)
