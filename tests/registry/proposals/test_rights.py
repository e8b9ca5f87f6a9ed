"""Four eyes, and who may decide: the right on the source side alone counts."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import (
    NotEntitled,
    NotFound,
    OwnProposal,
)
from app.domain.ledger import Status
from app.domain.people import State
from app.registry import approvals, transactions
from app.registry.approvals import Ended
from app.store.tables import User
from tests import world
from tests.stages import picture, refused
from tests.world import NOW, PROJECT, World


def approve(session: Session, cast: World, identifier: int, who: str = "aoba_approver") -> Ended:
    return approvals.approve(session, identifier, actor=getattr(cast, who), now=NOW)


def issuance(session: Session, cast: World, quantity: int, account: str | None = None) -> int:
    allocation = cast.allocations[PROJECT, account or cast.aoba]
    return transactions.propose_issuance(
        session, allocation, quantity, key=world.key(), actor=cast.operator, now=NOW
    )


def test_o49_the_proposer_never_approves(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    with refused(stage, OwnProposal):
        approve(stage, cast, identifier, "aoba_proposer")
    assert approve(stage, cast, identifier).status is Status.COMPLETED


def test_o49_the_database_too_refuses_an_approval_of_ones_own(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    with pytest.raises(IntegrityError), stage.begin_nested():
        stage.execute(
            text(
                "UPDATE transactions SET status = 'completed', position = 99,"
                " decided_by = proposed_by WHERE id = :id"
            ),
            {"id": identifier},
        )


DECIDERS = {
    "aoba_approver": "approve reject",
    "aoba_proposer": "reject withdraw",
    "operator": "",
    "approver": "",
    "auditor": "",
}
OF_ADMINISTRATORS = {"operator": "reject withdraw", "approver": "approve reject", "auditor": ""}
STRANGERS = ("system_administrator", "kaede_proposer", "kaede_approver", "outsider")


def decide(session: Session, cast: World, identifier: int, event: str, who: str) -> Ended:
    actor = getattr(cast, who)
    if event == "reject":
        return approvals.reject(session, identifier, reason="no", actor=actor, now=NOW)
    verb = approvals.approve if event == "approve" else approvals.withdraw
    return verb(session, identifier, actor=actor, now=NOW)


@pytest.mark.parametrize("event", ["approve", "reject", "withdraw"])
@pytest.mark.parametrize("who", [*DECIDERS, *STRANGERS])
def test_case_38_39_o47_and_o72_only_the_source_side_decides_on_a_transfer(
    stage: Session, cast: World, event: str, who: str
) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    check_decision(stage, cast, identifier, event, who, DECIDERS.get(who))


@pytest.mark.parametrize("event", ["approve", "reject", "withdraw"])
@pytest.mark.parametrize("who", [*OF_ADMINISTRATORS, "system_administrator", "outsider"])
def test_o48_only_administrators_with_the_right_role_decide_on_an_issuance(
    stage: Session, cast: World, event: str, who: str
) -> None:
    identifier = issuance(stage, cast, 10)
    check_decision(stage, cast, identifier, event, who, OF_ADMINISTRATORS.get(who))


def check_decision(
    session: Session, cast: World, identifier: int, event: str, who: str, events: str | None
) -> None:
    """Check that `who` may cause only `events`; None is someone who does not even see it."""
    if events is None:
        before = picture(session)
        with pytest.raises(NotFound) as caught:
            decide(session, cast, identifier, event, who)
        with pytest.raises(NotFound) as of_none:
            decide(session, cast, 10**9, event, who)
        assert caught.value.what == of_none.value.what == "transaction"
        assert picture(session) == before
    elif event not in events.split():
        # The proposer of a transfer may approve, but not this one.
        own = who == "aoba_proposer" and event == "approve"
        with refused(session, OwnProposal if own else NotEntitled):
            decide(session, cast, identifier, event, who)
    else:
        after = {"approve": "completed", "reject": "rejected", "withdraw": "withdrawn"}[event]
        assert decide(session, cast, identifier, event, who) == Ended(Status(after))


@pytest.mark.parametrize("event", ["approve", "reject", "withdraw"])
def test_case_31_and_o50_a_transaction_that_does_not_exist_is_not_found(
    stage: Session, cast: World, event: str
) -> None:
    with pytest.raises(NotFound):
        decide(stage, cast, 10**9, event, "aoba_approver")


def test_case_135_who_is_suspended_decides_nothing_from_that_moment(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    stage.get_one(User, cast.aoba_approver).state = State.SUSPENDED
    stage.flush()
    for event in ("approve", "reject"):
        with refused(stage, NotEntitled):
            decide(stage, cast, identifier, event, "aoba_approver")


def test_the_receiver_knows_a_completed_transfer_and_decides_nothing_of_it(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    identifier = world.moved(stage, cast, quantity=10)
    with refused(stage, NotEntitled):
        decide(stage, cast, identifier, "reject", "kaede_approver")
