"""The trusted accounts of an account: how an addition comes about, and how it ends."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.roles import APPROVING, PROPOSING, Right
from app.domain.text import Text
from app.domain.trust_errors import AdditionEnded

#: How long after its completion the receiver may send a transfer back (the registry's own rule).
RETURN_LIFE: Final = timedelta(days=30)


class Status(StrEnum):
    """Where an entry of the list stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


STATUS_NAMES: Final = {
    Status.WAITING: Text("Waiting for approval", "承認待ち"),
    Status.APPROVED: Text("Approved", "承認済み"),
    Status.REJECTED: Text("Rejected", "却下"),
    Status.WITHDRAWN: Text("Withdrawn", "取下げ"),
    Status.REMOVED: Text("Removed", "削除済み"),
}

#: The entries that count or may come to count; of one target there is one at most.
CURRENT: Final = frozenset({Status.WAITING, Status.APPROVED})


class Step(StrEnum):
    """What can happen to an entry."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REMOVE = "remove"


_AFTER: Final = {
    (Status.WAITING, Step.APPROVE): Status.APPROVED,
    (Status.WAITING, Step.REJECT): Status.REJECTED,
    (Status.WAITING, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.APPROVED, Step.REMOVE): Status.REMOVED,
}


def after(status: Status, step: Step) -> Status:
    """Return the status that follows.

    Raises:
        AdditionEnded: none does.
    """
    following = _AFTER.get((status, step))
    if following is None:
        raise AdditionEnded
    return following


def may_propose(right: Right | None) -> bool:
    """Tell whether a right on the account lets a person propose an addition."""
    return right in PROPOSING


def may(step: Step, right: Right | None, *, is_own: bool) -> bool:
    """Tell whether a right on the account covers a step; that nobody approves an own one is apart.

    Who proposed an addition may also reject or withdraw it; a removal takes one person.
    """
    match step:
        case Step.APPROVE:
            return right in APPROVING
        case Step.REJECT:
            return right in APPROVING or (is_own and right in PROPOSING)
        case Step.WITHDRAW:
            return right in PROPOSING
        case Step.REMOVE:
            return right in PROPOSING or right in APPROVING


def printed(local: datetime) -> tuple[str, str]:
    """Return a time of the registry's clocks in English and Japanese, as its pages print it."""
    day = f"{local.year}年{local.month}月{local.day}日"
    return f"{local:%H:%M %d/%m/%Y}", f"{day} {local:%H:%M}"
