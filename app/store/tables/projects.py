"""Partner countries, methodologies, projects, and what the Joint Committees decided on them."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.projects import Stage, UnitClass
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class PartnerCountry(Base):
    """A partner country; written when the starting data is loaded."""

    __tablename__ = "partner_countries"

    alpha2: Mapped[str] = mapped_column(Text, primary_key=True)
    alpha3: Mapped[str] = mapped_column(Text, unique=True)
    name_en: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str] = mapped_column(Text)
    bilateral_document_on: Mapped[date]
    date_is_certain: Mapped[bool] = mapped_column(default=True)
    #: What there is to say of that day.
    note_en: Mapped[str | None] = mapped_column(Text)
    note_ja: Mapped[str | None] = mapped_column(Text)


class SectoralScope(Base):
    """A sectoral scope; written when the starting data is loaded."""

    __tablename__ = "sectoral_scopes"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name_en: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str] = mapped_column(Text)


class Methodology(Base):
    """One version of an approved methodology; title, scope and date are empty where not public.

    `search_text` is what a search for words looks through, normalised.
    """

    __tablename__ = "methodologies"
    __table_args__ = (UniqueConstraint("reference", "version"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    partner: Mapped[str] = mapped_column(ForeignKey("partner_countries.alpha2"))
    title_en: Mapped[str | None] = mapped_column(Text)
    title_ja: Mapped[str | None] = mapped_column(Text)
    sectoral_scope: Mapped[int | None] = mapped_column(ForeignKey("sectoral_scopes.number"))
    approved_on: Mapped[date | None]
    proponent: Mapped[str | None] = mapped_column(Text)
    #: Otherwise the title is a short description of our own.
    title_is_official: Mapped[bool] = mapped_column(default=False)
    search_text: Mapped[str] = mapped_column(Text)


project_methodologies = Table(
    "project_methodologies",
    Base.metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("methodology_id", ForeignKey("methodologies.id"), primary_key=True),
)


class Project(Base):
    """A JCM project. `search_text` is what a search for words looks through, normalised."""

    __tablename__ = "projects"
    __table_args__ = (one_of("stage", Stage), Index(None, "partner"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    partner: Mapped[str] = mapped_column(ForeignKey("partner_countries.alpha2"))
    title_en: Mapped[str] = mapped_column(Text)
    title_ja: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[Stage] = mapped_column(Word(Stage))
    registered_on: Mapped[date | None]
    expected_kilotonnes_per_year: Mapped[float | None]
    search_text: Mapped[str] = mapped_column(Text)

    methodologies: Mapped[list[Methodology]] = relationship(secondary=project_methodologies)
    participants: Mapped[list["Participant"]] = relationship(
        back_populates="project", order_by="Participant.position", cascade="all, delete-orphan"
    )


class Participant(Base):
    """A project participant on the Japanese or on the partner's side, in the published order."""

    __tablename__ = "participants"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    is_japanese: Mapped[bool]
    is_focal_point: Mapped[bool] = mapped_column(default=False)

    project: Mapped[Project] = relationship(back_populates="participants")


class Decision(Base):
    """A Joint Committee's decision on credits of one project and monitoring period.

    `total` is what both sides together may issue, `quantity` what this registry may: the sum of
    the allocations. The three flags say whether what stands here has been published, and
    `is_complete` whether `quantity` is all that was notified to this side.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("unit_class", UnitClass),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("total IS NULL OR total >= quantity", name="total"),
        Index(None, "project_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    monitoring_from: Mapped[date | None]
    monitoring_to: Mapped[date | None]
    decided_on: Mapped[date]
    total: Mapped[int | None] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    allocation_is_public: Mapped[bool] = mapped_column(default=True)
    date_is_public: Mapped[bool] = mapped_column(default=True)
    vintage_is_public: Mapped[bool] = mapped_column(default=True)
    is_complete: Mapped[bool] = mapped_column(default=True)
    note_en: Mapped[str | None] = mapped_column(Text)
    note_ja: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    project: Mapped[Project] = relationship()
    allocations: Mapped[list["Allocation"]] = relationship(
        back_populates="decision", order_by="Allocation.id"
    )


class Allocation(Base):
    """How much of a decision's vintage goes to which account; it bounds what may be issued."""

    __tablename__ = "allocations"
    __table_args__ = (
        UniqueConstraint("decision_id", "account_id", "vintage"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    vintage: Mapped[int]
    quantity: Mapped[int] = mapped_column(BigInteger)

    decision: Mapped[Decision] = relationship(back_populates="allocations")
