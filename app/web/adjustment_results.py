"""What pages show of a Party's figures: the balance year by year, verdicts, and pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from app.documents import adjustment_charts as charts
from app.documents.adjustment_charts import NAMES, Bar, Line, Plot
from app.domain.adjustments import (
    METHOD_NAMES,
    Account,
    Indicator,
    Method,
    Result,
    Safeguard,
    Verdict,
    adjusted,
    safeguard,
)
from app.domain.text import Text
from app.web import words

#: The tone in which a verdict is shown; the words say the rest.
TONES: Final = {
    Verdict.MET: "green",
    Verdict.NOT_MET: "red",
    Verdict.OPEN: "yellow",
    Verdict.MISSING: "gray",
}

_OF: Final = Text("{name}: {method}", "{name}：{method}")
_PERIOD: Final = Text(
    "{name}: emissions and corresponding adjustments, {first} to {last}",
    "{name}：排出量と相当調整（{first}～{last}年）",
)


class Picture(NamedTuple):
    """A picture, what stands above it, and the marks beside it."""

    title: str
    drawn: Markup
    keys: tuple[tuple[Markup, Text], ...]


class Compared(NamedTuple):
    """What one method says of a Party's figures."""

    method: Method
    result: Result


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a page shows of one Party."""

    word: str
    name: str
    unit: str
    result: Result
    safeguard: Safeguard
    compared: tuple[Compared, ...]
    picture: Picture
    small: tuple[Picture, ...]

    @property
    def account(self) -> Account:
        """The figures."""
        return self.result.account

    @property
    def is_averaged(self) -> bool:
        """Whether the average is what is adjusted by, so that earlier years are restated."""
        return self.account.method is Method.AVERAGING

    @property
    def is_level(self) -> bool:
        """Whether it is an indicator other than emissions."""
        return self.account.indicator is Indicator.NON_GHG

    @property
    def net(self) -> Fraction:
        """What was first transferred less what was used, up to the last year."""
        return self.result.rows[-1].cumulative


def shown(account: Account, *, word: str, name: str, unit: str) -> Shown | None:
    """Return what is shown of an account, or None while nothing is known of any year.

    Args:
        word: the beginning of the ids on the page.
        name: what the Party is called.
    """
    last = charts.until(account)
    if last is None:
        return None
    result = adjusted(account, through=last)
    return Shown(
        word,
        name,
        unit,
        result,
        safeguard(result),
        tuple(Compared(one, adjusted(account.under(one), through=last)) for one in Method),
        _large(account, word, name, unit),
        tuple(_small(account, word, name, unit)),
    )


def _large(account: Account, word: str, name: str, unit: str) -> Picture:
    period = account.period
    title = _titled(_PERIOD, name=name, first=period.first, last=period.last)
    return _picture(charts.large(account, f"{word}_picture", title, Text(unit, unit)))


def _small(account: Account, word: str, name: str, unit: str) -> Iterator[Picture]:
    for method in Method:
        of = METHOD_NAMES[method]
        title = Text(_OF.en.format(name=name, method=of.en), _OF.ja.format(name=name, method=of.ja))
        plot = charts.small(account, method, f"{word}_{method}", title, Text(unit, unit))
        yield _picture(plot)


def _picture(plot: Plot) -> Picture:
    language = words.language()
    kinds: list[Line | Bar] = [*plot.lines, *plot.bars]
    # What is typed is escaped where the picture is drawn.
    drawn = Markup(charts.picture(plot, language))  # noqa: S704  made of escaped words
    keys = tuple((Markup(charts.key(one)), NAMES[one]) for one in kinds)  # noqa: S704  no words
    return Picture(plot.title.get(language), drawn, keys)


def _titled(wording: Text, **facts: Any) -> Text:
    return Text(wording.en.format(**facts), wording.ja.format(**facts))
