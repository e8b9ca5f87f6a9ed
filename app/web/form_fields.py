"""How the fields of a form look on a page: how each is typed, and in which language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import request
from markupsafe import Markup, escape

from app.domain.forms.spec import Applicant, Field, Kind, Script, Section
from app.domain.text import Text
from app.web.answered import said
from app.web.words import language, text

#: Longer than any field takes, so that what is too long is refused and not cut.
_TYPED_MAX: Final = 20_000
_INPUT_MODES: Final = {
    Kind.EMAIL: "email",
    Kind.TELEPHONE: "tel",
    Kind.POSTAL_CODE: "numeric",
    Kind.CORPORATE_NUMBER: "numeric",
}
_WIDTHS: Final = {
    Kind.TELEPHONE: "20",
    Kind.POSTAL_CODE: "10",
    Kind.CORPORATE_NUMBER: "20",
    Kind.COUNTRY: "4",
    Kind.DATE: "10",
    Kind.LOGIN_ID: "20",
}
#: Kinds that are written in no language.
_PLAIN: Final = frozenset(
    {Kind.EMAIL, Kind.TELEPHONE, Kind.POSTAL_CODE, Kind.CORPORATE_NUMBER, Kind.LOGIN_ID}
)
#: Kinds that are written in whatever language one likes.
_FREE: Final = frozenset({Kind.LINE, Kind.PARAGRAPH})
_JAPANESE: Final = re.compile(r"([\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uff01-\uff9f]+)")
#: Few choices are shown all at once, more are a list to open.
_RADIOS_MAX: Final = 5


@dataclass(frozen=True)
class Shown:
    """One field on the page of its section."""

    field: Field
    value: str
    #: What the registry has recorded, where the form changes it.
    before: str | None = None
    #: What somebody else saved meanwhile.
    theirs: str | None = None

    @property
    def key(self) -> str:
        """The name of the field and its id on the page."""
        return self.field.key

    @property
    def kind(self) -> str:
        """How it is typed: text, date, paragraph, radios, select or tick."""
        match self.field.kind:
            case Kind.PARAGRAPH:
                return "paragraph"
            case Kind.TICK:
                return "tick"
            case Kind.CHOICE:
                return "radios" if len(self.field.choices) <= _RADIOS_MAX else "select"
            case Kind.DATE:
                # What is no date is shown as it was typed.
                return "date" if not self.value or _day(self.value) else "text"
            case _:
                return "text"

    @property
    def label(self) -> str:
        return text(self.field.label)

    @property
    def hint(self) -> Markup | str:
        return marked(self.field.hint) if self.field.hint else ""

    @property
    def width(self) -> str:
        return _WIDTHS.get(self.field.kind, "")

    @property
    def input_mode(self) -> str:
        return _INPUT_MODES.get(self.field.kind, "")

    @property
    def choices(self) -> dict[str, str]:
        return {one.key: text(one.label) for one in self.field.choices}

    @property
    def attributes(self) -> dict[str, str]:
        """The language in which it is typed, and no capitals where none belong."""
        found = {}
        if spoken := self.spoken:
            found["lang"] = spoken
        if self.field.kind in _PLAIN:
            found |= {"autocapitalize": "none", "spellcheck": "false"}
        return found

    @property
    def spoken(self) -> str:
        return spoken_in(self.field, self.value)

    @property
    def before_said(self) -> str:
        return said(self.field, self.before or "")

    @property
    def theirs_said(self) -> str:
        return said(self.field, self.theirs or "")


def shown(
    section: Section,
    applicant: Applicant,
    given: Mapping[str, str],
    *,
    before: Mapping[str, str] | None = None,
    theirs: Mapping[str, str] | None = None,
) -> list[Shown]:
    """Return the fields of a section with what is given in them."""
    return [
        Shown(
            field,
            given.get(field.key, ""),
            None if before is None else before.get(field.key, ""),
            None if theirs is None else theirs.get(field.key, ""),
        )
        for field in section.fields_for(applicant)
    ]


def typed(section: Section, applicant: Applicant) -> dict[str, str]:
    """Return what came with the request for the fields of a section, as it was typed."""
    return {
        field.key: request.form.get(field.key, "").replace("\0", "")[:_TYPED_MAX]
        for field in section.fields_for(applicant)
    }


def spoken_in(field: Field, value: str = "") -> str:
    """Return the language of an answer, where it is not that of the page; else nothing."""
    if field.script is Script.JAPANESE or field.kind is Kind.KATAKANA:
        answered = "ja"
    elif field.script is Script.LATIN:
        answered = "en"
    elif field.kind in _FREE and value:
        answered = "ja" if _JAPANESE.search(value) else "en"
    else:
        return ""
    return answered if answered != language() else ""


def marked(wording: Text | str) -> Markup:
    """Return wording in which Japanese on an English page is marked for whoever reads it aloud."""
    words = text(wording) if isinstance(wording, Text) else wording
    if language() == "ja":
        return escape(words)
    parts = _JAPANESE.split(words)
    return Markup("").join(
        Markup('<span lang="ja">{}</span>').format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
