"""Let the database itself refuse what no bug above it may do.

Live blocks and reservations never overlap; a block is closed once and otherwise never changed; what
was retired or cancelled never moves; a transaction that ended never changes; logs only grow.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Columns of a block, and of a transaction, that never change once written.
BLOCK = [
    "opened_by",
    "first",
    "last",
    "account_id",
    "kind",
    "project_id",
    "partner",
    "vintage",
    "issuance_id",
]
PROPOSAL = [
    "id",
    "kind",
    "source_id",
    "target_id",
    "quantity",
    "allocation_id",
    "purpose",
    "beneficiary",
    "reference",
    "remark",
    "key",
    "content",
    "proposed_by",
    "proposed_at",
    "expires_at",
]
FINAL_KINDS = "('retirement', 'mandatory_cancellation', 'voluntary_cancellation')"
#: Tables whose rows are added and never changed or removed.
ADDED_ONLY = ("issuances", "log_entries", "access_entries")
#: Tables from which nothing is ever removed, also not all of it at a stroke.
KEPT = ("blocks", "transactions", "chain_head", *ADDED_ONLY)


def upgrade() -> None:
    statements = _postgresql() if op.get_bind().dialect.name == "postgresql" else _sqlite()
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("a ledger does not go back to being unguarded")


def _changed(columns: list[str], comparison: str) -> str:
    return " OR ".join(f"NEW.{name} {comparison} OLD.{name}" for name in columns)


def _rules(comparison: str) -> list[tuple[str, str, str, str]]:
    """Name, event, condition and message of every refusal that both engines write alike."""
    rules = [
        (
            "blocks_closed_once",
            "UPDATE ON blocks",
            f"OLD.closed_by IS NOT NULL OR NEW.closed_by IS NULL OR {_changed(BLOCK, comparison)}",
            "a block is written once and closed once",
        ),
        (
            "blocks_final",
            "UPDATE ON blocks",
            f"OLD.kind IN {FINAL_KINDS}",
            "retired and cancelled credits never move again",
        ),
        ("blocks_kept", "DELETE ON blocks", "TRUE", "a block is never deleted"),
        (
            "transactions_final",
            "UPDATE ON transactions",
            f"OLD.status <> 'proposed' OR {_changed(PROPOSAL, comparison)}",
            "a transaction that ended never changes, nor does what was proposed",
        ),
        ("transactions_kept", "DELETE ON transactions", "TRUE", "a transaction is never deleted"),
        (
            "reservations_fixed",
            "UPDATE ON reservations",
            "TRUE",
            "a reservation is written and released, never changed",
        ),
        (
            "chain_head_forward",
            "UPDATE ON chain_head",
            (
                "NEW.position <> OLD.position + 1 OR NEW.serial_next < OLD.serial_next"
                " OR NEW.completed_at < OLD.completed_at"
            ),
            "the chain only grows, link by link",
        ),
        ("chain_head_kept", "DELETE ON chain_head", "TRUE", "the chain has a head"),
    ]
    for table in ADDED_ONLY:
        rules += [
            (f"{table}_fixed", f"UPDATE ON {table}", "TRUE", f"{table} never change"),
            (f"{table}_kept", f"DELETE ON {table}", "TRUE", f"{table} are never deleted"),
        ]
    return rules


def _postgresql() -> list[str]:
    # int8range writes [first, last] as [first, last + 1), which overflows at 2^63 - 1; the same
    # ranges moved down by one never do.
    statements = [
        f"ALTER TABLE {table} ADD CONSTRAINT no_overlap_{table}"
        f" EXCLUDE USING gist (int8range(first - 1, last) WITH &&){condition}"
        for table, condition in (
            ("blocks", " WHERE (closed_by IS NULL)"),
            ("reservations", ""),
        )
    ]
    statements.append(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$"
    )
    statements += [
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN ({condition})"
        f" EXECUTE FUNCTION refuse('{message}')"
        for name, event, condition, message in _rules("IS DISTINCT FROM")
    ]
    statements += [
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        f" EXECUTE FUNCTION refuse('{table} is never emptied')"
        for table in KEPT
    ]
    return statements


def _sqlite() -> list[str]:
    statements = []
    for table, live, condition in (
        ("blocks", "closed_by IS NULL AND ", "NEW.closed_by IS NULL AND "),
        ("reservations", "", ""),
    ):
        # Live rows never overlap, so the greatest first not above the new last decides alone.
        statements.append(
            f"CREATE TRIGGER no_overlap_{table} BEFORE INSERT ON {table} WHEN {condition}EXISTS"
            f" (SELECT 1 FROM (SELECT last FROM {table} WHERE {live}first <= NEW.last"
            " ORDER BY first DESC LIMIT 1) WHERE last >= NEW.first)"
            " BEGIN SELECT RAISE(ABORT, 'serial numbers overlap'); END"
        )
        # A number beyond 2^63 - 1 would be kept as a fraction, which is no serial number.
        statements.append(
            f"CREATE TRIGGER {table}_whole BEFORE INSERT ON {table}"
            " WHEN typeof(NEW.first) <> 'integer' OR typeof(NEW.last) <> 'integer'"
            " BEGIN SELECT RAISE(ABORT, 'a serial number is a whole number'); END"
        )
    statements += [
        f"CREATE TRIGGER {name} BEFORE {event} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for name, event, condition, message in _rules("IS NOT")
    ]
    return statements
