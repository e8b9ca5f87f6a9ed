"""Questions for the information disclosure: the three tables as of the end of any day.

Figures of the past are added up from the completed transactions in the order of the chain. What is
completed never changes, so a process keeps the sums at places of the chain in a `Memory` and reads
a few thousand transactions for any day, however many there are; blocks are never scanned.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import BigInteger, Select, and_, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.domain import disclosure as rules
from app.domain.accounts import Kind
from app.domain.disclosure import Disclosure, Entity, Flows
from app.domain.forms.record import published
from app.domain.ledger import FIXED_TARGET
from app.domain.ledger import Kind as Moved
from app.store.databases import AnyRow
from app.store.tables import Account, ChainHead, Holder, HolderRecord, Total, Transaction
from app.store.tables.base import Moment


class Memory:
    """What had moved after so many completed transactions; right for ever, as they never change.

    Args:
        step: how far apart the places are that are kept for good.
        others: how many other places are kept at most, such as the ends of years.
    """

    def __init__(self, step: int = 5_000, others: int = 1_000) -> None:
        self._step = step
        self._others_max = others
        self._ladder: dict[int, Flows] = {0: {}}
        self._others: dict[int, Flows] = {}

    def upto(self, session: Session, places: Sequence[int]) -> list[Flows]:
        """Return what had moved at each of these places of the chain."""
        self._climb(session, max(places, default=0) // self._step)
        ladder, others = self._ladder, dict(self._others)
        missing = {one for one in places if one % self._step and one not in others}
        found = _pieces(session, [(one // self._step * self._step, one) for one in missing])
        for place in missing:
            others[place] = _sum(ladder[place // self._step * self._step], found.get(place, {}))
        self._others = others if len(others) <= self._others_max else {}
        return [ladder[one] if one in ladder else others[one] for one in places]

    def _climb(self, session: Session, rungs: int) -> None:
        """Read what has been completed since, in one go, up to a multiple of the step."""
        known = len(self._ladder) - 1
        if rungs <= known:
            return
        found = _rungs(session, known * self._step, rungs * self._step, self._step)
        ladder = dict(self._ladder)
        for rung in range(known, rungs):
            here = rung * self._step
            ladder[here + self._step] = _sum(ladder[here], found.get(rung, {}))
        # Put in place whole: another thread that reads meanwhile finds the former one.
        self._ladder = ladder


def as_of(
    session: Session, day: date, zone: tzinfo, *, now: datetime, memory: Memory | None = None
) -> Disclosure:
    """Return the three tables as of the end of a day in the registry's time zone.

    On the present day they hold at this moment, and the amounts come from the kept totals.
    """
    until = _begins(day + timedelta(days=1), zone)
    first = session.execute(_FIRST).scalar_one_or_none()
    starts = first.astimezone(zone).year if first is not None else day.year + 1
    ends = [_begins(date(year + 1, 1, 1), zone) for year in range(starts, day.year)] + [until]
    flows = (memory or Memory()).upto(session, places(session, ends))
    by_kind = rules.amounts(flows[-1]) if until <= now else totals(session)
    is_year_end = until == _begins(date(day.year + 1, 1, 1), zone) and until <= now
    return Disclosure(
        as_of=day,
        entities=entities(session, until),
        amounts=rules.rows(by_kind),
        years=rules.years(starts, flows, last_is_over=is_year_end) if starts <= day.year else (),
    )


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


# Amounts and years

_FIRST: Final = select(Transaction.decided_at).where(Transaction.position == 1)
_TOTALS: Final = select(Total.kind, func.sum(Total.quantity)).group_by(Total.kind)


def totals(session: Session) -> dict[Kind, int]:
    """Return the tonnes in each kind of account at present."""
    return {kind: int(tonnes) for kind, tonnes in session.connection().execute(_TOTALS)}


def places(session: Session, moments: Sequence[datetime]) -> list[int]:
    """Return how many transactions had been completed before each of some moments.

    They complete in the order of the chain, without a gap, so each place is found by halving.
    """
    asked = union_all(
        *(
            select(literal(place).label("place"), literal(moment, Moment).label("moment"))
            for place, moment in enumerate(moments)
        )
    ).subquery("asked")
    low = cast(literal(0), BigInteger).label("low")
    search = (
        select(asked.c.place, asked.c.moment, low, ChainHead.position.label("high"))
        .join(ChainHead, ChainHead.id == 1)
        .cte("search", recursive=True)
    )
    middle = (search.c.low + search.c.high + 1) // 2
    is_before = Transaction.decided_at < search.c.moment
    search = search.union_all(
        select(
            search.c.place,
            search.c.moment,
            case((is_before, Transaction.position), else_=search.c.low),
            case((is_before, search.c.high), else_=Transaction.position - 1),
        )
        .join(Transaction, Transaction.position == middle)
        .where(search.c.low < search.c.high)
    )
    found = session.connection().execute(
        select(search.c.place, search.c.low).where(search.c.low == search.c.high)
    )
    by_place = {int(row.place): int(row.low) for row in found}
    return [by_place[place] for place in range(len(moments))]


_GOVERNMENT: Final = select(Account.id).where(Account.kind == Kind.GOVERNMENT)


def _flows(session: Session, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Return the question what moved, by its kind and by which sides were the government's.

    The kind of a transaction gives the kinds of its accounts but for this, so that none of the
    accounts is looked up for any of the transactions.
    """
    government = session.connection().execute(_GOVERNMENT).scalars().all()
    sides = [
        case((column.in_(government), 1), else_=0)
        for column in (Transaction.source_id, Transaction.target_id)
    ]
    from_government, to_government = sides
    grouped = (
        *columns,
        Transaction.kind.label("kind"),
        from_government.label("from_government"),
        to_government.label("to_government"),
    )
    return select(*grouped, func.sum(Transaction.quantity).label("tonnes")).group_by(
        *(column.name for column in grouped)
    )


def _accounts(row: AnyRow) -> tuple[Kind | None, Kind]:
    """Return the kinds of the two accounts between which tonnes moved."""
    holding = {0: Kind.ENTITY, 1: Kind.GOVERNMENT}
    source = _GIVING[row.kind] if row.kind in _GIVING else holding[row.from_government]
    return source, _TAKING.get(row.kind) or holding[row.to_government]


_GIVING: Final = {Moved.ISSUANCE: None, Moved.ACQUISITION: Kind.EXTERNAL}
_TAKING: Final = {**FIXED_TARGET, Moved.EXTERNAL_TRANSFER: Kind.EXTERNAL}


def _between(after: int, upto: int) -> Any:
    return and_(Transaction.position > after, Transaction.position <= upto)


def _rungs(session: Session, after: int, upto: int, step: int) -> Mapping[int, Flows]:
    """Return what moved in each stretch of so many transactions between two places."""
    rung = ((Transaction.position - 1) // literal(step, BigInteger, literal_execute=True)).label(
        "rung"
    )
    return _collected(session, _flows(session, rung).where(_between(after, upto)), "rung")


def _pieces(session: Session, pieces: Sequence[tuple[int, int]]) -> Mapping[int, Flows]:
    """Return what moved from one place to another, by the last place, for several at once."""
    if not pieces:
        return {}
    flows = _flows(session)
    asked = [
        flows.add_columns(literal(upto).label("upto")).where(_between(after, upto))
        for after, upto in pieces
    ]
    return _collected(session, union_all(*asked), "upto")


def _collected(session: Session, query: Any, key: str) -> Mapping[int, Flows]:
    found: dict[int, Counter[Any]] = defaultdict(Counter)
    for row in session.connection().execute(query):
        found[int(getattr(row, key))][row.kind, *_accounts(row)] += int(row.tonnes)
    return dict(found)


def _sum(one: Flows, other: Flows) -> Flows:
    return Counter(one) + Counter(other)


# Holders


def entities(session: Session, until: datetime) -> tuple[Entity, ...]:
    """Return who held an entity holding account just before a moment, by names it had then.

    They stand in the order in which each first opened one, which gives them their numbers.
    """
    accounts = (
        select(Account.holder_id, func.min(Account.id).label("first"))
        .where(Account.kind == Kind.ENTITY, Account.opened_at < until)
        .group_by(Account.holder_id)
        .having(
            func.sum(case((Account.closed_at < until, 0), else_=1)) > 0,
        )
        .subquery()
    )
    query = (
        select(Holder.__table__, func.min(Account.opened_at).label("since"), accounts.c.first)
        .join(accounts, accounts.c.holder_id == Holder.id)
        .join(Account, and_(Account.holder_id == Holder.id, Account.kind == Kind.ENTITY))
        .group_by(*Holder.__table__.columns, accounts.c.first)
        .order_by(func.min(Account.opened_at), accounts.c.first)
    )
    changed = _changed_since(session, until)
    found = session.connection().execute(query).all()
    return tuple(
        Entity(**_names(row, changed.get(row.id, ()), until), is_demo=row.is_demo) for row in found
    )


def _changed_since(session: Session, until: datetime) -> dict[int, list[AnyRow]]:
    """Return all records, newest first, of each holder of whom something was recorded since."""
    later = select(HolderRecord.holder_id).where(HolderRecord.recorded_at >= until)
    query = (
        select(
            HolderRecord.holder_id,
            HolderRecord.applicant,
            HolderRecord.answers,
            HolderRecord.recorded_at,
        )
        .where(HolderRecord.holder_id.in_(later))
        .order_by(HolderRecord.id.desc())
    )
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in session.connection().execute(query):
        found[row.holder_id].append(row)
    return found


def _names(holder: AnyRow, records: Iterable[AnyRow], until: datetime) -> dict[str, Any]:
    """Return what is published of a holder, with each change since taken back."""
    names = ("name_en", "name_ja", "head_office_en", "head_office_ja")
    known: dict[str, Any] = {name: getattr(holder, name) for name in names}
    for later, former in pairwise(records):
        if later.recorded_at >= until:
            now, then = (published(one.applicant, one.answers) for one in (later, former))
            known |= {name: then[name] for name in names if then[name] != now[name]}
    return known
