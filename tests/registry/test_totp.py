"""Codes of a device, by the vectors of RFC 6238 and the tolerance that the registry states."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app.registry import totp
from tests.devices import Phone

SEEDS = {"SHA1": b"12345678901234567890", "SHA256": b"12345678901234567890123456789012"}
#: RFC 6238, appendix B: the last six of the eight digits.
VECTORS = [
    ("SHA1", 59, "287082"),
    ("SHA256", 59, "119246"),
    ("SHA1", 1_111_111_109, "081804"),
    ("SHA256", 1_111_111_109, "084774"),
    ("SHA1", 1_234_567_890, "005924"),
    ("SHA256", 2_000_000_000, "698825"),
    ("SHA1", 20_000_000_000, "353130"),
]
STEP = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
PHONE = Phone(totp.new_secret("SHA1"))


def counts(code: str, moment: datetime) -> bool:
    return totp.step(PHONE.secret, "SHA1", code, moment) is not None


@pytest.mark.parametrize(("algorithm", "seconds", "code"), VECTORS)
def test_the_codes_are_those_of_the_standard(algorithm: str, seconds: int, code: str) -> None:
    secret = base64.b32encode(SEEDS[algorithm]).decode().rstrip("=")
    moment = datetime.fromtimestamp(seconds, tz=UTC)
    assert totp.step(secret, algorithm, code, moment) == seconds // 30
    assert Phone(secret, algorithm).code(moment) == code
    other = "SHA256" if algorithm == "SHA1" else "SHA1"
    assert totp.step(secret, other, code, moment) is None


@pytest.mark.parametrize(
    ("age", "accepted"), [(0, True), (29, True), (31, True), (59, True), (60, False), (90, False)]
)
def test_o05_a_code_counts_in_its_own_step_and_in_the_next(age: int, *, accepted: bool) -> None:
    shown = PHONE.code(STEP)
    assert counts(shown, STEP + timedelta(seconds=age)) is accepted


def test_o05_a_code_read_at_the_end_of_its_step_is_good_for_half_a_minute_more() -> None:
    shown = PHONE.code(STEP + timedelta(seconds=29))
    assert counts(shown, STEP + timedelta(seconds=29 + 29))
    assert not counts(shown, STEP + timedelta(seconds=29 + 31))


def test_a_code_of_the_future_does_not_count() -> None:
    assert not counts(PHONE.code(STEP), STEP - timedelta(seconds=1))


@pytest.mark.parametrize("typed", ["１２３", "", "12345", "abcdef", "²²²²²²", "0" * 100])
def test_what_is_no_code_does_not_count(typed: str) -> None:
    assert not counts(typed, STEP)


def test_a_code_may_be_typed_with_spaces_and_in_full_width() -> None:
    code = PHONE.code(STEP)
    assert counts(f" {code[:3]} {code[3:]} ", STEP)
    assert counts("".join(chr(ord(digit) + 0xFEE0) for digit in code), STEP)


@pytest.mark.parametrize(("algorithm", "bits"), [("SHA1", 160), ("SHA256", 256)])
def test_a_key_is_fresh_and_as_long_as_the_hash(algorithm: str, bits: int) -> None:
    made = {totp.new_secret(algorithm) for _ in range(5)}
    assert len(made) == 5
    assert all(len(secret) * 5 >= bits for secret in made)


@pytest.mark.parametrize("algorithm", totp.ALGORITHMS)
def test_the_picture_says_whose_key_it_is_and_how_it_counts(algorithm: str) -> None:
    secret = totp.new_secret(algorithm)
    said = urlsplit(totp.uri(secret, algorithm, login_id="JP0000014207", issuer="JCM Registry"))
    assert (said.scheme, said.netloc) == ("otpauth", "totp")
    assert said.path == "/JCM%20Registry:JP0000014207"
    asked = parse_qs(said.query)
    assert asked["secret"] == [secret]
    assert asked.get("algorithm", ["SHA1"]) == [algorithm]
    assert asked.get("digits", ["6"]) == ["6"]
    assert asked.get("period", ["30"]) == ["30"]
