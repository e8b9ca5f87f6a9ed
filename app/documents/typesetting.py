"""Documents set from blocks: headings, paragraphs, facts and tables, on pages with their numbers.

A document is a story: blocks one after the other, drawn as they come, so that the rows of a table
may come from a generator and are never all held. Nothing of a text is read as markup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import segno
from reportlab.lib.colors import Color
from reportlab.lib.units import mm

from app.documents import fonts
from app.documents.sheets import BLACK, BLUE, GRAY, LEADING, Sheets, fitted
from app.documents.tables import Column, Entry, Noted, Table, draw

__all__ = [
    "BODY",
    "NOTE",
    "RIGHT",
    "STRONG",
    "Block",
    "Code",
    "Column",
    "Entry",
    "Facts",
    "Gap",
    "Heading",
    "NewPage",
    "Noted",
    "Paragraph",
    "Story",
    "Style",
    "Table",
    "document",
]


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks; `align` is 0 left, 0.5 centred, 1 right."""

    size: float = 10.0
    bold: bool = False
    color: Color = BLACK
    align: float = 0.0
    before: float = 0.0
    after: float = 4.0


BODY: Final = Style()
STRONG: Final = Style(bold=True)
NOTE: Final = Style(size=8.5, color=GRAY, after=3.0)
RIGHT: Final = Style(align=1.0)
TITLE: Final = Style(size=17.0, bold=True, before=8.0, after=8.0)
SECTION: Final = Style(size=12.0, bold=True, before=10.0, after=4.0)
PART: Final = Style(size=10.5, bold=True, before=6.0, after=3.0)
#: The style of headings, by level.
HEADINGS: Final = {1: TITLE, 2: SECTION, 3: PART}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the document's title is of level 1."""

    words: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text; `mark` stands before it, such as the number of a step."""

    words: str
    style: Style = BODY
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Room left free, in millimetres."""

    height: float = 4.0


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins another page."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values, one beside the other."""

    rows: Iterable[tuple[Entry, Entry]]
    label_share: float = 0.32
    row_height: float = 0.0
    size: float = 9.5


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code that leads to an address, with lines beside it."""

    address: str
    words: Sequence[str] = ()
    size: float = 26.0


Block = Heading | Paragraph | Gap | NewPage | Table | Facts | Code
Story = Iterable[Block]


#: What is kept free below a heading, so that it does not stand at the foot of a page.
_WITH_HEADING: Final = 22 * mm

#: Every mask of a QR code is read alike; to look for the best one takes as long as a page of text.
_MASK: Final = 3


def document(
    story: Story,
    *,
    title: str,
    language: str,
    author: str,
    subject: str = "",
    footer: str = "",
    is_landscape: bool = False,
) -> bytes:
    """Return a PDF file; the same story gives the same bytes.

    Args:
        author: the registry; it stands at the head of the first page.
        footer: stands at the foot of every page, beside the page's number.
    """
    sheets = Sheets(
        title=title,
        language=language,
        author=author,
        subject=subject,
        footer=footer,
        is_landscape=is_landscape,
    )
    masthead(sheets, author)
    for block in story:
        _draw(sheets, block)
    return sheets.finish()


def masthead(sheets: Sheets, words: str) -> None:
    """Write whose paper it is at the head of the page."""
    sheets.box(sheets.left, sheets.top - 4 * mm, 9 * mm, 1.6 * mm, fill=BLUE)
    left = sheets.left + 12 * mm
    sheets.write([fonts.printable(words)], left, sheets.top - 6 * mm, 10, bold=True)
    sheets.top += 4 * mm


def set_text(
    sheets: Sheets,
    words: str,
    style: Style,
    *,
    left: float | None = None,
    width: float | None = None,
) -> None:
    """Write a text where the pen stands, over as many pages as it needs."""
    left = sheets.left if left is None else left
    width = sheets.width if width is None else width
    lines, size = fitted(words, width, style.size, bold=style.bold)
    for line in lines:
        sheets.need(size * LEADING)
        sheets.top = sheets.write(
            [line],
            left,
            sheets.top,
            size,
            bold=style.bold,
            color=style.color,
            width=width,
            align=style.align,
        )


def _draw(sheets: Sheets, block: Block) -> None:
    match block:
        case Heading():
            _heading(sheets, block)
        case Paragraph():
            _paragraph(sheets, block)
        case Gap():
            sheets.top += block.height * mm
        case NewPage():
            sheets.turn()
        case Table():
            draw(sheets, block)
        case Facts():
            draw(sheets, _facts_table(block))
        case Code():
            _code(sheets, block)


def _heading(sheets: Sheets, block: Heading) -> None:
    style = HEADINGS[block.level]
    sheets.need(style.before + style.size * LEADING + _WITH_HEADING)
    if not sheets.is_at_top:
        sheets.top += style.before
    sheets.mark(fonts.printable(block.words), block.level)
    set_text(sheets, block.words, style, width=_even(block.words, sheets.width, style))
    sheets.top += style.after


def _even(words: str, width: float, style: Style) -> float:
    """Return the width at which no line of a heading is much shorter than the others."""

    def lines(share: int) -> tuple[int, float]:
        found, size = fitted(words, width * share / 100, style.size, bold=style.bold)
        return len(found), size

    whole = lines(100)
    if whole[0] == 1:
        return width
    return width * next(share for share in range(50, 101) if lines(share) == whole) / 100


def _paragraph(sheets: Sheets, block: Paragraph) -> None:
    style = block.style
    sheets.top += style.before
    if block.mark:
        sheets.need(style.size * LEADING)
        sheets.write([fonts.printable(block.mark)], sheets.left, sheets.top, style.size)
        indent = 7 * mm
        left, width = sheets.left + indent, sheets.width - indent
        set_text(sheets, block.words, style, left=left, width=width)
    else:
        set_text(sheets, block.words, style)
    sheets.top += style.after


def _code(sheets: Sheets, block: Code) -> None:
    size = block.size * mm
    left, width = sheets.left + size + 5 * mm, sheets.width - size - 5 * mm
    sheets.need(size + 4 * mm)
    sheets.top += 3 * mm
    rows = [list(row) for row in segno.make(block.address, error="m", mask=_MASK).matrix]
    sheets.squares(rows, sheets.left, sheets.top, size)
    sheets.link(block.address, sheets.left, sheets.top, size, size)
    end = sheets.top + size
    for words in block.words:
        set_text(sheets, words, Style(size=9.0), left=left, width=width)
        sheets.top += 2.0
    sheets.top = max(sheets.top, end) + 3 * mm


def _facts_table(block: Facts) -> Table:
    columns = (
        Column("", block.label_share, is_label=True),
        Column("", 1 - block.label_share),
    )
    return Table(columns, block.rows, row_height=block.row_height, size=block.size)
