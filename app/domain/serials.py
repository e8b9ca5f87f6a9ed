"""Serial numbers: ranges of credits and how a block of them is printed and read.

One credit is one tonne of CO2 equivalent and bears one serial number. Numbers run in one sequence
per originating registry, from 1 to 2^63 - 1, without gap or reuse. The printed layout is this
registry's own; no public source shows the layout of the present JCM registry.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.domain import places
from app.domain.errors import MalformedSerial, NumberTooLarge, RangeBackwards, SerialsTwice
from app.domain.text import numerals

SERIAL_MAX = 2**63 - 1
DIGITS_MAX = len(str(SERIAL_MAX))

_PRINTED = re.compile(
    r"([A-Z]{2})-([A-Z]{2})-([A-Z]{2}[0-9]{3,4})-([12][0-9]{3})-([0-9]{1,19})-([0-9]{1,19})"
)
#: Digits plain or grouped in threes: "12,40" may be two numbers, and "1,5" is not 15.
_NUMBER = "([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"
_PLAIN = re.compile(rf"{_NUMBER}(?:\s*[-–~〜]\s*{_NUMBER})?")


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Serial numbers from `first` to `last`, both included."""

    first: int
    last: int

    def __post_init__(self) -> None:
        assert 1 <= self.first <= self.last <= SERIAL_MAX, (self.first, self.last)

    @property
    def quantity(self) -> int:
        """The number of credits, in tonnes of CO2 equivalent."""
        return self.last - self.first + 1

    @property
    def counted(self) -> "Range":
        """The same numbers as their originating registry counts, see `app.domain.places`."""
        return Range(places.counted(self.first), places.counted(self.last))

    def __contains__(self, serial: int) -> bool:
        return self.first <= serial <= self.last

    def __str__(self) -> str:
        """Print it as 12 or 12-40; numbers of another registry with its code, as MN-12-40."""
        origin = places.origin(self.first)
        if origin != places.origin(self.last):
            return f"{self.first}-{self.last}"
        told = self.counted
        said = str(told.first) if told.quantity == 1 else f"{told.first}-{told.last}"
        return f"{origin}-{said}" if origin else said


@dataclass(frozen=True, slots=True)
class Serial:
    """A block as printed: whose registry, which partner, project and vintage, which numbers."""

    origin: str
    partner: str
    project: str
    vintage: int
    range: Range

    def __str__(self) -> str:
        return (
            f"{self.origin}-{self.partner}-{self.project}-{self.vintage}"
            f"-{self.range.first}-{self.range.last}"
        )


def take(block: Range, quantity: int) -> tuple[Range, Range | None]:
    """Split off the lowest `quantity` numbers; the rest is None when nothing is left."""
    assert 1 <= quantity <= block.quantity
    if quantity == block.quantity:
        return block, None
    return split(block, block.first + quantity)


def split(block: Range, at: int) -> tuple[Range, Range]:
    """Split before the number `at`, which must lie inside and not be the first."""
    assert block.first < at <= block.last
    return replace(block, last=at - 1), replace(block, first=at)


def join(blocks: Iterable[Range]) -> list[Range]:
    """Return the same numbers as ascending ranges with neighbours made one."""
    joined: list[Range] = []
    for block in sorted(blocks):
        if joined and block.first <= joined[-1].last + 1:
            joined[-1] = Range(joined[-1].first, max(joined[-1].last, block.last))
        else:
            joined.append(block)
    return joined


def overlap(one: Range, other: Range) -> Range | None:
    """Return the numbers common to both, or None."""
    first, last = max(one.first, other.first), min(one.last, other.last)
    return Range(first, last) if first <= last else None


def difference(block: Range, taken: Iterable[Range]) -> list[Range]:
    """Return what is left of `block` without the numbers of `taken`, ascending."""
    left: list[Range] = []
    first = block.first
    for hole in join(taken):
        if hole.last < first:
            continue
        if hole.first > block.last:
            break
        if hole.first > first:
            left.append(Range(first, hole.first - 1))
        first = hole.last + 1
    if first <= block.last:
        left.append(Range(first, block.last))
    return left


def quantity(blocks: Iterable[Range]) -> int:
    """Return the number of credits in all the blocks together."""
    return sum(block.quantity for block in blocks)


def distinct(blocks: Sequence[Range]) -> list[Range]:
    """Return the ranges ascending; SerialsTwice when two of them overlap."""
    ordered = sorted(blocks)
    for before, after in pairwise(ordered):
        if after.first <= before.last:
            raise SerialsTwice(after.first, min(before.last, after.last))
    return ordered


def parse(text: str) -> Serial:
    """Read a printed block, such as JP-MN-MN003-2019-1-7104.

    Raises:
        MalformedSerial: the text is not laid out so.
        RangeBackwards: the last number lies before the first.
        NumberTooLarge: a number is beyond 2^63 - 1.
    """
    found = _PRINTED.fullmatch(numerals(text).upper())
    if found is None:
        raise MalformedSerial(text)
    origin, partner, project, vintage, first, last = found.groups()
    return Serial(origin, partner, project, int(vintage), _range(first, last, text))


def parse_range(text: str) -> Range:
    """Read one number ("12"), or a range ("12-40"); full-width digits and commas are accepted.

    Raises:
        MalformedSerial, RangeBackwards, NumberTooLarge: as `parse`.
    """
    found = _PLAIN.fullmatch(numerals(text))
    if found is None:
        raise MalformedSerial(text)
    first, last = found.groups()
    return _range(first, last or first, text)


def parts(text: str) -> Iterator[str]:
    """Return what stands between semicolons, new lines or Japanese commas."""
    return (part for part in re.split(r"[;\n\r、；]+", text) if part.strip())


def _range(first_typed: str, last_typed: str, text: str) -> Range:
    typed = [number.replace(",", "").lstrip("0") for number in (first_typed, last_typed)]
    # Counted before they are converted: Python itself refuses to convert thousands of digits.
    if max(map(len, typed)) > DIGITS_MAX:
        raise NumberTooLarge(text)
    first, last = (int(number or 0) for number in typed)
    if first < 1:
        raise MalformedSerial(text)
    if max(first, last) > SERIAL_MAX:
        raise NumberTooLarge(text)
    if last < first:
        raise RangeBackwards(first, last)
    return Range(first, last)
