"""What `flask verify` finds: every altered row, by name, and nothing in a sound ledger."""

from collections.abc import Callable, Generator
from random import Random
from typing import NamedTuple

import pytest
from click.testing import Result
from sqlalchemy import text

from app import create_app
from app.config import Config
from app.domain import findings
from app.store import transactions, verification
from app.store.databases import Database
from app.store.tables import Transaction
from tests import story, tampering, world
from tests.world import World

#: On each engine.
ALTERATIONS, PARTS = 100, 2


class Told(NamedTuple):
    url: str
    database: Database
    cast: World


@pytest.fixture
def told(engine: str) -> Generator[Told, None, None]:
    """A registry in which much happened, opened as its owner may open it."""
    with world.populated_url(engine) as (url, cast):
        database = tampering.without_constraints(url)
        database.write(lambda session: story.tell(session, cast))
        yield Told(url, database, cast)
        database.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_single_alteration_is_found_and_its_row_is_the_first_named(
    told: Told, part: int, record_property: Callable[[str, object], None]
) -> None:
    """Transactions that ended without moving anything are left out: nothing tells of them."""
    with told.database.reading() as session:
        rows = tampering.rows_of(session)
        assert list(verification.findings(session)) == []
    missed = []
    for number in range(part, ALTERATIONS, PARTS):
        chance = Random(f"{told.database.dialect} {number}")
        with tampering.unguarded(told.database) as session:
            alteration = tampering.alter(session, chance, rows)
            found = list(verification.findings(session))
        assert [findings.read(findings.stored(one)) for one in found] == found
        names = {f"{alteration.table} {name}" for name in alteration.names()}
        if not found or f"{found[0].table} {found[0].row}" not in names:
            missed.append(f"seed {number}: {alteration} gave {[str(one) for one in found[:3]]}")
    assert not missed, "\n".join(missed)
    record_property(f"alterations found and named on {told.database.dialect}", ALTERATIONS // PARTS)


def test_many_alterations_at_once_are_reported_each(told: Told) -> None:
    with tampering.unguarded(told.database) as session:
        for statement in (
            "UPDATE transactions SET purpose = 'another' WHERE id = 10",
            "UPDATE balances SET quantity = quantity + 1 WHERE quantity = 0",
            "DELETE FROM chain_head",
            "UPDATE accounts SET state = 'closed' WHERE id = 1",
            "DELETE FROM reservations",
        ):
            session.execute(text(statement))
        tables = {finding.table for finding in verification.findings(session)}
    assert tables == {"transactions", "balances", "chain_head", "accounts"}


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE chain_head SET position = position - 1", "chain_head 1"),
        ("UPDATE chain_head SET digest = (SELECT digest FROM transactions)", "chain_head 1"),
        ("UPDATE chain_head SET serial_next = serial_next + 1", "blocks 1801"),
        ("UPDATE totals SET quantity = quantity + 1 WHERE kind = 'retirement'", "totals 1/2019/"),
        ("DELETE FROM totals WHERE kind = 'voluntary_cancellation'", "totals 1/2019/voluntary"),
        ("UPDATE issuances SET vintage = 2018 WHERE id = 1", "issuances 1"),
        ("UPDATE issuances SET unit_class = 'itmo' WHERE id = 1", "issuances 1"),
        ("DELETE FROM issuances WHERE id = 2", "issuances of transaction 2"),
        ("UPDATE accounts SET state = 'mislaid' WHERE id = 3", "accounts 3"),
        ("UPDATE accounts SET number = 'JP-121-000009-0-09' WHERE id = 3", "accounts 3"),
        ("UPDATE reservations SET last = last + 1 WHERE first = 600", "transactions 2"),
    ],
)
def test_what_is_kept_beside_the_chain_is_checked_too(
    told: Told, statement: str, named: str
) -> None:
    with tampering.unguarded(told.database) as session:
        session.execute(text(statement.replace("FROM transactions)", "FROM transactions LIMIT 1)")))
        first = next(verification.findings(session))
    assert f"{first.table} {first.row}".startswith(named)


def test_every_column_that_the_chain_covers_has_a_japanese_name() -> None:
    values = dict.fromkeys(Transaction.__table__.columns.keys()) | {"content": b""}
    covered = transactions.facts(values, source=None, target=None)
    assert set(findings.COLUMN_NAMES) == {*covered, "number", "position"}


def test_the_command_exits_with_1_and_names_the_first_wrong_row(told: Told) -> None:
    sound = verify(told.url)
    assert (sound.exit_code, sound.stderr) == (0, "")
    assert sound.stdout == "sound: 17 completed transactions, 35 blocks, 1,800 credits\n"
    with tampering.unguarded(told.database) as session:
        session.execute(text("UPDATE balances SET quantity = quantity + 1 WHERE account_id = 1"))
        session.commit()
    altered = verify(told.url)
    assert (altered.exit_code, altered.stdout) == (1, "")
    assert altered.stderr.startswith("balances 1/1/2019: says ")


def verify(url: str) -> Result:
    """Run the command that an operator runs."""
    app = create_app(Config(database_url=url, secret_key="only here", testing=True))
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["verify"])
    app.extensions["database"].close()
    return done
