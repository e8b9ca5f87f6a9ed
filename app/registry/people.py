"""Verbs on people: create, name, end; and the check of powers that every other verb begins with."""

import secrets
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import people as rules
from app.domain.access import Outcome
from app.domain.errors import NotEntitled, Required, TooLong
from app.domain.notifications import Kind
from app.domain.people import EMAIL_MAX, LOGIN_ID_DIGITS, LOGIN_ID_MAX, NAME_MAX, STATE_NAMES, State
from app.domain.people_errors import LoginIdTaken, NotAnEmail, PasswordWrong
from app.domain.roles import DUTIES, Duty, Role
from app.domain.text import Text, normalise
from app.registry import links, logs, notifications, passwords, sessions
from app.registry.logs import Origin
from app.store import credentials, people
from app.store.databases import AnyRow
from app.store.tables import RetiredLoginId, User


def create(
    session: Session,
    login_id: str,
    *,
    name_en: str,
    name_ja: str,
    role: Role | None = None,
    email: str | None = None,
    language: str = "en",
    password_hash: str | None = None,
    is_demo: bool = False,
    actor: int | None,
    now: datetime,
) -> User:
    """Create a person; without a password nobody can sign in as that person.

    Raises:
        Required, TooLong, NotAnEmail: at their fields.
        LoginIdTaken: the login ID exists, or once did.
    """
    login_id = normalise(login_id)
    if not login_id:
        raise Required(field="login_id")
    if len(login_id) > LOGIN_ID_MAX:
        raise TooLong(LOGIN_ID_MAX, field="login_id")
    if people.was_login_id(session, login_id):
        raise LoginIdTaken(login_id, field="login_id")
    user = User(
        login_id=login_id,
        name_en=named(name_en, "name_en"),
        name_ja=named(name_ja, "name_ja"),
        role=role,
        email=checked_email(email) if email else None,
        language=language,
        password_hash=password_hash,
        is_demo=is_demo,
        created_at=now,
    )
    session.add(user)
    session.flush()
    logs.done(session, "create user", login_id, actor=actor, now=now, role=str(role or ""))
    return user


def new_login_id(session: Session, registry: str) -> str:
    """Return a login ID that nobody has or ever had; it tells nothing of the order of issue."""
    while True:
        made = rules.login_id(registry, secrets.randbelow(10**LOGIN_ID_DIGITS))
        if not people.was_login_id(session, made):
            return made


def reissue_login_id(
    session: Session, user: User, registry: str, *, actor: int, now: datetime
) -> str:
    """Give a person another login ID; the old one is retired for ever, the person stays."""
    retired = user.login_id
    session.add(RetiredLoginId(login_id=retired, user_id=user.id, retired_at=now))
    session.flush()
    user.login_id = new_login_id(session, registry)
    session.flush()
    logs.done(session, "reissue login ID", user.login_id, actor=actor, now=now, retired=retired)
    return user.login_id


def set_password(
    session: Session,
    user: User,
    password_hash: str,
    *,
    besides: int | None = None,
    origin: Origin,
    now: datetime,
) -> None:
    """Replace a password by one the person chose; its other sessions and links end.

    Args:
        password_hash: made with `passwords.hash_of` before the write, as it takes long.
        besides: the session that may go on, that of the person who changes it.
    """
    is_first = user.password_hash is None
    user.password_hash = password_hash
    session.flush()
    sessions.end_all(session, user.id, because="password changed", besides=besides, now=now)
    links.void(session, user.id, now=now)
    logs.done(session, "set password", user.login_id, actor=user.id, now=now)
    logs.access(
        session,
        user.login_id,
        Outcome.PASSWORD_CHANGED,
        user_id=user.id,
        origin=origin,
        now=now,
    )
    if not is_first:
        notifications.tell(
            session.connection(),
            Kind.PASSWORD_CHANGED,
            user.login_id,
            {},
            user=user.id,
            now=now,
        )


def void_password(
    session: Session, user: User, *, reason: str, actor: int | None, now: datetime
) -> None:
    """Make a password worth nothing; the person chooses another by a link or a letter."""
    user.password_hash = None
    session.flush()
    sessions.end_all(session, user.id, because=reason, now=now)
    logs.done(session, "initialise password", user.login_id, actor=actor, now=now, reason=reason)


def check_new_password(session: Session, user: User, password: str, registry: Text) -> None:
    """Refuse a password as `passwords.check` does, knowing the person's own words."""
    has_second_factor = bool(credentials.factors(session.connection(), user.id))
    context = [
        user.login_id,
        user.name_en,
        user.name_ja,
        user.email or "",
        registry.en,
        registry.ja,
        "jcm registry credit",
    ]
    passwords.check(password, has_second_factor=has_second_factor, context=context)


def check_present_password(session: Session, user_id: int, password: str) -> None:
    """Raise PasswordWrong, at the field "present_password", unless it is the person's own."""
    user = session.get_one(User, user_id)
    if not passwords.matches(user.password_hash or passwords.DECOY, password):
        raise PasswordWrong(field="present_password")


def set_language(session: Session, user_id: int, language: str) -> None:
    """Remember in which language a person reads the portal and gets mail."""
    session.get_one(User, user_id).language = language
    session.flush()


def change_state(
    session: Session,
    user: User,
    state: State,
    *,
    reason: str,
    request: str = "",
    actor: int,
    now: datetime,
) -> None:
    """Move a person to another state; leaving the active one ends every session and link.

    Args:
        request: the number of the request that this carries out.

    Raises:
        StateForbids: the table of moves has no such move.
    """
    before = user.state
    user.state = rules.move(before, state)
    session.flush()
    if state is not State.ACTIVE:
        sessions.end_all(session, user.id, because=f"{state}", now=now)
        links.void(session, user.id, now=now)
    logs.done(
        session,
        "change user state",
        user.login_id,
        actor=actor,
        now=now,
        before=before,
        after=state,
        reason=reason,
        request=request,
    )
    names = STATE_NAMES[state]
    facts = {"person": (user.name_en, user.name_ja), "after": (names.en, names.ja)}
    told = [user.id, *(one.id for one in people.colleagues(session, user.id))]
    kind = Kind.PERSON_STATE_CHANGED
    notifications.tell_all(session, kind, user.login_id, facts, users=told, now=now)
    if state is State.DEACTIVATED and user.email and not user.is_demo:
        # Without an inbox, a last mail.
        notifications.write_to(session, user.email, user.language, kind, "/", now=now)


def power(connection: Connection, actor: int, account_id: int | None) -> AnyRow:
    """Return the actor's role and right on an account; NotEntitled unless active."""
    found = people.power(connection, actor, account_id)
    if found is None or found.state is not State.ACTIVE:
        raise NotEntitled("act")
    return found


def require(session: Session, actor: int, duty: Duty) -> None:
    """Raise NotEntitled unless the actor's role carries the duty."""
    if power(session.connection(), actor, None).role not in DUTIES[duty]:
        raise NotEntitled(duty)


def checked_email(typed: str, field: str = "email") -> str:
    """Return a mail address as it is kept.

    Raises:
        Required, TooLong, NotAnEmail
    """
    address = normalise(typed)
    if not address:
        raise Required(field=field)
    if len(address) > EMAIL_MAX:
        raise TooLong(EMAIL_MAX, field=field)
    try:
        # The people of the demonstration live under .example, which no mail reaches.
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as wrong:
        raise NotAnEmail(field=field) from wrong
    return found.normalized


def named(typed: str, field: str) -> str:
    """Return a name as it is kept.

    Raises:
        Required, TooLong
    """
    name = normalise(typed)
    if not name:
        raise Required(field=field)
    if len(name) > NAME_MAX:
        raise TooLong(NAME_MAX, field=field)
    return name
