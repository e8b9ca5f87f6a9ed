"""The hash chain: each completed transaction's canonical bytes, sealed over the one before.

Anyone who holds the bodies can recompute every digest with SHA-256 alone. A transaction that has
not completed bears the digest of its own body over nothing, so that a change of it shows too.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

#: The digest before the first transaction.
GENESIS: Final = bytes(32)

Value = None | bool | int | str | date | datetime | list["Value"] | dict[str, "Value"]


def canonical(facts: Mapping[str, Value]) -> bytes:
    """Return JSON in UTF-8 with sorted keys, no spaces, and times in UTC to the microsecond."""
    return json.dumps(
        facts, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def digest(body: bytes, previous: bytes = b"") -> bytes:
    """Return SHA-256 over the previous digest followed by the body (32 bytes)."""
    return hashlib.sha256(previous + body).digest()


def moment(at: datetime) -> str:
    """Return a time as the chain writes it, such as 2026-01-30T00:00:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    assert isinstance(value, date), f"no canonical form for {type(value).__name__}"
    return value.isoformat()
