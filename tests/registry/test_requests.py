"""Requests about people: asked for by one person, decided by another, each exactly once."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import (
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    ReasonRequired,
    Required,
    TooLong,
)
from app.domain.people import Acting, State
from app.domain.people_errors import (
    AboutYourself,
    ClaimedByOther,
    OwnRequest,
    ProposerStopped,
    RequestEnded,
)
from app.domain.requests import Asked, Delivery, Kind, Status
from app.domain.roles import Right, Role, is_administrator
from app.registry import claims, requests
from app.store import people as people_questions
from app.store import requests as questions
from app.store.tables import Request, User
from tests import world
from tests.powers import NEWCOMER, SETTING, approve, ask, done, logged, right, three, told, user
from tests.stages import picture, refused
from tests.world import NOW, World

AOBA = "aoba-approver"


def of_right(session: Session, cast: World, *, actor: int | None = None) -> int:
    """Ask to let Aoba's approver propose as well."""
    return ask(
        session,
        Kind.CHANGE_RIGHT,
        AOBA,
        account=cast.aoba,
        right=Right.BOTH,
        actor=cast.aoba_proposer if actor is None else actor,
    )


def status(session: Session, identifier: int) -> Status:
    return session.get_one(Request, identifier).status


# Asking


def test_what_is_asked_for_waits_with_what_is_recorded_now(stage: Session, cast: World) -> None:
    identifier = of_right(stage, cast)
    request = stage.get_one(Request, identifier)
    assert request.status is Status.WAITING
    assert request.asked == {"right": "both"}
    assert request.before == {
        "login_id": AOBA,
        "state": "active",
        "role": None,
        "right": "approve",
        "acting": "active",
    }
    assert (request.asked_by, request.asked_at) == (cast.aoba_proposer, NOW)
    assert request.due_at == NOW + requests.LIFE
    present = right(stage, cast.aoba, cast.aoba_approver)
    assert present is not None and present.right is Right.APPROVE


def test_a_request_and_its_end_are_logged_with_what_was_and_what_is_asked(
    stage: Session, cast: World
) -> None:
    identifier = of_right(stage, cast)
    requests.reject(stage, identifier, reason="not now", actor=cast.approver, now=NOW)
    asking, ending = logged(stage, requests.number(identifier))
    assert (asking.operation, asking.user_id) == ("ask for change_right", cast.aoba_proposer)
    assert (ending.operation, ending.user_id) == ("rejected change_right", cast.approver)
    facts = {"login_id": AOBA, "account": cast.aoba, "right": "both", "former_right": "approve"}
    assert facts.items() <= asking.facts.items()
    assert ending.facts["reason"] == "not now"


def test_the_same_request_with_the_same_key_is_made_once(stage: Session, cast: World) -> None:
    key = world.key()
    asked = Asked(Kind.CHANGE_RIGHT, AOBA, account=cast.aoba, right=Right.BOTH, comment="a")

    def again(wanted: Asked) -> int:
        return requests.ask(stage, wanted, key=key, actor=cast.operator, setting=SETTING, now=NOW)

    first, before = again(asked), picture(stage)
    assert again(asked) == first
    assert picture(stage) == before
    for other in (
        {"right": Right.READ},
        {"comment": "b"},
        {"login_id": "aoba-proposer"},
        {"kind": Kind.REMOVE_REPRESENTATIVE},
        {"kind": Kind.INITIALISE_PASSWORD},
        {"account": cast.kaede, "login_id": "kaede-approver"},
    ):
        fields = {name: getattr(asked, name) for name in asked.__slots__} | other
        with refused(stage, KeyUsedOtherwise):
            again(Asked(**fields))


def test_a_newcomers_request_sent_again_after_the_approval_makes_nobody_new(
    stage: Session, cast: World
) -> None:
    key = world.key()
    first = ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.operator, key=key, **NEWCOMER)
    assert ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.operator, key=key, **NEWCOMER) == first


@pytest.mark.parametrize(("key", "refusal"), [("", Required), ("k" * 101, TooLong)])
def test_a_request_comes_with_a_key(
    stage: Session, cast: World, key: str, refusal: type[Required | TooLong]
) -> None:
    with refused(stage, refusal, field="key"):
        ask(stage, Kind.SUSPEND_PERSON, AOBA, actor=cast.operator, key=key)


def test_a_comment_has_its_length(stage: Session, cast: World) -> None:
    with refused(stage, TooLong, length_max=1_024, field="comment"):
        ask(stage, Kind.SUSPEND_PERSON, AOBA, actor=cast.operator, comment="字" * 1_025)
    ask(stage, Kind.SUSPEND_PERSON, AOBA, actor=cast.operator, comment="字" * 1_024)


def test_a_preview_shows_old_and_new_and_writes_nothing(stage: Session, cast: World) -> None:
    before = picture(stage)
    wanted = Asked(Kind.CHANGE_RIGHT, AOBA, account=cast.aoba, right=Right.BOTH)
    facts, recorded = requests.preview(stage, wanted, actor=cast.aoba_proposer)
    assert (facts["right"], recorded["right"]) == ("both", "approve")
    assert picture(stage) == before


# Deciding


def test_a_second_person_approves_and_then_only_it_takes_effect(
    stage: Session, cast: World
) -> None:
    identifier = of_right(stage, cast)
    assert approve(stage, identifier, actor=cast.approver).status is Status.APPROVED
    present = right(stage, cast.aoba, cast.aoba_approver)
    assert present is not None and present.right is Right.BOTH
    request = stage.get_one(Request, identifier)
    assert (request.decided_by, request.decided_at) == (cast.approver, NOW)


def test_nobody_approves_what_they_asked_for(stage: Session, cast: World) -> None:
    identifier = of_right(stage, cast, actor=cast.system_administrator)
    with refused(stage, OwnRequest):
        approve(stage, identifier, actor=cast.system_administrator)
    requests.reject(stage, identifier, reason="r", actor=cast.system_administrator, now=NOW)


def test_case_126_nobody_decides_a_request_about_themselves(stage: Session, cast: World) -> None:
    identifier = ask(
        stage,
        Kind.CHANGE_DETAILS,
        "approver",
        name_en="Another Name",
        name_ja="別名",
        actor=cast.system_administrator,
    )
    with refused(stage, AboutYourself):
        approve(stage, identifier, actor=cast.approver)
    with refused(stage, AboutYourself):
        requests.reject(stage, identifier, reason="r", actor=cast.approver, now=NOW)
    assert status(stage, identifier) is Status.WAITING


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("operator", NotEntitled),
        ("auditor", NotEntitled),
        ("aoba_proposer", NotEntitled),
        ("aoba_approver", NotEntitled),
        ("kaede_approver", NotFound),
        ("outsider", NotFound),
    ],
)
def test_others_do_not_decide_and_strangers_do_not_even_know(
    stage: Session, cast: World, who: str, refusal: type[Exception]
) -> None:
    identifier, actor = of_right(stage, cast), getattr(cast, who)
    before = picture(stage)
    with pytest.raises(refusal):
        approve(stage, identifier, actor=actor)
    with pytest.raises(refusal):
        requests.reject(stage, identifier, reason="r", actor=actor, now=NOW)
    assert picture(stage) == before


def test_a_request_that_does_not_exist_is_answered_like_anothers(
    stage: Session, cast: World
) -> None:
    with pytest.raises(NotFound):
        approve(stage, 10**9, actor=cast.approver)
    with pytest.raises(NotFound):
        requests.withdraw(stage, 10**9, reason="r", actor=cast.approver, now=NOW)


@pytest.mark.parametrize("reason", ["", "  ", "\u3000\n"])
def test_case_128_a_request_is_rejected_for_a_reason(
    stage: Session, cast: World, reason: str
) -> None:
    identifier = of_right(stage, cast)
    with refused(stage, ReasonRequired, field="reason"):
        requests.reject(stage, identifier, reason=reason, actor=cast.approver, now=NOW)
    with refused(stage, ReasonRequired, field="reason"):
        requests.withdraw(stage, identifier, reason=reason, actor=cast.aoba_proposer, now=NOW)
    with refused(stage, TooLong, field="reason"):
        requests.reject(stage, identifier, reason="r" * 1_025, actor=cast.approver, now=NOW)


def test_a_request_is_withdrawn_by_its_asker_alone(stage: Session, cast: World) -> None:
    identifier = of_right(stage, cast)
    for actor in (cast.aoba_approver, cast.approver, cast.operator):
        with refused(stage, NotEntitled):
            requests.withdraw(stage, identifier, reason="r", actor=actor, now=NOW)
    for _ in range(2):
        ended = requests.withdraw(stage, identifier, reason="r", actor=cast.aoba_proposer, now=NOW)
        assert ended.status is Status.WITHDRAWN


def test_deciding_again_gives_the_same_answer_and_no_second_effect(
    stage: Session, cast: World
) -> None:
    identifier = ask(
        stage, Kind.ISSUE_LOGIN_ID, actor=cast.operator, delivery=Delivery.LETTER, **NEWCOMER
    )
    first = approve(stage, identifier, actor=cast.approver)
    before = picture(stage)
    again = approve(stage, identifier, actor=cast.approver)
    assert (first.status, again.status) == (Status.APPROVED, Status.APPROVED)
    assert first.letter is not None and again.letter is None
    assert picture(stage) == before


def test_case_136_what_was_decided_stays_so(stage: Session, cast: World) -> None:
    approved = of_right(stage, cast)
    approve(stage, approved, actor=cast.approver)
    for decide in (requests.reject, requests.withdraw):
        actor = cast.approver if decide is requests.reject else cast.aoba_proposer
        with refused(stage, RequestEnded):
            decide(stage, approved, reason="r", actor=actor, now=NOW)
    with refused(stage, RequestEnded):
        approve(stage, approved, actor=cast.system_administrator)
    rejected = ask(stage, Kind.INITIALISE_PASSWORD, AOBA, actor=cast.operator)
    requests.reject(stage, rejected, reason="r", actor=cast.approver, now=NOW)
    with refused(stage, RequestEnded):
        approve(stage, rejected, actor=cast.approver)


def test_what_is_no_longer_possible_stays_open_and_is_not_half_done(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    removals = [
        ask(
            stage,
            Kind.REMOVE_REPRESENTATIVE,
            login_id,
            account=cast.aoba,
            actor=cast.operator,
        )
        for login_id in ("aoba-proposer", "aoba-approver")
    ]
    approve(stage, removals[0], actor=cast.approver)
    with refused(stage, requests.askings.RepresentativesMissing, field="login_id"):
        approve(stage, removals[1], actor=cast.approver)
    assert status(stage, removals[1]) is Status.WAITING


def test_a_claimed_request_is_decided_by_its_claimant(stage: Session, cast: World) -> None:
    identifier = of_right(stage, cast)
    claims.claim(
        stage,
        request=identifier,
        subject=requests.number(identifier),
        to=cast.system_administrator,
        comment="",
        actor=cast.system_administrator,
        now=NOW,
    )
    with refused(stage, ClaimedByOther, name_en="System Administrator"):
        approve(stage, identifier, actor=cast.approver)
    with refused(stage, ClaimedByOther):
        requests.reject(stage, identifier, reason="r", actor=cast.approver, now=NOW)
    approve(stage, identifier, actor=cast.system_administrator)


# The asker


def test_case_135_what_a_stopped_person_asked_for_is_frozen(stage: Session, cast: World) -> None:
    identifier = of_right(stage, cast)
    suspension = ask(stage, Kind.SUSPEND_PERSON, "aoba-proposer", actor=cast.operator)
    with refused(stage, ProposerStopped):
        approve(stage, identifier, actor=cast.approver)
    requests.reject(stage, suspension, reason="r", actor=cast.approver, now=NOW)
    approve(stage, identifier, actor=cast.approver)


def test_case_135_so_is_what_was_asked_for_on_an_account_where_one_is_stopped(
    stage: Session, cast: World
) -> None:
    identifier = of_right(stage, cast)
    present = right(stage, cast.aoba, cast.aoba_proposer)
    assert present is not None
    present.state = Acting.SUSPENDED
    stage.flush()
    with refused(stage, ProposerStopped):
        approve(stage, identifier, actor=cast.approver)
    requests.reject(stage, identifier, reason="r", actor=cast.approver, now=NOW)


def test_whoever_is_stopped_asks_for_nothing(stage: Session, cast: World) -> None:
    stage.get_one(User, cast.operator).state = State.SUSPENDED
    stage.flush()
    with refused(stage, NotEntitled):
        ask(stage, Kind.SUSPEND_PERSON, AOBA, actor=cast.operator)


# Who knows


def test_a_request_is_known_to_those_it_concerns_and_to_administrators(
    stage: Session, cast: World
) -> None:
    identifier = of_right(stage, cast)
    row = questions.by_id(stage, identifier)
    assert row is not None
    people = [getattr(cast, role.value) for role in Role if is_administrator(role)]
    for actor in (*people, cast.aoba_proposer, cast.aoba_approver):
        assert requests.may_see(stage, row, actor)
    for actor in (cast.kaede_proposer, cast.outsider, cast.reviewer):
        assert not requests.may_see(stage, row, actor)


def test_everyone_concerned_is_told_of_a_request_and_of_its_end(
    stage: Session, cast: World
) -> None:
    told_before = {one.id: told(stage, one.id) for one in people_questions.everyone(stage)}
    identifier = of_right(stage, cast)
    requests.reject(stage, identifier, reason="r", actor=cast.approver, now=NOW)
    new = {one: told(stage, one)[len(before) :] for one, before in told_before.items()}
    both = ["request_made", "request_ended"]
    assert {one: kinds for one, kinds in new.items() if kinds} == {
        cast.aoba_proposer: both,
        cast.aoba_approver: both,
        cast.approver: ["request_made"],
        cast.system_administrator: ["request_made"],
    }


def test_whoever_may_not_decide_is_not_told_of_the_task(stage: Session, cast: World) -> None:
    before = len(told(stage, cast.system_administrator))
    ask(stage, Kind.CHANGE_ROLE, "auditor", role=Role.OPERATOR, actor=cast.system_administrator)
    # As its asker, and once.
    assert told(stage, cast.system_administrator)[before:] == ["request_made"]


def test_a_request_refers_to_one_person_however_often_decided(stage: Session, cast: World) -> None:
    request, _ = done(stage, cast, Kind.ISSUE_LOGIN_ID, **NEWCOMER)
    assert request.user_id is not None
    count = select(func.count()).select_from(User).where(User.email == NEWCOMER["email"])
    assert stage.scalar(count) == 1
    assert user(stage, stage.get_one(User, request.user_id).login_id).name_ja == "青葉 花子"
