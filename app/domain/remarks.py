"""Remarks on records of Article 6.2: what they may be about, and how they are kept."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain import nomenclature
from app.domain.errors import NotFound, Required, TooLong
from app.domain.text import normalise

TEXT_MAX: Final = 4_000
_YEAR: Final = r"[12][0-9]{3}"


class About(StrEnum):
    """The kinds of records that are remarked on."""

    AUTHORIZATION = "authorization"
    AEF = "aef"
    ADJUSTMENTS = "adjustments"


_NAMES: Final = {
    About.AUTHORIZATION: re.compile(f"({nomenclature.AUTHORIZATION.pattern})"),
    About.AEF: re.compile(f"({_YEAR}):({nomenclature.AEF_VERSION.pattern})"),
    About.ADJUSTMENTS: re.compile(f"({nomenclature.PARTY.pattern})"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A record: an authorization, an edition by year and version, the adjustments of a Party."""

    about: About
    names: tuple[str, ...]

    def __str__(self) -> str:
        return ":".join((self.about.value, *self.names))


def parse(text: str) -> Subject:
    """Read what remarks are kept under, such as "aef:2025:1.0".

    Raises:
        NotFound: nothing is called so.
    """
    word, _colon, name = text.partition(":")
    found = _NAMES[About(word)].fullmatch(name) if word in frozenset(About) else None
    if found is None:
        raise NotFound("remarks")
    return Subject(About(word), found.groups())


def kept(typed: str) -> str:
    """Return a remark as it is kept: its lines, without what surrounds them.

    Raises:
        Required, TooLong: at the field "text".
    """
    text = "\n".join(line.rstrip() for line in typed.splitlines()).strip()
    if not normalise(text):
        raise Required(field="text")
    if len(text) > TEXT_MAX:
        raise TooLong(TEXT_MAX, field="text")
    return text
