"""Visitors without a login: beginning Form 1, and the links with which they come back to it.

Opening a link does nothing, as scanners of mail open every one; its button does. Whoever asks for
links learns nothing of whether there is such an application, neither from the answer nor from its
time.
"""

from time import monotonic, sleep
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, redirect, request, url_for

from app.domain import applications as rules
from app.domain import forms
from app.domain.applications import number
from app.domain.errors import KeyUsedOtherwise, Refusal, UnknownChoice
from app.domain.forms.spec import Applicant
from app.domain.people_errors import TooManyAttempts
from app.domain.text import normalise
from app.registry import applications as verbs
from app.registry import resumptions
from app.web import fillers, words
from app.web.access import person, public
from app.web.applications import needs
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

blueprint = Blueprint("visitors", __name__, url_prefix="/applications")

_GONE, _TOO_MANY = 410, 429
_TYPED_MAX: Final = 1_000
_SECRET_MAX: Final = 100
#: Every answer to somebody who asks for links takes at least as long as mailing some.
_ANSWER_SECONDS: Final = 0.25


# Beginning


@blueprint.get("/new")
@public
def new() -> Any:
    if person() is not None:
        return redirect(url_for("applications.new", form=rules.OPENING), 303)
    return _form_page(200, {})


@blueprint.post("")
@resumable
@public
def create() -> Any:
    if is_resumed():
        return _form_page(200, {})
    at, email, applicant = now(), _typed("email"), _typed("applicant")
    try:
        if applicant and applicant not in set(Applicant):
            raise UnknownChoice(applicant[:40], field="applicant")
        application_id, secret = database().write(
            lambda session: _begin(session, Applicant(applicant) if applicant else None, email, at)
        )
    except Refusal as refusal:
        return _refused(refusal)
    answer = redirect(
        url_for("application_forms.show", number=number(application_id), begun="yes"), 303
    )
    fillers.remember(answer, secret)
    return answer


def _begin(session: Any, applicant: Applicant | None, email: str, at: Any) -> tuple[int, str]:
    made, secret = verbs.start_as_visitor(
        session,
        applicant,
        email=email,
        language=words.language(),
        key=_typed("key"),
        setting=fillers.setting(),
        now=at,
    )
    return made.id, secret


def _refused(refusal: Refusal) -> Any:
    fillers.refused("start application", "", [refusal])
    is_late = isinstance(refusal, TooManyAttempts)
    known = refusal.field if refusal.field in {"email", "applicant"} else ""
    answer = _form_page(
        _TOO_MANY if is_late else status(refusal),
        {known: sentence(refusal)},
        key=uuid4().hex if isinstance(refusal, KeyUsedOtherwise) else "",
    )
    return _later(answer, refusal) if isinstance(refusal, TooManyAttempts) else answer


def _form_page(code: int, errors: dict[str, str], key: str = "") -> Any:
    form = forms.latest(rules.OPENING, registry().code)
    return page(
        "visitors/new.html",
        status=code,
        errors=errors,
        form=form,
        applicants={one.value: words.text(name) for one, name in form.applicant_names.items()},
        applicant=_typed("applicant") or request.args.get("applicant", "")[:20],
        email=_typed("email"),
        key=key or _typed("key") or uuid4().hex,
        needed=needs(form),
        was_discarded="discarded" in request.args,
        has_left="left" in request.args,
    )


# Coming back


@blueprint.get("/resume/<secret>")
@public
def resume(secret: str) -> Any:
    """Show where a link leads; only the button lets this browser in."""
    found = _leads_to(secret)
    if not isinstance(found, int):
        return found
    return page("visitors/resume.html", secret=secret, is_signed_in=person() is not None)


@blueprint.post("/resume/<secret>")
@public
def enter(secret: str) -> Any:
    found = _leads_to(secret)
    if not isinstance(found, int):
        return found
    answer = redirect(url_for("application_forms.show", number=number(found)), 303)
    fillers.remember(answer, _cut(secret))
    return answer


def _leads_to(secret: str) -> Any:
    """Return the id of the application that a link opens, or the answer that it opens none."""
    found = resumptions.leads_to(reading(), _cut(secret), now=now())
    if found is not None:
        return found
    return page("visitors/dead.html", status=_GONE)


@blueprint.get("/link")
@public
def link() -> Any:
    return page("visitors/link.html", email="", is_sent=request.args.get("sent") == "yes")


@blueprint.post("/link")
@public
def send_link() -> Any:
    begun, at, email = monotonic(), now(), _typed("email")
    setting = fillers.setting()
    try:
        database().write(
            lambda session: resumptions.send_again(session, email, setting=setting, now=at)
        )
    except Refusal as refusal:
        is_late = isinstance(refusal, TooManyAttempts)
        answer = page(
            "visitors/link.html",
            status=_TOO_MANY if is_late else status(refusal),
            errors={refusal.field: sentence(refusal)},
            email=email,
            is_sent=False,
        )
        return _later(answer, refusal) if isinstance(refusal, TooManyAttempts) else answer
    sleep(max(0.0, begun + _ANSWER_SECONDS - monotonic()))
    return redirect(url_for("visitors.link", sent="yes"), 303)


@blueprint.post("/leaving")
@public
def leave() -> Any:
    """Let this browser forget the application; the mailed link leads back to it."""
    answer = redirect(url_for("visitors.new", left="yes"), 303)
    fillers.forget(answer)
    return answer


def _later(answer: Any, refusal: TooManyAttempts) -> Any:
    answer.headers["Retry-After"] = str(refusal.minutes * 60)
    return answer


def _typed(name: str) -> str:
    return normalise(request.form.get(name, "").replace("\0", "")[:_TYPED_MAX])


def _cut(secret: str) -> str:
    return secret.replace("\0", "")[:_SECRET_MAX]
