"""Questions about blocks: which serials may move, where a serial is, and how it got there."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.domain import accounts
from app.domain.ledger import BLOCKS_MAX, Status
from app.domain.serials import Range
from app.store.credit_totals import totals
from app.store.credits import ROW, Search, count, described, find, stream
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Bar,
    Block,
    Reservation,
    Transaction,
)

__all__ = [
    "Search",
    "at",
    "barred",
    "count",
    "covering",
    "find",
    "held",
    "holdings_as_of",
    "kept",
    "life",
    "reserved",
    "stream",
    "totals",
    "totals_as_of",
]

_live = Block.closed_by.is_(None)

# The ledger path: prepared once, Core rows

_RESERVED = Statement(
    select(Reservation.first, Reservation.last)
    .where(Reservation.transaction_id == bindparam("transaction"))
    .order_by(Reservation.first)
)
_reserved_of_account = (
    select(Reservation.first, Reservation.last)
    .join(Transaction, Transaction.id == Reservation.transaction_id)
    .where(Transaction.source_id == bindparam("account"), Transaction.status == Status.PROPOSED)
)
_barred = select(Bar.first, Bar.last).where(Bar.lifted_at.is_(None))
_KEPT = Statement(union_all(_reserved_of_account, _barred))
_RESERVED_OF_ACCOUNT = Statement(_reserved_of_account)
_BARRED = Statement(_barred)


def _held(*wanted: Any) -> Statement:
    return Statement(
        select(Block.first, Block.last, Block.project_id, Block.vintage)
        .where(
            _live,
            Block.account_id == bindparam("account"),
            Block.first > bindparam("after"),
            *wanted,
        )
        .order_by(Block.first)
        .limit(bindparam("size"))
    )


_of_project = Block.project_id == bindparam("project")
_of_vintage = Block.vintage == bindparam("vintage")
#: By whether a project and whether a vintage is asked for.
_HELD = {
    (False, False): _held(),
    (True, False): _held(_of_project),
    (False, True): _held(_of_vintage),
    (True, True): _held(_of_project, _of_vintage),
}
# The greatest live first not above n is one index probe; `first <= n AND last >= n` is a scan.
_start = (
    select(func.max(Block.first))
    .where(_live, Block.first <= bindparam("low"))
    .correlate(None)
    .scalar_subquery()
)
_COVERING = Statement(
    select(Block.__table__)
    .where(
        _live,
        Block.first >= func.coalesce(_start, bindparam("low")),
        Block.first <= bindparam("high"),
        Block.last >= bindparam("low"),
    )
    .order_by(Block.first)
    .limit(BLOCKS_MAX + 1)
)


def reserved(connection: Connection, transaction_id: int) -> list[Range]:
    """Return the serial numbers a proposal has reserved, ascending."""
    return _ranges(_RESERVED.rows(connection, transaction=transaction_id))


def kept(connection: Connection, account_id: int, *, bars: bool = True) -> list[Range]:
    """Return the ranges that may not leave an account: reserved by proposals, or barred."""
    query = _KEPT if bars else _RESERVED_OF_ACCOUNT
    return _ranges(query.rows(connection, account=account_id))


def barred(connection: Connection) -> list[Range]:
    """Return every range that is barred now."""
    return _ranges(_BARRED.rows(connection))


def held(
    connection: Connection, account_id: int, *, project_id: int | None, vintage: int | None
) -> Iterator[AnyRow]:
    """Yield an account's live blocks from the lowest serial on, a few at a time."""
    query = _HELD[project_id is not None, vintage is not None]
    values = {"account": account_id, "project": project_id, "vintage": vintage}
    after, size = 0, 16
    while True:
        found = query.rows(connection, after=after, size=size, **values)
        yield from found
        if len(found) < size:
            return
        after, size = found[-1].first, 500


def covering(connection: Connection, wanted: Range) -> Sequence[AnyRow]:
    """Return the live blocks that hold any number of a range, ascending, at most BLOCKS_MAX + 1."""
    return _COVERING.rows(connection, low=wanted.first, high=wanted.last)


def _ranges(rows: Sequence[AnyRow]) -> list[Range]:
    return [Range(row.first, row.last) for row in rows]


# One serial number: where it is, and how it got there


_AT = (
    described(select())
    .where(_live, Block.first <= bindparam("serial"))
    .order_by(Block.first.desc())
    .limit(1)
)


def at(session: Session, serial: int) -> AnyRow | None:
    """Return the live block that holds a serial number, with project and issuance."""
    found = session.connection().execute(_AT, {"serial": serial}).one_or_none()
    return found if found is not None and found.last >= serial else None


# Queries on an alias are built here, once: threads that touch a column of it for the first time
# together can be given the table's own column, and keep it (SQLAlchemy 2.1).
_Opening = aliased(Transaction)
_Closing = aliased(Transaction)
_LIFE = select(
    Block.first,
    Block.last,
    Block.account_id,
    Block.kind,
    Block.opened_by,
    _Opening.kind.label("by"),
    _Opening.decided_at.label("at"),
    _Opening.purpose,
    _Opening.beneficiary,
).join(_Opening, _Opening.id == Block.opened_by)
_AS_OF = (
    select()
    .select_from(Block)
    .join(_Opening, _Opening.id == Block.opened_by)
    .outerjoin(_Closing, _Closing.id == Block.closed_by)
    .where(
        _Opening.decided_at <= bindparam("when"),
        or_(Block.closed_by.is_(None), _Closing.decided_at > bindparam("when")),
    )
)


def life(session: Session, serial: int) -> list[AnyRow]:
    """Return the rows that ever covered a serial number, newest first, each with its opening.

    A transaction that only split the block around the serial leaves it in the same account; its
    row is part of the list, and `account_id` tells that nothing moved.
    """
    connection = session.connection()
    covers = (Block.first <= serial, Block.last >= serial)
    newest = _LIFE.where(_live, Block.first <= serial).order_by(Block.first.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    found: list[AnyRow] = []
    while row is not None and row.last >= serial:
        found.append(row)
        earlier = _LIFE.where(Block.closed_by == row.opened_by, *covers)
        row = connection.execute(earlier).one_or_none()
    return found


# As of a date: answered from the blocks alone


def holdings_as_of(session: Session, account_id: int, when: datetime) -> Sequence[AnyRow]:
    """Return an account's blocks as they were at a moment, ascending by serial."""
    query = _AS_OF.add_columns(*ROW).where(Block.account_id == account_id).order_by(Block.first)
    return session.connection().execute(query, {"when": when}).all()


def totals_as_of(session: Session, when: datetime) -> dict[accounts.Kind, int]:
    """Return the tonnes in each kind of account as they were at a moment."""
    tonnes = func.sum(Block.last - Block.first + 1)
    query = _AS_OF.add_columns(Block.kind, tonnes).group_by(Block.kind)
    found = session.connection().execute(query, {"when": when})
    return {kind: int(quantity) for kind, quantity in found}
