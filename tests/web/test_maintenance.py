"""Maintenance: told of beforehand everywhere; while it is on, nobody writes and few may look."""

import re
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import g
from sqlalchemy import select

from app import create_app
from app.domain.announcements import Kind
from app.registry import announcements as verbs
from app.store.tables import AccessEntry, Transaction
from tests import authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, counted, proposal
from tests.world import NOW, PASSWORD

HOUR = timedelta(hours=1)
START, END = NOW + timedelta(days=20), NOW + timedelta(days=20, hours=3)
TEXTS = {
    "title_en": "New machines",
    "title_ja": "機器の更新",
    "text_en": "The registry moves.",
    "text_ja": "登録簿が移ります。",
}
#: The window in words: it begins at 10:30 in Tokyo.
WORDS = {
    "en": "New machines: 01:30 to 04:30 GMT, 22/11/2026 (10:30 to 13:30 JST, 22/11/2026)",
    "ja": "機器の更新: 2026年11月22日 01:30～04:30 GMT（2026年11月22日 10:30～13:30 JST）",
}
PORTAL = ("/portal/", "/portal/accounts", "/portal/transactions", "/portal/log", "/portal/nothing")


def at(portal: Portal, moment: datetime) -> None:
    """Let the clock of the app say a moment; what was announced is asked for anew."""
    portal.app.config["CLOCK"] = lambda: moment
    portal.app.extensions.pop("kept", None)


def schedule(portal: Portal, **other: Any) -> int:
    said = {"texts": TEXTS, "starts_at": START, "ends_at": END, "now": NOW} | other
    return portal.database.write(
        lambda session: verbs.schedule(
            session, Kind.MAINTENANCE, actor=portal.world.system_administrator, **said
        )
    )


def movements(portal: Portal) -> int:
    with portal.database.reading() as session:
        return len(session.scalars(select(Transaction.id)).all())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_window_is_told_of_on_every_page_two_weeks_ahead(portal: Portal, language: str) -> None:
    schedule(portal)
    at(portal, START - timedelta(days=14, seconds=1))
    visitor = portal.visitor(language)
    for address in (f"/{language}/", "/sign-in"):
        assert WORDS[language] not in visitor.get(address).text
    at(portal, START - timedelta(days=14))
    for address in (f"/{language}/", f"/{language}/credits", f"/{language}/projects", "/sign-in"):
        assert WORDS[language] in visitor.get(address).text, address
    inside = portal.sign_in("aoba-proposer", language)
    assert WORDS[language] in inside.get("/portal/").text
    at(portal, END)
    assert WORDS[language] not in visitor.get(f"/{language}/").text


def test_a_notice_is_no_business_of_the_public(portal: Portal) -> None:
    portal.database.write(
        lambda session: verbs.schedule(
            session,
            Kind.NOTICE,
            texts=TEXTS,
            starts_at=NOW,
            ends_at=END,
            actor=portal.world.system_administrator,
            now=NOW,
        )
    )
    at(portal, NOW)
    assert "New machines" not in portal.visitor().get("/en/").text
    assert portal.sign_in("aoba-proposer").get("/portal/").status_code == 200


@pytest.mark.parametrize("language", ["en", "ja"])
def test_holders_people_get_a_page_that_says_until_when(portal: Portal, language: str) -> None:
    schedule(portal)
    at(portal, START - timedelta(seconds=1))
    client = portal.sign_in("aoba-proposer", language)
    assert client.get("/portal/").status_code == 200
    at(portal, START)
    for address in PORTAL:
        answer = client.get(address)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == str(3 * 60 * 60)
        assert TEXTS[f"text_{language}"] in answer.text
    end = {
        "en": "04:30 GMT, 22/11/2026 (13:30 JST, 22/11/2026)",
        "ja": "2026年11月22日 04:30 GMT（2026年11月22日 13:30 JST）",
    }
    assert end[language] in client.get("/portal/").text
    assert 'action="/sign-out"' in client.get("/portal/").text
    at(portal, END - timedelta(milliseconds=1))
    client = portal.sign_in("aoba-proposer", language)
    answer = client.get("/portal/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    at(portal, END)
    assert client.get("/portal/").status_code == 200


@pytest.mark.parametrize("language", ["en", "ja"])
def test_public_pages_stay_readable_and_sign_in_open(portal: Portal, language: str) -> None:
    schedule(portal)
    at(portal, START)
    visitor = portal.visitor(language)
    for address in (f"/{language}/", f"/{language}/credits", f"/{language}/projects", "/sign-in"):
        assert visitor.get(address).status_code == 200, address
    assert visitor.get(f"/{language}/credits.csv").status_code == 200
    assert visitor.get("/portal/").status_code == 303
    assert visitor.get("/portal/", headers={"HX-Request": "true"}).status_code == 401
    assert visitor.get("/language/ja?back=/portal/").status_code == 303
    with visitor.get("/static/app.css") as asset:
        assert asset.status_code == 200


def test_administrators_sign_in_and_read(portal: Portal) -> None:
    schedule(portal)
    at(portal, START)
    for login_id in ("operator", "approver", "auditor", "system-administrator"):
        client = portal.sign_in(login_id)
        for address in ("/portal/", "/portal/transactions", "/portal/log"):
            assert client.get(address).status_code == 200
        assert client.send("/session/extension").status_code == 204
        assert client.send("/sign-out").status_code == 303


def test_everyone_else_signs_in_and_gets_the_page(portal: Portal) -> None:
    schedule(portal)
    at(portal, START)
    client = portal.visitor()
    client.get("/sign-in")
    client.send("/sign-in", login_id="aoba-proposer", password=PASSWORD)
    asked = authenticator.asked(client.get("/sign-in/code").text)
    answer = client.send("/sign-in/code", assertion=Passkey(login_id="aoba-proposer").given(asked))
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 503
    assert client.send("/sign-out").status_code == 303


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nobody_writes_while_it_is_on(portal: Portal, language: str) -> None:
    schedule(portal)
    portal.issued(100)
    at(portal, START)
    before = movements(portal)
    for login_id in ("aoba-proposer", "operator", "system-administrator"):
        client = portal.sign_in(login_id, language)
        client.get("/portal/announcements")
        for address in ("/portal/transfers", "/portal/transfers/check", "/portal/issuances"):
            answer = client.send(address, **proposal(portal), assertion="{}")
            assert answer.status_code == 503, address
            assert "Retry-After" in answer.headers
        said = {"en": "Nothing can be changed until it is over.", "ja": "メンテナンス"}[language]
        if login_id != "aoba-proposer":
            assert said in client.send("/portal/transfers", **proposal(portal)).text
    assert movements(portal) == before


def test_a_request_of_htmx_gets_the_message_too(portal: Portal) -> None:
    schedule(portal)
    at(portal, START)
    headers = {"HX-Request": "true", "HX-Target": "results"}
    client = portal.sign_in("aoba-proposer")
    answer = client.get("/portal/transactions?kind=transfer", headers=headers)
    assert answer.status_code == 503
    assert "data-message" in answer.text
    operator = portal.sign_in("operator")
    answer = operator.post("/portal/transfers", headers={**headers, "X-CSRFToken": operator.token})
    assert answer.status_code == 503
    assert "data-message" in answer.text


def test_a_form_of_nobody_waits_for_its_sender_to_sign_in(portal: Portal) -> None:
    schedule(portal)
    at(portal, START)
    visitor = portal.visitor()
    visitor.get("/sign-in")
    answer = visitor.send("/portal/transfers/check", **proposal(portal))
    assert answer.status_code == 401
    assert portal.world.kaede in answer.text


def test_a_form_of_the_public_is_refused(portal: Portal) -> None:
    schedule(portal)
    at(portal, START)
    visitor = portal.visitor()
    visitor.get("/sign-in")
    for rule in portal.app.url_map.iter_rules():
        is_public = getattr(portal.app.view_functions[rule.endpoint], "access", "") == "public"
        if (
            is_public
            and "POST" in (rule.methods or ())
            and not rule.endpoint.startswith("sign_in.")
        ):
            address = re.sub("<[^>]*>", "1", rule.rule)
            assert visitor.send(address).status_code == 503, rule


def test_a_forged_form_is_refused_as_ever(portal: Portal) -> None:
    schedule(portal)
    at(portal, START)
    client = portal.sign_in("operator")
    assert client.post("/portal/transfers", data=proposal(portal)).status_code == 400


def test_a_system_administrator_ends_it_and_this_process_sees_it_at_once(portal: Portal) -> None:
    made = schedule(portal)
    at(portal, START)
    holder, admin = portal.sign_in("aoba-proposer"), portal.sign_in("system-administrator")
    assert holder.get("/portal/").status_code == 503
    admin.get(f"/portal/announcements/{made}/end")
    assert admin.send(f"/portal/announcements/{made}/end").status_code == 303
    assert holder.get("/portal/").status_code == 200


def test_of_two_windows_the_one_that_ends_last_counts(portal: Portal) -> None:
    schedule(portal)
    schedule(portal, ends_at=END + HOUR)
    at(portal, START)
    answer = portal.sign_in("aoba-proposer").get("/portal/")
    assert answer.headers["Retry-After"] == str(4 * 60 * 60)
    assert answer.text.count("<details>") == 2


def test_a_fresh_window_is_seen_by_other_processes_within_seconds(portal: Portal) -> None:
    other = create_app(portal.app.config["REGISTRY"])
    visitor = other.test_client()
    assert "New machines" not in visitor.get("/en/").text
    moment = datetime.now(NOW.tzinfo)
    schedule(portal, starts_at=moment + HOUR, ends_at=moment + 2 * HOUR, now=moment)
    began = time.monotonic()
    while "New machines" not in visitor.get("/en/").text:
        assert time.monotonic() - began < 8
        time.sleep(0.2)
    other.extensions["database"].close()


def test_the_database_is_asked_rarely(portal: Portal) -> None:
    schedule(portal)
    at(portal, START - HOUR)
    visitor = portal.visitor()
    with counted(portal) as statements:
        for _ in range(5):
            visitor.get("/sign-in")
    assert len([one for one in statements if "announcements" in one]) == 1


def test_what_a_request_asks_is_not_older_than_its_own_changes(portal: Portal) -> None:
    schedule(portal)
    at(portal, START - HOUR)
    with portal.app.test_request_context("/en/"):
        portal.app.preprocess_request()
        assert g.maintenance
        assert "reading" not in g


def test_a_window_that_was_asked_for_before_ends_on_the_second(portal: Portal) -> None:
    schedule(portal)
    at(portal, START)
    client = portal.sign_in("aoba-proposer")
    assert client.get("/portal/").status_code == 503
    portal.app.config["CLOCK"] = lambda: END
    answer = client.get("/portal/")
    assert "New machines" not in answer.text


def test_commands_go_on(portal: Portal) -> None:
    now = datetime.now(NOW.tzinfo)
    schedule(portal, starts_at=now, ends_at=now + HOUR, now=now)
    portal.issued(100)
    runner = portal.app.test_cli_runner()
    with portal.app.app_context():
        assert "sound" in runner.invoke(args=["verify"]).output
        assert runner.invoke(args=["expire"]).exit_code == 0
        assert runner.invoke(args=["prune"]).exit_code == 0


def test_failed_sign_ins_are_still_logged(portal: Portal) -> None:
    schedule(portal)
    at(portal, START)
    visitor = portal.visitor()
    visitor.get("/sign-in")
    assert visitor.send("/sign-in", login_id="nobody", password="x" * 20).status_code == 422
    with portal.database.reading() as session:
        assert session.scalars(select(AccessEntry.login_id)).all() == ["nobody"]
