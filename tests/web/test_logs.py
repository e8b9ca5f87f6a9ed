"""The log of operations: who sees what of it, in words, filtered, and as CSV."""

import csv
import io
import re

import pytest
from flask import Flask
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from app.domain.errors import NotEnoughCredits
from app.registry import logs
from app.web import lists
from tests import story
from tests.portal import Portal, PortalClient, counted, number, proposal
from tests.world import NOW

ADDRESS = "/portal/log"
ROW = re.compile(r'<tr role="row">\s*<th scope="row".*?</tr>', re.S)


def rows(client: PortalClient, query: str = "") -> list[str]:
    return ROW.findall(client.get(ADDRESS + query).text)


def table(client: PortalClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{ADDRESS}.csv{query}")
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def plain(row: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_movement_is_logged_with_each_of_its_steps(portal: Portal, language: str) -> None:
    portal.issued(100)
    made = number(
        portal.sign_in("aoba-proposer").send("/portal/transfers", **proposal(portal, quantity="10"))
    )
    portal.sign_in("aoba-approver").send(f"/portal/transactions/{made}/approval")
    found = rows(portal.sign_in("auditor", language), f"?object={made.lower()}")
    words = {
        "en": ("Approved a transaction", "Proposed: Transfer"),
        "ja": ("取引の承認", "提案：振替"),
    }
    assert len(found) == 2
    for row, said, name in zip(
        found, words[language], ("aoba-approver", "aoba-proposer"), strict=True
    ):
        assert said in row
        assert name in row
        assert f'href="/portal/transactions/{made}"' in row
    (approved, proposed) = table(portal.sign_in("auditor"), f"?object={made}")
    assert approved["result"] == proposed["result"] == "done"
    assert f'"source": "{portal.world.aoba}"' in proposed["facts"]
    assert '"quantity": "10"' in proposed["facts"]


def test_every_way_in_which_a_movement_ends_is_logged(portal: Portal) -> None:
    portal.database.write(lambda session: story.tell(session, portal.world))
    client = portal.sign_in("auditor")
    found = {(line["operation"], line["refusal"]) for line in table(client, "?kind=movements")}
    assert found >= {
        ("propose issuance", ""),
        ("propose mandatory_cancellation", ""),
        ("approve transaction", ""),
        ("approve transaction", "AccountStateForbids"),
        ("reject transaction", ""),
        ("withdraw transaction", ""),
        ("expire transaction", ""),
    }
    (expired,) = [one for one in rows(client) if "A transaction expired" in one]
    assert "The registry itself" in expired


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_was_refused_is_logged_in_words(portal: Portal, language: str) -> None:
    portal.issued(100)
    client = portal.sign_in("aoba-proposer", language)
    client.send("/portal/transfers", **proposal(portal, quantity="101"))
    (row,) = rows(client, "?refused=yes")
    assert {"en": "Refused", "ja": "拒否"}[language] in row
    assert "101" in plain(row)
    assert portal.world.aoba in row
    (line,) = table(client, "?refused=yes")
    assert (line["result"], line["refusal"]) == ("refused", "NotEnoughCredits")
    assert line["refusal_text"] in plain(row)


def test_holders_people_see_what_they_did_and_nothing_else(portal: Portal) -> None:
    portal.issued(100)
    for login_id in ("aoba-proposer", "outsider"):
        portal.sign_in(login_id).send("/portal/transfers", **proposal(portal))
    client = portal.sign_in("aoba-proposer")
    for query in ("", "?person=outsider", "?person=operator", f"?object={portal.world.aoba}"):
        assert {line["login_id"] for line in table(client, query)} <= {"aoba-proposer"}, query
        assert len(rows(client, query)) == len(table(client, query))
    assert 'name="person"' not in client.get(ADDRESS).text
    assert len(table(client)) == 1


@pytest.mark.parametrize("login_id", ["operator", "approver", "auditor", "system-administrator"])
def test_every_administrator_sees_all_operations(portal: Portal, login_id: str) -> None:
    portal.issued(100)
    names = {line["login_id"] for line in table(portal.sign_in(login_id))}
    assert names >= {"operator", "approver"}


def test_the_filter_finds_by_person_kind_object_day_and_refusal(portal: Portal) -> None:
    portal.database.write(lambda session: story.tell(session, portal.world))
    client = portal.sign_in("auditor")
    everything = len(table(client))
    for query, expected in (
        ("?person=aoba-approver", lambda line: line["login_id"] == "aoba-approver"),
        ("?kind=people", lambda line: line["operation"] == "create user"),
        ("?kind=decisions", lambda line: line["operation"] == "record decision"),
        (f"?object={portal.world.kaede}", lambda line: line["object"] == portal.world.kaede),
        ("?since=17/11/2026", lambda line: line["time"] >= "2026-11-17"),
        ("?until=2026年11月16日", lambda line: line["time"] < "2026-11-17"),
        ("?refused=yes", lambda line: line["result"] == "refused"),
        ("?kind=movements&refused=yes", lambda line: line["refusal"] != ""),
    ):
        found = table(client, query)
        assert found == [line for line in table(client) if expected(line)], query
        assert 0 < len(found) < everything, query
    assert table(client, "?object=nothing") == []


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("field", ["since", "until"])
def test_o74_a_partial_date_is_refused_and_the_other_fields_keep_what_was_typed(
    portal: Portal, language: str, field: str
) -> None:
    client = portal.sign_in("auditor", language)
    other = {"since": "until", "until": "since"}[field]
    query = f"?{field}=11/2026&{other}=2026-11-20&person=operator&kind=people&object=x&refused=yes"
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 422
    assert f'id="{field}_error"' in answer.text
    for typed in ("11/2026", "2026-11-20", "operator", "x"):
        assert f'value="{typed}"' in answer.text
    assert '<option value="people" selected>' in answer.text
    assert re.search(r'name="refused" value="yes" checked', answer.text)
    assert client.get(f"{ADDRESS}.csv{query}").status_code == 404


def test_a_wrong_person_or_kind_is_said_at_its_field(portal: Portal) -> None:
    client = portal.sign_in("auditor")
    for query, field in (("?person=nobody-at-all", "person"), ("?kind=nonsense", "kind")):
        answer = client.get(ADDRESS + query)
        assert answer.status_code == 422
        assert f'id="{field}_error"' in answer.text


def test_objects_lead_to_their_pages_and_typed_text_leads_nowhere(portal: Portal) -> None:
    refusal = NotEnoughCredits(1, 0)

    def write(session: Session) -> None:
        for operation, subject in (
            ("change account state", portal.world.aoba),
            ("approve transaction", "JP0000000001"),
            ("end announcement", "7"),
            ("bar serials", "7"),
            ("propose transfer", "JP-１００ <b>\n/portal/"),
        ):
            logs.refused(session, operation, subject, refusal, actor=None, now=NOW)

    portal.database.write(write)
    typed, bar, ended, transaction, account = rows(portal.sign_in("auditor"), "?refused=yes")
    assert f'href="/portal/accounts/{portal.world.aoba}"' in account
    assert 'href="/portal/transactions/JP0000000001"' in transaction
    assert 'href="/portal/announcements/7"' in ended
    assert "href" not in bar
    assert "href" not in typed
    assert r"&lt;b&gt;\u000a/portal/" in typed


def test_what_an_earlier_version_wrote_is_shown_as_it_is(portal: Portal) -> None:
    insert = (
        "INSERT INTO log_entries (at, user_id, operation, subject, refusal, facts)"
        " VALUES (:at, NULL, :operation, 'x', :refusal, :facts)"
    )

    def write(session: Session) -> None:
        for operation, refusal, facts in (
            ("turn the key", None, "{}"),
            ("turn the key", "KeyBroken", "{}"),
            ("turn the key", "NotEnoughCredits", '{"wanted": "many"}'),
            ("turn the key", "AccountStateForbids", '{"number": "1", "state": "burning"}'),
            ("turn the key", "Refusal", "{}"),
        ):
            given = {"at": NOW, "operation": operation, "refusal": refusal, "facts": facts}
            session.execute(sql(insert), given | {"at": "2026-11-02 01:30:00.000000+00:00"})

    portal.database.write(write)
    found = [plain(row) for row in rows(portal.sign_in("auditor"))[:5]]
    assert all("turn the key" in row for row in found)
    assert found[4].endswith("Done")
    for row, code in zip(
        found, ("Refusal", "AccountStateForbids", "NotEnoughCredits", "KeyBroken"), strict=False
    ):
        assert row.endswith(f"Refused {code}")


def test_pages_follow_each_other_both_ways(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.issued(10)
    portal.issued(10)
    monkeypatch.setattr(lists, "PAGE_SIZE", 3)
    client = portal.sign_in("auditor")
    pages = [client.get(f"{ADDRESS}?kind=movements").text]
    while following := turned(pages[-1], "next"):
        pages.append(client.get(following).text)
    assert [len(ROW.findall(page)) for page in pages] == [3, 1]
    back = client.get(turned(pages[-1], "prev") or "").text
    assert ROW.findall(back) == ROW.findall(pages[0])


def test_the_page_asks_few_questions_and_htmx_gets_its_part(portal: Portal) -> None:
    portal.issued(10)
    client = portal.sign_in("auditor")
    with counted(portal) as statements:
        text = client.get(f"{ADDRESS}?person=operator").text
    assert len(statements) <= 12
    headers = {"HX-Request": "true", "HX-Target": "results"}
    part = client.get(f"{ADDRESS}?person=operator", headers=headers).text
    assert part.strip() in text


def test_asvs_16_4_1_an_address_writes_no_line_into_the_programs_log(
    portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("a fault")

    app: Flask = portal.app
    app.config["CLOCK"] = fail
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get("/portal/x%0Aforged line").status_code == 500
    told = [message for message in caplog.messages if "forged" in message]
    assert len(told) == 2
    for message in told:
        assert "\n" not in message
        assert r"x\nforged line" in message


def turned(text: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else None
