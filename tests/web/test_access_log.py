"""The access log: whose entries each sees, the filter, pages, and the CSV of what is filtered."""

import csv
import io
import re

import pytest

from app.domain.access import OUTCOME_NAMES, Outcome
from app.registry import logs, people
from app.registry.logs import Origin
from app.store.tables import User
from app.web import entries, lists
from tests.portal import Portal, PortalClient, counted
from tests.world import NOW

ADDRESS = "/portal/access-log"
ROW = re.compile(r'<tr role="row">\s*<th scope="row".*?</tr>', re.S)
ORIGIN = Origin("192.0.2.7", "Firefox, Windows")


def rows(client: PortalClient, query: str = "") -> list[str]:
    return ROW.findall(client.get(ADDRESS + query).text)


def table(client: PortalClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{ADDRESS}.csv{query}")
    assert answer.mimetype == "text/csv"
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def enter(portal: Portal, login_id: str, outcome: str, person: int | None, **where: str) -> None:
    origin = Origin(where.get("address", "192.0.2.7"), where.get("device", "Firefox, Windows"))
    portal.database.write(
        lambda session: logs.access(
            session,
            login_id,
            Outcome(outcome),
            user_id=person,
            origin=origin,
            now=NOW,
        )
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_everyone_sees_the_own_entries_alone(portal: Portal, language: str) -> None:
    enter(portal, "kaede-proposer", "wrong_password", portal.world.kaede_proposer)
    enter(portal, "nobody", "unknown_login_id", None)
    client = portal.sign_in("aoba-proposer", language)
    for query in ("", "?person=kaede-proposer", f"?person={portal.world.kaede_proposer}"):
        found = "".join(rows(client, query))
        assert OUTCOME_NAMES[Outcome.SIGNED_IN].get(language) in found
        assert "kaede" not in found
        assert "nobody" not in found
        assert {row["login_id"] for row in table(client, query)} == {"aoba-proposer"}
    assert 'name="person"' not in client.get(ADDRESS).text


@pytest.mark.parametrize("login_id", ["operator", "approver", "auditor", "system-administrator"])
def test_every_administrator_sees_all_entries(portal: Portal, login_id: str) -> None:
    enter(portal, "nobody", "unknown_login_id", None)
    enter(portal, "aoba-proposer", "wrong_password", portal.world.aoba_proposer)
    found = "".join(rows(portal.sign_in(login_id)))
    for word in ("nobody", "aoba-proposer", "Aoba Proposer", "Wrong password", "192.0.2.7"):
        assert word in found


def test_what_happens_at_the_door_is_there_with_time_address_and_device(portal: Portal) -> None:
    portal.app.config["CLOCK"] = lambda: NOW
    client = portal.sign_in("aoba-proposer")
    newest, before = rows(client)
    assert "10:30:00 02/11/2026" in newest
    assert "127.0.0.1" in newest
    assert "Signed in" in newest
    assert "Password accepted" in before
    client.send("/sign-out")
    client = portal.sign_in("aoba-proposer")
    assert "Signed out" in rows(client)[2]


def test_the_filter_finds_by_person_event_day_and_address(portal: Portal) -> None:
    w = portal.world
    enter(portal, "operator", "wrong_password", w.operator, address="2001:db8::1")
    enter(portal, "nobody", "unknown_login_id", None)
    client = portal.sign_in("auditor")
    for query, found in (
        ("?person=operator", ["operator"]),
        ("?person=ｎｏｂｏｄｙ", ["nobody"]),
        ("?person=someone", []),
        ("?kind=wrong_password", ["operator"]),
        ("?address=2001:db8::1", ["operator"]),
        ("?since=2/11/2026&until=2026年11月2日", ["nobody", "operator"]),
        ("?until=2026-11-01", []),
        ("?person=nobody&kind=wrong_password", []),
    ):
        assert [line["login_id"] for line in table(client, query)] == found, query
        assert len(rows(client, query)) == len(found), query


def test_a_former_login_id_finds_its_person(portal: Portal) -> None:
    w = portal.world
    enter(portal, "aoba-proposer", "wrong_password", w.aoba_proposer)
    present = portal.database.write(
        lambda session: people.reissue_login_id(
            session, session.get_one(User, w.aoba_proposer), "JP", actor=w.operator, now=NOW
        )
    )
    client = portal.sign_in("auditor")
    for login_id in (present, "aoba-proposer"):
        assert [line["login_id"] for line in table(client, f"?person={login_id}")] == [
            "aoba-proposer"
        ]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("field", ["since", "until"])
def test_o74_a_partial_date_is_refused_and_the_other_fields_keep_what_was_typed(
    portal: Portal, language: str, field: str
) -> None:
    client = portal.sign_in("auditor", language)
    other = {"since": "until", "until": "since"}[field]
    query = f"?{field}=2026-11&{other}=2026-11-20&person=operator&kind=locked&address=192.0.2.7"
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 422
    assert f'id="{field}_error"' in answer.text
    assert f'id="{other}_error"' not in answer.text
    for typed in ("2026-11", "2026-11-20", "operator", "192.0.2.7"):
        assert f'value="{typed}"' in answer.text
    assert '<option value="locked" selected>' in answer.text
    assert client.get(f"{ADDRESS}.csv{query}").status_code == 404
    assert client.get(f"{ADDRESS}?kind=nonsense").status_code == 422


def test_what_an_earlier_version_wrote_is_shown_as_it_is(portal: Portal) -> None:
    class Former(str):
        value = "wrong code"

    portal.database.write(
        lambda session: logs.access(
            session,
            "operator",
            Former(),  # type: ignore[arg-type]  # what no version of today writes
            user_id=portal.world.operator,
            origin=ORIGIN,
            now=NOW,
        )
    )
    client = portal.sign_in("operator")
    assert "wrong code" in rows(client)[-1]
    assert table(client)[-1]["event_name"] == "wrong code"


def test_asvs_16_4_1_nobody_writes_lines_of_their_own_into_the_log(portal: Portal) -> None:
    forged = "x\r\n2026-11-02T10:30:00+09:00,signed_in,Signed in,operator\u202e<b>"
    visitor = portal.visitor()
    for typed in (forged, "=HYPERLINK(1)"):
        visitor.get("/sign-in")
        visitor.send("/sign-in", login_id=typed, password="x" * 20)
    client = portal.sign_in("auditor")
    text = client.get(ADDRESS).text
    assert "<b>" not in text
    assert "\u202e" not in text
    assert r"x\u000d\u000a2026-11-02" in text
    lines = table(client, "?kind=unknown_login_id")
    assert [line["login_id"] for line in lines] == [
        "'=HYPERLINK(1)",
        r"x\u000d\u000a2026-11-02T10:30:00+09:00,signed_in,Signed in,operator\u202e<b>",
    ]
    answer = client.get(f"{ADDRESS}.csv?kind=unknown_login_id").text
    assert answer.count("\n") == answer.count("\r\n") == 3


def test_asvs_16_2_2_the_csv_says_the_offset_of_its_times(portal: Portal) -> None:
    enter(portal, "operator", "wrong_password", portal.world.operator, device="Safari, iPhone")
    client = portal.sign_in("auditor", "ja")
    (line,) = table(client, "?kind=wrong_password")
    assert line == {
        "time": "2026-11-02T10:30:00+09:00",
        "event": "wrong_password",
        "event_name": "パスワード誤り",
        "login_id": "operator",
        "name": "Operator",
        "address": "192.0.2.7",
        "device": "Safari, iPhone",
    }


def test_pages_follow_each_other_both_ways_and_the_csv_has_all(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = portal.sign_in("auditor")
    for _ in range(5):
        enter(portal, "nobody", "unknown_login_id", None)
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    monkeypatch.setattr(entries, "_CHUNK_ROWS", 2)
    query = "?kind=unknown_login_id"
    pages = [client.get(ADDRESS + query).text]
    while following := turned(pages[-1], "next"):
        pages.append(client.get(following).text)
    assert [len(ROW.findall(page)) for page in pages] == [2, 2, 1]
    back = [pages[-1]]
    while before := turned(back[-1], "prev"):
        back.append(client.get(before).text)
    assert [ROW.findall(page) for page in back] == [ROW.findall(page) for page in pages[::-1]]
    assert len(table(client, query)) == 5
    for position in ("99999999999999999999", "x", "-1", "１"):
        assert client.get(f"{ADDRESS}?before={position}").status_code == 200


def test_the_page_asks_few_questions_and_htmx_gets_its_part(portal: Portal) -> None:
    client = portal.sign_in("auditor")
    with counted(portal) as statements:
        text = client.get(f"{ADDRESS}?person=operator").text
    assert len(statements) <= 12
    headers = {"HX-Request": "true", "HX-Target": "results"}
    part = client.get(f"{ADDRESS}?person=operator", headers=headers).text
    assert part.strip() in text


def turned(text: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else None
