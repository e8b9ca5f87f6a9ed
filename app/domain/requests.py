"""Requests about people and powers: what can be asked for, by whom, and who decides."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.roles import DUTIES, PROPOSING, Duty, Right, Role
from app.domain.text import Text


class Kind(StrEnum):
    """What is asked for."""

    ADD_REPRESENTATIVE = "add_representative"
    CHANGE_RIGHT = "change_right"
    SUSPEND_REPRESENTATIVE = "suspend_representative"
    RESTORE_REPRESENTATIVE = "restore_representative"
    REMOVE_REPRESENTATIVE = "remove_representative"
    ISSUE_LOGIN_ID = "issue_login_id"
    CHANGE_ROLE = "change_role"
    CHANGE_DETAILS = "change_details"
    REISSUE_LOGIN_ID = "reissue_login_id"
    INITIALISE_PASSWORD = "initialise_password"  # noqa: S105  a kind of request
    REPLACE_SECOND_FACTOR = "replace_second_factor"
    SUSPEND_PERSON = "suspend_person"
    RESTORE_PERSON = "restore_person"
    DEACTIVATE_PERSON = "deactivate_person"


class Status(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Delivery(StrEnum):
    """How a person gets what is needed to choose a password."""

    LINK = "link"
    LETTER = "letter"


KIND_NAMES: Final = {
    Kind.ADD_REPRESENTATIVE: Text("Add a representative", "担当者の追加"),
    Kind.CHANGE_RIGHT: Text("Change a right", "権限の変更"),
    Kind.SUSPEND_REPRESENTATIVE: Text("Suspend on an account", "口座での利用停止"),
    Kind.RESTORE_REPRESENTATIVE: Text("Restore on an account", "口座での利用再開"),
    Kind.REMOVE_REPRESENTATIVE: Text("Remove a representative", "担当者の削除"),
    Kind.ISSUE_LOGIN_ID: Text("Issue a login ID", "ログインIDの発行"),
    Kind.CHANGE_ROLE: Text("Change a role", "役割の変更"),
    Kind.CHANGE_DETAILS: Text("Change name or address", "氏名・メールアドレスの変更"),
    Kind.REISSUE_LOGIN_ID: Text("Reissue the login ID", "ログインIDの再発行"),
    Kind.INITIALISE_PASSWORD: Text("Initialise the password", "パスワードの初期化"),
    Kind.REPLACE_SECOND_FACTOR: Text("Replace the second factor", "二要素認証の再登録"),
    Kind.SUSPEND_PERSON: Text("Suspend a person", "利用者の利用停止"),
    Kind.RESTORE_PERSON: Text("Restore a person", "利用者の利用再開"),
    Kind.DEACTIVATE_PERSON: Text("Deactivate a person", "利用者の利用終了"),
}

STATUS_NAMES: Final = {
    Status.WAITING: Text("Waiting for a decision", "審査待ち"),
    Status.APPROVED: Text("Approved", "承認済み"),
    Status.REJECTED: Text("Rejected", "却下"),
    Status.WITHDRAWN: Text("Withdrawn", "取下げ"),
}

DELIVERY_NAMES: Final = {
    Delivery.LINK: Text("Link by mail, good for 24 hours", "メールのリンク（24時間有効）"),
    Delivery.LETTER: Text("Printed letter, good for 21 days", "書面（21日間有効）"),
}

#: No request will ever have a longer number.
_NUMBER_DIGITS_MAX: Final = 18

#: Requests about a person's right on one account.
ON_ACCOUNT: Final = frozenset(
    {
        Kind.ADD_REPRESENTATIVE,
        Kind.CHANGE_RIGHT,
        Kind.SUSPEND_REPRESENTATIVE,
        Kind.RESTORE_REPRESENTATIVE,
        Kind.REMOVE_REPRESENTATIVE,
    }
)
#: What everyone may ask for about themselves.
ABOUT_ONESELF: Final = frozenset(
    {Kind.CHANGE_DETAILS, Kind.REPLACE_SECOND_FACTOR, Kind.DEACTIVATE_PERSON}
)
#: What can be asked for somebody who has no login ID yet.
NEWCOMERS: Final = frozenset({Kind.ADD_REPRESENTATIVE, Kind.ISSUE_LOGIN_ID})
#: What stops a person takes effect when it is asked for; the second person confirms or undoes it.
AT_ONCE: Final = frozenset(
    {
        Kind.SUSPEND_REPRESENTATIVE,
        Kind.SUSPEND_PERSON,
        Kind.REPLACE_SECOND_FACTOR,
        Kind.DEACTIVATE_PERSON,
    }
)
#: What stops a person or lets the person go on: one of a group waits at a time, as each that ends
#: without approval undoes what it began with.
_STATE: Final = frozenset(
    {
        Kind.SUSPEND_PERSON,
        Kind.RESTORE_PERSON,
        Kind.REPLACE_SECOND_FACTOR,
        Kind.DEACTIVATE_PERSON,
    }
)
_ACTING: Final = frozenset({Kind.SUSPEND_REPRESENTATIVE, Kind.RESTORE_REPRESENTATIVE})
#: Approval makes a link or a letter.
WITH_DELIVERY: Final = frozenset(
    {
        Kind.ADD_REPRESENTATIVE,
        Kind.ISSUE_LOGIN_ID,
        Kind.REISSUE_LOGIN_ID,
        Kind.INITIALISE_PASSWORD,
        Kind.REPLACE_SECOND_FACTOR,
    }
)


def number(request_id: int) -> str:
    """Return the number of a request as it is printed: R-000012."""
    return f"R-{request_id:06d}"


def identifier(printed: str) -> int | None:
    """Return the id of a request's number, or None unless it is printed just so."""
    digits = printed.removeprefix("R-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _NUMBER_DIGITS_MAX):
        return None
    return int(digits) if int(digits) and number(int(digits)) == printed else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for; what the kind does not need stays empty.

    Args:
        login_id: whom it is about; empty for a person who has no login ID yet.
        account: the number of the account that the right is on.
    """

    kind: Kind
    login_id: str = ""
    account: str = ""
    right: Right | None = None
    role: Role | None = None
    name_en: str = ""
    name_ja: str = ""
    email: str = ""
    language: str = "en"
    delivery: Delivery = Delivery.LINK
    comment: str = ""


def may_ask(
    kind: Kind,
    role: Role | None,
    right: Right | None,
    *,
    about_oneself: bool,
    about_administrator: bool,
) -> bool:
    """Tell whether a person with this role, or this right on the account, may ask for `kind`.

    Only system administrators ask for changes of administrators; nobody changes their own right,
    role or state but by leaving.
    """
    if about_oneself:
        return kind in ABOUT_ONESELF
    if role is not None and role in DUTIES[Duty.MANAGE_PEOPLE]:
        return role is Role.SYSTEM_ADMINISTRATOR or not (
            about_administrator or kind is Kind.CHANGE_ROLE
        )
    return kind in ON_ACCOUNT and right in PROPOSING


def alternatives(kind: Kind) -> frozenset[Kind]:
    """Return the kinds of which one alone may wait about a person (on one account)."""
    return next((group for group in (_STATE, _ACTING) if kind in group), frozenset({kind}))


def may_decide(role: Role | None) -> bool:
    """Tell whether an administrator of this role decides requests about people.

    That nobody decides an own request, or one about themselves, is checked apart.
    """
    return role in DUTIES[Duty.DECIDE_ON_PEOPLE]
