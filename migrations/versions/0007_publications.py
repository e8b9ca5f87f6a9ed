"""Add what the registry publishes, and what it leads to: editions, news, rules, citations.

An edition of the disclosure never changes once it is made: it may only be withdrawn, once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: What an edition says, and who made it.
FROZEN = ("number", "as_of", "content", "digest", "published_at", "key", "made_by", "made_at")


def upgrade() -> None:
    _publications()
    _references()
    _of_partners()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    comparison = "IS DISTINCT FROM" if is_postgresql else "IS NOT"
    for name, event, condition, message in _rules(comparison):
        if is_postgresql:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
                f" EXECUTE FUNCTION refuse('{message}')"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )


def downgrade() -> None:
    raise NotImplementedError("what was published would be unknown")


def _rules(comparison: str) -> list[tuple[str, str, str, str]]:
    """Name, event, condition and message of every refusal, which both engines write alike."""
    changed = " OR ".join(f"NEW.{name} {comparison} OLD.{name}" for name in FROZEN)
    return [
        (
            "editions_final",
            "UPDATE ON editions",
            f"OLD.withdrawn_at IS NOT NULL OR {changed}",
            "an edition stays as it was published, and is withdrawn once",
        ),
        ("editions_kept", "DELETE ON editions", "TRUE", "editions are never deleted"),
        ("news_kept", "DELETE ON news", "TRUE", "news are never deleted"),
    ]


def _identifier() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _publications() -> None:
    op.create_table(
        "editions",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_by", _identifier(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", _identifier(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_editions_withdrawn")
        ),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_reason IS NULL)",
            name=op.f("ck_editions_withdrawn_reason"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_editions_made_by")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["users.id"], name=op.f("fk_editions_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("made_by", "key", name=op.f("uq_editions_made_by_key")),
        sa.UniqueConstraint("number", name=op.f("uq_editions_number")),
    )
    op.create_index(op.f("ix_editions_as_of_id"), "editions", ["as_of", "id"], unique=False)
    op.create_table(
        "news",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_ja", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_ja", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_by", _identifier(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", _identifier(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", _identifier(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_news_changed_by")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_news_made_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["users.id"], name=op.f("fk_news_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
        sa.UniqueConstraint("made_by", "key", name=op.f("uq_news_made_by_key")),
    )
    op.create_index(op.f("ix_news_published_at_id"), "news", ["published_at", "id"], unique=False)


def _references() -> None:
    op.create_table(
        "citations",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_ja", sa.Text(), nullable=False),
        sa.Column("provision_en", sa.Text(), nullable=False),
        sa.Column("provision_ja", sa.Text(), nullable=False),
        sa.Column("is_established", sa.Boolean(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("effective_until > effective_from", name=op.f("ck_citations_effective")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citations")),
        sa.UniqueConstraint(
            "subject", "effective_from", name=op.f("uq_citations_subject_effective_from")
        ),
    )
    op.create_table(
        "rules",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_ja", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner_countries.alpha2"], name=op.f("fk_rules_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint("partner", "code", name=op.f("uq_rules_partner_code")),
    )
    op.create_table(
        "third_party_entities",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "\"standing\" IN ('designated', 'withdrawn')",
            name=op.f("ck_third_party_entities_standing"),
        ),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner_countries.alpha2"], name=op.f("fk_third_party_entities_partner")
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_third_party_entities")),
    )
    op.create_index(
        op.f("ix_third_party_entities_partner"), "third_party_entities", ["partner"], unique=False
    )


def _of_partners() -> None:
    """Say what of the starting data is certain and official, and what partners issued."""
    for table, name, default in (
        ("partner_countries", "date_is_certain", sa.true()),
        ("methodologies", "title_is_official", sa.false()),
        ("decisions", "is_complete", sa.true()),
    ):
        op.add_column(table, sa.Column(name, sa.Boolean(), server_default=default, nullable=False))
    for table, name in (
        ("partner_countries", "note_en"),
        ("partner_countries", "note_ja"),
        ("methodologies", "proponent"),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=True))
    op.add_column(
        "methodologies", sa.Column("search_text", sa.Text(), server_default="", nullable=False)
    )
    op.create_table(
        "partner_issuances",
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("notified", sa.BigInteger(), nullable=False),
        sa.Column("notified_is_derived", sa.Boolean(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("decision", name=op.f("pk_partner_issuances")),
    )
    op.create_table(
        "data_files",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_data_files")),
    )
