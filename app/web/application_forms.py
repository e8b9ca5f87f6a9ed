"""An application in the hands of its applicant: the task list, each section, and what follows."""

from typing import Any, Final

from flask import Blueprint, abort, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain.applications import EDITABLE, STEPS, Event, Status
from app.domain.errors import NotEntitled, NotFound, Refusal, Required
from app.domain.form_errors import ApplicationEnded, ChangedMeanwhile, NotTicked
from app.domain.forms import answers
from app.domain.forms.answers import Progress
from app.domain.forms.spec import Form, Section
from app.registry import applications as verbs
from app.registry import filling
from app.store import applications as questions
from app.store.tables import Application
from app.web import application_parts, fillers, form_fields, pages
from app.web.access import public
from app.web.application_parts import answers_of, corrections, document_labels, facts, timeline
from app.web.fillers import application as opened
from app.web.messages import sentence
from app.web.pages import page
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, renew

blueprint = Blueprint("application_forms", __name__, url_prefix="/applications/<number>")
fillers.tell_templates(blueprint)

_ON, _LATER = "on", "later"
#: The part of a section's page that saving by itself renews.
_SAVED: Final = "saved"
_CONFLICT, _UNPROCESSABLE = 409, 422
_MISSING: Final = (Required, NotTicked)


# The task list, and what follows


@blueprint.get("")
@public
def show(number: str) -> Any:
    found = opened(number)
    if found.status in EDITABLE and fillers.may_fill_in(found):
        return _task_page(found)
    return _timeline_page(found)


def _task_page(found: Application) -> Any:
    form = filling.form_of(found)
    parts = application_parts.parts(reading(), found, form)
    return page(
        "application_forms/tasks.html",
        **facts(found, form),
        parts=parts,
        done=sum(task.tone == "green" for task in parts.sections),
        is_new="begun" in request.args,
        is_saved="saved" in request.args,
        Status=Status,
    )


def _timeline_page(found: Application) -> Any:
    session, form = reading(), filling.form_of(found)
    return page(
        "application_forms/show.html",
        **facts(found, form),
        answered=answers_of(found, form),
        attachments=questions.attachments(session, found.id),
        labels=document_labels(form),
        happened=timeline(questions.steps(session, found.id), found, form),
        may_withdraw=Event.WITHDRAW in STEPS[found.status] and fillers.may_fill_in(found),
        was_withdrawn="withdrawn" in request.args,
        Status=Status,
    )


# One section


@blueprint.get("/sections/<key>")
@public
def section(number: str, key: str) -> Any:
    found, form, part = _part(number, key)
    if not fillers.may_fill_in(found):
        abort(403)
    if found.status not in EDITABLE:
        return redirect(url_for("application_forms.show", number=number), 303)
    given = found.answers.get(key, {})
    wrong = answers.read(part, found.applicant, given)[1]
    # What is missing is not held against somebody who has not come to it yet.
    errors = _sentences([one for one in wrong if not isinstance(one, _MISSING)])
    return _section_page(found, form, part, given, verbs.fingerprint(given), errors=errors)


@blueprint.post("/sections/<key>")
@resumable
@public
def save(number: str, key: str) -> Any:
    """Keep what was typed, wrong or not; say what is wrong unless the reader comes back later."""
    found, form, part = _part(number, key)
    typed = form_fields.typed(part, found.applicant)
    seen, by, at = request.form.get("seen", ""), fillers.filler(), now()
    if is_resumed():
        return _section_page(found, form, part, typed, seen)

    def keep(session: Session) -> list[Refusal]:
        return verbs.save(session, found.id, key, typed, seen=seen, by=by, now=at)

    try:
        wrong = database().write(keep)
    except (ChangedMeanwhile, NotEntitled, ApplicationEnded) as refusal:
        return _refused(number, key, typed, refusal)
    kept = answers.read(part, found.applicant, typed)[0]
    if _saves_itself():
        return _saved(found, form, part, kept, wrong)
    if wrong and request.form.get("action") != _LATER:
        renew()
        found, form, part = _part(number, key)
        seen = verbs.fingerprint(kept)
        return _section_page(found, form, part, typed, seen, _UNPROCESSABLE, _sentences(wrong))
    if request.form.get("action") == _LATER:
        return redirect(url_for("application_forms.show", number=number, saved="yes"), 303)
    return redirect(_next_address(found, form, part), 303)


def _part(number: str, key: str) -> tuple[Application, Form, Section]:
    """Return a section of an application.

    Raises:
        NotFound: there is none, or it is not for this reader.
    """
    found = opened(number)
    form = filling.form_of(found)
    part = form.section(key, found.applicant)
    if part is None:
        raise NotFound("section")
    return found, form, part


def _next_address(found: Application, form: Form, part: Section) -> str:
    """Return where somebody goes on: to the next section that is not done, or the task list."""
    number, keys = rules.number(found.id), [one.key for one in form.sections_for(found.applicant)]
    place = keys.index(part.key) + 1
    for following in form.sections_for(found.applicant)[place:]:
        progress = answers.progress(following, found.applicant, found.answers)
        if progress is not Progress.DONE and not following.is_optional:
            return url_for("application_forms.section", number=number, key=following.key)
    return url_for("application_forms.show", number=number, saved="yes")


def _section_page(
    found: Application,
    form: Form,
    part: Section,
    given: Any,
    seen: str,
    code: int = 200,
    errors: dict[str, str] | None = None,
    *,
    theirs: Any = None,
) -> Any:
    sections = form.sections_for(found.applicant)
    before = None
    if form.number == rules.CHANGE and part.key != "reason":
        before = found.before.get(part.key, {})
    remarks = corrections(questions.steps(reading(), found.id), found)
    return page(
        "application_forms/section.html",
        status=code,
        errors=errors or {},
        **facts(found, form),
        part=part,
        place=[one.key for one in sections].index(part.key) + 1,
        parts=len(sections),
        fields=form_fields.shown(part, found.applicant, given, before=before, theirs=theirs),
        seen=seen,
        marked=form_fields.marked,
        remark=remarks.get(f"section:{part.key}", ""),
        is_conflict=theirs is not None,
        saved_at="",
        left=0,
    )


def _refused(number: str, key: str, typed: dict[str, str], refusal: Refusal) -> Any:
    """Log the attempt, and answer it: with both versions where somebody else was quicker."""
    fillers.refused("save application", number, [refusal])
    if isinstance(refusal, NotEntitled):
        abort(403)
    renew()
    if isinstance(refusal, ApplicationEnded):
        raise refusal
    return _conflict_page(number, key, typed)


def _conflict_page(number: str, key: str, typed: dict[str, str]) -> Any:
    """Show both versions: what is typed here, and what somebody else has saved meanwhile.

    Saving once more keeps what is typed here.
    """
    found, form, part = _part(number, key)
    theirs = found.answers.get(key, {})
    errors = {"": sentence(ChangedMeanwhile())}
    seen = verbs.fingerprint(theirs)
    return _section_page(found, form, part, typed, seen, _CONFLICT, errors, theirs=theirs)


def _saves_itself() -> bool:
    """Tell whether the page saves what is being typed, without anybody having pressed a button."""
    is_part = request.headers.get("HX-Request") == "true"
    return is_part and request.headers.get("HX-Target") == _SAVED


def _saved(
    found: Application, form: Form, part: Section, kept: dict[str, str], wrong: list[Refusal]
) -> Any:
    """Say that it is saved and when, and renew what tells the next saving from another's."""
    at = pages.local_time(now())
    return page(
        "application_forms/section.html",
        **facts(found, form),
        part=part,
        seen=verbs.fingerprint(kept),
        saved_at=f"{at:%H:%M}",
        left=len(wrong),
        is_conflict=False,
    )


def _sentences(wrong: list[Refusal]) -> dict[str, str]:
    return {one.field: sentence(one) for one in wrong}
