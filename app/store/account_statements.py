"""Questions for an account's statement: its balance at a moment, and what moved between two.

The balance is counted from the transactions, so that it is known for any moment; the blocks, which
tell the same otherwise, are what tests compare it with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.accounts import Kind as AccountKind
from app.domain.ledger import Kind, Status
from app.store import holdings
from app.store.databases import AnyRow
from app.store.holdings import Run
from app.store.streams import stream
from app.store.tables import Account, Arrival, Block, Crossing, Issuance, Project, Transaction

#: What joins a transaction to the blocks that it brought to its target.
_ARRIVED: Final = (Block.opened_by == Transaction.id) & (Block.account_id == Transaction.target_id)


@dataclass(frozen=True, slots=True)
class Movement:
    """A completed transaction as one of its sides sees it.

    Args:
        position: its place among all completed transactions.
        quantity: what came in, or went out below zero, in tonnes.
        balance: what the account held afterwards.
        other: the number and kind of the other side; None for an issuance.
        there: the number of the account in another registry, where the other side is there.
    """

    id: int
    position: int
    kind: Kind
    at: datetime
    quantity: int
    balance: int
    other: str | None
    other_kind: AccountKind | None
    there: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement: a run of serial numbers, the first of its movement or a further."""

    movement: Movement
    run: Run
    is_first: bool


def balance(session: Session, account_id: int, until: datetime) -> int:
    """Return what an account held just before a moment, in tonnes."""
    return _sum(session, account_id, Transaction.decided_at < until)


def _sum(session: Session, account_id: int, condition: ColumnElement[bool]) -> int:
    signed = case(
        (Transaction.target_id == account_id, Transaction.quantity), else_=-Transaction.quantity
    )
    query = select(func.coalesce(func.sum(signed), 0)).where(*_of(account_id), condition)
    return int(session.connection().execute(query).scalar_one())


def count(session: Session, account_id: int, since: datetime, until: datetime) -> int:
    """Return how many movements there were from one moment to just before another."""
    query = select(func.count()).where(*_between(account_id, since, until))
    return session.connection().execute(query).scalar_one()


def lines_at_most(session: Session, account_id: int, since: datetime, until: datetime) -> int:
    """Return how many lines `lines` yields, neighbours not yet joined."""
    query = (
        select(func.count())
        .select_from(Transaction)
        .join(Block, _ARRIVED)
        .where(*_between(account_id, since, until))
    )
    return session.connection().execute(query).scalar_one()


_Source = aliased(Account)
_Target = aliased(Account)
_Out = aliased(Crossing)
_In = aliased(Crossing)
_LINES = (
    select(
        Transaction.id,
        Transaction.position,
        Transaction.kind,
        Transaction.decided_at,
        Transaction.quantity,
        Transaction.source_id,
        Transaction.target_id,
        _Source.number.label("source"),
        _Source.kind.label("source_kind"),
        _Target.number.label("target"),
        _Target.kind.label("target_kind"),
        func.coalesce(_Out.their_account, _In.their_account).label("their_account"),
        Block.first,
        Block.last,
        Block.partner,
        Block.vintage,
        Block.issuance_id,
        Issuance.unit_class,
        Project.reference.label("project"),
    )
    .join(Block, _ARRIVED)
    .join(Issuance, Issuance.id == Block.issuance_id)
    .join(Project, Project.id == Block.project_id)
    .join(_Target, _Target.id == Transaction.target_id)
    .outerjoin(_Source, _Source.id == Transaction.source_id)
    .outerjoin(_Out, _Out.transaction_id == Transaction.id)
    .outerjoin(Arrival, Arrival.transaction_id == Transaction.id)
    .outerjoin(_In, _In.id == Arrival.crossing_id)
    .order_by(Transaction.position, Block.first)
)


def lines(
    session: Session,
    account_id: int,
    since: datetime,
    until: datetime,
    *,
    after: int = 0,
    chunk: int = 500,
) -> Iterator[Line]:
    """Yield what moved from one moment to just before another, oldest first, a few rows at a time.

    Serial numbers are those that the transaction brought to its target, neighbours made one.

    Args:
        after: the position of a movement; only those after it are wanted.
    """
    begun = or_(Transaction.decided_at < since, Transaction.position <= after)
    held = _sum(session, account_id, begun)
    wanted = (*_between(account_id, since, until), Transaction.position > after)
    found = stream(session.connection(), _LINES.where(*wanted), chunk=chunk)
    for _id, rows in groupby(found, attrgetter("id")):
        first = next(rows)
        movement = _movement(first, account_id, held)
        held = movement.balance
        is_first = True
        for run in holdings.joined(_all(first, rows)):
            yield Line(movement, run, is_first)
            is_first = False


def _all(first: AnyRow, rows: Iterator[AnyRow]) -> Iterator[AnyRow]:
    yield first
    yield from rows


def _movement(row: AnyRow, account_id: int, held: int) -> Movement:
    came = row.target_id == account_id
    quantity = row.quantity if came else -row.quantity
    return Movement(
        id=row.id,
        position=row.position,
        kind=row.kind,
        at=row.decided_at,
        quantity=quantity,
        balance=held + quantity,
        other=row.source if came else row.target,
        other_kind=row.source_kind if came else row.target_kind,
        there=row.their_account,
    )


def _of(account_id: int) -> tuple[ColumnElement[bool], ...]:
    either = or_(Transaction.source_id == account_id, Transaction.target_id == account_id)
    return either, Transaction.status == Status.COMPLETED


def _between(account_id: int, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        *_of(account_id),
        Transaction.decided_at >= since,
        Transaction.decided_at < until,
    )
