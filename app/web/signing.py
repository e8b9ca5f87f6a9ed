"""Signing on pages: what a form asks for before an act is done, and the check that it was given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import request
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url

from app.domain.chain import Value
from app.domain.errors import Refusal
from app.registry import sign_in, signing
from app.registry.second_factors import Proof
from app.store import credentials
from app.store.tables.credentials import Method
from app.web import readers
from app.web.readers import reader
from app.web.sessions import database, now, reading

#: More characters than any code has, however it is spaced.
_CODE_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person can prove an act on a page: by code, by passkey, or both."""

    code: bool
    #: What the page's script hands to the browser; nothing without a passkey.
    passkey: str | None
    #: Whether a recovery code will do.
    recovery: bool = False


def asked(action: str, facts: Mapping[str, Value]) -> Ways:
    """Return what a page needs to ask for a fresh second factor for exactly this act."""
    signed = signing.content(action, facts)
    return ways(reader().id, signing.challenge(reader().token, signed))


def ways(user_id: int, challenge: bytes, *, recovery: bool = False) -> Ways:
    """Return how a person can answer a challenge here."""
    factors = credentials.factors(reading().connection(), user_id)
    passkeys = [
        bytes_to_base64url(one.credential_id) for one in factors if one.method is Method.PASSKEY
    ]
    passkey = None
    if passkeys and readers.has_passkeys():
        asked = {
            "challenge": bytes_to_base64url(challenge),
            "rpId": readers.site().host,
            "allowCredentials": [{"type": "public-key", "id": one} for one in passkeys],
            "userVerification": "preferred",
        }
        passkey = json.dumps(asked)
    code = any(one.method is Method.TOTP for one in factors)
    return Ways(code or recovery, passkey, recovery)


def given() -> Proof:
    """Return the proof that came with the request."""
    code = request.form.get("code", "").replace("\0", "")
    return Proof(code[:_CODE_MAX], request.form.get("assertion", ""))


def check(session: Session, action: str, facts: Mapping[str, Value]) -> None:
    """Check the proof that came with an act, in the transaction that does it.

    Raises:
        ProofRequired
        CodeWrong, CodesLocked, CodeUsed, PasskeyRefused: the caller counts them with `refused`.
    """
    person, proof, at = reader(), given(), now()
    connection = session.connection()
    if not proof.assertion:
        sign_in.check_codes_open(connection, person.id, at)
    proven = signing.sign(
        session,
        person.id,
        action,
        signing.content(action, facts),
        proof,
        session_token=person.token,
        site=readers.site(),
        vault=readers.vault(),
        now=at,
    )
    sign_in.code_was_right(connection, person.id, proven)


def refused(refusal: Refusal) -> None:
    """Count a proof that was refused, in a transaction of its own; other refusals pass by."""
    if type(refusal) not in sign_in.COUNTED:
        return
    user, origin, at = reader().id, readers.origin(), now()
    database().write(
        lambda session: sign_in.wrong_code(session, user, refusal, origin=origin, now=at)
    )
