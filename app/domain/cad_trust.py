"""The data model of the Climate Action Data Trust, version 2.0.2, into which the registry exports.

Tables stand in the order in which they are to be inserted, each with the fields that a registry
supplies. Keys are made of this registry's own references, so that they are the same in each export.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from app.domain import cad_trust_words as words
from app.domain.text import Text

SCHEMA: Final = "CAD Trust 2.0.2"
_NAMESPACE: Final = uuid5(NAMESPACE_URL, SCHEMA)

Record = dict[str, Any]


class Form(StrEnum):
    """How a value is written."""

    TEXT = "text"
    #: Several texts; never empty.
    TEXTS = "texts"
    NUMBER = "number"
    DAY = "day"
    KEY = "key"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the model, and whether a record must have it."""

    name: str
    form: Form
    is_required: bool
    picks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what its records are called in words, and its fields in their order."""

    name: str
    title: Text
    fields: tuple[Field, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(field.name for field in self.fields)


_FORMS: Final = {"Date": Form.DAY, "Link": Form.LINK, "Id": Form.TEXT}
_PICKS: Final = {
    "stakeholderType": words.STAKEHOLDERS,
    "labelType": words.LABELS,
    "projectSector": words.SECTORS,
    "projectType": words.TYPES,
    "projectStatus": words.PROJECT_STATUSES,
    "projectUnitMetric": words.METRICS,
    "methodologyType": words.UNIT_TYPES,
    "validationType": words.VALIDATIONS,
    "locationCountry": tuple(words.COUNTRIES.values()),
    "ratingType": words.RATINGS,
    "unitType": words.UNIT_TYPES,
    "unitStatus": words.UNIT_STATUSES,
    "unitMetric": words.METRICS,
}
_TEXTS: Final = frozenset({"projectSector", "projectType"})
_NUMBERS: Final = frozenset({"estimationUnitCount", "unitCount", "unitVintageYear"})


def _table(name: str, en: str, ja: str, names: str) -> Table:
    """Make a table of the names of its fields; an asterisk marks those that are required."""
    return Table(name, Text(en, ja), tuple(map(_field, names.split())))


def _field(marked: str) -> Field:
    name = marked.removesuffix("*")
    if name in _TEXTS:
        form = Form.TEXTS
    elif name in _NUMBERS:
        form = Form.NUMBER
    elif name.startswith("cadTrust"):
        form = Form.KEY
    else:
        form = next((form for end, form in _FORMS.items() if name.endswith(end)), Form.TEXT)
    return Field(name, form, marked.endswith("*"), _PICKS.get(name, ()))


#: In the order of insertion. The first field of each is its key, which the node of CAD Trust gives.
TABLES: Final = (
    _table(
        "program",
        "Programs",
        "プログラム",
        "cadTrustProgramId* programName* programRegistry* programRegistryId* programDescription",
    ),
    _table(
        "methodology",
        "Methodologies",
        "方法論",
        """cadTrustMethodologyId* methodologyCode* methodologyName* methodologyType
        methodologyVersion methodologyDate methodologyLink""",
    ),
    _table(
        "stakeholder",
        "Stakeholders",
        "関係者",
        """cadTrustStakeholderId* stakeholderName* stakeholderType* stakeholderLink
        cadTrustProjectId*""",
    ),
    _table(
        "label",
        "Labels",
        "ラベル",
        "cadTrustLabelId* labelName* labelType* labelLink labelDate",
    ),
    _table(
        "project",
        "Projects",
        "プロジェクト",
        """cadTrustProjectId* projectRegistryName* projectId* projectCreditingProgram projectName*
        projectLink* projectDescription projectSector* projectType* projectSubtype projectStatus*
        projectStatusDate* projectUnitMetric* cadTrustProgramId""",
    ),
    _table(
        "project_methodology",
        "Methodologies of projects",
        "プロジェクトの方法論",
        """cadTrustProjectMethodologyId* cadTrustProjectId* cadTrustMethodologyId*
        projectMethodologyDate projectMethodologyDescription""",
    ),
    _table(
        "validation",
        "Validations",
        "妥当性確認",
        """cadTrustValidationId* validationId* validationType* validationBody* validationDate
        validationCreditPeriodStartDate validationCreditPeriodEndDate cadTrustProjectId*""",
    ),
    _table(
        "verification",
        "Verifications",
        "検証",
        """cadTrustVerificationId* verificationId* verificationStartDate verificationEndDate
        verificationBody* cadTrustProjectId* cadTrustValidationId""",
    ),
    _table(
        "location",
        "Locations",
        "所在地",
        """cadTrustLocationId* locationCountry* locationRegion locationGis locationMapType
        locationMapFileLink cadTrustProjectId*""",
    ),
    _table(
        "estimation",
        "Estimations",
        "見込量",
        """cadTrustEstimationId* estimationStartDate* estimationEndDate* estimationUnitCount*
        estimationReferenceNo cadTrustProjectId*""",
    ),
    _table(
        "rating",
        "Ratings",
        "格付",
        "cadTrustRatingId* ratingType* ratingName* ratingValue* ratingLink cadTrustProjectId*",
    ),
    _table(
        "co_benefit",
        "Co-benefits",
        "共便益",
        "cadTrustCobenefitId* cobenefit* cadTrustProjectId*",
    ),
    _table(
        "issuance",
        "Issuances",
        "発行",
        """cadTrustIssuanceId* issuanceId* issuanceDate cadTrustVerificationId*
        cadTrustProjectMethodologyId* cadTrustLocationId*""",
    ),
    _table(
        "unit",
        "Units",
        "ユニット",
        """cadTrustUnitId* unitSerialId* unitStartBlock* unitEndBlock* unitCount unitType*
        unitVintageYear* unitStatus* unitStatusReason* unitStatusDate* unitRetirementDetail
        unitRetirementBeneficiary unitRetirementBeneficiaryId unitLink unitMetric*
        unitCurrentOwner unitItmosReferenceId cadTrustIssuanceId*""",
    ),
    _table(
        "unit_label",
        "Labels of units",
        "ユニットのラベル",
        """cadTrustUnitLabelId* cadTrustLabelId* cadTrustUnitId* labelUnitDate*
        labelUnitDescription""",
    ),
)
#: The tables of which the registry has records. The others ask for what is not recorded here.
FILLED: Final = (
    "program",
    "methodology",
    "project",
    "project_methodology",
    "verification",
    "location",
    "issuance",
    "unit",
)
_BY_NAME: Final = {table.name: table for table in TABLES}


def find(name: str) -> Table | None:
    """Return a table by its name, or None."""
    return _BY_NAME.get(name)


def key(registry: str, table: str, reference: str) -> str:
    """Return the key of a record: of one registry, table and reference always the same."""
    return str(uuid5(_NAMESPACE, f"{registry}/{table}/{reference}"))


def missing(table: Table, record: Mapping[str, Any]) -> list[str]:
    """Return the required fields that a record lacks, because the registry does not know them."""
    return [
        field.name
        for field in table.fields
        if field.is_required and record.get(field.name) in (None, "", [])
    ]


def problems(table: Table, record: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a record: fields that do not exist, and values outside the lists.

    Nothing is wrong with a value that is left empty; `missing` tells of those.
    """
    for name in record.keys() - set(table.columns):
        yield f"{table.name}.{name} does not exist"
    for field in table.fields:
        value = record.get(field.name)
        if value is not None and not _fits(field, value):
            yield f"{table.name}.{field.name}: {value!r}"


def _fits(field: Field, value: Any) -> bool:
    match field.form:
        case Form.TEXTS:
            return (
                isinstance(value, list) and bool(value) and all(one in field.picks for one in value)
            )
        case Form.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Form.DAY:
            return type(value) is date
        case Form.KEY:
            return isinstance(value, str) and str(UUID(value)) == value
        case Form.LINK:
            return isinstance(value, str) and value.startswith(("https://", "http://"))
        case Form.TEXT:
            return isinstance(value, str) and (not field.picks or value in field.picks)
