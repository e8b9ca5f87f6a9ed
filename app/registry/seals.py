"""Signatures of registries under Ed25519: one signing key each, public keys of the others."""

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

KEY_BYTES: Final = 32
_NAME_DIGITS: Final = 16


class Seal:
    """Signs with one registry's own key."""

    def __init__(self, seed: str) -> None:
        """Take the key as 32 bytes in hexadecimal digits; ValueError for anything else."""
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        #: What the others check signatures with, 32 bytes.
        self.public = self._key.public_key().public_bytes_raw()
        self.name = name(self.public)

    def sign(self, body: bytes) -> bytes:
        """Return the signature of a body, 64 bytes."""
        return self._key.sign(body)


def name(public: bytes) -> str:
    """Return how messages name the key they are signed under."""
    return hashlib.sha256(public).hexdigest()[:_NAME_DIGITS]


def fits(public: bytes, signature: bytes, body: bytes) -> bool:
    """Tell whether a signature over a body was made with the key behind this public one."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
    except (InvalidSignature, ValueError):
        return False
    return True
