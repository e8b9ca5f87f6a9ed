"""What was answered in a form, in words: section by section, beside what is recorded now."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.domain.forms.answers import Answers
from app.domain.forms.spec import Applicant, Field, Form, Kind, Script
from app.domain.text import Text
from app.web.pages import day
from app.web.words import text


@dataclass(frozen=True, slots=True)
class Line:
    """One item: its name, what is given, and what is recorded now; empty means nothing.

    Args:
        language: in which the values are written, where the form says so.
    """

    key: str
    label: Text
    new: str
    old: str
    language: str = ""

    @property
    def is_changed(self) -> bool:
        return self.new != self.old


@dataclass(frozen=True, slots=True)
class Part:
    """The items of one section."""

    key: str
    title: Text
    lines: list[Line]
    #: Something of it was recorded when the form was begun.
    is_recorded: bool = True

    @property
    def is_empty(self) -> bool:
        return not any(line.new or line.old for line in self.lines)


def answered(form: Form, applicant: Applicant, answers: Answers, before: Answers) -> list[Part]:
    """Return the sections of a form with what was answered and what is recorded."""
    return [
        Part(
            section.key,
            section.title,
            [
                Line(
                    field.key,
                    field.label,
                    said(field, answers.get(section.key, {}).get(field.key, "")),
                    said(field, before.get(section.key, {}).get(field.key, "")),
                    _language(field),
                )
                for field in section.fields_for(applicant)
            ],
            any(before.get(section.key, {}).values()),
        )
        for section in form.sections_for(applicant)
    ]


def said(field: Field, given: str) -> str:
    """Return an answer as people read it; what is not among the choices as it was typed."""
    if field.kind is Kind.CHOICE:
        labels = {one.key: text(one.label) for one in field.choices}
        return labels.get(given, given)
    if field.kind is Kind.TICK:
        return _("Yes") if given else ""
    if field.kind is Kind.DATE:
        try:
            return day(date.fromisoformat(given))
        except ValueError:
            return given
    return given


def _language(field: Field) -> str:
    """Return the language of what is typed in a field; choices are wording of the page."""
    if field.kind in {Kind.CHOICE, Kind.TICK}:
        return ""
    if field.script is Script.JAPANESE or field.key.endswith(("_ja", "_kana")):
        return "ja"
    return "en" if field.script is Script.LATIN else "und"
