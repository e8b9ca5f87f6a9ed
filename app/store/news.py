"""Questions about news: what is published, year by year; what the administrators' desk lists."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.domain.announcements import Kind
from app.store.tables import Announcement, News


def by_id(session: Session, identifier: int) -> News | None:
    """Return a piece of news, whether or not it is public."""
    return session.get(News, identifier)


def published(session: Session, identifier: int, now: datetime) -> News | None:
    """Return a piece of news that everyone may read now."""
    query = select(News).where(News.id == identifier, *_public(now))
    return session.scalars(query).one_or_none()


def by_key(session: Session, made_by: int, key: str) -> News | None:
    """Return the piece of news that a person's form with this key made."""
    return session.scalars(select(News).filter_by(made_by=made_by, key=key)).one_or_none()


def public_page(
    session: Session,
    now: datetime,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[News]:
    """Return published news, newest first.

    Args:
        since, until: published from the first moment on, and before the second.
        before, after: past the piece with this number, or the last ones above it.
    """
    wanted = [*_public(now)]
    if since is not None:
        wanted.append(News.published_at >= since)
    if until is not None:
        wanted.append(News.published_at < until)
    return _turned(session, wanted, before=before, after=after, size=size, now=now)


def page(
    session: Session, *, before: int | None = None, after: int | None = None, size: int = 50
) -> Sequence[News]:
    """Return all news for administrators, the last to be published first."""
    return _turned(session, [], before=before, after=after, size=size)


def count(session: Session, cap: int) -> int:
    """Return how many pieces of news there are, or `cap` if there are more."""
    few = select(News.id).limit(cap).subquery()
    return session.scalars(select(func.count()).select_from(few)).one()


def span(session: Session, now: datetime) -> tuple[datetime, datetime] | None:
    """Return when the first and the last published piece of news were published."""
    query = select(func.min(News.published_at), func.max(News.published_at)).where(*_public(now))
    first, last = session.execute(query).one()
    return None if first is None else (first, last)


def counts(session: Session, now: datetime, edges: Sequence[datetime]) -> list[int]:
    """Return how many pieces were published between each two edges, which ascend."""
    between = [
        func.coalesce(
            func.sum(case((and_(News.published_at >= low, News.published_at < high), 1), else_=0)),
            0,
        )
        for low, high in pairwise(edges)
    ]
    return list(session.execute(select(*between).where(*_public(now))).one())


def changed(session: Session, now: datetime) -> datetime | None:
    """Return when what is published last changed: by something new, changed or withdrawn."""
    query = select(
        func.max(News.published_at), func.max(News.changed_at), func.max(News.withdrawn_at)
    ).where(News.published_at <= now)
    return max((at for at in session.execute(query).one() if at is not None), default=None)


def maintenance(session: Session, now: datetime) -> Sequence[Announcement]:
    """Return the windows of maintenance that are announced and not over, the first first."""
    query = (
        select(Announcement)
        .where(
            Announcement.kind == Kind.MAINTENANCE,
            Announcement.cancelled_at.is_(None),
            Announcement.ends_at > now,
        )
        .order_by(Announcement.starts_at, Announcement.id)
        .limit(10)
    )
    return session.scalars(query).all()


def _public(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (News.published_at <= now, News.withdrawn_at.is_(None))


def _turned(
    session: Session,
    wanted: list[ColumnElement[bool]],
    *,
    before: int | None,
    after: int | None,
    size: int,
    now: datetime | None = None,
) -> Sequence[News]:
    """Return rows newest first, below one that was shown or above it.

    Args:
        now: no piece that is scheduled at this moment counts as one that was shown.
    """
    query = select(News).where(*wanted).limit(size)
    newest = (News.published_at.desc(), News.id.desc())
    shown = session.get(News, before or after or 0)
    if shown is None or (now is not None and shown.published_at > now):
        return session.scalars(query.order_by(*newest)).all()
    same = News.published_at == shown.published_at
    if before is not None:
        below = or_(News.published_at < shown.published_at, and_(same, News.id < shown.id))
        return session.scalars(query.where(below).order_by(*newest)).all()
    above = or_(News.published_at > shown.published_at, and_(same, News.id > shown.id))
    return session.scalars(query.where(above).order_by(News.published_at, News.id)).all()[::-1]
