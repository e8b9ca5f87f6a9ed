"""Verbs on announcements: schedule, change before it begins, end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.announcements import Kind
from app.domain.errors import AlreadyDone, NotFound, Required, TooLong
from app.domain.people_errors import AlreadyBegun, EndsBeforeStart
from app.domain.roles import Duty
from app.domain.text import normalise
from app.registry import logs, people
from app.store.tables import Announcement

TITLE_MAX: Final = 200
TEXT_MAX: Final = 4_000
TITLES: Final = ("title_en", "title_ja")
TEXTS: Final = (*TITLES, "text_en", "text_ja")


def schedule(
    session: Session,
    kind: Kind,
    *,
    texts: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime,
    actor: int,
    now: datetime,
) -> int:
    """Announce something from one moment to another, in English and Japanese; return its id.

    The same sent twice is announced once.

    Args:
        texts: what is said, by the names in `TEXTS`.

    Raises:
        NotEntitled: the actor's role does not carry it.
        Required, TooLong, EndsBeforeStart, AlreadyBegun: as `text` and `check_window`.
    """
    people.require(session, actor, Duty.ANNOUNCE)
    said = {field: text(texts[field], field) for field in TEXTS}
    check_window(starts_at, ends_at, now)
    window = {"starts_at": starts_at, "ends_at": ends_at}
    known = _same(session, kind=kind, made_by=actor, **said, **window)
    if known is not None:
        return known
    made = Announcement(kind=kind, made_by=actor, made_at=now, **said, **window)
    session.add(made)
    session.flush()
    logs.done(
        session,
        f"announce {kind}",
        str(made.id),
        actor=actor,
        now=now,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    )
    return made.id


def change(
    session: Session,
    announcement_id: int,
    *,
    texts: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime,
    actor: int,
    now: datetime,
) -> None:
    """Change what has not begun yet; its kind stays.

    Raises:
        NotEntitled, NotFound
        AlreadyDone: it was cancelled.
        AlreadyBegun: at no field when the announcement itself has begun.
        Required, TooLong, EndsBeforeStart, AlreadyBegun: as `text` and `check_window`.
    """
    people.require(session, actor, Duty.ANNOUNCE)
    found = _open(session, announcement_id)
    if found.starts_at <= now:
        raise AlreadyBegun
    said = {field: text(texts[field], field) for field in TEXTS}
    check_window(starts_at, ends_at, now)
    for field, value in said.items():
        setattr(found, field, value)
    found.starts_at, found.ends_at = starts_at, ends_at
    session.flush()
    logs.done(
        session,
        "change announcement",
        str(found.id),
        actor=actor,
        now=now,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
    )


def end(session: Session, announcement_id: int, *, actor: int, now: datetime) -> None:
    """Take back what has not begun, or end what is on.

    Raises:
        NotEntitled, NotFound
        AlreadyDone: it was cancelled, or is over.
    """
    people.require(session, actor, Duty.ANNOUNCE)
    found = _open(session, announcement_id)
    if found.ends_at <= now:
        raise AlreadyDone
    found.cancelled_by, found.cancelled_at = actor, now
    session.flush()
    logs.done(session, "end announcement", str(found.id), actor=actor, now=now)


def text(typed: str, field: str) -> str:
    """Return a title or text as it is kept: a title is one line, a text may be several.

    Raises:
        Required, TooLong: at the field.
    """
    if not normalise(typed):
        raise Required(field=field)
    kept = "\n".join(line.rstrip() for line in typed.splitlines()).strip()
    longest = TITLE_MAX if field in TITLES else TEXT_MAX
    if field in TITLES:
        kept = " ".join(kept.split())
    if len(kept) > longest:
        raise TooLong(longest, field=field)
    return kept


def check_window(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse a window that cannot be.

    Raises:
        AlreadyBegun: it would begin in a minute that has passed, at the field "starts_at".
        EndsBeforeStart: at the field "ends_at".
    """
    # Times are typed to the minute, and the present one has begun already.
    if starts_at < now.replace(second=0, microsecond=0):
        raise AlreadyBegun(field="starts_at")
    if ends_at <= starts_at:
        raise EndsBeforeStart(field="ends_at")


def _open(session: Session, announcement_id: int) -> Announcement:
    found = session.get(Announcement, announcement_id)
    if found is None:
        raise NotFound("announcement")
    if found.cancelled_at is not None:
        raise AlreadyDone
    return found


def _same(session: Session, **values: Any) -> int | None:
    query = select(Announcement.id).filter_by(**values, cancelled_at=None)
    return session.scalars(query.limit(1)).first()
