"""The pictures of emissions and corresponding adjustments, as SVG in either language.

They carry classes instead of colours, so that the page's rules paint them for light, dark and
paper. Across, everything is a share of the width, so that nothing shrinks on a narrow screen: only
heights, marks and letters have a size of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from app.domain.adjustments import Account, Method, adjusted
from app.domain.amounts import TONNES, shown
from app.domain.text import Text

Value = Fraction | None


class Line(StrEnum):
    """What is drawn as a line over the years, each with a mark of its own."""

    EMISSIONS = "emissions"
    BALANCE = "balance"
    TARGET = "target"


class Bar(StrEnum):
    """What is drawn as bars from the line of zero: filled, and hollow."""

    INDICATIVE = "indicative"
    AVERAGED = "averaged"


NAMES: Final[Mapping[Line | Bar, Text]] = {
    Line.EMISSIONS: Text("Emissions", "排出量"),
    Line.BALANCE: Text("Emissions after adjustment", "調整後の排出量"),
    Line.TARGET: Text("Target or trajectory", "目標又は軌道"),
    Bar.INDICATIVE: Text("Amount of the year", "その年の量"),
    Bar.AVERAGED: Text("Average of the years so far", "その年までの平均量"),
}


@dataclass(frozen=True, slots=True)
class Plot:
    """What one picture shows, year by year; what is not known is None.

    Args:
        word: the beginning of the picture's ids, of its own on the page.
        unit: what the figures are counted in.
    """

    word: str
    title: Text
    unit: Text
    years: Sequence[int]
    lines: Mapping[Line, Sequence[Value]]
    bars: Mapping[Bar, Sequence[Value]]
    is_small: bool = False


class _Place(NamedTuple):
    """From where to where a part of the picture reaches, downwards."""

    top: int
    bottom: int


class _Sizes(NamedTuple):
    lines: _Place
    bars: _Place
    height: int
    ticks: int
    bar_ticks: int


_LARGE: Final = _Sizes(_Place(40, 264), _Place(322, 416), 444, 4, 2)
_SMALL: Final = _Sizes(_Place(36, 136), _Place(190, 240), 264, 2, 1)
#: How far above its place a caption stands.
_ABOVE: Final = 20
_MARK: Final = 5
_STEPS: Final = (1, 2, 5, 10)
#: Figures are shown in the largest of these of which the greatest figure has ten or more.
_POWERS: Final = (
    (10**9, Text("billion {unit}", "十億{unit}")),
    (10**6, Text("million {unit}", "百万{unit}")),
    (10**3, Text("thousand {unit}", "千{unit}")),
)
_ONE: Final = Text("{unit}", "{unit}")
#: Before tonnes, each a thousand of the one before.
_PREFIXES: Final = ("", "k", "M", "G")
_LINES: Final = Text("Emissions ({unit})", "排出量（{unit}）")
_BARS: Final = Text("Adjustment ({unit})", "調整量（{unit}）")
_TOLD: Final = Text(
    "{name}: {first} in {start}, {last} in {end}.", "{name}：{start}年 {first}、{end}年 {last}。"
)
_TOLD_ONCE: Final = Text("{name}: {last} in {end}.", "{name}：{end}年 {last}。")
_IN_TABLE: Final = Text(
    "Figures in {unit}; the table has those of every year.",
    "単位は{unit}。各年の数値は表に示します。",
)


def picture(plot: Plot, language: str) -> str:
    """Return the picture with its title and its description."""
    sizes = _SMALL if plot.is_small else _LARGE
    kind = "plot plot--small" if plot.is_small else "plot"
    return "".join(
        (
            f'<svg class="{kind}" width="100%" height="{sizes.height}" role="img" ',
            f'aria-labelledby="{plot.word}_name" aria-describedby="{plot.word}_told">',
            f'<title id="{plot.word}_name">{escape(plot.title.get(language))}</title>',
            f'<desc id="{plot.word}_told">{escape(told(plot, language))}</desc>',
            *_years(plot, sizes),
            *_lines(plot, sizes, language),
            *_bars(plot, sizes, language),
            "</svg>",
        )
    )


def told(plot: Plot, language: str) -> str:
    """Return in words where each line and each row of bars begins and ends."""
    sentences = []
    rows: list[tuple[Line | Bar, Sequence[Value]]] = [*plot.lines.items(), *plot.bars.items()]
    for word, values in rows:
        known = [
            (year, one) for year, one in zip(plot.years, values, strict=True) if one is not None
        ]
        if known:
            (start, first), (end, last) = known[0], known[-1]
            sentence = _TOLD if len(known) > 1 else _TOLD_ONCE
            facts = {"first": shown(first), "start": start, "last": shown(last), "end": end}
            sentences.append(sentence.get(language).format(name=NAMES[word].get(language), **facts))
    sentences.append(_IN_TABLE.get(language).format(unit=plot.unit.get(language)))
    return ("" if language == "ja" else " ").join(sentences)


def key(word: Line | Bar) -> str:
    """Return the mark by which something is known in the picture, for the list beside it."""
    inside = (
        f'<rect class="plot__{word}" x="4" y="2" width="14" height="10"/>'
        if isinstance(word, Bar)
        else f'<line class="plot__{word}" x1="0" x2="22" y1="7" y2="7"/>{_mark(word, "11", 7)}'
    )
    return f'<svg class="plot__key" width="22" height="14" aria-hidden="true">{inside}</svg>'


# From figures to a picture


def until(account: Account) -> int | None:
    """Return the last year of which something is known, of emissions if there are any at all."""
    reported = [year.year for year in account.years if year.emissions is not None]
    moved = [year.year for year in account.years if year.first_transferred or year.used]
    return max(reported or moved, default=None)


def large(account: Account, word: str, title: Text, unit: Text) -> Plot:
    """Return the picture of a Party's own method, with the amounts that the others would take."""
    lines, bars = _values(account, account.method), _values(account, Method.TRAJECTORY)
    averages = _values(account, Method.AVERAGING)
    return Plot(
        word,
        title,
        unit,
        account.period.years,
        {
            Line.EMISSIONS: lines.emissions,
            Line.BALANCE: lines.balances,
            Line.TARGET: _targets(account),
        },
        {Bar.INDICATIVE: bars.amounts, Bar.AVERAGED: averages.amounts},
    )


def small(account: Account, method: Method, word: str, title: Text, unit: Text) -> Plot:
    """Return the picture of the same figures under a method, with what that adds or subtracts."""
    under = account.under(method)
    found = _values(under, method)
    bar = Bar.AVERAGED if method is Method.AVERAGING else Bar.INDICATIVE
    lines = {
        Line.EMISSIONS: found.emissions,
        Line.BALANCE: found.balances,
        Line.TARGET: _targets(under),
    }
    return Plot(word, title, unit, account.period.years, lines, {bar: found.amounts}, is_small=True)


class _Values(NamedTuple):
    emissions: Sequence[Value]
    balances: Sequence[Value]
    amounts: Sequence[Value]


def _values(account: Account, method: Method) -> _Values:
    """Return what is drawn of each year of the period; nothing of years that are not known yet."""
    last = until(account)
    rows = adjusted(account.under(method), through=last).rows if last else ()
    rest: list[Value] = [None] * (len(account.period.years) - len(rows))
    return _Values(
        [*(row.figures.emissions for row in rows), *rest],
        [*(row.balance for row in rows), *rest],
        [*(row.adjustment for row in rows), *rest],
    )


def _targets(account: Account) -> list[Value]:
    """Return the trajectory with the target at its end; a budget alone is spread evenly."""
    years = account.period.years
    points = [account.year(year).trajectory for year in years]
    if account.target is None:
        return points
    if account.method is not Method.MULTI_YEAR:
        return [*points[:-1], account.target]
    if all(point is None for point in points):
        return [account.target / len(years)] * len(years)
    return points


# Parts of a picture


def _years(plot: Plot, sizes: _Sizes) -> Iterator[str]:
    """Write the years below; every other one is left out where there is little room."""
    for place, year in enumerate(plot.years):
        role = "plot__year plot__year--other" if place % 2 else "plot__year"
        x = _across(plot, place)
        yield f'<text class="{role}" x="{x}" y="{sizes.height - 6}">{year}</text>'


def _lines(plot: Plot, sizes: _Sizes, language: str) -> Iterator[str]:
    known = [one for values in plot.lines.values() for one in values if one is not None]
    if not known:
        return
    scale = _Scale.around(min(known), max(known), sizes.lines, sizes.ticks)
    yield from _axis(scale, _LINES, plot.unit, language)
    for word, values in plot.lines.items():
        yield from _line(plot, scale, word, values)


def _line(plot: Plot, scale: "_Scale", word: Line, values: Sequence[Value]) -> Iterator[str]:
    """Draw a line with its marks; a target of one year alone reaches through all of them."""
    points = [
        (_across(plot, place), scale.down(value))
        for place, value in enumerate(values)
        if value is not None
    ]
    places = [place for place, value in enumerate(values) if value is not None]
    if word is Line.TARGET and len(points) == 1:
        x, y = _across(plot, 0), points[0][1]
        yield f'<line class="plot__target" x1="{x}" x2="100%" y1="{y:g}" y2="{y:g}"/>'
    for (start, (x, y)), (end, (x_next, y_next)) in pairwise(zip(places, points, strict=True)):
        if end == start + 1:
            yield f'<line class="plot__{word}" x1="{x}" x2="{x_next}" y1="{y:g}" y2="{y_next:g}"/>'
    yield from (_mark(word, x, y) for x, y in points)


def _bars(plot: Plot, sizes: _Sizes, language: str) -> Iterator[str]:
    known = [one for values in plot.bars.values() for one in values if one is not None]
    if not known:
        return
    nothing = Fraction(0)
    low, high = min(nothing, *known), max(nothing, *known)
    scale = _Scale.around(low, high, sizes.bars, sizes.bar_ticks)
    yield from _axis(scale, _BARS, plot.unit, language)
    zero = scale.down(nothing)
    yield f'<line class="plot__zero" x1="0" x2="100%" y1="{zero}" y2="{zero}"/>'
    share = Fraction(7, 10 * len(plot.bars))
    for row, (word, values) in enumerate(plot.bars.items()):
        for place, value in enumerate(values):
            if value:
                left = place + Fraction(3, 20) + row * share
                top, bottom = sorted((scale.down(value), zero))
                yield (
                    f'<rect class="plot__{word}" x="{_share(plot, left)}" y="{top:g}"'
                    f' width="{_percent(share / (len(plot.years) + 1))}"'
                    f' height="{max(bottom - top, 1):g}"/>'
                )


def _axis(scale: "_Scale", caption: Text, unit: Text, language: str) -> Iterator[str]:
    """Draw the levels with their figures, and say above what they are counted in."""
    power, name = scale.power()
    counted = _tonnes(unit.en, power) or name.get(language).format(unit=unit.get(language))
    words = caption.get(language).format(unit=counted)
    yield f'<text class="plot__caption" x="0" y="{scale.place.top - _ABOVE}">{escape(words)}</text>'
    for level in scale.levels():
        y = scale.down(level)
        yield f'<line class="plot__grid" x1="0" x2="100%" y1="{y:g}" y2="{y:g}"/>'
        figure = shown(level / power, 6)
        yield f'<text class="plot__tick" x="0" y="{y - 3:g}">{figure}</text>'


def _tonnes(unit: str, power: int) -> str:
    """Return what so many times a unit of tonnes is called, nothing for another unit."""
    named = {f"{prefix}{TONNES}": place for place, prefix in enumerate(_PREFIXES)}
    place = named.get(unit, len(_PREFIXES)) + len(str(power)) // 3
    return f"{_PREFIXES[place]}{TONNES}" if place < len(_PREFIXES) else ""


def _mark(word: Line, x: str, y: float) -> str:
    """Draw a circle, a square or a diamond around a point."""
    if word is Line.EMISSIONS:
        return f'<circle class="plot__mark plot__mark--{word}" cx="{x}" cy="{y:g}" r="{_MARK}"/>'
    turned = " rotate(45)" if word is Line.TARGET else ""
    side = 2 * _MARK - 1
    return (
        f'<svg x="{x}" y="{y:g}" overflow="visible"><rect class="plot__mark plot__mark--{word}"'
        f' x="{-side / 2:g}" y="{-side / 2:g}" width="{side}" height="{side}"'
        f' transform="scale(1){turned}"/></svg>'
    )


def _across(plot: Plot, place: int) -> str:
    """Return where the middle of a year's column stands."""
    return _share(plot, place + Fraction(1, 2))


def _share(plot: Plot, columns: Fraction) -> str:
    """Return a place counted in columns; one column at the left is for the figures."""
    return _percent((columns + 1) / (len(plot.years) + 1))


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.3f}%"


@dataclass(frozen=True, slots=True)
class _Scale:
    """From which figure to which a part of the picture reaches, by levels of round numbers."""

    low: Fraction
    high: Fraction
    step: Fraction
    place: _Place

    @classmethod
    def around(cls, low: Fraction, high: Fraction, place: _Place, parts: int) -> "_Scale":
        """Return a scale in which every figure from `low` to `high` has its place."""
        if low == high:
            room = abs(low) / 10 or Fraction(1)
            low, high = low - (room if low else 0), high + room
        step = _step((high - low) / parts)
        return cls(low // step * step, -(-high // step) * step, step, place)

    def levels(self) -> Iterator[Fraction]:
        level = self.low
        while level <= self.high:
            yield level
            level += self.step

    def down(self, value: Fraction) -> float:
        """Return how far from the top of the picture a figure stands."""
        share = (self.high - value) / (self.high - self.low)
        top, bottom = self.place
        return round(top + float(share) * (bottom - top), 1)

    def power(self) -> tuple[int, Text]:
        """Return by what the figures of the scale are divided, and how the unit is then called."""
        greatest = max(abs(self.low), abs(self.high))
        return next(((power, name) for power, name in _POWERS if greatest >= 10 * power), (1, _ONE))


def _step(least: Fraction) -> Fraction:
    """Return the smallest round number (1, 2 or 5 before zeros) that is not below another."""
    power = Fraction(1)
    while power * 10 <= least:
        power *= 10
    while power > least:
        power /= 10
    return next(power * one for one in _STEPS if power * one >= least)
