"""What requests bring about: at once, when they are approved, and when they end otherwise."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotEntitled, NotFound
from app.domain.people import Acting, State
from app.domain.people_errors import EmailRefused, ProposerStopped
from app.domain.requests import Delivery, Kind
from app.domain.roles import Right, Role
from app.registry import people, requests, sessions
from app.store import credentials, directory
from app.store import sessions as session_questions
from app.store.tables import Link, User
from app.store.tables.credentials import Purpose
from app.store.tables.sessions import Stage
from tests import world
from tests.powers import (
    NEWCOMER,
    ORIGIN,
    approve,
    ask,
    done,
    logged,
    mails,
    right,
    seen,
    three,
    told,
    user,
)
from tests.stages import refused
from tests.world import NOW, World

PROPOSER, APPROVER = "aoba-proposer", "aoba-approver"


def signed_in(session: Session, user_id: int) -> None:
    sessions.begin(session, user_id, Stage.FULL, origin=ORIGIN, now=NOW)


def open_sessions(session: Session, user_id: int) -> int:
    return len(session_questions.open_of(session, user_id, NOW))


def link(session: Session, user_id: int) -> Link:
    query = select(Link).where(Link.user_id == user_id, Link.void_at.is_(None))
    return session.scalars(query.order_by(Link.id.desc()).limit(1)).one()


def state(session: Session, login_id: str) -> State:
    return user(session, login_id).state


# Representatives


def test_a_colleague_is_added(stage: Session, cast: World) -> None:
    fields = {"account": cast.aoba, "right": Right.PROPOSE}
    _, decided = done(stage, cast, Kind.ADD_REPRESENTATIVE, "outsider", **fields)
    present = right(stage, cast.aoba, cast.outsider)
    assert present is not None
    assert (present.right, present.state, decided.letter) == (Right.PROPOSE, Acting.ACTIVE, None)
    assert not credentials.links_alive(stage, cast.outsider)
    for who in (cast.outsider, cast.aoba_proposer, cast.aoba_approver):
        assert "right_changed" in told(stage, who)
    assert "right_changed" not in told(stage, cast.kaede_approver)


def test_a_newcomer_gets_a_login_id_and_a_link_that_only_the_mail_carries(
    stage: Session, cast: World
) -> None:
    fields = {"account": cast.aoba, "right": Right.READ, **NEWCOMER}
    request, decided = done(stage, cast, Kind.ADD_REPRESENTATIVE, **fields)
    assert request.user_id is not None and decided.letter is None
    made = stage.get_one(User, request.user_id)
    assert made.login_id.startswith("JP") and len(made.login_id) == 12
    assert (made.name_ja, made.email, made.password_hash) == ("青葉 花子", NEWCOMER["email"], None)
    assert made.role is None
    present = right(stage, cast.aoba, made.id)
    assert present is not None and present.right is Right.READ
    sent = link(stage, made.id)
    assert (sent.purpose, sent.delivery) == (Purpose.ACTIVATION, Delivery.LINK)
    assert sent.expires_at == NOW + timedelta(hours=24)
    assert (NEWCOMER["email"], "activation_link", True) in mails(stage)
    assert "login_id_issued" in told(stage, cast.aoba_approver)


def test_a_newcomer_may_get_a_letter_in_place_of_a_mail(stage: Session, cast: World) -> None:
    fields = {"role": Role.AUDITOR, "delivery": Delivery.LETTER, **NEWCOMER}
    request, decided = done(stage, cast, Kind.ISSUE_LOGIN_ID, **fields)
    assert decided.letter is not None and request.user_id is not None
    assert decided.letter.expires_at == NOW + timedelta(days=21)
    assert stage.get_one(User, request.user_id).role is Role.AUDITOR
    assert not [mail for mail in mails(stage) if mail[2]]
    assert decided.letter.code not in str(logged(stage, requests.number(request.id)))


def test_an_address_that_somebody_has_by_now_makes_nobody(stage: Session, cast: World) -> None:
    identifier = ask(stage, Kind.ISSUE_LOGIN_ID, actor=cast.operator, **NEWCOMER)
    user(stage, "outsider").email = NEWCOMER["email"]
    stage.flush()
    with refused(stage, EmailRefused, field="email"):
        approve(stage, identifier, actor=cast.approver)


def test_o16_whoever_is_removed_loses_the_account_and_history_keeps_the_right(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    request, _ = done(stage, cast, Kind.REMOVE_REPRESENTATIVE, PROPOSER, account=cast.aoba)
    assert cast.aoba not in seen(stage, cast.aoba_proposer)
    with pytest.raises(NotFound):
        world.proposed(stage, cast, quantity=1)
    assert request.before["right"] == "both"
    assert [
        entry.facts["former_right"] for entry in logged(stage, requests.number(request.id))
    ] == [
        "both",
        "both",
    ]
    assert "right_changed" in told(stage, cast.aoba_proposer)


def test_o18_a_change_of_right_counts_only_for_later_acts(stage: Session, cast: World) -> None:
    three(stage, cast)
    world.issued(stage, cast)
    proposed = world.proposed(stage, cast, quantity=1)
    fields = {"account": cast.aoba, "right": Right.APPROVE}
    done(stage, cast, Kind.CHANGE_RIGHT, PROPOSER, **fields)
    with refused(stage, NotEntitled):
        world.proposed(stage, cast, quantity=1)
    world.completed(stage, proposed, actor=cast.aoba_approver)


def test_o17_whoever_is_suspended_on_one_account_sees_only_the_others(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    assert seen(stage, cast.outsider) == [cast.aoba, cast.outside]
    identifier = ask(
        stage, Kind.SUSPEND_REPRESENTATIVE, "outsider", account=cast.aoba, actor=cast.operator
    )
    assert seen(stage, cast.outsider) == [cast.outside]
    with pytest.raises(NotFound):
        world.proposed(stage, cast, actor=cast.outsider, quantity=1)
    approve(stage, identifier, actor=cast.approver)
    assert seen(stage, cast.outsider) == [cast.outside]
    done(stage, cast, Kind.RESTORE_REPRESENTATIVE, "outsider", account=cast.aoba)
    assert seen(stage, cast.outsider) == [cast.aoba, cast.outside]


def test_a_suspension_that_is_not_confirmed_ends(stage: Session, cast: World) -> None:
    for end in (requests.reject, requests.withdraw):
        identifier = ask(
            stage, Kind.SUSPEND_REPRESENTATIVE, APPROVER, account=cast.aoba, actor=cast.operator
        )
        actor = cast.approver if end is requests.reject else cast.operator
        end(stage, identifier, reason="r", actor=actor, now=NOW)
        present = right(stage, cast.aoba, cast.aoba_approver)
        assert present is not None and present.state is Acting.ACTIVE


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_suspension_of_somebody_removed_meanwhile_just_ends(
    stage: Session, cast: World, *, confirmed: bool
) -> None:
    three(stage, cast)
    fields = {"account": cast.aoba}
    suspension = ask(stage, Kind.SUSPEND_REPRESENTATIVE, "outsider", actor=cast.operator, **fields)
    done(stage, cast, Kind.REMOVE_REPRESENTATIVE, "outsider", **fields)
    if confirmed:
        approve(stage, suspension, actor=cast.approver)
    else:
        requests.reject(stage, suspension, reason="r", actor=cast.approver, now=NOW)
    assert right(stage, cast.aoba, cast.outsider) is None


# States


def test_case_135_a_suspension_counts_at_once_and_ends_every_session(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    proposed = world.proposed(stage, cast, quantity=1)
    for _ in range(2):
        signed_in(stage, cast.aoba_proposer)
    identifier = ask(stage, Kind.SUSPEND_PERSON, PROPOSER, actor=cast.operator)
    assert (state(stage, PROPOSER), open_sessions(stage, cast.aoba_proposer)) == (
        State.SUSPENDED,
        0,
    )
    with refused(stage, NotEntitled):
        people.power(stage.connection(), cast.aoba_proposer, None)
    with refused(stage, ProposerStopped):
        world.completed(stage, proposed, actor=cast.aoba_approver)
    approve(stage, identifier, actor=cast.approver)
    done(stage, cast, Kind.RESTORE_PERSON, PROPOSER)
    world.completed(stage, proposed, actor=cast.aoba_approver)


def test_case_135_a_suspension_on_the_account_freezes_its_proposals(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    proposed = world.proposed(stage, cast, quantity=1)
    fields = {"account": cast.aoba, "actor": cast.operator}
    suspension = ask(stage, Kind.SUSPEND_REPRESENTATIVE, PROPOSER, **fields)
    with refused(stage, ProposerStopped):
        world.completed(stage, proposed, actor=cast.aoba_approver)
    requests.withdraw(stage, suspension, reason="r", actor=cast.operator, now=NOW)
    world.completed(stage, proposed, actor=cast.aoba_approver)


@pytest.mark.parametrize("login_id", ["outsider", "auditor", "approver", "operator"])
def test_o12_whoever_leaves_is_pending_until_a_second_person_approves(
    stage: Session, cast: World, login_id: str
) -> None:
    three(stage, cast)
    world.appoint(
        stage,
        cast.outside,
        {cast.outsider_colleague: Right.BOTH, cast.kaede_proposer: Right.BOTH},
        cast.operator,
    )
    leaving = user(stage, login_id)
    signed_in(stage, leaving.id)
    identifier = ask(stage, Kind.DEACTIVATE_PERSON, login_id, actor=leaving.id)
    assert leaving.state is State.DEACTIVATION_PENDING
    assert open_sessions(stage, leaving.id) == 0
    approve(stage, identifier, actor=cast.system_administrator)
    assert leaving.state is State.DEACTIVATED
    assert seen(stage, leaving.id) == []


def test_whoever_is_deactivated_loses_every_right_and_the_log_keeps_it(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    fields = {"account": cast.kaede, "right": Right.READ}
    done(stage, cast, Kind.ADD_REPRESENTATIVE, PROPOSER, **fields)
    suspended = right(stage, cast.kaede, cast.aoba_proposer)
    assert suspended is not None
    suspended.state = Acting.SUSPENDED
    stage.flush()
    done(stage, cast, Kind.DEACTIVATE_PERSON, PROPOSER)
    for number in (cast.aoba, cast.kaede):
        assert right(stage, number, cast.aoba_proposer) is None
    last = [logged(stage, number)[-1] for number in (cast.aoba, cast.kaede)]
    assert {entry.operation for entry in last} == {"dismiss representatives"}
    assert [entry.facts for entry in last] == [{PROPOSER: "both"}, {PROPOSER: "read"}]


def test_whoever_is_deactivated_gets_a_last_mail(stage: Session, cast: World) -> None:
    leaving = user(stage, "auditor")
    leaving.email = "auditor@registry.example"
    stage.flush()
    done(stage, cast, Kind.DEACTIVATE_PERSON, "auditor")
    kinds = [kind for address, kind, _ in mails(stage) if address == leaving.email]
    assert kinds[-1] == "person_state_changed"


def test_a_departure_that_is_turned_down_leaves_everything_as_it_was(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    identifier = ask(stage, Kind.DEACTIVATE_PERSON, PROPOSER, actor=cast.aoba_proposer)
    requests.reject(stage, identifier, reason="r", actor=cast.approver, now=NOW)
    assert state(stage, PROPOSER) is State.ACTIVE
    assert cast.aoba in seen(stage, cast.aoba_proposer)


def test_whoever_was_stopped_otherwise_meanwhile_does_not_come_back(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    leaving = ask(stage, Kind.DEACTIVATE_PERSON, PROPOSER, actor=cast.aoba_proposer)
    user(stage, PROPOSER).state = State.SUSPENDED
    stage.flush()
    requests.reject(stage, leaving, reason="r", actor=cast.approver, now=NOW)
    assert state(stage, PROPOSER) is State.SUSPENDED


def test_o69_the_history_of_a_persons_states_tells_when_who_what_and_why(
    stage: Session, cast: World
) -> None:
    identifier = ask(
        stage, Kind.SUSPEND_PERSON, "outsider", actor=cast.operator, comment="by telephone"
    )
    approve(stage, identifier, actor=cast.approver)
    restored, _ = done(stage, cast, Kind.RESTORE_PERSON, "outsider", comment="called back")
    done(stage, cast, Kind.REISSUE_LOGIN_ID, "outsider")
    found = directory.state_changes(stage, stage.get_one(User, cast.outsider))
    assert [(row.name_en, row.facts["before"], row.facts["after"]) for row in found] == [
        ("Approver", "suspended", "active"),
        ("Operator", "active", "suspended"),
    ]
    assert [row.facts["reason"] for row in found] == ["called back", "by telephone"]
    assert [row.facts["request"] for row in found] == [
        requests.number(restored.id),
        requests.number(identifier),
    ]
    assert all(row.at == NOW for row in found)
