"""Public holidays of Japan, by the rules of the Act on National Holidays (Act No. 178 of 1948).

The rules are those in force since 2022; the years before had exceptions.
"""

from datetime import date, timedelta
from functools import cache
from typing import Final

_MONDAY, _SUNDAY = 0, 6
_DAY: Final = timedelta(days=1)

#: Month and day of the holidays that keep their date.
_FIXED: Final = (
    (1, 1),
    (2, 11),
    (2, 23),
    (4, 29),
    (5, 3),
    (5, 4),
    (5, 5),
    (8, 11),
    (11, 3),
    (11, 23),
)
#: Month and number of the Monday of the others.
_MONDAYS: Final = ((1, 2), (7, 3), (9, 3), (10, 2))

#: The equinoxes are named a year ahead; until 2099 they fall where this reckoning puts them.
_EQUINOX_YEAR: Final = 1980
_EQUINOX_SHIFT: Final = 0.242194
_SPRING, _AUTUMN = 20.8431, 23.2488


@cache
def of_year(year: int) -> frozenset[date]:
    """Return the holidays of a year, with those that move a holiday off a Sunday."""
    named = {date(year, month, day) for month, day in _FIXED}
    named |= {_monday(year, month, number) for month, number in _MONDAYS}
    named |= {date(year, 3, _equinox(year, _SPRING)), date(year, 9, _equinox(year, _AUTUMN))}
    # A day between two holidays is one; and a Sunday's holiday gives the next day that is none.
    between = {day + _DAY for day in named if day + 2 * _DAY in named} - named
    moved = set()
    for day in named:
        if day.weekday() == _SUNDAY:
            while day in named:
                day += _DAY  # noqa: PLW2901  walks to the first day that is none
            moved.add(day)
    return frozenset(named | between | moved)


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday."""
    return day in of_year(day.year)


def _monday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_MONDAY - first.weekday()) % 7 + 7 * (number - 1))


def _equinox(year: int, start: float) -> int:
    since = year - _EQUINOX_YEAR
    return int(start + _EQUINOX_SHIFT * since) - since // 4
