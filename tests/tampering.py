"""Single alterations of a ledger's rows, made as the owner of the database with its guards off."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.store.databases import Database

TABLES = ("transactions", "blocks", "balances")
KEYS = {
    "transactions": ("id",),
    "blocks": ("opened_by", "first"),
    "balances": ("account_id", "project_id", "vintage"),
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Alteration:
    """One row as it was (None: inserted) and as it is now (None: deleted)."""

    table: str
    before: Row | None
    after: Row | None

    def __str__(self) -> str:
        if self.before is None or self.after is None:
            return f"{self.table}: {self.before} became {self.after}"
        changed = {
            name: (value, self.after[name])
            for name, value in self.before.items()
            if value != self.after[name]
        }
        return f"{self.table} {key(self.table, self.before)}: {changed}"

    def names(self) -> set[str]:
        """Return the ways in which a finding may name the row, as it was or as it is."""
        return {
            name for row in (self.before, self.after) if row for name in _names(self.table, row)
        }


def _names(table: str, row: Row) -> set[str]:
    if table == "transactions":
        return {str(row["id"]), f"at {row['position']} of the chain"}
    if table == "blocks":
        return {f"{row['first']}-{row['last']} opened by {row['opened_by']}"}
    return {"/".join(str(row[name]) for name in KEYS[table])}


def key(table: str, row: Row) -> Row:
    return {name: row[name] for name in KEYS[table]}


@contextmanager
def unguarded(database: Database) -> Generator[Session, None, None]:
    """Yield a session with no trigger, foreign key, check or exclusion; nothing of it is kept."""
    with Session(database.engine) as session:
        if database.dialect == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
            guards = (
                "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname"
                " FROM pg_constraint WHERE contype IN ('c', 'x')"
                " AND connamespace = 'public'::regnamespace"
            )
        else:
            guards = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"
        for statement in session.execute(text(guards)).scalars().all():
            session.execute(text(statement))
        session.execute(text("DROP INDEX ix_blocks_live_first"))
        yield session
        session.rollback()


@contextmanager
def altering(database: Database) -> Generator[Session, None, None]:
    """Yield a session with no trigger, of which everything is kept; the triggers come back."""
    with database.writing() as session:
        triggers: list[tuple[str, str]] = []
        if database.dialect == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = [(row.name, row.sql) for row in session.execute(query)]
        for name, _made in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        yield session
        for _name, made in triggers:
            session.connection().exec_driver_sql(made)


def without_constraints(url: str) -> Database:
    """Open a database in which SQLite checks no constraints; see `unguarded` for PostgreSQL."""
    database = Database.connect(url)
    if database.dialect == "sqlite":
        event.listen(
            database.engine,
            "connect",
            lambda connection, _: connection.executescript(
                "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON"
            ),
        )
    return database


def alter(session: Session, chance: Random, rows: dict[str, list[Row]]) -> Alteration:
    """Change, delete or insert one row of chance; where a constraint forbids it, another."""
    while True:
        table = chance.choice(TABLES)
        before = chance.choice(rows[table])
        alteration = _picked(chance, table, before, rows[table])
        if _leaves_no_trace(alteration):
            continue
        try:
            with session.begin_nested():
                _write(session, alteration)
        except DBAPIError:
            continue
        return alteration


def _leaves_no_trace(alteration: Alteration) -> bool:
    """Tell whether a transaction went of which nothing else speaks: it moved and keeps nothing."""
    before, after = alteration.before, alteration.after
    if alteration.table != "transactions" or before is None or before["position"] is not None:
        return False
    waits = before["status"] == "proposed"
    if after is None:
        return not waits or before["kind"] == "issuance"
    return waits and before["kind"] == "issuance" and before["id"] != after["id"]


def _picked(chance: Random, table: str, before: Row, others: list[Row]) -> Alteration:
    match chance.choices(("change", "delete", "insert"), (8, 1, 1))[0]:
        case "delete":
            return Alteration(table, before, None)
        case "insert":
            after = dict(before)
            for name in (*KEYS[table], *(("key", "position") if table == "transactions" else ())):
                after[name] = _other(chance, before[name], others, name)
            if table == "transactions":
                after["id"] = max(row["id"] for row in others) + chance.randrange(1, 9)
            return Alteration(table, None, after)
        case _:
            name = chance.choice(sorted(before))
            after = before | {name: _other(chance, before[name], others, name)}
            return Alteration(table, before, after)


def _other(chance: Random, value: Any, others: list[Row], name: str) -> Any:
    """Return another value for a column: near, borrowed from another row, or none at all."""
    borrowed = [row[name] for row in others if row[name] != value]
    choices = [None, *(chance.sample(borrowed, 1) if borrowed else [])]
    if isinstance(value, int):
        choices += [value + 1, value - 1, value + chance.randrange(2, 1_000)]
    elif isinstance(value, bytes):
        place = chance.randrange(len(value))
        flipped = value[place] ^ (1 << chance.randrange(8))
        choices += [value[:place] + bytes([flipped]) + value[place + 1 :], value[:-1]]
    elif isinstance(value, datetime):
        choices += [value + timedelta(microseconds=1), value - timedelta(days=1)]
    elif isinstance(value, str):
        choices += [value + "x", value[:-1], *_moments(value)]
    return chance.choice([choice for choice in choices if choice != value] or [0])


def _moments(value: str) -> list[str]:
    """Return other times, if this is one as SQLite keeps it."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return []
    return [f"{moment + timedelta(microseconds=1):%Y-%m-%d %H:%M:%S.%f}"]


def _write(session: Session, alteration: Alteration) -> None:
    table = alteration.table
    where = " AND ".join(f"{name} = :key_{name}" for name in KEYS[table])
    keys = (
        {f"key_{name}": value for name, value in key(table, alteration.before or {}).items()}
        if alteration.before
        else {}
    )
    if alteration.after is None:
        statement = f"DELETE FROM {table} WHERE {where}"
    elif alteration.before is None:
        names = ", ".join(alteration.after)
        values = ", ".join(f":{name}" for name in alteration.after)
        statement = f"INSERT INTO {table} ({names}) VALUES ({values})"
    else:
        given = ", ".join(f"{name} = :{name}" for name in alteration.after)
        statement = f"UPDATE {table} SET {given} WHERE {where}"
    session.execute(text(statement), (alteration.after or {}) | keys)


def rows_of(session: Session) -> dict[str, list[Row]]:
    """Return every row of the tables that are altered, as the driver gives them."""
    return {
        table: [
            dict(row._mapping)
            for row in session.execute(
                text(f"SELECT * FROM {table} ORDER BY {', '.join(KEYS[table])}")
            )
        ]
        for table in TABLES
    }
