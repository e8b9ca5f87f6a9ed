"""What each form does: on submission, while the application waits, and on approval."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain import requests as request_rules
from app.domain.applications import number
from app.domain.errors import NotEntitled, Refusal
from app.domain.people import LOGIN_ID_MAX
from app.domain.people_errors import UnknownPerson
from app.domain.requests import Delivery, Kind, Status
from app.domain.roles import PROPOSING
from app.registry import (
    askings,
    certificates,
    changes,
    closures,
    effects,
    logs,
    openings,
    vaults,
)
from app.registry.effects import Setting
from app.registry.links import Letter
from app.store import people as people_questions
from app.store.tables import Application, Request, User

_ITEM = "section:credentials"


def check(session: Session, application: Application) -> None:
    """Refuse what the registry could not carry out as it stands now.

    Asked on submission and again on approval.

    Raises:
        Refusal: at the key of the checklist item that is to blame, such as "section:closure".
    """
    match application.form:
        case rules.OPENING:
            openings.check(session, application)
        case rules.CHANGE:
            changes.check(session, application)
        case rules.CLOSURE:
            closures.check(session, application)
        case rules.CREDENTIALS:
            _check_credentials(session, application)


def begin(session: Session, application: Application, *, actor: int | None, now: datetime) -> None:
    """Hold back what must not happen while the application waits."""
    if application.form == rules.CLOSURE:
        closures.begin(session, application, actor=actor, now=now)


def undo(
    session: Session, application: Application, *, reason: str, actor: int | None, now: datetime
) -> None:
    """Let go on what `begin` held back, as the application ends without approval."""
    if application.form == rules.CLOSURE:
        closures.undo(session, application, reason=reason, actor=actor, now=now)


def carry_out(
    session: Session, application: Application, *, actor: int, setting: Setting, now: datetime
) -> list[Letter]:
    """Do what an application asks for, checked again; return the letters to print.

    Raises:
        Refusal: it is not possible any more; nothing was done.
    """
    match application.form:
        case rules.OPENING:
            return openings.carry_out(session, application, actor=actor, setting=setting, now=now)
        case rules.CHANGE:
            changes.carry_out(session, application, actor=actor, now=now)
        case rules.CERTIFICATE:
            certificates.issue_for_account(session, application, actor=actor, now=now)
        case rules.CLOSURE:
            closures.carry_out(session, application, actor=actor, now=now)
        case rules.CREDENTIALS:
            return _credentials(session, application, actor=actor, setting=setting, now=now)
    return []


# Form 5: what the portal does on a request about a person


def subject(session: Session, application: Application) -> User | None:
    """Return the person an application is about, whose login ID or password it is."""
    if application.form != rules.CREDENTIALS:
        return None
    given = application.answers.get("credentials", {})
    return people_questions.by_login_id(session, given.get("login_id", ""))


def _check_credentials(session: Session, application: Application) -> User:
    """Return the person, if the applicant may ask for that and it can be done.

    Raises:
        UnknownPerson, RequestOpen, StateForbids: at the item.
        NotEntitled: administrators' own are not asked for on a form.
    """
    given = application.answers["credentials"]
    user = subject(session, application)
    if user is None or not _may_name(session, application, user):
        raise UnknownPerson(given["login_id"][:LOGIN_ID_MAX], field=_ITEM)
    askings.lock(session, user.id, None)
    if user.role is not None:
        raise NotEntitled(given["kind"], field=_ITEM)
    try:
        askings.check_possible(session, Kind(given["kind"]), {}, None, user)
    except Refusal as refusal:
        refusal.field = _ITEM
        raise
    return user


def _may_name(session: Session, application: Application, user: User) -> bool:
    """Tell whether the applicant may ask for somebody: oneself, or a colleague on an account."""
    applicant = application.submitted_by or application.started_by
    if application.is_paper or applicant == user.id:
        return True
    acting = people_questions.colleagues(session, user.id)
    return any(row.id == applicant and row.right in PROPOSING for row in acting)


def _credentials(
    session: Session, application: Application, *, actor: int, setting: Setting, now: datetime
) -> list[Letter]:
    user = _check_credentials(session, application)
    given = application.answers["credentials"]
    asked_by = application.submitted_by or application.started_by
    assert asked_by is not None, "only a person signed in asks for it"
    request = Request(
        kind=Kind(given["kind"]),
        status=Status.WAITING,
        user_id=user.id,
        asked={"delivery": Delivery(given["delivery"]).value},
        before={"login_id": user.login_id, "state": user.state.value, "role": None},
        comment=given["reason"],
        key=vaults.token(),
        asked_by=asked_by,
        asked_at=application.submitted_at or now,
        due_at=application.due_at or now,
    )
    session.add(request)
    session.flush()
    letter = effects.carry_out(session, request, actor=actor, setting=setting, now=now)
    request.status, request.decided_by, request.decided_at = Status.APPROVED, actor, now
    session.flush()
    logs.done(
        session,
        f"{Status.APPROVED} {request.kind}",
        request_rules.number(request.id),
        actor=actor,
        now=now,
        application=number(application.id),
        login_id=given["login_id"],
        delivery=given["delivery"],
    )
    return [letter] if letter else []
