"""Movements worked out and not yet written: which blocks they close, and which they open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from app.domain import accounts, ledger
from app.domain.errors import SerialsNotHeld
from app.domain.ledger import Kind
from app.domain.serials import Range, overlap
from app.store import blocks, sums
from app.store.databases import AnyRow


class Side(Protocol):
    """An account that serial numbers leave or enter."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def kind(self) -> accounts.Kind:
        """Its kind."""


Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Serial numbers of one issuance that move."""

    range: Range
    issuance_id: int
    vintage: int


@dataclass(frozen=True, slots=True)
class Carving:
    """A movement worked out and not yet written: the rows it closes and opens, and what moves."""

    ranges: Sequence[Range]
    closed: Rows
    opened: Rows
    moved: list[Piece]


def carve(
    connection: Connection,
    transaction: AnyRow,
    ranges: Sequence[Range],
    *,
    source: Side,
    target: Side,
) -> Carving:
    """Work out what moving a proposal's reserved ranges closes and opens; nothing is written.

    Raises:
        SerialsNotHeld: the source does not hold every number any more.
        SecondBookShort: its balances, the second book, have less than would move.
    """
    assert transaction.kind is not Kind.ISSUANCE
    assert sum(r.quantity for r in ranges) == transaction.quantity, "reservation differs"
    closed, opened = _carved(connection, transaction, ranges, source, target)
    moved = [
        Piece(Range(row["first"], row["last"]), row["issuance_id"], row["vintage"])
        for row in opened
        if row["account_id"] == target.id
    ]
    sums.check_covered(connection, source.id, _tonnes(opened, target))
    return Carving(ranges, closed, opened, moved)


def _tonnes(opened: Rows, target: Side) -> dict[tuple[int, int], int]:
    """Return the tonnes that move by (project, vintage)."""
    tonnes: dict[tuple[int, int], int] = defaultdict(int)
    for row in opened:
        if row["account_id"] == target.id:
            tonnes[row["project_id"], row["vintage"]] += row["last"] - row["first"] + 1
    return tonnes


def _carved(
    connection: Connection,
    transaction: AnyRow,
    ranges: Sequence[Range],
    source: Side,
    target: Side,
) -> tuple[Rows, Rows]:
    """Return the rows to close and the rows to open, pair-checked against the reservation."""
    closed: Rows = []
    opened: Rows = []
    for block, wanted in _covering(connection, ranges, source):
        carved = ledger.carve(Range(block.first, block.last), wanted)
        closed.append({"at": block.first, "opened": block.opened_by, "transaction": transaction.id})
        for pieces, account in ((carved.moved, target), (carved.kept, source)):
            opened.extend(
                {
                    "opened_by": transaction.id,
                    "first": piece.first,
                    "last": piece.last,
                    "account_id": account.id,
                    "kind": account.kind,
                    "project_id": block.project_id,
                    "partner": block.partner,
                    "vintage": block.vintage,
                    "issuance_id": block.issuance_id,
                }
                for piece in pieces
            )
    return closed, opened


def _covering(
    connection: Connection, ranges: Sequence[Range], source: Side
) -> list[tuple[AnyRow, list[Range]]]:
    """Return the source's live blocks under the ranges, each with the ranges that touch it."""
    found: dict[int, tuple[AnyRow, list[Range]]] = {}
    for wanted in ranges:
        covered = 0
        for block in blocks.covering(connection, wanted):
            if block.account_id != source.id:
                raise SerialsNotHeld(wanted.first, wanted.last, field="serials")
            part = overlap(Range(block.first, block.last), wanted)
            covered += part.quantity if part else 0
            found.setdefault(block.first, (block, []))[1].append(wanted)
        if covered != wanted.quantity:
            raise SerialsNotHeld(wanted.first, wanted.last, field="serials")
    return list(found.values())
