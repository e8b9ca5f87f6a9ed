"""What is kept sealed, and secrets."""

import hashlib

import pytest

from app.registry import vaults
from app.registry.vaults import Vault

VAULT = Vault("for tests only")


def test_what_is_sealed_can_be_opened_for_its_purpose() -> None:
    sealed = VAULT.seal(b"a key", "totp:7")
    assert VAULT.open(sealed, "totp:7") == b"a key"
    assert b"a key" not in sealed
    assert Vault("for tests only").open(sealed, "totp:7") == b"a key"


def test_the_same_is_sealed_otherwise_each_time() -> None:
    assert len({VAULT.seal(b"a key", "totp:7") for _ in range(20)}) == 20


@pytest.mark.parametrize("purpose", ["totp:8", "mail", ""])
def test_for_another_purpose_it_stays_closed(purpose: str) -> None:
    assert VAULT.open(VAULT.seal(b"a key", "totp:7"), purpose) is None


def test_with_another_secret_key_it_stays_closed() -> None:
    assert Vault("another secret").open(VAULT.seal(b"a key", "totp:7"), "totp:7") is None


def test_a_changed_or_broken_one_stays_closed() -> None:
    sealed = VAULT.seal(b"a key", "totp:7")
    for place in range(len(sealed)):
        spoilt = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        assert VAULT.open(spoilt, "totp:7") is None
        assert VAULT.open(sealed[:place], "totp:7") is None


def test_a_token_is_fresh_and_has_256_bits() -> None:
    tokens = {vaults.token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(len(token) for token in tokens) * 6 >= 256


def test_of_a_token_its_hash_is_kept() -> None:
    assert vaults.hashed("token") == hashlib.sha256(b"token").digest()
