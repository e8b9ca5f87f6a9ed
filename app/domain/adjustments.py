"""Corresponding adjustments and the emissions balance of a Party over one NDC period.

Decision 2/CMA.3, annex, paragraphs 7 to 17. What was authorized and first transferred is added to
the year of its vintage; what was used is subtracted in the year of the NDC for which it was used.
Nothing else enters: what is acquired or held never does (paragraph 8). Arithmetic is exact; only
`app.domain.amounts.shown` rounds.

    account = Account(Period(2021, 2030), Method.AVERAGING, years, target=Fraction(930))
    result = adjusted(account)
    result.rows[-1].balance, result.verdict
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.domain.article6_errors import YearOutsidePeriod, YearsReversed, YearTwice
from app.domain.text import Text

NOTHING: Final = Fraction(0)
#: An NDC period has no more years than this.
YEARS_MAX: Final = 20


class Method(StrEnum):
    """How a Party applies corresponding adjustments, the same through a whole NDC period."""

    #: Single-year target with a multi-year trajectory or budget, paragraph 7 (a) (i).
    TRAJECTORY = "trajectory"
    #: Single-year target with the average of the years, paragraph 7 (a) (ii).
    AVERAGING = "averaging"
    #: Multi-year target, paragraph 7 (b).
    MULTI_YEAR = "multi_year"


class Indicator(StrEnum):
    """What is adjusted."""

    #: Emissions and removals covered by the NDC, paragraph 8.
    EMISSIONS = "emissions"
    #: An indicator that is not in greenhouse gases, of which more is better, paragraph 9.
    NON_GHG = "non_ghg"
    #: Emissions and removals in the categories that policies and measures affect, paragraph 10.
    POLICIES = "policies"


class Verdict(StrEnum):
    """What a comparison with a target says."""

    MET = "met"
    NOT_MET = "not_met"
    #: The period is not over: what there is so far is indicative.
    OPEN = "open"
    #: Emissions of a year, or what to compare with, are missing: nothing can be said.
    MISSING = "missing"


METHOD_NAMES: Final = {
    Method.TRAJECTORY: Text(
        "Single-year NDC, trajectory or budget", "単年度NDC・排出経路又は排出量予算"
    ),
    Method.AVERAGING: Text("Single-year NDC, averaging", "単年度NDC・平均化"),
    Method.MULTI_YEAR: Text("Multi-year NDC, trajectory or budget", "複数年NDC・排出経路又は予算"),
}
#: The paragraphs of decision 2/CMA.3, annex.
METHOD_PARAGRAPHS: Final = {
    Method.TRAJECTORY: "7 (a) (i)",
    Method.AVERAGING: "7 (a) (ii)",
    Method.MULTI_YEAR: "7 (b)",
}
INDICATOR_NAMES: Final = {
    Indicator.EMISSIONS: Text("Emissions and removals", "排出量及び吸収量"),
    Indicator.NON_GHG: Text("An indicator not in greenhouse gases", "温室効果ガス以外の指標"),
    Indicator.POLICIES: Text(
        "Emissions affected by policies and measures", "政策・措置の影響を受ける排出量"
    ),
}
VERDICT_NAMES: Final = {
    Verdict.MET: Text("Met", "達成"),
    Verdict.NOT_MET: Text("Not met", "未達成"),
    Verdict.OPEN: Text("The period is not over", "期間の途中"),
    Verdict.MISSING: Text("No verdict: figures are missing", "判定不可：数値の欠落"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """An NDC implementation period, both years included."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise YearsReversed(self.first, self.last, field="last_year")

    @property
    def years(self) -> range:
        """Every calendar year of the period."""
        return range(self.first, self.last + 1)

    def overlaps(self, other: "Period") -> bool:
        """Whether some year belongs to both."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Year:
    """The figures of one year, in the unit of the account; `None` where one is not known.

    Args:
        emissions: emissions less removals within the NDC, or the level of another indicator.
        trajectory: the point of the indicative trajectory, or the year's share of a budget.
        first_transferred: authorized and first transferred, of this vintage, for whatever use.
        others: how much of that is authorized for other international mitigation purposes only.
        used: used towards the NDC for this year.
    """

    year: int
    emissions: Fraction | None = None
    trajectory: Fraction | None = None
    first_transferred: Fraction = NOTHING
    others: Fraction = NOTHING
    used: Fraction = NOTHING

    @property
    def net(self) -> Fraction:
        """What was first transferred less what was used (paragraph 23 (f))."""
        return self.first_transferred - self.used


@dataclass(frozen=True, slots=True)
class Account:
    """A Party's NDC and its figures. Years without any may be left out.

    Args:
        target: the level for the last year, or for a multi-year NDC the budget of the period.
    """

    period: Period
    method: Method
    years: Sequence[Year]
    target: Fraction | None = None
    indicator: Indicator = Indicator.EMISSIONS

    def __post_init__(self) -> None:
        seen: set[int] = set()
        for found in self.years:
            if found.year not in self.period.years:
                raise YearOutsidePeriod(found.year, self.period.first, self.period.last)
            if found.year in seen:
                raise YearTwice(found.year)
            seen.add(found.year)

    def year(self, year: int) -> Year:
        """Return the figures of a year; a year that was left out has none."""
        return next((found for found in self.years if found.year == year), Year(year))

    @property
    def reported(self) -> int:
        """The last year with emissions, or the first of the period while there are none."""
        known = [found.year for found in self.years if found.emissions is not None]
        return max(known, default=self.period.first)

    def under(self, method: Method) -> "Account":
        """Return the same figures under another method, the target being that of the trajectory.

        A single-year target is the trajectory's last point, a budget the sum of its points.
        """
        if (method is Method.MULTI_YEAR) == (self.method is Method.MULTI_YEAR):
            return replace(self, method=method)
        points = [self.year(year).trajectory for year in self.period.years]
        target = _sum(points) if method is Method.MULTI_YEAR else points[-1]
        return replace(self, method=method, target=target)


@dataclass(frozen=True, slots=True)
class Row:
    """One year of a result. What needs emissions that are missing is `None`."""

    figures: Year
    #: How many years of the period have elapsed with this one.
    elapsed: int
    #: The sum of what was first transferred less what was used, since the period began.
    cumulative: Fraction
    #: The cumulative amount divided by the elapsed years.
    average: Fraction
    #: What the method adds in this year as it was known then: indicative, unless the last year.
    adjustment: Fraction
    #: The same once years up to the last reported one are restated: an average is then one figure.
    restated: Fraction
    #: Emissions after the adjustment, or the adjusted indicator (paragraph 23 (k)).
    balance: Fraction | None
    restated_balance: Fraction | None
    #: Emissions since the period began and everything that was first transferred, less all uses.
    cumulative_balance: Fraction | None

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.figures.year


@dataclass(frozen=True, slots=True)
class Result:
    """The emissions balance up to a year: indicative until the period ends, final at its end."""

    account: Account
    rows: tuple[Row, ...]
    verdict: Verdict
    #: What is compared with the target: the last year's balance, or the sum of all.
    assessed: Fraction | None
    #: Elapsed years without emissions.
    missing: tuple[int, ...]

    @property
    def through(self) -> int:
        """The last year that the result covers."""
        return self.rows[-1].year

    @property
    def is_final(self) -> bool:
        """Whether the result covers the whole period."""
        return self.through == self.account.period.last


@dataclass(frozen=True, slots=True)
class Safeguard:
    """Whether there was a net increase of emissions over the elapsed years (paragraphs 7, 17)."""

    total: Fraction | None
    limit: Fraction | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Restatement:
    """A year whose balance is another than the one that was reported before."""

    year: int
    before: Fraction
    after: Fraction


def adjusted(account: Account, *, through: int | None = None) -> Result:
    """Apply corresponding adjustments up to a year, the last reported one unless another is named.

    Raises:
        YearOutsidePeriod: `through` is no year of the period.
    """
    last = account.reported if through is None else through
    period = account.period
    if last not in period.years:
        raise YearOutsidePeriod(last, period.first, period.last, field="through")
    figures = [account.year(year) for year in range(period.first, last + 1)]
    average = sum((found.net for found in figures), NOTHING) / len(figures)
    rows: list[Row] = []
    for found in figures:
        rows.append(_row(account, found, average, rows[-1] if rows else None))
    missing = tuple(found.year for found in figures if found.emissions is None)
    assessed = _assessed(account, rows)
    verdict = Verdict.OPEN if last < period.last else _verdict(account, assessed, account.target)
    if missing and verdict is not Verdict.OPEN:
        verdict = Verdict.MISSING
    return Result(account, tuple(rows), verdict, assessed, missing)


def safeguard(result: Result) -> Safeguard:
    """Compare what was emitted and adjusted so far with the trajectory so far.

    Without the emissions or the trajectory of an elapsed year there is no verdict.
    """
    account = result.account
    emitted = _sum([row.figures.emissions for row in result.rows])
    limit = _sum([row.figures.trajectory for row in result.rows])
    net = result.rows[-1].cumulative
    total = None if emitted is None else emitted + _sign(account) * net
    return Safeguard(total, limit, _verdict(account, total, limit))


def averaged(result: Result, submitted: Mapping[int, Fraction]) -> dict[int, Fraction]:
    """Return the adjustment of each elapsed year, where submitted years keep what they reported."""
    return {row.year: submitted.get(row.year, row.restated) for row in result.rows}


def restatements(before: Result, after: Result) -> list[Restatement]:
    """Return the years whose balance changed, such as by a first transfer of an earlier vintage.

    For "updates to information submitted for previous years" (paragraph 23).
    """
    reported = {row.year: row.balance for row in before.rows}
    return [
        Restatement(row.year, earlier, row.balance)
        for row in after.rows
        if (earlier := reported.get(row.year)) is not None
        and row.balance is not None
        and earlier != row.balance
    ]


def _row(account: Account, found: Year, average: Fraction, before: Row | None) -> Row:
    elapsed = before.elapsed + 1 if before else 1
    cumulative = (before.cumulative if before else NOTHING) + found.net
    running = cumulative / elapsed
    sign = _sign(account)
    averages = account.method is Method.AVERAGING
    adjustment = sign * (running if averages else found.net)
    restated = sign * (average if averages else found.net)
    balance = None if found.emissions is None else found.emissions + adjustment
    earlier = before.cumulative_balance if before else NOTHING
    return Row(
        figures=found,
        elapsed=elapsed,
        cumulative=cumulative,
        average=running,
        adjustment=adjustment,
        restated=restated,
        balance=balance,
        restated_balance=None if found.emissions is None else found.emissions + restated,
        # Not the sum of running averages: that would count what was first transferred anew.
        cumulative_balance=_sum([earlier, found.emissions, sign * found.net]),
    )


def _sign(account: Account) -> int:
    """Return -1 for an indicator of which more is better: signs are reversed (paragraph 9)."""
    return -1 if account.indicator is Indicator.NON_GHG else 1


def _assessed(account: Account, rows: Sequence[Row]) -> Fraction | None:
    last = rows[-1]
    return last.cumulative_balance if account.method is Method.MULTI_YEAR else last.balance


def _verdict(account: Account, value: Fraction | None, limit: Fraction | None) -> Verdict:
    if value is None or limit is None:
        return Verdict.MISSING
    is_met = value * _sign(account) <= limit * _sign(account)
    return Verdict.MET if is_met else Verdict.NOT_MET


def _sum(values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, NOTHING) if len(known) == len(values) else None
