"""The structured summary: what a Party reports every two years, row by row in the set order.

Decision 2/CMA.3, annex, paragraph 23 (a) to (l), in the rows of common tabular format 4 (decision
5/CMA.3). Rows (c) to (f) and (h) count by year of event, as "annual" asks; the adjustment (g) and
the balance (k) go by vintage, as paragraph 8 asks. Both are of the same units: `summary` refuses
others, and repeats (c) to (f) and (h) by vintage below.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from app.domain.adjustment_figures import Flow, first_transfers, reconcile, uses
from app.domain.adjustments import NOTHING, Indicator, Method, Period, Result, Verdict, Year
from app.domain.text import Text

Values = tuple[Fraction | None, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the summary: a value for each year, the target where the row has one.

    Args:
        word: the row's name for programs.
        paragraph: of decision 2/CMA.3, annex; empty where the row has none.
        verdict: what the assessment says, in the last rows only.
    """

    word: str
    paragraph: str
    label: Text
    values: Values
    target: Fraction | None = None
    target_year: int | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Part of (c), (d) or (e): per approach, sector, Parties and vintage (paragraph 23 (j))."""

    paragraph: str
    approach: str
    sector: int
    first_transferring: str
    using: str
    vintage: int
    year: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole of it."""

    result: Result
    unit: str
    years: tuple[int, ...]
    rows: tuple[Line, ...]
    #: Rows (c) to (f) and (h) again, by vintage and by the year for which was used.
    by_vintage: tuple[Line, ...]
    #: What was first transferred of the period's vintages in other years than these.
    elsewhere: Fraction
    splits: tuple[Split, ...]


LABELS: Final[dict[str, Text]] = {
    "indicator": Text("Indicator", "指標"),
    "total": Text(
        "Total greenhouse gas emissions and removals within the coverage of the NDC",
        "NDCの対象となる温室効果ガスの総排出量及び吸収量",
    ),
    "land_use": Text(
        "Contribution from land use, land-use change and forestry",
        "土地利用、土地利用変化及び林業（LULUCF）の寄与",
    ),
    "single_year_trajectory": Text(
        "Indicative trajectory or budget for a single-year NDC",
        "単年度NDCの目安となる排出経路又は排出量予算",
    ),
    "multi_year_trajectory": Text(
        "Trajectory or budget of a multi-year NDC", "複数年NDCの排出経路又は排出量予算"
    ),
    "a": Text(
        "Annual emissions and removals covered by the NDC", "NDCの対象となる年間排出・吸収量"
    ),
    "b": Text(
        "Annual emissions and removals in the portion affected by policies and measures",
        "政策・措置の影響を受ける部分の年間排出・吸収量",
    ),
    "i": Text(
        "Annual level of the indicator that is not in greenhouse gases",
        "温室効果ガス以外の指標の年間の水準",
    ),
    "c": Text("ITMOs first transferred in the year", "その年に最初に移転したITMOs"),
    "d": Text(
        "Mitigation outcomes authorized for other international mitigation purposes",
        "その他の国際的な緩和目的のために承認した緩和成果",
    ),
    "e": Text("ITMOs used towards the NDC in the year", "その年にNDCへ使用したITMOs"),
    "f": Text("Net annual quantity, from (c) to (e)", "(c)から(e)による正味の年間量"),
    "average": Text(
        "Cumulative quantity divided by the elapsed years", "累積量を経過年数で割った量"
    ),
    "g": Text("Total of the corresponding adjustments", "相当調整の合計"),
    "h": Text("Cumulative net quantity", "正味の量の累積"),
    "k_i": Text("Emissions balance", "排出量収支"),
    "k_ii": Text("Adjusted indicator", "調整後の指標"),
    "other": Text("Other information", "その他の情報"),
    "assessment": Text("Assessment of the achievement of the target", "目標の達成についての評価"),
    "assessment_budget": Text(
        "Assessment of the achievement of the budget over the period",
        "期間を通じた予算の達成についての評価",
    ),
}
_PARAGRAPHS: Final = {
    "single_year_trajectory": "7 (a) (i)",
    "multi_year_trajectory": "7 (b)",
    "average": "7 (a) (ii)",
    "k_i": "23 (k) (i)",
    "k_ii": "23 (k) (ii)",
    "assessment": "23 (l)",
    "assessment_budget": "23 (l)",
} | {letter: f"23 ({letter})" for letter in "abicdefgh"}
_COUNTED: Final[dict[str, Callable[[Year], Fraction]]] = {
    "c": lambda year: year.first_transferred - year.others,
    "d": lambda year: year.others,
    "e": lambda year: year.used,
    "f": lambda year: year.net,
}


def summary(
    result: Result,
    *,
    unit: str,
    events: Mapping[int, Year] | None = None,
    splits: Iterable[Split] = (),
) -> Summary:
    """Return the structured summary of a result.

    Args:
        unit: in which the figures are.
        events: the same first transfers and uses by year of event; those of the result when they
            are known by vintage only.

    Raises:
        PopulationsDiffer: they are not of the same first transfers.
    """
    figures = {row.year: row.figures for row in result.rows}
    counted = figures if events is None else events
    if events is not None:
        whole = {year.year: year.first_transferred for year in result.account.years}
        reconcile({year: found.first_transferred for year, found in events.items()}, whole)
    years = tuple(figures)
    told = [counted.get(year, Year(year)) for year in years]
    inside = sum((year.first_transferred for year in told), NOTHING)
    everything = sum((year.first_transferred for year in counted.values()), NOTHING)
    return Summary(
        result=result,
        unit=unit,
        years=years,
        rows=(
            *_emissions(result),
            *_quantities(told),
            *_adjustments(result, told),
            *_assessments(result),
        ),
        by_vintage=(
            *_quantities(list(figures.values())),
            _line("h", _running(list(figures.values()))),
        ),
        elsewhere=everything - inside,
        splits=tuple(splits),
    )


def split(flows: Iterable[Flow], party: str, period: Period) -> list[Split]:
    """Return the parts of (c), (d) and (e) of a period by year of event.

    Raises:
        DefinitionsDiffer: as `first_transfers`.
    """
    told = list(flows)
    parts = [
        *(
            ("c" if flow.purpose.covers_ndc else "d", flow)
            for flow in first_transfers(told, party)
            if flow.vintage in period.years
        ),
        *(("e", flow) for flow in uses(told, party) if flow.calendar_year in period.years),
    ]
    sums: dict[tuple[str, str, int, str, str, int, int], int] = defaultdict(int)
    for letter, flow in parts:
        key = (letter, flow.approach, flow.sector, flow.first_transferring, flow.using)
        sums[*key, flow.vintage, flow.year] += flow.quantity
    return [Split(f"23 ({key[0]})", *key[1:], quantity) for key, quantity in sorted(sums.items())]


def _line(word: str, values: Sequence[Fraction | None]) -> Line:
    return Line(word, _PARAGRAPHS.get(word, ""), LABELS[word], tuple(values))


def _aimed(line: Line, result: Result, verdict: Verdict | None = None) -> Line:
    """Return a line with the target of the account, and what is said of it."""
    account = result.account
    last = account.period.last
    return replace(line, target=account.target, target_year=last, verdict=verdict)


def _emissions(result: Result) -> list[Line]:
    """Return the rows of the indicator, emissions and trajectories."""
    account = result.account
    levels = [row.figures.emissions for row in result.rows]
    points = [row.figures.trajectory for row in result.rows]
    nothing: list[Fraction | None] = [None] * len(levels)
    kind, is_multi = account.indicator, account.method is Method.MULTI_YEAR
    is_total = kind is Indicator.EMISSIONS
    single = account.method is Method.TRAJECTORY
    return [
        _aimed(_line("indicator", levels), result),
        _line("total", levels if is_total else nothing),
        _line("land_use", nothing),
        _line("single_year_trajectory", points if single else nothing),
        _line("multi_year_trajectory", points if is_multi else nothing),
        _line("a", levels if is_total else nothing),
        _line("b", levels if kind is Indicator.POLICIES else nothing),
        _line("i", levels if kind is Indicator.NON_GHG else nothing),
    ]


def _quantities(told: Sequence[Year]) -> list[Line]:
    return [_line(word, [count(year) for year in told]) for word, count in _COUNTED.items()]


def _adjustments(result: Result, told: Sequence[Year]) -> list[Line]:
    """Return the rows of what is adjusted, the balance and what else there is to say."""
    rows, nothing = result.rows, [None] * len(result.rows)
    is_averaged = result.account.method is Method.AVERAGING
    is_level = result.account.indicator is Indicator.NON_GHG
    balances = [row.restated_balance for row in rows]
    return [
        _line("average", [rows[-1].average] * len(rows) if is_averaged else nothing),
        _line("g", [row.restated for row in rows]),
        _line("h", _running(told)),
        _line("k_i", nothing if is_level else balances),
        _line("k_ii", balances if is_level else nothing),
        _line("other", nothing),
    ]


def _assessments(result: Result) -> list[Line]:
    """Return the end-year assessment in the row of the method; the other row is empty."""
    is_multi = result.account.method is Method.MULTI_YEAR
    nothing: list[Fraction | None] = [None] * len(result.rows)
    at_end = result.assessed if result.is_final else None
    single, whole = _line("assessment", nothing), _line("assessment_budget", nothing)
    chosen = replace(whole if is_multi else single, values=(*nothing[1:], at_end))
    aimed = _aimed(chosen, result, result.verdict)
    return [single, aimed] if is_multi else [aimed, whole]


def _running(told: Sequence[Year]) -> list[Fraction]:
    """Return running sums of the net quantities."""
    sums: list[Fraction] = []
    for year in told:
        sums.append((sums[-1] if sums else NOTHING) + year.net)
    return sums
