"""Bands: numbers of several registries in one ledger, of which no two can be mixed up."""

from itertools import pairwise, product
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import bands
from app.domain.errors import NumberTooLarge
from app.domain.serials import SERIAL_MAX, Range

CODES = ["".join(letters) for letters in product(ascii_uppercase, repeat=2)]
codes = st.sampled_from(CODES)
numbers = st.integers(1, bands.FOREIGN_MAX)


@given(codes, codes, numbers, numbers)
def test_a_number_in_the_ledger_is_printed_as_its_registry_counts(
    own: str, origin: str, one: int, other: int
) -> None:
    told = Range(min(one, other), max(one, other))
    place = bands.stored(origin, told, own=own)
    assert bands.printed(place, own=own) == (origin, told)
    assert bands.is_own(place.first) is bands.is_own(place.last) is (origin == own)


def test_no_two_bands_touch_and_all_are_above_the_own_numbers() -> None:
    whole = sorted(bands.stored(code, Range(1, bands.FOREIGN_MAX), own="") for code in CODES)
    assert whole[0].first > bands.OWN_MAX
    assert whole[-1].last <= SERIAL_MAX
    assert all(before.last < after.first for before, after in pairwise(whole))


def test_own_numbers_stand_in_the_ledger_as_they_are() -> None:
    told = Range(1, bands.OWN_MAX)
    assert bands.stored("JP", told, own="JP") == told
    assert bands.printed(told, own="JP") == ("JP", told)


def test_a_number_without_a_place_is_refused() -> None:
    for origin, last in (("JP", bands.OWN_MAX + 1), ("MN", bands.FOREIGN_MAX + 1)):
        with pytest.raises(NumberTooLarge):
            bands.stored(origin, Range(1, last), own="JP")
