"""What the registry publishes: news, and editions of the disclosure as they were published."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.tables.base import Base, Identifier, Moment


class News(Base):
    """A piece of news in both languages, as Markdown; it may be changed and withdrawn."""

    __tablename__ = "news"
    __table_args__ = (UniqueConstraint("made_by", "key"), Index(None, "published_at", "id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    title_en: Mapped[str] = mapped_column(Text)
    title_ja: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    text_ja: Mapped[str] = mapped_column(Text)
    #: From when everyone sees it; in the future it is scheduled.
    published_at: Mapped[datetime] = mapped_column(Moment)
    key: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class Edition(Base):
    """The disclosure as of one day, frozen. Its content never changes; it may be withdrawn once."""

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("made_by", "key"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
        CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_reason"
        ),
        Index(None, "as_of", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: Such as JP-D-0001; a number is given once.
    number: Mapped[str] = mapped_column(Text, unique=True)
    #: The day at whose end, in the registry's time zone, the figures held.
    as_of: Mapped[date]
    #: The canonical bytes of everything that is printed, and their SHA-256.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: From when everyone sees it; in the future it is scheduled.
    published_at: Mapped[datetime] = mapped_column(Moment)
    key: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
