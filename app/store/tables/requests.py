"""Requests about people and powers, and who has claimed which task."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.requests import Kind, Status
from app.store.tables.base import Base, Identifier, Moment, Word, one_of

_WAITING = text("status = 'waiting'")


class Request(Base):
    """What somebody asked to have changed; a second person decides."""

    __tablename__ = "requests"
    __table_args__ = (
        one_of("status", Status),
        CheckConstraint("status <> 'approved' OR decided_by <> asked_by", name="four_eyes"),
        CheckConstraint(
            "status <> 'approved' OR user_id IS NULL OR decided_by <> user_id", name="not_oneself"
        ),
        UniqueConstraint("asked_by", "key"),
        Index("ix_requests_waiting", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index(None, "user_id", "id"),
        Index(None, "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    status: Mapped[Status] = mapped_column(Word(Status))
    #: Whom it is about; empty while the person has no login ID yet.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: What is asked for, and what was recorded before, by the name of the item.
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    comment: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)


class Claim(Base):
    """Somebody took a task, or gave it to somebody; the last one says whose it is. Only added."""

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN transaction_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN application_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="task",
        ),
        Index(None, "transaction_id", "id"),
        Index(None, "request_id", "id"),
        Index(None, "application_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    #: Whose the task is from now on; empty when it was given back.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    comment: Mapped[str | None] = mapped_column(Text)
