"""Two Parties' records side by side: what is the same, what is missing, what differs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import cross_check
from app.domain.cross_check import Compared, Difference, Movement
from app.domain.itmo import Identifier
from app.domain.serials import Range
from app.domain.upload_errors import NumbersTooOften

AT = datetime(2025, 6, 1, tzinfo=UTC)


def movement(first: int, last: int, *, acquired: bool = False, **other: Any) -> Movement:
    parts = {"approach": "CA0004", "registry": "JPN01", "first_transferring": "VNM"}
    named = parts | {name: other.pop(name) for name in parts if name in other}
    vintage = other.pop("vintage", 2022)
    made = Movement(
        at=AT,
        sender="VNM",
        receiver="JPN",
        is_acquisition=acquired,
        identifier=Identifier(range=Range(first, last), vintage=vintage, **named),
        tonnes=Decimal(last - first + 1),
        place="here",
    )
    return replace(made, **other)


def compared(*movements: Movement) -> Compared:
    return cross_check.compare("VNM", "JPN", movements)


def told(found: Compared) -> list[tuple[str, int, int, list[str]]]:
    return [
        (
            str(pair.range),
            pair.tonnes_sent,
            pair.tonnes_acquired,
            [difference.value for difference in pair.differences],
        )
        for pair in found.pairs
    ]


def test_what_both_report_in_other_pieces_is_the_same() -> None:
    found = compared(
        movement(1, 1_000),
        movement(1, 400, acquired=True),
        movement(401, 1_000, acquired=True, at=AT + timedelta(days=7)),
    )
    assert told(found) == [("1-400", 400, 400, []), ("401-1000", 600, 600, [])]
    assert (found.sent, found.acquired, found.agreed, found.differing) == (1_000, 1_000, 1_000, [])


def test_what_only_one_side_has_is_a_difference_by_range() -> None:
    found = compared(movement(1, 1_000), movement(301, 1_200, acquired=True))
    assert told(found) == [
        ("1-300", 300, 0, ["not_acquired"]),
        ("301-1000", 700, 700, []),
        ("1001-1200", 0, 200, ["not_sent"]),
    ]
    assert (found.sent, found.acquired, found.agreed) == (1_000, 900, 700)


def test_another_vintage_identifier_date_or_quantity_is_told() -> None:
    cases: list[tuple[dict[str, Any], list[Difference]]] = [
        ({"vintage": 2023}, [Difference.VINTAGE]),
        ({"registry": "VNM01"}, [Difference.IDENTIFIER]),
        ({"approach": "CA0005"}, [Difference.IDENTIFIER]),
        ({"at": AT + timedelta(days=7, seconds=1)}, [Difference.DATE]),
        ({"tonnes": Decimal("999.5")}, [Difference.QUANTITY]),
        ({"tonnes": None}, []),
    ]
    for other, differences in cases:
        found = compared(movement(1, 10), movement(1, 10, acquired=True, **other))
        (pair,) = found.pairs
        assert list(pair.differences) == differences, other
        assert found.agreed == (10 if not set(differences) - {Difference.DATE} else 0)
    # With both other, nobody can say that they are the same numbers.
    other = movement(1, 10, acquired=True, vintage=2023, registry="VNM01")
    assert told(compared(movement(1, 10), other)) == [
        ("1-10", 10, 0, ["not_acquired"]),
        ("1-10", 0, 10, ["not_sent"]),
    ]


def test_numbers_that_went_twice_are_paired_in_the_order_of_time() -> None:
    later = AT + timedelta(days=60)
    found = compared(
        movement(1, 10, at=later),
        movement(1, 10),
        movement(1, 10, acquired=True, at=later),
        movement(1, 10, acquired=True),
        movement(1, 4, acquired=True, at=later + timedelta(days=60)),
    )
    assert sorted(told(found)) == [
        ("1-10", 10, 10, []),
        ("1-10", 10, 10, []),
        ("1-4", 0, 4, ["not_sent"]),
    ]


def test_a_movement_just_outside_the_year_serves_to_be_found_only() -> None:
    new_year = datetime(2026, 1, 2, tzinfo=UTC)
    ours = [
        movement(1, 10, acquired=True, at=new_year),
        movement(11, 20, acquired=True, at=new_year),
    ]
    theirs = movement(1, 10, at=datetime(2025, 12, 31, tzinfo=UTC))
    found = cross_check.compare(
        "VNM", "JPN", [theirs, *ours], counts=lambda one: one.at.year == 2025
    )
    assert told(found) == [("1-10", 10, 10, [])]


def test_what_went_elsewhere_is_left_out() -> None:
    assert compared(movement(1, 10, receiver="KOR"), movement(1, 10, sender="KOR")).pairs == []


def test_a_file_that_moves_the_same_numbers_again_and_again_is_refused() -> None:
    with pytest.raises(NumbersTooOften) as caught:
        compared(*[movement(5, 9)] * 51)
    assert (caught.value.first, caught.value.last) == (5, 9)


_ranges = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 20)).map(lambda at: (at[0], at[0] + at[1])),
    max_size=8,
)


@given(sent=_ranges, acquired=_ranges)
def test_every_number_of_both_sides_stands_in_the_comparison_exactly_once(
    sent: list[tuple[int, int]], acquired: list[tuple[int, int]]
) -> None:
    found = compared(
        *(movement(*one) for one in sent), *(movement(*one, acquired=True) for one in acquired)
    )
    assert found.sent == sum(last - first + 1 for first, last in sent)
    assert found.acquired == sum(last - first + 1 for first, last in acquired)
    for number in range(1, 82):
        ours = sum(first <= number <= last for first, last in sent)
        theirs = sum(first <= number <= last for first, last in acquired)
        paired = [pair for pair in found.pairs if number in pair.range]
        assert sum(pair.is_agreed for pair in paired) == min(ours, theirs)
        assert len(paired) == max(ours, theirs)
