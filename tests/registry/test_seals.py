"""Seals: what one registry signed, every other can check, and nobody else could have signed."""

import pytest

from app.registry import seals
from app.registry.seals import Seal

ONE, OTHER = Seal("11" * 32), Seal("22" * 32)
BODY = b'{"content":{},"number":1}'


def test_a_signature_fits_its_body_and_its_key_alone() -> None:
    signature = ONE.sign(BODY)
    assert seals.fits(ONE.public, signature, BODY)
    assert not seals.fits(OTHER.public, signature, BODY)
    for place in range(len(signature)):
        altered = bytearray(signature)
        altered[place] ^= 1
        assert not seals.fits(ONE.public, bytes(altered), BODY)
    for place in range(len(BODY)):
        wrong = bytearray(BODY)
        wrong[place] ^= 1
        assert not seals.fits(ONE.public, signature, bytes(wrong))


def test_what_is_no_signature_or_no_key_fits_nothing() -> None:
    assert not seals.fits(ONE.public, b"", BODY)
    assert not seals.fits(b"short", ONE.sign(BODY), BODY)


def test_keys_are_told_apart_by_their_names() -> None:
    assert ONE.name == seals.name(ONE.public) != OTHER.name
    assert len(ONE.name) == 16


def test_a_key_that_is_none_is_refused() -> None:
    for seed in ("", "11" * 31, "xx" * 32):
        with pytest.raises(ValueError, match=r"\w"):
            Seal(seed)
