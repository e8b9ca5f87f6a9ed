"""Who may do what: the one table of rights that every verb and page asks."""

from enum import StrEnum
from typing import Final

from app.domain.ledger import Event, Kind
from app.domain.text import Text


class Right(StrEnum):
    """A representative's right on one account (EU 2019/1122 Art. 20)."""

    READ = "read"
    PROPOSE = "propose"
    APPROVE = "approve"
    BOTH = "both"


class Role(StrEnum):
    """What an administrator of the registry may do; a holder's people have none."""

    OPERATOR = "operator"
    APPROVER = "approver"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"


RIGHT_NAMES: Final = {
    Right.READ: Text("Read", "閲覧"),
    Right.PROPOSE: Text("Propose", "申請"),
    Right.APPROVE: Text("Approve", "承認"),
    Right.BOTH: Text("Propose and approve", "申請・承認"),
}

ROLE_NAMES: Final = {
    Role.OPERATOR: Text("Operator", "担当者"),
    Role.APPROVER: Text("Approver", "承認者"),
    Role.AUDITOR: Text("Auditor (read only)", "監査者（閲覧のみ）"),
    Role.SYSTEM_ADMINISTRATOR: Text("System administrator", "システム管理者"),
}

#: Movements that the holder itself asks for; the others are the administrator's.
HOLDERS_KINDS: Final = frozenset({Kind.TRANSFER, Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION})

_PROPOSING: Final = frozenset({Right.PROPOSE, Right.BOTH})
_APPROVING: Final = frozenset({Right.APPROVE, Right.BOTH})
_PROPOSERS: Final = frozenset({Role.OPERATOR})
_APPROVERS: Final = frozenset({Role.APPROVER})


class Duty(StrEnum):
    """What administrators do apart from deciding movements."""

    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_PEOPLE = "manage_people"
    RECORD_DECISIONS = "record_decisions"
    BAR_SERIALS = "bar_serials"
    SEE_EVERYTHING = "see_everything"


DUTIES: Final[dict[Duty, frozenset[Role]]] = {
    Duty.MANAGE_ACCOUNTS: frozenset({Role.OPERATOR, Role.APPROVER}),
    Duty.MANAGE_PEOPLE: frozenset({Role.OPERATOR, Role.SYSTEM_ADMINISTRATOR}),
    Duty.RECORD_DECISIONS: frozenset({Role.OPERATOR}),
    Duty.BAR_SERIALS: frozenset({Role.OPERATOR, Role.APPROVER}),
    Duty.SEE_EVERYTHING: frozenset({Role.OPERATOR, Role.APPROVER, Role.AUDITOR}),
}


def may_propose(kind: Kind, role: Role | None, right: Right | None) -> bool:
    """Tell whether a person with this role, or this right on the source, may propose `kind`."""
    if kind in HOLDERS_KINDS:
        return right in _PROPOSING
    return role in _PROPOSERS


def may_decide(event: Event, kind: Kind, role: Role | None, right: Right | None) -> bool:
    """Tell whether a person may cause `event` on a transaction of `kind`.

    A proposer may also reject or withdraw; that the proposer never approves is checked apart.
    """
    holders = kind in HOLDERS_KINDS
    proposes = right in _PROPOSING if holders else role in _PROPOSERS
    approves = right in _APPROVING if holders else role in _APPROVERS
    match event:
        case Event.APPROVE:
            return approves
        case Event.REJECT:
            return approves or proposes
        case Event.WITHDRAW:
            return proposes
        case Event.EXPIRE | Event.TERMINATE:
            return False


def may_see_account(role: Role | None, right: Right | None) -> bool:
    """Tell whether a person may know of an account that is not public."""
    return right is not None or role in DUTIES[Duty.SEE_EVERYTHING]
