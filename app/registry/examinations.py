"""Verbs on applications, on the administrators' side: tick off, ask for a correction, decide.

An operator who has claimed an application examines it and recommends it; an approver, a second
person who had no part in it, approves it and so carries it out. Either rejects, with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain import applications as rules
from app.domain.applications import STEPS, Event, Status, step
from app.domain.errors import NotEntitled, NotFound, ReasonRequired, UnknownChoice
from app.domain.form_errors import ItemsUnchecked, NotClaimed, OwnApplication
from app.domain.notifications import Kind as Told
from app.domain.people import Acting, State
from app.domain.people_errors import AboutYourself, ClaimedByOther, ProposerStopped
from app.domain.roles import DUTIES, Duty, Role
from app.registry import checklists, filling, outcomes, people
from app.registry.applications import LIFE
from app.registry.effects import Setting
from app.registry.filling import Filler
from app.registry.links import Letter
from app.store import applications as questions
from app.store import people as people_questions
from app.store.tables import Application, Claim, Representative, User
from app.store.tables.applications import Standing

#: What an examiner does, and what an approver does.
_EXAMINING = frozenset({Event.ASK_CORRECTION, Event.ASK_DOCUMENTS, Event.RECOMMEND})
_DECIDING = frozenset({Event.SEND_BACK, Event.APPROVE})
#: Who did one of these has a part in the application.
_PARTS = frozenset({Event.SUBMIT, Event.ASK_CORRECTION, Event.RECOMMEND})


@dataclass(frozen=True, slots=True)
class Decided:
    """How an application ended, and the letters to print if its approval made some."""

    status: Status
    letters: list[Letter] = field(default_factory=list)


def possible(session: Session, application: Application, actor: int) -> frozenset[Event]:
    """Return what an administrator may do to an application as it stands, claimed or not."""
    role = people.power(session.connection(), actor, None).role
    open_to: set[Event] = set()
    if rules.may_examine(role):
        open_to |= _EXAMINING
    if rules.may_approve(role):
        open_to |= _DECIDING
        if _has_part(session, application, actor) or _is_about(session, application, actor):
            open_to.discard(Event.APPROVE)
    if _may_reject(application, role) and not _is_about(session, application, actor):
        open_to.add(Event.REJECT)
    return frozenset(open_to & STEPS[application.status].keys())


# Examining


def mark(
    session: Session,
    application_id: int,
    item: str,
    standing: Standing | None,
    remark: str,
    *,
    actor: int,
    now: datetime,
) -> None:
    """Tick off an item of the checklist, with a remark or without; None takes the tick back.

    Raises:
        NotFound, NotEntitled: not this person.
        ApplicationEnded, NotClaimed, ClaimedByOther: not now.
        UnknownChoice, TooLong: at the fields "item", "remark".
    """
    application = _to_examine(session, application_id, actor, now)
    step(application.status, Event.RECOMMEND)
    _check_examiner(session, application, actor)
    if item not in checklists.items(application):
        raise UnknownChoice(item[:100], field="item")
    remark = filling.checked_comment(remark, field="remark")
    checklists.tick(session, application, item, standing, remark, actor=actor, now=now)


def ask_correction(
    session: Session,
    application_id: int,
    items: Mapping[str, str],
    comment: str,
    *,
    actor: int,
    setting: Setting,
    now: datetime,
) -> Application:
    """Give an application back to its applicant: which items are to be corrected, and why each.

    Raises:
        NotFound, NotEntitled, ApplicationEnded, NotClaimed, ClaimedByOther
        NothingToCorrect: at the field "items".
        ReasonRequired, TooLong, UnknownChoice: at the field named as the item; "comment".
    """
    application = _to_examine(session, application_id, actor, now)
    if application.status is Status.RETURNED and _last(session, application) == actor:
        return application
    after = step(application.status, Event.ASK_CORRECTION)
    _check_examiner(session, application, actor)
    reasons = checklists.checked(application, items)
    comment = filling.checked_comment(comment, field="comment")
    for item, reason in reasons.items():
        checklists.tick(session, application, item, Standing.PROBLEM, reason, actor=actor, now=now)
    application.status = after
    application.due_at = now + LIFE
    session.flush()
    filling.note(
        session, application, Event.ASK_CORRECTION, actor, now, comment=comment, facts=reasons
    )
    filling.tell(session, application, Told.APPLICATION_RETURNED, setting, now)
    return application


def recommend(
    session: Session,
    application_id: int,
    comment: str,
    *,
    actor: int,
    setting: Setting,
    now: datetime,
) -> Application:
    """Finish the examination: the application waits for a second person, whose task it may be.

    Raises:
        NotFound, NotEntitled, ApplicationEnded, NotClaimed, ClaimedByOther
        ItemsUnchecked, TooLong: at the fields "items", "comment".
    """
    application = _to_examine(session, application_id, actor, now)
    if application.status is Status.EXAMINED and application.recommended_by == actor:
        return application
    after = step(application.status, Event.RECOMMEND)
    _check_examiner(session, application, actor)
    left = checklists.unchecked(session, application)
    if left:
        raise ItemsUnchecked(len(left), field="items")
    comment = filling.checked_comment(comment, field="comment")
    application.status = after
    application.recommended_by, application.recommended_at = actor, now
    _hand_on(session, application, None, actor, now)
    facts = {
        item: {"standing": one.standing.value, "remark": one.remark or ""}
        for item, one in questions.marks(session, application.id).items()
    }
    filling.note(session, application, Event.RECOMMEND, actor, now, comment=comment, facts=facts)
    approvers = people_questions.with_roles(session, DUTIES[Duty.DECIDE_ON_APPLICATIONS])
    kind = Told.APPLICATION_EXAMINED
    filling.tell(session, application, kind, setting, now, also=approvers)
    return application


# Deciding


def send_back(
    session: Session, application_id: int, reason: str, *, actor: int, now: datetime
) -> Application:
    """Send an application back to its examiner, whose task it is again.

    Raises:
        NotFound, NotEntitled, ApplicationEnded, ClaimedByOther
        ReasonRequired, TooLong: at the field "reason".
    """
    application = _to_decide(session, application_id, actor, now)
    if application.status is Status.SUBMITTED and _last(session, application) == actor:
        return application
    after = step(application.status, Event.SEND_BACK)
    _check_claim(session, application, actor)
    reason = _checked_reason(reason)
    examiner = application.recommended_by
    application.status = after
    application.recommended_by = application.recommended_at = None
    _hand_on(session, application, examiner, actor, now)
    filling.note(session, application, Event.SEND_BACK, actor, now, comment=reason)
    return application


def approve(
    session: Session, application_id: int, *, actor: int, setting: Setting, now: datetime
) -> Decided:
    """Approve an application and do what it asks for; everything is checked again.

    Raises:
        NotFound, NotEntitled: not this person.
        ApplicationEnded, OwnApplication, AboutYourself, ClaimedByOther, ProposerStopped: not now,
            or not this person.
        Refusal: what it asks for is not possible any more; the application waits on.
    """
    application = _to_decide(session, application_id, actor, now)
    if application.status is Status.APPROVED and application.decided_by == actor:
        return Decided(Status.APPROVED)
    after = step(application.status, Event.APPROVE)
    if _has_part(session, application, actor):
        raise OwnApplication
    if _is_about(session, application, actor):
        raise AboutYourself
    _check_claim(session, application, actor)
    _check_applicant(session, application)
    letters = outcomes.carry_out(session, application, actor=actor, setting=setting, now=now)
    application.status = after
    application.decided_by, application.decided_at = actor, now
    session.flush()
    filling.note(session, application, Event.APPROVE, actor, now)
    also = [application.recommended_by] if application.recommended_by else []
    filling.tell(session, application, Told.APPLICATION_APPROVED, setting, now, also=also)
    return Decided(after, letters)


def reject(
    session: Session,
    application_id: int,
    reason: str,
    *,
    actor: int,
    setting: Setting,
    now: datetime,
) -> Decided:
    """End an application without doing what it asks for; the applicant reads the reason.

    Raises:
        NotFound, NotEntitled, ApplicationEnded, AboutYourself, NotClaimed, ClaimedByOther
        ReasonRequired, TooLong: at the field "reason".
    """
    application = _seen(session, application_id, actor, now)
    role = people.power(session.connection(), actor, None).role
    if not (rules.may_examine(role) or rules.may_approve(role)):
        raise NotEntitled("reject application")
    if application.status is Status.REJECTED and application.decided_by == actor:
        return Decided(Status.REJECTED)
    after = step(application.status, Event.REJECT)
    if not _may_reject(application, role):
        raise NotEntitled("reject application")
    if rules.may_approve(role):
        _check_claim(session, application, actor)
    else:
        _check_examiner(session, application, actor)
    if _is_about(session, application, actor):
        raise AboutYourself
    reason = _checked_reason(reason)
    outcomes.undo(session, application, reason=reason, actor=actor, now=now)
    application.status, application.reason = after, reason
    application.decided_by, application.decided_at = actor, now
    session.flush()
    filling.note(session, application, Event.REJECT, actor, now, comment=reason)
    filling.tell(session, application, Told.APPLICATION_ENDED, setting, now)
    return Decided(after)


# What stands between


def _seen(session: Session, application_id: int, actor: int, now: datetime) -> Application:
    application = questions.locked(session, application_id)
    if application is None or not filling.may_see(session, application, Filler(actor), now=now):
        raise NotFound("application")
    return application


def _to_examine(session: Session, application_id: int, actor: int, now: datetime) -> Application:
    application = _seen(session, application_id, actor, now)
    if not rules.may_examine(people.power(session.connection(), actor, None).role):
        raise NotEntitled("examine application")
    return application


def _to_decide(session: Session, application_id: int, actor: int, now: datetime) -> Application:
    application = _seen(session, application_id, actor, now)
    if not rules.may_approve(people.power(session.connection(), actor, None).role):
        raise NotEntitled("decide application")
    return application


def _may_reject(application: Application, role: Role | None) -> bool:
    """Tell whose turn it is to reject: the examiner's, then the approver's."""
    if application.status is Status.EXAMINED:
        return rules.may_approve(role)
    return rules.may_examine(role)


def _check_examiner(session: Session, application: Application, actor: int) -> None:
    if questions.claimant(session, application.id) is None:
        raise NotClaimed
    _check_claim(session, application, actor)


def _check_claim(session: Session, application: Application, actor: int) -> None:
    claimant = questions.claimant(session, application.id)
    if claimant not in {None, actor}:
        other = session.get_one(User, claimant)
        raise ClaimedByOther(other.name_en, other.name_ja)


def _has_part(session: Session, application: Application, actor: int) -> bool:
    """Tell whether somebody filled in, handed in or ever examined an application."""
    if actor in {application.started_by, application.submitted_by, application.recommended_by}:
        return True
    return questions.took_part(session, application.id, actor, _PARTS)


def _is_about(session: Session, application: Application, actor: int) -> bool:
    subject = outcomes.subject(session, application)
    return subject is not None and subject.id == actor


def _check_applicant(session: Session, application: Application) -> None:
    """Refuse while whoever handed it in may not act (EU 2019/1122 Art. 30)."""
    if application.submitted_by is None:
        return
    applicant = session.get_one(User, application.submitted_by, populate_existing=True)
    acting = Acting.ACTIVE
    if application.account_id is not None:
        right = session.get(Representative, (applicant.id, application.account_id))
        acting = right.state if right else acting
    if applicant.state is not State.ACTIVE or acting is Acting.SUSPENDED:
        raise ProposerStopped


def _checked_reason(typed: str) -> str:
    reason = filling.checked_comment(typed)
    if not reason:
        raise ReasonRequired(field="reason")
    return reason


def _hand_on(
    session: Session, application: Application, to: int | None, actor: int, now: datetime
) -> None:
    """Make an application somebody's task, or nobody's, as its examination goes on or ends."""
    claim = Claim(application_id=application.id, user_id=to, made_by=actor, made_at=now)
    session.add(claim)
    session.flush()


def _last(session: Session, application: Application) -> int | None:
    """Return who did the last thing to an application."""
    steps = questions.steps(session, application.id)
    return steps[-1].user_id if steps else None
