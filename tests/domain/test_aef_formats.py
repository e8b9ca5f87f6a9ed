"""The layouts of the Agreed Electronic Format."""

from datetime import date

from app.domain import aef_formats
from app.domain.aef_formats import CURRENT, DRAFT, Filling, Type, Word

COUNTS = {
    Word.SUBMISSION: 9,
    Word.AUTHORIZATIONS: 19,
    Word.ACTIONS: 27,
    Word.HOLDINGS: 16,
    Word.ENTITIES: 8,
}
#: The labels of decision 4/CMA.6, annex II, at the ends and in the midst of each table.
PLACES = {
    (Word.SUBMISSION, 0): "Party",
    (Word.SUBMISSION, 8): (
        "Reference to the Article 6 technical expert review report of the initial report"
    ),
    (Word.AUTHORIZATIONS, 3): "Version of the authorization",
    (Word.AUTHORIZATIONS, 17): "First transfer definition for OIMP",
    (Word.ACTIONS, 0): "Action date",
    (Word.ACTIONS, 15): "Quantity (t CO2 eq)",
    (Word.ACTIONS, 24): "Calendar year for which the ITMOs are used towards the Party's NDC",
    (Word.ACTIONS, 26): "Additional explanatory information",
    (Word.HOLDINGS, 15): "Vintage",
    (Word.ENTITIES, 0): "Date of the authorization",
    (Word.ENTITIES, 3): "Identification number",
}


def test_the_current_layout_has_five_tables_and_79_fields_in_their_order() -> None:
    assert {table.word: len(table.fields) for table in CURRENT.tables} == COUNTS
    assert [table.word for table in CURRENT.tables] == list(Word)
    for (word, place), label in PLACES.items():
        assert CURRENT.table(word).fields[place].label.en == label
    keys = [field.trust_key for table in CURRENT.tables for field in table.fields]
    assert len(set(keys)) == sum(COUNTS.values())
    assert "aefT2AuthorizationsAuthoziedEntityId" in keys


def test_holdings_say_of_units_what_actions_say() -> None:
    acted = CURRENT.table(Word.ACTIONS).fields[3:19]
    held = CURRENT.table(Word.HOLDINGS).fields
    assert [field.name for field in acted] == [field.name for field in held]


def test_five_cells_are_filled_by_the_central_platform() -> None:
    platform = [
        field.name
        for table in CURRENT.tables
        for field in table.fields
        if field.filling is Filling.PLATFORM
    ]
    assert platform == [
        *("ReviewStatusOfInitialReport", "ResultOfConsistencyCheck", "ReferenceToTerReport"),
        *("AuthorizationDocumentation", "ResultOfConsistencyChecks"),
    ]
    for table in CURRENT.tables:
        for field in table.fields:
            assert (field.condition is None) is (field.filling is not Filling.CONDITIONAL)


def test_the_draft_of_2022_has_three_tables_and_a_conversion_factor() -> None:
    assert [len(table.fields) for table in DRAFT.tables] == [2, 26, 19]
    names = [field.name for field in DRAFT.table(Word.ACTIONS).fields]
    assert names[:19] == [field.name for field in DRAFT.table(Word.HOLDINGS).fields]
    place = DRAFT.table(Word.ACTIONS).place("ConversionFactor")
    assert DRAFT.table(Word.ACTIONS).fields[place].label.en == "Conversion factor (reporting Party)"
    assert DRAFT.table(Word.ACTIONS).fields[25].label.en == "First transfer"


def test_a_layout_is_asked_for_from_the_day_of_its_decision() -> None:
    assert aef_formats.at(date(2024, 11, 22)) is DRAFT
    assert aef_formats.at(date(2024, 11, 23)) is CURRENT
    assert aef_formats.at(date(2021, 1, 1)) is DRAFT
    assert aef_formats.find("4cma6") is CURRENT
    assert aef_formats.find("next") is None
    assert CURRENT.table(Word.ACTIONS).fields[0].type is Type.DATETIME
