"""The typefaces of documents, embedded: BIZ UDPGothic for Japanese, Noto Sans for other letters.

Noto Sans writes Latin, Greek and Cyrillic, and the signs that go with them: its digits are all of
one width, and it has what the other lacks (Vietnamese, Mongolian Cyrillic, the ₂ of CO₂). A sign
that neither has is printed as the letter below its accent, or as 〓.
"""

import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "BIZUDPGothic"
BOLD: Final = "BIZUDPGothic-Bold"
LATIN: Final = "NotoSans"
LATIN_BOLD: Final = "NotoSans-Bold"
#: What Japanese printers put in the place of a sign they have not got.
MISSING: Final = "〓"

_TYPEFACES: Final = Path(__file__).parent / "typefaces"
_FILES: Final = {
    REGULAR: "BIZUDPGothic-Regular.ttf",
    BOLD: "BIZUDPGothic-Bold.ttf",
    LATIN: "NotoSans-Regular.ttf",
    LATIN_BOLD: "NotoSans-Bold.ttf",
}
_BOLD_OF: Final = {REGULAR: BOLD, LATIN: LATIN_BOLD}
#: Where the letters end that Noto Sans writes, and what before it belongs to Japanese text.
_LATIN_END: Final = 0x2150
_JAPANESE: Final = frozenset("…‥―‖※")


@cache
def load() -> dict[str, frozenset[int]]:
    """Make every weight known to the maker of PDF files; return the signs of each."""
    covered = {}
    for name, file in _FILES.items():
        font = TTFont(name, str(_TYPEFACES / file))
        pdfmetrics.registerFont(font)
        covered[name] = frozenset(font.face.charToGlyph)
    return covered


class _Faces(dict[str, str]):
    """The face that writes a sign, by sign; "" for a sign that none has in both weights."""

    def __missing__(self, sign: str) -> str:
        is_latin = ord(sign) < _LATIN_END and sign not in _JAPANESE
        order = (LATIN, REGULAR) if is_latin else (REGULAR, LATIN)
        covered = load()
        self[sign] = found = next(
            (face for face in order if ord(sign) in covered[face] & covered[_BOLD_OF[face]]), ""
        )
        return found


class _Widths(dict[str, float]):
    """How wide a sign is at a size of one, by sign."""

    def __init__(self, *, bold: bool) -> None:
        self._bold = bold

    def __missing__(self, sign: str) -> float:
        face = _FACES[sign]
        name = _BOLD_OF[face] if self._bold and face else face
        self[sign] = width = pdfmetrics.stringWidth(sign, name, 1.0) if name else 0.0
        return width


class _Signs(dict[int, str]):
    """What is printed for a sign, by code."""

    def __missing__(self, code: int) -> str:
        self[code] = printed = _printed(chr(code))
        return printed


_FACES: Final = _Faces()
_REGULAR_WIDTHS: Final = _Widths(bold=False)
_BOLD_WIDTHS: Final = _Widths(bold=True)
_SIGNS: Final = _Signs()


def covers(sign: str) -> bool:
    """Tell whether a typeface has a sign, in both weights."""
    return bool(_FACES[sign])


def printable(text: str) -> str:
    """Return a text of signs that the typefaces have, without marks that steer writing."""
    return unicodedata.normalize("NFC", text).translate(_SIGNS)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a printable text is, in points."""
    widths = _BOLD_WIDTHS if bold else _REGULAR_WIDTHS
    return size * sum(map(widths.__getitem__, text))


def runs(text: str, *, bold: bool = False) -> list[tuple[str, str]]:
    """Return a printable text in pieces of one face each, with its name."""
    return [
        (_BOLD_OF[face] if bold else face, "".join(signs))
        for face, signs in groupby(text, key=_FACES.__getitem__)
    ]


def _printed(sign: str) -> str:
    if sign in "\n\u200b":
        return sign
    if sign.isspace():
        return sign if covers(sign) else " "
    if unicodedata.category(sign) in {"Cc", "Cf"}:
        return ""
    if covers(sign):
        return sign
    simpler = unicodedata.normalize("NFKD", sign)
    letters = "".join(one for one in simpler if covers(one) and not unicodedata.combining(one))
    if letters or unicodedata.combining(sign):
        return letters
    return MISSING
