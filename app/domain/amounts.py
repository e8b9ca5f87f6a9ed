"""Amounts typed and shown: exact decimals in, fractions within, rounded text out."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.domain.article6_errors import NotAnAmount, NotAYear
from app.domain.text import numerals

DIGITS_MAX: Final = 18
PLACES_MAX: Final = 6
#: Grouped in threes or plain: "12,40" may be two numbers.
_AMOUNT: Final = re.compile(
    rf"([+-]?)([0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,{DIGITS_MAX}}})(?:\.([0-9]{{1,{PLACES_MAX}}}))?"
)
_YEAR: Final = re.compile("[12][0-9]{3}")

#: The units in which emissions may be given, and how many tonnes each is.
TONNES: Final = "t CO₂ eq"
UNITS: Final = {TONNES: 1, "kt CO₂ eq": 1_000, "Mt CO₂ eq": 1_000_000}


def read(typed: str, field: str = "", *, is_signed: bool = False) -> Fraction | None:
    """Return a typed amount exactly, or `None` for an empty field.

    Args:
        is_signed: whether it may be below zero, as emissions less removals may.

    Raises:
        NotAnAmount: at the field, for anything but digits with a point or with commas in threes.
    """
    text = numerals(typed).replace("−", "-")
    if not text:
        return None
    found = _AMOUNT.fullmatch(text)
    if found is None or (found[1] == "-" and not is_signed):
        raise NotAnAmount(typed.strip(), field=field)
    whole = found[2].replace(",", "")
    if len(whole) > DIGITS_MAX:
        raise NotAnAmount(typed.strip(), field=field)
    value = Fraction(f"{whole}.{found[3] or '0'}")
    return -value if found[1] == "-" else value


def read_year(typed: str, field: str = "") -> int | None:
    """Return a typed year, or `None` for an empty field.

    Raises:
        NotAYear: at the field.
    """
    text = numerals(typed)
    if not text:
        return None
    if not _YEAR.fullmatch(text):
        raise NotAYear(typed.strip(), field=field)
    return int(text)


def shown(value: Fraction | None, places: int = 3) -> str:
    """Return an amount to be read: rounded half up, grouped in threes, without needless zeros.

    The minus is a hyphen, so that what is copied is a number. Nothing for `None`.
    """
    if value is None:
        return ""
    text = f"{rounded(value, places):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def rounded(value: Fraction, places: int = 3) -> Decimal:
    """Return an amount with so many decimals, rounded half up away from zero."""
    shifted = abs(value) * 10**places
    whole, rest = divmod(shifted.numerator, shifted.denominator)
    if 2 * rest >= shifted.denominator:
        whole += 1
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((int(value < 0), digits, -places))


def kept(value: Fraction | None) -> str | None:
    """Return an amount as the decimal text that is stored or typed, exactly.

    Raises:
        NotAnAmount: it has more decimals than are kept.
    """
    if value is None:
        return None
    text = shown(value, PLACES_MAX).replace(",", "")
    if Fraction(text) != value:
        raise NotAnAmount(shown(value, 2 * PLACES_MAX))
    return text


def restored(text: str | None) -> Fraction | None:
    """Return an amount from the text that is stored."""
    return None if text is None else Fraction(text)


def tonnes_in(unit: str) -> int | None:
    """Return how many tonnes a unit is, or `None` for a unit that is not of greenhouse gases."""
    return UNITS.get(unit)


def exact(value: Fraction | None) -> str | None:
    """Return an amount for programs: a decimal or, where no decimal equals it, a fraction.

    Such as 1234.5 and 200/7.
    """
    if value is None:
        return None
    rest, places = value.denominator, 0
    while rest % 10 == 0 or rest % 2 == 0 or rest % 5 == 0:
        rest //= 10 if rest % 10 == 0 else 2 if rest % 2 == 0 else 5
        places += 1
    return str(value) if rest > 1 else f"{rounded(value, places):f}"
