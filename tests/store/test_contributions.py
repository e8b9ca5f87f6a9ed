"""NDC periods as they are asked for: in order, and with what the ledger says of their years."""

from fractions import Fraction

from sqlalchemy.orm import Session

from app.domain.adjustments import Indicator, Method, Period, Verdict, Year, adjusted
from app.registry import contributions as verbs
from app.registry.contributions import Said
from app.store import contributions
from tests.world import NOW, World

TEN = Period(2021, 2030)


def saved(session: Session, cast: World, said: Said, party: str = "JPN") -> None:
    verbs.save(session, said, party=party, actor=cast.operator, now=NOW)


def test_periods_are_those_of_the_party_the_earliest_first(stage: Session, cast: World) -> None:
    for first, last in ((2031, 2035), (2021, 2030)):
        saved(stage, cast, Said(Period(first, last), Method.TRAJECTORY, "t CO₂ eq"))
    saved(stage, cast, Said(TEN, Method.AVERAGING, "t CO₂ eq"), party="MNG")
    assert [one.first_year for one in contributions.of_party(stage, "JPN")] == [2021, 2031]
    assert len(contributions.locked(stage, "MNG")) == 1
    found = contributions.by_first_year(stage, "JPN", 2031)
    assert found is not None and contributions.period(found) == Period(2031, 2035)
    assert contributions.by_first_year(stage, "JPN", 2030) is None


def test_an_account_joins_what_was_saved_with_the_ledger(stage: Session, cast: World) -> None:
    emissions = {year: Fraction("500.5") for year in TEN.years if year != 2030}
    said = Said(
        TEN,
        Method.MULTI_YEAR,
        "GWh",
        Fraction(4_000),
        Indicator.NON_GHG,
        emissions,
        {2030: Fraction(-3)},
    )
    saved(stage, cast, said)
    [found] = contributions.of_party(stage, "JPN")
    ledger = {2025: Year(2025, used=Fraction(20)), 2030: Year(2030, used=Fraction(1))}
    account = contributions.account(found, ledger)
    assert (account.period, account.method, account.target) == (TEN, Method.MULTI_YEAR, 4_000)
    assert account.indicator is Indicator.NON_GHG
    assert account.year(2025) == Year(2025, Fraction(1001, 2), used=Fraction(20))
    assert account.year(2030) == Year(2030, None, Fraction(-3), used=Fraction(1))
    result = adjusted(account, through=2030)
    assert (result.missing, result.verdict) == ((2030,), Verdict.MISSING)
    assert contributions.account(found).year(2025).used == 0
