"""Reading what was typed in a form: widths and kana unified, and each item judged by its rule.

Answers are text by field key, kept by section. What cannot be read stays as it was typed, so that
a draft loses nothing; the refusal says what is wrong with it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain import form_errors
from app.domain.errors import Refusal, Required, TooLong
from app.domain.forms import readers
from app.domain.forms.spec import Applicant, Field, Form, Kind, Section

#: Text by field key.
Given = Mapping[str, str]
#: What was given, by section key.
Answers = Mapping[str, Given]

TICKED: Final = readers.TICKED
_MISSING: Final = (Required, form_errors.NotTicked)


class Progress(StrEnum):
    """How far a section is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    PROBLEM = "problem"


def read(
    section: Section, applicant: Applicant, typed: Given
) -> tuple[dict[str, str], list[Refusal]]:
    """Return the answers of a section as they are kept, and what is wrong with them.

    Fields that the section does not have are left out; the field of a refusal is the field's key.
    """
    kept, wrong = {}, []
    for field in section.fields_for(applicant):
        given = typed.get(field.key, "")
        try:
            kept[field.key] = _read(field, given)
        except Refusal as refusal:
            kept[field.key] = readers.visible(given)
            refusal.field = field.key
            wrong.append(refusal)
    if section.is_optional and not any(kept.values()):
        return kept, []
    return kept, wrong


def progress(section: Section, applicant: Applicant, answers: Answers) -> Progress:
    """Tell how far a section is; one whose items are given but wrong has a problem."""
    given = answers.get(section.key, {})
    if not any(given.get(field.key) for field in section.fields_for(applicant)):
        done = section.is_optional and section.key in answers
        return Progress.DONE if done else Progress.NOT_STARTED
    wrong = read(section, applicant, given)[1]
    if not wrong:
        return Progress.DONE
    missing = all(isinstance(one, _MISSING) for one in wrong)
    return Progress.IN_PROGRESS if missing else Progress.PROBLEM


def problems(form: Form, applicant: Applicant, answers: Answers) -> dict[str, list[Refusal]]:
    """Return what is missing or wrong, by section key; nothing for sections that are in order."""
    found = {
        section.key: read(section, applicant, answers.get(section.key, {}))[1]
        for section in form.sections_for(applicant)
    }
    return {key: wrong for key, wrong in found.items() if wrong}


def fitted(form: Form, applicant: Applicant, answers: Answers) -> dict[str, dict[str, str]]:
    """Return what of earlier answers has a place in a form: in a newer version, or a copy."""
    return {
        section.key: {
            field.key: answers[section.key][field.key]
            for field in section.fields_for(applicant)
            if field.key in answers[section.key]
        }
        for section in form.sections_for(applicant)
        if section.key in answers
    }


def changed(
    form: Form, applicant: Applicant, answers: Answers, before: Answers
) -> dict[str, list[str]]:
    """Return the keys of the fields whose answers are other than what is recorded, by section."""
    found: dict[str, list[str]] = {}
    for section in form.sections_for(applicant):
        if section.key in answers:
            now, then = (
                read(section, applicant, one.get(section.key, {}))[0] for one in (answers, before)
            )
            keys = [key for key, given in now.items() if given != then[key]]
            found |= {section.key: keys} if keys else {}
    return found


def _read(field: Field, typed: str) -> str:
    is_paragraph = field.kind is Kind.PARAGRAPH
    text = readers.paragraphs(typed) if is_paragraph else readers.line(typed)
    if not text:
        if field.is_required:
            raise form_errors.NotTicked if field.kind is Kind.TICK else Required
        return ""
    if len(text) > field.length_max:
        raise TooLong(field.length_max)
    return readers.value(field, text)
