"""Verbs on requests for documents: ask, remind, hand in, end.

An operator asks for up to ten documents, for an application or of the people of an account. They
are reminded once by themselves, three days before the day, and may be reminded by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from app.domain.accounts import Kind, State
from app.domain.applications import Event, request_number, step
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    AlreadyDone,
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    Required,
    TooLong,
)
from app.domain.form_errors import (
    DeadlineRefused,
    DocumentMissing,
    DocumentRequestEnded,
    NoDocumentNamed,
    NotClaimed,
    TooManyDocuments,
)
from app.domain.notifications import Kind as Told
from app.domain.people import State as Standing
from app.domain.people_errors import ClaimedByOther
from app.domain.roles import DUTIES, PROPOSING, Duty
from app.domain.text import normalise
from app.registry import beginnings, filling, logs, notifications, people, resumptions
from app.registry.effects import Setting
from app.registry.filling import Filler
from app.store import accounts
from app.store import applications as application_questions
from app.store import document_requests as questions
from app.store import people as people_questions
from app.store.databases import Database
from app.store.tables import Account, Application, DocumentRequest, User

DOCUMENTS_MAX: Final = 10
DOCUMENT_MAX: Final = 200
#: Within which time documents may be asked for.
LIFE_MAX: Final = timedelta(days=366)
#: So long before the day somebody is reminded by itself.
REMINDED_BEFORE: Final = timedelta(days=3)
#: Nobody is reminded more often.
PAUSE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, and for what: either an application, by id, or an account, by number."""

    documents: Sequence[str]
    due_at: datetime
    application: int | None = None
    account: str = ""
    comment: str = ""


def ask(
    session: Session, wanted: Wanted, *, key: str, actor: int, setting: Setting, now: datetime
) -> DocumentRequest:
    """Ask for documents; the same key gives the same request again.

    Raises:
        NotEntitled: not by this person.
        NotFound: no such application or account.
        NotClaimed, ClaimedByOther: this person does not examine the application.
        ApplicationEnded: the application is not under examination.
        AccountKindForbids, AccountStateForbids, Required: at the field "account".
        NoDocumentNamed, TooManyDocuments, TooLong: at the field "documents".
        DeadlineRefused: at the field "due".
        TooLong: at the field "comment".
        KeyUsedOtherwise: the key asked for something else.
    """
    beginnings.check_key(key)
    people.require(session, actor, Duty.EXAMINE_APPLICATIONS)
    application = _application(session, wanted.application, now=now, by=actor)
    account = None if application else _account(session, wanted.account)
    known = questions.by_key(session, actor, key)
    if known is not None:
        about = (application.id if application else None, account.id if account else None)
        if about != (known.application_id, known.account_id):
            raise KeyUsedOtherwise
        return known
    if application is not None:
        step(application.status, Event.ASK_DOCUMENTS)
        _check_claim(session, application, actor)
    documents = _documents(wanted.documents)
    if not now < wanted.due_at <= now + LIFE_MAX:
        raise DeadlineRefused(field="due")
    comment = filling.checked_comment(wanted.comment, field="comment")
    request = DocumentRequest(
        application_id=application.id if application else None,
        account_id=account.id if account else None,
        documents=documents,
        comment=comment or None,
        key=key,
        asked_by=actor,
        asked_at=now,
        due_at=wanted.due_at,
    )
    session.add(request)
    session.flush()
    _note(session, request, "ask for documents", Event.ASK_DOCUMENTS, actor, now, comment=comment)
    _tell(session, request, Told.DOCUMENTS_ASKED, setting, now)
    return request


def remind(
    session: Session, request_id: int, *, actor: int, setting: Setting, now: datetime
) -> DocumentRequest:
    """Remind whoever was asked, at most once a day.

    Raises:
        NotEntitled, NotFound, DocumentRequestEnded
        AlreadyDone: they were reminded within a day.
    """
    people.require(session, actor, Duty.EXAMINE_APPLICATIONS)
    request = _locked(session, request_id)
    if not questions.is_open(session, request.id):
        raise DocumentRequestEnded
    if request.reminded_at is not None and now - request.reminded_at < PAUSE:
        raise AlreadyDone
    _remind(session, request, actor, setting, now)
    return request


def remind_due(database: Database, setting: Setting, *, now: datetime) -> int:
    """Remind everyone whose documents are due in three days; return how many requests that was.

    Of two workers at once only one reminds.
    """
    with database.reading() as session:
        found = questions.due(session, now=now, until=now + REMINDED_BEFORE)

    def remind_of(session: Session, request_id: int) -> bool:
        request = _locked(session, request_id)
        is_due = request.reminded_at is None and questions.is_open(session, request.id)
        if is_due:
            _remind(session, request, None, setting, now)
        return is_due

    return sum(database.write(partial(remind_of, request_id=one)) for one in found)


def hand_in(
    session: Session, request_id: int, *, by: Filler, setting: Setting, now: datetime
) -> DocumentRequest:
    """Hand in the documents, of each of which there is a file; handed in twice it is once.

    Raises:
        NotFound, NotEntitled: not by this person.
        DocumentRequestEnded: they are not asked for any more.
        DocumentMissing: at the field "document:<place>", counted from 0.
    """
    request = _visible(session, request_id, by, now=now)
    if request.answered_at is not None and request.answered_by == by.user:
        return request
    request = to_answer(session, request_id, by=by, now=now)
    there = {one.document for one in questions.attachments(session, request.id)}
    for place, document in enumerate(request.documents):
        if document not in there:
            raise DocumentMissing(field=f"document:{place}")
    request.answered_by = by.user
    request.answered_at = now
    session.flush()
    _note(session, request, "hand in documents", Event.HAND_IN_DOCUMENTS, by.user, now)
    _tell(session, request, Told.DOCUMENTS_HANDED_IN, setting, now, besides=by.secret)
    return request


def end(
    session: Session, request_id: int, *, reason: str = "", actor: int, now: datetime
) -> DocumentRequest:
    """End a request whose documents are not needed any more; ended twice it is ended.

    Raises:
        NotEntitled, NotFound
        DocumentRequestEnded: they were handed in already.
        TooLong: at the field "reason".
    """
    people.require(session, actor, Duty.EXAMINE_APPLICATIONS)
    request = _locked(session, request_id)
    if request.ended_at is not None:
        return request
    if request.answered_at is not None:
        raise DocumentRequestEnded
    reason = filling.checked_comment(reason)
    request.ended_at = now
    session.flush()
    subject = request_number(request.id)
    logs.done(session, "end request for documents", subject, actor=actor, now=now, reason=reason)
    return request


def may_see(session: Session, request: DocumentRequest, by: Filler, *, now: datetime) -> bool:
    """Tell whether somebody may know of a request: whoever knows of what it is for."""
    if request.application_id is not None:
        application = session.get_one(Application, request.application_id)
        return filling.may_see(session, application, by, now=now)
    if by.user is None:
        return False
    power = people_questions.power(session.connection(), by.user, request.account_id)
    if power is None or power.state is not Standing.ACTIVE:
        return False
    return power.right is not None or power.role in DUTIES[Duty.SEE_EVERYTHING]


def may_answer(session: Session, request: DocumentRequest, by: Filler) -> bool:
    """Tell whether somebody who may know of a request may hand the documents in."""
    if request.application_id is not None:
        application = session.get_one(Application, request.application_id)
        return filling.may_fill_in(session, application, by)
    if by.user is None:
        return False
    return people.power(session.connection(), by.user, request.account_id).right in PROPOSING


def to_answer(session: Session, request_id: int, *, by: Filler, now: datetime) -> DocumentRequest:
    """Return a request, locked and still open, for somebody who may hand the documents in.

    Files are added to it and taken from it in the same transaction.

    Raises:
        NotFound: there is none that this person may know of.
        NotEntitled: this person sees it only.
        DocumentRequestEnded: they are not asked for any more.
    """
    request = _visible(session, request_id, by, now=now)
    if not may_answer(session, request, by):
        raise NotEntitled("hand in documents")
    if not questions.is_open(session, request.id):
        raise DocumentRequestEnded
    return request


def _visible(session: Session, request_id: int, by: Filler, *, now: datetime) -> DocumentRequest:
    request = _locked(session, request_id)
    if not may_see(session, request, by, now=now):
        raise NotFound("document request")
    return request


def _locked(session: Session, request_id: int) -> DocumentRequest:
    """Return a request, locked after the application that it is for."""
    request = questions.by_id(session, request_id)
    if request is None:
        raise NotFound("document request")
    if request.application_id is not None:
        application_questions.locked(session, request.application_id)
    found = questions.locked(session, request_id)
    assert found is not None, "no request is ever removed"
    return found


def _application(
    session: Session, application_id: int | None, *, by: int, now: datetime
) -> Application | None:
    if application_id is None:
        return None
    application = application_questions.locked(session, application_id)
    if application is None or not filling.may_see(session, application, Filler(by), now=now):
        raise NotFound("application")
    return application


def _check_claim(session: Session, application: Application, actor: int) -> None:
    claimant = application_questions.claimant(session, application.id)
    if claimant is None:
        raise NotClaimed
    if claimant != actor:
        other = session.get_one(User, claimant)
        raise ClaimedByOther(other.name_en, other.name_ja)


def _account(session: Session, typed: str) -> Account:
    if not typed:
        raise Required(field="account")
    account = accounts.by_number(session, typed)
    if account is None:
        raise NotFound("account")
    if account.kind is not Kind.ENTITY:
        raise AccountKindForbids(account.number, account.kind, field="account")
    if account.state in {State.APPLIED, State.CLOSED}:
        raise AccountStateForbids(account.number, account.state, field="account")
    return account


def _documents(typed: Sequence[str]) -> list[str]:
    """Return the documents as they are kept, each named once."""
    named = list(dict.fromkeys(name for name in map(normalise, typed) if name))
    if not named:
        raise NoDocumentNamed(field="documents")
    if len(named) > DOCUMENTS_MAX:
        raise TooManyDocuments(DOCUMENTS_MAX, field="documents")
    if any(len(name) > DOCUMENT_MAX for name in named):
        raise TooLong(DOCUMENT_MAX, field="documents")
    return named


def _remind(
    session: Session, request: DocumentRequest, actor: int | None, setting: Setting, now: datetime
) -> None:
    request.reminded_at = now
    session.flush()
    subject = request_number(request.id)
    logs.done(session, "remind of documents", subject, actor=actor, now=now)
    _tell(session, request, Told.DOCUMENTS_REMINDED, setting, now)


def _note(
    session: Session,
    request: DocumentRequest,
    operation: str,
    event: Event,
    actor: int | None,
    now: datetime,
    *,
    comment: str = "",
) -> None:
    """Write into the log, and into the timeline of the application if it is for one."""
    subject, documents = request_number(request.id), list(request.documents)
    listed = "; ".join(documents)
    logs.done(session, operation, subject, actor=actor, now=now, documents=listed)
    if request.application_id is not None:
        application = session.get_one(Application, request.application_id)
        facts = {"request": subject, "documents": documents}
        filling.note(session, application, event, actor, now, comment=comment, facts=facts)


def _tell(
    session: Session,
    request: DocumentRequest,
    kind: Told,
    setting: Setting,
    now: datetime,
    *,
    besides: str = "",
) -> None:
    """Tell the people concerned; a visitor by mail, and who asked that it was answered."""
    subject = request_number(request.id)
    facts: dict[str, Any] = {
        "number": subject,
        "documents": len(request.documents),
        "due": request.due_at.isoformat(),
    }
    users = {request.asked_by} if kind is Told.DOCUMENTS_HANDED_IN else set()
    if request.application_id is None:
        assert request.account_id is not None, "it is for either"
        users |= filling.acting(session, request.account_id)
    else:
        application = session.get_one(Application, request.application_id)
        users |= filling.concerned(session, application, now=now)
        if application.started_by is None:
            resumptions.write(session, application, kind, setting, besides=besides, now=now)
    notifications.tell_all(session, kind, subject, facts, users=sorted(users), now=now)
