"""The typefaces of documents: they have what the registry prints, and an answer for the rest."""

import unicodedata
from pathlib import Path

import pytest

from app.documents import fonts

APP = Path(fonts.__file__).parents[1]
#: Modules that speak of signs which no document prints.
OTHERS = {"line_breaking.py", "word_forms.py", "fonts.py", "uploads.py"}


def test_every_sign_of_every_name_in_the_starting_data_is_covered() -> None:
    for path in sorted((APP / "data").rglob("*.csv")):
        assert not uncovered(path.read_text(encoding="utf-8-sig")), path.name


def test_every_sign_of_every_label_is_covered() -> None:
    """All that is written in the modules of the wording, labels among it."""
    modules = [*(APP / "domain").rglob("*.py"), *(APP / "documents").glob("*.py")]
    modules += APP.parent.glob("translations/ja/LC_MESSAGES/*.po")
    for path in modules:
        if path.name not in OTHERS:
            assert not uncovered(path.read_text(encoding="utf-8")), path


def uncovered(text: str) -> set[str]:
    signs = set(unicodedata.normalize("NFC", text)) - set("\n\r\t\ufeff\u200b")
    return {sign for sign in signs if not fonts.covers(sign)}


def test_letters_of_partner_countries_are_printed_as_they_are() -> None:
    for name in ("Đỗ Nguyễn Thị Hường", "Батсүх Өлзий", "t-CO₂", "Kırgız Őš", "髙橋 﨑山 瀨"):
        assert fonts.printable(name) == name
        assert not uncovered(name)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("សុខា", "〓〓〓〓"),
        ("e\u0301", "é"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("tab\tnull\0", "tab null"),
        ("ﾃｽﾄ", "ﾃｽﾄ"),
    ],
)
def test_a_sign_that_is_not_there_is_replaced_or_left_out(name: str, printed: str) -> None:
    found = fonts.printable(name)
    assert found == printed
    assert all(fonts.covers(sign) for sign in found)


def test_a_text_is_set_in_runs_of_one_face() -> None:
    assert fonts.runs("口座JP-100のt-CO₂", bold=True) == [
        (fonts.BOLD, "口座"),
        (fonts.LATIN_BOLD, "JP-100"),
        (fonts.BOLD, "の"),
        (fonts.LATIN_BOLD, "t-CO₂"),
    ]


def test_digits_are_of_one_width() -> None:
    for bold in (False, True):
        assert len({fonts.width(digit, 10, bold=bold) for digit in "0123456789"}) == 1
