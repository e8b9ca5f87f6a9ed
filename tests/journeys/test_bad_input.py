"""Bad input at every field of the transfer form: said at the field, and nothing moves."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.domain.accounts import STATE_NAMES, AccountNumber, State
from app.domain.accounts import Kind as AccountKind
from app.registry import accounts, bars
from app.registry.accounts import Loading
from tests import world
from tests.asking import main
from tests.portal import Portal, error_summary, proposal, refused
from tests.stages import closing
from tests.world import NOW

#: Numbers of accounts that were never applied for, with the right check digits.
NOBODYS = str(AccountNumber("JP", AccountKind.ENTITY, 999_999))
FOREIGN = str(AccountNumber("MN", AccountKind.ENTITY, 2))


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
        (FOREIGN, "This registry exchanges nothing with a registry “MN”."),
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
        re.sub(r'value="[^"]*"', "", main(client.send("/portal/transfers/check", **form).text))
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
        (
            "MN-MN-MN003-2019-1-10",
            "Not all of serial numbers MN-1-10 are in this registry.",
        ),
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
    assert list(error_summary(answer.text)) == [
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
    kind = AccountKind.ENTITY
    made = accounts.apply(session, "JP", kind, holder, because=Loading(), actor=operator, now=NOW)
    return made.number


def put(session: Session, portal: Portal, account: str, state: State) -> None:
    """Put an account in a state."""
    steps = [State.CLOSURE_PENDING, state] if state is State.CLOSED else [state]
    for step in steps:
        accounts.change_state(
            session,
            account,
            step,
            reason="test",
            because=closing(session, account, step) if state is State.CLOSED else None,
            actor=portal.world.operator,
            now=NOW,
        )
