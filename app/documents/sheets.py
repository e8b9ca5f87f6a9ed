"""Sheets of a document: where the pen stands, text, rules and boxes on the page, and the file.

A page is compressed as soon as it is full and is not held twice, so that a statement of hundreds
of pages takes little more memory than one of ten.
"""

import re
import threading
import zlib
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Final

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from app.documents import fonts, line_breaking

MARGIN: Final = 20 * mm
TOP: Final = 20 * mm
BOTTOM: Final = 20 * mm
_FOOT: Final = 11 * mm

BLACK: Final = HexColor("#1a1a1a")
GRAY: Final = HexColor("#595959")
LINE: Final = HexColor("#949494")
PALE: Final = HexColor("#f0f3ff")
BLUE: Final = HexColor("#0017c1")

#: The height of a line, by the size of its letters.
LEADING: Final = 1.5
#: How far below the top of a line its letters stand, by their size.
_ASCENT: Final = 1.1
_PAGES: Final = "pages"
_FOOT_SIZE: Final = 8.0
_BARS: Final = re.compile(b"\x01+")
# No ASCII armour around what is compressed: a fifth smaller.
rl_config.useA85 = 0
# The readers of font files keep their place in them: one file is written at a time.
_WRITING: Final = threading.Lock()


class _Canvas(Canvas):
    """A canvas that compresses each page when the next begins."""

    def showPage(self) -> None:  # noqa: N802  the name is reportlab's
        super().showPage()
        document = self._doc  # type: ignore[attr-defined]  # the stubs leave it out
        page = document.Pages.pages[-1]
        if page.Contents is None:
            packed = zlib.compress(page.stream.encode("latin-1"))
            page.Contents = pdfdoc.PDFStream(content=packed)
            page.Contents.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
            page.stream = None


class Sheets:
    """The pages of one document. Places are points from the left and from the top of the page."""

    def __init__(
        self,
        *,
        title: str,
        language: str,
        author: str,
        subject: str = "",
        footer: str = "",
        is_landscape: bool = False,
        is_numbered: bool = True,
    ) -> None:
        fonts.load()
        self._is_numbered = is_numbered
        wide, high = A4
        self.page_width, self.page_height = (high, wide) if is_landscape else (wide, high)
        self.left = MARGIN
        self.width = self.page_width - 2 * MARGIN
        self.top = TOP
        self._footer = fonts.printable(footer)
        self._pages = 0
        self._marks = 0
        self._depth = -1
        self._is_open = False
        #: The colour in the pen, while the page is the same.
        self._inked: Color | None = None
        self._body = BytesIO()
        self.canvas = _Canvas(
            self._body,
            pagesize=(self.page_width, self.page_height),
            invariant=1,
            pageCompression=1,
            lang=language,
            # Every other font would be named in the file without being in it.
            initialFontName=fonts.REGULAR,  # type: ignore[arg-type]  # the stubs say float
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)
        self.canvas.setCreator(author)
        self.canvas.setViewerPreference("DisplayDocTitle", "true")

    @property
    def left_over(self) -> float:
        """How much of the page is free below the pen."""
        return self.page_height - BOTTOM - self.top

    @property
    def is_at_top(self) -> bool:
        """Whether nothing stands on the page yet."""
        return self.top <= TOP

    def turn(self) -> None:
        """Begin another page."""
        self._end_page()
        self.top = TOP

    def need(self, height: float) -> None:
        """Begin another page unless there is room, or nothing on this one."""
        if height > self.left_over and not self.is_at_top:
            self.turn()

    def write(
        self,
        lines: Sequence[str],
        left: float,
        top: float,
        size: float,
        *,
        bold: bool = False,
        color: Color = BLACK,
        width: float = 0.0,
        align: float = 0.0,
        leading: float = LEADING,
    ) -> float:
        """Write printable lines from `top` down; return where they end.

        Args:
            align: 0 left, 0.5 centred, 1 right, within `width`.
        """
        self._is_open = True
        self._ink(color)
        for line in lines:
            spare = (width - fonts.width(line, size, bold=bold)) * align if align else 0.0
            text = self.canvas.beginText(left + spare, self._down(top + _ASCENT * size))
            for face, run in fonts.runs(line, bold=bold):
                text.setFont(face, size)
                text.textOut(run)
            self.canvas.drawText(text)
            top += leading * size
        return top

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        fill: Color | None = None,
        stroke: Color | None = None,
        rounded: float = 0.0,
    ) -> None:
        """Draw a box, filled, framed or both."""
        self._is_open = True
        if fill is not None:
            self._ink(fill)
        if stroke is not None:
            self.canvas.setStrokeColor(stroke)
            self.canvas.setLineWidth(0.5)
        kinds = {"fill": int(fill is not None), "stroke": int(stroke is not None)}
        corner = (left, self._down(top + height), width, height)
        if rounded:
            self.canvas.roundRect(*corner, rounded, **kinds)
        else:
            self.canvas.rect(*corner, **kinds)

    def rule(self, left: float, top: float, width: float, *, color: Color = LINE) -> None:
        """Draw a line across."""
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(0.5)
        self.canvas.line(left, self._down(top), left + width, self._down(top))

    def squares(self, rows: Sequence[Sequence[int]], left: float, top: float, size: float) -> None:
        """Draw the dark squares of a code, `size` wide in all."""
        side = size / len(rows)
        # Squares side by side are one bar, in whole numbers of squares: quick to write.
        bars = [
            f"{bar.start()} {down} {bar.end() - bar.start()} 1 re"
            for down, row in enumerate(rows)
            for bar in _BARS.finditer(bytes(row))
        ]
        self._is_open = True
        self._ink(BLACK)
        self.canvas.saveState()
        self.canvas.translate(left, self._down(top))
        self.canvas.scale(side, -side)
        self.canvas.addLiteral(f"{' '.join(bars)} f")
        self.canvas.restoreState()

    def link(self, address: str, left: float, top: float, width: float, height: float) -> None:
        """Let a reader follow an address from an area of the page."""
        area = (left, self._down(top + height), left + width, self._down(top))
        self.canvas.linkURL(address, area)

    def mark(self, title: str, level: int = 1) -> None:
        """Name the place where the pen stands in the list of contents beside the pages."""
        self._marks += 1
        name = f"place-{self._marks}"
        self.canvas.bookmarkHorizontal(name, 0, self._down(self.top) + 10)
        self._depth = min(level - 1, self._depth + 1)
        self.canvas.addOutlineEntry(title, name, level=self._depth)

    def finish(self) -> bytes:
        """Write the file."""
        if self._is_open or not self._pages:
            self._end_page()
        if self._is_numbered:
            self.canvas.beginForm(_PAGES)
            self.write([f"{self._pages}"], self._number_at, self.page_height - _FOOT, _FOOT_SIZE)
            self.canvas.endForm()
        with _WRITING:
            self.canvas.save()
        return self._body.getvalue()

    def _ink(self, color: Color) -> None:
        if color is not self._inked:
            self.canvas.setFillColor(color)
            self._inked = color

    def _down(self, top: float) -> float:
        return self.page_height - top

    @property
    def _number_at(self) -> float:
        """Where the number of pages begins, with room for four digits."""
        return self.page_width - MARGIN - fonts.width("0000", _FOOT_SIZE)

    def _end_page(self) -> None:
        self._pages += 1
        if self._is_numbered:
            self._number_page()
        self.canvas.showPage()
        self._is_open = False
        self._inked = None

    def _number_page(self) -> None:
        foot = self.page_height - _FOOT
        if self._footer:
            self.write([self._footer], MARGIN, foot, _FOOT_SIZE, color=GRAY)
        number = f"{self._pages} / "
        left = self._number_at - fonts.width(number, _FOOT_SIZE)
        self.write([number], left, foot, _FOOT_SIZE)
        # How many pages there are is known at the end: every page refers to it.
        self.canvas.doForm(_PAGES)


def fitted(words: str, width: float, size: float, *, bold: bool = False) -> tuple[list[str], float]:
    """Return a text in lines, and the size at which what must not be cut stands on one of them."""
    text = fonts.printable(words)
    if text.isprintable() and fonts.width(text, size, bold=bold) <= width:
        return [text], size
    whole = line_breaking.widest_whole(text, partial(fonts.width, size=size, bold=bold))
    if whole > width:
        size *= width / whole * 0.999
    return line_breaking.fill(text, width, partial(fonts.width, size=size, bold=bold)), size
