"""What a proposed retirement or cancellation of ITMOs is for: checked, and kept with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from app.domain import serials
from app.domain.actions import Event, Party
from app.domain.chain import Value
from app.domain.ledger import Kind
from app.domain.nomenclature import CancelledFor
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.serials import Range
from app.registry import actions
from app.store import actions as questions
from app.store import blocks
from app.store.carvings import Piece
from app.store.tables import Use


@dataclass(frozen=True, slots=True)
class Meant:
    """The calendar year of a use towards the NDC, or what a cancellation serves."""

    calendar_year: int | None
    cancelled_for: CancelledFor | None

    def facts(self) -> dict[str, Value]:
        """Return what the digest of the waiting proposal covers."""
        return {"use": actions.said_of(self.calendar_year, self.cancelled_for)}


def meant(
    connection: Connection,
    kind: Kind,
    chosen: Sequence[Range],
    *,
    calendar_year: int | None,
    cancelled_for: CancelledFor | None,
    party: Party | None,
    now: datetime,
) -> Meant | None:
    """Return what a movement of ITMOs is for; None for one of other credits, or to elsewhere.

    The year of a use is that of the proposal unless another is given.

    Raises:
        Refusal: the rules forbid it, see `app.domain.actions`.
    """
    if party is None or kind in {Kind.TRANSFER, Kind.EXTERNAL_TRANSFER, Kind.ISSUANCE}:
        return None
    pieces = [piece for one in chosen for piece in _pieces(connection, one)]
    issuances = {one.issuance_id for one in pieces if one.vintage >= ITMO_VINTAGE_MIN}
    known = questions.units(connection, issuances) if issuances else {}
    if not known:
        return None
    is_use = kind is Kind.RETIREMENT
    told = actions.occurrence(
        Event.RETIRED if is_use else Event.CANCELLED,
        kind,
        party,
        now,
        calendar_year=calendar_year or now.astimezone(UTC).year,
        cancelled_for=cancelled_for,
    )
    actions.judged(connection, pieces, known, told)
    return Meant(told.calendar_year, told.cancelled_for)


def keep(connection: Connection, transaction_id: int, said: Meant) -> None:
    """Keep with a proposal what it is for."""
    connection.execute(
        insert(Use).values(
            transaction_id=transaction_id,
            calendar_year=said.calendar_year,
            cancelled_for=said.cancelled_for,
        )
    )


def _pieces(connection: Connection, wanted: Range) -> list[Piece]:
    found = []
    for block in blocks.covering(connection, wanted):
        part = serials.overlap(Range(block.first, block.last), wanted)
        assert part is not None, "it covers some of them"
        found.append(Piece(part, block.issuance_id, block.vintage))
    return found
