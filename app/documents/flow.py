"""The picture of the flow of credits, as SVG in either language.

It carries classes instead of colours, so that the page's rules paint it for light, dark and paper.
"""

from collections.abc import Iterator
from functools import cache, partial
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from app.documents import fonts, line_breaking
from app.domain import flow
from app.domain.flow import Side, Station, Way
from app.domain.text import Text


class Box(NamedTuple):
    """Where something lies in the picture."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    @property
    def half(self) -> float:
        return self.top + self.height / 2


WHOLE: Final = Box(0, 0, 960, 752)
_PLACES: Final[dict[str, Box]] = {
    Side.OTHER: Box(1, 128, 268, 488),
    Side.OWN: Box(331, 128, 628, 488),
    "decision": Box(1, 1, 958, 70),
    "other_issuance": Box(21, 176, 228, 112),
    "other_accounts": Box(21, 332, 228, 116),
    "issuance": Box(531, 176, 228, 112),
    "government": Box(351, 332, 186, 116),
    "entity": Box(753, 332, 186, 116),
    "retirement": Box(351, 484, 186, 116),
    "voluntary_cancellation": Box(552, 484, 186, 116),
    "mandatory_cancellation": Box(753, 484, 186, 116),
    "ndc": Box(331, 676, 628, 75),
}
_TITLE, _NOTE = 16, 14
_LEADING: Final = 1.35
_PADDING: Final = 10
#: The reader's own typeface may be wider than the one measured here.
_SLACK: Final = 0.94
_HEAD: Final = 8


@cache
def picture(language: str, country: Text | None = None) -> str:
    """Return the picture; the page names it, and tells the same in words below it.

    Args:
        country: the partner country whose registry tells of the flow; None for Japan's.
    """
    told = flow.of(country)
    opening = (
        f'<svg class="flow" viewBox="0 0 {WHOLE.width} {WHOLE.height}" role="img"'
        ' aria-labelledby="flow_title" aria-describedby="flow_steps">'
    )
    sides = (part for side in Side for part in _side(side, told.sides[side].get(language)))
    stations = (part for station in told.stations for part in _station(station, language))
    ways = (part for way in told.ways for part in _way(way, language))
    return "".join((opening, *sides, *ways, *stations, "</svg>"))


def _side(side: Side, name: str) -> Iterator[str]:
    box = _PLACES[side]
    yield _rectangle(box, "flow__side")
    yield _text(name, box.middle, box.top + 30, "flow__name")


def _station(station: Station, language: str) -> Iterator[str]:
    """Draw a box with its title, its note and, set off below, what is recorded there."""
    box = _PLACES[station.word]
    room = (box.width - 2 * _PADDING) * _SLACK
    titles = _lines(station.title.get(language), room, _TITLE, bold=True)
    notes = _lines(station.note.get(language), room, _NOTE)
    yield _rectangle(
        box, "flow__station flow__station--final" if station.is_final else "flow__station"
    )
    below = 30 if station.recorded else 0
    high = (len(titles) * _TITLE + len(notes) * _NOTE) * _LEADING
    assert high <= box.height - below, (station.word, language, high)
    line = box.top + (box.height - below - high) / 2
    for words, size, role in [
        *((words, _TITLE, "flow__title") for words in titles),
        *((words, _NOTE, "flow__note") for words in notes),
    ]:
        yield _text(words, box.middle, line + size, role)
        line += size * _LEADING
    if station.recorded:
        yield _rectangle(Box(box.left, box.bottom - below, box.width, below), "flow__recorded")
        words = station.recorded.get(language)
        yield _text(words, box.middle, box.bottom - below / 2 + 5, "flow__record")


def _way(way: Way, language: str) -> Iterator[str]:
    start, end = _PLACES[way.start], _PLACES[way.end]
    if start.top == end.top:
        yield from _level(start, end, is_both_ways=way.is_both_ways)
        left, right = sorted((start, end))
        middle, above = (left.right + right.left) / 2, start.half - 10
    else:
        yield from _down(start, end)
        middle, above = end.middle + 10, end.top - 20
    if way.label:
        role = "flow__label" if start.top == end.top else "flow__label flow__label--beside"
        yield _text(way.label.get(language), middle, above, role)


def _level(start: Box, end: Box, *, is_both_ways: bool) -> Iterator[str]:
    """Lead from a box to the one beside it, and back if credits go both ways."""
    first, second = sorted((start, end))
    left, right, line = first.right, second.left, start.half
    yield f'<path class="flow__way" d="M{left:g} {line:g}H{right:g}"/>'
    if end is second or is_both_ways:
        yield _head(right, line, -_HEAD, 0)
    if end is first or is_both_ways:
        yield _head(left, line, _HEAD, 0)


def _down(start: Box, end: Box) -> Iterator[str]:
    """Lead from a box to one below it, straight where one spans the middle of the other."""
    across = (start.bottom + end.top) / 2
    if start.width > end.width and start.left < end.middle < start.right:
        begin = finish = end.middle
    elif end.width > start.width and end.left < start.middle < end.right:
        begin = finish = start.middle
    else:
        begin, finish = start.middle, end.middle
    bend = f"V{across:g}H{finish:g}" if begin != finish else ""
    yield f'<path class="flow__way" d="M{begin:g} {start.bottom:g}{bend}V{end.top:g}"/>'
    yield _head(finish, end.top, 0, -_HEAD)


def _head(x: float, y: float, back: float, up: float) -> str:
    """Draw the head of an arrow at its point; it reaches back, or up."""
    wide, high = up * 0.6, back * 0.6
    first, second = (x + back + wide, y + up + high), (x + back - wide, y + up - high)
    corners = " ".join(f"{at:g},{line:g}" for at, line in ((x, y), first, second))
    return f'<polygon class="flow__head" points="{corners}"/>'


def _rectangle(box: Box, role: str) -> str:
    return (
        f'<rect class="{role}" x="{box.left:g}" y="{box.top:g}"'
        f' width="{box.width:g}" height="{box.height:g}" rx="8"/>'
    )


def _text(words: str, x: float, y: float, role: str) -> str:
    return f'<text class="{role}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def _lines(words: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    return line_breaking.fill(words, room, partial(fonts.width, size=size, bold=bold))
