"""Tasks: what waits for a person's decision, whose it is, and what else the list says of it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain import applications
from app.domain.ledger import Kind
from app.domain.requests import Kind as Asking
from app.registry import claims
from tests import applying, examining, world
from tests.asking import ask, main, newcomer
from tests.portal import Portal, PortalClient, counted
from tests.world import NOW


def proposed(portal: Portal, kind: Kind = Kind.TRANSFER, **asked: object) -> str:
    found = portal.database.write(
        lambda session: world.proposed(session, portal.world, kind, **asked)
    )
    return f"JP{found:010d}"


def claimed(portal: Portal, number: str, *, by: int) -> None:
    movement = number.startswith("JP")
    portal.database.write(
        lambda session: claims.claim(
            session,
            transaction=int(number[2:]) if movement else None,
            request=None if movement else int(number[2:]),
            subject=number,
            to=by,
            comment="",
            actor=by,
            now=NOW,
        )
    )


def listed(client: PortalClient, **filters: str) -> list[str]:
    answer = client.get("/portal/tasks", query_string=filters)
    assert answer.status_code == 200, answer.text
    return re.findall(r'href="/portal/tasks/([\w-]+)">', main(answer.text))


@pytest.fixture
def waiting(portal: Portal) -> dict[str, str]:
    """A transfer of Aoba's, a mandatory cancellation and a request, in this order."""
    portal.issued(1_000)
    return {
        "transfer": proposed(portal, quantity=30),
        "cancellation": proposed(portal, Kind.MANDATORY_CANCELLATION, quantity=5),
        "request": newcomer(portal),
    }


def test_o50_each_sees_what_each_may_decide_and_nothing_of_the_rest(
    portal: Portal, waiting: dict[str, str]
) -> None:
    transfer, cancellation, request = waiting.values()
    found = {
        login_id: listed(portal.sign_in(login_id))
        for login_id in (
            *("aoba-approver", "approver", "system-administrator", "operator", "auditor"),
            *("aoba-proposer", "kaede-approver", "outsider"),
        )
    }
    assert found == {
        "aoba-approver": [transfer],
        "approver": [cancellation, request],
        "system-administrator": [request],
        "operator": [],
        "auditor": [],
        "aoba-proposer": [],
        "kaede-approver": [],
        "outsider": [],
    }
    page = main(portal.sign_in("outsider").get("/portal/tasks").text)
    assert ">0 tasks</h2>" in page


def test_o50_the_address_of_a_task_of_others_is_as_absent(
    portal: Portal, waiting: dict[str, str]
) -> None:
    client = portal.sign_in("outsider")
    for number, absent in (
        (waiting["transfer"], "JP0000000999"),
        (waiting["cancellation"], "JP0000000999"),
        (waiting["request"], "R-000999"),
    ):
        answers = [client.get(f"/portal/tasks/{one}") for one in (number, absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert main(answers[0].text) == main(answers[1].text)
        for noun in ("claim", "assignment", "release"):
            assert client.send(f"/portal/tasks/{number}/{noun}").status_code == 404
    several = client.send("/portal/tasks/claims", task=waiting["transfer"])
    assert several.status_code == 404


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_movement_stands_beside_what_is_available_and_reserved(
    portal: Portal, waiting: dict[str, str], language: str
) -> None:
    page = main(portal.sign_in("aoba-approver", language).get("/portal/tasks").text)
    # 1,000 held, of which 35 are reserved by two proposals.
    assert re.search(r'>965</span> <span class="unit">', page)
    assert re.search(r'>35</span> <span class="unit">', page)
    assert ("Aoba Proposer" in page) and waiting["transfer"] in page


def test_the_age_counts_days_and_what_is_overdue_says_so(
    portal: Portal, waiting: dict[str, str]
) -> None:
    later = NOW + timedelta(days=15, hours=1)
    portal.app.config["CLOCK"] = lambda: later
    page = main(
        portal.sign_in("approver")
        .get("/portal/tasks", query_string={"kind": "add_representative"})
        .text
    )
    assert "15 days" in page and "Overdue" in page


def test_the_list_is_filtered_by_claimant_kind_and_date(
    portal: Portal, waiting: dict[str, str]
) -> None:
    _transfer, cancellation, request = waiting.values()
    claimed(portal, cancellation, by=portal.world.approver)
    claimed(portal, request, by=portal.world.system_administrator)
    client = portal.sign_in("approver")
    assert listed(client) == [cancellation, request]
    assert listed(client, claim="unclaimed") == []
    assert listed(client, claim="mine") == [cancellation]
    assert listed(client, kind="mandatory_cancellation") == [cancellation]
    assert listed(client, kind="add_representative") == [request]
    assert listed(client, kind="transfer") == []
    assert listed(client, since="2026-11-02", until="2/11/2026") == [cancellation, request]
    assert listed(client, since="2026-11-03") == []
    assert listed(client, order="newest") == [request, cancellation]
    page = main(client.get("/portal/tasks").text)
    assert "System Administrator" in page and "<strong>Me</strong>" in page


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("field", ["since", "until"])
def test_o74_part_of_a_date_is_refused_and_the_rest_is_kept(
    portal: Portal, waiting: dict[str, str], field: str, language: str
) -> None:
    client = portal.sign_in("approver", language)
    query = {field: "11/2026", "claim": "unclaimed", "kind": "add_representative"}
    answer = client.get("/portal/tasks", query_string=query)
    assert answer.status_code == 422
    assert f'id="{field}_error"' in answer.text and 'value="11/2026"' in answer.text
    assert 'value="unclaimed" selected' in answer.text
    assert 'value="add_representative" selected' in answer.text
    assert waiting["request"] not in answer.text


def test_a_filter_that_is_not_offered_is_refused(portal: Portal) -> None:
    client = portal.sign_in("approver")
    for wrong in ({"claim": "his"}, {"kind": "x"}, {"order": "random"}):
        assert client.get("/portal/tasks", query_string=wrong).status_code == 422


@pytest.mark.parametrize("order", ["", "newest"])
def test_pages_turn_forth_and_back_over_both_lists(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    portal.issued(1_000)
    made = [proposed(portal, Kind.MANDATORY_CANCELLATION, quantity=1)]
    made += [
        ask(
            portal,
            Asking.ISSUE_LOGIN_ID,
            actor=portal.world.operator,
            name_en=f"Person {place}",
            email=f"p{place}@example.com",
        )
        for place in range(5)
    ]
    client = portal.sign_in("approver")
    whole = listed(client, order=order)
    assert sorted(whole) == sorted(made)
    monkeypatch.setattr("app.web.tasks.PAGE_SIZE", 2)
    seen: list[str] = []
    address, before = f"/portal/tasks?order={order}", ""
    while address:
        text = client.get(address).text
        seen += re.findall(r'href="/portal/tasks/([\w-]+)">', main(text))
        found = re.search(r'rel="next" href="([^"]+)"', text)
        back = re.search(r'rel="prev" href="([^"]+)"', text)
        address = found[1].replace("&amp;", "&") if found else ""
        before = back[1].replace("&amp;", "&") if back else ""
    assert seen == whole
    text = main(client.get(before).text)
    assert re.findall(r'href="/portal/tasks/([\w-]+)">', text) == whole[2:4]


@pytest.mark.parametrize("place", ["x", "R-1", "JP1", "R-999999", "JP0000000999"])
def test_a_place_that_never_was_does_no_harm(
    portal: Portal, waiting: dict[str, str], place: str
) -> None:
    client = portal.sign_in("approver")
    for name in ("after", "before"):
        assert client.get("/portal/tasks", query_string={name: place}).status_code == 200


def test_htmx_gets_the_results_alone(portal: Portal, waiting: dict[str, str]) -> None:
    headers = {"HX-Request": "true", "HX-Target": "results"}
    answer = portal.sign_in("approver").get("/portal/tasks", headers=headers)
    assert "<h1" not in answer.text and waiting["request"] in answer.text


def test_what_was_decided_leaves_the_list(portal: Portal, waiting: dict[str, str]) -> None:
    client = portal.sign_in("approver")
    client.send(f"/portal/requests/{waiting['request']}/rejection", reason="No")
    client.send(f"/portal/transactions/{waiting['cancellation']}/approval")
    assert listed(client) == []


def test_the_list_costs_few_statements(portal: Portal, waiting: dict[str, str]) -> None:
    for login_id in ("aoba-approver", "approver"):
        client = portal.sign_in(login_id)
        with counted(portal) as statements:
            client.get("/portal/tasks")
        assert len(statements) <= 12, statements


def test_applications_wait_for_an_examiner_and_then_for_an_approver(portal: Portal) -> None:
    def build(session: Session) -> tuple[str, str]:
        first = applying.submitted(session, portal.world, 1)
        second = examining.examined(
            session, portal.world, applying.submitted(session, portal.world, 2)
        )
        return applications.number(first.id), applications.number(second.id)

    waiting, examined = portal.database.write(build)
    later = NOW + timedelta(days=31)
    portal.app.config["CLOCK"] = lambda: later
    operator, approver = portal.sign_in("operator"), portal.sign_in("approver", "ja")
    assert (listed(operator), listed(approver)) == ([waiting], [examined])
    assert listed(operator, kind="form_1") == [waiting]
    assert listed(operator, kind="form_2") == listed(operator, kind="transfer") == []
    page = main(operator.get("/portal/tasks").text)
    assert "31 days" in page and "Overdue" in page and "Japanese corporation" in page
    assert listed(portal.sign_in("auditor")) == listed(portal.sign_in("aoba-approver")) == []
