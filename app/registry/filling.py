"""Who fills in an application and may know of it, and what the verbs on both its sides share."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain import forms
from app.domain.applications import WAITING, Event, Status, number
from app.domain.errors import NotEntitled, NotFound, TooLong
from app.domain.forms import answers
from app.domain.forms.regions import HOME
from app.domain.forms.spec import Applicant, Form
from app.domain.notifications import Kind as Told
from app.domain.people import Acting, State
from app.domain.roles import DUTIES, PROPOSING, Duty
from app.domain.text import normalise
from app.registry import logs, notifications, people, resumptions
from app.registry.effects import Setting
from app.store import accounts
from app.store import applications as questions
from app.store import people as people_questions
from app.store.tables import Application, Holder, Step

COMMENT_MAX: Final = 1_024


@dataclass(frozen=True, slots=True)
class Filler:
    """Who fills in an application: a person signed in, or a visitor by the secret of a link."""

    user: int | None = None
    secret: str = ""


def may_see(session: Session, application: Application, by: Filler, *, now: datetime) -> bool:
    """Tell whether somebody may know of an application.

    A draft is its writer's alone; once submitted it is also seen by everyone who acts on the
    account, and by the administrators who see accounts.
    """
    if by.user is None:
        return resumptions.leads_to(session, by.secret, now=now) == application.id
    power = people_questions.power(session.connection(), by.user, application.account_id)
    if power is None or power.state is not State.ACTIVE:
        return False
    if power.role is not None:
        drafted = application.submitted_at is None and not application.is_paper
        return power.role in DUTIES[Duty.SEE_EVERYTHING] and not drafted
    if application.started_by == by.user and not application.is_paper:
        is_about_account = application.account_id is not None
        return power.right is not None or not is_about_account or _opens(application)
    return power.right is not None and application.submitted_at is not None


def to_fill_in(session: Session, application_id: int, by: Filler, *, now: datetime) -> Application:
    """Return an application, locked, for somebody who may change, submit or withdraw it.

    Raises:
        NotFound: there is none that this person may know of.
        NotEntitled: this person sees it only.
    """
    application = questions.locked(session, application_id)
    if application is None or not may_see(session, application, by, now=now):
        raise NotFound("application")
    if not may_fill_in(session, application, by):
        raise NotEntitled("fill in application")
    return application


def may_fill_in(session: Session, application: Application, by: Filler) -> bool:
    """Tell whether somebody who may know of an application may change, submit or withdraw it."""
    if by.user is None:
        return True
    power = people.power(session.connection(), by.user, application.account_id)
    is_office = power.role is not None
    is_theirs = application.started_by == by.user or is_office or power.right in PROPOSING
    if is_office != application.is_paper or not is_theirs:
        return False
    return rules.may_fill_in(application.form, power.role, power.right)


def form_of(application: Application) -> Form:
    """Return the version of the form that an application is in; a draft is always in the latest."""
    if application.status is Status.DRAFT:
        return forms.newest(application.form, application.version)
    return forms.edition(application.form, application.version)


def is_overdue(application: Application, *, now: datetime) -> bool:
    """Tell whether an application that waits should have been examined or corrected by now."""
    due = application.due_at
    return application.status in WAITING and due is not None and due <= now


def recorded(session: Session, holder: Holder) -> tuple[Applicant, dict[str, dict[str, str]]]:
    """Return what kind of holder one is and what is recorded of it, as a form has it."""
    record = questions.record(session, holder.id)
    if record is not None:
        return record.applicant, record.answers
    is_abroad = holder.country not in {None, _home(session, holder)}
    applicant = Applicant.FOREIGN if is_abroad else Applicant.DOMESTIC
    known = {
        "holder": {
            "name_en": holder.name_en,
            "name_ja": holder.name_ja or "",
            "country": holder.country or "",
        },
        "head_office": {
            "address_en": holder.head_office_en or "",
            "address_ja": holder.head_office_ja or "",
        },
    }
    return applicant, known


def _home(session: Session, holder: Holder) -> str:
    """Return the country whose registry this is: the holder's accounts begin with its code."""
    account = next(iter(accounts.of_holder(session, holder.reference)), None)
    return account.number[: len(HOME)] if account else HOME


def signed(session: Session, application: Application) -> dict[str, Any]:
    """Return what an applicant signs: the digest of the answers, and of each file its own."""
    form = form_of(application)
    kept = answers.fitted(form, application.applicant, application.answers)
    return {
        "number": number(application.id),
        "form": form.number,
        "version": form.version,
        "answers": digest(kept),
        "files": [
            f"{one.sha256.hex()} {one.document} {one.name}"
            for one in questions.attachments(session, application.id)
        ],
    }


def digests(answers: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the digest of each section, by which a corrected one is known."""
    return {key: digest(dict(given)) for key, given in answers.items()}


def digest(given: dict[str, Any]) -> str:
    """Return the SHA-256 of answers in hexadecimal, the same however they are ordered."""
    text = json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def note(
    session: Session,
    application: Application,
    event: Event,
    actor: int | None,
    now: datetime,
    *,
    comment: str = "",
    facts: dict[str, Any] | None = None,
) -> None:
    """Write an event into the timeline of an application and into the log."""
    session.add(
        Step(
            application_id=application.id,
            event=event,
            at=now,
            user_id=actor,
            comment=comment or None,
            facts=facts or {},
        )
    )
    session.flush()
    operation, subject = f"{event} application", number(application.id)
    logs.done(session, operation, subject, actor=actor, now=now, comment=comment)


def tell(
    session: Session,
    application: Application,
    kind: Told,
    setting: Setting,
    now: datetime,
    *,
    also: list[int] | None = None,
    facts: dict[str, Any] | None = None,
    besides: str = "",
) -> None:
    """Tell the applicant, everyone who acts on the account, and others; a visitor by mail.

    Args:
        besides: the secret with which a visitor is just at work; the link of it stays good.
    """
    title, status = form_of(application).title, rules.STATUS_NAMES[application.status]
    due = application.due_at
    told: dict[str, Any] = {
        "number": number(application.id),
        "form": (title.en, title.ja),
        "ended": (status.en, status.ja),
        "due": due.isoformat() if due else "",
        **(facts or {}),
    }
    users = {*concerned(session, application, now=now), *(also or ())}
    notifications.tell_all(
        session, kind, number(application.id), told, users=sorted(users), now=now
    )
    if application.started_by is None:
        resumptions.write(session, application, kind, setting, besides=besides, now=now)


def concerned(session: Session, application: Application, *, now: datetime) -> set[int]:
    """Return who is told of an application: who began it, and who acts on the account.

    Whoever may not know of it any more is not told either.
    """
    own = {one for one in (application.started_by, application.submitted_by) if one is not None}
    found = {one for one in own if may_see(session, application, Filler(one), now=now)}
    if application.account_id is not None:
        found |= acting(session, application.account_id)
    return found


def acting(session: Session, account_id: int) -> set[int]:
    """Return who acts on an account at present."""
    rows = people_questions.acting(session, [account_id])
    return {row.id for row in rows if row.acting is Acting.ACTIVE}


def checked_comment(typed: str, *, field: str = "reason") -> str:
    """Return a comment as it is kept; TooLong at its field."""
    comment = normalise(typed)
    if len(comment) > COMMENT_MAX:
        raise TooLong(COMMENT_MAX, field=field)
    return comment


def _opens(application: Application) -> bool:
    """Tell whether its writer need not act on the account, which came or went with it."""
    if application.form == rules.CLOSURE:
        return application.status is Status.APPROVED
    return application.form == rules.OPENING
