"""Letters: one sheet in both languages, every sign of it in the typeface, no login ID on it."""

import re
from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from app.documents import letters
from app.domain.people import NAME_MAX
from app.domain.text import Text

CODE = "ABCDE-FGHJK-MNPQR-STUVW-XYZ23"
EXPIRES = datetime(2026, 12, 13, 16, 30, tzinfo=UTC)
REGISTRY = Text("JCM Registry of Japan", "日本国JCM登録簿")
ADDRESS = "https://registry.example/"


def made(
    name_en: str = "Aoba Proposer", name_ja: str = "青葉 提案者", code: str = CODE
) -> PdfReader:
    body = letters.letter(
        name_en, name_ja, code, EXPIRES, REGISTRY, ADDRESS, ZoneInfo("Asia/Tokyo")
    )
    return PdfReader(BytesIO(body))


def words(letter: PdfReader) -> str:
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in letter.pages))


def test_a_letter_says_in_both_languages_what_to_do_with_the_code() -> None:
    letter = made()
    assert len(letter.pages) == 1
    text = words(letter)
    for said in (
        CODE,
        "青葉提案者様",
        "AobaProposer",
        REGISTRY.ja,
        "JCMRegistryofJapan",
        "2026年12月14日01:30（JST）まで、一度だけ有効",
        "Goodonce,until01:3014/12/2026(JST)",
        "登録簿ご利用のためのコードのお知らせ",
        "Yourcodefortheregistry",
    ):
        assert said in text
    assert text.count("https://registry.example/sign-in/letter") == 2


def test_every_font_is_embedded() -> None:
    (page,) = made().pages
    found = page["/Resources"]["/Font"]
    names = set()
    for reference in found.values():
        font = reference.get_object()
        names.add(str(font["/BaseFont"]).partition("+")[2])
        assert "/FontFile2" in font["/FontDescriptor"].get_object()
    assert names == {
        "BIZUDPGothic-Regular",
        "BIZUDPGothic-Bold",
        "NotoSans-Regular",
        "NotoSans-Bold",
    }


def test_no_sign_of_the_wording_is_missing() -> None:
    assert "〓" not in words(made())


@pytest.mark.parametrize(
    ("name_en", "name_ja"),
    [
        ("W" * NAME_MAX, "護" * NAME_MAX),
        ("<b>Aoba</b> & Co", "A & B <i>"),
        ("Батсүх", "Батсүх"),
    ],
)
def test_any_name_fits_on_the_one_sheet(name_en: str, name_ja: str) -> None:
    letter = made(name_en, name_ja)
    assert len(letter.pages) == 1
    text = words(letter)
    assert CODE in text
    if "&" in name_en:
        assert "<b>Aoba</b>&Co" in text


def test_the_widest_code_stands_on_one_line() -> None:
    code = "-".join(["WWWWW"] * 5)
    (page,) = made(code=code).pages
    assert code in page.extract_text()


def test_the_same_letter_is_the_same_file() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    first, second = (
        letters.letter("A", "あ", CODE, EXPIRES, REGISTRY, ADDRESS, zone) for _time in range(2)
    )
    assert first == second
