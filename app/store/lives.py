"""Questions about the life of serial numbers: their blocks from the issuance on, all by probes.

Every step from a block to those cut from it looks in an index for the transaction that closed it
and for the place in the sequence, however many blocks the registry has.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from app.domain import accounts, bands, serials
from app.domain.lives import Held, Movement, Part
from app.domain.serials import Range
from app.store import issuances
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import Account, Block, Certificate, ChainHead, Issuance, Transaction

#: Blocks that are added up to say how much of a range lies where.
COUNTED_MAX: Final = 1_000
#: Issuances with which a tree begins.
ISSUANCES_MAX: Final = 100

_low = bindparam("low", type_=BigInteger)
_high = bindparam("high", type_=BigInteger)
_size = bindparam("size", type_=BigInteger)


def _begin(column: SQLColumnExpression[int], *among: Any) -> ColumnElement[int]:
    """Where to begin reading: at the last row that does not begin above the lowest number."""
    greatest = select(func.max(column)).where(*among, column <= _low)
    return func.coalesce(greatest.correlate(None).scalar_subquery(), _low)


# Where numbers lie now

_live = Block.closed_by.is_(None)
_within = (_live, Block.first >= _begin(Block.first, _live), Block.first <= _high)
_lying = select(Block.first, Block.last, Block.kind, Block.account_id).where(
    *_within, Block.last >= _low
)
_FORWARDS = Statement(_lying.order_by(Block.first).limit(_size))
_BACKWARDS = Statement(_lying.order_by(Block.first.desc()).limit(_size))

_counted = _lying.order_by(Block.first).limit(_size).subquery()
_from = case((_counted.c.first < _low, _low), else_=_counted.c.first)
_to = case((_counted.c.last > _high, _high), else_=_counted.c.last)
_TOTALS = Statement(
    select(
        _counted.c.kind,
        func.count().label("blocks"),
        func.sum(_to - _from + 1).label("tonnes"),
    ).group_by(_counted.c.kind)
)
_NEXT = select(ChainHead.serial_next).where(ChainHead.id == 1)


def issued(session: Session) -> int:
    """Return the highest serial number issued, or 0."""
    return session.connection().execute(_NEXT).scalar_one() - 1


def known(session: Session, wanted: Range) -> Range | None:
    """Return what of a range stands in the ledger, from its beginning on; None if nothing does.

    Own numbers have no gap. Of those of another registry it is what came in together.
    """
    if bands.is_own(wanted.first):
        last = issued(session)
        return Range(wanted.first, min(wanted.last, last)) if wanted.first <= last else None
    found = issuances.of_range(session, wanted, size=1)
    return serials.overlap(wanted, Range(found[0].first, found[0].last)) if found else None


def parts(session: Session, wanted: Range, *, size: int, from_end: bool = False) -> list[Part]:
    """Return where a range lies, ascending: its first parts, or its last."""
    query = _BACKWARDS if from_end else _FORWARDS
    values = {"low": wanted.first, "high": wanted.last, "size": size}
    found = query.rows(session.connection(), **values)
    return [_part(row, wanted) for row in (found[::-1] if from_end else found)]


def _part(row: AnyRow, wanted: Range) -> Part:
    numbers = Range(max(row.first, wanted.first), min(row.last, wanted.last))
    return Part(numbers, row.kind, row.account_id)


def totals(
    session: Session, wanted: Range, *, parts_max: int = COUNTED_MAX
) -> dict[accounts.Kind, int] | None:
    """Return the tonnes of a range in each kind of account; None when it lies in too many parts."""
    values = {"low": wanted.first, "high": wanted.last, "size": parts_max + 1}
    found = _TOTALS.rows(session.connection(), **values)
    if sum(row.blocks for row in found) > parts_max:
        return None
    return {row.kind: int(row.tonnes) for row in found}


# How they came there

_COLUMNS: Final = ("opened_by", "first", "last", "account_id", "kind", "closed_by")


def _block(table: Any) -> list[Any]:
    return [getattr(table, name) for name in _COLUMNS]


#: The blocks as they were issued, or those that one transaction opened.
_issuances = (
    select(Issuance.transaction_id, Issuance.first)
    .where(Issuance.first >= _begin(Issuance.first), Issuance.first <= _high, Issuance.last >= _low)
    .order_by(Issuance.first)
    .limit(ISSUANCES_MAX)
    .subquery()
)
_ISSUED = select(*_block(Block)).join(
    _issuances,
    (_issuances.c.transaction_id == Block.opened_by) & (_issuances.c.first == Block.first),
)
_by_transaction = Block.opened_by == bindparam("transaction", type_=BigInteger)
_OPENED = select(*_block(Block)).where(
    _by_transaction,
    Block.first >= _begin(Block.first, _by_transaction),
    Block.first <= _high,
    Block.last >= _low,
)


def _grown(roots: Select[Any]) -> Statement:
    """Read on from blocks to those cut from them, the oldest first, with what opened each."""
    piece, beside_it = aliased(Block), aliased(Block)
    grown = roots.cte("grown", recursive=True)
    begin = case((grown.c.first < _low, _low), else_=grown.c.first)
    # The pieces of a block lie side by side in it, so the last that does not begin above is first.
    beside = select(func.max(beside_it.first)).where(
        beside_it.opened_by == grown.c.closed_by, beside_it.first <= begin
    )
    pieces = (
        select(*_block(piece))
        .select_from(grown)
        .join(piece, piece.opened_by == grown.c.closed_by)
        .where(
            piece.first >= beside.correlate(grown).scalar_subquery(),
            piece.first <= grown.c.last,
            piece.first <= _high,
        )
    )
    grown = grown.union_all(pieces)
    read = select(grown).limit(_size).subquery()
    return Statement(
        select(
            read,
            Transaction.kind.label("by"),
            Transaction.decided_at.label("at"),
            Transaction.position,
            Transaction.source_id,
            Transaction.target_id,
            Transaction.purpose,
            Transaction.beneficiary,
            Account.kind.label("source"),
            Certificate.number.label("certificate"),
        )
        .join(Transaction, Transaction.id == read.c.opened_by)
        .outerjoin(Account, Account.id == Transaction.source_id)
        .outerjoin(Certificate, Certificate.transaction_id == Transaction.id)
    )


_LIFE = _grown(_ISSUED)
_LIFE_SINCE = _grown(_OPENED)


def life(
    session: Session, wanted: Range, *, since: int | None = None, size: int = 500
) -> list[Held]:
    """Return the blocks that ever covered any of a range, at most `size`.

    Args:
        since: a transaction; only the blocks that it opened and those cut from them.
    """
    values = {"low": wanted.first, "high": wanted.last, "size": size}
    connection = session.connection()
    if since is None:
        return _held(_LIFE.rows(connection, **values))
    return _held(_LIFE_SINCE.rows(connection, transaction=since, **values))


def _held(rows: Sequence[AnyRow]) -> list[Held]:
    movements: dict[int, Movement] = {}
    for row in rows:
        if row.opened_by not in movements:
            movements[row.opened_by] = _movement(row)
    return [
        Held(
            Range(row.first, row.last),
            row.kind,
            movements[row.opened_by],
            is_moved=row.account_id == row.target_id,
            closed_by=row.closed_by,
        )
        for row in rows
    ]


def _movement(row: AnyRow) -> Movement:
    sides = frozenset({row.source_id, row.target_id} - {None})
    printed = row.certificate is not None
    return Movement(
        row.opened_by,
        row.by,
        row.at,
        row.position,
        row.source,
        sides,
        certificate=row.certificate or "",
        beneficiary=(row.beneficiary or "") if printed else "",
        purpose=(row.purpose or "") if printed else "",
    )
