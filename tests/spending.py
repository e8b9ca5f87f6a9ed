"""Many at once after the same credits, from threads or from processes of their own."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.errors import NotFound, Refusal
from app.registry import approvals, transactions
from app.registry.transactions import Order
from app.store.databases import Database
from tests import forked, world
from tests.world import NOW, World

Answer = TypeVar("Answer")


def spend(database: Database, cast: World, orders: Iterable[Order]) -> Counter[str]:
    """Propose and approve each order as soon as may be; count how they ended."""
    return Counter(spend_one(database, cast, order) for order in orders)


def spend_one(database: Database, cast: World, order: Order) -> str:
    """Return "completed", or the name of what stood against it."""

    def propose() -> str:
        proposer, approver = world.proposer(cast, order), world.decider(cast, order)
        identifier = database.write(
            lambda session: transactions.propose(
                session, order, key=world.key(), actor=proposer, now=NOW
            )
        )
        ended = database.write(
            lambda session: approvals.approve(session, identifier, actor=approver, now=NOW)
        )
        return ended.refusal.code if ended.refusal else ended.status.value

    return outcome(propose)


def outcome(attempt: Callable[[], object]) -> str:
    """Return what an attempt gave, or the name of the refusal, or an error marked as such."""
    try:
        return str(attempt())
    except (Refusal, NotFound) as refusal:
        return type(refusal).__name__
    except (DBAPIError, psycopg.Error, sqlite3.Error, AssertionError) as error:
        return f"error: {error!r}"


def at_once(count: int, attempt: Callable[[int], Answer]) -> list[Answer]:
    """Start so many threads together, each with its number, and return their answers."""
    barrier = Barrier(count)

    def begin(number: int) -> Answer:
        barrier.wait()
        return attempt(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(begin, range(count)))


def in_processes(url: str, cast: World, shares: Sequence[Sequence[Order]]) -> Counter[str]:
    """Spend each share of the orders in a process of its own, all starting together."""
    # Not forked from here, where there are threads, but from a server that has none.
    start = time.time() + 1
    with ProcessPoolExecutor(len(shares), mp_context=forked.context()) as processes:
        given = [(url, cast, share, start) for share in shares]
        return sum(processes.map(_spend_elsewhere, given), Counter[str]())


def _spend_elsewhere(given: tuple[str, World, Sequence[Order], float]) -> Counter[str]:
    url, cast, orders, start = given
    database = Database.connect(url)
    time.sleep(max(0.0, start - time.time()))
    try:
        return spend(database, cast, orders)
    finally:
        database.close()


def assert_nobody_waits(database: Database) -> None:
    """Assert that no lock is left over, nobody hangs in a transaction, and none was deadlocked."""
    if database.dialect == "postgresql":
        with database.engine.connect() as connection:
            hanging = connection.execute(_HANGING).one()
        assert tuple(hanging) == (0, 0, 0), hanging
    started = time.monotonic()
    with database.writing():
        pass
    assert time.monotonic() - started < 5, "a lock is left over"


_HANGING = text("""
    SELECT
        (SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
         WHERE NOT granted AND datname = current_database()) AS waiting,
        (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
         AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()) AS hanging,
        (SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()) AS deadlocks
""")
