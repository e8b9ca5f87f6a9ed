"""Applications on the administrators' side: ticked off by one, decided by another, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.applications import Event, Status
from app.domain.errors import NotEntitled, NotFound, ReasonRequired, UnknownChoice
from app.domain.form_errors import (
    ApplicationEnded,
    ItemsUnchecked,
    NotClaimed,
    NothingToCorrect,
    OwnApplication,
)
from app.domain.people import Acting
from app.domain.people import State as PersonState
from app.domain.people_errors import AboutYourself, ClaimedByOther, ProposerStopped
from app.domain.roles import Role
from app.registry import applications, checklists, examinations
from app.registry.filling import Filler
from app.store import applications as questions
from app.store.databases import Database
from app.store.tables import Application, Mark, User
from app.store.tables.applications import Standing
from tests import applying, examining, world
from tests.examining import approve, claim, examined, mark, mark_all, recommend, reject
from tests.powers import SETTING, right, told
from tests.spending import assert_nobody_waits, at_once, outcome
from tests.stages import picture, refused
from tests.world import NOW, World

LATER = NOW + timedelta(hours=1)
ITEM = "section:certificate"


def submitted(session: Session, cast: World) -> Application:
    """Hand in Aoba's application for a certificate."""
    return applying.submitted(session, cast)


def second(session: Session, role: Role) -> int:
    return world.person(session, f"second-{role.value}", role=role)


# Who examines


def test_o22_whoever_may_not_examine_neither_claims_nor_ticks_nor_asks(
    stage: Session, cast: World
) -> None:
    made = submitted(stage, cast)
    for who, refusal in (
        ("auditor", NotEntitled),
        ("approver", NotEntitled),
        ("aoba_proposer", NotEntitled),
        ("system_administrator", NotFound),
        ("outsider", NotFound),
    ):
        actor = getattr(cast, who)
        before = picture(stage)
        for act in everything(stage, made, actor):
            with pytest.raises(refusal):
                act()
        assert picture(stage) == before


def everything(session: Session, made: Application, actor: int) -> list[Callable[[], object]]:
    """Return what an examiner may do to an application that was handed in."""
    return [
        lambda: claim(session, made, actor),
        lambda: mark(session, made, ITEM, Standing.FINE, "a remark", actor=actor),
        lambda: examining.correct(session, made, {ITEM: "why"}, actor),
        lambda: recommend(session, made, actor),
        lambda: reject(session, made, actor),
    ]


def test_o22_an_application_is_examined_by_the_one_who_has_claimed_it(
    stage: Session, cast: World
) -> None:
    made, other = submitted(stage, cast), second(stage, Role.OPERATOR)
    acts = everything(stage, made, cast.operator)[1:]
    for act in acts:
        with refused(stage, NotClaimed):
            act()
    claim(stage, made, other)
    for act in acts:
        with refused(stage, ClaimedByOther, name_en="Second Operator"):
            act()
    claim(stage, made, cast.operator, comment="on leave")
    acts[0]()


def test_a_draft_is_nobodys_but_its_writers(stage: Session, cast: World) -> None:
    made = applying.begun(stage, cast)
    with pytest.raises(NotFound):
        mark(stage, made, ITEM, Standing.FINE, actor=cast.operator)
    with pytest.raises(NotFound):
        approve(stage, made, cast.approver)


def test_every_item_is_in_order_or_explained_before_it_is_recommended(
    stage: Session, cast: World
) -> None:
    made = submitted(stage, cast)
    items = checklists.items(made)
    claim(stage, made, cast.operator)
    with refused(stage, ItemsUnchecked, left=len(items), field="items"):
        recommend(stage, made, cast.operator)
    mark_all(stage, made, cast.operator)
    mark(stage, made, ITEM, Standing.PROBLEM, actor=cast.operator)
    with refused(stage, ItemsUnchecked, left=1):
        recommend(stage, made, cast.operator)
    mark(stage, made, ITEM, Standing.PROBLEM, "Purpose is vague", actor=cast.operator)
    recommend(stage, made, cast.operator)
    assert (made.status, made.recommended_by) == (Status.EXAMINED, cast.operator)
    # It is nobody's until an approver claims it.
    assert questions.claimant(stage, made.id) is None
    (step,) = [one for one in questions.steps(stage, made.id) if one.event is Event.RECOMMEND]
    assert step.facts[ITEM] == {"standing": "problem", "remark": "Purpose is vague"}
    assert "application_examined" in told(stage, cast.approver)


# Corrections


def test_a_correction_says_which_item_and_why_and_is_handed_in_again(
    stage: Session, cast: World
) -> None:
    made = submitted(stage, cast)
    claim(stage, made, cast.operator)
    mark_all(stage, made, cast.operator)
    with refused(stage, NothingToCorrect, field="items"):
        examining.correct(stage, made, {}, cast.operator)
    with refused(stage, ReasonRequired, field=ITEM):
        examining.correct(stage, made, {ITEM: " \u3000"}, cast.operator)
    with refused(stage, UnknownChoice, field="items"):
        examining.correct(stage, made, {"section:nothing": "why"}, cast.operator)
    examining.correct(stage, made, {ITEM: "Say for whom"}, cast.operator)
    assert (made.status, made.due_at) == (Status.RETURNED, NOW + applications.LIFE)
    step = questions.steps(stage, made.id)[-1]
    assert (step.event, step.facts) == (Event.ASK_CORRECTION, {ITEM: "Say for whom"})
    assert "application_returned" in told(stage, cast.aoba_proposer)
    kept = dict(made.answers)
    applying.submit(stage, made, now=LATER)
    assert (made.status, made.answers) == (Status.SUBMITTED, kept)
    # The task is the examiner's still; what was asked for is looked at again, the rest is not.
    assert questions.claimant(stage, made.id) == cast.operator
    assert checklists.unchecked(stage, made) == [ITEM]


# Deciding


def test_a_second_administrator_approves(stage: Session, cast: World) -> None:
    made = examined(stage, cast, submitted(stage, cast))
    assert approve(stage, made, cast.approver).status is Status.APPROVED
    assert (made.status, made.decided_by, made.decided_at) == (
        Status.APPROVED,
        cast.approver,
        NOW,
    )
    assert applying.events(stage, made) == ["submit", "recommend", "approve"]
    for who in (cast.aoba_proposer, cast.aoba_approver, cast.operator):
        assert "application_approved" in told(stage, who)


def test_whoever_had_a_part_in_an_application_does_not_approve_it(
    stage: Session, cast: World
) -> None:
    made = examined(stage, cast, submitted(stage, cast))
    with refused(stage, NotEntitled):
        approve(stage, made, cast.operator)
    for who in (cast.operator, cast.aoba_proposer):
        stage.get_one(User, who).role = Role.APPROVER
        stage.flush()
        with refused(stage, OwnApplication):
            approve(stage, made, who)
        assert Event.APPROVE not in examinations.possible(stage, made, who)
    # One who ticked an item only has had a part as well.
    other = second(stage, Role.APPROVER)
    stage.get_one(Mark, (made.id, ITEM)).user_id = other
    stage.flush()
    with refused(stage, OwnApplication):
        approve(stage, made, other)


def test_the_tables_keep_the_approver_apart_too(stage: Session, cast: World) -> None:
    made = examined(stage, cast, submitted(stage, cast))
    for who in (cast.operator, cast.aoba_proposer, None):
        end = update(Application).where(Application.id == made.id)
        with pytest.raises(IntegrityError), stage.begin_nested():
            stage.execute(end.values(status=Status.APPROVED, decided_by=who))


def test_the_operator_who_entered_a_paper_may_examine_it_and_a_third_approves(
    stage: Session, cast: World
) -> None:
    asked = {"actor": cast.operator, "is_paper": True}
    made = examined(stage, cast, applying.submitted(stage, cast, **asked))
    assert made.started_by == made.recommended_by == cast.operator
    approve(stage, made, cast.approver)


def test_case_126_nobody_approves_an_application_about_themselves(
    stage: Session, cast: World
) -> None:
    made = applying.begun(stage, cast, 5, actor=cast.operator, is_paper=True)
    given = {"kind": "initialise_password", "reason": "Forgot it", "delivery": "link"}
    applying.save(stage, made, "credentials", {**given, "login_id": "outsider"})
    applying.attach(stage, made, "identity_of_user")
    applying.submit(stage, made)
    examined(stage, cast, made)
    stage.get_one(User, cast.outsider).role = Role.APPROVER
    stage.flush()
    for act in (approve, reject):
        with refused(stage, AboutYourself):
            act(stage, made, cast.outsider)
    assert examinations.possible(stage, made, cast.outsider) == {Event.SEND_BACK}


def test_an_approver_respects_who_has_claimed_it_and_who_may_not_act(
    stage: Session, cast: World
) -> None:
    made, other = examined(stage, cast, submitted(stage, cast)), second(stage, Role.APPROVER)
    claim(stage, made, other)
    for act in (
        lambda: approve(stage, made, cast.approver),
        lambda: reject(stage, made, cast.approver),
        lambda: examinations.send_back(stage, made.id, "r", actor=cast.approver, now=NOW),
    ):
        with refused(stage, ClaimedByOther, name_en="Second Approver"):
            act()
    applicant = stage.get_one(User, cast.aoba_proposer)
    applicant.state = PersonState.SUSPENDED
    stage.flush()
    with refused(stage, ProposerStopped):
        approve(stage, made, other)
    applicant.state = PersonState.ACTIVE
    present = right(stage, cast.aoba, cast.aoba_proposer)
    assert present is not None
    present.state = Acting.SUSPENDED
    stage.flush()
    with refused(stage, ProposerStopped):
        approve(stage, made, other)


def test_what_is_sent_back_is_the_examiners_task_again(stage: Session, cast: World) -> None:
    made = examined(stage, cast, submitted(stage, cast))
    with refused(stage, ReasonRequired, field="reason"):
        examinations.send_back(stage, made.id, " ", actor=cast.approver, now=NOW)
    for _twice in range(2):
        examinations.send_back(stage, made.id, "No seal", actor=cast.approver, now=NOW)
    assert (made.status, made.recommended_by) == (Status.SUBMITTED, None)
    assert questions.claimant(stage, made.id) == cast.operator
    assert checklists.unchecked(stage, made) == []
    recommend(stage, made, cast.operator)
    approve(stage, made, cast.approver)
    events = ["submit", "recommend", "send_back", "recommend", "approve"]
    assert applying.events(stage, made) == events


def test_o21_and_case_128_an_application_is_rejected_for_a_reason_that_the_applicant_reads(
    stage: Session, cast: World
) -> None:
    accounts = picture(stage)["accounts"]
    made = applying.submitted(stage, cast, 1)
    claim(stage, made, cast.operator)
    for blank in ("", "  \u3000\n"):
        with refused(stage, ReasonRequired, field="reason"):
            reject(stage, made, cast.operator, blank)
    with refused(stage, NotEntitled):
        reject(stage, made, cast.approver)
    assert reject(stage, made, cast.operator, "Not proven.").status is Status.REJECTED
    assert picture(stage)["accounts"] == accounts
    step = questions.steps(stage, made.id)[-1]
    assert (made.reason, step.event, step.comment) == ("Not proven.", Event.REJECT, "Not proven.")
    assert "application_ended" in told(stage, cast.aoba_proposer)
    examined_one = examined(stage, cast, submitted(stage, cast))
    with refused(stage, NotEntitled):
        reject(stage, examined_one, cast.operator)
    reject(stage, examined_one, cast.approver)


def test_what_was_done_is_not_done_twice_and_what_has_ended_stays_so(
    stage: Session, cast: World
) -> None:
    made = submitted(stage, cast)
    claim(stage, made, cast.operator)
    mark_all(stage, made, cast.operator)
    examining.correct(stage, made, {ITEM: "why"}, cast.operator)
    before = picture(stage)
    examining.correct(stage, made, {ITEM: "why"}, cast.operator)
    assert picture(stage) == before
    applying.submit(stage, made)
    recommend(stage, made, cast.operator)
    before = picture(stage)
    recommend(stage, made, cast.operator)
    assert picture(stage) == before
    with refused(stage, ApplicationEnded, status="examined"):
        mark(stage, made, ITEM, Standing.FINE, actor=cast.operator)
    approve(stage, made, cast.approver)
    before = picture(stage)
    again = approve(stage, made, cast.approver)
    assert (again.status, again.letters) == (Status.APPROVED, [])
    assert picture(stage) == before
    other = second(stage, Role.APPROVER)
    for act in (
        lambda: approve(stage, made, other),
        lambda: reject(stage, made, cast.approver),
        lambda: examinations.send_back(stage, made.id, "r", actor=cast.approver, now=NOW),
        lambda: recommend(stage, made, second(stage, Role.OPERATOR)),
        lambda: applications.withdraw(
            stage,
            made.id,
            reason="",
            by=Filler(cast.aoba_proposer),
            setting=SETTING,
            now=NOW,
        ),
    ):
        with pytest.raises(ApplicationEnded):
            act()


def test_two_administrators_decide_at_once_and_one_wins(engine: str) -> None:
    with world.populated(engine) as (database, cast):
        other = database.write(lambda session: second(session, Role.APPROVER))
        deciders = (cast.approver, other)
        for _round in range(3):
            made = database.write(
                lambda session: examined(session, cast, submitted(session, cast)).id
            )
            ended = at_once(2, lambda n, m=made: decided(database, m, deciders[n]))
            assert sorted(ended) == ["ApplicationEnded", "approved"]
        assert_nobody_waits(database)


def decided(database: Database, made: int, actor: int) -> str:
    def act(session: Session) -> Status:
        return examinations.approve(session, made, actor=actor, setting=SETTING, now=NOW).status

    return outcome(lambda: database.write(act))
