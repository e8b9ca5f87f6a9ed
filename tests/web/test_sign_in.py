"""Signing in: one answer for every failure, a fresh cookie, and out at the next click."""

import html
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.registry import people
from app.store.tables import AccessEntry, User
from tests.portal import Portal, PortalClient, proposal
from tests.world import PASSWORD

LIFETIME = timedelta(minutes=30)


def test_the_right_password_leads_home(portal: Portal) -> None:
    visitor = portal.visitor()
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", login_id="aoba-proposer", password=PASSWORD)
    assert answer.status_code == 303
    assert answer.location == "/portal/"
    assert "Welcome, <strong>Aoba Proposer</strong>" in visitor.get("/portal/").text


def test_a_login_id_may_be_typed_in_full_width(portal: Portal) -> None:
    visitor = portal.visitor()
    visitor.get("/sign-in")
    typed = " ａｏｂａ－ｐｒｏｐｏｓｅｒ "
    assert visitor.send("/sign-in", login_id=typed, password=PASSWORD).status_code == 303


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_failure_gets_the_same_answer_and_the_log_its_cause(
    portal: Portal, language: str
) -> None:
    change(portal, "kaede-proposer", is_active=False)
    change(portal, "kaede-approver", password_hash=None)
    answers = set()
    for login_id, password in (
        ("nobody", PASSWORD),
        ("aoba-proposer", "wrong"),
        ("aoba-proposer", ""),
        ("kaede-proposer", PASSWORD),
        ("kaede-approver", PASSWORD),
        ("", ""),
        ("no\0body", PASSWORD),
    ):
        visitor = portal.visitor(language)
        visitor.get("/sign-in")
        answer = visitor.send("/sign-in", login_id=login_id, password=password)
        assert answer.status_code == 422
        assert PASSWORD not in answer.text
        answers.add(bare(answer.text))
    assert len(answers) == 1
    assert outcomes(portal) == [
        "unknown login ID",
        "wrong password",
        "wrong password",
        "not active",
        "wrong password",
        "unknown login ID",
        "unknown login ID",
    ]


def test_an_unknown_login_id_takes_as_long_as_a_wrong_password(portal: Portal) -> None:
    def create(session: Session) -> None:
        people.create(
            session,
            "costly",
            name_en="Costly",
            name_ja="Costly",
            password=PASSWORD,
            actor=None,
            now=datetime.now(UTC),
        )

    portal.database.write(create)
    visitor = portal.visitor()
    visitor.get("/sign-in")

    def duration(login_id: str) -> float:
        begun = time.perf_counter()
        visitor.send("/sign-in", login_id=login_id, password="wrong")
        return time.perf_counter() - begun

    known = min(duration("costly") for _ in range(4))
    unknown = min(duration("nobody") for _ in range(4))
    assert 0.4 < unknown / known < 2.5


def test_nothing_of_the_session_before_survives(portal: Portal) -> None:
    visitor = portal.visitor()
    visitor.get("/sign-in")
    before = visitor.get_cookie("session")
    token = visitor.token
    visitor.send("/sign-in", login_id="aoba-proposer", password=PASSWORD)
    after = visitor.get_cookie("session")
    assert before and after and before.value != after.value
    assert after.http_only and after.same_site == "Lax"
    visitor.token = token
    assert visitor.send("/sign-out").status_code == 400
    assert visitor.get("/portal/").status_code == 200


def test_sign_in_leads_back_to_our_own_pages_only(portal: Portal) -> None:
    own = "/portal/transactions?kind=transfer"
    for asked, reached in (
        (own, own),
        ("/portal/", "/portal/"),
        ("/portalx", "/portal/"),
        ("/en/credits", "/portal/"),
        ("//evil.example/portal/", "/portal/"),
        ("https://evil.example/portal/", "/portal/"),
        ("/portal/\\evil.example", "/portal/"),
        ("/portal\t//evil.example", "/portal/"),
        ("\\\\evil.example", "/portal/"),
        ("/portal/\r\nSet-Cookie: a=b", "/portal/"),
        ("", "/portal/"),
    ):
        visitor = portal.visitor()
        visitor.get("/sign-in", query_string={"next": asked})
        answer = visitor.send("/sign-in", login_id="outsider", password=PASSWORD, next=asked)
        assert answer.location == reached, asked


def test_a_page_behind_sign_in_is_reached_after_it(portal: Portal) -> None:
    visitor = portal.visitor()
    answer = visitor.get("/portal/transactions?kind=transfer")
    assert answer.status_code == 303
    shown = visitor.get(answer.location)
    assert "Sign in to see the page you asked for." in shown.text
    action = re.search(r'action="(/sign-in[^"]+)"', shown.text)
    assert action
    sent = visitor.send(action[1], login_id="outsider", password=PASSWORD)
    assert sent.location == "/portal/transactions?kind=transfer"


def test_htmx_is_told_to_load_the_sign_in_page_whole(portal: Portal) -> None:
    answer = portal.visitor().get("/portal/transactions", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in?next=")


def test_whoever_is_signed_in_need_not_sign_in_again(portal: Portal) -> None:
    assert portal.sign_in("outsider").get("/sign-in").location == "/portal/"


def test_the_sign_in_before_this_one_is_shown(portal: Portal) -> None:
    first = portal.sign_in("aoba-proposer")
    assert "This is your first sign-in." in first.get("/portal/").text
    change(portal, "aoba-proposer", last_sign_in_at=datetime(2024, 8, 19, 20, 30, tzinfo=UTC))
    again = portal.sign_in("aoba-proposer").get("/portal/").text
    assert re.search(r"Last login date: <time [^>]+>05:30 20/08/2024</time>", again)
    change(portal, "aoba-proposer", last_sign_in_at=datetime(2024, 8, 19, 20, 30, tzinfo=UTC))
    japanese = portal.sign_in("aoba-proposer", "ja").get("/portal/").text
    assert "2024年8月20日 05:30" in japanese


def test_signing_out_ends_the_session_and_is_logged(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    assert client.get("/sign-out").status_code == 405
    answer = client.send("/sign-out")
    assert answer.location == "/sign-in?signed_out=yes"
    assert "You are signed out." in client.get(answer.location).text
    assert client.get("/portal/").status_code == 303
    assert outcomes(portal)[-1] == "signed out"


def test_a_deactivated_person_is_out_at_the_next_click(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    change(portal, "aoba-proposer", is_active=False)
    assert client.get("/portal/").location.startswith("/sign-in")


def test_a_new_password_ends_every_session(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    change(portal, "aoba-proposer", password_hash="another")
    assert client.get("/portal/").location.startswith("/sign-in")


def test_half_an_hour_without_a_click_ends_the_session(portal: Portal) -> None:
    assert portal.app.permanent_session_lifetime == LIFETIME
    portal.app.permanent_session_lifetime = timedelta(seconds=1)
    client = portal.sign_in("aoba-proposer")
    assert client.get("/portal/").status_code == 200
    time.sleep(2.1)
    assert client.get("/portal/").status_code == 303


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_form_sent_after_the_session_ended_is_kept(portal: Portal, language: str) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer", language)
    client.delete_cookie("session")
    form = proposal(portal, quantity="12", remark="agreed <b> & signed", serials="1-12\n")
    late = client.send("/portal/transfers", **form)
    assert late.status_code == 401
    wrong = client.post("/sign-in", data=fields_of(late.text) | {"password": "wrong"})
    assert wrong.status_code == 422
    sent = fields_of(wrong.text) | {"login_id": "aoba-proposer", "password": PASSWORD}
    again = client.post("/sign-in", data=sent)
    assert again.status_code == 200
    assert 'action="/portal/transfers/new"' in again.text
    shown = client.post("/portal/transfers/new", data=fields_of(again.text))
    for typed in (portal.world.kaede, "12", form["key"]):
        assert f'value="{typed}"' in shown.text
    assert "agreed &lt;b&gt; &amp; signed</textarea>" in shown.text
    assert not portal.transactions()


def test_a_decision_sent_after_the_session_ended_leads_back_to_its_page(portal: Portal) -> None:
    client = portal.sign_in("aoba-approver")
    client.delete_cookie("session")
    late = client.send("/portal/transactions/JP0000000001/approval")
    assert late.status_code == 401
    assert "next=/portal/transactions/JP0000000001/approval" in late.text
    client.delete_cookie("session")
    assert client.send("/sign-out").location == "/sign-in?signed_out=yes"


def test_a_form_kept_at_sign_in_leads_to_forms_only(portal: Portal) -> None:
    for resume in ("/portal/transfers", "//evil.example/new", "https://evil.example/portal/x/new"):
        visitor = portal.visitor()
        visitor.get("/sign-in")
        sent = {"login_id": "outsider", "password": PASSWORD, "resume": resume}
        assert visitor.send("/sign-in", **sent).location == "/portal/"


def test_clicks_keep_the_session_and_static_files_do_not(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    assert "session=" in client.get("/portal/").headers["Set-Cookie"]
    with client.get("/static/app.css") as static:
        assert "Set-Cookie" not in static.headers
        assert "Cookie" not in static.headers.get("Vary", "")


def test_signing_in_needs_the_token_of_the_page(portal: Portal) -> None:
    visitor = portal.visitor()
    fields = {"login_id": "aoba-proposer", "password": PASSWORD}
    answer = visitor.post("/sign-in", data=fields)
    assert answer.status_code == 401
    assert 'value="aoba-proposer"' in answer.text
    assert visitor.get("/portal/").status_code == 303


def test_portal_pages_are_kept_by_nobody(portal: Portal) -> None:
    client: PortalClient = portal.sign_in("aoba-proposer")
    assert client.get("/portal/").headers["Cache-Control"] == "no-store"
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def change(portal: Portal, login_id: str, **values: object) -> None:
    """Change a person as only the registry's own verbs should."""

    def write(session: Session) -> None:
        user = session.scalars(select(User).where(User.login_id == login_id)).one()
        for name, value in values.items():
            setattr(user, name, value)
        session.flush()

    portal.database.write(write)


def outcomes(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return list(session.scalars(select(AccessEntry.outcome).order_by(AccessEntry.id)))


def fields_of(text: str) -> dict[str, str]:
    """Return the hidden fields of the form on a page."""
    main = text.partition("<main")[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    return {name: html.unescape(value) for name, value in found}


def bare(text: str) -> str:
    """Return a page without what differs from visit to visit."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", text)
    return re.sub(r'(name="login_id"[^>]*) value="[^"]*"', r"\1", text)
