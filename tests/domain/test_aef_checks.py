"""The pre-check as a whole."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain import aef_checks, aef_editions
from app.domain.aef_editions import Head, Line, Row, Value
from app.domain.aef_findings import Rule
from app.domain.aef_formats import CURRENT, Word
from tests import aef_tables

HEAD = Head(CURRENT.word, "JPN", 2025, "1.0")
CELLS = list(aef_tables.cells(aef_tables.tables()))
_values = st.none() | st.integers(-5, 3_000) | st.text("AN012/-. ", max_size=6)
#: Fields of which the pre-check alone notices any other value that could stand there.
WATCHED = (
    (Word.ACTIONS, 1, "FirstID", 2),
    (Word.ACTIONS, 1, "LastID", 99),
    (Word.ACTIONS, 2, "LastID", 29),
    (Word.ACTIONS, 2, "ActionType", "Acquisition"),
    (Word.ACTIONS, 2, "PartyITMORegistryID", "JPN02"),
    (Word.ACTIONS, 3, "CooperativeApproachID", "CA0005"),
    (Word.ACTIONS, 4, "AuthorizationID", "JPN-2022-2"),
    (Word.HOLDINGS, 1, "FirstID", 47),
    (Word.HOLDINGS, 2, "PartyITMORegistryID", "JPN02"),
    (Word.HOLDINGS, 2, "QuantityCO2", 19),
    (Word.AUTHORIZATIONS, 1, "CooperativeApproachID", "CA0005"),
    (Word.ENTITIES, 1, "AuthorizedEntityID", "2"),
)


def digest(found: dict[Word, list[Row]]) -> bytes:
    lines: list[Line] = [(word, row) for word, rows in found.items() for row in rows]
    return aef_editions.digest(HEAD, CURRENT, lines)


@given(st.sampled_from(CELLS), _values)
def test_altering_any_single_cell_makes_the_pre_check_or_the_digest_complain(
    cell: tuple[Word, int, str, Value], value: Value
) -> None:
    word, place, name, before = cell
    if value == before:
        return
    found = aef_tables.altered(word, place, **{name: value})
    # Whatever stands in the cell, the pre-check comes to an end.
    list(aef_checks.check(aef_tables.source(found)))
    assert digest(found) != digest(aef_tables.tables())


def test_the_pre_check_alone_notices_what_other_cells_depend_on() -> None:
    for word, place, name, value in WATCHED:
        found = aef_tables.altered(word, place, **{name: value})
        assert list(aef_checks.check(aef_tables.source(found))), (word, name)


def test_a_row_with_a_cell_that_cannot_be_read_is_told_of_once() -> None:
    found = aef_tables.altered(Word.ACTIONS, 3, Vintage="many")
    findings = list(aef_checks.check(aef_tables.source(found)))
    assert [one.rule for one in findings] == [Rule.TYPE, Rule.DIFFERENT]
    assert {(one.table, one.row, one.field) for one in findings} == {(Word.ACTIONS, 3, "Vintage")}


def test_nothing_is_compared_with_a_submission_that_cannot_be_read() -> None:
    found = aef_tables.altered(Word.SUBMISSION, 1, ReportedYear=None)
    findings = list(aef_checks.check(aef_tables.source(found)))
    assert [one.rule for one in findings] == [Rule.REQUIRED]
