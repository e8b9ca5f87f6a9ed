"""Answering a request for documents: files attached for each, removed, taken away, handed in."""

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.attachments import BODY_MEGABYTES_MAX, MEGABYTE
from app.domain.errors import NotEntitled, NotFound, Refusal
from app.domain.form_errors import DocumentRequestEnded
from app.registry import attachments as files
from app.registry import document_requests as verbs
from app.registry.attachments import Received
from app.registry.filling import Filler
from app.store import attachments, document_requests
from app.store.tables import Attachment, DocumentRequest
from app.web import fillers
from app.web.access import public
from app.web.attachments import downloaded, given, read_away, scanner
from app.web.document_requests import seen, shown
from app.web.messages import sentence, status
from app.web.sessions import database, now, reading, renew

blueprint = Blueprint("document_answers", __name__, url_prefix="/portal/document-requests/<number>")

_TOO_LARGE: Final = 413


@blueprint.url_value_preprocessor
def take_files(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let files come in here; everywhere else what is sent is small."""
    if request.endpoint == "document_answers.attach":
        request.max_content_length = BODY_MEGABYTES_MAX * MEGABYTE


@blueprint.get("/answer")
@blueprint.get("/documents/<int:place>")
@blueprint.get("/files/<int:file>/removal")
@public
def start(number: str, place: int = 0, file: int = 0) -> Any:  # noqa: ARG001  one page for all
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("document_requests.show", number=number), 303)


@blueprint.post("/documents/<int:place>")
@public
def attach(number: str, place: int) -> Any:
    found = seen(number)
    if place >= len(found.documents):
        raise NotFound("document")
    try:
        refusals = _attached(found, place)
    except Refusal as refusal:
        refusals = [refusal]
    if refusals:
        return _refused(number, "attach file", refusals)
    return _back(number, "kept", place)


def _attached(found: DocumentRequest, place: int) -> list[Refusal]:
    """Look at the files that came and keep those that are sound; return why others are not."""
    if not verbs.may_answer(reading(), found, fillers.filler()):
        raise NotEntitled("hand in documents")
    if not document_requests.is_open(reading(), found.id):
        raise DocumentRequestEnded
    field = f"document_{place}"
    sound, refusals = given(field, scanner())
    by, at, document = fillers.filler(), now(), found.documents[place]

    def keep(session: Session) -> list[Refusal]:
        open_request = verbs.to_answer(session, found.id, by=by, now=at)
        return [
            refusal
            for file in sound
            if (refusal := _kept(session, open_request, document, file, by, at, field))
        ]

    return refusals + (database().write(keep) if sound else [])


def _kept(
    session: Session,
    open_request: DocumentRequest,
    document: str,
    file: Received,
    by: Filler,
    at: datetime,
    field: str,
) -> Refusal | None:
    try:
        files.attach_to_request(session, open_request, document, file, by=by, now=at, at=field)
    except Refusal as refusal:
        return refusal
    return None


@blueprint.get("/files/<int:file>")
@public
def show(number: str, file: int) -> Any:
    return downloaded(_file(seen(number), file))


@blueprint.post("/files/<int:file>/removal")
@public
def remove(number: str, file: int) -> Any:
    found = seen(number)
    _file(found, file)
    by, at = fillers.filler(), now()

    def strike(session: Session) -> None:
        verbs.to_answer(session, found.id, by=by, now=at)
        attachment = attachments.by_id(session, file)
        if attachment is not None and attachment.removed_at is None:
            files.strike(session, attachment, was_submitted=False, by=by, now=at)

    try:
        database().write(strike)
    except Refusal as refusal:
        return _refused(number, "remove file", [refusal])
    return _back(number, "removed")


@blueprint.post("/answer")
@public
def hand_in(number: str) -> Any:
    found, by, at = seen(number), fillers.filler(), now()
    try:
        database().write(
            lambda session: verbs.hand_in(
                session, found.id, by=by, setting=fillers.setting(), now=at
            )
        )
    except Refusal as refusal:
        return _refused(number, "hand in documents", [refusal])
    return _back(number, "handed_in")


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say at the document that what was sent is more than is taken at once."""
    read_away()
    named = request.view_args or {}
    words = _(
        "What you sent is too large, so nothing was kept. Send %(megabytes)s MB at a time at most.",
        megabytes=BODY_MEGABYTES_MAX,
    )
    found, place = seen(named.get("number", "")), named.get("place", 0)
    field = f"document_{place}" if place < len(found.documents) else ""
    return shown(found, _TOO_LARGE, {field: words})


def _file(found: DocumentRequest, file: int) -> Attachment:
    """Return a file of a request; one that was removed is there no more."""
    attachment = attachments.by_id(reading(), file) if file < 2**63 else None
    if attachment is None or attachment.document_request_id != found.id:
        raise NotFound("attachment")
    if attachment.removed_at is not None:
        raise NotFound("attachment")
    return attachment


def _refused(number: str, operation: str, refusals: list[Refusal]) -> Any:
    """Log what was refused, and show the request with a message at each document."""
    fillers.refused(operation, number, refusals)
    renew()
    errors: dict[str, str] = {}
    for refusal in refusals:
        field = refusal.field.replace(":", "_")
        field = field if field.startswith("document_") else ""
        errors[field] = f"{errors.get(field, '')} {sentence(refusal)}".strip()
    return shown(seen(number), max(status(refusal) for refusal in refusals), errors)


def _back(number: str, was: str, place: int | None = None) -> Any:
    anchor = f"place_{place}" if place is not None else None
    address = url_for("document_requests.show", number=number, was=was, _anchor=anchor)
    return redirect(address, 303)
