"""Fields of the Agreed Electronic Format: what a column is, its label, and what it may hold.

Labels are those of the decisions, word for word; the Japanese ones are our own. Technical names and
the lists of words were read in implementations of the format only.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain import nomenclature
from app.domain.nomenclature import (
    ActionType,
    Definition,
    Metric,
    MitigationType,
    Purpose,
    Subtype,
)
from app.domain.text import Text


class Type(StrEnum):
    """What a cell holds; dates and times are texts in the layout that the format gives them."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"


class Filling(StrEnum):
    """Who fills a cell, and when."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    CONDITIONAL = "conditional"
    #: Filled by the central platform; the Party leaves it empty.
    PLATFORM = "platform"


class Condition(StrEnum):
    """On what a conditional cell depends; app.domain.aef_checks reads them."""

    NON_GHG = "non_ghg"
    OTHER_PURPOSES = "other_purposes"
    ACQUISITION = "acquisition"
    TRANSFERS = "transfers"
    PURPOSE_OF_USE = "purpose_of_use"
    USING_PARTY = "using_party"
    USING_ENTITY = "using_entity"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its technical name, and the label that stands over it."""

    name: str
    label: Text
    type: Type
    filling: Filling
    #: The key of the same field in the CAD Trust data model; empty where it has none.
    trust_key: str = ""
    condition: Condition | None = None
    #: The only values it may hold, or how they are written.
    words: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    #: More than one such value may stand in a cell, divided by `DIVIDER`.
    is_list: bool = False


#: What stands in a conditional cell that does not apply.
NOT_APPLICABLE: Final = "NA"
#: What divides several values in one cell.
DIVIDER: Final = "; "

DATE: Final = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")
DATETIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_YEAR: Final = re.compile(r"[0-9]{4}")


def _reported(words: type[StrEnum]) -> tuple[str, ...]:
    return tuple(nomenclature.LABELS[word] for word in words)


#: How the fields of these names are written, and their only values.
PATTERNS: Final = {
    "ParticipatingParty": nomenclature.PARTY,
    "SubmissionVersion": nomenclature.AEF_VERSION,
    "ReportedYear": _YEAR,
    "FirstYearOfNDCPeriod": _YEAR,
    "LastYearOfNDCPeriod": _YEAR,
    "AuthorizationID": nomenclature.AUTHORIZATION,
    "CooperativeApproachID": nomenclature.APPROACH,
    "AuthorizedPartyIDs": nomenclature.PARTY,
    "AuthorizedTimeframe": nomenclature.TIMEFRAME,
    "FirstTransferringPartyID": nomenclature.PARTY,
    "PartyITMORegistryID": nomenclature.ITMO_REGISTRY,
    "Vintage": _YEAR,
    "TransferringPartyID": nomenclature.PARTY,
    "AcquiringPartyID": nomenclature.PARTY,
    "Using/cancellingPartyID": nomenclature.PARTY,
    "YearITMOUsedTowardsNDC": _YEAR,
    "AuthorizedEntityCountryOfIncorporation": nomenclature.PARTY,
}
WORDS: Final = {
    "Metric": _reported(Metric),
    "Sectors": tuple(sector.en for sector in nomenclature.SECTORS),
    "ActivityType": nomenclature.ACTIVITIES,
    "PurposeForAuthorization": _reported(Purpose),
    "FirstTransferDefnForOIMP": _reported(Definition),
    "ActionType": _reported(ActionType),
    "ActionSubtype": _reported(Subtype),
    "UnderlyingUnitRegistryID": nomenclature.UNDERLYING_REGISTRIES,
    "MitigationType": _reported(MitigationType),
}
CONDITIONS: Final = {
    "Non-GHGMetric": Condition.NON_GHG,
    "QuantityNon-GHG": Condition.NON_GHG,
    "OIMPAuthorized": Condition.OTHER_PURPOSES,
    "FirstTransferDefnForOIMP": Condition.OTHER_PURPOSES,
    "TransferringPartyID": Condition.ACQUISITION,
    "AcquiringPartyID": Condition.TRANSFERS,
    "PurposeITMOUsedForOIMP": Condition.PURPOSE_OF_USE,
    "Using/cancellingPartyID": Condition.USING_PARTY,
    "Using/cancellingEntityID": Condition.USING_ENTITY,
    "YearITMOUsedTowardsNDC": Condition.USE,
}
LISTS: Final = frozenset({"Sectors", "ActivityType", "AuthorizedPartyIDs"})

LABELS: Final = {
    "ParticipatingParty": Text("Party", "締約国"),
    "SubmissionVersion": Text("Version", "版"),
    "ReportedYear": Text("Reported year", "報告対象年"),
    "DateOfSubmission": Text("Date of submission", "提出日"),
    "ReviewStatusOfInitialReport": Text(
        "Review status of the initial report", "初期報告の審査状況"
    ),
    "ResultOfConsistencyCheck": Text(
        "Result of the consistency check of this AEF submission", "本AEF提出の整合性確認の結果"
    ),
    "FirstYearOfNDCPeriod": Text(
        "First year of the NDC implementation period", "NDC実施期間の最初の年"
    ),
    "LastYearOfNDCPeriod": Text(
        "Last year of the NDC implementation period", "NDC実施期間の最後の年"
    ),
    "ReferenceToTerReport": Text(
        "Reference to the Article 6 technical expert review report of the initial report",
        "初期報告に係る6条技術専門家審査報告書の参照先",
    ),
    "AuthorizationID": Text("Authorization ID", "承認ID"),
    "DateOfAuthorization": Text("Date of authorization", "承認日"),
    "CooperativeApproachID": Text("Cooperative approach ID", "協力的アプローチID"),
    "AuthorizationVersion": Text("Version of the authorization", "承認の版"),
    "AuthorizedQuantity": Text("Authorized quantity", "承認数量"),
    "Metric": Text("Metric", "指標"),
    "GWPValues": Text("Applicable GWP value(s)", "適用する地球温暖化係数"),
    "Non-GHGMetric": Text("Applicable non-GHG metric", "適用する温室効果ガス以外の指標"),
    "Sectors": Text("Sector(s)", "分野"),
    "ActivityType": Text("Activity type(s)", "活動の種類"),
    "PurposeForAuthorization": Text("Purposes for authorization", "承認の目的"),
    "AuthorizedPartyIDs": Text("Authorized Party(ies) ID", "承認された締約国ID"),
    "AuthorizedEntityIDs": Text("Authorized entity(ies) ID", "承認された事業体ID"),
    "OIMPAuthorized": Text(
        "OIMP authorized by the Party", "締約国が承認したその他の国際的な緩和目的"
    ),
    "AuthorizedTimeframe": Text("Authorized timeframe", "承認された期間"),
    "AuthorizationT&Cs": Text("Authorization terms and conditions", "承認の条件"),
    "AuthorizationDocumentation": Text("Authorization documentation", "承認の文書"),
    "FirstTransferDefnForOIMP": Text(
        "First transfer definition for OIMP", "その他の国際的な緩和目的に係る最初の移転の定義"
    ),
    "AdditionalExplanatoryInformation": Text("Additional explanatory information", "補足説明"),
    "ActionDateTime": Text("Action date", "行為の日時"),
    "ActionType": Text("Action type", "行為の種類"),
    "ActionSubtype": Text("Action subtype", "行為の細目"),
    "FirstTransferringPartyID": Text(
        "First transferring participating Party ID", "最初の移転を行う参加締約国ID"
    ),
    "PartyITMORegistryID": Text("Party ITMO registry ID", "締約国のITMO登録簿ID"),
    "FirstID": Text("First ID", "最初の番号"),
    "LastID": Text("Last ID", "最後の番号"),
    "UnderlyingUnitRegistryID": Text("Underlying unit registry ID", "基礎となるユニットの登録簿ID"),
    "UnderlyingUnitFirstUnitID": Text("First unit ID", "最初のユニット番号"),
    "UnderlyingUnitLastUnitID": Text("Last unit ID", "最後のユニット番号"),
    "QuantityCO2": Text("Quantity (t CO2 eq)", "数量（t-CO2換算）"),
    "QuantityNon-GHG": Text("Quantity (in non-GHG metric)", "数量（温室効果ガス以外の指標）"),
    "MitigationType": Text("Mitigation type", "緩和の種類"),
    "Vintage": Text("Vintage", "ビンテージ"),
    "TransferringPartyID": Text("Transferring participating Party ID", "移転する参加締約国ID"),
    "AcquiringPartyID": Text("Acquiring participating Party ID", "取得する参加締約国ID"),
    "PurposeITMOUsedForOIMP": Text(
        "Purpose for which the ITMO has been used towards or cancelled for OIMP",
        "その他の国際的な緩和目的への使用又は取消しの目的",
    ),
    "Using/cancellingPartyID": Text(
        "Using/cancelling participating Party ID", "使用又は取消しを行う参加締約国ID"
    ),
    "Using/cancellingEntityID": Text(
        "Using/cancelling authorized entity ID", "使用又は取消しを行う承認された事業体ID"
    ),
    "YearITMOUsedTowardsNDC": Text(
        "Calendar year for which the ITMOs are used towards the Party's NDC",
        "ITMOを締約国のNDCに使用する対象の暦年",
    ),
    "ResultOfConsistencyChecks": Text("Result of the consistency checks", "整合性確認の結果"),
    "AuthorizedEntityName": Text("Name", "名称"),
    "AuthorizedEntityCountryOfIncorporation": Text("Country of incorporation", "設立国"),
    "AuthorizedEntityID": Text("Identification number", "識別番号"),
    "AuthorizedEntityConditions": Text("Conditions", "条件"),
    "AuthorizedEntityChangeConditions": Text(
        "Change and revocation conditions", "変更及び取消しの条件"
    ),
}
