"""What the pre-check reads."""

from app.domain.aef_formats import Word
from app.domain.aef_sources import Past
from app.domain.aef_states import State
from tests import aef_tables


def test_rows_at_hand_come_in_the_order_of_their_numbers_with_their_places() -> None:
    found = aef_tables.tables()
    found[Word.ACTIONS].reverse()
    found[Word.HOLDINGS].reverse()
    past = [Past("JPN01", first, first, State.HELD, is_first_transferred=True) for first in (9, 2)]
    source = aef_tables.source(found, past=past)
    assert [one.place for one in source.actions_by_number()] == [3, 4, 2, 1]
    assert [one.place for one in source.holdings_by_number()] == [2, 1]
    assert [one.first for one in source.earlier()] == [2, 9]
    assert list(source.actions()) == found[Word.ACTIONS]


def test_a_number_that_cannot_be_read_does_not_stop_the_order() -> None:
    found = aef_tables.altered(Word.ACTIONS, 2, FirstID="one")
    places = [one.place for one in aef_tables.source(found).actions_by_number()]
    assert sorted(places) == [1, 2, 3, 4]
