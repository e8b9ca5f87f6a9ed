"""Where ITMOs stand after their actions."""

from app.domain.aef_states import State, after, stands
from app.domain.nomenclature import ActionType, Subtype

ACQUIRED = (ActionType.ACQUISITION, None)
USED = (ActionType.USE, None)
SENT = (ActionType.TRANSFER, None)


def test_what_was_acquired_or_first_transferred_here_is_held() -> None:
    assert stands([]) is State.NONE
    assert stands([(ActionType.AUTHORIZATION, None)]) is State.NONE
    assert stands([ACQUIRED]) is State.HELD
    assert stands([(ActionType.FIRST_TRANSFER, Subtype.ISSUANCE)]) is State.HELD
    away = (ActionType.FIRST_TRANSFER, Subtype.TO_ANOTHER_PARTY)
    assert stands([away]) is State.AWAY


def test_what_was_used_or_cancelled_has_ended_whatever_follows() -> None:
    for kind in (ActionType.USE, ActionType.CANCELLATION, ActionType.VOLUNTARY_CANCELLATION):
        assert stands([ACQUIRED, (kind, None), ACQUIRED, SENT]) is State.ENDED


def test_the_adaptation_fund_holds_its_account_in_the_same_registry() -> None:
    given = (ActionType.TRANSFER, Subtype.VOLUNTARY_TO_ADAPTATION_FUND)
    assert stands([ACQUIRED, given]) is State.HELD
    assert stands([ACQUIRED, SENT]) is State.AWAY


def test_a_use_abroad_that_is_a_first_transfer_brings_nothing_back() -> None:
    told = (ActionType.FIRST_TRANSFER, Subtype.USE_OR_CANCELLATION)
    assert stands([SENT, told]) is State.AWAY
    assert after(State.NONE, *told) is State.HELD
