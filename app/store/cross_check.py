"""What went between this registry's Party and another, as the ledger's actions have it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.cross_check import Movement
from app.domain.itmo import Identifier
from app.domain.ledger import transaction_number
from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store.tables import Action, Approach, Issuance, ItmoUnits

_MOVING: Final = (ActionType.FIRST_TRANSFER, ActionType.TRANSFER, ActionType.ACQUISITION)


def movements(
    session: Session, party: str, partner: str, *, since: datetime, until: datetime, origin: str
) -> Iterator[Movement]:
    """Yield what went between two Parties from one moment until before another, oldest first.

    Args:
        origin: the code of this registry, with which its transaction numbers begin.
    """
    query = (
        select(
            Action.at,
            Action.type,
            Action.first,
            Action.last,
            Action.transaction_id,
            Approach.code,
            ItmoUnits.party_registry,
            ItmoUnits.first_transferring,
            Issuance.vintage,
        )
        .join(Issuance, Issuance.id == Action.issuance_id)
        .join(ItmoUnits, ItmoUnits.issuance_id == Issuance.id)
        .join(Approach, Approach.id == ItmoUnits.approach_id)
        .where(
            Action.type.in_(_MOVING),
            Action.counterparty == partner,
            Action.at >= since,
            Action.at < until,
        )
        .order_by(Action.at, Action.id)
    )
    for row in session.connection().execute(query):
        is_acquisition = row.type is ActionType.ACQUISITION
        named = Identifier(
            row.code,
            row.party_registry,
            row.first_transferring,
            Range(row.first, row.last).counted,
            row.vintage,
        )
        yield Movement(
            at=row.at,
            sender=partner if is_acquisition else party,
            receiver=party if is_acquisition else partner,
            is_acquisition=is_acquisition,
            identifier=named,
            tonnes=Decimal(named.range.quantity),
            place=transaction_number(origin, row.transaction_id) if row.transaction_id else "",
        )
