"""Questions about issuances: which one created a serial number, and what stands behind it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.bands import OWN_MAX
from app.domain.serials import Range
from app.store.databases import AnyRow
from app.store.tables import Decision, Issuance, PartnerIssuance, Project, Transaction

_KNOWN = (
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
)
_OF_SERIAL = (
    _KNOWN.where(Issuance.first <= bindparam("serial")).order_by(Issuance.first.desc()).limit(1)
)
_begin = (
    select(func.max(Issuance.first))
    .where(Issuance.first <= bindparam("low"))
    .correlate(None)
    .scalar_subquery()
)
_OF_RANGE = (
    _KNOWN.where(
        Issuance.first >= func.coalesce(_begin, bindparam("low")),
        Issuance.first <= bindparam("high"),
        Issuance.last >= bindparam("low"),
    )
    .order_by(Issuance.first)
    .limit(bindparam("size", type_=BigInteger))
)


def of_serial(session: Session, serial: int) -> Row[Any] | None:
    """Return the issuance that created a serial number, with its project and decision."""
    found = session.connection().execute(_OF_SERIAL, {"serial": serial}).one_or_none()
    return found if found is not None and found.last >= serial else None


_ISSUED_HERE = (
    select(
        Issuance.decision_id,
        func.sum(Issuance.last - Issuance.first + 1).label("issued"),
        func.min(Issuance.first).label("first"),
        func.max(Issuance.last).label("last"),
        func.min(Transaction.decided_at).label("issued_from"),
        func.max(Transaction.decided_at).label("issued_until"),
    )
    .join(Transaction, Transaction.id == Issuance.transaction_id)
    # What came from another registry was issued there.
    .where(Issuance.first <= OWN_MAX)
    .group_by(Issuance.decision_id)
)


def decided(
    session: Session,
    *,
    project_id: int | None = None,
    partner: str | None = None,
    size: int | None = None,
) -> Sequence[AnyRow]:
    """Return decisions on credits with what either side issued of them, newest first.

    `first` and `last` enclose the serial numbers issued here. Nothing is said of what is pending:
    proposals are the registry's own affair.
    """
    issued = _ISSUED_HERE
    query = select(Decision.__table__).join(Project, Project.id == Decision.project_id)
    if project_id is not None:
        issued = issued.where(Issuance.project_id == project_id)
        query = query.where(Decision.project_id == project_id)
    if partner is not None:
        issued = issued.where(Issuance.partner == partner)
        query = query.where(Project.partner == partner)
    here = issued.subquery()
    query = (
        query.add_columns(
            Project.reference.label("project"),
            Project.partner,
            func.coalesce(here.c.issued, 0).label("issued"),
            here.c.first,
            here.c.last,
            here.c.issued_from,
            here.c.issued_until,
            PartnerIssuance.notified.label("partner_notified"),
            PartnerIssuance.notified_is_derived.label("partner_is_derived"),
            PartnerIssuance.issued.label("partner_issued"),
            PartnerIssuance.issued_on.label("partner_issued_on"),
        )
        .outerjoin(here, here.c.decision_id == Decision.id)
        .outerjoin(PartnerIssuance, PartnerIssuance.decision == Decision.reference)
        .order_by(Decision.decided_on.desc(), Decision.reference)
        .limit(size)
    )
    return session.connection().execute(query).all()


def of_range(session: Session, wanted: Range, *, size: int) -> Sequence[AnyRow]:
    """Return the issuances that created any number of a range, ascending, at most `size`."""
    asked = {"low": wanted.first, "high": wanted.last, "size": size}
    return session.connection().execute(_OF_RANGE, asked).all()
