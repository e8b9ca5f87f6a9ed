"""Holders, their accounts, and who acts for them; written by the verbs of app.registry.accounts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.accounts import Kind, State
from app.domain.people import Acting
from app.domain.roles import Right
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class Holder(Base):
    """A government or an entity that holds accounts."""

    __tablename__ = "holders"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    name_en: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    head_office_en: Mapped[str | None] = mapped_column(Text)
    head_office_ja: Mapped[str | None] = mapped_column(Text)
    is_demo: Mapped[bool] = mapped_column(default=False)


class Account(Base):
    """An account; the registry's own (retirement, cancellation) belong to its government."""

    __tablename__ = "accounts"
    __table_args__ = (one_of("kind", Kind), one_of("state", State), Index(None, "holder_id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    state: Mapped[State] = mapped_column(Word(State))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"))
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    holder: Mapped[Holder] = relationship(lazy="joined")


class Representative(Base):
    """A person's right on one account, and whether it may be used."""

    __tablename__ = "representatives"
    __table_args__ = (one_of("right", Right), one_of("state", Acting), Index(None, "account_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    right: Mapped[Right] = mapped_column(Word(Right))
    state: Mapped[Acting] = mapped_column(
        Word(Acting), default=Acting.ACTIVE, server_default=Acting.ACTIVE.value
    )
