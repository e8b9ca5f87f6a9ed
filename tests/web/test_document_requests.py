"""Documents asked for: by an operator, of an applicant or an account, and handed in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.applications import number, request_number
from app.store import document_requests as questions
from app.store.tables import DocumentRequest
from tests import applying, examining
from tests.asking import main
from tests.portal import Portal, PortalClient, error_summary

ADDRESS = "/portal/document-requests"


@pytest.fixture
def application(portal: Portal) -> str:
    """An application of Aoba's that the operator has claimed."""

    def build(session: Session) -> str:
        made = applying.submitted(session, portal.world)
        examining.claim(session, made, portal.world.operator)
        return number(made.id)

    return portal.database.write(build)


def asked(portal: Portal) -> list[DocumentRequest]:
    with portal.database.reading() as session:
        rows = questions.find(session, questions.Filter())
        return [session.get_one(DocumentRequest, row.id) for row in rows]


def ask(
    client: PortalClient, about: str, documents: str = "Seal certificate", **fields: str
) -> str:
    """Ask for documents and return the number of the request."""
    kind = "application" if about.startswith("A-") else "account"
    page = client.get(f"{ADDRESS}/new", query_string={kind: about}).text
    form = {
        name: re.findall(rf'name="{name}"[^>]* value="([^"]*)"', page)[0] for name in ("due", "key")
    }
    answer = client.send(ADDRESS, **form, **{kind: about}, documents=documents, **fields)
    assert answer.status_code == 303, error_summary(answer.text)
    return answer.location.rpartition("/")[2].partition("?")[0]


def test_o58_none_eleven_and_three_documents_and_a_form_left_unsent(
    portal: Portal, application: str
) -> None:
    client = portal.sign_in("operator")
    for documents in ("", " \n　\n", "\n".join(f"Document {one}" for one in range(11))):
        page = client.get(f"{ADDRESS}/new", query_string={"application": application})
        assert application in page.text
        form = {"application": application, "documents": documents, "key": "one"}
        answer = client.send(ADDRESS, **form, due="2099-01-01", comment="Because")
        assert (answer.status_code, list(error_summary(answer.text))) == (422, ["documents"])
        assert "Because</textarea>" in answer.text
        assert asked(portal) == []
    made = ask(client, application, "Seal certificate\nPower of attorney\n\n定款", comment="Soon")
    assert asked(portal)[0].documents == ["Seal certificate", "Power of attorney", "定款"]
    assert made in main(client.get(f"/portal/applications/{application}/examination").text)
    for login_id, there in (("aoba-proposer", True), ("outsider", False)):
        tasks = main(portal.sign_in(login_id).get("/portal/tasks").text)
        assert (made in tasks) is there


def test_the_deadline_must_be_a_day_to_come(portal: Portal, application: str) -> None:
    client = portal.sign_in("operator")
    client.get(f"{ADDRESS}/new", query_string={"application": application})
    for due in ("", "12/2026", "2020-01-01", "2099-01-01"):
        answer = client.send(
            ADDRESS, application=application, documents="One", due=due, key="one", comment=""
        )
        assert (answer.status_code, list(error_summary(answer.text))) == (422, ["due"]), due
        assert "One</textarea>" in answer.text


def test_to_others_it_is_not_there_and_only_operators_ask(portal: Portal, application: str) -> None:
    made = ask(portal.sign_in("operator"), portal.world.aoba)
    other = portal.sign_in("outsider")
    for address in (f"{ADDRESS}/{made}", f"{ADDRESS}/{request_number(999)}", f"{ADDRESS}/D-1"):
        assert other.get(address).status_code == 404
    assert other.send(f"{ADDRESS}/{made}/answer").status_code == 404
    for login_id in ("auditor", "approver", "aoba-proposer"):
        client = portal.sign_in(login_id)
        assert client.get(f"{ADDRESS}/new?application={application}").status_code == 403
        assert client.send(ADDRESS, account=portal.world.aoba).status_code == 403
        assert client.get(f"{ADDRESS}/{made}").status_code == 200
    # Who may only approve reads it and hands nothing in.
    approving = portal.sign_in("aoba-approver")
    assert "/documents/0" not in approving.get(f"{ADDRESS}/{made}").text
    assert approving.send(f"{ADDRESS}/{made}/answer").status_code == 422
    assert len(asked(portal)) == 1
    visitor = portal.visitor()
    assert visitor.get(f"{ADDRESS}/{made}").status_code == 303


def test_it_is_reminded_of_once_a_day_listed_with_its_age_and_ended(portal: Portal) -> None:
    client = portal.sign_in("operator")
    made = ask(client, portal.world.aoba)
    client.get(f"{ADDRESS}/{made}")
    assert client.send(f"{ADDRESS}/{made}/reminder").status_code == 303
    again = client.send(f"{ADDRESS}/{made}/reminder")
    assert again.status_code == 409 and "/reminder" not in main(again.text)
    later = asked(portal)[0].due_at + timedelta(days=1)
    portal.app.config["CLOCK"] = lambda: later
    client = portal.sign_in("operator")
    page = main(client.get(ADDRESS, query_string={"state": "open"}).text)
    assert made in page and "Overdue" in page and re.search(r"\b1[45] days", page)
    client.get(f"{ADDRESS}/{made}")
    assert client.send(f"{ADDRESS}/{made}/end", reason="Came by post").status_code == 303
    assert made not in main(client.get(ADDRESS, query_string={"state": "open"}).text)
    assert made in main(client.get(ADDRESS, query_string={"state": "ended"}).text)
    assert client.send(f"{ADDRESS}/{made}/reminder").status_code in {409, 422}
