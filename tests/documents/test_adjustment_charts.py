"""The pictures of corresponding adjustments: sound SVG that tells its figures."""

from dataclasses import replace
from fractions import Fraction
from xml.etree.ElementTree import Element, fromstring

from app.documents import adjustment_charts as charts
from app.documents.adjustment_charts import Bar, Line, Plot
from app.domain.adjustments import Account, Indicator, Method, Period, Year
from app.domain.text import Text

YEARS = range(2021, 2031)
EMISSIONS = range(1000, 900, -10)
TRANSFERRED = (0, 10, 20, 30, 40, 50, 50, 40, 30, 10)
HOST = Account(
    Period(2021, 2030),
    Method.TRAJECTORY,
    [
        Year(year, Fraction(emitted), first_transferred=Fraction(moved))
        for year, emitted, moved in zip(YEARS, EMISSIONS, TRANSFERRED, strict=True)
    ],
    target=Fraction(930),
)
TITLE, TONNES = Text("Host", "ホスト国"), Text("t CO₂ eq", "t CO₂ eq")


def drawn(plot: Plot, language: str = "en") -> Element:
    return fromstring(charts.picture(plot, language))


def large(account: Account = HOST) -> Plot:
    return charts.large(account, "host", TITLE, TONNES)


def classed(picture: Element, word: str) -> list[Element]:
    return [one for one in picture.iter() if word in (one.get("class") or "").split()]


def test_a_picture_has_its_title_and_tells_in_words_what_it_shows() -> None:
    for language, sentence in (
        ("en", "Emissions after adjustment: 1,000 in 2021, 920 in 2030."),
        ("ja", "調整後の排出量：2021年 1,000、2030年 920。"),
    ):
        picture = drawn(large(), language)
        assert picture.get("aria-labelledby") == "host_name"
        assert picture.findtext("title") == TITLE.get(language)
        assert sentence in (picture.findtext("desc") or "")


def test_every_year_has_a_mark_of_emissions_of_the_balance_and_a_bar() -> None:
    picture = drawn(large())
    for word in Line:
        marks = classed(picture, f"plot__mark--{word}")
        assert len(marks) == (1 if word is Line.TARGET else len(YEARS))
    # Nothing was transferred in the first year.
    assert [len(classed(picture, f"plot__{bar}")) for bar in Bar] == [9, 9]
    assert [one.text for one in classed(picture, "plot__year")] == [str(year) for year in YEARS]


def test_the_balance_under_each_method_is_that_of_the_worked_example() -> None:
    last = {
        method: charts.small(HOST, method, "host", TITLE, TONNES).lines[Line.BALANCE][-1]
        for method in Method
    }
    assert last == {Method.TRAJECTORY: 920, Method.AVERAGING: 938, Method.MULTI_YEAR: 920}
    averaged = charts.small(HOST, Method.AVERAGING, "host", TITLE, TONNES).bars[Bar.AVERAGED]
    assert averaged[6] == Fraction(200, 7)


def test_nothing_stands_outside_and_higher_figures_stand_higher() -> None:
    picture = drawn(large())
    height = float(picture.get("height") or 0)
    marks = [float(one.get("cy") or 0) for one in classed(picture, "plot__mark--emissions")]
    assert marks == sorted(marks)
    for one in picture.iter():
        for name in ("y", "y1", "y2", "cy"):
            assert 0 <= float(one.get(name) or 0) <= height or one.get("transform")
        for name in ("x1", "x2", "cx"):
            assert 0 <= float((one.get(name) or "0").rstrip("%")) <= 100


def test_what_is_not_known_is_not_drawn() -> None:
    half = replace(HOST, years=[replace(one, emissions=None) for one in HOST.years[5:]])
    none = replace(HOST, years=[])
    assert charts.until(none) is None
    assert charts.until(half) == 2030
    assert not classed(drawn(large(half)), "plot__mark--emissions")
    assert not classed(drawn(large(none)), "plot__indicative")
    so_far = replace(HOST, years=HOST.years[:4])
    assert charts.until(so_far) == 2024
    assert len(classed(drawn(large(so_far)), "plot__mark--balance")) == 4


def test_a_budget_alone_is_spread_over_the_years_and_points_of_a_trajectory_stand() -> None:
    budget = replace(HOST, method=Method.MULTI_YEAR, target=Fraction(4_800))
    assert set(large(budget).lines[Line.TARGET]) == {Fraction(480)}
    points = replace(HOST, years=[replace(one, trajectory=Fraction(5)) for one in HOST.years])
    assert large(points).lines[Line.TARGET] == [*[Fraction(5)] * 9, Fraction(930)]


def test_the_signs_of_an_indicator_that_is_not_in_gases_are_reversed() -> None:
    reversed_ = large(replace(HOST, indicator=Indicator.NON_GHG))
    assert reversed_.bars[Bar.INDICATIVE][1] == -10
    zero = float(classed(drawn(reversed_), "plot__zero")[0].get("y1") or 0)
    bars = classed(drawn(reversed_), "plot__indicative")
    assert all(float(one.get("y") or 0) == zero for one in bars)


def test_large_figures_are_counted_in_a_larger_unit() -> None:
    def caption(unit: str, times: int) -> str:
        years = [replace(one, emissions=Fraction(one.emissions or 0) * times) for one in HOST.years]
        plot = charts.large(replace(HOST, years=years), "w", TITLE, Text(unit, unit))
        return classed(drawn(plot), "plot__caption")[0].text or ""

    assert caption("t CO₂ eq", 1) == "Emissions (t CO₂ eq)"
    assert caption("t CO₂ eq", 10**6) == "Emissions (Mt CO₂ eq)"
    assert caption("kt CO₂ eq", 10**3) == "Emissions (Mt CO₂ eq)"
    assert caption("GWh", 10**6) == "Emissions (million GWh)"
    assert caption("Mt CO₂ eq", 10**9) == "Emissions (billion Mt CO₂ eq)"


def test_it_is_painted_by_the_page_alone_and_what_is_typed_is_escaped() -> None:
    plot = charts.large(HOST, "w", Text("<b>&", "<b>&"), Text("<i>", "<i>"))
    picture = charts.picture(plot, "en") + charts.key(Line.TARGET) + charts.key(Bar.AVERAGED)
    for inline in ("style=", "fill=", "stroke=", "<style", "#", "<b>", "<i>"):
        assert inline not in picture


def test_figures_of_any_size_have_a_place() -> None:
    for figure in (Fraction(0), Fraction(-5), Fraction(10**18), Fraction(1, 10**6)):
        years = [Year(2021, figure), Year(2022, figure, used=Fraction(1, 3))]
        account = Account(Period(2021, 2022), Method.AVERAGING, years)
        picture = drawn(large(account))
        assert len(classed(picture, "plot__mark--balance")) == 2
        assert 2 <= len(classed(picture, "plot__grid")) <= 14
