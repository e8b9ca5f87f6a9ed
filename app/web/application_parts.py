"""What an application consists of and what became of it, as several pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain.applications import Event, Status
from app.domain.form_errors import DocumentMissing, Incomplete, NothingToChange
from app.domain.forms import answers
from app.domain.forms.answers import Progress
from app.domain.forms.spec import Document, Form, Section
from app.domain.roles import ROLE_NAMES
from app.registry import applications as verbs
from app.store import applications as questions
from app.store.databases import AnyRow
from app.store.tables import Account, Application, Attachment
from app.web import fillers, words
from app.web.access import person
from app.web.answered import Part, answered
from app.web.messages import sentence
from app.web.sessions import reading

#: What is only not done yet.
_NOT_YET: Final = (Incomplete, DocumentMissing, NothingToChange)
#: Steps whose comment is for the applicant; the others are the administrators' own.
_TOLD: Final = frozenset(
    {Event.ASK_CORRECTION, Event.ASK_DOCUMENTS, Event.REJECT, Event.WITHDRAW, Event.SUBMIT}
)


@dataclass(frozen=True)
class Task:
    """A part of an application in the task list, and how far it is."""

    item: str
    label: str
    address: str
    state: str
    tone: str
    #: What the examiner wants corrected here.
    remark: str = ""
    #: What does not fit the other parts.
    problem: str = ""


@dataclass(frozen=True)
class Happened:
    """An entry of the timeline."""

    at: datetime
    title: str
    who: str
    comment: str
    remarks: list[tuple[str, str]]


# The task list


@dataclass(frozen=True)
class Parts:
    """The task list of an application: its sections, and the documents to attach."""

    sections: list[Task]
    documents: list[Task]
    #: What stands in the way of submitting it, by checklist item.
    missing: dict[str, str]
    #: What the examiner said of the correction as a whole.
    comment: str
    attachments: Sequence[Attachment]


def parts(session: Session, found: Application, form: Form) -> Parts:
    """Return how far each part of an application is."""
    attachments = questions.attachments(session, found.id)
    steps = questions.steps(session, found.id)
    unready = verbs.unready(session, found)
    remarks = corrections(steps, found)
    amiss = {one.field: sentence(one) for one in unready if not isinstance(one, _NOT_YET)}
    there = {one.document for one in attachments}
    needed = {one.field for one in unready if isinstance(one, DocumentMissing)}
    return Parts(
        [
            _section_task(found, section, remarks, amiss)
            for section in form.sections_for(found.applicant)
        ],
        [
            _document_task(found, document, remarks, there, needed)
            for document in form.documents_for(found.applicant)
        ],
        {one.field: sentence(one) for one in reversed(unready)},
        _correction(steps, found).comment or "" if remarks else "",
        attachments,
    )


def _section_task(
    found: Application, section: Section, remarks: dict[str, str], amiss: dict[str, str]
) -> Task:
    item = f"section:{section.key}"
    progress = answers.progress(section, found.applicant, found.answers)
    if item in amiss:
        progress = Progress.PROBLEM
    state, tone = {
        Progress.NOT_STARTED: (_("Not started"), ""),
        Progress.IN_PROGRESS: (_("In progress"), "blue"),
        Progress.DONE: (_("Done"), "green"),
        Progress.PROBLEM: (_("Problem"), "red"),
    }[progress]
    if progress is Progress.NOT_STARTED and section.is_optional:
        state = _("Optional")
    address = url_for("application_forms.section", number=rules.number(found.id), key=section.key)
    return Task(
        item,
        words.text(section.title),
        address,
        state,
        tone,
        remarks.get(item, ""),
        amiss.get(item, ""),
    )


def _document_task(
    found: Application,
    document: Document,
    remarks: dict[str, str],
    there: set[str],
    needed: set[str],
) -> Task:
    item = f"document:{document.key}"
    if document.key in there:
        state, tone = _("Attached"), "green"
    else:
        state, tone = (_("Not attached") if item in needed else _("Optional")), ""
    address = ""
    if "attachments.search" in current_app.view_functions:
        address = url_for("attachments.search", number=rules.number(found.id))
    return Task(item, words.text(document.label), address, state, tone, remarks.get(item, ""))


def corrections(steps: Sequence[AnyRow], found: Application) -> dict[str, str]:
    """Return what is to be corrected, by checklist item; nothing unless a correction is due."""
    if found.status is not Status.RETURNED:
        return {}
    return dict(_correction(steps, found).facts)


def _correction(steps: Sequence[AnyRow], found: Application) -> AnyRow:
    """Return the step by which an application that was returned is to be corrected."""
    asked = [step for step in steps if step.event is Event.ASK_CORRECTION]
    assert asked, f"{found.id} was returned"
    return asked[-1]


# What every page shows


def facts(found: Application, form: Form) -> dict[str, Any]:
    """Return what every page of an application shows of it."""
    account = reading().get(Account, found.account_id) if found.account_id else None
    return {
        "frame": fillers.frame(),
        "found": found,
        "number": rules.number(found.id),
        "form": form,
        "account": account,
        "is_visitor": person() is None,
    }


def answers_of(found: Application, form: Form) -> list[Part]:
    """Return the sections in which something is answered, beside what is recorded."""
    parts = answered(form, found.applicant, found.answers, found.before)
    return [part for part in parts if any(line.new for line in part.lines)]


def document_labels(form: Form) -> dict[str, str]:
    """Return what the documents of a form are called, by their keys."""
    return {one.key: words.text(one.label) for one in form.documents}


def timeline(steps: Sequence[AnyRow], found: Application, form: Form) -> list[Happened]:
    """Return what happened, newest first, as far as the reader may know it."""
    labels = {item: words.text(label) for item, label in form.items_for(found.applicant)}
    inside = _is_administrator()
    return [
        Happened(
            step.at,
            words.text(rules.EVENT_NAMES[step.event]),
            _actor(step),
            (step.comment or "") if inside or step.event in _TOLD else "",
            [(labels.get(item, item), why) for item, why in step.facts.items()]
            if step.event is Event.ASK_CORRECTION
            else [],
        )
        for step in reversed(steps)
    ]


def _actor(step: AnyRow) -> str:
    """Name who took a step: administrators by their role, except to each other."""
    if step.user_id is None:
        return str(_("Applicant without a login"))
    if step.role is not None and not _is_administrator():
        return str(_("%(role)s of the registry", role=words.text(ROLE_NAMES[step.role])))
    return str(step.name_ja if words.language() == "ja" else step.name_en)


def _is_administrator() -> bool:
    reader = person()
    return reader is not None and reader.role is not None
