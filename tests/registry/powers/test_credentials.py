"""What requests change in how people sign in, what they are called and what they may do."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import State
from app.domain.people_errors import EmailUnconfirmed, LinkDead
from app.domain.requests import Delivery, Kind
from app.domain.roles import Role
from app.registry import effects, requests, sessions
from app.store import credentials
from app.store import sessions as session_questions
from app.store.tables import Link, LogEntry, Request, RetiredLoginId, User
from app.store.tables.credentials import Purpose
from app.store.tables.sessions import Stage
from tests.powers import (
    ORIGIN,
    approve,
    ask,
    done,
    mails,
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


def test_a_login_id_is_reissued_to_the_same_person_and_never_again(
    stage: Session, cast: World
) -> None:
    signed_in(stage, cast.outsider)
    request, decided = done(
        stage, cast, Kind.REISSUE_LOGIN_ID, "outsider", delivery=Delivery.LETTER
    )
    person = stage.get_one(User, cast.outsider)
    assert (person.id, request.user_id) == (cast.outsider, cast.outsider)
    assert person.login_id.startswith("JP") and person.password_hash is None
    assert stage.get_one(RetiredLoginId, "outsider").user_id == cast.outsider
    assert open_sessions(stage, cast.outsider) == 0
    assert decided.letter is not None
    for who in (cast.outsider, cast.outsider_colleague, cast.system_administrator):
        assert "login_id_reissued" in told(stage, who)


def test_an_initialised_password_is_worth_nothing_and_a_link_leads_to_another(
    stage: Session, cast: World
) -> None:
    user(stage, "outsider").email = "outsider@outside.example"
    signed_in(stage, cast.outsider)
    stage.flush()
    done(stage, cast, Kind.INITIALISE_PASSWORD, "outsider")
    assert stage.get_one(User, cast.outsider).password_hash is None
    assert open_sessions(stage, cast.outsider) == 0
    assert ("outsider@outside.example", "password_link", True) in mails(stage)
    # The device stays: the link alone opens nothing.
    assert len(credentials.factors(stage.connection(), cast.outsider)) == 1
    assert "password_initialised" in told(stage, cast.outsider_colleague)


def test_colleagues_are_told_already_when_a_new_way_in_is_asked_for(
    stage: Session, cast: World
) -> None:
    for kind in (Kind.INITIALISE_PASSWORD, Kind.REISSUE_LOGIN_ID, Kind.REPLACE_SECOND_FACTOR):
        before = len(told(stage, cast.outsider_colleague))
        ask(stage, kind, "outsider", actor=cast.operator)
        assert "request_made" in told(stage, cast.outsider_colleague)[before:]


def test_a_lost_second_factor_blocks_first_and_is_replaced_by_a_second_person(
    stage: Session, cast: World
) -> None:
    identifier = ask(stage, Kind.REPLACE_SECOND_FACTOR, "outsider", actor=cast.outsider)
    assert state(stage, "outsider") is State.SUSPENDED
    assert len(credentials.factors(stage.connection(), cast.outsider)) == 1
    approve(stage, identifier, actor=cast.approver)
    person = user(stage, "outsider")
    assert (person.state, person.password_hash) == (State.ACTIVE, None)
    assert credentials.factors(stage.connection(), cast.outsider) == []
    assert link(stage, cast.outsider).purpose is Purpose.SECOND_FACTOR


def test_whoever_was_suspended_before_stays_so_with_a_new_second_factor(
    stage: Session, cast: World
) -> None:
    done(stage, cast, Kind.SUSPEND_PERSON, "outsider")
    done(stage, cast, Kind.REPLACE_SECOND_FACTOR, "outsider")
    assert state(stage, "outsider") is State.SUSPENDED
    identifier = ask(stage, Kind.REPLACE_SECOND_FACTOR, "outsider", actor=cast.operator)
    requests.withdraw(stage, identifier, reason="r", actor=cast.operator, now=NOW)
    assert state(stage, "outsider") is State.SUSPENDED


def test_the_people_of_the_demonstration_get_letters_in_place_of_mails(
    stage: Session, cast: World
) -> None:
    person = user(stage, "outsider")
    person.is_demo, person.email = True, "outsider@demo.example"
    stage.flush()
    _, decided = done(stage, cast, Kind.INITIALISE_PASSWORD, "outsider")
    assert decided.letter is not None
    assert not [mail for mail in mails(stage) if mail[0] == person.email]


# Details and roles


def test_o14_details_change_when_a_second_person_approves_and_the_address_is_confirmed(
    stage: Session, cast: World
) -> None:
    person = user(stage, PROPOSER)
    person.email = "old@aoba.example"
    stage.flush()
    details = {"name_en": "New Name", "name_ja": "新 氏名", "email": "new@aoba.example"}
    identifier = ask(stage, Kind.CHANGE_DETAILS, PROPOSER, actor=cast.aoba_proposer, **details)
    request = stage.get_one(Request, identifier)
    assert request.asked == details
    assert request.before["email"] == "old@aoba.example"
    assert person.name_en == "Aoba Proposer"
    assert ("new@aoba.example", "email_link", True) in mails(stage)
    with refused(stage, EmailUnconfirmed, field="email"):
        approve(stage, identifier, actor=cast.approver)
    effects.confirm_email(stage, identifier)
    approve(stage, identifier, actor=cast.approver)
    assert (person.name_en, person.name_ja, person.email) == tuple(details.values())
    changed = [address for address, kind, _ in mails(stage) if kind == "email_changed"]
    assert sorted(changed) == ["new@aoba.example", "old@aoba.example"]


def test_an_address_is_not_confirmed_once_the_request_has_ended(
    stage: Session, cast: World
) -> None:
    details = {"name_en": "N", "name_ja": "N", "email": "new@aoba.example"}
    identifier = ask(stage, Kind.CHANGE_DETAILS, PROPOSER, actor=cast.aoba_proposer, **details)
    requests.withdraw(stage, identifier, reason="r", actor=cast.aoba_proposer, now=NOW)
    assert credentials.links_alive(stage, cast.aoba_proposer) == []
    for unknown in (identifier, 10**9):
        with refused(stage, LinkDead):
            effects.confirm_email(stage, unknown)


def test_a_role_is_given_and_taken_and_sessions_get_new_tokens(stage: Session, cast: World) -> None:
    signed_in(stage, cast.auditor)
    done(stage, cast, Kind.CHANGE_ROLE, "auditor", role=Role.OPERATOR)
    assert user(stage, "auditor").role is Role.OPERATOR
    (opened,) = session_questions.open_of(stage, cast.auditor, NOW)
    stage.refresh(opened)
    assert opened.renew
    done(stage, cast, Kind.CHANGE_ROLE, "auditor", role=None)
    assert user(stage, "auditor").role is None
    facts = stage.scalars(
        select(LogEntry.facts).where(LogEntry.operation == "approved change_role")
    ).all()
    assert [(one["former_role"], one["role"]) for one in facts] == [
        ("auditor", "operator"),
        ("operator", "None"),
    ]
