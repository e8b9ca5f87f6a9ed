"""Questions about transactions: one by its number, those of an account, those that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.chain import Value
from app.domain.exchange import Status as CrossingStatus
from app.domain.ledger import Kind, Status
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Account,
    Arrival,
    Crossing,
    Holder,
    Transaction,
    Use,
    User,
    Wait,
)

_BY_ID = Statement(select(Transaction.__table__).where(Transaction.id == bindparam("id")))
_BY_KEY = Statement(
    select(Transaction.__table__).where(
        Transaction.proposed_by == bindparam("user"), Transaction.key == bindparam("key")
    )
)

#: The columns that the chain covers as they stand; accounts are covered by their numbers.
_COVERED = (
    "kind",
    "status",
    "quantity",
    "purpose",
    "beneficiary",
    "reference",
    "remark",
    "key",
    "proposed_by",
    "decided_by",
    "reason",
)
_COVERED_TIMES = ("proposed_at", "expires_at", "decided_at")


def facts(values: Mapping[str, Any], *, source: str | None, target: str | None) -> dict[str, Value]:
    """Return what the chain says of a transaction, by column and with account numbers."""
    said: dict[str, Value] = {name: values[name] for name in _COVERED}
    said |= {name: values[name] for name in _COVERED_TIMES}
    said["allocation"] = values["allocation_id"]
    said["content"] = values["content"].hex()
    said["source"] = source
    said["target"] = target
    return said


def values(row: AnyRow) -> dict[str, Any]:
    """Return a transaction's row by column."""
    return row._asdict()


def by_id(connection: Connection, identifier: int) -> AnyRow | None:
    """Return one transaction's row, every column."""
    return _BY_ID.row(connection, id=identifier)


def by_key(connection: Connection, user_id: int, key: str) -> AnyRow | None:
    """Return the transaction this person proposed under this key."""
    return _BY_KEY.row(connection, user=user_id, key=key)


_Source = aliased(Account)
_Target = aliased(Account)
_SourceHolder = aliased(Holder)
_TargetHolder = aliased(Holder)
_Proposer = aliased(User)
_Decider = aliased(User)
_Approver = aliased(User)
_Out = aliased(Crossing)
_In = aliased(Crossing)

_LISTED = (
    select(
        Transaction.id,
        Transaction.kind,
        Transaction.status,
        Transaction.quantity,
        Transaction.proposed_at,
        Transaction.expires_at,
        Transaction.decided_at,
        Transaction.purpose,
        Transaction.beneficiary,
        Transaction.reference,
        Transaction.remark,
        Transaction.reason,
        Transaction.position,
        Transaction.digest,
        Transaction.source_id,
        Transaction.target_id,
        Transaction.proposed_by,
        Transaction.decided_by,
        Transaction.allocation_id,
        _Source.number.label("source"),
        _Source.kind.label("source_kind"),
        _Target.number.label("target"),
        _Target.kind.label("target_kind"),
        _SourceHolder.name_en.label("source_holder_en"),
        _SourceHolder.name_ja.label("source_holder_ja"),
        _SourceHolder.is_demo.label("source_is_demo"),
        _TargetHolder.name_en.label("target_holder_en"),
        _TargetHolder.name_ja.label("target_holder_ja"),
        _TargetHolder.is_demo.label("target_is_demo"),
        _Proposer.name_en.label("proposer_en"),
        _Proposer.name_ja.label("proposer_ja"),
        _Decider.name_en.label("decider_en"),
        _Decider.name_ja.label("decider_ja"),
        # What is approved and waits for its time, or did.
        Wait.approved_by,
        Wait.approved_at,
        Wait.execute_at,
        # What a retirement or cancellation of ITMOs is for.
        Use.calendar_year,
        Use.cancelled_for,
        _Approver.name_en.label("approver_en"),
        _Approver.name_ja.label("approver_ja"),
        # The account in another registry, where one side of it is there.
        func.coalesce(_Out.their_account, _In.their_account).label("their_account"),
        func.coalesce(_Out.status, _In.status).label("crossing_status"),
    )
    .join(_Target, _Target.id == Transaction.target_id)
    .join(_TargetHolder, _TargetHolder.id == _Target.holder_id)
    .outerjoin(_Source, _Source.id == Transaction.source_id)
    .outerjoin(_SourceHolder, _SourceHolder.id == _Source.holder_id)
    .join(_Proposer, _Proposer.id == Transaction.proposed_by)
    .outerjoin(_Decider, _Decider.id == Transaction.decided_by)
    .outerjoin(Wait, Wait.transaction_id == Transaction.id)
    .outerjoin(Use, Use.transaction_id == Transaction.id)
    .outerjoin(_Approver, _Approver.id == Wait.approved_by)
    .outerjoin(_Out, _Out.transaction_id == Transaction.id)
    .outerjoin(Arrival, Arrival.transaction_id == Transaction.id)
    .outerjoin(_In, _In.id == Arrival.crossing_id)
)
_SHOWN = Statement(_LISTED.where(Transaction.id == bindparam("id")))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which transactions a list shows; None means any.

    `accounts` are the accounts the reader may see: on either side once a transaction completed,
    on the source side before (a proposal is the source's own affair).
    """

    accounts: Sequence[int] | None = None
    kind: Kind | None = None
    kinds: frozenset[Kind] | None = None
    status: Status | None = None
    proposed_by: int | None = None
    not_proposed_by: int | None = None
    decided_by: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def find(
    session: Session,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return transactions newest first: those below the id `before`, or the last above `after`."""
    query = _LISTED.where(*_conditions(wanted)).limit(size)
    if after is not None:
        query = query.where(Transaction.id > after).order_by(Transaction.id)
        return session.connection().execute(query).all()[::-1]
    if before is not None:
        query = query.where(Transaction.id < before)
    return session.connection().execute(query.order_by(Transaction.id.desc())).all()


def count(session: Session, wanted: Filter, *, cap: int = 10_000) -> int:
    """Return how many there are, at most `cap` + 1."""
    capped = select(Transaction.id).where(*_conditions(wanted)).limit(cap + 1).subquery()
    return session.connection().execute(select(func.count()).select_from(capped)).scalar_one()


def shown(session: Session, identifier: int) -> AnyRow | None:
    """Return one transaction as lists and pages show it."""
    return _SHOWN.row(session.connection(), id=identifier)


def pending(connection: Connection, account_id: int) -> int:
    """Return how many proposals wait that would take from or give to an account."""
    either = or_(Transaction.source_id == account_id, Transaction.target_id == account_id)
    query = select(func.count()).where(either, Transaction.status == Status.PROPOSED)
    return connection.execute(query).scalar_one()


_SAME_PENDING = Statement(
    select(Transaction.id)
    .where(
        Transaction.kind == bindparam("kind"),
        Transaction.status == Status.PROPOSED,
        Transaction.source_id.is_not_distinct_from(bindparam("source")),
        Transaction.target_id == bindparam("target"),
    )
    .limit(1)
)


def same_pending(connection: Connection, kind: Kind, source_id: int | None, target_id: int) -> bool:
    """Tell whether a proposal of this kind waits between the same accounts."""
    found = _SAME_PENDING.row(connection, kind=kind, source=source_id, target=target_id)
    return found is not None


#: Crossings of which the other registry was told; they end by its answer, or for want of one.
#: Of crossings out: the other registry was asked.
ASKED = Crossing.transaction_id.is_not(None) & (Crossing.status != CrossingStatus.PROPOSED)


def due(connection: Connection, now: datetime) -> Sequence[int]:
    """Return the ids of proposals whose time has passed before somebody approved them."""
    query = (
        select(Transaction.id)
        .where(
            Transaction.status == Status.PROPOSED,
            Transaction.expires_at <= now,
            Transaction.id.not_in(select(Wait.transaction_id)),
            Transaction.id.not_in(select(Crossing.transaction_id).where(ASKED)),
        )
        .order_by(Transaction.id)
    )
    return connection.execute(query).scalars().all()


def _conditions(wanted: Filter) -> list[Any]:
    found: list[Any] = []
    if wanted.accounts is not None:
        arrived = Transaction.target_id.in_(wanted.accounts) & (
            Transaction.status == Status.COMPLETED
        )
        found.append(or_(Transaction.source_id.in_(wanted.accounts), arrived))
    for value, column in (
        (wanted.kind, Transaction.kind),
        (wanted.status, Transaction.status),
        (wanted.proposed_by, Transaction.proposed_by),
        (wanted.decided_by, Transaction.decided_by),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.kinds is not None:
        found.append(Transaction.kind.in_(wanted.kinds))
    if wanted.not_proposed_by is not None:
        found.append(Transaction.proposed_by != wanted.not_proposed_by)
    if wanted.since is not None:
        found.append(Transaction.proposed_at >= wanted.since)
    if wanted.until is not None:
        found.append(Transaction.proposed_at < wanted.until)
    return found
