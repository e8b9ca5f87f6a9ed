"""Questions about issuances: which one created a serial number, and what stands behind it."""

from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from app.store.tables import Decision, Issuance, Project, Transaction

_OF_SERIAL = (
    select(
        Issuance.__table__,
        Project.reference.label("project"),
        Project.title_en,
        Project.title_ja,
        Transaction.decided_at.label("issued_at"),
        Decision.reference.label("decision"),
        Decision.decided_on,
        Decision.monitoring_from,
        Decision.monitoring_to,
        Decision.allocation_is_public,
        Decision.date_is_public,
        Decision.vintage_is_public,
        Decision.note_en,
        Decision.note_ja,
    )
    .join(Project, Project.id == Issuance.project_id)
    .join(Transaction, Transaction.id == Issuance.transaction_id)
    .join(Decision, Decision.id == Issuance.decision_id)
    .where(Issuance.first <= bindparam("serial"))
    .order_by(Issuance.first.desc())
    .limit(1)
)


def of_serial(session: Session, serial: int) -> Row[Any] | None:
    """Return the issuance that created a serial number, with its project and decision."""
    found = session.connection().execute(_OF_SERIAL, {"serial": serial}).one_or_none()
    return found if found is not None and found.last >= serial else None
