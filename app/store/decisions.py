"""Questions about Joint Committee decisions: what they permit, and what is issued and pending."""

from collections.abc import Sequence

from sqlalchemy import Connection, case, func, select
from sqlalchemy.orm import Session

from app.domain.ledger import Status
from app.domain.projects import Position
from app.store.databases import AnyRow
from app.store.tables import Account, Allocation, Decision, Holder, Project, Transaction

_ISSUED = func.coalesce(
    func.sum(case((Transaction.status == Status.COMPLETED, Transaction.quantity), else_=0)), 0
)
_PENDING = func.coalesce(
    func.sum(case((Transaction.status == Status.PROPOSED, Transaction.quantity), else_=0)), 0
)


def by_reference(session: Session, reference: str) -> Decision | None:
    """Return a decision with its allocations."""
    return session.scalars(select(Decision).where(Decision.reference == reference)).one_or_none()


def allocation(connection: Connection, allocation_id: int) -> AnyRow | None:
    """Return one allocation with what an issuance needs of its decision and project."""
    query = (
        select(
            Allocation.id,
            Allocation.account_id,
            Allocation.vintage,
            Allocation.quantity,
            Decision.id.label("decision_id"),
            Decision.reference.label("decision"),
            Decision.unit_class,
            Project.id.label("project_id"),
            Project.reference.label("project"),
            Project.partner,
            Account.number,
        )
        .join(Decision, Decision.id == Allocation.decision_id)
        .join(Project, Project.id == Decision.project_id)
        .join(Account, Account.id == Allocation.account_id)
        .where(Allocation.id == allocation_id)
    )
    return connection.execute(query).one_or_none()


def position(connection: Connection, allocation_id: int) -> Position:
    """Return limit, issued and pending of one allocation, in tonnes."""
    query = (
        select(Allocation.quantity, _ISSUED, _PENDING)
        .outerjoin(Transaction, Transaction.allocation_id == Allocation.id)
        .where(Allocation.id == allocation_id)
        .group_by(Allocation.id, Allocation.quantity)
    )
    limit, issued, pending = connection.execute(query).one()
    return Position(int(limit), int(issued), int(pending))


def positions(session: Session, *, project_id: int | None = None) -> Sequence[AnyRow]:
    """Return every decision (of a project) with limit, issued and pending, newest first."""
    per_allocation = (
        select(Transaction.allocation_id, _ISSUED.label("issued"), _PENDING.label("pending"))
        .where(Transaction.allocation_id.is_not(None))
        .group_by(Transaction.allocation_id)
        .subquery()
    )
    summed = (
        select(
            Allocation.decision_id,
            func.coalesce(func.sum(per_allocation.c.issued), 0).label("issued"),
            func.coalesce(func.sum(per_allocation.c.pending), 0).label("pending"),
        )
        .outerjoin(per_allocation, per_allocation.c.allocation_id == Allocation.id)
        .group_by(Allocation.decision_id)
        .subquery()
    )
    query = (
        select(
            Decision.__table__,
            Project.reference.label("project"),
            Decision.quantity.label("limit"),
            func.coalesce(summed.c.issued, 0).label("issued"),
            func.coalesce(summed.c.pending, 0).label("pending"),
        )
        .join(Project, Project.id == Decision.project_id)
        .outerjoin(summed, summed.c.decision_id == Decision.id)
        .order_by(Decision.decided_on.desc(), Decision.id.desc())
    )
    if project_id is not None:
        query = query.where(Decision.project_id == project_id)
    return session.connection().execute(query).all()


def allocations(session: Session, decision_id: int) -> Sequence[AnyRow]:
    """Return a decision's allocations with account, holder, limit, issued and pending."""
    query = (
        select(
            Allocation.id,
            Allocation.vintage,
            Allocation.quantity.label("limit"),
            Account.number,
            Account.kind,
            Holder.name_en,
            Holder.name_ja,
            Holder.is_demo,
            _ISSUED.label("issued"),
            _PENDING.label("pending"),
        )
        .join(Account, Account.id == Allocation.account_id)
        .join(Holder, Holder.id == Account.holder_id)
        .outerjoin(Transaction, Transaction.allocation_id == Allocation.id)
        .where(Allocation.decision_id == decision_id)
        .group_by(
            Allocation.id,
            Allocation.vintage,
            Allocation.quantity,
            Account.number,
            Account.kind,
            Holder.name_en,
            Holder.name_ja,
            Holder.is_demo,
        )
        .order_by(Allocation.id)
    )
    return session.connection().execute(query).all()
