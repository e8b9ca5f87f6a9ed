"""Questions about trusted accounts, about what waits for its time, and about what was sent back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy import true as true_
from sqlalchemy.orm import Session, aliased

from app.domain import ledger, serials
from app.domain.serials import Range
from app.domain.trust import CURRENT, Status
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Account,
    Block,
    Crossing,
    Return,
    Transaction,
    TrustedAccount,
    User,
    Wait,
)
from app.store.transactions import ASKED

_Target = aliased(Account, name="target")
_Proposer = aliased(User, name="proposer")
_Decider = aliased(User, name="decider")
_Ender = aliased(User, name="ender")

_TRUST = Statement(
    select(
        Account.holder_id,
        _Target.holder_id.label("target_holder_id"),
        select(TrustedAccount.effective_at)
        .where(
            TrustedAccount.account_id == bindparam("source"),
            TrustedAccount.target_id == bindparam("target"),
            TrustedAccount.status == Status.APPROVED,
        )
        .scalar_subquery()
        .label("effective_at"),
    )
    .join(_Target, true_())
    .where(Account.id == bindparam("source"), _Target.id == bindparam("target"))
)
_WAIT = Statement(select(Wait.__table__).where(Wait.transaction_id == bindparam("transaction")))
_MOVED = Statement(
    select(Block.first, Block.last).where(
        Block.opened_by == bindparam("transaction"), Block.account_id == bindparam("target")
    )
)
_LISTED = (
    select(
        *TrustedAccount.__table__.c,
        _Target.number.label("target"),
        _Target.kind.label("target_kind"),
        _Target.state.label("target_state"),
        _Proposer.name_en.label("proposer_en"),
        _Proposer.name_ja.label("proposer_ja"),
        _Decider.name_en.label("decider_en"),
        _Decider.name_ja.label("decider_ja"),
        _Ender.name_en.label("ender_en"),
        _Ender.name_ja.label("ender_ja"),
    )
    .join(_Target, _Target.id == TrustedAccount.target_id)
    .join(_Proposer, _Proposer.id == TrustedAccount.proposed_by)
    .outerjoin(_Decider, _Decider.id == TrustedAccount.decided_by)
    .outerjoin(_Ender, _Ender.id == TrustedAccount.ended_by)
)
_RETURNS = (
    select(
        Return.transaction_id,
        Return.returned_id,
        Transaction.status,
        Transaction.source_id,
        Transaction.target_id,
        _Target.number.label("target"),
    )
    .join(Transaction, Transaction.id == Return.transaction_id)
    .join(_Target, _Target.id == Transaction.target_id)
    .order_by(Return.transaction_id)
)


# The list of trusted accounts


def is_trusted(connection: Connection, source_id: int, target_id: int, now: datetime) -> bool:
    """Tell whether an account trusts another now: by its list, or as one of the same holder."""
    found = _TRUST.row(connection, source=source_id, target=target_id)
    assert found is not None, "both accounts are there"
    is_listed = found.effective_at is not None and found.effective_at <= now
    return bool(found.holder_id == found.target_holder_id or is_listed)


def current(session: Session, account_id: int) -> Sequence[AnyRow]:
    """Return the entries of a list that count or may come to count, by the target's number."""
    query = _LISTED.where(
        TrustedAccount.account_id == account_id, TrustedAccount.status.in_(CURRENT)
    )
    return session.execute(query.order_by(TrustedAccount.status.desc(), TrustedAccount.id)).all()


def ended(session: Session, account_id: int, *, size: int = 50) -> Sequence[AnyRow]:
    """Return the entries of a list that have ended, the last first."""
    query = _LISTED.where(
        TrustedAccount.account_id == account_id, TrustedAccount.status.not_in(CURRENT)
    )
    newest = query.order_by(TrustedAccount.ended_at.desc(), TrustedAccount.id.desc())
    return session.execute(newest.limit(size)).all()


def entry(session: Session, account_id: int, identifier: int) -> AnyRow | None:
    """Return one entry of an account's list."""
    query = _LISTED.where(TrustedAccount.account_id == account_id, TrustedAccount.id == identifier)
    return session.execute(query).one_or_none()


def entry_of(session: Session, account_id: int, target_id: int) -> TrustedAccount | None:
    """Return the entry of a target that counts or may come to count."""
    query = select(TrustedAccount).where(
        TrustedAccount.account_id == account_id,
        TrustedAccount.target_id == target_id,
        TrustedAccount.status.in_(CURRENT),
    )
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def by_key(session: Session, proposed_by: int, key: str) -> TrustedAccount | None:
    """Return the entry that somebody proposed with a key."""
    query = select(TrustedAccount).where(
        TrustedAccount.proposed_by == proposed_by, TrustedAccount.key == key
    )
    return session.scalars(query).one_or_none()


def locked(session: Session, account_id: int, identifier: int) -> TrustedAccount | None:
    """Return an entry as it stands, for the one who is about to change it."""
    query = select(TrustedAccount).where(
        TrustedAccount.account_id == account_id, TrustedAccount.id == identifier
    )
    fresh = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def of_same_holder(session: Session, account: Account) -> Sequence[Account]:
    """Return the other accounts of the same holder, which are trusted by that alone."""
    query = select(Account).where(Account.holder_id == account.holder_id, Account.id != account.id)
    return session.scalars(query.order_by(Account.id)).all()


# What waits for its time


def wait(connection: Connection, transaction_id: int) -> AnyRow | None:
    """Return who approved a transfer that waits, when, and when it moves; None if it does not."""
    return _WAIT.row(connection, transaction=transaction_id)


def due(session: Session, now: datetime) -> Sequence[int]:
    """Return the ids of the approved transfers whose time has come, the first to move first."""
    query = (
        select(Transaction.id)
        .join(Wait, Wait.transaction_id == Transaction.id)
        .where(
            Transaction.status == ledger.Status.PROPOSED,
            Wait.execute_at <= now,
            Transaction.id.not_in(select(Crossing.transaction_id).where(ASKED)),
        )
        .order_by(Wait.execute_at, Transaction.id)
    )
    return session.scalars(query).all()


# What was sent back


def moved(connection: Connection, transaction: AnyRow) -> list[Range]:
    """Return the serial numbers that a completed transaction brought to its target."""
    found = _MOVED.rows(connection, transaction=transaction.id, target=transaction.target_id)
    return serials.join(Range(row.first, row.last) for row in found)


def returns_of(connection: Connection, transaction_id: int) -> Sequence[AnyRow]:
    """Return the transactions that would send back what one brought, each with its status."""
    return connection.execute(_RETURNS.where(Return.returned_id == transaction_id)).all()


def returned_by(connection: Connection, transaction_id: int) -> int | None:
    """Return the id of the transaction whose credits this one sends back."""
    query = select(Return.returned_id).where(Return.transaction_id == transaction_id)
    return connection.execute(query).scalar_one_or_none()
