"""The sums kept beside the blocks move with them, and never below nothing."""

import sqlite3
from collections.abc import Generator

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.accounts import Kind as AccountKind
from app.domain.ledger import Kind
from app.store import sums
from app.store.databases import Database
from app.store.tables import Account, Balance, Project, Total
from tests.world import PROJECT, VINTAGE, World, issued, moved, populated


@pytest.fixture
def holding(engine: str) -> Generator[tuple[Database, World], None, None]:
    """A registry in which Aoba was issued 1,000 credits."""
    with populated(engine) as (database, world):
        database.write(lambda session: issued(session, world, quantity=1_000))
        yield database, world


Holding = tuple[Database, World]


def balances(database: Database) -> dict[str, int]:
    query = select(Account.number, Balance.quantity).join(Account, Account.id == Balance.account_id)
    with database.reading() as session:
        return {row.number: row.quantity for row in session.execute(query)}


def totals(database: Database) -> dict[AccountKind, int]:
    with database.reading() as session:
        found = session.execute(select(Total.kind, Total.quantity))
        return {row.kind: row.quantity for row in found}


def test_an_issuance_begins_a_balance_and_a_total(holding: Holding) -> None:
    database, world = holding
    assert balances(database) == {world.aoba: 1_000}
    assert totals(database) == {AccountKind.ENTITY: 1_000}


def test_a_transfer_moves_the_balance_and_leaves_the_totals(holding: Holding) -> None:
    database, world = holding
    database.write(lambda session: moved(session, world, quantity=300))
    assert balances(database) == {world.aoba: 700, world.kaede: 300}
    assert totals(database) == {AccountKind.ENTITY: 1_000}


def test_a_retirement_moves_the_totals_too(holding: Holding) -> None:
    database, world = holding
    database.write(lambda session: moved(session, world, Kind.RETIREMENT, quantity=1_000))
    assert balances(database) == {world.aoba: 0, world.retirement: 1_000}
    assert totals(database) == {AccountKind.ENTITY: 0, AccountKind.RETIREMENT: 1_000}


def test_a_balance_never_falls_below_nothing(holding: Holding) -> None:
    database, _ = holding
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        database.write(lambda session: _take(session, 1_001))


def test_what_was_never_held_cannot_be_taken(holding: Holding) -> None:
    database, _ = holding
    with pytest.raises(AssertionError, match="a balance is missing"):
        database.write(lambda session: _take(session, 1, vintage=VINTAGE + 1))


def _take(session: Session, tonnes: int, vintage: int = VINTAGE) -> None:
    connection = session.connection()
    project, partner = session.execute(
        select(Project.id, Project.partner).where(Project.reference == PROJECT)
    ).one()
    source, target = session.scalars(select(Account.id).order_by(Account.id).limit(2)).all()
    moving = {(project, vintage, partner): tonnes}
    sums.change_balances(connection, moving, source=source, target=target)
