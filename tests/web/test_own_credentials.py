"""My password and recovery codes: signed, told of, and shown to nobody twice."""

import re

import pytest
from sqlalchemy import select

from app.registry import throttles
from app.store.tables import AccessEntry, RecoveryCode
from tests import authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, error_summary
from tests.world import PASSWORD

LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])
NEW = "plums and seven quiet harbours"
ADDRESS = "/portal/profile/password"
CODES = "/portal/profile/codes"


@LANGUAGES
def test_a_new_password_needs_the_present_one_and_a_signature(
    portal: Portal, language: str
) -> None:
    other = portal.sign_in("outsider")
    client = portal.sign_in("outsider", language)
    proof = signed(client, ADDRESS)
    for form, field in (
        ({"present_password": "wrong"}, "present_password"),
        ({"present_password": ""}, "present_password"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password_again": "another one altogether"}, "password_again"),
        ({"assertion": ""}, "code"),
    ):
        answer = client.send(ADDRESS, **(typed() | {"assertion": proof} | form))
        if field == "password" and answer.status_code == 422:
            form |= {"password_again": form["password"]}
            answer = client.send(ADDRESS, **(typed() | {"assertion": proof} | form))
        assert answer.status_code == 422
        assert list(error_summary(answer.text)) == [field], form
        assert NEW not in answer.text
    assert other.get("/portal/").status_code == 200
    before = client.get_cookie("session_jp")
    answer = client.send(ADDRESS, **typed(), assertion=proof)
    assert answer.location == "/portal/profile/?done=password"
    assert client.get(answer.location).status_code == 200
    after = client.get_cookie("session_jp")
    assert before and after
    assert authenticator.token(before.value) != authenticator.token(after.value)
    assert other.get("/portal/").status_code == 303
    assert "password_changed" in outcomes(portal)
    assert signs_in(portal, "outsider", NEW)
    assert not signs_in(portal, "outsider", PASSWORD)


def test_the_present_password_is_guessed_no_more_often_than_at_the_door(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    proof = signed(client, ADDRESS)
    for _time in range(throttles.PERSON.failures):
        client.send(ADDRESS, **(typed() | {"present_password": "wrong"}), assertion=proof)
    answer = client.send(ADDRESS, **typed(), assertion=proof)
    assert answer.status_code == 422
    assert list(error_summary(answer.text)) == ["present_password"]
    assert "lock_begun" in outcomes(portal)


@LANGUAGES
def test_ten_new_recovery_codes_are_shown_once_and_void_the_former(
    portal: Portal, language: str
) -> None:
    client = portal.sign_in("outsider", language)
    first = made(client)
    assert len(set(first)) == 10
    again = made(client)
    assert not set(first) & set(again)
    assert again[0] not in client.get(CODES).text
    assert again[0] not in client.get("/portal/profile/").text
    with portal.database.reading() as session:
        good = session.scalars(select(RecoveryCode).where(RecoveryCode.void_at.is_(None))).all()
    assert len(good) == 10
    assert enters(portal, "outsider", again[0])
    assert not enters(portal, "outsider", again[0]), "each is good once"
    assert not enters(portal, "outsider", first[0])
    shown = client.get("/portal/profile/").text
    assert re.search(r"\b9 recovery codes|残りは9個", shown)


def test_recovery_codes_without_a_signature_are_not_made(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    client.get(CODES)
    for proof in ({"code": ""}, {"code": "123456"}, {"assertion": signed(client, ADDRESS)}):
        answer = client.send(CODES, **proof)
        assert answer.status_code == 422
        assert list(error_summary(answer.text)) == ["code"]
    with portal.database.reading() as session:
        assert not session.scalars(select(RecoveryCode)).all()
    assert set(portal.refusals()) == {"ProofRequired", "CodeWrong", "PasskeyRefused"}


# What the tests do


def typed() -> dict[str, str]:
    return {"present_password": PASSWORD, "password": NEW, "password_again": NEW}


def signed(client: PortalClient, address: str) -> str:
    page = client.get(address).text
    return Passkey(login_id="outsider").given(authenticator.asked(page))


def made(client: PortalClient) -> list[str]:
    answer = client.send(CODES, assertion=signed(client, CODES))
    assert answer.status_code == 200
    return re.findall(r'<code class="serial">([-A-Z0-9]+)</code>', answer.text)


def signs_in(portal: Portal, login_id: str, password: str) -> bool:
    visitor = portal.visitor()
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", login_id=login_id, password=password)
    return answer.status_code == 303


def enters(portal: Portal, login_id: str, code: str) -> bool:
    visitor = portal.visitor()
    visitor.get("/sign-in")
    visitor.send("/sign-in", login_id=login_id, password=PASSWORD)
    visitor.get("/sign-in/code")
    return visitor.send("/sign-in/code", code=code).status_code == 303


def outcomes(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return list(session.scalars(select(AccessEntry.outcome).order_by(AccessEntry.id)))
