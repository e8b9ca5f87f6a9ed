"""Add applications with their papers, the records of holders, and certificates.

What was submitted stays as it was signed; what has ended never changes. An application can be
claimed like any other task, so claims learn to name one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ADDED_ONLY = ("application_steps", "holder_records", "certificates")
KEPT = (
    "applications",
    "application_links",
    "document_requests",
    "attachments",
)
#: What an attachment was when it came.
CAME = ("application_id", "name", "media_type", "size", "sha256", "user_id", "at")
ONE_TASK = " + ".join(
    f"(CASE WHEN {name} IS NULL THEN 0 ELSE 1 END)"
    for name in ("transaction_id", "request_id", "application_id")
)


def upgrade() -> None:
    _applications()
    _papers()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    _claims(is_postgresql=is_postgresql)
    comparison = "IS DISTINCT FROM" if is_postgresql else "IS NOT"
    for name, event, condition, message in _rules(comparison):
        _refuse(name, event, condition, message, is_postgresql=is_postgresql)


def downgrade() -> None:
    raise NotImplementedError("applications and certificates would be lost")


def _identifier() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _claims(*, is_postgresql: bool) -> None:
    """Let a claim name an application; SQLite writes the table anew, with its triggers.

    Names are given with `op.f`, as the naming convention would name them a second time.
    """
    if is_postgresql:
        op.drop_constraint(op.f("ck_claims_task"), "claims", type_="check")
        op.add_column("claims", sa.Column("application_id", _identifier(), nullable=True))
        op.create_foreign_key(
            op.f("fk_claims_application_id"), "claims", "applications", ["application_id"], ["id"]
        )
        op.create_check_constraint(op.f("ck_claims_task"), "claims", f"{ONE_TASK} = 1")
    else:
        with op.batch_alter_table("claims", recreate="always") as table:
            table.drop_constraint(op.f("ck_claims_task"), type_="check")
            table.add_column(sa.Column("application_id", _identifier(), nullable=True))
            table.create_foreign_key(
                op.f("fk_claims_application_id"), "applications", ["application_id"], ["id"]
            )
            table.create_check_constraint(op.f("ck_claims_task"), f"{ONE_TASK} = 1")
        _refuse(
            "claims_fixed", "UPDATE ON claims", "TRUE", "claims never change", is_postgresql=False
        )
        _refuse(
            "claims_kept",
            "DELETE ON claims",
            "TRUE",
            "claims are never deleted",
            is_postgresql=False,
        )
    op.create_index(op.f("ix_claims_application_id_id"), "claims", ["application_id", "id"])


def _rules(comparison: str) -> list[tuple[str, str, str, str]]:
    """Name, event, condition and message of every refusal, which both engines write alike."""
    differs = f"CAST(NEW.answers AS TEXT) {comparison} CAST(OLD.answers AS TEXT)"
    came = " OR ".join(f"NEW.{name} {comparison} OLD.{name}" for name in CAME)
    rules = [
        (
            "applications_final",
            "UPDATE ON applications",
            "OLD.status IN ('approved', 'rejected', 'withdrawn', 'discarded')",
            "an application that has ended never changes",
        ),
        (
            "applications_signed",
            "UPDATE ON applications",
            f"OLD.status IN ('submitted', 'examined') AND ({differs})",
            "what was submitted stays as it was signed",
        ),
        (
            "attachments_fixed",
            "UPDATE ON attachments",
            (
                f"OLD.removed_at IS NOT NULL OR {came}"
                f" OR (NEW.content IS NOT NULL AND NEW.content {comparison} OLD.content)"
            ),
            "an attachment stays as it came",
        ),
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


def _refuse(name: str, event: str, condition: str, message: str, *, is_postgresql: bool) -> None:
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


def _applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("applicant", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("account_id", _identifier(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("started_by", _identifier(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("is_paper", sa.Boolean(), nullable=False),
        sa.Column("copied_from", _identifier(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", _identifier(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recommended_by", _identifier(), nullable=True),
        sa.Column("recommended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", _identifier(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status <> 'approved' OR (decided_by IS NOT NULL AND recommended_by IS NOT NULL AND decided_by <> recommended_by AND (started_by IS NULL OR decided_by <> started_by) AND (submitted_by IS NULL OR decided_by <> submitted_by))",
            name=op.f("ck_applications_four_eyes"),
        ),
        sa.CheckConstraint(
            "status <> 'rejected' OR reason IS NOT NULL", name=op.f("ck_applications_reason")
        ),
        sa.CheckConstraint(
            "\"applicant\" IN ('domestic', 'foreign', 'individual')",
            name=op.f("ck_applications_applicant"),
        ),
        sa.CheckConstraint(
            "\"status\" IN ('draft', 'submitted', 'returned', 'examined', 'approved', 'rejected', 'withdrawn', 'discarded')",
            name=op.f("ck_applications_status"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_applications_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["copied_from"], ["applications.id"], name=op.f("fk_applications_copied_from")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_applications_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["recommended_by"], ["users.id"], name=op.f("fk_applications_recommended_by")
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["users.id"], name=op.f("fk_applications_started_by")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["users.id"], name=op.f("fk_applications_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("started_by", "key", name=op.f("uq_applications_started_by_key")),
    )
    op.create_index(
        op.f("ix_applications_account_id_id"), "applications", ["account_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_applications_started_by_id"), "applications", ["started_by", "id"], unique=False
    )
    op.create_index(
        op.f("ix_applications_status_id"), "applications", ["status", "id"], unique=False
    )
    op.create_index(
        "ix_applications_waiting",
        "applications",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status IN ('submitted', 'returned', 'examined')"),
        sqlite_where=sa.text("status IN ('submitted', 'returned', 'examined')"),
    )

    op.create_table(
        "application_links",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("application_id", _identifier(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_links_application_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_links")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_application_links_secret_hash")),
    )
    op.create_index(
        op.f("ix_application_links_application_id"),
        "application_links",
        ["application_id"],
        unique=False,
    )

    op.create_table(
        "application_marks",
        sa.Column("application_id", _identifier(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("user_id", _identifier(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "\"standing\" IN ('fine', 'problem')", name=op.f("ck_application_marks_standing")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_marks_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_application_marks_user_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "item", name=op.f("pk_application_marks")),
    )
    op.create_table(
        "application_steps",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("application_id", _identifier(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", _identifier(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "\"event\" IN ('save', 'submit', 'ask_correction', 'ask_documents', 'hand_in_documents', 'recommend', 'send_back', 'approve', 'reject', 'withdraw', 'discard')",
            name=op.f("ck_application_steps_event"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_steps_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_application_steps_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_steps")),
    )
    op.create_index(
        op.f("ix_application_steps_application_id_id"),
        "application_steps",
        ["application_id", "id"],
        unique=False,
    )

    op.create_table(
        "document_requests",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("application_id", _identifier(), nullable=True),
        sa.Column("account_id", _identifier(), nullable=True),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("asked_by", _identifier(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", _identifier(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(application_id IS NULL) <> (account_id IS NULL)",
            name=op.f("ck_document_requests_about"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_document_requests_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name=op.f("fk_document_requests_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_document_requests_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_document_requests_asked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_requests")),
        sa.UniqueConstraint("asked_by", "key", name=op.f("uq_document_requests_asked_by_key")),
    )
    op.create_index(
        op.f("ix_document_requests_account_id_id"),
        "document_requests",
        ["account_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_document_requests_application_id_id"),
        "document_requests",
        ["application_id", "id"],
        unique=False,
    )


def _papers() -> None:
    op.create_table(
        "holder_records",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("holder_id", _identifier(), nullable=False),
        sa.Column("application_id", _identifier(), nullable=True),
        sa.Column("applicant", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("recorded_by", _identifier(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "\"applicant\" IN ('domestic', 'foreign', 'individual')",
            name=op.f("ck_holder_records_applicant"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_holder_records_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holders.id"], name=op.f("fk_holder_records_holder_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["users.id"], name=op.f("fk_holder_records_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_records")),
    )
    op.create_index(
        op.f("ix_holder_records_holder_id_id"), "holder_records", ["holder_id", "id"], unique=False
    )

    op.create_table(
        "attachments",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("application_id", _identifier(), nullable=True),
        sa.Column("document_request_id", _identifier(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("user_id", _identifier(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "application_id IS NOT NULL OR document_request_id IS NOT NULL",
            name=op.f("ck_attachments_about"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_attachments_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_request_id"],
            ["document_requests.id"],
            name=op.f("fk_attachments_document_request_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_attachments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(
        op.f("ix_attachments_application_id_id"),
        "attachments",
        ["application_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_attachments_document_request_id_id"),
        "attachments",
        ["document_request_id", "id"],
        unique=False,
    )

    op.create_table(
        "certificates",
        sa.Column("id", _identifier(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("account_id", _identifier(), nullable=False),
        sa.Column("transaction_id", _identifier(), nullable=True),
        sa.Column("application_id", _identifier(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("issued_by", _identifier(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "\"kind\" IN ('account', 'retirement', 'cancellation')",
            name=op.f("ck_certificates_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_certificates_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_certificates_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["users.id"], name=op.f("fk_certificates_issued_by")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_certificates_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("application_id", name=op.f("uq_certificates_application_id")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_certificates_transaction_id")),
    )
    op.create_index(
        op.f("ix_certificates_account_id_id"), "certificates", ["account_id", "id"], unique=False
    )
