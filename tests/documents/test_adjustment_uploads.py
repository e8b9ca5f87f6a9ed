"""Figures of a Party as uploaded: read exactly, and whatever is wrong is told with its cell."""

from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from app.documents import adjustment_uploads as uploads
from app.domain.adjustments import Period
from app.domain.errors import Refusal

HEAD = ("year", "emissions", "trajectory", "transferred", "used")


def book(*rows: tuple[Any, ...], merged: str = "") -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    kept = BytesIO()
    made.save(kept)
    return kept.getvalue()


def refused(content: bytes) -> dict[str, str]:
    with pytest.raises(Refusal) as caught:
        uploads.read(content)
    return {"code": caught.value.code, **caught.value.facts()}


def test_a_workbook_and_a_csv_say_the_same() -> None:
    rows = ((2021, 1000.5, None, 10, 0), (2022, "1,990", 5, None, None), (2023, None, 4, None, 1))
    csv = b"\xef\xbb\xbfYear,Emissions,Trajectory,First transferred,Used\r\n" + b"".join(
        ",".join("" if one is None else f'"{one}"' for one in row).encode() + b"\r\n"
        for row in rows
    )
    japanese = "年,排出量,排出経路,最初の移転,使用\n" + csv.decode("utf-8-sig").partition("\n")[2]
    found = uploads.read(book(HEAD, *rows))
    assert found == uploads.read(csv) == uploads.read(japanese.encode())
    assert found.period == Period(2021, 2023)
    assert found.values["emissions", 2021] == Fraction(2001, 2)
    assert found.values["emissions", 2022] == 1990
    assert ("emissions", 2023) not in found.values


def test_whatever_is_wrong_is_told_with_its_cell() -> None:
    year = (2021, 5, None, None, None)
    for content, code, cell in (
        (book(HEAD, (2021, "many")), "NotANumberInCell", "B2"),
        (book(HEAD, (2021, 5, None, -1)), "NotANumberInCell", "D2"),
        (book(HEAD, ("20x1", 5)), "MalformedInCell", "A2"),
        (book(HEAD, (None, 5)), "CellEmpty", "A2"),
        (book(HEAD, year, year), "YearTwiceInCell", "A3"),
        (book(HEAD, year, (2023, 5)), "YearSkippedInCell", "A3"),
        (book(HEAD, (2021, None), (2022, 5)), "CellEmpty", "B2"),
        (book(HEAD, (2021, "=1+1")), "FormulaInCell", "B2"),
        (book(HEAD, year, (2022, 5), merged="B2:B3"), "MergedCells", "B2"),
        (book((*HEAD, "sector"), year), "ColumnUnknown", "F1"),
        (b"year,emissions\n2021,5,6\n", "ColumnUnknown", "C2"),
        (b"year,emissions\n2021,=5\n", "FormulaInCell", "B2"),
    ):
        found = refused(content)
        assert (found["code"], found["cell"]) == (code, cell)


def test_a_file_of_something_else_is_refused_as_a_whole() -> None:
    for content, code in (
        (b"a,b\n1,2\n", "HeadingMissing"),
        (b"year,used\n2021,2\n", "ColumnMissing"),
        (b"year,emissions\n", "NothingBelow"),
        (b"", "HeadingMissing"),
        (b"\xff\xfe\x00", "NotATable"),
        (b"x" * (1024 * 1024 + 1), "TableTooLarge"),
        (
            b"year,emissions\n" + b"".join(b"%d,1\n" % year for year in range(2021, 2042)),
            "PeriodTooLong",
        ),
    ):
        assert refused(content)["code"] == code
