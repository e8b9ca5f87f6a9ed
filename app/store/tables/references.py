"""What others published and the registry leads to: third-party entities, rules, the law.

Also what a partner's registry issued, and when the files with all this were last seen to change.
"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.references import Standing
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class ThirdPartyEntity(Base):
    """Who validates and verifies for one partner country; written with the starting data.

    `search_text` is what a search for words looks through, normalised.
    """

    __tablename__ = "third_party_entities"
    __table_args__ = (one_of("standing", Standing), Index(None, "partner"))

    #: Such as TPE-VN-002.
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    partner: Mapped[str] = mapped_column(ForeignKey("partner_countries.alpha2"))
    name: Mapped[str] = mapped_column(Text)
    standing: Mapped[Standing] = mapped_column(Word(Standing))
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)


class Rule(Base):
    """A rule, guideline or form of a partner country's Joint Committee, by name."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("partner", "code"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    partner: Mapped[str] = mapped_column(ForeignKey("partner_countries.alpha2"))
    #: Such as PDD, or RG for the rules and guidelines themselves.
    code: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    title_ja: Mapped[str] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)
    adopted_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)


class Citation(Base):
    """Where a subject stands in the law, from one day until another: provisions are renumbered."""

    __tablename__ = "citations"
    __table_args__ = (
        UniqueConstraint("subject", "effective_from"),
        CheckConstraint("effective_until > effective_from", name="effective"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: A word for what is regulated, such as ledger, opening or retirement.
    subject: Mapped[str] = mapped_column(Text)
    #: The order in which subjects are listed.
    position: Mapped[int]
    title_en: Mapped[str] = mapped_column(Text)
    title_ja: Mapped[str] = mapped_column(Text)
    provision_en: Mapped[str] = mapped_column(Text)
    provision_ja: Mapped[str] = mapped_column(Text)
    #: Whether the number of the provision itself is known, not only the law it stands in.
    is_established: Mapped[bool]
    effective_from: Mapped[date]
    #: The first day on which it no longer stands there; empty while it does.
    effective_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)


class PartnerIssuance(Base):
    """What a decision notified to the partner's side and its registry issued, as published.

    These credits are not in this registry. It is written before the decision itself may be.
    """

    __tablename__ = "partner_issuances"

    #: The reference of the decision.
    decision: Mapped[str] = mapped_column(Text, primary_key=True)
    notified: Mapped[int] = mapped_column(BigInteger)
    #: Not published itself, but the total less the share of this side.
    notified_is_derived: Mapped[bool]
    issued_on: Mapped[date | None]
    issued: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(Text)


class DataFile(Base):
    """A file of app/data as it was last read, and when its content was first seen."""

    __tablename__ = "data_files"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(Moment)
