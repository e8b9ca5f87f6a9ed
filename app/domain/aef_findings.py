"""Findings of the pre-check: the rules, in words, and what to do where one is not met."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.aef_formats import Word
from app.domain.text import Text


class Level(StrEnum):
    """Whether a finding keeps an edition from being frozen."""

    ERROR = "error"
    WARNING = "warning"


class Rule(StrEnum):
    """What a finding says is not met."""

    # Of cells
    REQUIRED = "required"
    TYPE = "type"
    FORMAT = "format"
    WORD = "word"
    NOT_APPLICABLE = "not_applicable"
    PLATFORM = "platform"
    # Of rows
    PERIOD = "period"
    TWICE = "twice"
    DEFINITION = "definition"
    SUBTYPE = "subtype"
    AUTHORIZATION = "authorization"
    ENTITY = "entity"
    APPROACH = "approach"
    RANGE = "range"
    QUANTITY = "quantity"
    UNDERLYING = "underlying"
    OUTSIDE_YEAR = "outside_year"
    BEFORE_AUTHORIZATION = "before_authorization"
    VINTAGE = "vintage"
    USE_YEAR = "use_year"
    SAME_PARTY = "same_party"
    EXCEEDED = "exceeded"
    # Of numbers
    FIRST_TRANSFER_TWICE = "first_transfer_twice"
    ACQUIRED_TWICE = "acquired_twice"
    ENDED = "ended"
    NOT_HELD = "not_held"
    OVERLAP = "overlap"
    STILL_HELD = "still_held"
    UNEXPLAINED = "unexplained"
    MISSING = "missing"
    DIFFERENT = "different"
    # Warnings
    YEAR_NOT_OVER = "year_not_over"
    LATE = "late"
    TOO_LATE = "too_late"
    INITIAL_REPORT = "initial_report"
    STAND_IN = "stand_in"


WARNINGS: Final = frozenset(
    {Rule.YEAR_NOT_OVER, Rule.LATE, Rule.TOO_LATE, Rule.INITIAL_REPORT, Rule.STAND_IN}
)

NAMES: Final = {
    Rule.REQUIRED: Text("A required cell is empty", "必須の欄が空欄です"),
    Rule.TYPE: Text("The cell does not hold what its column is for", "欄の値の型が違います"),
    Rule.FORMAT: Text("The cell is not written as the format asks", "欄の書式が違います"),
    Rule.WORD: Text(
        "The value is not in the list of the nomenclature", "値が共通用語集の一覧にありません"
    ),
    Rule.NOT_APPLICABLE: Text(
        "The cell is filled where it does not apply", "該当しない欄に値があります"
    ),
    Rule.PLATFORM: Text(
        "The cell is filled by the central platform alone", "中央プラットフォームが記入する欄です"
    ),
    Rule.PERIOD: Text(
        "The NDC implementation period ends before it begins",
        "NDC実施期間の終わりが始まりより前です",
    ),
    Rule.TWICE: Text("The same row stands in the table twice", "同じ行が二つあります"),
    Rule.DEFINITION: Text(
        "One approach has two definitions of the first transfer",
        "一つの協力的アプローチに最初の移転の定義が二つあります",
    ),
    Rule.SUBTYPE: Text(
        "The subtype is none of this type of action", "行為の種類と細目が合いません"
    ),
    Rule.AUTHORIZATION: Text("The authorization is missing in table 2", "承認が表2にありません"),
    Rule.ENTITY: Text("The entity is missing in table 5", "事業体が表5にありません"),
    Rule.APPROACH: Text("The approach is missing in table 2", "協力的アプローチが表2にありません"),
    Rule.RANGE: Text("The last number lies below the first", "最後の番号が最初の番号より前です"),
    Rule.QUANTITY: Text("The quantity is not that of the numbers", "数量が番号の範囲と合いません"),
    Rule.UNDERLYING: Text(
        "There are not as many underlying units as ITMOs",
        "基礎となるユニットの数がITMOの数と合いません",
    ),
    Rule.OUTSIDE_YEAR: Text(
        "The action lies outside the reported year", "行為の日時が報告対象年の外です"
    ),
    Rule.BEFORE_AUTHORIZATION: Text(
        "The action lies before the date of its authorization", "行為の日時が承認日より前です"
    ),
    Rule.VINTAGE: Text(
        "The vintage is none that is possible and authorized",
        "ビンテージがあり得ない年か、承認されていない年です",
    ),
    Rule.USE_YEAR: Text(
        "The year of the use lies outside the NDC period of the vintage",
        "使用する対象の年がビンテージのNDC実施期間の外です",
    ),
    Rule.SAME_PARTY: Text(
        "The other Party is the reporting Party itself", "相手の締約国が報告締約国自身です"
    ),
    Rule.EXCEEDED: Text(
        "More came under the authorization than its quantity", "承認数量を超えています"
    ),
    Rule.FIRST_TRANSFER_TWICE: Text(
        "Numbers are first transferred a second time", "最初の移転が二度あります"
    ),
    Rule.ACQUIRED_TWICE: Text(
        "Numbers are acquired though they are held", "保有しているものを取得しています"
    ),
    Rule.ENDED: Text(
        "Something happens to numbers after their use or cancellation",
        "使用又は取消しの後に行為があります",
    ),
    Rule.NOT_HELD: Text(
        "Numbers are used though they were not first transferred or acquired",
        "最初の移転も取得もないものを使用しています",
    ),
    Rule.OVERLAP: Text("Two holdings overlap", "保有の番号が重なっています"),
    Rule.STILL_HELD: Text(
        "Numbers are held though they were used, cancelled or transferred",
        "使用、取消し又は移転されたものを保有しています",
    ),
    Rule.UNEXPLAINED: Text(
        "Numbers are held that were never first transferred or acquired",
        "最初の移転も取得もないものを保有しています",
    ),
    Rule.MISSING: Text(
        "Opening holdings and actions leave numbers that no holding shows",
        "期首の保有と行為から残るはずの番号が保有にありません",
    ),
    Rule.DIFFERENT: Text(
        "The same numbers are told of differently elsewhere",
        "同じ番号について他の行と記載が異なります",
    ),
    Rule.YEAR_NOT_OVER: Text("The reported year is not over", "報告対象年が終わっていません"),
    Rule.LATE: Text("The annual information was due on 15 April", "年次情報の期限は4月15日でした"),
    Rule.TOO_LATE: Text(
        "The first transfer comes after the account of the NDC period of the vintage is due",
        "ビンテージのNDC実施期間の報告に間に合わない最初の移転です",
    ),
    Rule.INITIAL_REPORT: Text(
        "No initial report of the approach is recorded", "協力的アプローチの初期報告が未記録です"
    ),
    Rule.STAND_IN: Text(
        "The approach's identifier is a stand-in", "協力的アプローチIDが仮のものです"
    ),
}

_CORRECT_AUTHORIZATION: Final = Text(
    "Enter a new version of the authorization.", "承認の新しい版を入力してください。"
)
_CORRECT_LEDGER: Final = Text(
    "Run the verification of the ledger: what it recorded of these numbers does not agree.",
    "台帳の検証を実行してください。これらの番号の記録が一致しません。",
)
_CORRECT_ROW: Final = Text(
    "Correct the row; in a partner's file, ask the partner.",
    "行を訂正してください。相手国のファイルであれば、相手国に確認してください。",
)

REMEDIES: Final = {
    Rule.REQUIRED: Text(
        "Complete the record that the cell is taken from.", "この欄の元になる記録を補ってください。"
    ),
    Rule.TYPE: _CORRECT_ROW,
    Rule.FORMAT: Text(
        "Write it as the format asks, such as 31/12/2025 or CA0001.",
        "31/12/2025やCA0001のように、定められた書式で記入してください。",
    ),
    Rule.WORD: Text("Choose a word of the nomenclature.", "共通用語集の語を選んでください。"),
    Rule.NOT_APPLICABLE: Text("Write NA, or leave it empty.", "NAと記入するか空欄にしてください。"),
    Rule.PLATFORM: Text("Leave the cell empty.", "空欄にしてください。"),
    Rule.PERIOD: Text(
        "Correct the NDC period in the settings.", "設定のNDC実施期間を訂正してください。"
    ),
    Rule.TWICE: _CORRECT_ROW,
    Rule.DEFINITION: Text(
        "Keep to the definition that the approach began with.",
        "協力的アプローチで最初に定めた定義に揃えてください。",
    ),
    Rule.SUBTYPE: _CORRECT_ROW,
    Rule.AUTHORIZATION: Text(
        "Add the authorization to table 2, or correct its ID.",
        "承認を表2に加えるか、承認IDを訂正してください。",
    ),
    Rule.ENTITY: Text(
        "Add the entity to the authorization, or correct its number.",
        "事業体を承認に加えるか、識別番号を訂正してください。",
    ),
    Rule.APPROACH: Text(
        "Add an authorization of the approach to table 2, or correct its ID.",
        "協力的アプローチの承認を表2に加えるか、IDを訂正してください。",
    ),
    Rule.RANGE: _CORRECT_ROW,
    Rule.QUANTITY: _CORRECT_ROW,
    Rule.UNDERLYING: _CORRECT_ROW,
    Rule.OUTSIDE_YEAR: Text(
        "Report the action with the year in which it took place, by UTC.",
        "行為は、協定世界時で行われた年の情報として報告してください。",
    ),
    Rule.BEFORE_AUTHORIZATION: Text(
        "Correct the date of the authorization: nothing happens to ITMOs before it.",
        "承認日を訂正してください。承認より前にITMOの行為はありません。",
    ),
    Rule.VINTAGE: _CORRECT_AUTHORIZATION,
    Rule.USE_YEAR: Text(
        "Use ITMOs for a year of the NDC period in which they came about.",
        "ITMOは、緩和が生じたNDC実施期間の年に使用してください。",
    ),
    Rule.SAME_PARTY: _CORRECT_ROW,
    Rule.EXCEEDED: Text(
        "Enter a version of the authorization with a larger quantity.",
        "承認数量を増やした承認の版を入力してください。",
    ),
    Rule.FIRST_TRANSFER_TWICE: _CORRECT_LEDGER,
    Rule.ACQUIRED_TWICE: _CORRECT_LEDGER,
    Rule.ENDED: _CORRECT_LEDGER,
    Rule.NOT_HELD: _CORRECT_LEDGER,
    Rule.OVERLAP: _CORRECT_LEDGER,
    Rule.STILL_HELD: _CORRECT_LEDGER,
    Rule.UNEXPLAINED: _CORRECT_LEDGER,
    Rule.MISSING: _CORRECT_LEDGER,
    Rule.DIFFERENT: _CORRECT_LEDGER,
    Rule.YEAR_NOT_OVER: Text(
        "Freeze an edition once the year is over.", "年が終わってから版を確定してください。"
    ),
    Rule.LATE: Text("Submit it without delay.", "速やかに提出してください。"),
    Rule.TOO_LATE: Text(
        "Explain it in the biennial transparency report, and record the next ones in time.",
        "隔年透明性報告書で説明し、次回から期限内に記録してください。",
    ),
    Rule.INITIAL_REPORT: Text(
        "Submit the initial report no later than this, and record its date with the approach.",
        "初期報告をこの提出までに行い、その日を協力的アプローチに記録してください。",
    ),
    Rule.STAND_IN: Text(
        "Record the identifier that the central platform gave the approach.",
        "中央プラットフォームが付けたIDを協力的アプローチに記録してください。",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule is not met.

    `row` counts the rows of the table from 1 and is empty for the table as a whole; `field` is a
    technical name and empty for the whole row; `detail` is what was found there, such as a value
    or numbers.
    """

    table: Word
    row: int | None
    field: str
    rule: Rule
    detail: str = ""

    @property
    def level(self) -> Level:
        """Whether it keeps an edition from being frozen."""
        return Level.WARNING if self.rule in WARNINGS else Level.ERROR

    @property
    def name(self) -> Text:
        """What the rule says."""
        return NAMES[self.rule]

    @property
    def remedy(self) -> Text:
        """What to do."""
        return REMEDIES[self.rule]
