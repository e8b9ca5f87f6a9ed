"""Signing an act: a fresh second factor, bound to exactly what is to be done.

A passkey signs a challenge made from the content of the act and a secret of the session, so its
answer is worth nothing for another act or in another session. A code of a device is used up by the
act it came with. Either is kept with the digest of what was signed (ASVS 6.6.2, 7.5.3).
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain import chain
from app.registry import second_factors
from app.registry.second_factors import Proof, Proven, Site
from app.registry.vaults import Vault
from app.store.statements import Statement
from app.store.tables import Signature

_KEEP: Final = Statement(
    insert(Signature), "at", "user_id", "method", "factor_id", "action", "content", "proof"
)


def content(action: str, facts: Mapping[str, chain.Value]) -> bytes:
    """Return the digest (32 bytes) of an act: what it is, and all it depends on."""
    return chain.digest(chain.canonical({"action": action, "facts": dict(facts)}))


def challenge(session_token: str, signed: bytes) -> bytes:
    """Return what a passkey signs for an act in a session."""
    return hashlib.sha256(b"signing" + session_token.encode() + signed).digest()


def sign(
    session: Session,
    user_id: int,
    action: str,
    signed: bytes,
    proof: Proof,
    *,
    session_token: str,
    site: Site,
    vault: Vault,
    now: datetime,
) -> Proven:
    """Check the proof that came with an act and keep it, in the transaction of the act.

    Raises:
        ProofRequired, CodeWrong, CodeUsed, PasskeyRefused: the act is not done.
    """
    proven = second_factors.prove(
        session,
        user_id,
        proof,
        challenge=challenge(session_token, signed),
        site=site,
        vault=vault,
        now=now,
    )
    kept = {
        "at": now,
        "user_id": user_id,
        "method": proven.method,
        "factor_id": proven.factor_id,
        "action": action,
        "content": signed,
        "proof": proven.assertion,
    }
    _KEEP.run(session.connection(), [kept])
    return proven
