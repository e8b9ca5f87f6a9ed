"""HOME: what a person holds, what waits for the person, what happened lately."""

from sqlalchemy.orm import Session

from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import bars
from tests import world
from tests.portal import Portal, counted, number, proposal
from tests.world import NOW


def test_the_account_stands_there_with_what_is_held_reserved_and_available(portal: Portal) -> None:
    portal.issued(1_000)
    client = portal.sign_in("aoba-proposer")
    client.send("/portal/transfers", **proposal(portal, quantity="250"))
    portal.database.write(lambda session: bar(session, portal, Range(901, 1_000)))
    text = client.get("/portal/").text
    row = text.partition(portal.world.aoba)[2].partition("</tr>")[0]
    for tonnes in ("1,000", "250", "650"):
        assert f">{tonnes}<" in row.replace("<strong>", "").replace("</strong>", "")


def test_what_waits_is_shown_to_those_who_may_approve_it(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    made = number(client.send("/portal/transfers", **proposal(portal)))
    assert waiting(client.get("/portal/").text, made) is False
    assert waiting(portal.sign_in("aoba-approver").get("/portal/").text, made) is True
    for login_id in ("kaede-approver", "outsider"):
        assert made not in portal.sign_in(login_id).get("/portal/").text
    assert waiting(portal.sign_in("approver").get("/portal/").text, made) is False


def test_what_administrators_decide_waits_for_the_approver(portal: Portal) -> None:
    portal.issued()
    identifier = portal.database.write(
        lambda session: world.proposed(
            session, portal.world, Kind.MANDATORY_CANCELLATION, quantity=1
        )
    )
    made = f"JP{identifier:010d}"
    assert waiting(portal.sign_in("approver", "ja").get("/portal/").text, made) is True
    assert waiting(portal.sign_in("operator").get("/portal/").text, made) is False
    assert waiting(portal.sign_in("aoba-approver").get("/portal/").text, made) is False


def test_everyone_has_a_home(portal: Portal) -> None:
    for login_id in ("operator", "auditor", "system-administrator", "outsider"):
        for language in ("en", "ja"):
            assert portal.sign_in(login_id, language).get("/portal/").status_code == 200


def test_only_the_operator_is_offered_what_operators_propose(portal: Portal) -> None:
    assert "Propose an issuance" in portal.sign_in("operator").get("/portal/").text
    for login_id in ("approver", "auditor", "aoba-proposer"):
        assert "Propose an issuance" not in portal.sign_in(login_id).get("/portal/").text


def test_more_accounts_and_transactions_ask_no_more_questions(portal: Portal) -> None:
    portal.issued(1_000)
    client = portal.sign_in("aoba-proposer")
    with counted(portal) as before:
        client.get("/portal/")
    for _ in range(3):
        client.send("/portal/transfers", **proposal(portal))
    with counted(portal) as after:
        client.get("/portal/")
    assert len(after) == len(before) <= 8


def waiting(text: str, made: str) -> bool:
    """Tell whether a transaction stands in the part on what waits."""
    return made in text.partition('id="waiting_title"')[2].partition('id="recent_title"')[0]


def bar(session: Session, portal: Portal, serials: Range) -> None:
    bars.lay(session, serials, reason="test", actor=portal.world.operator, now=NOW)
