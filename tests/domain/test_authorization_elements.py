"""The fourteen elements of an authorization: what cannot stand is refused at its field."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.article6_errors import (
    EffectiveTooEarly,
    EndsBeforeItBegins,
    MalformedAuthorization,
    MalformedItmoRegistry,
    MalformedParties,
    NotApplicable,
    TooManyEntities,
    VintageTooEarly,
    YearsReversed,
)
from app.domain.authorization_elements import (
    ENTITIES_MAX,
    IDENTIFIER_MAX,
    LINE_MAX,
    TEXT_MAX,
    Elements,
    Entity,
    identifier,
    refusals,
)
from app.domain.errors import Refusal, Required, TooLong, UnknownChoice
from app.domain.nomenclature import Definition, Metric, Purpose

ENTITY = Entity("Aoba Energy", "JPN", "1234567890123")
SAID = Elements(
    authorized_on=date(2026, 1, 5),
    effective_on=date(2026, 2, 1),
    purpose=Purpose.NDC_AND_OIMP,
    sectors=("Energy generation",),
    definition=Definition.ISSUANCE,
    oimp="CORSIA",
    entities=(ENTITY,),
)


def found(said: Elements, *, is_blanket: bool = False) -> list[tuple[type[Refusal], str]]:
    return [
        (type(one), one.field)
        for one in refusals(said, is_blanket=is_blanket, known_projects=["VN004"])
    ]


def test_what_is_complete_is_refused_nothing() -> None:
    assert found(SAID) == []
    assert found(replace(SAID, definition=None), is_blanket=True) == []
    assert found(replace(SAID, purpose=Purpose.NDC, definition=None, oimp=None)) == []


def test_each_element_is_checked_at_its_field() -> None:
    many = tuple(replace(ENTITY, number=str(place)) for place in range(ENTITIES_MAX + 1))
    for changes, refusal, field in (
        ({"effective_on": date(2026, 1, 4)}, EffectiveTooEarly, "effective_on"),
        ({"use_until": date(2026, 1, 31)}, EndsBeforeItBegins, "use_until"),
        ({"oimp": None}, Required, "oimp"),
        ({"definition": None}, Required, "definition"),
        ({"purpose": Purpose.NDC, "definition": None}, NotApplicable, "oimp"),
        ({"purpose": Purpose.NDC, "oimp": None}, NotApplicable, "definition"),
        ({"vintage_first": 2030, "vintage_last": 2021}, YearsReversed, "vintage_last"),
        ({"timeframe_first": 2030, "timeframe_last": 2021}, YearsReversed, "timeframe_last"),
        ({"timeframe_first": 2030}, Required, "timeframe_last"),
        ({"vintage_first": 2020}, VintageTooEarly, "vintage_first"),
        ({"sectors": ()}, Required, "sectors"),
        ({"sectors": ("Magic",)}, UnknownChoice, "sectors"),
        ({"activities": ("Magic",)}, UnknownChoice, "activities"),
        ({"projects": ("VN005",)}, UnknownChoice, "projects"),
        ({"parties": ("JPN", "JP")}, MalformedParties, "parties"),
        ({"party_registry": "JPN1"}, MalformedItmoRegistry, "party_registry"),
        ({"underlying_registry": "XX"}, UnknownChoice, "underlying_registry"),
        ({"metric": Metric.NON_GHG}, Required, "non_ghg_metric"),
        ({"non_ghg_metric": "MWh"}, NotApplicable, "non_ghg_metric"),
        ({"is_confidential": True}, Required, "confidential_basis"),
        ({"confidential_basis": "2/CMA.3"}, NotApplicable, "confidential_basis"),
        ({"gwp": "x" * (LINE_MAX + 1)}, TooLong, "gwp"),
        ({"terms": "x" * (TEXT_MAX + 1)}, TooLong, "terms"),
        ({"entities": (replace(ENTITY, name=""),)}, Required, "entity_1_name"),
        (
            {"entities": (ENTITY, replace(ENTITY, country="JP"))},
            MalformedParties,
            "entity_2_country",
        ),
        ({"entities": many}, TooManyEntities, "entities"),
    ):
        assert found(replace(SAID, **changes)) == [(refusal, field)], changes


def test_identifiers_hold_what_the_report_takes() -> None:
    assert identifier("  JPN　2025-1 ") == "JPN 2025-1"
    for typed, refusal in (
        ("", Required),
        (" \0", MalformedAuthorization),
        ("JPN/2025", MalformedAuthorization),
        ("承認1", MalformedAuthorization),
        ("new", MalformedAuthorization),
        ("x" * (IDENTIFIER_MAX + 1), TooLong),
    ):
        with pytest.raises(refusal) as caught:
            identifier(typed)
        assert caught.value.field == "identifier"


def test_lists_are_recorded_as_the_columns_keep_them() -> None:
    said = replace(SAID, parties=("JPN", "CHE"), sectors=("Transportation", "Waste management"))
    columns = said.columns()
    assert (columns["parties"], columns["sectors"]) == (
        *("JPN CHE", "Transportation\nWaste management"),
    )
    assert "entities" not in columns
