"""Trusted accounts, transfers that wait for their time, and transfers that send credits back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.trust import Status
from app.store.tables.base import Base, Identifier, Moment, Word, one_of

_CURRENT = text("status IN ('waiting', 'approved')")


class TrustedAccount(Base):
    """An entry of an account's list of trusted targets, from its proposal to its end.

    `ended_by` is who rejected, withdrew or removed it, and `decided_by` who approved it.
    """

    __tablename__ = "trusted_accounts"
    __table_args__ = (
        one_of("status", Status),
        CheckConstraint("account_id <> target_id", name="accounts"),
        CheckConstraint("decided_by <> proposed_by", name="four_eyes"),
        CheckConstraint(
            "(effective_at IS NULL) = (decided_by IS NULL)"
            " AND (status NOT IN ('approved', 'removed') OR decided_by IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint(
            "(ended_by IS NULL) = (status IN ('waiting', 'approved'))"
            " AND (ended_by IS NULL) = (ended_at IS NULL)",
            name="ended",
        ),
        UniqueConstraint("proposed_by", "key"),
        Index(
            "ix_trusted_accounts_current",
            "account_id",
            "target_id",
            unique=True,
            postgresql_where=_CURRENT,
            sqlite_where=_CURRENT,
        ),
        Index(None, "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    status: Mapped[Status] = mapped_column(Word(Status))
    #: What the account's people call the target.
    note: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    #: From when it counts.
    effective_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)


class Wait(Base):
    """An approved transfer that moves later; until then it is a proposal that reserves. Only added.

    It is over once the transaction has ended, whichever way.
    """

    __tablename__ = "waits"

    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"), primary_key=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime] = mapped_column(Moment)
    execute_at: Mapped[datetime] = mapped_column(Moment)


class Return(Base):
    """A transfer that sends back what another one brought. Only added."""

    __tablename__ = "returns"
    __table_args__ = (
        CheckConstraint("transaction_id <> returned_id", name="transactions"),
        Index(None, "returned_id"),
    )

    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"), primary_key=True)
    returned_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
