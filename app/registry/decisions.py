"""Verbs on Joint Committee decisions: record what may be issued, and to which accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import accounts as account_rules
from app.domain.errors import (
    AccountKindForbids,
    KeyUsedOtherwise,
    NotAWholeNumber,
    UnknownAccount,
    UnknownProject,
)
from app.domain.projects import UnitClass, check_vintage
from app.domain.roles import Duty
from app.registry import logs, people
from app.store import accounts, decisions
from app.store.tables import Allocation, Decision, Project


@dataclass(frozen=True, slots=True)
class Share:
    """Tonnes of one vintage that go to one account."""

    account: str
    vintage: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Published:
    """Whether what a decision says here has been published, and what to tell the reader if not."""

    allocation: bool = True
    date: bool = True
    vintage: bool = True
    note_en: str | None = None
    note_ja: str | None = None


def record(
    session: Session,
    reference: str,
    *,
    project: str,
    decided_on: date,
    shares: Sequence[Share],
    monitoring_from: date | None = None,
    monitoring_to: date | None = None,
    total: int | None = None,
    unit_class: UnitClass = UnitClass.JCM_CREDIT,
    published: Published = Published(),
    actor: int,
    now: datetime,
) -> Decision:
    """Record a decision; its shares bound what may be issued for it, ever.

    The same reference with the same content gives the decision already recorded. A decision
    without shares is one in which this side received nothing.

    Raises:
        UnknownProject, UnknownAccount, AccountKindForbids: a share has no place to go.
        VintageOutsidePeriod, UnitClassMismatch: a share's vintage does not fit.
        KeyUsedOtherwise: the reference was recorded with other content.
    """
    people.require(session, actor, Duty.RECORD_DECISIONS)
    found = session.scalars(select(Project).where(Project.reference == project)).one_or_none()
    if found is None:
        raise UnknownProject(project, field="project")
    known = decisions.by_reference(session, reference)
    if known is not None:
        return _same(session, known, shares)
    decision = Decision(
        reference=reference,
        project_id=found.id,
        monitoring_from=monitoring_from,
        monitoring_to=monitoring_to,
        decided_on=decided_on,
        total=total,
        quantity=sum(share.quantity for share in shares),
        unit_class=unit_class,
        allocation_is_public=published.allocation,
        date_is_public=published.date,
        vintage_is_public=published.vintage,
        note_en=published.note_en,
        note_ja=published.note_ja,
        recorded_by=actor,
        recorded_at=now,
    )
    for share in shares:
        check_vintage(share.vintage, unit_class, monitoring_from, monitoring_to)
        decision.allocations.append(_allocation(session, share))
    session.add(decision)
    session.flush()
    logs.done(session, "record decision", reference, actor=actor, now=now, project=project)
    return decision


def _allocation(session: Session, share: Share) -> Allocation:
    if share.quantity < 1:
        raise NotAWholeNumber(str(share.quantity), field="quantity")
    account = accounts.by_number(session, share.account)
    if account is None:
        raise UnknownAccount(share.account, field="account")
    if account.kind not in account_rules.HOLDING:
        raise AccountKindForbids(share.account, account.kind, field="account")
    return Allocation(account_id=account.id, vintage=share.vintage, quantity=share.quantity)


def _same(session: Session, known: Decision, shares: Sequence[Share]) -> Decision:
    recorded = {
        (row.number, row.vintage, row.limit) for row in decisions.allocations(session, known.id)
    }
    if recorded != {(share.account, share.vintage, share.quantity) for share in shares}:
        raise KeyUsedOtherwise(field="reference")
    return known
