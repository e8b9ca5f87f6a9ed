"""The log's words: every operation that is written of, in words, and the groups they fall into."""

from enum import StrEnum
from typing import Final

from app.domain import announcements, applications, ledger, requests, trust
from app.domain.text import Text


class Group(StrEnum):
    """What operations are about; the log is filtered by it."""

    MOVEMENTS = "movements"
    ACCOUNTS = "accounts"
    PEOPLE = "people"
    REQUESTS = "requests"
    APPLICATIONS = "applications"
    TASKS = "tasks"
    DECISIONS = "decisions"
    ANNOUNCEMENTS = "announcements"
    PUBLICATIONS = "publications"
    ARTICLE_6 = "article_6"
    EXCHANGE = "exchange"
    UPKEEP = "upkeep"


GROUP_NAMES: Final = {
    Group.MOVEMENTS: Text("Movements of credits", "クレジットの移動"),
    Group.ACCOUNTS: Text("Accounts and holders", "口座・口座名義人"),
    Group.PEOPLE: Text("People", "利用者"),
    Group.REQUESTS: Text("Requests about people", "利用者に関する申請"),
    Group.APPLICATIONS: Text("Applications and certificates", "申請書・証明書"),
    Group.TASKS: Text("Tasks", "担当作業"),
    Group.DECISIONS: Text("Decisions and bars", "合同委員会決定・識別番号の制限"),
    Group.ANNOUNCEMENTS: Text("Announcements", "お知らせ・メンテナンス"),
    Group.PUBLICATIONS: Text("News and disclosure", "公開お知らせ・情報公開"),
    Group.ARTICLE_6: Text("Article 6.2", "パリ協定第6条2項"),
    Group.EXCHANGE: Text("Other registries", "他の登録簿"),
    Group.UPKEEP: Text("Upkeep of the registry", "登録簿の運用"),
}

_EXCHANGE: Final = {
    "connect registry": Text("Connected another registry", "他の登録簿との接続"),
    "move registry": Text("Changed the address of a registry", "他の登録簿の接続先の変更"),
    "add registry key": Text("Added a key of a registry", "他の登録簿の公開鍵の追加"),
    "retire registry key": Text("Retired a key of a registry", "他の登録簿の公開鍵の廃止"),
    "suspend registry": Text("Suspended the exchange with a registry", "他の登録簿との交換の停止"),
    "resume registry": Text("Resumed the exchange with a registry", "他の登録簿との交換の再開"),
    "skip registry numbers": Text(
        "Skipped numbers of messages to a registry", "他の登録簿へのメッセージ番号の繰上げ"
    ),
    "hear registry": Text("A message from a registry", "他の登録簿からのメッセージ"),
    "tell registry": Text("A message to a registry", "他の登録簿へのメッセージ"),
    "begin reconciliation": Text("Began a reconciliation", "照合の開始"),
    "end reconciliation": Text("A reconciliation was compared", "照合の比較結果"),
    "propose resolution": Text("Proposed a resolution", "照合の解決の提案"),
    "confirm resolution": Text("Confirmed a resolution", "照合の解決の確定"),
}

_MOVEMENTS: Final = {
    **{
        f"propose {kind}": Text(f"Proposed: {name.en}", f"提案：{name.ja}")
        for kind, name in ledger.KIND_NAMES.items()
    },
    f"{ledger.Event.APPROVE} transaction": Text("Approved a transaction", "取引の承認"),
    f"{ledger.Event.REJECT} transaction": Text("Rejected a transaction", "取引の却下"),
    f"{ledger.Event.WITHDRAW} transaction": Text("Withdrew a transaction", "取引の取下げ"),
    "send transaction": Text(
        "Approved a transfer and sent it to another registry", "移転の承認・他の登録簿への送信"
    ),
    "carry out transaction": Text("Carried out an approved transaction", "承認済み取引の実行"),
    f"{ledger.Event.EXPIRE} transaction": Text("A transaction expired", "取引の期限切れ"),
}

_ACCOUNTS: Final = {
    "record holder": Text("Recorded an account holder", "口座名義人の登録"),
    "apply for account": Text("Applied for an account", "口座開設の申請"),
    "change account state": Text("Changed the state of an account", "口座の状態の変更"),
    "appoint representatives": Text("Named representatives", "担当者の指名"),
    "dismiss representatives": Text("Dismissed representatives", "担当者の解任"),
    "propose trusted account": Text("Proposed a trusted account", "信頼口座の申請"),
    "approve trusted account": Text("Approved a trusted account", "信頼口座の承認"),
    "reject trusted account": Text("Rejected a trusted account", "信頼口座の却下"),
    "withdraw trusted account": Text("Withdrew a trusted account", "信頼口座の取下げ"),
    "remove trusted account": Text("Removed a trusted account", "信頼口座の削除"),
    **{
        f"{step} trusted account": Text(f"{english} a trusted account", f"信頼口座の{japanese}")
        for step, english, japanese in (
            ("propose", "Proposed", "登録申請"),
            (trust.Step.APPROVE, "Approved", "承認"),
            (trust.Step.REJECT, "Rejected", "却下"),
            (trust.Step.WITHDRAW, "Withdrew", "取下げ"),
            (trust.Step.REMOVE, "Removed", "削除"),
        )
    },
}

_PEOPLE: Final = {
    "create user": Text("Recorded a person", "利用者の登録"),
    "reissue login ID": Text("Reissued a login ID", "ログインIDの再発行"),
    "set password": Text("Chose a password", "パスワードの設定"),
    "initialise password": Text("Initialised a password", "パスワードの初期化"),
    "change password": Text("Changed the own password", "自分のパスワードの変更"),
    "add second factor": Text("Added a second factor", "二要素認証の登録"),
    "remove second factor": Text("Removed a second factor", "二要素認証の削除"),
    "make recovery codes": Text("Made recovery codes", "リカバリーコードの発行"),
    "change user state": Text("Changed the state of a person", "利用者の状態の変更"),
}

_REQUESTS: Final = {
    f"{what} {kind}": Text(f"{english}: {name.en}", f"{japanese}：{name.ja}")
    for what, english, japanese in (
        ("ask for", "Asked", "申請"),
        (requests.Status.APPROVED, "Approved", "承認"),
        (requests.Status.REJECTED, "Rejected", "却下"),
        (requests.Status.WITHDRAWN, "Withdrawn", "取下げ"),
    )
    for kind, name in requests.KIND_NAMES.items()
} | {
    "approval of request": Text("Approving a request", "申請の承認"),
    "rejection of request": Text("Rejecting a request", "申請の却下"),
    "withdrawal of request": Text("Withdrawing a request", "申請の取下げ"),
}

_APPLICATIONS: Final = {
    "start application": Text("Began an application", "申請書の作成開始"),
    **{
        f"{event} application": Text(f"{name.en}: application", f"申請書：{name.ja}")
        for event, name in applications.EVENT_NAMES.items()
    },
    "mark application": Text("Ticked off an item of the checklist", "チェックリストの記入"),
    "attach file": Text("Attached a file", "ファイルの添付"),
    "remove file": Text("Removed a file", "添付ファイルの削除"),
    "read file": Text("Downloaded a file", "添付ファイルのダウンロード"),
    "ask for documents": Text("Asked for documents", "書類の提出依頼"),
    "hand in documents": Text("Handed in documents", "書類の提出"),
    "remind of documents": Text("Reminded of documents", "書類提出の再依頼"),
    "end request for documents": Text("Ended a request for documents", "書類提出依頼の終了"),
    "record account information": Text("Recorded account information", "口座情報の記録"),
    "issue certificate": Text("Issued a certificate", "証明書の発行"),
}

_DECISIONS: Final = {
    "record decision": Text("Recorded a decision", "合同委員会決定の登録"),
    "bar serials": Text("Barred serial numbers", "識別番号の移動制限"),
    "free serials": Text("Freed serial numbers", "識別番号の移動制限の解除"),
}

_ANNOUNCEMENTS: Final = {
    f"announce {announcements.Kind.NOTICE}": Text("Scheduled a notice", "お知らせの予約"),
    f"announce {announcements.Kind.MAINTENANCE}": Text(
        "Scheduled maintenance", "メンテナンスの予約"
    ),
    "change announcement": Text("Changed an announcement", "お知らせ・メンテナンスの変更"),
    "end announcement": Text("Ended an announcement", "お知らせ・メンテナンスの終了"),
}

_PUBLICATIONS: Final = {
    "publish news": Text("Published or scheduled news", "公開お知らせの掲載・予約"),
    "change news": Text("Changed news", "公開お知らせの変更"),
    "withdraw news": Text("Withdrew news", "公開お知らせの取下げ"),
    "make edition": Text("Published or scheduled a disclosure", "情報公開資料の公表・予約"),
    "withdraw edition": Text("Withdrew a disclosure", "情報公開資料の取下げ"),
    "freeze AEF edition": Text("Froze an edition of annual information", "AEFの版の確定"),
    "submit AEF edition": Text("Submitted annual information", "AEFの提出の記録"),
}

_ARTICLE_6: Final = {
    "enter authorization": Text("Entered an authorization", "承認の入力"),
    "change authorization": Text("Entered a change of an authorization", "承認の変更の入力"),
    "revoke authorization": Text("Entered a revocation", "承認の取消しの入力"),
    "approve authorization": Text("Approved an authorization", "承認の確定"),
    "reject authorization": Text("Rejected an authorization", "承認の却下"),
    "add authorization document": Text("Added a document", "承認関係書類の追加"),
    "save contribution": Text("Saved the figures of an NDC period", "NDC期間の数値の保存"),
    "read authorization document": Text("Downloaded a document", "承認関係書類のダウンロード"),
    "cross-check AEF": Text("Compared a partner’s annual information", "相手国のAEFとの照合"),
    "flag ITMOs": Text("Held ITMOs as flagged inconsistent", "不整合とされたITMOの保留"),
    "free flagged ITMOs": Text("Freed flagged ITMOs", "ITMOの保留の解除"),
    "add remark": Text("Made a remark", "意見の記入"),
    "change approach": Text("Changed a cooperative approach", "協力的アプローチの変更"),
}

#: The operations of each group, in words.
OPERATIONS: Final[dict[Group, dict[str, Text]]] = {
    Group.MOVEMENTS: _MOVEMENTS,
    Group.ACCOUNTS: _ACCOUNTS,
    Group.PEOPLE: _PEOPLE,
    Group.REQUESTS: _REQUESTS,
    Group.APPLICATIONS: _APPLICATIONS,
    Group.TASKS: {"claim task": Text("Claimed or assigned a task", "担当の引受・割当")},
    Group.DECISIONS: _DECISIONS,
    Group.ANNOUNCEMENTS: _ANNOUNCEMENTS,
    Group.PUBLICATIONS: _PUBLICATIONS,
    Group.ARTICLE_6: _ARTICLE_6,
    Group.EXCHANGE: _EXCHANGE,
    Group.UPKEEP: {
        "open page": Text("Tried to open a page without the right", "権限のない画面の操作"),
        "prune": Text("Removed what is no longer kept", "保存期間を過ぎた記録の削除"),
        "give up mail": Text("Gave up sending a mail", "メール送信の断念"),
    },
}

_NAMES: Final = {
    operation: name for group in OPERATIONS.values() for operation, name in group.items()
}


def name(operation: str) -> Text:
    """Return an operation in words; one that has none, such as of an earlier version, as it is."""
    return _NAMES.get(operation) or Text(operation, operation)
