"""Verbs that end a proposal: approve, reject, withdraw, expire.

Approval checks everything again. A check that fails then terminates the transaction and frees its
serial numbers; that is an outcome to be kept, so it is returned and not raised.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import ledger, roles
from app.domain.actions import Party
from app.domain.announcements import present
from app.domain.errors import (
    NotEntitled,
    NotFound,
    OwnProposal,
    ProposalTooOld,
    ReasonRequired,
    Refusal,
    TooLong,
)
from app.domain.ledger import Event, Kind, Status
from app.domain.people import Acting, State
from app.domain.people_errors import ClaimedByOther, ProposerStopped
from app.domain.policies import NONE, Policy
from app.domain.text import normalise
from app.registry import crossings, execution, movements, people, waiting
from app.registry.execution import Leaving, Pending, Recorded
from app.registry.transactions import TEXT_MAX
from app.store import (
    accounts,
    announcements,
    requests,
    transactions,
    trust,
)
from app.store import ledger as door
from app.store.databases import AnyRow, Database


@dataclass(frozen=True, slots=True)
class Ended:
    """How a proposal ended, and the check that ended it if one did.

    One that was approved and waits for its time has not ended: it moves at `execute_at`; neither
    has one that `is_sent` to another registry, which decides.
    """

    status: Status
    refusal: Refusal | None = None
    execute_at: datetime | None = None
    is_sent: bool = False


def approve(
    session: Session,
    identifier: int,
    *,
    actor: int,
    now: datetime,
    policy: Policy = NONE,
    party: Party | None = None,
) -> Ended:
    """Approve a proposal and carry it out, all or nothing; or let it wait if the policy says so.

    Approving once more what this person approved gives the same answer again.

    Args:
        party: whose registry this is; without it nothing is recorded of ITMOs.

    Raises:
        NotFound: there is no such transaction for this person.
        NotEntitled, OwnProposal, NotAllowedInStatus, AlreadyApproved, ProposerStopped,
            ClaimedByOther: this person cannot approve it, or not now.
        ActionTwice: what happens to ITMOs once only was recorded of some of these meanwhile.
    """
    connection = session.connection()
    pending, power = _locked(connection, identifier, actor)
    transaction = pending.transaction
    if transaction.status is Status.COMPLETED and transaction.decided_by == actor:
        return Ended(Status.COMPLETED)
    _check_power(transaction, power, actor)
    before = _approved_before(connection, transaction, policy, actor)
    if before is not None:
        return before
    _check_standing(connection, transaction, actor)
    decision = door.Decision(decided_by=actor, at=now)
    if now >= transaction.expires_at and trust.wait(connection, identifier) is None:
        release(connection, pending, Event.EXPIRE, decision)
        return Ended(Status.EXPIRED, ProposalTooOld(transaction.expires_at.isoformat()))
    return _carried_out(connection, pending, decision, policy, party)


def _approved_before(
    connection: Connection, transaction: AnyRow, policy: Policy, actor: int
) -> Ended | None:
    """Return how a proposal stands that this person approved and that has not ended since."""
    is_external = transaction.kind is Kind.EXTERNAL_TRANSFER
    if is_external and crossings.again(connection, transaction.id, actor):
        return Ended(Status.PROPOSED, is_sent=True)
    if policy.is_on and (wait := trust.wait(connection, transaction.id)) is not None:
        return Ended(Status.PROPOSED, execute_at=waiting.again(wait, actor))
    return None


def _carried_out(
    connection: Connection,
    pending: Pending,
    decision: door.Decision,
    policy: Policy,
    party: Party | None,
) -> Ended:
    """Carry an approved proposal out, let it wait, or ask another registry."""
    try:
        if pending.source is None:
            moved: Recorded | Leaving | datetime = execution.issue(
                connection, pending, decision, party
            )
        else:
            moved = execution.move(connection, pending, pending.source, decision, policy, party)
        if isinstance(moved, datetime):
            return Ended(Status.PROPOSED, execute_at=moved)
        if isinstance(moved, Leaving):
            return _send(connection, pending, decision)
    except Refusal as refusal:
        return terminate(connection, pending, decision, refusal)
    moved.write(connection)
    tell(connection, pending, Status.COMPLETED, decision)
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
        pending = lock_sides(connection, identifier)
        if pending is None or pending.transaction.status is not Status.PROPOSED:
            continue
        release(connection, pending, Event.EXPIRE, door.Decision(decided_by=None, at=now))
        expired.append(identifier)
    return expired


def _check_power(transaction: AnyRow, power: AnyRow, actor: int) -> None:
    """Refuse an approval by someone whose rights do not cover it, and of what waits for none."""
    if not roles.may_decide(Event.APPROVE, transaction.kind, power.role, power.right):
        raise NotEntitled(f"approve {transaction.kind}")
    ledger.after(transaction.status, Event.APPROVE)
    if transaction.proposed_by == actor:
        raise OwnProposal


def execute_due(
    database: Database, *, now: datetime, policy: Policy = NONE, party: Party | None = None
) -> list[tuple[int, Ended]]:
    """Carry out every approved transfer whose time has come, each in a transaction of its own.

    Nothing moves outside the hours of movements or while the registry is under maintenance.

    Returns:
        the id of each and how it ended.
    """
    with database.reading() as session:
        is_closed = present(announcements.shown(session, now), now) is not None
        found = [] if is_closed or policy.opening(now) > now else trust.due(session, now)
    ended = []
    for identifier in found:
        done = database.write(
            partial(execute, identifier=identifier, now=now, policy=policy, party=party)
        )
        if done is not None:
            ended.append((identifier, done))
    return ended


def execute(
    session: Session,
    identifier: int,
    *,
    now: datetime,
    policy: Policy = NONE,
    party: Party | None = None,
) -> Ended | None:
    """Carry out an approved transfer whose time has come; None if it is not, or not any more.

    Everything is checked as at its approval: a check that fails terminates it.
    """
    connection = session.connection()
    pending = lock_sides(connection, identifier)
    wait = trust.wait(connection, identifier)
    if pending is None or pending.source is None or wait is None or now < wait.execute_at:
        return None
    if pending.transaction.status is not Status.PROPOSED or _is_sent(connection, pending):
        return None
    decision = door.Decision(decided_by=wait.approved_by, at=now)
    try:
        waiting.check_people(connection, pending.transaction, wait)
        moved = execution.move(
            connection, pending, pending.source, decision, policy, party, has_waited=True
        )
        if isinstance(moved, Leaving):
            return _send(connection, pending, decision)
    except Refusal as refusal:
        return terminate(connection, pending, decision, refusal, has_waited=True)
    assert isinstance(moved, Recorded), "it waited already"
    moved.write(connection)
    tell(connection, pending, Status.COMPLETED, decision, has_waited=True)
    return Ended(Status.COMPLETED)


def _is_sent(connection: Connection, pending: Pending) -> bool:
    transaction = pending.transaction
    is_external = transaction.kind is Kind.EXTERNAL_TRANSFER
    return is_external and crossings.is_sent(connection, transaction.id)


def _check_standing(connection: Connection, transaction: AnyRow, actor: int) -> None:
    """Refuse while the proposer is stopped, or while somebody else has claimed the decision."""
    standing = requests.standing(connection, transaction.id, transaction.proposed_by)
    if standing.state is not State.ACTIVE or standing.acting is Acting.SUSPENDED:
        raise ProposerStopped
    if standing.claimant not in {None, actor}:
        claim = requests.claimant_of_transaction(connection, transaction.id)
        assert claim is not None, "it was claimed"
        raise ClaimedByOther(claim.name_en, claim.name_ja)


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
    if transaction.kind is Kind.EXTERNAL_TRANSFER:
        crossings.check_not_sent(connection, identifier)
    return release(connection, pending, event, decision)


def _locked(connection: Connection, identifier: int, actor: int) -> tuple[Pending, AnyRow]:
    """Lock a transaction's accounts and read it afresh; NotFound for those who may not know it.

    A proposal is the affair of its source; once completed, the target's people know it too.
    """
    pending = lock_sides(connection, identifier)
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


def lock_sides(connection: Connection, identifier: int) -> Pending | None:
    """Lock a transaction's accounts and read it afresh; None if there is none."""
    sides = accounts.lock_sides(connection, identifier)
    transaction = transactions.by_id(connection, identifier)
    if transaction is None:
        return None
    source = _account(sides[transaction.source_id]) if transaction.source_id else None
    target = _account(sides[transaction.target_id])
    return Pending(transaction, source, target, sides)


def release(
    connection: Connection,
    pending: Pending,
    event: Event,
    decision: door.Decision,
    *,
    has_waited: bool = False,
) -> Ended:
    """End a proposal otherwise than by its completion."""
    status = ledger.after(pending.transaction.status, event)
    door.release(
        connection,
        pending.transaction,
        status,
        decision,
        source=pending.source,
        target=pending.target,
    )
    if pending.transaction.kind is Kind.EXTERNAL_TRANSFER:
        crossings.ended(connection, pending.transaction.id, decision.at)
    tell(connection, pending, status, decision, has_waited=has_waited)
    return Ended(status)


def _send(connection: Connection, pending: Pending, decision: door.Decision) -> Ended:
    """Ask the registry of the target; see `app.registry.outgoing` for what follows."""
    source = pending.source
    assert source is not None, "nothing leaves that is only being issued"
    crossings.send(connection, pending.transaction, decision, source=source, target=pending.target)
    movements.sent(
        connection,
        pending.transaction,
        source=source,
        target=pending.target,
        actor=decision.decided_by,
        now=decision.at,
    )
    return Ended(Status.PROPOSED, is_sent=True)


def tell(
    connection: Connection,
    pending: Pending,
    status: Status,
    decision: door.Decision,
    *,
    has_waited: bool = False,
) -> None:
    """Log how a proposal went on, and tell of it."""
    transaction = pending.transaction
    movements.tell(
        connection,
        transaction.id,
        transaction.kind,
        status,
        transaction.quantity,
        source=pending.source,
        target=pending.target,
        proposed_by=transaction.proposed_by,
        decided_by=decision.decided_by,
        reason=decision.reason,
        has_waited=has_waited,
        now=decision.at,
    )


def terminate(
    connection: Connection,
    pending: Pending,
    decision: door.Decision,
    refusal: Refusal,
    *,
    has_waited: bool = False,
) -> Ended:
    """End a proposal that a check stopped; each comes before the first write."""
    terminated = replace(decision, reason=refusal.code)
    release(connection, pending, Event.TERMINATE, terminated, has_waited=has_waited)
    return Ended(Status.TERMINATED, refusal)


def _account(row: AnyRow) -> door.Account:
    return door.Account(row.id, row.number, row.kind)
