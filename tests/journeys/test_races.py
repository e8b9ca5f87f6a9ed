"""Many at once on the same credits: exactly what the balance allows is won, and nothing is lost."""

import multiprocessing
import sqlite3
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

import psycopg
import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.ledger import Kind, Status
from app.domain.serials import Range
from app.registry import approvals, transactions
from app.registry.transactions import Order
from app.store import blocks, verification
from app.store import ledger as door
from app.store.blocks import Search
from app.store.databases import Database
from app.store.tables import Account, Balance, Block, Issuance, Reservation, Transaction
from tests.world import NOW, PROJECT, World, issued, key, populated_url

THREADS, PROCESSES, ATTEMPTS = 8, 4, 1_000
HELD, ASKED = 1_000, 7

Answer = TypeVar("Answer")
Place = tuple[str, Database, World]


@pytest.fixture
def place(engine: str) -> Generator[Place, None, None]:
    """A registry in which Aoba holds the serial numbers 1 to 1,000."""
    with populated_url(engine) as (url, world):
        database = Database.connect(url)
        database.write(lambda session: issued(session, world, quantity=HELD))
        yield url, database, world
        _nothing_hangs(database)
        database.close()


def test_threads_spend_no_more_than_the_balance(place: Place) -> None:
    _, database, world = place
    outcomes = _at_once(lambda _: _spend(database, world, _lowest(world)), ATTEMPTS, THREADS)
    _check_spent(database, world, Counter(outcomes), ASKED)


def test_processes_spend_no_more_than_the_balance(place: Place) -> None:
    url, database, world = place
    shares = [ATTEMPTS // PROCESSES] * PROCESSES
    apart = multiprocessing.get_context("forkserver")
    apart.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(PROCESSES, apart) as pool:
        counted = pool.map(_spend_many, [url] * PROCESSES, [world] * PROCESSES, shares)
        outcomes = sum(counted, Counter[str]())
    _check_spent(database, world, outcomes, ASKED)


def test_the_same_serials_are_won_once(place: Place) -> None:
    _, database, world = place
    named = Order(Kind.TRANSFER, world.aoba, world.kaede, serials=[Range(11, 20)])
    outcomes = Counter(_at_once(lambda _: _spend(database, world, named), ATTEMPTS, THREADS))
    assert outcomes["completed"] == 1
    assert set(outcomes) <= {"completed", "SerialsReserved", "SerialsNotHeld"}
    assert _held(database, world.kaede) == 10
    _check_sound(database)


def test_a_key_sent_fifty_times_at_once_makes_one_transaction(place: Place) -> None:
    _, database, world = place
    same, barrier = key(), Barrier(50)

    def propose(_: int) -> int:
        barrier.wait()
        return database.write(
            lambda session: transactions.propose(
                session, _lowest(world), key=same, actor=world.aoba_proposer, now=NOW
            )
        )

    assert len(set(_at_once(propose, 50, 50))) == 1
    with database.reading() as session:
        waiting = select(func.count()).where(Transaction.status == Status.PROPOSED)
        assert session.scalar(waiting) == 1
    _check_sound(database)


def test_of_approval_rejection_and_withdrawal_at_once_one_happens(place: Place) -> None:
    _, database, world = place
    for _ in range(10):
        proposed = database.write(
            lambda session: transactions.propose(
                session, _lowest(world), key=key(), actor=world.aoba_proposer, now=NOW
            )
        )
        end = partial(_end, database, world, proposed)
        outcomes = _at_once(end, 9, 9)
        ended = set(outcomes) - {"NotAllowedInStatus"}
        assert len(ended) == 1, outcomes
    _check_sound(database)


def test_issuances_at_once_get_serials_of_their_own(place: Place) -> None:
    _, database, world = place
    accounts = [world.aoba, world.kaede, world.outside]
    proposed = [
        database.write(
            lambda session, account=account: transactions.propose_issuance(
                session,
                world.allocations[PROJECT, account],
                100,
                key=key(),
                actor=world.operator,
                now=NOW,
            )
        )
        for account in accounts
    ]
    barrier = Barrier(3)

    def approve(place: int) -> Status:
        barrier.wait()
        return database.write(
            lambda session: approvals.approve(
                session, proposed[place], actor=world.approver, now=NOW
            )
        ).status

    assert set(_at_once(approve, 3, 3)) == {Status.COMPLETED}
    with database.reading() as session:
        query = select(Issuance.first, Issuance.last).order_by(Issuance.first)
        ranges = [tuple(row) for row in session.execute(query)]
    assert ranges == [(1, 1_000), (1_001, 1_100), (1_101, 1_200), (1_201, 1_300)]
    _check_sound(database)


def test_without_the_checks_above_the_database_alone_refuses(place: Place) -> None:
    _, database, world = place

    def reserve_blindly(_: int) -> str:
        try:
            database.write(lambda session: _reserve(session.connection(), world))
        except (sqlite3.IntegrityError, psycopg.IntegrityError):
            return "refused"
        return "reserved"

    outcomes = Counter(_at_once(reserve_blindly, 400, THREADS))
    assert outcomes == {"reserved": 1, "refused": 399}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Reservation)) == 1


def test_without_the_checks_above_no_block_is_opened_twice(place: Place) -> None:
    _, database, _ = place
    insert = text(
        "INSERT INTO blocks (opened_by, first, last, account_id, kind, project_id, partner,"
        " vintage, issuance_id) SELECT :by, :first, :last, account_id, kind, project_id, partner,"
        " vintage, issuance_id FROM blocks WHERE first = 1"
    )

    def open_blindly(place: int) -> str:
        values = {"by": place + 2, "first": 1 + place, "last": HELD + place}
        try:
            with database.writing() as session:
                if database.dialect == "sqlite":
                    # Not the keys: the refusal tested is that of the ranges.
                    session.execute(text("PRAGMA defer_foreign_keys = ON"))
                session.execute(insert, values)
        except IntegrityError as refused:
            return type(refused).__name__
        return "opened"

    outcomes = Counter(_at_once(open_blindly, 400, THREADS))
    assert outcomes == {"IntegrityError": 400}


def test_every_reading_during_the_writing_sums_to_what_was_issued(place: Place) -> None:
    _, database, world = place

    def work(place: int) -> str:
        if place % 3 == 0:
            return _spend(database, world, _lowest(world))
        with database.reading() as session:
            found = {
                sum(blocks.totals(session, Search()).values()),
                sum(blocks.totals_as_of(session, NOW).values()),
                session.scalar(select(func.sum(Balance.quantity))),
                session.scalar(
                    select(func.sum(Block.last - Block.first + 1)).where(Block.closed_by.is_(None))
                ),
            }
        return "balanced" if found == {HELD} else f"not balanced: {found}"

    outcomes = Counter(_at_once(work, 300, THREADS))
    assert outcomes == {"balanced": 200, "completed": 100}
    _check_sound(database)


# What they do


def _at_once(work: Callable[[int], Answer], times: int, threads: int) -> list[Answer]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(times)))


def _lowest(world: World) -> Order:
    return Order(Kind.TRANSFER, world.aoba, world.kaede, quantity=ASKED)


def _spend(database: Database, world: World, order: Order) -> str:
    """Propose and approve, and return what became of it."""
    try:
        proposed = database.write(
            lambda session: transactions.propose(
                session, order, key=key(), actor=world.aoba_proposer, now=NOW
            )
        )
    except Refusal as refusal:
        return refusal.code
    ended = database.write(
        lambda session: approvals.approve(session, proposed, actor=world.aoba_approver, now=NOW)
    )
    return ended.status.value


def _spend_many(url: str, world: World, times: int) -> Counter[str]:
    database = Database.connect(url)
    outcomes = Counter(_spend(database, world, _lowest(world)) for _ in range(times))
    database.close()
    return outcomes


def _end(database: Database, world: World, proposed: int, place: int) -> str:
    def end(session: Session) -> str:
        match place % 3:
            case 0:
                done = approvals.approve(session, proposed, actor=world.aoba_approver, now=NOW)
            case 1:
                done = approvals.reject(
                    session, proposed, reason="no", actor=world.aoba_approver, now=NOW
                )
            case _:
                done = approvals.withdraw(session, proposed, actor=world.aoba_proposer, now=NOW)
        return done.status.value

    try:
        return database.write(end)
    except Refusal as refusal:
        return refusal.code


def _reserve(connection: Connection, world: World) -> int:
    query = select(Account.id, Account.number, Account.kind).order_by(Account.id).limit(2)
    source, target = (door.Account(*row) for row in connection.execute(query))
    proposal = {
        "kind": Kind.TRANSFER,
        "quantity": 10,
        "key": key(),
        "content": b"",
        "proposed_by": world.aoba_proposer,
        "proposed_at": NOW,
        "expires_at": NOW,
    }
    return door.reserve(connection, proposal, [Range(1, 10)], source=source, target=target)


# What must hold afterwards


def _check_spent(database: Database, world: World, outcomes: Counter[str], quantity: int) -> None:
    winners = HELD // quantity
    assert outcomes == {"completed": winners, "NotEnoughCredits": ATTEMPTS - winners}
    assert _held(database, world.kaede) == winners * quantity
    assert _held(database, world.aoba) == HELD - winners * quantity
    _check_sound(database)


def _held(database: Database, number: str) -> int:
    query = (
        select(func.sum(Balance.quantity))
        .join(Account, Account.id == Balance.account_id)
        .where(Account.number == number)
    )
    with database.reading() as session:
        return session.scalar(query) or 0


def _check_sound(database: Database) -> None:
    with database.reading() as session:
        findings: Sequence[object] = list(verification.findings(session))
    assert not findings


def _nothing_hangs(database: Database) -> None:
    """On PostgreSQL nobody waits for a lock and no deadlock was ever met."""
    if database.dialect == "sqlite":
        return
    with database.reading() as session:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        met = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert session.scalar(waiting) == 0
        assert session.scalar(met) == 0
