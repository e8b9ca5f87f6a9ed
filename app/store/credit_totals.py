"""The tonnes of a credit search by kind of account, and the serial numbers issued in some days.

Without a range of serial numbers the maintained totals say it all. With one they still do for
every project and vintage whose credits all lie within; only those that the range divides are
added up from their blocks, and of these only the kinds that do not follow from the others.
"""

from collections import Counter, defaultdict
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session

from app.domain.accounts import Kind
from app.domain.serials import Range
from app.store.credits import Search, asked_of, conditions, engine_of, greater, lesser, start_of
from app.store.databases import AnyRow
from app.store.tables import (
    Account,
    Balance,
    Block,
    ChainHead,
    Issuance,
    Project,
    Total,
    Transaction,
)
from app.store.tables.base import Moment

_live = Block.closed_by.is_(None)
_big = BigInteger()
_low, _high = bindparam("low", type_=_big), bindparam("high", type_=_big)
#: A project and a vintage.
_Pair = tuple[int, int]
_WHOLE: Final = 0


def totals(session: Session, search: Search) -> dict[Kind, int]:
    """Return the tonnes of the whole result by kind of account; of a range, those within it."""
    if search.is_empty:
        return {}
    if search.account_id is not None:
        return _of_account(session, search)
    if search.range is not None:
        return _within(session, search, search.range)
    asked = asked_of(search)
    query = _known(frozenset(asked))
    return _by_kind(session.connection().execute(query, asked).all())


@cache
def _known(names: frozenset[str]) -> Select[Any]:
    columns: list[Any] = [Total.kind, func.sum(Total.quantity)]
    return (
        select(*columns).where(Total.quantity > 0, *conditions(names, Total)).group_by(Total.kind)
    )


def _by_kind(rows: Any) -> dict[Kind, int]:
    return {kind: int(tonnes) for kind, tonnes in rows if tonnes}


def _of_account(session: Session, search: Search) -> dict[Kind, int]:
    """Return what an account holds, from its balances; of a range, from its blocks."""
    asked = asked_of(search)
    if search.range is not None:
        low, high = greater(engine_of(session)), lesser(engine_of(session))
        tonnes = high(Block.last, _high) - low(Block.first, _low) + 1
        asked |= {"low": search.range.first, "high": search.range.last}
        asked["start"] = start_of(session, search.range)
        within = select(Block.kind, func.sum(tonnes)).where(
            _live,
            *conditions(frozenset(asked), Block),
            Block.first >= bindparam("start", type_=_big),
            Block.first <= _high,
            Block.last >= _low,
        )
        return _by_kind(session.connection().execute(within.group_by(Block.kind), asked).all())
    names = frozenset(asked)
    query = (
        select(Account.kind, func.sum(Balance.quantity))
        .join(Account, Account.id == Balance.account_id)
        .join(Project, Project.id == Balance.project_id)
        .where(*conditions(names - {"kinds", "partner"}, Balance))
        .where(*conditions(names & {"kinds"}, Account), *conditions(names & {"partner"}, Project))
        .group_by(Account.kind)
    )
    return _by_kind(session.connection().execute(query, asked).all())


# A range of serial numbers


def _within(session: Session, search: Search, wanted: Range) -> dict[Kind, int]:
    asked = asked_of(search)
    asked |= {"low": wanted.first, "high": wanted.last}
    names = frozenset(asked) - {"kinds"}
    rows = session.connection().execute(_divided_or_not(names, engine_of(session)), asked).all()
    found: Counter[Kind] = Counter()
    parts: dict[_Pair, dict[Kind, int]] = defaultdict(dict)
    issued: dict[_Pair, int] = {}
    for row in rows:
        if row.project_id == _WHOLE:
            found[row.kind] += int(row.tonnes)
        else:
            parts[row.project_id, row.vintage][row.kind] = int(row.tonnes)
            issued[row.project_id, row.vintage] = int(row.issued)
    for kind, tonnes in _of_divided(session, wanted, parts, issued).items():
        found[kind] += tonnes
    kinds = search.kinds
    return {k: tonnes for k, tonnes in found.items() if tonnes and (kinds is None or k in kinds)}


@cache
def _divided_or_not(names: frozenset[str], engine: str) -> Select[Any]:
    """Return the totals of what lies in a range as a whole; and of each pair that it divides.

    `issued` is how many tonnes of a pair lie within the range, whatever became of them.
    """
    first, last = greater(engine)(Issuance.first, _low), lesser(engine)(Issuance.last, _high)
    start = select(func.max(Issuance.first)).where(Issuance.first <= _low).scalar_subquery()
    issued = (
        select(Issuance.project_id, Issuance.vintage, func.sum(last - first + 1).label("issued"))
        .where(
            Issuance.first >= func.coalesce(start, 1),
            Issuance.first <= _high,
            Issuance.last >= _low,
            *conditions(names, Issuance),
        )
        .group_by(Issuance.project_id, Issuance.vintage)
        .subquery()
    )
    pair = (Total.project_id, Total.vintage)
    known = (
        select(
            *pair,
            Total.kind,
            Total.quantity,
            issued.c.issued,
            func.sum(Total.quantity).over(partition_by=pair).label("whole"),
        )
        .join(
            issued,
            (issued.c.project_id == Total.project_id) & (issued.c.vintage == Total.vintage),
        )
        .where(Total.quantity > 0)
        .subquery()
    )
    divided = known.c.issued < known.c.whole
    columns = [
        case((divided, column), else_=literal(_WHOLE, _big)).label(name)
        for name, column in (
            ("project_id", known.c.project_id),
            ("vintage", known.c.vintage),
            ("issued", known.c.issued),
        )
    ]
    return select(*columns, known.c.kind, func.sum(known.c.quantity).label("tonnes")).group_by(
        *columns, known.c.kind
    )


def _of_divided(
    session: Session,
    wanted: Range,
    parts: dict[_Pair, dict[Kind, int]],
    issued: dict[_Pair, int],
) -> Counter[Kind]:
    """Return the tonnes within a range of the pairs that it divides.

    What is left when the other kinds are known is of the kind of which there is most.
    """
    found: Counter[Kind] = Counter()
    most = {pair: max(kinds, key=lambda kind: kinds[kind]) for pair, kinds in parts.items()}
    lesser_kinds = {kind for pair, kinds in parts.items() for kind in kinds if kind != most[pair]}
    summed: dict[_Pair, Counter[Kind]] = defaultdict(Counter)
    if lesser_kinds:
        for row in _summed(session, wanted, set(parts), lesser_kinds):
            summed[row.project_id, row.vintage][row.kind] += int(row.tonnes)
    for pair in parts:
        known = summed[pair]
        known[most[pair]] = issued[pair] - sum(
            tonnes for kind, tonnes in known.items() if kind != most[pair]
        )
        found += known
    return found


def _summed(session: Session, wanted: Range, pairs: set[_Pair], kinds: set[Kind]) -> list[AnyRow]:
    """Add up blocks of some kinds, in the issuances of some pairs, within a range."""
    asked: dict[str, Any] = {
        "low": wanted.first,
        "high": wanted.last,
        "start": start_of(session, wanted),
        "projects": sorted({project for project, _ in pairs}),
        "vintages": sorted({vintage for _, vintage in pairs}),
        "kinds": sorted(kinds),
    }
    rows = session.connection().execute(_sums(engine_of(session)), asked).all()
    return [row for row in rows if (row.project_id, row.vintage) in pairs]


@cache
def _sums(engine: str) -> Select[Any]:
    low, high = greater(engine), lesser(engine)
    tonnes = func.sum(high(Block.last, _high) - low(Block.first, _low) + 1).label("tonnes")
    within = select(Block.kind, tonnes).where(
        _live,
        Block.kind.in_(bindparam("kinds", expanding=True)),
        Block.first >= low(Issuance.first, bindparam("start", type_=_big)),
        Block.first <= high(Issuance.last, _high),
        Block.last >= _low,
    )
    wanted = (
        Issuance.last >= _low,
        Issuance.first <= _high,
        Issuance.project_id.in_(bindparam("projects", expanding=True)),
        Issuance.vintage.in_(bindparam("vintages", expanding=True)),
    )
    pair = (Issuance.project_id, Issuance.vintage)
    if engine == "sqlite":
        joined = within.add_columns(*pair).join(Issuance, true()).where(*wanted)
        return joined.group_by(*pair, Block.kind)
    part = within.group_by(Block.kind).correlate(Issuance).lateral("part")
    return select(*pair, part).select_from(Issuance).join(part, true()).where(*wanted)


# Issued between two days


def issued_before(session: Session, when: datetime) -> int:
    """Return the last serial number that was issued before a moment; 0 if none was.

    Serial numbers are given out in the order of time, so it is found by halving.
    """
    return int(session.connection().execute(_ISSUED_BEFORE, {"when": when}).scalar_one())


def _halving() -> Select[Any]:
    """Return a statement that halves `width`, the numbers above `low` that it may still be."""
    steps = select(literal(0, _big).label("low"), (ChainHead.serial_next - 1).label("width")).cte(
        "steps", recursive=True
    )
    upper_half = (steps.c.width + 1) // 2
    issued_at = (
        select(Transaction.decided_at)
        .join(Issuance, Issuance.transaction_id == Transaction.id)
        .where(Issuance.first <= steps.c.low + upper_half)
        .order_by(Issuance.first.desc())
        .limit(1)
        .correlate(steps)
        .scalar_subquery()
    )
    is_before = issued_at < bindparam("when", type_=Moment())
    halved = steps.union_all(
        select(
            steps.c.low + case((is_before, upper_half), else_=0),
            steps.c.width // 2,
        ).where(steps.c.width > 0)
    )
    return select(func.max(halved.c.low))


_ISSUED_BEFORE = _halving()
