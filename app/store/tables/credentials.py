"""What people prove themselves with: second factors, recovery codes, links, signatures."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.requests import Delivery
from app.store.tables.base import Base, Identifier, Moment, Word, one_of


class Method(StrEnum):
    """How a person proved to be who they are."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


class Purpose(StrEnum):
    """What a link or a letter leads to."""

    ACTIVATION = "activation"
    PASSWORD = "password"  # noqa: S105  the purpose of a link
    SECOND_FACTOR = "second_factor"
    EMAIL = "email"
    EMERGENCY = "emergency"


class SecondFactor(Base):
    """A device that shows codes (TOTP) or a passkey; removed ones stay on record."""

    __tablename__ = "second_factors"
    __table_args__ = (one_of("method", Method), Index(None, "user_id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    method: Mapped[Method] = mapped_column(Word(Method))
    name: Mapped[str] = mapped_column(Text)
    #: The key of the codes, sealed with the registry's secret.
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    algorithm: Mapped[str | None] = mapped_column(Text)
    #: The step of the last code that was used; codes up to it count no more.
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sign_count: Mapped[int | None] = mapped_column(BigInteger)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_from: Mapped[str | None] = mapped_column(Text)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(Base):
    """One of ten codes for the day the device is lost; kept as a hash, good once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    void_at: Mapped[datetime | None] = mapped_column(Moment)


class Link(Base):
    """A link sent by mail or a code sent by letter; kept as a hash, good once and for a time."""

    __tablename__ = "links"
    __table_args__ = (
        one_of("purpose", Purpose),
        one_of("delivery", Delivery),
        Index(None, "user_id"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose))
    delivery: Mapped[Delivery] = mapped_column(Word(Delivery))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    #: What goes with it, such as the address to be confirmed.
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    void_at: Mapped[datetime | None] = mapped_column(Moment)


class Signature(Base):
    """A fresh second factor given for one act: what was signed, and the proof. Only ever added."""

    __tablename__ = "signatures"
    __table_args__ = (one_of("method", Method), Index(None, "user_id", "id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    method: Mapped[Method] = mapped_column(Word(Method))
    factor_id: Mapped[int | None] = mapped_column(ForeignKey("second_factors.id"))
    action: Mapped[str] = mapped_column(Text)
    #: The digest of what was signed.
    content: Mapped[bytes] = mapped_column(LargeBinary)
    #: The passkey's answer, with which anyone who has the public key can check it again.
    proof: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Throttle(Base):
    """Failures counted for a login ID, a device or an address, and how long it must wait."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
