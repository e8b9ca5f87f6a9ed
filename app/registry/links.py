"""Verbs on single-use links and letters: the only way to a password that a person has not chosen.

No administrator ever sees or chooses a password (ASVS 6.4.6). The system makes a secret, sends it
as a link to the address on record or prints it on a letter, and keeps its hash. It is good once,
for 24 hours or 21 days (NIST SP 800-63B-4, 4.2), and a newer one voids it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.access import Outcome
from app.domain.notifications import Kind
from app.domain.people_errors import LinkDead
from app.domain.requests import Delivery
from app.domain.text import normalise
from app.registry import logs, notifications, vaults
from app.registry.logs import Origin
from app.registry.vaults import Vault
from app.store import credentials
from app.store.tables import Link, User
from app.store.tables.credentials import Purpose

LIFE: Final = {Delivery.LINK: timedelta(hours=24), Delivery.LETTER: timedelta(days=21)}
#: Where a mailed link leads; its secret follows.
PATH: Final = "/links/"

_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: Five groups of five out of 31 characters: 123 bits, typed by hand from a letter.
_GROUPS: Final = 5

_MAIL_KINDS: Final = {
    Purpose.ACTIVATION: Kind.ACTIVATION_LINK,
    Purpose.PASSWORD: Kind.PASSWORD_LINK,
    Purpose.SECOND_FACTOR: Kind.SECOND_FACTOR_LINK,
    Purpose.EMAIL: Kind.EMAIL_LINK,
    Purpose.EMERGENCY: Kind.EMERGENCY_LINK,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on a letter, shown once: the code is kept as a hash only."""

    link_id: int
    code: str
    expires_at: datetime


def send(
    session: Session,
    user: User,
    purpose: Purpose,
    *,
    address: str,
    vault: Vault,
    facts: dict[str, Any] | None = None,
    origin: Origin,
    now: datetime,
) -> str:
    """Make a link and write the mail that carries it; older ones of the purpose are void.

    Returns the secret, which no page ever shows.
    """
    secret = make(session, user, purpose, facts=facts, origin=origin, now=now)
    notifications.write_to(
        session,
        address,
        user.language,
        _MAIL_KINDS[purpose],
        PATH,
        vault=vault,
        secret=secret,
        now=now,
    )
    return secret


def make(
    session: Session,
    user: User,
    purpose: Purpose,
    *,
    facts: dict[str, Any] | None = None,
    origin: Origin,
    now: datetime,
) -> str:
    """Make a link that nobody mails, for the one at the registry's own command line."""
    secret = vaults.token()
    _keep(session, user, purpose, Delivery.LINK, secret, facts, origin, now)
    return secret


def print_letter(
    session: Session, user: User, purpose: Purpose, *, origin: Origin, now: datetime
) -> Letter:
    """Make a code for a letter; older links and letters of the purpose are void."""
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS)) for _ in range(_GROUPS)]
    link = _keep(session, user, purpose, Delivery.LETTER, "".join(groups), None, origin, now)
    return Letter(link.id, "-".join(groups), link.expires_at)


def find(session: Session, secret: str, *, now: datetime) -> Link:
    """Return the link or letter of a secret that is still good.

    Raises:
        LinkDead: unknown, used, replaced or too old; which of them is not said.
    """
    link = known(session, secret)
    if link is None or link.used_at or link.void_at or link.expires_at <= now:
        raise LinkDead
    return link


def known(session: Session, secret: str) -> Link | None:
    """Return the link or letter of a secret, a dead one too."""
    return credentials.link(session, vaults.hashed(bare(secret)))


def use(
    session: Session, secret: str, purposes: set[Purpose], *, origin: Origin, now: datetime
) -> Link:
    """Use up a link or letter, once.

    Raises:
        LinkDead: as `find`, or it leads elsewhere.
    """
    link = find(session, secret, now=now)
    taken = session.execute(
        update(Link)
        .where(Link.id == link.id, Link.used_at.is_(None), Link.void_at.is_(None))
        .values(used_at=now)
        .returning(Link.id)
    )
    if link.purpose not in purposes or taken.first() is None:
        raise LinkDead
    session.refresh(link)
    user = session.get_one(User, link.user_id)
    logs.access(session, user.login_id, Outcome.LINK_USED, user_id=user.id, origin=origin, now=now)
    return link


def bare(secret: str) -> str:
    """Return a secret as it is hashed: a letter's code is typed with any hyphens, width or case."""
    typed = normalise(secret)
    code = "".join(sign for sign in typed if sign.isascii() and sign.isalnum())
    return code.upper() if len(code) == _GROUPS * _GROUPS else typed


def void(
    session: Session, user_id: int, *, now: datetime, purposes: set[Purpose] | None = None
) -> None:
    """Void a person's links and letters, of some purposes or of all."""
    for link in credentials.links_alive(session, user_id):
        if purposes is None or link.purpose in purposes:
            link.void_at = now
    session.flush()


def _keep(
    session: Session,
    user: User,
    purpose: Purpose,
    delivery: Delivery,
    secret: str,
    facts: dict[str, Any] | None,
    origin: Origin,
    now: datetime,
) -> Link:
    void(session, user.id, now=now, purposes=_replaced(purpose))
    link = Link(
        user_id=user.id,
        purpose=purpose,
        delivery=delivery,
        secret_hash=vaults.hashed(bare(secret)),
        facts=facts or {},
        made_at=now,
        expires_at=now + LIFE[delivery],
    )
    session.add(link)
    session.flush()
    logs.access(session, user.login_id, Outcome.LINK_MADE, user_id=user.id, origin=origin, now=now)
    return link


def _replaced(purpose: Purpose) -> set[Purpose]:
    """All that lead to a password replace each other; the others only their like."""
    leading = {Purpose.ACTIVATION, Purpose.PASSWORD, Purpose.SECOND_FACTOR}
    return leading if purpose in leading else {purpose}
