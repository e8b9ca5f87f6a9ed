"""Adding a second factor on a page: what is offered, and what is taken."""

import json
from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from app.domain.people_errors import CodeWrong, PasskeyRefused
from app.store.tables import SecondFactor
from app.store.tables.credentials import Method
from app.web import factors
from app.web.factors import Offer, Typed
from app.web.readers import Reader
from tests.authenticator import Passkey
from tests.devices import Phone, user
from tests.portal import Portal

CHALLENGE = b"what is to be proved"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def asked(portal: Portal) -> Generator[Portal, None, None]:
    """A portal in the middle of a request under a name."""
    portal.app.config["CLOCK"] = lambda: NOW
    with portal.app.test_request_context("/", base_url="http://localhost"):
        yield portal


def reader(portal: Portal, login_id: str = "operator") -> Reader:
    with portal.database.reading() as session:
        found = user(session, login_id)
        return Reader(
            id=found.id,
            login_id=login_id,
            name_en=found.name_en,
            name_ja=found.name_ja,
            role=found.role,
            language="en",
            email=None,
            is_demo=False,
            previous_sign_in_at=None,
            previous_sign_in_address=None,
            failures_before=0,
            session_id=1,
            token="token",
            seen_at=NOW,
            expires_at=NOW,
        )


def offered(portal: Portal, typed: Typed | None = None, login_id: str = "operator") -> Offer:
    return factors.offer(reader(portal, login_id), typed, CHALLENGE)


def add(
    portal: Portal, login_id: str = "operator", **fields: str
) -> tuple[Method, str, str | None]:
    """Add what a form describes; return its kind, name and algorithm."""
    empty = dict.fromkeys(("method", "name", "secret", "code", "passkey"), "")
    typed = Typed(**empty | fields)

    def write(session: Session) -> SecondFactor:
        return factors.add(session, user(session, login_id), typed, CHALLENGE)

    made = portal.database.write(write)
    return made.method, made.name, made.algorithm


def test_a_key_for_each_algorithm_is_offered_as_picture_and_text(asked: Portal) -> None:
    offer = offered(asked)
    assert [key.algorithm for key in offer.keys] == ["SHA1", "SHA256"]
    assert [len(key.secret) for key in offer.keys] == [32, 52]
    for key in offer.keys:
        assert str(key.picture).startswith("<svg")
        assert "style" not in key.picture and "script" not in key.picture
        assert key.secret not in offer.sealed
    assert offered(asked).keys != offer.keys


def test_keys_that_were_shown_are_shown_again_to_the_same_person_alone(asked: Portal) -> None:
    offer = offered(asked)
    typed = Typed("", "Phone", offer.sealed, "000000", "")
    again = offered(asked, typed)
    assert [key.secret for key in again.keys] == [key.secret for key in offer.keys]
    assert again.typed is typed
    other = offered(asked, typed, "approver")
    assert [key.secret for key in other.keys] != [key.secret for key in offer.keys]


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256"])
def test_the_code_tells_which_key_the_device_took(asked: Portal, algorithm: str) -> None:
    offer = offered(asked)
    secret = next(key.secret for key in offer.keys if key.algorithm == algorithm)
    code = Phone(secret, algorithm).code(NOW)
    assert add(asked, secret=offer.sealed, code=code) == (Method.TOTP, "TOTP", algorithm)


@pytest.mark.parametrize("secret", ["", "zz", "00", "00" * 60, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
def test_a_key_that_was_not_offered_is_not_taken(asked: Portal, secret: str) -> None:
    with pytest.raises(CodeWrong) as refused:
        add(asked, secret=secret, code=Phone("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").code(NOW))
    assert refused.value.field == "code"


def test_a_key_offered_to_somebody_else_is_not_taken(asked: Portal) -> None:
    offer = offered(asked, login_id="approver")
    with pytest.raises(CodeWrong):
        add(asked, secret=offer.sealed, code=Phone(offer.keys[0].secret).code(NOW))


def test_a_passkey_is_asked_for_with_what_makes_it_ours(asked: Portal) -> None:
    offer = offered(asked)
    assert offer.passkey is not None
    options = json.loads(offer.passkey)
    assert options["rp"] == {"name": "JCM Registry of Japan", "id": "localhost"}
    assert base64url_to_bytes(options["challenge"]) == CHALLENGE
    assert options["user"]["name"] == "operator"
    known = bytes_to_base64url(Passkey(login_id="operator").credential_id)
    assert [one["id"] for one in options["excludeCredentials"]] == [known]
    assert {-7, -257} <= {one["alg"] for one in options["pubKeyCredParams"]}


def test_under_a_bare_address_no_passkey_is_offered(portal: Portal) -> None:
    with portal.app.test_request_context("/", base_url="http://127.0.0.1:8000"):
        assert offered(portal).passkey is None


def test_a_passkey_is_taken_and_named_after_the_browser(portal: Portal) -> None:
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    made = Passkey(login_id="new").made(CHALLENGE)
    with portal.app.test_request_context("/", base_url="http://localhost", headers=agent):
        kept = add(portal, method="passkey", passkey=made)
        assert kept == (Method.PASSKEY, "Firefox, Windows", None)
        with pytest.raises(PasskeyRefused):
            add(portal, method="passkey", passkey="{}", name="Key")


def test_what_is_typed_is_read_without_what_no_database_keeps(portal: Portal) -> None:
    fields = {"name": "Pho\0ne", "code": "1" * 500, "method": "passkey", "other": "x"}
    with portal.app.test_request_context("/", method="POST", data=fields):
        typed = Typed.of_request()
    assert typed == Typed("passkey", "Phone", "", "1" * 100, "")
