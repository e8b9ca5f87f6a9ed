"""Who is told of a movement of credits, and what the log says of it, in its own transaction.

The people of the source are told of each step of what they propose, those of the target of what has
arrived. An issuance and a mandatory cancellation are the administrators' own until they are done:
before, their proposer alone is told how they ended.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from app.domain import ledger, roles
from app.domain.errors import ProposalTooOld
from app.domain.exchange import Side, refused_there
from app.domain.exchange import Status as Crossed
from app.domain.ledger import Event, Kind, Status
from app.domain.notifications import Kind as Told
from app.domain.notifications import ending
from app.domain.notifications import movement as told_of
from app.registry import logs, notifications
from app.store import crossings
from app.store.databases import AnyRow
from app.store.ledger import Account

#: The log's word for an approved transfer of which another registry was told.
SEND: Final = "send transaction"
_EVENTS: Final = {
    Status.COMPLETED: Event.APPROVE,
    Status.REJECTED: Event.REJECT,
    Status.WITHDRAWN: Event.WITHDRAW,
    Status.EXPIRED: Event.EXPIRE,
}


def tell(
    connection: Connection,
    identifier: int,
    kind: Kind,
    status: Status,
    quantity: int,
    *,
    source: Account | None,
    target: Account,
    proposed_by: int,
    decided_by: int | None = None,
    reason: str | None = None,
    has_waited: bool = False,
    now: datetime,
) -> None:
    """Log a movement that was proposed, completed, or ended otherwise, and tell of it.

    One that `has_waited` was approved before, and is carried out now by nobody.
    """
    number = ledger.transaction_number(target.number[:2], identifier)
    facts: dict[str, Any] = {
        "number": number,
        "quantity": quantity,
        "source": source.number if source else "",
        "target": target.number,
    }
    facts |= _abroad(connection, identifier, kind)
    operation, code = _logged(kind, status, decided_by, reason)
    if has_waited:
        operation, decided_by = "carry out transaction", None
    actor = proposed_by if status is Status.PROPOSED else decided_by
    said = {name: str(facts[name]) for name in ("quantity", "source", "target")}
    if reason and code is None:
        said["reason"] = reason
    logs.movement(connection, operation, number, said, refusal=code, actor=actor, now=now)
    _tell(connection, number, kind, status, facts, source, target, proposed_by, now)


def sent(
    connection: Connection,
    transaction: AnyRow,
    *,
    source: Account,
    target: Account,
    actor: int | None,
    now: datetime,
) -> None:
    """Log that a transfer was approved and another registry asked for its own approval."""
    number = ledger.transaction_number(target.number[:2], transaction.id)
    said = {
        "quantity": str(transaction.quantity),
        "source": source.number,
        "target": target.number,
    } | _abroad(connection, transaction.id, transaction.kind)
    logs.movement(connection, SEND, number, said, refusal=None, actor=actor, now=now)


def _abroad(connection: Connection, identifier: int, kind: Kind) -> dict[str, Any]:
    """Return what is said otherwise of a movement of which one side is in another registry."""
    crossing = crossings.of_transaction(connection, kind, identifier)
    if crossing is None:
        return {}
    side = "target" if crossing.side is Side.OUT else "source"
    said: dict[str, Any] = {side: crossing.their_account}
    if crossing.status is Crossed.REJECTED:
        said["ended"] = refused_there(crossing.code)
    return said


def _tell(
    connection: Connection,
    number: str,
    kind: Kind,
    status: Status,
    facts: dict[str, Any],
    source: Account | None,
    target: Account,
    proposed_by: int,
    now: datetime,
) -> None:
    completed = status is Status.COMPLETED
    if not completed and status is not Status.PROPOSED:
        facts["ended"] = facts.get("ended") or ending(status)
    holders = kind in roles.HOLDERS_KINDS
    if not holders and status is Status.PROPOSED:
        return
    if kind is Kind.ACQUISITION:
        notifications.tell(
            connection, Told.TRANSFER_RECEIVED, number, facts, account=target.id, now=now
        )
        return
    notifications.tell(
        connection,
        told_of(Kind.TRANSFER if kind is Kind.EXTERNAL_TRANSFER else kind, status),
        number,
        facts,
        user=None if holders else proposed_by,
        account=(source or target).id if holders or completed else None,
        now=now,
    )
    if completed and kind is Kind.TRANSFER:
        notifications.tell(
            connection, Told.TRANSFER_RECEIVED, number, facts, account=target.id, now=now
        )


def _logged(
    kind: Kind, status: Status, decided_by: int | None, reason: str | None
) -> tuple[str, str | None]:
    """Return what was done, and the refusal if it came to nothing: an approval may end so."""
    if status is Status.PROPOSED:
        return f"propose {kind}", None
    if status is Status.EXPIRED and decided_by is not None:
        return f"{Event.APPROVE} transaction", ProposalTooOld.__name__
    if status is Status.TERMINATED:
        return f"{Event.APPROVE} transaction", reason
    return f"{_EVENTS[status]} transaction", None
