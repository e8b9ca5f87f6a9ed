"""Checking an application, handing it in, and taking it back.

A person signed in signs with a second factor, in the transaction that hands the application in; a
visitor ticks the declaration and types a name.
"""

import logging
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.documents import moments
from app.domain.applications import EDITABLE, STEPS, Event, Status
from app.domain.errors import NotEntitled, Refusal, Required, TooLong
from app.domain.form_errors import NotTicked
from app.domain.people_errors import CodeUsed
from app.domain.text import normalise
from app.registry import applications as verbs
from app.registry import filling
from app.store import applications as questions
from app.store.tables import Application
from app.web import application_parts, fillers, signing
from app.web.access import person, public
from app.web.application_parts import answers_of, document_labels, facts
from app.web.fillers import application as opened
from app.web.messages import sentence, status
from app.web.pages import local_time, page
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, renew

blueprint = Blueprint("submissions", __name__, url_prefix="/applications/<number>")

_ACTION: Final = "submit application"
_NAME_MAX: Final = 100
_REASON_MAX: Final = 20_000
_UNPROCESSABLE, _UNAVAILABLE = 422, 503
#: Where a refusal has a place of its own on the page: the signature's, and the items'.
_FIELDS: Final = frozenset({"code", "declared", "name", "reason"})

_log = logging.getLogger(__name__)


# Before


@blueprint.get("/check")
@public
def check(number: str) -> Any:
    found = opened(number)
    if not fillers.may_fill_in(found):
        abort(403)
    if found.status not in EDITABLE:
        return redirect(url_for("application_forms.show", number=number), 303)
    return _check_page(found)


def _check_page(found: Application, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    session, form = reading(), filling.form_of(found)
    return page(
        "submissions/check.html",
        status=code,
        errors=errors or {},
        **facts(found, form),
        parts=application_parts.parts(session, found, form),
        answered={f"section:{part.key}": part for part in answers_of(found, form)},
        labels=document_labels(form),
        ways=signing.asked(_ACTION, filling.signed(session, found)) if person() else None,
        name=_typed_name(),
        declared=request.form.get("declared") == "yes",
        Status=Status,
    )


# Handing in


@blueprint.post("/submission")
@resumable
@public
def create(number: str) -> Any:
    """Hand an application in, once however often it is sent; a fault loses nothing."""
    found = opened(number)
    if is_resumed() and found.status in EDITABLE:
        return _check_page(found)
    try:
        errors = {} if person() or found.status not in EDITABLE else _unsigned()
        if errors:
            fillers.refused(_ACTION, number, list(errors.values()))
            missing = {one.field: one for one in verbs.unready(reading(), found)}
            wrong = {name: sentence(one) for name, one in (missing | errors).items()}
            return _check_page(found, _UNPROCESSABLE, wrong)
        _written(found.id)
    except Refusal as refusal:
        signing.refused(refusal)
        return _refused(number, refusal)
    except (SQLAlchemyError, OSError):
        _log.exception("an application could not be handed in")
        return _failed(number)
    return redirect(url_for("submissions.show", number=number), 303)


def _unsigned() -> dict[str, Refusal]:
    """Return what is missing of a visitor's signature."""
    wrong: dict[str, Refusal] = {}
    name = _typed_name()
    if request.form.get("declared") != "yes":
        wrong["declared"] = NotTicked(field="declared")
    if not name:
        wrong["name"] = Required(field="name")
    elif len(name) > _NAME_MAX:
        wrong["name"] = TooLong(_NAME_MAX, field="name")
    return wrong


def _typed_name() -> str:
    return normalise(request.form.get("name", "")[: 2 * _NAME_MAX])


def _written(application_id: int) -> None:
    try:
        database().write(lambda session: _submit(session, application_id))
    except CodeUsed:
        # Perhaps by this very submission, sent twice: then it is done by now.
        database().write(lambda session: _submit(session, application_id))


def _submit(session: Session, application_id: int) -> None:
    by, at, name = fillers.filler(), now(), "" if person() else _typed_name()
    found = questions.by_id(session, application_id)
    is_new = found is not None and found.status in EDITABLE
    made = verbs.submit(
        session, application_id, by=by, setting=fillers.setting(), now=at, name=name
    )
    # After the rules had their say, and in the same transaction: unsigned, nothing is handed in.
    if is_new and person() is not None:
        signing.check(session, _ACTION, filling.signed(session, made))


def _refused(number: str, refusal: Refusal) -> Any:
    """Log the attempt in a transaction of its own and say what was wrong with it."""
    fillers.refused(_ACTION, number, [refusal])
    if isinstance(refusal, NotEntitled):
        abort(403)
    renew()
    found = opened(number)
    if found.status not in EDITABLE:
        raise refusal
    # Of what is missing all is said, not only the first.
    wrong = {one.field: sentence(one) for one in verbs.unready(reading(), found)}
    if refusal.field not in wrong:
        known = refusal.field in _FIELDS or refusal.field in _items(found)
        wrong = {refusal.field if known else "": sentence(refusal)}
    return _check_page(found, status(refusal), wrong)


def _items(found: Application) -> set[str]:
    """Return the items that have a place on the page."""
    form = filling.form_of(found)
    shown = ("section:", "document:")
    return {key for key, _label in form.items_for(found.applicant) if key.startswith(shown)}


def _failed(number: str) -> Any:
    """Say that a fault stood in the way, and show everything as it was, to be sent once more."""
    renew()
    message = _(
        "The application was not received, because of a fault on our side. Nothing you wrote is "
        "lost. Press the button again before you leave this page; pressed twice it counts once."
    )
    return _check_page(opened(number), _UNAVAILABLE, {"": message})


# Afterwards


@blueprint.get("/submission")
@public
def show(number: str) -> Any:
    """Confirm that an application was received: its number, when, and with which files."""
    found = opened(number)
    if found.status is not Status.SUBMITTED or found.submitted_at is None:
        return redirect(url_for("application_forms.show", number=number), 303)
    form = filling.form_of(found)
    return page(
        "submissions/show.html",
        **facts(found, form),
        attachments=questions.attachments(reading(), found.id),
        labels=document_labels(form),
        zone=_zone(found.submitted_at),
    )


def _zone(at: datetime) -> str:
    """Return the zone of the registry's clocks: JST (UTC+09:00)."""
    local = local_time(at)
    name, offset = moments.zone_name(local), f"UTC{local.isoformat()[-6:]}"
    return name if name == offset else f"{name} ({offset})"


# Taking back


@blueprint.get("/withdrawal")
@public
def before_withdrawal(number: str) -> Any:
    return _end_page(number, Event.WITHDRAW)


@blueprint.post("/withdrawal")
@resumable
@public
def withdraw(number: str) -> Any:
    found, reason = opened(number), _reason()
    if is_resumed():
        return _end_page(number, Event.WITHDRAW)
    by, at = fillers.filler(), now()
    try:
        database().write(
            lambda session: verbs.withdraw(
                session, found.id, reason=reason, by=by, setting=fillers.setting(), now=at
            )
        )
    except Refusal as refusal:
        return _not_ended(number, Event.WITHDRAW, refusal)
    return redirect(url_for("application_forms.show", number=number, withdrawn="yes"), 303)


@blueprint.get("/discard")
@public
def before_discard(number: str) -> Any:
    return _end_page(number, Event.DISCARD)


@blueprint.post("/discard")
@public
def discard(number: str) -> Any:
    found, by, at = opened(number), fillers.filler(), now()
    try:
        database().write(lambda session: verbs.discard(session, found.id, by=by, now=at))
    except Refusal as refusal:
        return _not_ended(number, Event.DISCARD, refusal)
    if person() is not None:
        return redirect(url_for("applications.search", discarded=number), 303)
    answer = redirect(url_for("visitors.new", discarded="yes"), 303)
    fillers.forget(answer)
    return answer


def _reason() -> str:
    return request.form.get("reason", "").replace("\0", "")[:_REASON_MAX]


def _end_page(
    number: str, event: Event, code: int = 200, errors: dict[str, str] | None = None
) -> Any:
    """Ask once more before an application is withdrawn or a draft discarded."""
    found = opened(number)
    if not fillers.may_fill_in(found):
        abort(403)
    if event not in STEPS[found.status]:
        return redirect(url_for("application_forms.show", number=number), 303)
    return page(
        "submissions/end.html",
        status=code,
        errors=errors or {},
        **facts(found, filling.form_of(found)),
        withdraws=event is Event.WITHDRAW,
        reason=_reason(),
    )


def _not_ended(number: str, event: Event, refusal: Refusal) -> Any:
    fillers.refused(f"{event} application", number, [refusal])
    if isinstance(refusal, NotEntitled):
        abort(403)
    renew()
    if event not in STEPS[opened(number).status]:
        raise refusal
    known = refusal.field if refusal.field in _FIELDS else ""
    return _end_page(number, event, status(refusal), {known: sentence(refusal)})
