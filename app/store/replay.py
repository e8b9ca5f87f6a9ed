"""The movements of the chain replayed in order: each must open exactly the blocks it should.

What a completed transaction closed, cut along the ranges in its sealed body, gives what it opened.
Everything before has been checked by then, so the first block that differs is the one that was
altered; what only follows from it is not held against other blocks.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, bindparam, or_, select, type_coerce
from sqlalchemy.orm import aliased
from sqlalchemy.types import NullType

from app.domain import ledger, serials
from app.domain.findings import Finding, Problem, Row, found
from app.domain.serials import SERIAL_MAX, Range
from app.store.databases import AnyRow
from app.store.streams import stream
from app.store.tables import Account, Base, Block, Decision, Issuance, Project, Transaction


@dataclass(slots=True)
class Suspects:
    """What was found so far, and what the chain says that sums can be compared with."""

    #: Transactions that were named, and those whose sealed body says nothing reliable.
    transactions: set[int] = field(default_factory=set)
    unsealed: set[int] = field(default_factory=set)
    #: Places in the chain at which a transaction that was named should stand.
    displaced: set[object] = field(default_factory=set)
    #: Blocks that were named, by their key, and the serials of which no more can be said.
    blocks: set[tuple[int, int]] = field(default_factory=set)
    serials: list[Range] = field(default_factory=list)
    #: Every (account, project, vintage) and (project, vintage, kind) that a block ever stood for.
    balances: set[tuple[int, int, int]] = field(default_factory=set)
    totals: set[tuple[int, int, str]] = field(default_factory=set)

    def hold(self, block: AnyRow) -> None:
        """Remember that a balance and a total must exist, if only at nothing."""
        self.balances.add((block.account_id, block.project_id, block.vintage))
        self.totals.add((block.project_id, block.vintage, block.kind))

    def doubt(self, range_: Range) -> bool:
        """Tell whether something was found already that touches a range."""
        return any(serials.overlap(range_, known) for known in self.serials)


def raw(table: type[Base]) -> list[Any]:
    """Return a table's columns as the driver gives them: what was altered may not fit its type."""
    return [
        type_coerce(column, NullType()).label(column.name) for column in table.__table__.columns
    ]


def of_row(row: AnyRow) -> dict[str, Any]:
    """Return what a finding tells of the numbers of a row, as they stand there."""
    return {"numbers": f"{row.first}-{row.last}", "first": row.first, "last": row.last}


def of_block(row: AnyRow) -> dict[str, Any]:
    """Return what a finding tells of a block."""
    return of_row(row) | {"opener": row.opened_by}


def of_range(range_: Range) -> dict[str, Any]:
    """Return what a finding tells of numbers, printed with the registry that issued them."""
    return {"numbers": str(range_), "first": range_.first, "last": range_.last}


def range_of(row: AnyRow) -> Range | None:
    """Return a row's serial numbers, or None where there can be no such range."""
    first, last = row.first, row.last
    whole = isinstance(first, int) and isinstance(last, int)
    return Range(first, last) if whole and 1 <= first <= last <= SERIAL_MAX else None


def movements(connection: Connection, suspects: Suspects) -> Iterator[Finding]:
    """Yield the issuances and blocks that differ from what completed transactions say."""
    yield from _strays(connection, suspects)
    numbers = {row.number: (row.id, row.kind) for row in connection.execute(select(*raw(Account)))}
    closed = _Cursor(stream(connection, _CLOSED))
    opened = _Cursor(stream(connection, _OPENED))
    issued = _Cursor(stream(connection, _ISSUED))
    for row in stream(connection, _COMPLETED):
        rows = [cursor.take(row.position) for cursor in (closed, opened, issued)]
        if row.id in suspects.unsealed:
            for block in rows[1]:
                suspects.hold(block)
        else:
            yield from _Movement(connection, row, numbers, suspects).findings(*rows)


_Opener = aliased(Transaction)
_Closer = aliased(Transaction)

_COMPLETED: Final = (
    select(Transaction.id, Transaction.position, Transaction.body)
    .where(Transaction.position.is_not(None))
    .order_by(Transaction.position)
)
_CLOSED: Final = (
    select(*raw(Block), _Closer.position.label("moved_at"), _Opener.position.label("opened_at"))
    .join(_Closer, _Closer.id == Block.closed_by)
    .outerjoin(_Opener, _Opener.id == Block.opened_by)
    .where(_Closer.position.is_not(None))
    .order_by(_Closer.position, Block.first)
)
_OPENED: Final = (
    select(
        *raw(Block),
        _Opener.position.label("moved_at"),
        type_coerce(Account.kind, NullType()).label("account_kind"),
        Issuance.first.label("issued_first"),
        Issuance.last.label("issued_last"),
        Issuance.project_id.label("issued_project"),
        Issuance.partner.label("issued_partner"),
        Issuance.vintage.label("issued_vintage"),
    )
    .join(_Opener, _Opener.id == Block.opened_by)
    .outerjoin(Account, Account.id == Block.account_id)
    .outerjoin(Issuance, Issuance.id == Block.issuance_id)
    .where(_Opener.position.is_not(None))
    .order_by(_Opener.position, Block.first)
)
_ISSUED: Final = (
    select(
        *raw(Issuance),
        _Opener.position.label("moved_at"),
        Project.reference.label("project"),
        Project.partner.label("project_partner"),
        Decision.reference.label("decision"),
    )
    .join(_Opener, _Opener.id == Issuance.transaction_id)
    .outerjoin(Project, Project.id == Issuance.project_id)
    .outerjoin(Decision, Decision.id == Issuance.decision_id)
    .where(_Opener.position.is_not(None))
    .order_by(_Opener.position)
)

#: The block of an account that held a range when a place of the chain was reached.
_OPEN_AT: Final = (
    select(*raw(Block))
    .join(_Opener, _Opener.id == Block.opened_by)
    .outerjoin(_Closer, _Closer.id == Block.closed_by)
    .where(
        Block.first <= bindparam("low"),
        Block.last >= bindparam("high"),
        Block.account_id == bindparam("account"),
        _Opener.position < bindparam("position"),
        or_(Block.closed_by.is_(None), _Closer.position > bindparam("position")),
    )
)


class _Cursor:
    """A stream in the order of the chain, from which each transaction takes its rows."""

    def __init__(self, rows: Iterator[AnyRow]) -> None:
        self._groups = groupby(rows, lambda row: row.moved_at)
        self._next: tuple[int, list[AnyRow]] | None = None
        self._advance()

    def take(self, position: int) -> list[AnyRow]:
        """Return the rows that belong to this place of the chain."""
        if self._next is None or self._next[0] != position:
            return []
        rows = self._next[1]
        self._advance()
        return rows

    def _advance(self) -> None:
        found = next(self._groups, None)
        self._next = None if found is None else (found[0], list(found[1]))


def _strays(connection: Connection, suspects: Suspects) -> Iterator[Finding]:
    """Yield blocks and issuances that name no completed transaction as theirs."""
    for table, column, problem in (
        (Issuance, Issuance.transaction_id, Problem.MADE_UNFINISHED),
        (Block, Block.opened_by, Problem.OPENED_UNFINISHED),
        (Block, Block.closed_by, Problem.CLOSED_UNFINISHED),
    ):
        query = (
            select(*raw(table), column.label("by"))
            .outerjoin(Transaction, Transaction.id == column)
            .where(column.is_not(None), Transaction.position.is_(None))
        )
        for row in stream(connection, query):
            is_block = table is Block
            if row.by not in suspects.transactions:
                naming, facts = (Row.BLOCK, of_block(row)) if is_block else (Row.ID, {"id": row.id})
                yield found(table.__tablename__, naming, problem, **facts, by=row.by)
            if is_block:
                _suspect(suspects, row)


def _suspect(suspects: Suspects, row: AnyRow) -> None:
    suspects.blocks.add((row.opened_by, row.first))
    range_ = range_of(row)
    if range_:
        suspects.serials.append(range_)


_Piece = tuple[int, int, int]


class _Movement:
    """One completed transaction: what its sealed body says, against the rows that name it."""

    def __init__(
        self,
        connection: Connection,
        row: AnyRow,
        numbers: dict[str, tuple[int, str]],
        suspects: Suspects,
    ) -> None:
        self.connection = connection
        self.id: int = row.id
        self.position: int = row.position
        self.sealed: dict[str, Any] = json.loads(row.body)
        self.ranges = [Range(first, last) for first, last in self.sealed["ranges"]]
        self.source = numbers.get(self.sealed["source"], (0, ""))[0]
        self.target = numbers.get(self.sealed["target"], (0, ""))[0]
        self.suspects = suspects

    def findings(
        self, closed: list[AnyRow], opened: list[AnyRow], issued: list[AnyRow]
    ) -> Iterator[Finding]:
        """Yield what differs, in the order in which one follows from the other."""
        # Credits are created by an issuance, and by the first arrival of what others issued.
        if "issuance" in self.sealed:
            yield from self._issued(issued)
            expected = {(r.first, r.last, self.target) for r in self.ranges}
        else:
            yield from self._closed(closed)
            expected = self._pieces(closed)
        yield from self._opened(opened, expected)

    def _issued(self, issued: list[AnyRow]) -> Iterator[Finding]:
        said = self.sealed["issuance"]
        expected = (
            [range_.first for range_ in self.ranges],
            [range_.last for range_ in self.ranges],
            *(said[name] for name in ("project", "decision", "partner", "vintage", "unit_class")),
        )
        for row in issued:
            kept = (
                [row.first],
                [row.last],
                *(row.project, row.decision, row.partner, row.vintage, row.unit_class),
            )
            if kept != expected or row.partner != row.project_partner:
                self.suspects.serials += self.ranges
                yield found("issuances", Row.ID, Problem.SEALED_BODY_DIFFERS, id=row.id)
        if len(issued) != 1:
            facts = {"by": self.id, "count": len(issued)}
            yield found("issuances", Row.OF_TRANSACTION, Problem.ISSUANCES_COUNT, **facts)

    def _closed(self, closed: list[AnyRow]) -> Iterator[Finding]:
        """Compare the blocks it closed with its ranges; leave in `closed` what it should have."""
        for row in list(closed):
            known = (row.opened_by, row.first) in self.suspects.blocks
            range_ = range_of(row)
            fits = (
                range_ is not None
                and row.account_id == self.source
                and self._before(row)
                and any(serials.overlap(range_, wanted) for wanted in self.ranges)
            )
            if known or not fits:
                closed.remove(row)
                _suspect(self.suspects, row)
            if not known and not fits:
                yield _block(row, Problem.NOT_AS_CLOSED, mover=self.id)
        have = [range_ for row in closed if (range_ := range_of(row))]
        for wanted in self.ranges:
            for missing in serials.difference(wanted, have):
                if not self.suspects.doubt(missing):
                    yield self._left_open(missing, closed)

    def _before(self, row: AnyRow) -> bool:
        """Tell whether a block was opened before this transaction, as far as that is known."""
        opened_at = row.opened_at or SERIAL_MAX
        return opened_at < self.position or row.opened_by in self.suspects.transactions

    def _left_open(self, missing: Range, closed: list[AnyRow]) -> Finding:
        """Name the block that this transaction should have closed, and count it as closed."""
        sought = {
            "low": missing.first,
            "high": missing.last,
            "account": self.source,
            "position": self.position,
        }
        held = self.connection.execute(_OPEN_AT, sought).first()
        if held is None:
            self.suspects.serials.append(missing)
            facts = of_range(missing) | {"mover": self.id}
            return found("blocks", Row.NUMBERS, Problem.MOVED_MISSING, **facts)
        closed.append(held)
        self.suspects.blocks.add((held.opened_by, held.first))
        return _block(held, Problem.NOT_CLOSED, by=self.id)

    def _pieces(self, closed: list[AnyRow]) -> set[_Piece]:
        expected: set[_Piece] = set()
        for row in closed:
            carved = ledger.carve(Range(row.first, row.last), self.ranges)
            for parts, account in ((carved.moved, self.target), (carved.kept, self.source)):
                expected |= {(part.first, part.last, account) for part in parts}
        return expected

    def _opened(self, opened: list[AnyRow], expected: set[_Piece]) -> Iterator[Finding]:
        wrong: list[AnyRow] = []
        present: set[_Piece] = set()
        for row in opened:
            range_ = range_of(row)
            piece = (row.first, row.last, row.account_id)
            if (range_ and self.suspects.doubt(range_)) or (piece in expected and _inherits(row)):
                present.add(piece)
                self.suspects.hold(row)
            else:
                wrong.append(row)
                yield _block(row, Problem.NOT_AS_OPENED, mover=self.id)
        missing = [Range(first, last) for first, last, _ in sorted(expected - present)]
        altered = [range_ for row in wrong if (range_ := range_of(row))]
        for range_ in missing:
            explained = any(serials.overlap(range_, other) for other in altered)
            if not explained and not self.suspects.doubt(range_):
                facts = of_range(range_) | {"opener": self.id}
                yield found("blocks", Row.BLOCK, Problem.MISSING, **facts)
        self.suspects.serials += missing
        for row in wrong:
            _suspect(self.suspects, row)


def _block(row: AnyRow, problem: Problem, **facts: int) -> Finding:
    return found("blocks", Row.BLOCK, problem, **of_block(row), **facts)


def _inherits(row: AnyRow) -> bool:
    """Tell whether a block bears what its issuance and its account give it."""
    return bool(
        row.kind == row.account_kind
        and row.issued_first is not None
        and row.issued_first <= row.first
        and row.last <= row.issued_last
        and row.project_id == row.issued_project
        and row.partner == row.issued_partner
        and row.vintage == row.issued_vintage
    )
