"""Large ledgers for the search, written by SQL alone: ten million blocks take minutes.

Their totals are true, their chain is not. Every project has one decision for each vintage, which
is issued to two accounts on one day; the blocks of an issuance are pieces that have moved since.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import make_url

from app.store.databases import Database
from tests.benchmarks import measured, synthetic
from tests.benchmarks.synthetic import PROJECTS, SIZE, START, VINTAGES, Cast

ISSUANCES: Final = PROJECTS * len(VINTAGES) * 2
_ACCOUNTS: Final = 20
_SCOPES: Final = 16
_METHODOLOGIES: Final = 40
#: The kinds of account in which a hundred blocks lie, by the remainder of their number.
_KINDS: Final = (
    (20, "government"),
    (82, "entity"),
    (92, "retirement"),
    (98, "voluntary_cancellation"),
    (100, "mandatory_cancellation"),
)


def write(url: str, blocks: int) -> Cast:
    """Fill a migrated, empty database with `blocks` live blocks whose totals are true."""
    database = Database.connect(url)
    cast = database.write(lambda session: synthetic._cast(session, _ACCOUNTS, measured.CODE))
    database.close()
    sqlite = make_url(url).get_backend_name() == "sqlite"
    with driver(url) as connection:
        run = connection.execute
        kept = _unguard(run, sqlite=sqlite)
        for statement in (*_statements(cast, blocks, sqlite=sqlite), *kept):
            run(statement)
        run("ANALYZE" if sqlite else "VACUUM ANALYZE")
        while not sqlite and not run(_SEEN_BY_ALL).fetchone()[0]:
            # Somebody else, such as the server's own vacuum, still looked at an older state.
            time.sleep(1)
            run("VACUUM blocks")
        if not sqlite:
            run("CHECKPOINT")
    # What is still on its way to the disk would be paid for by what is measured first.
    os.sync()
    return cast


#: Indexes answer alone only where PostgreSQL knows that everybody sees all rows.
_SEEN_BY_ALL: Final = (
    "SELECT relallvisible > 0.99 * relpages FROM pg_class WHERE relname = 'blocks'"
)


@contextmanager
def driver(url: str) -> Generator[Any, None, None]:
    """Connect on the bare driver, where each statement stands for itself."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        connection: Any = sqlite3.connect(str(address.database), isolation_level=None)
    else:
        connection = psycopg.connect(
            host=str(address.query["host"]),
            user=address.username,
            dbname=address.database,
            autocommit=True,
        )
    with closing(connection):
        yield connection


def _unguard(run: Callable[[str], Any], *, sqlite: bool) -> list[str]:
    """Take away what makes writing slow, and return how to make again what reading needs."""
    if sqlite:
        run("PRAGMA synchronous = OFF")
        run("PRAGMA foreign_keys = OFF")
        found = run(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            " AND (tbl_name = 'blocks' AND type = 'index' OR type = 'trigger')"
        ).fetchall()
        for kind, name, _ in found:
            run(f"DROP {kind} {name}")
        return [definition for _, _, definition in found]
    run("SET session_replication_role = replica")
    run("SET maintenance_work_mem = '512MB'")
    # Made again it would take longest of all, and no search looks at it.
    run("ALTER TABLE blocks DROP CONSTRAINT no_overlap_blocks")
    indexes = run(
        "SELECT indexname, indexdef FROM pg_indexes"
        " WHERE tablename = 'blocks' AND indexname LIKE 'ix_%'"
    ).fetchall()
    for name, _ in indexes:
        run(f"DROP INDEX {name}")
    return [definition for _, definition in indexes]


def _statements(cast: Cast, blocks: int, *, sqlite: bool) -> Generator[str, None, None]:
    yield from _projects(sqlite=sqlite)
    yield _transactions(cast, sqlite=sqlite)
    yield _issuances(blocks, sqlite=sqlite)
    yield _blocks(cast, blocks, sqlite=sqlite)
    yield (
        "INSERT INTO totals (project_id, vintage, kind, partner, quantity)"
        " SELECT project_id, vintage, kind, partner, SUM(last - first + 1) FROM blocks"
        " GROUP BY project_id, vintage, kind, partner"
    )
    yield (
        "INSERT INTO balances (account_id, project_id, vintage, quantity)"
        " SELECT account_id, project_id, vintage, SUM(last - first + 1) FROM blocks"
        " GROUP BY account_id, project_id, vintage"
    )
    yield f"UPDATE chain_head SET position = {ISSUANCES}, serial_next = {blocks * SIZE + 1}"


def _series(count: int, *, sqlite: bool) -> str:
    """Return a source of the numbers from 0 to below `count`, as column n of `series`."""
    if not sqlite:
        return f"generate_series(0, {count - 1}::bigint) AS series(n)"
    return (
        f"(WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted"
        f" WHERE n < {count - 1}) SELECT n FROM counted) AS series"
    )


def _projects(*, sqlite: bool) -> Generator[str, None, None]:
    """Give every project a Japanese title, and a methodology with its sectoral scope."""
    numbers = _series(_METHODOLOGIES, sqlite=sqlite)
    yield (
        "UPDATE projects SET title_ja = '太陽光発電', search_text = search_text || ' 太陽光発電'"
        " WHERE id % 10 = 0"
    )
    yield (
        "INSERT INTO sectoral_scopes (number, name_en, name_ja) SELECT n + 1, 'Scope ' || n,"
        f" '分野' || n FROM {_series(_SCOPES, sqlite=sqlite)}"
    )
    columns = "reference, version, partner, title_en, sectoral_scope, title_is_official"
    yield (
        f"INSERT INTO methodologies ({columns}, search_text)"
        " SELECT p.partner || '_AM' || (100 + n), '1.0', p.partner, 'Methodology ' || n,"
        f" n % {_SCOPES} + 1, FALSE, '' FROM {numbers} JOIN projects p ON p.id = n + 1"
    )
    yield (
        "INSERT INTO project_methodologies (project_id, methodology_id)"
        f" SELECT p.id, m.id FROM projects p JOIN methodologies m ON m.id % {_METHODOLOGIES}"
        f" = p.id % {_METHODOLOGIES}"
    )


def _transactions(cast: Cast, *, sqlite: bool) -> str:
    """Issue a day's decision each day, in order."""
    day = (
        f"strftime('%Y-%m-%d 00:00:00.000000', '{START:%Y-%m-%d}', '+' || (n / 2) || ' days')"
        if sqlite
        else f"timestamptz '{START:%Y-%m-%d}+00' + (n / 2) * interval '1 day'"
    )
    empty = "x''" if sqlite else "''::bytea"
    allocation = next(iter(cast.allocations.values()))[0]
    return (
        "INSERT INTO transactions (id, kind, status, target_id, quantity, allocation_id, key,"
        " content, proposed_by, proposed_at, expires_at, decided_by, decided_at, position, body,"
        f" digest) SELECT n + 1, 'issuance', 'completed', {cast.first_account} + n % {_ACCOUNTS},"
        f" 1, {allocation}, 'k' || n, {empty}, {cast.proposer}, {day}, {day}, {cast.approver},"
        f" {day}, n + 1, {empty}, {empty} FROM {_series(ISSUANCES, sqlite=sqlite)}"
    )


#: Number n of an issuance: year by year, in a year project by project, and each to two accounts.
_PAIR: Final = f"(n / 2 % {PROJECTS} + 1)"
_VINTAGE: Final = f"(2017 + n / {2 * PROJECTS})"


def _issuances(blocks: int, *, sqlite: bool) -> str:
    """Divide all blocks among the issuances, without a gap."""
    start = f"(n * {blocks} / {ISSUANCES})"
    end = f"((n + 1) * {blocks} / {ISSUANCES})"
    return (
        "INSERT INTO issuances (id, transaction_id, decision_id, project_id, partner, vintage,"
        " unit_class, first, last)"
        f" SELECT n + 1, n + 1, d.id, p.id, p.partner, {_VINTAGE},"
        f" CASE WHEN {_VINTAGE} >= 2021 THEN 'itmo' ELSE 'jcm_credit' END,"
        f" {start} * {SIZE} + 1, {end} * {SIZE} FROM {_series(ISSUANCES, sqlite=sqlite)}"
        f" JOIN projects p ON p.id = (SELECT MIN(id) FROM projects) - 1 + {_PAIR}"
        " JOIN (SELECT project_id, MIN(id) AS id FROM decisions GROUP BY project_id) d"
        " ON d.project_id = p.id"
    )


def _blocks(cast: Cast, blocks: int, *, sqlite: bool) -> str:
    """Write the pieces; orders of the authority concern the last projects of a year alone."""
    rest = "(n * 37 % 100)"
    kinds = " ".join(f"WHEN {rest} < {edge} THEN '{kind}'" for edge, kind in _KINDS[:-1])
    kind = (
        f"CASE {kinds} WHEN i.project_id % 15 = 0 THEN 'mandatory_cancellation' ELSE 'entity' END"
    )
    number = f"CAST((n * {ISSUANCES} + {ISSUANCES - 1}) / {blocks} + 1 AS BIGINT)"
    return (
        "INSERT INTO blocks (opened_by, first, last, account_id, kind, project_id, partner,"
        f" vintage, issuance_id) SELECT i.transaction_id, n * {SIZE} + 1, (n + 1) * {SIZE},"
        f" {cast.first_account} + n % {_ACCOUNTS}, {kind}, i.project_id, i.partner, i.vintage, i.id"
        f" FROM {_series(blocks, sqlite=sqlite)} JOIN issuances i ON i.id = {number}"
    )
