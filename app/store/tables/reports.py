"""What a Party reports under Article 6.2, and what reviewers say of it.

Frozen editions of the annual information, the NDC periods that are accounted for, and remarks.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.store.tables.base import Base, Identifier, Moment


class AefEdition(Base):
    """One version of a year's annual information in the Agreed Electronic Format, frozen.

    `content` is the canonical JSON of every table, compressed; `digest` the SHA-256 of that JSON.
    """

    __tablename__ = "aef_editions"
    __table_args__ = (
        UniqueConstraint("party", "year", "major", "minor"),
        UniqueConstraint("made_by", "key"),
        CheckConstraint("major >= 1 AND minor >= 0", name="version"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    party: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    major: Mapped[int]
    minor: Mapped[int]
    #: The word of the format in app.domain.aef_formats.
    format: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: Rows of each table, for lists.
    authorizations: Mapped[int]
    actions: Mapped[int]
    holdings: Mapped[int]
    entities: Mapped[int]
    #: On what basis it is confidential, where it holds a confidential authorization.
    withheld: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    #: When the Party submitted it; everyone may read it from then on.
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)


class Contribution(Base):
    """A Party's NDC period and how it accounts for it; one method for the whole period.

    Amounts are exact decimals as text: databases differ in how they keep fractions.
    """

    __tablename__ = "contributions"
    __table_args__ = (UniqueConstraint("party", "first_year"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    party: Mapped[str] = mapped_column(Text)
    first_year: Mapped[int]
    last_year: Mapped[int]
    #: Words of app.domain.adjustments: Method and Indicator.
    method: Mapped[str] = mapped_column(Text)
    indicator: Mapped[str] = mapped_column(Text, default="emissions")
    target: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(Moment)

    years: Mapped[list["ContributionYear"]] = relationship(
        order_by="ContributionYear.year", cascade="all, delete-orphan"
    )


class ContributionYear(Base):
    """A Party's emissions, and the point of its trajectory, in one year of an NDC period."""

    __tablename__ = "contribution_years"

    contribution_id: Mapped[int] = mapped_column(ForeignKey("contributions.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    emissions: Mapped[str | None] = mapped_column(Text)
    trajectory: Mapped[str | None] = mapped_column(Text)


class Remark(Base):
    """What a reviewer or an administrator says of a record of Article 6; added, never changed."""

    __tablename__ = "remarks"
    __table_args__ = (UniqueConstraint("made_by", "key"), Index(None, "subject", "id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: Such as "authorization:JPN 2025-1", "aef:2025:1.0", "adjustments:JPN".
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
