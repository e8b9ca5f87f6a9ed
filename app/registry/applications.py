"""Verbs on applications, on the applicant's side: begin, fill in, submit, withdraw, discard.

An application is filled in by a person signed in, by an operator from paper, or by a visitor who
holds the link to it. The examiner's side is `app.registry.examinations`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain import forms
from app.domain.applications import EDITABLE, Event, Status, number, step
from app.domain.errors import KeyUsedOtherwise, NotFound, Refusal, Required, UnknownChoice
from app.domain.form_errors import (
    ApplicationEnded,
    ApplicationOpen,
    ChangedMeanwhile,
    DocumentMissing,
    Incomplete,
    NothingToChange,
    TooManyDrafts,
)
from app.domain.forms import answers as answers_
from app.domain.forms import rules as form_rules
from app.domain.forms.regions import HOME
from app.domain.forms.spec import Applicant, Form
from app.domain.notifications import Kind as Told
from app.domain.people_errors import TooManyAttempts
from app.domain.roles import Duty
from app.registry import beginnings, filling, logs, notifications, outcomes, people, resumptions
from app.registry.effects import Setting
from app.registry.filling import Filler
from app.store import accounts
from app.store import applications as questions
from app.store import people as people_questions
from app.store.tables import Account, Application

#: By when an application is examined, and a correction made.
LIFE: Final = timedelta(days=30)
DRAFTS_MAX: Final = 20
#: A draft that nobody has touched for so long is thrown away.
DRAFT_LIFE: Final = timedelta(days=180)
#: What is typed in a field is kept up to so many characters, however wrong.
TYPED_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Begun:
    """What an application is begun with.

    Args:
        form: 1 to 5.
        applicant: what kind of holder applies; known from the register for an account.
        account: the number of the account it is about; empty for an opening.
        copied_from: the id of an application of one's own whose answers are taken over.
        is_paper: an operator enters what came on paper.
        registry: whose forms it is begun with.
    """

    form: int
    applicant: Applicant | None = None
    account: str = ""
    copied_from: int | None = None
    is_paper: bool = False
    language: str = "en"
    registry: str = HOME


def start(session: Session, begun: Begun, *, key: str, actor: int, now: datetime) -> Application:
    """Begin an application, filled with what is recorded; the same key gives the same one again.

    Raises:
        UnknownChoice, Required, TooLong: at the fields "form", "applicant", "account", "key".
        NotFound, NotEntitled: not for this account, or not by this person.
        AccountStateForbids: at the field "account".
        TooManyDrafts: finish or discard one first.
        KeyUsedOtherwise: the key began another application.
    """
    beginnings.check_key(key)
    if begun.form not in forms.VERSIONS:
        raise UnknownChoice(str(begun.form), field="form")
    people_questions.lock(session, actor)
    known = questions.by_key(session, actor, key)
    if known is not None:
        return _again(session, known, begun, actor=actor, now=now)
    account = beginnings.account(
        session, begun.form, begun.account, is_paper=begun.is_paper, actor=actor
    )
    if not begun.is_paper and questions.drafts_of(session, actor) >= DRAFTS_MAX:
        raise TooManyDrafts(DRAFTS_MAX)
    former = beginnings.former(session, begun.form, begun.copied_from, actor=actor, now=now)
    form = forms.latest(begun.form, begun.registry)
    recorded_as, recorded = (
        (None, {}) if account is None else filling.recorded(session, account.holder)
    )
    applicant = recorded_as or (former.applicant if former else begun.applicant)
    if applicant is None:
        raise Required(field="applicant")
    before = answers_.fitted(form, applicant, recorded)
    taken_over = beginnings.filled(session, begun.form, actor, is_paper=begun.is_paper)
    if former is not None:
        taken_over = beginnings.copied(form, applicant, former.answers)
    application = Application(
        applicant=applicant,
        language=begun.language,
        account_id=account.id if account else None,
        answers=before | taken_over,
        before=before,
        started_by=actor,
        is_paper=begun.is_paper,
        copied_from=former.id if former else None,
    )
    return _begin(session, application, form, key, now)


def _again(
    session: Session, known: Application, begun: Begun, *, actor: int, now: datetime
) -> Application:
    """Return what a key began already, if it is the same and still this person's to know of."""
    if not filling.may_see(session, known, Filler(actor), now=now):
        raise NotFound("application")
    about = ""
    if known.account_id is not None and known.form != rules.OPENING:
        about = session.get_one(Account, known.account_id).number
    asked = "" if begun.form == rules.OPENING else begun.account
    if (known.form, known.is_paper, about) != (begun.form, begun.is_paper, asked):
        raise KeyUsedOtherwise
    return known


def start_as_visitor(
    session: Session,
    applicant: Applicant | None,
    *,
    email: str,
    language: str,
    key: str,
    setting: Setting,
    now: datetime,
) -> tuple[Application, str]:
    """Begin Form 1 without a login, and mail the link to it; return it with the link's secret.

    The same key with the same address gives the same application, and a fresh link.

    Raises:
        Required, TooLong, NotAnEmail: at the fields "applicant", "email", "key".
        TooManyAttempts: too many were begun from this internet address, or for this mail address.
        KeyUsedOtherwise: the key began another application.
    """
    beginnings.check_key(key)
    if applicant is None:
        raise Required(field="applicant")
    address = people.checked_email(email, field="email")
    minutes = resumptions.count(session, setting.origin, address, now)
    if minutes:
        raise TooManyAttempts(minutes, field="email")
    application = questions.visitors(session, key)
    if application is None:
        application = Application(
            applicant=applicant, language=language, answers={}, before={}, email=address
        )
        _begin(session, application, forms.latest(rules.OPENING, setting.registry), key, now)
    elif (application.email, application.applicant) != (address, applicant):
        raise KeyUsedOtherwise
    secret = resumptions.write(session, application, Told.APPLICATION_LINK, setting, now=now)
    return application, secret


def _begin(
    session: Session, application: Application, form: Form, key: str, now: datetime
) -> Application:
    application.form, application.version = form.number, form.version
    application.status = Status.DRAFT
    application.key = key
    application.started_at = application.saved_at = now
    session.add(application)
    session.flush()
    actor = application.started_by
    logs.done(session, "start application", number(application.id), actor=actor, now=now)
    return application


def save(
    session: Session,
    application_id: int,
    section_key: str,
    typed: answers_.Given,
    *,
    seen: str,
    by: Filler,
    now: datetime,
) -> list[Refusal]:
    """Keep what was typed in a section, wrong or not, and return what is wrong with it.

    Args:
        seen: the `fingerprint` of the section when it was opened.

    Raises:
        NotFound, NotEntitled, ApplicationEnded: not by this person, or not now.
        ChangedMeanwhile: somebody else saved the section since.
    """
    application = filling.to_fill_in(session, application_id, by, now=now)
    _check_step(application, Event.SAVE)
    section = filling.form_of(application).section(section_key, application.applicant)
    if section is None:
        raise NotFound("section")
    given = {name: text[:TYPED_MAX] for name, text in typed.items()}
    kept, wrong = answers_.read(section, application.applicant, given)
    present = application.answers.get(section_key, {})
    if fingerprint(present) != seen and present != kept:
        raise ChangedMeanwhile
    renew(session, application)
    if section_key not in application.answers or present != kept:
        application.answers = {**application.answers, section_key: kept}
        application.saved_at = now
        session.flush()
    return wrong


def fingerprint(given: answers_.Given) -> str:
    """Return what tells one state of a section from another: 16 letters."""
    return filling.digest(dict(given))[:16]


def renew(session: Session, application: Application) -> None:
    """Bring a draft to the latest version of its form; what has no place there is left out."""
    latest = forms.newest(application.form, application.version)
    if application.status is Status.DRAFT and application.version != latest.version:
        application.version = latest.version
        fitted = answers_.fitted(latest, application.applicant, application.answers)
        application.answers = fitted
        session.flush()


def unready(session: Session, application: Application) -> list[Refusal]:
    """Return why an application cannot be submitted yet, each at its checklist item."""
    form = filling.form_of(application)
    applicant, given = application.applicant, application.answers
    found: list[Refusal] = [
        Incomplete(field=f"section:{key}") for key in answers_.problems(form, applicant, given)
    ]
    found += form_rules.wrong(form, applicant, given, begun=application.started_at.date())
    files = questions.attachments(session, application.id)
    there = {one.document for one in files if one.document_request_id is None}
    found += [
        DocumentMissing(field=f"document:{document.key}")
        for document in form_rules.needed(form, applicant, given, application.before)
        if document.key not in there and not application.is_paper
    ]
    if application.form == rules.CHANGE and _changes_nothing(application):
        found.append(NothingToChange(field="section:reason"))
    return found


def submit(
    session: Session,
    application_id: int,
    *,
    by: Filler,
    setting: Setting,
    now: datetime,
    name: str = "",
) -> Application:
    """Hand an application in, for the first time or corrected; handed in twice it is one.

    Args:
        name: with which a visitor without a login signs.

    Raises:
        NotFound, NotEntitled, ApplicationEnded: not by this person, or not now.
        Incomplete, DocumentMissing, NothingToChange: the first of what `unready` tells.
        AccountStateForbids: at the field "account"; the account was closed, say.
        ApplicationOpen: another application for the account waits.
        Refusal: what it asks for is not possible (`outcomes.check`).
    """
    application = filling.to_fill_in(session, application_id, by, now=now)
    if application.status is Status.SUBMITTED and application.submitted_by == by.user:
        return application
    after = _check_step(application, Event.SUBMIT)
    renew(session, application)
    for refusal in unready(session, application):
        raise refusal
    _check_alone(session, application)
    outcomes.check(session, application)
    outcomes.begin(session, application, actor=by.user, now=now)
    application.status = after
    application.submitted_by = by.user
    application.submitted_at = now
    application.due_at = now + LIFE
    session.flush()
    facts = filling.signed(session, application) | ({"name": name} if name else {})
    facts["sections"] = filling.digests(application.answers)
    filling.note(session, application, Event.SUBMIT, by.user, now, facts=facts)
    examiners = notifications.administrators(session, Duty.EXAMINE_APPLICATIONS)
    kind = Told.APPLICATION_SUBMITTED
    filling.tell(session, application, kind, setting, now, also=examiners, besides=by.secret)
    return application


def withdraw(
    session: Session,
    application_id: int,
    *,
    reason: str,
    by: Filler,
    setting: Setting,
    now: datetime,
) -> Application:
    """Take a submitted application back; a reason may be given.

    Raises:
        NotFound, NotEntitled, ApplicationEnded, TooLong
    """
    application = filling.to_fill_in(session, application_id, by, now=now)
    if application.status is Status.WITHDRAWN:
        return application
    after = _check_step(application, Event.WITHDRAW)
    reason = filling.checked_comment(reason)
    outcomes.undo(session, application, reason=reason, actor=by.user, now=now)
    application.status = after
    application.decided_at = now
    application.reason = reason or None
    session.flush()
    filling.note(session, application, Event.WITHDRAW, by.user, now, comment=reason)
    filling.tell(session, application, Told.APPLICATION_ENDED, setting, now, besides=by.secret)
    return application


def discard(session: Session, application_id: int, *, by: Filler, now: datetime) -> None:
    """Throw a draft away with its answers, the content of its files, and a visitor's address.

    Raises:
        NotFound, NotEntitled, ApplicationEnded
    """
    application = filling.to_fill_in(session, application_id, by, now=now)
    if application.status is Status.DISCARDED:
        return
    _discard(session, application, actor=by.user, now=now)


def discard_untouched(session: Session, *, now: datetime) -> int:
    """Throw away the drafts at which nobody has worked for long, and return how many."""
    found = questions.untouched(session, now - DRAFT_LIFE)
    for application in found:
        _discard(session, application, actor=None, now=now)
    return len(found)


def _discard(
    session: Session, application: Application, *, actor: int | None, now: datetime
) -> None:
    application.status = _check_step(application, Event.DISCARD)
    application.answers, application.before, application.email = {}, {}, None
    application.decided_at = now
    for attachment in questions.attachments(session, application.id):
        attachment.content, attachment.removed_at = None, now
    session.flush()
    filling.note(session, application, Event.DISCARD, actor, now)


def _check_step(application: Application, event: Event) -> Status:
    if event is Event.SAVE and application.status not in EDITABLE:
        raise ApplicationEnded(application.status, event)
    return step(application.status, event)


def _check_alone(session: Session, application: Application) -> None:
    """Lock the account; refuse a second application of the same form, and any beside a closure.

    Several persons of an account may need a new login ID or password at a time.
    """
    if application.account_id is None:
        return
    account = session.get_one(Account, application.account_id)
    locked = accounts.lock(session.connection(), account.number)[account.number]
    beginnings.check_state(application.form, locked.number, locked.state)
    for other in questions.waiting_about(session, account.id):
        closes = rules.CLOSURE in {other.form, application.form}
        is_same = other.form == application.form != rules.CREDENTIALS
        if other.id != application.id and (closes or is_same):
            raise ApplicationOpen(number(other.id))


def _changes_nothing(application: Application) -> bool:
    form, applicant = filling.form_of(application), application.applicant
    changed = answers_.changed(form, applicant, application.answers, application.before)
    return changed.keys() <= {"reason"}
