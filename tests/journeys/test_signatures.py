"""Signatures: nothing moves and nobody changes without one, and each is good for its own act."""

import re
from typing import Final

import click
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import create_app
from app.config import Config
from app.store import people
from app.store.tables import LogEntry, Request, Signature, Transaction, User
from app.web.request_fields import FORMS as REQUEST_FORMS
from tests import authenticator, databases, world
from tests.authenticator import Passkey
from tests.journeys.matrix import PEOPLE
from tests.portal import Portal, PortalClient, number, proposal

_TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')


def unsigned(client: PortalClient, address: str, **fields: str) -> int:
    """Send a form without any proof."""
    return client.send(address, code="", **fields).status_code


def counts(portal: Portal) -> list[int]:
    """Return how much of what signatures are for there is."""
    with portal.database.reading() as session:
        tables = (Transaction, Request, Signature, User)
        return [session.scalars(select(func.count()).select_from(one)).one() for one in tables]


def statuses(portal: Portal) -> list[str]:
    return [str(made.status) for made in portal.transactions()]


def test_nothing_moves_and_nobody_changes_without_a_signature(portal: Portal) -> None:
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    made = number(client.send("/portal/transfers", **proposal(portal)))
    before = counts(portal)
    assert unsigned(client, "/portal/transfers", **proposal(portal)) == 422
    approver = portal.sign_in("aoba-approver")
    assert unsigned(approver, f"/portal/transactions/{made}/approval") == 422
    with portal.database.reading() as session:
        colleague = people.by_login_id(session, "aoba-approver")
        assert colleague is not None
        person = str(colleague.id)
    asked = {"person": person, "account": portal.world.aoba, "right": "both", "key": world.key()}
    assert unsigned(client, "/portal/requests/change-right", **asked) == 422
    admin = portal.sign_in("operator")
    asked = {"person": person, "delivery": "link", "key": world.key()}
    assert unsigned(admin, "/portal/requests/initialise-password", **asked) == 422
    assert counts(portal) == before
    assert statuses(portal) == ["proposed"]


def test_a_signature_is_good_for_its_own_act_alone(portal: Portal) -> None:
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    cookie = client.get_cookie("session_jp")
    assert cookie is not None
    token = authenticator.token(cookie.value)
    passkey = Passkey(login_id="aoba-proposer")
    form = proposal(portal, quantity="5")
    signed = passkey.given(authenticator.proposal(token, "transfers", form))
    for otherwise in (
        form | {"quantity": "50"},
        form | {"target": portal.world.outside},
        form | {"key": world.key()},
        form | {"remark": "changed"},
    ):
        answer = client.send("/portal/transfers", assertion=signed, **otherwise)
        assert answer.status_code == 422
    stranger = passkey.given(authenticator.proposal("another session", "transfers", form))
    assert client.send("/portal/transfers", assertion=stranger, **form).status_code == 422
    another = Passkey(login_id="aoba-approver")
    forged = another.given(authenticator.proposal(token, "transfers", form))
    assert client.send("/portal/transfers", assertion=forged, **form).status_code == 422
    assert portal.transactions() == []


def test_a_signed_proposal_sent_twice_is_made_once_and_signed_once(portal: Portal) -> None:
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    form = proposal(portal, quantity="5")
    first, second = (client.send("/portal/transfers", **form) for _ in range(2))
    assert number(first) == number(second)
    with portal.database.reading() as session:
        kept = session.scalars(select(Signature).where(Signature.action == "propose")).all()
    assert len(kept) == 1
    assert kept[0].proof is not None


def test_other_serials_than_those_shown_are_not_moved(portal: Portal) -> None:
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    form = proposal(portal, quantity="5")
    shown = client.send("/portal/transfers/check", **form)
    digest = re.search(r'name="shown" value="(\w+)"', shown.text)
    assert digest is not None
    # A colleague is quicker, and takes the serial numbers that were shown.
    number(portal.sign_in("aoba-proposer").send("/portal/transfers", **proposal(portal)))
    answer = client.send("/portal/transfers", shown=digest[1], **form)
    assert answer.status_code == 409
    assert "JP-MN-MN003-2019-11-15" in answer.text
    assert len(portal.transactions()) == 1


@pytest.mark.parametrize("who", PEOPLE)
def test_no_form_and_no_command_lets_anyone_set_anothers_password(portal: Portal, who: str) -> None:
    fields = {name for form in REQUEST_FORMS.values() for name in form.fields}
    assert not [name for name in fields if "password" in name]
    parameters = {
        parameter.name
        for command in commands(portal)
        for parameter in command.params
        if parameter.name
    }
    assert not [name for name in parameters if "password" in name]
    if PEOPLE[who] in {"aoba-reader", "aoba-drafter"}:
        return
    client = portal.sign_in(PEOPLE[who])
    before = password_of(portal, "kaede-proposer")
    for address in ("/portal/profile/password", "/portal/requests/initialise-password"):
        sent = {"login_id": "kaede-proposer", "person": "6", "password": "chosen by another person"}
        client.send(address, present_password=world.PASSWORD, **sent)
    assert password_of(portal, "kaede-proposer") == before


def commands(portal: Portal) -> list[click.Command]:
    found: list[click.Command] = []
    waiting: list[click.Command] = list(portal.app.cli.commands.values())
    while waiting:
        command = waiting.pop()
        found.append(command)
        if isinstance(command, click.Group):
            waiting += command.commands.values()
    return found


def password_of(portal: Portal, login_id: str) -> str | None:
    with portal.database.reading() as session:
        person = people.by_login_id(session, login_id)
        assert person is not None
        return person.password_hash


#: Hiding the notice on cookies, and figures to calculate with: neither changes anything here, and
#: a token would bring a cookie along.
#: Other registries sign each message instead.
WITHOUT_TOKEN = {"about.hide_cookie_notice", "adjustments.upload", "exchange.hear"}


def test_every_form_needs_its_token(portal: Portal) -> None:
    client = portal.sign_in("operator")
    for rule in portal.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in WITHOUT_TOKEN:
            continue
        address = re.sub(r"<any\('?(\w[\w-]*)[^>]*>", r"\1", rule.rule)
        address = re.sub(r"<[^>]*>", "1", address)
        answer = FlaskClient.open(client, address, method="POST", data={})
        assert answer.status_code == 400, address


def test_behind_tls_cookies_are_bound_to_the_host() -> None:
    with databases.fresh_url("sqlite") as url:
        config = Config(database_url=url, secret_key="for tests only", tls=True, testing=True)
        app = create_app(config)
        app.extensions["database"].write(world.build)
        visitor = app.test_client()
        page = visitor.get("/sign-in", base_url="https://localhost").text
        token = _TOKEN.search(page)
        assert token is not None
        sent = {"csrf_token": token[1], "login_id": "aoba-proposer", "password": world.PASSWORD}
        headers = {"Referer": "https://localhost/sign-in"}
        answer = visitor.post("/sign-in", data=sent, base_url="https://localhost", headers=headers)
        where = answer.location
        page = visitor.get(where, base_url="https://localhost").text
        proof = Passkey("https://localhost", "aoba-proposer").given(authenticator.asked(page))
        token = _TOKEN.search(page)
        assert token is not None
        sent = {"csrf_token": token[1], "assertion": proof}
        answer = visitor.post(
            "/sign-in/code", data=sent, base_url="https://localhost", headers=headers
        )
        assert answer.status_code == 303
        cookies = answer.headers.getlist("Set-Cookie")
        app.extensions["database"].close()
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith(("__Host-session_jp=", "__Host-device_jp="))
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie


def test_what_is_refused_unsigned_stands_in_the_log(portal: Portal) -> None:
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    unsigned(client, "/portal/transfers", **proposal(portal))
    client.send("/portal/transfers", code="000000", **proposal(portal))
    with portal.database.reading() as session:
        query = select(LogEntry.refusal).where(LogEntry.refusal.is_not(None))
        assert list(session.scalars(query)) == ["ProofRequired", "CodeWrong"]
