"""Questions about certificates: one, those of an account, and when what they say changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.ledger import Status
from app.domain.text import Text
from app.store.databases import AnyRow
from app.store.tables import Certificate, HolderRecord, LogEntry, Project, Return, Transaction


def by_number(session: Session, number: str) -> Certificate | None:
    """Return the certificate of a number."""
    return session.scalars(select(Certificate).where(Certificate.number == number)).one_or_none()


def of_transaction(session: Session, transaction_id: int) -> Certificate | None:
    """Return the certificate of a retirement or a cancellation."""
    query = select(Certificate).where(Certificate.transaction_id == transaction_id)
    return session.scalars(query).one_or_none()


def of_application(session: Session, application_id: int) -> Certificate | None:
    """Return the certificate that an application was approved with."""
    query = select(Certificate).where(Certificate.application_id == application_id)
    return session.scalars(query).one_or_none()


def of_account(
    session: Session, account_id: int, *, before: int | None = None, size: int = 50
) -> Sequence[AnyRow]:
    """Return an account's certificates newest first, those below the id `before`."""
    query = (
        select(Certificate.id, Certificate.number, Certificate.kind, Certificate.issued_at)
        .where(Certificate.account_id == account_id)
        .order_by(Certificate.id.desc())
        .limit(size)
    )
    if before is not None:
        query = query.where(Certificate.id < before)
    return session.execute(query).all()


def next_id(session: Session) -> int:
    """Return the id after the last; of two who take it at once one tries again."""
    return session.execute(select(func.coalesce(func.max(Certificate.id), 0) + 1)).scalar_one()


def titles(session: Session, references: Iterable[str]) -> dict[str, Text]:
    """Return the titles of projects by reference; the English one where there is no Japanese."""
    query = select(Project.reference, Project.title_en, Project.title_ja)
    found = session.execute(query.where(Project.reference.in_(set(references))))
    return {row.reference: Text(row.title_en, row.title_ja or row.title_en) for row in found}


def was_returned(session: Session, transaction_id: int) -> bool:
    """Tell whether a completed transaction sends back what this one brought."""
    query = (
        select(Return.transaction_id)
        .join(Transaction, Transaction.id == Return.transaction_id)
        .where(Return.returned_id == transaction_id, Transaction.status == Status.COMPLETED)
        .limit(1)
    )
    return session.execute(query).first() is not None


# The first change after a moment


def record_changed(session: Session, holder_id: int, since: datetime) -> datetime | None:
    """Return when something else was first recorded of a holder."""
    query = select(func.min(HolderRecord.recorded_at)).where(
        HolderRecord.holder_id == holder_id, HolderRecord.recorded_at > since
    )
    return session.execute(query).scalar_one()


def state_changed(session: Session, number: str, since: datetime) -> datetime | None:
    """Return when the state of an account first changed, as far as the log goes back."""
    query = select(func.min(LogEntry.at)).where(
        LogEntry.operation == "change account state",
        LogEntry.subject == number,
        LogEntry.refusal.is_(None),
        LogEntry.at > since,
    )
    return session.execute(query).scalar_one()


def balances_changed(session: Session, account_id: int, since: datetime) -> datetime | None:
    """Return when credits first entered or left an account."""
    either = or_(Transaction.source_id == account_id, Transaction.target_id == account_id)
    query = select(func.min(Transaction.decided_at)).where(
        either, Transaction.status == Status.COMPLETED, Transaction.decided_at > since
    )
    return session.execute(query).scalar_one()
