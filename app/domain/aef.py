"""Rows of the Agreed Electronic Format: what each cell says of an authorization, action or block.

A row holds its cells in the order of the table's fields (app.domain.aef_formats): texts, whole
numbers, or nothing. A conditional cell that does not apply says NA; what the central platform fills
is left empty. The rows read are those of app.store.aef, by the names of its columns.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

from app.domain import places
from app.domain.aef_editions import Line, Row, Value, Version
from app.domain.aef_formats import CURRENT, DIVIDER, NOT_APPLICABLE, Word
from app.domain.authorizations import Change
from app.domain.itmo import Identifier
from app.domain.nomenclature import LABELS, ActionType, CancelledFor, Metric, Purpose
from app.domain.serials import Range

#: Which purpose of an authorization a use or cancellation is reported under.
_PURPOSES: Final = {
    CancelledFor.IMP: LABELS[Purpose.IMP],
    CancelledFor.OP: LABELS[Purpose.OP],
}
_PARTED: Final = frozenset({ActionType.FIRST_TRANSFER, ActionType.TRANSFER})
_CHANGED: Final = {
    Change.CHANGE: "Changed with effect from {}.",
    Change.REVOCATION: "Revoked with effect from {}.",
}


def day(when: date) -> str:
    """Return a day as the format writes it."""
    return f"{when:%d/%m/%Y}"


def moment(when: datetime) -> str:
    """Return a time as the format writes it, in UTC with milliseconds."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def submission(
    *, party: str, year: int, version: Version, submitted_on: date, ndc_years: tuple[int, int]
) -> Row:
    """Return the row of table 1."""
    return (party, str(version), year, day(submitted_on), None, None, *ndc_years, None)


def authorization(said: Any, approach: Any, entities: Sequence[str]) -> Row:
    """Return the row of a version of an authorization for one approach.

    Args:
        said: the version, with the identifier of the authorization.
        approach: the approach, whose definition of first transfers is told.
        entities: the identification numbers of the authorized entities.
    """
    other = said.purpose.covers_other
    return (
        said.identifier,
        day(said.authorized_on),
        approach.code,
        said.number,
        said.quantity,
        LABELS[said.metric],
        said.gwp or None,
        said.non_ghg_metric if said.metric is Metric.NON_GHG else NOT_APPLICABLE,
        _listed(said.sectors.splitlines()),
        _listed(said.activities.splitlines()),
        LABELS[said.purpose],
        _listed(said.parties.split()),
        _listed(entities),
        (said.oimp or None) if other else NOT_APPLICABLE,
        _timeframe(said.timeframe_first, said.timeframe_last),
        said.terms or None,
        None,
        _label(approach.definition) if other else NOT_APPLICABLE,
        _explained(said),
    )


def entity(said: Any, authorized_on: date, approach: str) -> Row:
    """Return the row of an authorized entity for one approach."""
    return (
        day(authorized_on),
        said.name,
        said.country,
        said.number,
        approach,
        said.conditions or None,
        said.change_conditions or None,
        said.note or None,
    )


def action(done: Any) -> Row:
    """Return the row of an action with a range of ITMOs."""
    kind, purpose = done.type, _PURPOSES.get(done.cancelled_for, NOT_APPLICABLE)
    is_other = purpose != NOT_APPLICABLE
    return (
        moment(done.at),
        LABELS[kind],
        _label(done.subtype),
        *holding(done),
        done.counterparty if kind is ActionType.ACQUISITION else NOT_APPLICABLE,
        (done.counterparty or NOT_APPLICABLE) if kind in _PARTED else NOT_APPLICABLE,
        purpose,
        (done.using_party or NOT_APPLICABLE) if is_other else NOT_APPLICABLE,
        done.using_entity or NOT_APPLICABLE,
        done.calendar_year if kind is ActionType.USE else NOT_APPLICABLE,
        None,
        done.note or None,
    )


def holding(held: Any) -> Row:
    """Return the row of a range of ITMOs that is held; an action says the same of its range."""
    is_ghg = held.metric is Metric.GHG
    quantity = held.last - held.first + 1
    return (
        held.approach,
        held.identifier,
        held.first_transferring,
        held.party_registry,
        places.counted(held.first),
        places.counted(held.last),
        *_underlying(held, quantity),
        LABELS[held.metric],
        held.gwp or None,
        NOT_APPLICABLE if is_ghg else held.non_ghg_metric,
        quantity,
        # The ledger counts tonnes, and nothing says what they are in another metric.
        NOT_APPLICABLE if is_ghg else None,
        LABELS[held.mitigation_type],
        held.vintage,
    )


def _underlying(held: Any, quantity: int) -> tuple[Value, Value, Value]:
    registry = held.underlying_registry or NOT_APPLICABLE
    if held.underlying_first is None:
        return registry, NOT_APPLICABLE, NOT_APPLICABLE
    first = held.underlying_first + held.first - held.issued_first
    return registry, first, first + quantity - 1


def _label(word: StrEnum | None) -> str | None:
    return None if word is None else LABELS[word]


def _listed(values: Iterable[str]) -> str | None:
    return DIVIDER.join(values) or None


def _timeframe(first: int | None, last: int | None) -> str | None:
    return None if first is None or last is None else f"{first:04d} - {last:04d}"


def _explained(said: Any) -> str | None:
    changed = _CHANGED.get(said.change, "").format(day(said.effective_on))
    return " ".join(part for part in (changed, said.note) if part) or None


# The draft of 2022, made of the same rows

#: The sectors of the draft, as far as those of the nomenclature lie within one of them.
_DRAFT_SECTORS: Final = {
    "Agriculture": "AFOLU",
    "Forestry and land use": "AFOLU",
    "Energy generation": "Energy",
    "Transportation": "Energy",
    "Industrial processes": "IPPU",
    "Waste management": "Waste",
}
_NAMES: Final = {
    table.word: tuple(field.name for field in table.fields) for table in CURRENT.tables
}
_Cells = dict[str, Value]


def drafted(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the rows of the current format as those of the draft of 2022, in the same order.

    The draft has no tables of authorizations and entities: what it says of them stands in the rows
    of actions and holdings.
    """
    authorizations: dict[tuple[Value, Value], _Cells] = {}
    for word, row in lines:
        cells = dict(zip(_NAMES[word], row, strict=True))
        if word is Word.SUBMISSION:
            yield word, (cells["ParticipatingParty"], cells["ReportedYear"])
        elif word is Word.AUTHORIZATIONS:
            authorizations[_authorized(cells)] = cells
        elif word is not Word.ENTITIES:
            said = authorizations.get(_authorized(cells), {})
            acted = _drafted_action(cells) if word is Word.ACTIONS else ()
            yield word, (*_drafted_units(cells, said), *acted)


def _authorized(cells: _Cells) -> tuple[Value, Value]:
    return cells["AuthorizationID"], cells["CooperativeApproachID"]


def _drafted_units(cells: _Cells, said: _Cells) -> Row:
    return (
        None,
        cells["CooperativeApproachID"],
        _identified(cells, cells["FirstID"]),
        _identified(cells, cells["LastID"]),
        cells["UnderlyingUnitFirstUnitID"],
        cells["UnderlyingUnitLastUnitID"],
        cells["Metric"],
        cells["QuantityCO2"] if cells["Metric"] == LABELS[Metric.GHG] else cells["QuantityNon-GHG"],
        cells["QuantityCO2"],
        NOT_APPLICABLE,
        cells["FirstTransferringPartyID"],
        cells["Vintage"],
        _drafted_sectors(said.get("Sectors")),
        said.get("ActivityType"),
        said.get("DateOfAuthorization"),
        cells["AuthorizationID"],
        _drafted_purpose(said.get("PurposeForAuthorization")),
        said.get("OIMPAuthorized"),
        said.get("FirstTransferDefnForOIMP"),
    )


def _identified(cells: _Cells, number: Value) -> str:
    """Return the whole identifier of one number."""
    assert isinstance(number, int)
    return str(
        Identifier(
            str(cells["CooperativeApproachID"]),
            str(cells["PartyITMORegistryID"]),
            str(cells["FirstTransferringPartyID"]),
            Range(number, number),
            int(cells["Vintage"] or 0),
        )
    )


def _drafted_sectors(sectors: Value) -> Value:
    named = str(sectors).split(DIVIDER) if sectors else []
    return _listed(dict.fromkeys(_DRAFT_SECTORS.get(name, name) for name in named))


def _drafted_purpose(purpose: Value) -> Value:
    """Return a purpose as the draft knows it: it does not part OIMP further."""
    parts = [
        LABELS[Purpose.OIMP] if part in _PURPOSES.values() else part
        for part in str(purpose or "").split(" and ")
    ]
    return " and ".join(parts) or None


def _drafted_action(cells: _Cells) -> Row:
    is_cancelled = "ancellation" in f"{cells['ActionType']} {cells['ActionSubtype']}"
    using = [cells["Using/cancellingPartyID"], cells["Using/cancellingEntityID"]]
    return (
        cells["ActionDateTime"],
        cells["ActionType"],
        cells["TransferringPartyID"],
        cells["AcquiringPartyID"],
        cells["ActionSubtype"] if is_cancelled else NOT_APPLICABLE,
        _listed(str(who) for who in using if who not in (None, NOT_APPLICABLE)) or NOT_APPLICABLE,
        "Yes" if cells["ActionType"] == LABELS[ActionType.FIRST_TRANSFER] else "No",
    )
