"""Reconciliation: sums, ranges and differences, told and read, and what is no such thing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain import reconciliation, serials
from app.domain.exchange_errors import MessageRejected
from app.domain.reconciliation import (
    STAGE_NAMES,
    Book,
    Books,
    Gap,
    Key,
    Part,
    Share,
    Stage,
    Sum,
)
from app.domain.serials import SERIAL_MAX, Range

OLD = Key("JP", "MN003", 2019, "jcm_credit")
ITMO = Key("MN", "MN009", 2022, "itmo")
NUMBERS = some.integers(1, 60)


def books(sent: list[Range], received: list[Range] | None = None) -> Books:
    return {Part.SENT: {OLD: sent}, Part.RECEIVED: {ITMO: received or []}}


@some.composite
def joined(draw: some.DrawFn) -> list[Range]:
    firsts = draw(some.lists(NUMBERS, max_size=12))
    return serials.join(Range(first, first + draw(some.integers(0, 3))) for first in firsts)


@given(joined(), joined())
def test_what_one_has_and_the_other_has_not_is_exact(one: list[Range], other: list[Range]) -> None:
    mine, theirs = ({n for r in of for n in range(r.first, r.last + 1)} for of in (one, other))
    only_mine, only_theirs = reconciliation.apart(one, other)
    assert {n for r in only_mine for n in range(r.first, r.last + 1)} == mine - theirs
    assert {n for r in only_theirs for n in range(r.first, r.last + 1)} == theirs - mine
    assert only_mine == sorted(only_mine)


@given(joined(), joined(), some.integers(1, 5))
def test_ranges_told_in_parts_find_what_all_at_once_would(
    one: list[Range], other: list[Range], size: int
) -> None:
    ours = books(one, [Range(1, 9)])
    theirs: Books = {Part.RECEIVED: {OLD: other}, Part.SENT: {ITMO: [Range(3, 4)]}}
    kinds = reconciliation.differing(reconciliation.summed(ours), reconciliation.summed(theirs))
    begin, is_last, found = (0, 0), not kinds, []
    while not is_last:
        shares, is_last = reconciliation.portion(ours, kinds, begin, size)
        shares = reconciliation.heard_shares(reconciliation.told_shares(shares))
        found += reconciliation.gaps(theirs, shares)
        begin = reconciliation.following(kinds, shares[-1])
    whole, _ = reconciliation.portion(ours, kinds)
    assert set(_numbers(found)) == set(_numbers(reconciliation.gaps(theirs, whole)))
    assert (not kinds) is (found == [])


def _numbers(gaps: list[Gap]) -> list[tuple[Part, Book, int]]:
    return [
        (gap.part, gap.book, number)
        for gap in gaps
        for number in range(gap.range.first, gap.range.last + 1)
    ]


def test_sums_name_how_many_and_which() -> None:
    one, same = books([Range(1, 5), Range(7, 7)]), books([Range(1, 5), Range(7, 7)], [])
    other = books([Range(1, 5), Range(8, 8)])
    sums = reconciliation.summed(one)
    assert sums == reconciliation.summed(same)
    assert sums[Part.SENT][OLD].quantity == 6
    assert sums[Part.RECEIVED] == {}
    assert sums[Part.SENT][OLD].digest != reconciliation.summed(other)[Part.SENT][OLD].digest
    assert reconciliation.heard(reconciliation.told(sums)) == sums
    mirrored = {Part.RECEIVED: {OLD: [Range(1, 5), Range(7, 7)]}, Part.SENT: {}}
    assert reconciliation.differing(sums, reconciliation.summed(mirrored)) == []
    assert reconciliation.differing(sums, {Part.SENT: {}, Part.RECEIVED: {}}) == [(Part.SENT, OLD)]


def test_differences_are_told_and_turned() -> None:
    gap = Gap(Part.SENT, OLD, Range(4, 9), Book.OURS)
    turned = Gap(Part.RECEIVED, OLD, Range(4, 9), Book.THEIRS)
    assert reconciliation.heard_gaps(reconciliation.told_gaps([gap])) == [turned]


def test_what_is_malformed_is_rejected() -> None:
    share = reconciliation.told_shares([Share(Part.SENT, OLD, 0, SERIAL_MAX, [Range(1, 2)])])[0]
    for wrong in (
        None,
        [None],
        [{}],
        [share | {"ranges": [[1]]}],
        [share | {"ranges": [[2, 1]]}],
        [share | {"ranges": [[1, 2], [3, 4]]}],
        [share | {"ranges": [[True, 2]]}],
        [share | {"upto": 1}],
        [share | {"part": "lost"}],
        [share | {"origin": "Japan"}],
        [share | {"more": 1}],
    ):
        with pytest.raises(MessageRejected):
            reconciliation.heard_shares(wrong)
    gap = reconciliation.told_gaps([Gap(Part.SENT, OLD, Range(4, 9), Book.OURS)])[0]
    for change in ({"book": "nobody's"}, {"first": "4"}, {"last": 3}, {"vintage": None}):
        with pytest.raises(MessageRejected):
            reconciliation.heard_gaps([gap | change])
    told = reconciliation.told({Part.SENT: {OLD: Sum(1, "x")}, Part.RECEIVED: {}})
    told["sent"][0]["quantity"] = 0
    with pytest.raises(MessageRejected):
        reconciliation.heard(told)


def test_a_run_is_named_by_who_began_it_and_when() -> None:
    number = reconciliation.run_number("JP", datetime(2026, 11, 23, tzinfo=UTC), 4)
    assert reconciliation.check_number(number, "JP") == number == "JP-20261123-4"
    for wrong in (number.lower(), "JP-20261123-0", "JP-20261323-1", "MN-20261123-4", None):
        with pytest.raises(MessageRejected) as caught:
            reconciliation.check_number(wrong, "JP")
        assert caught.value.reason == "6201"


def test_every_stage_has_words() -> None:
    assert set(STAGE_NAMES) == set(Stage)
