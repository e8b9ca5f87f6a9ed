"""Devices that show codes, and people who have none of them yet."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.registry import people
from app.store.tables import AccessEntry, User
from tests import world
from tests.portal import Portal
from tests.world import NOW

_KEY = re.compile(r'data-key="(\w+)">([A-Z2-7 ]+)<')
_DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256}


@dataclass(frozen=True)
class Phone:
    """An authenticator that shows codes, reckoned here as RFC 6238 says and not as the app does."""

    secret: str
    algorithm: str = "SHA1"

    def code(self, moment: datetime) -> str:
        """Return what it shows at a moment."""
        totp = pyotp.TOTP(self.secret, digest=_DIGESTS[self.algorithm])
        return totp.at(int(moment.timestamp()))


def phones(page: str) -> dict[str, Phone]:
    """Return a phone for each key that a page shows, by algorithm."""
    found = _KEY.findall(page)
    return {name: Phone(secret.replace(" ", ""), name) for name, secret in found}


def newcomer(session: Session, login_id: str) -> int:
    """Create a person who has a password and no second factor, and return the user's id."""
    made = people.create(
        session,
        login_id,
        name_en=login_id.title(),
        name_ja=login_id.title(),
        password_hash=world._password_hash(),
        actor=None,
        now=NOW,
    )
    return made.id


def user(session: Session, login_id: str) -> User:
    """Return a person of the cast."""
    return session.scalars(select(User).where(User.login_id == login_id)).one()


def outcomes(session: Session) -> list[str]:
    """Return what the access log tells, oldest first."""
    return list(session.scalars(select(AccessEntry.outcome).order_by(AccessEntry.id)))


def change(portal: Portal, login_id: str, **values: object) -> None:
    """Change a person as only the registry's own verbs should."""

    def write(session: Session) -> None:
        found = user(session, login_id)
        for name, value in values.items():
            setattr(found, name, value)
        session.flush()

    portal.database.write(write)


def logged(portal: Portal) -> Sequence[AccessEntry]:
    """Return the access log of a portal, oldest first."""
    with portal.database.reading() as session:
        return session.scalars(select(AccessEntry).order_by(AccessEntry.id)).all()
