"""Who is signed in, where and since when; written by the verbs of app.registry.sessions."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class Stage(StrEnum):
    """How far a person is in signing in."""

    #: The password was right; the second factor is still to come, or to be set up.
    PASSWORD = "password"  # noqa: S105  a stage of signing in
    FULL = "full"


class SignedIn(Base):
    """One session; its token is known to the browser alone, here is its hash."""

    __tablename__ = "sessions"
    __table_args__ = (
        one_of("stage", Stage),
        Index(
            "ix_sessions_open",
            "user_id",
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    stage: Mapped[Stage] = mapped_column(Word(Stage))
    begun_at: Mapped[datetime] = mapped_column(Moment)
    #: The last click, to the minute.
    seen_at: Mapped[datetime] = mapped_column(Moment)
    #: The end, whatever the person does.
    expires_at: Mapped[datetime] = mapped_column(Moment)
    address: Mapped[str | None] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    #: The person's powers changed: the next page brings another token.
    renew: Mapped[bool] = mapped_column(default=False, server_default=false())
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_because: Mapped[str | None] = mapped_column(Text)
