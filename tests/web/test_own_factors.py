"""My second factors: a new one only after an old one, and never none."""

import hashlib
import html
import json
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from webauthn.helpers import base64url_to_bytes

from app.registry import signing
from app.registry.totp import ALGORITHMS
from app.store.tables import AccessEntry, SecondFactor
from tests import authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, error_summary

LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])
NEW = "/portal/profile/factors/new"
PROOF = "/portal/profile/factors/proof"


@LANGUAGES
@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256"])
def test_an_authenticator_is_added_after_a_proof_of_the_present_factor(
    portal: Portal, language: str, algorithm: str
) -> None:
    client = portal.sign_in("outsider", language)
    prove(client)
    shown = client.get(NEW).text
    wrong = client.send(NEW, **device(shown, code="000000"))
    assert wrong.status_code == 422
    assert list(error_summary(wrong.text)) == ["code"]
    assert keys(wrong.text) == keys(shown), "the same pictures, as one was scanned already"
    code = totp(shown, algorithm).at(portal.app.config["CLOCK"]())
    answer = client.send(NEW, **device(shown, code=code))
    assert answer.location == "/portal/profile/?done=factor#factors"
    assert "Office phone" in client.get("/portal/profile/").text
    assert client.get(NEW).text.count("data-passkey-get") == 1, "one proof adds one factor"
    assert "second_factor_added" in outcomes(portal)


def test_a_second_passkey_is_added_and_signs_in(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    prove(client)
    shown = client.get(NEW).text
    second = Passkey(login_id="outsider at home")
    made = second.made(creating(shown))
    answer = client.send(NEW, method="passkey", passkey=made, name="At home")
    assert answer.status_code == 303
    assert len(present(portal)) == 2


def test_nothing_is_added_without_a_proof(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    assert 'name="secret"' not in client.get(NEW).text
    assert client.send(PROOF, code="").status_code == 422
    assert client.send(PROOF, code="123456").status_code == 422
    answer = client.send(NEW, method="totp", name="x", secret="", code="1")
    assert answer.location == NEW
    assert len(present(portal)) == 1


def test_a_proof_counts_for_ten_minutes_and_in_its_session(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    prove(client)
    assert 'name="secret"' in client.get(NEW).text
    later = datetime.now(UTC) + timedelta(minutes=10, seconds=1)
    portal.app.config["CLOCK"] = lambda: later
    assert 'name="secret"' not in client.get(NEW).text
    assert client.get(PROOF).location == NEW


@LANGUAGES
def test_a_factor_is_removed_with_a_signature_and_the_last_one_never(
    portal: Portal, language: str
) -> None:
    client = portal.sign_in("outsider", language)
    (only,) = present(portal)
    address = f"/portal/profile/factors/{only.id}/removal"
    shown = client.get(address)
    assert "data-passkey-get" not in shown.text
    proof = Passkey(login_id="outsider")
    prove(client)
    second = Passkey(login_id="outsider at home")
    made = second.made(creating(client.get(NEW).text))
    client.send(NEW, method="passkey", passkey=made, name="At home")
    shown = client.get(address)
    for code in ({"code": ""}, {"assertion": proof.given(b"another act" * 3)}):
        assert client.send(address, **code).status_code == 422
    assert len(present(portal)) == 2
    answer = client.send(address, assertion=second.given(authenticator.asked(shown.text)))
    assert answer.location == "/portal/profile/?done=removed#factors"
    (left,) = present(portal)
    assert left.credential_id == second.credential_id
    assert client.get(address).status_code == 404
    assert "second_factor_removed" in outcomes(portal)


def test_the_last_factor_stays_even_if_its_removal_is_signed(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    (only,) = present(portal)
    address = f"/portal/profile/factors/{only.id}/removal"
    cookie = client.get_cookie("session_jp")
    assert cookie is not None
    signed = signing.content("remove second factor", {"factor": only.id})
    challenge = signing.challenge(authenticator.token(cookie.value), signed)
    client.get("/portal/profile/")
    answer = client.send(address, assertion=Passkey(login_id="outsider").given(challenge))
    assert answer.status_code == 422
    assert list(error_summary(answer.text)) == [""]
    assert len(present(portal)) == 1
    assert portal.refusals() == ["FactorLast"]


def test_anothers_factor_is_as_good_as_none(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    with portal.database.reading() as session:
        others = session.scalars(
            select(SecondFactor.id).where(SecondFactor.user_id != portal.world.outsider).limit(1)
        ).one()
    for factor in (others, 999_999):
        address = f"/portal/profile/factors/{factor}/removal"
        assert client.get(address).status_code == 404
        assert client.send(address, code="123456").status_code == 404


# What the tests do


def prove(client: PortalClient) -> None:
    asked = authenticator.asked(client.get(NEW).text)
    answer = client.send(PROOF, assertion=Passkey(login_id="outsider").given(asked))
    assert answer.location == NEW
    client.get(NEW)


def device(page: str, *, code: str) -> dict[str, str]:
    secret = re.search(r'name="secret" value="([0-9a-f]+)"', page)
    assert secret
    return {"method": "totp", "name": "Office phone", "secret": secret[1], "code": code}


def keys(page: str) -> dict[str, str]:
    """Return the keys of a page by algorithm."""
    found = re.findall(r'<code class="serial"[^>]*>([A-Z2-7 ]+)</code>', page)
    return {
        algorithm: key.replace(" ", "") for algorithm, key in zip(ALGORITHMS, found, strict=True)
    }


def totp(page: str, algorithm: str) -> pyotp.TOTP:
    return pyotp.TOTP(keys(page)[algorithm], digest=getattr(hashlib, algorithm.lower()))


def creating(page: str) -> bytes:
    found = re.search(r'data-passkey-create="([^"]+)"', page)
    assert found, "the page makes no passkey"
    return base64url_to_bytes(json.loads(html.unescape(found[1]))["challenge"])


def present(portal: Portal) -> list[SecondFactor]:
    with portal.database.reading() as session:
        query = select(SecondFactor).where(
            SecondFactor.user_id == portal.world.outsider, SecondFactor.removed_at.is_(None)
        )
        return list(session.scalars(query.order_by(SecondFactor.id)))


def outcomes(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return list(session.scalars(select(AccessEntry.outcome).order_by(AccessEntry.id)))
