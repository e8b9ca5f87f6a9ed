"""Questions for administrators about other registries: what crossed over, what was told and heard.

Lists are in the order of ids, newest first.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.exchange import Side, Status
from app.store.databases import AnyRow
from app.store.tables import Account, Arrival, Crossing, ExchangeMessage, PeerKey, Transaction, User


@dataclass(frozen=True, slots=True)
class Filter:
    """Of which registry, and what of it; None means any."""

    peer_id: int
    status: Status | None = None
    side: Side | None = None
    #: Only messages that are not answered yet.
    is_waiting: bool = False


_arrived = (
    select(func.min(Arrival.transaction_id))
    .where(Arrival.crossing_id == Crossing.id)
    .correlate(Crossing)
    .scalar_subquery()
)
_CROSSINGS = (
    select(
        Crossing.id,
        Crossing.side,
        Crossing.status,
        Crossing.number,
        Crossing.their_account,
        Crossing.quantity,
        Crossing.code,
        Crossing.sent_at,
        Crossing.ended_at,
        func.coalesce(Crossing.transaction_id, _arrived).label("transaction_id"),
        Transaction.proposed_at,
        Account.number.label("account"),
    )
    .outerjoin(Transaction, Transaction.id == Crossing.transaction_id)
    .outerjoin(Account, Account.id == Crossing.account_id)
)
_MESSAGES = select(
    ExchangeMessage.id,
    ExchangeMessage.side,
    ExchangeMessage.number,
    ExchangeMessage.kind,
    ExchangeMessage.answer,
    ExchangeMessage.code,
    ExchangeMessage.created_at,
    ExchangeMessage.sent_at,
    ExchangeMessage.answered_at,
    Crossing.number.label("crossing"),
).outerjoin(Crossing, Crossing.id == ExchangeMessage.crossing_id)


def crossings(
    session: Session,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int,
) -> Sequence[AnyRow]:
    """Return crossings: those below the id `before`, or the last ones above `after`."""
    return _page(session, _crossings(wanted), Crossing.id, before, after, size)


def count_crossings(session: Session, wanted: Filter, *, cap: int) -> int:
    """Return how many crossings there are, at most `cap` + 1."""
    return _counted(session, _crossings(wanted).with_only_columns(Crossing.id), cap)


def messages(
    session: Session,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int,
) -> Sequence[AnyRow]:
    """Return messages: those below the id `before`, or the last ones above `after`."""
    return _page(session, _messages(wanted), ExchangeMessage.id, before, after, size)


def count_messages(session: Session, wanted: Filter, *, cap: int) -> int:
    """Return how many messages there are, at most `cap` + 1."""
    return _counted(session, _messages(wanted).with_only_columns(ExchangeMessage.id), cap)


def message(session: Session, peer_id: int, side: Side, number: int) -> ExchangeMessage | None:
    """Return one message with all that was kept of it."""
    query = select(ExchangeMessage).where(
        ExchangeMessage.peer_id == peer_id,
        ExchangeMessage.side == side,
        ExchangeMessage.number == number,
    )
    return session.scalars(query).one_or_none()


def keys(session: Session) -> dict[int, list[PeerKey]]:
    """Return the keys of all registries, by registry, in the order in which they were added."""
    found: dict[int, list[PeerKey]] = defaultdict(list)
    for key in session.scalars(select(PeerKey).order_by(PeerKey.id)):
        found[key.peer_id].append(key)
    return found


_Approver = aliased(User)
_APPROVER = select(_Approver.name_en, _Approver.name_ja).join(
    Crossing, Crossing.approved_by == _Approver.id
)


def approver(session: Session, crossing_id: int) -> AnyRow | None:
    """Return who approved a transfer here before the other registry was asked."""
    query = _APPROVER.where(Crossing.id == crossing_id)
    return session.connection().execute(query).one_or_none()


def _crossings(wanted: Filter) -> Select[*tuple[Any, ...]]:
    query = _CROSSINGS.where(Crossing.peer_id == wanted.peer_id)
    if wanted.status is not None:
        query = query.where(Crossing.status == wanted.status)
    if wanted.side is not None:
        query = query.where(Crossing.side == wanted.side)
    return query


def _messages(wanted: Filter) -> Select[*tuple[Any, ...]]:
    query = _MESSAGES.where(ExchangeMessage.peer_id == wanted.peer_id)
    if wanted.side is not None:
        query = query.where(ExchangeMessage.side == wanted.side)
    if wanted.is_waiting:
        query = query.where(ExchangeMessage.answer.is_(None))
    return query


def _page(
    session: Session,
    query: Select[*tuple[Any, ...]],
    key: Any,
    before: int | None,
    after: int | None,
    size: int,
) -> Sequence[AnyRow]:
    if after is not None:
        found = session.connection().execute(query.where(key > after).order_by(key).limit(size))
        return found.all()[::-1]
    if before is not None:
        query = query.where(key < before)
    return session.connection().execute(query.order_by(key.desc()).limit(size)).all()


def _counted(session: Session, query: Select[*tuple[Any, ...]], cap: int) -> int:
    capped = select(func.count()).select_from(query.limit(cap + 1).subquery())
    return int(session.connection().execute(capped).scalar_one())
