"""A Party's figures as people upload them: one row a year, as an Excel workbook or CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.documents import uploaded_tables
from app.documents.uploaded_tables import Limits, Line, Sheet
from app.domain import amounts
from app.domain.adjustments import YEARS_MAX, Period
from app.domain.article6_errors import (
    NotAnAmount,
    NotAYear,
    PeriodTooLong,
)
from app.domain.text import Text
from app.domain.upload_errors import (
    CellEmpty,
    MalformedInCell,
    NotANumberInCell,
    NothingBelow,
    YearSkippedInCell,
    YearTwiceInCell,
)

LIMITS: Final = Limits(content=1, unpacked=20, cells=10_000, columns=50)
YEAR: Final = "year"
#: The columns after that of the year, in the order of the form.
COLUMNS: Final = ("emissions", "trajectory", "transferred", "used")
NAMES: Final = {
    YEAR: Text("Year", "年"),
    "emissions": Text("Emissions", "排出量"),
    "trajectory": Text("Trajectory", "排出経路"),
    "transferred": Text("First transferred", "最初の移転"),
    "used": Text("Used", "使用"),
}
#: Emissions less removals may be below zero, and so may what they are compared with.
SIGNED: Final = frozenset({"emissions", "trajectory"})

_NEEDED: Final = (YEAR, "emissions")
_FOUND: Final = {
    uploaded_tables.folded(name): key
    for key, text in NAMES.items()
    for name in (key, text.en, text.ja)
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What an uploaded table says: its years, and the figures by column and year."""

    period: Period
    values: Mapping[tuple[str, int], Fraction]


def read(content: bytes) -> Figures:
    """Read an uploaded table of years that follow one another.

    Raises:
        Refusal: one of `app.domain.upload_errors`, or of a year, that names the cell.
    """
    sheets = uploaded_tables.read(content, LIMITS)
    sheet = next(
        (one for one in sheets if uploaded_tables.heading(one, _FOUND)),
        sheets[0] if sheets else Sheet(""),
    )
    values: dict[tuple[str, int], Fraction] = {}
    years: list[int] = []
    empty: Line | None = None
    for year, line in _lines(sheet):
        _check_next(years, year, line)
        years.append(year)
        found = dict(_values(line))
        values |= {(column, year): value for column, value in found.items()}
        if "emissions" in found and empty is not None:
            # Years to come may have none, years before others may not.
            raise CellEmpty(sheet.name, empty.place("emissions"), "emissions")
        empty = empty if "emissions" in found else empty or line
    if not years:
        raise NothingBelow(sheet.name)
    return Figures(Period(years[0], years[-1]), values)


def _lines(sheet: Sheet) -> Iterator[tuple[int, Line]]:
    needed = {key: key for key in _NEEDED}
    for line in uploaded_tables.table(sheet, _FOUND, needed=needed):
        typed = _typed(line, YEAR)
        try:
            year = amounts.read_year(typed)
        except NotAYear:
            raise MalformedInCell(sheet.name, line.place(YEAR), typed, "2025") from None
        if year is None:
            raise CellEmpty(sheet.name, line.place(YEAR), YEAR)
        yield year, line


def _check_next(years: list[int], year: int, line: Line) -> None:
    """Refuse a year that does not follow the one above."""
    where = line.sheet.name, line.place(YEAR)
    if year in years:
        raise YearTwiceInCell(*where, year)
    if years and year != years[-1] + 1:
        raise YearSkippedInCell(*where, years[-1] + 1, year)
    if len(years) == YEARS_MAX:
        raise PeriodTooLong(YEARS_MAX)


def _values(line: Line) -> Iterator[tuple[str, Fraction]]:
    for column in COLUMNS:
        typed = _typed(line, column)
        try:
            value = amounts.read(typed, is_signed=column in SIGNED)
        except NotAnAmount:
            raise NotANumberInCell(line.sheet.name, line.place(column), typed) from None
        if value is not None:
            yield column, value


def _typed(line: Line, column: str) -> str:
    value = line.value(column)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)
