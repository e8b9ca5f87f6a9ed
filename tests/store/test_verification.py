"""What `flask verify` finds: every altered row, by name, and nothing in a sound ledger."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from datetime import timedelta
from random import Random
from typing import NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.config import ROOT
from app.domain.accounts import State
from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import accounts, approvals, transactions
from app.store import verification
from app.store.databases import Database
from tests import tampering, world
from tests.world import NOW, World, issued, moved, proposed

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
        database.write(lambda session: tell(session, cast))
        yield Told(url, database, cast)
        database.close()


def tell(session: Session, cast: World) -> None:
    """Tell a story in which every kind of transaction ends in every way there is."""
    issued(session, cast, quantity=1_000)
    issued(session, cast, quantity=500, account=cast.kaede)
    issued(session, cast, quantity=300, project=world.ITMO_PROJECT)
    for quantity in (100, 50, 7):
        moved(session, cast, quantity=quantity)
    # What is proposed later may complete first.
    first = proposed(session, cast, serials=[Range(300, 349)])
    second = proposed(session, cast, serials=[Range(200, 249), Range(400, 420)])
    for identifier in (second, first):
        approvals.approve(session, identifier, actor=cast.aoba_approver, now=NOW)
    everything = [Range(1, 157)]
    moved(session, cast, source=cast.kaede, target=cast.outside, serials=everything)
    for kind in (Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION):
        moved(session, cast, kind, quantity=20, project=world.PROJECT)
        moved(session, cast, kind, quantity=3, source=cast.outside)
    itmos = [Range(1_501, 1_800)]
    moved(session, cast, serials=itmos)
    moved(session, cast, source=cast.kaede, target=cast.outside, serials=itmos)
    approver = cast.aoba_approver
    rejected, withdrawn, terminated = (proposed(session, cast, quantity=5) for _ in range(3))
    approvals.reject(session, rejected, reason="not now", actor=approver, now=NOW)
    approvals.withdraw(session, withdrawn, actor=cast.aoba_proposer, now=NOW)
    change_state(session, cast, State.SUSPENDED)
    approvals.approve(session, terminated, actor=approver, now=NOW)
    change_state(session, cast, State.OPEN)
    proposed(session, cast, quantity=9)
    later = NOW + timedelta(days=15)
    approvals.expire(session, now=later)
    proposed(session, cast, quantity=30, now=later)
    proposed(session, cast, serials=[Range(600, 640), Range(700, 710)], now=later)
    proposed(session, cast, Kind.MANDATORY_CANCELLATION, source=cast.outside, quantity=1, now=later)
    allocation = cast.allocations[world.PROJECT, cast.outside]
    transactions.propose_issuance(
        session, allocation, 40, key="waits", actor=cast.operator, now=later
    )


def change_state(session: Session, cast: World, state: State) -> None:
    accounts.change_state(session, cast.kaede, state, reason="r", actor=cast.operator, now=NOW)


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
        for name in ("ck_accounts_state", "ck_issuances_range"):
            drop_check(session, name)
        session.execute(text(statement.replace("FROM transactions)", "FROM transactions LIMIT 1)")))
        first = next(verification.findings(session))
    assert f"{first.table} {first.row}".startswith(named)


def drop_check(session: Session, name: str) -> None:
    """Take a CHECK away on PostgreSQL; SQLite was opened without any."""
    if session.connection().dialect.name == "postgresql":
        table = name.split("_")[1]
        session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))


def test_the_command_exits_with_1_and_names_the_first_wrong_row(told: Told) -> None:
    sound = verify(told.url)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert sound.stdout == "sound: 17 completed transactions, 35 blocks, 1,800 credits\n"
    with tampering.unguarded(told.database) as session:
        session.execute(text("UPDATE balances SET quantity = quantity + 1 WHERE account_id = 1"))
        session.commit()
    altered = verify(told.url)
    assert (altered.returncode, altered.stdout) == (1, "")
    assert altered.stderr.startswith("balances 1/1/2019: says ")


def verify(url: str) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does."""
    with tempfile.TemporaryDirectory() as instance:
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "verify"],
            env=os.environ | {"DATABASE_URL": url, "INSTANCE_DIR": instance},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
