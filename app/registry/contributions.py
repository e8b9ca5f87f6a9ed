"""Verbs on a Party's NDC: its period, method and target, and the emissions of its years."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app.domain.adjustments import YEARS_MAX, Account, Indicator, Method, Period, Year
from app.domain.amounts import kept, tonnes_in
from app.domain.article6_errors import (
    FiguresChanged,
    MethodFixed,
    PeriodsOverlap,
    PeriodTooLong,
    VintageTooEarly,
)
from app.domain.errors import NotFound, Required, TooLong, UnknownChoice
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.roles import Duty
from app.domain.text import normalise
from app.registry import logs, people
from app.store import contributions as questions
from app.store.tables import Contribution, ContributionYear

UNIT_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an NDC period: emissions, or another level, and trajectory by year."""

    period: Period
    method: Method
    unit: str
    target: Fraction | None = None
    indicator: Indicator = Indicator.EMISSIONS
    emissions: Mapping[int, Fraction | None] = field(default_factory=dict)
    trajectory: Mapping[int, Fraction | None] = field(default_factory=dict)


class Saved(NamedTuple):
    """An NDC period, and whether this very act changed anything of it."""

    id: int
    is_new: bool


def save(
    session: Session,
    said: Said,
    *,
    party: str,
    replaces: int | None = None,
    seen: str = "",
    actor: int,
    now: datetime,
) -> Saved:
    """Save an NDC period of a Party, or change the one that began in the year `replaces`.

    What stands there already, as when a form is sent twice, is not saved again.

    Args:
        seen: the fingerprint of what was there when the change was begun, nothing for a new one.

    Raises:
        NotEntitled, NotFound
        Required, TooLong, UnknownChoice: of the unit, at "unit".
        VintageTooEarly: the period begins before there were ITMOs, at "first_year".
        PeriodTooLong: at "last_year".
        NotAnAmount: an amount has more decimals than are kept.
        YearOutsidePeriod: a figure is of another year.
        PeriodsOverlap: another period of the Party has some of the years, at "first_year".
        FiguresChanged: somebody else saved others.
        MethodFixed: emissions were recorded under another method, at "method".
    """
    people.require(session, actor, Duty.REPORT_ARTICLE_6)
    texts = _texts(said)
    periods = questions.locked(session, party)
    same = next((one for one in periods if _told(one) == texts), None)
    if same is not None:
        return Saved(same.id, is_new=False)
    found = _found(periods, said.period, replaces)
    if seen != (fingerprint(found) if found else ""):
        raise FiguresChanged
    _check_method(found, said.method)
    found = found or Contribution(party=party)
    _write(found, texts)
    found.changed_by, found.changed_at = actor, now
    session.add(found)
    session.flush()
    facts = {name: str(value) for name, value in texts.items() if name != "years"}
    logs.done(session, "save contribution", party, actor=actor, now=now, **facts)
    return Saved(found.id, is_new=True)


def fingerprint(found: Contribution) -> str:
    """Return what tells this state of an NDC period from another."""
    return hashlib.sha256(repr(sorted(_told(found).items())).encode()).hexdigest()


def _found(
    periods: Sequence[Contribution], period: Period, replaces: int | None
) -> Contribution | None:
    """Return what is changed, if anything, once no other period has some of the years."""
    wanted = period.first if replaces is None else replaces
    found = next((one for one in periods if one.first_year == wanted), None)
    if found is None and replaces is not None:
        raise NotFound("contribution")
    for other in periods:
        if other is not found and questions.period(other).overlaps(period):
            raise PeriodsOverlap(other.first_year, other.last_year, field="first_year")
    return found


Texts = dict[str, object]
Years = dict[int, tuple[str | None, str | None]]


def _texts(said: Said) -> Texts:
    """Return what is said as it is kept, once it is found right."""
    if said.period.first < ITMO_VINTAGE_MIN:
        raise VintageTooEarly(said.period.first, ITMO_VINTAGE_MIN, field="first_year")
    if len(said.period.years) > YEARS_MAX:
        raise PeriodTooLong(YEARS_MAX, field="last_year")
    numbers = sorted({*said.emissions, *said.trajectory})
    Account(said.period, said.method, [Year(number) for number in numbers])
    years: Years = {
        number: (kept(said.emissions.get(number)), kept(said.trajectory.get(number)))
        for number in numbers
    }
    return {
        "first_year": said.period.first,
        "last_year": said.period.last,
        "method": said.method.value,
        "indicator": said.indicator.value,
        "target": kept(said.target),
        "unit": _unit(said),
        "years": {number: year for number, year in years.items() if year != (None, None)},
    }


def _unit(said: Said) -> str:
    unit = normalise(said.unit)
    if not unit:
        raise Required(field="unit")
    if len(unit) > UNIT_MAX:
        raise TooLong(UNIT_MAX, field="unit")
    # Emissions are in tonnes or thousands of them, so that the ledger's tonnes can be added; what
    # is not in greenhouse gases is in anything else.
    if (tonnes_in(said.unit) is None) != (said.indicator is Indicator.NON_GHG):
        raise UnknownChoice(unit, field="unit")
    return said.unit if tonnes_in(said.unit) else unit


def _told(found: Contribution) -> Texts:
    years: Years = {year.year: (year.emissions, year.trajectory) for year in found.years}
    columns = ("first_year", "last_year", "method", "indicator", "target", "unit")
    return {name: getattr(found, name) for name in columns} | {"years": years}


def _check_method(found: Contribution | None, method: Method) -> None:
    """Refuse another method once the balance of some year could have been reported."""
    if found is None or found.method == method:
        return
    if any(year.emissions is not None for year in found.years):
        raise MethodFixed(found.method, field="method")


def _write(found: Contribution, texts: Texts) -> None:
    before = {year.year: year for year in found.years}
    for name, value in texts.items():
        if name != "years":
            setattr(found, name, value)
    years = texts["years"]
    assert isinstance(years, dict)
    found.years = [
        _year(before.get(number), number, *amounts) for number, amounts in sorted(years.items())
    ]


def _year(
    known: ContributionYear | None, number: int, emissions: str | None, trajectory: str | None
) -> ContributionYear:
    year = known or ContributionYear(year=number)
    year.emissions, year.trajectory = emissions, trajectory
    return year
