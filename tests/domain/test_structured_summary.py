"""The structured summary: every row in its order, and both ways to count in it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.domain.adjustment_figures import events, figures
from app.domain.adjustments import Account, Indicator, Method, Result, Verdict, Year, adjusted
from app.domain.article6_errors import PopulationsDiffer
from app.domain.nomenclature import Purpose, Subtype
from app.domain.structured_summary import Line, Summary, split, summary
from tests.domain.test_adjustment_figures import SENT, TEN, USED
from tests.domain.test_adjustments import acquirer, host

ORDER = [
    *("indicator", "total", "land_use", "single_year_trajectory", "multi_year_trajectory"),
    *("a", "b", "i", "c", "d", "e", "f", "average", "g", "h", "k_i", "k_ii", "other"),
    *("assessment", "assessment_budget"),
]
OTHERS = replace(SENT, subtype=Subtype.USE_OR_CANCELLATION, purpose=Purpose.OIMP, quantity=5)


def made(result: Result) -> Summary:
    return summary(result, unit="t CO₂ eq")


def line(found: Summary, word: str) -> Line:
    return next(row for row in found.rows if row.word == word)


def test_the_rows_stand_in_the_set_order_with_their_paragraphs() -> None:
    found = made(adjusted(host(Method.TRAJECTORY)))
    assert [row.word for row in found.rows] == ORDER
    assert [row.paragraph for row in found.rows][5:13] == [
        *("23 (a)", "23 (b)", "23 (i)", "23 (c)", "23 (d)", "23 (e)", "23 (f)", "7 (a) (ii)")
    ]
    assert {len(row.values) for row in found.rows} == {10}
    assert [row.word for row in found.by_vintage] == ["c", "d", "e", "f", "h"]


def test_a_host_reports_its_balance_and_whether_it_met_its_target() -> None:
    found = made(adjusted(host(Method.TRAJECTORY)))
    assert line(found, "g").values == line(found, "f").values
    assert line(found, "h").values[-1] == 280
    assert line(found, "k_i").values[-1] == 920
    assert (line(found, "a").values[0], line(found, "average").values[0]) == (1000, None)
    told = line(found, "assessment")
    assert (told.values[-1], told.target, told.target_year) == (920, 930, 2030)
    assert told.verdict is Verdict.MET and line(found, "assessment_budget").verdict is None


def test_an_average_stands_in_every_elapsed_year() -> None:
    found = made(adjusted(host(Method.AVERAGING)))
    assert set(line(found, "average").values) == set(line(found, "g").values) == {28}
    assert line(found, "k_i").values == tuple(
        Fraction(level + 28) for level in (1000, 990, 980, 970, 960, 950, 940, 930, 920, 910)
    )
    assert line(found, "assessment").verdict is Verdict.NOT_MET


def test_a_budget_is_assessed_over_the_period() -> None:
    found = made(adjusted(acquirer()))
    told = line(found, "assessment_budget")
    assert (told.values[-1], told.target, told.verdict) == (4760, 4800, Verdict.MET)
    assert line(found, "assessment").values[-1] is None
    assert line(found, "e").values[-1] == 60
    early = made(adjusted(acquirer(), through=2026))
    assert early.years == tuple(range(2021, 2027))
    assert line(early, "assessment_budget").values[-1] is None
    assert line(early, "assessment_budget").verdict is Verdict.OPEN


def test_the_indicator_says_in_which_rows_the_levels_stand() -> None:
    level = replace(host(Method.TRAJECTORY), indicator=Indicator.NON_GHG)
    found = made(adjusted(level))
    assert line(found, "i").values[0] == 1000 and line(found, "a").values[0] is None
    assert line(found, "g").values[-1] == -10, "the signs are reversed"
    assert (line(found, "k_ii").values[-1], line(found, "k_i").values[-1]) == (900, None)
    affected = made(adjusted(replace(level, indicator=Indicator.POLICIES)))
    assert line(affected, "b").values[0] == 1000 and line(affected, "k_i").values[-1] == 920


def test_events_and_vintages_are_both_reported_and_are_of_the_same_units() -> None:
    flows = [SENT, OTHERS, replace(SENT, vintage=2030, year=2031, quantity=9), USED]
    years = figures(flows, TEN, "MNG")
    account = Account(TEN, Method.TRAJECTORY, list(years.values()))
    found = summary(adjusted(account, through=2030), unit="t", events=events(flows, TEN, "MNG"))
    by_event = {word: line(found, word).values for word in "cdf"}
    assert [by_event[word][4] for word in "cdf"] == [30, 5, 35], "in 2025"
    again = {row.word: row.values for row in found.by_vintage}
    assert [again[word][3] for word in "cdf"] == [30, 5, 35], "of 2024"
    assert (again["c"][9], by_event["c"][9], found.elsewhere) == (9, 0, 9)
    assert line(found, "g").values[3] == 35, "adjusted in the year of the vintage"
    with pytest.raises(PopulationsDiffer):
        summary(adjusted(account), unit="t", events={2025: Year(2025)})


def test_quantities_are_split_as_paragraph_23_j_asks() -> None:
    other = replace(SENT, approach="CA0005", sector=7)
    earlier = replace(SENT, vintage=2020)
    found = split([SENT, SENT, OTHERS, other, USED, earlier], "MNG", TEN)
    assert [(part.paragraph, part.approach, part.sector, part.quantity) for part in found] == [
        ("23 (c)", "CA0004", 1, 60),
        ("23 (c)", "CA0005", 7, 30),
        ("23 (d)", "CA0004", 1, 5),
    ]
    [used] = split([SENT, USED, replace(USED, calendar_year=2031)], "JPN", TEN)
    assert (used.paragraph, used.first_transferring, used.using) == ("23 (e)", "MNG", "JPN")
    assert (used.vintage, used.year, used.quantity) == (2024, 2025, 20)
