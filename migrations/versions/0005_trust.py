"""Add trusted accounts, transfers that wait for their time, and what was sent back.

A row is added and, if it is of the trusted list, brought to its end once; none is ever removed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ADDED_ONLY = ("waits", "returns")
#: What stays as it was proposed.
PROPOSED = ("account_id", "target_id", "note", "key", "proposed_by", "proposed_at")
ENDED = "('rejected', 'withdrawn', 'removed')"


def upgrade() -> None:
    _tables()
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
    raise NotImplementedError("what waits would move, and what was sent back would be unknown")


def _identifier() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _tables() -> None:
    op.create_table(
        "trusted_accounts",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("account_id", _identifier(), nullable=False),
        sa.Column("target_id", _identifier(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("proposed_by", _identifier(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", _identifier(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", _identifier(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "\"status\" IN ('waiting', 'approved', 'rejected', 'withdrawn', 'removed')",
            name=op.f("ck_trusted_accounts_status"),
        ),
        sa.CheckConstraint("account_id <> target_id", name=op.f("ck_trusted_accounts_accounts")),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_trusted_accounts_four_eyes")),
        sa.CheckConstraint(
            "(effective_at IS NULL) = (decided_by IS NULL)"
            " AND (status NOT IN ('approved', 'removed') OR decided_by IS NOT NULL)",
            name=op.f("ck_trusted_accounts_decided"),
        ),
        sa.CheckConstraint(
            "(ended_by IS NULL) = (status IN ('waiting', 'approved'))"
            " AND (ended_by IS NULL) = (ended_at IS NULL)",
            name=op.f("ck_trusted_accounts_ended"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_trusted_accounts_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["accounts.id"], name=op.f("fk_trusted_accounts_target_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name=op.f("fk_trusted_accounts_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_trusted_accounts_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["users.id"], name=op.f("fk_trusted_accounts_ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_accounts")),
        sa.UniqueConstraint("proposed_by", "key", name=op.f("uq_trusted_accounts_proposed_by_key")),
    )
    op.create_index(
        "ix_trusted_accounts_current",
        "trusted_accounts",
        ["account_id", "target_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('waiting', 'approved')"),
        sqlite_where=sa.text("status IN ('waiting', 'approved')"),
    )
    op.create_index(
        op.f("ix_trusted_accounts_account_id_id"),
        "trusted_accounts",
        ["account_id", "id"],
        unique=False,
    )
    op.create_table(
        "waits",
        sa.Column("transaction_id", _identifier(), nullable=False),
        sa.Column("approved_by", _identifier(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("execute_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_waits_transaction_id")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_waits_approved_by")),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_waits")),
    )
    op.create_table(
        "returns",
        sa.Column("transaction_id", _identifier(), nullable=False),
        sa.Column("returned_id", _identifier(), nullable=False),
        sa.CheckConstraint("transaction_id <> returned_id", name=op.f("ck_returns_transactions")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_returns_transaction_id")
        ),
        sa.ForeignKeyConstraint(
            ["returned_id"], ["transactions.id"], name=op.f("fk_returns_returned_id")
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_returns")),
    )
    op.create_index(op.f("ix_returns_returned_id"), "returns", ["returned_id"], unique=False)


def _rules(comparison: str) -> list[tuple[str, str, str, str]]:
    """Name, event, condition and message of every refusal, which both engines write alike."""
    changed = " OR ".join(f"NEW.{name} {comparison} OLD.{name}" for name in PROPOSED)
    rules = [
        (
            "trusted_accounts_final",
            "UPDATE ON trusted_accounts",
            f"OLD.status IN {ENDED} OR {changed}",
            "an entry of the trusted list is brought to its end once, and stays as proposed",
        )
    ]
    rules += [
        (f"{table}_fixed", f"UPDATE ON {table}", "TRUE", f"{table} never change")
        for table in ADDED_ONLY
    ]
    rules += [
        (f"{table}_kept", f"DELETE ON {table}", "TRUE", f"{table} are never deleted")
        for table in (*ADDED_ONLY, "trusted_accounts")
    ]
    return rules
