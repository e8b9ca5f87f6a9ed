"""The life of serial numbers: the tree of their splits, what moved them, and where they lie.

Blocks are divided and never joined, so whatever happened to numbers of one issuance is a tree:
each block was closed by one transaction, and the blocks which that opened lie side by side in it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Final

from app.domain import accounts, ledger, serials
from app.domain.serials import Range, overlap


@dataclass(frozen=True, slots=True)
class Movement:
    """A completed transaction, as far as everybody may know it.

    `place` is its place in the chain. Beneficiary and purpose are those printed on a certificate;
    without one they are empty. `accounts` only serve to tell what is illustration.
    """

    id: int
    kind: ledger.Kind
    at: datetime
    place: int
    source: accounts.Kind | None
    accounts: frozenset[int] = frozenset()
    certificate: str = ""
    beneficiary: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A block: numbers that one account of a kind held from a transaction until another.

    A transaction that only took other numbers out of a block leaves the rest where it was: it
    opened this block too, but moved nothing of it.
    """

    range: Range
    kind: accounts.Kind
    by: Movement
    is_moved: bool
    closed_by: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Numbers that lie in one live block."""

    numbers: Range
    kind: accounts.Kind
    account: int

    @property
    def state(self) -> accounts.Holding:
        """Held, retired or cancelled."""
        return accounts.holding(self.kind)


# The tree of splits


@dataclass(frozen=True, slots=True)
class Branch:
    """Numbers that went through the same blocks, until they were parted.

    `unread` are those of them whose further life was not read; with `branches` they make up all of
    the numbers, or there is neither and the last block is live.
    """

    numbers: Range
    steps: list[Held] = field(default_factory=list)
    branches: list["Branch"] = field(default_factory=list)
    unread: list[Range] = field(default_factory=list)

    @property
    def end(self) -> Held:
        """The block in which the numbers lay together for the last time."""
        return self.steps[-1]

    @property
    def runs(self) -> list[list[Held]]:
        """The steps, those together that follow each other and moved the numbers, or did not."""
        return [list(run) for _, run in groupby(self.steps, key=lambda held: held.is_moved)]


def tree(rows: Iterable[Held], wanted: Range) -> list[Branch]:
    """Return the branches that begin the life of the numbers wanted, ascending.

    Args:
        rows: blocks that cover any of them; a block comes with the one it was cut from, but for
            those from which the tree begins. Some of the younger ones may be missing.
        wanted: the numbers asked for; the rest of a block is left out.
    """
    opened = _Opened(rows)
    roots: list[Branch] = []
    growing = [(roots, held) for held in opened.roots()]
    while growing:
        siblings, held = growing.pop(0)
        branch, pieces = _grown(opened, held, wanted)
        siblings.append(branch)
        growing += [(branch.branches, piece) for piece in pieces]
    return roots


class _Opened:
    """Blocks by the transaction that opened them, ascending."""

    def __init__(self, rows: Iterable[Held]) -> None:
        self._rows = sorted(rows, key=lambda held: held.range)
        self._by: dict[int, list[Held]] = defaultdict(list)
        for held in self._rows:
            self._by[held.by.id].append(held)

    def pieces(self, held: Held) -> list[Held]:
        """Return the blocks that were cut from one."""
        if held.closed_by is None:
            return []
        opened = self._by.get(held.closed_by, [])
        begin = bisect_left(opened, held.range.first, key=lambda piece: piece.range.first)
        end = bisect_left(opened, held.range.last + 1, key=lambda piece: piece.range.first)
        return opened[begin:end]

    def roots(self) -> list[Held]:
        """Return the blocks that were cut from none of the others."""
        cut = {id(piece) for held in self._rows for piece in self.pieces(held)}
        return [held for held in self._rows if id(held) not in cut]


def _grown(opened: _Opened, held: Held, wanted: Range) -> tuple[Branch, list[Held]]:
    """Follow numbers until they are parted; return their branch and the pieces they came into."""
    numbers = _common(held, wanted)
    steps = [held]
    pieces = opened.pieces(held)
    while len(pieces) == 1 and _common(pieces[0], wanted) == numbers:
        steps += pieces
        pieces = opened.pieces(pieces[0])
    unread: list[Range] = []
    if steps[-1].closed_by is not None:
        unread = serials.difference(numbers, [piece.range for piece in pieces])
    return Branch(numbers, steps, unread=unread), pieces


def _common(held: Held, wanted: Range) -> Range:
    common = overlap(held.range, wanted)
    assert common is not None, (held.range, wanted)
    return common


def every(branches: Sequence[Branch]) -> Iterator[Branch]:
    """Yield branches and all that come from them."""
    waiting = list(branches)
    while waiting:
        branch = waiting.pop()
        yield branch
        waiting += branch.branches


def is_whole(branches: Sequence[Branch]) -> bool:
    """Tell whether every branch was read to its end."""
    return not any(branch.unread for branch in every(branches))


def brought(branches: Sequence[Branch]) -> dict[int, Movement]:
    """Return what moved each part to where it lies, by its first number, as far as it was read."""
    found: dict[int, Movement] = {}
    waiting: list[tuple[Branch, Movement | None]] = [(branch, None) for branch in branches]
    while waiting:
        branch, newest = waiting.pop()
        for held in branch.steps:
            newest = held.by if held.is_moved else newest
        if newest is not None and branch.end.closed_by is None:
            found[branch.numbers.first] = newest
        waiting += [(piece, newest) for piece in branch.branches]
    return found


# What moved them


@dataclass(frozen=True, slots=True)
class Event:
    """What a transaction did to the numbers asked for: it moved these of them."""

    movement: Movement
    ranges: list[Range]
    target: accounts.Kind

    @property
    def quantity(self) -> int:
        """How many of the numbers asked for it moved, in tonnes."""
        return serials.quantity(self.ranges)


def events(rows: Iterable[Held], wanted: Range) -> list[Event]:
    """Return what moved any of the numbers wanted, newest first."""
    moved: dict[int, list[Held]] = defaultdict(list)
    for held in rows:
        if held.is_moved:
            moved[held.by.id].append(held)
    found = [
        Event(
            pieces[0].by,
            serials.join(_common(piece, wanted) for piece in pieces),
            pieces[0].kind,
        )
        for pieces in moved.values()
    ]
    return sorted(found, key=lambda event: event.movement.place, reverse=True)


# Where they lie


def totals(parts: Iterable[Part]) -> dict[accounts.Kind, int]:
    """Return the tonnes in each kind of account."""
    found: dict[accounts.Kind, int] = defaultdict(int)
    for part in parts:
        found[part.kind] += part.numbers.quantity
    return dict(found)


# The picture: one line for each day on which something moved, one bar for each block

#: More days than this are put together by month, or by year.
LINES_MAX: Final = 12
#: A bar is at least as wide as this, in percent, so that one tonne among millions can be seen.
WIDTH_MIN: Final = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """Numbers in one block; where they begin and how wide they are, in percent."""

    numbers: Range
    kind: accounts.Kind
    begin: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """Where the numbers lay when a day, a month or a year had ended; `day` is its first day."""

    day: date
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Picture:
    """The lines from the oldest to the newest; `period` is "day", "month" or "year"."""

    period: str
    lines: list[Line]
    is_to_scale: bool
    #: Only the newest lines are drawn.
    is_cut: bool

    @property
    def kinds(self) -> list[accounts.Kind]:
        """The kinds of account in which anything lay, always in the same order."""
        drawn = {bar.kind for line in self.lines for bar in line.bars}
        return [kind for kind in accounts.Kind if kind in drawn]


_PERIODS: Final[Mapping[str, Callable[[date], date]]] = {
    "day": lambda day: day,
    "month": lambda day: day.replace(day=1),
    "year": lambda day: day.replace(month=1, day=1),
}


def picture(
    rows: Sequence[Held], parts: Sequence[Part], day_of: Callable[[datetime], date]
) -> Picture:
    """Draw where numbers lay; `rows` are all their blocks, `parts` the live ones, ascending."""
    wanted = Range(parts[0].numbers.first, parts[-1].numbers.last)
    opened = {held.by.id: day_of(held.by.at) for held in rows}
    days = {opened[held.by.id] for held in rows if held.is_moved}
    period = next((name for name in _PERIODS if len(_lines(days, name)) <= LINES_MAX), "year")
    begin, lines = _PERIODS[period], _lines(days, period)
    places, is_to_scale = _places(parts)
    drawn = [
        Line(
            line,
            [
                _bar(held, wanted, places)
                for held in sorted(rows, key=lambda held: held.range)
                if begin(opened[held.by.id]) <= line
                and (held.closed_by is None or line < begin(opened[held.closed_by]))
            ],
        )
        for line in lines[-LINES_MAX:]
    ]
    return Picture(period, drawn, is_to_scale, is_cut=len(lines) > LINES_MAX)


def _lines(days: Iterable[date], period: str) -> list[date]:
    return sorted({_PERIODS[period](day) for day in days})


def _bar(held: Held, wanted: Range, places: Mapping[int, float]) -> Bar:
    numbers = _common(held, wanted)
    begin = places[numbers.first]
    return Bar(numbers, held.kind, begin, places[numbers.last + 1] - begin)


def _places(parts: Sequence[Part]) -> tuple[dict[int, float], bool]:
    """Return where each part begins and the last ends, in percent, and whether that is to scale.

    Every block began and ended where some part does, as blocks are only divided.
    """
    whole = sum(part.numbers.quantity for part in parts)
    shares = [100 * part.numbers.quantity / whole for part in parts]
    widths = [max(share, WIDTH_MIN) for share in shares]
    scale = 100 / sum(widths)
    place = 0.0
    places = {parts[0].numbers.first: place}
    for part, width in zip(parts, widths, strict=True):
        place += width * scale
        places[part.numbers.last + 1] = place
    return places, widths == shares
