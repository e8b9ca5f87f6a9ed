"""Verbs of those who come by a link or a letter: choose a password, stop everything, confirm.

Whoever is asked for a password by a link proves the second factor too, if there is one: a mailbox
alone opens nothing (ASVS 6.4.3). Nothing here happens when a link is merely opened, as scanners of
mail do that.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain.access import Outcome
from app.domain.notifications import Kind as Told
from app.domain.people import State
from app.domain.people_errors import LinkDead, RequestOpen, TooManyAttempts
from app.domain.requests import Asked, Kind
from app.domain.roles import Duty
from app.domain.text import normalise
from app.registry import effects, links, logs, notifications, people, requests, sign_in, throttles
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.registry.second_factors import Proof, Site
from app.registry.vaults import Vault
from app.store import credentials
from app.store import people as people_questions
from app.store import requests as request_questions
from app.store.tables import Link, User
from app.store.tables.credentials import Purpose

#: What leads to choosing a password.
TO_PASSWORD: Final = frozenset({Purpose.ACTIVATION, Purpose.PASSWORD, Purpose.SECOND_FACTOR})
#: What somebody at the door may have mailed.
FORGOTTEN: Final = (Purpose.PASSWORD, Purpose.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Opened:
    """A link or letter that is still good, and whose it is."""

    link: Link
    user: User


def ask_for_link(
    session: Session,
    login_id: str,
    purpose: Purpose,
    *,
    vault: Vault,
    origin: Origin,
    now: datetime,
) -> None:
    """Mail a link to the address on file, if there is such a person and it is of any use to them.

    Whoever asks learns nothing of that: the access log alone tells. A first password, or one that
    was initialised, is not to be had this way: it may be on its way by letter for a good reason.

    Raises:
        TooManyAttempts: this address must wait, whatever it asks.
    """
    connection = session.connection()
    minutes = throttles.wait(connection, _from(origin), now)
    if minutes:
        raise TooManyAttempts(minutes)
    throttles.failed(connection, _from(origin), throttles.ADDRESS, now)
    user = people_questions.by_login_id(session, normalise(login_id))
    if user is None:
        cause = Outcome.UNKNOWN_LOGIN_ID
        logs.access(session, login_id, cause, user_id=None, origin=origin, now=now)
    elif not user.email or not _is_of_use(session, user, purpose):
        cause = Outcome.NOT_ACTIVE
        logs.access(session, user.login_id, cause, user_id=user.id, origin=origin, now=now)
    elif throttles.wait(connection, _about(user), now):
        cause = Outcome.LOCKED
        logs.access(session, user.login_id, cause, user_id=user.id, origin=origin, now=now)
    else:
        throttles.failed(connection, _about(user), throttles.PERSON, now)
        links.send(session, user, purpose, address=user.email, vault=vault, origin=origin, now=now)


def opened(session: Session, secret: str, *, reader: int | None, now: datetime) -> Opened:
    """Return what a link or letter leads to.

    Args:
        reader: who is signed in where it is opened; nobody opens another's link.

    Raises:
        LinkDead: in whatever way; the caller logs it with `refused`.
    """
    link = links.find(session, secret, now=now)
    user = session.get_one(User, link.user_id)
    may = user.state is State.ACTIVE or (
        link.purpose is Purpose.EMERGENCY and _waits(session, user)
    )
    if not may or (reader is not None and reader != user.id):
        raise LinkDead
    return Opened(link, user)


def refused(session: Session, secret: str, *, origin: Origin, now: datetime) -> None:
    """Log that a link or letter was refused, and count it for the address it came from."""
    link = links.known(session, secret)
    user = session.get_one(User, link.user_id) if link else None
    logs.access(
        session,
        user.login_id if user else "",
        Outcome.LINK_REFUSED,
        user_id=user.id if user else None,
        origin=origin,
        now=now,
    )
    throttles.failed(session.connection(), _from(origin), throttles.ADDRESS, now)


def check_open(session: Session, *, origin: Origin, now: datetime) -> None:
    """Raise TooManyAttempts while so many links from an address were refused that none is read."""
    minutes = throttles.wait(session.connection(), _from(origin), now)
    if minutes:
        raise TooManyAttempts(minutes)


def choose_password(
    session: Session,
    secret: str,
    password_hash: str,
    proof: Proof,
    *,
    challenge: bytes,
    reader: int | None,
    site: Site,
    vault: Vault,
    origin: Origin,
    now: datetime,
) -> User:
    """Set the password that a person chose by a link or letter, which is used up by it.

    Args:
        password_hash: of a password that `people.check_new_password` let pass.

    Raises:
        LinkDead: as `opened`.
        ProofRequired, CodeWrong, CodeUsed, PasskeyRefused: the person has a second factor, and this
            is not it; the caller counts it with `sign_in.wrong_code`.
    """
    found = opened(session, secret, reader=reader, now=now)
    user, was_void = found.user, found.user.password_hash is None
    if credentials.factors(session.connection(), user.id):
        sign_in.prove(
            session,
            user.id,
            proof,
            challenge=challenge,
            site=site,
            vault=vault,
            origin=origin,
            now=now,
        )
    links.use(session, secret, set(TO_PASSWORD), origin=origin, now=now)
    people.set_password(session, user, password_hash, origin=origin, now=now)
    if was_void and found.link.purpose is not Purpose.ACTIVATION:
        notifications.tell(
            session.connection(),
            Told.PASSWORD_CHANGED,
            user.login_id,
            {},
            user=user.id,
            now=now,
        )
    return user


def confirm_address(
    session: Session, secret: str, *, reader: int | None, origin: Origin, now: datetime
) -> None:
    """Note that the new address of a request receives mail.

    Raises:
        LinkDead: as `opened`, or the request has ended.
    """
    opened(session, secret, reader=reader, now=now)
    link = links.use(session, secret, {Purpose.EMAIL}, origin=origin, now=now)
    effects.confirm_email(session, link.facts["request"])


def stop(
    session: Session, secret: str, *, reader: int | None, setting: Setting, now: datetime
) -> int:
    """Stop a person who has lost everything, and return the request that a second person decides.

    Raises:
        LinkDead: as `opened`.
        RequestOpen: one is open already; the person is stopped.
    """
    found = opened(session, secret, reader=reader, now=now)
    user = found.user
    if _waits(session, user):
        raise RequestOpen
    link = links.use(session, secret, {Purpose.EMERGENCY}, origin=setting.origin, now=now)
    asked = Asked(Kind.REPLACE_SECOND_FACTOR, login_id=user.login_id)
    key = f"emergency {link.id}"
    made = requests.ask(session, asked, key=key, actor=user.id, setting=setting, now=now)
    logs.access(
        session,
        user.login_id,
        Outcome.EMERGENCY_STOP,
        user_id=user.id,
        origin=setting.origin,
        now=now,
    )
    concerned = [
        user.id,
        *(row.id for row in people_questions.colleagues(session, user.id)),
        *notifications.administrators(session, Duty.DECIDE_ON_PEOPLE),
    ]
    facts = {"person": (user.name_en, user.name_ja)}
    notifications.tell_all(
        session, Told.EMERGENCY_STOP, user.login_id, facts, users=concerned, now=now
    )
    return made


def _is_of_use(session: Session, user: User, purpose: Purpose) -> bool:
    if user.state is State.ACTIVE:
        return user.password_hash is not None
    # Stopped by this very way already: the link says that the request is still open.
    return purpose is Purpose.EMERGENCY and _waits(session, user)


def _waits(session: Session, user: User) -> bool:
    return bool(request_questions.waiting_about(session, user.id, [Kind.REPLACE_SECOND_FACTOR]))


def _from(origin: Origin) -> str:
    return f"links:{origin.address}"


def _about(user: User) -> str:
    return f"links of:{user.id}"
