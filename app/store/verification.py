"""The whole ledger checked against its chain: every row of it follows from what was completed.

For each completed transaction the blocks it closed, cut along the ranges in its sealed body, must
give exactly the blocks it opened. All tables are read as ordered streams, so the check needs
constant memory whatever the size of the ledger.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import Session, aliased

from app.domain import chain, ledger
from app.domain.ledger import Kind, Status
from app.domain.serials import Range, quantity
from app.store import blocks, transactions
from app.store.databases import AnyRow
from app.store.tables import (
    Account,
    Balance,
    Block,
    ChainHead,
    Decision,
    Issuance,
    Project,
    Reservation,
    Total,
    Transaction,
)

_CHUNK = 5_000
_INHERITED = ("project_id", "partner", "vintage", "issuance_id")


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that does not follow from the chain."""

    table: str
    row: str
    problem: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was read, for the report of a clean run."""

    transactions: int
    blocks: int
    credits: int


def findings(session: Session) -> Iterator[Finding]:
    """Yield every row that is wrong, the chain's first."""
    connection = session.connection()
    yield from _chain(connection)
    yield from _movements(connection)
    yield from _live(connection)
    yield from _waiting(connection)


def checked(session: Session) -> Checked:
    """Return what a run reads."""
    connection = session.connection()
    head = connection.execute(select(ChainHead)).one()
    rows = connection.exec_driver_sql("SELECT count(*) FROM blocks").scalar_one()
    return Checked(head.position, rows, head.serial_next - 1)


def _stream(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[AnyRow]:
    options = connection.execution_options(stream_results=True, yield_per=_CHUNK)
    yield from options.execute(query)


# 1. The chain: digests in order, and columns as their sealed bodies say

_Source = aliased(Account)
_Target = aliased(Account)
_TRANSACTIONS = (
    select(
        Transaction.__table__,
        _Source.number.label("source"),
        _Source.kind.label("source_kind"),
        _Target.number.label("target"),
        _Target.kind.label("target_kind"),
    )
    .outerjoin(_Source, _Source.id == Transaction.source_id)
    .outerjoin(_Target, _Target.id == Transaction.target_id)
)


def _chain(connection: Connection) -> Iterator[Finding]:
    previous, position = chain.GENESIS, 0
    query = _TRANSACTIONS.where(Transaction.position.is_not(None)).order_by(Transaction.position)
    for row in _stream(connection, query):
        position += 1
        problem = _link_problem(row, position, previous)
        if problem:
            yield Finding("transactions", str(row.id), problem)
        previous = row.digest
    head = connection.execute(select(ChainHead)).one_or_none()
    if head is None:
        yield Finding("chain_head", "1", "is missing")
    elif (head.position, head.digest) != (position, previous):
        yield Finding("chain_head", "1", f"does not follow the last link, {position}")


def _link_problem(row: AnyRow, position: int, previous: bytes) -> str:
    if row.position != position:
        return f"stands at {row.position} of the chain instead of {position}"
    if row.body is None or chain.digest(row.body, previous) != row.digest:
        return "digest is not that of its body over the one before"
    sealed = json.loads(row.body)
    for name in ("ranges", "issuance"):
        sealed.pop(name, None)
    if _readable(_facts(row) | {"position": row.position}) != sealed:
        return "columns differ from the sealed body"
    return ""


def _facts(row: AnyRow) -> dict[str, chain.Value]:
    values = transactions.values(row)
    facts = transactions.facts(values, source=row.source, target=row.target)
    if row.status is not Status.PROPOSED:
        facts["number"] = ledger.transaction_number((row.target or "")[:2], row.id)
    return facts


def _readable(facts: dict[str, chain.Value]) -> Any:
    return json.loads(chain.canonical(facts))


# 2. Movements: what each transaction closed, cut along its ranges, is what it opened


class _Cursor:
    """A stream ordered by transaction, from which each transaction takes its rows."""

    def __init__(self, rows: Iterator[AnyRow], of: Callable[[AnyRow], int]) -> None:
        self._groups = groupby(rows, of)
        self._next: tuple[int, list[AnyRow]] | None = None
        self._advance()

    def take(self, transaction: int | None) -> tuple[list[AnyRow], list[AnyRow]]:
        """Return the rows of a transaction, and those passed over that belong to none."""
        orphans: list[AnyRow] = []
        while self._next and (transaction is None or self._next[0] < transaction):
            orphans += self._next[1]
            self._advance()
        if self._next is None or self._next[0] != transaction:
            return [], orphans
        rows = self._next[1]
        self._advance()
        return rows, orphans

    def _advance(self) -> None:
        found = next(self._groups, None)
        self._next = None if found is None else (found[0], list(found[1]))


def _movements(connection: Connection) -> Iterator[Finding]:
    closed = _Cursor(
        _stream(
            connection,
            select(Block.__table__)
            .where(Block.closed_by.is_not(None))
            .order_by(Block.closed_by, Block.first),
        ),
        lambda row: int(row.closed_by),
    )
    opened = _Cursor(
        _stream(connection, select(Block.__table__).order_by(Block.opened_by, Block.first)),
        lambda row: int(row.opened_by),
    )
    issued = _Cursor(
        _stream(connection, _ISSUANCES.order_by(Issuance.transaction_id)),
        lambda row: int(row.transaction_id),
    )
    for row in _stream(connection, _TRANSACTIONS.order_by(Transaction.id)):
        found = [cursor.take(row.id) for cursor in (closed, opened, issued)]
        yield from _orphans(orphans for _, orphans in found)
        yield from _movement(row, *(rows for rows, _ in found))
    yield from _orphans(cursor.take(None)[1] for cursor in (closed, opened, issued))


_ISSUANCES = (
    select(
        Issuance.__table__,
        Project.reference.label("project"),
        Project.partner.label("project_partner"),
        Decision.reference.label("decision"),
    )
    .outerjoin(Project, Project.id == Issuance.project_id)
    .outerjoin(Decision, Decision.id == Issuance.decision_id)
)


def _orphans(found: Iterator[list[AnyRow]]) -> Iterator[Finding]:
    for rows in found:
        for row in rows:
            yield Finding("blocks", _named(row), "belongs to no transaction")


def _movement(
    row: AnyRow, closed: list[AnyRow], opened: list[AnyRow], issued: list[AnyRow]
) -> Iterator[Finding]:
    if row.position is None:
        for block in (*closed, *opened):
            yield Finding("blocks", _named(block), f"moved by {row.id}, which did not complete")
        if row.digest != chain.digest(chain.canonical(_facts(row))):
            yield Finding("transactions", str(row.id), "columns differ from the digest")
        return
    sealed = json.loads(row.body)
    ranges = [Range(first, last) for first, last in sealed["ranges"]]
    if quantity(ranges) != row.quantity:
        yield Finding("transactions", str(row.id), "quantity is not that of its ranges")
    if row.kind is Kind.ISSUANCE:
        expected, problem = _issued(row, sealed, issued, ranges)
    else:
        expected, problem = _carved(row, closed, ranges)
    if problem is not None:
        yield problem
    yield from _differences(row, expected, opened)


_Piece = tuple[int, int, int, str, int, str, int, int]


def _issued(
    row: AnyRow, sealed: dict[str, Any], issued: list[AnyRow], ranges: list[Range]
) -> tuple[set[_Piece], Finding | None]:
    if len(issued) != 1:
        return set(), Finding("transactions", str(row.id), "has not exactly one issuance")
    found = issued[0]
    said = sealed["issuance"]
    same = (
        [Range(found.first, found.last)] == ranges
        and found.project == said["project"]
        and found.decision == said["decision"]
        and found.partner == found.project_partner == said["partner"]
        and found.vintage == said["vintage"]
        and found.unit_class == said["unit_class"]
    )
    problem = None if same else Finding("issuances", str(found.id), "differs from the sealed body")
    inherited = (found.project_id, found.partner, found.vintage, found.id)
    pieces: set[_Piece] = {
        (r.first, r.last, row.target_id, row.target_kind, *inherited) for r in ranges
    }
    return pieces, problem


def _carved(
    row: AnyRow, closed: list[AnyRow], ranges: Sequence[Range]
) -> tuple[set[_Piece], Finding | None]:
    expected: set[_Piece] = set()
    moved = 0
    for block in closed:
        if block.account_id != row.source_id:
            return expected, Finding("blocks", _named(block), "left an account not its own")
        pieces = ledger.carve(Range(block.first, block.last), ranges)
        moved += quantity(pieces.moved)
        inherited = tuple(getattr(block, name) for name in _INHERITED)
        for parts, account, kind in (
            (pieces.moved, row.target_id, row.target_kind),
            (pieces.kept, row.source_id, row.source_kind),
        ):
            expected |= {(part.first, part.last, account, kind, *inherited) for part in parts}
    if moved != row.quantity:
        return expected, Finding(
            "transactions", str(row.id), "blocks it closed differ from its ranges"
        )
    return expected, None


def _differences(row: AnyRow, expected: set[_Piece], opened: list[AnyRow]) -> Iterator[Finding]:
    names = ("first", "last", "account_id", "kind", *_INHERITED)
    present = {tuple(getattr(block, name) for name in names): block for block in opened}
    for piece, block in present.items():
        if piece not in expected:
            yield Finding("blocks", _named(block), f"is not what transaction {row.id} opened")
    for missing in expected - set(present):
        yield Finding("blocks", f"{missing[0]}-{missing[1]}", f"of transaction {row.id} is missing")


def _named(row: AnyRow) -> str:
    return f"{row.first}-{row.last}"


# 3. Live blocks: no overlap, no gap against what was issued, and the sums kept of them


def _live(connection: Connection) -> Iterator[Finding]:
    balances: dict[tuple[int, int, int], int] = defaultdict(int)
    totals: dict[tuple[int, int, str], int] = defaultdict(int)
    expected = 1
    query = select(Block.__table__).where(Block.closed_by.is_(None)).order_by(Block.first)
    for row in _stream(connection, query):
        if row.first != expected:
            kind = "overlaps the block before it" if row.first < expected else "leaves a gap"
            yield Finding("blocks", _named(row), kind)
        expected = row.last + 1
        tonnes = row.last - row.first + 1
        balances[row.account_id, row.project_id, row.vintage] += tonnes
        totals[row.project_id, row.vintage, row.kind] += tonnes
    head = connection.execute(select(ChainHead)).one_or_none()
    if head is not None and head.serial_next != expected:
        yield Finding("chain_head", "1", f"next serial is not {expected}")
    issued = connection.execute(select(Issuance.__table__).order_by(Issuance.first))
    expected = 1
    for row in issued:
        if row.first != expected:
            yield Finding("issuances", str(row.id), f"does not begin at serial {expected}")
        expected = row.last + 1
    keys = (("account_id", "project_id", "vintage"), ("project_id", "vintage", "kind"))
    yield from _sums(connection, Balance, keys[0], balances)
    yield from _sums(connection, Total, keys[1], totals)


def _sums(
    connection: Connection,
    table: type[Balance] | type[Total],
    key: Sequence[str],
    counted: dict[Any, int],
) -> Iterator[Finding]:
    for row in _stream(connection, select(table.__table__)):
        named = tuple(getattr(row, name) for name in key)
        tonnes = counted.pop(named, 0)
        if tonnes != row.quantity:
            problem = f"says {row.quantity}, its blocks {tonnes}"
            yield Finding(table.__tablename__, "/".join(map(str, named)), problem)
    for named, tonnes in counted.items():
        if tonnes:
            problem = f"is missing, its blocks hold {tonnes}"
            yield Finding(table.__tablename__, "/".join(map(str, named)), problem)


# 4. Reservations: those of waiting proposals, each held by its source


def _waiting(connection: Connection) -> Iterator[Finding]:
    query = (
        select(Reservation.__table__, Transaction.status, Transaction.source_id)
        .outerjoin(Transaction, Transaction.id == Reservation.transaction_id)
        .order_by(Reservation.first)
    )
    tonnes: dict[int, int] = defaultdict(int)
    last = 0
    for row in connection.execute(query):
        named = Range(row.first, row.last)
        tonnes[row.transaction_id] += named.quantity
        if row.status is not Status.PROPOSED or row.first <= last:
            yield Finding("reservations", _named(row), "is of no waiting proposal, or overlaps")
        covering = blocks.covering(connection, named)
        if any(block.account_id != row.source_id for block in covering):
            yield Finding("reservations", _named(row), "is not held by its source")
        last = row.last
    waiting = select(Transaction.id, Transaction.quantity).where(
        Transaction.status == Status.PROPOSED, Transaction.kind != Kind.ISSUANCE
    )
    for row in connection.execute(waiting):
        if tonnes[row.id] != row.quantity:
            yield Finding("transactions", str(row.id), "quantity is not what it reserves")
