"""Ending an examination: recommend, send back, approve or reject, each after a look at it."""

import base64
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.documents import letters
from app.domain.applications import CHANGE, CREDENTIALS, OPENING, Event
from app.domain.errors import Refusal
from app.domain.people_errors import CodeUsed
from app.domain.roles import Duty
from app.registry import examinations as verbs
from app.registry import filling
from app.registry.filling import COMMENT_MAX
from app.registry.links import Letter
from app.store import applications as questions
from app.store import people
from app.store.tables import Account, User
from app.store.tables.credentials import Link
from app.web import examined, signing
from app.web.access import requires
from app.web.addresses import whole
from app.web.answered import Part, answered
from app.web.examinations import NOUNS, Examined, seen, shown
from app.web.fillers import refused, setting
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry, renew

blueprint = Blueprint(
    "examination_decisions", __name__, url_prefix="/portal/applications/<number>/examination"
)

_NOUN: Final = f"/<any({','.join(repr(noun) for noun in NOUNS)}):noun>"
#: What is signed with the second factor; the others are reasoned.
_SIGNED: Final = frozenset({Event.RECOMMEND, Event.APPROVE})
_FIELDS: Final = frozenset({"reason", "comment", "code"})


@blueprint.get(_NOUN)
@requires(Duty.SEE_EVERYTHING)
def show(number: str, noun: str) -> Any:
    found = seen(number)
    if noun not in found.nouns():
        return redirect(url_for("examinations.show", number=number), 303)
    return _check_page(found, noun)


@blueprint.post(_NOUN)
@resumable
@requires(Duty.SEE_EVERYTHING)
def decide(number: str, noun: str) -> Any:
    found = seen(number)
    words = request.form.get("words", "").replace("\0", "")
    if is_resumed():
        return _check_page(found, noun, words=words)
    try:
        made = _written(found.application.id, noun, words)
    except Refusal as refusal:
        signing.refused(refusal)
        return _refused(number, noun, refusal, words)
    if made:
        return _letters_page(number, made)
    return redirect(url_for("examinations.show", number=number, was=noun), 303)


def _written(application_id: int, noun: str, words: str) -> list[Letter]:
    try:
        return database().write(lambda session: _decided(session, application_id, noun, words))
    except CodeUsed:
        # Perhaps by this very decision, sent twice: then it is done by now.
        return database().write(lambda session: _decided(session, application_id, noun, words))


def _decided(session: Session, application_id: int, noun: str, words: str) -> list[Letter]:
    application = questions.by_id(session, application_id)
    assert application is not None, "nothing is ever taken out of the table"
    before, facts = application.status, filling.signed(session, application)
    made = _take(session, application_id, NOUNS[noun], words)
    # After the rules had their say, and in the same transaction: unsigned, nothing is done.
    if NOUNS[noun] in _SIGNED and application.status is not before:
        signing.check(session, NOUNS[noun], facts)
    return made


def _take(session: Session, application_id: int, event: Event, words: str) -> list[Letter]:
    actor, at = reader().id, now()
    if event is Event.SEND_BACK:
        verbs.send_back(session, application_id, words, actor=actor, now=at)
        return []
    if event is Event.APPROVE:
        decided = verbs.approve(session, application_id, actor=actor, setting=setting(), now=at)
        return decided.letters
    verb = verbs.recommend if event is Event.RECOMMEND else verbs.reject
    verb(session, application_id, words, actor=actor, setting=setting(), now=at)
    return []


def _refused(number: str, noun: str, refusal: Refusal, words: str) -> Any:
    """Log the attempt in a transaction of its own and say what was wrong with it."""
    refused(f"{NOUNS[noun]} application", number, [refusal])
    renew()
    found = seen(number)
    if noun not in found.nouns():
        return shown(found, status(refusal), {"": sentence(refusal)})
    known = {"code": "code", "reason": "words", "comment": "words"}.get(refusal.field, "")
    return _check_page(found, noun, status(refusal), {known: sentence(refusal)}, words)


def _check_page(
    found: Examined,
    noun: str,
    code: int = 200,
    errors: dict[str, str] | None = None,
    words: str = "",
) -> Any:
    session, application = reading(), found.application
    rows = examined.checklist(session, application, found.form)
    account = session.get(Account, application.account_id) if application.account_id else None
    is_signed = NOUNS[noun] in _SIGNED
    return page(
        "examinations/decide.html",
        status=code,
        errors=errors or {},
        found=found,
        application=application,
        noun=noun,
        words=words,
        words_max=COMMENT_MAX,
        account=account,
        rows=rows,
        left=sum(not row.is_settled for row in rows),
        parts=_parts(found),
        changed=_changed(found),
        persons=_persons(found),
        subject=_subject(found),
        ways=signing.asked(NOUNS[noun], filling.signed(session, application))
        if is_signed
        else None,
    )


# What happens when it is approved


def _parts(found: Examined) -> list[Part]:
    application = found.application
    return answered(found.form, application.applicant, application.answers, application.before)


def _changed(found: Examined) -> list[Part]:
    """Return the values that Form 2 changes."""
    if found.application.form != CHANGE:
        return []
    changing = [
        Part(part.key, part.title, [one for one in part.lines if one.is_changed])
        for part in _parts(found)
        if part.key != "reason"
    ]
    return [part for part in changing if part.lines]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is to act on the account that is opened."""

    name: str
    right: str
    login_id: str


def _persons(found: Examined) -> list[Person]:
    """Return who is to act on the account that Form 1 opens."""
    if found.application.form != OPENING:
        return []
    by_key = {
        part.key: {line.key: line.new for line in part.lines}
        for part in _parts(found)
        if part.key.startswith("person_") and not part.is_empty
    }
    return [
        Person(
            given.get("name_en") or given.get("name_ja", ""),
            given.get("right", ""),
            given.get("login_id", ""),
        )
        for given in by_key.values()
    ]


def _subject(found: Examined) -> User | None:
    """Return whose login ID or password Form 5 is about."""
    if found.application.form != CREDENTIALS:
        return None
    answers = found.application.answers.get("credentials", {})
    return people.by_login_id(reading(), answers.get("login_id", ""))


# Letters


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter to print now: its code is kept as a hash, so no other page could ever make it."""

    letter: Letter
    name_en: str
    name_ja: str
    file: str
    file_name: str


def _letters_page(number: str, made: list[Letter]) -> Any:
    renew()
    session = reading()
    printed = []
    for place, letter in enumerate(made, 1):
        link = session.get_one(Link, letter.link_id)
        person = session.get_one(User, link.user_id)
        file = letters.letter(
            person.name_en,
            person.name_ja,
            letter.code,
            letter.expires_at,
            registry().name,
            whole("/"),
            registry().time_zone,
        )
        printed.append(
            Printed(
                letter,
                person.name_en,
                person.name_ja,
                base64.b64encode(file).decode(),
                f"letter-{number}-{place}.pdf",
            )
        )
    return page("examinations/letters.html", found=seen(number), letters=printed)
