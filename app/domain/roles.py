"""Who may do what: the one table of rights that every verb and page asks."""

from collections.abc import Iterable
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
    #: Reads and comments on what is reported under Article 6.2, and nothing else.
    REVIEWER = "reviewer"


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
    Role.REVIEWER: Text("Reviewer of Article 6.2 reports", "第6条2項報告の審査者"),
}

#: Movements that the holder itself asks for; the others are the administrator's.
HOLDERS_KINDS: Final = frozenset(
    {Kind.TRANSFER, Kind.EXTERNAL_TRANSFER, Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION}
)

#: The rights with which a representative proposes, and approves.
PROPOSING: Final = frozenset({Right.PROPOSE, Right.BOTH})
APPROVING: Final = frozenset({Right.APPROVE, Right.BOTH})
_PROPOSERS: Final = frozenset({Role.OPERATOR})
_APPROVERS: Final = frozenset({Role.APPROVER})


class Duty(StrEnum):
    """What administrators do apart from deciding movements."""

    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_PEOPLE = "manage_people"
    RECORD_DECISIONS = "record_decisions"
    BAR_SERIALS = "bar_serials"
    DECIDE_ON_PEOPLE = "decide_on_people"
    SEE_EVERYTHING = "see_everything"
    SEE_PEOPLE = "see_people"
    SEE_LOGS = "see_logs"
    SEE_NOTICES = "see_notices"
    ANNOUNCE = "announce"
    WRITE_NEWS = "write_news"
    PUBLISH_DISCLOSURE = "publish_disclosure"
    EXAMINE_APPLICATIONS = "examine_applications"
    DECIDE_ON_APPLICATIONS = "decide_on_applications"
    ENTER_AUTHORIZATIONS = "enter_authorizations"
    APPROVE_AUTHORIZATIONS = "approve_authorizations"
    SEE_ARTICLE_6 = "see_article_6"
    REMARK_ON_ARTICLE_6 = "remark_on_article_6"
    REPORT_ARTICLE_6 = "report_article_6"
    RECONCILE = "reconcile"
    CONFIRM_RESOLUTIONS = "confirm_resolutions"


#: The registry's own administrators; a reviewer comes from outside.
_OWN: Final = frozenset(Role) - {Role.REVIEWER}

DUTIES: Final[dict[Duty, frozenset[Role]]] = {
    Duty.MANAGE_ACCOUNTS: frozenset({Role.OPERATOR, Role.APPROVER}),
    Duty.MANAGE_PEOPLE: frozenset({Role.OPERATOR, Role.SYSTEM_ADMINISTRATOR}),
    Duty.DECIDE_ON_PEOPLE: frozenset({Role.APPROVER, Role.SYSTEM_ADMINISTRATOR}),
    Duty.RECORD_DECISIONS: frozenset({Role.OPERATOR}),
    Duty.BAR_SERIALS: frozenset({Role.OPERATOR, Role.APPROVER}),
    Duty.SEE_EVERYTHING: frozenset({Role.OPERATOR, Role.APPROVER, Role.AUDITOR}),
    Duty.SEE_PEOPLE: _OWN,
    Duty.SEE_LOGS: _OWN,
    Duty.SEE_NOTICES: _OWN,
    Duty.ANNOUNCE: frozenset({Role.SYSTEM_ADMINISTRATOR}),
    Duty.WRITE_NEWS: frozenset({Role.OPERATOR, Role.SYSTEM_ADMINISTRATOR}),
    Duty.PUBLISH_DISCLOSURE: frozenset({Role.OPERATOR, Role.APPROVER}),
    Duty.EXAMINE_APPLICATIONS: frozenset({Role.OPERATOR}),
    Duty.DECIDE_ON_APPLICATIONS: frozenset({Role.APPROVER}),
    Duty.ENTER_AUTHORIZATIONS: frozenset({Role.OPERATOR}),
    Duty.APPROVE_AUTHORIZATIONS: frozenset({Role.APPROVER}),
    Duty.SEE_ARTICLE_6: frozenset(Role) - {Role.SYSTEM_ADMINISTRATOR},
    Duty.REMARK_ON_ARTICLE_6: frozenset(Role) - {Role.SYSTEM_ADMINISTRATOR},
    Duty.REPORT_ARTICLE_6: frozenset({Role.OPERATOR, Role.APPROVER}),
    Duty.RECONCILE: frozenset({Role.OPERATOR, Role.APPROVER}),
    Duty.CONFIRM_RESOLUTIONS: frozenset({Role.APPROVER}),
}


def is_administrator(role: Role | None) -> bool:
    """Tell whether a role is one of the registry's own, which a reviewer's is not."""
    return role in _OWN


def may_propose(kind: Kind, role: Role | None, right: Right | None) -> bool:
    """Tell whether a person with this role, or this right on the source, may propose `kind`."""
    if kind is Kind.ACQUISITION:
        return False
    if kind in HOLDERS_KINDS:
        return right in PROPOSING
    return role in _PROPOSERS


def may_decide(event: Event, kind: Kind, role: Role | None, right: Right | None) -> bool:
    """Tell whether a person may cause `event` on a transaction of `kind`.

    A proposer may also reject or withdraw; that the proposer never approves is checked apart.
    What comes from another registry is decided by messages, and by nobody here.
    """
    if kind is Kind.ACQUISITION:
        return False
    holders = kind in HOLDERS_KINDS
    proposes = right in PROPOSING if holders else role in _PROPOSERS
    approves = right in APPROVING if holders else role in _APPROVERS
    match event:
        case Event.APPROVE:
            return approves
        case Event.REJECT:
            return approves or proposes
        case Event.WITHDRAW:
            return proposes
        case Event.EXPIRE | Event.TERMINATE:
            return False


def is_workable(rights: Iterable[Right]) -> bool:
    """Tell whether the persons with these rights, one right each, can propose and approve.

    Two at least, one of whom proposes and another approves (EU 2019/1122 Art. 20).
    """
    acting = list(rights)
    proposers = {place for place, right in enumerate(acting) if right in PROPOSING}
    approvers = {place for place, right in enumerate(acting) if right in APPROVING}
    return bool(proposers) and bool(approvers) and len(proposers | approvers) > 1


def may_see_account(role: Role | None, right: Right | None) -> bool:
    """Tell whether a person may know of an account that is not public."""
    return right is not None or role in DUTIES[Duty.SEE_EVERYTHING]
