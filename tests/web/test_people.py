"""People: those of my accounts or all of them, and one with rights, requests and history."""

import re

import pytest
from sqlalchemy.orm import Session

from app.domain.people import Acting, State
from app.domain.requests import Kind
from app.domain.roles import Right
from app.registry import people as verbs
from app.store.tables import Representative, User
from tests import world
from tests.asking import ask, main, newcomer
from tests.portal import Portal, PortalClient, counted
from tests.world import NOW

ADMINISTRATORS = ("operator", "approver", "auditor", "system-administrator")


def names(client: PortalClient, **filters: str) -> list[str]:
    answer = client.get("/portal/people", query_string=filters)
    assert answer.status_code == 200, answer.text
    return re.findall(r'href="/portal/people/\d+">([^<]+)</a>', main(answer.text))


def named(portal: Portal, login_id: str, name_en: str, name_ja: str) -> int:
    def make(session: Session) -> int:
        made = verbs.create(
            session,
            login_id,
            name_en=name_en,
            name_ja=name_ja,
            actor=None,
            now=NOW,
        )
        return made.id

    return portal.database.write(make)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_holders_people_see_who_acts_on_their_accounts_and_nobody_else(
    portal: Portal, language: str
) -> None:
    client = portal.sign_in("aoba-proposer", language)
    page = client.get("/portal/people")
    assert page.status_code == 200
    assert names(client) == ["Aoba Proposer", "Aoba Approver"]
    assert portal.world.aoba in page.text and portal.world.kaede not in page.text
    assert ("Propose and approve" if language == "en" else "申請・承認") in page.text


@pytest.mark.parametrize("login_id", ADMINISTRATORS)
def test_administrators_see_everyone(portal: Portal, login_id: str) -> None:
    found = names(portal.sign_in(login_id))
    assert {"Operator", "Aoba Proposer", "Kaede Approver", "Outsider"} <= set(found)


def test_only_who_may_is_offered_to_issue_a_login_id(portal: Portal) -> None:
    offered = {
        login_id: "issue-login-id/new" in portal.sign_in(login_id).get("/portal/people").text
        for login_id in ADMINISTRATORS
    }
    assert offered == {
        "operator": True,
        "approver": False,
        "auditor": False,
        "system-administrator": True,
    }


def test_people_are_found_by_letters_of_a_name_or_login_id_in_any_width(portal: Portal) -> None:
    named(portal, "JP0000012345", "Hanako Mori", "森 花子")
    named(portal, "JP9900000001", "Percent 100%", "百 分率")
    client = portal.sign_in("auditor")
    for typed in ("mori", "ＭＯＲＩ", "花子", "森　花", "森 花", "0000012345", "jp00000123"):
        assert names(client, words=typed) == ["Hanako Mori"], typed
    assert names(client, words="0%") == ["Percent 100%"]
    assert names(client, words="__") == []
    assert names(client, words="no such person") == []


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("typed", ["q", "森", " ｋ "])
def test_one_letter_is_too_few(portal: Portal, language: str, typed: str) -> None:
    client = portal.sign_in("operator", language)
    answer = client.get("/portal/people", query_string={"words": typed, "state": "active"})
    assert answer.status_code == 422
    assert 'id="words_error"' in answer.text and 'value="active" selected' in answer.text


def test_the_list_is_filtered_by_role_state_and_account(portal: Portal) -> None:
    client = portal.sign_in("auditor")
    assert names(client, role="approver") == ["Approver"]
    assert "Operator" not in names(client, role="holders")
    assert names(client, account=portal.world.kaede) == ["Kaede Proposer", "Kaede Approver"]
    assert names(client, state="suspended") == []
    ask(portal, Kind.SUSPEND_PERSON, actor=portal.world.operator, login_id="outsider")
    assert names(client, state="suspended") == ["Outsider"]
    for wrong in ({"account": "JP-1"}, {"role": "king"}, {"state": "asleep"}):
        answer = client.get("/portal/people", query_string=wrong)
        assert answer.status_code == 422
        assert f'id="{next(iter(wrong))}_error"' in answer.text


def test_pages_turn_forth_and_back(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    client = portal.sign_in("auditor")
    whole = names(client)
    monkeypatch.setattr("app.web.lists.PAGE_SIZE", 3)
    seen: list[str] = []
    address, before = "/portal/people", ""
    while address:
        text = client.get(address).text
        seen += re.findall(r'href="/portal/people/\d+">([^<]+)</a>', main(text))
        found = re.search(r'rel="next" href="([^"]+)"', text)
        back = re.search(r'rel="prev" href="([^"]+)"', text)
        address, before = (found[1] if found else ""), (back[1] if back else "")
    assert seen == whole
    text = main(client.get(before.replace("&amp;", "&")).text)
    last = len(whole) - (len(whole) % 3 or 3)
    assert re.findall(r'people/\d+">([^<]+)</a>', text) == whole[last - 3 : last]


def test_htmx_gets_the_results_alone(portal: Portal) -> None:
    client = portal.sign_in("auditor")
    headers = {"HX-Request": "true", "HX-Target": "results"}
    answer = client.get("/portal/people?words=kaede", headers=headers)
    assert "<h1" not in answer.text and "Kaede Proposer" in answer.text


@pytest.mark.parametrize("login_id", ["outsider", "aoba-proposer"])
def test_of_others_nobody_learns_that_they_exist(portal: Portal, login_id: str) -> None:
    client = portal.sign_in(login_id)
    absent = main(client.get("/portal/people/999999").text)
    for person in (portal.world.kaede_proposer, portal.world.operator):
        answer = client.get(f"/portal/people/{person}")
        assert answer.status_code == 404
        assert main(answer.text) == absent
    for typed in ("x", "0", "-1", "٣", "9" * 40):
        assert client.get(f"/portal/people/{typed}").status_code == 404


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_colleague_is_shown_by_what_both_have_in_common(portal: Portal, language: str) -> None:
    def more(session: Session) -> None:
        # The colleague also acts for Outside, which is no affair of Aoba's.
        rights = {
            portal.world.outsider: Right.BOTH,
            portal.world.outsider_colleague: Right.BOTH,
            portal.world.aoba_approver: Right.READ,
        }
        world.appoint(session, portal.world.outside, rights, portal.world.operator)
        session.get_one(User, portal.world.aoba_approver).email = "private@example.com"

    portal.database.write(more)
    ask(
        portal,
        Kind.CHANGE_RIGHT,
        actor=portal.world.outsider,
        login_id="aoba-approver",
        account=portal.world.outside,
        right=Right.PROPOSE,
    )
    client = portal.sign_in("aoba-proposer", language)
    page = main(client.get(f"/portal/people/{portal.world.aoba_approver}").text)
    assert portal.world.aoba in page
    for hidden in (portal.world.outside, "R-000001", "private@example.com"):
        assert hidden not in page
    for login_id in ("auditor", "aoba-approver"):
        whole = main(
            portal.sign_in(login_id).get(f"/portal/people/{portal.world.aoba_approver}").text
        )
        for shown in (portal.world.aoba, portal.world.outside, "R-000001", "private@example.com"):
            assert shown in whole, (login_id, shown)


def test_o17_who_is_suspended_on_one_account_sees_the_people_of_the_other_only(
    portal: Portal,
) -> None:
    def suspended(session: Session) -> None:
        session.add(
            Representative(
                user_id=portal.world.aoba_approver,
                account_id=2,
                right=Right.BOTH,
                state=Acting.SUSPENDED,
            )
        )

    portal.database.write(suspended)
    client = portal.sign_in("aoba-approver")
    assert names(client) == ["Aoba Proposer", "Aoba Approver"]
    assert client.get(f"/portal/people/{portal.world.kaede_proposer}").status_code == 404
    own = main(client.get(f"/portal/people/{portal.world.aoba_approver}").text)
    assert portal.world.kaede not in own
    colleague = main(
        portal.sign_in("kaede-proposer").get(f"/portal/people/{portal.world.aoba_approver}").text
    )
    assert "Suspended on this account" in colleague and portal.world.aoba not in colleague


def test_o15_each_is_offered_what_the_rights_cover(portal: Portal) -> None:
    def offered(login_id: str, person: int) -> set[str]:
        text = main(portal.sign_in(login_id).get(f"/portal/people/{person}").text)
        return set(re.findall(r"/portal/requests/([\w-]+)/new", text))

    on_account = {"change-right", "suspend-representative", "remove-representative"}
    about_person = {
        *("change-details", "replace-second-factor", "initialise-password"),
        *("reissue-login-id", "suspend-person", "deactivate-person"),
    }
    approver = portal.world.aoba_approver
    assert offered("aoba-proposer", approver) == on_account
    assert offered("aoba-approver", portal.world.aoba_proposer) == set()
    assert offered("auditor", approver) == offered("approver", approver) == set()
    assert offered("operator", approver) == on_account | about_person
    assert offered("operator", portal.world.auditor) == set()
    system = portal.world.system_administrator
    assert offered("system-administrator", portal.world.auditor) == about_person | {"change-role"}
    own = {"change-details", "replace-second-factor", "deactivate-person"}
    assert offered("system-administrator", system) == own
    assert offered("aoba-approver", approver) == own


def test_o69_the_history_of_the_state_tells_when_who_what_why_and_by_which_request(
    portal: Portal,
) -> None:
    first = ask(
        portal,
        Kind.SUSPEND_PERSON,
        actor=portal.world.operator,
        login_id="aoba-approver",
        comment="Left the office",
    )
    client = portal.sign_in("approver")
    reason = "Came back"
    assert client.send(f"/portal/requests/{first}/rejection", reason=reason).status_code == 303
    page = main(client.get(f"/portal/people/{portal.world.aoba_approver}").text)
    rows = [row for row in re.findall(r"<tr role.*?</tr>", page, re.S) if "→" in row]
    assert len(rows) == 2
    newest, oldest = rows
    assert "Suspended → Active" in newest and reason in newest and ">Approver<" in newest
    assert "Active → Suspended" in oldest and "Left the office" in oldest
    assert ">Operator<" in oldest
    assert all(first in row and "<time" in row for row in rows)
    with portal.database.reading() as session:
        assert session.get_one(User, portal.world.aoba_approver).state is State.ACTIVE


def test_the_history_survives_a_new_login_id(portal: Portal) -> None:
    made = ask(portal, Kind.SUSPEND_PERSON, actor=portal.world.operator, login_id="outsider")
    portal.sign_in("approver").send(f"/portal/requests/{made}/rejection", reason="No")
    made = ask(portal, Kind.REISSUE_LOGIN_ID, actor=portal.world.operator, login_id="outsider")
    client = portal.sign_in("approver")
    assert client.send(f"/portal/requests/{made}/approval").status_code in {200, 303}
    page = main(client.get(f"/portal/people/{portal.world.outsider}").text)
    assert page.count("→") == 2


@pytest.mark.parametrize("login_id", [*ADMINISTRATORS, "aoba-proposer"])
def test_every_link_to_an_account_leads_there(portal: Portal, login_id: str) -> None:
    client = portal.sign_in(login_id)
    for address in ("/portal/people", f"/portal/people/{portal.world.aoba_approver}"):
        page = main(client.get(address).text)
        assert portal.world.aoba in page
        for found in set(re.findall(r'href="(/portal/accounts/[^"]+)"', page)):
            assert client.get(found).status_code == 200, found


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("login_id", [*ADMINISTRATORS, "aoba-proposer"])
def test_the_pages_are_sound_and_cost_few_statements(
    portal: Portal, login_id: str, language: str
) -> None:
    newcomer(portal)
    ask(portal, Kind.SUSPEND_PERSON, actor=portal.world.operator, login_id="aoba-approver")
    client = portal.sign_in(login_id, language)
    for address in ("/portal/people", f"/portal/people/{portal.world.aoba_approver}"):
        with counted(portal) as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 12, statements
