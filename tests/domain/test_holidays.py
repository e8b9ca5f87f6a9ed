"""Public holidays by the rules of the law, against the days that the government has published."""

from datetime import date

import pytest

from app.domain import holidays

PUBLISHED = {
    2026: "1-1 1-12 2-11 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-20 8-11 9-21 9-22 9-23 10-12 11-3 11-23",
    2027: "1-1 1-11 2-11 2-23 3-21 3-22 4-29 5-3 5-4 5-5 7-19 8-11 9-20 9-23 10-11 11-3 11-23",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_holidays_of_a_year_are_those_published(year: int) -> None:
    days = (day.split("-") for day in PUBLISHED[year].split())
    assert sorted(holidays.of_year(year)) == [date(year, int(m), int(d)) for m, d in days]


def test_a_holiday_on_a_sunday_gives_the_next_day_that_is_none() -> None:
    assert date(2026, 5, 3).strftime("%a") == "Sun"
    assert holidays.is_holiday(date(2026, 5, 6))
    assert not holidays.is_holiday(date(2026, 5, 7))


def test_a_day_between_two_holidays_is_one() -> None:
    assert holidays.is_holiday(date(2026, 9, 22))
    assert not holidays.is_holiday(date(2027, 9, 22))
