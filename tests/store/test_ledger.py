"""The one door: what it writes, what it seals, and that the database holds it shut by itself."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Generator
from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import psycopg
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain import chain
from app.domain.bands import OWN_MAX
from app.domain.errors import NumberTooLarge, SerialsNotHeld
from app.domain.ledger import Kind, Status
from app.domain.serials import Range
from app.store import accounts as account_questions
from app.store import blocks, carvings, ledger, transactions
from app.store.databases import AnyRow, Database
from app.store.tables import Balance, Block, ChainHead, Reservation, Total, Transaction
from tests import world
from tests.spending import at_once
from tests.world import NOW, World, issued, moved, proposed

THREADS, ATTEMPTS = 8, 1_000
LATER = NOW + timedelta(hours=1)
REFUSED = (DBAPIError, psycopg.Error, sqlite3.Error)


class Stage(NamedTuple):
    session: Session
    cast: World


@pytest.fixture
def stage(engine: str) -> Generator[Stage, None, None]:
    """A session in which Aoba holds 1 to 1,000."""
    with world.populated(engine) as (database, cast), database.writing() as session:
        issued(session, cast, quantity=1_000)
        yield Stage(session, cast)
        session.rollback()


def account(session: Session, number: str) -> ledger.Account:
    found = account_questions.by_number(session, number)
    assert found is not None
    return ledger.Account(found.id, found.number, found.kind)


def proposal(cast: World, quantity: int, **given: Any) -> dict[str, Any]:
    """Return what a proposal of Aoba's says of itself."""
    return {
        "kind": Kind.TRANSFER,
        "quantity": quantity,
        "key": world.key(),
        "content": bytes(32),
        "proposed_by": cast.aoba_proposer,
        "proposed_at": NOW,
        "expires_at": LATER,
    } | given


def reserve(stage: Stage, *ranges: Range) -> AnyRow:
    """Reserve straight at the door and return the proposal's row."""
    session, cast = stage
    sides = {"source": account(session, cast.aoba), "target": account(session, cast.kaede)}
    quantity = sum(range_.quantity for range_ in ranges)
    connection = session.connection()
    identifier = ledger.reserve(connection, proposal(cast, quantity), ranges, **sides)
    return row(session, identifier)


def row(session: Session, identifier: int) -> AnyRow:
    found = transactions.by_id(session.connection(), identifier)
    assert found is not None
    return found


def append(stage: Stage, transaction: AnyRow, *ranges: Range) -> None:
    session, cast = stage
    decision = ledger.Decision(cast.aoba_approver, LATER)
    sides = {"source": account(session, cast.aoba), "target": account(session, cast.kaede)}
    connection = session.connection()
    carving = carvings.carve(connection, transaction, list(ranges), **sides)
    ledger.append(connection, transaction, carving, decision, **sides)


def live(session: Session) -> list[tuple[int, int, int]]:
    query = select(Block.first, Block.last, Block.account_id).where(Block.closed_by.is_(None))
    return [tuple(found) for found in session.execute(query.order_by(Block.first))]


def test_reserving_moves_nothing_and_bears_the_digest_of_its_own_row(stage: Stage) -> None:
    transaction = reserve(stage, Range(10, 19), Range(30, 34))
    assert (transaction.status, transaction.position, transaction.body) == (
        Status.PROPOSED,
        None,
        None,
    )
    assert blocks.reserved(stage.session.connection(), transaction.id) == [
        Range(10, 19),
        Range(30, 34),
    ]
    assert live(stage.session) == [(1, 1_000, 1)]
    facts = transactions.facts(
        transactions.values(transaction), source=stage.cast.aoba, target=stage.cast.kaede
    )
    assert transaction.digest == hashlib.sha256(chain.canonical(facts)).digest()


def test_appending_moves_the_ranges_and_leaves_the_rest(stage: Stage) -> None:
    ranges = Range(10, 19), Range(30, 34)
    append(stage, reserve(stage, *ranges), *ranges)
    assert live(stage.session) == [
        (1, 9, 1),
        (10, 19, 2),
        (20, 29, 1),
        (30, 34, 2),
        (35, 1_000, 1),
    ]
    balances = stage.session.execute(select(Balance.account_id, Balance.quantity)).all()
    assert {tuple(found) for found in balances} == {(1, 985), (2, 15)}
    # Both are entities: what all entities hold has not changed.
    assert stage.session.scalars(select(Total.quantity)).all() == [1_000]
    assert stage.session.scalar(select(func.count()).select_from(Reservation)) == 0


def test_releasing_frees_the_ranges_and_seals_why(stage: Stage) -> None:
    transaction = reserve(stage, Range(10, 19))
    decision = ledger.Decision(stage.cast.aoba_approver, LATER, "not now")
    sides = {
        "source": account(stage.session, stage.cast.aoba),
        "target": account(stage.session, stage.cast.kaede),
    }
    connection = stage.session.connection()
    ledger.release(connection, transaction, Status.REJECTED, decision, **sides)
    ended = row(stage.session, transaction.id)
    assert (ended.status, ended.reason, ended.position) == (Status.REJECTED, "not now", None)
    assert ended.digest != transaction.digest
    assert blocks.reserved(connection, transaction.id) == []
    assert live(stage.session) == [(1, 1_000, 1)]
    with pytest.raises(AssertionError, match="decided by another"):
        ledger.release(connection, transaction, Status.WITHDRAWN, decision, **sides)


@pytest.mark.parametrize("wanted", [Range(990, 1_010), Range(1_001, 1_010), Range(5, 14)])
def test_what_the_source_does_not_hold_is_not_moved(stage: Stage, wanted: Range) -> None:
    moved(stage.session, stage.cast, serials=[Range(1, 9)])
    transaction = reserve(stage, wanted)
    before = live(stage.session)
    with pytest.raises(SerialsNotHeld):
        append(stage, transaction, wanted)
    assert live(stage.session) == before
    assert row(stage.session, transaction.id).status is Status.PROPOSED


def test_anyone_can_recompute_the_chain_with_sha_256_alone(stage: Stage) -> None:
    for quantity in (5, 7, 9):
        moved(stage.session, stage.cast, quantity=quantity)
    query = select(Transaction.id, Transaction.body, Transaction.digest)
    links = stage.session.execute(query.order_by(Transaction.position)).all()
    previous = bytes(32)
    for position, link in enumerate(links, start=1):
        previous = hashlib.sha256(previous + link.body).digest()
        assert link.digest == previous
        said = json.loads(link.body)
        assert (said["position"], said["number"]) == (position, f"JP{link.id:010d}")
    head = stage.session.get_one(ChainHead, 1)
    assert (head.position, head.digest, head.serial_next) == (4, previous, 1_001)


def test_the_chain_never_goes_back_in_time(stage: Stage) -> None:
    session, cast = stage
    late = moved(session, cast, quantity=5, now=LATER)
    early = moved(session, cast, quantity=5, now=NOW)
    assert row(session, late).decided_at == row(session, early).decided_at == LATER


def test_no_serial_number_is_issued_beyond_the_last_there_is(stage: Stage) -> None:
    session, cast = stage
    session.execute(
        update(ChainHead).values(position=ChainHead.position + 1, serial_next=OWN_MAX - 10)
    )
    assert issued(session, cast, quantity=5) == Range(OWN_MAX - 10, OWN_MAX - 6)
    with pytest.raises(NumberTooLarge):
        issued(session, cast, quantity=7)


# The same race with no check above the database: straight to the door, and by plain SQL


@pytest.fixture
def shared(engine: str) -> Generator[tuple[Database, World], None, None]:
    """A registry in which Aoba holds ten blocks of a hundred."""
    with world.populated(engine) as (database, cast):
        for _ in range(10):
            database.write(lambda session: issued(session, cast, quantity=100))
        yield database, cast


def storm(attempt: Callable[[int], str]) -> Counter[str]:
    """Make a thousand attempts from eight threads at once."""

    def share(number: int) -> Counter[str]:
        return Counter(attempt(turn) for turn in range(number, ATTEMPTS, THREADS))

    return sum(at_once(THREADS, share), Counter[str]())


def tried(database: Database, change: Callable[[Session], object]) -> str:
    """Return "done", or the first word of what the database said."""
    try:
        database.write(change)
    except REFUSED as error:
        said = str(error)
        guards = ("overlap", "closed once", "ix_blocks_live_first", "pk_blocks", "deadlock")
        return next((guard for guard in guards if guard in said), said)
    return "done"


def test_a_thousand_reservations_without_any_check_reserve_nothing_twice(
    shared: tuple[Database, World],
) -> None:
    database, cast = shared
    with database.reading() as session:
        sides = {"source": account(session, cast.aoba), "target": account(session, cast.kaede)}

    def attempt(turn: int) -> str:
        # Ten ranges, and ten that lie across two of them.
        first = 1 + 50 * (turn % 20)
        wanted = Range(first, min(first + 99, 1_000))
        return tried(
            database,
            lambda session: ledger.reserve(
                session.connection(), proposal(cast, wanted.quantity), [wanted], **sides
            ),
        )

    ended = storm(attempt)
    assert set(ended) <= {"done", "overlap", "deadlock"}
    with database.reading() as session:
        query = select(Reservation.first, Reservation.last).order_by(Reservation.first)
        found = [Range(first, last) for first, last in session.execute(query)]
        count = select(func.count()).where(Transaction.status == Status.PROPOSED)
        assert ended["done"] == len(found) == session.scalar(count)
    assert all(one.last < other.first for one, other in pairwise(found))
    assert 5 <= len(found) <= 11


def test_a_thousand_movements_by_plain_sql_move_each_block_once(
    shared: tuple[Database, World],
) -> None:
    """As a broken program would: nothing locked, nothing looked at, closed whatever it was."""
    database, cast = shared
    with database.reading() as session:
        target = account(session, cast.kaede)
        before = session.execute(select(Block.__table__)).all()
    with database.writing() as session:
        transfers = [proposed(session, cast, serials=[Range(n, n)]) for n in range(1, THREADS + 1)]

    def attempt(turn: int) -> str:
        block, by = before[turn % len(before)], transfers[turn % THREADS]

        def change(session: Session) -> None:
            keys = {"by": by, "opened_by": block.opened_by, "first": block.first}
            session.execute(
                text(
                    "UPDATE blocks SET closed_by = :by"
                    " WHERE opened_by = :opened_by AND first = :first"
                ),
                keys,
            )
            arrived = dict(block._mapping) | {"opened_by": by, "account_id": target.id}
            session.execute(Block.__table__.insert(), [arrived])

        return tried(database, change)

    ended = storm(attempt)
    assert ended["done"] == len(before) == 10
    assert set(ended) <= {"done", "closed once", "overlap", "ix_blocks_live_first", "deadlock"}
    with database.reading() as session:
        assert live(session) == [(n, n + 99, target.id) for n in range(1, 1_001, 100)]


def test_a_thousand_blocks_from_nowhere_are_all_refused(shared: tuple[Database, World]) -> None:
    database, _ = shared
    with database.reading() as session:
        model = session.execute(select(Block.__table__)).first()
        last = session.scalars(select(func.max(Transaction.id))).one()
    assert model is not None

    def attempt(turn: int) -> str:
        first = 1 + turn * 7 % 1_000
        invented = dict(model._mapping) | {"opened_by": last, "first": first, "last": first + 20}
        return tried(
            database, lambda session: session.execute(Block.__table__.insert(), [invented])
        )

    ended = storm(attempt)
    assert ended["done"] == 0, ended
    assert set(ended) <= {"overlap", "ix_blocks_live_first", "pk_blocks"}
