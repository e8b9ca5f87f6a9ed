"""The arithmetic of bands, and that what is printed of a place never shows the place itself."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain import bands, places
from app.domain.serials import Range

codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
numbers = st.integers(1, bands.FOREIGN_MAX)


@given(codes, numbers)
def test_a_place_tells_its_registry_and_number(code: str, number: int) -> None:
    place = places.base(code) + number
    assert (places.origin(place), places.counted(place)) == (code, number)


@given(codes, numbers, numbers)
def test_a_range_is_printed_and_read_back_without_its_places(
    code: str, one: int, other: int
) -> None:
    told = Range(min(one, other), max(one, other))
    place = bands.stored(code, told, own="")
    assert str(place) == f"{code}-{told}"
    assert bands.read(str(place), own="JP") == bands.stored(code, told, own="JP")
    assert bands.position(str(Range(place.first, place.first))) == place.first
    assert place.counted == told


def test_own_numbers_are_printed_as_they_are() -> None:
    assert (places.origin(places.FIRST - 1), places.counted(places.FIRST - 1)) == (
        "",
        bands.OWN_MAX,
    )
    assert str(Range(1, bands.OWN_MAX)) == f"1-{bands.OWN_MAX}"
    assert places.origin(2**63 - 1) == "", "no registry has places so high"
