"""Verbs on tasks: claim, take over, assign, give back.

A task is a proposal, a request or an application that waits. Whoever claimed it is the one to
decide it, or to examine it; another may take it over with a comment.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain import requests as rules
from app.domain import roles
from app.domain.applications import Event as Step
from app.domain.applications import Status as Stage
from app.domain.errors import AlreadyDone, NotAllowedInStatus, NotEntitled, NotFound, TooLong
from app.domain.form_errors import ApplicationEnded
from app.domain.ledger import Event
from app.domain.ledger import Status as Proposal
from app.domain.people import State
from app.domain.people_errors import CommentRequired, RequestEnded, UnknownPerson
from app.domain.requests import Status
from app.domain.text import normalise
from app.registry import examinations, filling, logs, people
from app.registry.filling import Filler
from app.registry.requests import may_see
from app.store import accounts, applications, requests, transactions
from app.store import people as people_questions
from app.store.tables import Claim, User

COMMENT_MAX: Final = 1_024

#: At which step an application is somebody's task, and which event the claimant is to cause.
_TURNS: Final = {Stage.SUBMITTED: Step.RECOMMEND, Stage.EXAMINED: Step.APPROVE}


def claim(
    session: Session,
    *,
    transaction: int | None = None,
    request: int | None = None,
    application: int | None = None,
    subject: str,
    to: int | None,
    comment: str,
    actor: int,
    now: datetime,
) -> None:
    """Make a task somebody's: one's own, another's who may decide it, or nobody's (`to` None).

    Args:
        subject: the task's number as printed, for the log.

    Raises:
        NotFound, NotEntitled: this person does not decide such a task.
        NotAllowedInStatus, RequestEnded, ApplicationEnded: it was decided already.
        AlreadyDone: it is that person's already.
        CommentRequired, TooLong: at the field "comment"; another had claimed it.
        UnknownPerson: at the field "login_id"; the other may not decide it.
    """
    task = Claim(transaction_id=transaction, request_id=request, application_id=application)
    if not _may_decide(session, task, actor, now):
        raise NotEntitled("claim")
    if to is not None and to != actor and not _may_take(session, task, to, now):
        raise UnknownPerson("", field="login_id")
    comment = _checked(comment, _claimant(session, task), to, actor)
    task.user_id, task.made_by, task.made_at, task.comment = to, actor, now, comment or None
    session.add(task)
    session.flush()
    named = session.get(User, to) if to is not None else None
    logs.done(
        session,
        "claim task",
        subject,
        actor=actor,
        now=now,
        claimant=named.login_id if named else "",
        comment=comment,
    )


def _checked(comment: str, present: int | None, to: int | None, actor: int) -> str:
    """Return a comment as it is kept; whoever takes a task from another gives one."""
    comment = normalise(comment)
    if len(comment) > COMMENT_MAX:
        raise TooLong(COMMENT_MAX, field="comment")
    if present == to:
        raise AlreadyDone
    if present not in {None, actor} and not comment:
        raise CommentRequired(field="comment")
    return comment


def _may_decide(session: Session, task: Claim, actor: int, now: datetime) -> bool:
    """Tell whether a person may decide a task; NotFound when they may not even know of it."""
    if task.application_id is not None:
        return _may_examine(session, task.application_id, actor, now)
    if task.request_id is not None:
        return _may_decide_request(session, task.request_id, actor)
    assert task.transaction_id is not None, "a task is one of three"
    return _may_decide_proposal(session, task.transaction_id, actor)


def _may_examine(session: Session, application: int, actor: int, now: datetime) -> bool:
    found = applications.locked(session, application)
    if found is None or not filling.may_see(session, found, Filler(actor), now=now):
        raise NotFound("task")
    if found.status not in _TURNS:
        raise ApplicationEnded(found.status, Step.RECOMMEND)
    return _TURNS[found.status] in examinations.possible(session, found, actor)


def _may_decide_request(session: Session, request: int, actor: int) -> bool:
    row = requests.locked(session, request)
    if row is None or not may_see(session, row, actor):
        raise NotFound("task")
    if row.status is not Status.WAITING:
        raise RequestEnded
    power = people.power(session.connection(), actor, None)
    return rules.may_decide(power.role) and actor not in {row.asked_by, row.user_id}


def _may_decide_proposal(session: Session, transaction: int, actor: int) -> bool:
    connection = session.connection()
    # Until the end nobody else claims it, nor decides it.
    accounts.lock_sides(connection, transaction)
    proposal = transactions.by_id(connection, transaction)
    if proposal is None:
        raise NotFound("task")
    owner = proposal.source_id or proposal.target_id
    power = people.power(connection, actor, owner)
    if not roles.may_see_account(power.role, power.right):
        raise NotFound("task")
    if proposal.status is not Proposal.PROPOSED:
        raise NotAllowedInStatus(proposal.status, Event.APPROVE)
    may = roles.may_decide(Event.APPROVE, proposal.kind, power.role, power.right)
    return may and proposal.proposed_by != actor


def _may_take(session: Session, task: Claim, user: int, now: datetime) -> bool:
    other = people_questions.by_id(session, user)
    if other is None or other.state is not State.ACTIVE:
        return False
    try:
        return _may_decide(session, task, user, now)
    except NotFound:
        return False


def _claimant(session: Session, task: Claim) -> int | None:
    connection = session.connection()
    if task.application_id is not None:
        return applications.claimant(session, task.application_id)
    if task.transaction_id is not None:
        found = requests.claimant_of_transaction(connection, task.transaction_id)
    else:
        assert task.request_id is not None, "a task is one of three"
        found = requests.claimant_of_request(connection, task.request_id)
    return found.user_id if found else None
