"""Questions about what accounts hold: sums, blocks with neighbours made one, what is kept back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.domain import bands, serials
from app.domain.exchange import PENDING
from app.domain.ledger import Status
from app.domain.projects import UnitClass
from app.domain.serials import Range, Serial
from app.store import blocks
from app.store.blocks import Search
from app.store.databases import AnyRow
from app.store.tables import (
    Balance,
    Bar,
    Block,
    Crossing,
    Issuance,
    Project,
    Reservation,
    Transaction,
)

#: Blocks fetched at a time while neighbours are joined.
_CHUNK: Final = 500
#: So many blocks at most are joined to one run, which bounds what one page can cost.
_JOINED_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """What an account holds, and how much of it may not move, in tonnes."""

    held: int = 0
    reserved: int = 0
    barred: int = 0

    @property
    def available(self) -> int:
        """What a new proposal may take."""
        return self.held - self.reserved - self.barred


def figures(
    session: Session, account_ids: Sequence[int], reserved: Sequence[AnyRow] | None = None
) -> dict[int, Figures]:
    """Return the figures of each account, in three queries however many there are.

    Args:
        reserved: what `reservations` gave, where that was asked already.
    """
    summed = (
        select(Balance.account_id, func.sum(Balance.quantity))
        .where(Balance.account_id.in_(account_ids))
        .group_by(Balance.account_id)
    )
    held = {account_id: int(tonnes) for account_id, tonnes in session.connection().execute(summed)}
    kept: dict[int, list[Range]] = defaultdict(list)
    for row in reservations(session, account_ids) if reserved is None else reserved:
        kept[row.account_id].append(Range(row.first, row.last))
    barred: dict[int, list[Range]] = defaultdict(list)
    for account_id, part in _barred_parts(session, account_ids):
        barred[account_id].append(part)
    return {
        account_id: Figures(
            held.get(account_id, 0),
            serials.quantity(kept[account_id]),
            # What is reserved and barred counts as reserved.
            sum(
                serials.quantity(serials.difference(part, kept[account_id]))
                for part in serials.join(barred[account_id])
            ),
        )
        for account_id in account_ids
    }


def reservations(session: Session, account_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Return what waiting proposals keep of accounts, and how far those are that cross over."""
    query = (
        select(
            Transaction.source_id.label("account_id"),
            Reservation.transaction_id,
            Reservation.first,
            Reservation.last,
            Crossing.status.label("crossing_status"),
        )
        .join(Transaction, Transaction.id == Reservation.transaction_id)
        .outerjoin(Crossing, Crossing.transaction_id == Transaction.id)
        .where(Transaction.source_id.in_(account_ids), Transaction.status == Status.PROPOSED)
        .order_by(Reservation.first)
    )
    return session.connection().execute(query).all()


def _barred_parts(session: Session, account_ids: Sequence[int]) -> Iterator[tuple[int, Range]]:
    query = (
        select(
            Block.account_id,
            Block.first,
            Block.last,
            Bar.first.label("bar_first"),
            Bar.last.label("bar_last"),
        )
        .join(Bar, (Bar.first <= Block.last) & (Bar.last >= Block.first))
        .where(
            Block.closed_by.is_(None), Block.account_id.in_(account_ids), Bar.lifted_at.is_(None)
        )
    )
    for row in session.connection().execute(query):
        yield (
            row.account_id,
            Range(max(row.first, row.bar_first), min(row.last, row.bar_last)),
        )


# What serial numbers are


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive serial numbers of one issuance, which share all they are."""

    range: Range
    partner: str
    project: str
    vintage: int
    unit_class: UnitClass
    issuance_id: int

    def printed(self, own: str) -> Serial:
        """Return it as it is printed in the registry of this code."""
        return bands.serial(self.range, self.partner, self.project, self.vintage, own=own)

    def at(self, part: Range) -> "Run":
        """Return a part of the run."""
        return replace(self, range=part)


_BETWEEN = (
    select(
        Issuance.id,
        Issuance.first,
        Issuance.last,
        Issuance.partner,
        Issuance.vintage,
        Issuance.unit_class,
        Project.reference.label("project"),
    )
    .join(Project, Project.id == Issuance.project_id)
    .where(
        Issuance.first
        >= select(func.coalesce(func.max(Issuance.first), 0))
        .where(Issuance.first <= bindparam("low"))
        .correlate(None)
        .scalar_subquery(),
        Issuance.first <= bindparam("high"),
    )
    .order_by(Issuance.first)
)


def described(session: Session, ranges: Iterable[Range]) -> list[Run]:
    """Return the ranges as runs, cut where one issuance ends and the next begins."""
    wanted = serials.join(ranges)
    if not wanted:
        return []
    found = session.connection().execute(
        _BETWEEN, {"low": wanted[0].first, "high": wanted[-1].last}
    )
    issued = found.all()
    runs: list[Run] = []
    position = 0
    for range_ in wanted:
        while issued[position].last < range_.first:
            position += 1
        for row in issued[position:]:
            part = serials.overlap(range_, Range(row.first, row.last))
            if part is None:
                break
            runs.append(Run(part, row.partner, row.project, row.vintage, row.unit_class, row.id))
    return runs


def moved(session: Session, transaction: AnyRow) -> list[Range]:
    """Return the serial numbers a completed transaction brought to its target."""
    query = select(Block.first, Block.last).where(
        Block.opened_by == transaction.id, Block.account_id == transaction.target_id
    )
    return serials.join(Range(first, last) for first, last in session.connection().execute(query))


# What an account holds now: a page of it, or all


def runs(
    session: Session, search: Search, *, after: int | None = None, before: int | None = None
) -> Iterator[Run]:
    """Yield an account's blocks with neighbours made one, read a few at a time.

    They ascend past the serial number `after`; with `before` they descend from below it.
    """
    return joined(_blocks(session, search, after, before))


def _blocks(
    session: Session, search: Search, after: int | None, before: int | None
) -> Iterator[AnyRow]:
    while True:
        found = blocks.find(session, search, after=after, before=before, size=_CHUNK)
        yield from found if before is None else reversed(found)
        if len(found) < _CHUNK:
            return
        if before is None:
            after = found[-1].first
        else:
            before = found[0].first


def joined(found: Iterable[AnyRow]) -> Iterator[Run]:
    """Join rows that follow each other, in either direction, while they are of one issuance."""
    run: Run | None = None
    count = 0
    for row in found:
        longer = _longer(run, row) if run and count < _JOINED_MAX else None
        if longer is not None:
            run = run.at(longer) if run else run
            count += 1
            continue
        if run is not None:
            yield run
        count = 1
        run = Run(
            Range(row.first, row.last),
            row.partner,
            row.project,
            row.vintage,
            row.unit_class,
            row.issuance_id,
        )
    if run is not None:
        yield run


def _longer(run: Run, row: AnyRow) -> Range | None:
    both = serials.join([run.range, Range(row.first, row.last)])
    return both[0] if len(both) == 1 and run.issuance_id == row.issuance_id else None


# What an account held at the end of a day


def runs_as_of(session: Session, account_id: int, when: datetime) -> list[Run]:
    """Return what an account held at a moment, ascending, with neighbours made one."""
    found = blocks.holdings_as_of(session, account_id, when)
    return described(session, [Range(row.first, row.last) for row in found])


# What of it may not move


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a run: free, reserved by a transaction, or barred.

    What another registry was asked to take is on its way there.
    """

    run: Run
    transaction_id: int | None = None
    is_barred: bool = False
    is_on_its_way: bool = False


def pieces(
    found: Iterable[Run], reserved: Sequence[AnyRow], barred: Sequence[Range]
) -> Iterator[Piece]:
    """Cut runs where a reservation or a bar begins and ends."""
    for run in found:
        cut = [
            Piece(
                run.at(part),
                transaction_id=row.transaction_id,
                is_on_its_way=row.crossing_status in PENDING,
            )
            for row in reserved
            if (part := serials.overlap(run.range, Range(row.first, row.last)))
        ]
        for rest in serials.difference(run.range, [piece.run.range for piece in cut]):
            held_back = [part for bar in barred if (part := serials.overlap(rest, bar))]
            cut += [Piece(run.at(part), is_barred=True) for part in serials.join(held_back)]
            cut += [Piece(run.at(part)) for part in serials.difference(rest, held_back)]
        yield from sorted(cut, key=attrgetter("run.range"))
