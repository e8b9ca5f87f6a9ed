"""Verbs on the links by which a visitor without a login goes on with an application.

A link is good for 90 days and as often as it is followed; a newer one voids it, but never the one
with which its holder is just at work. Only its hash is kept. Every mail about the application
carries a fresh one.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.applications import WAITING, Status
from app.domain.notifications import Kind
from app.domain.people_errors import TooManyAttempts
from app.registry import notifications, people, throttles, vaults
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.registry.throttles import Limit
from app.store.tables import Application, Resumption

LIFE: Final = timedelta(days=90)
#: Where a mailed link leads; its secret follows.
PATH: Final = "/applications/resume/"
#: Applications begun and links asked for: from one internet address, and for one mail address.
FROM: Final = Limit(20, timedelta(hours=1), timedelta(hours=1))
FOR: Final = Limit(5, timedelta(hours=12), timedelta(hours=1))
#: Of so many applications of one mail address the links are sent anew.
SENT_MAX: Final = 5

#: Here no mail reaches anybody (RFC 2606); the people of the demonstration live here.
_NOWHERE: Final = ".example"


def write(
    session: Session,
    application: Application,
    kind: Kind,
    setting: Setting,
    *,
    besides: str = "",
    now: datetime,
) -> str:
    """Mail a visitor what happened, with a link to the application; return the link's secret.

    Args:
        besides: the secret of a link that stays good, the one its holder is at work with.
    """
    assert application.email, "a visitor gave an address"
    secret = make(session, application, besides=besides, now=now)
    if not application.email.casefold().endswith(_NOWHERE):
        notifications.write_to(
            session,
            application.email,
            application.language,
            kind,
            PATH,
            vault=setting.vault,
            secret=secret,
            now=now,
        )
    return secret


def make(session: Session, application: Application, *, besides: str = "", now: datetime) -> str:
    """Make a link to an application; older ones are void, but for the one of a secret."""
    kept = vaults.hashed(besides)
    alive = select(Resumption).where(
        Resumption.application_id == application.id,
        Resumption.void_at.is_(None),
        Resumption.secret_hash != kept,
    )
    for former in session.scalars(alive):
        former.void_at = now
    secret = vaults.token()
    session.add(
        Resumption(
            application_id=application.id,
            secret_hash=vaults.hashed(secret),
            made_at=now,
            expires_at=now + LIFE,
        )
    )
    session.flush()
    return secret


def leads_to(session: Session, secret: str, *, now: datetime) -> int | None:
    """Return the id of the application that a secret opens; None when it opens none any more."""
    if not secret:
        return None
    query = select(Resumption).where(Resumption.secret_hash == vaults.hashed(secret))
    link = session.scalars(query).one_or_none()
    if link is None or link.void_at is not None or link.expires_at <= now:
        return None
    return link.application_id


def send_again(session: Session, email: str, *, setting: Setting, now: datetime) -> None:
    """Mail fresh links to whatever applications were begun with a mail address.

    Whoever asks learns nothing of that: with none, or asked too often, all looks the same.

    Raises:
        Required, TooLong, NotAnEmail: at the field "email".
        TooManyAttempts: this internet address must wait, whatever it asks.
    """
    address = people.checked_email(email, field="email")
    if count(session, setting.origin, address, now):
        return
    query = (
        select(Application)
        .where(
            Application.started_by.is_(None),
            func.lower(Application.email) == address.lower(),
            or_(
                Application.status.in_({Status.DRAFT, *WAITING}),
                Application.decided_at > now - LIFE,
            ),
        )
        .order_by(Application.id.desc())
        .limit(SENT_MAX)
    )
    for application in session.scalars(query).all():
        write(session, application, Kind.APPLICATION_LINK, setting, now=now)


def count(session: Session, origin: Origin, address: str, now: datetime) -> int:
    """Count what is asked for a mail address, or return how many minutes it must wait.

    Two that ask for the same address at once come one after the other from here on.

    Raises:
        TooManyAttempts: this internet address must wait, whatever it asks.
    """
    connection, asker = session.connection(), f"applications:{origin.address}"
    asked_for = f"applications for:{address.lower()}"
    minutes = throttles.wait(connection, asker, now)
    if minutes:
        raise TooManyAttempts(minutes)
    minutes = throttles.wait(connection, asked_for, now)
    if not minutes:
        throttles.failed(connection, asker, FROM, now)
        throttles.failed(connection, asked_for, FOR, now)
    return minutes
