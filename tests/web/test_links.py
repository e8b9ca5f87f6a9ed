"""The pages of links and letters: nothing done by opening them, nothing told at the door."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.people import State
from app.store.tables import Link, Request, SecondFactor, User
from app.store.tables.credentials import Method, Purpose
from app.web import links as pages
from tests import authenticator, world
from tests.authenticator import Passkey
from tests.mailboxes import (
    approve,
    ask_for_address,
    change,
    confirmed,
    creating,
    letter,
    made,
    mailed,
    mails,
    outcomes,
    password_of,
    signed,
    signs_in,
)
from tests.portal import Portal, error_summary

NEW = "plums and seven quiet harbours"
ADDRESS = "aoba@example.com"
LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])


@pytest.fixture(autouse=True)
def addressed(portal: Portal) -> None:
    """Aoba's proposer has a mail address on file."""
    change(portal, "aoba-proposer", email=ADDRESS)


# At the door


@LANGUAGES
def test_the_answer_at_the_door_is_the_same_whether_there_is_such_a_person(
    portal: Portal, language: str
) -> None:
    change(portal, "kaede-proposer", email="kaede@example.com", state=State.SUSPENDED)
    answers = set()
    for login_id in ("aoba-proposer", "nobody", "outsider", "kaede-proposer", "no\0body"):
        for lost in ("password", "emergency"):
            visitor = portal.visitor(language)
            visitor.get("/sign-in/forgotten")
            answer = visitor.send("/sign-in/forgotten", login_id=login_id, lost=lost)
            assert answer.status_code == 303
            shown = visitor.get(answer.location)
            answers.add(re.sub(r'name="csrf_token" value="[^"]+"', "", shown.text))
    assert len(answers) == 1
    assert [mail.address for mail in mails(portal)] == [ADDRESS] * 2


def test_the_answer_at_the_door_takes_the_same_time(portal: Portal) -> None:
    visitor = portal.visitor()
    visitor.get("/sign-in/forgotten")

    def duration(login_id: str) -> float:
        begun = time.perf_counter()
        visitor.send("/sign-in/forgotten", login_id=login_id, lost="password")
        return time.perf_counter() - begun

    known = min(duration("aoba-proposer") for _ in range(3))
    unknown = min(duration("nobody") for _ in range(3))
    assert unknown > pages._ANSWER_SECONDS
    assert abs(known - unknown) < 0.05


def test_what_is_missing_at_the_door_is_said_at_its_field(portal: Portal) -> None:
    visitor = portal.visitor()
    visitor.get("/sign-in/forgotten")
    answer = visitor.send("/sign-in/forgotten", login_id=" ", lost="everything")
    assert answer.status_code == 422
    assert list(error_summary(answer.text)) == ["login_id", "lost"]


def test_an_address_that_asks_too_often_is_told_when_to_come_back(portal: Portal) -> None:
    visitor = portal.visitor()
    for _time in range(30):
        assert visitor.get("/links/no-such-link").status_code == 410
    answer = visitor.get("/links/no-such-link")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    visitor.get("/sign-in/forgotten")
    sent = visitor.send("/sign-in/forgotten", login_id="aoba-proposer", lost="password")
    assert sent.status_code == 429
    assert visitor.send("/sign-in/letter", letter_code="A").status_code == 429
    assert len(outcomes(portal)) == 30, "no more than that is logged"


# A forgotten password


@LANGUAGES
def test_o07_a_forgotten_password_is_replaced_by_link_and_device(
    portal: Portal, language: str
) -> None:
    before = portal.sign_in("aoba-proposer")
    visitor = portal.visitor(language)
    visitor.get("/sign-in/forgotten")
    visitor.send("/sign-in/forgotten", login_id="aoba-proposer", lost="password")
    address = mailed(portal)
    shown = visitor.get(address)
    assert shown.status_code == 200
    done = visitor.send(
        address, password=NEW, password_again=NEW, assertion=signed(shown.text, "aoba-proposer")
    )
    assert done.status_code == 200, done.text
    assert "aoba-proposer" in done.text
    assert before.get("/portal/").status_code == 303, "every session has ended"
    assert visitor.get(address).status_code == 410
    visitor.get("/sign-in")
    dead = visitor.send(address, password=NEW, password_again=NEW)
    assert dead.status_code == 410
    signs_in(portal, "aoba-proposer", NEW)
    assert "link_refused" in outcomes(portal)


def test_opening_a_link_does_nothing(portal: Portal) -> None:
    for purpose in Purpose:
        address = made(portal, purpose)
        for _time in range(3):
            assert portal.visitor().get(address).status_code == 200
            assert portal.visitor().head(address).status_code == 200
    with portal.database.reading() as session:
        assert not session.scalars(select(Link).where(Link.used_at.is_not(None))).all()
        user = session.scalars(select(User).where(User.login_id == "aoba-proposer")).one()
        assert user.state is State.ACTIVE


def test_a_link_does_not_bypass_the_second_factor(portal: Portal) -> None:
    address = made(portal, Purpose.PASSWORD)
    visitor = portal.visitor()
    shown = visitor.get(address).text
    for proof in (
        {},
        {"code": "123456"},
        {"code": "ABCD-EFGH-JKMN-PQRS"},
        {"assertion": signed(shown, "aoba-approver")},
        {"assertion": Passkey(login_id="aoba-proposer").given(b"another page" * 3)},
    ):
        answer = visitor.send(address, password=NEW, password_again=NEW, **proof)
        assert answer.status_code == 422
        assert list(error_summary(answer.text)) == ["code"]
    assert password_of(portal, "aoba-proposer", world.PASSWORD)
    assert "passkey_refused" in outcomes(portal)


def test_a_link_of_one_person_is_dead_in_the_session_of_another(portal: Portal) -> None:
    address = made(portal, Purpose.PASSWORD)
    outsider = portal.sign_in("outsider")
    answer = outsider.get(address)
    assert answer.status_code == 410
    assert "signed in here as somebody else" in answer.text
    assert outsider.send(address, password=NEW, password_again=NEW).status_code == 410
    assert outsider.get("/portal/").status_code == 200
    assert portal.sign_in("aoba-proposer").get(address).status_code == 200


def test_dead_links_are_alike_whatever_killed_them(portal: Portal) -> None:
    replaced = made(portal, Purpose.PASSWORD)
    too_old = made(portal, Purpose.EMAIL, at=datetime.now(UTC) - timedelta(hours=24))
    made(portal, Purpose.PASSWORD)
    texts = {
        portal.visitor().get(one).text.replace(one, "")
        for one in (replaced, too_old, "/links/unknown")
    }
    assert len(texts) == 1


def test_a_password_that_anyone_would_guess_is_refused_and_the_link_stays(
    portal: Portal,
) -> None:
    address = made(portal, Purpose.PASSWORD)
    visitor = portal.visitor()
    shown = visitor.get(address)
    proof = signed(shown.text, "aoba-proposer")
    for password, again, field in (
        ("", "", "password"),
        ("short", "short", "password"),
        ("password123", "password123", "password"),
        ("aoba-proposer", "aoba-proposer", "password"),
        (NEW, NEW + "x", "password_again"),
        ("x" * 1001, "x" * 1001, "password"),
    ):
        answer = visitor.send(address, password=password, password_again=again, assertion=proof)
        assert answer.status_code == 422, password
        assert list(error_summary(answer.text)) == [field], password
        assert NEW not in answer.text
    done = visitor.send(address, password=NEW, password_again=NEW, assertion=proof)
    assert done.status_code == 200


def test_pages_of_links_are_kept_by_nobody_and_told_to_nobody(portal: Portal) -> None:
    answer = portal.visitor().get(made(portal, Purpose.PASSWORD))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text)


# A first password, by letter


@LANGUAGES
def test_a_letter_leads_to_the_first_password_and_the_login_id(
    portal: Portal, language: str
) -> None:
    code = letter(portal)
    visitor = portal.visitor(language)
    visitor.get("/sign-in/letter")
    opened = visitor.send("/sign-in/letter", letter_code=code.lower().replace("-", " "))
    assert opened.status_code == 303
    assert "new-person" not in visitor.get(opened.location).text
    short = visitor.send(opened.location, password="plums harbour", password_again="plums harbour")
    assert short.status_code == 422, "alone, a password has 15 characters"
    done = visitor.send(opened.location, password=NEW, password_again=NEW)
    assert "<strong>new-person</strong>" in done.text
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", login_id="new-person", password=NEW)
    assert answer.location == "/sign-in/setup"
    assert visitor.get("/portal/").status_code == 303, "nothing opens before that"


@LANGUAGES
def test_a_wrong_code_of_a_letter_is_refused_at_its_field(portal: Portal, language: str) -> None:
    visitor = portal.visitor(language)
    visitor.get("/sign-in/letter")
    for code in ("", "ABCDE-FGHJK-MNPQR-STUVW-XYZ23", "x" * 500):
        answer = visitor.send("/sign-in/letter", letter_code=code)
        assert answer.status_code == 422
        assert list(error_summary(answer.text)) == ["letter_code"]
    assert outcomes(portal) == ["link_refused"] * 2


# Losing everything


@LANGUAGES
def test_o08_the_emergency_link_stops_everything_and_leads_back_step_by_step(
    portal: Portal, language: str
) -> None:
    client = portal.sign_in("aoba-proposer")
    visitor = portal.visitor(language)
    visitor.get("/sign-in/forgotten")
    visitor.send("/sign-in/forgotten", login_id="aoba-proposer", lost="emergency")
    address = mailed(portal)
    assert visitor.get(address).status_code == 200
    assert client.get("/portal/").status_code == 200, "not by opening it"
    assert visitor.send(address).status_code == 200
    assert client.get("/portal/").status_code == 303
    visitor.get("/sign-in")
    refused = visitor.send("/sign-in", login_id="aoba-proposer", password=world.PASSWORD)
    assert refused.status_code == 422

    approve(portal)
    follow = mailed(portal)
    visitor.get(follow)
    done = visitor.send(follow, password=NEW, password_again=NEW)
    assert done.status_code == 200
    assert "aoba-proposer" not in done.text, "who does not know it asks the administrator"
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", login_id="aoba-proposer", password=NEW)
    assert answer.location == "/sign-in/setup"


def test_o09_who_asks_for_the_emergency_again_hears_that_one_is_open(portal: Portal) -> None:
    visitor = portal.visitor()
    for status in (200, 409):
        visitor.get("/sign-in/forgotten")
        visitor.send("/sign-in/forgotten", login_id="aoba-proposer", lost="emergency")
        address = mailed(portal)
        visitor.get(address)
        answer = visitor.send(address)
        assert answer.status_code == status
    assert "waiting for a decision already" in answer.text
    with portal.database.reading() as session:
        assert len(session.scalars(select(Request)).all()) == 1


def test_o10_after_an_approved_device_change_the_old_device_counts_no_more(
    portal: Portal,
) -> None:
    visitor = portal.visitor()
    visitor.get(made(portal, Purpose.EMERGENCY))
    visitor.send(made(portal, Purpose.EMERGENCY))
    approve(portal)
    address = mailed(portal)
    visitor.get(address)
    visitor.send(address, password=NEW, password_again=NEW)
    visitor.get("/sign-in")
    visitor.send("/sign-in", login_id="aoba-proposer", password=NEW)
    shown = visitor.get("/sign-in/setup")
    new = Passkey(login_id="aoba-proposer of another device")
    visitor.send("/sign-in/setup", method="passkey", passkey=new.made(creating(shown.text)))
    assert visitor.get("/portal/").status_code == 200
    with portal.database.reading() as session:
        user = session.scalars(select(User).where(User.login_id == "aoba-proposer")).one()
        factors = session.scalars(
            select(SecondFactor).where(
                SecondFactor.user_id == user.id, SecondFactor.method == Method.PASSKEY
            )
        ).all()
    kept = {factor.credential_id: factor.removed_at is None for factor in factors}
    assert kept == {Passkey(login_id="aoba-proposer").credential_id: False, new.credential_id: True}
    again = portal.visitor()
    again.get("/sign-in")
    again.send("/sign-in", login_id="aoba-proposer", password=NEW)
    asked = authenticator.asked(again.get("/sign-in/code").text)
    old = Passkey(login_id="aoba-proposer").given(asked)
    assert again.send("/sign-in/code", assertion=old).status_code == 422
    assert again.send("/sign-in/code", assertion=new.given(asked)).status_code == 303


# Another address


@LANGUAGES
def test_an_address_is_confirmed_by_its_button(portal: Portal, language: str) -> None:
    number = ask_for_address(portal)
    visitor = portal.visitor(language)
    address = mailed(portal)
    shown = visitor.get(address)
    assert "Aoba" not in shown.text, "the mail may have gone to somebody else"
    assert not confirmed(portal, number)
    assert visitor.send(address).status_code == 200
    assert confirmed(portal, number)
    assert visitor.send(address).status_code == 410
