"""Deciding a proposal: only those who may, once, with a reason, and told plainly how it ended."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.ledger import Status
from app.registry import accounts
from app.store.tables import Representative
from tests.portal import Portal, PortalClient, number, proposal
from tests.world import NOW


@pytest.fixture
def made(portal: Portal) -> str:
    """A transfer that Aoba's proposer proposed to Kaede."""
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    return number(client.send("/portal/transfers", **proposal(portal)))


def status(portal: Portal) -> Status:
    (found,) = portal.transactions()
    return found.status


def test_approving_twice_gives_the_same_answer(portal: Portal, made: str) -> None:
    client = portal.sign_in("aoba-approver")
    answers = [client.send(f"/portal/transactions/{made}/approval") for _ in range(3)]
    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"/portal/transactions/{made}?decided=yes")
    }
    assert status(portal) is Status.COMPLETED


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "You proposed this yourself. Another person must approve it."),
        ("ja", "ご自身の申請です。別の方の承認が必要です。"),
    ],
)
def test_the_proposer_never_approves(portal: Portal, made: str, language: str, said: str) -> None:
    client = portal.sign_in("aoba-proposer", language)
    page = client.get(f"/portal/transactions/{made}")
    assert "/approval" not in page.text
    assert client.get(f"/portal/transactions/{made}/approval").status_code == 303
    answer = client.send(f"/portal/transactions/{made}/approval")
    assert answer.status_code == 422
    assert said in answer.text
    assert status(portal) is Status.PROPOSED
    assert portal.refusals() == ["OwnProposal"]


@pytest.mark.parametrize("login_id", ["operator", "approver", "auditor"])
def test_administrators_see_a_holders_proposal_and_do_not_decide_it(
    portal: Portal, made: str, login_id: str
) -> None:
    client = portal.sign_in(login_id)
    text = client.get(f"/portal/transactions/{made}").text
    for noun in ("approval", "rejection", "withdrawal"):
        assert f"/{noun}" not in text
        answer = client.send(f"/portal/transactions/{made}/{noun}", reason="no")
        assert answer.status_code == 422
        assert "Your rights do not cover this action." in answer.text
    assert status(portal) is Status.PROPOSED


@pytest.mark.parametrize(("language", "said"), [("en", "Enter the reason."), ("ja", "理由を入力")])
def test_a_rejection_needs_its_reason(portal: Portal, made: str, language: str, said: str) -> None:
    client = portal.sign_in("aoba-approver", language)
    address = f"/portal/transactions/{made}/rejection"
    assert client.get(address).status_code == 200
    for reason in ("", "  　"):
        answer = client.send(address, reason=reason)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'id="reason_error"' in answer.text
    long = "x" * 1_025
    answer = client.send(address, reason=long)
    assert answer.status_code == 422
    assert long in answer.text
    done = client.send(address, reason="Wrong quantity")
    assert "Wrong quantity" in client.get(done.location).text
    assert status(portal) is Status.REJECTED


def test_the_proposer_may_withdraw(portal: Portal, made: str) -> None:
    client = portal.sign_in("aoba-proposer")
    address = f"/portal/transactions/{made}/withdrawal"
    assert address in client.get(f"/portal/transactions/{made}").text
    assert client.get(address).status_code == 200
    done = client.send(address)
    assert "The proposal is withdrawn" in client.get(done.location).text
    assert "held 100, reserved 0" in client.get("/portal/holdings").text


def test_what_was_decided_already_is_told_with_409(portal: Portal, made: str) -> None:
    proposer, approver = portal.sign_in("aoba-proposer"), portal.sign_in("aoba-approver")
    proposer.send(f"/portal/transactions/{made}/withdrawal")
    answer = approver.send(f"/portal/transactions/{made}/approval")
    assert answer.status_code == 409
    assert "This cannot be done any more: the status is “Withdrawn”." in answer.text
    assert "Check and approve" not in answer.text


@pytest.mark.parametrize(
    ("language", "told", "because"),
    [
        (
            "en",
            "The transaction was not carried out",
            "The state of one of the accounts did not permit it any more.",
        ),
        ("ja", "取引は実行されませんでした", "口座の状態により、実行できなくなっていました。"),
    ],
)
def test_a_check_that_fails_at_approval_is_told_plainly(
    portal: Portal, made: str, language: str, told: str, because: str
) -> None:
    portal.database.write(lambda session: suspend(session, portal))
    client = portal.sign_in("aoba-approver", language)
    done = client.send(f"/portal/transactions/{made}/approval")
    text = client.get(done.location).text
    assert told in text
    assert portal.world.kaede in text.partition(told)[2].partition("</div>")[0]
    # The sentence with the facts is said once; why it ended stays.
    assert because in client.get(f"/portal/transactions/{made}").text
    assert status(portal) is Status.TERMINATED


def test_a_decision_needs_the_token_of_the_page(portal: Portal, made: str) -> None:
    client = portal.sign_in("aoba-approver")
    assert client.post(f"/portal/transactions/{made}/approval").status_code == 400
    assert status(portal) is Status.PROPOSED


def test_a_right_that_was_taken_ends_at_once(portal: Portal, made: str) -> None:
    client: PortalClient = portal.sign_in("aoba-approver")

    def take(session: Session) -> None:
        mine = Representative.user_id == portal.world.aoba_approver
        session.execute(update(Representative).where(mine).values(right="read"))

    portal.database.write(take)
    assert client.send(f"/portal/transactions/{made}/approval").status_code == 422
    assert status(portal) is Status.PROPOSED


def suspend(session: Session, portal: Portal) -> None:
    accounts.change_state(
        session,
        portal.world.kaede,
        State.SUSPENDED,
        reason="test",
        actor=portal.world.operator,
        now=NOW,
    )
