"""An authenticator in software: a passkey that answers as a browser's would, and what it signs."""

import base64
import hashlib
import html
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

from app.registry import signing
from app.web.orders import FORMS, Typed

#: User present and verified; attested credential data included.
_PRESENT, _ATTESTED = 0x05, 0x40


@dataclass
class Passkey:
    """One passkey for one site."""

    origin: str = "http://localhost"
    login_id: str = ""
    seed: int = 1

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2].partition(":")[0]

    @property
    def credential_id(self) -> bytes:
        return f"passkey of {self.login_id}".encode()

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.seed, ec.SECP256R1())

    @cached_property
    def public_key(self) -> bytes:
        """The public key as the registry keeps it (COSE)."""
        numbers = self._key.public_key().public_numbers()
        return encode_cbor(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )

    def made(self, challenge: bytes) -> str:
        """Return the answer to `navigator.credentials.create`."""
        length = len(self.credential_id).to_bytes(2)
        attested = bytes(16) + length + self.credential_id + self.public_key
        data = self._data(_PRESENT | _ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": bytes_to_base64url(self._said("webauthn.create", challenge)),
                "attestationObject": bytes_to_base64url(attestation),
            }
        )

    def given(self, challenge: bytes) -> str:
        """Return the answer to `navigator.credentials.get`."""
        said, data = self._said("webauthn.get", challenge), self._data(_PRESENT)
        signature = self._key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": bytes_to_base64url(said),
                "authenticatorData": bytes_to_base64url(data),
                "signature": bytes_to_base64url(signature),
                "userHandle": None,
            }
        )

    def _said(self, kind: str, challenge: bytes) -> bytes:
        said = {
            "type": kind,
            "challenge": bytes_to_base64url(challenge),
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        # The count stays 0, as with passkeys that live in several devices.
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + bytes(4)

    def _answer(self, response: dict[str, str | None]) -> str:
        identifier = bytes_to_base64url(self.credential_id)
        return json.dumps(
            {
                "id": identifier,
                "rawId": identifier,
                "type": "public-key",
                "response": response,
            }
        )


# What is to be signed


_ASKED = re.compile(r'data-passkey-get="([^"]+)"')
_OFFERED = re.compile(r'data-passkey-create="([^"]+)"')


def asked(page: str) -> bytes:
    """Return the challenge with which a page asks for a passkey."""
    found = _ASKED.search(page)
    assert found, "the page asks for no passkey"
    return base64url_to_bytes(json.loads(html.unescape(found[1]))["challenge"])


def offered(page: str) -> bytes:
    """Return the challenge with which a page asks for a new passkey."""
    found = _OFFERED.search(page)
    assert found, "the page offers no passkey"
    return base64url_to_bytes(json.loads(html.unescape(found[1]))["challenge"])


def proposal(token: str, word: str, fields: Mapping[str, str]) -> bytes:
    """Return the challenge of a proposal that is posted without a look at the check page."""
    typed = Typed.of(FORMS[word], fields)
    facts = {
        "kind": str(typed.form.kind),
        "values": {**typed.values},
        "key": typed.key,
        "shown": typed.shown,
    }
    return signing.challenge(token, signing.content("propose", facts))


def approval(token: str, number: str, *, quantity: int, source: str, target: str) -> bytes:
    """Return the challenge of the approval of a transfer."""
    facts = {
        "number": number,
        "kind": "transfer",
        "quantity": quantity,
        "source": source,
        "target": target,
        "calendar_year": None,
        "cancelled_for": None,
    }
    return signing.challenge(token, signing.content("approve", facts))


def token(cookie: str) -> str:
    """Return the session's token from the cookie, which is signed but no secret to its owner."""
    packed = cookie.startswith(".")
    body = cookie.lstrip(".").split(".", 1)[0]
    plain = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return str(json.loads(zlib.decompress(plain) if packed else plain).get("_user_id", ""))
