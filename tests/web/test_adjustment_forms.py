"""The form of the calculator: what an address says is what the form shows, and back again."""

from fractions import Fraction
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.datastructures import MultiDict

from app.documents.adjustment_uploads import Figures
from app.domain.adjustments import Indicator, Method, Period, Year
from app.web.adjustment_examples import example
from app.web.adjustment_forms import OTHER, OWN, Typed, defaults

EMPTY = defaults((2021, 2030), "JPN")


def typed(**given: list[str]) -> Typed:
    made = Typed.of(MultiDict(given), EMPTY)
    made.read_period()
    return made


def test_an_address_says_all_that_was_typed() -> None:
    made = Typed.of(example(), EMPTY)
    made.read_period()
    again = Typed.of(MultiDict(parse_qsl(made.query(), keep_blank_values=True)), EMPTY)
    again.read_period()
    assert again.query() == made.query()
    made.read()
    again.read()
    assert again.accounts == made.accounts
    assert made.accounts[OTHER].method is Method.MULTI_YEAR
    assert made.accounts[OWN].target == 930
    # A second Party of which nothing is said stays out of the address.
    assert "other_emissions" not in typed().query()


def test_figures_belong_to_their_years_though_the_period_changes() -> None:
    made = typed(**{"from": ["2021"], "emissions": ["1", "2", "3"], "first_year": ["2022"]})
    assert [made.figure("emissions", year) for year in (2022, 2023, 2024)] == ["2", "3", ""]


def test_the_ledger_fills_in_only_years_of_which_nothing_was_said() -> None:
    made = typed(**{"from": ["2021"], "used": ["7", ""]})
    made.fill({year: Year(year, used=Fraction(5, 2)) for year in (2021, 2022, 2023)})
    assert [made.figure("used", year) for year in (2021, 2022, 2023)] == ["7", "", "2.5"]


def test_an_upload_takes_the_place_of_one_partys_figures_alone() -> None:
    made = typed(**{"from": ["2021"], "emissions": ["1"], "other_emissions": ["2"]})
    made.take(OTHER, Figures(Period(2021, 2022), {("emissions", 2022): Fraction(9)}))
    assert made.years == range(2021, 2023)
    assert made.figure("emissions", 2021) == "1"
    assert [made.figure("other_emissions", year) for year in made.years] == ["", "9"]


def test_everything_is_read_exactly(site: Flask) -> None:
    with site.test_request_context("/"):
        made = typed(emissions=["1,000.000001", "−5"], indicator=["policies"], target=["１０"])
        made.read()
        assert not made.errors()
        account = made.accounts[OWN]
        assert account.indicator is Indicator.POLICIES
        assert account.years[0].emissions == Fraction(1_000_000_001, 1_000_000)
        assert (account.years[1].emissions, account.target) == (-5, 10)
        wrong = typed(used=["-1"], emissions=["1e3", "", "1"])
        wrong.read()
        assert list(wrong.errors()) == ["emissions_2021", "used_2021", "emissions_2022"]
        assert not wrong.accounts
