"""Codes of a device (TOTP, RFC 6238): keys, what the picture says, and whose step a code is."""

import hashlib
from datetime import datetime
from typing import Final

import pyotp
from pyotp.utils import strings_equal

from app.domain.text import numerals

#: The values every authenticator knows. A code counts in its own step and in the one after, so it
#: is accepted for 30 seconds at least and 60 at most.
STEP_SECONDS: Final = 30
STEPS_BEHIND: Final = 1
DIGITS: Final = 6
#: SHA-1 is safe inside HMAC, and the one every authenticator knows.
_DIGESTS: Final = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256}
ALGORITHMS: Final = tuple(_DIGESTS)
#: 160 and 256 bits, as long as the hash (RFC 4226, R6).
_SECRET_CHARACTERS: Final = {"SHA1": 32, "SHA256": 52}


def new_secret(algorithm: str) -> str:
    """Return a key for an authenticator, to be shown once as a picture and as text."""
    return pyotp.random_base32(_SECRET_CHARACTERS[algorithm])


def uri(secret: str, algorithm: str, *, login_id: str, issuer: str) -> str:
    """Return what the picture for an authenticator says."""
    return _totp(secret, algorithm).provisioning_uri(name=login_id, issuer_name=issuer)


def step(secret: str, algorithm: str, code: str, now: datetime) -> int | None:
    """Return the step of which this is the code: the present one or the one before."""
    typed = numerals(code).replace(" ", "")
    present = int(now.timestamp()) // STEP_SECONDS
    totp = _totp(secret, algorithm)
    for candidate in range(present, present - STEPS_BEHIND - 1, -1):
        if strings_equal(totp.generate_otp(candidate), typed):
            return candidate
    return None


def _totp(secret: str, algorithm: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, digits=DIGITS, digest=_DIGESTS[algorithm], interval=STEP_SECONDS)
