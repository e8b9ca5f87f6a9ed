"""Verbs on ranges of serials: bar them from moving, and free them again."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.article6_errors import NotItmos
from app.domain.errors import AlreadyDone, NotFound, ReasonRequired
from app.domain.exchange_errors import UnderReconciliation
from app.domain.reconciliation import REASON
from app.domain.roles import Duty
from app.domain.serials import Range
from app.domain.text import normalise
from app.registry import logs, people
from app.store import itmos, reconciliations
from app.store.tables import Bar


def flag(session: Session, serials: Range, *, reason: str, actor: int, now: datetime) -> Bar:
    """Hold ITMOs that a consistency check flagged: barred, and shown as what they are.

    Parties are asked not to use such ITMOs towards their NDC (decision 4/CMA.6, paragraph 40).

    Raises:
        NotEntitled
        NotItmos, AlreadyDone: at the field "q".
        ReasonRequired: at the field "reason".
    """
    people.require(session, actor, Duty.BAR_SERIALS)
    if not itmos.covers(session, serials):
        raise NotItmos(str(serials), field="q")
    if any(serials.first >= one.first and serials.last <= one.last for one in _flagged(session)):
        raise AlreadyDone(field="q")
    bar = lay(session, serials, reason=reason, actor=actor, now=now)
    bar.is_inconsistent = True
    session.flush()
    return bar


def _flagged(session: Session) -> list[Range]:
    return [Range(row.first, row.last) for row in itmos.holds(session)]


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


def lay_for(session: Session, serials: Range, run: str, *, now: datetime) -> int:
    """Bar what a reconciliation found to differ; return the id of the bar."""
    standing = reconciliations.standing_bar(session.connection(), serials)
    if standing is not None:
        return standing
    reason = REASON.format(run)
    bar = Bar(first=serials.first, last=serials.last, reason=reason, laid_at=now)
    session.add(bar)
    session.flush()
    logs.done(session, "bar serials", str(serials), actor=None, now=now, reason=reason)
    return bar.id


def lift(session: Session, bar_id: int, *, reason: str, actor: int, now: datetime) -> Bar:
    """Free a barred range.

    Raises:
        NotEntitled, NotFound, AlreadyDone
        ReasonRequired: at the field "reason".
        UnderReconciliation: a reconciliation barred it that is not resolved.
    """
    people.require(session, actor, Duty.BAR_SERIALS)
    bar = session.get(Bar, bar_id)
    if bar is None:
        raise NotFound("bar")
    if not normalise(reason):
        raise ReasonRequired(field="reason")
    if bar.lifted_at is not None:
        raise AlreadyDone
    run = reconciliations.holding_bar(session.connection(), bar_id)
    if run is not None:
        raise UnderReconciliation(run)
    return _free(session, bar, reason=reason, actor=actor, now=now)


def lift_for(session: Session, bar_id: int, *, reason: str, actor: int, now: datetime) -> None:
    """Free what a reconciliation barred, now that two administrators have resolved it."""
    bar = session.get_one(Bar, bar_id)
    if bar.lifted_at is None:
        _free(session, bar, reason=reason, actor=actor, now=now)


def _free(session: Session, bar: Bar, *, reason: str, actor: int, now: datetime) -> Bar:
    bar.lifted_by = actor
    bar.lifted_at = now
    session.flush()
    subject = str(Range(bar.first, bar.last))
    logs.done(session, "free serials", subject, actor=actor, now=now, reason=normalise(reason))
    return bar
