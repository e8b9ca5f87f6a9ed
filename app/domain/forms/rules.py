"""Rules that cross the items of a form: whoever acts on an account, and what a change asks for."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from app.domain import applications
from app.domain.errors import Refusal, RepresentativesMissing
from app.domain.form_errors import DateImplausible, SamePerson
from app.domain.forms.answers import Answers, Given, changed, problems
from app.domain.forms.form1 import PERSONS, PERSONS_MIN
from app.domain.forms.spec import Applicant, Document, Form
from app.domain.roles import Right, is_workable

#: A change is applied for at most so long before it happens.
AHEAD_MAX: Final = timedelta(days=366)


def wrong(form: Form, applicant: Applicant, answers: Answers, *, begun: date) -> list[Refusal]:
    """Return what is wrong with answers that are each in order, at the keys of checklist items.

    Args:
        begun: the day on which the application was begun.
    """
    amiss = problems(form, applicant, answers)
    if form.number == applications.OPENING:
        return _wrong_persons(persons(answers), amiss.keys())
    if form.number == applications.CHANGE and "reason" not in amiss:
        return _wrong_day(answers["reason"]["changed_on"], begun)
    return []


def persons(answers: Answers) -> dict[int, Given]:
    """Return the users that an opening names, by their places on the form."""
    given = {place: answers.get(one.key, {}) for place, one in enumerate(PERSONS, start=1)}
    return {place: person for place, person in given.items() if any(person.values())}


def needed(
    form: Form, applicant: Applicant, answers: Answers, before: Answers
) -> tuple[Document, ...]:
    """Return the documents without which an application with these answers is incomplete.

    Args:
        before: what is recorded now, in the same shape; empty where nothing is.
    """
    touched = changed(form, applicant, answers, before).keys()
    return tuple(
        document
        for document in form.documents_for(applicant)
        if document.is_required or document.when_changed & touched
    )


def _wrong_persons(named: dict[int, Given], amiss: Collection[str]) -> list[Refusal]:
    """Return where a person stands twice, and whether the rights together do not suffice."""
    found: list[Refusal] = []
    seen: set[tuple[str, str]] = set()
    for place, person in named.items():
        marks = [(key, person.get(key, "").casefold()) for key in ("login_id", "email")]
        if seen & set(marks):
            found.append(SamePerson(field=f"section:{_key(place)}"))
        seen |= {mark for mark in marks if mark[1]}
    unsure = any(_key(place) in amiss for place in (*named, *range(1, PERSONS_MIN + 1)))
    if not unsure and not is_workable(Right(person["right"]) for person in named.values()):
        found.append(RepresentativesMissing(field=f"section:{_key(1)}"))
    return found


def _wrong_day(changed_on: str, begun: date) -> list[Refusal]:
    too_late = date.fromisoformat(changed_on) > begun + AHEAD_MAX
    return [DateImplausible(changed_on, field="section:reason")] if too_late else []


def _key(place: int) -> str:
    return PERSONS[place - 1].key
