"""Other registries: who they are, what they said and were told, and what crosses between them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.accounts import State
from app.domain.exchange import Answer, Message, Side, Status
from app.domain.reconciliation import Book, Part, Stage
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class Peer(Base):
    """A registry with which this one exchanges messages.

    `told` counts the messages that it was told, `heard` those that it told and that were looked at;
    the row is locked while either changes, so that they have one order.
    """

    __tablename__ = "peers"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    #: The Party whose registry it is (alpha-3).
    party: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    name_ja: Mapped[str] = mapped_column(Text)
    #: Where its messages are sent to.
    url: Mapped[str] = mapped_column(Text)
    #: The account of what is known here and lies there, and who acts for it here: nobody signs in.
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    is_suspended: Mapped[bool] = mapped_column(default=False)
    told: Mapped[int] = mapped_column(BigInteger, default=0)
    heard: Mapped[int] = mapped_column(BigInteger, default=0)
    #: When the newest of those was sent, by its own clock: nothing older is heard once more.
    heard_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Own issuances up to this serial number were announced to it, where it shares the decision.
    announced: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)


class PeerKey(Base):
    """A public key under which another registry signs; retired ones stay, to check old messages."""

    __tablename__ = "peer_keys"
    __table_args__ = (UniqueConstraint("peer_id", "key"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    peer_id: Mapped[int] = mapped_column(ForeignKey("peers.id"))
    #: The first 16 hexadecimal digits of the SHA-256 of the public key.
    key: Mapped[str] = mapped_column(Text)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(Moment)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)


class ExchangeMessage(Base):
    """A message told or heard, and its answer, each with the signature of who said it.

    Of one that is told and not answered yet only what it says is there; it is signed anew each time
    it is sent. Written once and answered once.
    """

    __tablename__ = "exchange_messages"
    __table_args__ = (
        one_of("side", Side),
        one_of("kind", Message),
        one_of("answer", Answer),
        UniqueConstraint("peer_id", "side", "number"),
        CheckConstraint("(answer IS NULL) = (reply IS NULL)", name="answered"),
        Index(
            "ix_exchange_messages_unanswered",
            "peer_id",
            "number",
            sqlite_where=text("answer IS NULL"),
            postgresql_where=text("answer IS NULL"),
        ),
        Index(None, "crossing_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    peer_id: Mapped[int] = mapped_column(ForeignKey("peers.id"))
    side: Mapped[Side] = mapped_column(Word(Side))
    number: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[Message] = mapped_column(Word(Message))
    crossing_id: Mapped[int | None] = mapped_column(ForeignKey("crossings.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: The SHA-256 of what it says.
    said: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)
    #: As it travelled when it was answered, signed by its sender.
    envelope: Mapped[bytes | None] = mapped_column(LargeBinary)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[Answer | None] = mapped_column(Word(Answer))
    code: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[bytes | None] = mapped_column(LargeBinary)
    reply_signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class Crossing(Base):
    """A transfer between an account here and one in another registry.

    `number` is that of the transaction in the sending registry. `transaction_id` is that
    transaction where this is the sending side; what came in is `crossing_arrivals`.
    """

    __tablename__ = "crossings"
    __table_args__ = (
        one_of("side", Side),
        one_of("status", Status),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(transaction_id IS NULL) = (side = 'in')", name="transaction"),
        UniqueConstraint("peer_id", "side", "number"),
        Index(
            "ix_crossings_pending",
            "peer_id",
            "status",
            sqlite_where=text("status IN ('sent', 'accepted', 'completed')"),
            postgresql_where=text("status IN ('sent', 'accepted', 'completed')"),
        ),
        Index(None, "account_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    peer_id: Mapped[int] = mapped_column(ForeignKey("peers.id"))
    side: Mapped[Side] = mapped_column(Word(Side))
    status: Mapped[Status] = mapped_column(Word(Status))
    number: Mapped[str | None] = mapped_column(Text)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"), unique=True)
    #: The account on this side, and the number of the one on the other.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    their_account: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(BigInteger)
    #: What came in: blocks as the proposal told them.
    units: Mapped[list[Any] | None] = mapped_column(JSON)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    #: When it was sent, or heard of; and until when an answer counts.
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_until: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Why it was rejected, see `app.domain.exchange.Code`.
    code: Mapped[str | None] = mapped_column(Text)


class Expected(Base):
    """Numbers of the ledger that an accepted crossing will bring in; gone when it ends."""

    __tablename__ = "expected"
    __table_args__ = (CheckConstraint("first >= 1 AND last >= first", name="range"),)

    crossing_id: Mapped[int] = mapped_column(ForeignKey("crossings.id"), primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)


class Arrival(Base):
    """A transaction by which a crossing came in. Only added."""

    __tablename__ = "arrivals"
    __table_args__ = (Index(None, "crossing_id"),)

    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"), primary_key=True)
    crossing_id: Mapped[int] = mapped_column(ForeignKey("crossings.id"))


class Provenance(Base):
    """From which registry credits that were issued elsewhere came here first. Only added."""

    __tablename__ = "provenances"
    __table_args__ = (Index(None, "peer_id"),)

    issuance_id: Mapped[int] = mapped_column(ForeignKey("issuances.id"), primary_key=True)
    peer_id: Mapped[int] = mapped_column(ForeignKey("peers.id"))
    origin: Mapped[str] = mapped_column(Text)


class PeerIssuance(Base):
    """What another registry announced that it issued of a decision that both share. Only added."""

    __tablename__ = "peer_issuances"
    __table_args__ = (
        UniqueConstraint("peer_id", "reference"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    peer_id: Mapped[int] = mapped_column(ForeignKey("peers.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("exchange_messages.id"))
    #: The number of its transaction there.
    reference: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    project: Mapped[str] = mapped_column(Text)
    vintage: Mapped[int]
    quantity: Mapped[int] = mapped_column(BigInteger)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    decided_on: Mapped[date | None]


class Reconciliation(Base):
    """A comparison of two books: with another registry, or of this ledger with its own chain.

    `peer_id` is empty where the ledger was compared with what its chain says.
    """

    __tablename__ = "reconciliations"
    __table_args__ = (
        one_of("stage", Stage),
        CheckConstraint("resolved_by <> proposed_by", name="four_eyes"),
        Index(None, "peer_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    #: Such as JP-20261123-1: who began it, the day, a running number.
    number: Mapped[str] = mapped_column(Text, unique=True)
    peer_id: Mapped[int | None] = mapped_column(ForeignKey("peers.id"))
    stage: Mapped[Stage] = mapped_column(Word(Stage))
    is_ours: Mapped[bool]
    snapshot_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Why the other registry went no further, see `app.domain.exchange.Code`.
    code: Mapped[str | None] = mapped_column(Text)
    #: What either book says: sums by kind of credits, and the history of blocks that differ.
    ours: Mapped[Any] = mapped_column(JSON, nullable=True)
    theirs: Mapped[Any] = mapped_column(JSON, nullable=True)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    proposed_at: Mapped[datetime | None] = mapped_column(Moment)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    #: When the administrators of the other registry resolved it there.
    resolved_there_at: Mapped[datetime | None] = mapped_column(Moment)


class Difference(Base):
    """What a reconciliation found: numbers that one book has and the other has not. Only added."""

    __tablename__ = "differences"
    __table_args__ = (
        one_of("part", Part),
        one_of("book", Book),
        one_of("barred_from", State),
        Index(None, "reconciliation_id"),
        Index(None, "bar_id"),
        Index(None, "account_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliations.id"))
    #: Numbers of the ledger; empty where a whole row is wrong and not some numbers.
    first: Mapped[int | None] = mapped_column(BigInteger)
    last: Mapped[int | None] = mapped_column(BigInteger)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    #: Which book has them (`app.domain.reconciliation.Book`), and what is wrong.
    book: Mapped[Book] = mapped_column(Word(Book))
    #: Between registries: whether they were sent there or received from there.
    part: Mapped[Part | None] = mapped_column(Word(Part))
    #: Between registries the kind of credits; else a finding as `app.domain.findings` keeps it, or
    #: in plain English as earlier versions did.
    problem: Mapped[str] = mapped_column(Text)
    bar_id: Mapped[int | None] = mapped_column(ForeignKey("bars.id"))
    #: The state that the account had before it was barred for this.
    barred_from: Mapped[State | None] = mapped_column(Word(State))
