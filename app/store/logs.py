"""Questions about what was done and tried."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.tables import AccessEntry, LogEntry


def operations(
    session: Session, *, before: int | None = None, size: int = 50
) -> Sequence[LogEntry]:
    """Return operations newest first, those older than `before` (an id) when given."""
    query = select(LogEntry).order_by(LogEntry.id.desc()).limit(size)
    if before is not None:
        query = query.where(LogEntry.id < before)
    return session.scalars(query).all()


def accesses(session: Session, user_id: int, *, size: int = 50) -> Sequence[AccessEntry]:
    """Return a person's sign-ins and attempts, newest first."""
    query = select(AccessEntry).where(AccessEntry.user_id == user_id)
    return session.scalars(query.order_by(AccessEntry.id.desc()).limit(size)).all()
