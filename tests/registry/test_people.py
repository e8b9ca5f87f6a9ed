"""People: how they are created and sign in, and the check of powers before every other verb."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import LoginIdTaken, NotEntitled, Required, SignInFailed
from app.domain.roles import DUTIES, Duty, Right, Role
from app.registry import people
from app.store import accounts as account_questions
from app.store import people as people_questions
from app.store import people as questions
from app.store.tables import AccessEntry, User
from tests.stages import refused
from tests.world import NOW, PASSWORD, World


def sign_in(session: Session, login_id: str, password: str = PASSWORD) -> User:
    checked = people.check_password(session, login_id, password)
    return people.sign_in(session, checked, address="192.0.2.7", now=NOW)


def create(
    session: Session, login_id: str, password: str | None = "pass phrase of four words"
) -> User:
    return people.create(
        session,
        login_id,
        name_en="Hanako Aoba",
        name_ja="青葉 花子",
        password=password,
        actor=None,
        now=NOW,
    )


def accesses(session: Session) -> list[tuple[str, str, int | None]]:
    entries = session.scalars(select(AccessEntry).order_by(AccessEntry.id)).all()
    return [(entry.login_id, entry.outcome, entry.user_id) for entry in entries]


def test_only_the_argon2_hash_of_a_password_is_kept(stage: Session, cast: World) -> None:
    user = create(stage, "hanako")
    assert user.password_hash is not None and user.password_hash.startswith("$argon2id$")
    assert "pass phrase" not in user.password_hash
    assert create(stage, "taro").password_hash != user.password_hash


def test_a_login_id_is_given_once(stage: Session, cast: World) -> None:
    create(stage, "hanako")
    for again in ("hanako", " hanako ", "ｈａｎａｋｏ"):
        with refused(stage, LoginIdTaken, login_id="hanako", field="login_id"):
            create(stage, again)
    with refused(stage, Required, field="login_id"):
        create(stage, " \u3000")


def test_who_signs_in_is_remembered_with_the_time_before(stage: Session, cast: World) -> None:
    user = create(stage, "hanako")
    assert sign_in(stage, "hanako", "pass phrase of four words") is user
    assert (user.previous_sign_in_at, user.last_sign_in_at) == (None, NOW)
    later = NOW + timedelta(hours=1)
    checked = people.check_password(stage, "hanako", "pass phrase of four words")
    people.sign_in(stage, checked, address=None, now=later)
    assert (user.previous_sign_in_at, user.last_sign_in_at) == (NOW, later)
    assert accesses(stage)[-1] == ("hanako", "signed in", user.id)


def nobody(session: Session, user: User) -> None:
    user.login_id = "another"


def inactive(session: Session, user: User) -> None:
    user.is_active = False


def without_password(session: Session, user: User) -> None:
    user.password_hash = None


def spoilt_hash(session: Session, user: User) -> None:
    user.password_hash = "not a hash"


def wrong_password(session: Session, user: User) -> None:
    people.set_password(session, user, "another one", actor=None, now=NOW)


@pytest.mark.parametrize("spoil", [nobody, inactive, without_password, spoilt_hash, wrong_password])
def test_o02_every_failed_sign_in_has_the_same_answer(
    stage: Session, cast: World, spoil: Callable[[Session, User], None]
) -> None:
    user = create(stage, "hanako")
    spoil(stage, user)
    stage.flush()
    with refused(stage, SignInFailed) as caught:
        sign_in(stage, "hanako", "pass phrase of four words")
    assert caught.value.facts() == {"field": ""}
    assert user.last_sign_in_at is None


@pytest.mark.parametrize("typed", ["", " "])
def test_o01_an_empty_login_id_or_password_has_the_same_answer_too(
    stage: Session, cast: World, typed: str
) -> None:
    for login_id, password in ((typed, PASSWORD), ("aoba-proposer", typed)):
        with refused(stage, SignInFailed) as caught:
            sign_in(stage, login_id, password)
        assert caught.value.facts() == {"field": ""}


def test_o02_the_true_cause_of_a_failure_stands_in_the_access_log_only(
    stage: Session, cast: World
) -> None:
    user = create(stage, "hanako")
    for login_id in ("nobody", "hanako"):
        people.failed_sign_in(stage, login_id, address=None, now=NOW)
    user.is_active = False
    people.failed_sign_in(stage, "hanako", address=None, now=NOW)
    assert accesses(stage)[-3:] == [
        ("nobody", "unknown login ID", None),
        ("hanako", "wrong password", user.id),
        ("hanako", "not active", user.id),
    ]


def test_a_password_is_the_same_from_every_keyboard(stage: Session, cast: World) -> None:
    create(stage, "hanako", "ﾊﾟｽﾜｰﾄﾞ １２３ caf\u0065\u0301")
    sign_in(stage, "hanako", "パスワード 123 caf\u00e9")
    with refused(stage, SignInFailed):
        sign_in(stage, "hanako", " パスワード 123 caf\u00e9")


def test_a_password_that_is_replaced_works_no_more(stage: Session, cast: World) -> None:
    user = create(stage, "hanako")
    people.set_password(stage, user, "a new phrase", actor=user.id, now=NOW)
    sign_in(stage, "hanako", "a new phrase")
    with refused(stage, SignInFailed):
        sign_in(stage, "hanako", "pass phrase of four words")


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


@pytest.mark.parametrize("who", ["nobody", "suspended"])
def test_case_135_nobody_has_powers_who_does_not_exist_or_is_suspended(
    stage: Session, cast: World, who: str
) -> None:
    actor = 10**9
    if who == "suspended":
        actor = cast.operator
        stage.get_one(User, actor).is_active = False
        stage.flush()
    with refused(stage, NotEntitled):
        people.power(stage.connection(), actor, None)
    with refused(stage, NotEntitled):
        people.require(stage, actor, Duty.MANAGE_ACCOUNTS)
    assert questions.by_id(stage, cast.operator) is not None


def test_a_password_replaced_since_the_check_signs_nobody_in(stage: Session, cast: World) -> None:
    create(stage, "hanako")
    checked = people.check_password(stage, "hanako", "pass phrase of four words")
    stage.expunge(checked)
    user = people_questions.by_login_id(stage, "hanako")
    assert user is not None
    people.set_password(stage, user, "a new phrase", actor=user.id, now=NOW)
    with refused(stage, SignInFailed):
        people.sign_in(stage, checked, address=None, now=NOW)
