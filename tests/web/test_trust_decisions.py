"""Steps on an entry of the trusted accounts, each by those who may, signed, and told plainly."""

import pytest

from app.domain.trust import Status
from app.store.tables import TrustedAccount
from tests import authenticator
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient
from tests.web.test_trusted import address, entries, proposed, with_policy


@pytest.fixture
def ruled(portal: Portal) -> Portal:
    with_policy(portal)
    proposed(portal, portal.sign_in("aoba-proposer"))
    return portal


def entry(portal: Portal) -> TrustedAccount:
    (found,) = entries(portal)
    return found


def step(portal: Portal, client: PortalClient, noun: str, **fields: str) -> int:
    """Take a step by way of its page; return the status of the answer."""
    at = f"{address(portal)}/{entry(portal).id}/{noun}"
    asked = client.get(at)
    assert asked.status_code == 200
    proof = Passkey(login_id=client.login_id).given(authenticator.asked(asked.text))
    return client.send(at, **fields, assertion=proof).status_code


@pytest.mark.parametrize(("language", "counts"), [("en", "counts from"), ("ja", "有効開始：")])
def test_case_132_an_approved_entry_says_from_when_it_counts(
    ruled: Portal, language: str, counts: str
) -> None:
    client = ruled.sign_in("aoba-approver", language)
    assert step(ruled, client, "approval") == 303
    text = client.get(address(ruled)).text
    assert counts in text
    assert ("12:00 09/11/2026" if language == "en" else "2026年11月9日 12:00") in text
    assert f"/{entry(ruled).id}/removal" in text


@pytest.mark.parametrize("who", ["aoba-proposer", "aoba-approver"])
def test_case_132_a_removal_is_done_at_once(ruled: Portal, who: str) -> None:
    step(ruled, ruled.sign_in("aoba-approver"), "approval")
    client = ruled.sign_in(who)
    assert step(ruled, client, "removal") == 303
    assert entry(ruled).status is Status.REMOVED
    assert "Removed" in client.get(address(ruled)).text


def test_o31_who_proposed_is_refused_as_approver_and_may_reject(ruled: Portal) -> None:
    client = ruled.sign_in("aoba-proposer")
    at = f"{address(ruled)}/{entry(ruled).id}"
    assert client.get(f"{at}/approval").status_code == 303
    answer = client.send(f"{at}/approval", assertion="")
    assert answer.status_code == 422
    assert "You proposed this yourself." in answer.text
    assert ruled.refusals() == ["OwnProposal"]
    assert step(ruled, client, "rejection", reason="Mistyped") == 303
    assert entry(ruled).status is Status.REJECTED
    assert "Mistyped" in client.get(address(ruled)).text


def test_a_rejection_needs_its_reason(ruled: Portal) -> None:
    client = ruled.sign_in("aoba-approver")
    assert step(ruled, client, "rejection", reason=" ") == 422
    assert entry(ruled).status is Status.WAITING


def test_a_withdrawal_ends_it(ruled: Portal) -> None:
    assert step(ruled, ruled.sign_in("aoba-proposer"), "withdrawal") == 303
    assert entry(ruled).status is Status.WITHDRAWN


@pytest.mark.parametrize("noun", ["approval", "rejection"])
def test_unsigned_nothing_changes(ruled: Portal, noun: str) -> None:
    client = ruled.sign_in("aoba-approver")
    at = f"{address(ruled)}/{entry(ruled).id}/{noun}"
    answer = client.send(at, reason="What I typed", assertion="")
    assert answer.status_code == 422
    assert entry(ruled).status is Status.WAITING
    # A signature of one step is none of another.
    other = client.get(f"{address(ruled)}/{entry(ruled).id}/rejection").text
    proof = Passkey(login_id="aoba-approver").given(authenticator.asked(other))
    if noun == "approval":
        assert client.send(at, assertion=proof).status_code == 422
        assert entry(ruled).status is Status.WAITING


def test_what_was_decided_meanwhile_is_told_with_409(ruled: Portal) -> None:
    client = ruled.sign_in("aoba-approver")
    step(ruled, ruled.sign_in("aoba-proposer"), "withdrawal")
    at = f"{address(ruled)}/{entry(ruled).id}/approval"
    answer = client.send(at, assertion="")
    assert answer.status_code == 409
    assert "the entry was decided or removed in the meantime" in answer.text


@pytest.mark.parametrize("login_id", ["kaede-approver", "outsider"])
def test_strangers_find_no_entry(ruled: Portal, login_id: str) -> None:
    client = ruled.sign_in(login_id)
    made = entry(ruled).id
    for noun in ("approval", "rejection", "withdrawal", "removal"):
        at = f"{address(ruled)}/{made}/{noun}"
        assert client.get(at).status_code == 404
        assert client.send(at, reason="x", assertion="").status_code == 404


def test_administrators_decide_nothing(ruled: Portal) -> None:
    client = ruled.sign_in("operator")
    at = f"{address(ruled)}/{entry(ruled).id}/approval"
    answer = client.send(at, assertion="")
    assert answer.status_code == 422
    assert "Your rights do not cover this action." in answer.text


@pytest.mark.parametrize("number", ["999", str(2**63), "0", "x"])
def test_an_entry_that_is_none_is_not_found(ruled: Portal, number: str) -> None:
    client = ruled.sign_in("aoba-approver")
    assert client.get(f"{address(ruled)}/{number}/approval").status_code == 404
