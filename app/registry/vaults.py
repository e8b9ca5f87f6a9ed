"""What is kept sealed: keys of authenticators and links not yet sent, under the registry's secret.

AES-256-GCM with a key derived from the secret key (HKDF-SHA-256). A database that is stolen without
the secret gives away no second factor and no link.
"""

import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES: Final = 12
_TOKEN_BYTES: Final = 32


class Vault:
    """Seals and opens with one registry's secret key."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"jcm registry vault").derive(
            secret_key.encode()
        )
        self._cipher = AESGCM(derived)

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """Return what only `open` with the same purpose can read."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes | None:
        """Return what was sealed; None when the secret key or the purpose is another."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, purpose.encode())
        except (InvalidTag, ValueError):
            return None


def token() -> str:
    """Return a fresh secret of 256 bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hashed(secret: str) -> bytes:
    """Return what is kept of a secret with enough chance in it to need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()
