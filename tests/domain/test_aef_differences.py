"""What changed between two editions: rows added, removed, or the cells that differ."""

from typing import Any, Final

from app.domain import aef_differences as rules
from app.domain.aef_differences import Difference
from app.domain.aef_editions import Line
from app.domain.aef_formats import CURRENT, Word
from tests.documents.test_aef_books import lines

_ACTIONS: Final = CURRENT.table(Word.ACTIONS)


def action(number: int, **cells: Any) -> Line:
    """Return an action with the ITMO of a number; other cells by technical name."""
    said = {"ActionDateTime": "2025-05-01T00:00:00.000Z", "ActionType": "Acquisition"}
    said |= {"FirstID": number, "LastID": number} | cells
    return Word.ACTIONS, [said.get(field.name) for field in _ACTIONS.fields]


def between(former: list[Line], later: list[Line]) -> Difference:
    return rules.between(lambda: former, lambda: later, rules.keys(CURRENT))


def test_nothing_changed_is_no_difference() -> None:
    found = between(lines(), lines())
    assert (list(found.changes), found.is_whole) == ([], True)


def test_rows_are_known_again_and_their_cells_compared() -> None:
    former = [action(1), action(2, Vintage=2022), action(3)]
    later = [action(2, Vintage=2023), action(3), action(4)]
    found = between(former, later)
    vintage = _ACTIONS.place("Vintage")
    said = [
        (one.old and one.old[_ACTIONS.place("FirstID")], one.new and one.new[7], one.cells)
        for one in found.changes
    ]
    first = _ACTIONS.place("FirstID")
    assert first == 7
    assert said == [(1, None, ()), (2, 2, (vintage,)), (None, 4, ())]
    assert (found.removed, found.added) == ({Word.ACTIONS: 2}, {Word.ACTIONS: 2})
    assert found.is_whole


def test_a_row_that_stands_twice_and_then_once_is_one_removed() -> None:
    found = between([action(1), action(1), action(2)], [action(2), action(1)])
    assert [(one.old is not None, one.new is not None) for one in found.changes] == [(True, False)]


def test_of_very_many_changes_some_are_shown_and_all_are_counted() -> None:
    count = rules.SHOWN_MAX + 100
    later = [action(number, Vintage=2022) for number in range(count)]
    found = between([action(number, Vintage=2021) for number in range(count)], later)
    assert len(found.changes) == rules.SHOWN_MAX
    assert (found.added[Word.ACTIONS], found.is_whole) == (count, False)


def test_changes_stand_in_the_order_of_the_tables() -> None:
    rows = lines()
    found = between([], [*reversed(rows)])
    assert [one.table for one in found.changes] == [word for word, _row in rows]
