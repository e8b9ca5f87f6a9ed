"""When movements begin next and on which noon an addition counts, by worked examples."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain import workdays

TOKYO = ZoneInfo("Asia/Tokyo")


def at(said: str) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-02", True),
        ("2026-11-03", False),  # Culture Day
        ("2026-11-07", False),  # Saturday
        ("2026-11-08", False),  # Sunday
        ("2026-12-28", True),
        ("2026-12-29", False),
        ("2027-01-01", False),
        ("2027-01-04", True),
    ],
)
def test_offices_are_open_on_working_days(day: str, *, expected: bool) -> None:
    assert workdays.is_workday(date.fromisoformat(day)) is expected


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-11-02 10:00", "2026-11-02 10:00"),
        ("2026-11-02 15:59", "2026-11-02 15:59"),
        ("2026-11-02 09:59", "2026-11-02 10:00"),
        ("2026-11-02 00:00", "2026-11-02 10:00"),
        # At the closing hour it is too late; the day after is a holiday.
        ("2026-11-02 16:00", "2026-11-04 10:00"),
        ("2026-11-03 12:00", "2026-11-04 10:00"),
        # Friday evening
        ("2026-11-06 18:30", "2026-11-09 10:00"),
        ("2026-11-06 23:59", "2026-11-09 10:00"),
        ("2026-11-07 00:00", "2026-11-09 10:00"),
        # Golden Week of 2026: Sunday 3 May to Wednesday 6 May
        ("2026-05-01 16:00", "2026-05-07 10:00"),
        # The turn of the year
        ("2026-12-28 17:00", "2027-01-04 10:00"),
    ],
)
def test_movements_begin_within_the_hours_or_when_they_open_next(now: str, opening: str) -> None:
    assert workdays.next_opening(at(now), 10, 16, TOKYO) == at(opening)


def test_hours_are_those_of_the_zone() -> None:
    """01:00 in London is 10:00 in Tokyo."""
    london = at("2026-11-02 10:00").astimezone(ZoneInfo("Europe/London"))
    assert workdays.next_opening(london, 10, 16, TOKYO) == london


@pytest.mark.parametrize(
    ("now", "number", "noon"),
    [
        ("2026-11-09 10:30", 4, "2026-11-13 12:00"),
        ("2026-11-09 10:30", 1, "2026-11-10 12:00"),
        # Over a weekend
        ("2026-11-12 09:00", 4, "2026-11-18 12:00"),
        # Friday evening: Monday is the first
        ("2026-11-13 20:00", 4, "2026-11-19 12:00"),
        # Midnight begins a day
        ("2026-11-13 00:00", 1, "2026-11-16 12:00"),
        # Over Culture Day
        ("2026-11-02 10:30", 4, "2026-11-09 12:00"),
        # Golden Week
        ("2026-04-28 10:00", 4, "2026-05-08 12:00"),
    ],
)
def test_case_132_an_addition_counts_from_noon_of_the_nth_working_day(
    now: str, number: int, noon: str
) -> None:
    assert workdays.nth_workday_noon(at(now), number, TOKYO) == at(noon)
