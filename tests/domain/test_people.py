"""States of people, the moves between them, and login IDs."""

import pytest

from app.domain import people
from app.domain.people import ACTING_NAMES, MOVES, STATE_NAMES, Acting, State
from app.domain.people_errors import StateForbids


@pytest.mark.parametrize("after", list(State))
@pytest.mark.parametrize("before", list(State))
def test_only_the_moves_of_the_table_are_made(before: State, after: State) -> None:
    if after in MOVES[before]:
        assert people.move(before, after) is after
    else:
        with pytest.raises(StateForbids) as refused:
            people.move(before, after)
        assert refused.value.state == before


def test_who_was_deactivated_never_returns() -> None:
    assert not MOVES[State.DEACTIVATED]
    assert all(State.DEACTIVATED in MOVES[state] for state in State if MOVES[state])


def test_no_state_leads_to_itself() -> None:
    assert not [state for state, moves in MOVES.items() if state in moves]


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(State)
    assert set(ACTING_NAMES) == set(Acting)


def test_a_login_id_is_the_registry_eight_digits_and_two_to_check() -> None:
    made = people.login_id("JP", 142)
    assert made.startswith("JP00000142")
    assert len(made) == 12
    assert people.login_id("JP", 142) == made != people.login_id("MN", 142)


@pytest.mark.parametrize("number", [0, 7, 142, 31_415_926, 99_999_999])
def test_one_wrong_digit_or_two_changed_about_do_not_fit(number: int) -> None:
    made = people.login_id("JP", number)
    digits, check = made[2:-2], made[-2:]
    for place in range(len(digits)):
        for other in "0123456789":
            wrong = digits[:place] + other + digits[place + 1 :]
            if wrong != digits:
                assert people.login_id("JP", int(wrong))[-2:] != check
    for place in range(len(digits) - 1):
        one, two = digits[place : place + 2]
        wrong = digits[:place] + two + one + digits[place + 2 :]
        if wrong != digits:
            assert people.login_id("JP", int(wrong))[-2:] != check
