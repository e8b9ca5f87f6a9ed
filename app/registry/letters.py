"""Messages to other registries: written into the outbox with the change they tell of, then signed.

One writes here only while the account of the other registry is locked, or as the first thing in its
transaction: so the messages of each registry have one order, and nobody waits in a circle.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.domain import envelopes
from app.domain.actions import DEFAULT, Party
from app.domain.envelopes import Content, Envelope
from app.domain.exchange import Message, Side
from app.domain.policies import NONE, Policy
from app.registry.seals import Seal
from app.store import peers
from app.store.databases import AnyRow


@dataclass(frozen=True, slots=True)
class Desk:
    """Who speaks: the code of this registry, its signing key, and the rules it keeps."""

    code: str
    seal: Seal
    party: Party = DEFAULT
    policy: Policy = NONE


@dataclass(frozen=True, slots=True)
class Letter:
    """A signed message on its way to another registry."""

    peer_id: int
    number: int
    url: str
    body: bytes
    signature: bytes


def tell(
    connection: Connection,
    peer_id: int,
    kind: Message,
    content: Content,
    *,
    crossing_id: int | None = None,
    now: datetime,
) -> int:
    """Put a message to another registry into the outbox; return its number."""
    number = peers.count_told(connection, peer_id)
    peers.add_message(
        connection,
        {
            "peer_id": peer_id,
            "side": Side.OUT,
            "number": number,
            "kind": kind,
            "crossing_id": crossing_id,
            "content": content,
            "said": envelopes.said(kind, number, content),
            "created_at": now,
        },
    )
    return number


def due(connection: Connection, peer: AnyRow, desk: Desk, *, now: datetime) -> Letter | None:
    """Return the next message to another registry, signed as of now; None if none waits."""
    found = peers.unanswered(connection, peer.id)
    return None if found is None else _signed(peer, found, desk, now)


def again(
    connection: Connection, peer: AnyRow, number: int, desk: Desk, *, now: datetime
) -> Letter | None:
    """Return a message that was answered already: the other registry asks for it once more."""
    found = peers.message(connection, peer.id, Side.OUT, number)
    return None if found is None else _signed(peer, found, desk, now)


def _signed(peer: AnyRow, message: AnyRow, desk: Desk, now: datetime) -> Letter:
    envelope = Envelope(
        sender=desk.code,
        receiver=peer.code,
        number=message.number,
        sent_at=now,
        key=desk.seal.name,
        kind=message.kind,
        content=message.content,
    )
    body = envelope.encode()
    return Letter(peer.id, message.number, peer.url, body, desk.seal.sign(body))
