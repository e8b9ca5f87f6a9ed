"""Applications: the states that one goes through, the steps between them, and who takes which.

Whoever filled in, handed in or examined an application never approves it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from app.domain.form_errors import ApplicationEnded
from app.domain.roles import DUTIES, PROPOSING, Duty, Right, Role
from app.domain.text import Text

#: The forms, by their numbers.
OPENING: Final = 1
CHANGE: Final = 2
CERTIFICATE: Final = 3
CLOSURE: Final = 4
CREDENTIALS: Final = 5


class Status(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    EXAMINED = "examined"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class Event(StrEnum):
    """What happens to an application."""

    SAVE = "save"
    SUBMIT = "submit"
    ASK_CORRECTION = "ask_correction"
    ASK_DOCUMENTS = "ask_documents"
    HAND_IN_DOCUMENTS = "hand_in_documents"
    RECOMMEND = "recommend"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    DISCARD = "discard"


STATUS_NAMES: Final = {
    Status.DRAFT: Text("Draft", "作成中"),
    Status.SUBMITTED: Text("Under examination", "審査中"),
    Status.RETURNED: Text("Correction asked for", "補正依頼中"),
    Status.EXAMINED: Text("Waiting for approval", "承認待ち"),
    Status.APPROVED: Text("Approved", "承認済み"),
    Status.REJECTED: Text("Rejected", "却下"),
    Status.WITHDRAWN: Text("Withdrawn", "取下げ"),
    Status.DISCARDED: Text("Discarded", "破棄"),
}

EVENT_NAMES: Final = {
    Event.SAVE: Text("Saved", "保存"),
    Event.SUBMIT: Text("Submitted", "提出"),
    Event.ASK_CORRECTION: Text("Correction asked for", "補正の依頼"),
    Event.ASK_DOCUMENTS: Text("Documents asked for", "書類の提出依頼"),
    Event.HAND_IN_DOCUMENTS: Text("Documents handed in", "書類の提出"),
    Event.RECOMMEND: Text("Examined", "審査完了"),
    Event.SEND_BACK: Text("Sent back for examination", "再審査へ差戻し"),
    Event.APPROVE: Text("Approved", "承認"),
    Event.REJECT: Text("Rejected", "却下"),
    Event.WITHDRAW: Text("Withdrawn", "取下げ"),
    Event.DISCARD: Text("Discarded", "破棄"),
}

#: The status after each event that a status knows; every other pair is refused.
STEPS: Final[dict[Status, dict[Event, Status]]] = {
    Status.DRAFT: {
        Event.SAVE: Status.DRAFT,
        Event.SUBMIT: Status.SUBMITTED,
        Event.DISCARD: Status.DISCARDED,
    },
    Status.SUBMITTED: {
        Event.ASK_CORRECTION: Status.RETURNED,
        Event.ASK_DOCUMENTS: Status.SUBMITTED,
        Event.HAND_IN_DOCUMENTS: Status.SUBMITTED,
        Event.RECOMMEND: Status.EXAMINED,
        Event.REJECT: Status.REJECTED,
        Event.WITHDRAW: Status.WITHDRAWN,
    },
    Status.RETURNED: {
        Event.SAVE: Status.RETURNED,
        Event.SUBMIT: Status.SUBMITTED,
        Event.HAND_IN_DOCUMENTS: Status.RETURNED,
        Event.REJECT: Status.REJECTED,
        Event.WITHDRAW: Status.WITHDRAWN,
    },
    Status.EXAMINED: {
        Event.HAND_IN_DOCUMENTS: Status.EXAMINED,
        Event.SEND_BACK: Status.SUBMITTED,
        Event.APPROVE: Status.APPROVED,
        Event.REJECT: Status.REJECTED,
        Event.WITHDRAW: Status.WITHDRAWN,
    },
    Status.APPROVED: {},
    Status.REJECTED: {},
    Status.WITHDRAWN: {},
    Status.DISCARDED: {},
}

#: An application that waits for somebody.
WAITING: Final = frozenset({Status.SUBMITTED, Status.RETURNED, Status.EXAMINED})
#: The applicant may change what is written in it.
EDITABLE: Final = frozenset({Status.DRAFT, Status.RETURNED})
ENDED: Final = frozenset(status for status, steps in STEPS.items() if not steps)

#: No application will ever have a longer number.
_NUMBER_DIGITS_MAX: Final = 18


def step(status: Status, event: Event) -> Status:
    """Return the status after an event; ApplicationEnded unless the table lists the pair."""
    after = STEPS[status].get(event)
    if after is None:
        raise ApplicationEnded(status, event)
    return after


def number(application_id: int) -> str:
    """Return the number of an application as it is printed, its receipt number: A-000012."""
    return f"A-{application_id:06d}"


def identifier(printed: str) -> int | None:
    """Return the id of an application's number, or None unless it is printed just so."""
    return _identifier(printed, number)


def request_number(request_id: int) -> str:
    """Return the number of a request for documents as it is printed: D-000012."""
    return f"D-{request_id:06d}"


def request_identifier(printed: str) -> int | None:
    """Return the id of such a request's number, or None unless it is printed just so."""
    return _identifier(printed, request_number)


def _identifier(printed: str, number: Callable[[int], str]) -> int | None:
    digits = printed[2:]
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _NUMBER_DIGITS_MAX):
        return None
    return int(digits) if int(digits) and number(int(digits)) == printed else None


def may_fill_in(form: int, role: Role | None, right: Right | None) -> bool:
    """Tell whether a person signed in may fill in a form, for an account where it is about one.

    An operator enters what came on paper. A holder's people ask for what concerns their account
    with the right to propose; anybody may apply for an account, and about the own login ID.
    """
    if role is not None:
        return role in DUTIES[Duty.EXAMINE_APPLICATIONS]
    return form in {OPENING, CREDENTIALS} or right in PROPOSING


def may_examine(role: Role | None) -> bool:
    """Tell whether an administrator claims applications, ticks their checklist and recommends."""
    return role in DUTIES[Duty.EXAMINE_APPLICATIONS]


def may_approve(role: Role | None) -> bool:
    """Tell whether an administrator approves applications, as the second person."""
    return role in DUTIES[Duty.DECIDE_ON_APPLICATIONS]
