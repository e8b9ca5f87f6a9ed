"""Questions about accounts and holders, and the lock with which every movement begins."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.accounts import Kind, State
from app.domain.ledger import Status
from app.domain.people import Acting
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Account,
    Balance,
    Holder,
    Project,
    Representative,
    Reservation,
    Transaction,
)

_LOCK = Statement(
    select(Account.id, Account.number, Account.kind, Account.state)
    .where(Account.number.in_([bindparam("one"), bindparam("other")]))
    .order_by(Account.id)
    .with_for_update(key_share=True)
)
_LOCK_SIDES = Statement(
    select(Account.id, Account.number, Account.kind, Account.state)
    .where(
        Account.id.in_(
            select(Transaction.source_id)
            .where(Transaction.id == bindparam("transaction"))
            .union_all(
                select(Transaction.target_id).where(Transaction.id == bindparam("transaction"))
            )
        )
    )
    .order_by(Account.id)
    .with_for_update(key_share=True)
)


def lock(connection: Connection, number: str, other: str = "") -> dict[str, AnyRow]:
    """Lock one account or two in id order; those that do not exist are left out."""
    return {row.number: row for row in _LOCK.rows(connection, one=number, other=other)}


def lock_ids(connection: Connection, identifiers: Sequence[int]) -> dict[int, AnyRow]:
    """Lock accounts in id order."""
    query = (
        select(Account.id, Account.number, Account.kind, Account.state)
        .where(Account.id.in_(identifiers))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row for row in connection.execute(query)}


def lock_sides(connection: Connection, transaction_id: int) -> dict[int, AnyRow]:
    """Lock the accounts of a transaction in id order."""
    found = _LOCK_SIDES.rows(connection, transaction=transaction_id)
    return {row.id: row for row in found}


def of_kind(connection: Connection, kind: Kind) -> str | None:
    """Return the number of the registry's open account of a kind of which there is one."""
    query = (
        select(Account.number)
        .where(Account.kind == kind, Account.state == State.OPEN)
        .order_by(Account.id)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def by_number(session: Session, number: str) -> Account | None:
    """Return an account with its holder."""
    return session.scalars(select(Account).where(Account.number == number)).one_or_none()


def of_holder(session: Session, reference: str) -> Sequence[Account]:
    """Return the accounts of a holder in the order of their opening."""
    query = (
        select(Account)
        .join(Holder, Holder.id == Account.holder_id)
        .where(Holder.reference == reference)
        .order_by(Account.id)
    )
    return session.scalars(query).all()


def holder(session: Session, reference: str) -> Holder | None:
    """Return a holder by its reference."""
    return session.scalars(select(Holder).where(Holder.reference == reference)).one_or_none()


def seen_by(session: Session, user_id: int) -> Sequence[AnyRow]:
    """Return the accounts on which a person has a right: account, right.

    One applied for and not yet open is as if it did not exist, even to its future people.
    """
    query = (
        select(Account, Representative.right)
        .join(Representative, Representative.account_id == Account.id)
        .where(
            Representative.user_id == user_id,
            Representative.state == Acting.ACTIVE,
            Account.state != State.APPLIED,
        )
        .order_by(Account.id)
    )
    return session.execute(query).all()


def everyone(
    session: Session, *, after: int = 0, kind: Kind | None = None, size: int = 50
) -> Sequence[Account]:
    """Return all accounts in the order of their opening, past `after` (an id)."""
    query = select(Account).where(Account.id > after).order_by(Account.id).limit(size)
    if kind is not None:
        query = query.where(Account.kind == kind)
    return session.scalars(query).all()


def representatives(session: Session, account_id: int) -> Sequence[Representative]:
    """Return who may act on an account."""
    query = select(Representative).where(Representative.account_id == account_id)
    return session.scalars(query.order_by(Representative.user_id)).all()


def balance(connection: Connection, account_id: int) -> int:
    """Return what an account holds, in tonnes."""
    query = select(func.coalesce(func.sum(Balance.quantity), 0))
    return int(connection.execute(query.where(Balance.account_id == account_id)).scalar_one())


def reserved(connection: Connection, account_id: int) -> int:
    """Return what waiting proposals have reserved of an account, in tonnes."""
    query = (
        select(func.coalesce(func.sum(Reservation.last - Reservation.first + 1), 0))
        .join(Transaction, Transaction.id == Reservation.transaction_id)
        .where(Transaction.source_id == account_id, Transaction.status == Status.PROPOSED)
    )
    return int(connection.execute(query).scalar_one())


def balances(session: Session, account_id: int, *, size: int | None = None) -> Sequence[AnyRow]:
    """Return what an account holds by project and vintage, zeros left out; `size` rows at most."""
    query = (
        select(
            Project.reference,
            Project.title_en,
            Project.title_ja,
            Project.partner,
            Balance.project_id,
            Balance.vintage,
            Balance.quantity,
        )
        .join(Project, Project.id == Balance.project_id)
        .where(Balance.account_id == account_id, Balance.quantity > 0)
        .order_by(Project.reference, Balance.vintage)
        .limit(size)
    )
    return session.connection().execute(query).all()


_DEMO = select(Account.id).join(Holder, Holder.id == Account.holder_id).where(Holder.is_demo)


def demo(session: Session) -> frozenset[int]:
    """Return the accounts of fictional holders, so that pages can mark what is no fact."""
    return frozenset(session.connection().execute(_DEMO).scalars())
