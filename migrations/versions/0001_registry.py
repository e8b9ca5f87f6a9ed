"""Create every table: people, accounts, projects, decisions, the ledger and the logs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("serial_next", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_chain_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "holders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("head_office_en", sa.Text(), nullable=True),
        sa.Column("head_office_ja", sa.Text(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holders")),
        sa.UniqueConstraint("reference", name=op.f("uq_holders_reference")),
    )
    op.create_table(
        "partner_countries",
        sa.Column("alpha2", sa.Text(), nullable=False),
        sa.Column("alpha3", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("bilateral_document_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("alpha2", name=op.f("pk_partner_countries")),
        sa.UniqueConstraint("alpha3", name=op.f("uq_partner_countries_alpha3")),
    )
    op.create_table(
        "sectoral_scopes",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sectoral_scopes")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login_id", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('operator', 'approver', 'auditor', 'system_administrator')",
            name=op.f("ck_users_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login_id", name=op.f("uq_users_login_id")),
    )
    op.create_table(
        "access_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("login_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_access_entries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_entries")),
    )
    with op.batch_alter_table("access_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_entries_user_id_id"), ["user_id", "id"], unique=False
        )

    op.create_table(
        "accounts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column(
            "holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('government', 'entity', 'retirement', 'mandatory_cancellation', 'voluntary_cancellation')",
            name=op.f("ck_accounts_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'open', 'partly_barred', 'barred', 'suspended', 'closure_pending', 'closed')",
            name=op.f("ck_accounts_state"),
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["holders.id"], name=op.f("fk_accounts_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("number", name=op.f("uq_accounts_number")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounts_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "bars",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("laid_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("laid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first >= 1 AND last >= first", name=op.f("ck_bars_range")),
        sa.ForeignKeyConstraint(["laid_by"], ["users.id"], name=op.f("fk_bars_laid_by")),
        sa.ForeignKeyConstraint(["lifted_by"], ["users.id"], name=op.f("fk_bars_lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bars")),
    )
    op.create_table(
        "log_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_log_entries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entries")),
    )
    with op.batch_alter_table("log_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_log_entries_subject_id"), ["subject", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_log_entries_user_id_id"), ["user_id", "id"], unique=False
        )

    op.create_table(
        "methodologies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("title_ja", sa.Text(), nullable=True),
        sa.Column("sectoral_scope", sa.Integer(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner_countries.alpha2"], name=op.f("fk_methodologies_partner")
        ),
        sa.ForeignKeyConstraint(
            ["sectoral_scope"],
            ["sectoral_scopes.number"],
            name=op.f("fk_methodologies_sectoral_scope"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_methodologies")),
        sa.UniqueConstraint(
            "reference", "version", name=op.f("uq_methodologies_reference_version")
        ),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_ja", sa.Text(), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("expected_kilotonnes_per_year", sa.Double(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('validation', 'registered', 'withdrawn')", name=op.f("ck_projects_stage")
        ),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner_countries.alpha2"], name=op.f("fk_projects_partner")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("reference", name=op.f("uq_projects_reference")),
    )
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projects_partner"), ["partner"], unique=False)

    op.create_table(
        "balances",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("vintage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_balances_quantity")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_balances_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_balances_project_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "project_id", "vintage", name=op.f("pk_balances")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("monitoring_from", sa.Date(), nullable=True),
        sa.Column("monitoring_to", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_class", sa.String(length=40), nullable=False),
        sa.Column("allocation_is_public", sa.Boolean(), nullable=False),
        sa.Column("date_is_public", sa.Boolean(), nullable=False),
        sa.Column("vintage_is_public", sa.Boolean(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("note_ja", sa.Text(), nullable=True),
        sa.Column(
            "recorded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "unit_class IN ('jcm_credit', 'itmo')", name=op.f("ck_decisions_unit_class")
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_decisions_quantity")),
        sa.CheckConstraint("total IS NULL OR total >= quantity", name=op.f("ck_decisions_total")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_decisions_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["users.id"], name=op.f("fk_decisions_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("reference", name=op.f("uq_decisions_reference")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_project_id"), ["project_id"], unique=False)

    op.create_table(
        "participants",
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_japanese", sa.Boolean(), nullable=False),
        sa.Column("is_focal_point", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_participants_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "position", name=op.f("pk_participants")),
    )
    op.create_table(
        "project_methodologies",
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "methodology_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["methodology_id"],
            ["methodologies.id"],
            name=op.f("fk_project_methodologies_methodology_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_methodologies_project_id")
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "methodology_id", name=op.f("pk_project_methodologies")
        ),
    )
    op.create_table(
        "representatives",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("right", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "\"right\" IN ('read', 'propose', 'approve', 'both')",
            name=op.f("ck_representatives_right"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_representatives_account_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_representatives_user_id")),
        sa.PrimaryKeyConstraint("user_id", "account_id", name=op.f("pk_representatives")),
    )
    with op.batch_alter_table("representatives", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_representatives_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "totals",
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("vintage", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('government', 'entity', 'retirement', 'mandatory_cancellation', 'voluntary_cancellation')",
            name=op.f("ck_totals_kind"),
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_totals_quantity")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_totals_project_id")),
        sa.PrimaryKeyConstraint("project_id", "vintage", "kind", name=op.f("pk_totals")),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("vintage", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_allocations_quantity")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_allocations_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_allocations_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint(
            "decision_id",
            "account_id",
            "vintage",
            name=op.f("uq_allocations_decision_id_account_id_vintage"),
        ),
    )
    op.create_table(
        "transactions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "allocation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("beneficiary", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column(
            "proposed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(allocation_id IS NULL) = (kind <> 'issuance')",
            name=op.f("ck_transactions_allocation"),
        ),
        sa.CheckConstraint(
            "(position IS NULL) = (status <> 'completed')", name=op.f("ck_transactions_position")
        ),
        sa.CheckConstraint(
            "(source_id IS NULL) = (kind = 'issuance')", name=op.f("ck_transactions_source")
        ),
        sa.CheckConstraint(
            "kind IN ('issuance', 'transfer', 'retirement', 'voluntary_cancellation', 'mandatory_cancellation')",
            name=op.f("ck_transactions_kind"),
        ),
        sa.CheckConstraint(
            "status <> 'completed' OR decided_by <> proposed_by",
            name=op.f("ck_transactions_four_eyes"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'completed', 'rejected', 'withdrawn', 'expired', 'terminated')",
            name=op.f("ck_transactions_status"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_transactions_quantity")),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_transactions_accounts")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocations.id"], name=op.f("fk_transactions_allocation_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_transactions_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_transactions_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["accounts.id"], name=op.f("fk_transactions_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["accounts.id"], name=op.f("fk_transactions_target_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("position", name=op.f("uq_transactions_position")),
        sa.UniqueConstraint("proposed_by", "key", name=op.f("uq_transactions_proposed_by_key")),
    )
    with op.batch_alter_table("transactions", schema=None) as batch_op:
        batch_op.create_index("ix_transactions_allocation", ["allocation_id"], unique=False)
        batch_op.create_index("ix_transactions_source", ["source_id", "id"], unique=False)
        batch_op.create_index("ix_transactions_target", ["target_id", "id"], unique=False)
        batch_op.create_index(
            "ix_transactions_waiting",
            ["source_id"],
            unique=False,
            sqlite_where=sa.text("status = 'proposed'"),
            postgresql_where=sa.text("status = 'proposed'"),
        )

    op.create_table(
        "issuances",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("vintage", sa.Integer(), nullable=False),
        sa.Column("unit_class", sa.String(length=40), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "unit_class IN ('jcm_credit', 'itmo')", name=op.f("ck_issuances_unit_class")
        ),
        sa.CheckConstraint("first >= 1 AND last >= first", name=op.f("ck_issuances_range")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_issuances_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_issuances_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_issuances_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuances")),
        sa.UniqueConstraint("first", name=op.f("uq_issuances_first")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_issuances_transaction_id")),
    )
    with op.batch_alter_table("issuances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issuances_project_id"), ["project_id"], unique=False)

    op.create_table(
        "reservations",
        sa.Column(
            "transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("first >= 1 AND last >= first", name=op.f("ck_reservations_range")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_reservations_transaction_id")
        ),
        sa.PrimaryKeyConstraint("transaction_id", "first", name=op.f("pk_reservations")),
    )
    with op.batch_alter_table("reservations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservations_first"), ["first"], unique=False)

    op.create_table(
        "blocks",
        sa.Column(
            "opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("vintage", sa.Integer(), nullable=False),
        sa.Column(
            "issuance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("closed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "kind IN ('government', 'entity', 'retirement', 'mandatory_cancellation', 'voluntary_cancellation')",
            name=op.f("ck_blocks_kind"),
        ),
        sa.CheckConstraint("closed_by <> opened_by", name=op.f("ck_blocks_closed")),
        sa.CheckConstraint("first >= 1 AND last >= first", name=op.f("ck_blocks_range")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_blocks_account_id")),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["transactions.id"], name=op.f("fk_blocks_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["issuance_id"], ["issuances.id"], name=op.f("fk_blocks_issuance_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["transactions.id"], name=op.f("fk_blocks_opened_by")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_blocks_project_id")),
        sa.PrimaryKeyConstraint("opened_by", "first", name=op.f("pk_blocks")),
    )
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_blocks_closed_by",
            ["closed_by", "first"],
            unique=False,
            sqlite_where=sa.text("closed_by IS NOT NULL"),
            postgresql_where=sa.text("closed_by IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_blocks_live_account_id_first",
            ["account_id", "first"],
            unique=False,
            sqlite_where=sa.text("closed_by IS NULL"),
            postgresql_where=sa.text("closed_by IS NULL"),
        )
        batch_op.create_index(
            "ix_blocks_live_first",
            ["first"],
            unique=True,
            sqlite_where=sa.text("closed_by IS NULL"),
            postgresql_where=sa.text("closed_by IS NULL"),
        )
        batch_op.create_index(
            "ix_blocks_live_kind_first",
            ["kind", "first"],
            unique=False,
            sqlite_where=sa.text("closed_by IS NULL"),
            postgresql_where=sa.text("closed_by IS NULL"),
        )
        batch_op.create_index(
            "ix_blocks_live_partner_first",
            ["partner", "first"],
            unique=False,
            sqlite_where=sa.text("closed_by IS NULL"),
            postgresql_where=sa.text("closed_by IS NULL"),
        )
        batch_op.create_index(
            "ix_blocks_live_project_id_first",
            ["project_id", "first"],
            unique=False,
            sqlite_where=sa.text("closed_by IS NULL"),
            postgresql_where=sa.text("closed_by IS NULL"),
        )
        batch_op.create_index(
            "ix_blocks_live_vintage_first",
            ["vintage", "first"],
            unique=False,
            sqlite_where=sa.text("closed_by IS NULL"),
            postgresql_where=sa.text("closed_by IS NULL"),
        )
        batch_op.create_index(
            "ix_blocks_past_account",
            ["account_id", "closed_by"],
            unique=False,
            sqlite_where=sa.text("closed_by IS NOT NULL"),
            postgresql_where=sa.text("closed_by IS NOT NULL"),
        )


def downgrade() -> None:
    raise NotImplementedError("nothing comes before the first tables")
