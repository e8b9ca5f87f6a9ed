"""Cells read as numbers, dates and words, from spreadsheets and from text alike."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from app.documents import uploaded_cells as cells
from app.documents.uploaded_tables import Line, Row, Sheet, Value
from app.domain import upload_errors as errors
from app.domain.errors import Refusal


def line(value: Value | None) -> Line:
    row = Row(7, {} if value is None else {2: value})
    return Line(Sheet("Figures", [row]), row, {"x": 2})


def refused(read: Callable[..., Any], value: Value | None, kind: type[Refusal]) -> None:
    with pytest.raises(kind) as caught:
        read(line(value), "x", "Emissions")
    assert caught.value.facts()["cell"] == "B7"
    assert caught.value.facts()["sheet"] == "Figures"


def test_whole_numbers() -> None:
    for value, meant in ((12, 12), ("1,916", 1_916), ("０１２", 12), ("0", 0), (10**18, 10**18)):
        assert cells.whole(line(value), "x", "Emissions") == meant
    for wrong in (
        -1,
        "1,5",
        "1.0",
        "10²",
        "NA",
        Decimal("1.5"),
        10**19,
        "9" * 5_000,
        date(2025, 1, 1),
    ):
        refused(cells.whole, wrong, errors.NotWholeInCell)
    refused(cells.whole, None, errors.CellEmpty)


def test_exact_numbers() -> None:
    for value, meant in (
        (Decimal("0.1"), "0.1"),
        ("−1,234.50", "-1234.50"),
        (5, "5"),
        ("+3", "3"),
    ):
        assert cells.number(line(value), "x", "Emissions") == Decimal(meant)
    for wrong in ("1e5", "NaN", "Infinity", "1.2.3", "12,34", "", "9" * 41, Decimal("1E+60")):
        refused(cells.number, wrong, errors.NotANumberInCell)


def test_moments_are_in_utc() -> None:
    noon = datetime(2025, 12, 31, 12, tzinfo=UTC)
    for value, meant in (
        ("2025-12-31T12:00:00.000Z", noon),
        (noon.replace(tzinfo=None), noon),
        (noon.astimezone(timezone(timedelta(hours=9))), noon),
        ("31/12/2025", noon.replace(hour=0)),
        ("2025-12-31", noon.replace(hour=0)),
        (date(2025, 12, 31), noon.replace(hour=0)),
    ):
        assert cells.moment(line(value), "x", "Action date") == meant
    for wrong in ("12/31/2025", "2025-02-30", "yesterday", 45_000, "0001-01-01T00:00:00+14:00"):
        refused(cells.moment, wrong, errors.NotADateInCell)


def test_words_and_patterns() -> None:
    assert cells.word(line("first  TRANSFER"), "x", "Type", ["First transfer"]) == "First transfer"
    with pytest.raises(errors.UnknownWordInCell):
        cells.word(line("Gift"), "x", "Type", ["First transfer"])
    pattern = re.compile(r"CA[0-9]{4}")
    assert cells.matching(line("ca０004"), "x", "Approach", pattern, example="CA0004") == "CA0004"
    with pytest.raises(errors.MalformedInCell) as caught:
        cells.matching(line("CA4" * 200), "x", "Approach", pattern, example="CA0004")
    assert caught.value.example == "CA0004"
    assert len(caught.value.text) == 100
