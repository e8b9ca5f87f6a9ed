"""The letter that carries a code to somebody who is to choose a password: one sheet, A4.

It says nothing of the login ID: whoever opens the wrong envelope holds a code without a name to use
it under, and the person reads the login ID on the page that the code leads to.
"""

from datetime import datetime, tzinfo
from typing import Final

from reportlab.lib.colors import Color
from reportlab.lib.units import mm

from app.documents import fonts, moments
from app.documents.sheets import BLACK, BLUE, GRAY, PALE, Sheets, fitted
from app.domain.text import Language, Text

#: Where the code is typed; it follows the registry's address.
PAGE: Final = "/sign-in/letter"

TITLE: Final = Text("Your code for the registry", "登録簿ご利用のためのコードのお知らせ")
_CODE: Final = Text("Code", "コード")
_UNTIL: Final = Text("Good once, until {until}", "{until}まで、一度だけ有効")
_STEPS: Final = (
    Text(
        "Open this page in your browser: {page}",
        "ブラウザーで次のページを開いてください。{page}",
    ),
    Text(
        "Type the code. Hyphens may be left out, and small letters are as good as capitals.",
        "上のコードを入力してください。ハイフンは省略でき、小文字でも構いません。",
    ),
    Text(
        "Choose a password that only you know. Then note the login ID if the page shows it.",
        "ご自身だけが知るパスワードを設定してください。"
        "ログインIDが表示されたときは控えてください。",
    ),
    Text(
        "Sign in, and set up your second factor if you are asked to: an authenticator on your "
        "phone, or a passkey.",
        "ログインし、案内があれば二要素認証（スマートフォンの認証アプリまたはパスキー）を"
        "登録してください。",
    ),
)
_NOTES: Final = (
    Text(
        "This letter was printed once. The registry keeps no copy of the code and cannot read it.",
        "この書面は一度だけ印刷されました。登録簿にはコードの控えがなく、読み出すこともできません。",
    ),
    Text(
        "A newer code or link makes this one void. When it is too old, ask the registry "
        "administrator for another.",
        "新しいコードやリンクが発行されると、このコードは無効になります。"
        "期限を過ぎた場合は登録簿管理者にお申し出ください。",
    ),
    Text(
        "Nobody from the registry ever asks you for this code or for your password. "
        "If you did not expect this letter, tell the registry administrator at once.",
        "登録簿の職員がこのコードやパスワードをお尋ねすることはありません。"
        "心当たりのない場合は、直ちに登録簿管理者にお知らせください。",
    ),
)

_LEFT: Final = 22 * mm
_WIDTH: Final = 166 * mm
_HEIGHT: Final = 297 * mm
#: Where the name stands behind the window of an envelope, measured from the top.
_NAME_TOP: Final = 42 * mm
_NAME_WIDTH: Final = 85 * mm
_TITLE_TOP: Final = 78 * mm
_LEADING: Final = 1.45


def letter(
    person_name_en: str,
    person_name_ja: str,
    code: str,
    expires_at: datetime,
    registry: Text,
    address: str,
    zone: tzinfo,
) -> bytes:
    """Return the letter as a PDF file.

    Args:
        code: in groups, as it is to be typed.
        address: where the registry is on the web, such as https://registry.example.
        zone: in which the end of the code's life is told.
    """
    title = f"{TITLE.ja} / {TITLE.en}"
    sheet = Sheets(title=title, language="ja", author=registry.en, is_numbered=False)
    _head(sheet, registry)
    _addressee(sheet, person_name_en, person_name_ja)
    top = _title(sheet, _TITLE_TOP)
    top = _code(sheet, top, code, expires_at, zone)
    page = address.rstrip("/") + PAGE
    for language in ("ja", "en"):
        top = _how(sheet, top, language, page) + 4 * mm
    assert top < _HEIGHT - 15 * mm, "the letter is one sheet"
    return sheet.finish()


def _head(sheet: Sheets, registry: Text) -> None:
    sheet.box(_LEFT, 22.4 * mm, 9 * mm, 1.6 * mm, fill=BLUE)
    top = _write(sheet, 18 * mm, registry.ja, size=11, bold=True, left=_LEFT + 13 * mm)
    _write(sheet, top, registry.en, size=9, left=_LEFT + 13 * mm, color=GRAY)


def _addressee(sheet: Sheets, name_en: str, name_ja: str) -> None:
    top = _write(sheet, _NAME_TOP, f"{name_ja}　様", size=14, width=_NAME_WIDTH)
    if name_en != name_ja:
        _write(sheet, top + 1 * mm, name_en, size=11, width=_NAME_WIDTH)


def _title(sheet: Sheets, top: float) -> float:
    top = _write(sheet, top, TITLE.ja, size=16, bold=True)
    return _write(sheet, top, TITLE.en, size=12, color=GRAY) + 5 * mm


def _code(sheet: Sheets, top: float, code: str, until: datetime, zone: tzinfo) -> float:
    """Draw the code in a box, large, with the end of its life in both languages."""
    height = 33 * mm
    sheet.box(_LEFT, top, _WIDTH, height, fill=PALE, stroke=BLUE, rounded=2 * mm)
    left, width = _LEFT + 6 * mm, _WIDTH - 12 * mm
    inside = _write(sheet, top + 4 * mm, f"{_CODE.ja} / {_CODE.en}", size=9, left=left)
    size = min(19.0, width / fonts.width(code, 1, bold=True) - 0.1)
    inside = _write(sheet, inside + 1 * mm, code, size=size, bold=True, left=left)
    for language in ("ja", "en"):
        words = _UNTIL.get(language).format(until=moments.moment(until, language, zone))
        inside = _write(sheet, inside + 0.6 * mm, words, size=9, left=left, width=width)
    return top + height + 6 * mm


def _how(sheet: Sheets, top: float, language: Language, page: str) -> float:
    """Write what to do with the code, and what to know of it."""
    for number, step in enumerate(_STEPS, 1):
        words = step.get(language).format(page=page)
        _write(sheet, top, f"{number}.", size=10, bold=True)
        top = _write(sheet, top, words, size=10, left=_LEFT + 7 * mm, width=_WIDTH - 7 * mm)
        top += 1 * mm
    top += 1 * mm
    for note in _NOTES:
        top = _write(sheet, top, note.get(language), size=8.5, color=GRAY) + 0.6 * mm
    return top


def _write(
    sheet: Sheets,
    top: float,
    words: str,
    *,
    size: float,
    bold: bool = False,
    left: float = _LEFT,
    width: float = _WIDTH,
    color: Color = BLACK,
) -> float:
    """Write a paragraph whose first line begins `top` below the edge; return where it ends."""
    lines, size = fitted(words, width, size, bold=bold)
    return sheet.write(lines, left, top, size, bold=bold, color=color, leading=_LEADING)
