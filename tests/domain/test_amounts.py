"""Amounts: read exactly, kept exactly, rounded on display only."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.amounts import exact, kept, read, read_year, restored, shown, tonnes_in
from app.domain.article6_errors import NotAnAmount, NotAYear


def test_amounts_are_read_exactly() -> None:
    assert read("0.1") == Fraction(1, 10)
    assert read(" １,２３４，５６７.8 ") == Fraction(12345678, 10)
    assert read("−3.5", is_signed=True) == Fraction(-7, 2)
    assert read("\u3000") is None
    assert read_year("２０３０") == 2030 and read_year("") is None


def test_what_is_no_amount_is_refused_at_its_field() -> None:
    bad = ("abc", "1,23", "1e3", "=1+1", "NaN", "10²", "1.", ".5", "-1", "1" * 19, "1.1234567")
    for typed in (*bad, "111," * 6 + "111", "1\x00", "1/3", "12 34"):
        with pytest.raises(NotAnAmount) as caught:
            read(typed, "emissions-2021")
        assert caught.value.field == "emissions-2021", typed
    for typed in ("21", "20301", "3000", "2021.0", "MMXX"):
        with pytest.raises(NotAYear):
            read_year(typed)


def test_rounding_is_for_display_only() -> None:
    assert shown(Fraction(200, 7)) == "28.571"
    assert shown(Fraction(247, 8)) == "30.875"
    assert shown(Fraction(28)) == "28"
    assert shown(Fraction(1, 2), 0) == "1" and shown(Fraction(-1, 2), 0) == "-1"
    assert shown(Fraction(-1, 10_000)) == "0"
    assert shown(None) == ""
    assert shown(10**18 + Fraction(1, 3)) == "1,000,000,000,000,000,000.333"


def test_a_unit_says_how_many_tonnes_it_is() -> None:
    assert tonnes_in("kt CO₂ eq") == 1000
    assert tonnes_in("GWh") is None


@given(st.decimals(min_value=-(10**17), max_value=10**17, places=6))
def test_what_was_typed_is_kept_as_it_was(value: Fraction) -> None:
    exact = read(f"{value:f}", is_signed=True)
    assert exact == Fraction(value)
    assert restored(kept(exact)) == exact


def test_what_would_have_to_be_rounded_is_not_kept() -> None:
    assert kept(None) is None
    with pytest.raises(NotAnAmount):
        kept(Fraction(1, 3))


def test_programs_are_told_a_decimal_or_the_fraction_itself() -> None:
    for value, told in (
        (Fraction(247, 8), "30.875"),
        (Fraction(200, 7), "200/7"),
        (Fraction(-1, 50), "-0.02"),
        (Fraction(12_000), "12000"),
    ):
        assert exact(value) == told and Fraction(told) == value
    assert exact(None) is None
