"""The public holidays of Mongolia: fixed ones every year, lunar ones as far as they are known."""

from datetime import date

from app.domain import mongolian_holidays as holidays
from app.domain import workdays

#: As the calendars of the country have them.
OF_2025 = "1-1 3-1 3-2 3-3 3-8 6-1 6-11 7-10 7-11 7-12 7-13 7-14 7-15 11-21 11-26 12-29"


def test_the_holidays_of_a_year_that_is_known_are_all_there() -> None:
    days = (day.split("-") for day in OF_2025.split())
    assert sorted(holidays.of_year(2025)) == [date(2025, int(m), int(d)) for m, d in days]


def test_of_other_years_only_what_keeps_its_date_counts() -> None:
    assert holidays.is_whole(2026) and not holidays.is_whole(2027)
    assert {(day.month, day.day) for day in holidays.of_year(2022)} == {
        *((1, 1), (3, 8), (6, 1), (11, 26), (12, 29)),
        *((7, day) for day in range(11, 16)),
    }
    assert date(2027, 7, 10) in holidays.of_year(2027)


def test_a_working_day_is_one_of_the_country() -> None:
    culture_day, republic_day = date(2026, 11, 3), date(2026, 11, 26)
    assert [workdays.is_workday(day, "MN") for day in (culture_day, republic_day)] == [True, False]
    assert [workdays.is_workday(day) for day in (culture_day, republic_day)] == [False, True]
    # Japan's public offices close around New Year, Mongolia's do not.
    assert workdays.is_workday(date(2026, 12, 30), "MN")
    # Of a country whose holidays are not known none count.
    assert workdays.is_workday(republic_day, "XX") and not workdays.is_workday(
        date(2026, 11, 28), "XX"
    )
