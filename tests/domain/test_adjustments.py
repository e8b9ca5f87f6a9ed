"""The emissions balance: every worked number, and the errors that others made."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.adjustments import (
    Account,
    Indicator,
    Method,
    Period,
    Restatement,
    Result,
    Verdict,
    Year,
    adjusted,
    averaged,
    restatements,
    safeguard,
)
from app.domain.article6_errors import YearOutsidePeriod, YearsReversed, YearTwice

TEN = Period(2021, 2030)
#: Host A: emissions and what it first transferred by vintage; 30 of the 280 for other purposes.
EMITTED_A = (1000, 990, 980, 970, 960, 950, 940, 930, 920, 910)
TRANSFERRED = (0, 10, 20, 30, 40, 50, 50, 40, 30, 10)
#: Acquirer B: 500 a year, and what it used for each year of its NDC.
USED = (0, 0, 0, 0, 20, 20, 40, 40, 60, 60)


def host(method: Method, transferred: tuple[int, ...] = TRANSFERRED) -> Account:
    years = [
        Year(year, emissions=Fraction(emitted), first_transferred=Fraction(moved))
        for year, emitted, moved in zip(TEN.years, EMITTED_A, transferred, strict=True)
    ]
    return Account(TEN, method, years, target=Fraction(930))


def acquirer() -> Account:
    years = [
        Year(year, emissions=Fraction(500), used=Fraction(used))
        for year, used in zip(TEN.years, USED, strict=True)
    ]
    return Account(TEN, Method.MULTI_YEAR, years, target=Fraction(4800))


def three_years(method: Method, emitted: tuple[int | None, ...] = (None, None, None)) -> Account:
    """NDC 2021 to 2025: first transfers of 100, 200 and 300."""
    years = [
        Year(
            year,
            emissions=None if value is None else Fraction(value),
            trajectory=Fraction(41000 - 1000 * (year - 2020)),
            first_transferred=Fraction(100 * (year - 2020)),
        )
        for year, value in zip((2021, 2022, 2023), emitted, strict=True)
    ]
    return Account(Period(2021, 2025), method, years)


def balances(result: Result) -> list[Fraction | None]:
    return [row.balance for row in result.rows]


def test_a_host_with_a_trajectory_has_920_against_930_and_meets_its_target() -> None:
    result = adjusted(host(Method.TRAJECTORY))
    assert balances(result) == [1000, 1000, 1000, 1000, 1000, 1000, 990, 970, 950, 920]
    assert [row.adjustment for row in result.rows] == list(TRANSFERRED)
    assert (result.assessed, result.verdict, result.is_final) == (920, Verdict.MET, True)
    emitted = sum(row.figures.emissions or 0 for row in result.rows)
    assert (emitted, result.rows[-1].cumulative_balance) == (9550, 9830)


def test_a_host_that_averages_has_938_against_930_and_misses_its_target() -> None:
    result = adjusted(host(Method.AVERAGING))
    sevenths = Fraction(200, 7)
    assert [row.adjustment for row in result.rows] == [0, 5, 10, 15, 20, 25, sevenths, 30, 30, 28]
    assert [row.cumulative for row in result.rows] == [
        *(0, 10, 30, 60, 100, 150, 200, 240, 270, 280)
    ]
    assert balances(result)[:6] == [1000, 995, 990, 985, 980, 975]
    assert balances(result)[6:] == [940 + sevenths, 960, 950, 938]
    assert (result.assessed, result.verdict) == (938, Verdict.NOT_MET)


def test_an_average_restated_at_the_end_is_28_in_every_year() -> None:
    result = adjusted(host(Method.AVERAGING))
    assert {row.restated for row in result.rows} == {28}
    assert sum(row.restated for row in result.rows) == 280
    staircase = sum(row.adjustment for row in result.rows)
    assert round(staircase, 3) == round(Fraction("191.571"), 3)
    assert result.rows[0].restated_balance == 1028
    assert result.rows[-1].cumulative_balance == 9830, "as with any other method"


def test_an_acquirer_with_a_budget_uses_4760_of_4800() -> None:
    result = adjusted(acquirer())
    assert [row.adjustment for row in result.rows] == [-used for used in USED]
    assert balances(result) == [500] * 4 + [480, 480, 460, 460, 440, 440]
    assert [row.cumulative_balance for row in result.rows] == [
        *(500, 1000, 1500, 2000, 2480, 2960, 3420, 3880, 4320, 4760)
    ]
    assert (result.assessed, result.verdict) == (4760, Verdict.MET)
    over = adjusted(replace(acquirer(), target=Fraction(4759)))
    assert over.verdict is Verdict.NOT_MET


def test_a_late_first_transfer_restates_the_year_of_its_vintage() -> None:
    late = (0, 10, 20, 37, 40, 50, 50, 40, 30, 10)
    before = adjusted(host(Method.TRAJECTORY), through=2028)
    after = adjusted(host(Method.TRAJECTORY, late), through=2028)
    changed = restatements(before, after)
    assert changed == [Restatement(2024, Fraction(1000), Fraction(1007))]
    assert balances(before)[-1] == balances(after)[-1] == 970
    average = adjusted(host(Method.AVERAGING, late), through=2028)
    assert average.rows[-1].adjustment == Fraction(247, 8) == Fraction("30.875")


def test_signs_are_reversed_for_an_indicator_that_is_not_in_greenhouse_gases() -> None:
    period = Period(2030, 2030)
    sold = [Year(2030, emissions=Fraction(500), first_transferred=Fraction(40))]
    bought = [Year(2030, emissions=Fraction(300), used=Fraction(40))]
    facts = (Method.TRAJECTORY, sold, Fraction(460), Indicator.NON_GHG)
    seller = adjusted(Account(period, *facts))
    assert (seller.assessed, seller.verdict) == (460, Verdict.MET), "more is better"
    assert adjusted(Account(period, *facts[:2], Fraction(461), facts[3])).verdict is Verdict.NOT_MET
    assert adjusted(Account(period, Method.TRAJECTORY, bought, None, facts[3])).assessed == 340


def test_averaging_is_150_in_the_second_year_and_200_in_the_third() -> None:
    account = three_years(Method.AVERAGING)
    second, third = adjusted(account, through=2022), adjusted(account, through=2023)
    assert averaged(second, {}) == {2021: 150, 2022: 150}
    assert averaged(third, {}) == {2021: 200, 2022: 200, 2023: 200}
    assert [row.adjustment for row in third.rows] == [100, 150, 200]
    assert sum(averaged(third, {}).values()) == 600
    assert sum(row.adjustment for row in third.rows) == 450
    assert averaged(third, {2021: Fraction(42)}) == {2021: 42, 2022: 200, 2023: 200}
    trajectory = adjusted(three_years(Method.TRAJECTORY), through=2023)
    assert trajectory.rows[-1].adjustment == 300


def test_the_safeguard_fails_at_117600_and_holds_at_114600() -> None:
    for method in Method:
        high = safeguard(adjusted(three_years(method, (60000, 56000, 1000))))
        assert (high.total, high.limit, high.verdict) == (117600, 117000, Verdict.NOT_MET)
        low = safeguard(adjusted(three_years(method, (39000, 38000, 37000))))
        assert (low.total, low.verdict) == (114600, Verdict.MET)


def test_a_year_without_emissions_gives_no_verdict() -> None:
    gap = safeguard(adjusted(three_years(Method.AVERAGING, (60000, None, 1000))))
    assert (gap.total, gap.verdict) == (None, Verdict.MISSING)
    for method in Method:
        whole = host(method)
        years = [
            replace(year, emissions=None) if year.year == 2024 else year for year in whole.years
        ]
        result = adjusted(replace(whole, years=years))
        assert (result.missing, result.verdict) == ((2024,), Verdict.MISSING)
        assert result.rows[3].balance is None
        assert result.rows[4].cumulative_balance is None
        assert result.rows[4].balance is not None


def test_before_the_period_ends_nothing_is_final() -> None:
    result = adjusted(host(Method.TRAJECTORY), through=2029)
    assert (result.verdict, result.is_final, result.through) == (Verdict.OPEN, False, 2029)
    assert adjusted(replace(host(Method.TRAJECTORY), target=None)).verdict is Verdict.MISSING
    unfinished = replace(host(Method.TRAJECTORY), years=host(Method.TRAJECTORY).years[:4])
    assert adjusted(unfinished).through == 2024, "the last year with emissions"
    assert adjusted(replace(unfinished, years=[])).through == 2021


def test_what_cannot_be_an_account_is_refused() -> None:
    cases: list[tuple[type[Exception], Callable[[], object]]] = [
        (YearsReversed, lambda: Period(2030, 2021)),
        (YearTwice, lambda: Account(TEN, Method.AVERAGING, [Year(2022), Year(2022)])),
        (YearOutsidePeriod, lambda: Account(TEN, Method.AVERAGING, [Year(2031)])),
        (YearOutsidePeriod, lambda: adjusted(host(Method.AVERAGING), through=2031)),
    ]
    for refusal, attempt in cases:
        with pytest.raises(refusal):
            attempt()


def test_the_same_figures_are_seen_under_another_method() -> None:
    years = [
        replace(year, trajectory=Fraction(930 + 2030 - year.year))
        for year in host(Method.TRAJECTORY).years
    ]
    account = replace(host(Method.TRAJECTORY), years=years)
    assert account.under(Method.AVERAGING).target == 930
    budget = account.under(Method.MULTI_YEAR)
    assert budget.target == sum(range(930, 940))
    assert budget.under(Method.TRAJECTORY).target == 930
    assert host(Method.TRAJECTORY).under(Method.MULTI_YEAR).target is None, "no trajectory"


def test_policies_and_measures_are_adjusted_as_emissions_are() -> None:
    plain = host(Method.TRAJECTORY)
    affected = adjusted(replace(plain, indicator=Indicator.POLICIES))
    assert balances(affected) == balances(adjusted(plain))


@given(
    st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**9)), min_size=1, max_size=12),
    st.sampled_from(Indicator),
)
def test_all_methods_add_the_same_over_the_period(
    figures: list[tuple[int, int]], indicator: Indicator
) -> None:
    period = Period(2021, 2020 + len(figures))
    years = [
        Year(year, Fraction(emitted), None, Fraction(moved), used=Fraction(moved, 3))
        for year, (emitted, moved) in zip(period.years, figures, strict=True)
    ]
    totals = {
        sum(row.restated for row in adjusted(Account(period, method, years)).rows)
        for method in Method
    } | {
        sum(row.restated for row in adjusted(Account(period, m, years, None, indicator)).rows)
        * (-1 if indicator is Indicator.NON_GHG else 1)
        for m in Method
    }
    assert len(totals) == 1
