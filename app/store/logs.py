"""Questions about what was done and tried: the log of operations, and the access log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.store.databases import AnyRow
from app.store.tables import AccessEntry, LogEntry, RetiredLoginId, User

_OPERATIONS: Final[Select[*tuple[Any, ...]]] = select(
    LogEntry.id,
    LogEntry.at,
    LogEntry.operation,
    LogEntry.subject,
    LogEntry.refusal,
    LogEntry.facts,
    User.login_id,
    User.name_en,
    User.name_ja,
).outerjoin(User, User.id == LogEntry.user_id)

_ACCESSES: Final[Select[*tuple[Any, ...]]] = select(
    AccessEntry.id,
    AccessEntry.at,
    AccessEntry.login_id,
    AccessEntry.outcome,
    AccessEntry.address,
    AccessEntry.device,
    User.name_en,
    User.name_ja,
).outerjoin(User, User.id == AccessEntry.user_id)


@dataclass(frozen=True, slots=True)
class Operations:
    """Which operations a list shows; None means any."""

    user_id: int | None = None
    operations: Collection[str] | None = None
    #: The names that what it was done to may have.
    subjects: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    refused_only: bool = False


@dataclass(frozen=True, slots=True)
class Accesses:
    """Which entries of the access log a list shows; None means any."""

    user_id: int | None = None
    #: Also attempts under this login ID, which is nobody's.
    login_id: str | None = None
    outcome: str | None = None
    address: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def operations(
    session: Session,
    wanted: Operations,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return operations newest first, those next to an id when `before` or `after` is given."""
    return _page(session, _operations(_OPERATIONS, wanted), LogEntry.id, before, after, size)


def count_operations(session: Session, wanted: Operations, *, cap: int) -> int:
    """Count operations; `cap` + 1 means more than `cap`."""
    return _count(session, _operations(select(LogEntry.id), wanted), cap)


def accesses(
    session: Session,
    wanted: Accesses,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return entries of the access log newest first, as `operations` does."""
    return _page(session, _accesses(_ACCESSES, wanted), AccessEntry.id, before, after, size)


def count_accesses(session: Session, wanted: Accesses, *, cap: int) -> int:
    """Count entries of the access log; `cap` + 1 means more than `cap`."""
    return _count(session, _accesses(select(AccessEntry.id), wanted), cap)


def person(session: Session, login_id: str) -> int | None:
    """Return who signs in with a login ID, or once did."""
    present = select(User.id).where(User.login_id == login_id)
    former = select(RetiredLoginId.user_id).where(RetiredLoginId.login_id == login_id)
    return session.scalars(present.union(former)).first()


def _operations(query: Select[*tuple[Any, ...]], wanted: Operations) -> Select[*tuple[Any, ...]]:
    query = _between(query, LogEntry.at, wanted.since, wanted.until)
    if wanted.user_id is not None:
        query = query.where(LogEntry.user_id == wanted.user_id)
    if wanted.operations is not None:
        query = query.where(LogEntry.operation.in_(sorted(wanted.operations)))
    if wanted.subjects is not None:
        query = query.where(LogEntry.subject.in_(sorted(wanted.subjects)))
    if wanted.refused_only:
        query = query.where(LogEntry.refusal.is_not(None))
    return query


def _accesses(query: Select[*tuple[Any, ...]], wanted: Accesses) -> Select[*tuple[Any, ...]]:
    query = _between(query, AccessEntry.at, wanted.since, wanted.until)
    own = AccessEntry.user_id == wanted.user_id
    typed = and_(AccessEntry.user_id.is_(None), AccessEntry.login_id == wanted.login_id)
    if wanted.user_id is not None:
        query = query.where(own if wanted.login_id is None else or_(own, typed))
    elif wanted.login_id is not None:
        query = query.where(typed)
    if wanted.outcome is not None:
        query = query.where(AccessEntry.outcome == wanted.outcome)
    if wanted.address is not None:
        query = query.where(AccessEntry.address == wanted.address)
    return query


def _between(
    query: Select[*tuple[Any, ...]], column: Any, since: datetime | None, until: datetime | None
) -> Select[*tuple[Any, ...]]:
    if since is not None:
        query = query.where(column >= since)
    return query if until is None else query.where(column < until)


def _page(
    session: Session,
    query: Select[*tuple[Any, ...]],
    identifier: Any,
    before: int | None,
    after: int | None,
    size: int,
) -> Sequence[AnyRow]:
    if after is not None:
        turned = query.where(identifier > after).order_by(identifier).limit(size)
        return session.execute(turned).all()[::-1]
    if before is not None:
        query = query.where(identifier < before)
    return session.execute(query.order_by(identifier.desc()).limit(size)).all()


def _count(session: Session, query: Select[*tuple[Any, ...]], cap: int) -> int:
    capped = query.limit(cap + 1).subquery()
    return session.execute(select(func.count()).select_from(capped)).scalar_one()
