"""Reading one typed item: what is forgiven, and the rule that each kind of field has.

Widths, kana, dashes and spaces are forgiven. Characters that cannot be seen, or that turn the
direction of the text around them, are left out. Everything else stays as it was typed: NFKC would
make another name of one that is registered with a compatibility ideograph, and CO2 of CO₂.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Final

from app.domain import form_errors
from app.domain.errors import NotADate, UnknownChoice
from app.domain.forms.regions import COUNTRIES, HOME
from app.domain.forms.spec import Field, Kind, Script
from app.domain.people_errors import NotAnEmail

TICKED: Final = "yes"

#: Controls that are no spaces, marks of direction, invisible signs, half characters, and what is
#: no character at all. The joiners U+200C and U+200D stay: names of some scripts need them.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff0-\ufffb\ufdd0-\ufdef\ud800-\udfff\U000e0000-\U000e007f"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (65534, 65535))
    + "]"
)
#: Spaces that no paper can carry.
_SEPARATORS: Final = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
#: Full-width letters and signs, half-width kana and hangul.
_WIDTHS: Final = re.compile("[\uff01-\uffee]+")
_COMPATIBILITY_IDEOGRAPHS: Final = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")


def visible(typed: str) -> str:
    """Return what was typed without the characters that nobody sees and no paper can carry."""
    return _HIDDEN.sub("", _SEPARATORS.sub(" ", typed))


def line(typed: str) -> str:
    """Return a line with widths unified, spaces collapsed and ends trimmed."""
    text = _WIDTHS.sub(lambda run: unicodedata.normalize("NFKC", run[0]), visible(typed))
    parts = _COMPATIBILITY_IDEOGRAPHS.split(text)
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return " ".join("".join(parts).split())


def paragraphs(typed: str) -> str:
    """Return lines, each as `line` has it, with one empty line at most between them."""
    lines = "\n".join(line(one) for one in visible(typed).splitlines())
    return re.sub("\n{3,}", "\n\n", lines).strip()


def value(field: Field, text: str) -> str:
    """Return an item as it is kept.

    Raises:
        Refusal: the item's rule says no.
    """
    reader = _READERS.get(field.kind)
    text = reader(field, text) if reader else text
    _check_script(field, text)
    return text


def corporate_check_digit(base: str) -> int:
    """Return the check digit of a corporate number's twelve digits.

    9 less the rest by 9 of the digits weighed 1 and 2 in turn from the right (ordinance of the
    Ministry of Finance on corporate numbers, article 2).
    """
    weighed = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(base)))
    return 9 - weighed % 9


# Scripts

_JAPANESE: Final = re.compile(
    "[\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
)
#: Letters that are Latin in use, though not by name: ª º µ.
_SIGNS: Final = frozenset("\u00aa\u00ba\u00b5")


def _check_script(field: Field, text: str) -> None:
    if field.script is Script.LATIN and not _is_latin(text):
        raise form_errors.NotLatin(text)
    if field.script is Script.JAPANESE and not _JAPANESE.search(text):
        raise form_errors.NotJapanese(text)


def _is_latin(text: str) -> bool:
    """Tell whether every letter is Latin, accents and all, and one or a digit is there."""
    letters = [one for one in text if unicodedata.category(one) in {"Lu", "Ll", "Lt", "Lo"}]
    foreign = any(
        not unicodedata.name(one, "").startswith("LATIN ") and one not in _SIGNS for one in letters
    )
    return not foreign and bool(letters or re.search("[0-9]", text))


# Kana

#: From hiragana to katakana: ぁ to ゖ, ゝ and ゞ.
_TO_KATAKANA: Final = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
#: Full-width katakana with its marks, and what else stands in the names of companies.
_NOT_IN_READINGS: Final = re.compile("[^\u30a1-\u30ff0-9A-Za-z .,&'()/+-]")
_DASHES: Final = re.compile("[\u2010-\u2015\u2043\u2212\u2500\u2501\u30fc\ufe63]")
#: A dash typed for the mark of a long vowel.
_LONG_VOWEL: Final = re.compile("(?<=[\u30a1-\u30fa\u30fc])[\u2010-\u2015\u2212\u2500\u2501]")


def _katakana(_field: Field, text: str) -> str:
    reading = text.translate(_TO_KATAKANA)
    while (longer := _LONG_VOWEL.sub("ー", reading)) != reading:
        reading = longer
    if _NOT_IN_READINGS.search(reading) or not re.search("[\u30a1-\u30fa]", reading):
        raise form_errors.NotKatakana(text)
    return reading


# Addresses and numbers

_LABEL: Final = "(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+(?!..--)(?:[a-z0-9-]{{0,62}}[a-z])")
_ATOM: Final = "[a-z0-9_!#$%&'*+/=?^`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.IGNORECASE | re.ASCII)
_DOMAIN_MAX: Final = 253
_EMAIL_MAX: Final = 254
#: Names that lead to nobody's mailbox (RFC 6761, 6762, 7686).
_NOWHERE: Final = re.compile(r"(?:.*\.)?(?:arpa|invalid|local|localhost|onion)")


def _email(_field: Field, text: str) -> str:
    local, _, domain = text.rpartition("@")
    domain = domain.lower()
    fits = len(domain) <= _DOMAIN_MAX and len(text) <= _EMAIL_MAX
    is_reached = _DOMAIN.fullmatch(domain) and not _NOWHERE.fullmatch(domain)
    if not (fits and _LOCAL.fullmatch(local) and is_reached):
        raise NotAnEmail
    return f"{local}@{domain}"


_TELEPHONE: Final = re.compile(r"(?:\+|\(\+)?[0-9() .-]+")
_EXTENSION: Final = re.compile(r"[ ,(]*(?:ext\.?|内線)[ :.]*[0-9]{1,8}\)?", re.IGNORECASE)
_TELEPHONE_DIGITS: Final = range(6, 17)


def _telephone(_field: Field, text: str) -> str:
    text = _DASHES.sub("-", text)
    start, end = text, ""
    for found in _EXTENSION.finditer(text):
        start, end = text[: found.start()], text[found.end() :]
    digits = len(re.findall("[0-9]", start))
    is_laid_out = _TELEPHONE.fullmatch(start) and start.count("(") == start.count(")")
    if end or not is_laid_out or digits not in _TELEPHONE_DIGITS:
        raise form_errors.NotATelephoneNumber(text)
    return text


def _digits(text: str) -> str:
    return _DASHES.sub("-", text).replace("-", "").replace(" ", "")


def _postal_code(_field: Field, text: str) -> str:
    digits = _digits(text.removeprefix("〒"))
    if not re.fullmatch("[0-9]{7}", digits):
        raise form_errors.NotAPostalCode(text)
    return f"{digits[:3]}-{digits[3:]}"


def _corporate_number(_field: Field, text: str) -> str:
    # As the number of a taxable business it is printed with a T before it.
    digits = _digits(text.removeprefix("T").removeprefix("t"))
    if not re.fullmatch("[0-9]{13}", digits):
        raise form_errors.NotACorporateNumber(text)
    if int(digits[0]) != corporate_check_digit(digits[1:]):
        raise form_errors.WrongCorporateNumber(text)
    return digits


def _login_id(_field: Field, text: str) -> str:
    return text.upper() if re.fullmatch("[A-Za-z]{2}[0-9]{10}", text) else text


# Choices and dates


def _country(field: Field, text: str) -> str:
    country = text.upper()
    if country == (field.choices[0].key if field.choices else HOME):
        raise form_errors.NotAbroad
    if country not in COUNTRIES:
        raise UnknownChoice(text)
    return country


def _choice(field: Field, text: str) -> str:
    if text not in {one.key for one in field.choices}:
        raise UnknownChoice(text)
    return text


def _tick(_field: Field, text: str) -> str:
    if text != TICKED:
        raise UnknownChoice(text)
    return text


#: The year before the first of each era.
_ERAS: Final = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
_DATES: Final = (
    re.compile(
        r"(?P<era>)(?P<year>[0-9]{4}) ?[-/.年] ?(?P<month>[0-9]{1,2}) ?[-/.月] ?"
        r"(?P<day>[0-9]{1,2}) ?日?"
    ),
    re.compile(
        r"(?P<era>令和|平成|昭和|[RHS])\.? ?(?P<year>元|[0-9]{1,2}) ?[-/.年] ?"
        r"(?P<month>[0-9]{1,2}) ?[-/.月] ?(?P<day>[0-9]{1,2}) ?日?"
    ),
)
#: Years that a form may name: from the age of railways to that of our successors.
_YEARS: Final = range(1868, 2101)


def _date(_field: Field, text: str) -> str:
    plain = _DASHES.sub("-", text)
    found = next((match for one in _DATES if (match := one.fullmatch(plain))), None)
    if found is None:
        raise NotADate(text)
    year = 1 if found["year"] == "元" else int(found["year"])
    try:
        day = date(_ERAS.get(found["era"], 0) + year, int(found["month"]), int(found["day"]))
    except ValueError:
        raise NotADate(text) from None
    if day.year not in _YEARS:
        raise form_errors.DateImplausible(text)
    return day.isoformat()


_READERS: Final[dict[Kind, Callable[[Field, str], str]]] = {
    Kind.KATAKANA: _katakana,
    Kind.EMAIL: _email,
    Kind.TELEPHONE: _telephone,
    Kind.POSTAL_CODE: _postal_code,
    Kind.CORPORATE_NUMBER: _corporate_number,
    Kind.COUNTRY: _country,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.TICK: _tick,
    Kind.LOGIN_ID: _login_id,
}
