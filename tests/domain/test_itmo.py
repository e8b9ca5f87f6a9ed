"""Unique identifiers of ITMOs: what is printed is read back, and nothing else is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import itmo
from app.domain.errors import (
    MalformedItmo,
    NumberTooLarge,
    RangeBackwards,
    Refusal,
    VintageWithoutItmo,
)
from app.domain.itmo import Identifier, Units
from app.domain.serials import SERIAL_MAX, Range

PRINTED = "CA0004-JPN01-MNG-1-7104-2021"


def test_the_five_parts_are_read() -> None:
    expected = Identifier("CA0004", "JPN01", "MNG", Range(1, 7104), 2021)
    for typed in (
        PRINTED,
        PRINTED.lower(),
        " ＣＡ０００４－ＪＰＮ０１－ＭＮＧ－１－７１０４－２０２１ ",
    ):
        assert itmo.parse(typed) == expected
        assert itmo.is_meant(typed)


@given(
    approach=st.integers(0, 9999),
    party=st.from_regex("[A-Z]{3}", fullmatch=True),
    ends=st.tuples(st.integers(1, SERIAL_MAX), st.integers(1, SERIAL_MAX)),
    vintage=st.integers(2021, 2999),
)
def test_every_identifier_reads_back_to_itself(
    approach: int, party: str, ends: tuple[int, int], vintage: int
) -> None:
    made = Identifier(f"CA{approach:04}", f"{party}01", party, Range(min(ends), max(ends)), vintage)
    assert itmo.parse(str(made)) == made


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", MalformedItmo),
        ("CA0004", MalformedItmo),
        ("CA004-JPN01-MNG-1-7104-2021", MalformedItmo),
        ("CA0004-JP-MNG-1-7104-2021", MalformedItmo),
        ("CA0004-JPN01-MN-1-7104-2021", MalformedItmo),
        ("CA0004-JPN01-MNG-0-7104-2021", MalformedItmo),
        ("CA0004-JPN01-MNG-01-7104-2021", MalformedItmo),
        ("CA0004-JPN01-MNG-1-7104", MalformedItmo),
        ("CA0004-JPN01-MNG-1-7104-2021-1", MalformedItmo),
        ("CA0004 JPN01 MNG 1 7104 2021", MalformedItmo),
        ("CA0004-JPN01-MNG-1-²-2021", MalformedItmo),
        ("CA0004-JPN01-MNG-9-3-2021", RangeBackwards),
        ("CA0004-JPN01-MNG-1-9223372036854775808-2021", NumberTooLarge),
        (f"CA0004-JPN01-MNG-1-{'9' * 5000}-2021", NumberTooLarge),
        ("CA0004-JPN01-MNG-1-7104-2020", VintageWithoutItmo),
    ],
)
def test_what_is_no_identifier_is_refused_for_what_is_wrong(
    typed: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as caught:
        itmo.parse(typed)
    assert type(caught.value) is refusal


def test_words_and_serial_numbers_are_not_taken_for_identifiers() -> None:
    for typed in ("CA", "California", "12-40", "JP-MN-MN003-2019-1-7104", "CA-0004", ""):
        assert not itmo.is_meant(typed), typed


def test_r11_parts_of_an_issuance_keep_the_parts_of_its_identifier() -> None:
    units = Units("CA0004", "JPN01", "MNG")
    whole = itmo.identifier(units, Range(1, 7104), 2021)
    assert str(whole) == PRINTED
    for part in (Range(1, 1), Range(2, 500), Range(7104, 7104)):
        cut = itmo.identifier(units, part, 2021)
        assert replace(cut, range=whole.range) == whole
        assert itmo.parse(str(cut)) == cut
