"""People who sign in; written by the verbs of app.registry.people."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.roles import Role
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class User(Base):
    """A person; an administrator bears a role, a holder's person has rights on accounts.

    A row without a password cannot sign in: so the two that load the starting data.
    """

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    login_id: Mapped[str] = mapped_column(Text, unique=True)
    name_en: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    role: Mapped[Role | None] = mapped_column(Word(Role))
    language: Mapped[str] = mapped_column(Text, default="en")
    password_hash: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    #: The sign-in before the present one is what HOME shows.
    last_sign_in_at: Mapped[datetime | None] = mapped_column(Moment)
    previous_sign_in_at: Mapped[datetime | None] = mapped_column(Moment)
