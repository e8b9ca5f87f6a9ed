"""Announcements: when one is on, which window the registry is in, and where each stands."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.announcements import (
    KIND_NAMES,
    STANDING_NAMES,
    Announced,
    Kind,
    Standing,
    present,
    standing,
)
from app.domain.text import Text

START = datetime(2026, 12, 1, 12, tzinfo=UTC)
END = START + timedelta(hours=2)
INSTANT = timedelta(microseconds=1)


def announced(kind: Kind = Kind.MAINTENANCE, *, ends_at: datetime = END) -> Announced:
    return Announced(1, kind, Text("a", "い"), Text("b", "ろ"), START, ends_at)


def test_a_window_holds_its_first_moment_and_not_its_end() -> None:
    window = announced()
    assert not window.is_on(START - INSTANT)
    assert window.is_on(START)
    assert window.is_on(END - INSTANT)
    assert not window.is_on(END)


def test_the_registry_is_in_the_window_that_ends_last() -> None:
    longer = announced(ends_at=END + timedelta(hours=1))
    assert present([announced(), longer], START) is longer
    assert present([announced(), longer], END) is longer
    assert present([announced()], END) is None


def test_a_notice_is_no_maintenance() -> None:
    assert present([announced(Kind.NOTICE)], START) is None


@pytest.mark.parametrize(
    ("now", "cancelled_at", "where"),
    [
        (START - INSTANT, None, Standing.SCHEDULED),
        (START, None, Standing.ON),
        (END - INSTANT, None, Standing.ON),
        (END, None, Standing.PAST),
        (START - INSTANT, START - timedelta(days=1), Standing.CANCELLED),
        (END, START - INSTANT, Standing.CANCELLED),
        (START + INSTANT, START + INSTANT, Standing.PAST),
    ],
)
def test_an_announcement_stands_somewhere_at_every_moment(
    now: datetime, cancelled_at: datetime | None, where: Standing
) -> None:
    assert standing(START, END, cancelled_at, now) is where


def test_every_kind_and_standing_has_its_words() -> None:
    assert set(KIND_NAMES) == set(Kind)
    assert set(STANDING_NAMES) == set(Standing)
