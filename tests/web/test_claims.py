"""Whose a task is: claimed, taken over with a comment, assigned, given back, several at once."""

import re

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.domain.applications import number
from app.domain.requests import Kind
from app.domain.roles import Role
from app.store.tables import Claim, LogEntry
from tests import applying, world
from tests.asking import ask, main, newcomer
from tests.portal import Portal, PortalClient, counted, error_summary


@pytest.fixture
def made(portal: Portal) -> str:
    """A request that an approver and a system administrator may decide."""
    return newcomer(portal)


@pytest.fixture
def transfer(portal: Portal) -> str:
    """A transfer of Aoba's that Aoba's approver may decide."""
    portal.issued(100)
    found = portal.database.write(
        lambda session: world.proposed(session, portal.world, quantity=10)
    )
    return f"JP{found:010d}"


def claims(portal: Portal) -> list[tuple[int | None, int, str | None]]:
    """Return whose each claim made the task, who made it, and the comment; the first first."""
    with portal.database.reading() as session:
        found = session.scalars(select(Claim).order_by(Claim.id))
        return [(claim.user_id, claim.made_by, claim.comment) for claim in found]


def second_approver(portal: Portal) -> int:
    return portal.database.write(
        lambda session: world.person(session, "second-approver", role=Role.APPROVER)
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_o51_an_unclaimed_task_becomes_the_claimants(
    portal: Portal, made: str, language: str
) -> None:
    client = portal.sign_in("approver", language)
    assert made in client.get("/portal/tasks?claim=unclaimed").text
    answer = client.send(f"/portal/tasks/{made}/claim")
    assert (answer.status_code, answer.location) == (303, f"/portal/tasks/{made}?done=yes")
    page = client.get(answer.location)
    assert ("Task" if language == "en" else "この作業の審査担当になりました。") in main(page.text)
    assert made not in main(client.get("/portal/tasks?claim=unclaimed").text)
    other = portal.sign_in("system-administrator", language)
    assert "Approver" in main(other.get("/portal/tasks").text)
    # The event stands in the history of the request too.
    assert main(other.get(f"/portal/requests/{made}").text).count("Approver") >= 2
    assert claims(portal) == [(portal.world.approver, portal.world.approver, None)]


def test_o52_a_claimed_task_is_taken_over_with_a_comment_only(portal: Portal, made: str) -> None:
    portal.sign_in("approver").send(f"/portal/tasks/{made}/claim")
    other = portal.sign_in("system-administrator")
    refused = other.send(f"/portal/tasks/{made}/claim", comment="  ")
    assert refused.status_code == 422
    assert list(error_summary(refused.text)) == ["comment"]
    assert len(claims(portal)) == 1
    assert portal.refusals() == ["CommentRequired"]
    answer = other.send(f"/portal/tasks/{made}/claim", comment="On leave")
    assert answer.status_code == 303
    for address in (f"/portal/tasks/{made}", f"/portal/requests/{made}"):
        history = main(other.get(address).text).partition('class="timeline"')[2]
        said = history.find("by System Administrator"), history.find("by Approver")
        assert -1 < said[0] < said[1], address
        assert "On leave" in history
    assert [claim[0] for claim in claims(portal)] == [
        portal.world.approver,
        portal.world.system_administrator,
    ]


def test_who_has_claimed_it_is_shown_where_it_is_decided(portal: Portal, transfer: str) -> None:
    client = portal.sign_in("aoba-approver")
    for address in (
        f"/portal/transactions/{transfer}",
        f"/portal/transactions/{transfer}/approval",
    ):
        assert "Nobody has claimed this task." in client.get(address).text
    client.send(f"/portal/tasks/{transfer}/claim")
    for address in (
        f"/portal/transactions/{transfer}",
        f"/portal/transactions/{transfer}/approval",
    ):
        assert "You have claimed this task." in client.get(address).text
    history = main(client.get(f"/portal/transactions/{transfer}").text)
    assert "<strong>Claimed</strong>" in history
    assert client.send(f"/portal/transactions/{transfer}/approval").status_code == 303


def test_an_administrator_assigns_to_somebody_who_may_decide(portal: Portal, made: str) -> None:
    second = second_approver(portal)
    client = portal.sign_in("approver")
    offered = re.findall(r'<option value="([^"]+)"', main(client.get(f"/portal/tasks/{made}").text))
    assert offered == ["system-administrator", "second-approver"]
    answer = client.send(f"/portal/tasks/{made}/assignment", login_id="second-approver")
    assert answer.status_code == 303
    page = main(client.get(answer.location).text)
    assert "The task was assigned." in page and "Assigned to Second Approver" in page
    assert claims(portal) == [(second, portal.world.approver, None)]
    assert made in portal.sign_in("second-approver").get("/portal/tasks?claim=mine").text


@pytest.mark.parametrize("to", ["", "operator", "auditor", "aoba-approver", "approver", "nobody"])
def test_nobody_else_is_assigned_to(portal: Portal, made: str, to: str) -> None:
    client = portal.sign_in("approver")
    answer = client.send(
        f"/portal/tasks/{made}/assignment", login_id=to, comment_on_assignment="Kept text"
    )
    assert answer.status_code == 422
    assert list(error_summary(answer.text)) == ["login_id"]
    assert "Kept text</textarea>" in answer.text
    assert claims(portal) == []


def test_a_holders_person_claims_and_does_not_assign(portal: Portal, transfer: str) -> None:
    client = portal.sign_in("aoba-approver")
    page = main(client.get(f"/portal/tasks/{transfer}").text)
    assert "/claim" in page and "/assignment" not in page
    answer = client.send(f"/portal/tasks/{transfer}/assignment", login_id="aoba-proposer")
    assert answer.status_code == 422


def test_a_task_is_given_back(portal: Portal, made: str) -> None:
    client = portal.sign_in("approver")
    client.send(f"/portal/tasks/{made}/claim")
    answer = client.send(f"/portal/tasks/{made}/release", comment_on_release="Not my field")
    assert answer.status_code == 303
    page = main(client.get(answer.location).text)
    assert "Given back" in page and "Not my field" in page
    assert made in main(client.get("/portal/tasks?claim=unclaimed").text)
    again = client.send(f"/portal/tasks/{made}/release")
    assert again.status_code == 409


@pytest.mark.parametrize("login_id", ["operator", "auditor"])
def test_o22_who_may_not_decide_does_not_claim_or_comment(
    portal: Portal, made: str, login_id: str
) -> None:
    client = portal.sign_in(login_id)
    page = client.get(f"/portal/tasks/{made}")
    assert page.status_code == 200 and "<textarea" not in page.text
    for noun in ("claim", "assignment", "release"):
        answer = client.send(f"/portal/tasks/{made}/{noun}", comment="Mine", login_id="approver")
        assert answer.status_code == 422, noun
    assert claims(portal) == []
    assert set(portal.refusals()) == {"NotEntitled"}


def test_the_proposer_sees_the_task_and_does_not_claim_it(portal: Portal, transfer: str) -> None:
    client = portal.sign_in("aoba-proposer")
    assert "/claim" not in main(client.get(f"/portal/tasks/{transfer}").text)
    assert client.send(f"/portal/tasks/{transfer}/claim").status_code == 422
    assert claims(portal) == []


def test_what_was_decided_is_nobodys_task(portal: Portal, made: str) -> None:
    client = portal.sign_in("approver")
    client.send(f"/portal/requests/{made}/rejection", reason="No")
    assert "decided already" in client.get(f"/portal/tasks/{made}").text
    answer = client.send(f"/portal/tasks/{made}/claim")
    assert answer.status_code == 409
    assert claims(portal) == []


def several(client: PortalClient, *numbers: str) -> object:
    fields = MultiDict([("csrf_token", client.token), *(("task", one) for one in numbers)])
    return client.post("/portal/tasks/claims", data=fields)


def test_o54_several_tasks_are_claimed_in_one_step(portal: Portal) -> None:
    numbers = [
        ask(
            portal,
            Kind.ISSUE_LOGIN_ID,
            actor=portal.world.operator,
            name_en=f"Person {place}",
            email=f"p{place}@example.com",
        )
        for place in range(4)
    ]
    client = portal.sign_in("approver")
    page = client.get("/portal/tasks").text
    assert re.findall(r'name="task" value="([^"]+)"', page) == numbers
    answer = several(client, *numbers[:3], numbers[0])
    assert (answer.status_code, answer.location) == (303, "/portal/tasks?claim=mine")
    me = portal.world.approver
    assert claims(portal) == [(me, me, None)] * 3
    with portal.database.reading() as session:
        logged = select(LogEntry.subject).where(LogEntry.operation == "claim task")
        assert session.scalars(logged).all() == numbers[:3]
    mine = main(client.get(answer.location).text)
    assert re.findall(r'href="/portal/tasks/([\w-]+)">', mine) == numbers[:3]


def test_o54_of_several_tasks_all_are_claimed_or_none(portal: Portal, made: str) -> None:
    other = ask(
        portal,
        Kind.ISSUE_LOGIN_ID,
        actor=portal.world.operator,
        name_en="Person",
        email="p@example.com",
    )
    portal.sign_in("system-administrator").send(f"/portal/tasks/{made}/claim")
    client = portal.sign_in("approver")
    client.get("/portal/tasks")
    answer = several(client, other, made)
    assert answer.status_code == 422
    assert list(error_summary(answer.text)) == ["tasks"]
    assert f'value="{other}" aria-label="Choose {other}" checked' in answer.text
    assert len(claims(portal)) == 1
    assert several(client).status_code == 422
    assert portal.refusals() == ["CommentRequired", "NothingTicked"]


def test_a_form_kept_through_sign_in_is_shown_again_and_not_acted_on(
    portal: Portal, made: str
) -> None:
    client = portal.sign_in("approver")
    client.get("/portal/tasks")
    shown = client.send("/portal/tasks/claims", task=made, resumed="yes")
    assert (
        shown.status_code == 200
        and f'value="{made}" aria-label="Choose {made}" checked' in shown.text
    )
    shown = client.send(f"/portal/tasks/{made}/claim", comment="Kept", resumed="yes")
    assert shown.status_code == 200 and "Kept</textarea>" in shown.text
    assert claims(portal) == []


def test_posted_pages_lead_back_when_they_are_opened(portal: Portal, made: str) -> None:
    client = portal.sign_in("approver")
    for noun in ("claim", "assignment", "release"):
        answer = client.get(f"/portal/tasks/{made}/{noun}")
        assert (answer.status_code, answer.location) == (303, f"/portal/tasks/{made}")
    assert client.get("/portal/tasks/claims").location == "/portal/tasks"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_of_a_movement_says_what_is_available_and_costs_few_statements(
    portal: Portal, transfer: str, language: str
) -> None:
    client = portal.sign_in("aoba-approver", language)
    with counted(portal) as statements:
        page = main(client.get(f"/portal/tasks/{transfer}").text)
    assert len(statements) <= 12, statements
    assert ">90<" in page and ">10<" in page


def test_the_receiver_of_a_movement_knows_nothing_of_the_task(portal: Portal) -> None:
    portal.issued(100)
    moved = portal.database.write(lambda session: world.moved(session, portal.world, quantity=5))
    client = portal.sign_in("kaede-approver")
    assert client.get(f"/portal/transactions/JP{moved:010d}").status_code == 200
    assert client.get(f"/portal/tasks/JP{moved:010d}").status_code == 404


def test_an_application_is_claimed_taken_over_and_assigned(portal: Portal) -> None:
    second = portal.database.write(
        lambda session: world.person(session, "operator-two", role=Role.OPERATOR)
    )
    printed = portal.database.write(
        lambda session: number(applying.submitted(session, portal.world).id)
    )
    assert second
    client = portal.sign_in("operator")
    assert "Japanese corporation" in main(client.get(f"/portal/tasks/{printed}").text)
    answer = client.send(f"/portal/tasks/{printed}/claim", comment="")
    assert answer.location == f"/portal/tasks/{printed}?done=yes"
    other = portal.sign_in("operator-two")
    other.get(f"/portal/tasks/{printed}")
    assert other.send(f"/portal/tasks/{printed}/claim", comment="").status_code == 422
    assert other.send(f"/portal/tasks/{printed}/claim", comment="On leave").status_code == 303
    page = main(other.get(f"/portal/tasks/{printed}").text)
    assert "On leave" in page and 'value="operator"' in page
    address = f"/portal/tasks/{printed}/assignment"
    assert other.send(address, login_id="operator").status_code == 303
    assert other.send(address, login_id="approver", comment_on_assignment="x").status_code == 422
    # Nobody but an examiner knows it as a task to take.
    for login_id, code in (("approver", 422), ("auditor", 422), ("aoba-proposer", 404)):
        reader = portal.sign_in(login_id)
        answer = reader.send(f"/portal/tasks/{printed}/claim", comment="Mine")
        assert answer.status_code == code, login_id
