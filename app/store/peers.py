"""Questions about other registries: who they are, their keys, and what was told and heard."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.domain.exchange import Side
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Account,
    Crossing,
    ExchangeMessage,
    Peer,
    PeerKey,
    Reconciliation,
    Transaction,
)

_COLUMNS = (
    *Peer.__table__.columns,
    Account.number.label("account"),
    Account.kind.label("account_kind"),
)
_PEERS = select(*_COLUMNS).join(Account, Account.id == Peer.account_id)
_BY_CODE = Statement(_PEERS.where(Peer.code == bindparam("code")))
_BY_ID = Statement(_PEERS.where(Peer.id == bindparam("id")))
_OF_ACCOUNT = Statement(_PEERS.where(Peer.account_id == bindparam("account")))
_KEY = Statement(
    select(PeerKey.public, PeerKey.retired_at).where(
        PeerKey.peer_id == bindparam("peer"), PeerKey.key == bindparam("key")
    )
)
_MESSAGE = Statement(
    select(ExchangeMessage.__table__).where(
        ExchangeMessage.peer_id == bindparam("peer"),
        ExchangeMessage.side == bindparam("side"),
        ExchangeMessage.number == bindparam("number"),
    )
)
_TOLD = Statement(
    update(Peer).where(Peer.id == bindparam("peer")).values(told=Peer.told + 1).returning(Peer.told)
)
_HEARD = Statement(
    update(Peer)
    .where(Peer.id == bindparam("peer"), Peer.heard == bindparam("before"))
    .values(heard=Peer.heard + 1, heard_at=bindparam("at"))
)
_HEARD_AGAIN = Statement(
    update(Peer).where(Peer.id == bindparam("peer")).values(heard_at=bindparam("at"))
)
_UNANSWERED = Statement(
    select(ExchangeMessage.__table__)
    .where(
        ExchangeMessage.peer_id == bindparam("peer"),
        ExchangeMessage.side == Side.OUT,
        ExchangeMessage.answer.is_(None),
    )
    .order_by(ExchangeMessage.number)
    .limit(1)
)


_MESSAGE_COLUMNS = [c.name for c in ExchangeMessage.__table__.columns if c.name != "id"]
_ADD_MESSAGE = Statement(
    insert(ExchangeMessage)
    .values({name: bindparam(name) for name in _MESSAGE_COLUMNS})
    .returning(ExchangeMessage.id)
)
_ANSWERED = (
    *("envelope", "signature", "sent_at", "answer", "code"),
    *("reply", "reply_signature", "answered_at"),
)
_ANSWER = Statement(
    update(ExchangeMessage)
    .where(ExchangeMessage.id == bindparam("message"), ExchangeMessage.answer.is_(None))
    .values({name: bindparam(f"new_{name}") for name in _ANSWERED})
)


def by_code(connection: Connection, code: str) -> AnyRow | None:
    """Return another registry by its code, with the number of its account."""
    return _BY_CODE.row(connection, code=code)


def by_id(connection: Connection, peer_id: int) -> AnyRow:
    """Return another registry, with the number of its account."""
    found = _BY_ID.row(connection, id=peer_id)
    assert found is not None, "peers are never deleted"
    return found


def of_account(connection: Connection, account_id: int) -> AnyRow:
    """Return the registry whose account this is."""
    found = _OF_ACCOUNT.row(connection, account=account_id)
    assert found is not None, "an account of what lies elsewhere has its registry"
    return found


def everyone(session: Session) -> Sequence[AnyRow]:
    """Return all registries with which this one exchanges, by their code."""
    return session.connection().execute(_PEERS.order_by(Peer.code)).all()


def key(connection: Connection, peer_id: int, name: str) -> AnyRow | None:
    """Return a public key of another registry, also one that was retired."""
    return _KEY.row(connection, peer=peer_id, key=name)


def keys(session: Session, peer_id: int) -> Sequence[PeerKey]:
    """Return all keys of another registry, in the order in which they were added."""
    query = select(PeerKey).where(PeerKey.peer_id == peer_id).order_by(PeerKey.id)
    return session.scalars(query).all()


def message(connection: Connection, peer_id: int, side: Side, number: int) -> AnyRow | None:
    """Return a message by its number."""
    return _MESSAGE.row(connection, peer=peer_id, side=side, number=number)


def unanswered(connection: Connection, peer_id: int) -> AnyRow | None:
    """Return the first message to another registry that it has not answered."""
    return _UNANSWERED.row(connection, peer=peer_id)


def waiting(session: Session) -> dict[int, int]:
    """Return by registry how many messages to it wait for an answer."""
    query = (
        select(ExchangeMessage.peer_id, func.count().label("waiting"))
        .where(ExchangeMessage.side == Side.OUT, ExchangeMessage.answer.is_(None))
        .group_by(ExchangeMessage.peer_id)
    )
    return {row.peer_id: row.waiting for row in session.connection().execute(query)}


def count_told(connection: Connection, peer_id: int) -> int:
    """Take the next number of a message to another registry; its row stays locked."""
    found = _TOLD.row(connection, peer=peer_id)
    assert found is not None
    return int(found.told)


def count_heard(connection: Connection, peer_id: int, before: int, at: datetime) -> None:
    """Note that the message after `before` was looked at; `at` is when the newest was sent."""
    done = _HEARD.run(connection, [{"peer": peer_id, "before": before, "at": at}])
    assert done == 1, "another message was looked at meanwhile"


def heard_again(connection: Connection, peer_id: int, at: datetime) -> None:
    """Note that a message was sent once more, and when."""
    _HEARD_AGAIN.run(connection, [{"peer": peer_id, "at": at}])


def add_message(connection: Connection, values: dict[str, Any]) -> int:
    """Write a message; return its id."""
    made = _ADD_MESSAGE.row(connection, **(dict.fromkeys(_MESSAGE_COLUMNS) | values))
    assert made is not None
    return int(made.id)


def answer_message(connection: Connection, message_id: int, values: dict[str, Any]) -> None:
    """Write the answer to a message that was told."""
    new = {f"new_{name}": values.get(name) for name in _ANSWERED}
    done = _ANSWER.run(connection, [{"message": message_id, **new}])
    assert done == 1, "it was answered before"


_CROSSING = Statement(
    select(Crossing.__table__).where(
        Crossing.peer_id == bindparam("peer"),
        Crossing.side == bindparam("side"),
        Crossing.number == bindparam("number"),
    )
)
_OF_TRANSACTION = Statement(
    select(Crossing.__table__).where(Crossing.transaction_id == bindparam("transaction"))
)


def crossing(connection: Connection, peer_id: int, side: Side, number: str) -> AnyRow | None:
    """Return a crossing by the number of its transaction in the sending registry."""
    return _CROSSING.row(connection, peer=peer_id, side=side, number=number)


def crossing_of(connection: Connection, transaction_id: int) -> AnyRow | None:
    """Return the crossing that a transfer to another registry is."""
    return _OF_TRANSACTION.row(connection, transaction=transaction_id)


def has_begun(connection: Connection, before: datetime) -> bool:
    """Tell whether anything moved in this registry before a moment."""
    first = connection.execute(
        select(Transaction.proposed_at).order_by(Transaction.id).limit(1)
    ).scalar_one_or_none()
    return first is not None and first < before


def reconciled_since(connection: Connection, peer_id: int | None, since: datetime) -> bool:
    """Tell whether this registry began a reconciliation since a moment; without id, its own."""
    query = select(Reconciliation.id).where(
        Reconciliation.peer_id == peer_id,
        Reconciliation.is_ours,
        Reconciliation.started_at >= since,
    )
    return connection.execute(query.limit(1)).first() is not None
