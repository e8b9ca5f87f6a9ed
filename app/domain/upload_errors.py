"""Refusals of uploaded tables: each names the sheet and the cell that is wrong.

`sheet` is empty for CSV, whose cells are named like those of a spreadsheet: B7 is the second value
of the seventh row.
"""

from dataclasses import dataclass

from app.domain.errors import Refusal

# The file


@dataclass(eq=False)
class TableTooLarge(Refusal):
    """The file is larger than what is taken, or would be once it is unpacked."""

    megabytes_max: int


@dataclass(eq=False)
class NotATable(Refusal):
    """The content is neither an Excel workbook (xlsx) nor CSV, whatever the name says."""


@dataclass(eq=False)
class TableNotUtf8(Refusal):
    """The CSV is not encoded in UTF-8."""


@dataclass(eq=False)
class TableDamaged(Refusal):
    """The file cannot be read: damaged, protected by a password, or made to mislead."""


@dataclass(eq=False)
class TooManyCells(Refusal):
    """The file has more cells than are read."""

    cells_max: int


@dataclass(eq=False)
class TableTooWide(Refusal):
    """A cell lies farther to the right than any table reaches."""

    sheet: str
    cell: str


@dataclass(eq=False)
class ReaderBusy(Refusal):
    """Other files are being read at present."""


# The heading of a table


@dataclass(eq=False)
class HeadingMissing(Refusal):
    """No row has the names of the columns."""

    sheet: str
    columns: str


@dataclass(eq=False)
class TableMissing(Refusal):
    """The file has no such table."""

    table: str


@dataclass(eq=False)
class TableTwice(Refusal):
    """The file has a table more than once."""

    sheet: str
    table: str


@dataclass(eq=False)
class ColumnMissing(Refusal):
    """The table lacks a column."""

    sheet: str
    column: str


@dataclass(eq=False)
class ColumnUnknown(Refusal):
    """The table has a column, or a value beside its columns, that does not belong there."""

    sheet: str
    cell: str
    text: str


@dataclass(eq=False)
class ColumnTwice(Refusal):
    """The table has a column more than once."""

    sheet: str
    cell: str
    column: str


@dataclass(eq=False)
class NothingBelow(Refusal):
    """There is a heading, and no row below it."""

    sheet: str


# A cell


@dataclass(eq=False)
class FormulaInCell(Refusal):
    """The cell holds a formula, whose result depends on who opens the file."""

    sheet: str
    cell: str


@dataclass(eq=False)
class MergedCells(Refusal):
    """Cells are merged, so that it is unclear to which rows their value belongs."""

    sheet: str
    cell: str


@dataclass(eq=False)
class ErrorInCell(Refusal):
    """The cell holds the error of a formula, such as #REF!."""

    sheet: str
    cell: str
    text: str


@dataclass(eq=False)
class CellTooLong(Refusal):
    """The text of the cell is longer than a spreadsheet takes."""

    sheet: str
    cell: str
    length_max: int


@dataclass(eq=False)
class CellEmpty(Refusal):
    """The cell must have a value."""

    sheet: str
    cell: str
    column: str


@dataclass(eq=False)
class NotWholeInCell(Refusal):
    """The cell must hold a whole number, 0 or more."""

    sheet: str
    cell: str
    text: str


@dataclass(eq=False)
class NotANumberInCell(Refusal):
    """The cell must hold a number."""

    sheet: str
    cell: str
    text: str


@dataclass(eq=False)
class NotADateInCell(Refusal):
    """The cell must hold a date."""

    sheet: str
    cell: str
    text: str


@dataclass(eq=False)
class UnknownWordInCell(Refusal):
    """The cell must hold one of the words of a list."""

    sheet: str
    cell: str
    text: str


@dataclass(eq=False)
class MalformedInCell(Refusal):
    """The value is not laid out as its column asks, such as CA0004."""

    sheet: str
    cell: str
    text: str
    example: str


@dataclass(eq=False)
class BackwardsInCell(Refusal):
    """The last number of a block lies before the first."""

    sheet: str
    cell: str
    first: int
    last: int


@dataclass(eq=False)
class YearTwiceInCell(Refusal):
    """A row of an uploaded table is of the same year as one above."""

    sheet: str
    cell: str
    year: int


@dataclass(eq=False)
class YearSkippedInCell(Refusal):
    """The rows of an uploaded table are not of years that follow one another."""

    sheet: str
    cell: str
    expected: int
    year: int


@dataclass(eq=False)
class NumbersTooOften(Refusal):
    """The same numbers are moved more often than is plausible."""

    first: int
    last: int
    times_max: int


@dataclass(eq=False)
class OtherParty(Refusal):
    """The file is of another Party than was chosen."""

    party: str


@dataclass(eq=False)
class OtherYear(Refusal):
    """The file is of another year than was chosen."""

    year: int


@dataclass(eq=False)
class OwnFile(Refusal):
    """The file is of the registry's own Party."""

    party: str
