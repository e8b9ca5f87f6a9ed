"""Dates as people type them."""

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from app.domain.errors import NotADate
from app.domain.people_errors import NotATime
from app.web import dates


@pytest.mark.parametrize(
    "typed",
    [
        "20/08/2024",
        "20.8.2024",
        "20-08-2024",
        "2024-08-20",
        "2024/8/20",
        "2024年8月20日",
        "2024年 8月 20日",
        "２０２４年８月２０日",
        " ２０／０８／２０２４ ",
    ],
)
def test_a_date_may_be_typed_in_many_ways(typed: str) -> None:
    assert dates.parse(typed, "since") == date(2024, 8, 20)


def test_nothing_typed_is_no_date() -> None:
    assert dates.parse("  ", "since") is None


@pytest.mark.parametrize(
    "typed",
    ["31/02/2024", "2024-13-01", "yesterday", "20240820", "20/08/24", "0000-01-01", "9999-12-31"],
)
def test_what_is_no_date_of_the_calendar_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(NotADate) as refused:
        dates.parse(typed, "since")
    assert refused.value.field == "since"


def test_a_day_is_one_of_the_registrys_time_zone(site: Flask) -> None:
    day = date(2024, 8, 20)
    with site.app_context():
        assert dates.begins(day) == datetime(2024, 8, 19, 15, tzinfo=UTC)
        assert dates.ends(day) == datetime(2024, 8, 20, 15, tzinfo=UTC)
        assert dates.last_moment(day) < dates.ends(day)


@pytest.mark.parametrize("typed", ["09:05", "9:05", "９：０５", "9時05分", " 09 : 05 "])
def test_a_time_is_read_as_people_type_it(typed: str) -> None:
    assert dates.clock(typed, "at") == time(9, 5)


@pytest.mark.parametrize("typed", ["24:00", "9:60", "9", "9:5", "09:05:00", "noon", "-1:00"])
def test_what_is_no_time_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(NotATime) as refusal:
        dates.clock(typed, "at")
    assert refusal.value.field == "at"


def test_no_time_is_none() -> None:
    assert dates.clock(" \u3000", "at") is None
