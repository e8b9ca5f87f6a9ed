"""Signing on pages: what is asked for, and what is refused and counted."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes

from app.registry import second_factors, signing, totp
from app.registry.logs import Origin
from app.registry.vaults import Vault
from app.store.tables import SecondFactor, Signature
from app.store.tables.credentials import Method
from app.web.signing import ways
from tests import authenticator
from tests.devices import Phone, newcomer, user
from tests.portal import Portal, error_summary, proposal
from tests.visitors import WHO, outcomes


def with_phone(portal: Portal, login_id: str = WHO) -> Phone:
    """Give somebody a device that shows codes."""
    phone, vault = Phone(totp.new_secret("SHA1")), portal.app.extensions["vault"]
    assert isinstance(vault, Vault)
    now = datetime.now(UTC)

    def write(session: Session) -> None:
        second_factors.add_totp(
            session,
            user(session, login_id),
            {"SHA1": phone.secret},
            phone.code(now),
            name="Phone",
            vault=vault,
            origin=Origin(),
            now=now,
        )

    portal.database.write(write)
    return phone


def signatures(portal: Portal) -> list[Signature]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Signature).order_by(Signature.id)))


def ahead(portal: Portal, minutes: int) -> datetime:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    portal.app.config["CLOCK"] = lambda: moment
    return moment


def test_who_has_a_passkey_is_asked_for_it_and_who_has_a_device_for_a_code(portal: Portal) -> None:
    phone_only = portal.database.write(lambda session: newcomer(session, "hanako"))
    with_phone(portal, "hanako")
    with portal.app.test_request_context("/", base_url="http://localhost"):
        own = ways(portal.world.operator, b"challenge")
        assert own.passkey is not None and not own.code
        asked = json.loads(own.passkey)
        assert base64url_to_bytes(asked["challenge"]) == b"challenge"
        assert asked["rpId"] == "localhost"
        assert len(asked["allowCredentials"]) == 1
        code = ways(phone_only, b"challenge")
        assert code.code and code.passkey is None
        assert ways(portal.world.operator, b"challenge", recovery=True).code
    with portal.app.test_request_context("/", base_url="http://127.0.0.1"):
        assert ways(portal.world.operator, b"challenge").passkey is None


def test_an_act_is_done_with_its_signature_and_not_without(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in(WHO)
    form = proposal(portal)
    answer = client.send("/portal/transfers", **form, code="")
    assert answer.status_code == 422
    assert set(error_summary(answer.text)) == {"code"}
    assert not portal.transactions() and not signatures(portal)
    assert portal.refusals() == ["ProofRequired"]
    assert client.send("/portal/transfers", **form).status_code == 303
    (kept,) = signatures(portal)
    assert (kept.user_id, kept.action) == (portal.world.aoba_proposer, "propose")
    assert kept.method is Method.PASSKEY


def test_a_code_signs_one_act_and_is_used_up_by_it(portal: Portal) -> None:
    portal.issued()
    phone = with_phone(portal)
    code = phone.code(ahead(portal, 1))
    client = portal.sign_in(WHO)
    assert client.send("/portal/transfers", **proposal(portal), code=code).status_code == 303
    again = client.send("/portal/transfers", **proposal(portal, quantity="11"), code=code)
    assert again.status_code == 422
    assert "used already" in error_summary(again.text)["code"]
    assert len(portal.transactions()) == len(signatures(portal)) == 1
    assert outcomes(portal)[-1] == "code_used_again"


def test_a_signature_of_another_act_signs_nothing(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in(WHO)
    form = proposal(portal)
    genuine = client._proof("/portal/transfers", dict(form))
    changed = client.send("/portal/transfers", **form | {"quantity": "11"}, **genuine)
    assert changed.status_code == 422
    assert outcomes(portal)[-1] == "passkey_refused"
    assert not portal.transactions()


def test_a_signature_of_another_session_signs_nothing(portal: Portal) -> None:
    portal.issued()
    one, other = portal.sign_in(WHO), portal.sign_in(WHO)
    form = proposal(portal)
    genuine = one._proof("/portal/transfers", dict(form))
    assert other.send("/portal/transfers", **form, **genuine).status_code == 422
    assert one.send("/portal/transfers", **form, **genuine).status_code == 303


@pytest.mark.parametrize("language", ["en", "ja"])
def test_five_wrong_codes_lock_codes_at_signing_and_not_passkeys(
    portal: Portal, language: str
) -> None:
    portal.issued()
    phone = with_phone(portal)
    moment = ahead(portal, 1)
    client = portal.sign_in(WHO, language)
    form = proposal(portal)
    for _ in range(5):
        assert client.send("/portal/transfers", **form, code="000000").status_code == 422
    assert outcomes(portal)[-1] == "code_locked"
    locked = client.send("/portal/transfers", **form, code=phone.code(moment))
    assert locked.status_code == 422
    assert "15" in error_summary(locked.text)["code"]
    assert not portal.transactions()
    assert client.send("/portal/transfers", **form).status_code == 303


def test_a_right_code_makes_wrong_ones_forgotten(portal: Portal) -> None:
    portal.issued()
    phone = with_phone(portal)
    moment = ahead(portal, 1)
    client = portal.sign_in(WHO)
    for code in (*["000000"] * 4, phone.code(moment)):
        answer = client.send("/portal/transfers", **proposal(portal), code=code)
    assert answer.status_code == 303
    for _ in range(4):
        client.send("/portal/transfers", **proposal(portal), code="000000")
    assert "code_locked" not in outcomes(portal)


def test_what_is_refused_for_another_reason_uses_no_code_up(portal: Portal) -> None:
    phone = with_phone(portal)
    code = phone.code(ahead(portal, 1))
    client = portal.sign_in(WHO)
    answer = client.send("/portal/transfers", **proposal(portal), code=code)
    assert set(error_summary(answer.text)) == {"quantity"}
    portal.issued()
    assert client.send("/portal/transfers", **proposal(portal), code=code).status_code == 303


def test_whatever_comes_as_a_signature_is_no_fault(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in(WHO)
    form = proposal(portal)
    for proof in ("{}", "null", "[" * 50_000, '{"id": NaN}', "\0", "x" * 300_000):
        assert client.send("/portal/transfers", **form, assertion=proof).status_code == 422
    assert not portal.transactions()


def test_of_a_passkeys_answer_only_what_was_verified_is_kept(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in(WHO)
    form = proposal(portal)
    answer = json.loads(client._proof("/portal/transfers", dict(form))["assertion"])
    stuffed = json.dumps(answer | {"more": "x" * 1_000, "odd": float("nan")})
    assert client.send("/portal/transfers", **form, assertion=stuffed).status_code == 303
    (kept,) = signatures(portal)
    assert kept.proof is not None
    assert set(kept.proof) == {"id", "response"}


def test_a_kept_signature_can_be_checked_again(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in(WHO)
    form = proposal(portal)
    cookie = client.get_cookie("session_jp")
    assert cookie is not None
    assert client.send("/portal/transfers", **form).status_code == 303
    (kept,) = signatures(portal)
    challenge = signing.challenge(authenticator.token(cookie.value), kept.content)
    said = json.loads(base64url_to_bytes((kept.proof or {})["response"]["clientDataJSON"]))
    assert base64url_to_bytes(said["challenge"]) == challenge
    with portal.database.reading() as session:
        assert session.get_one(SecondFactor, kept.factor_id).user_id == kept.user_id
