"""Notifications: which events tell people something, and in which words."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Any, Final

from app.domain import application_words, ledger, trust_words
from app.domain.ledger import Status
from app.domain.text import Text

#: Before every title, as in the present registry.
PREFIX: Final = Text("[JCM Registry System] ", "【JCM登録簿システム】")


#: The columns of the Information table, as in the present registry.
COLUMNS: Final = (
    Text("Title", "件名"),
    Text("Date of Notification", "通知日"),
    Text("Detail", "詳細"),
    Text("Delete", "削除"),
)


class Topic(StrEnum):
    """What an inbox is filtered by."""

    CREDITS = "credits"
    ACCOUNTS = "accounts"
    APPLICATIONS = "applications"
    PEOPLE = "people"
    SECURITY = "security"


TOPIC_NAMES: Final = {
    Topic.CREDITS: Text("Credits", "クレジット"),
    Topic.ACCOUNTS: Text("Accounts", "口座"),
    Topic.APPLICATIONS: Text("Applications", "申請書"),
    Topic.PEOPLE: Text("People and requests", "利用者・申請"),
    Topic.SECURITY: Text("Sign-in and security", "ログイン・セキュリティ"),
}


class Kind(StrEnum):
    """What has happened."""

    ISSUANCE_PROPOSED = "issuance_proposed"
    ISSUANCE_COMPLETED = "issuance_completed"
    ISSUANCE_ENDED = "issuance_ended"
    TRANSFER_PROPOSED = "transfer_proposed"
    TRANSFER_COMPLETED = "transfer_completed"
    TRANSFER_RECEIVED = "transfer_received"
    TRANSFER_WAITS = "transfer_waits"
    TRANSFER_ENDED = "transfer_ended"
    RETIREMENT_PROPOSED = "retirement_proposed"
    RETIREMENT_COMPLETED = "retirement_completed"
    RETIREMENT_ENDED = "retirement_ended"
    VOLUNTARY_CANCELLATION_PROPOSED = "voluntary_cancellation_proposed"
    VOLUNTARY_CANCELLATION_COMPLETED = "voluntary_cancellation_completed"
    VOLUNTARY_CANCELLATION_ENDED = "voluntary_cancellation_ended"
    MANDATORY_CANCELLATION_PROPOSED = "mandatory_cancellation_proposed"
    MANDATORY_CANCELLATION_COMPLETED = "mandatory_cancellation_completed"
    MANDATORY_CANCELLATION_ENDED = "mandatory_cancellation_ended"

    ACCOUNT_OPENED = "account_opened"
    ACCOUNT_STATE_CHANGED = "account_state_changed"
    ACCOUNT_TRUST_PROPOSED = "account_trust_proposed"
    ACCOUNT_TRUST_APPROVED = "account_trust_approved"
    ACCOUNT_TRUST_ENDED = "account_trust_ended"
    ACCOUNT_TRUST_REMOVED = "account_trust_removed"

    APPLICATION_SUBMITTED = "application_submitted"
    APPLICATION_RETURNED = "application_returned"
    APPLICATION_EXAMINED = "application_examined"
    APPLICATION_APPROVED = "application_approved"
    APPLICATION_ENDED = "application_ended"
    DOCUMENTS_ASKED = "documents_asked"
    DOCUMENTS_REMINDED = "documents_reminded"
    DOCUMENTS_HANDED_IN = "documents_handed_in"

    REQUEST_MADE = "request_made"
    REQUEST_APPROVED = "request_approved"
    REQUEST_ENDED = "request_ended"
    RIGHT_CHANGED = "right_changed"
    PERSON_STATE_CHANGED = "person_state_changed"

    LOGIN_ID_ISSUED = "login_id_issued"
    LOGIN_ID_REISSUED = "login_id_reissued"
    PASSWORD_INITIALISED = "password_initialised"  # noqa: S105  what has happened
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  what has happened
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    EMAIL_CHANGED = "email_changed"
    NEW_DEVICE = "new_device"
    SIGN_IN_LOCKED = "sign_in_locked"
    EMERGENCY_STOP = "emergency_stop"

    #: Mails that carry a link; none of them is in an inbox.
    ACTIVATION_LINK = "activation_link"
    PASSWORD_LINK = "password_link"  # noqa: S105  the kind of a mail
    SECOND_FACTOR_LINK = "second_factor_link"
    EMAIL_LINK = "email_link"
    EMERGENCY_LINK = "emergency_link"
    APPLICATION_LINK = "application_link"


_ENDS: Final = {
    Status.REJECTED: Text("rejected", "却下"),
    Status.WITHDRAWN: Text("withdrawn", "取下げ"),
    Status.EXPIRED: Text("expired", "期限切れ"),
    Status.TERMINATED: Text("stopped by a check", "検査により終了"),
}


def _movement(word: Text, *, moves: Text) -> tuple[tuple[Text, Text], ...]:
    """Return title and detail of a movement proposed, completed and ended."""
    return (
        (
            Text(f"Notification of proposal of {word.en}", f"{word.ja}の申請のお知らせ"),
            Text(
                f"{{number}}: {moves.en} was proposed and waits for approval.",
                f"{{number}}：{moves.ja}が申請され、承認を待っています。",
            ),
        ),
        (
            Text(f"Notification of completion of {word.en}", f"{word.ja}の完了のお知らせ"),
            Text(
                f"{{number}}: {moves.en} was completed.",
                f"{{number}}：{moves.ja}が完了しました。",
            ),
        ),
        (
            Text(f"Notification of end of {word.en}", f"{word.ja}の終了のお知らせ"),
            Text(
                f"{{number}}: {moves.en} was {{ended}}. Nothing moved.",
                f"{{number}}：{moves.ja}は{{ended}}となりました。クレジットは移動していません。",
            ),
        ),
    )


_BETWEEN: Final = Text(
    "a movement of {quantity:,} tCO₂ from {source} to {target}",
    "{source}から{target}への{quantity:,} tCO₂の移動",
)
_TO: Final = Text(
    "an issuance of {quantity:,} tCO₂ to {target}", "{target}への{quantity:,} tCO₂の発行"
)
_MOVEMENTS: Final = {
    ledger.Kind.ISSUANCE: (Text("credit issuance", "クレジット発行"), _TO),
    ledger.Kind.TRANSFER: (Text("credit transfer", "クレジット振替"), _BETWEEN),
    ledger.Kind.RETIREMENT: (Text("retirement of credits", "クレジット償却"), _BETWEEN),
    ledger.Kind.VOLUNTARY_CANCELLATION: (
        Text("voluntary cancellation of credits", "クレジットの自主的取消し"),
        _BETWEEN,
    ),
    ledger.Kind.MANDATORY_CANCELLATION: (
        Text("mandatory cancellation of credits", "クレジットの義務的取消し"),
        _BETWEEN,
    ),
}

#: Title and detail of each kind; the detail names the facts that fill it.
_WORDS: dict[Kind, tuple[Text, Text]] = {
    Kind.TRANSFER_RECEIVED: (
        Text("Notification of receipt of credits", "クレジット受領のお知らせ"),
        Text(
            "{number}: {quantity:,} tCO₂ arrived on {target} from {source}.",
            "{number}：{source}から{target}へ{quantity:,} tCO₂が振り替えられました。",
        ),
    ),
    Kind.ACCOUNT_OPENED: (
        Text("Notification of opening account", "口座開設のお知らせ"),
        Text("Account {account} is open.", "口座{account}が開設されました。"),
    ),
    Kind.ACCOUNT_STATE_CHANGED: (
        Text("Notification of change of account state", "口座の状態変更のお知らせ"),
        Text(
            "Account {account} went from “{before}” to “{after}”.",
            "口座{account}の状態が「{before}」から「{after}」に変わりました。",
        ),
    ),
    Kind.REQUEST_MADE: (
        Text("Notification of request", "申請受付のお知らせ"),
        Text(
            "Request {number} was made: {request}. It waits for a decision.",
            "申請{number}（{request}）を受け付けました。審査を待っています。",
        ),
    ),
    Kind.REQUEST_APPROVED: (
        Text("Notification of approval of request", "申請承認のお知らせ"),
        Text(
            "Request {number} was approved: {request}.",
            "申請{number}（{request}）が承認されました。",
        ),
    ),
    Kind.REQUEST_ENDED: (
        Text("Notification of end of request", "申請終了のお知らせ"),
        Text(
            "Request {number} ended without a change ({ended}): {request}.",
            "申請{number}（{request}）は変更なく終了しました（{ended}）。",
        ),
    ),
    Kind.RIGHT_CHANGED: (
        Text("Notification of change of representatives", "担当者変更のお知らせ"),
        Text("Account {account}: {person} – {request}.", "口座{account}：{person} – {request}。"),
    ),
    Kind.PERSON_STATE_CHANGED: (
        Text("Notification of change of user state", "利用者の状態変更のお知らせ"),
        Text("{person}: the state is now “{after}”.", "{person}：状態が「{after}」になりました。"),
    ),
    Kind.LOGIN_ID_ISSUED: (
        Text("Notification of issuing login ID", "ログインID発行のお知らせ"),
        Text("A login ID was issued to {person}.", "{person}にログインIDが発行されました。"),
    ),
    Kind.LOGIN_ID_REISSUED: (
        Text(
            "Notification of reissuing login ID and password",
            "ログインID・パスワード再発行のお知らせ",
        ),
        Text(
            "{person} gets a new login ID and chooses a new password. The old ID is void.",
            "{person}のログインIDが再発行され、パスワードを新たに設定します。旧IDは無効です。",
        ),
    ),
    Kind.PASSWORD_INITIALISED: (
        Text("Notification of password initialization", "パスワード初期化のお知らせ"),
        Text(
            "The password of {person} was initialised. All sessions have ended.",
            "{person}のパスワードが初期化されました。すべてのセッションは終了しました。",
        ),
    ),
    Kind.PASSWORD_CHANGED: (
        Text("Notification of change of password", "パスワード変更のお知らせ"),
        Text(
            "Your password was changed. If it was not you, stop the access at once.",
            "パスワードが変更されました。心当たりがない場合は直ちに利用を停止してください。",
        ),
    ),
    Kind.SECOND_FACTOR_ADDED: (
        Text("Notification of new second factor", "二要素認証登録のお知らせ"),
        Text(
            "“{name}” was added to your second factors.", "二要素認証に「{name}」が登録されました。"
        ),
    ),
    Kind.SECOND_FACTOR_REMOVED: (
        Text("Notification of removed second factor", "二要素認証削除のお知らせ"),
        Text(
            "“{name}” was removed from your second factors.",
            "二要素認証から「{name}」が削除されました。",
        ),
    ),
    Kind.RECOVERY_CODES_MADE: (
        Text("Notification of new recovery codes", "リカバリーコード発行のお知らせ"),
        Text(
            "Ten new recovery codes were made; older ones are void.",
            "新しいリカバリーコード10個を発行しました。以前のコードは無効です。",
        ),
    ),
    Kind.RECOVERY_CODE_USED: (
        Text("Notification of use of recovery code", "リカバリーコード使用のお知らせ"),
        Text(
            "A recovery code was used. {left} are left.",
            "リカバリーコードが使用されました。残りは{left}個です。",
        ),
    ),
    Kind.EMAIL_CHANGED: (
        Text("Notification of change of mail address", "メールアドレス変更のお知らせ"),
        Text(
            "The mail address of {person} was changed.",
            "{person}のメールアドレスが変更されました。",
        ),
    ),
    Kind.NEW_DEVICE: (
        Text("Notification of sign-in from a new device", "新しい端末からのログインのお知らせ"),
        Text(
            "A device not seen before signed in: {device}, {address}.",
            "初めての端末からログインがありました：{device}、{address}。",
        ),
    ),
    Kind.SIGN_IN_LOCKED: (
        Text("Notification of locked sign-in", "ログインロックのお知らせ"),
        Text(
            "After {failures} failed attempts your sign-in is locked for {minutes} minutes.",
            "{failures}回の失敗により、ログインを{minutes}分間ロックしました。",
        ),
    ),
    Kind.EMERGENCY_STOP: (
        Text("Notification of emergency stop", "緊急停止のお知らせ"),
        Text(
            "The access of {person} was stopped. The registry administrator will call back.",
            "{person}の利用を停止しました。登録簿管理者から折り返しご連絡します。",
        ),
    ),
    Kind.ACTIVATION_LINK: (
        Text("Your access to the registry", "登録簿のご利用開始について"),
        Text(
            "Choose your password with this link. It is good once, for 24 hours.",
            "次のリンクからパスワードを設定してください。一度だけ、24時間有効です。",
        ),
    ),
    Kind.PASSWORD_LINK: (
        Text("Choosing a new password", "パスワードの再設定について"),
        Text(
            "Choose a new password with this link. It is good once, for 24 hours. "
            "You also need your second factor.",
            "次のリンクから新しいパスワードを設定してください。一度だけ、24時間有効です。"
            "二要素認証も必要です。",
        ),
    ),
    Kind.SECOND_FACTOR_LINK: (
        Text("Setting up a new second factor", "二要素認証の再登録について"),
        Text(
            "Choose a new password and set up a new second factor with this link. It is good "
            "once, for 24 hours.",
            "次のリンクから新しいパスワードと二要素認証を設定してください。一度だけ、24時間有効です。",
        ),
    ),
    Kind.EMAIL_LINK: (
        Text("Confirming your mail address", "メールアドレスの確認について"),
        Text(
            "Confirm this address with the link below. It is good once, for 24 hours.",
            "次のリンクからこのアドレスを確認してください。一度だけ、24時間有効です。",
        ),
    ),
    Kind.EMERGENCY_LINK: (
        Text("Stopping your access", "利用の緊急停止について"),
        Text(
            "With this link your access is stopped at once, and the registry administrator calls "
            "you back.",
            "次のリンクを開くと直ちに利用が停止され、登録簿管理者から折り返しご連絡します。",
        ),
    ),
}
for _moved, (_word, _moves) in _MOVEMENTS.items():
    for _phase, _words in zip(
        ("proposed", "completed", "ended"), _movement(_word, moves=_moves), strict=True
    ):
        _WORDS[Kind(f"{_moved.value}_{_phase}")] = _words
_WORDS |= {
    Kind(_kind): _words
    for _kind, _words in (*trust_words.WORDS.items(), *application_words.WORDS.items())
}

TOPICS: Final[Mapping[Kind, Topic]] = {
    kind: Topic.CREDITS
    if any(kind.value.startswith(moved.value) for moved in ledger.Kind)
    else Topic.ACCOUNTS
    if kind.value.startswith("account_")
    else Topic.APPLICATIONS
    if kind.value.startswith(("application_", "documents_"))
    else Topic.PEOPLE
    if kind
    in {
        Kind.REQUEST_MADE,
        Kind.REQUEST_APPROVED,
        Kind.REQUEST_ENDED,
        Kind.RIGHT_CHANGED,
        Kind.PERSON_STATE_CHANGED,
    }
    else Topic.SECURITY
    for kind in Kind
}


def title(kind: Kind) -> Text:
    """Return the title of a notification, and the subject of its mail."""
    words = _WORDS[kind][0]
    return Text(PREFIX.en + words.en, PREFIX.ja + words.ja)


def detail(kind: Kind, facts: Mapping[str, Any], zone: tzinfo = UTC) -> Text:
    """Return what a notification says; of `due`, a time in ISO 8601, the day in the zone."""
    words, told = _WORDS[kind][1], dict(facts)
    if told.get("due"):
        day = datetime.fromisoformat(told["due"]).astimezone(zone)
        told["due"] = (f"{day:%d/%m/%Y}", f"{day.year}年{day.month}月{day.day}日")
    return Text(words.en.format_map(_in(told, 0)), words.ja.format_map(_in(told, 1)))


def movement(moved: ledger.Kind, status: Status) -> Kind:
    """Return the kind of notification that tells of a movement in a status."""
    phases = {Status.PROPOSED: "proposed", Status.COMPLETED: "completed"}
    return Kind(f"{moved.value}_{phases.get(status, 'ended')}")


def ending(status: Status) -> tuple[str, str]:
    """Return in both languages how a proposal ended that did not complete."""
    words = _ENDS[status]
    return words.en, words.ja


def _in(facts: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Return the facts in one language; one that is a pair is (English, Japanese)."""
    return {
        name: fact[place] if isinstance(fact, list | tuple) else fact
        for name, fact in facts.items()
    }
