"""What Article 6.2 asks a registry to record: approaches, authorizations and actions.

The ledger says where credits are; these tables say what that means under the Paris Agreement. All
of them refer to ranges of serial numbers, so that a divided block inherits what its parent was.
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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.authorizations import Change, Standing
from app.domain.nomenclature import (
    ActionType,
    CancelledFor,
    Definition,
    Metric,
    MitigationType,
    Purpose,
    Subtype,
)
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class Approach(Base):
    """A cooperative approach, one for each partner country.

    The identifiers of the central platform are not public: while `code_is_official` is false the
    code is this registry's own stand-in. The definition is one for the whole approach (decision
    4/CMA.6, paragraph 15) and stays as it is once it is set.
    """

    __tablename__ = "approaches"
    __table_args__ = (one_of("definition", Definition),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    code_is_official: Mapped[bool] = mapped_column(default=False)
    partner: Mapped[str] = mapped_column(ForeignKey("partner_countries.alpha2"), unique=True)
    name_en: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str] = mapped_column(Text)
    definition: Mapped[Definition | None] = mapped_column(Word(Definition))
    #: When the initial report, or its update for this approach, was submitted.
    initial_report_on: Mapped[date | None]
    note_en: Mapped[str | None] = mapped_column(Text)
    note_ja: Mapped[str | None] = mapped_column(Text)


class Authorization(Base):
    """An authorization of mitigation outcomes by this registry's Party; its versions say what.

    Without an approach it is a blanket authorization and covers all of them.
    """

    __tablename__ = "authorizations"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: Assigned by the Party: letters, digits, space and hyphen.
    identifier: Mapped[str] = mapped_column(Text, unique=True)
    identifier_is_official: Mapped[bool] = mapped_column(default=False)
    approach_id: Mapped[int | None] = mapped_column(ForeignKey("approaches.id"))

    approach: Mapped[Approach | None] = relationship()
    versions: Mapped[list["AuthorizationVersion"]] = relationship(
        back_populates="authorization", order_by="AuthorizationVersion.id"
    )


class AuthorizationVersion(Base):
    """What an authorization says from `effective_on` until the next version: the 14 elements.

    Decision 4/CMA.6, paragraph 5 (a) to (n). A second person approves each version.
    """

    __tablename__ = "authorization_versions"
    __table_args__ = (
        one_of("standing", Standing),
        one_of("change", Change),
        one_of("purpose", Purpose),
        one_of("metric", Metric),
        one_of("definition", Definition),
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity"),
        CheckConstraint(
            "vintage_first IS NULL OR vintage_last IS NULL OR vintage_last >= vintage_first",
            name="vintages",
        ),
        CheckConstraint("(metric = 'non_ghg') = (non_ghg_metric IS NOT NULL)", name="non_ghg"),
        CheckConstraint("is_confidential = (confidential_basis IS NOT NULL)", name="confidential"),
        CheckConstraint("(standing = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("standing <> 'approved' OR decided_by <> entered_by", name="four_eyes"),
        UniqueConstraint("entered_by", "key"),
        Index(
            "ix_authorization_versions_approved",
            "authorization_id",
            "number",
            unique=True,
            sqlite_where=text("standing = 'approved'"),
            postgresql_where=text("standing = 'approved'"),
        ),
        Index(
            "ix_authorization_versions_proposed",
            "authorization_id",
            unique=True,
            sqlite_where=text("standing = 'proposed'"),
            postgresql_where=text("standing = 'proposed'"),
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    authorization_id: Mapped[int] = mapped_column(ForeignKey("authorizations.id"))
    number: Mapped[int]
    standing: Mapped[Standing] = mapped_column(Word(Standing))
    change: Mapped[Change] = mapped_column(Word(Change))
    #: (b) Parties covered as alpha-3 codes divided by spaces; empty for any.
    parties: Mapped[str] = mapped_column(Text, default="")
    #: (c) The date, and the last days for issuance, use and cancellation.
    authorized_on: Mapped[date]
    effective_on: Mapped[date]
    issuance_until: Mapped[date | None]
    use_until: Mapped[date | None]
    cancellation_until: Mapped[date | None]
    timeframe_first: Mapped[int | None]
    timeframe_last: Mapped[int | None]
    #: (d) When the first transfer takes place; once approved it is the approach's own.
    definition: Mapped[Definition | None] = mapped_column(Word(Definition))
    #: (e) The uses covered, and which other international mitigation purposes.
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose))
    oimp: Mapped[str | None] = mapped_column(Text)
    #: (f) Underlying rules, standards and methodologies.
    rules: Mapped[str] = mapped_column(Text, default="")
    #: (g) Circumstances and process of changes, and whether they reach what was first transferred.
    terms: Mapped[str] = mapped_column(Text, default="")
    reaches_first_transferred: Mapped[bool] = mapped_column(default=False)
    #: (h) The largest quantity, in tonnes or in the other metric.
    quantity: Mapped[int | None] = mapped_column(BigInteger)
    #: (i) and (j) The registry the Party uses, and where the outcomes are tracked beneath.
    party_registry: Mapped[str] = mapped_column(Text, default="")
    underlying_registry: Mapped[str] = mapped_column(Text, default="")
    #: (k) Vintages.
    vintage_first: Mapped[int | None]
    vintage_last: Mapped[int | None]
    #: (l) Metric, gases and their values of global warming potential.
    metric: Mapped[Metric] = mapped_column(Word(Metric), default=Metric.GHG)
    non_ghg_metric: Mapped[str | None] = mapped_column(Text)
    gwp: Mapped[str | None] = mapped_column(Text)
    gases: Mapped[str] = mapped_column(Text, default="")
    #: (m) and (n) Sectors and activity types, one a line; projects by reference, empty for all.
    sectors: Mapped[str] = mapped_column(Text, default="")
    activities: Mapped[str] = mapped_column(Text, default="")
    projects: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    is_confidential: Mapped[bool] = mapped_column(default=False)
    confidential_basis: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Why it was rejected.
    reason: Mapped[str | None] = mapped_column(Text)

    authorization: Mapped[Authorization] = relationship(back_populates="versions")
    entities: Mapped[list["AuthorizedEntity"]] = relationship(order_by="AuthorizedEntity.position")


class AuthorizedEntity(Base):
    """An entity that a version of an authorization covers."""

    __tablename__ = "authorized_entities"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("authorization_versions.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    #: Where it is incorporated, alpha-3, and its identification number there.
    country: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    conditions: Mapped[str] = mapped_column(Text, default="")
    change_conditions: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")


class AuthorizationDocument(Base):
    """A file that belongs to a version of an authorization, such as the letter itself."""

    __tablename__ = "authorization_documents"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("authorization_versions.id"))
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(Moment)


class AuthorizationEffect(Base):
    """What a version of an authorization caused when it began to hold: actions of units held then.

    `position` is the place that the chain had reached, `body` the canonical JSON of the actions and
    `digest` its SHA-256 over the digest of that place.
    """

    __tablename__ = "authorization_effects"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("authorization_versions.id"), unique=True)
    at: Mapped[datetime] = mapped_column(Moment)
    position: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class ItmoUnits(Base):
    """What never changes about the ITMOs of one issuance: the parts of their identifiers.

    Only issuances of the class ITMO have such a row; serial numbers and vintage are the issuance's.
    """

    __tablename__ = "itmo_units"
    __table_args__ = (one_of("mitigation_type", MitigationType),)

    issuance_id: Mapped[int] = mapped_column(
        ForeignKey("issuances.id"), primary_key=True, autoincrement=False
    )
    approach_id: Mapped[int] = mapped_column(ForeignKey("approaches.id"))
    #: The registry in which they were first recorded as ITMOs, such as JPN01.
    party_registry: Mapped[str] = mapped_column(Text)
    #: The Party where the mitigation outcome occurred, alpha-3.
    first_transferring: Mapped[str] = mapped_column(Text)
    mitigation_type: Mapped[MitigationType] = mapped_column(Word(MitigationType))
    #: Where the units lie beneath, and the number there of the first of them.
    underlying_registry: Mapped[str | None] = mapped_column(Text)
    underlying_first: Mapped[int | None] = mapped_column(BigInteger)


class Use(Base):
    """What a proposed retirement or cancellation of ITMOs is for."""

    __tablename__ = "uses"
    __table_args__ = (
        one_of("cancelled_for", CancelledFor),
        CheckConstraint(
            "(calendar_year IS NULL) <> (cancelled_for IS NULL)", name="retired_or_cancelled"
        ),
    )

    transaction_id: Mapped[int] = mapped_column(
        ForeignKey("transactions.id"), primary_key=True, autoincrement=False
    )
    #: The calendar year of the NDC towards which the retired are used.
    calendar_year: Mapped[int | None]
    cancelled_for: Mapped[CancelledFor | None] = mapped_column(Word(CancelledFor))


class Action(Base):
    """One action with a range of ITMOs, as it is reported; added and never changed.

    The database refuses a second first transfer of a number, and a second final action: a use or a
    cancellation. `is_final` marks those.
    """

    __tablename__ = "actions"
    __table_args__ = (
        one_of("type", ActionType),
        one_of("subtype", Subtype),
        one_of("cancelled_for", CancelledFor),
        CheckConstraint("first >= 1 AND last >= first", name="range"),
        CheckConstraint("type <> 'use' OR calendar_year IS NOT NULL", name="use"),
        Index(None, "at", "id"),
        Index(None, "type", "first"),
        Index(None, "transaction_id"),
        Index(None, "version_id"),
        Index(None, "issuance_id", "first"),
        Index(
            "ix_actions_final",
            "first",
            sqlite_where=text("is_final"),
            postgresql_where=text("is_final"),
        ),
        Index(
            "ix_actions_first_transfer",
            "first",
            sqlite_where=text("type = 'first_transfer'"),
            postgresql_where=text("type = 'first_transfer'"),
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    type: Mapped[ActionType] = mapped_column(Word(ActionType))
    subtype: Mapped[Subtype | None] = mapped_column(Word(Subtype))
    is_final: Mapped[bool]
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    issuance_id: Mapped[int] = mapped_column(ForeignKey("issuances.id"))
    #: The movement behind it; empty where an authorization alone caused it.
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    #: The version of the authorization that covered the units then.
    version_id: Mapped[int] = mapped_column(ForeignKey("authorization_versions.id"))
    #: The other Party of a transfer or an acquisition, alpha-3.
    counterparty: Mapped[str | None] = mapped_column(Text)
    #: What a cancellation was for, who used or cancelled (alpha-3), and the entity if authorized.
    cancelled_for: Mapped[CancelledFor | None] = mapped_column(Word(CancelledFor))
    using_party: Mapped[str | None] = mapped_column(Text)
    using_entity: Mapped[str | None] = mapped_column(Text)
    calendar_year: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")


class ActionSum(Base):
    """Tonnes by everything that reports and adjustments ask for; kept as actions are added.

    `year` is that of the action in UTC, `calendar_year` that of a use (0 for none), `counterparty`
    and `cancelled_for` are empty texts where there is none.
    """

    __tablename__ = "action_sums"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    approach_id: Mapped[int] = mapped_column(ForeignKey("approaches.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    vintage: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[ActionType] = mapped_column(Word(ActionType), primary_key=True)
    subtype: Mapped[str] = mapped_column(Text, primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose), primary_key=True)
    counterparty: Mapped[str] = mapped_column(Text, primary_key=True)
    cancelled_for: Mapped[str] = mapped_column(Text, primary_key=True)
    calendar_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quantity: Mapped[int] = mapped_column(BigInteger)
