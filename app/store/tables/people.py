"""People who sign in; written by the verbs of app.registry.people and app.registry.sign_in."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.people import State
from app.domain.roles import Role
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class User(Base):
    """A person; an administrator bears a role, a holder's person has rights on accounts.

    A row without a password cannot sign in: so the two that load the starting data.
    """

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role), one_of("state", State))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    login_id: Mapped[str] = mapped_column(Text, unique=True)
    name_en: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    role: Mapped[Role | None] = mapped_column(Word(Role))
    language: Mapped[str] = mapped_column(Text, default="en")
    password_hash: Mapped[str | None] = mapped_column(Text)
    state: Mapped[State] = mapped_column(
        Word(State), default=State.ACTIVE, server_default=State.ACTIVE.value
    )
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    #: The sign-in before the present one is what HOME shows.
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Moment)
    previous_sign_in_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Where the sign-in before the present one came from.
    last_sign_in_address: Mapped[str | None] = mapped_column(Text)
    previous_sign_in_address: Mapped[str | None] = mapped_column(Text)
    #: Failed attempts between the last two sign-ins, and since the last.
    failures_before: Mapped[int] = mapped_column(default=0, server_default="0")
    failures_since: Mapped[int] = mapped_column(default=0, server_default="0")


class RetiredLoginId(Base):
    """A login ID that was replaced; it is never given to anyone again."""

    __tablename__ = "retired_login_ids"

    login_id: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    retired_at: Mapped[datetime] = mapped_column(Moment)


class Device(Base):
    """A browser in which a person has signed in before, known by a cookie of its own."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("user_id", "token_hash"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    label: Mapped[str] = mapped_column(Text)
    first_seen_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
