"""Add what registries exchange: peers, messages, crossings, announcements, reconciliations.

Two more kinds of transaction and one more kind of account let credits leave for the registry of
another Party and come from there. What was told, heard and found stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: Tables whose rows are added and never changed or removed.
ADDED_ONLY = ("arrivals", "provenances", "peer_issuances", "differences")
#: Tables from which nothing is ever removed.
KEPT = ("peers", "peer_keys", "crossings", "exchange_messages", "reconciliations")
#: What of a reconciliation stays as it was when it ended.
ENDED = ("stage", "ended_at", "code", "proposed_by", "proposed_at", "resolved_by", "reason")
_ACCOUNTS = (
    "'government', 'entity', 'retirement', 'mandatory_cancellation', 'voluntary_cancellation'"
)
_TRANSACTIONS = (
    "'issuance', 'transfer', 'retirement', 'voluntary_cancellation', 'mandatory_cancellation'"
)
#: Columns whose list of words grows: table, column, the list before, and what is new.
WIDER = (
    ("accounts", _ACCOUNTS, "'external'"),
    ("blocks", _ACCOUNTS, "'external'"),
    ("totals", _ACCOUNTS, "'external'"),
    ("transactions", _TRANSACTIONS, "'external_transfer', 'acquisition'"),
)


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    _admit_kinds(is_postgresql=is_postgresql)
    _peers()
    _messages()
    _reconciliations()
    _expected_once(is_postgresql=is_postgresql)
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
    raise NotImplementedError("what crossed between registries would be unknown")


def _identifier() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _admit_kinds(*, is_postgresql: bool) -> None:
    """Let accounts and transactions be of the new kinds.

    SQLite keeps a CHECK only in the text of the table; rewriting that text is its documented way,
    and leaves alone the many tables that refer to these.
    """
    if is_postgresql:
        for table, before, more in WIDER:
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_kind")
            op.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_kind"
                f" CHECK (kind IN ({before}, {more}))"
            )
        # What a reconciliation bars, nobody bars.
        op.execute("ALTER TABLE bars ALTER COLUMN laid_by DROP NOT NULL")
        return
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    for table, before, more in WIDER:
        connection.exec_driver_sql(
            "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            (before, f"{before}, {more}", table),
        )
    # What a reconciliation bars, nobody bars.
    connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, 'laid_by INTEGER NOT NULL',"
        " 'laid_by INTEGER') WHERE type = 'table' AND name = 'bars'"
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")


def _expected_once(*, is_postgresql: bool) -> None:
    """Refuse to expect one number from two crossings."""
    if is_postgresql:
        op.execute(
            "ALTER TABLE expected ADD CONSTRAINT no_overlap_expected"
            " EXCLUDE USING gist (int8range(first - 1, last) WITH &&)"
        )
        return
    # Rows never overlap, so the greatest first not above the new last decides alone.
    op.execute(
        "CREATE TRIGGER no_overlap_expected BEFORE INSERT ON expected WHEN EXISTS"
        " (SELECT 1 FROM (SELECT last FROM expected WHERE first <= NEW.last"
        " ORDER BY first DESC LIMIT 1) WHERE last >= NEW.first)"
        " BEGIN SELECT RAISE(ABORT, 'serial numbers overlap'); END"
    )


def _rules(comparison: str) -> list[tuple[str, str, str, str]]:
    """Name, event, condition and message of every refusal, which both engines write alike."""
    rules = [
        (
            "exchange_messages_answered",
            "UPDATE ON exchange_messages",
            "OLD.answer IS NOT NULL OR "
            + _changed(("peer_id", "side", "number", "kind", "crossing_id", "said"), comparison),
            "a message is written once and answered once",
        ),
        (
            "crossings_final",
            "UPDATE ON crossings",
            "OLD.status IN ('confirmed', 'rejected', 'cancelled', 'ended')"
            " OR (OLD.side = 'in' AND OLD.status = 'completed') OR "
            + _changed(
                ("peer_id", "side", "transaction_id", "account_id", "their_account", "quantity"),
                comparison,
            ),
            "a crossing that ended never changes, nor does what was proposed",
        ),
        (
            "reconciliations_final",
            "UPDATE ON reconciliations",
            _changed(("number", "peer_id", "is_ours", "snapshot_at", "started_at"), comparison)
            # Only that the other side ended it, too, may be added.
            + f" OR (OLD.ended_at IS NOT NULL AND ({_changed(ENDED, comparison)}"
            f" OR CAST(NEW.ours AS TEXT) {comparison} CAST(OLD.ours AS TEXT)"
            f" OR CAST(NEW.theirs AS TEXT) {comparison} CAST(OLD.theirs AS TEXT)))",
            "a reconciliation that ended never changes",
        ),
    ]
    rules += [
        (f"{table}_kept", f"DELETE ON {table}", "TRUE", f"{table} are never deleted")
        for table in KEPT
    ]
    for table in ADDED_ONLY:
        rules += [
            (f"{table}_fixed", f"UPDATE ON {table}", "TRUE", f"{table} never change"),
            (f"{table}_kept", f"DELETE ON {table}", "TRUE", f"{table} are never deleted"),
        ]
    return rules


def _changed(columns: tuple[str, ...], comparison: str) -> str:
    return " OR ".join(f"NEW.{name} {comparison} OLD.{name}" for name in columns)


def _peers() -> None:
    op.create_table(
        "peers",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ja", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("account_id", _identifier(), nullable=False),
        sa.Column("user_id", _identifier(), nullable=False),
        sa.Column("is_suspended", sa.Boolean(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_peers_account_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_peers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peers")),
        sa.UniqueConstraint("account_id", name=op.f("uq_peers_account_id")),
        sa.UniqueConstraint("code", name=op.f("uq_peers_code")),
        sa.UniqueConstraint("user_id", name=op.f("uq_peers_user_id")),
    )
    op.create_table(
        "peer_keys",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("peer_id", _identifier(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_peer_keys_peer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_keys")),
        sa.UniqueConstraint("peer_id", "key", name=op.f("uq_peer_keys_peer_id_key")),
    )
    op.create_table(
        "crossings",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("peer_id", _identifier(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("transaction_id", _identifier(), nullable=True),
        sa.Column("account_id", _identifier(), nullable=True),
        sa.Column("their_account", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=True),
        sa.Column("approved_by", _identifier(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(transaction_id IS NULL) = (side = 'in')", name=op.f("ck_crossings_transaction")
        ),
        sa.CheckConstraint("\"side\" IN ('out', 'in')", name=op.f("ck_crossings_side")),
        sa.CheckConstraint(
            "\"status\" IN ('proposed', 'sent', 'accepted', 'completed', 'confirmed', 'rejected', 'cancelled', 'ended')",
            name=op.f("ck_crossings_status"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_crossings_quantity")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_crossings_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["users.id"], name=op.f("fk_crossings_approved_by")
        ),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_crossings_peer_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_crossings_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crossings")),
        sa.UniqueConstraint(
            "peer_id", "side", "number", name=op.f("uq_crossings_peer_id_side_number")
        ),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_crossings_transaction_id")),
    )
    op.create_index(op.f("ix_crossings_account_id"), "crossings", ["account_id"], unique=False)
    op.create_index(
        "ix_crossings_pending",
        "crossings",
        ["peer_id", "status"],
        unique=False,
        sqlite_where=sa.text("status IN ('sent', 'accepted', 'completed')"),
        postgresql_where=sa.text("status IN ('sent', 'accepted', 'completed')"),
    )
    op.create_table(
        "arrivals",
        sa.Column("transaction_id", _identifier(), nullable=False),
        sa.Column("crossing_id", _identifier(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crossing_id"], ["crossings.id"], name=op.f("fk_arrivals_crossing_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_arrivals_transaction_id")
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_arrivals")),
    )
    op.create_index(op.f("ix_arrivals_crossing_id"), "arrivals", ["crossing_id"], unique=False)
    op.create_table(
        "expected",
        sa.Column("crossing_id", _identifier(), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("first >= 1 AND last >= first", name=op.f("ck_expected_range")),
        sa.ForeignKeyConstraint(
            ["crossing_id"], ["crossings.id"], name=op.f("fk_expected_crossing_id")
        ),
        sa.PrimaryKeyConstraint("crossing_id", "first", name=op.f("pk_expected")),
    )
    op.create_table(
        "provenances",
        sa.Column("issuance_id", _identifier(), nullable=False),
        sa.Column("peer_id", _identifier(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuance_id"], ["issuances.id"], name=op.f("fk_provenances_issuance_id")
        ),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_provenances_peer_id")),
        sa.PrimaryKeyConstraint("issuance_id", name=op.f("pk_provenances")),
    )
    op.create_index(op.f("ix_provenances_peer_id"), "provenances", ["peer_id"], unique=False)


def _messages() -> None:
    op.create_table(
        "exchange_messages",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("peer_id", _identifier(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("crossing_id", _identifier(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reply", sa.LargeBinary(), nullable=True),
        sa.Column("reply_signature", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "\"answer\" IN ('done', 'rejected', 'refused')",
            name=op.f("ck_exchange_messages_answer"),
        ),
        sa.CheckConstraint(
            "\"kind\" IN ('proposal', 'completion', 'cancellation', 'announcement', 'totals', 'ranges', 'histories', 'resolution')",
            name=op.f("ck_exchange_messages_kind"),
        ),
        sa.CheckConstraint("\"side\" IN ('out', 'in')", name=op.f("ck_exchange_messages_side")),
        sa.CheckConstraint(
            "(answer IS NULL) = (reply IS NULL)", name=op.f("ck_exchange_messages_answered")
        ),
        sa.ForeignKeyConstraint(
            ["crossing_id"], ["crossings.id"], name=op.f("fk_exchange_messages_crossing_id")
        ),
        sa.ForeignKeyConstraint(
            ["peer_id"], ["peers.id"], name=op.f("fk_exchange_messages_peer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_messages")),
        sa.UniqueConstraint(
            "peer_id", "side", "number", name=op.f("uq_exchange_messages_peer_id_side_number")
        ),
    )
    op.create_index(
        op.f("ix_exchange_messages_crossing_id"), "exchange_messages", ["crossing_id"], unique=False
    )
    op.create_index(
        "ix_exchange_messages_unanswered",
        "exchange_messages",
        ["peer_id", "number"],
        unique=False,
        sqlite_where=sa.text("answer IS NULL"),
        postgresql_where=sa.text("answer IS NULL"),
    )
    op.create_table(
        "peer_issuances",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("peer_id", _identifier(), nullable=False),
        sa.Column("message_id", _identifier(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("vintage", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_peer_issuances_quantity")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["exchange_messages.id"], name=op.f("fk_peer_issuances_message_id")
        ),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_peer_issuances_peer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_issuances")),
        sa.UniqueConstraint(
            "peer_id", "reference", name=op.f("uq_peer_issuances_peer_id_reference")
        ),
    )


def _reconciliations() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("peer_id", _identifier(), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("snapshot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("ours", sa.JSON(), nullable=True),
        sa.Column("theirs", sa.JSON(), nullable=True),
        sa.Column("proposed_by", _identifier(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", _identifier(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("resolved_there_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "\"stage\" IN ('initiated', 'totals_inconsistent', 'blocks_inconsistent', 'confirmed', 'completed_by_hand', 'denied')",
            name=op.f("ck_reconciliations_stage"),
        ),
        sa.CheckConstraint("resolved_by <> proposed_by", name=op.f("ck_reconciliations_four_eyes")),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_reconciliations_peer_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_reconciliations_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["users.id"], name=op.f("fk_reconciliations_resolved_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("number", name=op.f("uq_reconciliations_number")),
    )
    op.create_index(
        op.f("ix_reconciliations_peer_id_id"), "reconciliations", ["peer_id", "id"], unique=False
    )
    op.create_table(
        "differences",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("reconciliation_id", _identifier(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.Column("last", sa.BigInteger(), nullable=True),
        sa.Column("account_id", _identifier(), nullable=True),
        sa.Column("book", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("bar_id", _identifier(), nullable=True),
        sa.Column("barred_from", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "\"barred_from\" IN ('applied', 'open', 'partly_barred', 'barred', 'suspended', 'closure_pending', 'closed')",
            name=op.f("ck_differences_barred_from"),
        ),
        sa.CheckConstraint("\"book\" IN ('ours', 'theirs')", name=op.f("ck_differences_book")),
        sa.CheckConstraint("\"part\" IN ('sent', 'received')", name=op.f("ck_differences_part")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_differences_account_id")
        ),
        sa.ForeignKeyConstraint(["bar_id"], ["bars.id"], name=op.f("fk_differences_bar_id")),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name=op.f("fk_differences_reconciliation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
    )
    op.create_index(op.f("ix_differences_account_id"), "differences", ["account_id"], unique=False)
    op.create_index(op.f("ix_differences_bar_id"), "differences", ["bar_id"], unique=False)
    op.create_index(
        op.f("ix_differences_reconciliation_id"), "differences", ["reconciliation_id"], unique=False
    )
