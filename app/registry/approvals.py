"""Verbs that end a proposal: approve, reject, withdraw, expire.

Approval checks everything again. A check that fails then terminates the transaction and frees its
serial numbers; that is an outcome to be kept, so it is returned and not raised.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import ledger, roles, serials
from app.domain.errors import (
    NotEntitled,
    NotFound,
    OwnProposal,
    ProposalTooOld,
    ReasonRequired,
    Refusal,
    SerialsBarred,
    TooLong,
)
from app.domain.ledger import Event, Kind, Status
from app.domain.projects import Position
from app.domain.text import normalise
from app.registry import people
from app.registry.transactions import TEXT_MAX
from app.store import accounts, blocks, decisions, transactions
from app.store import ledger as door
from app.store.databases import AnyRow


@dataclass(frozen=True, slots=True)
class Ended:
    """How a proposal ended, and the check that ended it if one did."""

    status: Status
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class _Pending:
    transaction: AnyRow
    source: door.Account | None
    target: door.Account
    sides: dict[int, AnyRow]


def approve(session: Session, identifier: int, *, actor: int, now: datetime) -> Ended:
    """Approve a proposal and carry it out; all or nothing.

    Approving once more what this person approved gives the same answer again.

    Raises:
        NotFound: there is no such transaction for this person.
        NotEntitled, OwnProposal, NotAllowedInStatus: this person cannot approve it, or not now.
    """
    connection = session.connection()
    pending, power = _locked(connection, identifier, actor)
    transaction = pending.transaction
    if transaction.status is Status.COMPLETED and transaction.decided_by == actor:
        return Ended(Status.COMPLETED)
    if not roles.may_decide(Event.APPROVE, transaction.kind, power.role, power.right):
        raise NotEntitled(f"approve {transaction.kind}")
    ledger.after(transaction.status, Event.APPROVE)
    if transaction.proposed_by == actor:
        raise OwnProposal
    decision = door.Decision(decided_by=actor, at=now)
    if now >= transaction.expires_at:
        _release(connection, pending, Event.EXPIRE, decision)
        return Ended(Status.EXPIRED, ProposalTooOld(transaction.expires_at.isoformat()))
    try:
        if pending.source is None:
            _issue(connection, pending, decision)
        else:
            _move(connection, pending, pending.source, decision)
    except Refusal as refusal:
        # Every refusal comes before the first write, so only the proposal itself ends here.
        terminated = door.Decision(decided_by=actor, at=now, reason=refusal.code)
        _release(connection, pending, Event.TERMINATE, terminated)
        return Ended(Status.TERMINATED, refusal)
    return Ended(Status.COMPLETED)


def reject(session: Session, identifier: int, *, reason: str, actor: int, now: datetime) -> Ended:
    """Reject a proposal for a reason in words; its proposer may do so too."""
    return _end(session, identifier, Event.REJECT, reason, actor=actor, now=now)


def withdraw(session: Session, identifier: int, *, actor: int, now: datetime) -> Ended:
    """Take a proposal back: anyone who may propose for the account."""
    return _end(session, identifier, Event.WITHDRAW, None, actor=actor, now=now)


def expire(session: Session, *, now: datetime) -> list[int]:
    """Close every proposal whose time has passed; return their ids."""
    connection = session.connection()
    expired = []
    for identifier in transactions.due(connection, now):
        pending = _lock_sides(connection, identifier)
        if pending is None or pending.transaction.status is not Status.PROPOSED:
            continue
        _release(connection, pending, Event.EXPIRE, door.Decision(decided_by=None, at=now))
        expired.append(identifier)
    return expired


def _end(
    session: Session,
    identifier: int,
    event: Event,
    reason: str | None,
    *,
    actor: int,
    now: datetime,
) -> Ended:
    connection = session.connection()
    pending, power = _locked(connection, identifier, actor)
    transaction = pending.transaction
    following = ledger.after(Status.PROPOSED, event)
    if transaction.status is following and transaction.decided_by == actor:
        return Ended(following)
    if not roles.may_decide(event, transaction.kind, power.role, power.right):
        raise NotEntitled(f"{event} {transaction.kind}")
    if reason is not None:
        reason = normalise(reason)
        if not reason:
            raise ReasonRequired(field="reason")
        if len(reason) > TEXT_MAX:
            raise TooLong(TEXT_MAX, field="reason")
    decision = door.Decision(decided_by=actor, at=now, reason=reason)
    return _release(connection, pending, event, decision)


def _locked(connection: Connection, identifier: int, actor: int) -> tuple[_Pending, AnyRow]:
    """Lock a transaction's accounts and read it afresh; NotFound for those who may not know it.

    A proposal is the affair of its source; once completed, the target's people know it too.
    """
    pending = _lock_sides(connection, identifier)
    if pending is None:
        raise NotFound("transaction")
    owner = pending.source or pending.target
    power = people.power(connection, actor, owner.id)
    if roles.may_see_account(power.role, power.right):
        return pending, power
    if pending.transaction.status is Status.COMPLETED:
        receiving = people.power(connection, actor, pending.target.id)
        if roles.may_see_account(receiving.role, receiving.right):
            # Known, but not theirs to decide: the right on the source is what counts.
            return pending, power
    raise NotFound("transaction")


def _lock_sides(connection: Connection, identifier: int) -> _Pending | None:
    sides = accounts.lock_sides(connection, identifier)
    transaction = transactions.by_id(connection, identifier)
    if transaction is None:
        return None
    source = _account(sides[transaction.source_id]) if transaction.source_id else None
    target = _account(sides[transaction.target_id])
    return _Pending(transaction, source, target, sides)


def _release(
    connection: Connection, pending: _Pending, event: Event, decision: door.Decision
) -> Ended:
    status = ledger.after(pending.transaction.status, event)
    door.release(
        connection,
        pending.transaction,
        status,
        decision,
        source=pending.source,
        target=pending.target,
    )
    return Ended(status)


def _move(
    connection: Connection, pending: _Pending, source: door.Account, decision: door.Decision
) -> None:
    """Check a movement as if it were proposed now, then carry it out."""
    transaction, kind = pending.transaction, pending.transaction.kind
    ledger.check_source(kind, source.number, source.kind, pending.sides[source.id].state)
    _check_target(pending)
    reserved = blocks.reserved(connection, transaction.id)
    if kind is not Kind.MANDATORY_CANCELLATION:
        _check_bars(connection, reserved)
    door.append(connection, transaction, reserved, decision, source=source, target=pending.target)


def _issue(connection: Connection, pending: _Pending, decision: door.Decision) -> None:
    """Check an issuance against its allocation again, then create its credits."""
    transaction = pending.transaction
    _check_target(pending)
    allocation = decisions.allocation(connection, transaction.allocation_id)
    assert allocation is not None, "an issuance has its allocation"
    position = decisions.position(connection, transaction.allocation_id)
    # The proposal itself is among the pending: beside what is issued it must fit.
    Position(position.limit, position.issued, 0).check(transaction.quantity)
    units = door.NewUnits(
        decision_id=allocation.decision_id,
        decision=allocation.decision,
        project_id=allocation.project_id,
        project=allocation.project,
        partner=allocation.partner,
        vintage=allocation.vintage,
        unit_class=allocation.unit_class,
    )
    door.issue(connection, transaction, decision, units, target=pending.target)


def _check_target(pending: _Pending) -> None:
    target = pending.sides[pending.target.id]
    ledger.check_target(pending.transaction.kind, target.number, target.kind, target.state)


def _check_bars(connection: Connection, reserved: list[serials.Range]) -> None:
    for bar in blocks.barred(connection):
        for wanted in reserved:
            common = serials.overlap(bar, wanted)
            if common is not None:
                raise SerialsBarred(common.first, common.last, field="serials")


def _account(row: AnyRow) -> door.Account:
    return door.Account(row.id, row.number, row.kind)
