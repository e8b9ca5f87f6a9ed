"""What a password must be: long enough, and not one that others would try first."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from app.domain.errors import TooLong
from app.domain.people_errors import PasswordIsContext, PasswordTooShort
from app.domain.text import searchable

#: Characters: NIST SP 800-63B-4, 3.1.1.2; there are no rules of composition (3.1.1.2 (5)).
LENGTH_ALONE: Final = 15
LENGTH_WITH_SECOND_FACTOR: Final = 8
LENGTH_MAX: Final = 1_000
#: A word of the person's own shorter than this is no hint; of Japanese two signs are one.
_WORD_MIN: Final = 4
_SIGNS_MIN: Final = 2
#: What must be left of a password when the words that anyone would think of are taken out.
_REST_MIN: Final = 6


def prepared(password: str) -> str:
    """Return a password as it is hashed: NFKC, nothing trimmed and nothing cut off."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, has_second_factor: bool, context: Iterable[str]) -> None:
    """Refuse a password that is too short or little more than words of the person's own.

    Args:
        context: words that an attacker would try first: names, login ID, address, the registry.

    Raises:
        PasswordTooShort, TooLong, PasswordIsContext: at the field "password".
    """
    chosen = prepared(password)
    least = LENGTH_WITH_SECOND_FACTOR if has_second_factor else LENGTH_ALONE
    if len(chosen) < least:
        raise PasswordTooShort(least, field="password")
    if len(chosen) > LENGTH_MAX:
        raise TooLong(LENGTH_MAX, field="password")
    rest = searchable(chosen)
    for word in sorted(set(words(context)), key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < _REST_MIN:
        raise PasswordIsContext(field="password")


def words(texts: Iterable[str]) -> list[str]:
    """Return every word of some texts that is long enough to be a hint."""
    apart = " ".join(texts).replace("@", " ").replace(".", " ").replace("-", " ")
    return [
        word
        for word in searchable(apart).split()
        if len(word) >= (_WORD_MIN if word.isascii() else _SIGNS_MIN)
    ]
