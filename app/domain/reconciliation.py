"""Reconciliation: two books compared by sums first, then by ranges; its stages and their order.

Two registries compare what either holds of the other. What one sent there by its books, and did
not get back, is what the other received by its own; told in numbers of the originating registry.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from app.domain.exchange import Code
from app.domain.exchange_errors import MessageRejected
from app.domain.serials import SERIAL_MAX, Range
from app.domain.text import Text


class Stage(StrEnum):
    """Where a reconciliation stands (reconciliation status of the data exchange standards)."""

    INITIATED = "initiated"
    TOTALS_INCONSISTENT = "totals_inconsistent"
    BLOCKS_INCONSISTENT = "blocks_inconsistent"
    CONFIRMED = "confirmed"
    COMPLETED_BY_HAND = "completed_by_hand"
    DENIED = "denied"


STAGE_NAMES: Final = {
    Stage.INITIATED: Text("Initiated", "開始"),
    Stage.TOTALS_INCONSISTENT: Text("Totals differ", "合計が不一致"),
    Stage.BLOCKS_INCONSISTENT: Text("Serial numbers differ", "識別番号が不一致"),
    Stage.CONFIRMED: Text("Confirmed: no difference", "一致を確認"),
    Stage.COMPLETED_BY_HAND: Text("Completed with manual intervention", "手動対応により完了"),
    Stage.DENIED: Text("Start denied by the other registry", "相手登録簿が開始を拒否"),
}
#: Stages that two administrators resolve.
UNRESOLVED: Final = frozenset({Stage.TOTALS_INCONSISTENT, Stage.BLOCKS_INCONSISTENT})


class Book(StrEnum):
    """Which of two books has numbers that the other has not."""

    OURS = "ours"
    THEIRS = "theirs"


class Part(StrEnum):
    """What a registry tells of itself: what it sent to the other one, what it has from there."""

    SENT = "sent"
    RECEIVED = "received"


#: What the other registry calls the same credits.
MIRROR: Final = {Part.SENT: Part.RECEIVED, Part.RECEIVED: Part.SENT}

#: Why an account or a range is barred, by the number of the run.
REASON: Final = "Reconciliation {0}"
#: Such as JP-20261123-1.
NUMBER: Final = re.compile("[A-Z]{2}-([0-9]{8})-[1-9][0-9]{0,8}")
#: How far ahead of our clock a snapshot may lie (DES 6204).
AHEAD_MAX: Final = timedelta(days=30)
#: Ranges that one message tells, and differences that one answer names: both fit in a message.
RANGES_MAX: Final = 12_000
GAPS_MAX: Final = 1_000


class Key(NamedTuple):
    """A kind of credits, of which both registries keep a sum."""

    origin: str
    project: str
    vintage: int
    unit_class: str


class Sum(NamedTuple):
    """How many credits of a kind there are, and a digest of exactly which."""

    quantity: int
    digest: str


#: Joined and ascending, as the originating registry counts.
Ranges = dict[Key, list[Range]]
Books = Mapping[Part, Ranges]
Sums = Mapping[Part, Mapping[Key, Sum]]
Kind = tuple[Part, Key]
Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """The ranges of one kind of credits with numbers above `after` and up to `upto`."""

    part: Part
    key: Key
    after: int
    upto: int
    ranges: Sequence[Range]


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of one kind that one of two books has and the other has not."""

    part: Part
    key: Key
    range: Range
    book: Book


def run_number(registry: str, day: datetime, place: int) -> str:
    """Return the number of a run: who began it, the day, a running number."""
    return f"{registry}-{day:%Y%m%d}-{place}"


def check_number(number: object, registry: str) -> str:
    """Return the number of a run that a registry began; MessageRejected (DES 6201) otherwise."""
    found = NUMBER.fullmatch(number) if isinstance(number, str) else None
    if found is None or found[0][:2] != registry:
        raise MessageRejected(Code.RUN_MALFORMED, str(number)[:40])
    try:
        datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=UTC)
    except ValueError as why:
        raise MessageRejected(Code.RUN_MALFORMED, found[0]) from why
    return found[0]


# Sums


def summed(books: Books) -> Sums:
    """Return the sums and digests of what a registry tells of itself."""
    return {
        part: {key: _sum(ranges) for key, ranges in kinds.items() if ranges}
        for part, kinds in books.items()
    }


def _sum(ranges: Iterable[Range]) -> Sum:
    quantity, digest = 0, hashlib.sha256()
    for one in ranges:
        quantity += one.quantity
        digest.update(f"{one.first}-{one.last};".encode())
    return Sum(quantity, digest.hexdigest())


def told(sums: Sums) -> Content:
    """Return sums as messages tell them."""
    return {
        part.value: [key._asdict() | sums[part][key]._asdict() for key in sorted(sums[part])]
        for part in Part
    }


def heard(content: Mapping[str, Any]) -> Sums:
    """Read sums that a message tells; MessageRejected if they are malformed."""
    found: dict[Part, dict[Key, Sum]] = {}
    for part in Part:
        found[part] = {}
        for one in _list(content.get(part.value)):
            key = _key(one, {"quantity", "digest"})
            if not _is_number(one["quantity"]) or not isinstance(one["digest"], str):
                raise MessageRejected(Code.MALFORMED)
            found[part][key] = Sum(one["quantity"], one["digest"])
    return found


def differing(ours: Sums, theirs: Sums) -> list[Kind]:
    """Return the kinds of credits, as this side sees them, of which the two books differ."""
    return [
        (part, key)
        for part in Part
        for key in sorted({*ours[part], *theirs[MIRROR[part]]})
        if ours[part].get(key) != theirs[MIRROR[part]].get(key)
    ]


# Ranges


def portion(
    books: Books, kinds: Sequence[Kind], begin: tuple[int, int] = (0, 0), size: int | None = None
) -> tuple[list[Share], bool]:
    """Return what one message tells of the ranges of some kinds, and whether it is the last.

    Args:
        begin: the place among the kinds, and the number of that kind after which it begins.
    """
    shares: list[Share] = []
    place, after = begin
    left = RANGES_MAX if size is None else size
    while place < len(kinds) and left > 0:
        part, key = kinds[place]
        ranges = clipped(books[part].get(key, ()), after, SERIAL_MAX)
        is_cut = len(ranges) > left
        upto = ranges[left - 1].last if is_cut else SERIAL_MAX
        shares.append(Share(part, key, after, upto, ranges[:left]))
        left -= len(ranges)
        place, after = place if is_cut else place + 1, 0
    return shares, place >= len(kinds)


def following(kinds: Sequence[Kind], share: Share) -> tuple[int, int]:
    """Return where the next message begins after one whose last share is this."""
    place = kinds.index((share.part, share.key))
    return (place + 1, 0) if share.upto == SERIAL_MAX else (place, share.upto)


def clipped(ranges: Iterable[Range], after: int, upto: int) -> list[Range]:
    """Return what of joined ranges lies above `after` and not above `upto`."""
    return [
        Range(max(one.first, after + 1), min(one.last, upto))
        for one in ranges
        if one.last > after and one.first <= upto
    ]


def told_shares(shares: Iterable[Share]) -> list[Content]:
    """Return ranges as messages tell them."""
    return [
        {
            "part": share.part.value,
            **share.key._asdict(),
            "after": share.after,
            "upto": share.upto,
            "ranges": [[one.first, one.last] for one in share.ranges],
        }
        for share in shares
    ]


def heard_shares(content: object) -> list[Share]:
    """Read ranges that a message tells; MessageRejected if they are malformed."""
    found = []
    for one in _list(content):
        key = _key(one, {"part", "after", "upto", "ranges"})
        after, upto = one["after"], one["upto"]
        if one["part"] not in set(Part) or not _is_number(upto) or not _is_number(after, 0):
            raise MessageRejected(Code.MALFORMED)
        ranges = _ranges(one["ranges"])
        if ranges != clipped(ranges, after, upto):
            raise MessageRejected(Code.MALFORMED)
        found.append(Share(Part(one["part"]), key, after, upto, ranges))
    return found


# Differences


def gaps(books: Books, shares: Iterable[Share]) -> list[Gap]:
    """Return where our books and what the other registry told differ, as this side sees it."""
    found: list[Gap] = []
    for share in shares:
        part = MIRROR[share.part]
        ours = clipped(books[part].get(share.key, ()), share.after, share.upto)
        for book, ranges in zip(Book, apart(ours, share.ranges), strict=True):
            found += [Gap(part, share.key, one, book) for one in ranges]
    return found[:GAPS_MAX]


def told_gaps(found: Iterable[Gap]) -> list[Content]:
    """Return differences as messages tell them: by whose book has the numbers."""
    return [
        {
            "part": gap.part.value,
            **gap.key._asdict(),
            "first": gap.range.first,
            "last": gap.range.last,
            "book": gap.book.value,
        }
        for gap in found
    ]


def heard_gaps(content: object) -> list[Gap]:
    """Read differences, turned to how this side sees them; MessageRejected if malformed."""
    found = []
    other = {Book.OURS: Book.THEIRS, Book.THEIRS: Book.OURS}
    for one in _list(content):
        key = _key(one, {"part", "first", "last", "book"})
        if one["part"] not in set(Part) or one["book"] not in set(Book):
            raise MessageRejected(Code.MALFORMED)
        (range_,) = _ranges([[one["first"], one["last"]]])
        found.append(Gap(MIRROR[Part(one["part"])], key, range_, other[Book(one["book"])]))
    return found


def apart(one: Sequence[Range], other: Sequence[Range]) -> tuple[list[Range], list[Range]]:
    """Return what only the one and what only the other has, of joined ascending ranges."""
    return _without(one, other), _without(other, one)


def _without(ranges: Sequence[Range], taken: Sequence[Range]) -> list[Range]:
    left: list[Range] = []
    place = 0
    for block in ranges:
        first = block.first
        while place < len(taken) and taken[place].last < first:
            place += 1
        at = place
        while at < len(taken) and taken[at].first <= block.last:
            if taken[at].first > first:
                left.append(Range(first, taken[at].first - 1))
            first = taken[at].last + 1
            at += 1
        if first <= block.last:
            left.append(Range(first, block.last))
    return left


# Reading


def _key(told: object, besides: set[str]) -> Key:
    if not isinstance(told, dict) or set(told) != {*Key._fields} | besides:
        raise MessageRejected(Code.MALFORMED)
    texts = ("origin", "project", "unit_class")
    if not all(isinstance(told[name], str) for name in texts) or not _is_number(told["vintage"]):
        raise MessageRejected(Code.MALFORMED)
    if not re.fullmatch("[A-Z]{2}", told["origin"]):
        raise MessageRejected(Code.ORIGIN_UNKNOWN)
    return Key(*(told[name] for name in Key._fields))


def _ranges(told: object) -> list[Range]:
    found: list[Range] = []
    for one in _list(told):
        match one:
            case [first, last] if _is_number(first) and _is_number(last):
                pass
            case _:
                raise MessageRejected(Code.MALFORMED)
        if last < first:
            raise MessageRejected(Code.RANGE_BACKWARDS)
        if found and first <= found[-1].last + 1:
            raise MessageRejected(Code.MALFORMED)
        found.append(Range(first, last))
    return found


def _list(told: object) -> list[Any]:
    if not isinstance(told, list):
        raise MessageRejected(Code.MALFORMED)
    return told


def _is_number(told: object, least: int = 1) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and least <= told <= SERIAL_MAX
