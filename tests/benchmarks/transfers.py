"""Complete transfers (propose and approve) a second: through the verbs, and by the bare driver."""

import multiprocessing
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.domain.ledger import Kind
from app.registry import approvals, transactions
from app.registry.transactions import Order
from app.store import blocks
from app.store.databases import Database
from tests.benchmarks import floor
from tests.benchmarks.synthetic import Cast

QUANTITY: Final = 3
#: Workers take from accounts of their own: the floor does not look what others have reserved.
APART: Final = 8
_WARM_UP: Final = 40

_Do = Callable[[int], None]
_context = multiprocessing.get_context("fork")


def rate(
    make: Callable[[str, Cast, int], _Do], url: str, cast: Cast, *, workers: int, each: int
) -> float:
    """Return what `workers` processes together do a second, `each` times apiece."""
    barrier = _context.Barrier(workers + 1)
    processes = [
        _context.Process(target=_work, args=(make, url, cast, worker, each, barrier))
        for worker in range(workers)
    ]
    for process in processes:
        process.start()
    barrier.wait(60)
    started = time.perf_counter()
    for process in processes:
        process.join()
    elapsed = time.perf_counter() - started
    assert not any(process.exitcode for process in processes), "a worker failed"
    return workers * each / elapsed


def _work(
    make: Callable[[str, Cast, int], _Do],
    url: str,
    cast: Cast,
    worker: int,
    each: int,
    barrier: Barrier,
) -> None:
    do = make(url, cast, worker)
    for number in range(_WARM_UP):
        do(-1 - number)
    barrier.wait(60)
    for number in range(each):
        do(number)


def by_verbs(url: str, cast: Cast, worker: int) -> _Do:
    """Return a function that makes one transfer through the verbs."""
    database = Database.connect(url)
    choose = random.Random(worker).sample
    run = time.time_ns()
    own = cast.accounts[worker::APART]

    def do(number: int) -> None:
        source, target = choose(own, 2)
        order = Order(Kind.TRANSFER, source, target, quantity=QUANTITY)
        key = f"{run}-{worker}-{number}"
        now = datetime.now(UTC)
        identifier = database.write(
            lambda session: transactions.propose(
                session, order, key=key, actor=cast.proposer, now=now
            )
        )
        ended = database.write(
            lambda session: approvals.approve(session, identifier, actor=cast.approver, now=now)
        )
        assert ended.refusal is None, ended

    return do


def by_hand(url: str, cast: Cast, worker: int) -> _Do:
    """Return a function that makes one transfer by the bare driver."""
    address = make_url(url)
    driver: floor.Sqlite | floor.Postgresql
    if address.get_backend_name() == "sqlite":
        driver = floor.Sqlite(str(address.database))
    else:
        driver = floor.Postgresql(str(address.query["host"]), str(address.database))
    own = list(enumerate(cast.accounts, start=cast.first_account))[worker::APART]
    choose = random.Random(worker).sample
    run = time.time_ns()

    def do(number: int) -> None:
        source, target = choose(own, 2)
        floor.transfer(
            driver,
            source=source,
            target=target,
            quantity=QUANTITY,
            key=f"{run}-{worker}-{number}",
            people=(cast.proposer, cast.approver),
        )

    return do


def searches(url: str, *, serial_last: int, each: int) -> float:
    """Return how many serial numbers one reader finds a second, each with its block's facts."""
    database = Database.connect(url)
    choose = random.Random(1).randrange
    with database.reading() as session:
        session.execute(text("SELECT 1"))
        for _ in range(_WARM_UP):
            assert blocks.at(session, choose(1, serial_last)) is not None
        started = time.perf_counter()
        for _ in range(each):
            assert blocks.at(session, choose(1, serial_last)) is not None
        elapsed = time.perf_counter() - started
    database.close()
    return each / elapsed
