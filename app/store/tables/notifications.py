"""What people are told: notifications, whose inbox they lie in, and the mails that go with them.

Kinds and topics have no CHECK: the program gives them their words, and there will be more of them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.notifications import Kind, Topic
from app.store.tables.base import Base, Identifier, Moment, Word

_THERE = text("deleted_at IS NULL")
_UNREAD = text("deleted_at IS NULL AND read_at IS NULL")
_UNSENT = text("sent_at IS NULL")


class Notification(Base):
    """An event that concerns a person or the people of an account; its words come from its kind."""

    __tablename__ = "notifications"
    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    #: What it is about, such as the number of a transaction.
    subject: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class Delivered(Base):
    """One notification in one person's inbox; deleting hides it from that person alone."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_there",
            "user_id",
            "notification_id",
            postgresql_where=_THERE,
            sqlite_where=_THERE,
        ),
        Index(
            "ix_inbox_topic",
            "user_id",
            "topic",
            "notification_id",
            postgresql_where=_THERE,
            sqlite_where=_THERE,
        ),
        Index(
            "ix_inbox_unread",
            "user_id",
            "notification_id",
            postgresql_where=_UNREAD,
            sqlite_where=_UNREAD,
        ),
        Index(None, "notification_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    notification_id: Mapped[int] = mapped_column(ForeignKey("notifications.id"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(Word(Topic))
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)


class Mail(Base):
    """A mail to be sent, or sent; written with what it tells of, sent by the worker."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_unsent", "next_at", postgresql_where=_UNSENT, sqlite_where=_UNSENT),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    #: The path of the page that tells the rest.
    path: Mapped[str] = mapped_column(Text)
    #: A secret link or the like, sealed; wiped once sent.
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Moment)
    next_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    #: What the mail server said when it last refused.
    failure: Mapped[str | None] = mapped_column(Text)
