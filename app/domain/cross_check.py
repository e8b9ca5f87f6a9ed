"""Two Parties' records of what went between them, put side by side number by number.

What one Party reports as first transferred or transferred the other must report as acquired: the
same numbers, vintage and identifier, at about the same time (decision 6/CMA.4, annex I, 37 to 39).
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from app.domain.itmo import Identifier
from app.domain.serials import Range
from app.domain.text import Text
from app.domain.upload_errors import NumbersTooOften

#: Two registries record the same transfer within so many days of each other.
TOLERANCE: Final = timedelta(days=7)
#: Numbers that go to and fro more often in a year are no record of anything.
_TIMES_MAX: Final = 50


class Difference(StrEnum):
    """What is not the same on both sides."""

    NOT_ACQUIRED = "not_acquired"
    NOT_SENT = "not_sent"
    IDENTIFIER = "identifier"
    VINTAGE = "vintage"
    DATE = "date"
    QUANTITY = "quantity"


DIFFERENCE_NAMES: Final = {
    Difference.NOT_ACQUIRED: Text("Not reported as acquired", "取得の報告なし"),
    Difference.NOT_SENT: Text("Not reported as transferred", "移転の報告なし"),
    Difference.IDENTIFIER: Text("Identifiers differ", "識別子の相違"),
    Difference.VINTAGE: Text("Vintages differ", "ビンテージの相違"),
    Difference.DATE: Text("Dates differ by more than 7 days", "日付の7日を超える相違"),
    Difference.QUANTITY: Text("Quantity does not fit the numbers", "数量と番号の不一致"),
}
#: Those that concern the amount itself.
_OF_AMOUNT: Final = frozenset(
    {
        Difference.NOT_ACQUIRED,
        Difference.NOT_SENT,
        Difference.IDENTIFIER,
        Difference.VINTAGE,
        Difference.QUANTITY,
    }
)


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of one Party's record: numbers that went from one Party to another."""

    at: datetime
    sender: str
    receiver: str
    #: Recorded by the one who received them.
    is_acquisition: bool
    identifier: Identifier
    #: As reported; None where it is not in tonnes.
    tonnes: Decimal | None
    #: Where it stands: a cell of a file, or the number of a transaction.
    place: str

    @property
    def range(self) -> Range:
        """The numbers."""
        return self.identifier.range


@dataclass(frozen=True, slots=True)
class Pair:
    """Numbers as the one side has them and as the other has them, one of whom may not."""

    range: Range
    sent: Movement | None
    acquired: Movement | None

    @property
    def identifier(self) -> Identifier:
        """The identifier of these numbers, as the sending side has it if it has them."""
        found = self.sent or self.acquired
        assert found is not None, "one of the sides has them"
        return replace(found.identifier, range=self.range)

    @property
    def tonnes_sent(self) -> int:
        """Tonnes reported as first transferred or transferred."""
        return self.range.quantity if self.sent else 0

    @property
    def tonnes_acquired(self) -> int:
        """Tonnes reported as acquired."""
        return self.range.quantity if self.acquired else 0

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is not the same on both sides, nothing where all is."""
        found = []
        if self.acquired is None:
            found.append(Difference.NOT_ACQUIRED)
        if self.sent is None:
            found.append(Difference.NOT_SENT)
        if self.sent and self.acquired:
            found += _differences(self.sent, self.acquired)
        if any(one and not _fits(one) for one in (self.sent, self.acquired)):
            found.append(Difference.QUANTITY)
        return tuple(found)

    @property
    def is_agreed(self) -> bool:
        """Whether both sides report the same amount of the same numbers."""
        return not _OF_AMOUNT & set(self.differences)


@dataclass(frozen=True, slots=True)
class Compared:
    """What went from one Party to another, as both have it, by identifier."""

    sender: str
    receiver: str
    pairs: Sequence[Pair]

    @property
    def sent(self) -> int:
        """Tonnes reported as first transferred or transferred."""
        return sum(pair.tonnes_sent for pair in self.pairs)

    @property
    def acquired(self) -> int:
        """Tonnes reported as acquired."""
        return sum(pair.tonnes_acquired for pair in self.pairs)

    @property
    def agreed(self) -> int:
        """Tonnes of which both sides report the same."""
        return sum(pair.range.quantity for pair in self.pairs if pair.is_agreed)

    @property
    def differing(self) -> list[Pair]:
        """The ranges with a difference."""
        return [pair for pair in self.pairs if pair.differences]


def compare(
    sender: str,
    receiver: str,
    movements: Iterable[Movement],
    *,
    counts: Callable[[Movement], bool] = lambda _one: True,
) -> Compared:
    """Put side by side what went from one Party to another.

    Args:
        movements: those of both sides; what went elsewhere is left out.
        counts: whether a movement that the other side does not have is of this comparison: one
            shortly before or after the year is there to be found only.

    Raises:
        NumbersTooOften: the same numbers went to and fro too often.
    """
    sent: list[_Part] = []
    acquired: list[_Part] = []
    for one in movements:
        if (one.sender, one.receiver) == (sender, receiver):
            (acquired if one.is_acquisition else sent).append((one.range, one))
    pairs, left, right = _paired(sent, acquired, _by_identifier)
    # The same numbers of the same vintage under another registry's number, say.
    others, left, right = _paired(left, right, lambda one: one.identifier.vintage)
    pairs += others
    pairs += [Pair(numbers, one, None) for numbers, one in left if counts(one)]
    pairs += [Pair(numbers, None, one) for numbers, one in right if counts(one)]
    return Compared(sender, receiver, sorted(pairs, key=_order))


def _by_identifier(one: Movement) -> Hashable:
    named = one.identifier
    return named.approach, named.registry, named.first_transferring


def _order(pair: Pair) -> tuple[str, str, str, int, int]:
    named = pair.identifier
    return (
        named.approach,
        named.registry,
        named.first_transferring,
        pair.range.first,
        0 if pair.sent else 1,
    )


#: Numbers of a movement, all of them or some.
_Part = tuple[Range, Movement]
_Cut = tuple[Range, Movement | None, Movement | None]


def _paired(
    sent: Sequence[_Part], acquired: Sequence[_Part], key: Callable[[Movement], Hashable]
) -> tuple[list[Pair], list[_Part], list[_Part]]:
    """Pair what both sides have; return also what is left of each side, cut where needed."""
    groups: dict[Hashable, tuple[list[_Part], list[_Part]]] = defaultdict(lambda: ([], []))
    for side, parts in enumerate((sent, acquired)):
        for part in parts:
            groups[key(part[1])][side].append(part)
    pairs: list[Pair] = []
    left: list[_Part] = []
    right: list[_Part] = []
    for ours, theirs in groups.values():
        for numbers, one, other in _joined(_cut(ours, theirs)):
            if one and other:
                pairs.append(Pair(numbers, one, other))
            elif one:
                left.append((numbers, one))
            elif other:
                right.append((numbers, other))
    return pairs, left, right


def _cut(sent: Sequence[_Part], acquired: Sequence[_Part]) -> Iterator[_Cut]:
    """Yield ranges between whose ends nothing changes, with what each side has of them.

    Where numbers went several times, the first time of one side belongs to that of the other.
    """
    begin: dict[int, list[tuple[int, Movement]]] = defaultdict(list)
    end: dict[int, list[tuple[int, Movement]]] = defaultdict(list)
    for side, parts in enumerate((sent, acquired)):
        for numbers, one in parts:
            begin[numbers.first].append((side, one))
            end[numbers.last + 1].append((side, one))
    running: tuple[list[Movement], list[Movement]] = ([], [])
    for first, after in pairwise(sorted({*begin, *end})):
        for side, one in end[first]:
            running[side].remove(one)
        for side, one in begin[first]:
            running[side].append(one)
        if max(map(len, running)) > _TIMES_MAX:
            raise NumbersTooOften(first, after - 1, _TIMES_MAX)
        ours, theirs = (sorted(side, key=lambda one: one.at) for side in running)
        for place in range(max(len(ours), len(theirs))):
            yield Range(first, after - 1), _nth(ours, place), _nth(theirs, place)


def _nth(movements: Sequence[Movement], place: int) -> Movement | None:
    return movements[place] if place < len(movements) else None


def _joined(cuts: Iterable[_Cut]) -> Iterator[_Cut]:
    """Put neighbouring ranges of the same two rows together again."""
    open_: dict[tuple[int, int], _Cut] = {}
    for numbers, one, other in cuts:
        at = (id(one), id(other))
        before = open_.get(at)
        if before and before[0].last + 1 == numbers.first:
            open_[at] = (Range(before[0].first, numbers.last), one, other)
        else:
            if before:
                yield before
            open_[at] = (numbers, one, other)
    yield from open_.values()


def _differences(sent: Movement, acquired: Movement) -> Iterator[Difference]:
    if _by_identifier(sent) != _by_identifier(acquired):
        yield Difference.IDENTIFIER
    if sent.identifier.vintage != acquired.identifier.vintage:
        yield Difference.VINTAGE
    if abs(sent.at - acquired.at) > TOLERANCE:
        yield Difference.DATE


def _fits(one: Movement) -> bool:
    return one.tonnes is None or one.tonnes == one.range.quantity
