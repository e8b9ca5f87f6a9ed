"""A stage for tests of verbs and questions: the cast is there, and nothing a test does stays.

`cast` and `stage` come together: who there is, and a session in which they are. What a test does
there is rolled back, so that the cast is made only once for each engine.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.domain.accounts import Kind as AccountKind
from app.domain.accounts import State
from app.domain.applications import CLOSURE, Status
from app.domain.errors import Refusal
from app.domain.ledger import Kind as Movement
from app.domain.serials import Range
from app.registry import accounts, logs
from app.registry.accounts import Loading
from app.store import accounts as account_questions
from app.store.databases import Database
from app.store.tables import Account, Application, Base, Block, LogEntry
from tests import databases, world
from tests.world import ITMO_PROJECT, NOW, World

DAY = timedelta(days=1)


class Theatre(NamedTuple):
    """A registry with its cast, kept for the whole run."""

    database: Database
    cast: World


@pytest.fixture(scope="session", params=databases.ENGINES)
def theatre(request: pytest.FixtureRequest) -> Generator[Theatre, None, None]:
    """A registry on each engine in which the cast stands and nothing has moved."""
    with databases.fresh(request.param) as database:
        yield Theatre(database, database.write(world.build))


@pytest.fixture
def cast(theatre: Theatre) -> World:
    """The named cast."""
    return theatre.cast


@pytest.fixture
def stage(theatre: Theatre) -> Generator[Session, None, None]:
    """One transaction with the cast, rolled back at the end."""
    with theatre.database.writing() as session:
        yield session
        session.rollback()


@pytest.fixture
def busy(stage: Session, cast: World) -> Session:
    """Issued on day 0; on day 1 moved and retired, on day 2 cancelled: a dozen live blocks."""
    world.issued(stage, cast, quantity=100)
    world.issued(stage, cast, quantity=100, project=ITMO_PROJECT)
    world.issued(stage, cast, quantity=100, account=cast.kaede)
    tomorrow, after = NOW + DAY, NOW + 2 * DAY
    for first in (11, 31, 151):
        world.moved(stage, cast, serials=[Range(first, first + 4)], now=tomorrow)
    world.moved(stage, cast, Movement.RETIREMENT, quantity=7, now=tomorrow)
    cancellation = Movement.VOLUNTARY_CANCELLATION
    world.moved(stage, cast, cancellation, quantity=9, project=ITMO_PROJECT, now=after)
    ordered = Movement.MANDATORY_CANCELLATION
    world.moved(stage, cast, ordered, source=cast.kaede, quantity=3, now=after)
    back = [Range(250, 259)]
    world.moved(stage, cast, source=cast.kaede, target=cast.aoba, serials=back, now=after)
    return stage


Picture = dict[str, list[Row[tuple[object, ...]]]]


def picture(session: Session) -> Picture:
    """Return every row of the registry but those of the logs."""
    session.flush()
    connection = session.connection()
    return {
        table.name: sorted(connection.execute(select(table)).all(), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name not in {"log_entries", "access_entries"}
    }


@contextmanager
def refused(
    session: Session, refusal: type[Refusal], **facts: object
) -> Generator[pytest.ExceptionInfo[Refusal], None, None]:
    """Expect a refusal with these facts, which changes no row and can be logged with its code."""
    before = picture(session)
    with pytest.raises(refusal) as caught:
        yield caught
    assert picture(session) == before
    raised = caught.value
    assert {name: getattr(raised, name) for name in facts} == facts
    logs.refused(session, "test", "what was tried", raised, actor=None, now=NOW)
    entry = session.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert (entry.refusal, entry.facts) == (refusal.__name__, raised.facts())


def free(session: Session, number: str) -> tuple[int, int]:
    """Return what an account holds, and what of it is reserved."""
    account = account_questions.by_number(session, number)
    assert account is not None
    connection = session.connection()
    held = account_questions.balance(connection, account.id)
    return held, account_questions.reserved(connection, account.id)


def in_state(session: Session, number: str, state: State) -> None:
    """Bring an open account into a state, whatever its kind."""
    account = account_questions.by_number(session, number)
    assert account is not None
    account.state = state
    session.flush()


def closing(session: Session, number: str, state: State) -> Application:
    """Return an application for the closure of an account as it stands when moving it to `state`.

    It is not kept: it serves verbs that ask for their cause.
    """
    account = account_questions.by_number(session, number)
    assert account is not None
    status = Status.DRAFT if state is State.CLOSURE_PENDING else Status.EXAMINED
    return Application(form=CLOSURE, status=status, account_id=account.id)


def applied_for(session: Session, cast: World) -> Account:
    """Apply for another account of Aoba's, which nobody opens yet."""
    holder = account_questions.holder(session, "aoba-energy")
    assert holder is not None
    return accounts.apply(
        session,
        "JP",
        AccountKind.ENTITY,
        holder,
        because=Loading(),
        actor=cast.operator,
        now=NOW,
    )


def live(session: Session, number: str) -> list[Range]:
    """Return the blocks that an account holds now, ascending."""
    query = (
        select(Block.first, Block.last)
        .join(Account, Account.id == Block.account_id)
        .where(Account.number == number, Block.closed_by.is_(None))
        .order_by(Block.first)
    )
    return [Range(first, last) for first, last in session.execute(query)]


def holdings(session: Session) -> Picture:
    """Return every row that says who holds what, and where the sequence of serials stands."""
    said = ("blocks", "balances", "totals", "issuances", "chain_head")
    return {name: rows for name, rows in picture(session).items() if name in said}
