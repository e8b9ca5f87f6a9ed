"""Sentences for refusals of uploaded tables; each says where: “Actions”, cell B7."""

from collections.abc import Callable
from typing import Any, Final

from flask_babel import gettext as _

from app.domain import upload_errors
from app.domain.errors import Refusal
from app.web.pages import number


def _at(sentence: Callable[[Any], str]) -> Callable[[Any], str]:
    """Put before a sentence in which cell, and of which sheet if there are any."""

    def said(refusal: Any) -> str:
        if refusal.sheet:
            where = _("Sheet “%(sheet)s”, cell %(cell)s:", sheet=refusal.sheet, cell=refusal.cell)
        else:
            where = _("Cell %(cell)s:", cell=refusal.cell)
        return f"{where} {sentence(refusal)}"

    return said


def _in(sentence: Callable[[Any], str]) -> Callable[[Any], str]:
    """Put before a sentence in which sheet, if there are any."""

    def said(refusal: Any) -> str:
        if not refusal.sheet:
            return sentence(refusal)
        return f"{_('Sheet “%(sheet)s”:', sheet=refusal.sheet)} {sentence(refusal)}"

    return said


_FILES: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    upload_errors.TableTooLarge: lambda r: _(
        "The file is too large. It may have %(megabytes)s MB at most.", megabytes=r.megabytes_max
    ),
    upload_errors.NotATable: lambda _r: _(
        "This is neither an Excel workbook (xlsx) without a password nor a CSV file."
    ),
    upload_errors.TableNotUtf8: lambda _r: _(
        "The CSV file is not encoded in UTF-8. Save it as “CSV UTF-8”."
    ),
    upload_errors.TableDamaged: lambda _r: _(
        "The file cannot be read. Open it in a spreadsheet program and save it again."
    ),
    upload_errors.TooManyCells: lambda r: _(
        "The file has too many cells. At most %(cells)s that are not empty are read.",
        cells=number(r.cells_max),
    ),
    upload_errors.TableTooWide: _at(
        lambda _r: _("There is no such column in these tables. Remove what stands there.")
    ),
    upload_errors.ReaderBusy: lambda _r: _(
        "Other files are being read at present. Try again in a minute."
    ),
    upload_errors.HeadingMissing: _in(
        lambda r: _(
            "There is no row with the names of the columns: %(columns)s.", columns=r.columns
        )
    ),
    upload_errors.TableMissing: lambda r: _("The file has no table “%(table)s”.", table=r.table),
    upload_errors.TableTwice: _in(
        lambda r: _("The table “%(table)s” is in the file more than once.", table=r.table)
    ),
    upload_errors.ColumnMissing: _in(
        lambda r: _("The column “%(column)s” is missing.", column=r.column)
    ),
    upload_errors.NumbersTooOften: lambda r: _(
        "Numbers %(first)s to %(last)s are transferred more than %(times)s times in the file.",
        first=number(r.first),
        last=number(r.last),
        times=number(r.times_max),
    ),
    upload_errors.OtherParty: lambda r: _(
        "The table “Submission” of the file names another Party: %(party)s.", party=r.party
    ),
    upload_errors.OtherYear: lambda r: _(
        "The table “Submission” of the file names another year: %(year)s.", year=r.year
    ),
    upload_errors.OwnFile: lambda r: _(
        "This is the file of the Party of this registry, %(party)s. Choose the partner’s.",
        party=r.party,
    ),
    upload_errors.NothingBelow: _in(
        lambda _r: _("There is nothing below the names of the columns.")
    ),
}

_CELLS: Final[dict[type[Refusal], Callable[[Any], str]]] = {
    upload_errors.ColumnUnknown: lambda r: _(
        "“%(text)s” does not belong to the table. Remove it.", text=r.text
    ),
    upload_errors.ColumnTwice: lambda r: _(
        "The column “%(column)s” is there more than once.", column=r.column
    ),
    upload_errors.FormulaInCell: lambda _r: _("Put the value in place of the formula."),
    upload_errors.MergedCells: lambda _r: _("Separate the merged cells."),
    upload_errors.ErrorInCell: lambda r: _(
        "“%(text)s” is an error of the spreadsheet. Enter the value.", text=r.text
    ),
    upload_errors.CellTooLong: lambda r: _(
        "Use no more than %(length)s characters.", length=number(r.length_max)
    ),
    upload_errors.CellEmpty: lambda r: _(
        "A value is needed in the column “%(column)s”.", column=r.column
    ),
    upload_errors.NotWholeInCell: lambda r: _(
        "“%(text)s” is not a whole number, 0 or more.", text=r.text
    ),
    upload_errors.NotANumberInCell: lambda r: _(
        "“%(text)s” is not a number. Write it as 1234.5.", text=r.text
    ),
    upload_errors.NotADateInCell: lambda r: _(
        "“%(text)s” is not a date. Write it as 2025-12-31 or 31/12/2025.", text=r.text
    ),
    upload_errors.UnknownWordInCell: lambda r: _(
        "“%(text)s” is not a value of this column.", text=r.text
    ),
    upload_errors.MalformedInCell: lambda r: _(
        "“%(text)s” is not written as it should be, such as %(example)s.",
        text=r.text,
        example=r.example,
    ),
    upload_errors.BackwardsInCell: lambda r: _(
        "The last number, %(last)s, lies before the first, %(first)s.",
        first=number(r.first),
        last=number(r.last),
    ),
    upload_errors.YearTwiceInCell: lambda r: _("%(year)s stands in a row above.", year=r.year),
    upload_errors.YearSkippedInCell: lambda r: _(
        "%(year)s does not follow: the row of %(expected)s is missing.",
        year=r.year,
        expected=r.expected,
    ),
}

UPLOADS: Final[dict[type[Refusal], Callable[[Any], str]]] = _FILES | {
    kind: _at(sentence) for kind, sentence in _CELLS.items()
}
