"""Carrying out a movement: what it costs beside the ledger, and what cannot be recorded twice."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from app.domain.actions import DEFAULT, Party
from app.domain.article6_errors import ActionTwice
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor
from app.domain.serials import Range
from app.registry import actions, approvals, transactions
from app.store.actions import New
from app.store.databases import Database
from app.store.statements import Statement
from app.store.tables import Action
from tests import article6, itmos, world
from tests.itmos import HOST
from tests.world import NOW, World

KINDS = (Kind.TRANSFER, Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION)


@contextmanager
def counted(database: Database) -> Generator[list[str], None, None]:
    """Collect every statement that runs: prepared ones, and those of SQLAlchemy."""
    found: list[str] = []
    kept = Statement._on

    def noted(self: Statement, connection: Connection) -> object:
        prepared = kept(self, connection)
        found.append(prepared.text)
        return prepared

    def executed(*told: object) -> None:
        found.append(str(told[2]))

    event.listen(database.engine, "before_cursor_execute", executed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statement, "_on", noted)
        yield found
    event.remove(database.engine, "before_cursor_execute", executed)


def cost(database: Database, cast: World, kind: Kind, project: str, party: Party | None) -> int:
    """Return how many statements proposing and approving take."""
    order = world.order(cast, kind, quantity=3, project=project)
    with counted(database) as found:
        made = database.write(
            lambda session: transactions.propose(
                session,
                order,
                key=world.key(),
                actor=world.proposer(cast, order),
                now=NOW,
                party=party,
            )
        )
        database.write(
            lambda session: approvals.approve(
                session, made, actor=world.decider(cast, order), now=NOW, party=party
            )
        )
    return len(found)


def test_credits_of_before_2021_and_transfers_cost_no_statement_more(engine: str) -> None:
    with world.populated(engine) as (database, cast):

        def prepare(session: Session) -> None:
            article6.authorization(session, cast, article6.approach(session))
            world.issued(session, cast, quantity=100)
            itmos.issue(session, cast, 100)

        database.write(prepare)
        for kind in KINDS:
            costs = [cost(database, cast, kind, world.PROJECT, one) for one in (None, DEFAULT)]
            assert costs[0] == costs[1], kind
        moved = [
            cost(database, cast, Kind.TRANSFER, world.ITMO_PROJECT, one) for one in (None, DEFAULT)
        ]
        assert moved[0] == moved[1]
        used = cost(database, cast, Kind.RETIREMENT, world.ITMO_PROJECT, DEFAULT)
        assert used - costs[0] <= 20


def test_what_happens_once_is_recorded_once_and_the_second_is_refused(
    stage: Session, cast: World
) -> None:
    article6.authorization(stage, cast, article6.approach(stage))
    issued = itmos.issue(stage, cast, 100, party=HOST)
    itmos.move(
        stage,
        cast,
        Kind.VOLUNTARY_CANCELLATION,
        quantity=10,
        party=HOST,
        cancelled_for=CancelledFor.OMGE,
    )
    kept = stage.scalars(select(Action).where(Action.type == "first_transfer")).one()
    again = New(
        at=NOW,
        type=kept.type,
        range=Range(issued.first, issued.last),
        issuance_id=kept.issuance_id,
        version_id=kept.version_id,
    )
    with pytest.raises(ActionTwice), stage.begin_nested():
        actions._add(stage.connection(), [again])
