"""Announcements of issuances between two registries: told in the order of the serial numbers."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import ledger
from app.domain.envelopes import Content
from app.domain.exchange import Code, Message
from app.domain.exchange_errors import MessageRejected
from app.domain.peer_issuances import Announced, read
from app.domain.peer_issuances import partner as shared
from app.registry import letters
from app.store import accounts, peer_issuances, peers
from app.store.databases import AnyRow, Database

#: Announcements told in one transaction.
_AT_ONCE: Final = 100

#: Writes what was heard, once the message that said it has its id.
Keep = Callable[[int], None]


def tell_due(database: Database, own: str, *, now: datetime) -> int:
    """Announce every issuance that a registry has not been told of; return how many."""
    with database.reading() as session:
        connection = session.connection()
        found = [
            peer.id
            for peer in peers.everyone(session)
            if not peer.is_suspended and _due(connection, peer, own, size=1)
        ]
    return sum(_tell_all(database, peer_id, own, now) for peer_id in found)


def _tell_all(database: Database, peer_id: int, own: str, now: datetime) -> int:
    total, told = 0, _AT_ONCE
    while told == _AT_ONCE:
        told = database.write(partial(tell, peer_id=peer_id, own=own, now=now))
        total += told
    return total


def tell(session: Session, peer_id: int, own: str, *, now: datetime) -> int:
    """Put announcements of what a registry has not been told of into the outbox."""
    connection = session.connection()
    accounts.lock_ids(connection, [peers.by_id(connection, peer_id).account_id])
    due = _due(connection, peers.by_id(connection, peer_id), own, size=_AT_ONCE)
    for row in due:
        told = Announced(
            reference=ledger.transaction_number(own, row.transaction_id),
            decision=row.decision,
            project=row.project,
            vintage=row.vintage,
            quantity=row.quantity,
            issued_at=row.decided_at,
            # A day that was never published may stand for one that nobody knows.
            decided_on=row.decided_on if row.date_is_public else None,
        )
        letters.tell(connection, peer_id, Message.ANNOUNCEMENT, told.content(), now=now)
    if due:
        peer_issuances.note_told(connection, peer_id, due[-1].first)
    return len(due)


def _due(connection: Connection, peer: AnyRow, own: str, *, size: int) -> list[AnyRow]:
    partner = shared(own, peer.code)
    if partner is None:
        return []
    return list(peer_issuances.untold(connection, partner, peer.announced, size))


def hear(connection: Connection, peer: AnyRow, content: Content, own: str) -> Keep | None:
    """Look at an announcement; return what keeps it, or None if it is known already.

    Raises:
        MessageRejected: it is malformed, says otherwise what was announced under its number
            before, or does not fit the decision as it is recorded here.
    """
    told = read(content, peer.code)
    known = peer_issuances.by_reference(connection, peer.id, told.reference)
    if known is not None:
        if _of(known) != told:
            raise MessageRejected(Code.NUMBER_USED, told.reference)
        return None
    decision = peer_issuances.decision(connection, told.decision)
    here = shared(own, peer.code)
    if decision is not None and (decision.project, decision.partner) != (told.project, here):
        raise MessageRejected(Code.ATTRIBUTES_DIFFER, told.decision)
    return partial(_keep, connection, peer.id, told)


def _of(row: AnyRow) -> Announced:
    return Announced(
        row.reference,
        row.decision,
        row.project,
        row.vintage,
        row.quantity,
        row.issued_at,
        row.decided_on,
    )


def _keep(connection: Connection, peer_id: int, told: Announced, message_id: int) -> None:
    peer_issuances.add(
        connection,
        {
            "peer_id": peer_id,
            "message_id": message_id,
            "reference": told.reference,
            "decision": told.decision,
            "project": told.project,
            "vintage": told.vintage,
            "quantity": told.quantity,
            "issued_at": told.issued_at,
            "decided_on": told.decided_on,
        },
    )
