"""Working days, and when something that waits for one of them begins.

A working day is one from Monday to Friday that is no public holiday of the country whose calendar
counts. In Japan the days around New Year on which public offices are closed (29 December to
3 January) are none either. Of a country whose holidays are not known here none count.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain import holidays, mongolian_holidays

_SATURDAY: Final = 5
_CLOSED: Final = frozenset({(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)})
#: The country whose calendar counts unless another is named.
JAPAN: Final = "JP"
_CALENDARS: Final[Mapping[str, Callable[[int], frozenset[date]]]] = {
    JAPAN: holidays.of_year,
    "MN": mongolian_holidays.of_year,
}
_DAY: Final = timedelta(days=1)
_NOON: Final = 12


def is_workday(day: date, calendar: str = JAPAN) -> bool:
    """Tell whether offices are open on a day in a country, by its two letters."""
    known = _CALENDARS.get(calendar)
    is_holiday = known is not None and day in known(day.year)
    is_closed = calendar == JAPAN and (day.month, day.day) in _CLOSED
    return day.weekday() < _SATURDAY and not is_holiday and not is_closed


def next_opening(
    now: datetime, opens: int, closes: int, zone: ZoneInfo, calendar: str = JAPAN
) -> datetime:
    """Return `now` within the hours of a working day, otherwise when they begin next.

    Args:
        opens, closes: hours of the day, by the clocks of `zone`; the closing hour is outside.
        calendar: the country whose working days count.
    """
    local = now.astimezone(zone)
    day = local.date()
    if is_workday(day, calendar) and opens <= local.hour < closes:
        return now
    if not is_workday(day, calendar) or local.hour >= closes:
        day = _following(day, calendar)
    return _at(day, opens, zone)


def nth_workday_noon(now: datetime, number: int, zone: ZoneInfo, calendar: str = JAPAN) -> datetime:
    """Return 12:00 on the n-th working day after the day of `now`."""
    day = now.astimezone(zone).date()
    for _ in range(number):
        day = _following(day, calendar)
    return _at(day, _NOON, zone)


def _following(day: date, calendar: str) -> date:
    """Return the next working day after a day."""
    day += _DAY
    while not is_workday(day, calendar):
        day += _DAY
    return day


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone)
