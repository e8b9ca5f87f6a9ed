"""The exchange between two registries: what they tell each other, and the life of a crossing.

A crossing is one transfer from an account here to an account in another registry, or the other way
round. The sequence is that of the data exchange standards of the Kyoto registries: the sending
registry proposes, the receiving one accepts or rejects, the sending one completes; it cancels what
nobody answered in time. Credits leave the one ledger when its acceptance is known there, and enter
the other when that is told: what was completed once is told until it is confirmed.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.domain.exchange_errors import NotInOrder
from app.domain.text import Text


class Side(StrEnum):
    """Whether credits go out of this registry or come into it."""

    OUT = "out"
    IN = "in"


class Message(StrEnum):
    """What a message is about."""

    PROPOSAL = "proposal"
    COMPLETION = "completion"
    CANCELLATION = "cancellation"
    #: What this side has issued of a decision that both share.
    ANNOUNCEMENT = "announcement"
    #: Reconciliation: sums of what either holds of the other, then ranges, then histories, the end.
    TOTALS = "totals"
    RANGES = "ranges"
    HISTORIES = "histories"
    RESOLUTION = "resolution"


MESSAGE_NAMES: Final = {
    Message.PROPOSAL: Text("Proposal of a transfer", "移転の提案"),
    Message.COMPLETION: Text("Completion of a transfer", "移転の完了"),
    Message.CANCELLATION: Text("Cancellation of a transfer", "移転の取消し"),
    Message.ANNOUNCEMENT: Text("Announcement of an issuance", "発行の通知"),
    Message.TOTALS: Text("Reconciliation: totals", "照合：合計"),
    Message.RANGES: Text("Reconciliation: serial numbers", "照合：識別番号"),
    Message.HISTORIES: Text("Reconciliation: histories", "照合：履歴"),
    Message.RESOLUTION: Text("Reconciliation: resolution", "照合：解決"),
}


class Answer(StrEnum):
    """How a message was answered."""

    #: As asked: a proposal is accepted, anything else was done or noted.
    DONE = "done"
    #: The rules of the other registry say no, for the reason that the code gives; nothing moves.
    REJECTED = "rejected"
    #: Not looked at: the message stands in no order, or nobody knows who sent it.
    REFUSED = "refused"


class Status(StrEnum):
    """Where a crossing stands, seen from one side."""

    #: A proposal in this registry that waits for its second person.
    PROPOSED = "proposed"
    #: Approved here and proposed to the other registry; its credits are reserved.
    SENT = "sent"
    #: The receiving registry promised to take it.
    ACCEPTED = "accepted"
    #: The credits left, or entered.
    COMPLETED = "completed"
    #: Both sides know that the credits entered.
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    #: Ended in this registry before it was sent.
    ENDED = "ended"


STATUS_NAMES: Final = {
    Status.PROPOSED: Text("Waiting for approval", "承認待ち"),
    Status.SENT: Text("Sent: waiting for the other registry", "送信済み（相手登録簿の回答待ち）"),
    Status.ACCEPTED: Text("Accepted by the receiving registry", "受入登録簿が承諾"),
    Status.COMPLETED: Text("Completed", "完了"),
    Status.CONFIRMED: Text("Completed and confirmed", "完了（相手登録簿が確認）"),
    Status.REJECTED: Text("Rejected by the receiving registry", "受入登録簿が拒否"),
    Status.CANCELLED: Text("Cancelled: no answer in time", "取消し（期限内に回答なし）"),
    Status.ENDED: Text("Ended before it was sent", "送信前に終了"),
}


class Event(StrEnum):
    """What can happen to a crossing."""

    SEND = "send"
    ACCEPT = "accept"
    REJECT = "reject"
    COMPLETE = "complete"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    END = "end"


#: Every triple of side, status and event; None is refused. An accepted crossing is not cancelled by
#: its sender (DES 3009); the receiver never ends one by itself.
STATUS_AFTER: Final[dict[tuple[Side, Status, Event], Status | None]] = {
    (side, status, event): None for side in Side for status in Status for event in Event
} | {
    (Side.OUT, Status.PROPOSED, Event.SEND): Status.SENT,
    (Side.OUT, Status.PROPOSED, Event.END): Status.ENDED,
    (Side.OUT, Status.SENT, Event.ACCEPT): Status.ACCEPTED,
    (Side.OUT, Status.SENT, Event.REJECT): Status.REJECTED,
    (Side.OUT, Status.SENT, Event.CANCEL): Status.CANCELLED,
    (Side.OUT, Status.ACCEPTED, Event.COMPLETE): Status.COMPLETED,
    (Side.OUT, Status.COMPLETED, Event.CONFIRM): Status.CONFIRMED,
    (Side.IN, Status.ACCEPTED, Event.COMPLETE): Status.COMPLETED,
    (Side.IN, Status.ACCEPTED, Event.CANCEL): Status.CANCELLED,
}

#: Statuses in which credits are on their way, neither free here nor there.
PENDING: Final = frozenset({Status.SENT, Status.ACCEPTED})

#: A proposal that the other registry has not answered is cancelled after this time (ours).
ANSWER_LIMIT: Final = timedelta(hours=24)
#: How far the clocks of two registries may be apart (ours).
SKEW_MAX: Final = timedelta(minutes=5)
#: The longest message that is read, in bytes: 3,000 blocks fit in half of it.
BYTES_MAX: Final = 1_048_576
TEXT_MAX: Final = 1_024


def after(side: Side, status: Status, event: Event) -> Status:
    """Return the status that follows; NotInOrder where the table has none."""
    following = STATUS_AFTER[side, status, event]
    if following is None:
        raise NotInOrder(status, event)
    return following


class Code(StrEnum):
    """Why a message is refused or a proposal rejected.

    Four digits below 9000 are codes of the data exchange standards with their meaning there, as far
    as it is public; 5903 to 5907 are in their range with a meaning of ours, and 9001 on are ours.
    """

    UNKNOWN_REGISTRY = "1501"
    SENDER_SUSPENDED = "1503"
    RECEIVER_SUSPENDED = "1504"
    NUMBER_MALFORMED = "2001"
    STATUS_UNKNOWN = "2004"
    ACCOUNT_MALFORMED = "2006"
    ORIGIN_UNKNOWN = "2010"
    UNIT_CLASS_UNKNOWN = "2011"
    NO_RANGE = "2013"
    RANGE_BACKWARDS = "2014"
    NUMBER_USED = "3001"
    NUMBER_UNKNOWN = "3002"
    WRONG_STATUS = "3012"
    NEVER_ISSUED = "4002"
    ATTRIBUTES_DIFFER = "4004"
    SAME_REGISTRY = "4007"
    ACCOUNT_UNKNOWN = "5902"
    ACCOUNT_CLOSED = "5903"
    ACCOUNT_SUSPENDED = "5904"
    ACCOUNT_UNSUITED = "5905"
    UNITS_HELD_HERE = "5906"
    NOT_AUTHORIZED = "5907"
    RUN_MALFORMED = "6201"
    SNAPSHOT_IMPOSSIBLE = "6204"
    RUN_UNKNOWN = "6301"
    RUN_WRONG_STATUS = "6302"
    SNAPSHOT_DIFFERS = "6304"
    MALFORMED = "9001"
    TOO_LARGE = "9002"
    WRONG_ADDRESSEE = "9003"
    UNKNOWN_KEY = "9004"
    RETIRED_KEY = "9005"
    BAD_SIGNATURE = "9006"
    CLOCK = "9007"
    REPLAYED = "9008"
    OUT_OF_SEQUENCE = "9009"
    UNKNOWN_KIND = "9010"
    NOT_NOW = "9011"


CODE_NAMES: Final = {
    Code.UNKNOWN_REGISTRY: Text("The registry is not known here.", "登録簿が登録されていません。"),
    Code.SENDER_SUSPENDED: Text(
        "The status of the sending registry does not permit it.",
        "送信側登録簿の状態により認められません。",
    ),
    Code.RECEIVER_SUSPENDED: Text(
        "The status of the receiving registry does not permit it.",
        "受入側登録簿の状態により認められません。",
    ),
    Code.NUMBER_MALFORMED: Text("The number is malformed.", "番号の形式が正しくありません。"),
    Code.STATUS_UNKNOWN: Text("There is no such status.", "その状態は存在しません。"),
    Code.ACCOUNT_MALFORMED: Text(
        "The account number is malformed.", "口座番号の形式が正しくありません。"
    ),
    Code.ORIGIN_UNKNOWN: Text(
        "The originating registry of a block is not known.",
        "発行元登録簿が不明なブロックがあります。",
    ),
    Code.UNIT_CLASS_UNKNOWN: Text("There is no such unit class.", "その単位区分は存在しません。"),
    Code.NO_RANGE: Text(
        "A block has no first or last number.", "始点・終点のないブロックがあります。"
    ),
    Code.RANGE_BACKWARDS: Text(
        "A block ends before it begins.", "終点が始点より前のブロックがあります。"
    ),
    Code.NUMBER_USED: Text(
        "The number was used before with other content.", "番号が別の内容で使用済みです。"
    ),
    Code.NUMBER_UNKNOWN: Text("The number is not known.", "番号が不明です。"),
    Code.WRONG_STATUS: Text(
        "This cannot follow in the present status.", "現在の状態では認められません。"
    ),
    Code.NEVER_ISSUED: Text(
        "Some of the serial numbers were never issued, or were not sent there.",
        "発行されていない、又は送られていない識別番号が含まれています。",
    ),
    Code.ATTRIBUTES_DIFFER: Text(
        "What is said of the credits differs from what is known of them.",
        "クレジットの属性が登録内容と異なります。",
    ),
    Code.SAME_REGISTRY: Text(
        "Both accounts are in one registry.", "両口座が同じ登録簿にあります。"
    ),
    Code.ACCOUNT_UNKNOWN: Text("The receiving account does not exist.", "受入口座が存在しません。"),
    Code.ACCOUNT_CLOSED: Text("The receiving account is closed.", "受入口座は閉鎖されています。"),
    Code.ACCOUNT_SUSPENDED: Text(
        "The receiving account is suspended or barred.", "受入口座は停止されています。"
    ),
    Code.ACCOUNT_UNSUITED: Text(
        "An account of this kind receives no transfers.", "この種類の口座は移転を受け入れません。"
    ),
    Code.UNITS_HELD_HERE: Text(
        "Some of the credits are held in the receiving registry already.",
        "既に受入登録簿で保有されているクレジットが含まれています。",
    ),
    Code.NOT_AUTHORIZED: Text(
        "The rules of Article 6.2 do not let the receiving Party acquire them.",
        "第6条2項の規則により受入国は取得できません。",
    ),
    Code.RUN_MALFORMED: Text(
        "The number of the reconciliation is malformed.", "照合番号の形式が正しくありません。"
    ),
    Code.SNAPSHOT_IMPOSSIBLE: Text(
        "The time of the snapshot is impossible.", "照合時点が不正です。"
    ),
    Code.RUN_UNKNOWN: Text("The reconciliation is not known.", "照合が不明です。"),
    Code.RUN_WRONG_STATUS: Text(
        "This cannot follow in the present status of the reconciliation.",
        "照合の現在の状態では認められません。",
    ),
    Code.SNAPSHOT_DIFFERS: Text(
        "The reconciliation has another time of its snapshot.", "照合時点が一致しません。"
    ),
    Code.MALFORMED: Text("The message is malformed.", "メッセージの形式が正しくありません。"),
    Code.TOO_LARGE: Text("The message is too large.", "メッセージが大きすぎます。"),
    Code.WRONG_ADDRESSEE: Text(
        "The message is for another registry.", "別の登録簿宛てのメッセージです。"
    ),
    Code.UNKNOWN_KEY: Text("The signing key is not known.", "署名鍵が登録されていません。"),
    Code.RETIRED_KEY: Text("The signing key was retired.", "署名鍵は廃止されています。"),
    Code.BAD_SIGNATURE: Text("The signature does not fit.", "署名が一致しません。"),
    Code.CLOCK: Text("The clocks are too far apart.", "時刻のずれが大きすぎます。"),
    Code.REPLAYED: Text("The message came before.", "同じメッセージが既に届いています。"),
    Code.OUT_OF_SEQUENCE: Text("Another message is due first.", "順序が正しくありません。"),
    Code.UNKNOWN_KIND: Text(
        "There are no messages of this kind.", "この種類のメッセージはありません。"
    ),
    Code.NOT_NOW: Text(
        "Not possible at present; the message is to be sent again.",
        "現在処理できません。再送してください。",
    ),
}


def refused_there(code: str) -> tuple[str, str]:
    """Return in both languages that the registry of the target rejected a transfer, and why."""
    why = CODE_NAMES[Code(code)]
    return (
        f"rejected by the receiving registry (code {code}: {why.en.rstrip('.')})",
        f"受入登録簿により拒否（コード{code}：{why.ja.rstrip('。')}）",
    )
