"""Dates as people type them: 20/08/2024, 2024-08-20, 2024年8月20日, in any width of digits.

And times of the day: 09:30, 9時30分.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from app.domain.errors import NotADate
from app.domain.people_errors import NotATime
from app.domain.text import normalise
from app.web.sessions import registry

_YEAR_FIRST: Final = re.compile(
    r"([0-9]{4})\s?[-/.年]\s?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})\s?日?"
)
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})\s?[-/.]\s?([0-9]{1,2})\s?[-/.]\s?([0-9]{4})")
_CLOCK: Final = re.compile(r"([0-9]{1,2})\s?[:時]\s?([0-9]{2})\s?分?")
#: Nothing of the registry lies outside these years, and a day after them would be no date at all.
_YEARS: Final = range(1900, 2200)


def parse(typed: str, field: str) -> date | None:
    """Return the date typed, or None for an empty field; NotADate for anything else."""
    text = normalise(typed)
    if not text:
        return None
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        raise NotADate(text[:40], field=field)
    try:
        given = date(year, month, day)
    except ValueError as error:
        raise NotADate(text, field=field) from error
    if given.year not in _YEARS:
        raise NotADate(text, field=field)
    return given


def clock(typed: str, field: str) -> time | None:
    """Return the time of day typed, to the minute, or None for an empty field."""
    text = normalise(typed)
    if not text:
        return None
    found = _CLOCK.fullmatch(text)
    hour, minute = (int(part) for part in found.groups()) if found else (24, 0)
    if hour not in range(24) or minute not in range(60):
        raise NotATime(text[:40], field=field)
    return time(hour, minute)


def begins(day: date) -> datetime:
    """Return the moment at which a day begins in the registry's time zone."""
    return datetime.combine(day, time(), registry().time_zone)


def ends(day: date) -> datetime:
    """Return the moment at which a day has ended in the registry's time zone."""
    return begins(day + timedelta(days=1))


def last_moment(day: date) -> datetime:
    """Return the last moment that still belongs to a day."""
    return ends(day) - timedelta(microseconds=1)
