"""Certificates in the portal: issued from a transaction, listed with the account, downloaded."""

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.ledger import Kind
from app.store.tables import Certificate
from tests import world
from tests.portal import Portal, counted


@pytest.fixture
def retired(portal: Portal) -> str:
    """The address of a completed retirement of Aoba's."""
    portal.issued(100)
    done = portal.database.write(
        lambda session: world.moved(session, portal.world, Kind.RETIREMENT, quantity=10)
    )
    return f"/portal/transactions/JP{done:010d}"


def words(answer: TestResponse) -> str:
    """The text of a PDF file."""
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def test_a_certificate_is_issued_once_and_downloaded(portal: Portal, retired: str) -> None:
    client = portal.sign_in("aoba-proposer")
    assert client.get(f"{retired}/certificate.pdf").status_code == 404
    with counted(portal) as statements:
        assert "Issue the certificate" in client.get(retired).text
    assert len(statements) <= 12
    for language in ("ja", "en"):
        answer = client.send(f"{retired}/certificate", language=language)
        assert answer.status_code == 303
        assert answer.location.startswith(retired)
    with portal.database.reading() as session:
        (certificate,) = session.scalars(select(Certificate))
    page = client.get(retired).text
    assert certificate.number in page
    assert "Issue the certificate" not in page
    answer = client.get(f"{retired}/certificate.pdf")
    assert answer.headers["Content-Language"] == "ja"
    said = words(answer)
    for word in ("無効化証明書", certificate.number, certificate.code, "JP-MN-MN003-2019-1-10"):
        assert word in said
    # The same paper, byte for byte, under its own number and for whoever sees the account.
    own = portal.sign_in("auditor").get(f"/portal/certificates/{certificate.number}.pdf")
    assert own.data == answer.data


def test_the_account_lists_its_certificates(portal: Portal, retired: str) -> None:
    client = portal.sign_in("aoba-approver", "ja")
    address = f"/portal/accounts/{portal.world.aoba}"
    assert "発行された証明書はありません" in client.get(f"{address}/certificates").text
    client.send(f"{retired}/certificate", language="en")
    with counted(portal) as statements:
        shown = client.get(address).text
    assert len(statements) <= 12
    listed = client.get(f"{address}/certificates").text
    for text in (shown, listed):
        (path,) = re.findall(r'href="(/portal/certificates/[^"]+\.pdf)"', text)
        assert "Certificate of retirement" in words(client.get(path))


def test_what_is_not_certified_is_refused_and_strangers_find_nothing(
    portal: Portal, retired: str
) -> None:
    client = portal.sign_in("aoba-proposer")
    issuance = "/portal/transactions/JP0000000001"
    assert "Issue the certificate" not in client.get(issuance).text
    # An issuance has no source: nobody stands on that side of it.
    assert client.send(f"{issuance}/certificate").status_code == 404
    moved = portal.database.write(lambda session: world.moved(session, portal.world, quantity=1))
    answer = client.send(f"/portal/transactions/JP{moved:010d}/certificate")
    assert answer.status_code == 422
    assert "Only a completed retirement or cancellation has a certificate." in answer.text
    assert portal.refusals() == ["NotCertified"]
    client.send(f"{retired}/certificate", language="en")
    with portal.database.reading() as session:
        number = session.scalars(select(Certificate.number)).one()
    stranger = portal.sign_in("outsider")
    for address in (
        f"{retired}/certificate.pdf",
        f"/portal/certificates/{number}.pdf",
        f"/portal/certificates/{number.lower()}.pdf",
        f"/portal/accounts/{portal.world.aoba}/certificates",
    ):
        assert stranger.get(address).status_code == 404
    assert stranger.send(f"{retired}/certificate").status_code == 404
