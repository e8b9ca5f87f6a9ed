"""Questions about how blocks got where they are, for the two sides of a reconciliation."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import bands, chain, ledger
from app.domain.ledger import Kind
from app.domain.serials import Range
from app.store import blocks
from app.store.tables import Arrival, Crossing

#: Blocks of which a history is told, and steps of each, the newest first.
BLOCKS_MAX: Final = 25
_STEPS_MAX: Final = 20
History = list[dict[str, Any]]


def of(session: Session, ranges: Iterable[Range], own: str) -> History:
    """Return how blocks of the ledger got where they are, each as its lowest number did."""
    found: History = []
    for place in list(ranges)[:BLOCKS_MAX]:
        origin, numbers = bands.printed(place, own=own)
        steps = blocks.life(session, place.first)[:_STEPS_MAX]
        crossed = _crossings(session, [step.opened_by for step in steps])
        found.append(
            {
                "origin": origin,
                "first": numbers.first,
                "last": numbers.last,
                "steps": [
                    {
                        "at": chain.moment(step.at),
                        "kind": str(step.by),
                        "transaction": ledger.transaction_number(own, step.opened_by),
                        "crossing": crossed.get(step.opened_by, ""),
                    }
                    for step in steps
                ],
            }
        )
    return found


def told(history: History) -> History:
    """Return what of a history the other registry is told: issuances, and what crossed."""
    return [
        block
        | {
            "steps": [
                step for step in block["steps"] if step["crossing"] or step["kind"] == Kind.ISSUANCE
            ]
        }
        for block in history
    ]


def _crossings(session: Session, transactions: list[int]) -> dict[int, str]:
    """Return the numbers of the crossings that transactions were."""
    out = select(Crossing.transaction_id, Crossing.number).where(
        Crossing.transaction_id.in_(transactions)
    )
    into = (
        select(Arrival.transaction_id, Crossing.number)
        .join(Crossing, Crossing.id == Arrival.crossing_id)
        .where(Arrival.transaction_id.in_(transactions))
    )
    connection = session.connection()
    return {
        row.transaction_id: row.number or ""
        for query in (out, into)
        for row in connection.execute(query)
    }
