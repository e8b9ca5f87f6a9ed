"""Deciding on authorizations: by another person, signed; their documents; and the public page."""

import re
from io import BytesIO

from sqlalchemy import select

from app.domain.authorizations import Standing
from app.store.tables import LogEntry
from tests import uploading
from tests.portal import Portal, PortalClient, error_summary
from tests.web.test_authorizations import (
    ADDRESS,
    FORM,
    approach,
    approved,
    decide,
    opened,
    versions,
)


def entered(portal: Portal) -> tuple[PortalClient, str]:
    """Enter an authorization; returns the operator's client and the address of the version."""
    approach(portal)
    client = opened(portal)
    assert client.send(ADDRESS, **FORM).status_code == 303
    return client, f"{ADDRESS}/versions/{versions(portal)[0].id}"


def sent(client: PortalClient, address: str, content: bytes, name: str = "letter.pdf") -> int:
    data = {"csrf_token": client.token, "document": (BytesIO(content), name)}
    return client.post(address, data=data, content_type="multipart/form-data").status_code


def test_another_person_signs_exactly_what_was_shown(portal: Portal) -> None:
    client, address = entered(portal)
    approver = opened(portal, "approver")
    shown = approver.get(f"{address}/approval").text
    (seen,) = re.findall(r'name="seen" value="(\w+)"', shown)
    unsigned = approver.send(f"{address}/approval", seen=seen, assertion="")
    assert (unsigned.status_code, list(error_summary(unsigned.text))) == (422, ["code"])
    # A document comes between the page and the signature.
    assert sent(client, f"{address}/documents", uploading.pdf()) == 303
    stale = approver.send(f"{address}/approval", seen=seen)
    assert (stale.status_code, portal.refusals()[-1]) == (409, "ChangedMeanwhile")
    assert "letter.pdf" in stale.text
    decide(portal, versions(portal)[0].id)
    (found,) = versions(portal)
    assert (found.standing, found.decided_by) == (Standing.APPROVED, portal.world.approver)
    # Sent once more it stays as it is.
    again = approver.send(f"{address}/approval", seen=seen)
    assert (again.status_code, again.location.endswith("decided=yes")) == (303, True)
    assert approver.get(f"{address}/approval").status_code == 303
    assert "Take back" not in client.get(f"{ADDRESS}/JPN 2026-1").text


def test_a_version_is_rejected_or_taken_back_with_a_reason(portal: Portal) -> None:
    client, address = entered(portal)
    shown = client.get(f"{address}/approval").text
    assert "Take back" in shown
    assert "Sign and approve" not in shown
    blank = client.send(f"{address}/rejection", reason=" ")
    assert list(error_summary(blank.text)) == ["reason"]
    assert client.send(f"{address}/rejection", reason="Wrong letter").status_code == 303
    late = opened(portal, "approver").send(f"{address}/rejection", reason="No")
    assert (late.status_code, portal.refusals()[-1]) == (409, "VersionDecided")
    page = client.get(f"{ADDRESS}/JPN 2026-1").text
    assert "Wrong letter" in page
    (again,) = re.findall(r'href="([^"]+again=\d+)"', page)
    assert 'value="JPN 2026-1"' in client.get(again).text


def test_documents_are_what_they_say_and_are_saved_never_shown(portal: Portal) -> None:
    client, address = entered(portal)
    documents = f"{address}/documents"
    for content, name, code in (
        (b"<script>alert(1)</script>", "letter.pdf", 422),
        (uploading.archive(uploading.pdf()), "letter.pdf", 422),
        (b"", "empty.pdf", 422),
        (uploading.pdf(), "承認書\x00<b>.exe", 303),
        (uploading.pdf(), "the same again.pdf", 303),
    ):
        assert sent(client, documents, content, name) == code, name
    shown = client.get(f"{ADDRESS}/JPN 2026-1").text
    (one,) = set(re.findall(r'href="([^"]+/documents/\d+)"', shown))
    reviewer = opened(portal, "reviewer")
    answer = reviewer.get(one)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    with portal.database.reading() as session:
        read = select(LogEntry).where(LogEntry.operation == "read authorization document")
        assert [entry.user_id for entry in session.scalars(read)] == [portal.world.reviewer]
    assert opened(portal, "aoba-proposer").get(one).status_code == 403
    assert reviewer.get(one.replace("/versions/1/", "/versions/2/")).status_code == 404


def test_r29_everyone_sees_what_is_approved_and_nothing_confidential(portal: Portal) -> None:
    approach(portal)
    client = opened(portal)
    client.send(ADDRESS, **FORM)
    visitor = portal.visitor()
    public = "/en/article6/authorizations"
    assert "JPN 2026-1" not in visitor.get(public).text
    decide(portal, versions(portal)[0].id)
    secret = FORM | {"identifier": "JPN 2026-2", "key": "secret", "is_confidential": "yes"}
    approved(portal, secret | {"confidential_basis": "Decision 2/CMA.3, paragraph 24"})
    for language in ("en", "ja"):
        listed = portal.visitor(language).get(f"/{language}/article6/authorizations").text
        assert "JPN 2026-1" in listed
        assert "JPN 2026-2" not in listed
        shown = portal.visitor(language).get(f"/{language}/article6/authorizations/JPN 2026-1")
        assert "Aoba Energy" in shown.text
        assert "Operator" not in shown.text
    assert visitor.get(f"{public}/JPN 2026-2").status_code == 404
    assert "JPN 2026-2" in opened(portal, "reviewer").get(ADDRESS).text
