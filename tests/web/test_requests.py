"""The list of requests and the page of one: what is asked, by whom, and who may know of it."""

import re

import pytest

from app.domain.requests import Kind
from app.domain.roles import Right
from tests.asking import ask, main, newcomer
from tests.portal import Portal, PortalClient, counted


@pytest.fixture
def made(portal: Portal) -> str:
    """Aoba's proposer asks to add a new person to Aoba's account."""
    return newcomer(portal)


def numbers(client: PortalClient, **filters: str) -> list[str]:
    answer = client.get("/portal/requests", query_string=filters)
    assert answer.status_code == 200, answer.text
    return re.findall(r'<a class="serial" href="/portal/requests/(R-\d+)"', answer.text)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_request_shows_what_is_asked_by_whom_and_since_when(
    portal: Portal, made: str, language: str
) -> None:
    page = portal.sign_in("approver", language).get(f"/portal/requests/{made}")
    assert page.status_code == 200
    for said in (made, portal.world.aoba, "mori@aoba.example", "Aoba Proposer", "Our auditor"):
        assert said in page.text
    assert ("Hanako Mori" if language == "en" else "森 花子") in page.text
    assert f"/portal/requests/{made}/approval" in page.text


def test_everyone_of_the_account_and_every_administrator_may_know_and_nobody_else(
    portal: Portal, made: str
) -> None:
    may = ("aoba-proposer", "aoba-approver", "operator", "approver", "auditor")
    for login_id in (*may, "system-administrator"):
        client = portal.sign_in(login_id)
        assert client.get(f"/portal/requests/{made}").status_code == 200, login_id
        assert numbers(client) == [made]
    outsider = portal.sign_in("outsider")
    absent = outsider.get("/portal/requests/R-000999")
    hidden = outsider.get(f"/portal/requests/{made}")
    assert (absent.status_code, hidden.status_code) == (404, 404)
    assert main(hidden.text) == main(absent.text)
    assert numbers(outsider) == []
    assert ">0 requests</h2>" in outsider.get("/portal/requests").text


@pytest.mark.parametrize(
    "typed", ["R-1", "R-00001", "r-000001", "R-000000", "R-٠٠٠٠٠١", "R-" + "9" * 30]
)
def test_a_number_counts_only_as_it_is_printed(portal: Portal, made: str, typed: str) -> None:
    assert portal.sign_in("approver").get(f"/portal/requests/{typed}").status_code == 404


def test_only_who_may_decide_is_offered_to(portal: Portal, made: str) -> None:
    offered = {}
    for login_id in ("aoba-proposer", "aoba-approver", "operator", "approver", "auditor"):
        text = portal.sign_in(login_id).get(f"/portal/requests/{made}").text
        offered[login_id] = set(re.findall(rf"{made}/(\w+)", text))
    assert offered == {
        "aoba-proposer": {"withdrawal"},
        "aoba-approver": set(),
        "operator": set(),
        "approver": {"approval", "rejection"},
        "auditor": set(),
    }


def test_who_asks_by_login_id_does_not_learn_whose_it_is(portal: Portal) -> None:
    made = ask(
        portal,
        Kind.ADD_REPRESENTATIVE,
        actor=portal.world.aoba_proposer,
        account=portal.world.aoba,
        right=Right.READ,
        login_id="outsider",
    )
    for login_id, names in (("aoba-proposer", False), ("approver", True), ("outsider", True)):
        client = portal.sign_in(login_id)
        for address in ("/portal/requests", f"/portal/requests/{made}"):
            text = main(client.get(address).text)
            assert ("Outsider<" in text) is names, (login_id, address)


def test_the_list_is_filtered(portal: Portal, made: str) -> None:
    about = ask(portal, Kind.SUSPEND_PERSON, actor=portal.world.operator, login_id="aoba-approver")
    client = portal.sign_in("approver")
    assert numbers(client) == [about, made]
    assert numbers(client, kind="suspend_person") == [about]
    assert numbers(client, state="approved") == []
    assert numbers(client, person="aoba-approver") == [about]
    assert numbers(client, person="nobody") == []
    assert numbers(client, since="2026-11-02", until="2026-11-02") == [about, made]
    assert numbers(client, until="01/11/2026") == []
    assert numbers(client, whose="mine") == []
    assert numbers(portal.sign_in("operator"), whose="mine") == [about]


def test_somebody_unknown_and_somebody_hidden_filter_alike(portal: Portal) -> None:
    ask(portal, Kind.SUSPEND_PERSON, actor=portal.world.operator, login_id="outsider")
    client = portal.sign_in("aoba-proposer")
    answers = {
        main(client.get("/portal/requests", query_string={"person": name}).text).replace(name, "-")
        for name in ("outsider", "no-such-person")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("field", ["since", "until"])
def test_o74_part_of_a_date_is_refused_and_the_rest_is_kept(
    portal: Portal, made: str, field: str, language: str
) -> None:
    client = portal.sign_in("approver", language)
    query = {field: "2026-11", "person": "aoba-approver", "kind": "change_right"}
    answer = client.get("/portal/requests", query_string=query)
    assert answer.status_code == 422
    assert f'id="{field}_error"' in answer.text
    assert 'value="2026-11"' in answer.text and 'value="aoba-approver"' in answer.text
    assert 'value="change_right" selected' in answer.text


def test_pages_turn_forth_and_back(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.lists.PAGE_SIZE", 2)
    made = [
        ask(
            portal,
            Kind.ISSUE_LOGIN_ID,
            actor=portal.world.operator,
            name_en=f"Person {letter}",
            email=f"{letter}@example.com",
        )
        for letter in "abcde"
    ]
    client, address, seen = portal.sign_in("auditor"), "/portal/requests", []
    while address:
        text = client.get(address).text
        seen += re.findall(r'<a class="serial" href="/portal/requests/(R-\d+)"', text)
        found = re.search(r'class="next" rel="next" href="([^"]+)"', text)
        back = re.search(r'class="prev" rel="prev" href="([^"]+)"', text)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == made[::-1]
    assert back
    text = client.get(back[1]).text
    assert re.findall(r'href="/portal/requests/(R-\d+)"', text) == [made[2], made[1]]


def test_the_list_costs_few_statements(portal: Portal, made: str) -> None:
    for login_id in ("aoba-proposer", "approver"):
        client = portal.sign_in(login_id)
        for address in ("/portal/requests", f"/portal/requests/{made}"):
            with counted(portal) as statements:
                client.get(address)
            assert len(statements) <= 12, statements


def test_o12_until_it_is_decided_a_deactivation_reads_as_pending(portal: Portal) -> None:
    made = ask(
        portal, Kind.DEACTIVATE_PERSON, actor=portal.world.system_administrator, login_id="auditor"
    )
    client = portal.sign_in("approver")
    assert "Waiting for a decision" in client.get(f"/portal/requests/{made}").text
    person = client.get(f"/portal/people/{portal.world.auditor}")
    assert "Deactivation pending" in person.text
