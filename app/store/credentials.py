"""Questions about what people prove themselves with."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import Device, Link, RecoveryCode, SecondFactor, Throttle

_FACTORS = Statement(
    select(SecondFactor.__table__)
    .where(SecondFactor.user_id == bindparam("user"), SecondFactor.removed_at.is_(None))
    .order_by(SecondFactor.id)
)
_THROTTLE = Statement(select(Throttle.__table__).where(Throttle.key == bindparam("key")))


def factors(connection: Connection, user_id: int) -> Sequence[AnyRow]:
    """Return a person's second factors in the order they were added."""
    return _FACTORS.rows(connection, user=user_id)


def removed_factors(session: Session, user_id: int) -> Sequence[SecondFactor]:
    """Return a person's former second factors, the last removed first."""
    query = select(SecondFactor).where(
        SecondFactor.user_id == user_id, SecondFactor.removed_at.is_not(None)
    )
    return session.scalars(query.order_by(SecondFactor.removed_at.desc())).all()


def is_passkey_known(session: Session, credential_id: bytes) -> bool:
    """Tell whether a passkey is registered, or once was."""
    query = select(SecondFactor.id).where(SecondFactor.credential_id == credential_id)
    return session.execute(query).first() is not None


def recovery_codes_left(session: Session, user_id: int) -> int:
    """Return how many recovery codes a person has left."""
    query = select(func.count()).where(
        RecoveryCode.user_id == user_id,
        RecoveryCode.used_at.is_(None),
        RecoveryCode.void_at.is_(None),
    )
    return session.execute(query).scalar_one()


def recovery_code(session: Session, user_id: int, code_hash: bytes) -> RecoveryCode | None:
    """Return a recovery code of a person, used ones too, by its hash."""
    query = select(RecoveryCode).where(
        RecoveryCode.user_id == user_id,
        RecoveryCode.code_hash == code_hash,
        RecoveryCode.void_at.is_(None),
    )
    return session.scalars(query).one_or_none()


def link(session: Session, secret_hash: bytes) -> Link | None:
    """Return a link or letter by the hash of its secret, dead ones too."""
    return session.scalars(select(Link).where(Link.secret_hash == secret_hash)).one_or_none()


def links_alive(session: Session, user_id: int) -> Sequence[Link]:
    """Return a person's links and letters that were neither used nor replaced."""
    query = select(Link).where(
        Link.user_id == user_id, Link.used_at.is_(None), Link.void_at.is_(None)
    )
    return session.scalars(query).all()


def device(session: Session, user_id: int, token_hash: bytes) -> Device | None:
    """Return a browser in which a person has signed in before."""
    query = select(Device).where(Device.user_id == user_id, Device.token_hash == token_hash)
    return session.scalars(query).one_or_none()


def throttle(connection: Connection, key: str) -> AnyRow | None:
    """Return the failures counted under a key."""
    return _THROTTLE.row(connection, key=key)
