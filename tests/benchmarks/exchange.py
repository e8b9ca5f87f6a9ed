"""Transfers between registries a second: real servers and couriers, and the floor of the same run.

A transfer counts when the sending registry knows that it was entered: proposed, approved, asked,
answered, left, told, entered and confirmed.
"""

import http.client
import multiprocessing
import socket
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from multiprocessing.synchronize import Barrier
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.domain.exchange import Side, Status
from app.domain.ledger import Kind
from app.registry import approvals, peers, transactions
from app.registry.transactions import Order
from app.store import verification
from app.store.databases import Database
from app.store.tables import Crossing
from tests import databases
from tests.benchmarks import floor, synthetic
from tests.benchmarks.synthetic import START, Cast
from tests.benchmarks.transfers import QUANTITY
from tests.exchanging import desk, party
from tests.nursery import Nursery

BLOCKS: Final = 100_000
#: What eight registries of one process hold, and the two that they are measured against.
FEW: Final = 10_000
#: Half of those that a benchmark opens exchange with the other half.
CODES: Final = ("JP", "MN", "BD", "ET", "KE", "MV", "VN", "LA")
_HOST: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 300
#: How long a message and its answer are, about.
_MESSAGE: Final = b"x" * 560
_POSTS: Final = 2
_ACCOUNTS: Final = 50

_context = multiprocessing.get_context("fork")
_runs = count(1)


@dataclass(frozen=True)
class Registry:
    """One registry of a benchmark."""

    code: str
    url: str
    cast: Cast
    #: With which it exchanges.
    other: str


@contextmanager
def registries(
    number: int, blocks: int, *, is_shared: bool
) -> Generator[list[Registry], None, None]:
    """Open so many registries on PostgreSQL, in pairs, with their servers and couriers.

    Args:
        is_shared: one server serves them all, each below a path, instead of one each.
    """
    codes = CODES[:number]
    with ExitStack() as kept:
        urls = {code: kept.enter_context(databases.fresh_url("postgresql")) for code in codes}
        casts = {
            code: synthetic.write(url, blocks, accounts=_ACCOUNTS, registry=code)
            for code, url in urls.items()
        }
        found = [
            Registry(code, urls[code], casts[code], codes[place ^ 1])
            for place, code in enumerate(codes)
        ]
        ports = dict.fromkeys(codes, free_port()) if is_shared else {c: free_port() for c in codes}
        paths = {code: f"/{code.lower()}" if is_shared else "" for code in codes}
        addresses = {code: f"http://{_HOST}:{ports[code]}{paths[code]}" for code in codes}
        for one in found:
            _connect(one, addresses[one.other])
        nursery = kept.enter_context(Nursery(urls, paths))
        for port in sorted(set(ports.values())):
            nursery.serve([code for code in codes if ports[code] == port], port)
            wait_for(port)
        for code in codes:
            nursery.carry(code)
        yield found
        for one in found:
            _verify(one)


def _connect(one: Registry, address: str) -> None:
    def connect(session: Session) -> None:
        peers.connect(
            session,
            one.code,
            one.other,
            party=party(one.other).code,
            name_en=f"Registry {one.other}",
            name_ja=f"登録簿 {one.other}",
            url=address,
            key=desk(one.other).seal.public.hex(),
            now=START,
        )

    database = Database.connect(one.url)
    database.write(connect)
    database.close()


def _verify(one: Registry) -> None:
    database = Database.connect(one.url)
    with database.reading() as session:
        assert next(verification.findings(session), None) is None
    database.close()


def rate(found: Sequence[Registry], total: int) -> float:
    """Return how many transfers a second all registries together complete, each way as many."""
    casts = {one.code: one.cast for one in found}
    each = total // len(found)
    works = [partial(_send, one, casts[one.other], each, next(_runs)) for one in found]
    return len(found) * each / _elapsed(works)


def _send(one: Registry, other: Cast, each: int, run: int, barrier: Barrier) -> None:
    """Propose and approve transfers to the other registry, and wait until they are confirmed."""
    database = Database.connect(one.url)
    known = _confirmed(database)
    barrier.wait(60)
    for number in range(each):
        now = datetime.now(UTC)
        order = Order(
            Kind.EXTERNAL_TRANSFER,
            one.cast.accounts[number % len(one.cast.accounts)],
            other.accounts[number % len(other.accounts)],
            quantity=QUANTITY,
        )
        key = f"exchange-{run}-{number}"
        made = database.write(
            partial(transactions.propose, order=order, key=key, actor=one.cast.proposer, now=now)
        )
        ended = database.write(
            partial(approvals.approve, identifier=made, actor=one.cast.approver, now=now)
        )
        assert ended.is_sent, ended
    until = time.monotonic() + _PATIENCE_SECONDS
    while _confirmed(database) < known + each:
        assert time.monotonic() < until, "the transfers do not end"
        time.sleep(0.02)


def _confirmed(database: Database) -> int:
    query = select(func.count()).where(
        Crossing.side == Side.OUT, Crossing.status == Status.CONFIRMED
    )
    with database.reading() as session:
        return int(session.scalars(query).one())


def floor_rate(found: Sequence[Registry], total: int) -> float:
    """Return the same many by hand: the statements of a transfer in either, and two posts."""
    casts = {one.code: one for one in found}
    each = total // len(found)
    with Nursery({}) as nursery:
        port = free_port()
        nursery.serve([], port)
        wait_for(port)
        works = [partial(_by_hand, one, casts[one.other], each, next(_runs), port) for one in found]
        return len(found) * each / _elapsed(works)


def _by_hand(
    one: Registry, other: Registry, each: int, run: int, port: int, barrier: Barrier
) -> None:
    books = [(_driver(side.url), side.cast) for side in (one, other)]
    connection = http.client.HTTPConnection(_HOST, port, timeout=60)
    # Accounts of its own: the floor does not look what others have reserved.
    places = [
        place for place in range(len(one.cast.accounts)) if place % 2 == (one.code < other.code)
    ]
    barrier.wait(60)
    for number in range(each):
        for driver, cast in books:
            source, target = (
                (cast.first_account + place, cast.accounts[place])
                for place in (places[number % len(places)], places[(number + 1) % len(places)])
            )
            floor.transfer(
                driver,
                source=source,
                target=target,
                quantity=QUANTITY,
                key=f"floor-{run}-{number}",
                people=(cast.proposer, cast.approver),
            )
        for _ in range(_POSTS):
            connection.request("POST", "/", _MESSAGE)
            assert connection.getresponse().read() == _MESSAGE


def _driver(url: str) -> floor.Postgresql:
    address = make_url(url)
    return floor.Postgresql(str(address.query["host"]), str(address.database))


def _elapsed(works: Sequence[Callable[[Barrier], None]]) -> float:
    """Run each in a process of its own, all from the same moment; return how long that takes."""
    barrier = _context.Barrier(len(works) + 1)
    processes = [_context.Process(target=work, args=(barrier,)) for work in works]
    for process in processes:
        process.start()
    barrier.wait(60)
    started = time.perf_counter()
    for process in processes:
        process.join()
    assert not any(process.exitcode for process in processes), "a process failed"
    return time.perf_counter() - started


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind((_HOST, 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until somebody listens at a port."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex((_HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the server does not answer")


Table = Callable[[str, float, float, float, str], None]


def measure(add: Table, *, blocks: int = BLOCKS, rounds: int = 3) -> None:
    """Measure both, and add the ratios to the table."""
    with registries(2, blocks, is_shared=False) as found:
        rate(found, 20)
        best = {"whole": 0.0, "floor": 0.0}
        for _ in range(rounds):
            best["floor"] = max(best["floor"], floor_rate(found, 200))
            best["whole"] = max(best["whole"], rate(found, 200))
    what = f"transfers between registries, {blocks:,} blocks on each side"
    add(f"{what} / bare driver and posts", best["whole"], best["floor"], 0.2, "/s")
    add(f"{what} / 20", best["whole"], 20, 1, "/s")
    rates: dict[int, float] = {2: 0.0, 8: 0.0}
    with (
        registries(2, FEW, is_shared=True) as two,
        registries(8, FEW, is_shared=True) as eight,
    ):
        opened: Mapping[int, Sequence[Registry]] = {2: two, 8: eight}
        for each in opened.values():
            rate(each, 40)
        for _ in range(rounds):
            for number, each in opened.items():
                rates[number] = max(rates[number], rate(each, 240))
    what = "transfers between registries, eight in one process / two"
    add(what, rates[8], rates[2], 0.9, "/s")
