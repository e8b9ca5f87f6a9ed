"""Signing in: one answer for every failure, a count of failures, and who is told of what."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.notifications import Kind
from app.domain.people import State
from app.domain.people_errors import (
    CodesLocked,
    CodeUsed,
    CodeWrong,
    PasskeyRefused,
    ProofRequired,
    SignInFailed,
)
from app.registry import people, second_factors, sessions, sign_in, totp
from app.registry.logs import Origin
from app.registry.second_factors import Proof, Site
from app.registry.vaults import Vault
from app.store.databases import Database
from app.store.tables import Device, SignedIn
from app.store.tables.sessions import Stage
from tests import world
from tests.authenticator import Passkey
from tests.devices import Phone, newcomer, outcomes, user
from tests.door import HERE, WHO, check, enter, fail, told
from tests.stages import refused
from tests.world import NOW, PASSWORD, World

SITE = Site("http://localhost", "localhost", "Registry")
VAULT = Vault("for tests only")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def prove(session: Session, user_id: int, proof: Proof, now: datetime = NOW) -> None:
    sign_in.prove(
        session,
        user_id,
        proof,
        challenge=b"challenge",
        site=SITE,
        vault=VAULT,
        origin=HERE,
        now=now,
    )


# One answer for every failure


def unknown(session: Session) -> None:
    user(session, WHO).login_id = "another"


def suspended(session: Session) -> None:
    user(session, WHO).state = State.SUSPENDED


def waiting(session: Session) -> None:
    user(session, WHO).state = State.DEACTIVATION_PENDING


def deactivated(session: Session) -> None:
    user(session, WHO).state = State.DEACTIVATED


def without_password(session: Session) -> None:
    user(session, WHO).password_hash = None


def spoilt(session: Session) -> None:
    user(session, WHO).password_hash = "not a hash"


def locked(session: Session) -> None:
    fail(session, 5)


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (unknown, "unknown_login_id"),
        (suspended, "not_active"),
        (waiting, "not_active"),
        (deactivated, "not_active"),
        (without_password, "not_active"),
        (spoilt, "wrong_password"),
        (locked, "locked"),
    ],
)
def test_o02_every_failure_has_one_answer_and_the_log_alone_its_cause(
    stage: Session, cast: World, spoil: Callable[[Session], None], cause: str
) -> None:
    spoil(stage)
    stage.flush()
    with refused(stage, SignInFailed) as caught:
        check(stage)
    assert caught.value.facts() == {"field": "login_id"}
    fail(stage)
    assert outcomes(stage)[-1] == cause


@pytest.mark.parametrize(
    ("login_id", "password"), [("", ""), (WHO, ""), ("", PASSWORD), (" ", " ")]
)
def test_o01_what_is_left_empty_is_answered_like_what_is_wrong(
    stage: Session, cast: World, login_id: str, password: str
) -> None:
    with refused(stage, SignInFailed) as caught:
        check(stage, login_id, password)
    assert caught.value.facts() == {"field": "login_id"}
    fail(stage, login_id=login_id)
    assert outcomes(stage)[-1] in {"wrong_password", "unknown_login_id"}


def test_the_right_password_opens_half_a_session(stage: Session, cast: World) -> None:
    half, _token = sign_in.begin(stage, check(stage), origin=HERE, now=NOW)
    opened = stage.get_one(SignedIn, half)
    assert (opened.stage, opened.user_id) == (Stage.PASSWORD, cast.aoba_proposer)
    assert outcomes(stage)[-1] == "password_accepted"
    assert user(stage, WHO).last_sign_in_at is None


def test_a_login_id_may_be_typed_in_full_width(stage: Session, cast: World) -> None:
    assert check(stage, " ａｏｂａ－ｐｒｏｐｏｓｅｒ ").user_id == cast.aoba_proposer


def another_password(session: Session) -> None:
    people.set_password(session, user(session, WHO), "another hash", origin=HERE, now=NOW)


@pytest.mark.parametrize("meanwhile", [suspended, without_password, another_password, locked])
def test_what_happened_since_the_check_counts(
    stage: Session, cast: World, meanwhile: Callable[[Session], None]
) -> None:
    """Guesses that are compared side by side are no more than those one after another."""
    checked = check(stage)
    meanwhile(stage)
    stage.flush()
    with refused(stage, SignInFailed):
        sign_in.begin(stage, checked, origin=HERE, now=NOW)


# The second factor


def test_a_passkey_or_a_code_is_asked_for_and_counted(stage: Session, cast: World) -> None:
    who = cast.aoba_proposer
    before = len(outcomes(stage))
    refusals: list[Refusal] = [
        ProofRequired(field="code"),
        CodeWrong(field="code"),
        CodeUsed(field="code"),
        PasskeyRefused(field="code"),
        CodesLocked(5, field="code"),
    ]
    for refusal in refusals:
        sign_in.wrong_code(stage, who, refusal, origin=HERE, now=NOW)
    assert outcomes(stage)[before:] == [
        "code_wrong",
        "code_used_again",
        "passkey_refused",
        "locked",
    ]
    stage.expire_all()
    assert user(stage, WHO).failures_since == 4


def wrong_codes(session: Session, user_id: int, times: int) -> None:
    for _ in range(times):
        sign_in.wrong_code(session, user_id, CodeWrong(field="code"), origin=HERE, now=NOW)


def with_phone(session: Session) -> Phone:
    device = Phone(totp.new_secret("SHA1"))
    second_factors.add_totp(
        session,
        user(session, WHO),
        {"SHA1": device.secret},
        device.code(NOW - timedelta(seconds=30)),
        name="Phone",
        vault=VAULT,
        origin=HERE,
        now=NOW,
    )
    return device


def test_five_wrong_codes_lock_codes_and_not_passkeys(stage: Session, cast: World) -> None:
    device = with_phone(stage)
    wrong_codes(stage, cast.aoba_proposer, 5)
    assert outcomes(stage)[-1] == "code_locked"
    assert told(stage, cast.aoba_proposer, Kind.SIGN_IN_LOCKED)
    with refused(stage, CodesLocked, field="code", minutes=15):
        prove(stage, cast.aoba_proposer, Proof(device.code(NOW)))
    prove(stage, cast.aoba_proposer, Proof(assertion=Passkey(login_id=WHO).given(b"challenge")))
    with refused(stage, CodesLocked):
        prove(stage, cast.aoba_proposer, Proof(device.code(NOW)))
    later = NOW + 15 * MINUTE
    prove(stage, cast.aoba_proposer, Proof(device.code(later)), later)


def test_refused_passkeys_lock_no_codes(stage: Session, cast: World) -> None:
    device = with_phone(stage)
    for _ in range(6):
        refusal = PasskeyRefused(field="code")
        sign_in.wrong_code(stage, cast.aoba_proposer, refusal, origin=HERE, now=NOW)
    prove(stage, cast.aoba_proposer, Proof(device.code(NOW)))


def test_after_a_right_code_wrong_ones_are_counted_anew(stage: Session, cast: World) -> None:
    device = with_phone(stage)
    wrong_codes(stage, cast.aoba_proposer, 4)
    prove(stage, cast.aoba_proposer, Proof(device.code(NOW)))
    wrong_codes(stage, cast.aoba_proposer, 4)
    sign_in.check_codes_open(stage.connection(), cast.aoba_proposer, NOW)


def test_a_recovery_code_lets_in_and_its_person_is_told_how_many_are_left(
    stage: Session, cast: World
) -> None:
    codes = second_factors.make_recovery_codes(stage, user(stage, WHO), origin=HERE, now=NOW)
    prove(stage, cast.aoba_proposer, Proof(codes[0]))
    assert outcomes(stage)[-1] == "recovery_code_used"
    (notice,) = told(stage, cast.aoba_proposer, Kind.RECOVERY_CODE_USED)
    assert notice.facts == {"left": 9}


def test_a_password_alone_adds_no_factor_to_those_there_are(stage: Session, cast: World) -> None:
    with refused(stage, SignInFailed):
        sign_in.check_first_factor(stage, cast.aoba_proposer)
    sign_in.check_first_factor(stage, newcomer(stage, "hanako"))


# Inside


def test_a_half_session_serves_once(stage: Session, cast: World) -> None:
    checked = check(stage)
    half, _token = sign_in.begin(stage, checked, origin=HERE, now=NOW)
    other, _token = sign_in.begin(stage, checked, origin=HERE, now=NOW)
    entered = sign_in.enter(stage, checked.user_id, half, device_token="", origin=HERE, now=NOW)
    assert stage.get_one(SignedIn, entered.session_id).stage is Stage.FULL
    stage.expire_all()
    assert stage.get_one(SignedIn, half).ended_at == NOW
    with refused(stage, SignInFailed):
        sign_in.enter(stage, checked.user_id, half, device_token="", origin=HERE, now=NOW)
    sessions.end_all(stage, checked.user_id, because="password changed", now=NOW)
    with refused(stage, SignInFailed):
        sign_in.enter(stage, checked.user_id, other, device_token="", origin=HERE, now=NOW)


def test_who_is_stopped_between_password_and_code_stays_out(stage: Session, cast: World) -> None:
    half, _token = sign_in.begin(stage, check(stage), origin=HERE, now=NOW)
    suspended(stage)
    stage.flush()
    with pytest.raises(SignInFailed):
        sign_in.enter(stage, cast.aoba_proposer, half, device_token="", origin=HERE, now=NOW)


def test_the_sign_in_before_is_kept_with_its_address_and_the_failures_since(
    stage: Session, cast: World
) -> None:
    enter(stage)
    found = user(stage, WHO)
    assert (found.previous_sign_in_at, found.last_sign_in_at) == (None, NOW)
    fail(stage, 2)
    wrong_codes(stage, found.id, 1)
    later = NOW + timedelta(hours=1)
    enter(stage, origin=Origin("203.0.113.9", "Chrome, Linux"), now=later)
    stage.expire_all()
    assert (found.previous_sign_in_at, found.previous_sign_in_address) == (NOW, HERE.address)
    assert (found.last_sign_in_at, found.last_sign_in_address) == (later, "203.0.113.9")
    assert (found.failures_before, found.failures_since) == (3, 0)


def test_attempts_while_locked_are_failures_too(stage: Session, cast: World) -> None:
    fail(stage, 7)
    stage.expire_all()
    assert user(stage, WHO).failures_since == 7


def test_a_sign_in_from_a_new_browser_is_told(stage: Session, cast: World) -> None:
    own = enter(stage).device_token
    assert not told(stage, cast.aoba_proposer, Kind.NEW_DEVICE), "the first is no news"
    assert enter(stage, device=own).device_token == own
    assert not told(stage, cast.aoba_proposer, Kind.NEW_DEVICE)
    enter(stage, origin=Origin("203.0.113.9", "Chrome, Linux"))
    (notice,) = told(stage, cast.aoba_proposer, Kind.NEW_DEVICE)
    assert notice.facts == {"device": "Chrome, Linux", "address": "203.0.113.9"}


def test_a_token_that_somebody_put_into_the_browser_makes_it_nobodys(
    stage: Session, cast: World
) -> None:
    planted = enter(stage, "outsider").device_token
    own = enter(stage, device=planted).device_token
    assert own not in {planted, ""}
    assert enter(stage, device="made up").device_token != "made up"
    fail(stage, 5, origin=Origin("203.0.113.9", "curl"), device=planted)
    with refused(stage, SignInFailed):
        check(stage, device=planted)
    assert check(stage, device=own)


def test_two_people_who_share_a_browser_are_both_known_in_it(stage: Session, cast: World) -> None:
    token = enter(stage, "outsider").device_token
    token = enter(stage, device=token).device_token
    assert enter(stage, "outsider", device=token).device_token == token
    assert enter(stage, device=token).device_token == token
    assert len(stage.scalars(select(Device)).all()) == 2


def test_signing_out_ends_the_session_and_is_logged_once(stage: Session, cast: World) -> None:
    entered = enter(stage)
    for _ in range(2):
        sign_in.leave(stage, entered.session_id, cast.aoba_proposer, origin=HERE, now=NOW)
    assert outcomes(stage)[-2:] == ["signed_in", "signed_out"]


def test_failures_that_come_together_are_all_counted(database: Database) -> None:
    database.write(lambda session: world.person(session, WHO))
    for _ in range(3):
        database.write(fail)
    with database.reading() as session:
        assert user(session, WHO).failures_since == 3
