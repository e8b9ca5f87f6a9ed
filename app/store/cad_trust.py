"""What the registry exports for the Climate Action Data Trust: records by table, streamed.

Only what is public already: no holder, no account. What a table asks for and the registry does not
record is left empty.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain import bands, cad_trust, cad_trust_words, itmo
from app.domain.accounts import KIND_NAMES, holding
from app.domain.cad_trust import Record
from app.domain.itmo import Units
from app.domain.ledger import transaction_number
from app.domain.serials import Range
from app.store import accounts, methodologies, projects
from app.store.databases import AnyRow
from app.store.streams import stream
from app.store.tables import (
    Approach,
    Block,
    Decision,
    Issuance,
    ItmoUnits,
    Project,
    Transaction,
)

_PROGRAM: Final = "JCM"
_METRIC: Final = "tCO2e"

_ISSUED: Final = (
    select(
        Issuance.transaction_id,
        Project.reference.label("project"),
        Issuance.project_id,
        Decision.reference.label("decision"),
        Transaction.decided_at,
    )
    .join(Project, Project.id == Issuance.project_id)
    .join(Decision, Decision.id == Issuance.decision_id)
    .join(Transaction, Transaction.id == Issuance.transaction_id)
    # What another registry issued, it exports itself.
    .where(Issuance.first <= bands.OWN_MAX)
    .order_by(Issuance.first)
)
_VERIFIED: Final = (
    select(
        Decision.reference,
        Decision.monitoring_from,
        Decision.monitoring_to,
        Project.reference.label("project"),
    )
    .join(Project, Project.id == Decision.project_id)
    .where(Decision.id.in_(select(Issuance.decision_id).where(Issuance.first <= bands.OWN_MAX)))
    .order_by(Decision.reference)
)
_Opening = aliased(Transaction)
_UNITS: Final = (
    select(
        Block.first,
        Block.last,
        Block.kind,
        Block.vintage,
        Block.partner,
        Block.account_id,
        Block.project_id,
        Project.reference.label("project"),
        Issuance.transaction_id,
        _Opening.decided_at,
        Approach.code.label("approach"),
        ItmoUnits.party_registry,
        ItmoUnits.first_transferring,
        ItmoUnits.mitigation_type,
    )
    .join(Project, Project.id == Block.project_id)
    .join(Issuance, Issuance.id == Block.issuance_id)
    .join(_Opening, _Opening.id == Block.opened_by)
    .outerjoin(ItmoUnits, ItmoUnits.issuance_id == Block.issuance_id)
    .outerjoin(Approach, Approach.id == ItmoUnits.approach_id)
    .where(Block.closed_by.is_(None), Block.first <= bands.OWN_MAX)
    .order_by(Block.first)
)


@dataclass(frozen=True, slots=True)
class Exporter:
    """Whose export it is: the registry's code and name, and where its pages lie for the public."""

    code: str
    name: str
    root: str

    def key(self, table: str, reference: str) -> str:
        """Return the key of a record of this registry."""
        return cad_trust.key(self.code, table, reference)


def records(session: Session, table: str, exporter: Exporter) -> Iterator[Record]:
    """Yield the records of a table in a stable order, at constant memory."""
    made = _MADE.get(table)
    if made:
        yield from made(session, exporter)


def _programs(_session: Session, exporter: Exporter) -> Iterator[Record]:
    yield {
        "cadTrustProgramId": exporter.key("program", _PROGRAM),
        "programName": "Joint Crediting Mechanism (JCM)",
        "programRegistry": exporter.name,
        "programRegistryId": f"{_PROGRAM}-{exporter.code}",
        "programDescription": "Cooperation of Japan with partner countries on projects that reduce "
        "or remove emissions, whose outcomes both sides share.",
    }


def _methodologies(session: Session, exporter: Exporter) -> Iterator[Record]:
    for row in methodologies.stream(session, methodologies.Search()):
        named = _version(row)
        scopes = [] if row.sectoral_scope is None else [row.sectoral_scope]
        yield {
            "cadTrustMethodologyId": exporter.key("methodology", named),
            "methodologyCode": row.reference,
            "methodologyName": row.title_en or row.title_ja,
            "methodologyType": cad_trust_words.unit_type(scopes),
            "methodologyVersion": row.version,
            "methodologyDate": row.approved_on,
            "methodologyLink": f"{exporter.root}/en/methodologies/{row.reference}",
        }


def _projects(session: Session, exporter: Exporter) -> Iterator[Record]:
    for row, details in projects.stream(session, projects.Search()):
        scopes = _scopes(details.methodologies)
        yield {
            "cadTrustProjectId": exporter.key("project", row.reference),
            "projectRegistryName": exporter.name,
            "projectId": row.reference,
            "projectCreditingProgram": _PROGRAM,
            "projectName": row.title_en,
            "projectLink": f"{exporter.root}/en/projects/{row.reference}",
            "projectDescription": None,
            "projectSector": cad_trust_words.sectors(scopes),
            "projectType": cad_trust_words.types(row.title_en, scopes),
            "projectSubtype": None,
            "projectStatus": cad_trust_words.STATUS_OF_STAGE[row.stage],
            "projectStatusDate": row.registered_on,
            "projectUnitMetric": _METRIC,
            "cadTrustProgramId": exporter.key("program", _PROGRAM),
        }


def _uses(session: Session, exporter: Exporter) -> Iterator[Record]:
    for row, details in projects.stream(session, projects.Search()):
        for used in details.methodologies:
            named = _version(used)
            yield {
                "cadTrustProjectMethodologyId": _use(exporter, row.reference, named),
                "cadTrustProjectId": exporter.key("project", row.reference),
                "cadTrustMethodologyId": exporter.key("methodology", named),
                "projectMethodologyDate": None,
                "projectMethodologyDescription": None,
            }


def _verifications(session: Session, exporter: Exporter) -> Iterator[Record]:
    for row in session.connection().execute(_VERIFIED):
        yield {
            "cadTrustVerificationId": exporter.key("verification", row.reference),
            "verificationId": row.reference,
            "verificationStartDate": row.monitoring_from,
            "verificationEndDate": row.monitoring_to,
            # Which third-party entity verified is not recorded.
            "verificationBody": None,
            "cadTrustProjectId": exporter.key("project", row.project),
            "cadTrustValidationId": None,
        }


def _locations(session: Session, exporter: Exporter) -> Iterator[Record]:
    for row, _details in projects.stream(session, projects.Search()):
        yield {
            "cadTrustLocationId": exporter.key("location", row.reference),
            "locationCountry": cad_trust_words.COUNTRIES.get(row.partner),
            "locationRegion": None,
            "locationGis": None,
            "locationMapType": None,
            "locationMapFileLink": None,
            "cadTrustProjectId": exporter.key("project", row.reference),
        }


def _issuances(session: Session, exporter: Exporter) -> Iterator[Record]:
    used: dict[int, list[AnyRow]] = {}
    for row in session.connection().execute(_ISSUED).all():
        if row.project_id not in used:
            used |= {row.project_id: []} | projects.methodologies(session, [row.project_id])
        of_project = used[row.project_id]
        number = transaction_number(exporter.code, row.transaction_id)
        yield {
            "cadTrustIssuanceId": exporter.key("issuance", number),
            "issuanceId": number,
            "issuanceDate": row.decided_at.date(),
            "cadTrustVerificationId": exporter.key("verification", row.decision),
            "cadTrustProjectMethodologyId": _use(exporter, row.project, _version(of_project[0]))
            if of_project
            else None,
            "cadTrustLocationId": exporter.key("location", row.project),
        }


def _units(session: Session, exporter: Exporter) -> Iterator[Record]:
    demo = accounts.demo(session)
    scopes = {
        row.id: _scopes(details.methodologies)
        for row, details in projects.stream(session, projects.Search())
    }
    for row in stream(session.connection(), _UNITS):
        yield _unit(row, exporter, scopes[row.project_id], is_demo=row.account_id in demo)


def _unit(row: AnyRow, exporter: Exporter, scopes: list[int], *, is_demo: bool) -> Record:
    numbers = Range(row.first, row.last)
    printed = bands.serial(numbers, row.partner, row.project, row.vintage, own=exporter.code)
    serial = str(printed)
    reason = KIND_NAMES[row.kind].en
    return {
        "cadTrustUnitId": exporter.key("unit", serial),
        "unitSerialId": serial,
        "unitStartBlock": str(printed.range.first),
        "unitEndBlock": str(printed.range.last),
        "unitCount": numbers.quantity,
        "unitType": cad_trust_words.unit_type(scopes, row.mitigation_type),
        "unitVintageYear": row.vintage,
        "unitStatus": cad_trust_words.STATUS_OF_UNITS[holding(row.kind)],
        "unitStatusReason": f"{reason}, fictional holder" if is_demo else reason,
        "unitStatusDate": row.decided_at.date(),
        "unitRetirementDetail": None,
        "unitRetirementBeneficiary": None,
        "unitRetirementBeneficiaryId": None,
        "unitLink": f"{exporter.root}/en/credits/{serial}",
        "unitMetric": _METRIC,
        "unitCurrentOwner": None,
        "unitItmosReferenceId": _itmo(row, numbers),
        "cadTrustIssuanceId": exporter.key(
            "issuance", transaction_number(exporter.code, row.transaction_id)
        ),
    }


def _itmo(row: AnyRow, numbers: Range) -> str | None:
    if row.approach is None:
        return None
    units = Units(row.approach, row.party_registry, row.first_transferring)
    return str(itmo.identifier(units, numbers, row.vintage))


def _scopes(used: Any) -> list[int]:
    return sorted({one.sectoral_scope for one in used} - {None})


def _version(row: AnyRow) -> str:
    return f"{row.reference} Ver{row.version}"


def _use(exporter: Exporter, project: str, methodology: str) -> str:
    return exporter.key("project_methodology", f"{project}/{methodology}")


_MADE: Final[Mapping[str, Callable[[Session, Exporter], Iterator[Record]]]] = {
    "program": _programs,
    "methodology": _methodologies,
    "project": _projects,
    "project_methodology": _uses,
    "verification": _verifications,
    "location": _locations,
    "issuance": _issuances,
    "unit": _units,
}
