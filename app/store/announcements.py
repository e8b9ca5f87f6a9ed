"""Questions about announcements: what is on, what comes, what was."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.domain.announcements import Announced, Kind
from app.domain.text import Text
from app.store.tables import Announcement

#: How long before a window of maintenance everyone is told of it.
AHEAD: Final = timedelta(days=14)


def shown(session: Session, now: datetime) -> list[Announced]:
    """Return what is shown now, the first to begin first.

    A notice from its first moment to its last; a window of maintenance two weeks ahead, too.
    """
    query = (
        select(Announcement)
        .where(
            Announcement.cancelled_at.is_(None),
            Announcement.ends_at > now,
            or_(
                Announcement.starts_at <= now,
                and_(
                    Announcement.kind == Kind.MAINTENANCE,
                    Announcement.starts_at <= now + AHEAD,
                ),
            ),
        )
        .order_by(Announcement.starts_at, Announcement.id)
    )
    return [announced(found) for found in session.scalars(query)]


def page(
    session: Session, *, before: Announcement | None = None, size: int = 50
) -> Sequence[Announcement]:
    """Return announcements, cancelled ones too, the last to begin first, past `before`."""
    query = select(Announcement).order_by(Announcement.starts_at.desc(), Announcement.id.desc())
    if before is not None:
        query = query.where(
            or_(
                Announcement.starts_at < before.starts_at,
                and_(Announcement.starts_at == before.starts_at, Announcement.id < before.id),
            )
        )
    return session.scalars(query.limit(size)).all()


def by_id(session: Session, announcement_id: int) -> Announcement | None:
    """Return one announcement."""
    return session.get(Announcement, announcement_id)


def announced(found: Announcement) -> Announced:
    """Return an announcement as pages show it."""
    return Announced(
        found.id,
        found.kind,
        Text(found.title_en, found.title_ja),
        Text(found.text_en, found.text_ja),
        found.starts_at,
        found.ends_at,
    )
