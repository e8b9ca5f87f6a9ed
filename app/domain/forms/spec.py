"""What a form is made of: sections of fields, documents to attach, and what the examiner checks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.forms.regions import HOME
from app.domain.text import Text

_SERIES: Final = 100


class Applicant(StrEnum):
    """Who may hold an entity account (Act, as amended in 2024; ordinance of 2025, article 3)."""

    DOMESTIC = "domestic"
    FOREIGN = "foreign"
    INDIVIDUAL = "individual"


APPLICANT_NAMES: Final = {
    Applicant.DOMESTIC: Text("Japanese corporation", "内国法人"),
    Applicant.FOREIGN: Text("Foreign corporation", "外国法人"),
    Applicant.INDIVIDUAL: Text(
        "Individual who operates a project", "排出削減等協力事業者である個人"
    ),
}

#: The same in the registry of a partner country.
_NAMES_ELSEWHERE: Final = APPLICANT_NAMES | {
    Applicant.DOMESTIC: Text("Corporation of the country", "国内の法人"),
    Applicant.INDIVIDUAL: Text("Individual who operates a project", "事業を行う個人"),
}

EVERYONE: Final = frozenset(Applicant)
CORPORATIONS: Final = frozenset({Applicant.DOMESTIC, Applicant.FOREIGN})
#: Whose items are recorded in Japanese as well; foreign corporations give English only.
IN_JAPANESE: Final = frozenset({Applicant.DOMESTIC, Applicant.INDIVIDUAL})


def applicant_names(registry: str) -> dict[Applicant, Text]:
    """Return how a registry calls those who may hold an account."""
    return APPLICANT_NAMES if registry == HOME else _NAMES_ELSEWHERE


def numbered(registry: str, version: int) -> int:
    """Return the number under which a version of a registry's own form is kept.

    Japan's are 1 to 99; those of another registry begin with the letters of its code: the first of
    MN is 131401.
    """
    if registry == HOME:
        return version
    first, second = (ord(letter) - ord("A") + 1 for letter in registry)
    return (first * _SERIES + second) * _SERIES + version


def registry_of(version: int) -> str:
    """Return the code of the registry whose form has a version with this number."""
    letters = divmod(version // _SERIES, _SERIES)
    return "".join(chr(ord("A") - 1 + letter) for letter in letters) if any(letters) else HOME


def typed(text: str) -> Text:
    """Return an example that is typed the same whatever the language of the form."""
    return Text(text, text)


class Kind(StrEnum):
    """How a field is typed, and by which rule it is read."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    KATAKANA = "katakana"
    EMAIL = "email"
    TELEPHONE = "telephone"
    POSTAL_CODE = "postal_code"
    CORPORATE_NUMBER = "corporate_number"
    COUNTRY = "country"
    DATE = "date"
    CHOICE = "choice"
    TICK = "tick"
    LOGIN_ID = "login_id"


class Script(StrEnum):
    """In which letters a field is written."""

    ANY = "any"
    LATIN = "latin"
    JAPANESE = "japanese"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a field offers."""

    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One item of a form.

    Args:
        applicants: whose form has it.
        is_required: whether an application without it is incomplete.
        length_max: characters.
        is_changeable: whether Form 2 may change it.
        needs_consent: whether the person it is about must consent to its being recorded.
        is_public: whether the registry publishes it.
        autocomplete: what a browser may fill in by itself, in the words of HTML.
        example: what the example of a filled form shows.
        example_abroad: what it shows for a foreign corporation instead.
    """

    key: str
    label: Text
    kind: Kind = Kind.LINE
    hint: Text | None = None
    applicants: frozenset[Applicant] = EVERYONE
    is_required: bool = True
    length_max: int = 200
    script: Script = Script.ANY
    choices: tuple[Choice, ...] = ()
    is_changeable: bool = True
    needs_consent: bool = False
    is_public: bool = False
    autocomplete: str = ""
    example: Text | None = None
    example_abroad: Text | None = None

    def example_for(self, applicant: Applicant) -> Text | None:
        """Return what the example of a filled form shows for this kind of applicant."""
        is_abroad = applicant is Applicant.FOREIGN
        return (self.example_abroad if is_abroad else None) or self.example


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that are filled in on one page.

    Args:
        is_optional: left empty altogether it is complete; once begun it must be completed.
    """

    key: str
    title: Text
    fields: tuple[Field, ...]
    hint: Text | None = None
    applicants: frozenset[Applicant] = EVERYONE
    is_optional: bool = False

    def fields_for(self, applicant: Applicant) -> tuple[Field, ...]:
        """Return the fields that this kind of applicant fills in."""
        return tuple(one for one in self.fields if applicant in one.applicants)


@dataclass(frozen=True, slots=True)
class Document:
    """A paper to attach; which are asked for is this product's own choice (docs/forms.md).

    Args:
        when_changed: sections that make it required as soon as one of their answers is another
            than what is recorded.
    """

    key: str
    label: Text
    hint: Text | None = None
    applicants: frozenset[Applicant] = EVERYONE
    is_required: bool = True
    when_changed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """A point that the examiner ticks off, beside the sections and documents themselves."""

    key: str
    label: Text
    applicants: frozenset[Applicant] = EVERYONE


@dataclass(frozen=True, slots=True)
class Form:
    """One version of one of the five forms; a version in use is never edited.

    Args:
        title: the official title, where there is one.
        purpose: what it is for, in the words of the procedures page.
        updated: the day of the latest update, as published.
        declaration: what the applicant declares on signing.
    """

    number: int
    version: int
    title: Text
    purpose: Text
    updated: date
    sections: tuple[Section, ...]
    declaration: Text
    documents: tuple[Document, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def name(self) -> Text:
        """How the form is called for short, as its heading and the procedures page have it."""
        japanese = f"様式第{'一二三四五'[self.number - 1]}" if self.registry == HOME else None
        return Text(f"Form {self.number}", japanese or f"様式{self.number}")

    @property
    def registry(self) -> str:
        """The code of the registry whose form it is."""
        return registry_of(self.version)

    @property
    def edition(self) -> str:
        """Which version it is, such as MN-1."""
        return f"{self.registry}-{self.version % _SERIES}"

    @property
    def applicant_names(self) -> dict[Applicant, Text]:
        """How it calls those who may apply with it."""
        return applicant_names(self.registry)

    def sections_for(self, applicant: Applicant) -> tuple[Section, ...]:
        """Return the sections that this kind of applicant fills in."""
        return tuple(
            one
            for one in self.sections
            if applicant in one.applicants and one.fields_for(applicant)
        )

    def section(self, key: str, applicant: Applicant) -> Section | None:
        """Return a section by its key, or None when this applicant's form has no such section."""
        return next((one for one in self.sections_for(applicant) if one.key == key), None)

    def documents_for(self, applicant: Applicant) -> tuple[Document, ...]:
        """Return the documents that this kind of applicant attaches."""
        return tuple(one for one in self.documents if applicant in one.applicants)

    def checks_for(self, applicant: Applicant) -> tuple[Check, ...]:
        """Return the points that the examiner ticks off for this kind of applicant."""
        return tuple(one for one in self.checks if applicant in one.applicants)

    def items_for(self, applicant: Applicant) -> Iterator[tuple[str, Text]]:
        """Yield the whole checklist, item key and label: sections, documents, further points.

        The key of an item begins with "section:", "document:" or "check:".
        """
        for section in self.sections_for(applicant):
            yield f"section:{section.key}", section.title
        for document in self.documents_for(applicant):
            yield f"document:{document.key}", document.label
        for check in self.checks_for(applicant):
            yield f"check:{check.key}", check.label
