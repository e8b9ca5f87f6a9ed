"""People: their states, the moves between them, and login IDs with check digits."""

from enum import StrEnum
from typing import Final

from app.domain.people_errors import StateForbids
from app.domain.text import Text

#: Digits of a login ID before its check digits.
LOGIN_ID_DIGITS: Final = 8
LOGIN_ID_MAX: Final = 200
EMAIL_MAX: Final = 256
NAME_MAX: Final = 100


class State(StrEnum):
    """Whether a person may sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEACTIVATION_PENDING = "deactivation_pending"
    DEACTIVATED = "deactivated"


class Acting(StrEnum):
    """Whether a representative may use the right on one account."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


STATE_NAMES: Final = {
    State.ACTIVE: Text("Active", "有効"),
    State.SUSPENDED: Text("Suspended", "利用停止"),
    State.DEACTIVATION_PENDING: Text("Deactivation pending", "利用終了手続中"),
    State.DEACTIVATED: Text("Deactivated", "利用終了"),
}

ACTING_NAMES: Final = {
    Acting.ACTIVE: Text("Active", "有効"),
    Acting.SUSPENDED: Text("Suspended on this account", "この口座で利用停止"),
}

#: The states a person may go to from each state; who was deactivated never returns.
MOVES: Final[dict[State, frozenset[State]]] = {
    State.ACTIVE: frozenset({State.SUSPENDED, State.DEACTIVATION_PENDING, State.DEACTIVATED}),
    State.SUSPENDED: frozenset({State.ACTIVE, State.DEACTIVATION_PENDING, State.DEACTIVATED}),
    State.DEACTIVATION_PENDING: frozenset({State.ACTIVE, State.SUSPENDED, State.DEACTIVATED}),
    State.DEACTIVATED: frozenset(),
}


def move(before: State, after: State) -> State:
    """Return `after`; StateForbids unless the table of moves lists it."""
    if after not in MOVES[before]:
        raise StateForbids(before)
    return after


def login_id(registry: str, number: int) -> str:
    """Return the login ID of a number: JP, eight digits and two check digits (MOD 97-10)."""
    letters = "".join(str(ord(letter) - 55) for letter in registry)
    check = 98 - int(f"{number:0{LOGIN_ID_DIGITS}d}{letters}00") % 97
    return f"{registry}{number:0{LOGIN_ID_DIGITS}d}{check:02d}"
