"""Add what the portal needs: sessions, second factors, requests, inbox, mails, announcements.

People get a state in place of a mark, representatives one on each account. What proves something is
added and never changed; the logs may be pruned once they are three years old, not before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PERSON_STATES = "('active', 'suspended', 'deactivation_pending', 'deactivated')"
#: Tables whose rows are added and never changed or removed.
ADDED_ONLY = ("signatures", "claims", "retired_login_ids", "notifications")
#: Tables from which nothing is removed.
KEPT = ("requests", "inbox", "second_factors", "recovery_codes", "links")
PRUNED = ("log_entries", "access_entries")


def upgrade() -> None:
    _columns()
    _tables()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _postgresql() if is_postgresql else _sqlite():
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("nobody goes back to signing in with a password alone")


def _columns() -> None:
    # Plain SQL, as SQLite adds a column with its CHECK but cannot add the CHECK alone.
    op.execute(
        "ALTER TABLE users ADD COLUMN state VARCHAR(40) DEFAULT 'active' NOT NULL"
        f" CONSTRAINT ck_users_state CHECK (state IN {PERSON_STATES})"
    )
    op.execute("UPDATE users SET state = 'deactivated' WHERE NOT is_active")
    op.execute("ALTER TABLE users DROP COLUMN is_active")
    op.execute(
        "ALTER TABLE representatives ADD COLUMN state VARCHAR(40) DEFAULT 'active' NOT NULL"
        " CONSTRAINT ck_representatives_state CHECK (state IN ('active', 'suspended'))"
    )
    op.add_column("access_entries", sa.Column("device", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("last_sign_in_address", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("previous_sign_in_address", sa.Text(), nullable=True))
    op.add_column(
        "users", sa.Column("failures_before", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "users", sa.Column("failures_since", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_index(
        op.f("ix_access_entries_outcome_id"), "access_entries", ["outcome", "id"], unique=False
    )
    op.create_index(
        op.f("ix_log_entries_operation_id"), "log_entries", ["operation", "id"], unique=False
    )
    op.create_index(op.f("ix_log_entries_at"), "log_entries", ["at"])
    op.create_index(op.f("ix_access_entries_at"), "access_entries", ["at"])


def _tables() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index(
        "ix_mails_unsent",
        "mails",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_ja", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_ja", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "cancelled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "\"kind\" IN ('notice', 'maintenance')", name=op.f("ck_announcements_kind")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_announcements_window")),
        sa.ForeignKeyConstraint(
            ["cancelled_by"], ["users.id"], name=op.f("fk_announcements_cancelled_by")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_announcements_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_devices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("user_id", "token_hash", name=op.f("uq_devices_user_id_token_hash")),
    )
    op.create_table(
        "inbox",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "notification_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name=op.f("fk_inbox_notification_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_inbox_user_id")),
        sa.PrimaryKeyConstraint("user_id", "notification_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_notification_id"), "inbox", ["notification_id"], unique=False)
    op.create_index(
        "ix_inbox_there",
        "inbox",
        ["user_id", "notification_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
        sqlite_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_inbox_topic",
        "inbox",
        ["user_id", "topic", "notification_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
        sqlite_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_inbox_unread",
        "inbox",
        ["user_id", "notification_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL AND read_at IS NULL"),
        sqlite_where=sa.text("deleted_at IS NULL AND read_at IS NULL"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("delivery", sa.String(length=40), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("\"delivery\" IN ('link', 'letter')", name=op.f("ck_links_delivery")),
        sa.CheckConstraint(
            "\"purpose\" IN ('activation', 'password', 'second_factor', 'email', 'emergency')",
            name=op.f("ck_links_purpose"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_links_secret_hash")),
    )
    op.create_index(op.f("ix_links_user_id"), "links", ["user_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "retired_login_ids",
        sa.Column("login_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_retired_login_ids_user_id")
        ),
        sa.PrimaryKeyConstraint("login_id", name=op.f("pk_retired_login_ids")),
    )
    op.create_table(
        "second_factors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("algorithm", sa.Text(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("credential_id", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("sign_count", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_from", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "\"method\" IN ('totp', 'passkey', 'recovery_code')",
            name=op.f("ck_second_factors_method"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_second_factors_credential_id")),
    )
    op.create_index(op.f("ix_second_factors_user_id"), "second_factors", ["user_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("renew", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint("\"stage\" IN ('password', 'full')", name=op.f("ck_sessions_stage")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(
        "ix_sessions_open",
        "sessions",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status <> 'approved' OR decided_by <> asked_by", name=op.f("ck_requests_four_eyes")
        ),
        sa.CheckConstraint(
            "status <> 'approved' OR user_id IS NULL OR decided_by <> user_id",
            name=op.f("ck_requests_not_oneself"),
        ),
        sa.CheckConstraint(
            "\"status\" IN ('waiting', 'approved', 'rejected', 'withdrawn')",
            name=op.f("ck_requests_status"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_requests_account_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_requests_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_requests_decided_by")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_requests_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("asked_by", "key", name=op.f("uq_requests_asked_by_key")),
    )
    op.create_index(
        op.f("ix_requests_account_id_id"), "requests", ["account_id", "id"], unique=False
    )
    op.create_index(op.f("ix_requests_user_id_id"), "requests", ["user_id", "id"], unique=False)
    op.create_index(
        "ix_requests_waiting",
        "requests",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
        sqlite_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("factor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("proof", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "\"method\" IN ('totp', 'passkey', 'recovery_code')", name=op.f("ck_signatures_method")
        ),
        sa.ForeignKeyConstraint(
            ["factor_id"], ["second_factors.id"], name=op.f("fk_signatures_factor_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_signatures_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_user_id_id"), "signatures", ["user_id", "id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(transaction_id IS NULL) <> (request_id IS NULL)", name=op.f("ck_claims_task")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_claims_made_by")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_claims_request_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_claims_transaction_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_claims_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_request_id_id"), "claims", ["request_id", "id"], unique=False)
    op.create_index(
        op.f("ix_claims_transaction_id_id"), "claims", ["transaction_id", "id"], unique=False
    )


def _rules() -> list[tuple[str, str, str, str]]:
    """Name, event, condition and message of every refusal that both engines write alike."""
    rules = [
        (
            "requests_final",
            "UPDATE ON requests",
            "OLD.status <> 'waiting'",
            "a request that was decided never changes",
        )
    ]
    rules += [
        (f"{table}_fixed", f"UPDATE ON {table}", "TRUE", f"{table} never change")
        for table in ADDED_ONLY
    ]
    rules += [
        (f"{table}_kept", f"DELETE ON {table}", "TRUE", f"{table} are never deleted")
        for table in (*ADDED_ONLY, *KEPT)
    ]
    return rules


def _pruning(recent: str) -> list[tuple[str, str, str, str]]:
    return [
        (
            f"{table}_kept",
            f"DELETE ON {table}",
            f"OLD.at > {recent}",
            f"{table} are kept for three years",
        )
        for table in PRUNED
    ]


def _postgresql() -> list[str]:
    rules = _rules() + _pruning("now() - interval '3 years'")
    return [f"DROP TRIGGER {table}_kept ON {table}" for table in PRUNED] + [
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
        f" EXECUTE FUNCTION refuse('{message}')"
        for name, event, condition, message in rules
    ]


def _sqlite() -> list[str]:
    rules = _rules() + _pruning("datetime('now', '-3 years')")
    return [f"DROP TRIGGER {table}_kept" for table in PRUNED] + [
        f"CREATE TRIGGER {name} BEFORE {event} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for name, event, condition, message in rules
    ]
