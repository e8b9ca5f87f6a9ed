"""Who is told of a movement of credits, with the amounts and accounts of the ledger."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.accounts import State as AccountState
from app.domain.ledger import PROPOSAL_LIFE, Kind, transaction_number
from app.domain.notifications import detail
from app.domain.people import Acting
from app.domain.roles import HOLDERS_KINDS, Right
from app.registry import approvals, transactions
from app.store.tables import Account, Block, Delivered, Notification, Transaction
from tests import world
from tests.powers import right, three
from tests.stages import in_state
from tests.world import NOW, World

#: What holders order within their registry; what leaves it is told of elsewhere.
ORDERED = sorted(HOLDERS_KINDS - {Kind.EXTERNAL_TRANSFER})


def new(session: Session, since: int) -> dict[int, tuple[str, ...]]:
    """Return what each person was told since a notification."""
    query = (
        select(Delivered.user_id, Notification.kind)
        .join(Notification, Notification.id == Delivered.notification_id)
        .where(Notification.id > since)
        .order_by(Notification.id, Delivered.user_id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for user_id, kind in session.execute(query):
        found[user_id] = (*found.get(user_id, ()), kind.value)
    return found


def last(session: Session) -> int:
    return session.scalar(select(func.coalesce(func.max(Notification.id), 0))) or 0


def issuance(session: Session, cast: World, quantity: int = 10) -> int:
    allocation = cast.allocations[world.PROJECT, cast.aoba]
    return transactions.propose_issuance(
        session, allocation, quantity, key=world.key(), actor=cast.operator, now=NOW
    )


def test_o57_everyone_concerned_is_told_of_an_issuance_with_what_the_ledger_says(
    stage: Session, cast: World
) -> None:
    since = last(stage)
    identifier = issuance(stage, cast, 1_234)
    assert new(stage, since) == {}
    world.completed(stage, identifier, actor=cast.approver)
    done = ("issuance_completed",)
    assert new(stage, since) == {
        cast.operator: done,
        cast.aoba_proposer: done,
        cast.aoba_approver: done,
    }
    told = stage.get_one(Notification, last(stage))
    block, account = stage.execute(
        select(Block, Account.number)
        .join(Account, Account.id == Block.account_id)
        .where(Block.opened_by == identifier)
    ).one()
    assert told.facts["quantity"] == block.last - block.first + 1 == 1_234
    assert told.facts["target"] == account == cast.aoba
    assert told.subject == told.facts["number"] == transaction_number("JP", identifier)
    assert "1,234 tCO₂" in detail(told.kind, told.facts).ja


@pytest.mark.parametrize("kind", ORDERED)
def test_the_people_of_the_source_are_told_of_each_step(
    stage: Session, cast: World, kind: Kind
) -> None:
    world.issued(stage, cast)
    since = last(stage)
    identifier = world.proposed(stage, cast, kind, quantity=7)
    assert new(stage, since) == dict.fromkeys(
        (cast.aoba_proposer, cast.aoba_approver), (f"{kind}_proposed",)
    )
    since = last(stage)
    world.completed(stage, identifier, actor=cast.aoba_approver)
    expected = dict.fromkeys((cast.aoba_proposer, cast.aoba_approver), (f"{kind}_completed",))
    if kind is Kind.TRANSFER:
        expected |= dict.fromkeys(
            (cast.kaede_proposer, cast.kaede_approver), ("transfer_received",)
        )
    assert new(stage, since) == expected


@pytest.mark.parametrize("kind", [*ORDERED, Kind.MANDATORY_CANCELLATION])
def test_o57_amounts_and_accounts_are_those_of_the_ledger(
    stage: Session, cast: World, kind: Kind
) -> None:
    world.issued(stage, cast)
    identifier = world.moved(stage, cast, kind, quantity=7)
    transaction = stage.get_one(Transaction, identifier)
    assert transaction.source_id is not None
    numbers = [
        stage.get_one(Account, side).number
        for side in (transaction.source_id, transaction.target_id)
    ]
    for told in stage.scalars(
        select(Notification).where(Notification.subject == transaction_number("JP", identifier))
    ):
        facts = told.facts
        assert [facts["source"], facts["target"]] == numbers
        assert facts["quantity"] == transaction.quantity == 7


def test_how_a_proposal_ended_is_told(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    ids = [world.proposed(stage, cast, quantity=1) for _ in range(4)]
    since = last(stage)
    approvals.reject(stage, ids[0], reason="r", actor=cast.aoba_approver, now=NOW)
    approvals.withdraw(stage, ids[1], actor=cast.aoba_proposer, now=NOW)
    in_state(stage, cast.kaede, AccountState.SUSPENDED)
    approvals.approve(stage, ids[2], actor=cast.aoba_approver, now=NOW)
    approvals.expire(stage, now=NOW + PROPOSAL_LIFE)
    told = stage.scalars(
        select(Notification).where(Notification.id > since).order_by(Notification.id)
    ).all()
    assert {one.kind.value for one in told} == {"transfer_ended"}
    assert [one.facts["ended"][0] for one in told] == [
        "rejected",
        "withdrawn",
        "stopped by a check",
        "expired",
    ]
    assert set(new(stage, since)) == {cast.aoba_proposer, cast.aoba_approver}


def test_an_administrators_movement_is_told_to_holders_only_when_it_is_done(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    since = last(stage)
    ordered = world.proposed(stage, cast, Kind.MANDATORY_CANCELLATION, quantity=1)
    assert new(stage, since) == {}
    approvals.reject(stage, ordered, reason="r", actor=cast.approver, now=NOW)
    assert new(stage, since) == {cast.operator: ("mandatory_cancellation_ended",)}
    since = last(stage)
    world.moved(stage, cast, Kind.MANDATORY_CANCELLATION, quantity=1)
    done = ("mandatory_cancellation_completed",)
    assert new(stage, since) == {
        cast.operator: done,
        cast.aoba_proposer: done,
        cast.aoba_approver: done,
    }


def test_an_issuance_that_came_to_nothing_is_its_proposers_affair(
    stage: Session, cast: World
) -> None:
    since = last(stage)
    approvals.reject(stage, issuance(stage, cast), reason="r", actor=cast.approver, now=NOW)
    assert new(stage, since) == {cast.operator: ("issuance_ended",)}


def test_whoever_is_suspended_on_the_account_or_a_stranger_is_not_told(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    present = right(stage, cast.aoba, cast.outsider)
    assert present is not None and present.right is Right.BOTH
    present.state = Acting.SUSPENDED
    stage.flush()
    world.issued(stage, cast)
    since = last(stage)
    world.moved(stage, cast, Kind.RETIREMENT, quantity=1)
    assert set(new(stage, since)) == {cast.aoba_proposer, cast.aoba_approver}


def test_a_proposal_that_is_undone_tells_nobody(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    since = last(stage)
    with stage.begin_nested() as attempt:
        world.moved(stage, cast, quantity=1, now=NOW + timedelta(minutes=1))
        assert last(stage) > since
        attempt.rollback()
    assert last(stage) == since
    assert new(stage, since) == {}


def test_whoever_acts_for_both_sides_is_told_of_both(stage: Session, cast: World) -> None:
    rights = {cast.kaede_proposer: Right.BOTH, cast.kaede_approver: Right.BOTH}
    world.appoint(stage, cast.aoba, rights, cast.operator)
    world.issued(stage, cast)
    since = last(stage)
    order = world.order(cast, quantity=1)
    identifier = transactions.propose(
        stage, order, key=world.key(), actor=cast.kaede_proposer, now=NOW
    )
    world.completed(stage, identifier, actor=cast.kaede_approver)
    both = ("transfer_proposed", "transfer_completed", "transfer_received")
    assert new(stage, since) == dict.fromkeys(rights, both)
