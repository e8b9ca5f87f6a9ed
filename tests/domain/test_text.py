"""Texts in two languages, and typed text made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text import Text, normalise, numerals, searchable


def test_a_wording_is_given_in_the_language_asked_for() -> None:
    wording = Text("Transfer", "振替")
    assert wording.get("ja") == "振替"
    assert wording.get("en") == "Transfer"


@pytest.mark.parametrize(("en", "ja"), [("", "振替"), ("Transfer", "")])
def test_a_wording_in_one_language_only_is_no_wording(en: str, ja: str) -> None:
    with pytest.raises(AssertionError):
        Text(en, ja)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("  Aoba   Energy \n", "Aoba Energy"),
        ("１０", "10"),
        ("ＪＰ－１２１", "JP-121"),
        ("ｱｵﾊﾞ　エナジー", "アオバ エナジー"),
        ("\u3000", ""),
        ("㈱青葉", "(株)青葉"),
    ],
)
def test_typed_text_is_made_comparable(typed: str, plain: str) -> None:
    assert normalise(typed) == plain


@given(st.text())
def test_normalising_twice_changes_nothing_more(typed: str) -> None:
    assert normalise(normalise(typed)) == normalise(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("１０", "10"), (" 1 000 ", "1 000"), ("10²", "10²"), ("①", "①"), ("１₂", "1₂")],
)
def test_a_raised_or_circled_digit_does_not_become_part_of_a_number(typed: str, read: str) -> None:
    assert numerals(typed) == read


def test_words_are_looked_for_without_regard_to_case_and_width() -> None:
    assert searchable("MN003", "Ｓｏｌａｒ　Power", "", "モンゴル") == "mn003 solar power モンゴル"
