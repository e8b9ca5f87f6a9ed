"""Unique identifiers of internationally transferred mitigation outcomes (ITMOs), and their reading.

Five parts (decision 6/CMA.4, annex I, paragraph 5): cooperative approach, originating registry,
first transferring Party, serial numbers, vintage. No decision says how they are written in one
line; the layout is this registry's own.
"""

import re
from dataclasses import dataclass
from typing import Final

from app.domain import serials
from app.domain.errors import MalformedItmo, VintageWithoutItmo
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.serials import Range
from app.domain.text import numerals

_PRINTED: Final = re.compile(
    r"(CA[0-9]{4})-([A-Z]{3}[0-9]{2})-([A-Z]{3})-([1-9][0-9]*)-([1-9][0-9]*)-([12][0-9]{3})"
)
_MEANT: Final = re.compile(r"CA[0-9]+-")


@dataclass(frozen=True, slots=True)
class Units:
    """The parts that all ITMOs of one issuance have in common; they never change."""

    approach: str
    registry: str
    first_transferring: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """Serial numbers of one cooperative approach, registry, Party and vintage."""

    approach: str
    registry: str
    first_transferring: str
    range: Range
    vintage: int

    def __str__(self) -> str:
        return (
            f"{self.approach}-{self.registry}-{self.first_transferring}"
            f"-{self.range.first}-{self.range.last}-{self.vintage}"
        )


def identifier(units: Units, numbers: Range, vintage: int) -> Identifier:
    """Return the identifier of numbers of an issuance, the same wherever they lie.

    Args:
        numbers: their places in the ledger.
    """
    told = numbers.counted
    return Identifier(units.approach, units.registry, units.first_transferring, told, vintage)


def is_meant(text: str) -> bool:
    """Tell whether a text begins as only such an identifier does."""
    return _MEANT.match(numerals(text).upper()) is not None


def parse(text: str) -> Identifier:
    """Read an identifier such as CA0004-JPN01-MNG-1-7104-2021; widths and case are forgiven.

    Raises:
        MalformedItmo: the text is not laid out so.
        VintageWithoutItmo: credits of such a vintage are no ITMOs.
        RangeBackwards: the last number lies before the first.
        NumberTooLarge: a number is beyond 2^63 - 1.
    """
    found = _PRINTED.fullmatch(numerals(text).upper())
    if found is None:
        raise MalformedItmo(text)
    approach, registry, party, first, last, vintage = found.groups()
    numbers = serials.parse_range(f"{first}-{last}")
    if int(vintage) < ITMO_VINTAGE_MIN:
        raise VintageWithoutItmo(int(vintage))
    return Identifier(approach, registry, party, numbers, int(vintage))
