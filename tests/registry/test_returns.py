"""Sending credits back: a new transfer of the same serials, linked, once, in time, while held."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain import chain
from app.domain.errors import NotEntitled, NotFound, OwnProposal
from app.domain.ledger import Kind, Status
from app.domain.serials import Range
from app.domain.trust import RETURN_LIFE
from app.domain.trust_errors import (
    AlreadyReturned,
    NotHeldAnyMore,
    NotReturnable,
    TooLateToReturn,
)
from app.registry import approvals, transactions
from app.registry.transactions import Order
from app.store import transactions as questions
from app.store import trust
from tests import world
from tests.stages import free, live, refused
from tests.world import NOW, World


@pytest.fixture
def done(stage: Session, cast: World) -> int:
    """A completed transfer of the numbers 1 to 30 from Aoba to Kaede."""
    world.issued(stage, cast, quantity=100)
    return world.moved(stage, cast, quantity=30)


def back(cast: World, returned: int) -> Order:
    return Order(
        kind=Kind.TRANSFER,
        source=cast.kaede,
        target=cast.aoba,
        serials=[Range(1, 30)],
        returns=returned,
    )


def propose(session: Session, cast: World, order: Order, **otherwise: object) -> int:
    given = {"actor": cast.kaede_proposer, "now": NOW, "key": world.key()} | otherwise
    return transactions.propose(session, order, **given)  # type: ignore[arg-type]  # a test


def test_case_136_and_137_and_o46_the_same_serials_come_back_by_a_new_transfer(
    stage: Session, cast: World, done: int
) -> None:
    before = questions.by_id(stage.connection(), done)
    identifier = propose(stage, cast, back(cast, done))
    # Nothing moves before another person has approved it.
    assert live(stage, cast.kaede) == [Range(1, 30)]
    assert free(stage, cast.kaede) == (30, 30)
    with refused(stage, OwnProposal):
        approvals.approve(stage, identifier, actor=cast.kaede_proposer, now=NOW)
    approvals.approve(stage, identifier, actor=cast.kaede_approver, now=NOW)
    assert live(stage, cast.kaede) == []
    assert Range(1, 30) in live(stage, cast.aoba)
    assert questions.by_id(stage.connection(), done) == before
    assert trust.returned_by(stage.connection(), identifier) == done
    (link,) = trust.returns_of(stage.connection(), done)
    assert (link.transaction_id, link.status) == (identifier, Status.COMPLETED)


def test_case_137_a_transfer_is_returned_once(stage: Session, cast: World, done: int) -> None:
    first = propose(stage, cast, back(cast, done))
    with refused(stage, AlreadyReturned):
        propose(stage, cast, back(cast, done))
    approvals.withdraw(stage, first, actor=cast.kaede_proposer, now=NOW)
    second = propose(stage, cast, back(cast, done))
    approvals.approve(stage, second, actor=cast.kaede_approver, now=NOW)
    with refused(stage, AlreadyReturned):
        propose(stage, cast, back(cast, done))


def test_case_137_after_thirty_days_it_is_too_late(stage: Session, cast: World, done: int) -> None:
    last = NOW + RETURN_LIFE - timedelta(seconds=1)
    with refused(stage, TooLateToReturn, days=30):
        propose(stage, cast, back(cast, done), now=NOW + RETURN_LIFE)
    propose(stage, cast, back(cast, done), now=last)


@pytest.mark.parametrize("kind", [Kind.TRANSFER, Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION])
def test_case_136_what_has_moved_on_or_was_used_never_comes_back(
    stage: Session, cast: World, done: int, kind: Kind
) -> None:
    going = {"target": cast.outside} if kind is Kind.TRANSFER else {}
    world.moved(stage, cast, kind, source=cast.kaede, serials=[Range(5, 5)], **going)
    with refused(stage, NotHeldAnyMore, first=5, last=5):
        propose(stage, cast, back(cast, done))


def test_only_a_completed_transfer_is_returned_whole_and_to_its_source(
    stage: Session, cast: World, done: int
) -> None:
    order = back(cast, done)
    with refused(stage, NotReturnable):
        propose(stage, cast, replace(order, serials=[Range(1, 29)]))
    with refused(stage, NotReturnable):
        propose(stage, cast, replace(order, target=cast.outside))
    with refused(stage, NotReturnable):
        propose(stage, cast, replace(order, returns=done + 1_000))
    with refused(stage, NotReturnable):
        propose(stage, cast, replace(order, kind=Kind.RETIREMENT, target=""))
    pending = world.proposed(stage, cast, quantity=10)
    with refused(stage, NotReturnable):
        propose(stage, cast, replace(order, returns=pending))
    retired = world.moved(stage, cast, Kind.RETIREMENT, quantity=10)
    with refused(stage, NotReturnable):
        propose(stage, cast, replace(order, returns=retired))


def test_a_return_may_itself_be_returned(stage: Session, cast: World, done: int) -> None:
    identifier = propose(stage, cast, back(cast, done))
    approvals.approve(stage, identifier, actor=cast.kaede_approver, now=NOW)
    again = replace(back(cast, identifier), source=cast.aoba, target=cast.kaede)
    assert propose(stage, cast, again, actor=cast.aoba_proposer)


def test_only_the_receivers_people_return(stage: Session, cast: World, done: int) -> None:
    for actor in (cast.outsider, cast.aoba_proposer):
        with pytest.raises(NotFound):
            propose(stage, cast, back(cast, done), actor=actor)
    with refused(stage, NotEntitled):
        propose(stage, cast, back(cast, done), actor=cast.kaede_approver)


def test_the_same_key_gives_the_same_return(stage: Session, cast: World, done: int) -> None:
    key = world.key()
    first = propose(stage, cast, back(cast, done), key=key)
    assert propose(stage, cast, back(cast, done), key=key) == first
    assert len(trust.returns_of(stage.connection(), done)) == 1


def test_without_a_return_the_content_of_an_order_is_what_it_was(cast: World) -> None:
    """Keys of proposals made before returns existed still match."""
    order = world.order(cast, quantity=1)
    facts = {**asdict(order), "serials": []}
    for name in ("returns", "calendar_year", "cancelled_for"):
        del facts[name]
    assert transactions._content(order) == chain.digest(chain.canonical(facts))
    assert transactions._content(order) != transactions._content(replace(order, returns=1))
