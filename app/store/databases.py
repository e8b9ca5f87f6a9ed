"""One registry's database: how reads and writes are opened on SQLite and on PostgreSQL.

Reading is the default and the database itself refuses to write. A write on SQLite opens with
BEGIN IMMEDIATE behind a file lock, at which writers queue fairly; on PostgreSQL it runs READ
COMMITTED with row locks and is tried again when the engine gave it up for a deadlock.
"""

import fcntl
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import Engine, Row, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

Result = TypeVar("Result")

#: A row of a question whose columns are read by name.
AnyRow = Row[*tuple[Any, ...]]

_TRIES: Final = 6
#: Serialization failure and deadlock, after which PostgreSQL asks to try again; and a unique key
#: that another took since the verb looked: tried again, the verb sees it and says so.
_AGAIN: Final = frozenset({"40001", "40P01", "23505"})
_BUSY_MILLISECONDS: Final = 30_000
_CONNECT_SECONDS: Final = 5
#: What SQLAlchemy and the drivers raise when a database cannot be reached or cannot work.
UNREACHABLE: Final = (OperationalError, psycopg.OperationalError, sqlite3.OperationalError)


class Database:
    """The engines of one registry: `reading()` for questions, `write()` for changes."""

    def __init__(self, writing: Engine, reading: Engine) -> None:
        self._writing = writing
        self._reading = reading
        self._lock = _lock_file(writing.url)

    @classmethod
    def connect(cls, url: str | URL) -> "Database":
        """Open a database by its address, such as sqlite:////path or postgresql+psycopg://…"""
        made = [create_engine(url, **options(url, reading=reading)) for reading in (False, True)]
        return cls.over(*made)

    @classmethod
    def over(cls, writing: Engine, reading: Engine) -> "Database":
        """Use engines made elsewhere with `options`."""
        _prepare(writing, reading=False)
        _prepare(reading, reading=True)
        return cls(writing, reading)

    @property
    def engine(self) -> Engine:
        """The engine that may write."""
        return self._writing

    @property
    def dialect(self) -> str:
        """Return "sqlite" or "postgresql"."""
        return self._writing.dialect.name

    @contextmanager
    def reading(self) -> Generator[Session, None, None]:
        """Yield a session with one unchanging view of the registry, in which writes fail."""
        with Session(self._reading, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Generator[Session, None, None]:
        """Yield a session for one change; commit on leaving, roll back on any exception."""
        # A session on an open connection costs half of one that begins by itself.
        with (
            self._turn(),
            self._writing.begin() as connection,
            Session(connection, autoflush=False, join_transaction_mode="rollback_only") as session,
        ):
            yield session
            session.flush()

    def write(self, change: Callable[[Session], Result]) -> Result:
        """Run one change in a transaction of its own, again when the engine asks to try again."""
        for remaining in reversed(range(_TRIES)):
            try:
                with self.writing() as session:
                    return change(session)
            except (DBAPIError, psycopg.Error) as error:
                # Statements that run on the driver's cursor raise the driver's own errors.
                state = getattr(getattr(error, "orig", error), "sqlstate", None)
                if not remaining or state not in _AGAIN:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close every connection."""
        self._writing.dispose()
        self._reading.dispose()

    @contextmanager
    def _turn(self) -> Generator[None, None, None]:
        if self._lock is None:
            yield
            return
        with self._lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def options(url: str | URL, *, reading: bool) -> dict[str, Any]:
    """Return the engine options for an address."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": _BUSY_MILLISECONDS / 1000}}
    settings = "-c timezone=UTC -c jit=off"
    if reading:
        settings += " -c default_transaction_read_only=on -c plan_cache_mode=force_custom_plan"
    return {
        "connect_args": {"options": settings, "connect_timeout": _CONNECT_SECONDS},
        "isolation_level": "REPEATABLE READ" if reading else "READ COMMITTED",
        "pool_pre_ping": True,
    }


def check(database: Database) -> None:
    """Fail at start-up unless the engine keeps what the ledger relies on."""
    if database.dialect != "sqlite":
        return
    with database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    kept = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
    assert found == kept, found


def _close_lost(lost: ExceptionContext) -> None:
    """Close the cursor of a connection that broke, as SQLAlchemy leaves it to the driver."""
    if lost.is_disconnect and lost.execution_context is not None:
        lost.execution_context.cursor.close()


def _lock_file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(f"{url.database}.lock")


def _prepare(engine: Engine, *, reading: bool) -> None:
    if engine.dialect.name != "sqlite":
        event.listen(engine, "handle_error", _close_lost)
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own BEGIN comes too late for a snapshot and is never IMMEDIATE.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # So that a row which REPLACE would remove in passing is guarded like any other.
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute(f"PRAGMA query_only = {int(reading)}")

    # Not the engine's "begin" event: an engine that has events asks for them at every statement.
    opening = "BEGIN" if reading else "BEGIN IMMEDIATE"

    def begin(dbapi_connection: PoolProxiedConnection) -> None:
        dbapi_connection.cursor().execute(opening)

    engine.dialect.do_begin = begin  # type: ignore[method-assign]  # the hook made for this
