"""Questions about who there is: people found by name, their rights, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.people import State
from app.domain.roles import Role
from app.store.databases import AnyRow
from app.store.tables import Account, LogEntry, Representative, RetiredLoginId, User

#: How a change of state is logged; see app.registry.people.
_STATE_CHANGED: Final = "change user state"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which people a list shows; what is not given does not matter.

    Args:
        words: part of a name in either language, or of a login ID.
        without_role: only holders' people.
    """

    words: str = ""
    role: Role | None = None
    without_role: bool = False
    state: State | None = None
    account_id: int | None = None


def find(
    session: Session,
    wanted: Filter,
    *,
    after: int | None = None,
    before: int | None = None,
    size: int = 50,
) -> Sequence[User]:
    """Return people in the order of their creation: past `after`, or the last before `before`."""
    query = select(User).where(*_conditions(wanted)).limit(size)
    if before is not None:
        query = query.where(User.id < before).order_by(User.id.desc())
        return session.scalars(query).all()[::-1]
    if after is not None:
        query = query.where(User.id > after)
    return session.scalars(query.order_by(User.id)).all()


def count(session: Session, wanted: Filter, *, cap: int = 10_000) -> int:
    """Return how many there are, at most `cap` + 1."""
    capped = select(User.id).where(*_conditions(wanted)).limit(cap + 1).subquery()
    return session.execute(select(func.count()).select_from(capped)).scalar_one()


def rights(
    session: Session, people: Sequence[int], accounts: Sequence[int] | None = None
) -> Sequence[AnyRow]:
    """Return people's rights, on these accounts or on all: user_id, account_id, number, …"""
    query = (
        select(
            Representative.user_id,
            Representative.account_id,
            Account.number,
            Representative.right,
            Representative.state.label("acting"),
        )
        .join(Account, Account.id == Representative.account_id)
        .where(Representative.user_id.in_(people))
        .order_by(Representative.user_id, Representative.account_id)
    )
    if accounts is not None:
        query = query.where(Representative.account_id.in_(accounts))
    return session.execute(query).all()


def state_changes(session: Session, user: User, *, size: int = 100) -> Sequence[AnyRow]:
    """Return the changes of a person's state, newest first: at, facts, and who made them.

    The log names the person by the login ID of the day.
    """
    former = select(RetiredLoginId.login_id).where(RetiredLoginId.user_id == user.id)
    query = (
        select(LogEntry.id, LogEntry.at, LogEntry.facts, User.name_en, User.name_ja)
        .outerjoin(User, User.id == LogEntry.user_id)
        .where(
            LogEntry.operation == _STATE_CHANGED,
            LogEntry.refusal.is_(None),
            or_(LogEntry.subject == user.login_id, LogEntry.subject.in_(former)),
        )
        .order_by(LogEntry.id.desc())
        .limit(size)
    )
    return session.execute(query).all()


def _conditions(wanted: Filter) -> list[Any]:
    found: list[Any] = []
    if wanted.words:
        named = (User.name_en, User.name_ja, User.login_id)
        found.append(or_(*(one.icontains(wanted.words, autoescape=True) for one in named)))
    if wanted.without_role:
        found.append(User.role.is_(None))
    if wanted.role is not None:
        found.append(User.role == wanted.role)
    if wanted.state is not None:
        found.append(User.state == wanted.state)
    if wanted.account_id is not None:
        on_account = select(Representative.user_id).where(
            Representative.account_id == wanted.account_id
        )
        found.append(User.id.in_(on_account))
    return found
