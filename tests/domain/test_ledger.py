"""The ledger's rules row by row: quantities, statuses, who may send and receive, which serials."""

from contextlib import suppress
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import accounts, ledger, serials
from app.domain.accounts import State
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    NotAllowedInStatus,
    NotAWholeNumber,
    NotEnoughCredits,
    NumberTooLarge,
    Refusal,
    TooManyBlocks,
)
from app.domain.ledger import BLOCKS_MAX, Event, Kind, Status
from app.domain.serials import SERIAL_MAX, Range

# Quantities


@pytest.mark.parametrize(
    ("typed", "tonnes"),
    [
        ("1", 1),
        ("１０", 10),
        (" 10 ", 10),
        ("1,000", 1000),
        ("１，０００，０００", 1_000_000),
        ("0007", 7),
        ("9223372036854775807", SERIAL_MAX),
        ("9,223,372,036,854,775,807", SERIAL_MAX),
        pytest.param("0" * 5000 + "1", 1, id="thousands of zeros"),
    ],
)
def test_case_57_a_whole_number_is_read_whatever_its_width_and_grouping(
    typed: str, tonnes: int
) -> None:
    assert ledger.quantity(typed) == tonnes


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", NotAWholeNumber),
        ("   ", NotAWholeNumber),
        ("0", NotAWholeNumber),
        ("000", NotAWholeNumber),
        ("-1", NotAWholeNumber),
        ("−1", NotAWholeNumber),
        ("+5", NotAWholeNumber),
        ("1.5", NotAWholeNumber),
        ("1,5", NotAWholeNumber),
        ("1,0000", NotAWholeNumber),
        (",1", NotAWholeNumber),
        ("1e3", NotAWholeNumber),
        ("1_000", NotAWholeNumber),
        ("1 000", NotAWholeNumber),
        ("0x10", NotAWholeNumber),
        ("ten", NotAWholeNumber),
        ("十", NotAWholeNumber),
        ("①", NotAWholeNumber),
        ("²", NotAWholeNumber),
        ("10²", NotAWholeNumber),
        ("½", NotAWholeNumber),
        ("١٢", NotAWholeNumber),
        ("१२", NotAWholeNumber),
        ("∞", NotAWholeNumber),
        ("NaN", NotAWholeNumber),
        ("9223372036854775808", NumberTooLarge),
        pytest.param("9" * 5000, NumberTooLarge, id="thousands of digits"),
    ],
)
def test_case_57_anything_else_is_no_quantity(typed: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as caught:
        ledger.quantity(typed, "tonnes")
    assert caught.value.field == "tonnes"


@given(st.text())
def test_no_text_whatever_makes_a_quantity_fail_otherwise_than_by_refusing(typed: str) -> None:
    with suppress(NotAWholeNumber, NumberTooLarge):
        assert 1 <= ledger.quantity(typed) <= SERIAL_MAX


@given(st.integers(1, SERIAL_MAX))
def test_every_quantity_is_read_back_as_it_is_printed(tonnes: int) -> None:
    assert ledger.quantity(str(tonnes)) == ledger.quantity(f"{tonnes:,}") == tonnes


@pytest.mark.parametrize("tonnes", [0, -1, -SERIAL_MAX])
def test_a_quantity_given_as_a_number_is_checked_too(tonnes: int) -> None:
    with pytest.raises(NotAWholeNumber):
        ledger.check_quantity(tonnes)
    with pytest.raises(NumberTooLarge):
        ledger.check_quantity(SERIAL_MAX + 1)
    assert ledger.check_quantity(SERIAL_MAX) == SERIAL_MAX


# The life of a transaction

ENDS = {
    Event.APPROVE: Status.COMPLETED,
    Event.REJECT: Status.REJECTED,
    Event.WITHDRAW: Status.WITHDRAWN,
    Event.EXPIRE: Status.EXPIRED,
    Event.TERMINATE: Status.TERMINATED,
}


def test_every_pair_of_status_and_event_is_defined() -> None:
    assert set(ledger.STATUS_AFTER) == set(product(Status, Event))
    assert set(ENDS) == set(Event)


@pytest.mark.parametrize(("status", "event"), list(product(Status, Event)))
def test_case_34_and_35_what_has_ended_has_ended(status: Status, event: Event) -> None:
    if status is Status.PROPOSED:
        assert ledger.after(status, event) is ENDS[event]
    else:
        with pytest.raises(NotAllowedInStatus) as caught:
            ledger.after(status, event)
        assert (caught.value.status, caught.value.event) == (status, event)


def test_case_89_99_and_101_other_kinds_of_movement_do_not_exist() -> None:
    assert {kind.value for kind in Kind} == {
        "issuance",
        "transfer",
        "retirement",
        "voluntary_cancellation",
        "mandatory_cancellation",
        "external_transfer",
        "acquisition",
    }
    assert set(ledger.KIND_NAMES) == set(Kind)
    assert set(ledger.STATUS_NAMES) == set(Status)


def test_case_11_a_transaction_number_is_the_registrys_code_and_digits() -> None:
    assert ledger.transaction_number("JP", 1234) == "JP0000001234"
    assert ledger.transaction_number("MN", 10**10) == "MN10000000000"


# Who may send and who may receive

H, X = accounts.Kind, State
HOLDING = {H.GOVERNMENT, H.ENTITY}
LEAVES = {
    Kind.ISSUANCE: set(),
    Kind.TRANSFER: HOLDING,
    Kind.RETIREMENT: HOLDING,
    Kind.VOLUNTARY_CANCELLATION: HOLDING,
    Kind.MANDATORY_CANCELLATION: HOLDING,
    Kind.EXTERNAL_TRANSFER: HOLDING,
    Kind.ACQUISITION: {H.EXTERNAL},
}
ENTERS = {
    Kind.ISSUANCE: HOLDING,
    Kind.TRANSFER: HOLDING,
    Kind.RETIREMENT: {H.RETIREMENT},
    Kind.VOLUNTARY_CANCELLATION: {H.VOLUNTARY_CANCELLATION},
    Kind.MANDATORY_CANCELLATION: {H.MANDATORY_CANCELLATION},
    Kind.EXTERNAL_TRANSFER: {H.EXTERNAL},
    Kind.ACQUISITION: HOLDING,
}
#: The states in which an account lets each kind of movement out.
LEAVES_IN = {
    Kind.TRANSFER: {X.OPEN},
    Kind.EXTERNAL_TRANSFER: {X.OPEN},
    Kind.ACQUISITION: {X.OPEN, X.PARTLY_BARRED},
    Kind.RETIREMENT: {X.OPEN, X.PARTLY_BARRED},
    Kind.VOLUNTARY_CANCELLATION: {X.OPEN, X.PARTLY_BARRED},
    Kind.MANDATORY_CANCELLATION: {
        X.OPEN,
        X.PARTLY_BARRED,
        X.BARRED,
        X.SUSPENDED,
        X.CLOSURE_PENDING,
    },
}
ENTERS_IN = {X.OPEN, X.PARTLY_BARRED}
EVERY_ROW = list(product(Kind, accounts.Kind, State))


@pytest.mark.parametrize(("kind", "account", "state"), EVERY_ROW)
def test_o44_what_may_leave_an_account(kind: Kind, account: accounts.Kind, state: State) -> None:
    if account not in LEAVES[kind]:
        with pytest.raises(AccountKindForbids) as kinds:
            ledger.check_source(kind, "JP-1", account, state)
        assert (kinds.value.kind, kinds.value.field) == (account, "source")
    elif state not in LEAVES_IN[kind]:
        with pytest.raises(AccountStateForbids) as states:
            ledger.check_source(kind, "JP-1", account, state)
        assert (states.value.state, states.value.field) == (state, "source")
    else:
        ledger.check_source(kind, "JP-1", account, state)


@pytest.mark.parametrize(("kind", "account", "state"), EVERY_ROW)
def test_case_55_86_and_95_what_may_enter_an_account(
    kind: Kind, account: accounts.Kind, state: State
) -> None:
    if account not in ENTERS[kind]:
        with pytest.raises(AccountKindForbids) as kinds:
            ledger.check_target(kind, "JP-1", account, state)
        assert (kinds.value.kind, kinds.value.field) == (account, "target")
    elif state not in ENTERS_IN:
        with pytest.raises(AccountStateForbids) as states:
            ledger.check_target(kind, "JP-1", account, state)
        assert (states.value.state, states.value.field) == (state, "target")
    else:
        ledger.check_target(kind, "JP-1", account, state)


def test_case_90_nothing_ever_leaves_where_credits_end() -> None:
    assert not any(LEAVES[kind] & accounts.FINAL for kind in Kind)


def test_case_87_and_96_the_registry_itself_fixes_where_credits_end() -> None:
    assert {
        Kind.RETIREMENT: H.RETIREMENT,
        Kind.VOLUNTARY_CANCELLATION: H.VOLUNTARY_CANCELLATION,
        Kind.MANDATORY_CANCELLATION: H.MANDATORY_CANCELLATION,
    } == ledger.FIXED_TARGET


# Which serials move

BLOCKS = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 6)).map(lambda p: Range(p[0], p[0] + p[1])),
    max_size=6,
)


def apart(ranges: list[Range]) -> list[Range]:
    """Return the ranges ascending and without those that overlap one before."""
    found: list[Range] = []
    for range_ in sorted(ranges):
        if not found or range_.first > found[-1].last:
            found.append(range_)
    return found


def numbers(ranges: list[Range]) -> list[int]:
    return sorted(n for range_ in ranges for n in range(range_.first, range_.last + 1))


@given(BLOCKS.map(apart), BLOCKS, st.integers(1, 40))
def test_the_lowest_free_serials_are_chosen(
    held: list[Range], kept: list[Range], asked: int
) -> None:
    free = sorted(set(numbers(held)) - set(numbers(kept)))
    if len(free) < asked:
        with pytest.raises(NotEnoughCredits) as caught:
            ledger.choose(iter(held), kept, asked)
        assert (caught.value.asked, caught.value.available) == (asked, len(free))
    else:
        chosen = ledger.choose(iter(held), kept, asked)
        assert numbers(chosen) == free[:asked]
        assert chosen == serials.join(chosen)


def test_no_more_blocks_are_read_than_are_needed() -> None:
    def held():  # type: ignore[no-untyped-def] # yields ranges
        yield Range(1, 5)
        raise AssertionError("read further than needed")

    assert ledger.choose(held(), [], 5) == [Range(1, 5)]


def test_one_transaction_carries_so_many_blocks_and_no_more() -> None:
    held = [Range(2 * n, 2 * n) for n in range(1, BLOCKS_MAX + 2)]
    assert len(ledger.choose(held, [], BLOCKS_MAX)) == BLOCKS_MAX
    with pytest.raises(TooManyBlocks):
        ledger.choose(held, [], BLOCKS_MAX + 1)


def test_blocks_of_which_nothing_is_free_do_not_count() -> None:
    held = [Range(2 * n, 2 * n) for n in range(1, BLOCKS_MAX + 2)]
    assert ledger.choose(held, held[:-1], 1) == held[-1:]


@given(st.integers(1, 30), st.integers(0, 10), BLOCKS.map(apart))
def test_a_block_is_cut_along_what_moves(first: int, more: int, wanted: list[Range]) -> None:
    block = Range(first, first + more)
    carved = ledger.carve(block, wanted)
    assert numbers(carved.moved) == sorted(set(numbers([block])) & set(numbers(wanted)))
    assert sorted(numbers(carved.moved) + numbers(carved.kept)) == numbers([block])
