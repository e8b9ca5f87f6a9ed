"""The credit search: which live blocks fit, in the order of their serial numbers, and how many.

Nothing here takes longer in a larger ledger. All blocks of one issuance share their project,
partner country and vintage, and lie in its range of serial numbers; so a search by several of these
asks the issuances first, and looks for blocks only where each one fits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from app.domain import accounts
from app.domain.projects import ITMO_VINTAGE_MIN, UnitClass
from app.domain.serials import SERIAL_MAX, Range
from app.store import streams
from app.store.databases import AnyRow
from app.store.tables import Block, Issuance, Project, Total


@dataclass(frozen=True, slots=True)
class Search:
    """Which live blocks a search shows; None means any, an empty tuple means none.

    `begins_with_block` says that the range does, so that this need not be asked again.
    """

    range: Range | None = None
    begins_with_block: bool = False
    projects: tuple[int, ...] | None = None
    partner: str | None = None
    vintage: int | None = None
    unit_class: UnitClass | None = None
    kinds: frozenset[accounts.Kind] | None = None
    account_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be found."""
        return self.projects == () or self.kinds == frozenset()


_live = Block.closed_by.is_(None)
#: Whether serial numbers rise or fall.
Turning = Literal["up", "down"]

#: What a block is and where it lies.
ROW: Final[tuple[Any, ...]] = (
    Block.first,
    Block.last,
    Block.vintage,
    Block.kind,
    Block.partner,
    Block.project_id,
    Block.account_id,
    Block.issuance_id,
)
_big = BigInteger()
_low, _high = bindparam("low", type_=_big), bindparam("high", type_=_big)
_size = bindparam("size", type_=_big)


# Pages


def find(
    session: Session,
    search: Search,
    *,
    after: int | None = None,
    before: int | None = None,
    size: int = 50,
    descending: bool = False,
) -> Sequence[AnyRow]:
    """Return blocks in the order of their serials: past `after`, or the last ones to `before`.

    Args:
        after, before: first serial numbers of blocks that were shown.
        descending: the highest serial numbers come first; `after` and `before` go with the order.
    """
    upwards = (before is None) is not descending
    position = after if before is None else before
    low, high = _bounds(session, search)
    if position is not None:
        low, high = (max(low, position + 1), high) if upwards else (low, min(high, position - 1))
    if search.is_empty or low > high:
        return []
    found: list[AnyRow] = []
    for names, asked in _streams(search):
        page = _page(names, "up" if upwards else "down", engine_of(session))
        asked |= {"low": low, "high": high, "size": size}
        found += session.connection().execute(page, asked).all()
    found.sort(key=_first, reverse=not upwards)
    return found[:size] if before is None else found[:size][::-1]


def count(session: Session, search: Search, *, cap: int = 10_000) -> int:
    """Return how many blocks there are, at most `cap` + 1."""
    low, high = _bounds(session, search)
    found = 0
    if search.is_empty or low > high:
        return found
    for names, asked in _streams(search):
        asked |= {"low": low, "high": high, "size": cap + 1 - found}
        found += (
            session.connection().execute(_counting(names, engine_of(session)), asked).scalar_one()
        )
        if found > cap:
            break
    return found


def stream(session: Session, search: Search, *, descending: bool = False) -> Iterator[AnyRow]:
    """Yield every block of a search in the order of its serials, at constant memory."""
    if search.is_empty:
        return
    query, asked = everything(session, search)
    query = described(query).order_by(Block.first.desc() if descending else Block.first)
    yield from streams.stream(session.connection(), query, asked)


def everything(session: Session, search: Search) -> tuple[Select[Any], dict[str, Any]]:
    """Return a statement for all blocks, in no order and without columns, and its values."""
    asked = asked_of(search)
    query = select().where(_live, *conditions(frozenset(asked), Block))
    if search.range is not None:
        low, high = _bounds(session, search)
        query = query.where(Block.first >= _low, Block.first <= _high)
        asked |= {"low": low, "high": high}
    return query, asked


def described(query: Select[Any]) -> Select[Any]:
    """Add what a row prints to a statement for blocks."""
    return (
        query.add_columns(*ROW, Project.reference.label("project"), _class_of(Block.vintage))
        .select_from(Block)
        .join(Project, Project.id == Block.project_id)
    )


# The greatest live first not above n is one index probe; `first <= n AND last >= n` is a scan.
_COVERING = (
    select(Block.first, Block.last)
    .where(_live, Block.first <= _low)
    .order_by(Block.first.desc())
    .limit(1)
)


def widened(session: Session, wanted: Range) -> Range:
    """Return a range that begins and ends with the blocks in which it begins and ends."""
    ends = session.connection().execute(_COVERING, {"low": wanted.last}).one_or_none()
    last = wanted.last if ends is None else max(wanted.last, int(ends.last))
    return Range(start_of(session, wanted), last)


def start_of(session: Session, wanted: Range) -> int:
    """Return the first serial number of the block in which a range begins."""
    begins = session.connection().execute(_COVERING, {"low": wanted.first}).one_or_none()
    return int(begins.first) if begins is not None and begins.last >= wanted.first else wanted.first


def _bounds(session: Session, search: Search) -> tuple[int, int]:
    """Return the least and the greatest first serial number of the blocks that may fit."""
    if search.range is None:
        return 1, SERIAL_MAX
    if search.begins_with_block:
        return search.range.first, search.range.last
    return start_of(session, search.range), search.range.last


def engine_of(session: Session) -> str:
    return session.connection().dialect.name


def _first(row: AnyRow) -> int:
    return int(row.first)


# Statements. Building one costs more than running it, so each combination of filters is built once.

#: What never changes within an issuance, by the name of its parameter.
_FIXED: Final = frozenset({"projects", "project", "partner", "vintage", "itmo", "older"})


def asked_of(search: Search) -> dict[str, Any]:
    """Return what is asked by the name of its parameter; what may be anything is left out."""
    asked: dict[str, Any] = {}
    if search.projects is not None:
        single = len(search.projects) == 1
        asked |= {"project": search.projects[0]} if single else {"projects": list(search.projects)}
    if search.unit_class is not None:
        asked["itmo" if search.unit_class is UnitClass.ITMO else "older"] = ITMO_VINTAGE_MIN
    if search.kinds is not None:
        asked["kinds"] = sorted(search.kinds)
    for name in ("partner", "vintage", "account_id"):
        value = getattr(search, name)
        if value is not None:
            asked[name] = value
    return asked


def _streams(search: Search) -> Iterator[tuple[frozenset[str], dict[str, Any]]]:
    """Yield what to ask for: each kind of account by itself, as an index has them in order."""
    asked = asked_of(search)
    kinds = asked.pop("kinds", None)
    if kinds is None or len(kinds) == len(accounts.Kind):
        yield frozenset(asked), asked
        return
    for kind in kinds:
        yield frozenset({*asked, "kind"}), asked | {"kind": kind}


def conditions(names: frozenset[str], table: Any) -> list[ColumnElement[bool]]:
    """Return the conditions on blocks, or those on issuances or totals that these have too."""
    makers: dict[str, Callable[[], ColumnElement[bool]]] = {
        "projects": lambda: table.project_id.in_(bindparam("projects", expanding=True)),
        "project": lambda: table.project_id == bindparam("project"),
        "partner": lambda: table.partner == bindparam("partner"),
        "vintage": lambda: table.vintage == bindparam("vintage"),
        "itmo": lambda: table.vintage >= bindparam("itmo"),
        "older": lambda: table.vintage < bindparam("older"),
        "kind": lambda: table.kind == bindparam("kind"),
        "kinds": lambda: table.kind.in_(bindparam("kinds", expanding=True)),
        "account_id": lambda: table.account_id == bindparam("account_id"),
    }
    return [make() for name, make in makers.items() if name in names]


_PARAMETERS: Final = {
    "kind": "kind",
    "project_id": "project",
    "partner": "partner",
    "vintage": "vintage",
    "account_id": "account_id",
}


def _leading(names: frozenset[str]) -> Any:
    """Return the column whose index alone gives the blocks asked for, in order; or None."""
    columns: dict[frozenset[str], Any] = {
        frozenset({"kind"}): Block.kind,
        frozenset({"project"}): Block.project_id,
        frozenset({"partner"}): Block.partner,
        frozenset({"vintage"}): Block.vintage,
    }
    return Block.account_id if "account_id" in names else columns.get(names)


@cache
def _page(names: frozenset[str], turning: Turning, engine: str) -> Select[Any]:
    """Return the statement for one page; what its rows print is joined to the page alone."""
    leading = _leading(names)
    if names & _FIXED and leading is None and engine == "postgresql":
        firsts = _of_issuances(names, turning, engine, [Block.first]).limit(_size)
        part = firsts.subquery("firsts")
        found = select(*ROW).where(_live).join(part, part.c.first == Block.first)
    elif names & _FIXED and leading is None:
        found = _of_issuances(names, turning, engine, ROW).limit(_size)
    elif leading is not None and engine == "postgresql":
        found = _by_one_index(names, turning, leading).limit(_size)
    else:
        found = _in_order(names, turning, ROW).limit(_size)
    page = found.subquery("page")
    query: Select[Any] = select(page, Project.reference.label("project"), _class_of(page.c.vintage))
    return query.join(Project, Project.id == page.c.project_id)


@cache
def _counting(names: frozenset[str], engine: str) -> Select[Any]:
    if names & _FIXED and _leading(names) is None:
        found = _of_issuances(names, "up", engine, [Block.first])
        if engine == "postgresql":
            # It would sort all that there are before it counts the first of them.
            found = found.order_by(None)
    else:
        found = _in_order(names, "up", [Block.first])
    return select(func.count()).select_from(found.limit(_size).subquery())


def _in_order(names: frozenset[str], turning: Turning, columns: Sequence[Any]) -> Select[Any]:
    """Return a statement for blocks in order, of which a limit takes the first."""
    query = select(*columns).where(_live, *conditions(names, Block))
    within = query.where(Block.first >= _low, Block.first <= _high)
    return within.order_by(_turned(Block.first, turning))


def _by_one_index(names: frozenset[str], turning: Turning, leading: Any) -> Select[Any]:
    """Return the same for PostgreSQL, with bounds and order on both columns of an index.

    It takes an equality out of the order, and then may walk the index of the serials alone, past
    any number of blocks that do not fit.
    """
    name = _PARAMETERS[leading.key]
    value = bindparam(name, type_=leading.type)
    key = tuple_(leading, Block.first)
    return (
        select(*ROW)
        .where(_live, *conditions(names - {name}, Block))
        .where(key >= tuple_(value, _low), key <= tuple_(value, _high))
        .order_by(_turned(leading, turning), _turned(Block.first, turning))
    )


def _of_issuances(
    names: frozenset[str], turning: Turning, engine: str, columns: Sequence[Any]
) -> Select[Any]:
    """Return a statement that goes from issuance to issuance, and through the blocks of each.

    PostgreSQL is asked for first serial numbers alone, which an index holds together with the kind
    of account; SQLite would look at every block to find them again.
    """
    wanted = [
        Issuance.last >= _low,
        *conditions(names - {"kind"}, Issuance),
    ]
    if "kind" in names:
        wanted.append(_SOME_OF_KIND)
    within = select(*columns).where(
        _live,
        *conditions(names & {"kind"}, Block),
        Block.first >= greater(engine)(Issuance.first, _low),
        Block.first <= lesser(engine)(Issuance.last, _high),
    )
    by_issuance, by_block = _turned(Issuance.first, turning), _turned(Block.first, turning)
    if engine == "sqlite":
        # As one condition that no index answers: it must not begin with the blocks.
        opaque = case((and_(*wanted), 1), else_=0) == 1
        joined = within.select_from(Issuance).join(Block, true())
        return joined.where(Issuance.first <= _high, opaque).order_by(by_issuance, by_block)
    part = within.order_by(by_block).limit(_size).correlate(Issuance).lateral("part")
    joined = select(part).select_from(Issuance).join(part, true())
    wanted.append(Issuance.first <= _high)
    return joined.where(*wanted).order_by(by_issuance, _turned(part.c.first, turning))


def _turned(column: Any, turning: Turning) -> Any:
    return column if turning == "up" else column.desc()


def _class_of(vintage: Any) -> ColumnElement[Any]:
    """Return what credits of a vintage are, which their issuance says too."""
    itmo, older = (literal(one, Issuance.unit_class.type) for one in (UnitClass.ITMO, _OLDER))
    return case((vintage >= ITMO_VINTAGE_MIN, itmo), else_=older).label("unit_class")


_OLDER: Final = UnitClass.JCM_CREDIT
_SOME_OF_KIND = (
    select(Total.quantity)
    .where(
        Total.project_id == Issuance.project_id,
        Total.vintage == Issuance.vintage,
        Total.kind == bindparam("kind"),
        Total.quantity > 0,
    )
    .correlate(Issuance)
    .exists()
)


def greater(engine: str) -> Any:
    return func.greatest if engine == "postgresql" else func.max


def lesser(engine: str) -> Any:
    return func.least if engine == "postgresql" else func.min
