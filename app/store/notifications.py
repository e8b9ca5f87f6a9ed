"""Questions about notifications: an inbox, what is unread in it, and the mails to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.notifications import Topic
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import Delivered, Mail, Notification

_ENTRY: Select[tuple[object, ...]] = select(
    Notification.id,
    Notification.at,
    Notification.kind,
    Notification.subject,
    Notification.facts,
    Delivered.topic,
    Delivered.read_at,
    Delivered.deleted_at,
)

_UNREAD_IDS = (
    select(Delivered.notification_id)
    .where(
        Delivered.user_id == bindparam("user"),
        Delivered.read_at.is_(None),
        Delivered.deleted_at.is_(None),
    )
    .order_by(Delivered.notification_id.desc())
    .limit(bindparam("cap"))
    .subquery()
)
_UNREAD = Statement(
    select(
        func.count().label("unread"), func.max(_UNREAD_IDS.c.notification_id).label("newest")
    ).select_from(_UNREAD_IDS)
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries of an inbox a list shows.

    Args:
        deleted_since: what was deleted from then on, in place of what is there.
        with_deleted: what is there and what was ever deleted.
    """

    topic: Topic | None = None
    only_unread: bool = False
    deleted_since: datetime | None = None
    with_deleted: bool = False


def find(
    session: Session,
    user_id: int,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return entries newest first: those below the id `before`, or the last above `after`."""
    there = _there(user_id, wanted)
    place = Delivered.notification_id
    if after is not None:
        chosen = there.where(place > after).order_by(place)
    elif before is not None:
        chosen = there.where(place < before).order_by(place.desc())
    else:
        chosen = there.order_by(place.desc())
    # The page is cut out of the inbox alone; only then are the few notifications looked up.
    cut = chosen.limit(size).subquery()
    query = (
        _ENTRY.select_from(cut)
        .join(
            Delivered,
            (Delivered.user_id == user_id) & (Delivered.notification_id == cut.c.notification_id),
        )
        .join(Notification, Notification.id == cut.c.notification_id)
        .order_by(cut.c.notification_id.desc())
    )
    return session.execute(query).all()


def count(session: Session, user_id: int, wanted: Filter, *, cap: int) -> int:
    """Return how many entries a filter finds; more than `cap` count as one more."""
    found = _there(user_id, wanted).limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def one(session: Session, user_id: int, notification_id: int) -> AnyRow | None:
    """Return one entry of a person's inbox, a deleted one too."""
    query = (
        _ENTRY.select_from(Delivered)
        .join(Notification, Notification.id == Delivered.notification_id)
        .where(Delivered.user_id == user_id, Delivered.notification_id == notification_id)
    )
    return session.execute(query).one_or_none()


def unread(connection: Connection, user_id: int, *, cap: int) -> AnyRow:
    """Return how many entries a person has not read, up to `cap`, and the id of the newest."""
    found = _UNREAD.row(connection, user=user_id, cap=cap)
    assert found is not None, "a count is a row"
    return found


def due(session: Session, now: datetime) -> Mail | None:
    """Return the mail that has waited longest of those that are to be sent now.

    On PostgreSQL it is locked for the transaction, and what another worker holds is passed over.
    """
    query = (
        select(Mail)
        .where(Mail.sent_at.is_(None), Mail.next_at <= now)
        .order_by(Mail.next_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).one_or_none()


def unsent(session: Session, until: datetime) -> int:
    """Return how many mails are still to be sent, by then at the latest."""
    query = select(func.count()).where(Mail.sent_at.is_(None), Mail.next_at < until)
    return session.scalar(query) or 0


def _there(user_id: int, wanted: Filter) -> Select[int]:
    conditions: list[ColumnElement[bool]] = [Delivered.user_id == user_id]
    if wanted.topic is not None:
        conditions.append(Delivered.topic == wanted.topic)
    if wanted.only_unread:
        conditions.append(Delivered.read_at.is_(None))
    if wanted.deleted_since is not None:
        conditions.append(Delivered.deleted_at >= wanted.deleted_since)
    elif not wanted.with_deleted:
        conditions.append(Delivered.deleted_at.is_(None))
    return select(Delivered.notification_id).where(*conditions)
