"""Verbs on Joint Committee decisions: record what may be issued, and to which accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain import accounts as account_rules
from app.domain.errors import (
    AccountKindForbids,
    AlreadyDone,
    KeyUsedOtherwise,
    LimitExceeded,
    NotAWholeNumber,
    UnknownAccount,
    UnknownProject,
)
from app.domain.projects import UnitClass, check_vintage
from app.domain.roles import Duty
from app.registry import logs, people
from app.store import accounts, decisions, projects
from app.store.tables import Allocation, Decision


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
    #: Whether the shares are all that was notified to this side.
    complete: bool = True
    note_en: str | None = None
    note_ja: str | None = None

    def columns(self) -> dict[str, Any]:
        """Return what a decision's row says of it."""
        return {
            "allocation_is_public": self.allocation,
            "date_is_public": self.date,
            "vintage_is_public": self.vintage,
            "is_complete": self.complete,
            "note_en": self.note_en,
            "note_ja": self.note_ja,
        }


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

    The same reference and content give the one recorded; without shares this side got nothing.

    Raises:
        UnknownProject, UnknownAccount, AccountKindForbids: a share has no place to go.
        VintageOutsidePeriod, UnitClassMismatch: a share's vintage does not fit.
        LimitExceeded, AlreadyDone: the shares pass the total, or name one place twice.
        KeyUsedOtherwise: the reference was recorded with other content.
    """
    people.require(session, actor, Duty.RECORD_DECISIONS)
    content = {
        "reference": reference,
        "project_id": _project(session, project),
        "monitoring_from": monitoring_from,
        "monitoring_to": monitoring_to,
        "decided_on": decided_on,
        "total": total,
        "quantity": sum(share.quantity for share in shares),
        "unit_class": unit_class,
    }
    known = decisions.by_reference(session, reference)
    if known is not None:
        return _same(session, known, content, shares)
    decision = Decision(
        **content,
        **published.columns(),
        recorded_by=actor,
        recorded_at=now,
        allocations=_allocations(session, shares, content),
    )
    session.add(decision)
    session.flush()
    logs.done(session, "record decision", reference, actor=actor, now=now, project=project)
    return decision


def _project(session: Session, reference: str) -> int:
    identifier = projects.identifier(session.connection(), reference)
    if identifier is None:
        raise UnknownProject(reference, field="project")
    return identifier


def _allocations(
    session: Session, shares: Sequence[Share], content: dict[str, Any]
) -> list[Allocation]:
    total, asked = content["total"], content["quantity"]
    if total is not None and asked > total:
        raise LimitExceeded(total, 0, 0, asked, field="total")
    if len({(share.account, share.vintage) for share in shares}) < len(shares):
        raise AlreadyDone(field="account")
    for share in shares:
        check_vintage(
            share.vintage,
            content["unit_class"],
            content["monitoring_from"],
            content["monitoring_to"],
        )
    return [_allocation(session, share) for share in shares]


def _allocation(session: Session, share: Share) -> Allocation:
    if share.quantity < 1:
        raise NotAWholeNumber(str(share.quantity), field="quantity")
    account = accounts.by_number(session, share.account)
    if account is None:
        raise UnknownAccount(share.account, field="account")
    if account.kind not in account_rules.HOLDING:
        raise AccountKindForbids(share.account, account.kind, field="account")
    return Allocation(account_id=account.id, vintage=share.vintage, quantity=share.quantity)


def _same(
    session: Session, known: Decision, content: dict[str, Any], shares: Sequence[Share]
) -> Decision:
    recorded = {
        (row.number, row.vintage, row.limit) for row in decisions.allocations(session, known.id)
    }
    said = {(share.account, share.vintage, share.quantity) for share in shares}
    if recorded != said or any(getattr(known, name) != value for name, value in content.items()):
        raise KeyUsedOtherwise(field="reference")
    return known
