"""Transfers that wait: when a transfer may move by the policy, and what is kept until it does."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from app.domain import ledger, roles
from app.domain.ledger import Event, Kind
from app.domain.notifications import Kind as Told
from app.domain.people import State
from app.domain.people_errors import ProposerStopped
from app.domain.policies import Policy
from app.domain.trust import printed
from app.domain.trust_errors import AlreadyApproved, ApproverStopped
from app.registry import logs, notifications
from app.store import people, requests, trust
from app.store.databases import AnyRow
from app.store.ledger import Account, Decision
from app.store.tables import Wait


def moves_at(
    connection: Connection,
    policy: Policy,
    kind: Kind,
    source: AnyRow | Account,
    target: AnyRow | Account,
    quantity: int,
    *,
    now: datetime,
) -> datetime:
    """Return when a movement approved now may be carried out; `now` if nothing keeps it.

    Raises:
        AboveLimit, NotTrusted: the policy does not let it go to this target.
    """
    if not policy.covers(kind, source.kind, target.kind):
        return now
    is_trusted = trust.is_trusted(connection, source.id, target.id, now)
    policy.check(quantity, target.number, is_trusted=is_trusted)
    return policy.moves_at(now, is_trusted=is_trusted)


def hold(
    connection: Connection,
    transaction: AnyRow,
    decision: Decision,
    execute_at: datetime,
    *,
    source: Account,
    target: Account,
    zone: ZoneInfo,
) -> None:
    """Note that a proposal was approved and moves later; log it and tell the source's people."""
    connection.execute(
        insert(Wait).values(
            transaction_id=transaction.id,
            approved_by=decision.decided_by,
            approved_at=decision.at,
            execute_at=execute_at,
        )
    )
    number = ledger.transaction_number(target.number[:2], transaction.id)
    facts: dict[str, Any] = {
        "number": number,
        "quantity": transaction.quantity,
        "source": source.number,
        "target": target.number,
        "at": printed(execute_at.astimezone(zone)),
    }
    logged = {name: str(value) for name, value in facts.items() if name not in {"number", "at"}}
    logs.movement(
        connection,
        f"{Event.APPROVE} transaction",
        number,
        logged | {"execute_at": execute_at.isoformat()},
        refusal=None,
        actor=decision.decided_by,
        now=decision.at,
    )
    notifications.tell(
        connection, Told.TRANSFER_WAITS, number, facts, account=source.id, now=decision.at
    )


def again(wait: AnyRow, actor: int) -> datetime:
    """Return when an approved transfer moves, to who approved it; AlreadyApproved to any other."""
    execute_at: datetime = wait.execute_at
    if wait.approved_by != actor:
        raise AlreadyApproved(execute_at.isoformat())
    return execute_at


def check_people(connection: Connection, transaction: AnyRow, wait: AnyRow) -> None:
    """Refuse to carry out what somebody proposed or approved who may not act any more."""
    standing = requests.standing(connection, transaction.id, transaction.proposed_by)
    if standing.state is not State.ACTIVE:
        raise ProposerStopped
    power = people.power(connection, wait.approved_by, transaction.source_id)
    if power is None or power.state is not State.ACTIVE:
        raise ApproverStopped
    if not roles.may_decide(Event.APPROVE, transaction.kind, power.role, power.right):
        raise ApproverStopped
