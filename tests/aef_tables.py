"""A small year of annual information in which everything agrees, to be altered by tests.

Japan acquired numbers 1 to 100 from Viet Nam in March 2025, used 1 to 30 in June, cancelled 31 to
40 for overall mitigation and 41 to 45 for CORSIA, and holds the rest; 201 to 220 it held before.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from app.domain import aef
from app.domain.aef_editions import FIRST, Row, Value
from app.domain.aef_formats import CURRENT, Word
from app.domain.aef_sources import Approach, Limits, Listed, Past
from app.domain.aef_states import State
from app.domain.authorizations import Change
from app.domain.nomenclature import (
    ActionType,
    CancelledFor,
    Definition,
    Metric,
    MitigationType,
    Purpose,
    Subtype,
)

APPROACH = SimpleNamespace(code="CA0004", definition=Definition.USE_OR_CANCELLATION)
VERSION = {
    "identifier": "JPN-2022-1",
    "number": 1,
    "change": Change.GRANT,
    "authorized_on": date(2022, 1, 1),
    "effective_on": date(2022, 1, 1),
    "quantity": 1_000,
    "metric": Metric.GHG,
    "gwp": "AR5",
    "non_ghg_metric": None,
    "sectors": "Energy generation\nWaste management",
    "activities": "Solar",
    "purpose": Purpose.NDC_AND_IMP,
    "parties": "VNM JPN",
    "oimp": "CORSIA",
    "timeframe_first": 2021,
    "timeframe_last": 2030,
    "terms": "As agreed",
    "note": "",
}
ENTITY = {
    "name": "Aoba Energy",
    "country": "JPN",
    "number": "1234567890123",
    "conditions": "",
    "change_conditions": "",
    "note": "",
}
UNITS = {
    "approach": "CA0004",
    "identifier": "JPN-2022-1",
    "first_transferring": "VNM",
    "party_registry": "JPN01",
    "issued_first": 1,
    "underlying_registry": "JCM",
    "underlying_first": 1,
    "metric": Metric.GHG,
    "gwp": None,
    "non_ghg_metric": None,
    "mitigation_type": MitigationType.REDUCTIONS,
    "vintage": 2023,
}
ACTION: dict[str, Any] = {
    "subtype": None,
    "counterparty": None,
    "cancelled_for": None,
    "using_party": None,
    "using_entity": None,
    "calendar_year": None,
    "note": "",
}


def version(**facts: Any) -> SimpleNamespace:
    """Return a version of the authorization, some of it otherwise."""
    return SimpleNamespace(**VERSION | facts)


def entity(**facts: Any) -> SimpleNamespace:
    """Return the authorized entity, some of it otherwise."""
    return SimpleNamespace(**ENTITY | facts)


def units(first: int, last: int, **facts: Any) -> SimpleNamespace:
    """Return numbers that are held."""
    return SimpleNamespace(first=first, last=last, **UNITS | facts)


def acted(month: int, kind: ActionType, first: int, last: int, **facts: Any) -> SimpleNamespace:
    """Return an action of 2025."""
    at = datetime(2025, month, 1, 12, 30, 15, 250_000, tzinfo=UTC)
    said = UNITS | ACTION | facts
    return SimpleNamespace(at=at, type=kind, first=first, last=last, **said)


def tables() -> dict[Word, list[Row]]:
    """Return the tables of the year."""
    cancelled = {"using_party": "JPN", "using_entity": "1234567890123"}
    done = (
        acted(3, ActionType.ACQUISITION, 1, 100, counterparty="VNM"),
        acted(6, ActionType.USE, 1, 30, calendar_year=2025, using_party="JPN"),
        acted(7, ActionType.VOLUNTARY_CANCELLATION, 31, 40, subtype=Subtype.VOLUNTARY_OMGE),
        acted(
            *(8, ActionType.VOLUNTARY_CANCELLATION, 41, 45),
            subtype=Subtype.OTHER_CANCELLATION,
            cancelled_for=CancelledFor.IMP,
            **cancelled,
        ),
    )
    return {
        Word.SUBMISSION: [
            aef.submission(
                party="JPN",
                year=2025,
                version=FIRST,
                submitted_on=date(2026, 3, 31),
                ndc_years=(2021, 2030),
            )
        ],
        Word.AUTHORIZATIONS: [aef.authorization(version(), APPROACH, ["1234567890123"])],
        Word.ACTIONS: [aef.action(one) for one in done],
        Word.HOLDINGS: [aef.holding(units(46, 100)), aef.holding(units(201, 220))],
        Word.ENTITIES: [aef.entity(entity(), date(2022, 1, 1), "CA0004")],
    }


def source(found: dict[Word, list[Row]], **known: Any) -> Listed:
    """Return tables with what is known beside them."""
    beside: dict[str, Any] = {
        "past": [Past("JPN01", 201, 220, State.HELD, is_first_transferred=True)],
        "limited": {"JPN-2022-1": Limits(2021, 2030, taken=20)},
        "known": {"CA0004": Approach(is_official=True, initial_report_on=date(2024, 12, 1))},
    }
    return Listed(found, **beside | known)


def cells(found: dict[Word, list[Row]]) -> Iterator[tuple[Word, int, str, Value]]:
    """Yield every cell: its table, row (from 1), field and value."""
    for table in CURRENT.tables:
        for place, row in enumerate(found[table.word], 1):
            for field, value in zip(table.fields, row, strict=True):
                yield table.word, place, field.name, value


def altered(word: Word, place: int, **values: Value) -> dict[Word, list[Row]]:
    """Return the tables with cells of one row changed, `/`, `&` and `-` in names left out."""
    found = tables()
    table = CURRENT.table(word)
    row = list(found[word][place - 1])
    for name, value in values.items():
        row[[_plain(field.name) for field in table.fields].index(_plain(name))] = value
    found[word][place - 1] = tuple(row)
    return found


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum())
