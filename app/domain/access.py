"""The door of the registry: how long a session lasts, and the words of the access log."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.domain.text import Text

#: NIST SP 800-63B-4, AAL2: at most an hour without a click, a day in all; ours are shorter.
IDLE: Final = timedelta(minutes=30)
#: How long before the idle end a page warns.
WARNING: Final = timedelta(minutes=2)
LONGEST: Final = timedelta(hours=12)
#: The time between password and second factor.
HALFWAY: Final = timedelta(minutes=10)
#: How often a click is written down.
GRAIN: Final = timedelta(minutes=1)


class Outcome(StrEnum):
    """What an entry of the access log tells."""

    SIGNED_IN = "signed_in"
    PASSWORD_ACCEPTED = "password_accepted"  # noqa: S105  an outcome
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105  an outcome
    UNKNOWN_LOGIN_ID = "unknown_login_id"
    NOT_ACTIVE = "not_active"
    LOCKED = "locked"
    LOCK_BEGUN = "lock_begun"
    ADDRESS_THROTTLED = "address_throttled"
    CODE_WRONG = "code_wrong"
    CODE_USED_AGAIN = "code_used_again"
    CODE_LOCKED = "code_locked"
    PASSKEY_REFUSED = "passkey_refused"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  an outcome
    LINK_MADE = "link_made"
    LINK_USED = "link_used"
    LINK_REFUSED = "link_refused"
    EMERGENCY_STOP = "emergency_stop"


OUTCOME_NAMES: Final = {
    Outcome.SIGNED_IN: Text("Signed in", "ログイン"),
    Outcome.PASSWORD_ACCEPTED: Text(
        "Password accepted, second factor asked for", "パスワード確認済み（二要素認証待ち）"
    ),
    Outcome.SIGNED_OUT: Text("Signed out", "ログアウト"),
    Outcome.SESSION_ENDED: Text("Session ended", "セッション終了"),
    Outcome.WRONG_PASSWORD: Text("Wrong password", "パスワード誤り"),
    Outcome.UNKNOWN_LOGIN_ID: Text("Unknown login ID", "存在しないログインID"),
    Outcome.NOT_ACTIVE: Text("Person not active", "利用停止・終了中の利用者"),
    Outcome.LOCKED: Text("Attempt while locked", "ロック中の試行"),
    Outcome.LOCK_BEGUN: Text("Locked after failures", "連続失敗によるロック"),
    Outcome.ADDRESS_THROTTLED: Text("Address throttled", "接続元の一時制限"),
    Outcome.CODE_WRONG: Text("Wrong code", "確認コード誤り"),
    Outcome.CODE_USED_AGAIN: Text("Code used again", "確認コードの再使用"),
    Outcome.CODE_LOCKED: Text("Codes locked after failures", "確認コードの連続失敗によるロック"),
    Outcome.PASSKEY_REFUSED: Text("Passkey refused", "パスキー拒否"),
    Outcome.SECOND_FACTOR_ADDED: Text("Second factor added", "二要素認証の登録"),
    Outcome.SECOND_FACTOR_REMOVED: Text("Second factor removed", "二要素認証の削除"),
    Outcome.RECOVERY_CODES_MADE: Text("Recovery codes made", "リカバリーコードの発行"),
    Outcome.RECOVERY_CODE_USED: Text("Recovery code used", "リカバリーコードの使用"),
    Outcome.PASSWORD_CHANGED: Text("Password changed", "パスワード変更"),
    Outcome.LINK_MADE: Text("Link or letter made", "リンク・書面の発行"),
    Outcome.LINK_USED: Text("Link or letter used", "リンク・書面の使用"),
    Outcome.LINK_REFUSED: Text("Link or letter refused", "リンク・書面の拒否"),
    Outcome.EMERGENCY_STOP: Text(
        "Access stopped by emergency link", "緊急停止リンクによる利用停止"
    ),
}

#: The outcomes that count as failed attempts where a person is told of them.
FAILURES: Final = frozenset(
    {
        Outcome.WRONG_PASSWORD,
        Outcome.LOCKED,
        Outcome.CODE_WRONG,
        Outcome.CODE_USED_AGAIN,
        Outcome.CODE_LOCKED,
        Outcome.PASSKEY_REFUSED,
    }
)
