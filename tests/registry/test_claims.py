"""Tasks: claimed by one who may decide them, taken over with a comment, given back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import AlreadyDone, NotAllowedInStatus, NotEntitled, NotFound, TooLong
from app.domain.form_errors import ApplicationEnded
from app.domain.ledger import Kind as Movement
from app.domain.people import State
from app.domain.people_errors import (
    ClaimedByOther,
    CommentRequired,
    RequestEnded,
    UnknownPerson,
)
from app.domain.requests import Kind
from app.domain.roles import Right, Role
from app.registry import approvals, claims, requests, transactions
from app.store import applications
from app.store import requests as questions
from app.store.tables import Claim, User
from tests import applying, examining, world
from tests.powers import NEWCOMER, ask, logged, three
from tests.stages import picture, refused
from tests.world import NOW, World


def waiting(session: Session, cast: World) -> int:
    """Leave a request waiting."""
    return ask(session, Kind.ISSUE_LOGIN_ID, actor=cast.operator, **NEWCOMER)


def claim(
    session: Session,
    identifier: int,
    *,
    actor: int,
    to: int | None = None,
    comment: str = "",
    back: bool = False,
) -> None:
    """Claim a request for oneself, unless it is said for whom."""
    claims.claim(
        session,
        request=identifier,
        subject=requests.number(identifier),
        to=None if back else to or actor,
        comment=comment,
        actor=actor,
        now=NOW,
    )


def claim_movement(
    session: Session, identifier: int, *, actor: int, to: int | None = None, comment: str = ""
) -> None:
    claims.claim(
        session,
        transaction=identifier,
        subject=str(identifier),
        to=to or actor,
        comment=comment,
        actor=actor,
        now=NOW,
    )


def claimant(session: Session, identifier: int) -> int | None:
    found = questions.claimant_of_request(session.connection(), identifier)
    return found.user_id if found else None


def test_o51_an_unclaimed_task_becomes_the_claimants(stage: Session, cast: World) -> None:
    identifier = waiting(stage, cast)
    assert claimant(stage, identifier) is None
    claim(stage, identifier, actor=cast.approver)
    assert claimant(stage, identifier) == cast.approver
    (entry,) = [
        one for one in logged(stage, requests.number(identifier)) if one.operation == "claim task"
    ]
    assert (entry.user_id, entry.at) == (cast.approver, NOW)
    assert entry.facts == {"claimant": "approver", "comment": ""}


def test_o52_a_claimed_task_is_taken_over_with_a_comment_and_both_names_stay(
    stage: Session, cast: World
) -> None:
    identifier = waiting(stage, cast)
    claim(stage, identifier, actor=cast.approver)
    for comment in ("", " \u3000"):
        with refused(stage, CommentRequired, field="comment"):
            claim(stage, identifier, actor=cast.system_administrator, comment=comment)
    claim(stage, identifier, actor=cast.system_administrator, comment="on leave")
    history = stage.scalars(
        select(Claim).where(Claim.request_id == identifier).order_by(Claim.id)
    ).all()
    assert [(one.user_id, one.comment) for one in history] == [
        (cast.approver, None),
        (cast.system_administrator, "on leave"),
    ]


@pytest.mark.parametrize("who", ["operator", "auditor"])
def test_o22_an_administrator_without_the_right_claims_nothing(
    stage: Session, cast: World, who: str
) -> None:
    identifier = waiting(stage, cast)
    with refused(stage, NotEntitled, action="claim"):
        claim(stage, identifier, actor=getattr(cast, who), comment="mine")


@pytest.mark.parametrize("who", ["aoba_proposer", "outsider"])
def test_a_task_that_is_not_ones_business_is_not_there(
    stage: Session, cast: World, who: str
) -> None:
    identifier = waiting(stage, cast)
    before = picture(stage)
    for task in (identifier, 10**9):
        with pytest.raises(NotFound):
            claim(stage, task, actor=getattr(cast, who))
        with pytest.raises(NotFound):
            claim_movement(stage, 10**9, actor=getattr(cast, who))
    assert picture(stage) == before


def test_nobody_claims_what_they_asked_for_or_what_is_about_them(
    stage: Session, cast: World
) -> None:
    own = ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.system_administrator, **NEWCOMER)
    with refused(stage, NotEntitled):
        claim(stage, own, actor=cast.system_administrator)
    details = {"name_en": "A", "name_ja": "B"}
    about = ask(stage, Kind.CHANGE_DETAILS, "approver", actor=cast.system_administrator, **details)
    with refused(stage, NotEntitled):
        claim(stage, about, actor=cast.approver)


def test_a_task_is_assigned_to_somebody_who_may_decide_it(stage: Session, cast: World) -> None:
    identifier = waiting(stage, cast)
    for other in (cast.operator, cast.auditor, cast.aoba_approver, 10**9):
        with refused(stage, UnknownPerson, field="login_id"):
            claim(stage, identifier, actor=cast.approver, to=other)
    claim(stage, identifier, actor=cast.approver, to=cast.system_administrator)
    assert claimant(stage, identifier) == cast.system_administrator
    with refused(stage, AlreadyDone):
        claim(stage, identifier, actor=cast.approver, to=cast.system_administrator)


def test_a_task_is_not_assigned_to_somebody_who_is_stopped(stage: Session, cast: World) -> None:
    identifier = waiting(stage, cast)
    stage.get_one(User, cast.system_administrator).state = State.SUSPENDED
    stage.flush()
    with refused(stage, UnknownPerson):
        claim(stage, identifier, actor=cast.approver, to=cast.system_administrator)


def test_a_task_is_given_back(stage: Session, cast: World) -> None:
    identifier = waiting(stage, cast)
    with refused(stage, AlreadyDone):
        claim(stage, identifier, actor=cast.approver, back=True)
    claim(stage, identifier, actor=cast.approver)
    with refused(stage, CommentRequired):
        claim(stage, identifier, actor=cast.system_administrator, back=True)
    claim(stage, identifier, actor=cast.approver, back=True)
    assert claimant(stage, identifier) is None
    claim(stage, identifier, actor=cast.system_administrator)


def test_a_comment_has_its_length(stage: Session, cast: World) -> None:
    identifier = waiting(stage, cast)
    with refused(stage, TooLong, length_max=1_024, field="comment"):
        claim(stage, identifier, actor=cast.approver, comment="字" * 1_025)


def test_what_was_decided_is_nobodys_task_any_more(stage: Session, cast: World) -> None:
    identifier = waiting(stage, cast)
    requests.reject(stage, identifier, reason="r", actor=cast.approver, now=NOW)
    with refused(stage, RequestEnded):
        claim(stage, identifier, actor=cast.approver)
    world.issued(stage, cast)
    moved = world.moved(stage, cast, quantity=1)
    with refused(stage, NotAllowedInStatus):
        claim_movement(stage, moved, actor=cast.aoba_approver)


def test_a_holders_approvers_claim_what_its_proposer_proposed(stage: Session, cast: World) -> None:
    three(stage, cast)
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=1)
    for who in (cast.aoba_proposer, cast.approver, cast.auditor):
        with refused(stage, NotEntitled):
            claim_movement(stage, identifier, actor=who)
    with pytest.raises(NotFound):
        claim_movement(stage, identifier, actor=cast.kaede_approver)
    claim_movement(stage, identifier, actor=cast.aoba_approver)
    with refused(stage, ClaimedByOther, name_en="Aoba Approver"):
        approvals.approve(stage, identifier, actor=cast.outsider, now=NOW)
    claim_movement(stage, identifier, actor=cast.outsider, comment="in a hurry")
    world.completed(stage, identifier, actor=cast.outsider)


def test_a_holders_task_is_assigned_within_the_account(stage: Session, cast: World) -> None:
    three(stage, cast)
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=1)
    for other in (cast.kaede_approver, cast.approver, cast.aoba_proposer):
        with refused(stage, UnknownPerson):
            claim_movement(stage, identifier, actor=cast.aoba_approver, to=other)
    claim_movement(stage, identifier, actor=cast.aoba_approver, to=cast.outsider)


def test_an_issuance_is_the_administrators_task(stage: Session, cast: World) -> None:
    allocation = cast.allocations[world.PROJECT, cast.aoba]
    identifier = transactions.propose_issuance(
        stage, allocation, 10, key=world.key(), actor=cast.operator, now=NOW
    )
    for who in (cast.operator, cast.aoba_approver):
        with refused(stage, NotEntitled):
            claim_movement(stage, identifier, actor=who)
    claim_movement(stage, identifier, actor=cast.approver)
    world.completed(stage, identifier, actor=cast.approver)


def test_an_order_against_a_holder_is_the_administrators_task_too(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    ordered = world.proposed(stage, cast, Movement.MANDATORY_CANCELLATION, quantity=1)
    with refused(stage, NotEntitled):
        claim_movement(stage, ordered, actor=cast.aoba_approver)
    claim_movement(stage, ordered, actor=cast.approver)


def test_a_right_to_read_claims_nothing(stage: Session, cast: World) -> None:
    rights = {
        cast.aoba_proposer: Right.BOTH,
        cast.aoba_approver: Right.BOTH,
        cast.outsider: Right.READ,
    }
    world.appoint(stage, cast.aoba, rights, cast.operator)
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=1)
    with refused(stage, NotEntitled):
        claim_movement(stage, identifier, actor=cast.outsider)


# Applications


def test_o51_an_application_is_claimed_by_an_examiner_and_then_by_an_approver(
    stage: Session, cast: World
) -> None:
    made = applying.submitted(stage, cast)
    examining.claim(stage, made, cast.operator)
    assert applications.claimant(stage, made.id) == cast.operator
    with refused(stage, AlreadyDone):
        examining.claim(stage, made, cast.operator)
    with refused(stage, NotEntitled):
        examining.claim(stage, made, cast.approver)
    examining.mark_all(stage, made, cast.operator)
    examining.recommend(stage, made, cast.operator)
    with refused(stage, NotEntitled):
        examining.claim(stage, made, cast.operator)
    # Whoever had a part in it does not decide it, whatever the role by now.
    stage.get_one(User, cast.aoba_proposer).role = Role.APPROVER
    stage.flush()
    with refused(stage, NotEntitled):
        examining.claim(stage, made, cast.aoba_proposer)
    stage.get_one(User, cast.aoba_proposer).role = None
    examining.claim(stage, made, cast.approver)
    assert applications.claimant(stage, made.id) == cast.approver
    examining.approve(stage, made, cast.approver)
    with refused(stage, ApplicationEnded, status="approved"):
        examining.claim(stage, made, cast.approver)


def test_an_application_is_taken_over_with_a_comment_and_assigned_to_an_examiner_only(
    stage: Session, cast: World
) -> None:
    made = applying.submitted(stage, cast)
    other = world.person(stage, "second-operator", role=Role.OPERATOR)
    examining.claim(stage, made, cast.operator)
    with refused(stage, CommentRequired, field="comment"):
        examining.claim(stage, made, other)
    examining.claim(stage, made, other, comment="on leave")
    for nobody in (cast.approver, cast.aoba_proposer, cast.outsider):
        with refused(stage, UnknownPerson, field="login_id"):
            examining.claim(stage, made, other, to=nobody)
    examining.claim(stage, made, other, to=cast.operator)
    assert applications.claimant(stage, made.id) == cast.operator
    for number in (made.id + 1, applying.begun(stage, cast).id):
        with pytest.raises(NotFound):
            claims.claim(
                stage,
                application=number,
                subject="A",
                to=other,
                comment="",
                actor=other,
                now=NOW,
            )


def test_nobody_claims_an_application_that_its_applicant_corrects(
    stage: Session, cast: World
) -> None:
    made = applying.submitted(stage, cast)
    examining.claim(stage, made, cast.operator)
    examining.correct(stage, made, {"section:certificate": "why"}, cast.operator)
    other = world.person(stage, "second-operator", role=Role.OPERATOR)
    with refused(stage, ApplicationEnded, status="returned"):
        examining.claim(stage, made, other, comment="mine")
