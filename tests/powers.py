"""Requests about people, asked for and decided by the verbs, and what became of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.requests import Asked, Kind
from app.domain.roles import Right
from app.registry import requests
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.registry.requests import Decided
from app.registry.vaults import Vault
from app.store import accounts
from app.store.tables import Delivered, LogEntry, Mail, Notification, Representative, Request, User
from tests import world
from tests.world import NOW, REGISTRY, World

ORIGIN = Origin("192.0.2.7", "Firefox, Windows")
SETTING = Setting(REGISTRY, Vault("for tests only"), ORIGIN)
#: Somebody who has no login ID yet.
NEWCOMER = {"name_en": "Hanako Aoba", "name_ja": "青葉 花子", "email": "hanako@aoba.example"}


def ask(
    session: Session,
    kind: Kind,
    login_id: str = "",
    *,
    actor: int,
    key: str | None = None,
    now: datetime = NOW,
    **asked: Any,
) -> int:
    """Ask for something and return the request's id."""
    wanted = Asked(kind, login_id, **asked)
    made = world.key() if key is None else key
    return requests.ask(session, wanted, key=made, actor=actor, setting=SETTING, now=now)


def approve(session: Session, identifier: int, *, actor: int, now: datetime = NOW) -> Decided:
    """Approve a request."""
    return requests.approve(session, identifier, actor=actor, setting=SETTING, now=now)


def done(
    session: Session, cast: World, kind: Kind, login_id: str = "", **asked: Any
) -> tuple[Request, Decided]:
    """Let the system administrator ask for something and the approver approve it."""
    identifier = ask(session, kind, login_id, actor=cast.system_administrator, **asked)
    decided = approve(session, identifier, actor=cast.approver)
    return session.get_one(Request, identifier), decided


def three(session: Session, cast: World) -> None:
    """Name three persons for Aoba, of whom any one can go."""
    rights = {
        cast.aoba_proposer: Right.BOTH,
        cast.aoba_approver: Right.BOTH,
        cast.outsider: Right.BOTH,
    }
    world.appoint(session, cast.aoba, rights, cast.operator)


def user(session: Session, login_id: str) -> User:
    """Return a person by login ID."""
    return session.scalars(select(User).where(User.login_id == login_id)).one()


def right(session: Session, number: str, user_id: int) -> Representative | None:
    """Return a person's right on an account."""
    account = accounts.by_number(session, number)
    assert account is not None, number
    return session.get(Representative, (user_id, account.id), populate_existing=True)


def seen(session: Session, user_id: int) -> list[str]:
    """Return the accounts that a person finds."""
    return [account.number for account, _right in accounts.seen_by(session, user_id)]


def told(session: Session, user_id: int) -> list[str]:
    """Return the kinds of what a person was told, oldest first."""
    query = (
        select(Notification.kind)
        .join(Delivered, Delivered.notification_id == Notification.id)
        .where(Delivered.user_id == user_id)
    )
    return [kind.value for kind in session.scalars(query.order_by(Notification.id))]


def mails(session: Session) -> list[tuple[str, str, bool]]:
    """Return the mails written: to whom, of which kind, and whether with a secret."""
    found = session.scalars(select(Mail).order_by(Mail.id))
    return [(mail.address, mail.kind.value, mail.sealed is not None) for mail in found]


def logged(session: Session, subject: str) -> list[LogEntry]:
    """Return what the log says of something, oldest first."""
    query = select(LogEntry).where(LogEntry.subject == subject)
    return list(session.scalars(query.order_by(LogEntry.id)))
