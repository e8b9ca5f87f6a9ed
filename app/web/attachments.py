"""The files of an application: listed by document, attached several at once, taken away, removed.

Files are looked at before the transaction in which they are kept. What is refused of several files
is told by name; the others are kept.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from flask import Blueprint, Response, current_app, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.applications import EDITABLE, Event
from app.domain.attachments import (
    APPLICANT_MEGABYTES_MAX,
    BODY_MEGABYTES_MAX,
    ENDINGS,
    FILE_MEGABYTES_MAX,
    FILES_MAX,
    MEGABYTE,
    disposition,
)
from app.domain.errors import NotFound, Refusal, Required
from app.domain.form_errors import ApplicationEnded, ScanUnavailable, TooManyFiles
from app.domain.forms import rules
from app.domain.forms.spec import Document
from app.registry import attachments as verbs
from app.registry import filling
from app.registry.attachments import Received
from app.registry.filling import Filler
from app.registry.scanners import Scanner
from app.store import applications
from app.store import attachments as questions
from app.store.tables import Application, Attachment
from app.web import fillers
from app.web.access import person, public
from app.web.application_parts import corrections
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.sessions import database, now, reading, renew

blueprint = Blueprint("attachments", __name__, url_prefix="/applications")
fillers.tell_templates(blueprint)

#: For the dialog in which a browser offers files; what counts is looked at afterwards.
ACCEPTED: Final = ",".join((*ENDINGS, *(one for some in ENDINGS.values() for one in some)))
_LIST: Final = "/<number>/attachments"
_TOO_LARGE: Final = 413
_BAD_REQUEST: Final = 400
_UNAUTHORISED: Final = 401
_BYTE_PIECE: Final = 64 * 1024
_SANDBOX: Final = "sandbox; default-src 'none'"
#: What an address says after something was done.
_DONE: Final = frozenset({"kept", "again", "both", "removed"})


@dataclass
class _Outcome:
    """What became of the files that came together."""

    kept: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


@blueprint.url_value_preprocessor
def take_files(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let files come in here; everywhere else what is sent is small."""
    if request.endpoint == "attachments.create":
        request.max_content_length = BODY_MEGABYTES_MAX * MEGABYTE


@blueprint.get(_LIST)
@public
def search(number: str) -> Any:
    done = request.args.get("done", "")
    return _page(fillers.application(number), number, done=done if done in _DONE else "")


@blueprint.post(_LIST)
@public
def create(number: str) -> Any:
    if fillers.filler() == Filler():
        return _late(number, _UNAUTHORISED)
    application = fillers.application(number)
    document = _document(application)
    at = anchor(document)
    try:
        outcome = _attached(application, document.key, at)
    except Refusal as refusal:
        return _refused(number, "attach file", [refusal])
    if outcome.refusals:
        return _refused(number, "attach file", outcome.refusals, outcome.kept)
    done = "both" if outcome.kept and outcome.again else "again" if outcome.again else "kept"
    return redirect(url_for("attachments.search", number=number, done=done, _anchor=at), 303)


@blueprint.get(f"{_LIST}/<int:attachment>")
@public
def show(number: str, attachment: int) -> Any:
    found = _found(fillers.application(number), attachment)
    return downloaded(found)


@blueprint.post(f"{_LIST}/<int:attachment>/removal")
@public
def remove(number: str, attachment: int) -> Any:
    _found(fillers.application(number), attachment)
    by, at = fillers.filler(), now()
    try:
        database().write(lambda session: verbs.remove(session, attachment, by=by, now=at))
    except Refusal as refusal:
        return _refused(number, "remove file", [refusal])
    return redirect(url_for("attachments.search", number=number, done="removed"), 303)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say at the document that what was sent is more than is taken at once."""
    read_away()
    number = (request.view_args or {}).get("number", "")
    application = fillers.application(number)
    words = _(
        "What you sent is too large, so nothing was kept. Send %(megabytes)s MB at a time at most.",
        megabytes=BODY_MEGABYTES_MAX,
    )
    document = _named(application)
    return _page(application, number, _TOO_LARGE, {anchor(document) if document else "": words})


@blueprint.errorhandler(CSRFError)
def too_late(_error: CSRFError) -> Any:
    """Refuse a form whose token has run out."""
    return _late((request.view_args or {}).get("number", ""), _BAD_REQUEST)


def anchor(document: Document) -> str:
    """Return the name of the field under which files of a document come."""
    return f"document_{document.key}"


def given(name: str, scanner: Scanner) -> tuple[list[Received], list[Refusal]]:
    """Look at the files that came under a name: those that are sound, and why others are not.

    Raises:
        Required, TooManyFiles: none came, or more than are taken.
    """
    sound: list[Received] = []
    refusals: list[Refusal] = []
    files = [one for one in request.files.getlist(name) if one.filename]
    if not files:
        raise Required(field=name)
    if len(files) > FILES_MAX:
        raise TooManyFiles(FILES_MAX, field=name)
    for file in files:
        content = file.stream.read(FILE_MEGABYTES_MAX * MEGABYTE + 1)
        try:
            found = verbs.received(file.filename or "", content, scanner=scanner, at=name)
        except ScanUnavailable as refusal:
            # The others would wait for the same answer.
            return sound, [*refusals, refusal]
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            sound.append(found)
    return sound, refusals


def scanner() -> Scanner:
    """Return the virus scanner of this registry."""
    found: Scanner = current_app.extensions["scanner"]
    return found


def downloaded(found: Attachment) -> Response:
    """Answer with a file that the reader may have: to be saved, never shown from here.

    That an administrator took it is logged.

    Raises:
        NotFound: its content was wiped.
    """
    content = questions.content(reading(), found.id)
    if content is None:
        raise NotFound("attachment")
    reader = person()
    if reader is not None and reader.role is not None:
        actor, at = reader.id, now()
        database().write(lambda session: verbs.read(session, found, actor=actor, now=at))
    answer = make_response(content)
    answer.mimetype = found.media_type
    answer.headers["Content-Disposition"] = disposition(found.name)
    answer.headers["Content-Security-Policy"] = _SANDBOX
    return answer


def read_away() -> None:
    """Take in what is too large, as far as is reasonable, so that the browser hears the answer."""
    stream, left = request.environ["wsgi.input"], 4 * BODY_MEGABYTES_MAX * MEGABYTE
    left = min(left, request.content_length or 0)
    while left > 0 and (piece := stream.read(min(_BYTE_PIECE, left))):
        left -= len(piece)


def _attached(application: Application, document: str, at: str) -> _Outcome:
    """Look at the files that came and keep those that are sound, in one transaction."""
    if application.status not in EDITABLE:
        raise ApplicationEnded(application.status, Event.SAVE)
    if not fillers.may_fill_in(application):
        raise NotFound("application")
    sound, refusals = given(at, scanner())
    by, moment, application_id = fillers.filler(), now(), application.id

    def keep(session: Session) -> _Outcome:
        outcome = _Outcome(refusals=list(refusals))
        for file in sound:
            try:
                attached = verbs.attach(
                    session, application_id, document, file, by=by, now=moment, at=at
                )
            except Refusal as refusal:
                outcome.refusals.append(refusal)
            else:
                (outcome.again if attached.was_there else outcome.kept).append(file.name)
        return outcome

    return database().write(keep)


def _refused(
    number: str, operation: str, refusals: list[Refusal], kept: list[str] | None = None
) -> Any:
    """Log what was refused, and show the files with a message at each document."""
    fillers.refused(operation, number, refusals)
    renew()
    errors: dict[str, str] = {}
    for refusal in refusals:
        said = sentence(refusal)
        before = errors.get(refusal.field, "")
        if said not in before:
            errors[refusal.field] = f"{before} {said}".strip()
    code = max(status(refusal) for refusal in refusals)
    return _page(fillers.application(number), number, code, errors, kept=kept)


def _page(
    application: Application,
    number: str,
    code: int = 200,
    errors: dict[str, str] | None = None,
    *,
    done: str = "",
    kept: list[str] | None = None,
) -> Any:
    session = reading()
    form = filling.form_of(application)
    may_change = application.status in EDITABLE and fillers.may_fill_in(application)
    if errors and not may_change:
        # There is no field at which a message could stand.
        errors = {"": " ".join(errors.values())}
    files = questions.of_application(session, application.id)
    needed = rules.needed(form, application.applicant, application.answers, application.before)
    return page(
        "attachments/search.html",
        status=code,
        errors=errors or {},
        frame=fillers.frame(),
        number=number,
        form=form,
        documents=form.documents_for(application.applicant),
        files=files,
        needed={one.key for one in needed},
        remarks=corrections(applications.steps(session, application.id), application),
        is_visitor=person() is None,
        may_change=may_change,
        is_paper=application.is_paper,
        anchor=anchor,
        size=size,
        accepted=ACCEPTED,
        done=done,
        kept=kept or [],
        file_megabytes=FILE_MEGABYTES_MAX,
        body_megabytes=BODY_MEGABYTES_MAX,
        applicant_megabytes=APPLICANT_MEGABYTES_MAX,
        files_max=FILES_MAX,
    )


def size(count: int) -> str:
    """Print how large a file is: 312 KB, 1.4 MB."""
    if count < MEGABYTE:
        return f"{max(1, round(count / 1024)):,} KB"
    return f"{count / MEGABYTE:.1f} MB"


def _late(number: str, code: int) -> Any:
    """Say that a file which came after the session had ended must be chosen again."""
    address = url_for("attachments.search", number=number)
    return page("attachments/late.html", status=code, frame=fillers.frame(), address=address)


def _named(application: Application) -> Document | None:
    """Return the document that the address names; the body may be too large to be read."""
    key = request.args.get("document", "")
    documents = filling.form_of(application).documents_for(application.applicant)
    return next((one for one in documents if one.key == key), None)


def _document(application: Application) -> Document:
    found = _named(application)
    if found is None:
        raise NotFound("document")
    return found


def _found(application: Application, attachment_id: int) -> Attachment:
    """Return a file of an application; one that was struck out is there for administrators."""
    found = questions.by_id(reading(), attachment_id)
    reader = person()
    is_office = reader is not None and reader.role is not None
    if found is None or found.application_id != application.id:
        raise NotFound("attachment")
    if found.removed_at is not None and not is_office:
        raise NotFound("attachment")
    return found
