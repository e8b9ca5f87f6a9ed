"""Deciding a request about people: approve, reject or withdraw it, each after a look at it."""

import base64
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.documents import letters
from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal
from app.domain.people_errors import CodeUsed
from app.domain.requests import AT_ONCE, Kind, Status, number
from app.registry import requests as verbs
from app.registry.links import Letter
from app.registry.requests import Decided
from app.store import people, requests, tasks
from app.store.databases import AnyRow
from app.web import attempts, signing
from app.web.access import requires
from app.web.addresses import whole
from app.web.comparisons import compared
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.request_forms import setting
from app.web.requests import NOUNS, answer, may, names_person, seen, waits_for_address
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry, renew

blueprint = Blueprint("request_decisions", __name__, url_prefix="/portal/requests")

_ACTION: Final = "decide"
_NOUN: Final = f"<any({','.join(NOUNS)}):noun>"


@blueprint.get(f"/<printed>/{_NOUN}")
@requires()
def show(printed: str, noun: str) -> Any:
    row = seen(reading(), printed)
    if not may(row, noun):
        return redirect(url_for("requests.show", printed=printed), 303)
    return _check_page(row, noun)


def _check_page(
    row: AnyRow,
    noun: str,
    code: int = 200,
    errors: dict[str, str] | None = None,
    reason: str = "",
) -> Any:
    return page(
        "requests/decide.html",
        status=code,
        errors=errors or {},
        row=row,
        number=number(row.id),
        noun=noun,
        reason=reason,
        names_person=names_person(row),
        lines=compared(row.kind, row.asked, row.before),
        claims=tasks.claims(reading(), request=row.id),
        at_once=row.kind in AT_ONCE,
        waits_for_address=waits_for_address(row),
        ways=signing.asked(_ACTION, _signed(row)) if noun == "approval" else None,
        Kind=Kind,
    )


@blueprint.post(f"/<printed>/{_NOUN}")
@resumable
@requires()
def decide(printed: str, noun: str) -> Any:
    row = seen(reading(), printed)
    reason = request.form.get("reason", "").replace("\0", "")
    if is_resumed():
        return _check_page(row, noun, reason=reason)
    try:
        decided = _written(row.id, noun, reason)
    except Refusal as refusal:
        signing.refused(refusal)
        return _refused(printed, noun, refusal, reason)
    if decided.letter is not None:
        return _letter_page(printed, decided.letter)
    return redirect(url_for("requests.show", printed=printed, decided="yes"), 303)


def _written(identifier: int, noun: str, reason: str) -> Decided:
    try:
        return database().write(lambda session: _decided(session, identifier, noun, reason))
    except CodeUsed:
        # Perhaps by this very decision, sent twice: then it is done by now.
        return database().write(lambda session: _decided(session, identifier, noun, reason))


def _decided(session: Session, identifier: int, noun: str, reason: str) -> Decided:
    actor, at = reader().id, now()
    if noun == "rejection":
        return verbs.reject(session, identifier, reason=reason, actor=actor, now=at)
    if noun == "withdrawal":
        return verbs.withdraw(session, identifier, reason=reason, actor=actor, now=at)
    row = requests.by_id(session, identifier)
    decided = verbs.approve(session, identifier, actor=actor, setting=setting(), now=at)
    # After the rules had their say, and in the same transaction: unsigned, nothing is done.
    if row is not None and row.status is Status.WAITING:
        signing.check(session, _ACTION, _signed(row))
    return decided


def _signed(row: AnyRow) -> dict[str, Value]:
    """Return what an approval's signature covers: whom and what it is about, as asked for."""
    return {
        "number": number(row.id),
        "kind": str(row.kind),
        "person": row.login_id or "",
        "account": row.account or "",
        "asked": dict(row.asked),
    }


def _refused(printed: str, noun: str, refusal: Refusal, reason: str) -> Any:
    """Log the attempt and say what was wrong with it."""
    attempts.log(f"{noun} of request", printed, [refusal])
    row = seen(reading(), printed)
    if may(row, noun):
        known = refusal.field if refusal.field in {"reason", "code"} else ""
        return _check_page(row, noun, status(refusal), {known: sentence(refusal)}, reason)
    return answer(row, status(refusal), {"": sentence(refusal)})


def _letter_page(printed: str, letter: Letter) -> Any:
    """Show the letter once: its code is kept as a hash, so no other page could ever make it."""
    renew()
    session = reading()
    row = seen(session, printed)
    person = people.by_id(session, row.user_id)
    if person is None:
        raise NotFound("user")
    made = letters.letter(
        person.name_en,
        person.name_ja,
        letter.code,
        letter.expires_at,
        registry().name,
        whole("/"),
        registry().time_zone,
    )
    return page(
        "requests/letter.html",
        row=row,
        number=number(row.id),
        expires_at=letter.expires_at,
        file=base64.b64encode(made).decode(),
        file_name=f"letter-{number(row.id)}.pdf",
    )
