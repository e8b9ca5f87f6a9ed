"""Certificates: numbers that show a mistyped digit, codes as people type them, and their words."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import accounts, certificates, ledger
from app.domain.accounts import State
from app.domain.certificates import ALPHABET, Balance, Block, Kind, Moved, Recorded
from app.domain.forms.spec import Applicant
from app.domain.serials import Range, Serial
from app.domain.text import Text

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
CODES = st.text(ALPHABET, min_size=20, max_size=20)


@given(st.integers(1, 10**9))
def test_a_number_is_read_as_it_is_printed_and_no_wrong_digit_is_missed(identifier: int) -> None:
    number = certificates.number("JP", identifier)
    assert certificates.read_number(number) == number
    for place, digit in enumerate(number):
        if digit.isdecimal():
            wrong = f"{number[:place]}{(int(digit) + 1) % 10}{number[place + 1 :]}"
            assert certificates.read_number(wrong) is None
    # Two digits that changed their places are found as well.
    swapped = number[:8] + number[9] + number[8] + number[10:]
    assert swapped == number or certificates.read_number(swapped) is None


def test_a_number_is_forgiven_its_widths_and_case() -> None:
    assert certificates.number("JP", 12) == "JP-C-000012-98"
    for typed in (
        "jp-c-000012-98",
        " ＪＰ－Ｃ－００００１２－９８ ",
        "JPC00001298",
        "JP-C- 000012 -98",
    ):
        assert certificates.read_number(typed) == "JP-C-000012-98"
    for wrong in ("", "JP-C-12-98", "JP-121-000012-0-47", "JP-C-000012-99", "x" * 10_000):
        assert certificates.read_number(wrong) is None


@given(CODES)
def test_a_code_is_read_as_it_is_printed_or_typed(letters: str) -> None:
    code = certificates.code(letters)
    assert [len(group) for group in code.split("-")] == [5, 5, 5, 5]
    for typed in (code, code.lower(), letters, f" {code.replace('-', ' ')} "):
        assert certificates.read_code(typed) == code
    for wrong in (letters[:-1], letters + "A", letters[:-1] + "I", letters[:-1] + "0", ""):
        assert certificates.read_code(wrong) is None


def papers(language: str) -> list[certificates.Paper]:
    record = {"holder": {"name_ja": "青葉", "name_en": "Aoba", "corporate_number": ""}}
    recorded = Recorded(
        "JP-121-000001-0-47",
        accounts.Kind.ENTITY,
        State.OPEN,
        AT,
        Applicant.DOMESTIC,
        record,
        [Balance("MN003", Text("Boilers", "ボイラ"), 2019, 1_000)],
    )
    block = Block(Serial("JP", "MN", "MN003", 2019, Range(1, 10)), Text("Boilers", "ボイラ"))
    moved = [
        Moved("JP0000000001", kind, AT, Text("Aoba", "青葉"), 10, "", "", "", [block])
        for kind in certificates.CERTIFIED
    ]
    found = [certificates.of_account(recorded, language)]
    return found + [certificates.of_transaction(one, language) for one in moved]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_paper_is_kept_whole(language: str) -> None:
    for paper in papers(language):
        kept = json.loads(json.dumps(certificates.kept(paper)))
        assert certificates.paper(kept) == paper


def test_a_paper_leaves_out_what_is_not_recorded() -> None:
    account, retirement, *cancellations = papers("en")
    assert [section.title for section in account.sections] == [
        "Account",
        "Account holder",
        "Credits held",
    ]
    assert account.sections[1].lines == (
        ("Name of the corporation (Japanese)", "青葉"),
        ("Name of the corporation (English)", "Aoba"),
    )
    labels = [label for label, _value in retirement.sections[0].lines]
    assert labels == ["Transaction number", "Type", "Completed", "Account holder", "Quantity"]
    assert {paper.title for paper in cancellations} == {"Certificate of cancellation"}
    assert set(certificates.CERTIFIED.values()) == set(Kind) - {Kind.ACCOUNT}
    assert ledger.Kind.TRANSFER not in certificates.CERTIFIED
