"""Questions about blocks: which serials may move, where a serial is, and how it got there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
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
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Account,
    Balance,
    Bar,
    Block,
    Issuance,
    Project,
    Reservation,
    Total,
    Transaction,
)

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


# Search: what the public and the holders look for


@dataclass(frozen=True, slots=True)
class Search:
    """Which live blocks a search shows; None means any, an empty tuple means none."""

    range: Range | None = None
    projects: tuple[int, ...] | None = None
    partner: str | None = None
    vintage: int | None = None
    kinds: frozenset[accounts.Kind] | None = None
    account_id: int | None = None


_ROW = (
    Block.first,
    Block.last,
    Block.vintage,
    Block.kind,
    Block.partner,
    Block.project_id,
    Block.account_id,
    Block.issuance_id,
)


def find(
    session: Session,
    search: Search,
    *,
    after: int | None = None,
    before: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return blocks ascending by serial: those past `after`, or the last ones below `before`."""
    asked = _asked(search)
    if before is not None:
        found = _execute(session, _page(frozenset(asked), "before"), asked, at=before, size=size)
        return found[::-1]
    return _execute(session, _page(frozenset(asked), "after"), asked, at=after or 0, size=size)


def count(session: Session, search: Search, *, cap: int = 10_000) -> int:
    """Return how many blocks there are, at most `cap` + 1."""
    asked = _asked(search)
    probe, counted = _counting(frozenset(asked))
    # Whether there is one more is seen in the index; counting has to look at the blocks.
    if _execute(session, probe, asked, size=cap):
        return cap + 1
    return int(_execute(session, counted, asked)[0][0])


def totals(session: Session, search: Search) -> dict[accounts.Kind, int]:
    """Return the tonnes of the whole result by kind of account.

    They come from the maintained totals; only a search for a range of serials adds up blocks.
    """
    connection = session.connection()
    if search.range is not None:
        low = func.greatest if connection.dialect.name == "postgresql" else func.max
        high = func.least if connection.dialect.name == "postgresql" else func.min
        tonnes = high(Block.last, search.range.last) - low(Block.first, search.range.first) + 1
        asked = _asked(search)
        query = select(Block.kind, func.sum(tonnes)).where(*_conditions(frozenset(asked)))
        query = query.group_by(Block.kind).params(asked)
    elif search.account_id is not None:
        query = _totals_of_account(search)
    else:
        query = select(Total.kind, func.sum(Total.quantity)).where(*_summed(Total, search))
        if search.partner is not None:
            query = query.where(Total.partner == search.partner)
        if search.kinds is not None:
            query = query.where(Total.kind.in_(search.kinds))
        query = query.group_by(Total.kind)
    return {kind: int(tonnes) for kind, tonnes in connection.execute(query) if tonnes}


def _totals_of_account(search: Search) -> Select[*tuple[Any, ...]]:
    query = (
        select(Account.kind, func.sum(Balance.quantity))
        .join(Account, Account.id == Balance.account_id)
        .where(Balance.account_id == search.account_id, *_summed(Balance, search))
        .group_by(Account.kind)
    )
    if search.kinds is not None:
        query = query.where(Account.kind.in_(search.kinds))
    if search.partner is not None:
        of_partner = (Project.id == Balance.project_id) & (Project.partner == search.partner)
        query = query.join(Project, of_partner)
    return query


def stream(session: Session, search: Search, *, chunk: int = 2_000) -> Iterator[AnyRow]:
    """Yield every block of a search ascending by serial, at constant memory."""
    asked = _asked(search)
    query = _joined(_conditions(frozenset(asked))).order_by(Block.first)
    connection = session.connection().execution_options(stream_results=True, yield_per=chunk)
    yield from connection.execute(query, asked)


def at(session: Session, serial: int) -> AnyRow | None:
    """Return the live block that holds a serial number, with project and issuance."""
    probe = _joined([_live, Block.first <= serial]).order_by(Block.first.desc()).limit(1)
    found = session.connection().execute(probe).one_or_none()
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
    query = _AS_OF.add_columns(*_ROW).where(Block.account_id == account_id).order_by(Block.first)
    return session.connection().execute(query, {"when": when}).all()


def totals_as_of(session: Session, when: datetime) -> dict[accounts.Kind, int]:
    """Return the tonnes in each kind of account as they were at a moment."""
    tonnes = func.sum(Block.last - Block.first + 1)
    query = _AS_OF.add_columns(Block.kind, tonnes).group_by(Block.kind)
    found = session.connection().execute(query, {"when": when})
    return {kind: int(quantity) for kind, quantity in found}


def _asked(search: Search) -> dict[str, Any]:
    """Return what is asked by the name of its parameter; what may be anything is left out."""
    asked: dict[str, Any] = {}
    if search.range is not None:
        asked |= {"low": search.range.first, "high": search.range.last}
    if search.projects is not None:
        asked["projects"] = list(search.projects)
    if search.kinds is not None:
        asked["kinds"] = sorted(search.kinds)
    for name in ("partner", "vintage", "account_id"):
        value = getattr(search, name)
        if value is not None:
            asked[name] = value
    return asked


def _execute(
    session: Session, query: Select[Any], asked: dict[str, Any], **more: int
) -> Sequence[AnyRow]:
    return session.connection().execute(query, asked | more).all()


# Building a statement costs more than running it, so each combination of filters is built once.


@cache
def _conditions(names: frozenset[str]) -> tuple[ColumnElement[bool], ...]:
    found: list[ColumnElement[bool]] = [_live]
    if "low" in names:
        found += [
            Block.first >= func.coalesce(_start, bindparam("low")),
            Block.first <= bindparam("high"),
            Block.last >= bindparam("low"),
        ]
    if "projects" in names:
        found.append(Block.project_id.in_(bindparam("projects", expanding=True)))
    if "kinds" in names:
        found.append(Block.kind.in_(bindparam("kinds", expanding=True)))
    found += [
        column == bindparam(name)
        for name, column in (
            ("partner", Block.partner),
            ("vintage", Block.vintage),
            ("account_id", Block.account_id),
        )
        if name in names
    ]
    return tuple(found)


@cache
def _page(names: frozenset[str], turning: Literal["after", "before"]) -> Select[Any]:
    at, size = bindparam("at", type_=BigInteger), bindparam("size", type_=BigInteger)
    if turning == "before":
        past = _joined((*_conditions(names), Block.first < at)).order_by(Block.first.desc())
    else:
        past = _joined((*_conditions(names), Block.first > at)).order_by(Block.first)
    return past.limit(size)


@cache
def _counting(names: frozenset[str]) -> tuple[Select[Any], Select[Any]]:
    found = select(Block.first).where(*_conditions(names))
    probe = found.order_by(Block.first).offset(bindparam("size", type_=BigInteger)).limit(1)
    return probe, select(func.count()).select_from(found.subquery())


def _summed(table: type[Balance] | type[Total], search: Search) -> list[Any]:
    found: list[Any] = []
    if search.projects is not None:
        found.append(table.project_id.in_(search.projects))
    if search.vintage is not None:
        found.append(table.vintage == search.vintage)
    return found


def _joined(conditions: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    """Join what a row prints to the page of blocks; the joins see one page only."""
    return (
        select(*_ROW, Project.reference.label("project"), Issuance.unit_class)
        .join(Project, Project.id == Block.project_id)
        .join(Issuance, Issuance.id == Block.issuance_id)
        .where(*conditions)
    )
