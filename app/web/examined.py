"""What the page of an examination shows beside the form: checklist, warnings, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain.applications import EVENT_NAMES, Event
from app.domain.forms import rules as form_rules
from app.domain.forms.spec import Document, Form
from app.domain.text import Text
from app.registry import checklists
from app.store import applications as questions
from app.store.databases import AnyRow
from app.store.tables import Application, Attachment, Mark
from app.store.tables.applications import Standing
from app.web.words import language, text

# The checklist


@dataclass(frozen=True, slots=True)
class Row:
    """An item of the checklist, the fields in which it is ticked off, and how it stands.

    Args:
        anchor: where on the page the item is to be seen; empty for what stands elsewhere.
    """

    item: str
    label: Text
    anchor: str
    mark: Mark | None

    @property
    def name(self) -> str:
        return field(self.item)

    @property
    def standing(self) -> str:
        return str(self.mark.standing) if self.mark else ""

    @property
    def remark(self) -> str:
        return (self.mark.remark or "") if self.mark else ""

    @property
    def is_settled(self) -> bool:
        """In order, or a problem that is explained."""
        return bool(self.remark) or self.standing == Standing.FINE


def field(item: str) -> str:
    """Return the name of an item as the fields of a form have it."""
    return item.replace(":", "_")


def checklist(
    session: Session,
    application: Application,
    form: Form,
    steps: Sequence[AnyRow] | None = None,
) -> list[Row]:
    """Return the checklist with the ticks that hold."""
    holding = checklists.standing(session, application, steps)
    given = {key for key, section in application.answers.items() if any(section.values())}
    asked, rows = checklists.items(application), []
    for item, label in form.items_for(application.applicant):
        if item not in asked:
            continue
        kind, _colon, key = item.partition(":")
        is_there = kind == "document" or (kind == "section" and key in given)
        rows.append(Row(item, label, field(item) if is_there else "", holding.get(item)))
    return rows


# The files


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the form and the files attached for it; or files that belong to none."""

    key: str
    label: Text
    files: list[Attachment]
    is_required: bool = False


def papers(session: Session, application: Application, form: Form) -> list[Paper]:
    """Return the documents that the form asks for, each with its files, and then other files."""
    files = questions.attachments(session, application.id)
    asked: Sequence[Document] = form.documents_for(application.applicant)
    known = {one.key for one in asked}
    needed = form_rules.needed(form, application.applicant, application.answers, application.before)
    found = [
        Paper(one.key, one.label, [f for f in files if f.document == one.key], one in needed)
        for one in asked
    ]
    for document in dict.fromkeys(f.document for f in files if f.document not in known):
        others = [f for f in files if f.document == document]
        found.append(Paper("", Text(document, document), others))
    return found


# What to look at twice


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that the examiner should know: a sentence, and the number it is about.

    Args:
        account, application: what to look at; one of them or none.
    """

    sentence: str
    account: str = ""
    application: str = ""


def warnings(session: Session, application: Application) -> list[Warned]:
    """Return what speaks for a closer look, as far as the registry can tell by itself."""
    found = []
    if application.form == rules.OPENING:
        found += _namesakes(session, application)
    if application.account_id is not None:
        others = questions.waiting_about(session, application.account_id)
        found += [
            Warned(
                _("Another application for this account waits:"),
                application=rules.number(other.id),
            )
            for other in others
            if other.id != application.id
        ]
    return found


def _namesakes(session: Session, application: Application) -> list[Warned]:
    holder = application.answers.get("holder", {})
    found = [
        Warned(
            _("A holder is recorded under the same number already: %(name)s", name=_name(row))
            if row.is_same
            else _("A holder of the same name is recorded already: %(name)s", name=_name(row)),
            account=row.account or "",
        )
        for row in questions.namesakes(session, holder)
        if application.account_id is None or row.account_id != application.account_id
    ]
    same = questions.same_number(session, holder, but=application.id)
    return found + [
        Warned(_("Another application with the same number waits:"), application=rules.number(one))
        for one in same
    ]


def _name(row: AnyRow) -> str:
    """Return a name as recorded; names are not translated."""
    return str((row.name_ja or row.name_en) if language() == "ja" else row.name_en)


# What happened


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the timeline."""

    at: datetime
    what: str
    who: str
    comment: str = ""
    reasons: Sequence[tuple[str, str]] = ()


def happened(
    steps: Sequence[AnyRow], claims: Sequence[AnyRow], labels: Mapping[str, Text]
) -> list[Entry]:
    """Return what happened to an application and whose task it was, the last first."""
    # What is handed on because of a step is not told apart from it.
    moments = {(row.at, row.user_id) for row in steps}
    entries = [_step(row, labels) for row in steps]
    entries += [_claim(row) for row in claims[::-1] if (row.made_at, row.made_by) not in moments]
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _step(row: AnyRow, labels: Mapping[str, Text]) -> Entry:
    reasons: list[tuple[str, str]] = []
    if row.event is Event.ASK_CORRECTION:
        reasons = [
            (text(labels[item]) if item in labels else item, str(reason))
            for item, reason in row.facts.items()
        ]
    who = _person(row.name_en, row.name_ja) or _("a visitor with the link")
    return Entry(row.at, text(EVENT_NAMES[row.event]), who, row.comment or "", reasons)


def _claim(row: AnyRow) -> Entry:
    maker = _person(row.maker_en, row.maker_ja)
    if not row.user_id:
        what = _("Given back")
    elif row.user_id == row.made_by:
        what = _("Claimed")
    else:
        what = _("Assigned to %(name)s", name=_person(row.name_en, row.name_ja))
    return Entry(row.made_at, what, maker, row.comment or "")


def _person(name_en: str | None, name_ja: str | None) -> str:
    return str((name_ja if language() == "ja" else name_en) or "")
