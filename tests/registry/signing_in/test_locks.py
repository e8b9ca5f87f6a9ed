"""Locks and throttles: who guesses waits, and nobody is locked out of the own browser."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.notifications import Kind
from app.domain.people_errors import SignInFailed, TooManyAttempts
from app.registry import throttles
from app.registry.logs import Origin
from tests.devices import outcomes
from tests.door import check, enter, fail, told
from tests.stages import refused
from tests.world import NOW, PASSWORD, World

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_five_failures_lock_for_fifteen_minutes(stage: Session, cast: World) -> None:
    fail(stage, 4)
    assert check(stage)
    fail(stage)
    for after in (timedelta(), 15 * MINUTE - SECOND):
        with refused(stage, SignInFailed):
            check(stage, now=NOW + after)
    assert check(stage, now=NOW + 15 * MINUTE)


def test_who_is_locked_out_is_told_once_with_the_figures(stage: Session, cast: World) -> None:
    fail(stage, 8)
    assert outcomes(stage)[-8:].count("locked") == 3
    (notice,) = told(stage, cast.aoba_proposer, Kind.SIGN_IN_LOCKED)
    assert notice.facts == {"failures": 5, "minutes": 15}


def test_an_unknown_login_id_locks_too_and_nobody_is_told(stage: Session, cast: World) -> None:
    fail(stage, 6, "nobody")
    assert outcomes(stage)[-6:].count("lock_begun") == 1
    assert throttles.wait(stage.connection(), "id:nobody", NOW)


def test_nobody_locks_a_person_out_of_the_persons_own_browser(stage: Session, cast: World) -> None:
    own = enter(stage).device_token
    elsewhere = Origin("203.0.113.9", "curl")
    fail(stage, 20, origin=elsewhere)
    with refused(stage, SignInFailed):
        check(stage, origin=elsewhere)
    assert check(stage, device=own)


def test_failures_in_an_own_browser_lock_it_and_no_other(stage: Session, cast: World) -> None:
    own = enter(stage).device_token
    fail(stage, 5, device=own)
    with refused(stage, SignInFailed):
        check(stage, device=own)
    assert check(stage, device="")
    assert check(stage, device="of somebody else")


def test_an_own_browser_is_own_for_its_person_alone(stage: Session, cast: World) -> None:
    own = enter(stage).device_token
    fail(stage, 5, "aoba-approver", device=own)
    with refused(stage, SignInFailed):
        check(stage, "aoba-approver")


def test_after_signing_in_failures_are_counted_anew(stage: Session, cast: World) -> None:
    fail(stage, 4)
    enter(stage)
    fail(stage, 4)
    assert check(stage)


def test_an_address_that_fails_often_waits_whatever_login_id_it_tries(
    stage: Session, cast: World
) -> None:
    own = enter(stage).device_token
    for number in range(throttles.ADDRESS.failures):
        fail(stage, login_id=f"guess-{number}")
    assert outcomes(stage)[-1] == "address_throttled"
    for password in (PASSWORD, "wrong"):
        with refused(stage, TooManyAttempts, minutes=5):
            check(stage, password=password)
    assert check(stage, device=own)
    assert check(stage, origin=Origin("203.0.113.9", "Firefox"))
    assert check(stage, now=NOW + 5 * MINUTE)


def test_an_own_browser_that_is_locked_waits_with_its_address(stage: Session, cast: World) -> None:
    own = enter(stage).device_token
    fail(stage, throttles.ADDRESS.failures, device=own)
    with refused(stage, TooManyAttempts):
        check(stage, device=own)


def test_of_ipv6_the_whole_network_is_one_address(stage: Session, cast: World) -> None:
    for number in range(throttles.ADDRESS.failures):
        fail(stage, login_id=f"guess-{number}", origin=Origin(f"2001:db8:0:7::{number:x}", "curl"))
    with refused(stage, TooManyAttempts):
        check(stage, origin=Origin("2001:db8:0:7:ffff::1", "curl"))
    assert check(stage, origin=Origin("2001:db8:0:8::1", "curl"))
    for odd in (None, "unknown", "::ffff:192.0.2.8"):
        assert check(stage, origin=Origin(odd, "curl"))
