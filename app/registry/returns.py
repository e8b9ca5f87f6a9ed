"""Sending credits back: nothing completed is undone, a new transfer returns the same serials."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert

from app.domain import ledger, serials
from app.domain.ledger import Kind, Status
from app.domain.serials import Range, Serial
from app.domain.trust import RETURN_LIFE
from app.domain.trust_errors import (
    AlreadyReturned,
    NotHeldAnyMore,
    NotReturnable,
    TooLateToReturn,
)
from app.store import blocks, transactions, trust
from app.store.tables import Return


def check(
    connection: Connection,
    returned_id: int,
    kind: Kind,
    named: Sequence[Serial | Range],
    source_id: int,
    target_id: int,
    *,
    now: datetime,
) -> None:
    """Refuse a return that is not the whole of a transfer, from its target to its source, in time.

    The accounts are locked, so no second return can come in between.
    """
    returned = transactions.by_id(connection, returned_id)
    is_transfer = returned is not None and returned.kind is Kind.TRANSFER and kind is Kind.TRANSFER
    if returned is None or not is_transfer or returned.status is not Status.COMPLETED:
        raise NotReturnable
    if (returned.target_id, returned.source_id) != (source_id, target_id):
        raise NotReturnable
    moved = trust.moved(connection, returned)
    if serials.join(one for one in named if isinstance(one, Range)) != moved:
        raise NotReturnable
    check_open(connection, returned_id, returned.decided_at, now=now)
    check_held(connection, moved, source_id)


def check_open(
    connection: Connection, returned_id: int, completed_at: datetime, *, now: datetime
) -> None:
    """Refuse a second return, and one that comes too late."""
    for one in trust.returns_of(connection, returned_id):
        if one.status in {Status.PROPOSED, Status.COMPLETED}:
            number = ledger.transaction_number(one.target[:2], one.transaction_id)
            raise AlreadyReturned(number)
    if now >= completed_at + RETURN_LIFE:
        raise TooLateToReturn(RETURN_LIFE.days)


def check_held(connection: Connection, moved: Sequence[Range], account_id: int) -> None:
    """Refuse what the receiver holds no more; what was retired or cancelled never comes back."""
    for wanted in moved:
        for block in blocks.covering(connection, wanted):
            if block.account_id != account_id:
                gone = serials.overlap(Range(block.first, block.last), wanted) or wanted
                raise NotHeldAnyMore(gone.first, gone.last)


def link(connection: Connection, identifier: int, returned_id: int) -> None:
    """Record that a proposal sends back what another transaction brought."""
    connection.execute(insert(Return).values(transaction_id=identifier, returned_id=returned_id))
