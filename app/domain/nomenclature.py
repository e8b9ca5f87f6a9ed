"""The common nomenclatures of Article 6.2 reporting: the words that its tables may hold.

The lists are those dated 17 February 2026 as they are implemented elsewhere; the official document
itself has not been found. What is stored is the member's value, what is reported `LABELS`.
"""

import re
from enum import StrEnum
from typing import Final

from app.domain.text import Text

#: The day that the lists bear.
DATED: Final = "2026-02-17"


class Metric(StrEnum):
    """In what mitigation outcomes are measured."""

    GHG = "ghg"
    NON_GHG = "non_ghg"


class Purpose(StrEnum):
    """What mitigation outcomes are authorized for (decision 4/CMA.6, paragraph 5 (e))."""

    NDC = "ndc"
    OIMP = "oimp"
    IMP = "imp"
    OP = "op"
    NDC_AND_OIMP = "ndc_and_oimp"
    NDC_AND_IMP = "ndc_and_imp"
    NDC_AND_OP = "ndc_and_op"

    @property
    def covers_ndc(self) -> bool:
        """Whether they may be used towards a nationally determined contribution."""
        return self is Purpose.NDC or self.value.startswith("ndc_and_")

    @property
    def covers_other(self) -> bool:
        """Whether they may be used for other international mitigation purposes."""
        return self is not Purpose.NDC


class Definition(StrEnum):
    """When what is authorized for other international mitigation purposes is first transferred.

    As the first transferring Party specifies (decision 2/CMA.3, annex, paragraph 2 (b)).
    """

    AUTHORIZATION = "authorization"
    ISSUANCE = "issuance"
    USE_OR_CANCELLATION = "use_or_cancellation"


class ActionType(StrEnum):
    """What is done with mitigation outcomes."""

    AUTHORIZATION = "authorization"
    FIRST_TRANSFER = "first_transfer"
    TRANSFER = "transfer"
    ACQUISITION = "acquisition"
    USE = "use"
    CANCELLATION = "cancellation"
    VOLUNTARY_CANCELLATION = "voluntary_cancellation"


class Subtype(StrEnum):
    """What an action is in particular."""

    TO_ANOTHER_PARTY = "to_another_party"
    AUTHORIZATION = "authorization"
    ISSUANCE = "issuance"
    USE_OR_CANCELLATION = "use_or_cancellation"
    MANDATORY_TO_ADAPTATION_FUND = "mandatory_to_adaptation_fund"
    VOLUNTARY_TO_ADAPTATION_FUND = "voluntary_to_adaptation_fund"
    MANDATORY_OMGE = "mandatory_omge"
    VOLUNTARY_OMGE = "voluntary_omge"
    OTHER_CANCELLATION = "other_cancellation"
    NOT_YET_DEFINED = "not_yet_defined"


class MitigationType(StrEnum):
    """How mitigation outcomes came about."""

    REDUCTIONS = "reductions"
    REMOVALS = "removals"
    BOTH = "reductions_and_removals"


class CancelledFor(StrEnum):
    """What a cancellation of mitigation outcomes serves."""

    OMGE = "omge"
    IMP = "imp"
    OP = "op"
    OTHER = "other"


_CANCELLING: Final = frozenset(
    {
        Subtype.MANDATORY_OMGE,
        Subtype.VOLUNTARY_OMGE,
        Subtype.OTHER_CANCELLATION,
        Subtype.NOT_YET_DEFINED,
    }
)
#: The subtypes that each type of action may have.
SUBTYPES: Final[dict[ActionType, frozenset[Subtype]]] = {
    ActionType.AUTHORIZATION: frozenset(),
    ActionType.FIRST_TRANSFER: _CANCELLING
    | {
        Subtype.TO_ANOTHER_PARTY,
        Subtype.AUTHORIZATION,
        Subtype.ISSUANCE,
        Subtype.USE_OR_CANCELLATION,
    },
    ActionType.TRANSFER: frozenset(
        {
            Subtype.MANDATORY_TO_ADAPTATION_FUND,
            Subtype.VOLUNTARY_TO_ADAPTATION_FUND,
            Subtype.NOT_YET_DEFINED,
        }
    ),
    ActionType.ACQUISITION: frozenset(),
    ActionType.USE: frozenset(),
    ActionType.CANCELLATION: _CANCELLING,
    ActionType.VOLUNTARY_CANCELLATION: _CANCELLING,
}

#: What is reported, word for word.
LABELS: Final[dict[StrEnum, str]] = {
    Metric.GHG: "GHG",
    Metric.NON_GHG: "non-GHG",
    Purpose.NDC: "NDC",
    Purpose.OIMP: "OIMP",
    Purpose.IMP: "IMP",
    Purpose.OP: "OP",
    Purpose.NDC_AND_OIMP: "NDC and OIMP",
    Purpose.NDC_AND_IMP: "NDC and IMP",
    Purpose.NDC_AND_OP: "NDC and OP",
    Definition.AUTHORIZATION: "Authorization",
    Definition.ISSUANCE: "Issuance",
    Definition.USE_OR_CANCELLATION: "Use or cancellation",
    ActionType.AUTHORIZATION: "Authorization",
    ActionType.FIRST_TRANSFER: "First transfer",
    ActionType.TRANSFER: "Transfer",
    ActionType.ACQUISITION: "Acquisition",
    ActionType.USE: "Use",
    ActionType.CANCELLATION: "Cancellation",
    ActionType.VOLUNTARY_CANCELLATION: "Voluntary Cancellation",
    Subtype.TO_ANOTHER_PARTY: "First transfer to another Party",
    Subtype.AUTHORIZATION: "Authorization",
    Subtype.ISSUANCE: "Issuance",
    Subtype.USE_OR_CANCELLATION: "Use or cancellation",
    Subtype.MANDATORY_TO_ADAPTATION_FUND: ("Mandatory transfer to the Adaptation Fund (A6.4 ERs)"),
    Subtype.VOLUNTARY_TO_ADAPTATION_FUND: ("Voluntary transfer to the Adaptation Fund (A6.4 ERs)"),
    Subtype.MANDATORY_OMGE: "Mandatory cancellation to deliver OMGE",
    Subtype.VOLUNTARY_OMGE: "Voluntary cancellation to deliver OMGE",
    Subtype.OTHER_CANCELLATION: "Other cancellations",
    Subtype.NOT_YET_DEFINED: "Not yet defined",
    MitigationType.REDUCTIONS: "Emission reductions",
    MitigationType.REMOVALS: "Removals",
    MitigationType.BOTH: "Emission reductions and removals",
}

#: What pages call them; a reported label without an entry here is the same in both languages.
NAMES: Final[dict[StrEnum, Text]] = {
    Metric.GHG: Text("Tonnes of CO₂ equivalent", "二酸化炭素換算トン"),
    Metric.NON_GHG: Text("Another unit than tonnes of CO₂", "温室効果ガス以外の指標"),
    Purpose.NDC: Text("NDC", "NDC"),
    Purpose.OIMP: Text("Other international mitigation purposes", "その他の国際的な緩和目的"),
    Purpose.IMP: Text("International mitigation purposes", "国際的な緩和目的"),
    Purpose.OP: Text("Other purposes", "その他の目的"),
    Purpose.NDC_AND_OIMP: Text(
        "NDC and other international mitigation purposes", "NDC及びその他の国際的な緩和目的"
    ),
    Purpose.NDC_AND_IMP: Text(
        "NDC and international mitigation purposes", "NDC及び国際的な緩和目的"
    ),
    Purpose.NDC_AND_OP: Text("NDC and other purposes", "NDC及びその他の目的"),
    Definition.AUTHORIZATION: Text("Authorization", "承認"),
    Definition.ISSUANCE: Text("Issuance", "発行"),
    Definition.USE_OR_CANCELLATION: Text("Use or cancellation", "使用又は取消し"),
    ActionType.AUTHORIZATION: Text("Authorization", "承認"),
    ActionType.FIRST_TRANSFER: Text("First transfer", "最初の移転"),
    ActionType.TRANSFER: Text("Transfer", "移転"),
    ActionType.ACQUISITION: Text("Acquisition", "取得"),
    ActionType.USE: Text("Use towards the NDC", "NDCへの使用"),
    ActionType.CANCELLATION: Text("Cancellation", "取消し"),
    ActionType.VOLUNTARY_CANCELLATION: Text("Voluntary cancellation", "自主的取消し"),
    Subtype.TO_ANOTHER_PARTY: Text("First transfer to another Party", "他の締約国への最初の移転"),
    Subtype.AUTHORIZATION: Text("Authorization", "承認"),
    Subtype.ISSUANCE: Text("Issuance", "発行"),
    Subtype.USE_OR_CANCELLATION: Text("Use or cancellation", "使用又は取消し"),
    Subtype.MANDATORY_TO_ADAPTATION_FUND: Text(
        "Mandatory transfer to the Adaptation Fund", "適応基金への義務的移転"
    ),
    Subtype.VOLUNTARY_TO_ADAPTATION_FUND: Text(
        "Voluntary transfer to the Adaptation Fund", "適応基金への自主的移転"
    ),
    Subtype.MANDATORY_OMGE: Text(
        "Mandatory cancellation to deliver OMGE", "世界全体の緩和（OMGE）のための義務的取消し"
    ),
    Subtype.VOLUNTARY_OMGE: Text(
        "Voluntary cancellation to deliver OMGE", "世界全体の緩和（OMGE）のための自主的取消し"
    ),
    Subtype.OTHER_CANCELLATION: Text("Other cancellations", "その他の取消し"),
    Subtype.NOT_YET_DEFINED: Text("Not yet defined", "未定義"),
    MitigationType.REDUCTIONS: Text("Emission reductions", "排出削減"),
    MitigationType.REMOVALS: Text("Removals", "吸収・除去"),
    MitigationType.BOTH: Text("Emission reductions and removals", "排出削減及び吸収・除去"),
    CancelledFor.OMGE: Text(
        "Overall mitigation in global emissions (OMGE)",
        "世界全体の排出における全体的な緩和（OMGE）",
    ),
    CancelledFor.IMP: Text(
        "International mitigation purposes, such as CORSIA", "国際的な緩和目的（CORSIA等）"
    ),
    CancelledFor.OP: Text("Other purposes under an authorization", "承認されたその他の目的"),
    CancelledFor.OTHER: Text("None of these", "いずれにも該当しない"),
}

SECTORS: Final = (
    Text("Agriculture", "農業"),
    Text("Building and construction", "建築・建設"),
    Text("Cross-sectoral mechanisms", "分野横断的な仕組み"),
    Text("Energy generation", "エネルギー生成"),
    Text("Forestry and land use", "森林・土地利用"),
    Text("Industrial processes", "工業プロセス"),
    Text("Transportation", "運輸"),
    Text("Urban development", "都市開発"),
    Text("Waste management", "廃棄物管理"),
)

#: "C02 usage" stands so, with the digit, in the list.
ACTIVITIES: Final = (
    *("Afforestation", "Agriculture", "Biogas", "Biomass Energy", "Cement", "C02 usage"),
    *("Coal bed/mine methane", "Energy distribution", "Energy Efficiency households"),
    *("Energy Efficiency Industry", "Energy Efficiency own generation"),
    *("Energy Efficiency service", "Energy Efficiency supply side", "Fossil fuel switch"),
    *("Fugitive", "Geothermal", "Hydro", "Landfill gas", "Methane avoidance", "N2O"),
    *("PFCs and SF6", "Reforestation", "Solar", "Tidal", "Transport", "Waste", "Wind"),
)

UNDERLYING_REGISTRIES: Final = (
    *("VCS", "GS", "CAR", "ACR", "ART", "GCC", "Cercarbono", "Isometric", "ISFL", "FCPF"),
    *("T-VER", "JCM"),
)

PARTY: Final = re.compile(r"[A-Z]{3}")
APPROACH: Final = re.compile(r"CA[0-9]{4}")
AEF_VERSION: Final = re.compile(r"[1-9][0-9]*\.[0-9]+")
ITMO_REGISTRY: Final = re.compile(r"[A-Z]{3}[0-9]{2}")
TIMEFRAME: Final = re.compile(r"[0-9]{4}\s-\s[0-9]{4}")
AUTHORIZATION: Final = re.compile(r"[A-Za-z0-9 -]+")
