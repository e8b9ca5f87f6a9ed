"""Verbs on people: create, sign in, and the check of powers that every other verb begins with."""

import unicodedata
from datetime import datetime
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain.errors import LoginIdTaken, NotEntitled, Required, SignInFailed
from app.domain.roles import DUTIES, Duty, Role
from app.domain.text import normalise
from app.registry import logs
from app.store import people
from app.store.databases import AnyRow
from app.store.tables import User

_HASHER: Final = PasswordHasher()
#: Verified when there is no such person, so that the answer takes the same time.
_DECOY: Final = _HASHER.hash("no person signs in with this")


def create(
    session: Session,
    login_id: str,
    *,
    name_en: str,
    name_ja: str,
    role: Role | None = None,
    email: str | None = None,
    language: str = "en",
    password: str | None = None,
    is_demo: bool = False,
    actor: int | None,
    now: datetime,
) -> User:
    """Create a person; without a password nobody can sign in as that person.

    Raises:
        LoginIdTaken: the login ID exists.
    """
    login_id = normalise(login_id)
    if not login_id:
        raise Required(field="login_id")
    if people.by_login_id(session, login_id) is not None:
        raise LoginIdTaken(login_id, field="login_id")
    user = User(
        login_id=login_id,
        name_en=name_en,
        name_ja=name_ja,
        role=role,
        email=email,
        language=language,
        password_hash=_HASHER.hash(_prepared(password)) if password else None,
        is_demo=is_demo,
        created_at=now,
    )
    session.add(user)
    session.flush()
    logs.done(session, "create user", login_id, actor=actor, now=now, role=str(role or ""))
    return user


def set_password(
    session: Session, user: User, password: str, *, actor: int | None, now: datetime
) -> None:
    """Replace a person's password; only its Argon2 hash is kept."""
    user.password_hash = _HASHER.hash(_prepared(password))
    session.flush()
    logs.done(session, "set password", user.login_id, actor=actor, now=now)


def check_password(session: Session, login_id: str, password: str) -> User:
    """Return the person whose login ID and password these are; nothing is written.

    Hashing takes a tenth of a second, so it happens before the write that `sign_in` makes.

    Raises:
        SignInFailed: for whatever reason; the caller logs it with `failed_sign_in`.
    """
    user = people.by_login_id(session, normalise(login_id))
    # The decoy costs the same time where there is no such person, or none who may sign in.
    matches = _matches((user and user.password_hash) or _DECOY, password)
    if user is None or user.password_hash is None or not matches or not user.is_active:
        raise SignInFailed
    return user


def sign_in(session: Session, checked: User, *, address: str | None, now: datetime) -> User:
    """Remember the sign-in of a person whose password was checked, and return the person.

    Raises:
        SignInFailed: the person was deactivated, or got another password, since the check.
    """
    user = people.by_id(session, checked.id)
    if user is None or not user.is_active or user.password_hash != checked.password_hash:
        raise SignInFailed
    user.previous_sign_in_at = user.last_sign_in_at
    user.last_sign_in_at = now
    logs.access(session, user.login_id, "signed in", user_id=user.id, address=address, now=now)
    return user


def failed_sign_in(session: Session, login_id: str, *, address: str | None, now: datetime) -> None:
    """Log an attempt that failed, with its true cause."""
    user = people.by_login_id(session, normalise(login_id))
    if user is None:
        cause = "unknown login ID"
    else:
        cause = "wrong password" if user.is_active else "not active"
    identifier = user.id if user else None
    logs.access(session, login_id, cause, user_id=identifier, address=address, now=now)


def power(connection: Connection, actor: int, account_id: int | None) -> AnyRow:
    """Return the actor's role and right on an account; NotEntitled unless active."""
    found = people.power(connection, actor, account_id)
    if found is None or not found.is_active:
        raise NotEntitled("act")
    return found


def require(session: Session, actor: int, duty: Duty) -> None:
    """Raise NotEntitled unless the actor's role carries the duty."""
    if power(session.connection(), actor, None).role not in DUTIES[duty]:
        raise NotEntitled(duty)


def _prepared(password: str) -> str:
    # NFKC, so that a password typed on another keyboard is the same; no trimming, no cutting.
    return unicodedata.normalize("NFKC", password)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, _prepared(password))
    except (VerifyMismatchError, InvalidHashError):
        return False
