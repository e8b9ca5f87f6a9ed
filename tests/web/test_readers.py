"""Sessions as readers live in them: how long, in which browser, and out at the next click."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.people import State
from app.domain.roles import Right
from app.registry import accounts, people, sessions
from app.registry.logs import Origin
from app.registry.vaults import hashed
from app.store import accounts as account_questions
from app.store import sessions as questions
from app.web import access, readers
from app.web.sessions import reading
from tests import authenticator
from tests.authenticator import Passkey
from tests.devices import change, user
from tests.portal import Portal, PortalClient, counted
from tests.visitors import WHO

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Clock:
    """The registry's clock, moved by hand."""

    def __init__(self, portal: Portal) -> None:
        self.moment = datetime.now(UTC)
        portal.app.config["CLOCK"] = lambda: self.moment

    def wait(self, time: timedelta) -> None:
        self.moment += time


def is_in(client: PortalClient) -> bool:
    answer = client.get("/portal/")
    return answer.status_code == 200


def test_o03_half_an_hour_is_half_an_hour_to_the_second(portal: Portal) -> None:
    clock = Clock(portal)
    prompt, late = portal.sign_in(WHO), portal.sign_in("outsider")
    clock.wait(30 * MINUTE - SECOND)
    assert is_in(prompt)
    clock.wait(SECOND)
    answer = late.get("/portal/")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/portal/")
    # What the back button shows was asked for again, as no copy is kept.
    assert prompt.get("/portal/").headers["Cache-Control"] == "no-store"
    assert not is_in(late)


def test_o03_every_click_counts_though_the_row_is_written_once_a_minute(portal: Portal) -> None:
    clock = Clock(portal)
    client = portal.sign_in(WHO)
    clock.wait(50 * SECOND)
    assert is_in(client)
    clock.wait(30 * MINUTE - SECOND)
    assert is_in(client)
    for _ in range(3):
        clock.wait(30 * MINUTE - SECOND)
        assert is_in(client)
    clock.wait(30 * MINUTE)
    assert not is_in(client)


def test_a_click_is_written_once_a_minute(portal: Portal) -> None:
    clock = Clock(portal)
    client = portal.sign_in(WHO)
    with counted(portal) as statements:
        client.get("/portal/")
    assert not [one for one in statements if one.startswith("UPDATE sessions")]
    clock.wait(MINUTE)
    with counted(portal) as statements:
        client.get("/portal/")
    assert len([one for one in statements if one.startswith("UPDATE sessions")]) == 1


def test_after_twelve_hours_a_session_ends_whatever_is_done(portal: Portal) -> None:
    clock = Clock(portal)
    client = portal.sign_in(WHO)
    for _ in range(24):
        clock.wait(30 * MINUTE - SECOND)
        assert is_in(client)
    clock.wait(24 * SECOND)
    assert not is_in(client)


def test_an_old_cookie_brings_nothing_back(portal: Portal) -> None:
    clock = Clock(portal)
    client = portal.sign_in(WHO)
    cookie = client.get_cookie("session_jp")
    assert cookie is not None
    client.send("/sign-out")
    client.set_cookie("session_jp", cookie.value)
    assert not is_in(client)
    clock.wait(30 * MINUTE)
    client.set_cookie("session_jp", cookie.value[:-2] + "xx")
    assert not is_in(client)


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DEACTIVATION_PENDING, State.DEACTIVATED])
def test_who_is_stopped_is_out_at_the_next_click(portal: Portal, state: State) -> None:
    client = portal.sign_in(WHO)
    change(portal, WHO, state=state)
    assert not is_in(client)


def test_a_new_password_ends_every_other_session(portal: Portal) -> None:
    client = portal.sign_in(WHO)

    def write(session: Session) -> None:
        people.set_password(
            session, user(session, WHO), "hash", origin=Origin(), now=datetime.now(UTC)
        )

    portal.database.write(write)
    assert not is_in(client)


def test_a_session_that_was_ended_is_out_at_the_next_click(portal: Portal) -> None:
    client = portal.sign_in(WHO)
    portal.database.write(
        lambda session: sessions.end_all(
            session, portal.world.aoba_proposer, because="by the person", now=datetime.now(UTC)
        )
    )
    assert not is_in(client)


def token(client: PortalClient) -> str:
    cookie = client.get_cookie("session_jp")
    assert cookie is not None
    return authenticator.token(cookie.value)


def change_powers(portal: Portal) -> None:
    def write(session: Session) -> None:
        account = account_questions.by_number(session, portal.world.aoba)
        assert account is not None
        rights = {portal.world.aoba_proposer: Right.BOTH, portal.world.aoba_approver: Right.BOTH}
        accounts.appoint(
            session, account, rights, actor=portal.world.operator, now=datetime.now(UTC)
        )

    portal.database.write(write)


def test_after_a_change_of_power_the_next_page_brings_another_token(portal: Portal) -> None:
    client, thief = portal.sign_in(WHO), portal.visitor()
    before = client.get_cookie("session_jp")
    assert before is not None
    old = token(client)
    change_powers(portal)
    assert is_in(client)
    assert token(client) != old
    assert is_in(client)
    thief.set_cookie("session_jp", before.value)
    assert not is_in(thief)


def test_a_page_that_brings_another_token_can_be_signed(portal: Portal) -> None:
    portal.issued()
    proposer = portal.sign_in(WHO)
    form = {"source": portal.world.aoba, "target": portal.world.kaede, "quantity": "10"}
    made = proposer.send("/portal/transfers", **form).location.split("?")[0]
    approver = portal.sign_in("aoba-approver")
    change_powers(portal)
    page = approver.get(f"{made}/approval").text
    proof = Passkey(login_id="aoba-approver").given(authenticator.asked(page))
    assert approver.send(f"{made}/approval", assertion=proof).status_code == 303


def test_of_two_requests_that_come_together_one_renews_and_the_other_keeps_off_the_cookie(
    portal: Portal,
) -> None:
    client = portal.sign_in(WHO)
    cookie = client.get_cookie("session_jp")
    assert cookie is not None
    change_powers(portal)
    headers = {"Cookie": f"session_jp={cookie.value}"}
    browser = client.environ_base
    with portal.app.test_request_context("/portal/", headers=headers, environ_base=browser):
        # This one has begun to read when the other is answered.
        assert questions.of_token(reading(), hashed(token(client)))
        with ThreadPoolExecutor(1) as elsewhere:
            assert elsewhere.submit(is_in, client).result()
        assert access.person() is not None
        answer = portal.app.process_response(portal.app.make_response("slow"))
    assert "Set-Cookie" not in answer.headers
    assert is_in(client)


def test_a_part_of_a_page_and_a_form_renew_nothing(portal: Portal) -> None:
    client = portal.sign_in(WHO)
    old = token(client)
    change_powers(portal)
    client.get("/portal/transactions", headers={"HX-Request": "true", "HX-Target": "results"})
    client.send("/session/extension")
    assert token(client) == old


def test_clicks_keep_the_session_and_static_files_do_not(portal: Portal) -> None:
    client = portal.sign_in(WHO)
    assert "session_jp=" in client.get("/portal/").headers["Set-Cookie"]
    with client.get("/static/app.css") as static:
        assert "Set-Cookie" not in static.headers
        assert "Cookie" not in static.headers.get("Vary", "")


# The warning


def test_a_click_on_stay_goes_on_and_one_that_comes_too_late_says_so(portal: Portal) -> None:
    clock = Clock(portal)
    client = portal.sign_in(WHO)
    clock.wait(29 * MINUTE)
    answer = client.post("/session/extension", headers={"X-CSRFToken": client.token})
    assert (answer.status_code, answer.data) == (204, b"")
    clock.wait(29 * MINUTE)
    assert is_in(client)
    assert client.post("/session/extension").status_code == 400
    clock.wait(30 * MINUTE)
    late = client.post("/session/extension", headers={"X-CSRFToken": client.token})
    assert late.status_code == 401


def test_without_a_script_a_click_on_stay_leads_back(portal: Portal) -> None:
    client = portal.sign_in(WHO)
    answer = client.post(
        "/session/extension?next=/portal/accounts",
        data={"csrf_token": client.token},
        headers={"Sec-Fetch-Mode": "navigate"},
    )
    assert (answer.status_code, answer.location) == (303, "/portal/accounts")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_page_says_when_the_session_ends(portal: Portal, language: str) -> None:
    moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    portal.app.config["CLOCK"] = lambda: moment
    client = portal.sign_in(WHO, language)
    text = client.get("/portal/").text
    assert 'data-ends="2026-11-23T01:30:00+00:00"' in text
    assert 'data-idle="1800" data-limit="43200" data-warning="120"' in text
    noscript = text.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "10:30" in noscript
    dialog = text.partition('<dialog id="session"')[2].partition("</dialog>")[0]
    assert 'role="alertdialog"' in dialog
    assert 'data-extension="/session/extension"' in dialog
    assert 'action="/sign-out"' in dialog
    portal.app.config["CLOCK"] = lambda: moment + timedelta(minutes=20)
    client.get("/portal/")


def test_near_the_limit_the_page_names_the_limit(portal: Portal) -> None:
    clock = Clock(portal)
    begun = clock.moment
    client = portal.sign_in(WHO)
    for _ in range(24):
        clock.wait(29 * MINUTE)
        client.get("/portal/")
    left = 12 * 60 - 24 * 29
    text = client.get("/portal/").text
    assert f'data-limit="{left * 60}"' in text
    assert f'data-ends="{(begun + timedelta(hours=12)).isoformat()}"' in text


# What is known of a request


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537 Chrome/140 Safari/537", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605", "Safari, macOS"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", "Chrome, Android"),
        ("curl/8", "?"),
        ("", "?"),
        ("<script>", "?"),
    ],
)
def test_a_device_is_named_by_browser_and_system(site: Flask, agent: str, device: str) -> None:
    with site.test_request_context("/", headers={"User-Agent": agent}):
        assert readers.device() == device


@pytest.mark.parametrize(
    ("base", "origin", "host", "has_passkeys"),
    [
        ("http://localhost", "http://localhost", "localhost", True),
        ("http://localhost:8000", "http://localhost:8000", "localhost", True),
        ("https://registry.example", "https://registry.example", "registry.example", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", "127.0.0.1", False),
        ("http://[::1]", "http://[::1]", "::1", False),
        ("http://[::1]:8000", "http://[::1]:8000", "::1", False),
    ],
)
def test_a_passkey_is_bound_to_the_address_and_to_a_name(
    site: Flask, base: str, origin: str, host: str, *, has_passkeys: bool
) -> None:
    with site.test_request_context("/", base_url=base):
        found = readers.site()
        assert (found.origin, found.host) == (origin, host)
        assert readers.has_passkeys() is has_passkeys
