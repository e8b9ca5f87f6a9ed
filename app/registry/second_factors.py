"""Verbs on second factors: codes of a device (TOTP), passkeys, recovery codes."""

import json
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import webauthn
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException

from app.domain.access import Outcome
from app.domain.errors import Required, TooLong
from app.domain.notifications import Kind
from app.domain.people import NAME_MAX
from app.domain.people_errors import (
    CodeUsed,
    CodeWrong,
    FactorKnown,
    FactorLast,
    PasskeyRefused,
    ProofRequired,
)
from app.domain.text import normalise, numerals
from app.registry import logs, notifications, totp
from app.registry.logs import Origin
from app.registry.vaults import Vault, hashed
from app.store import credentials
from app.store.databases import AnyRow
from app.store.tables import RecoveryCode, SecondFactor, User
from app.store.tables.credentials import Method

RECOVERY_CODES: Final = 10
_RECOVERY_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: Four groups of four out of 31 characters: 79 bits each.
_RECOVERY_GROUPS: Final = 4

_PURPOSE: Final = "totp"
#: The parts of a passkey's answer from which anyone can check it again.
_SIGNED: Final = ("clientDataJSON", "authenticatorData", "signature")


@dataclass(frozen=True, slots=True)
class Site:
    """What a passkey is bound to: the origin of the registry's pages, and its host and name."""

    origin: str
    host: str
    name: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What a person gave: a code of six digits or a recovery code, or a passkey's answer (JSON)."""

    code: str = ""
    assertion: str = ""


@dataclass(frozen=True, slots=True)
class Proven:
    """Which factor proved it, and the passkey's answer to keep."""

    method: Method
    factor_id: int | None = None
    assertion: dict[str, Any] | None = None
    recovery_codes_left: int | None = None


def add_totp(
    session: Session,
    user: User,
    offered: Mapping[str, str],
    code: str,
    *,
    name: str,
    vault: Vault,
    origin: Origin,
    now: datetime,
) -> SecondFactor:
    """Add a device that shows codes, after a first code shows that it does.

    Args:
        offered: the key that the person was shown for each algorithm; the code tells which of
            them the device took.

    Raises:
        CodeWrong: the code is of none of these keys.
    """
    for algorithm, secret in offered.items():
        step = totp.step(secret, algorithm, code, now)
        if step is not None:
            break
    else:
        raise CodeWrong(field="code")
    factor = SecondFactor(
        user_id=user.id,
        method=Method.TOTP,
        name=_name(name),
        secret=vault.seal(secret.encode(), f"{_PURPOSE}:{user.id}"),
        algorithm=algorithm,
        last_step=step,
        added_at=now,
        added_from=origin.address,
    )
    return _add(session, user, factor, origin, now)


def add_passkey(
    session: Session,
    user: User,
    answer: str,
    *,
    name: str,
    challenge: bytes,
    site: Site,
    origin: Origin,
    now: datetime,
) -> SecondFactor:
    """Add a passkey (WebAuthn), of which the registry keeps the public key.

    Raises:
        PasskeyRefused: the answer does not belong to the challenge or the site.
        FactorKnown: the passkey is registered already.
    """
    with _answered("passkey"):
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    if credentials.is_passkey_known(session, made.credential_id):
        raise FactorKnown(field="passkey")
    factor = SecondFactor(
        user_id=user.id,
        method=Method.PASSKEY,
        name=_name(name),
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        added_at=now,
        added_from=origin.address,
    )
    return _add(session, user, factor, origin, now)


def _add(
    session: Session, user: User, factor: SecondFactor, origin: Origin, now: datetime
) -> SecondFactor:
    session.add(factor)
    session.flush()
    _told(session, user, factor, Outcome.SECOND_FACTOR_ADDED, Kind.SECOND_FACTOR_ADDED, origin, now)
    return factor


def lock(session: Session, user_id: int) -> None:
    """Let no other transaction change this person's factors, which are counted next."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())


def remove(
    session: Session, user: User, factor_id: int, *, origin: Origin, now: datetime
) -> SecondFactor | None:
    """Remove one of a person's factors, and return it; None when there is no such one.

    Raises:
        FactorLast: it is the only one.
    """
    # So that the last two are not removed at the same time.
    lock(session, user.id)
    present = credentials.factors(session.connection(), user.id)
    if factor_id not in {one.id for one in present}:
        return None
    if len(present) == 1:
        raise FactorLast(field="factor")
    factor = session.get_one(SecondFactor, factor_id)
    factor.removed_at = now
    session.flush()
    _told(
        session,
        user,
        factor,
        Outcome.SECOND_FACTOR_REMOVED,
        Kind.SECOND_FACTOR_REMOVED,
        origin,
        now,
    )
    return factor


def remove_all(session: Session, user: User, *, origin: Origin, now: datetime) -> None:
    """Remove every factor and every recovery code: the person sets up new ones, having proved anew
    who they are (ASVS 6.4.4).
    """
    for present in credentials.factors(session.connection(), user.id):
        factor = session.get_one(SecondFactor, present.id)
        factor.removed_at = now
        logs.access(
            session,
            user.login_id,
            Outcome.SECOND_FACTOR_REMOVED,
            user_id=user.id,
            origin=origin,
            now=now,
        )
    _void_recovery_codes(session, user.id, now)


def make_recovery_codes(
    session: Session, user: User, *, origin: Origin, now: datetime
) -> list[str]:
    """Make ten recovery codes and return them, this once; older ones are void."""
    _void_recovery_codes(session, user.id, now)
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(user_id=user.id, code_hash=hashed(_bare(code)), made_at=now) for code in codes
    )
    session.flush()
    logs.access(
        session,
        user.login_id,
        Outcome.RECOVERY_CODES_MADE,
        user_id=user.id,
        origin=origin,
        now=now,
    )
    notifications.tell(
        session.connection(), Kind.RECOVERY_CODES_MADE, user.login_id, {}, user=user.id, now=now
    )
    return codes


def prove(
    session: Session,
    user_id: int,
    proof: Proof,
    *,
    challenge: bytes,
    with_recovery_code: bool = False,
    site: Site,
    vault: Vault,
    now: datetime,
) -> Proven:
    """Check a fresh second factor of a person; a code or recovery code is used up by it.

    Raises:
        ProofRequired: nothing was given.
        CodeWrong, CodeUsed, PasskeyRefused: what was given does not count.
    """
    connection = session.connection()
    present = credentials.factors(connection, user_id)
    if proof.assertion:
        return _passkey(session, present, proof.assertion, challenge, site)
    typed = numerals(proof.code).replace(" ", "")
    if not typed:
        raise ProofRequired(field="code")
    if typed.isdecimal():
        return _code(connection, present, user_id, typed, vault, now)
    if with_recovery_code:
        return _recovery(session, user_id, typed, now)
    raise CodeWrong(field="code")


def _code(
    connection: Connection,
    present: Any,
    user_id: int,
    code: str,
    vault: Vault,
    now: datetime,
) -> Proven:
    used = False
    for factor in present:
        if factor.method is not Method.TOTP:
            continue
        secret = vault.open(factor.secret, f"{_PURPOSE}:{user_id}")
        step = secret and totp.step(secret.decode(), factor.algorithm, code, now)
        if not step:
            continue
        taken = connection.execute(
            update(SecondFactor)
            .where(SecondFactor.id == factor.id, SecondFactor.last_step < step)
            .values(last_step=step)
        )
        if taken.rowcount == 1:
            return Proven(Method.TOTP, factor.id)
        used = True
    raise CodeUsed(field="code") if used else CodeWrong(field="code")


def _passkey(
    session: Session, present: Any, assertion: str, challenge: bytes, site: Site
) -> Proven:
    with _answered("code"):
        answer = json.loads(assertion)
        factor: AnyRow = next(
            one
            for one in present
            if one.credential_id and bytes_to_base64url(one.credential_id) == answer["id"]
        )
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=factor.public_key,
            credential_current_sign_count=factor.sign_count,
        )
    if verified.new_sign_count != factor.sign_count:
        session.execute(
            update(SecondFactor)
            .where(SecondFactor.id == factor.id)
            .values(sign_count=verified.new_sign_count)
        )
    # What was verified, and nothing else that came with it.
    signed = {name: answer["response"][name] for name in _SIGNED}
    return Proven(Method.PASSKEY, factor.id, {"id": answer["id"], "response": signed})


@contextmanager
def _answered(field: str) -> Generator[None, None, None]:
    """Take whatever goes wrong with a passkey's answer, which anyone can make up, as a refusal."""
    try:
        yield
    except (
        WebAuthnException,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
        StopIteration,
    ) as wrong:
        raise PasskeyRefused(field=field) from wrong


def _recovery(session: Session, user_id: int, typed: str, now: datetime) -> Proven:
    found = credentials.recovery_code(session, user_id, hashed(_bare(typed)))
    if found is None:
        raise CodeWrong(field="code")
    taken = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id == found.id, RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    if taken.first() is None:
        raise CodeUsed(field="code")
    left = credentials.recovery_codes_left(session, user_id)
    return Proven(Method.RECOVERY_CODE, recovery_codes_left=left)


def _name(typed: str) -> str:
    name = normalise(typed)
    if not name:
        raise Required(field="name")
    if len(name) > NAME_MAX:
        raise TooLong(NAME_MAX, field="name")
    return name


def _void_recovery_codes(session: Session, user_id: int, now: datetime) -> None:
    session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.void_at.is_(None))
        .values(void_at=now)
    )


def _recovery_code() -> str:
    groups = (
        "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_GROUPS))
        for _ in range(_RECOVERY_GROUPS)
    )
    return "-".join(groups)


def _bare(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()


def _told(
    session: Session,
    user: User,
    factor: SecondFactor,
    outcome: Outcome,
    kind: Kind,
    origin: Origin,
    now: datetime,
) -> None:
    logs.access(session, user.login_id, outcome, user_id=user.id, origin=origin, now=now)
    facts = {"name": factor.name}
    notifications.tell(session.connection(), kind, user.login_id, facts, user=user.id, now=now)
