"""The second step of signing in: setting up a second factor the first time, then giving it."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from app.web import readers
from tests import authenticator
from tests.authenticator import Passkey
from tests.devices import phones
from tests.portal import Portal, error_summary
from tests.visitors import WHO, add, hidden, outcomes, typed

# The first time


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256"])
def test_o04_no_page_opens_before_a_second_factor_is_set_up(
    portal: Portal, language: str, algorithm: str
) -> None:
    add(portal, "hanako")
    visitor = portal.visitor(language)
    assert typed(visitor, "hanako").location == "/sign-in/setup"
    for page in ("/portal/", "/portal/accounts", "/portal/profile/"):
        assert visitor.get(page).location.startswith("/sign-in?next=")
    shown = visitor.get("/sign-in/setup").text
    assert shown.count("<svg") == 2
    phone = phones(shown)[algorithm]
    wrong = visitor.send("/sign-in/setup", secret=hidden(shown, "secret"), code="000000")
    assert wrong.status_code == 422
    assert set(error_summary(wrong.text)) == {"code"}
    assert phones(wrong.text)[algorithm] == phone, "the key that was shown is shown again"
    code = phone.code(datetime.now(UTC))
    made = visitor.send("/sign-in/setup", secret=hidden(wrong.text, "secret"), code=code)
    assert made.status_code == 200
    assert ">hanako<" in made.text
    assert len(re.findall(r'<code class="serial">[A-Z2-9-]{19}</code>', made.text)) == 10
    assert visitor.get("/portal/").status_code == 200
    assert outcomes(portal)[-3:] == ["second_factor_added", "recovery_codes_made", "signed_in"]


def test_o04_a_passkey_can_be_the_first_second_factor(portal: Portal) -> None:
    add(portal, "hanako")
    visitor = portal.visitor()
    shown = visitor.get(typed(visitor, "hanako").location).text
    challenge = authenticator.offered(shown)
    visitor.send(
        "/sign-in/setup", method="passkey", passkey=Passkey(login_id="hanako").made(challenge)
    )
    assert visitor.get("/portal/").status_code == 200
    assert portal.sign_in("hanako").get("/portal/").status_code == 200


def test_o04_what_was_set_up_twice_or_too_late_is_not_set_up(portal: Portal) -> None:
    add(portal, "hanako")
    visitor, second = portal.visitor(), portal.visitor()
    for client in (visitor, second):
        shown = client.get(typed(client, "hanako").location).text
    phone, secret = phones(shown)["SHA1"], hidden(shown, "secret")
    code = phone.code(datetime.now(UTC))
    first = visitor.get("/sign-in/setup").text
    own = {"secret": hidden(first, "secret"), "code": phones(first)["SHA1"].code(datetime.now(UTC))}
    assert visitor.send("/sign-in/setup", **own).status_code == 200
    again = visitor.send("/sign-in/setup", **own)
    assert (again.status_code, again.location) == (303, "/portal/")
    # A second half session was open: by now the account has a factor, and asks for it.
    late = second.send("/sign-in/setup", secret=secret, code=code)
    assert late.location == "/sign-in/code"
    assert second.get("/portal/").status_code == 303


def test_o04_of_two_who_set_up_at_the_same_time_one_gets_in(portal: Portal) -> None:
    """Who has the password alone adds no factor of their own beside the person's."""
    add(portal, "hanako")
    forms = {}
    visitor, slow = portal.visitor(), portal.visitor()
    for client in (visitor, slow):
        shown = client.get(typed(client, "hanako").location).text
        code = phones(shown)["SHA1"].code(datetime.now(UTC))
        forms[client] = {"secret": hidden(shown, "secret"), "code": code}
    cookie = slow.get_cookie("session_jp")
    assert cookie is not None
    with portal.app.test_request_context(
        "/sign-in/setup",
        method="POST",
        data={"csrf_token": slow.token, **forms[slow]},
        headers={"Cookie": f"session_jp={cookie.value}"},
    ):
        # This one has begun to read when the other is answered.
        assert readers.half() is not None
        with ThreadPoolExecutor(1) as elsewhere:
            first = elsewhere.submit(visitor.send, "/sign-in/setup", **forms[visitor])
            assert first.result().status_code == 200
        answer = portal.app.dispatch_request()
    assert answer.status_code == 422
    assert outcomes(portal).count("second_factor_added") == 1


def test_nobody_sets_up_with_a_key_of_the_own_making(portal: Portal) -> None:
    add(portal, "hanako")
    add(portal, "taro")
    hanako, taro = portal.visitor(), portal.visitor()
    shown = taro.get(typed(taro, "taro").location).text
    typed(hanako, "hanako")
    code = phones(shown)["SHA1"].code(datetime.now(UTC))
    for secret in (hidden(shown, "secret"), "", "JBSWY3DPEHPK3PXP", "zz", "00" * 40):
        answer = hanako.send("/sign-in/setup", secret=secret, code=code)
        assert answer.status_code == 422


# The second factor


def test_a_code_lets_in_once(portal: Portal) -> None:
    add(portal, "hanako")
    visitor = portal.visitor()
    shown = visitor.get(typed(visitor, "hanako").location).text
    phone = phones(shown)["SHA256"]
    moment = datetime.now(UTC)
    portal.app.config["CLOCK"] = lambda: moment
    visitor.send("/sign-in/setup", secret=hidden(shown, "secret"), code=phone.code(moment))
    moment += timedelta(minutes=1)
    for client, status, left in ((portal.visitor(), 303, None), (portal.visitor(), 422, "used")):
        typed(client, "hanako")
        answer = client.send("/sign-in/code", code=phone.code(moment))
        assert answer.status_code == status
        assert left is None or left in error_summary(answer.text)["code"]


def test_a_wrong_code_is_counted_and_five_lock_codes(portal: Portal) -> None:
    add(portal, "hanako")
    visitor = portal.visitor()
    shown = visitor.get(typed(visitor, "hanako").location).text
    code = phones(shown)["SHA1"].code(datetime.now(UTC))
    visitor.send("/sign-in/setup", secret=hidden(shown, "secret"), code=code)
    client = portal.visitor()
    typed(client, "hanako")
    assert client.send("/sign-in/code", code="").status_code == 422
    for _ in range(5):
        assert client.send("/sign-in/code", code="123456").status_code == 422
    answer = client.send("/sign-in/code", code="123456")
    assert "Codes are accepted again in 15 minutes" in error_summary(answer.text)["code"]
    said = outcomes(portal)
    assert (said.count("code_wrong"), said.count("code_locked"), said[-1]) == (5, 1, "locked")


def test_a_recovery_code_lets_in_in_place_of_the_device(portal: Portal) -> None:
    add(portal, "hanako")
    visitor = portal.visitor()
    shown = visitor.get(typed(visitor, "hanako").location).text
    code = phones(shown)["SHA1"].code(datetime.now(UTC))
    made = visitor.send("/sign-in/setup", secret=hidden(shown, "secret"), code=code)
    recovery = re.findall(r'<code class="serial">([A-Z2-9-]{19})</code>', made.text)[0]
    for status in (303, 422):
        client = portal.visitor()
        typed(client, "hanako")
        assert client.send("/sign-in/code", code=recovery.lower()).status_code == status


def test_the_half_session_lasts_ten_minutes(portal: Portal) -> None:
    moment = datetime.now(UTC)
    portal.app.config["CLOCK"] = lambda: moment
    visitor = portal.visitor()
    typed(visitor)
    asked = authenticator.asked(visitor.get("/sign-in/code").text)
    moment += timedelta(minutes=10)
    late = visitor.send("/sign-in/code", assertion=Passkey(login_id=WHO).given(asked))
    assert late.status_code == 401
    assert visitor.get("/sign-in/code").location == "/sign-in"
    assert visitor.get("/sign-in/setup").location == "/sign-in"


def test_an_answer_of_one_half_session_opens_no_other(portal: Portal) -> None:
    one, other = portal.visitor(), portal.visitor()
    typed(one)
    typed(other)
    asked = authenticator.asked(one.get("/sign-in/code").text)
    proof = Passkey(login_id=WHO).given(asked)
    assert other.send("/sign-in/code", assertion=proof).status_code == 422
    assert one.send("/sign-in/code", assertion=proof).status_code == 303


def test_whatever_comes_as_a_second_factor_is_no_fault(portal: Portal) -> None:
    visitor = portal.visitor()
    typed(visitor)
    for field in ("code", "assertion"):
        for sent in ("\0", "x" * 300_000, "[" * 50_000, "{}", "🙂" * 200, "null", "٣" * 6):
            assert visitor.send("/sign-in/code", **{field: sent}).status_code == 422
