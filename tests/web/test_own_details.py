"""What I ask for about myself: two people for a change, and gone at once when I leave."""

import html
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes

from app.domain.people import State
from app.domain.requests import Kind, Status
from app.registry import effects, requests
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.store.tables import Mail, Request, User
from tests import authenticator, world
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, error_summary

LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])
NAMES = {"name_en": "Aoba Proposer", "name_ja": "Aoba Proposer"}
CHECK = "/portal/profile/details/check"
SEND = "/portal/profile/details"
LEAVE = "/portal/profile/deactivation"


@pytest.fixture(autouse=True)
def addressed(portal: Portal) -> None:
    change(portal, "aoba-proposer", email="aoba@example.com")
    change(portal, "outsider", email="outsider@example.com")


# Another name or address


@LANGUAGES
def test_o11_an_address_that_cannot_be_is_refused_at_its_field(
    portal: Portal, language: str
) -> None:
    client = portal.sign_in("aoba-proposer", language)
    client.get("/portal/profile/details/new")
    said = {}
    for email, again, field in (
        ("new@example.com", "now@example.com", "email_again"),
        ("new@example.com", "", "email_again"),
        ("new", "new", "email"),
        ("a" * 250 + "@example.com", "a" * 250 + "@example.com", "email"),
        ("AOBA@example.com", "AOBA@example.com", "email"),
        ("outsider@example.com", "outsider@example.com", "email"),
    ):
        form = NAMES | {"email": email, "email_again": again, "comment": "why", "key": world.key()}
        for address in (CHECK, SEND):
            answer = client.send(address, **form, code="000000")
            assert answer.status_code == 422, email
            found = error_summary(answer.text)
            if list(found) == ["code"]:
                continue
            assert list(found) == [field], (email, found)
            assert f'value="{form["key"]}"' in answer.text
            assert "why</textarea>" in answer.text
            said[email] = found[field]
    assert said["outsider@example.com"] == said["AOBA@example.com"], "which is not said"
    assert not asked(portal)
    assert {"EmailsDiffer", "NotAnEmail", "TooLong", "EmailRefused"} <= set(portal.refusals())


@LANGUAGES
def test_o14_values_change_only_after_approval_and_the_check_shows_old_and_new(
    portal: Portal, language: str
) -> None:
    client = portal.sign_in("aoba-proposer", language)
    form = new_address() | {"name_en": "Aoba Renamed"}
    shown = checked(client, form)
    for value in ("Aoba Proposer", "Aoba Renamed", "aoba@example.com", "new@example.com"):
        assert value in shown
    assert "Aoba Proposer</td>" in shown
    answer = client.send(SEND, **form, assertion=signed(shown))
    assert answer.location == "/portal/profile/?done=email"
    text = client.get(answer.location).text
    assert "Aoba Renamed" not in text
    (request,) = asked(portal)
    assert request.kind is Kind.CHANGE_DETAILS
    assert [mail.address for mail in mails(portal)] == ["new@example.com"]
    approve(portal, request.id, confirm=True)
    text = client.get("/portal/profile/").text
    assert "Aoba Renamed" in text
    assert "new@example.com" in text


def test_a_change_without_a_signature_is_not_asked_for(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    form = new_address()
    shown = checked(client, form)
    for proof in (
        {"code": ""},
        {"code": "123456"},
        {"assertion": Passkey(login_id="aoba-approver").given(authenticator.asked(shown))},
    ):
        answer = client.send(SEND, **form, **proof)
        assert answer.status_code == 422
        assert list(error_summary(answer.text)) == ["code"]
    other = form | {"email": "elsewhere@example.com", "email_again": "elsewhere@example.com"}
    assert client.send(SEND, **other, assertion=signed(shown)).status_code == 422
    assert not asked(portal)
    assert client.send(SEND, **form, assertion=signed(shown)).status_code == 303


def test_a_change_sent_twice_is_asked_for_once(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    form = new_address()
    proof = signed(checked(client, form))
    for _time in range(2):
        assert client.send(SEND, **form, assertion=proof).status_code == 303
    assert len(asked(portal)) == 1
    again = client.send(CHECK, **(form | {"key": world.key()}), code="")
    assert again.status_code == 409
    assert "waiting for a decision already" in again.text


def test_what_was_typed_is_kept_on_the_way_back_and_through_sign_in(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    form = new_address() | {"comment": "moved <house>"}
    shown = client.send("/portal/profile/details/new", **form, code="").text
    for address in (CHECK, SEND):
        resumed = client.send(address, **form, code="", resumed="yes")
        assert resumed.status_code == 200
        for text in (shown, resumed.text):
            assert 'value="new@example.com"' in text
            assert "moved &lt;house&gt;</textarea>" in text
    assert not asked(portal)
    assert client.get(CHECK).location == "/portal/profile/details/new"


def test_nothing_changed_is_nothing_asked(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    client.get("/portal/profile/details/new")
    form = new_address() | {"email": "", "email_again": ""}
    answer = client.send(CHECK, **form, code="")
    assert answer.status_code == 422
    assert error_summary(answer.text) == {"": "Nothing was changed."}


# To be deactivated


@LANGUAGES
@pytest.mark.parametrize("login_id", ["operator", "outsider-third"])
def test_o12_a_person_of_any_role_leaves_by_two_steps(
    portal: Portal, language: str, login_id: str
) -> None:
    if login_id == "outsider-third":
        portal.database.write(lambda session: world.person(session, login_id))
    client = portal.sign_in(login_id, language)
    shown = client.get(LEAVE).text
    form = {"key": hidden(shown, "key"), "comment": "retiring"}
    unsigned = client.send(LEAVE, **form, code="")
    assert unsigned.status_code == 422
    assert "retiring</textarea>" in unsigned.text
    answer = client.send(LEAVE, **form, assertion=signed(shown))
    assert answer.status_code == 200
    assert "R-000001" in answer.text
    cookie = client.get_cookie("session_jp")
    assert cookie is None or not authenticator.token(cookie.value)
    assert client.get("/portal/").status_code == 303
    assert state(portal, login_id) is State.DEACTIVATION_PENDING
    assert refused_at_the_door(portal, login_id)
    approve(portal, asked(portal)[0].id)
    assert state(portal, login_id) is State.DEACTIVATED
    assert refused_at_the_door(portal, login_id)


def test_the_last_two_persons_of_an_account_cannot_leave_it(portal: Portal) -> None:
    client = portal.sign_in("aoba-approver")
    shown = client.get(LEAVE)
    assert "at least two representatives" in shown.text
    assert '<form method="post" action="/portal/profile/deactivation"' not in shown.text
    answer = client.send(LEAVE, key=world.key(), comment="", code="")
    assert answer.status_code == 422
    assert state(portal, "aoba-approver") is State.ACTIVE


# What the tests do


def new_address() -> dict[str, str]:
    return NAMES | {
        "email": "new@example.com",
        "email_again": "new@example.com",
        "comment": "",
        "key": world.key(),
    }


def checked(client: PortalClient, form: dict[str, str]) -> str:
    client.get("/portal/profile/details/new")
    answer = client.send(CHECK, **form, code="")
    assert answer.status_code == 200, answer.text
    return answer.text


def signed(page: str) -> str:
    """Return the answer of the passkey that a page asks for."""
    asked_for = json.loads(html.unescape(page.partition('data-passkey-get="')[2].partition('"')[0]))
    (allowed,) = asked_for["allowCredentials"]
    login_id = base64url_to_bytes(allowed["id"]).decode().removeprefix("passkey of ")
    return Passkey(login_id=login_id).given(authenticator.asked(page))


def hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def change(portal: Portal, login_id: str, **values: object) -> None:
    def write(session: Session) -> None:
        user = session.scalars(select(User).where(User.login_id == login_id)).one()
        for name, value in values.items():
            setattr(user, name, value)
        session.flush()

    portal.database.write(write)


def asked(portal: Portal) -> list[Request]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Request).order_by(Request.id)))


def mails(portal: Portal) -> list[Mail]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Mail).where(Mail.sealed.is_not(None))))


def state(portal: Portal, login_id: str) -> State:
    with portal.database.reading() as session:
        return session.scalars(select(User.state).where(User.login_id == login_id)).one()


def approve(portal: Portal, request_id: int, *, confirm: bool = False) -> None:
    def decide(session: Session) -> None:
        assert session.get_one(Request, request_id).status is Status.WAITING
        if confirm:
            effects.confirm_email(session, request_id)
        requests.approve(
            session,
            request_id,
            actor=portal.world.approver,
            setting=Setting("JP", portal.app.extensions["vault"], Origin()),
            now=datetime.now(UTC),
        )

    portal.database.write(decide)


def refused_at_the_door(portal: Portal, login_id: str) -> bool:
    visitor = portal.visitor()
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", login_id=login_id, password=world.PASSWORD)
    return answer.status_code == 422
