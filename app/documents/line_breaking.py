"""Where a line of Japanese or English may end (kinsoku), and how a text fills lines so.

No line begins with a closing mark, a small kana or the like, none ends with an opening bracket.
A word, a serial number, an account number or an amount is never cut; only a word wider than the
line, such as a long address of a page, is.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

#: Marks that no line begins with.
NOT_FIRST: Final = frozenset(
    "、。，．・：；？！）］｝〕〉》」』】〙〗〟’”｠»"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
    "ー々〻ヽヾゝゞ゛゜‐〜～゠–…‥℃％‰′″､｡･｣ﾞﾟｰ,.:;?!)]}%"
)
#: Marks that no line ends with.
NOT_LAST: Final = frozenset("（［｛〔〈《「『【〘〖〝‘“｟«￥＄￡＃№｢([{")
#: Pairs of the same mark that stay together.
_TOGETHER: Final = frozenset("…‥―─")
#: A place where a line may end although the text shows nothing there.
BREAK: Final = "\u200b"
_NO_BREAK: Final = "\xa0"

#: Letters of these are words; every other sign of Japanese stands for itself.
_WORD: Final = re.compile(r"[^\s\u200b\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef…‥―─]+|[^\S\xa0]+|.")
_SERIAL: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]+(?:-[A-Z0-9]+){2,}")
_AMOUNT: Final = re.compile(r"[+\-−]?[0-9]+(?:[,.][0-9]+)*")


def is_whole(word: str) -> bool:
    """Tell whether a word is a serial number, an account number or an amount: never cut."""
    bare = "".join(sign for sign in word if sign not in NOT_FIRST and sign not in NOT_LAST)
    return bool(_SERIAL.fullmatch(bare) or _AMOUNT.fullmatch(word))


def fill(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Return a text in lines no wider than `width`.

    Args:
        measure: tells the width of a text; that of a whole is the sum of its parts.
    """
    return [line for part in text.split("\n") for line in _fill(part, width, measure)]


def widest_whole(text: str, measure: Callable[[str], float]) -> float:
    """Return the width of the widest thing in a text that is never cut."""
    words = {word for line in text.split("\n") for word in _pieces(line)}
    return max((measure(word.strip()) for word in words if is_whole(word.strip())), default=0.0)


def _fill(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    if BREAK not in text and measure(text) <= width:
        return [text]
    lines, line, used = [], "", 0.0
    for piece in _fitting(text, width, measure):
        wide = measure(piece)
        seen = measure(piece.rstrip()) if piece[-1].isspace() else wide
        if line and used + seen > width:
            lines.append(line.rstrip())
            line, used = "", 0.0
        if line or piece.strip():
            line += piece
            used += wide
    return [*lines, line.rstrip()] if line or not lines else lines


def _fitting(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Yield the pieces of a text, a word wider than a line cut where it must be."""
    for piece in _pieces(text):
        word = piece.rstrip()
        if measure(word) <= width or is_whole(word):
            yield piece
        else:
            yield from _cut(piece, width, measure)


def _cut(piece: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    start, used = 0, 0.0
    for place, sign in enumerate(piece):
        wide = measure(sign)
        if place > start and used + wide > width:
            end = next((at for at in range(place, start, -1) if _may_cut(piece, at)), place)
            yield piece[start:end]
            start, used = end, measure(piece[end:place])
        used += wide
    yield piece[start:]


def _may_cut(piece: str, at: int) -> bool:
    return piece[at] not in NOT_FIRST and piece[at - 1] not in NOT_LAST


def _pieces(text: str) -> Iterator[str]:
    """Yield the parts of a text between which a line may end, spaces at the end of theirs."""
    piece = ""
    for sign in _WORD.findall(text):
        if sign == BREAK:
            if piece:
                yield piece
            piece = ""
            continue
        if piece and not sign.isspace() and not _glued(piece, sign):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece


def _glued(piece: str, sign: str) -> bool:
    """Tell whether no line may end between what was read and what comes."""
    last = piece[-1]
    if last.isspace() and last != _NO_BREAK:
        return sign[0] in NOT_FIRST and len(sign) == 1
    is_pair = (sign in _TOGETHER and last == sign) or _NO_BREAK in {last, sign}
    return is_pair or sign[0] in NOT_FIRST or last in NOT_LAST
