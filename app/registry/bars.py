"""Verbs on ranges of serials: bar them from moving, and free them again."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import AlreadyDone, NotFound, ReasonRequired
from app.domain.roles import Duty
from app.domain.serials import Range
from app.domain.text import normalise
from app.registry import logs, people
from app.store.tables import Bar


def lay(session: Session, serials: Range, *, reason: str, actor: int, now: datetime) -> Bar:
    """Bar a range: nothing of it moves, except by order of the authority, until it is freed."""
    people.require(session, actor, Duty.BAR_SERIALS)
    if not normalise(reason):
        raise ReasonRequired(field="reason")
    bar = Bar(
        first=serials.first,
        last=serials.last,
        reason=normalise(reason),
        laid_by=actor,
        laid_at=now,
    )
    session.add(bar)
    session.flush()
    logs.done(session, "bar serials", str(serials), actor=actor, now=now, reason=bar.reason)
    return bar


def lift(session: Session, bar_id: int, *, reason: str, actor: int, now: datetime) -> Bar:
    """Free a barred range."""
    people.require(session, actor, Duty.BAR_SERIALS)
    bar = session.get(Bar, bar_id)
    if bar is None:
        raise NotFound("bar")
    if not normalise(reason):
        raise ReasonRequired(field="reason")
    if bar.lifted_at is not None:
        raise AlreadyDone
    bar.lifted_by = actor
    bar.lifted_at = now
    session.flush()
    subject = str(Range(bar.first, bar.last))
    logs.done(session, "free serials", subject, actor=actor, now=now, reason=normalise(reason))
    return bar
