"""Proposing movements: bad input at every field, the way from form to receiver, once only."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.domain.accounts import STATE_NAMES, AccountNumber, State
from app.domain.accounts import Kind as AccountKind
from app.domain.ledger import Kind, Status
from app.registry import accounts, bars
from tests import world
from tests.portal import Portal, PortalClient, counted, number, proposal
from tests.world import NOW

#: Numbers of accounts that were never applied for, with the right check digits.
NOBODYS = str(AccountNumber("JP", AccountKind.ENTITY, 999_999))
FOREIGN = str(AccountNumber("MN", AccountKind.ENTITY, 2))


# Bad input


def bad_quantities() -> Iterator[tuple[str, str, str]]:
    whole = "Enter a whole number of tonnes, 1 or more, for example 1500."
    whole_ja = "1以上の整数（トン）で入力してください。例：1500"
    for typed in ("0", "-1", "1.5", "1e3", "０", "ten", "1,5", "10²", "+1", "0x10", "１．５", "∞"):
        yield typed, whole, whole_ja
    for typed in ("9223372036854775808", "99999999999999999999999999"):
        yield typed, "The number is too large.", "数値が大きすぎます。"
    yield (
        "1001",
        "1,001 tCO₂ were asked for, but only 1,000 tCO₂ are available.",
        "1,001 tCO₂の申請に対し、利用できるのは1,000 tCO₂です。",
    )
    nothing = "Enter a quantity or serial numbers.", "数量または識別番号を入力してください。"
    yield "", *nothing
    yield "  ", *nothing


def test_a_quantity_that_cannot_be_is_refused_at_its_field(portal: Portal) -> None:
    portal.issued(1_000)
    english, japanese = portal.sign_in("aoba-proposer"), portal.sign_in("aoba-proposer", "ja")
    for typed, sentence, sentence_ja in bad_quantities():
        for client, said in ((english, sentence), (japanese, sentence_ja)):
            form = proposal(portal, quantity=typed, remark="備考 keeps")
            for step in ("/portal/transfers/check", "/portal/transfers"):
                refused(client, step, form, quantity=said)
    assert_nothing_happened(portal)
    assert len(portal.refusals()) == 4 * len(list(bad_quantities()))


def test_a_target_that_cannot_be_is_refused_at_its_field(portal: Portal) -> None:
    portal.issued(1_000)
    w = portal.world
    applied_for = portal.database.write(lambda session: applied(session, portal))
    printed = "Enter the account number as it is printed, for example JP-100-000012-0-84."
    digits = "The check digits do not fit. Check the account number for a mistyped digit."
    unknown = "There is no open account with this number."
    client = portal.sign_in("aoba-proposer")
    for typed, said in (
        ("", "This field is required."),
        ("kaede", printed),
        (mistyped(w.kaede), digits),
        (NOBODYS, unknown),
        (applied_for, unknown),
        (FOREIGN, unknown),
        (w.aoba, "The account to transfer to must be a different account."),
        (w.retirement, f"Account {w.retirement} (Retirement account) cannot take part"),
        ("9" * 500, "Use no more than 100 characters."),
    ):
        refused(client, "/portal/transfers/check", proposal(portal, target=typed), target=said)
    assert_nothing_happened(portal)


def test_an_account_not_yet_open_is_answered_as_one_that_does_not_exist(portal: Portal) -> None:
    portal.issued()
    applied_for = portal.database.write(lambda session: applied(session, portal))
    client = portal.sign_in("aoba-proposer")
    answers = {
        re.sub(r'value="[^"]*"', "", client.send("/portal/transfers/check", **form).text)
        for form in (
            proposal(portal, target=applied_for),
            proposal(portal, target=NOBODYS),
        )
    }
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("side", "state"),
    [
        ("source", State.BARRED),
        ("source", State.SUSPENDED),
        ("target", State.BARRED),
        ("target", State.SUSPENDED),
        ("target", State.CLOSED),
    ],
)
def test_the_state_of_either_account_can_forbid_it(portal: Portal, side: str, state: State) -> None:
    portal.issued()
    account = portal.world.aoba if side == "source" else portal.world.kaede
    portal.database.write(lambda session: put(session, portal, account, state))
    for language, said in (
        ("en", f"The state of account {account} ({STATE_NAMES[state].en}) does not permit this."),
        ("ja", f"口座{account}の状態（{STATE_NAMES[state].ja}）では、この手続はできません。"),
    ):
        client = portal.sign_in("aoba-proposer", language)
        refused(client, "/portal/transfers/check", proposal(portal), **{side: said})
    assert_nothing_happened(portal)


def test_a_closed_account_is_no_source_any_more(portal: Portal) -> None:
    """Closing takes everyone's right on the account, so it is as if it were not there."""
    portal.database.write(lambda session: put(session, portal, portal.world.aoba, State.CLOSED))
    client = portal.sign_in("aoba-proposer")
    said = f"“{portal.world.aoba}” is not one of the choices. Choose one from the list."
    refused(client, "/portal/transfers/check", proposal(portal), source=said)


def test_a_source_that_is_not_mine_is_answered_as_one_that_does_not_exist(portal: Portal) -> None:
    portal.issued(account=portal.world.kaede)
    client = portal.sign_in("aoba-proposer")
    for source in (portal.world.kaede, NOBODYS, "nonsense"):
        form = proposal(portal, source=source, target=portal.world.outside)
        said = f"“{source}” is not one of the choices. Choose one from the list."
        refused(client, "/portal/transfers", form, source=said)
    assert_nothing_happened(portal)


def test_serials_that_cannot_be_are_refused_at_their_field(portal: Portal) -> None:
    mine = portal.issued(1_000)
    other = portal.issued(100, account=portal.world.kaede)
    client = portal.sign_in("aoba-proposer")
    for typed, said in (
        ("abc", "“abc” is not a serial number."),
        ("10-5", "The last serial number (5) is smaller than the first (10)."),
        ("0-5", "“0-5” is not a serial number."),
        ("9223372036854775808", "The number is too large."),
        ("1-10\n5-20", "Serial numbers 5-10 are named more than once."),
        (str(other), f"The account does not hold all of serial numbers {other}."),
        ("5000-6000", "Serial numbers 5000-6000 have not been issued."),
        ("MN-MN-MN003-2019-1-10", "“MN” is not this registry."),
        ("JP-MN-MN003-2018-1-10", "“2018” does not fit these credits"),
        ("x" * 3_000, "is not a serial number."),
    ):
        form = proposal(portal, quantity="", serials=typed)
        refused(client, "/portal/transfers/check", form, serials=said)
    form = proposal(portal, quantity="11", serials=f"{mine.first}-{mine.first + 9}")
    said = "The quantity is 11, but the serial numbers named are 10."
    refused(client, "/portal/transfers/check", form, quantity=said)
    assert_nothing_happened(portal)


def test_barred_and_reserved_serials_are_refused_at_their_field(portal: Portal) -> None:
    mine = portal.issued(1_000)
    portal.database.write(
        lambda session: bars.lay(
            session, mine, reason="court order", actor=portal.world.operator, now=NOW
        )
    )
    client = portal.sign_in("aoba-proposer")
    form = proposal(portal, quantity="", serials="1-10")
    refused(client, "/portal/transfers", form, serials="are barred by the registry administrator")
    refused(client, "/portal/transfers", proposal(portal), quantity="only 0 tCO₂ are available")


def test_every_fault_that_can_be_found_is_said_at_once(portal: Portal) -> None:
    portal.issued()
    client = portal.sign_in("aoba-proposer")
    form = proposal(
        portal, source="", target="x", quantity="0", project="?", vintage="20", remark="r" * 1_025
    )
    answer = client.send("/portal/transfers/check", **form)
    assert answer.status_code == 422
    assert list(said(answer.text)) == [
        "source",
        "target",
        "quantity",
        "project",
        "vintage",
        "remark",
    ]
    assert sorted(portal.refusals()) == [
        "MalformedAccountNumber",
        "NotAWholeNumber",
        "Required",
        "TooLong",
        "UnknownChoice",
        "UnknownProject",
    ]
    assert "<title>Error: " in answer.text


def test_the_filter_bounds_what_the_quantity_takes(portal: Portal) -> None:
    portal.issued(100)
    itmo = portal.issued(100, project=world.ITMO_PROJECT)
    client = portal.sign_in("aoba-proposer")
    form = proposal(portal, project="vn004", vintage="２０２２")
    shown = client.send("/portal/transfers/check", **form)
    assert f"JP-VN-VN004-2022-{itmo.first}-{itmo.first + 9}" in shown.text
    form = proposal(portal, project="MN003", vintage="2022")
    refused(client, "/portal/transfers/check", form, quantity="only 0 tCO₂ are available")
    form = proposal(portal, project="XX999")
    refused(client, "/portal/transfers/check", form, project="There is no project")


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


@pytest.mark.parametrize("word", ["issuances", "mandatory-cancellations"])
@pytest.mark.parametrize("login_id", ["aoba-proposer", "approver", "auditor"])
def test_only_operators_propose_what_is_the_administrators(
    portal: Portal, word: str, login_id: str
) -> None:
    client = portal.sign_in(login_id)
    assert client.get(f"/portal/{word}/new").status_code == 403
    assert client.send(f"/portal/{word}").status_code == 403


# Steps


def refused(client: PortalClient, address: str, form: dict[str, str], **at: str) -> None:
    """Send a form and find each refusal at its field and above, and all that was typed."""
    answer = client.send(address, **form)
    assert answer.status_code == 422, (form, answer.status_code)
    found = said(answer.text)
    assert list(found) == list(at), (form, found)
    for field, sentence in at.items():
        assert sentence in found[field], (form, found)
        if field:
            assert f'id="{field}_error"' in answer.text
    for name in {"target", "quantity", "remark", "key"} & form.keys():
        assert client_escaped(form[name].strip()) in answer.text


def said(text: str) -> dict[str, str]:
    """Return the error summary: field by sentence."""
    summary = text.partition('class="errors"')[2].partition("</div>")[0]
    items = re.findall(r'<li>(?:<a href="#(\w+)">)?([^<]+)', summary)
    return {field: sentence.replace("&#39;", "'") for field, sentence in items}


def client_escaped(typed: str) -> str:
    return typed.replace("&", "&amp;").replace("<", "&lt;")


def assert_nothing_happened(portal: Portal) -> None:
    assert not portal.transactions()


def mistyped(account: str) -> str:
    """Return an account number with one digit wrong."""
    digit = account[-6]
    return f"{account[:-6]}{(int(digit) + 1) % 10}{account[-5:]}"


def applied(session: Session, portal: Portal) -> str:
    """Apply for an account that is not opened."""
    operator = portal.world.operator
    holder = accounts.record_holder(session, "new", name_en="New", actor=operator, now=NOW)
    made = accounts.apply(session, "JP", AccountKind.ENTITY, holder, actor=operator, now=NOW)
    return made.number


def put(session: Session, portal: Portal, account: str, state: State) -> None:
    """Put an account in a state."""
    steps = [State.CLOSURE_PENDING, state] if state is State.CLOSED else [state]
    for step in steps:
        accounts.change_state(
            session, account, step, reason="test", actor=portal.world.operator, now=NOW
        )
