"""Ending an examination: recommended and approved by two, sent back, rejected, one at a time."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.applications import Status, number
from app.store import applications as questions
from app.store.tables import Account, Application
from tests import applying, authenticator, examining
from tests.asking import main
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, counted, error_summary
from tests.web.test_examinations import claim, found, page_of, submitted, ticked

NOUNS = ("recommendation", "return", "approval", "rejection")


def examined(portal: Portal, form: int = 3, **asked: object) -> str:
    """Return the number of an application that the operator has recommended."""

    def build(session: Session) -> str:
        made = applying.submitted(session, portal.world, form, **asked)
        return number(examining.examined(session, portal.world, made).id)

    return portal.database.write(build)


def sign(client: PortalClient, address: str, **fields: str) -> str:
    """Look at a page and return the passkey's answer to what it asks."""
    asked = authenticator.asked(client.get(address).text)
    return Passkey(login_id=client.login_id).given(asked)


def status(portal: Portal, printed: str) -> Status:
    return found(portal, printed).status


@pytest.mark.parametrize("language", ["en", "ja"])
def test_o20_two_administrators_open_an_account(portal: Portal, language: str) -> None:
    printed = submitted(portal, 1)
    operator = portal.sign_in("operator", language)
    claim(operator, printed)
    address = page_of(printed, "recommendation")
    early = operator.send(address, assertion=sign(operator, address))
    assert early.status_code == 422 and status(portal, printed) is Status.SUBMITTED
    operator.send(page_of(printed, "marks"), **ticked(portal, printed))
    unsigned = operator.send(address, assertion="")
    assert (unsigned.status_code, list(error_summary(unsigned.text))) == (422, ["code"])
    answer = operator.send(address, words="All there", assertion=sign(operator, address))
    assert answer.location == f"{page_of(printed)}?was=recommendation", answer.text
    assert "/approval" not in main(operator.get(page_of(printed)).text)
    approver = portal.sign_in("approver", language)
    address = page_of(printed, "approval")
    page = main(approver.get(address).text)
    assert "Hanako Mihon" in page and "Taro Mihon" in page and "Mihon" in page
    with counted(portal) as statements:
        assert "All there" in approver.get(page_of(printed)).text
    assert len(statements) <= 12, statements
    answer = approver.send(address)
    assert answer.status_code in {200, 303}, error_summary(answer.text)
    assert status(portal, printed) is Status.APPROVED
    with portal.database.reading() as session:
        account = session.get_one(Account, found(portal, printed).account_id)
        assert account.state is State.OPEN
        assert account.holder.name_en.startswith("Mihon")
    again = approver.send(address, assertion="x")
    assert again.status_code == 303, "sent twice it is approved once"


@pytest.mark.parametrize("reason", ["", " 　"])
def test_o21_a_rejection_needs_its_reason(portal: Portal, reason: str) -> None:
    printed = examined(portal, 1)
    client = portal.sign_in("approver")
    address = page_of(printed, "rejection")
    answer = client.send(address, words=reason)
    assert (answer.status_code, list(error_summary(answer.text))) == (422, ["words"])
    assert status(portal, printed) is Status.EXAMINED
    answer = client.send(address, words="The seal differs")
    assert answer.location == f"{page_of(printed)}?was=rejection"
    assert status(portal, printed) is Status.REJECTED
    with portal.database.reading() as session:
        assert not session.scalars(
            select(Application.id).where(Application.account_id.is_not(None))
        ).all()
    applicant = portal.sign_in("aoba-proposer").get(f"/applications/{printed}")
    assert "The seal differs" in main(applicant.text)


def test_two_at_once_one_wins_and_the_other_is_told(portal: Portal) -> None:
    printed = examined(portal)
    second = portal.sign_in("approver")
    address = page_of(printed, "approval")
    proof = sign(second, address)
    portal.database.write(
        lambda session: examining.reject(
            session,
            questions.by_id(session, int(printed[2:])),
            portal.world.approver,
        )
    )
    answer = second.send(address, assertion=proof)
    assert answer.status_code == 409
    page = main(answer.text)
    assert "Rejected" in page and "Not proven." in page
    assert not [noun for noun in NOUNS if f"/examination/{noun}" in page]
    assert portal.refusals() == ["ApplicationEnded"]


def test_what_is_sent_back_is_the_examiners_again(portal: Portal) -> None:
    printed = examined(portal)
    approver = portal.sign_in("approver")
    answer = approver.send(page_of(printed, "return"), words="")
    assert list(error_summary(answer.text)) == ["words"]
    answer = approver.send(page_of(printed, "return"), words="See the address")
    assert answer.location == f"{page_of(printed)}?was=return"
    operator = portal.sign_in("operator")
    page = main(operator.get(page_of(printed)).text)
    assert "See the address" in page and "/examination/recommendation" in page


def test_four_eyes_the_examiner_never_decides_and_others_are_refused(portal: Portal) -> None:
    printed = examined(portal)
    for login_id in ("operator", "auditor"):
        client = portal.sign_in(login_id)
        page = main(client.get(page_of(printed)).text)
        assert not [noun for noun in NOUNS if f"/examination/{noun}" in page]
        for noun in NOUNS:
            address = page_of(printed, noun)
            assert client.get(address).status_code == 303
            answer = client.send(address, words="No", assertion="x")
            # What the operator did is done already.
            repeated = (login_id, noun) == ("operator", "recommendation")
            assert answer.status_code == (303 if repeated else 422), noun
    assert status(portal, printed) is Status.EXAMINED


def test_the_signature_of_one_does_not_serve_another(portal: Portal) -> None:
    printed, other = examined(portal), examined(portal, 1)
    client = portal.sign_in("approver")
    proof = sign(client, page_of(other, "approval"))
    answer = client.send(page_of(printed, "approval"), assertion=proof)
    assert (answer.status_code, status(portal, printed)) == (422, Status.EXAMINED)
    assert portal.refusals() == ["PasskeyRefused"]


def test_the_approver_sees_old_and_new_before_signing(portal: Portal) -> None:
    printed = examined(portal, 2)
    page = main(portal.sign_in("approver").get(page_of(printed, "approval")).text)
    assert re.search(r"Aoba Energy.*Mihon Trading", page, re.S)


def test_letters_are_shown_once_and_belong_to_their_persons(portal: Portal) -> None:
    def build(session: Session) -> str:
        made = applying.begun(session, portal.world, 5, actor=portal.world.aoba_proposer)
        applying.fill(session, made)
        given = {
            "login_id": "aoba-approver",
            "kind": "initialise_password",
            "reason": "Forgotten",
            "delivery": "letter",
        }
        applying.save(session, made, "credentials", given)
        applying.submit(session, made)
        return number(examining.examined(session, portal.world, made).id)

    printed = portal.database.write(build)
    client = portal.sign_in("approver")
    answer = client.send(page_of(printed, "approval"))
    assert answer.status_code == 200, answer.text[:300]
    page = main(answer.text)
    assert "Aoba Approver" in page and "data:application/pdf;base64," in page
    assert "data:application/pdf" not in client.get(page_of(printed)).text
