"""Accounts: their kinds, numbers and states, and what may enter and leave them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.errors import (
    MalformedAccountNumber,
    MoveNotAllowed,
    UnknownAccountKind,
    WrongCheckDigits,
)
from app.domain.text import Text, numerals


class Kind(StrEnum):
    """What an account is for (Act on Promotion of Global Warming Countermeasures)."""

    GOVERNMENT = "government"
    ENTITY = "entity"
    RETIREMENT = "retirement"
    MANDATORY_CANCELLATION = "mandatory_cancellation"
    VOLUNTARY_CANCELLATION = "voluntary_cancellation"
    #: What is known here and lies in the registry of another Party: one account for each.
    EXTERNAL = "external"


#: Kind codes of the data exchange standards for Kyoto registries.
CODES: Final = {
    Kind.GOVERNMENT: 100,
    Kind.ENTITY: 121,
    Kind.VOLUNTARY_CANCELLATION: 230,
    Kind.MANDATORY_CANCELLATION: 250,
    Kind.RETIREMENT: 300,
    # Ours: the standards know no such account.
    Kind.EXTERNAL: 800,
}

KIND_NAMES: Final = {
    Kind.GOVERNMENT: Text("Government holding account", "政府保有口座"),
    Kind.ENTITY: Text("Entity holding account", "法人等保有口座"),
    Kind.RETIREMENT: Text("Retirement account", "無効化口座"),
    Kind.MANDATORY_CANCELLATION: Text("Mandatory cancellation account", "義務的取消口座"),
    Kind.VOLUNTARY_CANCELLATION: Text("Voluntary cancellation account", "自主的取消口座"),
    Kind.EXTERNAL: Text("Held in another registry", "他の登録簿での保有"),
}

HOLDING: Final = frozenset({Kind.GOVERNMENT, Kind.ENTITY})
CANCELLATION: Final = frozenset({Kind.MANDATORY_CANCELLATION, Kind.VOLUNTARY_CANCELLATION})
#: Credits that entered one of these never move again (DES 4011).
FINAL: Final = CANCELLATION | {Kind.RETIREMENT}


class Holding(StrEnum):
    """The state of a credit, as the public search offers it; the kind of account gives it."""

    HELD = "held"
    RETIRED = "retired"
    CANCELLED = "cancelled"
    EXTERNAL = "external"


HOLDING_KINDS: Final = {
    Holding.HELD: HOLDING,
    Holding.RETIRED: frozenset({Kind.RETIREMENT}),
    Holding.CANCELLED: CANCELLATION,
    Holding.EXTERNAL: frozenset({Kind.EXTERNAL}),
}

HOLDING_NAMES: Final = {
    Holding.HELD: Text("Held", "保有"),
    Holding.RETIRED: Text("Retired", "無効化"),
    Holding.CANCELLED: Text("Cancelled", "取消し"),
    Holding.EXTERNAL: Text("In another registry", "他の登録簿"),
}


def holding(kind: Kind) -> Holding:
    """Return the state of credits that lie in an account of this kind."""
    return next(state for state, kinds in HOLDING_KINDS.items() if kind in kinds)


class State(StrEnum):
    """Where an account stands in its life."""

    APPLIED = "applied"
    OPEN = "open"
    PARTLY_BARRED = "partly_barred"
    BARRED = "barred"
    SUSPENDED = "suspended"
    CLOSURE_PENDING = "closure_pending"
    CLOSED = "closed"


STATE_NAMES: Final = {
    State.APPLIED: Text("Applied for", "開設申請中"),
    State.OPEN: Text("Open", "開設済み"),
    State.PARTLY_BARRED: Text("Transfers out barred", "振替停止"),
    State.BARRED: Text("All movements barred", "全移動停止"),
    State.SUSPENDED: Text("Suspended", "利用停止"),
    State.CLOSURE_PENDING: Text("Closure pending", "閉鎖手続中"),
    State.CLOSED: Text("Closed", "閉鎖済み"),
}

#: The states an account may go to from each state. A pending closure is decided first: no bar may
#: be laid or lifted meanwhile.
MOVES: Final[dict[State, frozenset[State]]] = {
    State.APPLIED: frozenset({State.OPEN, State.CLOSED}),
    State.OPEN: frozenset(
        {State.PARTLY_BARRED, State.BARRED, State.SUSPENDED, State.CLOSURE_PENDING}
    ),
    State.PARTLY_BARRED: frozenset({State.OPEN, State.BARRED, State.SUSPENDED}),
    State.BARRED: frozenset({State.OPEN, State.PARTLY_BARRED, State.SUSPENDED}),
    State.SUSPENDED: frozenset({State.OPEN, State.PARTLY_BARRED, State.BARRED}),
    State.CLOSURE_PENDING: frozenset({State.OPEN, State.CLOSED}),
    State.CLOSED: frozenset(),
}


#: The states between which administrators move an account of their own accord; one is opened and
#: closed on an application alone.
BY_HAND: Final = frozenset({State.OPEN, State.PARTLY_BARRED, State.BARRED, State.SUSPENDED})


def moves_by_hand(before: State) -> frozenset[State]:
    """Return the states to which administrators may move an account without an application."""
    return MOVES[before] & BY_HAND if before in BY_HAND else frozenset()


def move(before: State, after: State) -> State:
    """Return `after`; MoveNotAllowed unless the table lists it."""
    if after not in MOVES[before]:
        raise MoveNotAllowed(before, after)
    return after


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """A number such as JP-100-000012-0-84: registry, kind code, running number, period, check."""

    registry: str
    kind: Kind
    identifier: int

    @property
    def check(self) -> int:
        """Two check digits after ISO 7064 MOD 97-10, as in the data exchange standards."""
        return check_digits(self.registry, CODES[self.kind], self.identifier, 0)

    def __str__(self) -> str:
        code = CODES[self.kind]
        return f"{self.registry}-{code}-{self.identifier:06d}-0-{self.check:02d}"


def check_digits(registry: str, code: int, identifier: int, period: int) -> int:
    """Return 98 - N mod 97; N = identifier, registry letters (A=10), kind (3), period (2), "00"."""
    letters = "".join(str(ord(letter) - 55) for letter in registry)
    return 98 - int(f"{identifier}{letters}{code:03d}{period:02d}00") % 97


#: What `parse_number` raises.
NUMBER_REFUSALS: Final = (MalformedAccountNumber, WrongCheckDigits, UnknownAccountKind)

_NUMBER = re.compile(r"([A-Z]{2})-([0-9]{3})-([0-9]{1,12})-([0-9]{1,2})-([0-9]{2})")


def parse_number(text: str) -> AccountNumber:
    """Read an account number as typed; widths and case are forgiven, wrong digits are not.

    Raises:
        MalformedAccountNumber: not laid out as an account number, or a running number of 0.
        WrongCheckDigits: the check digits do not fit.
        UnknownAccountKind: the kind code does not exist.
    """
    found = _NUMBER.fullmatch(numerals(text).replace(" ", "").upper())
    if found is None:
        raise MalformedAccountNumber(text)
    registry = found[1]
    code, identifier, period, check = (int(part) for part in found.groups()[1:])
    if identifier == 0:
        raise MalformedAccountNumber(text)
    if check_digits(registry, code, identifier, period) != check:
        raise WrongCheckDigits(text)
    kind = next((kind for kind, known in CODES.items() if known == code), None)
    if kind is None or period != 0:
        raise UnknownAccountKind(text)
    return AccountNumber(registry, kind, identifier)
