"""The layouts of the Agreed Electronic Format: which tables, which columns, in which order.

The format was never adopted as final, so its layouts are versioned data, each with the day of the
decision that asks for it.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain import aef_fields
from app.domain.aef_fields import DIVIDER, NOT_APPLICABLE, Condition, Field, Filling, Type
from app.domain.text import Text

__all__ = [
    "CURRENT",
    "DIVIDER",
    "DRAFT",
    "FORMATS",
    "NOT_APPLICABLE",
    "Condition",
    "Field",
    "Filling",
    "Format",
    "Table",
    "Type",
    "Word",
    "at",
    "find",
]


class Word(StrEnum):
    """The tables, by what they are called in our own records, in the order of the format."""

    SUBMISSION = "submission"
    AUTHORIZATIONS = "authorizations"
    ACTIONS = "actions"
    HOLDINGS = "holdings"
    ENTITIES = "entities"


@dataclass(frozen=True, slots=True)
class Table:
    """One table, its columns in their order."""

    word: Word
    title: Text
    fields: tuple[Field, ...]

    def place(self, name: str) -> int:
        """Return in which place, counted from 0, the field of a technical name stands."""
        return [field.name for field in self.fields].index(name)


@dataclass(frozen=True, slots=True)
class Format:
    """One layout of the whole report, and from when on it is asked for."""

    word: str
    name: Text
    effective_on: date
    tables: tuple[Table, ...]

    def table(self, word: Word) -> Table:
        """Return the table of a word."""
        return next(table for table in self.tables if table.word is word)


_FILLING: Final = {
    "R": Filling.REQUIRED,
    "O": Filling.OPTIONAL,
    "C": Filling.CONDITIONAL,
    "P": Filling.PLATFORM,
}


def _table(word: Word, title: Text, trust: str, columns: str, **labels: Text) -> Table:
    """Make a table of lines: technical name, end of the CAD Trust key, type, filling."""
    fields = []
    for line in columns.split("\n"):
        name, key, kind, filling = line.split()
        fields.append(
            Field(
                name,
                labels.get(name) or aef_fields.LABELS[name],
                Type(kind),
                _FILLING[filling],
                trust_key=f"{trust}{key}",
                condition=aef_fields.CONDITIONS.get(name),
                words=aef_fields.WORDS.get(name, ()),
                pattern=_pattern(name, Type(kind)),
                is_list=name in aef_fields.LISTS,
            )
        )
    return Table(word, title, tuple(fields))


def _pattern(name: str, kind: Type) -> re.Pattern[str] | None:
    written = {Type.DATE: aef_fields.DATE, Type.DATETIME: aef_fields.DATETIME}
    return written.get(kind) or aef_fields.PATTERNS.get(name)


_SUBMISSION: Final = """\
ParticipatingParty Party string R
SubmissionVersion Version string R
ReportedYear ReportYear integer R
DateOfSubmission SubmissionDate date R
ReviewStatusOfInitialReport ReviewStatus string P
ResultOfConsistencyCheck ResultCheck string P
FirstYearOfNDCPeriod NdcFirstYear integer R
LastYearOfNDCPeriod NdcLastYear integer R
ReferenceToTerReport ReferenceReviewReport string P"""

# The key of the authorized entities stands so, with its slip, in the code of CAD Trust.
_AUTHORIZATIONS: Final = """\
AuthorizationID Id string R
DateOfAuthorization Date date R
CooperativeApproachID CooperativeApproachId string R
AuthorizationVersion Version integer R
AuthorizedQuantity Quantity integer O
Metric Metric string R
GWPValues GwpValue string O
Non-GHGMetric ApplicableNonGhgMetric string C
Sectors Sector string R
ActivityType ActivityType string O
PurposeForAuthorization PurposesForAuthorization string R
AuthorizedPartyIDs AuthorizedPartyId string O
AuthorizedEntityIDs AuthoziedEntityId string O
OIMPAuthorized OimpAuthorizedParty string C
AuthorizedTimeframe AuthorizedTimeframe string O
AuthorizationT&Cs AuthorizationTerms string O
AuthorizationDocumentation AuthorizationDocumentation string P
FirstTransferDefnForOIMP FirstTransferDefinitionOimp string C
AdditionalExplanatoryInformation AdditionalInformation string O"""

#: What actions and holdings say of the units alike.
_UNITS: Final = """\
CooperativeApproachID CooperativeApproachId string R
AuthorizationID AuthorizationId string R
FirstTransferringPartyID FirstTransferringPartyId string R
PartyITMORegistryID PartyItmoRegistryId string R
FirstID ItmoFirstId integer R
LastID ItmoLastId integer R
UnderlyingUnitRegistryID UnitRegistryId string O
UnderlyingUnitFirstUnitID UnitFirstId integer O
UnderlyingUnitLastUnitID UnitLastId integer O
Metric Metric string R
GWPValues GwpValue string O
Non-GHGMetric ApplicableNonGhgMetric string C
QuantityCO2 QuantityTCo2 number R
QuantityNon-GHG QuantityNonGhg string C
MitigationType MitigationType string R
Vintage VintageYear integer R"""

_ACTIONS: Final = f"""\
ActionDateTime Date datetime R
ActionType Type string R
ActionSubtype Subtype string O
{_UNITS}
TransferringPartyID TransferringPartyId string C
AcquiringPartyID AcquiringPartyId string C
PurposeITMOUsedForOIMP PurposeOfUseOimp string C
Using/cancellingPartyID UsingParticipatingPartyId string C
Using/cancellingEntityID UsingAuthorizedEntityId string C
YearITMOUsedTowardsNDC ItmoUsedYear integer C
ResultOfConsistencyChecks ConsistencyCheckResult string P
AdditionalExplanatoryInformation AdditionalInformation string O"""

_ENTITIES: Final = """\
DateOfAuthorization AuthorizationDate date R
AuthorizedEntityName Name string R
AuthorizedEntityCountryOfIncorporation IncorporationCountry string R
AuthorizedEntityID Id string R
CooperativeApproachID CooperativeApproachId string R
AuthorizedEntityConditions Conditions string O
AuthorizedEntityChangeConditions ChangeConditions string O
AdditionalExplanatoryInformation AdditionalInformation string O"""

#: Decision 4/CMA.6, annex II: an updated draft that Parties are asked to use.
CURRENT: Final = Format(
    "4cma6",
    Text("Format of decision 4/CMA.6, annex II", "決定4/CMA.6 附属書IIの様式"),
    date(2024, 11, 23),
    (
        _table(Word.SUBMISSION, Text("Submission", "提出"), "aefT1Submission", _SUBMISSION),
        _table(
            Word.AUTHORIZATIONS,
            Text("Authorizations", "承認"),
            "aefT2Authorizations",
            _AUTHORIZATIONS,
        ),
        _table(Word.ACTIONS, Text("Actions", "行為"), "aefT3Actions", _ACTIONS),
        _table(Word.HOLDINGS, Text("Holdings", "保有"), "aefT4Holdings", _UNITS),
        _table(
            Word.ENTITIES,
            Text("Authorized entities", "承認された事業体"),
            "aefT5AuthorizedEntities",
            _ENTITIES,
            DateOfAuthorization=Text("Date of the authorization", "承認日"),
        ),
    ),
)


def _draft(word: Word, title: Text, columns: str) -> Table:
    """Make a table of lines: technical name of our own, type, label, and its Japanese."""
    fields = []
    for line in columns.split("\n"):
        name, kind, label, japanese = line.split(" | ")
        fields.append(Field(name, Text(label, japanese), Type(kind), Filling.OPTIONAL))
    return Table(word, title, tuple(fields))


_DRAFT_HOLDINGS: Final = """\
RecordID | string | Article 6 database record ID | 6条データベースの記録ID
CooperativeApproach | string | Cooperative approach | 協力的アプローチ
FirstID | string | First unique identifier | 最初の固有識別子
LastID | string | Last unique identifier | 最後の固有識別子
UnderlyingFirstID | string | Underlying unit block start ID | 基礎となるユニットの最初の番号
UnderlyingLastID | string | Underlying unit block end ID | 基礎となるユニットの最後の番号
Metric | string | Metric | 指標
QuantityMetric | number | Quantity (expressed in metric) | 数量（指標による）
QuantityCO2 | number | Quantity (t CO2 eq) | 数量（t-CO2換算）
ConversionFactor | string | Conversion factor (reporting Party) | 換算係数（報告締約国）
FirstTransferringParty | string | First transferring participating Party | 最初の移転を行う締約国
Vintage | integer | Vintage | ビンテージ
Sectors | string | Sector(s) | 分野
ActivityTypes | string | Activity type(s) | 活動の種類
DateOfAuthorization | date | Date of authorization | 承認日
AuthorizationID | string | Authorization ID | 承認ID
Purposes | string | Purposes for authorization | 承認の目的
OIMPAuthorized | string | OIMP authorized by the Party | 締約国が承認したその他の国際的な緩和目的
FirstTransferDefinition | string | First transfer definition | 最初の移転の定義"""

_USING: Final = "Using participating Party or authorized entity or entities"
_DRAFT_ACTIONS: Final = f"""\
{_DRAFT_HOLDINGS}
ActionDate | datetime | Action date | 行為の日時
ActionType | string | Action type | 行為の種類
TransferringParty | string | Transferring participating Party | 移転する参加締約国
AcquiringParty | string | Acquiring participating Party | 取得する参加締約国
PurposesForCancellation | string | Purposes for cancellation | 取消しの目的
Using | string | {_USING} | 使用する参加締約国又は承認された事業体
FirstTransfer | string | First transfer | 最初の移転"""

#: Decision 6/CMA.4, annex VII: the draft before, of three tables.
DRAFT: Final = Format(
    "6cma4",
    Text("Draft of decision 6/CMA.4, annex VII (2022)", "決定6/CMA.4 附属書VIIの様式案（2022年）"),
    date(2022, 11, 20),
    (
        _draft(
            Word.SUBMISSION,
            Text("Heading", "見出し"),
            "Party | string | Party | 締約国\nReportedYear | integer | Reported year | 報告対象年",
        ),
        _draft(Word.ACTIONS, Text("Actions", "行為"), _DRAFT_ACTIONS),
        _draft(Word.HOLDINGS, Text("Holdings", "保有"), _DRAFT_HOLDINGS),
    ),
)

#: The newest first.
FORMATS: Final = (CURRENT, DRAFT)


def find(word: str) -> Format | None:
    """Return the layout of a word, or None."""
    return next((format_ for format_ in FORMATS if format_.word == word), None)


def at(day: date) -> Format:
    """Return the layout asked for on a day, the oldest for days before any."""
    return next((format_ for format_ in FORMATS if format_.effective_on <= day), FORMATS[-1])
