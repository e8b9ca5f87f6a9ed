"""Uploaded tables: read by what they are, within limits, and what is odd told with its cell."""

import contextlib
import io
import zipfile
from datetime import datetime
from decimal import Decimal

import pytest
import xlsxwriter
from openpyxl import Workbook

from app.documents import uploaded_tables
from app.documents.uploaded_tables import Limits, Line, folded
from app.domain import upload_errors as errors
from app.domain.errors import Refusal
from tests.uploads import repacked, workbook

LIMITS = Limits(content=1, unpacked=4, cells=1_000)
NAMES = {folded("Year"): "year", folded("Emissions"): "emissions"}
NEEDED = {"year": "Year", "emissions": "Emissions"}


def lines(content: bytes) -> list[Line]:
    return list(
        uploaded_tables.table(uploaded_tables.read(content, LIMITS)[0], NAMES, needed=NEEDED)
    )


def refusal(content: bytes, limits: Limits = LIMITS) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_whole(content, limits)
    return caught.value


def read_whole(content: bytes, limits: Limits = LIMITS) -> None:
    (sheet,) = uploaded_tables.read(content, limits)
    for line in uploaded_tables.table(sheet, NAMES, needed=NEEDED):
        for key in NEEDED:
            line.value(key)


def test_a_workbook_and_a_csv_give_the_same_exact_values() -> None:
    when = datetime(2025, 3, 31, 12, 30)  # noqa: DTZ001  spreadsheets know no zones
    book = workbook({"Emissions": [["A title"], [], ["Year", "Emissions"], [2021, 0.1], [2022, 7]]})
    assert [(line.value("year"), line.value("emissions")) for line in lines(book)] == [
        (2021, Decimal("0.1")),
        (2022, 7),
    ]
    assert [line.place("emissions") for line in lines(book)] == ["B4", "B5"]
    for typed in ("Year,Emissions\r\n2021,0.1\r\n", "Ｙｅａｒ;EMISSIONS\n2021;0.1\n"):
        for mark in ("", "\ufeff"):
            (line,) = lines((mark + typed).encode())
            assert (line.value("year"), line.value("emissions")) == ("2021", "0.1")
            assert line.place("emissions") == "B2"
    (line,) = lines(workbook({"S": [["Year", "Emissions"], [when, True]]}))
    assert (line.value("year"), line.value("emissions")) == (when, "TRUE")


def test_formulas_merged_cells_and_errors_are_told_with_their_cell() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Figures"
    sheet.append(["Year", "Emissions"])
    sheet.append([2021, "=1+1"])
    assert refusal(_saved(book)).facts() == {"field": "", "sheet": "Figures", "cell": "B2"}
    sheet["B2"] = 5
    sheet["B3"] = "#REF!"
    assert isinstance(refusal(_saved(book)), errors.ErrorInCell)
    sheet["B3"] = 6
    sheet.merge_cells("A3:A4")
    merged = refusal(_saved(book))
    assert isinstance(merged, errors.MergedCells)
    assert merged.cell == "A3"
    assert isinstance(refusal(b"Year,Emissions\n2021,=1+1\n"), errors.FormulaInCell)
    # Our own files guard texts against being taken for formulas.
    assert lines(b"Year,Emissions\n2021,'-5\n")[0].value("emissions") == "-5"


def test_a_merged_title_above_the_table_is_no_matter() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "National figures"
    sheet.merge_cells("A1:B1")
    sheet["A2"], sheet["B2"], sheet["A3"], sheet["B3"] = "Year", "Emissions", 2021, 4
    assert [line.value("emissions") for line in lines(_saved(book))] == [4]


def test_other_columns_are_told_with_their_cell() -> None:
    unknown = refusal(b"Year,Emissions,Notes\n2021,1,x\n")
    assert isinstance(unknown, errors.ColumnUnknown)
    assert (unknown.cell, unknown.text) == ("C1", "Notes")
    beside = refusal(b"Year,Emissions\n2021,1,stray\n")
    assert isinstance(beside, errors.ColumnUnknown)
    assert (beside.cell, beside.text) == ("C2", "stray")
    twice = refusal(b"Year,Emissions,year\n")
    assert isinstance(twice, errors.ColumnTwice)
    assert twice.cell == "C1"
    missing = refusal(b"Year,\n")
    assert isinstance(missing, errors.HeadingMissing)
    (sheet,) = uploaded_tables.read(b"Year,Emissions\n", LIMITS)
    with pytest.raises(errors.ColumnMissing) as caught:
        list(uploaded_tables.table(sheet, NAMES, needed=NEEDED | {"target": "Target"}))
    assert caught.value.column == "Target"


def test_what_is_too_large_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(errors.TableTooLarge):
        uploaded_tables.read(b"1" * (1024 * 1024 + 1), LIMITS)
    bomb = repacked(workbook({"S": [["Year", "Emissions"]]}), {"xl/bomb.xml": b" " * 5_000_000})
    assert len(bomb) < 50_000
    assert isinstance(refusal(bomb), errors.TableTooLarge)
    many = workbook({"S": [["Year", "Emissions"], *([[2021, 1]] * 600)]})
    assert isinstance(refusal(many), errors.TooManyCells)
    assert isinstance(refusal(b"1,2,3\n" * 400), errors.TooManyCells)
    wide = workbook({"S": [["Year", "Emissions"], [2021, 1, *([None] * 200), "far"]]})
    assert isinstance(refusal(wide), errors.TableTooWide)
    long = workbook({"S": [["Year", "Emissions"], [2021, "x" * 32_767]]})
    assert lines(long)
    assert isinstance(
        refusal(f"Year,Emissions\n2021,{'x' * 32_768}\n".encode()), errors.CellTooLong
    )


def test_what_is_no_table_or_damaged_is_refused() -> None:
    book = workbook({"S": [["Year", "Emissions"], [2021, 1]]})
    entity = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst>&a;</sst>'
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("letter.txt", "Hello")
    cases: list[tuple[bytes, type[Refusal]]] = [
        (b"\xd0\xcf\x11\xe0\0\0 an old Excel file", errors.NotATable),
        ("年,排出量\n".encode("cp932"), errors.TableNotUtf8),
        (b'Year,"Emissions\n', errors.TableDamaged),
        (other.getvalue(), errors.NotATable),
        (book[: len(book) // 2], errors.TableDamaged),
        (repacked(book, {"xl/sharedStrings.xml": entity}), errors.TableDamaged),
        (repacked(book, {"xl/worksheets/sheet1.xml": b"<worksheet><row"}), errors.TableDamaged),
        (_rows(book, b'<row r="99999999999"/>'), errors.TableDamaged),
        (_rows(book, b'<row r="2"/><row r="1"/>'), errors.TableDamaged),
        (_rows(book, b'<row r="1"><c r="A1"><v>NaN</v></c></row>'), errors.TableDamaged),
        (_rows(book, b'<row r="1"><c r="A1"><v>1E999</v></c></row>'), errors.HeadingMissing),
        (b"", errors.HeadingMissing),
    ]
    for content, kind in cases:
        assert type(refusal(content)) is kind, (content[:60], kind)


def test_hidden_sheets_are_left_out() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet("Figures").write_row(0, 0, ["Year", "Emissions"])
    hidden = book.add_worksheet("Lists")
    hidden.write(0, 0, "GHG")
    hidden.hide()
    book.close()
    assert [sheet.name for sheet in uploaded_tables.read(target.getvalue(), LIMITS)] == ["Figures"]


def test_a_workbook_with_any_byte_altered_is_read_or_refused() -> None:
    whole = workbook({"S": [["Year", "Emissions"], [2021, 1]]})
    for position in range(0, len(whole), 251):
        book = bytearray(whole)
        book[position] ^= 0xFF
        with contextlib.suppress(Refusal):
            uploaded_tables.read(bytes(book), LIMITS)


def _saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _rows(book: bytes, rows: bytes) -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    part = b"<worksheet " + space + b"><sheetData>" + rows + b"</sheetData></worksheet>"
    return repacked(book, {"xl/worksheets/sheet1.xml": part})
