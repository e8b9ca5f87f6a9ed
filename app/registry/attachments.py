"""Verbs on attachments: files that come with an application, or that were asked for.

A file is looked at first, by `received`, which takes time and needs no database; what it returns
is then kept in the transaction of `attach`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app.documents import uploads
from app.documents.turns import Turns
from app.documents.uploads import Verdict
from app.domain.applications import EDITABLE, Event, number, request_number
from app.domain.attachments import (
    APPLICANT_MEGABYTES_MAX,
    FILE_MEGABYTES_MAX,
    FILES_MAX,
    MEGABYTE,
    kept_name,
    shown_name,
)
from app.domain.errors import NotFound, UnknownChoice
from app.domain.form_errors import (
    ApplicationEnded,
    FileEmpty,
    FileInfected,
    FileKindRefused,
    FileTooLarge,
    FileUnsafe,
    QuotaExceeded,
    ScanUnavailable,
    TooManyFiles,
)
from app.registry import filling, logs
from app.registry.filling import Filler
from app.registry.scanners import Scanner, Unavailable
from app.store import attachments as questions
from app.store.tables import Application, Attachment, DocumentRequest

_TURNS: Final = Turns(uploads.AT_ONCE)


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was looked at: sound, of a type that is taken, and without a virus."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    sha256: bytes


class Attached(NamedTuple):
    """A file that is kept, and whether it had been there already."""

    attachment: Attachment
    was_there: bool


def received(typed_name: str, content: bytes, *, scanner: Scanner, at: str = "") -> Received:
    """Look at a file before any transaction: what it really is, and whether a virus is in it.

    Raises:
        FileEmpty, FileTooLarge, FileKindRefused, FileUnsafe, FileInfected, ScanUnavailable: at
            the field `at`, with the name as it is shown.
    """
    name = shown_name(typed_name)
    if not content:
        raise FileEmpty(name, field=at)
    if len(content) > FILE_MEGABYTES_MAX * MEGABYTE:
        raise FileTooLarge(name, FILE_MEGABYTES_MAX, field=at)
    try:
        verdict = uploads.examined(content, _TURNS.own())
    except uploads.Busy:
        raise ScanUnavailable(field=at) from None
    if verdict is Verdict.OTHER:
        raise FileKindRefused(name, field=at)
    if verdict is Verdict.UNSAFE:
        raise FileUnsafe(name, field=at)
    try:
        finding = scanner.found(content)
    except Unavailable:
        raise ScanUnavailable(field=at) from None
    if finding:
        raise FileInfected(name, finding, field=at)
    digest = hashlib.sha256(content).digest()
    return Received(kept_name(typed_name, verdict), str(verdict), content, digest)


def attach(
    session: Session,
    application_id: int,
    document: str,
    file: Received,
    *,
    by: Filler,
    now: datetime,
    at: str = "",
) -> Attached:
    """Keep a file with an application, under one of the documents that its form asks for.

    The same content under the same document is kept once.

    Raises:
        NotFound, NotEntitled, ApplicationEnded: not by this person, or not now.
        UnknownChoice: the form does not ask for such a document.
        TooManyFiles, QuotaExceeded: at the field `at`.
    """
    application = filling.to_fill_in(session, application_id, by, now=now)
    _check_editable(application)
    form = filling.form_of(application)
    if document not in {one.key for one in form.documents_for(application.applicant)}:
        raise UnknownChoice(document, field=at)
    if application.started_by is not None and not application.is_paper:
        questions.lock_applicant(session, application.started_by)
    there = questions.of_application(session, application.id)
    kept = questions.bytes_of_applicant(session, application)
    made = Attachment(application_id=application.id, document=document)
    attached = _added(session, made, file, there, kept, by=by, now=now, at=at)
    if not attached.was_there:
        application.saved_at = now
        session.flush()
        _log(session, "attach file", attached.attachment, by, now)
    return attached


def attach_to_request(
    session: Session,
    request: DocumentRequest,
    document: str,
    file: Received,
    *,
    by: Filler,
    now: datetime,
    at: str = "",
) -> Attached:
    """Keep a file for a request for documents.

    The caller has locked the request and knows that it is open, and open to this person.

    Raises:
        UnknownChoice: it does not ask for such a document.
        TooManyFiles, QuotaExceeded: at the field `at`.
    """
    if document not in request.documents:
        raise UnknownChoice(document, field=at)
    there = questions.of_request(session, request.id)
    kept = questions.bytes_of_request(session, request.id)
    made = Attachment(
        application_id=request.application_id,
        document_request_id=request.id,
        document=document,
    )
    attached = _added(session, made, file, there, kept, by=by, now=now, at=at)
    if not attached.was_there:
        _log(session, "attach file", attached.attachment, by, now)
    return attached


def remove(session: Session, attachment_id: int, *, by: Filler, now: datetime) -> None:
    """Remove a file of an application; removed twice it is removed.

    What was never submitted is wiped; what was is struck out and stays on record.

    Raises:
        NotFound, NotEntitled, ApplicationEnded: not by this person, or not now.
    """
    attachment = questions.by_id(session, attachment_id)
    if attachment is None or attachment.document_request_id is not None:
        raise NotFound("attachment")
    assert attachment.application_id is not None, "it belongs to an application"
    application = filling.to_fill_in(session, attachment.application_id, by, now=now)
    session.refresh(attachment)
    if attachment.removed_at is not None:
        return
    _check_editable(application)
    submitted_at = application.submitted_at
    was_submitted = submitted_at is not None and attachment.at <= submitted_at
    application.saved_at = now
    strike(session, attachment, was_submitted=was_submitted, by=by, now=now)


def strike(
    session: Session, attachment: Attachment, *, was_submitted: bool, by: Filler, now: datetime
) -> None:
    """Remove a file that the caller knows this person may remove."""
    if not was_submitted:
        attachment.content = None
    attachment.removed_at = now
    session.flush()
    _log(session, "remove file", attachment, by, now)


def read(session: Session, attachment: Attachment, *, actor: int, now: datetime) -> None:
    """Note that an administrator took a file away."""
    _log(session, "read file", attachment, Filler(actor), now)


def _check_editable(application: Application) -> None:
    if application.status not in EDITABLE:
        raise ApplicationEnded(application.status, Event.SAVE)


def _added(
    session: Session,
    made: Attachment,
    file: Received,
    there: Sequence[Attachment],
    kept_bytes: int,
    *,
    by: Filler,
    now: datetime,
    at: str,
) -> Attached:
    """Add a file to those that are there, or find it among them."""
    for one in there:
        if one.sha256 == file.sha256 and one.document == made.document:
            return Attached(one, was_there=True)
    if len(there) >= FILES_MAX:
        raise TooManyFiles(FILES_MAX, field=at)
    if kept_bytes + len(file.content) > APPLICANT_MEGABYTES_MAX * MEGABYTE:
        raise QuotaExceeded(APPLICANT_MEGABYTES_MAX, field=at)
    made.name, made.media_type = file.name, file.media_type
    made.size, made.sha256, made.content = len(file.content), file.sha256, file.content
    made.user_id, made.at = by.user, now
    session.add(made)
    session.flush()
    return Attached(made, was_there=False)


def _log(
    session: Session,
    operation: str,
    attachment: Attachment,
    by: Filler,
    now: datetime,
) -> None:
    facts = {
        "document": attachment.document,
        "name": attachment.name,
        "sha256": attachment.sha256.hex(),
    }
    logs.done(session, operation, _subject(attachment), actor=by.user, now=now, **facts)


def _subject(attachment: Attachment) -> str:
    """Return what a file belongs to, as the log names it."""
    if attachment.document_request_id is not None:
        return request_number(attachment.document_request_id)
    assert attachment.application_id is not None, "it belongs to either"
    return number(attachment.application_id)
