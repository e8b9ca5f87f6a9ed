"""Serial numbers: every operation on ranges against plain sets, and the text that parses back."""

from contextlib import suppress
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import bands, serials
from app.domain.errors import (
    MalformedSerial,
    NumberTooLarge,
    RangeBackwards,
    Refusal,
    SerialsTwice,
)
from app.domain.serials import SERIAL_MAX, Range, Serial


def ranges(highest: int) -> st.SearchStrategy[Range]:
    ends = st.lists(st.integers(1, highest), min_size=2, max_size=2).map(sorted)
    return ends.map(lambda pair: Range(*pair))


SMALL = ranges(40)
BIG = ranges(SERIAL_MAX)
ANY = SMALL | BIG
PRINTED = st.builds(
    Serial,
    origin=st.sampled_from(["JP", "MN", "VN"]),
    partner=st.from_regex("[A-Z]{2}", fullmatch=True),
    project=st.from_regex("[A-Z]{2}[0-9]{3,4}", fullmatch=True),
    vintage=st.integers(2013, 2060),
    range=ANY,
)


def numbers(*blocks: Range) -> set[int]:
    return {n for block in blocks for n in range(block.first, block.last + 1)}


def test_a_range_is_written_once_and_counts_both_ends() -> None:
    assert Range(1, 1).quantity == 1
    assert Range(1, SERIAL_MAX).quantity == SERIAL_MAX
    assert 7 in Range(7, 9) and 9 in Range(7, 9)
    assert 6 not in Range(7, 9) and 10 not in Range(7, 9)
    with pytest.raises(AttributeError):
        Range(1, 2).last = 3  # type: ignore[misc] # that it cannot be changed is the point


@pytest.mark.parametrize(("first", "last"), [(0, 5), (-1, 5), (6, 5), (1, SERIAL_MAX + 1)])
def test_no_range_lies_outside_the_sequence_or_runs_backwards(first: int, last: int) -> None:
    with pytest.raises(AssertionError):
        Range(first, last)


@given(ANY, st.data())
def test_taking_gives_the_lowest_numbers_and_loses_none(block: Range, data: st.DataObject) -> None:
    asked = data.draw(st.integers(1, block.quantity))
    taken, rest = serials.take(block, asked)
    assert (taken.first, taken.quantity) == (block.first, asked)
    if rest is None:
        assert taken == block
    else:
        assert (rest.first, rest.last) == (taken.last + 1, block.last)


@pytest.mark.parametrize("asked", [0, -1, 4])
def test_nobody_takes_nothing_or_more_than_there_is(asked: int) -> None:
    with pytest.raises(AssertionError):
        serials.take(Range(1, 3), asked)


@given(ranges(SERIAL_MAX).filter(lambda block: block.quantity > 1), st.data())
def test_splitting_and_joining_gives_the_block_back(block: Range, data: st.DataObject) -> None:
    at = data.draw(st.integers(block.first + 1, block.last))
    low, high = serials.split(block, at)
    assert low.last + 1 == high.first == at
    assert serials.join([high, low]) == [block]


@pytest.mark.parametrize("at", [1, 4])
def test_a_block_is_split_inside_only(at: int) -> None:
    with pytest.raises(AssertionError):
        serials.split(Range(1, 3), at)


@given(st.lists(SMALL, max_size=8))
def test_joining_keeps_the_numbers_and_leaves_no_neighbours(blocks: list[Range]) -> None:
    joined = serials.join(blocks)
    assert numbers(*joined) == numbers(*blocks)
    assert all(after.first > before.last + 1 for before, after in pairwise(joined))


@given(SMALL, SMALL)
def test_the_overlap_is_what_both_sets_hold(one: Range, other: Range) -> None:
    found = serials.overlap(one, other)
    assert numbers(*([found] if found else [])) == numbers(one) & numbers(other)
    assert found == serials.overlap(other, one)


@given(SMALL, st.lists(SMALL, max_size=6))
def test_the_difference_is_what_the_others_leave(block: Range, taken: list[Range]) -> None:
    left = serials.difference(block, taken)
    assert numbers(*left) == numbers(block) - numbers(*taken)
    assert left == serials.join(left)


@given(BIG, st.lists(BIG, max_size=4))
def test_overlap_and_difference_share_a_block_out_between_them(
    block: Range, taken: list[Range]
) -> None:
    shared = [part for other in taken if (part := serials.overlap(block, other))]
    left = serials.difference(block, taken)
    assert serials.join([*shared, *left]) == [block]
    assert serials.quantity(serials.join(shared)) + serials.quantity(left) == block.quantity


@given(st.lists(SMALL, max_size=5))
def test_a_number_named_twice_is_refused(blocks: list[Range]) -> None:
    doubled = any(serials.overlap(one, other) for one, other in combinations(blocks, 2))
    if doubled:
        with pytest.raises(SerialsTwice) as caught:
            serials.distinct(blocks)
        common = Range(caught.value.first, caught.value.last)
        assert sum(serials.overlap(block, common) is not None for block in blocks) >= 2
    else:
        assert serials.distinct(blocks) == sorted(blocks)


@given(PRINTED)
def test_a_printed_block_parses_back_to_itself(serial: Serial) -> None:
    assert serials.parse(str(serial)) == serial


@given(ANY)
def test_a_printed_range_parses_back_to_itself(block: Range) -> None:
    assert serials.parse_range(str(block)) == block


def test_a_block_prints_registry_partner_project_vintage_and_numbers() -> None:
    block = Serial("JP", "MN", "MN003", 2019, Range(1, 7104))
    assert str(block) == "JP-MN-MN003-2019-1-7104"
    assert str(Range(12, 12)) == "12"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("JP-MN-MN003-2019-1-7104", Serial("JP", "MN", "MN003", 2019, Range(1, 7104))),
        ("  jp-mn-mn003-2019-1-1 ", Serial("JP", "MN", "MN003", 2019, Range(1, 1))),
        (
            "ＪＰ－ＭＮ－ＭＮ００３－２０１９－１－２",
            Serial("JP", "MN", "MN003", 2019, Range(1, 2)),
        ),
        (
            f"JP-TH-TH0012-2030-1-{SERIAL_MAX}",
            Serial("JP", "TH", "TH0012", 2030, Range(1, SERIAL_MAX)),
        ),
    ],
)
def test_a_block_is_read_whatever_its_width_and_case(typed: str, read: Serial) -> None:
    assert serials.parse(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12", Range(12, 12)),
        ("１２", Range(12, 12)),
        ("12-40", Range(12, 40)),
        ("12 – 40", Range(12, 40)),
        ("12～40", Range(12, 40)),
        ("12〜40", Range(12, 40)),
        ("1,200-3,400", Range(1200, 3400)),
        (f"1-{SERIAL_MAX}", Range(1, SERIAL_MAX)),
        ("0007", Range(7, 7)),
    ],
)
def test_a_range_is_read_as_people_write_it(typed: str, read: Range) -> None:
    assert serials.parse_range(typed) == read


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        # Case 19: a block without start or end.
        ("JP-MN-MN003-2019-1", MalformedSerial),
        ("JP-MN-MN003-2019--7104", MalformedSerial),
        ("JP-MN-MN003-2019-1-", MalformedSerial),
        # Case 20: the end before the start.
        ("JP-MN-MN003-2019-7104-1", RangeBackwards),
        ("", MalformedSerial),
        ("JP-MN-MN003-2019-0-5", MalformedSerial),
        ("JP-MN-MN03-2019-1-5", MalformedSerial),
        ("JP-MN-MN003-19-1-5", MalformedSerial),
        ("JP-MN-MN003-2019-1-5-6", MalformedSerial),
        ("JP-MN-MN003-2019-1-2²", MalformedSerial),
        (f"JP-MN-MN003-2019-1-{SERIAL_MAX + 1}", NumberTooLarge),
    ],
)
def test_case_19_and_20_a_block_without_both_ends_in_order_is_refused(
    typed: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        serials.parse(typed)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", MalformedSerial),
        ("0", MalformedSerial),
        ("-5", MalformedSerial),
        ("5-", MalformedSerial),
        ("1.5", MalformedSerial),
        ("1e3", MalformedSerial),
        ("1,5", MalformedSerial),
        ("12,40", MalformedSerial),
        ("10²", MalformedSerial),
        ("①", MalformedSerial),
        ("١٢", MalformedSerial),
        ("1-2-3", MalformedSerial),
        ("40-12", RangeBackwards),
        (str(SERIAL_MAX + 1), NumberTooLarge),
        pytest.param("9" * 5000, NumberTooLarge, id="thousands of digits"),
    ],
)
def test_what_is_no_range_is_refused(typed: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        serials.parse_range(typed)


@given(st.text())
def test_no_text_whatever_makes_the_parsers_fail_otherwise_than_by_refusing(typed: str) -> None:
    for read in (
        serials.parse,
        serials.parse_range,
        lambda text: list(bands.read_list(text, own="JP")),
    ):
        with suppress(MalformedSerial, NumberTooLarge, RangeBackwards):
            read(typed)


def test_a_list_mixes_blocks_and_ranges() -> None:
    listed = "JP-MN-MN003-2019-1-5; 12-40\n\n７；１００、200-300"
    assert list(bands.read_list(listed, own="JP")) == [
        Serial("JP", "MN", "MN003", 2019, Range(1, 5)),
        Range(12, 40),
        Range(7, 7),
        Range(100, 100),
        Range(200, 300),
    ]
    assert list(bands.read_list(" ;\n", own="JP")) == []
