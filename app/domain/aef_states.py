"""Where ITMOs stand as their actions tell: not yet here, held, gone to another Party, or ended."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from app.domain.nomenclature import ActionType, Subtype


class State(StrEnum):
    """Where a mitigation outcome stands, seen from one Party's registry."""

    #: Neither first transferred here nor acquired; it may be authorized.
    NONE = "none"
    HELD = "held"
    #: Transferred to another Party.
    AWAY = "away"
    #: Used or cancelled.
    ENDED = "ended"


#: With these, an outcome comes to be held here, and counts as first transferred.
TAKING: Final = frozenset({ActionType.FIRST_TRANSFER, ActionType.ACQUISITION})
_WITHIN: Final = frozenset(
    {Subtype.VOLUNTARY_TO_ADAPTATION_FUND, Subtype.MANDATORY_TO_ADAPTATION_FUND}
)
_ENDING: Final = frozenset(
    {ActionType.USE, ActionType.CANCELLATION, ActionType.VOLUNTARY_CANCELLATION}
)


def after(state: State, kind: ActionType, subtype: Subtype | None) -> State:
    """Return where an outcome stands after an action; what has ended stays so.

    The account of the Adaptation Fund is one of the same registry. Another Party's use or
    cancellation of what went there is a first transfer that moves nothing here.
    """
    if state is State.ENDED or kind in _ENDING:
        return State.ENDED
    if kind is ActionType.ACQUISITION:
        return State.HELD
    if kind is ActionType.FIRST_TRANSFER:
        if subtype is Subtype.TO_ANOTHER_PARTY:
            return State.AWAY
        return state if state is State.AWAY else State.HELD
    if kind is ActionType.TRANSFER and subtype not in _WITHIN:
        return State.AWAY
    return state


def stands(actions: Iterable[tuple[ActionType, Subtype | None]]) -> State:
    """Return where an outcome stands after all its actions, the oldest first."""
    state = State.NONE
    for kind, subtype in actions:
        state = after(state, kind, subtype)
    return state
