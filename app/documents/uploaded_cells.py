"""Cells of uploaded tables read as numbers, dates and words; what is wrong is told with its cell.

What is written as text in a spreadsheet is read like the number or the date that it says.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from app.documents.uploaded_tables import Line, Value, folded
from app.domain.serials import DIGITS_MAX
from app.domain.text import numerals
from app.domain.upload_errors import (
    CellEmpty,
    MalformedInCell,
    NotADateInCell,
    NotANumberInCell,
    NotWholeInCell,
    UnknownWordInCell,
)

#: Digits plain or grouped in threes, as serial numbers are read.
_WHOLE: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_DAY: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
#: A number of more digits is no amount of anything.
_NUMBER_MAX: Final = 40
_TOLD_MAX: Final = 100


def told(value: Value | None) -> str:
    """Return a value as a message names it."""
    return ("" if value is None else str(value))[:_TOLD_MAX]


def text(line: Line, key: str) -> str:
    """Return the text of a cell, empty for nothing."""
    value = line.value(key)
    return "" if value is None else str(value)


def needed(line: Line, key: str, column: str) -> Value:
    """Return what a cell holds; CellEmpty where it holds nothing."""
    value = line.value(key)
    if value is None:
        raise CellEmpty(line.sheet.name, line.place(key), column)
    return value


def whole(line: Line, key: str, column: str) -> int:
    """Return a whole number, 0 or more; CellEmpty or NotWholeInCell otherwise."""
    value = needed(line, key, column)
    if isinstance(value, int) and 0 <= value < 10**DIGITS_MAX:
        return value
    if isinstance(value, str):
        plain = numerals(value)
        digits = plain.replace(",", "").lstrip("0")
        if _WHOLE.fullmatch(plain) and len(digits) <= DIGITS_MAX:
            return int(digits or 0)
    raise NotWholeInCell(line.sheet.name, line.place(key), told(value))


def number(line: Line, key: str, column: str) -> Decimal:
    """Return an exact number; CellEmpty or NotANumberInCell otherwise."""
    value = needed(line, key, column)
    if isinstance(value, int | Decimal):
        exact = Decimal(value)
        if abs(exact.adjusted()) < _NUMBER_MAX:
            return exact
    elif isinstance(value, str):
        plain = numerals(value).replace("−", "-")
        if _NUMBER.fullmatch(plain) and len(plain) <= _NUMBER_MAX:
            return Decimal(plain.replace(",", ""))
    raise NotANumberInCell(line.sheet.name, line.place(key), told(value))


def moment(line: Line, key: str, column: str) -> datetime:
    """Return a time in UTC: one of ISO 8601, a date alone, or dd/mm/yyyy, which is midnight.

    Raises:
        CellEmpty, NotADateInCell: it holds nothing, or something else.
    """
    value = needed(line, key, column)
    found = value if isinstance(value, date) else _moment(numerals(str(value)))
    if found is None:
        raise NotADateInCell(line.sheet.name, line.place(key), told(value))
    if not isinstance(found, datetime):
        return datetime(found.year, found.month, found.day, tzinfo=UTC)
    if found.tzinfo is None:
        # A spreadsheet knows no zones; the format asks for times in UTC.
        return found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise NotADateInCell(line.sheet.name, line.place(key), told(value)) from None


def word(line: Line, key: str, column: str, words: Iterable[str]) -> str:
    """Return the word of a list that a cell holds, whatever its case."""
    value = needed(line, key, column)
    known = {folded(one): one for one in words}
    found = known.get(folded(str(value)))
    if found is None:
        raise UnknownWordInCell(line.sheet.name, line.place(key), told(value))
    return found


def matching(line: Line, key: str, column: str, pattern: re.Pattern[str], *, example: str) -> str:
    """Return the text of a cell that is laid out as asked, in capitals."""
    value = needed(line, key, column)
    found = numerals(str(value)).upper()
    if not pattern.fullmatch(found):
        raise MalformedInCell(line.sheet.name, line.place(key), told(value), example)
    return found


def _moment(typed: str) -> datetime | date | None:
    day = _DAY.fullmatch(typed)
    try:
        if day:
            return date(int(day[3]), int(day[2]), int(day[1]))
        return datetime.fromisoformat(typed)
    except ValueError:
        return None
