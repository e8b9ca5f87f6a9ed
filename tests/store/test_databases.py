"""Reading refuses to write and sees one moment; writing is all or nothing, and tried again."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.store import accounts, blocks, databases
from app.store.blocks import Search
from app.store.databases import Database
from app.store.tables import Balance, Block, Holder
from tests import world
from tests.databases import fresh

TRANSACTIONS = 100


def renamed(session: Session, name: str) -> None:
    session.execute(update(Holder).values(name_en=name))


def names(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Holder.name_en)))


def test_a_reading_session_cannot_write(database: Database) -> None:
    database.write(world.build)
    for change in ("UPDATE holders SET name_en = 'X'", "DELETE FROM reservations"):
        with database.reading() as session, pytest.raises(DBAPIError):
            session.execute(text(change))


def test_a_change_that_fails_leaves_nothing_behind(database: Database) -> None:
    database.write(world.build)
    before = names(database)

    def change(session: Session) -> None:
        renamed(session, "X")
        raise KeyError

    with pytest.raises(KeyError):
        database.write(change)
    assert names(database) == before
    database.write(lambda session: renamed(session, "X"))
    assert names(database) == {"X"}


def test_what_the_session_still_holds_is_written_at_the_end(database: Database) -> None:
    database.write(world.build)

    def change(session: Session) -> None:
        for holder in session.scalars(select(Holder)):
            holder.name_ja = "青葉"

    database.write(change)
    with database.reading() as session:
        assert set(session.scalars(select(Holder.name_ja))) == {"青葉"}


def test_a_reading_session_keeps_the_moment_it_began_with(database: Database) -> None:
    cast = database.write(world.build)
    database.write(lambda session: world.issued(session, cast, quantity=10))
    with database.reading() as session:
        before = blocks.totals(session, Search())
        database.write(lambda other: world.moved(other, cast, world.Kind.RETIREMENT, quantity=4))
        assert blocks.totals(session, Search()) == before
    with database.reading() as session:
        assert blocks.totals(session, Search()) != before


def test_case_117_totals_taken_while_100_transactions_run_are_those_of_one_moment(
    database: Database,
) -> None:
    cast = database.write(world.build)
    database.write(lambda session: world.issued(session, cast, quantity=TRANSACTIONS))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(TRANSACTIONS):
                database.write(lambda session: world.moved(session, cast, quantity=1))
        except BaseException as failure:
            failures.append(failure)
            raise

    worker = threading.Thread(target=work)
    worker.start()
    moments = set()
    while worker.is_alive():
        moments.add(snapshot(database))
    worker.join()
    moments.add(snapshot(database))
    assert not failures
    # Every look found the same credits, somewhere on their way, in blocks as in balances.
    assert all(by_blocks == by_balances for by_blocks, by_balances in moments)
    assert all(sum(by_blocks) == TRANSACTIONS for by_blocks, _ in moments)
    assert len(moments) > 2


def snapshot(database: Database) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the tonnes of every account as two tables tell them in one reading session."""
    tonnes = func.sum(Block.last - Block.first + 1)
    held = select(Block.account_id, tonnes).where(Block.closed_by.is_(None))
    said = select(Balance.account_id, func.sum(Balance.quantity)).where(Balance.quantity > 0)
    with database.reading() as session:
        by_blocks = session.execute(held.group_by(Block.account_id).order_by(Block.account_id))
        first = tuple(int(quantity) for _, quantity in by_blocks)
        by_balances = session.execute(
            said.group_by(Balance.account_id).order_by(Balance.account_id)
        )
        return first, tuple(int(quantity) for _, quantity in by_balances)


class Deadlock(psycopg.errors.DeadlockDetected):
    """What PostgreSQL answers when it gives one of two transactions up."""

    sqlstate = "40P01"


class Lock(psycopg.errors.LockNotAvailable):
    """Another failure of the engine, which is not tried again."""

    sqlstate = "55P03"


def failing(times: int, error: Callable[[], BaseException]) -> Callable[[Session], int]:
    """Return a change that fails so many times, and then tells how often it was tried."""
    tries = []

    def change(session: Session) -> int:
        tries.append(session)
        if len(tries) <= times:
            raise error()
        return len(tries)

    return change


@pytest.mark.parametrize(
    "error", [Deadlock, lambda: OperationalError("UPDATE", {}, Deadlock())], ids=["driver", "core"]
)
def test_a_change_that_the_engine_gave_up_is_tried_again(
    database: Database, error: Callable[[], BaseException]
) -> None:
    assert database.write(failing(5, error)) == 6
    with pytest.raises((psycopg.Error, DBAPIError)):
        database.write(failing(6, error))


def test_a_key_that_another_took_meanwhile_is_seen_at_the_second_try() -> None:
    with fresh("postgresql") as database:
        tries = []

        def record(session: Session, name: str) -> str:
            known = accounts.holder(session, "reference")
            if known is None:
                session.add(Holder(reference="reference", name_en=name))
                session.flush()
            return known.name_en if known else name

        def change(session: Session) -> str:
            tries.append(session)
            if len(tries) > 1:
                return record(session, "second")
            # Looked before the other came, written after.
            assert accounts.holder(session, "reference") is None
            database.write(lambda other: record(other, "first"))
            session.add(Holder(reference="reference", name_en="second"))
            return "second"

        assert database.write(change) == "first"
        assert len(tries) == 2


def test_any_other_failure_is_raised_at_once(database: Database) -> None:
    change = failing(1, Lock)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        database.write(change)
    assert database.write(change) == 2


def test_an_engine_that_does_not_keep_what_it_acknowledged_is_refused() -> None:
    with fresh("sqlite") as database:
        databases.check(database)
        # The pool hands out the connection that was put back last.
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            connection.exec_driver_sql("BEGIN")
        with pytest.raises(AssertionError):
            databases.check(database)


def test_reading_and_writing_on_postgresql_differ_in_what_they_may() -> None:
    url = "postgresql+psycopg://registry@/registry"
    reading, writing = databases.options(url, reading=True), databases.options(url, reading=False)
    assert "default_transaction_read_only=on" in reading["connect_args"]["options"]
    assert "read_only" not in writing["connect_args"]["options"]
    assert (reading["isolation_level"], writing["isolation_level"]) == (
        "REPEATABLE READ",
        "READ COMMITTED",
    )
