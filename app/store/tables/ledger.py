"""The ledger: blocks, transactions, reservations and what is derived of them.

Only app.store.ledger writes these tables. What the database itself refuses (overlap, edits,
second closings) stands in the migrations, because it differs between the engines.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain import accounts
from app.domain.ledger import Kind, Status
from app.domain.projects import UnitClass
from app.store.tables.base import Base, Identifier, Moment, Word, one_of

_LIVE = text("closed_by IS NULL")


def _live(*columns: str, unique: bool = False) -> Index:
    name = "ix_blocks_live_" + "_".join(columns)
    return Index(name, *columns, unique=unique, sqlite_where=_LIVE, postgresql_where=_LIVE)


class Transaction(Base):
    """One source, one target, one quantity: it cannot be unbalanced.

    `position`, `body` and the chained `digest` are set when it completes; until then, and when it
    ends otherwise, `digest` is that of the row itself. `key` is the proposer's idempotency key and
    `content` the digest of what was asked under it.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("status", Status),
        UniqueConstraint("proposed_by", "key"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(source_id IS NULL) = (kind = 'issuance')", name="source"),
        CheckConstraint("(allocation_id IS NULL) = (kind <> 'issuance')", name="allocation"),
        CheckConstraint("source_id <> target_id", name="accounts"),
        CheckConstraint("(position IS NULL) = (status <> 'completed')", name="position"),
        CheckConstraint("status <> 'completed' OR decided_by <> proposed_by", name="four_eyes"),
        Index("ix_transactions_source", "source_id", "id"),
        Index("ix_transactions_target", "target_id", "id"),
        Index(
            "ix_transactions_waiting",
            "source_id",
            sqlite_where=text("status = 'proposed'"),
            postgresql_where=text("status = 'proposed'"),
        ),
        Index("ix_transactions_allocation", "allocation_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    status: Mapped[Status] = mapped_column(Word(Status))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    quantity: Mapped[int] = mapped_column(BigInteger)
    allocation_id: Mapped[int | None] = mapped_column(ForeignKey("allocations.id"))
    purpose: Mapped[str | None] = mapped_column(Text)
    beneficiary: Mapped[str | None] = mapped_column(Text)
    #: The order of the authority behind a mandatory cancellation.
    reference: Mapped[str | None] = mapped_column(Text)
    remark: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Why it was rejected, or the code of the check that terminated it.
    reason: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class Issuance(Base):
    """The serial numbers one transaction created, and what never changes about them."""

    __tablename__ = "issuances"
    __table_args__ = (
        one_of("unit_class", UnitClass),
        CheckConstraint("first >= 1 AND last >= first", name="range"),
        Index(None, "project_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"), unique=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    partner: Mapped[str] = mapped_column(Text)
    vintage: Mapped[int]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    first: Mapped[int] = mapped_column(BigInteger, unique=True)
    last: Mapped[int] = mapped_column(BigInteger)


class Block(Base):
    """Serial numbers held by one account from one transaction until another.

    Written once and closed once; live while `closed_by` is empty. One transaction opens at most
    one block with a given first number, which is its key.
    """

    __tablename__ = "blocks"
    __table_args__ = (
        one_of("kind", accounts.Kind),
        CheckConstraint("first >= 1 AND last >= first", name="range"),
        CheckConstraint("closed_by <> opened_by", name="closed"),
        _live("first", unique=True),
        _live("account_id", "first"),
        _live("partner", "first"),
        _live("project_id", "first"),
        _live("vintage", "first"),
        _live("kind", "first"),
        Index(
            "ix_blocks_closed_by",
            "closed_by",
            "first",
            sqlite_where=text("closed_by IS NOT NULL"),
            postgresql_where=text("closed_by IS NOT NULL"),
        ),
        Index(
            "ix_blocks_past_account",
            "account_id",
            "closed_by",
            sqlite_where=text("closed_by IS NOT NULL"),
            postgresql_where=text("closed_by IS NOT NULL"),
        ),
    )

    opened_by: Mapped[int] = mapped_column(ForeignKey("transactions.id"), primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[accounts.Kind] = mapped_column(Word(accounts.Kind))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    partner: Mapped[str] = mapped_column(Text)
    vintage: Mapped[int]
    issuance_id: Mapped[int] = mapped_column(ForeignKey("issuances.id"))
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))


class Reservation(Base):
    """Serial numbers that a waiting proposal keeps from any other; gone when it ends."""

    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint("first >= 1 AND last >= first", name="range"),
        Index(None, "first"),
    )

    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"), primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)


class Balance(Base):
    """What an account holds of one project and vintage, in tonnes; kept by the ledger."""

    __tablename__ = "balances"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    vintage: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quantity: Mapped[int] = mapped_column(BigInteger)


class Total(Base):
    """What all accounts of one kind hold of one project and vintage; kept by the ledger.

    Transfers between accounts of one kind leave it alone, so it is no row that all wait for.
    """

    __tablename__ = "totals"
    __table_args__ = (
        one_of("kind", accounts.Kind),
        CheckConstraint("quantity >= 0", name="quantity"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    vintage: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[accounts.Kind] = mapped_column(Word(accounts.Kind), primary_key=True)
    partner: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(BigInteger)


class Bar(Base):
    """A range of serial numbers that may not move, from when it is laid until it is lifted."""

    __tablename__ = "bars"
    __table_args__ = (CheckConstraint("first >= 1 AND last >= first", name="range"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    #: These are ITMOs that a consistency check flagged (decision 4/CMA.6, paragraph 40).
    is_inconsistent: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Empty where a reconciliation laid it.
    laid_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    laid_at: Mapped[datetime] = mapped_column(Moment)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)


class ChainHead(Base):
    """The one row that gives completed transactions their order; locked last and shortly."""

    __tablename__ = "chain_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    completed_at: Mapped[datetime] = mapped_column(Moment)
    #: The next serial number that was never issued.
    serial_next: Mapped[int] = mapped_column(BigInteger)
