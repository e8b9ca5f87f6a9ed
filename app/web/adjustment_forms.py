"""The form of the calculator: two Parties' figures as typed, as read, and as an address to share.

All that is typed stands in the address: the heads of the form by their names, and the figures of a
column as one value a year, from the year that `from` names.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.documents.adjustment_uploads import COLUMNS, SIGNED, Figures
from app.domain import amounts
from app.domain.adjustments import (
    NOTHING,
    YEARS_MAX,
    Account,
    Indicator,
    Method,
    Period,
    Year,
)
from app.domain.article6_errors import EmissionsMissing, PeriodTooLong
from app.domain.errors import Refusal, Required, UnknownChoice
from app.domain.text import normalise
from app.web.messages import sentence

#: Before the names of the fields of each Party: one's own, and the other one's.
OWN: Final = ""
OTHER: Final = "other_"
SIDES: Final = (OWN, OTHER)
#: The unit that is typed in words of its own.
ANOTHER: Final = "another"
FROM: Final = "from"
#: What the ledger knows of the registry's own Party.
LEDGERS: Final = ("transferred", "used")

_HEADS: Final = ("indicator", "unit", "unit_name", "first_year", "last_year")
_SIDE_HEADS: Final = ("name", "method", "target")
_TYPED_MAX: Final = 40


@dataclass
class Typed:
    """The form as typed, what could be read of it, and what was wrong with it, field by field."""

    #: Heads by the names of their fields.
    values: dict[str, str]
    #: Figures by column, with the beginning of its side, and year.
    figures: dict[tuple[str, int], str]
    refusals: dict[str, Refusal] = field(default_factory=dict)
    #: Why the ledger's own figures are not known.
    unknown: Refusal | None = None
    #: Whether they are kept back, as part of them is confidential.
    is_withheld: bool = False
    period: Period | None = None
    indicator: Indicator = Indicator.EMISSIONS
    #: What could be read of each Party, by the beginning of its side.
    accounts: dict[str, Account] = field(default_factory=dict)

    @classmethod
    def of(cls, given: "MultiDict[str, str]", told: Mapping[str, str]) -> "Typed":
        """Take what was sent; what was not said of the heads is as it is told."""
        values = {one: _clean(given.get(one, told.get(one, ""))) for one in _names()}
        start = _year(given.get(FROM, "")) or _year(values["first_year"]) or 0
        figures = {
            (column, start + place): _clean(text)
            for column in _columns()
            for place, text in enumerate(given.getlist(column)[:YEARS_MAX])
        }
        return cls(values, figures)

    @property
    def years(self) -> range:
        """The years whose figures are shown: those of the period or, if it is wrong, as before."""
        if self.period:
            return self.period.years
        shown = sorted(year for _column, year in self.figures)
        return range(shown[0], shown[-1] + 1) if shown and shown[0] else range(0)

    @property
    def unit(self) -> str:
        """What the figures are counted in."""
        is_another = self.values["unit"] == ANOTHER
        return normalise(self.values["unit_name"]) if is_another else self.values["unit"]

    @property
    def tonnes(self) -> int | None:
        """How many tonnes the unit is, None for a unit that is not of greenhouse gases."""
        return amounts.tonnes_in(self.unit)

    def figure(self, column: str, year: int) -> str:
        """Return what was typed for a year."""
        return self.figures.get((column, year), "")

    def has(self, side: str) -> bool:
        """Tell whether anything at all was typed of a Party's figures."""
        own = {f"{side}{column}" for column in COLUMNS}
        return any(text and column in own for (column, _year), text in self.figures.items())

    def query(self) -> str:
        """Return the form as the query of an address."""
        pairs = [(name, value) for name, value in self.values.items() if value]
        years = self.years
        if years:
            pairs.append((FROM, str(years.start)))
        for side in SIDES:
            columns = [f"{side}{column}" for column in COLUMNS]
            if side == OWN or self.has(side):
                pairs += [(name, self.figure(name, year)) for name in columns for year in years]
        return urlencode(pairs)

    # Filling in

    def read_period(self) -> None:
        """Read the years of the NDC, on which all else depends."""

        def read() -> Period:
            first, last = (self._year(name) for name in ("first_year", "last_year"))
            found = Period(first, last)
            if len(found.years) > YEARS_MAX:
                raise PeriodTooLong(YEARS_MAX, field="last_year")
            return found

        self.period = self._try(read)

    def fill(self, ledger: Mapping[int, Year]) -> None:
        """Fill in what the ledger knows, where nothing was said of a year."""
        for year, known in ledger.items():
            for column, value in zip(LEDGERS, (known.first_transferred, known.used), strict=True):
                self.figures.setdefault((column, year), amounts.kept(value) or "")

    def take(self, side: str, uploaded: Figures) -> None:
        """Put the figures of an uploaded table in the place of a Party's own."""
        self.values["first_year"] = str(uploaded.period.first)
        self.values["last_year"] = str(uploaded.period.last)
        self.period = uploaded.period
        for column in COLUMNS:
            for year in uploaded.period.years:
                value = uploaded.values.get((column, year))
                self.figures[f"{side}{column}", year] = amounts.kept(value) or ""

    # Reading

    def read(self) -> None:
        """Read every field; what is wrong is noted."""
        self.indicator = self._try(lambda: self._choice("indicator", Indicator)) or self.indicator
        self._try(self._check_unit)
        for side in SIDES:
            if self.period and (side == OWN or self.has(side)):
                account = self._account(side, self.period)
                if account:
                    self.accounts[side] = account

    def refuse(self, refusal: Refusal) -> None:
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        return {name: sentence(refusal) for name, refusal in self.refusals.items()}

    def _account(self, side: str, period: Period) -> Account | None:
        before = len(self.refusals)
        method = self._try(lambda: self._choice(f"{side}method", Method))
        target = self._try(lambda: self._amount(f"{side}target", is_signed=True))
        years = [self._figures(side, year) for year in period.years]
        for gap in _gaps(years):
            self.refuse(EmissionsMissing(gap, field=f"{side}emissions_{gap}"))
        if len(self.refusals) > before or method is None:
            return None
        return Account(period, method, years, target, self.indicator)

    def _figures(self, side: str, year: int) -> Year:
        read = {column: self._figure(side, column, year) for column in COLUMNS}
        return Year(
            year,
            emissions=read["emissions"],
            trajectory=read["trajectory"],
            first_transferred=read["transferred"] or NOTHING,
            used=read["used"] or NOTHING,
        )

    def _figure(self, side: str, column: str, year: int) -> Fraction | None:
        name = f"{side}{column}"
        typed, is_signed = self.figure(name, year), column in SIGNED
        read = self._try(lambda: amounts.read(typed, f"{name}_{year}", is_signed=is_signed))
        return read if isinstance(read, Fraction) else None

    def _amount(self, name: str, *, is_signed: bool) -> Fraction | None:
        return amounts.read(self.values[name], name, is_signed=is_signed)

    def _year(self, name: str) -> int:
        read = amounts.read_year(self.values[name], name)
        if read is None:
            raise Required(field=name)
        return read

    def _choice(self, name: str, choices: Any) -> Any:
        try:
            return choices(self.values[name])
        except ValueError:
            raise UnknownChoice(self.values[name], field=name) from None

    def _check_unit(self) -> None:
        if self.values["unit"] not in {*amounts.UNITS, ANOTHER}:
            raise UnknownChoice(self.values["unit"], field="unit")
        if not self.unit:
            raise Required(field="unit_name")

    def _try(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Refusal as refusal:
            self.refuse(refusal)
            return None


def defaults(ndc_years: tuple[int, int], name: str) -> dict[str, str]:
    """Return the heads of an empty form: the years of the Party's NDC, and what is first to choose.

    Args:
        name: of the Party.
    """
    first, last = map(str, ndc_years)
    return {
        "first_year": first,
        "last_year": last,
        "name": name,
        "unit": amounts.TONNES,
        "indicator": Indicator.EMISSIONS,
        **{f"{side}method": Method.TRAJECTORY for side in SIDES},
    }


def _gaps(years: list[Year]) -> Iterator[int]:
    """Yield the years without emissions before others that have some."""
    known = [year.year for year in years if year.emissions is not None]
    return (one.year for one in years if one.emissions is None and one.year < max(known, default=0))


def _names() -> list[str]:
    return [*_HEADS, *(f"{side}{name}" for side in SIDES for name in _SIDE_HEADS)]


def _columns() -> list[str]:
    return [f"{side}{column}" for side in SIDES for column in COLUMNS]


def _clean(text: str) -> str:
    return text.replace("\0", "")[:_TYPED_MAX].strip()


def _year(text: str) -> int | None:
    try:
        return amounts.read_year(_clean(text))
    except Refusal:
        return None
