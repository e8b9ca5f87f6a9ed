"""Documents that an operator asks for: asked, listed, reminded of, ended."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain.applications import identifier, request_identifier, request_number
from app.domain.errors import NotFound, Refusal, Required
from app.domain.roles import DUTIES, Duty
from app.registry import document_requests as verbs
from app.registry.document_requests import DOCUMENTS_MAX, LIFE_MAX, PAUSE, Wanted
from app.registry.filling import COMMENT_MAX
from app.store import accounts
from app.store import document_requests as questions
from app.store.document_requests import Filter
from app.store.tables import DocumentRequest
from app.web import dates, examinations, fillers, lists
from app.web.access import person, public, requires
from app.web.accounts import seen as seen_account
from app.web.accounts import sees_everything
from app.web.attachments import ACCEPTED
from app.web.messages import sentence, status
from app.web.pages import local_time, page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, renew

blueprint = Blueprint("document_requests", __name__, url_prefix="/portal/document-requests")
fillers.tell_templates(blueprint)

_DAYS: Final = timedelta(days=14)
_STATES: Final = ("open", "ended")


@blueprint.record
def _tell_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(document_request_number=request_number)


# The list


@blueprint.get("")
@requires()
def search() -> Any:
    asked = request.args.get("state", "")
    asked = asked if asked in _STATES else ""
    wanted = _wanted(asked)
    find = partial(questions.find, reading(), wanted)
    given: dict[str, Any] = {"state": asked} if asked else {}
    address = partial(url_for, "document_requests.search", **given)
    count = questions.count(reading(), wanted, cap=1_000)
    shown = lists.turned(find, count, address)
    return page(
        "document_requests/search.html",
        rows=shown.rows,
        count=count,
        state=asked,
        states={"open": _("Waiting for documents"), "ended": _("Handed in or ended")},
        previous=shown.previous,
        next=shown.next,
        may_ask=reader().role in DUTIES[Duty.EXAMINE_APPLICATIONS],
        now=now(),
    )


def _wanted(state: str) -> Filter:
    is_open = {"open": True, "ended": False}.get(state)
    if sees_everything(reader()):
        return Filter(is_open=is_open)
    mine = [account.id for account, _right in accounts.seen_by(reading(), reader().id)]
    return Filter(concerning=reader().id, accounts=mine, is_open=is_open)


# Asking


@dataclass(frozen=True, slots=True)
class About:
    """What documents are asked for: an application, or an account."""

    application: str = ""
    account: str = ""

    @property
    def address(self) -> str:
        """Return the page to go back to."""
        if self.application:
            return url_for("examinations.show", number=self.application)
        return url_for("accounts.show", number=self.account)


def _about(typed: Any) -> About:
    """Return what the address or the form names, if the reader may know of it."""
    application = typed.get("application", "").replace("\0", "")
    if application:
        return About(application=examinations.seen(application).number)
    number = typed.get("account", "").replace("\0", "")
    if not number:
        raise NotFound("application")
    account, _right = seen_account(reading(), number)
    return About(account=account.number)


@blueprint.get("/new")
@requires(Duty.EXAMINE_APPLICATIONS)
def new() -> Any:
    due = local_time(now() + _DAYS).date().isoformat()
    return _form(_about(request.args), {"documents": "", "comment": "", "due": due})


@blueprint.post("")
@resumable
@requires(Duty.EXAMINE_APPLICATIONS)
def create() -> Any:
    about = _about(request.form)
    typed = {
        name: request.form.get(name, "").replace("\0", "")
        for name in ("documents", "comment", "due", "key")
    }
    if is_resumed():
        return _form(about, typed)
    try:
        made = database().write(lambda session: _asked(session, about, typed))
    except Refusal as refusal:
        fillers.refused("ask for documents", about.application or about.account, [refusal])
        renew()
        field = refusal.field if refusal.field in {"documents", "due", "comment"} else ""
        return _form(about, typed, status(refusal), {field: sentence(refusal)})
    return redirect(url_for("document_requests.show", number=made, was="asked"), 303)


def _asked(session: Session, about: About, typed: dict[str, str]) -> str:
    due = dates.parse(typed["due"], "due")
    if due is None:
        raise Required(field="due")
    wanted = Wanted(
        documents=typed["documents"].splitlines(),
        due_at=dates.last_moment(due),
        application=identifier(about.application) if about.application else None,
        account=about.account,
        comment=typed["comment"],
    )
    made = verbs.ask(
        session,
        wanted,
        key=typed["key"],
        actor=reader().id,
        setting=fillers.setting(),
        now=now(),
    )
    return request_number(made.id)


def _form(
    about: About, typed: dict[str, str], code: int = 200, errors: dict[str, str] | None = None
) -> Any:
    return page(
        "document_requests/new.html",
        status=code,
        errors=errors or {},
        about=about,
        typed=typed,
        key=typed.get("key") or uuid4().hex,
        documents_max=DOCUMENTS_MAX,
        comment_max=COMMENT_MAX,
        latest=local_time(now() + LIFE_MAX).date().isoformat(),
    )


# One of them


def seen(number: str) -> DocumentRequest:
    """Return a request for documents that the reader may know of.

    Raises:
        NotFound: there is none, or it is nothing to this reader.
    """
    by = fillers.known()
    request_id = request_identifier(number)
    found = questions.by_id(reading(), request_id) if request_id else None
    if found is None or not verbs.may_see(reading(), found, by, now=now()):
        raise NotFound("document request")
    return found


@blueprint.get("/<number>")
@public
def show(number: str) -> Any:
    return shown(seen(number))


@blueprint.get("/<number>/<any(reminder,end):noun>")
@public
def start(number: str, noun: str) -> Any:  # noqa: ARG001  each noun is shown on the one page
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("document_requests.show", number=number), 303)


@blueprint.post("/<number>/reminder")
@requires(Duty.SEE_EVERYTHING)
def remind(number: str) -> Any:
    found, at, setting = seen(number), now(), fillers.setting()
    try:
        database().write(
            lambda session: verbs.remind(
                session, found.id, actor=reader().id, setting=setting, now=at
            )
        )
    except Refusal as refusal:
        return refused(number, "remind of documents", refusal)
    return redirect(url_for("document_requests.show", number=number, was="reminded"), 303)


@blueprint.post("/<number>/end")
@resumable
@requires(Duty.SEE_EVERYTHING)
def end(number: str) -> Any:
    found, at = seen(number), now()
    reason = request.form.get("reason", "").replace("\0", "")
    if is_resumed():
        return shown(found, reason=reason)
    try:
        database().write(
            lambda session: verbs.end(session, found.id, reason=reason, actor=reader().id, now=at)
        )
    except Refusal as refusal:
        return refused(number, "end request for documents", refusal, reason)
    return redirect(url_for("document_requests.show", number=number, was="ended"), 303)


def refused(number: str, operation: str, refusal: Refusal, reason: str = "") -> Any:
    """Log the attempt in a transaction of its own and say what was wrong with it."""
    fillers.refused(operation, number, [refusal])
    renew()
    field = refusal.field if refusal.field == "reason" else ""
    return shown(seen(number), status(refusal), {field: sentence(refusal)}, reason=reason)


def shown(
    found: DocumentRequest,
    code: int = 200,
    errors: dict[str, str] | None = None,
    *,
    reason: str = "",
) -> Any:
    """Show a request: what is asked for, the files for each, and what may be done."""
    session, at = reading(), now()
    row = questions.one(session, found.id)
    assert row is not None, "it was found"
    files = questions.attachments(session, found.id)
    asks = person() is not None and reader().role in DUTIES[Duty.EXAMINE_APPLICATIONS]
    last = found.reminded_at
    return page(
        "document_requests/show.html",
        status=code,
        errors=errors or {},
        frame=fillers.frame(),
        number=request_number(found.id),
        row=row,
        documents=[
            (place, name, [file for file in files if file.document == name])
            for place, name in enumerate(found.documents)
        ],
        may_answer=row.is_open and verbs.may_answer(session, found, fillers.filler()),
        may_end=asks and row.is_open,
        may_remind=asks and row.is_open and (last is None or at - last >= PAUSE),
        is_office=person() is not None and sees_everything(reader()),
        is_late=row.is_open and found.due_at <= at,
        age=max(0, (at - found.asked_at).days),
        reason=reason,
        accepted=ACCEPTED,
        was=request.args.get("was", ""),
    )
