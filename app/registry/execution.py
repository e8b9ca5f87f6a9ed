"""Carrying out a movement: checked as if it were proposed now, then moved, sealed and recorded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.domain import ledger, serials
from app.domain.actions import Party
from app.domain.errors import SerialsBarred
from app.domain.ledger import Kind
from app.domain.policies import Policy
from app.domain.projects import Position
from app.registry import actions, waiting
from app.store import blocks, carvings, decisions, peers
from app.store import ledger as door
from app.store.databases import AnyRow


@dataclass(frozen=True, slots=True)
class Pending:
    """A transaction with its accounts, locked."""

    transaction: AnyRow
    source: door.Account | None
    target: door.Account
    sides: dict[int, AnyRow]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a movement that was sealed means under Article 6, still to be written."""

    plan: actions.Plan
    transaction_id: int
    at: datetime
    issuance_id: int | None = None

    def write(self, connection: Connection) -> None:
        """Write it, once nothing can refuse the movement any more; see `actions.record`."""
        actions.record(connection, self.plan, self.transaction_id, self.at, self.issuance_id)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A transfer to another registry that passed every check here; that one is asked next."""


def move(
    connection: Connection,
    pending: Pending,
    source: door.Account,
    decision: door.Decision,
    policy: Policy,
    party: Party | None,
    *,
    has_waited: bool = False,
) -> Recorded | Leaving | datetime:
    """Check a movement as if it were proposed now, then carry it out, or return when that may be.

    One that `has_waited` waits no more. One to another registry is only checked.
    """
    transaction, kind = pending.transaction, pending.transaction.kind
    ledger.check_source(kind, source.number, source.kind, pending.sides[source.id].state)
    _check_target(pending)
    reserved = blocks.reserved(connection, transaction.id)
    if kind is not Kind.MANDATORY_CANCELLATION:
        _check_bars(connection, reserved)
    execute_at = waiting.moves_at(
        connection, policy, kind, source, pending.target, transaction.quantity, now=decision.at
    )
    if execute_at > decision.at and not has_waited:
        waiting.hold(
            connection,
            transaction,
            decision,
            execute_at,
            source=source,
            target=pending.target,
            zone=policy.zone,
        )
        return execute_at
    carving, plan = _planned(connection, pending, source, party, decision.at)
    if kind is Kind.EXTERNAL_TRANSFER:
        return Leaving()
    target = pending.target
    at = door.append(
        connection, transaction, carving, decision, source=source, target=target, said=plan.said
    )
    return Recorded(plan, transaction.id, at)


def leave(
    connection: Connection,
    pending: Pending,
    source: door.Account,
    decision: door.Decision,
    party: Party | None,
    said: door.Said,
) -> Recorded:
    """Let credits leave that another registry has promised to take; they have been reserved.

    What could keep them from moving was checked when the other registry was asked, and is not
    checked again; only the rules of Article 6.2 are.

    Args:
        said: what the chain says of the crossing.
    """
    carving, plan = _planned(connection, pending, source, party, decision.at)
    at = door.append(
        connection,
        pending.transaction,
        carving,
        decision,
        source=source,
        target=pending.target,
        said={**plan.said, **said},
    )
    return Recorded(plan, pending.transaction.id, at)


def _planned(
    connection: Connection,
    pending: Pending,
    source: door.Account,
    party: Party | None,
    now: datetime,
) -> tuple[carvings.Carving, actions.Plan]:
    """Work out what closes and opens, and what that means under Article 6.2."""
    transaction, target = pending.transaction, pending.target
    reserved = blocks.reserved(connection, transaction.id)
    carving = carvings.carve(connection, transaction, reserved, source=source, target=target)
    counterparty = None
    if transaction.kind is Kind.EXTERNAL_TRANSFER:
        counterparty = peers.of_account(connection, target.id).party
    plan = actions.moved(
        connection,
        transaction,
        carving.moved,
        target,
        party=party,
        counterparty=counterparty,
        now=now,
    )
    return carving, plan


def issue(
    connection: Connection, pending: Pending, decision: door.Decision, party: Party | None
) -> Recorded:
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
    plan = actions.issued(connection, transaction, units, party=party, now=decision.at)
    done = door.issue(
        connection, transaction, decision, units, target=pending.target, said=plan.said
    )
    return Recorded(plan, transaction.id, done.at, done.issuance_id)


def _check_target(pending: Pending) -> None:
    target = pending.sides[pending.target.id]
    ledger.check_target(pending.transaction.kind, target.number, target.kind, target.state)


def _check_bars(connection: Connection, reserved: list[serials.Range]) -> None:
    for bar in blocks.barred(connection):
        for wanted in reserved:
            common = serials.overlap(bar, wanted)
            if common is not None:
                raise SerialsBarred(common.first, common.last, field="serials")
