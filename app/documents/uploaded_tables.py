"""Tables that people upload, as Excel workbooks or CSV: read safely into rows with cell addresses.

Nothing is computed or followed: a formula, a merged cell and an error are told as such when their
cell is asked for. What is too large is refused before it is unpacked.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter

from app.documents import uploaded_parts
from app.documents.turns import Turns
from app.documents.uploaded_parts import Part
from app.domain.errors import Refusal
from app.domain.text import normalise
from app.domain.upload_errors import (
    CellTooLong,
    ColumnMissing,
    ColumnTwice,
    ColumnUnknown,
    ErrorInCell,
    FormulaInCell,
    HeadingMissing,
    MergedCells,
    NotATable,
    ReaderBusy,
    TableDamaged,
    TableNotUtf8,
    TableTooLarge,
    TableTooWide,
    TooManyCells,
)

MEGABYTE: Final = 1024 * 1024
TEXT_MAX: Final = 32_767
#: A heading stands within so many rows from the top.
_HEADING_ROWS: Final = 30
_ZIP: Final = b"PK\x03\x04"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS: Final = (",", ";", "\t")
#: One workbook at a time in each worker and registry: reading takes much time and memory.
_TURN: Final = Turns(1)
_WAIT_SECONDS: Final = 20

#: What a cell holds; a number with a fraction is exact.
Value = str | int | Decimal | date | datetime


class Oddity(StrEnum):
    """What a cell is whose value is not taken."""

    FORMULA = "formula"
    MERGED = "merged"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell whose value is not taken."""

    oddity: Oddity
    text: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read; `unpacked` and `content` are megabytes."""

    content: int
    unpacked: int
    cells: int
    columns: int = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number, and its cells by the number of their column from 1."""

    number: int
    cells: Mapping[int, Value | Odd]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook, or a CSV, whose name is empty."""

    name: str
    rows: Sequence[Row] = field(default_factory=list)

    def value(self, row: Row, column: int) -> Value | None:
        """Return what a cell holds, None for nothing.

        Raises:
            FormulaInCell, MergedCells, ErrorInCell, CellTooLong: its value is not taken.
        """
        found = row.cells.get(column)
        where = address(row.number, column)
        if isinstance(found, str) and len(found) > TEXT_MAX:
            raise CellTooLong(self.name, where, TEXT_MAX)
        if not isinstance(found, Odd):
            return found
        match found.oddity:
            case Oddity.FORMULA:
                raise FormulaInCell(self.name, where)
            case Oddity.MERGED:
                raise MergedCells(self.name, where)
            case Oddity.ERROR:
                raise ErrorInCell(self.name, where, found.text)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table below its heading; its values are asked for by the keys of the columns."""

    sheet: Sheet
    row: Row
    columns: Mapping[str, int]

    def value(self, key: str) -> Value | None:
        """Return what the cell of a column holds, None for nothing; raises as `Sheet.value`."""
        column = self.columns.get(key)
        return None if column is None else self.sheet.value(self.row, column)

    def place(self, key: str) -> str:
        """Return the address of the cell of a column."""
        return address(self.row.number, self.columns[key])


def address(row: int, column: int) -> str:
    """Return how a cell is named: the second of the seventh row is B7."""
    return f"{get_column_letter(column)}{row}"


def folded(text: str) -> str:
    """Return a heading so that spelling of spaces, widths and case does not matter."""
    return normalise(text).casefold()


# From a file to sheets


def read(content: bytes, limits: Limits) -> list[Sheet]:
    """Read a workbook or a CSV, by what it is and not by its name; hidden sheets are left out.

    Raises:
        TableTooLarge, NotATable, TableNotUtf8, TableDamaged, TooManyCells, TableTooWide,
            ReaderBusy: the file as a whole cannot be read.
    """
    if len(content) > limits.content * MEGABYTE:
        raise TableTooLarge(limits.content)
    if not content.startswith(_ZIP):
        return [_csv(content, limits)]
    turn = _TURN.own()
    if not turn.acquire(timeout=_WAIT_SECONDS):
        raise ReaderBusy
    try:
        return _workbook(content, limits)
    except Refusal:
        raise
    # The libraries that read it fail in whatever way on a file that somebody damaged.
    except Exception as error:
        raise TableDamaged from error
    finally:
        turn.release()


def _workbook(content: bytes, limits: Limits) -> list[Sheet]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entries = packed.infolist()
        if "[Content_Types].xml" not in packed.namelist():
            raise NotATable
        # What an entry says it holds is what is read of it at most.
        if sum(entry.file_size for entry in entries) > limits.unpacked * MEGABYTE:
            raise TableTooLarge(limits.content)
        parts = uploaded_parts.looked_at(packed, cells_max=limits.cells)
    with warnings.catch_warnings():
        # That a workbook has what openpyxl does not read, such as a drawing, is no matter here.
        warnings.simplefilter("ignore")
        reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        reader.read()
        try:
            return [
                Sheet(name, list(_rows(reader.wb[name], name, part, limits)))
                for name, part in _visible(reader, parts)
            ]
        finally:
            reader.wb.close()


def _visible(reader: Any, parts: Mapping[str, Part]) -> Iterator[tuple[str, Part]]:
    """Yield the sheets that people see, with what was found in their part of the file."""
    shown = {sheet.title for sheet in reader.wb.worksheets if sheet.sheet_state == "visible"}
    for sheet, relation in reader.parser.find_sheets():
        if sheet.name in shown and relation.target in parts:
            yield sheet.name, parts[relation.target]


def _rows(sheet: Any, name: str, part: Part, limits: Limits) -> Iterator[Row]:
    if part.columns > limits.columns:
        raise TableTooWide(name, part.widest)
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells: dict[int, Value | Odd] = {}
        for column, cell in enumerate(row, start=1):
            if (number, column) in part.formulas:
                cells[column] = Odd(Oddity.FORMULA)
            elif (found := _taken(cell)) is not None:
                cells[column] = found
        for column in part.merged(number):
            cells[column] = Odd(Oddity.MERGED)
        if cells:
            yield Row(number, cells)


def _taken(cell: Any) -> Value | Odd | None:
    """Return what a cell of a workbook holds; spaces are nothing."""
    value = cell.value
    if isinstance(value, str):
        return Odd(Oddity.ERROR, value) if cell.data_type == "e" else value.strip() or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _exact(value)
    taken: Value | None = value if value is None or isinstance(value, int | date) else str(value)
    return taken


def _exact(value: float) -> Value | Odd:
    """Return a number as it is written in the file, whole where it is whole."""
    exact = Decimal(repr(value))
    if not exact.is_finite():
        return Odd(Oddity.ERROR, str(value))
    # One of 300 digits is no amount of anything.
    return int(exact) if value.is_integer() and abs(exact.adjusted()) < TEXT_MAX else exact


def _csv(content: bytes, limits: Limits) -> Sheet:
    if b"\0" in content:
        raise NotATable
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableNotUtf8 from None
    delimiter = _delimiter(text.splitlines()[:_HEADING_ROWS])
    rows: list[Row] = []
    count = 0
    try:
        told = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, typed in enumerate(told, start=1):
            cells = {at: _told(cell) for at, cell in enumerate(typed, start=1) if cell.strip()}
            count += len(cells)
            if count > limits.cells:
                raise TooManyCells(limits.cells)
            if cells and max(cells) > limits.columns:
                raise TableTooWide("", address(number, max(cells)))
            if cells:
                rows.append(Row(number, cells))
    except csv.Error as error:
        raise TableDamaged from error
    return Sheet("", rows)


def _delimiter(lines: Sequence[str]) -> str:
    """Return what divides cells: what a line, such as the heading, has most of."""
    return max(_DELIMITERS, key=lambda one: max((line.count(one) for line in lines), default=0))


def _told(typed: str) -> Value | Odd:
    """Return a cell of a CSV: without the guard against formulas, and no formula."""
    text = typed.strip()
    if text.startswith("="):
        return Odd(Oddity.FORMULA, text)
    guarded = text.startswith("'") and text[1:].startswith(_FORMULA_STARTS)
    return text[1:] if guarded else text


# From a sheet to a table


def heading(sheet: Sheet, names: Mapping[str, str]) -> Row | None:
    """Return the row near the top, half of which at least are names of columns, and two of them.

    Args:
        names: the key of each column by its name, folded.
    """
    for row in sheet.rows[:_HEADING_ROWS]:
        texts = [cell for cell in row.cells.values() if isinstance(cell, str)]
        known = sum(folded(text) in names for text in texts)
        if known >= min(2, len(names)) and 2 * known >= len(row.cells):
            return row
    return None


def table(
    sheet: Sheet, names: Mapping[str, str], *, needed: Mapping[str, str] | None = None
) -> Iterator[Line]:
    """Yield the rows below the heading of a sheet.

    Args:
        names: the key of each column by its name, folded; a column may have several names.
        needed: the columns that must be there: the name told to people, by key.

    Raises:
        HeadingMissing, ColumnUnknown, ColumnTwice, ColumnMissing: it is not this table.
    """
    needed = needed or {}
    found = heading(sheet, names)
    if found is None:
        told = needed.values() or names.keys()
        raise HeadingMissing(sheet.name, ", ".join(dict.fromkeys(told)))
    columns = _columns(sheet, found, names)
    for key, name in needed.items():
        if key not in columns:
            raise ColumnMissing(sheet.name, name)
    taken = set(columns.values())
    for row in sheet.rows:
        if row.number <= found.number:
            continue
        for column in row.cells.keys() - taken:
            raise ColumnUnknown(
                sheet.name, address(row.number, column), str(sheet.value(row, column))
            )
        yield Line(sheet, row, columns)


def _columns(sheet: Sheet, found: Row, names: Mapping[str, str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column in sorted(found.cells):
        where, text = address(found.number, column), str(sheet.value(found, column))
        key = names.get(folded(text))
        if key is None:
            raise ColumnUnknown(sheet.name, where, text)
        if key in columns:
            raise ColumnTwice(sheet.name, where, text)
        columns[key] = column
    return columns
