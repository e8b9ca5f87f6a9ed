"""Annual information for spreadsheets: read back with two other programs, every cell is there."""

import csv
import io
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from app.documents import aef_books
from app.documents.aef_books import Column, Sheet
from app.domain.aef_editions import Line, Row
from app.domain.aef_fields import Type
from app.domain.aef_formats import CURRENT, DRAFT, Format, Word

AT: Final = datetime(2026, 4, 1, tzinfo=UTC)
#: What a program could take for something else than the text that it is.
ODD: Final = (
    *("=1+1", "+81 3 1234", "-5", "@SUM(A1)", "http://example.com", "1916", "<r>x & <b></r>"),
    *("太陽光, 「第2号」", "two\nlines", 'a "quoted" one', "NA"),
)
_SAMPLES: Final = {
    Type.STRING: "CA0004",
    Type.INTEGER: 1_916,
    Type.NUMBER: 1_916,
    Type.DATE: "31/03/2025",
    Type.DATETIME: "2025-12-20T08:15:30.250Z",
}
_READ: Final = {
    Type.DATE: datetime.fromisoformat("2025-03-31"),
    Type.DATETIME: datetime.fromisoformat("2025-12-20T08:15:30.250"),
}


def lines(format_: Format = CURRENT, rows: int = 2) -> list[Line]:
    """Return rows of every table: each cell its type's sample, texts odd ones in turn."""
    found: list[Line] = []
    odd = 0
    for table in format_.tables:
        for _ in range(1 if table.word is Word.SUBMISSION else rows):
            row: list[Any] = []
            for field in table.fields:
                is_text = field.type is Type.STRING
                row.append(ODD[odd % len(ODD)] if is_text else _SAMPLES[field.type])
                odd += is_text
            found.append((table.word, row))
    return found


def book(format_: Format, rows: Sequence[Line], path: Path) -> Path:
    with path.open("wb") as file:
        aef_books.workbook(file, aef_books.sheets(format_, rows), made_at=AT)
    return path


def test_openpyxl_reads_every_cell_of_its_type_and_no_formula(tmp_path: Path) -> None:
    for format_ in (CURRENT, DRAFT):
        rows = lines(format_)
        read = openpyxl.load_workbook(book(format_, rows, tmp_path / "aef.xlsx"))
        assert len(read.sheetnames) == len(format_.tables)
        for table, sheet in zip(format_.tables, read, strict=True):
            assert [cell.value for cell in sheet[1]] == [field.label.en for field in table.fields]
            said = [row for word, row in rows if word is table.word]
            for row, cells in zip(said, sheet.iter_rows(min_row=2), strict=True):
                for field, value, cell in zip(table.fields, row, cells, strict=True):
                    is_date = field.type in _READ
                    assert cell.value == (_READ[field.type] if is_date else value), field.name
                    assert cell.data_type == (
                        "d" if is_date else "n" if isinstance(value, int) else "s"
                    )
            assert not sheet.merged_cells.ranges


def test_libre_office_reads_the_same_values(tmp_path: Path) -> None:
    rows = lines()
    made = book(CURRENT, rows, tmp_path / "aef.xlsx")
    # All sheets, each into a file of its own; cells as they are shown.
    filter_ = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", filter_, "--outdir", tmp_path, made],
        check=True,
        capture_output=True,
        timeout=120,
    )
    for place, table in enumerate(CURRENT.tables, 1):
        (file,) = tmp_path.glob(f"aef-Table {place} *.csv")
        read = list(csv.reader(io.StringIO(file.read_text("utf-8"), newline="")))
        assert read[0] == [field.label.en for field in table.fields]
        said = [[str(cell) for cell in row] for word, row in rows if word is table.word]
        assert read[1:] == said


def test_a_table_without_rows_has_its_heading(tmp_path: Path) -> None:
    rows = [line for line in lines() if line[0] not in {Word.AUTHORIZATIONS, Word.ENTITIES}]
    read = openpyxl.load_workbook(book(CURRENT, rows, tmp_path / "aef.xlsx"))
    assert [sheet.max_row for sheet in read] == [2, 1, 3, 3, 1]


def test_what_excel_cannot_keep_as_a_number_or_a_day_stays_text(tmp_path: Path) -> None:
    columns = [
        Column("number", Type.INTEGER),
        Column("day", Type.DATE),
        Column("at", Type.DATETIME),
    ]
    rows: list[Row] = [
        (2**63 - 1, "NA", "NA"),
        (-1, "31/02/2025", "2025-12-20 08:15"),
        (10**15 - 1, "01/01/1899", "yesterdayZ"),
        (None, "", "2025-12-20T08:15:30.250Z"),
    ]
    path = tmp_path / "odd.xlsx"
    with path.open("wb") as file:
        aef_books.workbook(file, [Sheet("Odd", columns, rows)], made_at=AT)
    read = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active]
    assert read[1:] == [
        [str(2**63 - 1), "NA", "NA"],
        [-1, "31/02/2025", "2025-12-20 08:15"],
        [10**15 - 1, "01/01/1899", "yesterdayZ"],
        [None, None, _READ[Type.DATETIME]],
    ]


def test_rows_beyond_a_sheet_go_on_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aef_books, "ROWS_MAX", 3)
    path = tmp_path / "long.xlsx"
    for count, sizes in ((4, [3, 3]), (5, [3, 3, 2]), (2, [3])):
        rows = [(number,) for number in range(count)]
        with path.open("wb") as file:
            sheet = Sheet("A title of thirty-one characters", [Column("n", Type.INTEGER)], rows)
            aef_books.workbook(file, [sheet], made_at=AT)
        read = openpyxl.load_workbook(path)
        assert [page.max_row for page in read] == sizes
        found = [row[0] for page in read for row in page.iter_rows(min_row=2, values_only=True)]
        assert found == list(range(count))


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    made = [book(CURRENT, lines(), tmp_path / name).read_bytes() for name in ("a", "b")]
    assert made[0] == made[1]


def test_a_csv_has_each_table_under_its_title_and_no_formula() -> None:
    rows = lines()
    text = "".join(aef_books.table(aef_books.sheets(CURRENT, rows)))
    assert text.startswith("\ufeffTable 1 Submission\r\nParty,Version,")
    read = list(csv.reader(io.StringIO(text[1:], newline="")))
    for place, table in enumerate(CURRENT.tables, 1):
        start = read.index([f"Table {place} {table.title.en}"])
        assert read[start + 1] == [field.label.en for field in table.fields]
        said = [row for word, row in rows if word is table.word]
        for row, cells in zip(said, read[start + 2 :], strict=False):
            for value, cell in zip(row, cells, strict=True):
                is_formula = str(value)[0] in "=+-@"
                assert cell == (f"'{value}" if is_formula else str(value))
    assert read.count([]) == len(CURRENT.tables) - 1
