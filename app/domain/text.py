"""Official wording in the registry's two languages, and how typed text is made comparable."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "ja"]


@dataclass(frozen=True, slots=True)
class Text:
    """One official wording in English and Japanese; neither may be empty."""

    en: str
    ja: str

    def __post_init__(self) -> None:
        assert self.en, "official wording needs English"
        assert self.ja, "official wording needs Japanese"

    def get(self, language: str) -> str:
        """Return the Japanese wording for "ja" and the English one otherwise."""
        return self.ja if language == "ja" else self.en


def normalise(typed: str) -> str:
    """Return typed text with widths unified (NFKC), spaces collapsed and ends trimmed.

    Full-width digits become plain ones, as Japanese practice expects of a form.
    """
    return " ".join(unicodedata.normalize("NFKC", typed).split())


def numerals(typed: str) -> str:
    """Return a typed number as `normalise` does, raised and circled digits left: 10² is not 102."""
    letters = (
        letter
        if letter.isdigit() and not letter.isdecimal()
        else unicodedata.normalize("NFKC", letter)
        for letter in typed
    )
    return " ".join("".join(letters).split())


def searchable(*parts: str) -> str:
    """Return the parts as one lower-case line in which a normalised word can be looked for."""
    return normalise(" ".join(part for part in parts if part)).casefold()
