"""Account numbers whose check digits find every slip, and the states an account goes through."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import accounts
from app.domain.accounts import AccountNumber, Kind, State
from app.domain.errors import (
    MalformedAccountNumber,
    MoveNotAllowed,
    Refusal,
    UnknownAccountKind,
    WrongCheckDigits,
)

NUMBERS = st.builds(
    AccountNumber,
    registry=st.from_regex("[A-Z]{2}", fullmatch=True),
    kind=st.sampled_from(Kind),
    identifier=st.integers(1, 10**12 - 1),
)


def mistyped(printed: str) -> set[str]:
    """Every number with one digit wrong, and with two neighbours swapped."""
    wrong = {
        printed[:at] + digit + printed[at + 1 :]
        for at, letter in enumerate(printed)
        if letter.isdigit()
        for digit in "0123456789"
    }
    return (wrong | swapped(printed)) - {printed}


def swapped(printed: str) -> set[str]:
    """Two neighbouring digits swapped, also where a hyphen stands between them."""
    found = set()
    digits = [at for at, letter in enumerate(printed) if letter.isdigit()]
    for one, other in pairwise(digits):
        letters = list(printed)
        letters[one], letters[other] = letters[other], letters[one]
        found.add("".join(letters))
    return found


def test_the_published_example_of_check_digits_is_met() -> None:
    # UK-100-900000025-2-60, from the United Kingdom's registry.
    assert accounts.check_digits("UK", 100, 900000025, 2) == 60


def test_check_digits_follow_the_written_rule() -> None:
    # Identifier, J=19 P=25, kind, period 00, and 00; the whole with its check digits is 1 mod 97.
    whole = "12" + "19" + "25" + "100" + "00"
    assert accounts.check_digits("JP", 100, 12, 0) == 98 - int(whole + "00") % 97 == 84
    assert int(whole + "84") % 97 == 1
    assert str(AccountNumber("JP", Kind.GOVERNMENT, 12)) == "JP-100-000012-0-84"


@given(NUMBERS)
def test_an_account_number_parses_back_to_itself(number: AccountNumber) -> None:
    assert accounts.parse_number(str(number)) == number


@given(NUMBERS)
def test_case_24_one_wrong_digit_and_two_swapped_ones_are_always_found(
    number: AccountNumber,
) -> None:
    for typed in mistyped(str(number)):
        with pytest.raises(Refusal):
            accounts.parse_number(typed)


def test_case_24_none_of_the_slips_in_ten_thousand_numbers_passes() -> None:
    passed = [
        (str(number), typed)
        for identifier in range(1, 10_001, 7)
        for number in [AccountNumber("JP", Kind.ENTITY, identifier)]
        for typed in mistyped(str(number))
        if read(typed) is not None
    ]
    assert not passed


def read(typed: str) -> AccountNumber | None:
    try:
        return accounts.parse_number(typed)
    except Refusal:
        return None


@pytest.mark.parametrize(
    "typed",
    [
        "jp-100-000012-0-84",
        " JP-100-000012-0-84 ",
        "JP - 100 - 000012 - 0 - 84",
        "ＪＰ－１００－００００１２－０－８４",
        "JP-100-12-0-84",
    ],
)
def test_width_case_and_spaces_of_a_number_are_forgiven(typed: str) -> None:
    assert accounts.parse_number(typed) == AccountNumber("JP", Kind.GOVERNMENT, 12)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", MalformedAccountNumber),
        ("JP-100-000012-0", MalformedAccountNumber),
        ("JP-100--0-84", MalformedAccountNumber),
        ("100-000012-0-84", MalformedAccountNumber),
        ("J1-100-000012-0-84", MalformedAccountNumber),
        ("JP-1000-000012-0-84", MalformedAccountNumber),
        ("JP100000012084", MalformedAccountNumber),
        ("JP-100-00001²-0-84", MalformedAccountNumber),
        ("JP-100-abc-0-84", MalformedAccountNumber),
        # Case 16: the running number is 0, negative or no number.
        ("JP-100-000000-0-60", MalformedAccountNumber),
        ("JP-100--12-0-84", MalformedAccountNumber),
        ("JP-100-000012-0-85", WrongCheckDigits),
        ("JP-121-000012-0-84", WrongCheckDigits),
        ("MN-100-000012-0-84", WrongCheckDigits),
        ("JP-100-000012-0-00", WrongCheckDigits),
    ],
)
def test_case_16_a_text_that_is_no_account_number_is_refused(
    typed: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        accounts.parse_number(typed)


@pytest.mark.parametrize(("code", "period"), [(101, 0), (999, 0), (0, 0), (100, 1), (100, 2)])
def test_case_15_a_kind_of_account_that_does_not_exist_is_refused(code: int, period: int) -> None:
    check = accounts.check_digits("JP", code, 12, period)
    with pytest.raises(UnknownAccountKind):
        accounts.parse_number(f"JP-{code:03d}-000012-{period}-{check:02d}")


@given(st.text(max_size=40))
def test_no_text_whatever_makes_the_parser_fail_otherwise_than_by_refusing(typed: str) -> None:
    found = read(typed)
    assert found is None or accounts.parse_number(str(found)) == found


def test_every_kind_has_a_code_a_name_and_one_state_of_its_credits() -> None:
    assert set(accounts.CODES) == set(accounts.KIND_NAMES) == set(Kind)
    assert len(set(accounts.CODES.values())) == len(Kind)
    assert {kind: accounts.holding(kind).value for kind in Kind} == {
        Kind.GOVERNMENT: "held",
        Kind.ENTITY: "held",
        Kind.RETIREMENT: "retired",
        Kind.MANDATORY_CANCELLATION: "cancelled",
        Kind.VOLUNTARY_CANCELLATION: "cancelled",
        Kind.EXTERNAL: "external",
    }
    assert {*accounts.HOLDING, *accounts.FINAL, Kind.EXTERNAL} == set(Kind)
    assert not accounts.HOLDING & accounts.FINAL
    assert set(accounts.HOLDING_NAMES) == set(accounts.Holding)


#: Row by row what an account may go to; whatever is not here is refused.
MOVES = {
    "applied": "open closed",
    "open": "partly_barred barred suspended closure_pending",
    "partly_barred": "open barred suspended",
    "barred": "open partly_barred suspended",
    "suspended": "open partly_barred barred",
    "closure_pending": "open closed",
    "closed": "",
}


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_o25_only_the_listed_moves_between_states_exist(before: State, after: State) -> None:
    if after.value in MOVES[before].split():
        assert accounts.move(before, after) is after
    else:
        with pytest.raises(MoveNotAllowed) as caught:
            accounts.move(before, after)
        assert (caught.value.before, caught.value.after) == (before, after)


@pytest.mark.parametrize("after", [State.PARTLY_BARRED, State.BARRED, State.SUSPENDED])
def test_o26_no_bar_is_laid_while_a_closure_is_pending(after: State) -> None:
    with pytest.raises(MoveNotAllowed):
        accounts.move(State.CLOSURE_PENDING, after)


def test_a_closed_account_stays_closed() -> None:
    assert accounts.MOVES[State.CLOSED] == frozenset()
    assert set(accounts.STATE_NAMES) == set(State)
