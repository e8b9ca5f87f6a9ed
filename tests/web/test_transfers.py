"""Proposing movements: the way from the form to the receiver, once only; every other kind."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.accounts import AccountNumber
from app.domain.accounts import Kind as AccountKind
from app.domain.ledger import Kind, Status
from app.domain.nomenclature import ActionType
from app.store.tables import Action
from tests import article6, itmos, world
from tests.portal import Portal, counted, number, proposal, refused
from tests.world import NOW

#: The number of an account that was never applied for, with the right check digits.
NOBODYS = str(AccountNumber("JP", AccountKind.ENTITY, 999_999))


# The way from the form to the proposal


@pytest.mark.parametrize(
    ("language", "typed"), [("en", "1,000"), ("ja", "１０００"), ("ja", "１，０００")]
)
def test_a_quantity_may_be_typed_in_any_width(portal: Portal, language: str, typed: str) -> None:
    portal.issued(1_000)
    client = portal.sign_in("aoba-proposer", language)
    form = proposal(portal, quantity=typed)
    assert client.send("/portal/transfers/check", **form).status_code == 200
    number(client.send("/portal/transfers", **form))
    assert [made.quantity for made in portal.transactions()] == [1_000]


def test_the_check_page_shows_what_would_move_and_writes_nothing(portal: Portal) -> None:
    portal.issued(1_000)
    client = portal.sign_in("aoba-proposer")
    shown = client.send("/portal/transfers/check", **proposal(portal, remark="as agreed"))
    assert shown.status_code == 200
    assert "JP-MN-MN003-2019-1-10" in shown.text
    assert portal.world.kaede in shown.text
    assert "as agreed" in shown.text
    assert "Kaede" not in shown.text
    assert not portal.transactions()


def test_a_page_that_was_posted_can_be_seen_in_the_other_language(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    text = client.send("/portal/transfers/check", **proposal(portal)).text
    link = re.search(r'href="(/language/ja[^"]+)"', text)
    assert link
    there = client.get(client.get(link[1]).location)
    assert there.location == "/portal/transfers/new"
    assert '<html lang="ja">' in client.get(there.location).text


def test_going_back_keeps_what_was_typed(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    form = proposal(portal, remark="as agreed", vintage="2019")
    shown = client.send("/portal/transfers/new", **form)
    assert shown.status_code == 200
    for value in (portal.world.kaede, "2019", form["key"]):
        assert f'value="{value}"' in shown.text
    assert ">as agreed</textarea>" in shown.text


def test_the_form_shows_the_holdings_of_the_account_chosen(portal: Portal) -> None:
    portal.issued(1_000)
    client = portal.sign_in("aoba-proposer")
    whole = client.get("/portal/transfers/new")
    headers = {"HX-Request": "true", "HX-Target": "held"}
    part = client.get(f"/portal/transfers/new?source={portal.world.aoba}", headers=headers)
    assert part.text.strip() in whole.text
    assert "1,000" in part.text


def test_two_representatives_move_credits_and_the_receiver_sees_them(portal: Portal) -> None:
    portal.issued(1_000)
    proposer = portal.sign_in("aoba-proposer")
    sent = proposer.send("/portal/transfers", **proposal(portal, quantity="400"))
    made = number(sent)
    confirmed = proposer.get(sent.location)
    assert "The proposal is sent" in confirmed.text
    assert made in confirmed.text
    assert "Check and approve" not in confirmed.text
    approver = portal.sign_in("aoba-approver", "ja")
    assert made in approver.get("/portal/").text
    looked_at = approver.get(f"/portal/transactions/{made}/approval")
    assert "JP-MN-MN003-2019-1-400" in looked_at.text
    done = approver.send(f"/portal/transactions/{made}/approval")
    assert done.status_code == 303
    assert "取引が完了しました" in approver.get(done.location).text
    receiver = portal.sign_in("kaede-proposer")
    assert made in receiver.get("/portal/").text
    assert "JP-MN-MN003-2019-1-400" in receiver.get("/portal/holdings").text
    seen = receiver.get(f"/portal/transactions/{made}")
    assert seen.status_code == 200
    assert "Aoba Proposer" not in seen.text
    assert "JP-MN-MN003-2019-401-1000" in proposer.get("/portal/holdings").text


def test_a_form_sent_many_times_makes_one_proposal(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    form = proposal(portal)
    assert len({number(client.send("/portal/transfers", **form)) for _ in range(5)}) == 1
    assert len(portal.transactions()) == 1


def test_a_form_sent_again_with_other_content_is_another_one(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    form = proposal(portal)
    number(client.send("/portal/transfers", **form))
    answer = client.send("/portal/transfers", **form | {"quantity": "11"})
    assert answer.status_code == 422
    assert "This form was already sent with other content." in answer.text
    key = re.search(r'name="key" value="([^"]+)"', answer.text)
    assert key and key[1] != form["key"]
    number(client.send("/portal/transfers", **form | {"quantity": "11", "key": key[1]}))
    assert len(portal.transactions()) == 2


def test_what_moved_between_check_and_sending_is_told(portal: Portal) -> None:
    portal.issued(10)
    first, second = proposal(portal), proposal(portal)
    client = portal.sign_in("aoba-proposer")
    assert client.send("/portal/transfers/check", **first).status_code == 200
    number(client.send("/portal/transfers", **second))
    refused(client, "/portal/transfers", first, quantity="only 0 tCO₂ are available")


def test_a_proposal_needs_the_token_of_the_page(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    assert client.post("/portal/transfers", data=proposal(portal)).status_code == 400
    headers = {"Sec-Fetch-Site": "cross-site"}
    form = proposal(portal) | {"csrf_token": client.token}
    assert client.post("/portal/transfers", data=form, headers=headers).status_code == 403
    assert_nothing_happened(portal)


def test_whoever_may_only_approve_is_offered_no_form(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-approver")
    shown = client.get("/portal/transfers/new")
    assert "You have no account from which you may propose." in shown.text
    refused(client, "/portal/transfers", proposal(portal), **{"": "Your rights do not cover this"})
    assert_nothing_happened(portal)


def test_a_proposal_and_its_approval_ask_the_database_little(portal: Portal) -> None:
    """Who is signed in, and otherwise only what the verbs ask in a way of their own."""
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    approver = portal.sign_in("aoba-approver")
    with counted(portal) as statements:
        made = number(client.send("/portal/transfers", **proposal(portal)))
        proposing = len(statements)
        approver.send(f"/portal/transactions/{made}/approval")
    assert proposing <= 3
    assert len(statements) - proposing <= 3


# The other kinds


def test_a_retirement_goes_to_the_retirement_account_for_ever(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    form = {"source": portal.world.aoba, "quantity": "10", "key": world.key()}
    shown = client.send("/portal/retirements/check", **form)
    assert "Once approved, this cannot be undone" in shown.text
    number(client.send("/portal/retirements", **form))
    (made,) = portal.transactions()
    assert made.kind is Kind.RETIREMENT


def test_a_voluntary_cancellation_says_for_what_and_for_whom(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    form = {"source": portal.world.aoba, "quantity": "10", "key": world.key()}
    required = "This field is required."
    address = "/portal/voluntary-cancellations"
    refused(client, address, form, purpose=required, beneficiary=required)
    number(client.send(address, **form, purpose="Offset", beneficiary="Kaede"))
    refused(
        client,
        address,
        form | {"purpose": "Offset", "beneficiary": "Kaede", "key": world.key()},
        **{"": "One of the same type (Voluntary cancellation) is already waiting"},
    )


def test_an_operator_cancels_by_order_from_any_account(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("operator")
    address = "/portal/mandatory-cancellations"
    form = {
        "source": portal.world.aoba,
        "quantity": "10",
        "key": world.key(),
        "reference": "2026-1",
    }
    refused(
        client,
        address,
        form | {"source": NOBODYS},
        source="There is no open account with this number.",
    )
    refused(client, address, form | {"source": "x"}, source="Enter the account number")
    assert client.send(f"{address}/check", **form).status_code == 200
    made = number(client.send(address, **form))
    approver = portal.sign_in("approver")
    assert made in approver.get("/portal/").text
    approver.send(f"/portal/transactions/{made}/approval")
    assert [done.status for done in portal.transactions()] == [Status.COMPLETED]


def test_an_operator_issues_what_a_decision_leaves(portal: Portal) -> None:
    client = portal.sign_in("operator")
    shown = client.get("/portal/issuances/new?decision=MN003-1")
    assert "remaining 1,000,000 tCO₂" in shown.text
    allocation = str(portal.world.allocations[world.PROJECT, portal.world.aoba])
    form = {"decision": "MN003-1", "allocation": allocation, "key": world.key()}
    address = "/portal/issuances"
    limit = "The Joint Committee decided on 1,000,000 tCO₂."
    refused(client, address, form | {"quantity": "1000001"}, quantity=limit)
    refused(client, address, form | {"quantity": ""}, quantity="This field is required.")
    checked = client.send(f"{address}/check", **form, quantity="500")
    assert portal.world.aoba in checked.text
    made = number(client.send(address, **form, quantity="500"))
    refused(
        client,
        address,
        form | {"quantity": "1", "key": world.key()},
        **{"": "One of the same type (Issuance) is already waiting"},
    )
    approver = portal.sign_in("approver")
    assert "500" in approver.get(f"/portal/transactions/{made}/approval").text
    done = approver.send(f"/portal/transactions/{made}/approval")
    assert "JP-MN-MN003-2019-1-500" in approver.get(done.location).text


def test_only_operators_propose_what_is_the_administrators(portal: Portal) -> None:
    for login_id in ("aoba-proposer", "approver", "auditor"):
        client = portal.sign_in(login_id)
        for word in ("issuances", "mandatory-cancellations"):
            assert client.get(f"/portal/{word}/new").status_code == 403
            assert client.send(f"/portal/{word}").status_code == 403


def assert_nothing_happened(portal: Portal) -> None:
    assert not portal.transactions()


# ITMOs: for which year they are retired, and for what they are cancelled

RETIRE, CANCEL = "/portal/retirements", "/portal/voluntary-cancellations"


def prepared(portal: Portal, **elements: object) -> None:
    """Issue ITMOs to Aoba, and other credits to Aoba and Kaede."""
    portal.app.config["CLOCK"] = lambda: NOW

    def tell(session: Session) -> None:
        approach = article6.approach(session)
        article6.authorization(session, portal.world, approach, **elements)
        itmos.issue(session, portal.world, 100)

    portal.database.write(tell)
    portal.issued(100)
    portal.issued(100, account=portal.world.kaede)


def form(portal: Portal, **fields: str) -> dict[str, str]:
    given = proposal(portal, vintage="2022", **fields)
    del given["target"]
    return given


def test_the_year_is_asked_for_where_there_may_be_itmos_and_nowhere_else(portal: Portal) -> None:
    portal.app.config["CLOCK"] = lambda: NOW
    for language in ("en", "ja"):
        assert (
            'name="calendar_year"'
            not in portal.sign_in("aoba-proposer", language).get(f"{RETIRE}/new").text
        )
    prepared(portal)
    aoba, kaede = portal.sign_in("aoba-proposer"), portal.sign_in("kaede-proposer")
    assert 'name="calendar_year" type="text" value="2026"' in aoba.get(f"{RETIRE}/new").text
    assert '<option value="other" selected>' in aoba.get(f"{CANCEL}/new").text
    assert 'name="calendar_year"' not in kaede.get(f"{RETIRE}/new").text
    assert 'name="calendar_year"' not in aoba.get("/portal/transfers/new").text
    assert (
        'name="cancelled_for"'
        in portal.sign_in("operator").get("/portal/mandatory-cancellations/new").text
    )


def test_a_retirement_of_itmos_is_a_use_for_its_year_once_it_is_approved(portal: Portal) -> None:
    prepared(portal)
    proposer, approver = portal.sign_in("aoba-proposer"), portal.sign_in("aoba-approver")
    given = form(portal, calendar_year="2024")
    shown = proposer.send(f"{RETIRE}/check", **given)
    assert "Used towards the NDC for" in shown.text and "<dd>2024</dd>" in shown.text
    made = number(proposer.send(RETIRE, **given))
    assert "2024" in approver.get(f"/portal/transactions/{made}/approval").text
    answer = approver.send(f"/portal/transactions/{made}/approval")
    assert answer.status_code == 303
    assert "Used towards the NDC for" in approver.get(f"/portal/transactions/{made}").text
    with portal.database.reading() as session:
        used = session.scalars(select(Action).where(Action.type == ActionType.USE)).one()
        assert (used.calendar_year, used.using_party) == (2024, "JPN")


def test_what_the_rules_forbid_is_said_at_its_field(portal: Portal) -> None:
    prepared(portal, purpose=article6.Purpose.NDC)
    client = portal.sign_in("aoba-proposer")
    for typed in ("2031", "1", "x" * 200, "２０２０"):
        said = "NDC period" if typed in {"2031", "２０２０"} else ""
        refused(client, RETIRE, form(portal, calendar_year=typed), calendar_year=said)
    texts = {"purpose": "Offset", "beneficiary": "Kaede"}
    given = form(portal, cancelled_for="imp", **texts)
    refused(client, CANCEL, given, cancelled_for="is for other purposes")
    refused(client, CANCEL, form(portal, cancelled_for="war", **texts), cancelled_for="“war”")
    number(client.send(CANCEL, **form(portal, cancelled_for="omge", **texts)))


def test_without_an_authorization_nothing_is_retired(portal: Portal) -> None:
    prepared(portal, vintage_first=2023)
    client = portal.sign_in("aoba-proposer")
    refused(client, RETIRE, form(portal), serials="No authorization covers serial numbers 1-10.")
    assert portal.refusals()[-1] == "NotAuthorized"
    # Of other credits nothing is asked.
    number(client.send(RETIRE, **form(portal) | {"vintage": "2019", "calendar_year": "2026"}))
