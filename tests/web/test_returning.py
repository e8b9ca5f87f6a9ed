"""Forms that came too late: kept through password and second factor, and shown again."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.web import returning
from tests import authenticator
from tests.authenticator import Passkey
from tests.devices import phones
from tests.portal import Portal, PortalClient, proposal
from tests.visitors import WHO, add, typed
from tests.world import PASSWORD


def fields_of(text: str) -> MultiDict[str, str]:
    """Return the hidden fields of the form on a page."""
    main = text.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    return MultiDict((name, html.unescape(value)) for name, value in found)


def sent(client: PortalClient, page: str, address: str, **more: str) -> tuple[int, str]:
    """Send the form of a page as a browser would, and return the status and what comes."""
    data = fields_of(page)
    for name, value in more.items():
        data[name] = value
    answer = client.post(address, data=data)
    return answer.status_code, answer.text


def proof(page: str, login_id: str = WHO) -> str:
    return Passkey(login_id=login_id).given(authenticator.asked(page))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_form_sent_after_the_end_is_kept_through_both_steps(
    portal: Portal, language: str
) -> None:
    portal.issued()
    client = portal.sign_in(WHO, language)
    later = datetime.now(UTC) + timedelta(minutes=30)
    portal.app.config["CLOCK"] = lambda: later
    form = proposal(portal, quantity="12", remark="agreed <b> & signed", serials="1-12\n")
    late = client.send("/portal/transfers", **form)
    assert late.status_code == 401
    secrets = {"kept_code", "kept_assertion", "kept_csrf_token"}
    assert not secrets & set(fields_of(late.text))
    status, page = sent(client, late.text, "/sign-in", login_id=WHO, password="wrong")
    assert status == 422
    status, page = sent(client, page, "/sign-in", login_id=WHO, password=PASSWORD)
    assert status == 200
    status, page = sent(client, page, "/sign-in/code", code="000000")
    assert status == 422
    status, page = sent(client, page, "/sign-in/code", assertion=proof(page))
    assert status == 200
    assert 'action="/portal/transfers"' in page
    status, shown = sent(client, page, "/portal/transfers")
    assert status == 200
    for value in (portal.world.kaede, "12", form["key"]):
        assert f'value="{value}"' in shown
    assert "agreed &lt;b&gt; &amp; signed</textarea>" in shown
    assert "1-12\n</textarea>" in shown
    assert not portal.transactions()


def test_a_form_is_kept_while_the_first_second_factor_is_set_up(portal: Portal) -> None:
    add(portal, "hanako")
    visitor = portal.visitor()
    visitor.get("/sign-in")
    late = visitor.send("/portal/transfers", quantity="12")
    status, page = sent(visitor, late.text, "/sign-in", login_id="hanako", password=PASSWORD)
    assert status == 200
    code = phones(page)["SHA1"].code(datetime.now(UTC))
    status, page = sent(visitor, page, "/sign-in/setup", code=code)
    assert status == 200
    assert 'action="/portal/transfers"' in page
    assert fields_of(page)["quantity"] == "12"


def test_a_form_sent_with_the_token_of_a_session_before_is_shown_again(portal: Portal) -> None:
    """Signed in again in another window, the person sends the form that was left open."""
    client = portal.sign_in(WHO)
    old = client.token
    client.send("/sign-out")
    answer = typed(client)
    page = client.get(answer.location).text
    assert client.send("/sign-in/code", assertion=proof(page)).status_code == 303
    client.token = old
    again = client.send("/portal/transfers", **proposal(portal, quantity="12"))
    assert again.status_code == 400
    status, shown = sent(client, again.text, "/portal/transfers")
    assert status == 200
    assert 'value="12"' in shown
    assert not portal.transactions()


def test_a_decision_sent_after_the_end_leads_back_to_its_page(portal: Portal) -> None:
    client = portal.sign_in("aoba-approver")
    client.delete_cookie("session_jp")
    late = client.send("/portal/transactions/JP0000000001/approval")
    assert late.status_code == 401
    assert "next=/portal/transactions/JP0000000001/approval" in late.text


@pytest.mark.parametrize(
    "resume",
    [
        "//evil.example/new",
        "https://evil.example/portal/transfers",
        "//portal/transfers",
        "/\\portal/transfers",
        "portal/transfers",
        "/portal/transfers?next=//evil.example",
        "/sign-out",
        "/portal/",
        "",
        "\0",
    ],
)
def test_a_kept_form_leads_to_forms_of_ours_only(portal: Portal, resume: str) -> None:
    visitor = portal.visitor()
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", login_id=WHO, password=PASSWORD, resume=resume)
    assert answer.location == "/sign-in/code"


@pytest.fixture
def small() -> Flask:
    """An app with one form that can be shown again, served under a prefix."""
    app = Flask("small")
    app.config["APPLICATION_ROOT"] = "/registry"
    view = returning.resumable(lambda name="": name)
    app.add_url_rule("/portal/forms/<name>", "form", view, methods=["POST"])
    app.add_url_rule("/portal/acts", "act", lambda: "", methods=["POST"])
    return app


def test_every_field_is_kept_but_secrets(small: Flask) -> None:
    data = MultiDict(
        [
            ("account", "JP-121"),
            ("account", "JP-122"),
            ("country_code", "MN"),
            ("remark", "two\r\nlines"),
            ("code", "123456"),
            ("assertion", "{}"),
            ("passkey", "{}"),
            ("secret", "sealed"),
            ("present_password", "a"),
            ("password", "b"),
            ("csrf_token", "c"),
        ]
    )
    with small.test_request_context("/portal/forms/x", method="POST", data=data):
        kept = returning.late()
    assert kept is not None
    assert kept.fields == (
        ("account", "JP-121"),
        ("account", "JP-122"),
        ("country_code", "MN"),
        ("remark", "two\r\nlines"),
    )


def test_what_was_carried_is_what_was_kept(small: Flask) -> None:
    fields = {"resume": "/portal/forms/x", "kept_code": "1", "kept_a": "2", "b": ""}
    with small.test_request_context("/sign-in", method="POST", data=fields):
        kept = returning.carried()
    assert kept == returning.Kept("/portal/forms/x", (("code", "1"), ("a", "2")))


def test_the_form_goes_to_where_the_registry_is_served(small: Flask) -> None:
    with small.test_request_context(
        "/portal/forms/a b?", method="POST", base_url="http://x/registry"
    ):
        assert returning.Kept("/portal/forms/a b?", ()).address == "/registry/portal/forms/a%20b%3F"


def test_an_act_that_shows_no_form_is_not_kept(small: Flask) -> None:
    with small.test_request_context("/portal/acts", method="POST", data={"a": "1"}):
        assert returning.late() is None
    with small.test_request_context("/portal/nothing", method="POST", data={"a": "1"}):
        assert returning.late() is None


def test_only_what_was_resumed_is_shown_instead_of_done(small: Flask) -> None:
    for data, expected in (({"resumed": "yes"}, True), ({"resumed": "no"}, False), ({}, False)):
        with small.test_request_context("/portal/forms/x", method="POST", data=data):
            assert returning.is_resumed() is expected
