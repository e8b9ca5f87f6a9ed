"""Add what Article 6.2 asks for: approaches, authorizations, actions, reports, and its reviewers.

Actions are only added. No number is first transferred twice, none is used or cancelled twice, and
what was decided, frozen or remarked stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Tables whose rows are added and never changed or removed.
ADDED_ONLY = (
    *("actions", "itmo_units", "uses", "remarks"),
    *("authorized_entities", "authorization_documents", "authorization_effects"),
)
#: Ranges of actions that must not overlap one another.
ONCE = (("first_transfer", "type = 'first_transfer'"), ("final", "is_final"))
_ROLES = "'operator', 'approver', 'auditor', 'system_administrator'"


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    _admit_reviewers(is_postgresql=is_postgresql)
    op.add_column(
        "bars",
        sa.Column("is_inconsistent", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _tables()
    _once(is_postgresql=is_postgresql)
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
    raise NotImplementedError("what was reported would be unknown")


def _identifier() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _admit_reviewers(*, is_postgresql: bool) -> None:
    """Let a person be a reviewer.

    SQLite keeps a CHECK only in the text of the table; rewriting that text is its documented way,
    and leaves alone the many tables that refer to this one.
    """
    wider = f"{_ROLES}, 'reviewer'"
    if is_postgresql:
        op.execute("ALTER TABLE users DROP CONSTRAINT ck_users_role")
        op.execute(f"ALTER TABLE users ADD CONSTRAINT ck_users_role CHECK (role IN ({wider}))")
        return
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'users'",
        (_ROLES, wider),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")


def _once(*, is_postgresql: bool) -> None:
    """Refuse two first transfers, or two uses or cancellations, of one number."""
    for name, condition in ONCE:
        if is_postgresql:
            op.execute(
                f"ALTER TABLE actions ADD CONSTRAINT once_{name}"
                f" EXCLUDE USING gist (int8range(first - 1, last) WITH &&) WHERE ({condition})"
            )
        else:
            # Such rows never overlap, so the greatest first not above the new last decides alone.
            op.execute(
                f"CREATE TRIGGER once_{name} BEFORE INSERT ON actions"
                f" WHEN NEW.{condition} AND EXISTS"
                f" (SELECT 1 FROM (SELECT last FROM actions WHERE {condition}"
                " AND first <= NEW.last ORDER BY first DESC LIMIT 1) WHERE last >= NEW.first)"
                f" BEGIN SELECT RAISE(ABORT, 'once_{name}'); END"
            )


def _rules(comparison: str) -> list[tuple[str, str, str, str]]:
    """Name, event, condition and message of every refusal, which both engines write alike."""
    rules = [
        (
            "authorization_versions_decided",
            "UPDATE ON authorization_versions",
            "OLD.standing <> 'proposed'",
            "a version of an authorization that was decided never changes",
        ),
        (
            "approaches_definition_kept",
            "UPDATE ON approaches",
            f"OLD.definition IS NOT NULL AND NEW.definition {comparison} OLD.definition",
            "the definition of an approach stays as it is once it is set",
        ),
        (
            "aef_editions_frozen",
            "UPDATE ON aef_editions",
            "OLD.submitted_at IS NOT NULL OR "
            + " OR ".join(
                f"NEW.{name} {comparison} OLD.{name}"
                for name in (
                    *("party", "year", "major", "minor", "format", "content", "digest"),
                    *("withheld", "made_at"),
                )
            ),
            "an edition stays as it was frozen, and is submitted once",
        ),
        (
            "authorization_versions_kept",
            "DELETE ON authorization_versions",
            "TRUE",
            "versions are never deleted",
        ),
        ("authorizations_kept", "DELETE ON authorizations", "TRUE", "they are never deleted"),
        ("aef_editions_kept", "DELETE ON aef_editions", "TRUE", "editions are never deleted"),
    ]
    for table in ADDED_ONLY:
        rules += [
            (f"{table}_fixed", f"UPDATE ON {table}", "TRUE", f"{table} never change"),
            (f"{table}_kept", f"DELETE ON {table}", "TRUE", f"{table} are never deleted"),
        ]
    return rules


def _tables() -> None:
    op.create_table(
        "aef_editions",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("major", sa.Integer(), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("authorizations", sa.Integer(), nullable=False),
        sa.Column("actions", sa.Integer(), nullable=False),
        sa.Column("holdings", sa.Integer(), nullable=False),
        sa.Column("entities", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_by", _identifier(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", _identifier(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("major >= 1 AND minor >= 0", name=op.f("ck_aef_editions_version")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_aef_editions_made_by")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["users.id"], name=op.f("fk_aef_editions_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aef_editions")),
        sa.UniqueConstraint("made_by", "key", name=op.f("uq_aef_editions_made_by_key")),
        sa.UniqueConstraint(
            "party", "year", "major", "minor", name=op.f("uq_aef_editions_party_year_major_minor")
        ),
    )
    op.create_table(
        "approaches",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_is_official", sa.Boolean(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("definition", sa.String(length=40), nullable=True),
        sa.Column("initial_report_on", sa.Date(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_ja", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "\"definition\" IN ('authorization', 'issuance', 'use_or_cancellation')",
            name=op.f("ck_approaches_definition"),
        ),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner_countries.alpha2"], name=op.f("fk_approaches_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approaches")),
        sa.UniqueConstraint("code", name=op.f("uq_approaches_code")),
        sa.UniqueConstraint("partner", name=op.f("uq_approaches_partner")),
    )
    op.create_table(
        "contributions",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("changed_by", _identifier(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["users.id"], name=op.f("fk_contributions_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint("party", "first_year", name=op.f("uq_contributions_party_first_year")),
    )
    op.create_table(
        "remarks",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_by", _identifier(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_remarks_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
        sa.UniqueConstraint("made_by", "key", name=op.f("uq_remarks_made_by_key")),
    )
    op.create_index(op.f("ix_remarks_subject_id"), "remarks", ["subject", "id"], unique=False)
    op.create_table(
        "action_sums",
        sa.Column("approach_id", _identifier(), nullable=False),
        sa.Column("project_id", _identifier(), nullable=False),
        sa.Column("vintage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("subtype", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=False),
        sa.Column("cancelled_for", sa.Text(), nullable=False),
        sa.Column("calendar_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_action_sums_quantity")),
        sa.ForeignKeyConstraint(
            ["approach_id"], ["approaches.id"], name=op.f("fk_action_sums_approach_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_action_sums_project_id")
        ),
        sa.PrimaryKeyConstraint(
            "approach_id",
            "project_id",
            "vintage",
            "type",
            "subtype",
            "purpose",
            "counterparty",
            "cancelled_for",
            "calendar_year",
            "year",
            name=op.f("pk_action_sums"),
        ),
    )
    op.create_table(
        "authorizations",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("identifier_is_official", sa.Boolean(), nullable=False),
        sa.Column("approach_id", _identifier(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approach_id"], ["approaches.id"], name=op.f("fk_authorizations_approach_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorizations")),
        sa.UniqueConstraint("identifier", name=op.f("uq_authorizations_identifier")),
    )
    op.create_table(
        "contribution_years",
        sa.Column("contribution_id", _identifier(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("emissions", sa.Text(), nullable=True),
        sa.Column("trajectory", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contributions.id"],
            name=op.f("fk_contribution_years_contribution_id"),
        ),
        sa.PrimaryKeyConstraint("contribution_id", "year", name=op.f("pk_contribution_years")),
    )
    op.create_table(
        "authorization_versions",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("authorization_id", _identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("authorized_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("issuance_until", sa.Date(), nullable=True),
        sa.Column("use_until", sa.Date(), nullable=True),
        sa.Column("cancellation_until", sa.Date(), nullable=True),
        sa.Column("timeframe_first", sa.Integer(), nullable=True),
        sa.Column("timeframe_last", sa.Integer(), nullable=True),
        sa.Column("definition", sa.String(length=40), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("oimp", sa.Text(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("reaches_first_transferred", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("party_registry", sa.Text(), nullable=False),
        sa.Column("underlying_registry", sa.Text(), nullable=False),
        sa.Column("vintage_first", sa.Integer(), nullable=True),
        sa.Column("vintage_last", sa.Integer(), nullable=True),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("non_ghg_metric", sa.Text(), nullable=True),
        sa.Column("gwp", sa.Text(), nullable=True),
        sa.Column("gases", sa.Text(), nullable=False),
        sa.Column("sectors", sa.Text(), nullable=False),
        sa.Column("activities", sa.Text(), nullable=False),
        sa.Column("projects", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("confidential_basis", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("entered_by", _identifier(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", _identifier(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "\"definition\" IN ('authorization', 'issuance', 'use_or_cancellation')",
            name=op.f("ck_authorization_versions_definition"),
        ),
        sa.CheckConstraint(
            "(metric = 'non_ghg') = (non_ghg_metric IS NOT NULL)",
            name=op.f("ck_authorization_versions_non_ghg"),
        ),
        sa.CheckConstraint(
            "(standing = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_authorization_versions_decided"),
        ),
        sa.CheckConstraint(
            "standing <> 'approved' OR decided_by <> entered_by",
            name=op.f("ck_authorization_versions_four_eyes"),
        ),
        sa.CheckConstraint(
            "\"change\" IN ('grant', 'change', 'revocation')",
            name=op.f("ck_authorization_versions_change"),
        ),
        sa.CheckConstraint(
            "\"metric\" IN ('ghg', 'non_ghg')", name=op.f("ck_authorization_versions_metric")
        ),
        sa.CheckConstraint(
            "\"purpose\" IN ('ndc', 'oimp', 'imp', 'op', 'ndc_and_oimp', 'ndc_and_imp', 'ndc_and_op')",
            name=op.f("ck_authorization_versions_purpose"),
        ),
        sa.CheckConstraint(
            "\"standing\" IN ('proposed', 'approved', 'rejected')",
            name=op.f("ck_authorization_versions_standing"),
        ),
        sa.CheckConstraint(
            "is_confidential = (confidential_basis IS NOT NULL)",
            name=op.f("ck_authorization_versions_confidential"),
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR quantity > 0", name=op.f("ck_authorization_versions_quantity")
        ),
        sa.CheckConstraint(
            "vintage_first IS NULL OR vintage_last IS NULL OR vintage_last >= vintage_first",
            name=op.f("ck_authorization_versions_vintages"),
        ),
        sa.ForeignKeyConstraint(
            ["authorization_id"],
            ["authorizations.id"],
            name=op.f("fk_authorization_versions_authorization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_authorization_versions_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["users.id"], name=op.f("fk_authorization_versions_entered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization_versions")),
        sa.UniqueConstraint(
            "entered_by", "key", name=op.f("uq_authorization_versions_entered_by_key")
        ),
    )
    op.create_index(
        "ix_authorization_versions_approved",
        "authorization_versions",
        ["authorization_id", "number"],
        unique=True,
        sqlite_where=sa.text("standing = 'approved'"),
        postgresql_where=sa.text("standing = 'approved'"),
    )
    op.create_index(
        "ix_authorization_versions_proposed",
        "authorization_versions",
        ["authorization_id"],
        unique=True,
        sqlite_where=sa.text("standing = 'proposed'"),
        postgresql_where=sa.text("standing = 'proposed'"),
    )
    op.create_table(
        "authorization_documents",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("version_id", _identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", _identifier(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["users.id"], name=op.f("fk_authorization_documents_added_by")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["authorization_versions.id"],
            name=op.f("fk_authorization_documents_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization_documents")),
    )
    op.create_table(
        "authorization_effects",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("version_id", _identifier(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["authorization_versions.id"],
            name=op.f("fk_authorization_effects_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization_effects")),
        sa.UniqueConstraint("version_id", name=op.f("uq_authorization_effects_version_id")),
    )
    op.create_table(
        "authorized_entities",
        sa.Column("version_id", _identifier(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("change_conditions", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["authorization_versions.id"],
            name=op.f("fk_authorized_entities_version_id"),
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("pk_authorized_entities")),
    )
    op.create_table(
        "uses",
        sa.Column("transaction_id", _identifier(), autoincrement=False, nullable=False),
        sa.Column("calendar_year", sa.Integer(), nullable=True),
        sa.Column("cancelled_for", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "\"cancelled_for\" IN ('omge', 'imp', 'op', 'other')",
            name=op.f("ck_uses_cancelled_for"),
        ),
        sa.CheckConstraint(
            "(calendar_year IS NULL) <> (cancelled_for IS NULL)",
            name=op.f("ck_uses_retired_or_cancelled"),
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_uses_transaction_id")
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_uses")),
    )
    op.create_table(
        "actions",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("subtype", sa.String(length=40), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("issuance_id", _identifier(), nullable=False),
        sa.Column("transaction_id", _identifier(), nullable=True),
        sa.Column("version_id", _identifier(), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=True),
        sa.Column("cancelled_for", sa.String(length=40), nullable=True),
        sa.Column("using_party", sa.Text(), nullable=True),
        sa.Column("using_entity", sa.Text(), nullable=True),
        sa.Column("calendar_year", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "type <> 'use' OR calendar_year IS NOT NULL", name=op.f("ck_actions_use")
        ),
        sa.CheckConstraint(
            "\"cancelled_for\" IN ('omge', 'imp', 'op', 'other')",
            name=op.f("ck_actions_cancelled_for"),
        ),
        sa.CheckConstraint(
            "\"subtype\" IN ('to_another_party', 'authorization', 'issuance', 'use_or_cancellation', 'mandatory_to_adaptation_fund', 'voluntary_to_adaptation_fund', 'mandatory_omge', 'voluntary_omge', 'other_cancellation', 'not_yet_defined')",
            name=op.f("ck_actions_subtype"),
        ),
        sa.CheckConstraint(
            "\"type\" IN ('authorization', 'first_transfer', 'transfer', 'acquisition', 'use', 'cancellation', 'voluntary_cancellation')",
            name=op.f("ck_actions_type"),
        ),
        sa.CheckConstraint("first >= 1 AND last >= first", name=op.f("ck_actions_range")),
        sa.ForeignKeyConstraint(
            ["issuance_id"], ["issuances.id"], name=op.f("fk_actions_issuance_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_actions_transaction_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["authorization_versions.id"], name=op.f("fk_actions_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    op.create_index(op.f("ix_actions_at_id"), "actions", ["at", "id"], unique=False)
    op.create_index(
        "ix_actions_final",
        "actions",
        ["first"],
        unique=False,
        sqlite_where=sa.text("is_final"),
        postgresql_where=sa.text("is_final"),
    )
    op.create_index(
        "ix_actions_first_transfer",
        "actions",
        ["first"],
        unique=False,
        sqlite_where=sa.text("type = 'first_transfer'"),
        postgresql_where=sa.text("type = 'first_transfer'"),
    )
    op.create_index(op.f("ix_actions_transaction_id"), "actions", ["transaction_id"], unique=False)
    op.create_index(op.f("ix_actions_version_id"), "actions", ["version_id"], unique=False)
    op.create_index(
        op.f("ix_actions_issuance_id_first"), "actions", ["issuance_id", "first"], unique=False
    )
    op.create_index(op.f("ix_actions_type_first"), "actions", ["type", "first"], unique=False)
    op.create_table(
        "itmo_units",
        sa.Column("issuance_id", _identifier(), autoincrement=False, nullable=False),
        sa.Column("approach_id", _identifier(), nullable=False),
        sa.Column("party_registry", sa.Text(), nullable=False),
        sa.Column("first_transferring", sa.Text(), nullable=False),
        sa.Column("mitigation_type", sa.String(length=40), nullable=False),
        sa.Column("underlying_registry", sa.Text(), nullable=True),
        sa.Column("underlying_first", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "\"mitigation_type\" IN ('reductions', 'removals', 'reductions_and_removals')",
            name=op.f("ck_itmo_units_mitigation_type"),
        ),
        sa.ForeignKeyConstraint(
            ["approach_id"], ["approaches.id"], name=op.f("fk_itmo_units_approach_id")
        ),
        sa.ForeignKeyConstraint(
            ["issuance_id"], ["issuances.id"], name=op.f("fk_itmo_units_issuance_id")
        ),
        sa.PrimaryKeyConstraint("issuance_id", name=op.f("pk_itmo_units")),
    )
