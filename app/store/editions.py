"""Questions about editions of the information disclosure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.store.databases import AnyRow
from app.store.tables import Edition

#: What lists show: the content itself is read for one edition at a time.
_LISTED: Final = (
    Edition.id,
    Edition.number,
    Edition.as_of,
    Edition.digest,
    Edition.published_at,
    Edition.made_by,
    Edition.made_at,
    Edition.withdrawn_at,
)


def by_number(session: Session, number: str) -> Edition | None:
    """Return an edition, wherever it stands."""
    return session.scalars(select(Edition).where(Edition.number == number)).one_or_none()


def by_digest(session: Session, digest: bytes) -> Edition | None:
    """Return the edition whose content has this SHA-256, wherever it stands."""
    return session.scalars(select(Edition).where(Edition.digest == digest)).first()


def by_key(session: Session, made_by: int, key: str) -> Edition | None:
    """Return the edition that somebody made with this key."""
    query = select(Edition).where(Edition.made_by == made_by, Edition.key == key)
    return session.scalars(query).one_or_none()


def standing(session: Session, day: date) -> str | None:
    """Return the number of the edition of a day that is not withdrawn, or None."""
    query = select(Edition.number).where(Edition.as_of == day, Edition.withdrawn_at.is_(None))
    return session.scalars(query.limit(1)).first()


def next_id(session: Session) -> int:
    """Return the id after the last; of two who take it at once one tries again."""
    return session.execute(select(func.coalesce(func.max(Edition.id), 0) + 1)).scalar_one()


def everyone(
    session: Session, *, before: int | None = None, after: int | None = None, size: int = 50
) -> Sequence[AnyRow]:
    """Return all editions newest first, the withdrawn among them, between two ids."""
    query = select(*_LISTED)
    if before is not None:
        query = query.where(Edition.id < before)
    if after is not None:
        nearest = query.where(Edition.id > after).order_by(Edition.id).limit(size)
        return session.execute(nearest).all()[::-1]
    return session.execute(query.order_by(Edition.id.desc()).limit(size)).all()


def published(
    session: Session, now: datetime, *, before: tuple[date, int] | None = None, size: int = 50
) -> Sequence[AnyRow]:
    """Return the editions that everyone may see, the latest day first.

    Args:
        before: the day and id of an edition; only those listed after it.
    """
    query = (
        select(*_LISTED)
        .where(Edition.published_at <= now, Edition.withdrawn_at.is_(None))
        .order_by(Edition.as_of.desc(), Edition.id.desc())
        .limit(size)
    )
    if before is not None:
        day, identifier = before
        # As one day has one edition that stands, the day alone is the order.
        query = query.where(
            (Edition.as_of < day) | ((Edition.as_of == day) & (Edition.id < identifier))
        )
    return session.execute(query).all()
