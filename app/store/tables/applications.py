"""Applications with their papers, and what was made of them: records of holders, certificates."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain import certificates
from app.domain.applications import Event, Status
from app.domain.forms.spec import Applicant
from app.store.tables.base import Base, Identifier, Moment, Word, one_of

_WAITING = text("status IN ('submitted', 'returned', 'examined')")


class Application(Base):
    """A form being filled in, examined or ended; written by the verbs of app.registry."""

    __tablename__ = "applications"
    __table_args__ = (
        one_of("status", Status),
        one_of("applicant", Applicant),
        # Whoever filled in, handed in or examined an application does not approve it.
        CheckConstraint(
            "status <> 'approved' OR (decided_by IS NOT NULL AND recommended_by IS NOT NULL"
            " AND decided_by <> recommended_by"
            " AND (started_by IS NULL OR decided_by <> started_by)"
            " AND (submitted_by IS NULL OR decided_by <> submitted_by))",
            name="four_eyes",
        ),
        CheckConstraint("status <> 'rejected' OR reason IS NOT NULL", name="reason"),
        UniqueConstraint("started_by", "key"),
        Index("ix_applications_waiting", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index(None, "account_id", "id"),
        Index(None, "started_by", "id"),
        Index(None, "status", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    form: Mapped[int]
    version: Mapped[int]
    applicant: Mapped[Applicant] = mapped_column(Word(Applicant))
    status: Mapped[Status] = mapped_column(Word(Status))
    language: Mapped[str] = mapped_column(Text)
    #: The account it is about; for an opening the one that its approval opened.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: Text by field key, by section key, as `app.domain.forms.answers` reads it.
    answers: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    #: What was recorded when it was begun, in the same shape; empty where nothing was.
    before: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    #: Empty when a visitor without a login began it; then `email` is where the link was sent.
    started_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    email: Mapped[str | None] = mapped_column(Text)
    #: Whether an operator entered what came on paper.
    is_paper: Mapped[bool] = mapped_column(default=False)
    copied_from: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    key: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    #: By when it is to be decided, or corrected.
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    recommended_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recommended_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)


class Step(Base):
    """What happened to an application, for its timeline. Only ever added."""

    __tablename__ = "application_steps"
    __table_args__ = (one_of("event", Event), Index(None, "application_id", "id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    event: Mapped[Event] = mapped_column(Word(Event))
    at: Mapped[datetime] = mapped_column(Moment)
    #: Empty when a visitor without a login did it.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    comment: Mapped[str | None] = mapped_column(Text)
    #: On submission the digests of what was handed in; on a correction why, by checklist item.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class Standing(StrEnum):
    """How an examiner found an item of the checklist."""

    FINE = "fine"
    PROBLEM = "problem"


class Mark(Base):
    """The examiner's tick at an item of the checklist; the last one stands."""

    __tablename__ = "application_marks"
    __table_args__ = (one_of("standing", Standing),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    #: As `Form.items_for` names it.
    item: Mapped[str] = mapped_column(Text, primary_key=True)
    standing: Mapped[Standing] = mapped_column(Word(Standing))
    remark: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Resumption(Base):
    """A link with which a visitor comes back to a draft; kept as a hash, good until it ends."""

    __tablename__ = "application_links"
    __table_args__ = (Index(None, "application_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    void_at: Mapped[datetime | None] = mapped_column(Moment)


class DocumentRequest(Base):
    """Documents that an administrator asks for: for an application, or of an account's people."""

    __tablename__ = "document_requests"
    __table_args__ = (
        CheckConstraint("(application_id IS NULL) <> (account_id IS NULL)", name="about"),
        UniqueConstraint("asked_by", "key"),
        Index(None, "application_id", "id"),
        Index(None, "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: The documents asked for, in the words of the administrator: one to ten.
    documents: Mapped[list[str]] = mapped_column(JSON)
    comment: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class Attachment(Base):
    """A file as it came; removed from a draft its content goes, later it is only struck out."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint(
            "application_id IS NOT NULL OR document_request_id IS NOT NULL", name="about"
        ),
        CheckConstraint("size > 0", name="size"),
        Index(None, "application_id", "id"),
        Index(None, "document_request_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    document_request_id: Mapped[int | None] = mapped_column(ForeignKey("document_requests.id"))
    #: The key of the document of the form, or the words of the request.
    document: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    #: Wiped when the file is removed from what was never submitted.
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class HolderRecord(Base):
    """What the registry records of a holder from one day on; the last one stands. Only added."""

    __tablename__ = "holder_records"
    __table_args__ = (one_of("applicant", Applicant), Index(None, "holder_id", "id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("holders.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    applicant: Mapped[Applicant] = mapped_column(Word(Applicant))
    #: Text by field key, by section key, of the sections in `app.domain.forms.record`.
    answers: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)


class Certificate(Base):
    """A certificate as issued: what stands on it, and the code that opens its page. Only added."""

    __tablename__ = "certificates"
    __table_args__ = (one_of("kind", certificates.Kind), Index(None, "account_id", "id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    number: Mapped[str] = mapped_column(Text, unique=True)
    #: Printed on the paper and in its QR code; whoever holds the paper may check it.
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[certificates.Kind] = mapped_column(Word(certificates.Kind))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"), unique=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), unique=True)
    language: Mapped[str] = mapped_column(Text)
    #: Everything that is printed, by name; the page that verifies it shows nothing else.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    issued_at: Mapped[datetime] = mapped_column(Moment)
