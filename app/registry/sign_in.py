"""Verbs of signing in: password, then second factor; and what is counted when it fails.

Whoever types a wrong password, an unknown login ID, or the ID of somebody suspended or locked gets
the same answer after the same time; the true cause stands in the access log alone. Failures are
counted for the login ID, apart for each browser known to be the person's own, so that nobody can
lock others out of their own browsers; and for the address, beyond which nothing is compared at all.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from app.domain.access import Outcome
from app.domain.errors import Refusal
from app.domain.notifications import Kind
from app.domain.people import LOGIN_ID_MAX, State
from app.domain.people_errors import (
    CodesLocked,
    CodeUsed,
    CodeWrong,
    PasskeyRefused,
    SignInFailed,
    TooManyAttempts,
)
from app.domain.text import normalise
from app.registry import (
    logs,
    notifications,
    passwords,
    second_factors,
    sessions,
    throttles,
    vaults,
)
from app.registry.logs import Origin
from app.registry.second_factors import Proof, Proven, Site
from app.registry.vaults import Vault
from app.store import credentials, people
from app.store.tables import Device, User
from app.store.tables.credentials import Method
from app.store.tables.sessions import Stage

#: Refusals of a second factor that are attempts, and what the access log calls them.
COUNTED: Final[dict[type[Refusal], Outcome]] = {
    CodeWrong: Outcome.CODE_WRONG,
    CodesLocked: Outcome.LOCKED,
    CodeUsed: Outcome.CODE_USED_AGAIN,
    PasskeyRefused: Outcome.PASSKEY_REFUSED,
}
#: Those that can be guessed, so that too many of them lock.
_GUESSES: Final = (CodeWrong, CodeUsed)


@dataclass(frozen=True, slots=True)
class Checked:
    """A person whose password was right when it was compared, and what failures count under."""

    user_id: int
    password_hash: str
    key: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A person who has signed in: the session's id and token, and the browser's own token."""

    session_id: int
    token: str
    device_token: str


def check(
    session: Session,
    login_id: str,
    password: str,
    *,
    device_token: str,
    origin: Origin,
    now: datetime,
) -> Checked:
    """Compare a password; nothing is written.

    Comparing takes a tenth of a second, so it happens before the write that `begin` makes.

    Raises:
        TooManyAttempts: this address must wait; nothing was compared.
        SignInFailed: for whatever reason; the caller logs it with `failed`.
        Busy: too many passwords are being compared.
    """
    connection = session.connection()
    user = people.by_login_id(session, normalise(login_id))
    key, is_known = _key(session, login_id, user, device_token)
    is_locked = throttles.wait(connection, key, now) > 0
    address = "" if is_known and not is_locked else _address(origin)
    minutes = throttles.wait(connection, address, now) if address else 0
    if minutes:
        raise TooManyAttempts(minutes)
    password_hash = user and user.password_hash
    # The decoy costs the same time where there is no such person, or none who may sign in.
    is_right = passwords.matches(password_hash or passwords.DECOY, password, address=address)
    may = user is not None and user.state is State.ACTIVE and not is_locked
    if user is None or not password_hash or not is_right or not may:
        raise SignInFailed(field="login_id")
    return Checked(user.id, password_hash, key)


def failed(
    session: Session,
    login_id: str,
    *,
    device_token: str,
    origin: Origin,
    now: datetime,
) -> None:
    """Log a failed attempt with its true cause, and count it."""
    connection = session.connection()
    user = people.by_login_id(session, normalise(login_id))
    key, _is_known = _key(session, login_id, user, device_token)
    locked = throttles.wait(connection, key, now) > 0
    if user is None:
        cause = Outcome.UNKNOWN_LOGIN_ID
    elif user.state is not State.ACTIVE or user.password_hash is None:
        cause = Outcome.NOT_ACTIVE
    else:
        cause = Outcome.LOCKED if locked else Outcome.WRONG_PASSWORD
    _log(session, user, login_id, cause, origin, now)
    if throttles.failed(connection, _address(origin), throttles.ADDRESS, now):
        _log(session, None, login_id, Outcome.ADDRESS_THROTTLED, origin, now)
    if user is not None:
        _count(session, user.id)
    if not locked and throttles.failed(connection, key, throttles.PERSON, now):
        _locked(session, user, login_id, Outcome.LOCK_BEGUN, throttles.PERSON, origin, now)


def begin(session: Session, checked: Checked, *, origin: Origin, now: datetime) -> tuple[int, str]:
    """Open the half session of somebody whose password was checked: its id and token.

    Raises:
        SignInFailed: since the check the person was stopped or got another password, or so many
            guesses that were compared beside this one were wrong that none counts now.
    """
    user = people.by_id(session, checked.user_id)
    if (
        user is None
        or user.state is not State.ACTIVE
        or user.password_hash != checked.password_hash
        or throttles.wait(session.connection(), checked.key, now)
    ):
        raise SignInFailed(field="login_id")
    _log(session, user, user.login_id, Outcome.PASSWORD_ACCEPTED, origin, now)
    return sessions.begin(session, user.id, Stage.PASSWORD, origin=origin, now=now)


def prove(
    session: Session,
    user_id: int,
    proof: Proof,
    *,
    challenge: bytes,
    site: Site,
    vault: Vault,
    origin: Origin,
    now: datetime,
) -> None:
    """Check the second factor of somebody signing in; a recovery code will do.

    Raises:
        CodeWrong, CodesLocked, CodeUsed, PasskeyRefused: the caller counts it with `wrong_code`.
        ProofRequired
    """
    if not proof.assertion:
        check_codes_open(session.connection(), user_id, now)
    proven = second_factors.prove(
        session,
        user_id,
        proof,
        challenge=challenge,
        with_recovery_code=True,
        site=site,
        vault=vault,
        now=now,
    )
    code_was_right(session.connection(), user_id, proven)
    if proven.recovery_codes_left is not None:
        user = session.get_one(User, user_id)
        _log(session, user, user.login_id, Outcome.RECOVERY_CODE_USED, origin, now)
        facts = {"left": proven.recovery_codes_left}
        notifications.tell(
            session.connection(),
            Kind.RECOVERY_CODE_USED,
            user.login_id,
            facts,
            user=user_id,
            now=now,
        )


def check_codes_open(connection: Connection, user_id: int, now: datetime) -> None:
    """Raise CodesLocked while so many codes of a person were wrong that none is compared.

    Passkeys, which nobody guesses, are compared all the same: who knows a password and types wrong
    codes keeps its owner from signing in by code, and not by passkey.
    """
    minutes = throttles.wait(connection, _codes(user_id), now)
    if minutes:
        raise CodesLocked(minutes, field="code")


def code_was_right(connection: Connection, user_id: int, proven: Proven) -> None:
    """Begin to count wrong codes anew after a right one."""
    if proven.method is not Method.PASSKEY:
        throttles.forget(connection, _codes(user_id))


def wrong_code(
    session: Session, user_id: int, refusal: Refusal, *, origin: Origin, now: datetime
) -> None:
    """Log a second factor that was refused, and count it; one not given at all is no attempt."""
    outcome = COUNTED.get(type(refusal))
    if outcome is None:
        return
    user = session.get_one(User, user_id)
    _log(session, user, user.login_id, outcome, origin, now)
    _count(session, user_id)
    if type(refusal) in _GUESSES and throttles.failed(
        session.connection(), _codes(user_id), throttles.CODES, now
    ):
        _locked(session, user, user.login_id, Outcome.CODE_LOCKED, throttles.CODES, origin, now)


def check_first_factor(session: Session, user_id: int) -> None:
    """Raise SignInFailed if the person has a second factor by now: a password adds no further."""
    second_factors.lock(session, user_id)
    if credentials.factors(session.connection(), user_id):
        raise SignInFailed(field="login_id")


def enter(
    session: Session,
    user_id: int,
    half_session_id: int,
    *,
    device_token: str,
    origin: Origin,
    now: datetime,
) -> Entered:
    """Let somebody in whose second factor was checked; the half session becomes a new whole one.

    Raises:
        SignInFailed: the person was stopped since, or the half session has served already.
    """
    user = session.get_one(User, user_id)
    is_first = sessions.end(session, half_session_id, because="second factor given", now=now)
    if user.state is not State.ACTIVE or not is_first:
        raise SignInFailed(field="login_id")
    session_id, token = sessions.begin(session, user_id, Stage.FULL, origin=origin, now=now)
    device_token = _remember(session, user, device_token, origin, now)
    user.previous_sign_in_at = user.last_sign_in_at
    user.previous_sign_in_address = user.last_sign_in_address
    user.failures_before = user.failures_since
    user.last_sign_in_at = now
    user.last_sign_in_address = origin.address
    user.failures_since = 0
    session.flush()
    for key in (_of_id(user.login_id), _of_device(user.id, device_token)):
        throttles.forget(session.connection(), key)
    _log(session, user, user.login_id, Outcome.SIGNED_IN, origin, now)
    return Entered(session_id, token, device_token)


def leave(
    session: Session, session_id: int, user_id: int, *, origin: Origin, now: datetime
) -> None:
    """End a session because its person signs out."""
    if sessions.end(session, session_id, because="signed out", now=now):
        user = session.get_one(User, user_id)
        _log(session, user, user.login_id, Outcome.SIGNED_OUT, origin, now)


def _remember(
    session: Session, user: User, device_token: str, origin: Origin, now: datetime
) -> str:
    """Know this browser from now on; tell the person of one that was never seen."""
    known = device_token and credentials.device(session, user.id, vaults.hashed(device_token))
    if known:
        known.last_seen_at = now
        return device_token
    # Never the token that came, which somebody else may have put there; people who share the
    # browser stay known in it by the new one.
    token = vaults.token()
    if device_token:
        session.execute(
            update(Device)
            .where(Device.token_hash == vaults.hashed(device_token))
            .values(token_hash=vaults.hashed(token))
        )
    session.add(
        Device(
            user_id=user.id,
            token_hash=vaults.hashed(token),
            label=origin.device,
            first_seen_at=now,
            last_seen_at=now,
        )
    )
    session.flush()
    if user.last_sign_in_at is not None:
        facts = {"device": origin.device, "address": origin.address or "?"}
        notifications.tell(
            session.connection(), Kind.NEW_DEVICE, user.login_id, facts, user=user.id, now=now
        )
    return token


def _locked(
    session: Session,
    user: User | None,
    login_id: str,
    outcome: Outcome,
    limit: throttles.Limit,
    origin: Origin,
    now: datetime,
) -> None:
    _log(session, user, login_id, outcome, origin, now)
    if user is None or user.state is not State.ACTIVE:
        return
    facts = {
        "failures": limit.failures,
        "minutes": int(limit.wait.total_seconds()) // 60,
    }
    notifications.tell(
        session.connection(), Kind.SIGN_IN_LOCKED, user.login_id, facts, user=user.id, now=now
    )


def _count(session: Session, user_id: int) -> None:
    """Count a failure for the person to be told of; in the database, as others count as well."""
    counted = update(User).where(User.id == user_id)
    session.execute(counted.values(failures_since=User.failures_since + 1))


def _log(
    session: Session,
    user: User | None,
    login_id: str,
    outcome: Outcome,
    origin: Origin,
    now: datetime,
) -> None:
    logs.access(
        session, login_id, outcome, user_id=user.id if user else None, origin=origin, now=now
    )


# What failures are counted under


def _key(session: Session, login_id: str, user: User | None, device_token: str) -> tuple[str, bool]:
    """Return the key of an attempt, and whether it comes from a browser of the person's own."""
    if user is not None and device_token:
        known = credentials.device(session, user.id, vaults.hashed(device_token))
        if known is not None:
            return _of_device(user.id, device_token), True
    return _of_id(login_id), False


def _of_id(login_id: str) -> str:
    return f"id:{normalise(login_id)[:LOGIN_ID_MAX]}"


def _of_device(user_id: int, device_token: str) -> str:
    return f"device:{user_id}:{vaults.hashed(device_token).hex()[:32]}"


def _address(origin: Origin) -> str:
    return f"address:{throttles.network(origin.address)}"


def _codes(user_id: int) -> str:
    return f"codes:{user_id}"
