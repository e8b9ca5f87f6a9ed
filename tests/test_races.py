"""Many at once: no credit is spent twice, none is lost, and whoever loses is told why."""

from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from random import Random
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.ledger import PROPOSAL_LIFE, Kind
from app.domain.roles import Right
from app.domain.serials import Range
from app.registry import accounts, approvals, transactions
from app.registry.transactions import Order
from app.store import accounts as account_questions
from app.store import blocks, databases, verification
from app.store.blocks import Search
from app.store.databases import Database
from app.store.tables import Balance, Block, ChainHead, Issuance, Transaction
from tests import spending, world
from tests.spending import assert_nobody_waits, at_once, outcome
from tests.world import NOW, World

THREADS, PROCESSES, ATTEMPTS = 8, 4, 1_000
HELD, EACH = 1_000, 7

Record = Callable[[str, object], None]
Orders = Callable[[World], list[Order]]


@contextmanager
def registry(engine: str, quantity: int = HELD) -> Generator[tuple[Database, World, str]]:
    """Open a registry in which Aoba holds credits, and see at the end that it is sound."""
    with world.populated_url(engine) as (url, cast), closing(Database.connect(url)) as database:
        database.write(lambda session: world.issued(session, cast, quantity=quantity))
        yield database, cast, url
        assert_nobody_waits(database)
        with database.reading() as session:
            assert list(verification.findings(session)) == []


def named(cast: World) -> list[Order]:
    """Ask for ten ranges by their numbers, a hundred times each."""
    ranges = [Range(first, first + 99) for first in range(1, HELD, 100)]
    targets = (cast.kaede, cast.outside)
    return [
        world.order(cast, target=targets[turn % 3 % 2], serials=[ranges[turn % len(ranges)]])
        for turn in range(ATTEMPTS)
    ]


def lowest_first(cast: World) -> list[Order]:
    """Ask a thousand times for seven tonnes, whichever they are."""
    return [world.order(cast, quantity=EACH)] * ATTEMPTS


WON = {"named": HELD // 100, "lowest_first": HELD // EACH}
LOST = {
    "named": {"SerialsReserved", "SerialsNotHeld"},
    "lowest_first": {"NotEnoughCredits"},
}


def assert_won(ended: Counter[str], how: str) -> None:
    """Assert that as many won as the balance allows, and the others were refused."""
    assert ended.total() == ATTEMPTS
    assert ended["completed"] == WON[how], ended
    assert set(ended) - {"completed"} <= LOST[how], ended


def assert_spent(database: Database, cast: World, how: str) -> None:
    """Assert that what left Aoba is what the winners moved, each number once."""
    with database.reading() as session:
        query = select(Block.first, Block.last, Block.account_id).where(Block.closed_by.is_(None))
        live = session.execute(query.order_by(Block.first)).all()
        aoba = account_questions.by_number(session, cast.aoba)
        assert aoba is not None
        kept = account_questions.balance(session.connection(), aoba.id)
    serials = [n for first, last, _ in live for n in range(first, last + 1)]
    assert serials == list(range(1, HELD + 1))
    left = HELD - (WON[how] * EACH if how == "lowest_first" else HELD)
    assert kept == sum(last - first + 1 for first, last, owner in live if owner == aoba.id) == left


@pytest.mark.parametrize("orders", [named, lowest_first])
def test_a_thousand_attempts_from_threads_spend_no_credit_twice(
    engine: str, orders: Orders, record_property: Record
) -> None:
    how = orders.__name__
    with registry(engine) as (database, cast, _):
        asked = orders(cast)
        shares = [asked[number::THREADS] for number in range(THREADS)]
        spent = at_once(THREADS, lambda n: spending.spend(database, cast, shares[n]))
        assert_won(sum(spent, Counter[str]()), how)
        assert_spent(database, cast, how)
    record_property(f"attempts from threads on {engine}", ATTEMPTS)


@pytest.mark.parametrize("orders", [named, lowest_first])
def test_a_thousand_attempts_from_processes_spend_no_credit_twice(
    engine: str, orders: Orders, record_property: Record
) -> None:
    how = orders.__name__
    with registry(engine) as (database, cast, url):
        asked = orders(cast)
        shares = [asked[number::PROCESSES] for number in range(PROCESSES)]
        assert_won(spending.in_processes(url, cast, shares), how)
        assert_spent(database, cast, how)
    record_property(f"attempts from processes on {engine}", ATTEMPTS)


def test_fifty_times_the_same_key_at_once_give_one_transaction_and_one_answer(engine: str) -> None:
    with registry(engine) as (database, cast, url):
        made = [
            create_engine(url, pool_size=50, **databases.options(url, reading=reading))
            for reading in (False, True)
        ]
        order, key, actor = world.order(cast, quantity=10), world.key(), cast.aoba_proposer

        def propose(session: Session) -> int:
            return transactions.propose(session, order, key=key, actor=actor, now=NOW)

        with closing(Database.over(*made)) as crowd:
            answers = at_once(50, lambda _: crowd.write(propose))
            assert len(set(answers)) == 1
            with database.reading() as session:
                count = select(func.count()).where(Transaction.key == key)
                assert session.scalar(count) == 1
                assert reserved(session, cast.aoba) == 10
            ended = at_once(50, lambda _: crowd.write(lambda s: approve(s, cast, answers[0])))
            assert set(ended) == {"completed"}


def approve(session: Session, cast: World, identifier: int, actor: int | None = None) -> str:
    who = cast.aoba_approver if actor is None else actor
    return approvals.approve(session, identifier, actor=who, now=NOW).status.value


def reserved(session: Session, number: str) -> int:
    account = account_questions.by_number(session, number)
    assert account is not None
    return account_questions.reserved(session.connection(), account.id)


def test_the_same_key_for_different_proposals_at_once_gives_one_of_them(engine: str) -> None:
    """Also where they start from different accounts, so that no lock is common to them."""
    with registry(engine) as (database, cast, _):
        database.write(lambda session: world.issued(session, cast, account=cast.kaede))
        acting = {cast.aoba_proposer: Right.BOTH, cast.kaede_approver: Right.BOTH}
        for number in (cast.aoba, cast.kaede):
            database.write(lambda s, n=number: world.appoint(s, n, acting, cast.operator))
        orders = [
            world.order(cast, source=source, target=target, quantity=quantity)
            for source, target in ((cast.aoba, cast.outside), (cast.kaede, cast.government))
            for quantity in (1, 2, 3, 4)
        ]
        for _ in range(10):
            key = world.key()

            def propose(number: int, key: str = key) -> str:
                def change(session: Session) -> str:
                    transactions.propose(
                        session, orders[number], key=key, actor=cast.aoba_proposer, now=NOW
                    )
                    return "proposed"

                return outcome(lambda: database.write(change))

            assert Counter(at_once(len(orders), propose)) == {
                "proposed": 1,
                "KeyUsedOtherwise": len(orders) - 1,
            }


def test_two_approvers_at_once_complete_a_proposal_once(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        actors = (cast.aoba_approver, cast.outsider)
        acting = {cast.aoba_proposer: Right.BOTH, **dict.fromkeys(actors, Right.APPROVE)}
        database.write(lambda session: world.appoint(session, cast.aoba, acting, cast.operator))
        for _ in range(30):
            identifier = database.write(lambda session: world.proposed(session, cast, quantity=3))
            ended = at_once(
                2, lambda n, i=identifier: outcome(decision(database, cast, i, actors[n]))
            )
            assert sorted(ended) == ["NotAllowedInStatus", "completed"]
        with database.reading() as session:
            assert session.get_one(ChainHead, 1).position == 31


def decision(database: Database, cast: World, identifier: int, actor: int) -> Callable[[], str]:
    return lambda: database.write(lambda session: approve(session, cast, identifier, actor))


def test_a_proposal_that_many_would_end_at_once_ends_one_way(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        late = NOW + PROPOSAL_LIFE
        endings: list[Callable[[Session, int], Any]] = [
            lambda s, i: approvals.approve(s, i, actor=cast.aoba_approver, now=NOW).status.value,
            lambda s, i: (
                approvals.reject(s, i, reason="r", actor=cast.aoba_approver, now=NOW).status.value
            ),
            lambda s, i: approvals.withdraw(s, i, actor=cast.aoba_proposer, now=NOW).status.value,
            lambda s, i: "expired" if i in approvals.expire(s, now=late) else "NotAllowedInStatus",
        ]
        seen: Counter[str] = Counter()
        for _ in range(30):
            identifier = database.write(lambda session: world.proposed(session, cast, quantity=3))

            def end(number: int, identifier: int = identifier) -> str:
                ending = endings[number]
                return outcome(lambda: database.write(lambda s: ending(s, identifier)))

            ended = Counter(at_once(len(endings), end))
            assert ended["NotAllowedInStatus"] == 3, ended
            seen.update(ended)
        assert seen.total() == 120


def test_issuances_at_once_get_ranges_of_their_own_without_gap(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        keys = sorted(cast.allocations)

        def issue(number: int) -> str:
            project, account = keys[number % len(keys)]
            return outcome(
                lambda: database.write(
                    lambda session: world.issued(
                        session, cast, quantity=10 + number, account=account, project=project
                    )
                )
            )

        issued = [answer for _ in range(10) for answer in at_once(8, issue)]
        # Two to one account may meet while the first waits for its approval.
        ranges = [answer for answer in issued if answer != "SameKindPending"]
        assert not [answer for answer in ranges if "error" in answer]
        with database.reading() as session:
            found = session.execute(select(Issuance.first, Issuance.last)).all()
            assert len(found) == len(ranges) + 1
            total = sum(last - first + 1 for first, last in found)
            assert session.get_one(ChainHead, 1).serial_next == total + 1


def test_an_account_that_is_barred_meanwhile_lets_nothing_go_afterwards(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        for turn in range(20):
            identifier = database.write(lambda session: world.proposed(session, cast, quantity=3))

            def bar_or_approve(number: int, turn: int = turn, identifier: int = identifier) -> str:
                if (number + turn) % 2:
                    change_state(database, cast, State.BARRED)
                    return "barred"
                return outcome(decision(database, cast, identifier, cast.aoba_approver))

            ended = set(at_once(2, bar_or_approve))
            assert ended < {"barred", "completed", "terminated"}
            assert "barred" in ended
            change_state(database, cast, State.OPEN)


def change_state(database: Database, cast: World, state: State) -> None:
    database.write(
        lambda session: accounts.change_state(
            session, cast.aoba, state, reason="r", actor=cast.operator, now=NOW
        )
    )


def test_whoever_reads_meanwhile_sees_every_credit_once(
    engine: str, record_property: Record
) -> None:
    """The bank test: transfers to and fro, and each reading adds up to what was issued."""
    with registry(engine, quantity=5_000) as (database, cast, _):
        database.write(lambda session: world.issued(session, cast, account=cast.kaede))
        writing = [True]

        def write(number: int) -> Counter[str]:
            chance = Random(number)
            try:
                return spending.spend(database, cast, wandering(cast, chance, 60))
            finally:
                writing.append(False)

        def read(_: int) -> int:
            readings = 0
            while writing.count(False) < 4 or readings == 0:
                with database.reading() as session:
                    assert_balanced(session)
                readings += 1
            return readings

        with ThreadPoolExecutor(8) as threads:
            readers = [threads.submit(read, number) for number in range(4)]
            writers = [threads.submit(write, number) for number in range(4)]
            spent = sum((writer.result() for writer in writers), Counter[str]())
            readings = sum(reader.result() for reader in readers)
        assert not [ended for ended in spent if "error" in ended], spent
        assert spent["completed"] > 100
    record_property(f"balanced readings during writing on {engine}", readings)


def wandering(cast: World, chance: Random, count: int) -> list[Order]:
    """Return transfers between three accounts in every direction, and some retirements."""
    places = (cast.aoba, cast.kaede, cast.outside)
    orders = []
    for _ in range(count):
        source, target = chance.sample(places, 2)
        kind = chance.choices([Kind.TRANSFER, Kind.RETIREMENT], [9, 1])[0]
        going = {"target": target} if kind is Kind.TRANSFER else {}
        orders.append(
            world.order(cast, kind, source=source, quantity=chance.randint(1, 40), **going)
        )
    return orders


def assert_balanced(session: Session) -> None:
    """Assert that everything one reading shows adds up to what it says was issued."""
    issued = session.scalar(select(func.sum(Issuance.last - Issuance.first + 1)))
    assert sum(blocks.totals(session, Search()).values()) == issued
    assert sum(blocks.totals(session, Search(range=Range(1, 10_000))).values()) == issued
    assert sum(blocks.totals_as_of(session, NOW).values()) == issued
    assert session.scalar(select(func.sum(Balance.quantity))) == issued
    live = select(func.sum(Block.last - Block.first + 1)).where(Block.closed_by.is_(None))
    assert session.scalar(live) == issued
    assert session.get_one(ChainHead, 1).serial_next == (issued or 0) + 1
