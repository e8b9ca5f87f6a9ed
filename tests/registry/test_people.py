"""People: created, named, stopped; and the check of powers before every other verb."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import people as rules
from app.domain.errors import NotEntitled, Required, TooLong
from app.domain.people import MOVES, State
from app.domain.people_errors import (
    LoginIdTaken,
    NotAnEmail,
    PasswordIsContext,
    PasswordTooShort,
    PasswordWrong,
    StateForbids,
)
from app.domain.roles import DUTIES, Duty, Right, Role
from app.domain.text import Text
from app.registry import links, people, sessions
from app.store import accounts as account_questions
from app.store import credentials
from app.store import sessions as session_questions
from app.store.tables import AccessEntry, RetiredLoginId, User
from app.store.tables.credentials import Purpose
from app.store.tables.sessions import Stage
from tests.powers import ORIGIN, logged, told
from tests.stages import refused
from tests.world import NOW, PASSWORD, World

REGISTRY_NAME = Text("JCM Registry System", "JCM登録簿システム")


def create(session: Session, login_id: str, **given: str) -> User:
    fields: dict[str, str] = {"name_en": "Hanako Aoba", "name_ja": "青葉 花子"} | given
    return people.create(session, login_id, **fields, actor=None, now=NOW)  # type: ignore[arg-type]  # each of them is text


def signed_in(session: Session, user_id: int) -> int:
    return sessions.begin(session, user_id, Stage.FULL, origin=ORIGIN, now=NOW)[0]


def open_sessions(session: Session, user_id: int) -> list[int]:
    return [one.id for one in session_questions.open_of(session, user_id, NOW)]


# Creating


def test_a_person_is_created_without_a_password_and_logged(stage: Session, cast: World) -> None:
    user = create(stage, " ｈａｎａｋｏ ", email="Hanako@AOBA.example", language="ja")
    assert (user.login_id, user.email) == ("hanako", "Hanako@aoba.example")
    assert (user.password_hash, user.state, user.role) == (None, State.ACTIVE, None)
    (entry,) = logged(stage, "hanako")
    assert (entry.operation, entry.at) == ("create user", NOW)


def test_a_login_id_is_given_once(stage: Session, cast: World) -> None:
    create(stage, "hanako")
    for again in ("hanako", " hanako ", "ｈａｎａｋｏ"):
        with refused(stage, LoginIdTaken, login_id="hanako", field="login_id"):
            create(stage, again)
    with refused(stage, Required, field="login_id"):
        create(stage, " \u3000")
    with refused(stage, TooLong, field="login_id"):
        create(stage, "h" * 201)


@pytest.mark.parametrize(
    ("given", "refusal", "field"),
    [
        ({"name_en": "\u3000"}, Required, "name_en"),
        ({"name_ja": "名" * 101}, TooLong, "name_ja"),
        ({"email": "hanako"}, NotAnEmail, "email"),
        ({"email": "h@" + "x" * 256 + ".example"}, TooLong, "email"),
    ],
)
def test_what_is_recorded_of_a_person_is_checked(
    stage: Session, cast: World, given: dict[str, str], refusal: type[Required], field: str
) -> None:
    with refused(stage, refusal, field=field):
        create(stage, "hanako", **given)


def test_a_login_id_made_by_the_registry_has_check_digits_and_no_order(
    stage: Session, cast: World
) -> None:
    made = {people.new_login_id(stage, "JP") for _ in range(50)}
    assert len(made) == 50
    for login_id in made:
        assert re.fullmatch(r"JP\d{10}", login_id)
        assert rules.login_id("JP", int(login_id[2:10])) == login_id


def test_a_reissued_login_id_is_another_and_the_old_one_is_never_given_again(
    stage: Session, cast: World
) -> None:
    user = create(stage, "hanako")
    identifier = user.id
    made = people.reissue_login_id(stage, user, "JP", actor=cast.approver, now=NOW)
    assert (user.id, user.login_id) == (identifier, made)
    retired = stage.get_one(RetiredLoginId, "hanako")
    assert (retired.user_id, retired.retired_at) == (identifier, NOW)
    with refused(stage, LoginIdTaken, login_id="hanako"):
        create(stage, "hanako")
    (entry,) = logged(stage, made)
    assert (entry.operation, entry.facts) == ("reissue login ID", {"retired": "hanako"})


# Passwords


def test_a_password_that_is_replaced_ends_the_other_sessions_and_links(
    stage: Session, cast: World
) -> None:
    user = stage.get_one(User, cast.outsider)
    kept, _other = signed_in(stage, user.id), signed_in(stage, user.id)
    links.make(stage, user, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
    people.set_password(stage, user, "the hash", besides=kept, origin=ORIGIN, now=NOW)
    assert user.password_hash == "the hash"
    assert open_sessions(stage, user.id) == [kept]
    assert credentials.links_alive(stage, user.id) == []
    assert told(stage, user.id)[-1] == "password_changed"
    outcomes = stage.scalars(select(AccessEntry.outcome).where(AccessEntry.user_id == user.id))
    assert {"session_ended", "password_changed"} <= set(outcomes)
    assert "the hash" not in str([entry.facts for entry in logged(stage, "outsider")])


def test_a_password_that_is_initialised_lets_nobody_in(stage: Session, cast: World) -> None:
    user = stage.get_one(User, cast.outsider)
    signed_in(stage, user.id)
    people.void_password(stage, user, reason="asked for", actor=cast.approver, now=NOW)
    assert user.password_hash is None
    assert open_sessions(stage, user.id) == []
    assert logged(stage, "outsider")[-1].operation == "initialise password"


def test_a_new_password_is_longer_where_it_is_all_there_is(stage: Session, cast: World) -> None:
    with_device, without = stage.get_one(User, cast.outsider), create(stage, "hanako")
    people.check_new_password(stage, with_device, "vNq8-tKzu", REGISTRY_NAME)
    with refused(stage, PasswordTooShort, length_min=15, field="password"):
        people.check_new_password(stage, without, "vNq8-tKzu", REGISTRY_NAME)


@pytest.mark.parametrize(
    "password", ["hanako-Aoba-Hanako", "青葉花子" * 4, "Registry System Registry"]
)
def test_a_new_password_is_not_made_of_the_persons_own_words(
    stage: Session, cast: World, password: str
) -> None:
    user = create(stage, "hanako", email="hanako@aoba.example")
    with refused(stage, PasswordIsContext, field="password"):
        people.check_new_password(stage, user, password, REGISTRY_NAME)


def test_the_present_password_is_asked_for(stage: Session, cast: World) -> None:
    people.check_present_password(stage, cast.outsider, PASSWORD)
    for user, typed in (
        (cast.outsider, "another phrase"),
        (cast.outsider, ""),
        (create(stage, "hanako").id, PASSWORD),
    ):
        with refused(stage, PasswordWrong, field="present_password"):
            people.check_present_password(stage, user, typed)


def test_a_person_chooses_a_language(stage: Session, cast: World) -> None:
    people.set_language(stage, cast.outsider, "ja")
    assert stage.get_one(User, cast.outsider).language == "ja"


# States


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_a_person_makes_the_listed_moves_and_no_other(
    stage: Session, cast: World, before: State, after: State
) -> None:
    user = stage.get_one(User, cast.outsider)
    user.state = before
    stage.flush()
    change = {"reason": "r", "request": "R-000001", "actor": cast.approver, "now": NOW}
    if after not in MOVES[before]:
        with refused(stage, StateForbids, state=before):
            people.change_state(stage, user, after, **change)
        return
    people.change_state(stage, user, after, **change)
    assert user.state is after
    entry = logged(stage, "outsider")[-1]
    facts = {"before": before, "after": after, "reason": "r", "request": "R-000001"}
    assert (entry.operation, entry.facts) == ("change user state", facts)
    assert told(stage, cast.outsider_colleague)[-1] == "person_state_changed"


@pytest.mark.parametrize("state", sorted(set(State) - {State.ACTIVE}))
def test_case_135_whoever_is_stopped_has_no_session_and_no_link_left(
    stage: Session, cast: World, state: State
) -> None:
    user = stage.get_one(User, cast.outsider)
    signed_in(stage, user.id)
    links.make(stage, user, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
    people.change_state(stage, user, state, reason="r", actor=cast.approver, now=NOW)
    assert open_sessions(stage, user.id) == []
    assert credentials.links_alive(stage, user.id) == []


# Powers


@pytest.mark.parametrize("duty", list(Duty))
@pytest.mark.parametrize("role", [None, *Role])
def test_a_duty_is_done_by_its_roles_alone(
    stage: Session, cast: World, duty: Duty, role: Role | None
) -> None:
    actor = cast.aoba_proposer if role is None else getattr(cast, role.value)
    if role in DUTIES[duty]:
        people.require(stage, actor, duty)
    else:
        with refused(stage, NotEntitled, action=duty):
            people.require(stage, actor, duty)


def test_a_power_is_the_role_and_the_right_on_one_account(stage: Session, cast: World) -> None:
    of_aoba = account_questions.by_number(stage, cast.aoba)
    of_kaede = account_questions.by_number(stage, cast.kaede)
    assert of_aoba is not None and of_kaede is not None
    connection = stage.connection()
    assert people.power(connection, cast.aoba_proposer, of_aoba.id).right is Right.BOTH
    assert people.power(connection, cast.aoba_proposer, of_kaede.id).right is None
    assert people.power(connection, cast.operator, of_aoba.id).role is Role.OPERATOR


@pytest.mark.parametrize("state", [None, *sorted(set(State) - {State.ACTIVE})])
def test_case_135_nobody_has_powers_who_does_not_exist_or_is_stopped(
    stage: Session, cast: World, state: State | None
) -> None:
    actor = 10**9
    if state is not None:
        actor = cast.operator
        stage.get_one(User, actor).state = state
        stage.flush()
    with refused(stage, NotEntitled):
        people.power(stage.connection(), actor, None)
    with refused(stage, NotEntitled):
        people.require(stage, actor, Duty.MANAGE_ACCOUNTS)
