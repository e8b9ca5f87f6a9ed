"""What people did and tried: sign-ins, and changes done or refused. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, Identifier, Moment


class LogEntry(Base):
    """An operation that was done, or refused with its code."""

    __tablename__ = "log_entries"
    __table_args__ = (
        Index(None, "user_id", "id"),
        Index(None, "subject", "id"),
        Index(None, "operation", "id"),
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    operation: Mapped[str] = mapped_column(Text)
    #: What it was done to, such as an account number or a transaction number.
    subject: Mapped[str] = mapped_column(Text)
    #: Empty when done, else the code of the refusal.
    refusal: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class AccessEntry(Base):
    """A sign-in, sign-out, lock-out or change of credentials, or an attempt at one.

    The true cause of a failure stands only here.
    """

    __tablename__ = "access_entries"
    __table_args__ = (Index(None, "user_id", "id"), Index(None, "outcome", "id"), Index(None, "at"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    login_id: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    #: An `Outcome`, or what an earlier version wrote.
    outcome: Mapped[str] = mapped_column(Text)
    device: Mapped[str | None] = mapped_column(Text)
