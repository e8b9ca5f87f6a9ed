"""The desk for news: written, previewed, signed, changed and withdrawn, and nothing typed lost."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from app.store.tables import LogEntry, News
from tests import authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, error_summary
from tests.world import NOW

ADDRESS = "/portal/news"
#: NOW is 10:30 in Tokyo.
FORM = {
    "title_en": "Office closed",
    "title_ja": "閉庁のお知らせ",
    "text_en": "The **office** is closed. <b>",
    "text_ja": "**閉庁**します。",
    "when": "later",
    "on": "2026-11-03",
    "time": "09:00",
}


@pytest.fixture
def portal(portal: Portal) -> Portal:
    portal.app.config["CLOCK"] = lambda: NOW
    return portal


def hidden(page: str) -> dict[str, str]:
    """Return the fields that a page carries along."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def form(client: PortalClient, address: str, **fields: str) -> dict[str, str]:
    """Open a form and return it filled in."""
    return FORM | hidden(client.get(f"{ADDRESS}{address}").text) | fields


def signed(client: PortalClient, page: str) -> dict[str, str]:
    """Return the fields of a page that asks for a signature, signed."""
    proof = Passkey(login_id=client.login_id).given(authenticator.asked(page))
    return hidden(page) | {"assertion": proof}


def published(client: PortalClient, **fields: str) -> str:
    """Write a piece of news and return its address."""
    preview = client.send(f"{ADDRESS}/preview", **form(client, "/new", **fields))
    answer = client.send(ADDRESS, **signed(client, preview.text))
    assert answer.status_code == 303, answer.text
    return str(answer.location).partition("?")[0]


def kept(portal: Portal) -> list[News]:
    with portal.database.reading() as session:
        return list(session.scalars(select(News).order_by(News.id)))


def test_news_are_previewed_signed_scheduled_and_listed(portal: Portal) -> None:
    for language, state in (("en", "Scheduled"), ("ja", "公開予定")):
        client = portal.sign_in("operator", language)
        fields = form(client, "/new")
        preview = client.send(f"{ADDRESS}/preview", **fields)
        assert preview.status_code == 200
        for shown in ("<strong>office</strong> is closed. &lt;b&gt;", "<strong>閉庁</strong>"):
            assert shown in preview.text
        assert hidden(preview.text).items() >= fields.items()
        before = len(kept(portal))
        unsigned = client.send(ADDRESS, code="", **fields)
        assert (unsigned.status_code, len(kept(portal))) == (422, before)
        assert list(error_summary(unsigned.text)) == ["code"]
        twice = [client.send(ADDRESS, **signed(client, preview.text)) for _ in range(2)]
        assert [answer.status_code for answer in twice] == [303, 303]
        assert twice[0].location == twice[1].location
        made = kept(portal)[-1]
        assert len(kept(portal)) == before + 1
        assert made.published_at.isoformat() == "2026-11-03T00:00:00+00:00"
        for text in (client.get(twice[0].location).text, client.get(ADDRESS).text):
            assert state in text
    assert "ProofRequired" in portal.refusals()
    with portal.database.reading() as session:
        log = select(LogEntry.subject).where(LogEntry.operation == "publish news")
        assert [one for one in session.scalars(log) if one] == [str(one.id) for one in kept(portal)]


def test_a_script_is_sent_the_preview_alone_however_far_the_form_is(portal: Portal) -> None:
    client = portal.sign_in("operator")
    part = {"HX-Request": "true", "HX-Target": "preview"}
    data = {"csrf_token": client.token, "text_en": "*half* a <", "title_en": ""}
    answer = client.post(f"{ADDRESS}/preview", data=data, headers=part)
    assert answer.status_code == 200
    assert "<em>half</em> a &lt;" in answer.text
    assert "<h1>" not in answer.text
    assert not portal.refusals(), "whoever is still writing has done nothing wrong"
    client.delete_cookie("session_jp")
    client.get("/sign-in")
    late = client.post(f"{ADDRESS}/preview", data=data | {"csrf_token": client.token}, headers=part)
    assert late.status_code == 401
    assert "HX-Redirect" not in late.headers
    assert "data-message" in late.text
    # Sent by hand, it is kept through sign-in.
    kept_fields = client.send(f"{ADDRESS}/preview", **FORM)
    assert kept_fields.status_code == 401
    assert 'name="kept_title_ja" value="閉庁のお知らせ"' in kept_fields.text


def test_every_field_that_is_wrong_is_named_and_all_that_was_typed_stays(portal: Portal) -> None:
    wrong = {"title_en": " ", "text_ja": "長" * 10_001, "on": "2026-11", "time": "9 o'clock"}
    for language in ("en", "ja"):
        client = portal.sign_in("system-administrator", language)
        for address in (f"{ADDRESS}/preview", ADDRESS):
            answer = client.send(address, **form(client, "/new", **wrong))
            assert answer.status_code == 422
            assert list(error_summary(answer.text)) == ["title_en", "text_ja", "on", "time"]
            for typed in ('value="2026-11"', "9 o&#39;clock", "閉庁のお知らせ", "長" * 10_001):
                assert typed in answer.text
    assert set(portal.refusals()) == {"Required", "TooLong", "NotADate", "NotATime"}
    back = client.send(f"{ADDRESS}/new", **FORM)
    assert (back.status_code, "閉庁のお知らせ" in back.text) == (200, True)
    assert not kept(portal)


def test_the_second_of_two_people_is_told_and_loses_nothing(portal: Portal) -> None:
    first, second = portal.sign_in("operator"), portal.sign_in("system-administrator")
    address = published(first, when="now").removeprefix(ADDRESS)
    mine = form(second, f"{address}/change", title_en="Open on Monday", when="")
    theirs = form(first, f"{address}/change", title_en="Open on Friday", when="")
    preview = second.send(f"{ADDRESS}{address}/preview", **mine).text
    check = first.send(f"{ADDRESS}{address}/preview", **theirs)
    assert first.send(ADDRESS + address, **signed(first, check.text)).status_code == 303
    for answer in (
        second.send(ADDRESS + address, **signed(second, preview)),
        second.send(f"{ADDRESS}{address}/preview", **mine),
    ):
        assert answer.status_code == 409
        assert 'value="Open on Monday"' in answer.text
        assert "<strong>Open on Friday</strong>" in answer.text
    assert [one.title_en for one in kept(portal)] == ["Open on Friday"]
    # Having seen it, the second replaces it knowingly.
    again = FORM | {"title_en": "Open on Monday", "when": ""} | hidden(answer.text)
    check = second.send(f"{ADDRESS}{address}/preview", **again)
    assert second.send(ADDRESS + address, **signed(second, check.text)).status_code == 303
    assert [one.title_en for one in kept(portal)] == ["Open on Monday"]
    assert portal.refusals() == ["ChangedMeanwhile", "ChangedMeanwhile"]


def test_a_time_that_came_while_the_form_was_open_stays(portal: Portal) -> None:
    client = portal.sign_in("operator")
    address = published(client).removeprefix(ADDRESS)
    opened = form(client, f"{address}/change", on="2026-11-05")
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(days=1)
    client = portal.sign_in("operator")
    client.get(ADDRESS)
    answer = client.send(f"{ADDRESS}{address}/preview", **opened)
    assert answer.status_code == 409
    assert list(error_summary(answer.text)) == [""]
    assert portal.refusals() == ["NewsPublished"]


def test_what_is_withdrawn_is_signed_gone_for_readers_and_known_to_administrators(
    portal: Portal,
) -> None:
    client = portal.sign_in("operator")
    address = published(client, when="now")
    page = client.get(f"{address}/withdrawal").text
    assert client.send(f"{address}/withdrawal", code="", **hidden(page)).status_code == 422
    proven = signed(client, page)
    assert client.send(f"{address}/withdrawal", **proven).status_code == 303
    assert client.send(f"{address}/withdrawal", **proven).status_code == 409
    number = address.rpartition("/")[2]
    assert client.get(f"/en/news/{number}").status_code == 404
    auditor = portal.sign_in("auditor")
    assert "Withdrawn" in auditor.get(ADDRESS).text
    assert "Office closed" in auditor.get(address).text
    assert f"{address}/change" not in client.get(address).text
    assert client.get(f"{address}/change").status_code == 303
    late = client.send(f"{address}/preview", **FORM, seen="", key="k")
    assert (late.status_code, "閉庁のお知らせ" in late.text) == (409, True)
    assert set(portal.refusals()) == {"ProofRequired", "AlreadyDone", "NewsWithdrawn"}


def test_a_key_used_for_other_news_is_told_once(portal: Portal) -> None:
    client = portal.sign_in("operator")
    fields = form(client, "/new", when="now")
    preview = client.send(f"{ADDRESS}/preview", **fields).text
    assert client.send(ADDRESS, **signed(client, preview)).status_code == 303
    other = client.send(f"{ADDRESS}/preview", **fields | {"title_en": "Other news"}).text
    refused = client.send(ADDRESS, **signed(client, other))
    assert (refused.status_code, len(kept(portal))) == (409, 1)
    again = client.send(f"{ADDRESS}/preview", **fields | hidden(refused.text)).text
    assert client.send(ADDRESS, **signed(client, again)).status_code == 303
    assert len(kept(portal)) == 2


def test_a_form_that_came_after_the_session_is_shown_filled_in_and_does_nothing(
    portal: Portal,
) -> None:
    client = portal.sign_in("operator")
    fields = form(client, "/new") | {"resumed": "yes"}
    for address in (ADDRESS, f"{ADDRESS}/preview"):
        answer = client.send(address, **fields)
        assert (answer.status_code, 'value="閉庁のお知らせ"' in answer.text) == (200, True)
    assert not kept(portal)
    assert client.get(f"{ADDRESS}/preview").location == f"{ADDRESS}/new"
