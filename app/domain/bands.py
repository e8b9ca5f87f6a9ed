"""Where serial numbers stand in the ledger, which may hold those of several registries.

Every originating registry counts from 1. This registry's own numbers stand in the ledger as they
are, below 2^62; those of each other registry in a band of 2^52 numbers of its own above that. So a
number in the ledger says alone which credit is meant, nothing of two registries can overlap, and
only what is printed, read and sent knows of bands.
"""

import re
from collections.abc import Iterator
from typing import Final

from app.domain import places, serials
from app.domain.errors import MalformedSerial, NumberTooLarge, RangeBackwards
from app.domain.serials import Range, Serial
from app.domain.text import numerals

#: The last number that this registry itself can issue.
OWN_MAX: Final = places.FIRST - 1
#: The last number of another registry that finds a place here: 4.5 million billion tonnes.
FOREIGN_MAX: Final = places.SIZE - 1

#: Codes of registries are those of countries, of two letters (ISO 3166-1).
CODE: Final = re.compile("[A-Z]{2}")
_ABROAD: Final = re.compile("([A-Z]{2})-([0-9].*)")


def stored(origin: str, serials: Range, *, own: str) -> Range:
    """Return where serial numbers of an originating registry stand in the ledger of `own`.

    Raises:
        NumberTooLarge: they are beyond what has a place there.
    """
    if origin == own:
        if serials.last > OWN_MAX:
            raise NumberTooLarge(str(serials.last), field="serials")
        return serials
    if serials.last > FOREIGN_MAX:
        raise NumberTooLarge(str(serials.last), field="serials")
    base = places.base(origin)
    return Range(base + serials.first, base + serials.last)


def printed(place: Range, *, own: str) -> tuple[str, Range]:
    """Return the originating registry of numbers in the ledger, and the numbers as it counts."""
    origin = places.origin(place.first)
    if not origin:
        return own, place
    base = places.base(origin)
    return origin, Range(place.first - base, place.last - base)


def serial(place: Range, partner: str, project: str, vintage: int, *, own: str) -> Serial:
    """Return numbers in the ledger as a printed block, with what their issuance says of them."""
    origin, numbers = printed(place, own=own)
    return Serial(origin, partner, project, vintage, numbers)


def place(said: Serial | Range, *, own: str) -> Range:
    """Return where numbers stand in the ledger that were read as a printed block, or alone.

    Raises:
        NumberTooLarge: they are beyond what has a place there.
    """
    if isinstance(said, Serial):
        return stored(said.origin, said.range, own=own)
    if said.first <= OWN_MAX < said.last:
        raise NumberTooLarge(str(said.last), field="serials")
    return said


def read(text: str, *, own: str) -> Serial | Range:
    """Read a printed block, or numbers alone: 12, 12-40, or MN-12-40 for those of another registry.

    Numbers alone are returned by their places in the ledger.

    Raises:
        MalformedSerial: the text is neither.
        RangeBackwards, NumberTooLarge: there are no such numbers.
    """
    try:
        return serials.parse(text)
    except MalformedSerial:
        return _alone(text, own)


def read_list(text: str, *, own: str) -> Iterator[Serial | Range]:
    """Read blocks and numbers separated by semicolons, new lines or Japanese commas."""
    for part in serials.parts(text):
        yield read(part, own=own)


def position(text: str) -> int | None:
    """Return the place of one number as `Range` prints it, or None for anything else."""
    try:
        found = _alone(text, "")
    except (MalformedSerial, NumberTooLarge, RangeBackwards):
        return None
    return found.first if found.quantity == 1 else None


def is_own(serial: int) -> bool:
    """Tell whether a number in the ledger is of this registry itself."""
    return serial < places.FIRST


def _alone(text: str, own: str) -> Range:
    """Read numbers without what they are; those of another registry begin with its code."""
    found = _ABROAD.fullmatch(numerals(text).upper())
    origin, rest = (found[1], found[2]) if found else (own, text)
    return stored(origin, serials.parse_range(rest), own=own)
