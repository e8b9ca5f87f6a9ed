"""Examining an application: all of it on one page, its checklist, and asking for a correction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.applications import Event, Status, identifier
from app.domain.applications import number as printed
from app.domain.errors import NotFound, Refusal, Required
from app.domain.forms.spec import Form
from app.domain.roles import Duty
from app.domain.text import normalise
from app.registry import checklists, examinations, filling
from app.registry.applications import LIFE
from app.registry.filling import COMMENT_MAX, Filler
from app.store import applications as questions
from app.store import document_requests, tasks
from app.store.databases import AnyRow
from app.store.tables import Account, Application, User
from app.store.tables.applications import Standing
from app.web import examined, fillers
from app.web.access import requires
from app.web.answered import answered
from app.web.examined import Row
from app.web.fillers import refused, setting
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, renew

blueprint = Blueprint(
    "examinations", __name__, url_prefix="/portal/applications/<number>/examination"
)

fillers.tell_templates(blueprint)


#: What each event's page is called in addresses; a correction's is of this module.
NOUNS: Final = {
    "recommendation": Event.RECOMMEND,
    "return": Event.SEND_BACK,
    "approval": Event.APPROVE,
    "rejection": Event.REJECT,
}


@dataclass(frozen=True)
class Examined:
    """An application as an administrator has it before them."""

    application: Application
    form: Form
    claims: list[AnyRow]
    #: What the reader may do to it as it stands, were it theirs.
    possible: frozenset[Event]

    @property
    def number(self) -> str:
        return printed(self.application.id)

    @property
    def claimant(self) -> int | None:
        return self.claims[0].user_id if self.claims else None

    @property
    def open_to_reader(self) -> frozenset[Event]:
        """What the reader may do now: an examiner claims first, nobody acts for another."""
        if self.claimant == reader().id:
            return self.possible
        is_decided_on = self.application.status is Status.EXAMINED
        return self.possible if self.claimant is None and is_decided_on else frozenset()

    @property
    def may_claim(self) -> bool:
        return bool(self.possible) and self.claimant != reader().id

    @property
    def may_tick(self) -> bool:
        return Event.RECOMMEND in self.open_to_reader

    def nouns(self) -> list[str]:
        """Return the pages that the reader may go on to."""
        return [noun for noun, event in NOUNS.items() if event in self.open_to_reader]


@dataclass
class Typed:
    """What was typed in the checklist or in a correction: by the name of its field."""

    standings: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    comment: str = ""


def seen(number: str) -> Examined:
    """Return an application, for an administrator who may know of it.

    Raises:
        NotFound: there is none, or it is still the draft of its writer.
    """
    session = reading()
    application_id = identifier(number) if reader().role is not None else None
    found = questions.by_id(session, application_id) if application_id else None
    if found is None or not filling.may_see(session, found, Filler(reader().id), now=now()):
        raise NotFound("application")
    return Examined(
        found,
        filling.form_of(found),
        list(tasks.claims(session, application=found.id)),
        examinations.possible(session, found, reader().id),
    )


@blueprint.get("")
@requires(Duty.SEE_EVERYTHING)
def show(number: str) -> Any:
    return shown(seen(number))


def shown(
    found: Examined,
    code: int = 200,
    errors: dict[str, str] | None = None,
    typed: Typed | None = None,
) -> Any:
    """Show everything of an application on one page."""
    session, application = reading(), found.application
    steps = questions.steps(session, application.id)
    rows = examined.checklist(session, application, found.form, steps)
    account = session.get(Account, application.account_id) if application.account_id else None
    return page(
        "examinations/show.html",
        status=code,
        errors=errors or {},
        found=found,
        application=application,
        form=found.form,
        applicant_name=found.form.applicant_names[application.applicant],
        account=account,
        asker=session.get(User, application.started_by) if application.started_by else None,
        parts=answered(found.form, application.applicant, application.answers, application.before),
        papers=examined.papers(session, application, found.form),
        warnings=examined.warnings(session, application) if application.submitted_at else [],
        rows=rows,
        left=sum(not row.is_settled for row in rows),
        problems=sum(row.standing == Standing.PROBLEM for row in rows),
        standings=_standings(rows, typed),
        entries=examined.happened(
            steps,
            found.claims,
            dict(found.form.items_for(application.applicant)),
        ),
        asked=document_requests.find(
            session, document_requests.Filter(application_id=application.id)
        ),
        age=max(0, (now() - (application.submitted_at or application.started_at)).days),
        is_late=filling.is_overdue(application, now=now()),
        was=request.args.get("was", ""),
        me=reader().id,
        Event=Event,
        remark_max=COMMENT_MAX,
    )


def _standings(rows: list[Row], typed: Typed | None) -> dict[str, tuple[str, str]]:
    """Return what each item's fields show: as typed, or as it stands."""
    if typed is None:
        return {row.name: (row.standing, row.remark) for row in rows}
    return {
        row.name: (typed.standings.get(row.name, ""), typed.remarks.get(row.name, ""))
        for row in rows
    }


# The checklist


@blueprint.post("/marks")
@resumable
@requires(Duty.SEE_EVERYTHING)
def mark(number: str) -> Any:
    found = seen(number)
    typed = _ticked(found)
    if is_resumed():
        return shown(found, typed=typed)
    try:
        database().write(lambda session: _mark(session, found, typed))
        _check_remarks(found, typed)
    except Refusal as refusal:
        refused("mark application", number, [refusal])
        renew()
        # A part of a page is replaced by an answer of 422 only.
        code = 422 if request.headers.get("HX-Request") == "true" else status(refusal)
        return shown(seen(number), code, {_known(refusal): sentence(refusal)}, typed)
    if request.headers.get("HX-Request") == "true":
        renew()
        return shown(seen(number), typed=typed)
    return redirect(url_for("examinations.show", number=number, was="saved"), 303)


@blueprint.get("/marks")
@requires(Duty.SEE_EVERYTHING)
def start(number: str) -> Any:
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("examinations.show", number=number), 303)


def _ticked(found: Examined) -> Typed:
    names = [examined.field(item) for item in checklists.items(found.application)]
    return Typed(
        {name: request.form.get(f"standing_{name}", "") for name in names},
        {name: _text(f"remark_{name}") for name in names},
    )


def _mark(session: Session, found: Examined, typed: Typed) -> None:
    """Tick off what is ticked otherwise than it was."""
    application = found.application
    holding = checklists.standing(session, session.get_one(Application, application.id))
    changes: list[tuple[str, Standing | None, str]] = []
    for item in checklists.items(application):
        name = examined.field(item)
        given = typed.standings[name]
        standing = Standing(given) if given in set(Standing) else None
        remark = normalise(typed.remarks[name]) if standing else ""
        former = holding.get(item)
        before = (former.standing, former.remark or "") if former else (None, "")
        # A tick taken back stays as a problem that nobody has explained.
        after = (standing or (Standing.PROBLEM if former else None), remark)
        if before != after or not found.may_tick:
            changes.append((item, standing, remark))
    for item, standing, remark in changes:
        examinations.mark(
            session, application.id, item, standing, remark, actor=reader().id, now=now()
        )


def _check_remarks(found: Examined, typed: Typed) -> None:
    """Refuse a remark without a tick: it would be lost."""
    for item in checklists.items(found.application):
        name = examined.field(item)
        if normalise(typed.remarks[name]) and not typed.standings[name]:
            raise Required(field=f"standing_{name}")


# A correction


@blueprint.get("/correction")
@requires(Duty.SEE_EVERYTHING)
def correction(number: str) -> Any:
    found = seen(number)
    if Event.ASK_CORRECTION not in found.open_to_reader:
        return redirect(url_for("examinations.show", number=number), 303)
    return _correction_page(found)


@blueprint.post("/correction")
@resumable
@requires(Duty.SEE_EVERYTHING)
def ask_correction(number: str) -> Any:
    found = seen(number)
    names = [examined.field(item) for item in checklists.items(found.application)]
    typed = Typed(
        {name: request.form.get(f"correct_{name}", "") for name in names},
        {name: _text(f"why_{name}") for name in names},
        _text("comment"),
    )
    if is_resumed():
        return _correction_page(found, typed=typed)
    try:
        database().write(lambda session: _asked(session, found, typed))
    except Refusal as refusal:
        refused("ask_correction application", number, [refusal])
        renew()
        now_seen, error = seen(number), {_known(refusal, "why"): sentence(refusal)}
        if Event.ASK_CORRECTION in now_seen.open_to_reader:
            return _correction_page(now_seen, status(refusal), error, typed)
        return shown(now_seen, status(refusal), {"": sentence(refusal)})
    return redirect(url_for("examinations.show", number=number, was="returned"), 303)


def _asked(session: Session, found: Examined, typed: Typed) -> None:
    items: Mapping[str, str] = {
        item: typed.remarks[name]
        for item in checklists.items(found.application)
        if typed.standings[name := examined.field(item)] or normalise(typed.remarks[name])
    }
    examinations.ask_correction(
        session,
        found.application.id,
        items,
        typed.comment,
        actor=reader().id,
        setting=setting(),
        now=now(),
    )


def _correction_page(
    found: Examined,
    code: int = 200,
    errors: dict[str, str] | None = None,
    typed: Typed | None = None,
) -> Any:
    rows = examined.checklist(reading(), found.application, found.form)
    if typed is None:
        problems = [row for row in rows if row.standing == Standing.PROBLEM]
        typed = Typed(
            {row.name: "yes" for row in problems}, {row.name: row.remark for row in problems}
        )
    return page(
        "examinations/correction.html",
        status=code,
        errors=errors or {},
        found=found,
        rows=rows,
        typed=typed,
        due_at=now() + LIFE,
        why_max=COMMENT_MAX,
    )


def _known(refusal: Refusal, prefix: str = "remark") -> str:
    """Return the name of the field that a refusal is shown at."""
    if ":" in refusal.field:
        return f"{prefix}_{examined.field(refusal.field)}"
    return refusal.field if refusal.field.startswith(("standing_", "items", "comment")) else ""


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\0", "")
