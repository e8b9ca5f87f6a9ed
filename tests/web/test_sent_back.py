"""What the page of a transaction says of transfers that wait, and of those sent back."""

from datetime import timedelta

import pytest

from app.domain.ledger import Status
from app.registry import approvals
from tests import world
from tests.portal import Portal, number, proposal
from tests.web.test_trusted import with_policy
from tests.world import NOW


@pytest.fixture
def made(portal: Portal) -> str:
    """A transfer that the policy lets wait, proposed and not yet approved."""
    with_policy(portal, "untrusted=24h")
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    return number(client.send("/portal/transfers", **proposal(portal)))


def at(made: str) -> str:
    return f"/portal/transactions/{made}"


@pytest.mark.parametrize(
    ("language", "before", "after", "time"),
    [
        ("en", "move at this time:", "Approved, not yet moved", "10:30 03/11/2026"),
        ("ja", "次の日時に移動します：", "承認済み・実行前", "2026年11月3日 10:30"),
    ],
)
def test_case_133_a_transfer_that_waits_says_so_before_and_after_its_approval(
    portal: Portal, made: str, language: str, before: str, after: str, time: str
) -> None:
    client = portal.sign_in("aoba-approver", language)
    asked = client.get(f"{at(made)}/approval").text
    assert before in asked
    assert time in asked
    done = client.send(f"{at(made)}/approval")
    assert done.status_code == 303
    shown = client.get(done.location).text
    for said in (after, time):
        assert said in shown
    assert f"{at(made)}/approval" not in shown
    listed = client.get("/portal/transactions").text
    assert ("Approved, moves later" if language == "en" else "承認済み・実行待ち") in listed
    assert client.get(f"{at(made)}/approval").status_code == 303
    # Once more is the same answer, and no signature is asked for what does nothing.
    assert client.send(f"{at(made)}/approval", assertion="").status_code == 303
    assert portal.transactions()[0].status is Status.PROPOSED


def test_o67_the_senders_people_withdraw_it(portal: Portal, made: str) -> None:
    portal.sign_in("aoba-approver").send(f"{at(made)}/approval")
    client = portal.sign_in("aoba-proposer")
    assert f"{at(made)}/withdrawal" in client.get(at(made)).text
    assert client.send(f"{at(made)}/withdrawal").status_code == 303
    assert "held 100, reserved 0" in client.get("/portal/holdings").text
    assert portal.transactions()[0].status is Status.WITHDRAWN


def test_one_that_waits_is_nobodys_task(portal: Portal, made: str) -> None:
    client = portal.sign_in("aoba-approver")
    assert at(made) in client.get("/portal/").text
    client.send(f"{at(made)}/approval")
    home = client.get("/portal/").text
    assert "/approval" not in home


def test_a_second_approver_is_told_with_409(portal: Portal, made: str) -> None:
    cast = portal.world
    acting = {cast.aoba_proposer: "both", cast.aoba_approver: "approve", cast.outsider: "approve"}
    portal.database.write(
        lambda session: world.appoint(
            session, cast.aoba, {who: world.Right(said) for who, said in acting.items()}, 1
        )
    )
    portal.sign_in("aoba-approver").send(f"{at(made)}/approval")
    second = portal.sign_in("outsider")
    answer = second.send(f"{at(made)}/approval", assertion="")
    assert answer.status_code == 409
    assert "This was approved already, and moves at 10:30 03/11/2026." in answer.text
    assert portal.refusals() == ["AlreadyApproved"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_when_it_has_moved_both_steps_stand_in_the_history(
    portal: Portal, made: str, language: str
) -> None:
    client = portal.sign_in("aoba-approver", language)
    client.send(f"{at(made)}/approval")
    later = NOW + timedelta(hours=24)
    policy = portal.app.config["REGISTRY"].policy
    approvals.execute_due(portal.database, now=later, policy=policy)
    history = client.get(at(made)).text.partition("history_title")[2]
    for status in ("Completed", "Approved", "Proposed") if language == "en" else ("完了", "承認済"):
        assert status in history
    # The receiver is not told who approved it.
    receiver = portal.sign_in("kaede-proposer").get(at(made)).text
    assert "Aoba Approver" not in receiver


def test_without_a_signature_it_does_not_begin_to_wait(portal: Portal, made: str) -> None:
    client = portal.sign_in("aoba-approver")
    assert client.send(f"{at(made)}/approval", assertion="").status_code == 422
    assert "Approved, not yet moved" not in client.get(at(made)).text
