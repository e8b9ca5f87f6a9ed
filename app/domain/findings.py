"""What a verification of the books can find, in words: a row, and what is wrong with it.

A finding is kept as codes and facts and made into words for whoever reads it. The English is also
what `flask verify` prints.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain import accounts
from app.domain.text import Text

Fact = str | int


class Row(StrEnum):
    """The ways in which a finding names a row."""

    ID = "id"
    PLACE = "place"
    NUMBERS = "numbers"
    BLOCK = "block"
    OF_TRANSACTION = "of_transaction"
    NUMBERS_OF_TRANSACTION = "numbers_of_transaction"
    NUMBERS_OF_AUTHORIZATION = "numbers_of_authorization"
    BALANCE = "balance"
    TOTAL = "total"
    SUM = "sum"


class Problem(StrEnum):
    """What can be wrong with a row."""

    # Of any row
    MISSING = "missing"
    SEALED_BODY_DIFFERS = "sealed_body_differs"
    NOT_SEALED = "not_sealed"
    # Of accounts
    STATE_UNKNOWN = "state_unknown"
    STATE_HOLDS = "state_holds"
    NUMBER_NOT_OWN = "number_not_own"
    # Of transactions
    BODY_UNREADABLE = "body_unreadable"
    BODY_UNFINISHED = "body_unfinished"
    COLUMN_DIFFERS = "column_differs"
    USE_DIFFERS = "use_differs"
    DIGEST_DIFFERS = "digest_differs"
    LINK_BROKEN = "link_broken"
    RESERVATION_ALONE = "reservation_alone"
    QUANTITY_NOT_RESERVED = "quantity_not_reserved"
    # Of the head of the chain
    HEAD_POSITION = "head_position"
    HEAD_DIGEST = "head_digest"
    HEAD_SERIAL = "head_serial"
    # Of issuances
    MADE_UNFINISHED = "made_unfinished"
    ISSUANCES_COUNT = "issuances_count"
    ISSUANCE_BEGINS = "issuance_begins"
    # Of blocks
    OPENED_UNFINISHED = "opened_unfinished"
    CLOSED_UNFINISHED = "closed_unfinished"
    NOT_AS_OPENED = "not_as_opened"
    NOT_AS_CLOSED = "not_as_closed"
    NOT_CLOSED = "not_closed"
    MOVED_MISSING = "moved_missing"
    OVERLAPS = "overlaps"
    NOT_LIVE = "not_live"
    # Of balances, totals and sums
    NEVER_HELD = "never_held"
    NO_SUCH_ACCOUNT = "no_such_account"
    BLOCKS_DIFFER = "blocks_differ"
    BLOCKS_ALONE = "blocks_alone"
    ACTIONS_DIFFER = "actions_differ"
    ACTIONS_ALONE = "actions_alone"
    # Of reservations
    NOT_WAITING = "not_waiting"
    NOT_OF_SOURCE = "not_of_source"
    # Of what is kept of ITMOs
    NO_TRANSACTION = "no_transaction"
    ISSUANCE_DIFFERS = "issuance_differs"


#: Tables by the names that they have in the database.
TABLE_NAMES: Final = {
    table: Text(table, name)
    for table, name in {
        "accounts": "口座",
        "transactions": "取引",
        "chain_head": "連鎖の末尾",
        "issuances": "発行",
        "blocks": "ブロック",
        "balances": "口座の残高",
        "totals": "保有区分別の合計",
        "reservations": "申請中の確保",
        "actions": "ITMOの行為",
        "authorization_effects": "承認の効力発生",
        "itmo_units": "ITMOの単位",
        "action_sums": "ITMOの行為の集計",
    }.items()
}

ROW_NAMES: Final = {
    Row.ID: Text("%(id)s", "ID %(id)s"),
    Row.PLACE: Text("at %(position)s of the chain", "連鎖の%(position)s番目"),
    Row.NUMBERS: Text("%(numbers)s", "%(numbers)s"),
    Row.BLOCK: Text("%(numbers)s opened by %(opener)s", "%(numbers)s（取引ID %(opener)sで作成）"),
    Row.OF_TRANSACTION: Text("of transaction %(by)s", "取引ID %(by)sの分"),
    Row.NUMBERS_OF_TRANSACTION: Text(
        "%(numbers)s of transaction %(by)s", "%(numbers)s（取引ID %(by)sの分）"
    ),
    Row.NUMBERS_OF_AUTHORIZATION: Text(
        "%(numbers)s of an authorization", "%(numbers)s（承認によるもの）"
    ),
    Row.BALANCE: Text(
        "%(account)s/%(project)s/%(vintage)s",
        "口座ID %(account)s・プロジェクトID %(project)s・ビンテージ%(vintage)s",
    ),
    Row.TOTAL: Text(
        "%(project)s/%(vintage)s/%(kind)s",
        "%(kind)s・プロジェクトID %(project)s・ビンテージ%(vintage)s",
    ),
    Row.SUM: Text(
        "%(key)s",
        "協力的アプローチID %(approach)s・プロジェクトID %(project)s・ビンテージ%(vintage)s"
        "（%(key)s）",
    ),
}

PROBLEM_NAMES: Final = {
    Problem.MISSING: Text("is missing", "存在しません"),
    Problem.SEALED_BODY_DIFFERS: Text(
        "differs from the sealed body", "連鎖に記録された内容と異なります"
    ),
    Problem.NOT_SEALED: Text("is not what was sealed", "連鎖に記録された内容ではありません"),
    Problem.STATE_UNKNOWN: Text(
        "there is no state %(state)s", "「%(state)s」という状態はありません"
    ),
    Problem.STATE_HOLDS: Text(
        "is %(state)s and holds credits",
        "状態が「%(state)s」であるのにクレジットを保有しています",
    ),
    Problem.NUMBER_NOT_OWN: Text(
        "its number %(number)s is not its own", "口座番号%(number)sは、この口座のものではありません"
    ),
    Problem.BODY_UNREADABLE: Text(
        "is completed without a body that can be read",
        "完了していますが、連鎖に記録された内容を読み取れません",
    ),
    Problem.BODY_UNFINISHED: Text(
        "has a body and did not complete", "完了していないのに、連鎖に記録する内容があります"
    ),
    Problem.COLUMN_DIFFERS: Text(
        "%(column)s differs from the sealed body",
        "%(column)sが連鎖に記録された内容と異なります",
    ),
    Problem.USE_DIFFERS: Text(
        "its use differs from the sealed body", "使途が連鎖に記録された内容と異なります"
    ),
    Problem.DIGEST_DIFFERS: Text(
        "columns differ from the digest", "記載事項がハッシュ値と一致しません"
    ),
    Problem.LINK_BROKEN: Text(
        "digest is not that of its body over the one before",
        "ハッシュ値が、連鎖の直前のハッシュ値と記録された内容から求めた値と一致しません",
    ),
    Problem.RESERVATION_ALONE: Text(
        "is missing, its reservation stands", "存在しないのに、クレジットの確保が残っています"
    ),
    Problem.QUANTITY_NOT_RESERVED: Text(
        "quantity is not what it reserves", "数量が、確保しているクレジットの数量と一致しません"
    ),
    Problem.HEAD_POSITION: Text(
        "its position is not %(position)s", "位置が%(position)s番目ではありません"
    ),
    Problem.HEAD_DIGEST: Text(
        "its digest is not that of link %(position)s",
        "ハッシュ値が連鎖の%(position)s番目のものではありません",
    ),
    Problem.HEAD_SERIAL: Text(
        "its next serial is not %(serial)s", "次の識別番号が%(serial)sではありません"
    ),
    Problem.MADE_UNFINISHED: Text(
        "is made by transaction %(by)s, which did not complete",
        "完了していない取引（ID %(by)s）により作成されています",
    ),
    Problem.ISSUANCES_COUNT: Text(
        "has %(count)s issuances in place of one", "発行の記録が1件ではなく%(count)s件あります"
    ),
    Problem.ISSUANCE_BEGINS: Text(
        "does not begin at serial %(serial)s", "識別番号%(serial)sから始まっていません"
    ),
    Problem.OPENED_UNFINISHED: Text(
        "is opened by transaction %(by)s, which did not complete",
        "完了していない取引（ID %(by)s）により作成されています",
    ),
    Problem.CLOSED_UNFINISHED: Text(
        "is closed by transaction %(by)s, which did not complete",
        "完了していない取引（ID %(by)s）により終了しています",
    ),
    Problem.NOT_AS_OPENED: Text(
        "is not what transaction %(mover)s opened",
        "取引（ID %(mover)s）が作成したものと一致しません",
    ),
    Problem.NOT_AS_CLOSED: Text(
        "is not what transaction %(mover)s closed",
        "取引（ID %(mover)s）が終了させたものと一致しません",
    ),
    Problem.NOT_CLOSED: Text(
        "is not closed by transaction %(by)s", "取引（ID %(by)s）により終了していません"
    ),
    Problem.MOVED_MISSING: Text(
        "that transaction %(mover)s moved is missing",
        "取引（ID %(mover)s）が移動させたブロックが存在しません",
    ),
    Problem.OVERLAPS: Text(
        "overlaps the live block before it", "直前の現存するブロックと重複しています"
    ),
    Problem.NOT_LIVE: Text("is in no live block", "現存するどのブロックにも含まれていません"),
    Problem.NEVER_HELD: Text(
        "is of what the account never held", "口座が保有したことのないクレジットの残高です"
    ),
    Problem.NO_SUCH_ACCOUNT: Text(
        "is of what no such account ever held",
        "この種類の口座が保有したことのないクレジットの合計です",
    ),
    Problem.BLOCKS_DIFFER: Text(
        "says %(quantity)s, its blocks %(counted)s",
        "記録は%(quantity)s tCO₂、ブロックの合計は%(counted)s tCO₂です",
    ),
    Problem.BLOCKS_ALONE: Text(
        "is missing, its blocks hold %(counted)s",
        "存在しませんが、ブロックの合計は%(counted)s tCO₂です",
    ),
    Problem.ACTIONS_DIFFER: Text(
        "says %(quantity)s, its actions %(counted)s",
        "記録は%(quantity)s tCO₂、行為の合計は%(counted)s tCO₂です",
    ),
    Problem.ACTIONS_ALONE: Text(
        "is missing, its actions come to %(counted)s",
        "存在しませんが、行為の合計は%(counted)s tCO₂です",
    ),
    Problem.NOT_WAITING: Text(
        "is of no waiting proposal, or overlaps",
        "承認待ちの申請のものではないか、他の確保と重複しています",
    ),
    Problem.NOT_OF_SOURCE: Text(
        "is not held by its source", "振替元の口座が保有していないクレジットです"
    ),
    Problem.NO_TRANSACTION: Text(
        "there is no such transaction as it names", "対応する取引が存在しません"
    ),
    Problem.ISSUANCE_DIFFERS: Text("differs from its issuance", "発行の記録と異なります"),
}

#: Columns of a transaction in Japanese; the English is the name of the column.
COLUMN_NAMES: Final = {
    "kind": "取引の種類",
    "status": "取引の状態",
    "quantity": "数量",
    "purpose": "目的",
    "beneficiary": "受益者",
    "reference": "命令の参照番号",
    "remark": "備考",
    "key": "申請の重複防止キー",
    "proposed_by": "申請者",
    "decided_by": "処理者",
    "reason": "理由",
    "proposed_at": "申請日時",
    "expires_at": "承認期限",
    "decided_at": "処理日時",
    "allocation": "配分",
    "content": "申請内容のハッシュ値",
    "source": "振替元の口座",
    "target": "振替先の口座",
    "number": "取引番号",
    "position": "連鎖での位置",
}
#: Facts that are words of the database, in Japanese. What was altered may be none of them.
_JAPANESE: Final[Mapping[str, Mapping[str, str]]] = {
    "column": COLUMN_NAMES,
    "state": {word.value: name.ja for word, name in accounts.STATE_NAMES.items()},
    "kind": {word.value: name.ja for word, name in accounts.KIND_NAMES.items()},
}
#: Facts that are tonnes.
_TONNES: Final = frozenset({"quantity", "counted"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A row that does not follow from the chain; `facts` fill the words for both."""

    table: str
    naming: Row
    problem: Problem
    facts: Mapping[str, Fact]

    @property
    def row(self) -> str:
        """How the row is named in English."""
        return ROW_NAMES[self.naming].en % self.facts

    def words(self, language: str) -> str:
        """Return the finding in a language."""
        facts, mark = self.facts, ": "
        if language == "ja":
            facts, mark = {name: _in_japanese(name, fact) for name, fact in facts.items()}, "："
        table, row, problem = (
            wording.get(language)
            for wording in (
                TABLE_NAMES[self.table],
                ROW_NAMES[self.naming],
                PROBLEM_NAMES[self.problem],
            )
        )
        return f"{table} {row % facts}{mark}{problem % facts}"

    def __str__(self) -> str:
        return self.words("en")


def found(table: str, naming: Row, problem: Problem, /, **facts: object) -> Finding:
    """Return a finding; facts may be whatever an altered row holds."""
    return Finding(
        table,
        naming,
        problem,
        {name: fact if type(fact) is int else str(fact) for name, fact in facts.items()},
    )


def stored(finding: Finding) -> str:
    """Return a finding as it is kept: canonical JSON, always the same for the same finding."""
    said = {
        "table": finding.table,
        "row": finding.naming,
        "problem": finding.problem,
        "facts": dict(finding.facts),
    }
    return json.dumps(said, separators=(",", ":"), sort_keys=True)


def read(text: str) -> Finding | None:
    """Return what `stored` kept, or None for anything else, such as words alone."""
    try:
        said = json.loads(text)
        facts = {str(name): _fact(value) for name, value in said["facts"].items()}
        finding = Finding(said["table"], Row(said["row"]), Problem(said["problem"]), facts)
        for language in ("en", "ja"):
            finding.words(language)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None
    return finding


def _fact(value: object) -> Fact:
    if not isinstance(value, str | int):
        raise TypeError(value)
    return value


def _in_japanese(name: str, fact: Fact) -> Fact:
    if name in _TONNES and isinstance(fact, int):
        return f"{fact:,}"
    return _JAPANESE.get(name, {}).get(str(fact), fact)
