"""Deciding on a version of an authorization, its documents, and the public page.

The approver sees what is asked for beside what holds now, and signs exactly that.
"""

from typing import Any, Final

from flask import Response, make_response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain.article6_errors import TooManyFilesHere, VersionDecided
from app.domain.attachments import (
    BODY_MEGABYTES_MAX,
    MEGABYTE,
    disposition,
)
from app.domain.authorizations import Standing
from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal
from app.domain.roles import DUTIES, Duty
from app.registry import authorization_decisions as verbs
from app.registry import authorization_documents as papers
from app.registry import authorizations as texts
from app.registry.attachments import Received
from app.registry.authorization_decisions import REASON_MAX
from app.store import approaches, authorization_lists
from app.store import authorizations as questions
from app.store.tables import AuthorizationVersion
from app.web import attachments, attempts, authorization_pages, authorization_words, signing, words
from app.web.access import public, requires
from app.web.authorization_pages import PREFIX
from app.web.authorizations import blueprint
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

_VERSION: Final = f"{PREFIX}/versions/<int(max=9223372036854775807):version_id>"
_APPROVE: Final = "approve authorization"
_FIELD: Final = "document"
_TOO_LARGE: Final = 413
_SANDBOX: Final = "sandbox; default-src 'none'"


@blueprint.url_value_preprocessor
def take_files(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let documents come in here; everywhere else what is sent is small."""
    if request.endpoint == "authorizations.add_document":
        request.max_content_length = BODY_MEGABYTES_MAX * MEGABYTE


# Deciding


@blueprint.get(f"{_VERSION}/approval")
@requires(Duty.APPROVE_AUTHORIZATIONS, Duty.ENTER_AUTHORIZATIONS)
def approval(version_id: int) -> Any:
    found = _found(version_id)
    if found.standing is not Standing.PROPOSED:
        return redirect(_address(found), 303)
    return _page(found)


@blueprint.post(f"{_VERSION}/approval")
@requires(Duty.APPROVE_AUTHORIZATIONS)
def approve(version_id: int) -> Any:
    found = _found(version_id)
    signed = _signed(found)
    actor, at, party = reader().id, now(), registry().own_party

    def write(session: Session) -> None:
        seen = str(signed["seen"])
        verbs.approve(session, version_id, seen=seen, party=party, actor=actor, now=at)
        # After the rules had their say, and in the same transaction: unsigned, nothing is done.
        signing.check(session, _APPROVE, signed)

    try:
        database().write(write)
    except Refusal as refusal:
        return _not_approved(found, refusal)
    return redirect(f"{_address(found)}&decided=yes", 303)


def _not_approved(found: AuthorizationVersion, refusal: Refusal) -> Any:
    signing.refused(refusal)
    identifier, version_id = found.authorization.identifier, found.id
    attempts.log(_APPROVE, identifier, [refusal])
    found = _found(version_id)
    if isinstance(refusal, VersionDecided) and found.decided_by == reader().id:
        # The same form sent twice: it is done.
        return redirect(f"{_address(found)}&decided=yes", 303)
    return _again(found, refusal)


@blueprint.post(f"{_VERSION}/rejection")
@resumable
@requires(Duty.APPROVE_AUTHORIZATIONS, Duty.ENTER_AUTHORIZATIONS)
def reject(version_id: int) -> Any:
    found = _found(version_id)
    reason = request.form.get("reason", "").replace("\0", "")
    if is_resumed() and found.standing is Standing.PROPOSED:
        return _page(found, reason=reason)
    given: dict[str, Any] = {"reason": reason, "actor": reader().id, "now": now()}
    try:
        database().write(lambda session: verbs.reject(session, version_id, **given))
    except Refusal as refusal:
        attempts.log("reject authorization", found.authorization.identifier, [refusal])
        return _again(_found(version_id), refusal, reason)
    return redirect(f"{_address(found)}&decided=yes", 303)


def _again(found: AuthorizationVersion, refusal: Refusal, reason: str = "") -> Any:
    errors = {refusal.field: sentence(refusal)}
    if found.standing is not Standing.PROPOSED:
        return authorization_pages.shown(
            found.authorization, status(refusal), errors, version_id=found.id
        )
    return _page(found, status(refusal), errors, reason)


def _page(
    found: AuthorizationVersion,
    code: int = 200,
    errors: dict[str, str] | None = None,
    reason: str = "",
) -> Any:
    said = texts.elements(found)
    before = authorization_pages.before(found)
    frame = authorization_pages.frame_of(found.authorization)
    signed = _signed(found)
    is_own = found.entered_by == reader().id
    may_approve = reader().role in DUTIES[Duty.APPROVE_AUTHORIZATIONS] and not is_own
    return page(
        "authorizations/approve.html",
        status=code,
        errors=errors or {},
        version=found,
        row=found.authorization,
        approach=frame.approach,
        said=authorization_words.elements(said, frame),
        changed=authorization_words.changed(texts.elements(before), said, frame) if before else [],
        entities=said.entities,
        documents=questions.documents(reading(), [found.id]),
        size=attachments.size,
        names=authorization_pages.names_of([found]),
        may_approve=may_approve,
        may_reject=may_approve or is_own,
        seen=signed["seen"],
        reason=reason,
        reason_max=REASON_MAX,
        ways=signing.asked(_APPROVE, signed) if may_approve else None,
        **authorization_pages.words_of_pages(),
    )


def _signed(found: AuthorizationVersion) -> dict[str, Value]:
    """Return what is signed: the version and its documents as the form showed them."""
    now_stands = texts.fingerprint(reading(), found)
    seen = request.form.get("seen", "") if request.method == "POST" else now_stands
    if request.endpoint != "authorizations.approve":
        seen = now_stands
    return {"version": found.id, "seen": seen}


# Documents


@blueprint.post(f"{_VERSION}/documents")
@requires(Duty.ENTER_AUTHORIZATIONS)
def add_document(version_id: int) -> Any:
    """Look at the files that came, and keep those that are sound."""
    found = _found(version_id)
    try:
        sound, refusals = attachments.given(_FIELD, attachments.scanner())
    except Refusal as refusal:
        sound, refusals = [], [refusal]
    kept = database().write(lambda session: _added(session, version_id, sound))
    refusals += kept
    if refusals:
        attempts.log("add authorization document", found.authorization.identifier, refusals)
        errors = {one.field: sentence(one) for one in reversed(refusals)}
        code = max(map(status, refusals))
        return authorization_pages.shown(
            _found(version_id).authorization, code, errors, version_id=version_id
        )
    return redirect(f"{_address(found)}&saved=yes", 303)


def _added(session: Session, version_id: int, sound: list[Received]) -> list[Refusal]:
    refusals: list[Refusal] = []
    for file in sound:
        try:
            papers.add(session, version_id, file, actor=reader().id, now=now(), at=_FIELD)
        except (VersionDecided, TooManyFilesHere) as refusal:
            refusals.append(refusal)
    return refusals


@blueprint.get(f"{_VERSION}/documents/<int(max=9223372036854775807):document_id>")
@requires(Duty.SEE_ARTICLE_6)
def document(version_id: int, document_id: int) -> Response:
    """Answer with a document: to be saved, never shown from here; that it was taken is logged."""
    found = questions.document(reading(), document_id)
    if found is None or found.version_id != version_id:
        raise NotFound("document")
    actor, at = reader().id, now()
    database().write(lambda session: papers.read(session, document_id, actor=actor, now=at))
    answer = make_response(found.content)
    answer.mimetype = found.media_type
    answer.headers["Content-Disposition"] = disposition(found.name)
    answer.headers["Content-Security-Policy"] = _SANDBOX
    return answer


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Any:
    """Say at the documents that what was sent is more than is taken at once."""
    attachments.read_away()
    version_id = (request.view_args or {}).get("version_id", 0)
    said = _(
        "What you sent is too large, so nothing was kept. Send %(megabytes)s MB at a time at most.",
        megabytes=BODY_MEGABYTES_MAX,
    )
    return authorization_pages.shown(
        _found(version_id).authorization, _TOO_LARGE, {_FIELD: said}, version_id=version_id
    )


# For everyone


@blueprint.get(f"{words.PREFIX}/article6/authorizations", endpoint="public")
@public
def public_list() -> Any:
    session = reading()
    rows = authorization_lists.public(session)
    return page(
        "authorizations/public.html",
        rows=authorization_pages.with_states(rows),
        approaches=approaches.everyone(session),
        **authorization_pages.words_of_pages(),
    )


@blueprint.get(f"{words.PREFIX}/article6/authorizations/<identifier>")
@public
def public_show(identifier: str) -> Any:
    session = reading()
    found = questions.by_identifier(session, identifier.replace("\0", ""))
    if found is None or not authorization_lists.is_public(session, found.id):
        raise NotFound("authorization")
    newest = questions.newest(session, found.id)
    assert newest is not None, "it was approved"
    said = texts.elements(newest)
    return page(
        "authorizations/public_show.html",
        row=found,
        approach=authorization_pages.approach_name(found),
        version=newest,
        approved=[one for one in found.versions if one.standing is Standing.APPROVED],
        said=authorization_words.elements(said, authorization_pages.frame_of(found)),
        entities=said.entities,
        **authorization_pages.words_of_pages(),
    )


# What they share


def _found(version_id: int) -> AuthorizationVersion:
    found = questions.version(reading(), version_id)
    if found is None:
        raise NotFound("version")
    return found


def _address(found: AuthorizationVersion) -> str:
    return url_for(
        "authorizations.show", identifier=found.authorization.identifier, version=found.id
    )
