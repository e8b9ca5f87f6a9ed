"""Sound ledgers of any size, written straight into the tables: every row follows from the chain.

Each block is an issuance of its own; every tenth was retired since. `flask verify` finds nothing.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.domain import accounts as account_rules
from app.domain import chain, ledger
from app.domain.countries import PartnerCountry
from app.domain.projects import Stage
from app.domain.roles import Right, Role
from app.domain.text import Text
from app.registry import accounts, decisions, passwords, people, projects
from app.registry.accounts import Loading
from app.registry.decisions import Share
from app.store import transactions
from app.store.databases import Database
from app.store.tables import SecondFactor
from app.store.tables.credentials import Method
from tests.authenticator import Passkey

START: Final = datetime(2020, 1, 1, tzinfo=UTC)
ACCOUNTS: Final = 1_000
PROJECTS: Final = 150
PARTNERS: Final = 30
VINTAGES: Final = range(2013, 2021)
#: Credits in one block, in tonnes.
SIZE: Final = 1_000
RETIRED_EACH: Final = 10
PASSWORD: Final = "a password of the benchmarks alone"

_TABLES: Final = {
    "transactions": (
        *("id", "kind", "status", "source_id", "target_id", "quantity", "allocation_id"),
        *("key", "content", "proposed_by", "proposed_at", "expires_at", "decided_by"),
        *("decided_at", "position", "body", "digest"),
    ),
    "issuances": (
        *("id", "transaction_id", "decision_id", "project_id", "partner", "vintage"),
        *("unit_class", "first", "last"),
    ),
    "blocks": (
        *("opened_by", "first", "last", "account_id", "kind", "project_id", "partner"),
        *("vintage", "issuance_id", "closed_by"),
    ),
    "balances": ("account_id", "project_id", "vintage", "quantity"),
    "totals": ("project_id", "vintage", "kind", "partner", "quantity"),
}


@dataclass(frozen=True)
class Cast:
    """Who acts and what is held; ids are the same in every synthetic ledger."""

    proposer: int
    approver: int
    accounts: list[str]
    retirement: int
    retirement_number: str
    first_account: int
    projects: list[tuple[int, str, str]]
    allocations: dict[tuple[int, int], tuple[int, int, str]]
    registry: str


def write(url: str, blocks: int, *, registry: str, accounts: int = ACCOUNTS) -> Cast:
    """Fill a migrated, empty database with a ledger of `blocks` live blocks."""
    database = Database.connect(url)
    cast = database.write(lambda session: _cast(session, accounts, registry))
    database.close()
    rows = _Rows(cast, blocks)
    if make_url(url).get_backend_name() == "sqlite":
        _write_sqlite(str(make_url(url).database), rows)
    else:
        _write_postgresql(url, rows)
    return cast


def _person(session: Session, login_id: str, role: Role | None = None) -> int:
    made = people.create(
        session,
        login_id,
        name_en=login_id,
        name_ja=login_id,
        role=role,
        email=f"{login_id}@example.com",
        password_hash=passwords.hash_of(PASSWORD),
        actor=None,
        now=START,
    )
    passkey = Passkey(login_id=login_id)
    session.add(
        SecondFactor(
            user_id=made.id,
            method=Method.PASSKEY,
            name="Passkey of the benchmarks",
            credential_id=passkey.credential_id,
            public_key=passkey.public_key,
            sign_count=0,
            added_at=START,
        )
    )
    return made.id


def _cast(session: Session, count: int, registry: str) -> Cast:
    operator = _person(session, "operator", Role.OPERATOR)
    _person(session, "administrator", Role.APPROVER)
    proposer, approver = _person(session, "proposer"), _person(session, "approver")
    acting: dict[str, Any] = {"actor": operator, "now": START}
    holder = accounts.record_holder(session, "holder", name_en="Holder", **acting)
    kind = account_rules.Kind.RETIREMENT
    own = {"because": Loading(), **acting}
    retirement = accounts.open_account(session, registry, kind, holder, **own)
    rights = {proposer: Right.PROPOSE, approver: Right.APPROVE}
    opened = []
    for _ in range(count):
        entity = account_rules.Kind.ENTITY
        opened.append(accounts.open_account(session, registry, entity, holder, **own))
        accounts.appoint(session, opened[-1], rights, **acting)
    named, allocations = _projects(session, opened[0].number, acting)
    return Cast(
        proposer,
        approver,
        [account.number for account in opened],
        retirement.id,
        retirement.number,
        opened[0].id,
        named,
        allocations,
        registry,
    )


def _projects(
    session: Session, account: str, acting: dict[str, Any]
) -> tuple[list[tuple[int, str, str]], dict[tuple[int, int], tuple[int, int, str]]]:
    """Record the projects, and for each vintage a decision that allocates to the account."""
    operator = acting["actor"]
    named: list[tuple[int, str, str]] = []
    allocations: dict[tuple[int, int], tuple[int, int, str]] = {}
    for number in range(PROJECTS):
        letters = chr(65 + number % PARTNERS % 26) + chr(65 + number % PARTNERS // 26 + 20)
        country = PartnerCountry(
            letters, letters + "X", Text(f"Country {letters}", f"国{letters}"), date(2013, 1, 1)
        )
        projects.record_country(session, country, actor=operator)
        reference = f"{letters}{number:03d}"
        project = projects.record_project(
            session,
            reference,
            partner=letters,
            title_en=f"Solar power project {number}",
            stage=Stage.REGISTERED,
            actor=operator,
        )
        named.append((project.id, reference, letters))
        for vintage in VINTAGES:
            decision = decisions.record(
                session,
                f"{reference}/{vintage}",
                project=reference,
                decided_on=date(2019, 1, 1),
                monitoring_from=date(vintage, 1, 1),
                monitoring_to=date(vintage, 12, 31),
                shares=[Share(account, vintage, 10**12)],
                **acting,
            )
            allocation = decision.allocations[0].id
            allocations[project.id, vintage] = (allocation, decision.id, decision.reference)
    return named, allocations


class _Rows:
    """The rows of every table, made one by one in the order of the chain."""

    def __init__(self, cast: Cast, blocks: int) -> None:
        self.cast = cast
        self.blocks = blocks
        self.digest = chain.GENESIS
        self.position = 0
        self.balances: dict[tuple[int, int, int], int] = defaultdict(int)
        self.totals: dict[tuple[int, int, str, str], int] = defaultdict(int)

    def of(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table; transactions and blocks must be asked for first."""
        match table:
            case "transactions":
                yield from map(self._issuance, range(self.blocks))
                yield from map(self._retirement, range(0, self.blocks, RETIRED_EACH))
            case "issuances":
                yield from map(self._issued, range(self.blocks))
            case "blocks":
                for number in range(self.blocks):
                    yield from self._blocks(number)
            case "balances":
                yield from ((*key, tonnes) for key, tonnes in self.balances.items())
            case "totals":
                for (project, vintage, kind, partner), tonnes in self.totals.items():
                    yield (project, vintage, kind, partner, tonnes)

    def head(self) -> tuple[int, bytes, datetime, int]:
        return (
            self.position,
            self.digest,
            START + timedelta(seconds=self.position),
            self.blocks * SIZE + 1,
        )

    def _facts(self, number: int) -> tuple[int, str, str, int]:
        identifier, reference, partner = self.cast.projects[number * 31 % PROJECTS]
        return identifier, reference, partner, VINTAGES[number // 7 % len(VINTAGES)]

    def _issued(self, number: int) -> tuple[Any, ...]:
        project, _, partner, vintage = self._facts(number)
        decision = self.cast.allocations[project, vintage][1]
        first, last = number * SIZE + 1, (number + 1) * SIZE
        fixed = (project, partner, vintage, "jcm_credit", first, last)
        return (number + 1, number + 1, decision, *fixed)

    def _account(self, number: int) -> int:
        # Shifted, so that no account holds retired blocks alone.
        return (number * 7_919 + number // 997) % len(self.cast.accounts)

    def _blocks(self, number: int) -> Iterator[tuple[Any, ...]]:
        project, _, partner, vintage = self._facts(number)
        account = self.cast.first_account + self._account(number)
        first, last = number * SIZE + 1, (number + 1) * SIZE
        fixed = (project, partner, vintage, number + 1)
        retired = number % RETIRED_EACH == 0
        closed = self.blocks + number // RETIRED_EACH + 1 if retired else None
        yield (number + 1, first, last, account, "entity", *fixed, closed)
        holder, kind = (self.cast.retirement, "retirement") if retired else (account, "entity")
        if retired:
            # What an account once held stays on its books, with nothing.
            self.balances[account, project, vintage] += 0
            self.totals[project, vintage, "entity", partner] += 0
            yield (closed, first, last, holder, kind, *fixed, None)
        self.balances[holder, project, vintage] += SIZE
        self.totals[project, vintage, kind, partner] += SIZE

    def _issuance(self, number: int) -> tuple[Any, ...]:
        project, reference, partner, vintage = self._facts(number)
        allocation, _, decision = self.cast.allocations[project, vintage]
        sealed = {
            "issuance": {
                "decision": decision,
                "partner": partner,
                "project": reference,
                "unit_class": "jcm_credit",
                "vintage": vintage,
            }
        }
        return self._sealed(
            number + 1, "issuance", number, allocation, None, self._account(number), sealed
        )

    def _retirement(self, number: int) -> tuple[Any, ...]:
        identifier = self.blocks + number // RETIRED_EACH + 1
        return self._sealed(identifier, "retirement", number, None, self._account(number), None, {})

    def _sealed(
        self,
        identifier: int,
        kind: str,
        number: int,
        allocation: int | None,
        source: int | None,
        target: int | None,
        sealed: dict[str, Any],
    ) -> tuple[Any, ...]:
        self.position += 1
        cast = self.cast
        at = START + timedelta(seconds=self.position)
        values = dict.fromkeys(("purpose", "beneficiary", "reference", "remark", "reason"))
        values |= {
            "kind": kind,
            "status": "completed",
            "quantity": SIZE,
            "allocation_id": allocation,
            "key": f"k{identifier}",
            "content": b"",
            "proposed_by": cast.proposer,
            "proposed_at": at,
            "expires_at": at + ledger.PROPOSAL_LIFE,
            "decided_by": cast.approver,
            "decided_at": at,
        }
        source_number = None if source is None else cast.accounts[source]
        target_number = cast.retirement_number if target is None else cast.accounts[target]
        said = transactions.facts(values, source=source_number, target=target_number)
        said |= sealed
        said["ranges"] = [[number * SIZE + 1, (number + 1) * SIZE]]
        said["number"] = ledger.transaction_number(cast.registry, identifier)
        said["position"] = self.position
        body = chain.canonical(said)
        self.digest = chain.digest(body, self.digest)
        values |= {
            "id": identifier,
            "position": self.position,
            "body": body,
            "digest": self.digest,
            "source_id": None if source is None else cast.first_account + source,
            "target_id": cast.retirement if target is None else cast.first_account + target,
        }
        return tuple(values[name] for name in _TABLES["transactions"])


def _write_postgresql(url: str, rows: _Rows) -> None:
    address = make_url(url)
    with psycopg.connect(
        host=str(address.query["host"]), user=address.username, dbname=address.database
    ) as connection:
        # Foreign keys and indexes cost most of the time when checked row by row.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        constraint = "EXCLUDE USING gist (int8range(first - 1, last) WITH &&)"
        connection.execute("ALTER TABLE blocks DROP CONSTRAINT no_overlap_blocks")
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename = 'blocks' AND indexname LIKE 'ix_%'"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(SQL("DROP INDEX {}").format(Identifier(name)))
        for table, columns in _TABLES.items():
            names = SQL(", ").join(map(Identifier, columns))
            statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), names)
            with connection.cursor().copy(statement) as copy:
                for row in rows.of(table):
                    copy.write_row(row)
        for _, definition in indexes:
            connection.execute(definition.encode())
        connection.execute(
            f"ALTER TABLE blocks ADD CONSTRAINT no_overlap_blocks {constraint}"
            " WHERE (closed_by IS NULL)"
        )
        connection.execute("ALTER TABLE chain_head DISABLE TRIGGER ALL")
        connection.execute(
            "UPDATE chain_head SET position = %s, digest = %s, completed_at = %s, serial_next = %s",
            rows.head(),
        )
        connection.execute("ALTER TABLE chain_head ENABLE TRIGGER ALL")
        for table in ("transactions", "issuances"):
            connection.execute(
                SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                    table, Identifier(table)
                )
            )
    with psycopg.connect(
        host=str(address.query["host"]),
        user=address.username,
        dbname=address.database,
        autocommit=True,
    ) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _write_sqlite(path: str, rows: _Rows) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    dropped = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND tbl_name IN ('blocks', 'chain_head') AND type IN ('index', 'trigger')"
    ).fetchall()
    connection.execute("BEGIN")
    for kind, name, _ in dropped:
        connection.execute(f"DROP {kind} {name}")
    for table, columns in _TABLES.items():
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        connection.executemany(statement, map(_plain, rows.of(table)))
    connection.execute(
        "UPDATE chain_head SET position = ?, digest = ?, completed_at = ?, serial_next = ?",
        _plain(rows.head()),
    )
    for _, _, definition in dropped:
        connection.execute(definition)
    connection.execute("COMMIT")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value
        for value in row
    )
