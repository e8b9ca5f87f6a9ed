"""The ledger's rules: kinds of movement, the life of a transaction, and which serials move."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.domain import accounts, serials
from app.domain.accounts import State
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    NotAllowedInStatus,
    NotAWholeNumber,
    NotEnoughCredits,
    NumberTooLarge,
    TooManyBlocks,
)
from app.domain.serials import DIGITS_MAX, SERIAL_MAX, Range
from app.domain.text import Text, numerals


class Kind(StrEnum):
    """What a transaction does with its credits."""

    ISSUANCE = "issuance"
    TRANSFER = "transfer"
    RETIREMENT = "retirement"
    VOLUNTARY_CANCELLATION = "voluntary_cancellation"
    MANDATORY_CANCELLATION = "mandatory_cancellation"
    #: To the registry of another Party, and from there.
    EXTERNAL_TRANSFER = "external_transfer"
    ACQUISITION = "acquisition"


KIND_NAMES: Final = {
    Kind.ISSUANCE: Text("Issuance", "発行"),
    Kind.TRANSFER: Text("Transfer", "振替"),
    Kind.RETIREMENT: Text("Retirement", "無効化"),
    Kind.VOLUNTARY_CANCELLATION: Text("Voluntary cancellation", "自主的取消し"),
    Kind.MANDATORY_CANCELLATION: Text("Mandatory cancellation", "義務的取消し"),
    Kind.EXTERNAL_TRANSFER: Text("Transfer to another registry", "他の登録簿への移転"),
    Kind.ACQUISITION: Text("Acquisition from another registry", "他の登録簿からの取得"),
}


class Status(StrEnum):
    """Where a transaction stands; all but the first are final."""

    PROPOSED = "proposed"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TERMINATED = "terminated"


STATUS_NAMES: Final = {
    Status.PROPOSED: Text("Waiting for approval", "承認待ち"),
    Status.COMPLETED: Text("Completed", "完了"),
    Status.REJECTED: Text("Rejected", "却下"),
    Status.WITHDRAWN: Text("Withdrawn", "取下げ"),
    Status.EXPIRED: Text("Expired", "期限切れ"),
    Status.TERMINATED: Text("Terminated by a check", "検査により終了"),
}


class Event(StrEnum):
    """What can happen to a transaction after its proposal."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    TERMINATE = "terminate"


#: Every pair of status and event; None is refused. What has ended has ended for ever.
STATUS_AFTER: Final[dict[tuple[Status, Event], Status | None]] = {
    (status, event): None for status in Status for event in Event
} | {
    (Status.PROPOSED, Event.APPROVE): Status.COMPLETED,
    (Status.PROPOSED, Event.REJECT): Status.REJECTED,
    (Status.PROPOSED, Event.WITHDRAW): Status.WITHDRAWN,
    (Status.PROPOSED, Event.EXPIRE): Status.EXPIRED,
    (Status.PROPOSED, Event.TERMINATE): Status.TERMINATED,
}

#: A proposal that nobody decided is closed after this time (the registry's own rule).
PROPOSAL_LIFE: Final = timedelta(days=14)

#: The data exchange standards let one transaction carry so many blocks.
BLOCKS_MAX: Final = 3_000

#: Plain digits, or digits grouped in threes: "1,5" is nobody's 15.
_QUANTITY: Final = re.compile("[0-9]{1,3}(,[0-9]{3})+|[0-9]+")

_SOURCES: Final[dict[Kind, frozenset[accounts.Kind]]] = {
    Kind.ISSUANCE: frozenset(),
    Kind.TRANSFER: accounts.HOLDING,
    Kind.RETIREMENT: accounts.HOLDING,
    Kind.VOLUNTARY_CANCELLATION: accounts.HOLDING,
    Kind.MANDATORY_CANCELLATION: accounts.HOLDING,
    Kind.EXTERNAL_TRANSFER: accounts.HOLDING,
    Kind.ACQUISITION: frozenset({accounts.Kind.EXTERNAL}),
}

_TARGETS: Final[dict[Kind, frozenset[accounts.Kind]]] = {
    Kind.ISSUANCE: accounts.HOLDING,
    Kind.TRANSFER: accounts.HOLDING,
    Kind.RETIREMENT: frozenset({accounts.Kind.RETIREMENT}),
    Kind.VOLUNTARY_CANCELLATION: frozenset({accounts.Kind.VOLUNTARY_CANCELLATION}),
    Kind.MANDATORY_CANCELLATION: frozenset({accounts.Kind.MANDATORY_CANCELLATION}),
    Kind.EXTERNAL_TRANSFER: frozenset({accounts.Kind.EXTERNAL}),
    Kind.ACQUISITION: accounts.HOLDING,
}

#: The one kind of account that receives such a movement, where the registry fixes the target.
FIXED_TARGET: Final[dict[Kind, accounts.Kind]] = {
    kind: next(iter(targets))
    for kind, targets in _TARGETS.items()
    if len(targets) == 1 and kind is not Kind.EXTERNAL_TRANSFER
}

_ALL: Final = frozenset(Kind)
_ORDERED: Final = frozenset({Kind.MANDATORY_CANCELLATION})

#: What may leave an account in each state. An order of the authority reaches every account that
#: is not closed; a partly barred one may still retire and cancel, so that its credits can be used.
_LEAVING: Final[dict[State, frozenset[Kind]]] = {
    State.APPLIED: frozenset(),
    State.OPEN: _ALL,
    State.PARTLY_BARRED: _ALL - {Kind.TRANSFER, Kind.EXTERNAL_TRANSFER},
    State.BARRED: _ORDERED,
    State.SUSPENDED: _ORDERED,
    State.CLOSURE_PENDING: _ORDERED,
    State.CLOSED: frozenset(),
}

_ENTERED: Final = frozenset({State.OPEN, State.PARTLY_BARRED})


def after(status: Status, event: Event) -> Status:
    """Return the status that follows; NotAllowedInStatus when the table has none."""
    following = STATUS_AFTER[status, event]
    if following is None:
        raise NotAllowedInStatus(status, event)
    return following


def check_source(
    kind: Kind, number: str, account_kind: accounts.Kind, state: State, field: str = "source"
) -> None:
    """Refuse a source whose kind or state lets nothing of this kind leave."""
    if account_kind not in _SOURCES[kind]:
        raise AccountKindForbids(number, account_kind, field=field)
    if kind not in _LEAVING[state]:
        raise AccountStateForbids(number, state, field=field)


def check_target(
    kind: Kind, number: str, account_kind: accounts.Kind, state: State, field: str = "target"
) -> None:
    """Refuse a target whose kind or state lets nothing of this kind enter."""
    if account_kind not in _TARGETS[kind]:
        raise AccountKindForbids(number, account_kind, field=field)
    if state not in _ENTERED:
        raise AccountStateForbids(number, state, field=field)


def quantity(typed: str, field: str = "quantity") -> int:
    """Read a quantity in tonnes as typed: a whole number from 1; full-width digits are accepted.

    Raises:
        NotAWholeNumber: anything else, also 0, a sign, a decimal point or an exponent.
        NumberTooLarge: beyond 2^63 - 1.
    """
    found = numerals(typed)
    if not _QUANTITY.fullmatch(found):
        raise NotAWholeNumber(typed, field=field)
    plain = found.replace(",", "").lstrip("0")
    if len(plain) > DIGITS_MAX:
        raise NumberTooLarge(typed, field=field)
    return check_quantity(int(plain or 0), field)


def check_quantity(tonnes: int, field: str = "quantity") -> int:
    """Return a quantity; NotAWholeNumber below 1, NumberTooLarge beyond 2^63 - 1."""
    if tonnes < 1:
        raise NotAWholeNumber(str(tonnes), field=field)
    if tonnes > SERIAL_MAX:
        raise NumberTooLarge(str(tonnes), field=field)
    return tonnes


def choose(held: Iterable[Range], kept: Sequence[Range], asked: int) -> list[Range]:
    """Choose the lowest `asked` serial numbers of `held` that are not in `kept`, neighbours joined.

    Args:
        held: the account's blocks, ascending; read no further than needed.
        kept: ranges that may not move (reserved by another proposal, or barred).
        asked: tonnes.

    Raises:
        NotEnoughCredits: fewer are free; it tells how many.
        TooManyBlocks: the quantity is spread over more blocks than one transaction may carry.
    """
    chosen: list[Range] = []
    missing = asked
    used = 0
    for block in held:
        free_parts = serials.difference(block, kept) if kept else [block]
        used += bool(free_parts)
        if used > BLOCKS_MAX:
            raise TooManyBlocks(BLOCKS_MAX, field="quantity")
        for free in free_parts:
            piece, _ = serials.take(free, min(missing, free.quantity))
            chosen.append(piece)
            missing -= piece.quantity
            if not missing:
                return serials.join(chosen)
    raise NotEnoughCredits(asked, asked - missing, field="quantity")


@dataclass(frozen=True, slots=True)
class Carved:
    """A block after a movement: the pieces that go and the pieces that stay."""

    moved: list[Range]
    kept: list[Range]


def carve(block: Range, wanted: Iterable[Range]) -> Carved:
    """Cut a block along the ranges that move."""
    moved = [part for range_ in wanted if (part := serials.overlap(block, range_))]
    return Carved(moved, serials.difference(block, moved))


def transaction_number(registry: str, identifier: int) -> str:
    """Return the public number of a transaction, such as JP0000001234."""
    return f"{registry}{identifier:010d}"
