"""Signing in: password, second factor, and out; one answer for every failure."""

import re
import time
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from app.domain.people import State
from app.registry import passwords, throttles
from tests import authenticator
from tests.authenticator import Passkey
from tests.devices import change
from tests.portal import Portal, error_summary
from tests.visitors import outcomes, typed
from tests.world import PASSWORD

WHO = "aoba-proposer"


# The password


def test_the_right_password_leads_to_the_second_factor_and_no_further(portal: Portal) -> None:
    visitor = portal.visitor()
    answer = typed(visitor)
    assert (answer.status_code, answer.location) == (303, "/sign-in/code")
    assert visitor.get("/portal/").location.startswith("/sign-in?next=")
    passkey = Passkey(login_id=WHO).given(authenticator.asked(visitor.get("/sign-in/code").text))
    entered = visitor.send("/sign-in/code", assertion=passkey)
    assert (entered.status_code, entered.location) == (303, "/portal/")
    assert "Welcome, <strong>Aoba Proposer</strong>" in visitor.get("/portal/").text
    assert outcomes(portal) == ["password_accepted", "signed_in"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_o01_o02_every_failure_gets_the_same_answer_and_the_log_its_cause(
    portal: Portal, language: str
) -> None:
    change(portal, "kaede-proposer", state=State.SUSPENDED)
    change(portal, "outsider", state=State.DEACTIVATION_PENDING)
    change(portal, "outsider-colleague", state=State.DEACTIVATED)
    change(portal, "kaede-approver", password_hash=None)
    answers = set()
    for login_id, password in (
        ("nobody", PASSWORD),
        (WHO, "wrong"),
        (WHO, ""),
        ("kaede-proposer", PASSWORD),
        ("outsider", PASSWORD),
        ("outsider-colleague", PASSWORD),
        ("kaede-approver", PASSWORD),
        ("", ""),
        ("", PASSWORD),
        ("no\0body", PASSWORD),
    ):
        visitor = portal.visitor(language)
        answer = typed(visitor, login_id, password)
        assert answer.status_code == 422
        assert PASSWORD not in answer.text
        assert visitor.get("/sign-in/code").status_code == 303
        answers.add(bare(answer.text))
    assert len(answers) == 1
    assert outcomes(portal) == [
        "unknown_login_id",
        "wrong_password",
        "wrong_password",
        "not_active",
        "not_active",
        "not_active",
        "not_active",
        "unknown_login_id",
        "unknown_login_id",
        "unknown_login_id",
    ]


def test_who_is_locked_gets_the_same_answer_to_the_right_password(portal: Portal) -> None:
    wrong = {bare(typed(portal.visitor(), password="wrong").text) for _ in range(5)}
    right = typed(portal.visitor())
    assert right.status_code == 422
    assert {bare(right.text)} == wrong
    assert outcomes(portal)[-1] == "locked"
    later = datetime.now(UTC) + timedelta(minutes=16)
    portal.app.config["CLOCK"] = lambda: later
    assert typed(portal.visitor()).status_code == 303


def test_every_failure_takes_as_long_as_a_wrong_password(portal: Portal) -> None:
    costly = passwords.hash_of(PASSWORD)
    for login_id in (WHO, "kaede-proposer", "outsider"):
        change(portal, login_id, password_hash=costly)
    change(portal, "kaede-proposer", state=State.SUSPENDED)
    for _ in range(5):
        typed(portal.visitor(), "outsider", "wrong")
    visitor = portal.visitor()
    visitor.get("/sign-in")

    def duration(login_id: str) -> float:
        begun = time.perf_counter()
        visitor.send("/sign-in", login_id=login_id, password="wrong")
        return time.perf_counter() - begun

    wrong = min(duration(WHO) for _ in range(4))
    for login_id in ("nobody", "kaede-proposer", "outsider"):
        assert 0.4 < min(duration(login_id) for _ in range(4)) / wrong < 2.5, login_id


def test_an_address_that_guesses_is_told_to_wait_and_nothing_is_compared(portal: Portal) -> None:
    own = portal.sign_in(WHO)
    portal.database.write(
        lambda session: [
            throttles.failed(
                session.connection(), "address:127.0.0.1", throttles.ADDRESS, datetime.now(UTC)
            )
            for _ in range(throttles.ADDRESS.failures)
        ]
    )
    before = outcomes(portal)
    answer = typed(portal.visitor())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "Try again in 5 minutes" in answer.text
    assert outcomes(portal) == before
    assert own.get("/portal/").status_code == 200
    own.send("/sign-out")
    assert typed(own).status_code == 303, "a browser of one's own is asked as ever"
    elsewhere = portal.visitor()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    assert typed(elsewhere).status_code == 303


def test_a_hundred_wrong_sign_ins_from_one_address_hold_up_nobody_else(portal: Portal) -> None:
    """One address gets a few comparisons at a time, then none; pages are served all the while."""
    statuses: list[int] = []

    def guess(number: int) -> None:
        visitor = portal.visitor()
        visitor.environ_base["REMOTE_ADDR"] = "203.0.113.9"
        visitor.get("/sign-in")
        answer = visitor.send("/sign-in", login_id=f"guess-{number}", password="wrong")
        statuses.append(answer.status_code)

    attackers = [Thread(target=guess, args=(number,)) for number in range(100)]
    own = portal.sign_in(WHO)
    for attacker in attackers:
        attacker.start()
    assert own.get("/portal/").status_code == 200
    other = portal.visitor()
    other.environ_base["REMOTE_ADDR"] = "198.51.100.1"
    assert typed(other, "outsider").status_code == 303
    for attacker in attackers:
        attacker.join()
    assert len(statuses) == 100
    assert set(statuses) <= {422, 429, 503}
    assert statuses.count(422) <= throttles.ADDRESS.failures + passwords.SHARE
    assert typed(portal.visitor(), "aoba-approver").status_code == 303


def test_when_too_many_sign_in_at_once_the_page_asks_for_patience(portal: Portal) -> None:
    visitor = portal.visitor("ja")
    visitor.get("/sign-in")
    passwords._rooms["JP"]["192.0.2.1"] = passwords.ROOM
    try:
        answer = visitor.send("/sign-in", login_id=WHO, password=PASSWORD)
    finally:
        del passwords._rooms["JP"]["192.0.2.1"]
    assert answer.status_code == 503
    assert f'value="{WHO}"' in answer.text
    assert error_summary(answer.text)


def test_signing_in_needs_the_token_of_the_page(portal: Portal) -> None:
    visitor = portal.visitor()
    answer = visitor.post("/sign-in", data={"login_id": WHO, "password": PASSWORD})
    assert answer.status_code == 401
    assert f'value="{WHO}"' in answer.text
    assert visitor.get("/portal/").status_code == 303


def test_pasting_a_password_is_not_prevented(portal: Portal) -> None:
    text = portal.visitor().get("/sign-in").text
    assert 'type="password"' in text and 'autocomplete="current-password"' in text
    assert "maxlength" not in text.partition('id="password"')[2].partition(">")[0]


# Inside, on and out


def test_nothing_of_the_session_before_survives(portal: Portal) -> None:
    visitor = portal.visitor()
    visitor.get("/sign-in")
    cookies = [visitor.get_cookie("session_jp")]
    token = visitor.token
    answer = visitor.send("/sign-in", login_id=WHO, password=PASSWORD)
    cookies.append(visitor.get_cookie("session_jp"))
    asked = authenticator.asked(visitor.get(answer.location).text)
    visitor.send("/sign-in/code", assertion=Passkey(login_id=WHO).given(asked))
    cookies.append(visitor.get_cookie("session_jp"))
    assert len({cookie.value for cookie in cookies if cookie}) == 3
    assert all(cookie and cookie.http_only and cookie.same_site == "Lax" for cookie in cookies)
    visitor.token = token
    assert visitor.send("/sign-out").status_code == 400
    assert visitor.get("/portal/").status_code == 200


def test_whoever_signs_in_anew_ends_the_session_before(portal: Portal) -> None:
    client = portal.sign_in(WHO)
    former = client.get_cookie("session_jp")
    assert former is not None
    assert client.send("/sign-in", login_id="outsider", password=PASSWORD).status_code == 303
    thief = portal.visitor()
    thief.set_cookie("session_jp", former.value)
    assert thief.get("/portal/").status_code == 303


def test_a_sign_in_from_a_new_browser_is_told(portal: Portal) -> None:
    first = portal.sign_in(WHO)
    device = first.get_cookie("device_jp")
    assert device is not None and device.http_only and device.same_site == "Lax"
    first.send("/sign-out")
    kept = first.get_cookie("device_jp")
    assert kept is not None and kept.value == device.value
    portal.sign_in(WHO)
    with portal.database.reading() as session:
        kinds = session.connection().exec_driver_sql(
            "SELECT kind FROM notifications WHERE kind = 'new_device'"
        )
        assert len(kinds.all()) == 1


def test_the_sign_in_before_this_one_is_shown_with_its_address_and_failures(
    portal: Portal,
) -> None:
    first = portal.sign_in(WHO)
    assert "This is your first sign-in." in first.get("/portal/").text
    at = datetime(2024, 8, 19, 20, 30, tzinfo=UTC)
    change(portal, WHO, last_sign_in_at=at, last_sign_in_address="192.0.2.7")
    typed(portal.visitor(), password="wrong")
    again = portal.sign_in(WHO).get("/portal/").text
    assert re.search(r"Last login date: <time [^>]+>05:30 20/08/2024</time> \(192.0.2.7\)", again)
    assert "1 failed attempt since" in again
    change(portal, WHO, last_sign_in_at=at)
    japanese = portal.sign_in(WHO, "ja").get("/portal/").text
    assert "2024年8月20日 05:30" in japanese
    assert "失敗" not in japanese


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
        ("javascript:alert(1)", "/portal/"),
        ("", "/portal/"),
    ):
        visitor = portal.visitor()
        visitor.get("/sign-in", query_string={"next": asked})
        sent = visitor.send("/sign-in", login_id="outsider", password=PASSWORD, next=asked)
        assert sent.location.startswith("/sign-in/code")
        shown = visitor.get(sent.location).text
        action = re.search(r'action="(/sign-in/code[^"]*)"', shown)
        assert action
        proof = Passkey(login_id="outsider").given(authenticator.asked(shown))
        for answer in (
            visitor.send(action[1], assertion=proof),
            visitor.get("/sign-in?next=" + asked),
        ):
            assert answer.location == reached if answer.request.method == "POST" else True
            assert answer.location.startswith("/portal/")


def test_a_page_behind_sign_in_is_reached_after_it(portal: Portal) -> None:
    visitor = portal.visitor()
    answer = visitor.get("/portal/transactions?kind=transfer")
    assert answer.status_code == 303
    shown = visitor.get(answer.location)
    assert "Sign in to see the page you asked for." in shown.text
    action = re.search(r'action="(/sign-in[^"]+)"', shown.text)
    assert action
    sent = visitor.send(action[1], login_id="outsider", password=PASSWORD)
    asked = visitor.get(sent.location).text
    action = re.search(r'action="(/sign-in/code[^"]+)"', asked)
    assert action
    proof = Passkey(login_id="outsider").given(authenticator.asked(asked))
    entered = visitor.send(action[1], assertion=proof)
    assert entered.location == "/portal/transactions?kind=transfer"


def test_whoever_is_signed_in_need_not_sign_in_again(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    assert client.get("/sign-in").location == "/portal/"
    assert client.send("/sign-in/code", code="123456").location == "/portal/"


def test_signing_out_ends_the_session_and_is_logged(portal: Portal) -> None:
    client = portal.sign_in(WHO)
    cookie = client.get_cookie("session_jp")
    assert cookie is not None
    assert client.get("/sign-out").status_code == 405
    answer = client.send("/sign-out")
    assert answer.location == "/sign-in?signed_out=yes"
    assert "cache" in answer.headers["Clear-Site-Data"]
    assert "You are signed out." in client.get(answer.location).text
    client.set_cookie("session_jp", cookie.value)
    assert client.get("/portal/").status_code == 303
    assert outcomes(portal)[-1] == "signed_out"


def test_pages_of_sign_in_are_kept_by_nobody(portal: Portal) -> None:
    visitor = portal.visitor()
    assert visitor.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert typed(visitor).headers["Cache-Control"] == "no-store"
    assert visitor.get("/sign-in/code").headers["Cache-Control"] == "no-store"


def bare(text: str) -> str:
    """Return a page without what differs from visit to visit."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", text)
    return re.sub(r'(name="login_id"[^>]*) value="[^"]*"', r"\1", text)
