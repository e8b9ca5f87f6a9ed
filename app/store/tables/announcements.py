"""What administrators announce to everyone: notices, and windows of maintenance."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.announcements import Kind
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class Announcement(Base):
    """A notice, or a window of maintenance, from one moment to another."""

    __tablename__ = "announcements"
    __table_args__ = (one_of("kind", Kind), CheckConstraint("ends_at > starts_at", name="window"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    title_en: Mapped[str] = mapped_column(Text)
    title_ja: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    text_ja: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
