"""Questions about sessions: whose a token is, and which are open."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.access import GRAIN, IDLE
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import SignedIn, User

#: With the person, as every request of someone signed in begins with this.
_OF_TOKEN = Statement(
    select(
        SignedIn.id.label("session_id"),
        SignedIn.stage,
        SignedIn.begun_at,
        SignedIn.seen_at,
        SignedIn.expires_at,
        SignedIn.ended_at,
        SignedIn.renew,
        *(column for column in User.__table__.c if column.name != "password_hash"),
    )
    .join(User, User.id == SignedIn.user_id)
    .where(SignedIn.token_hash == bindparam("token_hash"))
)


def of_token(session: Session, token_hash: bytes) -> AnyRow | None:
    """Return the session of a token, ended ones too, with its person; no password hash."""
    return _OF_TOKEN.row(session.connection(), token_hash=token_hash)


def open_of(session: Session, user_id: int, now: datetime) -> Sequence[SignedIn]:
    """Return a person's open sessions, the latest click first; idle ones have ended by themselves.

    Clicks are written down once in a while only, so one may be listed a little longer.
    """
    query = (
        select(SignedIn)
        .where(
            SignedIn.user_id == user_id,
            SignedIn.ended_at.is_(None),
            SignedIn.expires_at > now,
            SignedIn.seen_at > now - IDLE - GRAIN,
        )
        .order_by(SignedIn.seen_at.desc(), SignedIn.id.desc())
    )
    return session.scalars(query).all()
