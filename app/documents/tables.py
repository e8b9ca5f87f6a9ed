"""Tables on the sheets of a document: rows drawn as they come, heads repeated on every page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from reportlab.lib.colors import Color
from reportlab.lib.units import mm

from app.documents.sheets import BLACK, GRAY, LEADING, LINE, PALE, Sheets, fitted

#: Room within a cell, in points.
_ACROSS: Final = 4.0
_DOWN: Final = 3.0
#: A row higher than this may go on on the next page.
_ROW_MAX: Final = 60 * mm
_AFTER: Final = 3 * mm
#: How large a note is, beside the text it stands below.
_NOTE: Final = 0.85


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        title: empty in every column for a table without a head.
        share: how wide it is, beside the others.
        is_number: set to the right.
        is_label: set as the name of what stands beside it.
    """

    title: str
    share: float = 1.0
    is_number: bool = False
    is_label: bool = False
    is_centred: bool = False

    @property
    def align(self) -> float:
        """Where a text stands: 0 left, 0.5 centred, 1 right."""
        return 1.0 if self.is_number else 0.5 if self.is_centred else 0.0


@dataclass(frozen=True, slots=True)
class Noted:
    """A text of a cell with a note below it, smaller."""

    words: str
    note: str


#: What a cell holds.
Entry = str | Noted


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under heads that every page repeats.

    Args:
        rows: may be a generator; each row has a text for every column.
        last: rows of sums at the end, set bold.
        row_height: of the lowest row, in millimetres, where something is to be written by hand.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Entry]]
    last: Sequence[Sequence[Entry]] = ()
    row_height: float = 0.0
    size: float = 9.0


@dataclass(frozen=True, slots=True)
class _Line:
    words: str
    size: float
    color: Color = BLACK

    @property
    def height(self) -> float:
        return self.size * LEADING


@dataclass(frozen=True, slots=True)
class _Cell:
    """A text in lines, and where it stands."""

    lines: Sequence[_Line]
    left: float
    width: float
    bold: bool
    align: float
    fill: Color | None

    @property
    def height(self) -> float:
        return sum(line.height for line in self.lines) + 2 * _DOWN


_Row = Sequence[_Cell]


def draw(sheets: Sheets, table: Table) -> None:
    """Draw a table where the pen stands, over as many pages as it needs."""
    head = _head(sheets, table)
    is_begun = False
    for row in _rows(sheets, table):
        asked = min(_height(row, table), _ROW_MAX) + (0.0 if is_begun else _height(head, table))
        if asked > sheets.left_over and not sheets.is_at_top:
            sheets.turn()
            is_begun = False
        if not is_begun:
            _draw_row(sheets, head, table)
            is_begun = True
        _draw_over_pages(sheets, row, head, table)
    if not is_begun:
        _draw_row(sheets, head, table)
    sheets.top += _AFTER


def _draw_over_pages(sheets: Sheets, row: _Row, head: _Row, table: Table) -> None:
    rest = row
    while _height(rest, table) > sheets.left_over:
        above, rest = _parted(rest, sheets.left_over)
        _draw_row(sheets, above, table)
        sheets.turn()
        _draw_row(sheets, head, table)
    _draw_row(sheets, rest, table)


def _head(sheets: Sheets, table: Table) -> _Row:
    titles = [column.title for column in table.columns]
    return _cells(sheets, table, titles, is_head=True) if any(titles) else ()


def _rows(sheets: Sheets, table: Table) -> Iterator[_Row]:
    for row in table.rows:
        yield _cells(sheets, table, row)
    for row in table.last:
        yield _cells(sheets, table, row, is_last=True)


def _cells(
    sheets: Sheets,
    table: Table,
    row: Sequence[Entry],
    *,
    is_head: bool = False,
    is_last: bool = False,
) -> _Row:
    share = sheets.width / sum(column.share for column in table.columns)
    left, cells = sheets.left, []
    for column, entry in zip(table.columns, row, strict=True):
        width = column.share * share
        bold = is_head or is_last
        lines = _lines(entry, width - 2 * _ACROSS, table.size, bold=bold)
        fill = PALE if is_head or column.is_label else None
        cells.append(_Cell(lines, left, width, bold, column.align, fill))
        left += width
    return cells


def _lines(entry: Entry, width: float, size: float, *, bold: bool) -> list[_Line]:
    words, note = (entry.words, entry.note) if isinstance(entry, Noted) else (entry, "")
    lines, fitting = fitted(words, width, size, bold=bold)
    found = [_Line(line, fitting) for line in lines]
    if note:
        lines, fitting = fitted(note, width, size * _NOTE)
        found += [_Line(line, fitting, GRAY) for line in lines]
    return found


def _height(row: _Row, table: Table) -> float:
    return max((max(cell.height for cell in row), table.row_height * mm)) if row else 0.0


def _parted(row: _Row, room: float) -> tuple[_Row, _Row]:
    """Return the part of a row that there is room for, and the rest."""
    above, below = [], []
    for cell in row:
        ends = accumulate(line.height for line in cell.lines)
        count = max(1, sum(end <= room - 2 * _DOWN for end in ends))
        above.append(replace(cell, lines=cell.lines[:count]))
        below.append(replace(cell, lines=cell.lines[count:]))
    return above, below


def _draw_row(sheets: Sheets, row: _Row, table: Table) -> None:
    if not row:
        return
    height = min(_height(row, table), sheets.left_over)
    for cell in row:
        if cell.fill is not None:
            sheets.box(cell.left, sheets.top, cell.width, height, fill=cell.fill)
    sheets.rule(sheets.left, sheets.top, sheets.width)
    for cell in row:
        left, top, room = cell.left + _ACROSS, sheets.top + _DOWN, cell.width - 2 * _ACROSS
        for line in cell.lines:
            top = sheets.write(
                [line.words],
                left,
                top,
                line.size,
                bold=cell.bold,
                color=line.color,
                width=room,
                align=cell.align,
            )
    sheets.top += height
    sheets.rule(sheets.left, sheets.top, sheets.width, color=LINE)
