"""Questions about tasks: what waits for somebody's decision, as one list.

These are proposals, requests about people, and applications, which wait for an examiner and then
for an approver. A task is known by its place in the list: when it began, which of the three it is,
and its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, false, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from app.domain import applications as applications_
from app.domain import exchange, ledger, roles
from app.domain import requests as requests_
from app.domain.applications import WAITING, Status
from app.domain.ledger import Event
from app.domain.people import Acting, State
from app.domain.roles import APPROVING, DUTIES, HOLDERS_KINDS, Duty, Role
from app.store.databases import AnyRow
from app.store.tables import (
    Account,
    Application,
    Claim,
    Crossing,
    Representative,
    Request,
    Transaction,
    User,
    Wait,
)

#: Which of the three a task is, as the list orders those that began at one moment.
MOVEMENT: Final = 0
REQUEST: Final = 1
APPLICATION: Final = 2

_Target = aliased(Account, name="target")
_Asker = aliased(User, name="asker")
_Maker = aliased(User, name="maker")

_MOVEMENTS = (
    select(
        Transaction.id,
        Transaction.kind,
        Transaction.quantity,
        Transaction.proposed_at.label("at"),
        Transaction.expires_at.label("due_at"),
        Transaction.source_id,
        Transaction.proposed_by.label("asked_by"),
        Account.number.label("source"),
        Account.kind.label("source_kind"),
        _Target.number.label("target"),
        _Target.kind.label("target_kind"),
        Crossing.their_account,
        User.name_en.label("asker_en"),
        User.name_ja.label("asker_ja"),
    )
    .outerjoin(Account, Account.id == Transaction.source_id)
    .join(_Target, _Target.id == Transaction.target_id)
    .join(User, User.id == Transaction.proposed_by)
    .outerjoin(Crossing, Crossing.transaction_id == Transaction.id)
)
_REQUESTS = (
    select(
        Request.id,
        Request.kind,
        Request.asked,
        Request.asked_by,
        Request.user_id,
        Request.asked_at.label("at"),
        Request.due_at,
        Account.number.label("account"),
        User.name_en,
        User.name_ja,
        _Asker.name_en.label("asker_en"),
        _Asker.name_ja.label("asker_ja"),
    )
    .outerjoin(Account, Account.id == Request.account_id)
    .outerjoin(User, User.id == Request.user_id)
    .join(_Asker, _Asker.id == Request.asked_by)
)
_APPLICATIONS = (
    select(
        Application.id,
        Application.form,
        Application.version,
        Application.applicant,
        Application.status,
        Application.is_paper,
        Application.email,
        Application.started_by.label("asked_by"),
        Application.submitted_by,
        Application.recommended_by,
        Application.submitted_at.label("at"),
        Application.due_at,
        Account.number.label("account"),
        _Asker.name_en.label("asker_en"),
        _Asker.name_ja.label("asker_ja"),
    )
    .outerjoin(Account, Account.id == Application.account_id)
    .outerjoin(_Asker, _Asker.id == Application.submitted_by)
)
_CLAIMS = (
    select(
        Claim.id,
        Claim.made_at,
        Claim.user_id,
        Claim.made_by,
        Claim.comment,
        User.name_en,
        User.name_ja,
        _Maker.name_en.label("maker_en"),
        _Maker.name_ja.label("maker_ja"),
    )
    .outerjoin(User, User.id == Claim.user_id)
    .join(_Maker, _Maker.id == Claim.made_by)
    .order_by(Claim.id.desc())
)


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: a person, the role, and the accounts on which that person may approve."""

    user_id: int
    role: Role | None = None
    accounts: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tasks a list shows; what is not given does not matter.

    Args:
        kind: a kind of movement or of request, or the number of a form.
        claimed_by: only those of this person; 0 for those that are nobody's.
    """

    kind: ledger.Kind | requests_.Kind | int | None = None
    claimed_by: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def find(
    session: Session,
    decider: Decider,
    wanted: Filter,
    *,
    after: tuple[int, int] | None = None,
    before: tuple[int, int] | None = None,
    newest_first: bool = False,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return tasks: rank, id, at, claimant and the claimant's names; past one, or before one.

    Args:
        after, before: rank and id of a task; one that never was leaves the list empty.
    """
    tasks = _tasks(decider, wanted)
    place = (tasks.c.at, tasks.c.rank, tasks.c.id)
    query = (
        select(tasks, User.name_en, User.name_ja)
        .outerjoin(User, User.id == tasks.c.claimant)
        .where(*_conditions(wanted, tasks))
        .limit(size)
    )
    turned = before is not None
    at = before or after
    upwards = newest_first == turned
    if at is not None:
        began = _began(*at)
        here = tuple_(began, literal(at[0]), literal(at[1]))
        query = query.where(tuple_(*place) > here if upwards else tuple_(*place) < here)
    order = place if upwards else [column.desc() for column in place]
    found = session.execute(query.order_by(*order)).all()
    return found[::-1] if turned else found


def count(session: Session, decider: Decider, wanted: Filter, *, cap: int = 1_000) -> int:
    """Return how many tasks there are, at most `cap` + 1."""
    tasks = _tasks(decider, wanted)
    capped = select(tasks.c.id).where(*_conditions(wanted, tasks)).limit(cap + 1).subquery()
    return session.execute(select(func.count()).select_from(capped)).scalar_one()


def movements(session: Session, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Return what a list of tasks shows of proposals, by id."""
    if not ids:
        return {}
    return {row.id: row for row in session.execute(_MOVEMENTS.where(Transaction.id.in_(ids)))}


def requests(session: Session, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Return what a list of tasks shows of requests, by id."""
    if not ids:
        return {}
    return {row.id: row for row in session.execute(_REQUESTS.where(Request.id.in_(ids)))}


def applications(session: Session, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Return what a list of tasks shows of applications, by id."""
    if not ids:
        return {}
    return {row.id: row for row in session.execute(_APPLICATIONS.where(Application.id.in_(ids)))}


def claims(
    session: Session,
    *,
    transaction: int | None = None,
    request: int | None = None,
    application: int | None = None,
) -> Sequence[AnyRow]:
    """Return who claimed a task and who gave it to whom, the last first: at, names, comment."""
    of_task = Claim.request_id == request
    if transaction is not None:
        of_task = Claim.transaction_id == transaction
    if application is not None:
        of_task = Claim.application_id == application
    return session.execute(_CLAIMS.where(of_task)).all()


def approvers(session: Session, *, kind: ledger.Kind, source_id: int | None) -> Sequence[AnyRow]:
    """Return who may approve a movement: id, login_id, names; that one proposed it is not asked."""
    query = _PERSON.where(User.state == State.ACTIVE).order_by(User.id)
    if kind in HOLDERS_KINDS:
        query = query.join(Representative, Representative.user_id == User.id).where(
            Representative.account_id == source_id,
            Representative.state == Acting.ACTIVE,
            Representative.right.in_(APPROVING),
        )
    else:
        deciding = [role for role in Role if roles.may_decide(Event.APPROVE, kind, role, None)]
        query = query.where(User.role.in_(deciding))
    return session.execute(query).all()


def deciders(session: Session) -> Sequence[AnyRow]:
    """Return who may decide requests about people: id, login_id, names."""
    query = _PERSON.where(User.state == State.ACTIVE, User.role.in_(DUTIES[Duty.DECIDE_ON_PEOPLE]))
    return session.execute(query.order_by(User.id)).all()


def examiners(session: Session, status: Status) -> Sequence[AnyRow]:
    """Return whose task an application in a status may be: id, login_id, names.

    That none of them had a part in it is not asked.
    """
    duty = _DUTY_IN.get(status)
    if duty is None:
        return []
    query = _PERSON.where(User.state == State.ACTIVE, User.role.in_(DUTIES[duty]))
    return session.execute(query.order_by(User.id)).all()


def open_of(session: Session, user_id: int) -> int:
    """Return how many proposals, requests and applications a person has made that still wait."""
    proposed = select(Transaction.id).where(
        Transaction.status == ledger.Status.PROPOSED, Transaction.proposed_by == user_id
    )
    asked = select(Request.id).where(
        Request.status == requests_.Status.WAITING, Request.asked_by == user_id
    )
    applied = select(Application.id).where(
        Application.status.in_(WAITING), Application.submitted_by == user_id
    )
    every = union_all(proposed, asked, applied).subquery()
    return session.execute(select(func.count()).select_from(every)).scalar_one()


_PERSON = select(User.id, User.login_id, User.name_en, User.name_ja)
#: Whose duty an application is; where the applicant is at turn it is nobody's task.
_DUTY_IN: Final = {
    Status.SUBMITTED: Duty.EXAMINE_APPLICATIONS,
    Status.EXAMINED: Duty.DECIDE_ON_APPLICATIONS,
}


def _tasks(decider: Decider, wanted: Filter) -> Any:
    """Return the three lists as one: rank, id, at, claimant."""
    parts = [
        part
        for part, kinds in (
            (_movements(decider, wanted), ledger.Kind),
            (_requests(decider, wanted), requests_.Kind),
            (_applications(decider, wanted), int),
        )
        if wanted.kind is None or isinstance(wanted.kind, kinds)
    ]
    return union_all(*parts).subquery("tasks")


def _movements(decider: Decider, wanted: Filter) -> Any:
    own = [
        kind for kind in ledger.Kind if roles.may_decide(Event.APPROVE, kind, decider.role, None)
    ]
    query = select(
        literal(MOVEMENT).label("rank"),
        Transaction.id,
        Transaction.proposed_at.label("at"),
        _claimant(Claim.transaction_id == Transaction.id),
    ).where(
        Transaction.status == ledger.Status.PROPOSED,
        Transaction.proposed_by != decider.user_id,
        # Approved, it waits for its time and for nobody's decision.
        ~exists().where(Wait.transaction_id == Transaction.id),
        # So it does for another registry's, once that was asked.
        ~exists().where(
            Crossing.transaction_id == Transaction.id, Crossing.status != exchange.Status.PROPOSED
        ),
        or_(
            Transaction.kind.in_(HOLDERS_KINDS) & Transaction.source_id.in_(decider.accounts),
            Transaction.kind.in_(own),
        ),
    )
    return query if wanted.kind is None else query.where(Transaction.kind == wanted.kind)


def _requests(decider: Decider, wanted: Filter) -> Any:
    query = select(
        literal(REQUEST).label("rank"),
        Request.id,
        Request.asked_at.label("at"),
        _claimant(Claim.request_id == Request.id),
    ).where(
        Request.status == requests_.Status.WAITING,
        Request.asked_by != decider.user_id,
        or_(Request.user_id.is_(None), Request.user_id != decider.user_id),
    )
    if not requests_.may_decide(decider.role):
        query = query.where(false())
    return query if wanted.kind is None else query.where(Request.kind == wanted.kind)


def _applications(decider: Decider, wanted: Filter) -> Any:
    """Return what waits for a first administrator, and for a second who had no part in it."""
    query = select(
        literal(APPLICATION).label("rank"),
        Application.id,
        Application.submitted_at.label("at"),
        _claimant(Claim.application_id == Application.id),
    )
    if applications_.may_examine(decider.role):
        query = query.where(Application.status == Status.SUBMITTED)
    elif applications_.may_approve(decider.role):
        query = query.where(
            Application.status == Status.EXAMINED,
            *[
                or_(column.is_(None), column != decider.user_id)
                for column in (
                    Application.started_by,
                    Application.submitted_by,
                    Application.recommended_by,
                )
            ],
        )
    else:
        query = query.where(false())
    return query if wanted.kind is None else query.where(Application.form == wanted.kind)


def _claimant(of_task: Any) -> Any:
    """Return the question whose the task is by its last claim."""
    last = select(Claim.user_id).where(of_task).order_by(Claim.id.desc()).limit(1)
    return last.scalar_subquery().label("claimant")


def _began(rank: int, identifier: int) -> Any:
    began: Any
    if rank == MOVEMENT:
        began = select(Transaction.proposed_at).where(Transaction.id == identifier)
    elif rank == APPLICATION:
        began = select(Application.submitted_at).where(Application.id == identifier)
    else:
        began = select(Request.asked_at).where(Request.id == identifier)
    return began.scalar_subquery()


def _conditions(wanted: Filter, tasks: Any) -> list[Any]:
    found: list[Any] = []
    if wanted.claimed_by is not None:
        claimant = tasks.c.claimant
        found.append(claimant == wanted.claimed_by if wanted.claimed_by else claimant.is_(None))
    if wanted.since is not None:
        found.append(tasks.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(tasks.c.at < wanted.until)
    return found
