"""Credits that leave for another registry: proposed there, and moved once it has accepted.

Everything here runs with the accounts on this side locked, the other registry's among them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.domain import accounts, chain, exchange, ledger
from app.domain.chain import Value
from app.domain.exchange import ANSWER_LIMIT, Event, Message, Side, Status
from app.domain.exchange_errors import (
    AlreadySent,
    NotAnsweredInTime,
    NotConnected,
    RegistrySuspended,
    RejectedThere,
    SameRegistry,
)
from app.domain.trust_errors import AlreadyApproved
from app.registry import letters
from app.store import blocks, crossings, peers, transactions
from app.store import ledger as door
from app.store.databases import AnyRow


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a transfer to another registry goes."""

    peer: AnyRow
    their_account: str

    def facts(self) -> dict[str, Value]:
        """Return what the ledger says of it, waiting and sealed."""
        return {"crossing": said(self.peer.code, self.their_account)}


def said(registry: str, their_account: str, number: str | None = None) -> dict[str, Value]:
    """Return what the chain says of a crossing: the other registry and the account there."""
    told: dict[str, Value] = {"registry": registry, "account": their_account}
    return told if number is None else told | {"number": number}


def destination(connection: Connection, typed: str, own: str) -> Destination:
    """Return where a transfer to an account in another registry goes.

    Raises:
        MalformedAccountNumber, WrongCheckDigits, UnknownAccountKind, SameRegistry, NotConnected,
        RegistrySuspended: at the field "target".
    """
    try:
        number = accounts.parse_number(typed)
    except accounts.NUMBER_REFUSALS as refusal:
        refusal.field = "target"
        raise
    if number.registry == own:
        raise SameRegistry(str(number), field="target")
    peer = peers.by_code(connection, number.registry)
    if peer is None:
        raise NotConnected(number.registry, field="target")
    if peer.is_suspended:
        raise RegistrySuspended(peer.code, field="target")
    return Destination(peer, str(number))


def plan(connection: Connection, to: Destination, *, transaction_id: int) -> None:
    """Keep with a proposed transfer where it goes."""
    transaction = transactions.by_id(connection, transaction_id)
    assert transaction is not None
    crossings.add(
        connection,
        {
            "peer_id": to.peer.id,
            "side": Side.OUT,
            "status": Status.PROPOSED,
            "transaction_id": transaction_id,
            "account_id": transaction.source_id,
            "their_account": to.their_account,
            "quantity": transaction.quantity,
        },
    )


def send(
    connection: Connection,
    transaction: AnyRow,
    decision: door.Decision,
    *,
    source: door.Account,
    target: door.Account,
) -> None:
    """Propose an approved transfer to the other registry; its credits stay reserved.

    Raises:
        RegistrySuspended: nothing is exchanged with it at present.
    """
    found = of(connection, transaction.id)
    peer = peers.by_id(connection, found.peer_id)
    if peer.is_suspended:
        raise RegistrySuspended(peer.code, field="target")
    own = target.number[:2]
    number = ledger.transaction_number(own, transaction.id)
    ranges = blocks.reserved(connection, transaction.id)
    crossings.change(
        connection,
        found.id,
        status=exchange.after(Side.OUT, found.status, Event.SEND),
        number=number,
        approved_by=decision.decided_by,
        sent_at=decision.at,
        answer_until=decision.at + ANSWER_LIMIT,
    )
    content = {
        "crossing": number,
        "from": source.number,
        "to": found.their_account,
        "quantity": transaction.quantity,
        "units": crossings.told(connection, ranges, own=own),
    }
    letters.tell(
        connection, peer.id, Message.PROPOSAL, content, crossing_id=found.id, now=decision.at
    )


def again(connection: Connection, transaction_id: int, actor: int) -> bool:
    """Tell whether this person sent a transfer already; AlreadyApproved if another one did."""
    found = of(connection, transaction_id)
    if found.status is Status.PROPOSED:
        return False
    if found.approved_by != actor:
        raise AlreadyApproved(found.sent_at.isoformat())
    return True


def is_sent(connection: Connection, transaction_id: int) -> bool:
    """Tell whether the other registry was asked."""
    return of(connection, transaction_id).status is not Status.PROPOSED


def check_not_sent(connection: Connection, transaction_id: int) -> None:
    """Refuse to end by hand what the other registry was asked (DES 3009)."""
    if is_sent(connection, transaction_id):
        raise AlreadySent


def of(connection: Connection, transaction_id: int) -> AnyRow:
    """Return the crossing of a transfer to another registry."""
    found = peers.crossing_of(connection, transaction_id)
    assert found is not None, "a transfer to another registry is a crossing"
    return found


def ended(connection: Connection, transaction_id: int, now: datetime) -> None:
    """Note that a proposal ended before it was sent, or was rejected or cancelled after that."""
    found = of(connection, transaction_id)
    if found.status is Status.PROPOSED:
        crossings.change(connection, found.id, status=Status.ENDED, ended_at=now)


def left(connection: Connection, transaction: AnyRow, at: datetime) -> None:
    """Tell the other registry that the credits left for it."""
    found = of(connection, transaction.id)
    status = exchange.after(Side.OUT, found.status, Event.COMPLETE)
    crossings.change(connection, found.id, status=status)
    content = {"crossing": found.number, "completed_at": chain.moment(at)}
    letters.tell(
        connection, found.peer_id, Message.COMPLETION, content, crossing_id=found.id, now=at
    )


def cancel(connection: Connection, transaction_id: int, now: datetime) -> NotAnsweredInTime:
    """Take a proposal back that was not answered in time; a late answer counts no more."""
    found = of(connection, transaction_id)
    status = exchange.after(Side.OUT, found.status, Event.CANCEL)
    crossings.change(connection, found.id, status=status, ended_at=now)
    letters.tell(
        connection,
        found.peer_id,
        Message.CANCELLATION,
        {"crossing": found.number},
        crossing_id=found.id,
        now=now,
    )
    return NotAnsweredInTime()


def rejected(
    connection: Connection, transaction_id: int, code: str, now: datetime
) -> RejectedThere:
    """Note that the other registry said no."""
    found = of(connection, transaction_id)
    status = exchange.after(Side.OUT, found.status, Event.REJECT)
    crossings.change(connection, found.id, status=status, code=code, ended_at=now)
    return RejectedThere(code)


def accepted(connection: Connection, crossing_id: int) -> None:
    """Note that the other registry promised to take the credits."""
    found = crossings.locked(connection, crossing_id)
    status = exchange.after(Side.OUT, found.status, Event.ACCEPT)
    crossings.change(connection, crossing_id, status=status)


def confirmed(connection: Connection, crossing_id: int, now: datetime) -> None:
    """Note that the other registry has the credits."""
    found = crossings.locked(connection, crossing_id)
    status = exchange.after(Side.OUT, found.status, Event.CONFIRM)
    crossings.change(connection, crossing_id, status=status, ended_at=now)
