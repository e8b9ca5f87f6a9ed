"""What follows an answer about a transfer to another registry, or that none came in time.

Each runs in a transaction of its own: what another registry accepted leaves even if this side was
stopped in between, as soon as it is looked at again.
"""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.exchange import Side, Status
from app.domain.ledger import Event
from app.domain.ledger import Status as Ended
from app.registry import approvals, crossings, execution
from app.registry.execution import Pending
from app.registry.letters import Desk
from app.store import crossings as questions
from app.store import ledger as door
from app.store.databases import AnyRow, Database


def accepted(session: Session, crossing: AnyRow, desk: Desk, *, now: datetime) -> bool:
    """Note that a transfer was accepted and let its credits leave; False if they cannot yet.

    An answer that comes after the proposal was taken back changes nothing.
    """
    connection = session.connection()
    pending = _locked(session, crossing)
    if questions.locked(connection, crossing.id).status is not Status.SENT:
        return False
    crossings.accepted(connection, crossing.id)
    return _leave(session, pending, crossing, desk, now)


def leave(session: Session, crossing_id: int, desk: Desk, *, now: datetime) -> bool:
    """Let the credits of an accepted transfer leave; False if they cannot yet, or have."""
    connection = session.connection()
    crossing = questions.by_id(connection, crossing_id)
    pending = _locked(session, crossing)
    if questions.locked(connection, crossing_id).status is not Status.ACCEPTED:
        return False
    return _leave(session, pending, crossing, desk, now)


def rejected(session: Session, crossing: AnyRow, code: str, *, now: datetime) -> bool:
    """End a transfer to which the other registry said no; its credits are free again."""
    connection = session.connection()
    pending = _locked(session, crossing)
    if questions.locked(connection, crossing.id).status is not Status.SENT:
        return False
    refusal = crossings.rejected(connection, crossing.transaction_id, code, now)
    decision = door.Decision(decided_by=crossing.approved_by, at=now)
    approvals.terminate(connection, pending, decision, refusal)
    return True


def cancel(session: Session, crossing_id: int, *, now: datetime) -> bool:
    """Take back a proposal that was not answered in time; its credits are free again."""
    connection = session.connection()
    crossing = questions.by_id(connection, crossing_id)
    pending = _locked(session, crossing)
    if questions.locked(connection, crossing_id).status is not Status.SENT:
        return False
    crossings.cancel(connection, crossing.transaction_id, now)
    decision = door.Decision(decided_by=None, at=now)
    approvals.release(connection, pending, Event.EXPIRE, decision)
    return True


def follow_up(database: Database, desk: Desk, *, now: datetime) -> int:
    """Cancel what is overdue, let leave what was promised; return how many crossings moved on."""
    with database.reading() as session:
        overdue = questions.overdue(session.connection(), now)
        promised = questions.promised(session.connection())
    ended = [database.write(partial(cancel, crossing_id=one, now=now)) for one in overdue]
    gone = [database.write(partial(leave, crossing_id=one, desk=desk, now=now)) for one in promised]
    return sum(ended) + sum(gone)


def _locked(session: Session, crossing: AnyRow) -> Pending:
    assert crossing.side is Side.OUT
    pending = approvals.lock_sides(session.connection(), crossing.transaction_id)
    assert pending is not None, "a crossing out has its transaction"
    return pending


def _leave(session: Session, pending: Pending, crossing: AnyRow, desk: Desk, now: datetime) -> bool:
    """Move the credits; a rule that forbids it now leaves them reserved and promised."""
    connection = session.connection()
    assert pending.source is not None
    decision = door.Decision(decided_by=crossing.approved_by, at=now)
    said = {"crossing": crossings.said(crossing.peer_code, crossing.their_account, crossing.number)}
    try:
        recorded = execution.leave(connection, pending, pending.source, decision, desk.party, said)
    except Refusal:
        return False
    recorded.write(connection)
    approvals.tell(connection, pending, Ended.COMPLETED, decision)
    crossings.left(connection, pending.transaction, recorded.at)
    return True
