"""Sending a transfer back: offered to its receiver, checked, signed, and both linked."""

from datetime import timedelta

import pytest

from app.domain.trust import RETURN_LIFE
from app.store.tables import Return
from tests import authenticator, world
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient, counted, number
from tests.world import NOW


@pytest.fixture
def made(portal: Portal) -> str:
    """A completed transfer of 30 from Aoba to Kaede, a moment ago."""
    portal.app.config["CLOCK"] = lambda: NOW
    portal.issued(100)
    done = portal.database.write(lambda session: world.moved(session, portal.world, quantity=30))
    return f"JP{done:010d}"


def at(made: str) -> str:
    return f"/portal/transactions/{made}"


def sent(client: PortalClient, made: str) -> str:
    """Propose the return by way of its page; return its number."""
    check = client.get(f"{at(made)}/return")
    assert check.status_code == 200, check.text
    key = check.text.partition('name="key" value="')[2].partition('"')[0]
    proof = Passkey(login_id=client.login_id).given(authenticator.asked(check.text))
    return number(client.send(f"{at(made)}/return", key=key, assertion=proof))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_case_136_and_137_a_receiver_returns_and_both_show_the_link(
    portal: Portal, made: str, language: str
) -> None:
    client = portal.sign_in("kaede-proposer", language)
    with counted(portal) as statements:
        shown = client.get(at(made)).text
    assert len(statements) <= 12
    assert f"{at(made)}/return" in shown
    back = sent(client, made)
    # Nothing moves before another person approves; the sender knows nothing of it yet.
    assert at(back) in client.get(at(made)).text
    assert at(made) in client.get(at(back)).text.partition("<main")[2]
    sender = portal.sign_in("aoba-proposer", language)
    assert at(back) not in sender.get(at(made)).text
    assert sender.get(at(back)).status_code == 404
    approver = portal.sign_in("kaede-approver", language)
    assert approver.send(f"{at(back)}/approval").status_code == 303
    assert at(back) in sender.get(at(made)).text
    assert at(made) in sender.get(at(back)).text
    shown = client.get(at(made)).text
    assert f"{at(made)}/return" not in shown


def test_unsigned_nothing_is_proposed(portal: Portal, made: str) -> None:
    client = portal.sign_in("kaede-proposer")
    answer = client.send(f"{at(made)}/return", key=world.key(), assertion="")
    assert answer.status_code == 422
    assert "Sign and send for approval" in answer.text
    assert portal.refusals() == ["ProofRequired"]
    with portal.database.reading() as session:
        assert session.query(Return).count() == 0


def test_sent_twice_it_is_proposed_once(portal: Portal, made: str) -> None:
    client = portal.sign_in("kaede-proposer")
    check = client.get(f"{at(made)}/return")
    key = check.text.partition('name="key" value="')[2].partition('"')[0]
    proof = Passkey(login_id="kaede-proposer").given(authenticator.asked(check.text))
    first, second = (client.send(f"{at(made)}/return", key=key, assertion=proof) for _ in range(2))
    assert first.location == second.location


def test_case_137_a_second_return_is_told_with_409(portal: Portal, made: str) -> None:
    client = portal.sign_in("kaede-proposer")
    back = sent(client, made)
    answer = client.get(f"{at(made)}/return")
    assert answer.status_code == 409
    assert f"returned already, or that is proposed: {back}." in answer.text
    assert portal.refusals() == ["AlreadyReturned"]


def test_case_137_too_late_is_told_and_no_button_is_shown(portal: Portal, made: str) -> None:
    portal.app.config["CLOCK"] = lambda: NOW + RETURN_LIFE + timedelta(hours=1)
    client = portal.sign_in("kaede-proposer")
    assert "/return" not in client.get(at(made)).text
    answer = client.get(f"{at(made)}/return")
    assert answer.status_code == 409
    assert "within 30 days" in answer.text


def test_case_136_what_is_not_held_any_more_is_told(portal: Portal, made: str) -> None:
    cast = portal.world
    portal.database.write(
        lambda session: world.moved(
            session, cast, source=cast.kaede, target=cast.outside, quantity=1
        )
    )
    answer = portal.sign_in("kaede-proposer").get(f"{at(made)}/return")
    assert answer.status_code == 409
    assert "does not hold all of these credits any more (1)" in answer.text


def test_a_transaction_that_is_no_transfer_is_not_returned(portal: Portal, made: str) -> None:
    answer = portal.sign_in("aoba-proposer").get(f"{at('JP0000000001')}/return")
    assert answer.status_code == 422
    assert "Only a completed transfer can be returned" in answer.text


@pytest.mark.parametrize(
    "login_id", ["aoba-proposer", "aoba-approver", "kaede-approver", "outsider", "operator"]
)
def test_only_who_may_propose_for_the_receiver_returns(
    portal: Portal, made: str, login_id: str
) -> None:
    client = portal.sign_in(login_id)
    assert f"{at(made)}/return" not in client.get(at(made)).text
    assert client.get(f"{at(made)}/return").status_code == 404
    assert client.send(f"{at(made)}/return", assertion="").status_code == 404
