"""Lists of the portal: the filter as typed, what is wrong with it, chips, and pages of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.web import lists


@dataclass(frozen=True)
class Asked:
    kind: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Row:
    id: int


def find(
    *, before: int | None = None, after: int | None = None, size: int, last: int = 120
) -> Sequence[Row]:
    """Return rows newest first: below `before`, or the last above `after`."""
    if after is not None:
        return [Row(one) for one in range(min(last, after + size), after, -1)]
    first = last if before is None else before - 1
    return [Row(one) for one in range(first, max(0, first - size), -1)]


def test_a_filter_is_read_with_its_widths_unified_and_no_longer_than_is_kept(site: Flask) -> None:
    with site.test_request_context("/?kind=１２%00&since=" + "x" * 300):
        asked = lists.typed(Asked)
    assert (asked.kind, len(asked.since), asked.until) == ("12", 200, "")


def test_what_is_wrong_is_said_at_its_field(site: Flask) -> None:
    errors: dict[str, str] = {}
    with site.test_request_context("/"):
        asked = Asked("nothing", "2026-11", "2026-11-20")
        lists.choices(asked, {"kind": {"transfer"}}, errors)
        found = lists.days(asked, errors)
    assert set(errors) == {"kind", "since"}
    assert found["since"] is None and found["until"] is not None


def test_a_chip_says_a_choice_in_words_and_leads_to_the_list_without_it(site: Flask) -> None:
    def address(**rest: str) -> str:
        return "&".join(f"{name}={said}" for name, said in rest.items())

    with site.test_request_context("/"):
        chips = lists.chips(
            Asked("transfer", "2026-11-20"),
            {"kind": {"transfer": "Transfer"}, "since": lambda said: f"from {said}"},
            address,
        )
    assert chips == [
        {"label": "Transfer", "address": "since=2026-11-20"},
        {"label": "from 2026-11-20", "address": "kind=transfer"},
    ]


def test_pages_follow_each_other_both_ways(site: Flask) -> None:
    def turned(query: str) -> lists.Shown:
        with site.test_request_context(f"/?{query}"):
            return lists.turned(
                find, 120, lambda **place: "&".join(f"{k}={v}" for k, v in place.items())
            )

    first = turned("")
    assert ([first.rows[0].id, first.rows[-1].id], first.previous) == ([120, 71], None)
    second = turned(first.next or "")
    assert [second.rows[0].id, second.rows[-1].id] == [70, 21]
    last = turned(second.next or "")
    assert ([last.rows[0].id, last.rows[-1].id], last.next) == ([20, 1], None)
    assert turned(last.previous or "").rows == second.rows
    assert turned("before=x&after=-1").rows == first.rows


@pytest.mark.parametrize("partial", ["2026-11", "11/2026", "2026", "31/11/2026", "2026-11-", "x"])
def test_o74_a_partial_date_is_refused_and_the_other_one_read(site: Flask, partial: str) -> None:
    with site.test_request_context("/en/"):
        errors: dict[str, str] = {}
        found = lists.days(Asked("", partial, "20/11/2026"), errors)
        assert list(errors) == ["since"]
        assert found["until"] == datetime(2026, 11, 20, 15, tzinfo=UTC)
        errors = {}
        found = lists.days(Asked("", "2026年11月2日", partial), errors)
        assert list(errors) == ["until"]
        assert found["since"] == datetime(2026, 11, 1, 15, tzinfo=UTC)
