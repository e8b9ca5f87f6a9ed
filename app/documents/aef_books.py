"""Tables of the Agreed Electronic Format as files for spreadsheets, in constant memory.

A sheet's rows may be a generator. Texts stay texts whatever they begin with; dates and numbers are
dates and numbers in Excel. The same rows give the same bytes.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any, BinaryIO, Final

import xlsxwriter

from app.documents.csvs import guarded
from app.domain.aef_editions import Line, Row, Value
from app.domain.aef_formats import Format, Type

_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
#: Rows of a sheet in Excel, and the digits that its numbers keep.
ROWS_MAX: Final = 1_048_576
_NUMBER_MAX: Final = 10**15
_TITLE_MAX: Final = 31
#: Excel knows no days before.
_YEAR_MIN: Final = 1900
_WIDTHS: Final = (12, 40)
_CHUNK_ROWS: Final = 1_000
#: What the writer would take for formatting of its own.
_RICH: Final = ("<r>", "</r>")


_FORMATS: Final = {
    Type.NUMBER: "0",
    Type.DATE: "dd/mm/yyyy",
    Type.DATETIME: 'yyyy-mm-dd"T"hh:mm:ss.000"Z"',
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and what its cells are."""

    label: str
    type: Type = Type.STRING


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]


def sheets(format_: Format, lines: Iterable[Line]) -> Iterator[Sheet]:
    """Yield the tables of a format, each with its rows; the lines come table by table."""
    groups = groupby(lines, key=itemgetter(0))
    word, rows = next(groups, (None, iter(())))
    for place, table in enumerate(format_.tables, 1):
        columns = [Column(field.label.en, field.type) for field in table.fields]
        title = f"Table {place} {table.title.en}"
        if word is table.word:
            yield Sheet(title, columns, (row for _word, row in rows))
            word, rows = next(groups, (None, iter(())))
        else:
            yield Sheet(title, columns, ())


# Excel


def workbook(target: BinaryIO, sheets: Iterable[Sheet], *, made_at: datetime) -> None:
    """Write an Excel file, a sheet for each table, whose rows are read once and let go."""
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
    formats = {type_: book.add_format({"num_format": said}) for type_, said in _FORMATS.items()}
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    for sheet in sheets:
        rows, part = iter(sheet.rows), 1
        waiting: list[Row] = []
        while part == 1 or waiting:
            page = book.add_worksheet(_title(sheet.title, part))
            _head(page, sheet.columns, heading)
            room = islice(chain(waiting, rows), ROWS_MAX - 1)
            _fill(page, sheet.columns, room, formats)
            waiting, part = list(islice(rows, 1)), part + 1
    book.close()


def _title(title: str, part: int) -> str:
    ending = "" if part == 1 else f" ({part})"
    return title[: _TITLE_MAX - len(ending)] + ending


def _head(page: Any, columns: Sequence[Column], heading: Any) -> None:
    narrow, wide = _WIDTHS
    for place, column in enumerate(columns):
        page.set_column(place, place, min(wide, max(narrow, len(column.label) // 2 + 4)))
    page.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        page.write_string(0, place, column.label, heading)


def _fill(
    page: Any, columns: Sequence[Column], rows: Iterable[Row], formats: Mapping[Type, Any]
) -> None:
    """Write rows below the heading; this is where the time goes, so texts go straight."""
    as_text, as_number, whole = page.write_string, page.write_number, formats[Type.NUMBER]
    dates = {place: column.type for place, column in enumerate(columns) if column.type in _READERS}
    for down, row in enumerate(rows, 1):
        for across, value in enumerate(row):
            if value is None or value == "":
                continue
            if not isinstance(value, str):
                if abs(value) < _NUMBER_MAX:
                    as_number(down, across, value, whole)
                else:
                    as_text(down, across, str(value))
            elif across in dates:
                _write_date(page, down, across, value, dates[across], formats)
            elif value[0] == "<" or "\r" in value:
                _write_odd(page, down, across, value)
            else:
                as_text(down, across, value)


def _write_date(
    page: Any, down: int, across: int, value: str, type_: Type, formats: Mapping[Type, Any]
) -> None:
    moment = _READERS[type_](value)
    if moment is None:
        _write_odd(page, down, across, value)
    else:
        page.write_datetime(down, across, moment, formats[type_])


def _write_odd(page: Any, down: int, across: int, value: str) -> None:
    """Write a text that the writer might take for formatting of its own."""
    if value.startswith(_RICH[0]) and value.endswith(_RICH[1]):
        page.write_rich_string(down, across, value[:1], value[1:2], value[2:])
    else:
        page.write_string(down, across, value.replace("\r\n", "\n"))


def _day(said: str) -> date | None:
    """Read dd/mm/yyyy; anything else stays the text that it is."""
    try:
        year, month, day = int(said[6:]), int(said[3:5]), int(said[:2])
        found = date(year, month, day)
    except ValueError:
        return None
    is_told = f"{found:%d/%m/%Y}" == said and year >= _YEAR_MIN
    return found if is_told else None


def _moment(said: str) -> datetime | None:
    """Read an ISO time in UTC; anything else stays the text that it is."""
    if not said.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(said[:-1])
    except ValueError:
        return None


_READERS: Final[dict[Type, Callable[[str], date | None]]] = {
    Type.DATE: _day,
    Type.DATETIME: _moment,
}


# CSV


def table(sheets: Iterable[Sheet]) -> Iterator[str]:
    """Yield CSV: each table under a line with its title, an empty line between two."""
    yield "\ufeff"
    before = ""
    for sheet in sheets:
        titles = [sheet.title], [column.label for column in sheet.columns]
        yield before + _lines(titles)
        rows = iter(sheet.rows)
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            yield _lines(chunk)
        before = "\r\n"


def _lines(rows: Iterable[Row]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: Value) -> Value:
    return guarded(value) if isinstance(value, str) else value
