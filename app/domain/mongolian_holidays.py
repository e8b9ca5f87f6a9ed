"""Public holidays of Mongolia: those that keep their date, and others as far as they are known.

Those of the lunar calendar, which the government names, are here for the years whose days were
found to agree in more than one place; in any other year only the fixed ones count.
"""

from datetime import date
from functools import cache
from typing import Final

#: New Year, Women's Day, Children's Day, Naadam, Republic Day, and the day of independence.
_FIXED: Final = (
    (1, 1),
    (3, 8),
    (6, 1),
    *((7, day) for day in range(11, 16)),
    (11, 26),
    (12, 29),
)
#: Since this year Naadam begins a day earlier.
_LONGER_SINCE: Final = 2023
_NAADAM_EVE: Final = (7, 10)

#: By year: the three days of Tsagaan Sar, the Buddha's day, and the day of Genghis Khan's birth.
_LUNAR: Final = {
    2024: ((2, 10), (2, 11), (2, 12), (5, 23), (11, 2)),
    2025: ((3, 1), (3, 2), (3, 3), (6, 11), (11, 21)),
    2026: ((2, 18), (2, 19), (2, 20), (5, 31), (11, 10)),
}


@cache
def of_year(year: int) -> frozenset[date]:
    """Return the holidays of a year; one on a Saturday or Sunday moves no other day."""
    named = (*_FIXED, *_LUNAR.get(year, ()))
    if year >= _LONGER_SINCE:
        named += (_NAADAM_EVE,)
    return frozenset(date(year, month, day) for month, day in named)


def is_whole(year: int) -> bool:
    """Tell whether the holidays of the lunar calendar are known for a year."""
    return year in _LUNAR
