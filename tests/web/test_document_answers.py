"""Documents handed in: a file for each, looked at, removed again, and in the operator's hands."""

import re
from io import BytesIO

from werkzeug.test import TestResponse

from tests import uploading
from tests.asking import main
from tests.portal import Portal, PortalClient, error_summary
from tests.web.test_document_requests import ADDRESS, ask, asked

PDF = uploading.pdf()


def attach(client: PortalClient, made: str, place: int, content: bytes) -> TestResponse:
    """Attach a file to the document at a place."""
    data = {
        "csrf_token": client.token,
        f"document_{place}": (BytesIO(content), "定款.pdf"),
    }
    return client.post(f"{ADDRESS}/{made}/documents/{place}", data=data)


def test_of_an_account_its_people_hand_in_and_the_operator_reads(portal: Portal) -> None:
    operator = portal.sign_in("operator")
    made = ask(operator, portal.world.aoba, "Seal certificate\n定款")
    client = portal.sign_in("aoba-proposer", "ja")
    client.get(f"{ADDRESS}/{made}")
    early = client.send(f"{ADDRESS}/{made}/answer")
    assert (early.status_code, list(error_summary(early.text))) == (422, ["document_0"])
    for place in (0, 1):
        answer = attach(client, made, place, PDF)
        assert answer.status_code == 303, error_summary(answer.text)
    wrong = attach(client, made, 0, b"MZ not a document")
    assert (wrong.status_code, list(error_summary(wrong.text))) == (422, ["document_0"])
    assert client.send(f"{ADDRESS}/{made}/answer").status_code == 303
    assert asked(portal)[0].answered_by == portal.world.aoba_proposer
    assert client.send(f"{ADDRESS}/{made}/answer").status_code == 303, "once more is once"
    page = main(operator.get(f"{ADDRESS}/{made}").text)
    file = re.search(rf'href="({ADDRESS}/{made}/files/\d+)"', page)
    assert file is not None
    answer = operator.get(file[1])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    late = attach(client, made, 0, PDF)
    assert late.status_code in {409, 422}


def test_a_file_is_removed_before_it_is_handed_in(portal: Portal) -> None:
    made = ask(portal.sign_in("operator"), portal.world.aoba)
    client = portal.sign_in("aoba-proposer")
    client.get(f"{ADDRESS}/{made}")
    attach(client, made, 0, PDF)
    page = client.get(f"{ADDRESS}/{made}").text
    removal = re.search(r'action="([^"]+/removal)"', page)
    assert removal is not None
    assert client.send(removal[1]).status_code == 303
    assert "/removal" not in client.get(f"{ADDRESS}/{made}").text
    assert client.send(removal[1]).status_code == 404


def test_nobody_else_attaches_anything(portal: Portal) -> None:
    made = ask(portal.sign_in("operator"), portal.world.aoba)
    for login_id, code in (("outsider", 404), ("aoba-approver", 422), ("auditor", 422)):
        client = portal.sign_in(login_id)
        assert attach(client, made, 0, PDF).status_code == code, login_id
    client = portal.sign_in("aoba-proposer")
    assert attach(client, made, 1, PDF).status_code == 404
    empty = attach(client, made, 0, b"")
    assert list(error_summary(empty.text)) == ["document_0"]
