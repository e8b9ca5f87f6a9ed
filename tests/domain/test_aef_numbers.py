"""The pre-check of numbers across tables and years."""

from typing import Any

from app.domain import aef, aef_numbers
from app.domain.aef_editions import Row
from app.domain.aef_findings import Rule
from app.domain.aef_formats import Word
from app.domain.aef_sources import Past
from app.domain.aef_states import State
from app.domain.nomenclature import ActionType, Subtype
from tests import aef_tables
from tests.aef_tables import acted, units

Found = set[tuple[Word, int | None, Rule, str]]


def findings(found: dict[Word, list[Row]], **known: Any) -> Found:
    source = aef_tables.source(found, **known)
    return {(one.table, one.row, one.rule, one.detail) for one in aef_numbers.check(source)}


def with_action(kind: ActionType, first: int, last: int, **facts: Any) -> Found:
    found = aef_tables.tables()
    found[Word.ACTIONS].append(aef.action(acted(11, kind, first, last, **facts)))
    return findings(found)


def test_opening_holdings_and_actions_give_the_closing_holdings() -> None:
    assert findings(aef_tables.tables()) == set()
    short = aef_tables.tables()
    short[Word.HOLDINGS] = [aef.holding(units(46, 99)), aef.holding(units(202, 220))]
    assert findings(short) == {
        (Word.ACTIONS, 1, Rule.MISSING, "100-100"),
        (Word.HOLDINGS, None, Rule.MISSING, "201-201"),
    }
    more = aef_tables.tables()
    more[Word.HOLDINGS] += [aef.holding(units(300, 301))]
    assert findings(more) == {(Word.HOLDINGS, 3, Rule.UNEXPLAINED, "300-301")}


def test_what_was_used_or_cancelled_is_not_held_and_never_acted_on_again() -> None:
    held = aef_tables.tables()
    held[Word.HOLDINGS][0] = aef.holding(units(45, 100))
    assert findings(held) == {(Word.HOLDINGS, 1, Rule.STILL_HELD, "45-45")}
    again = with_action(ActionType.CANCELLATION, 30, 31, subtype=Subtype.OTHER_CANCELLATION)
    assert again == {(Word.ACTIONS, 5, Rule.ENDED, "30-30")}
    before = [
        Past("JPN01", 1, 100, State.ENDED, is_first_transferred=True),
        Past("JPN01", 201, 220, State.HELD, is_first_transferred=True),
    ]
    earlier = findings(aef_tables.tables(), past=before)
    assert {rule for _word, _row, rule, _detail in earlier} == {Rule.ENDED, Rule.STILL_HELD}


def test_each_number_is_first_transferred_once_over_its_life() -> None:
    twice = with_action(ActionType.FIRST_TRANSFER, 50, 50, subtype=Subtype.ISSUANCE)
    assert twice == {(Word.ACTIONS, 5, Rule.FIRST_TRANSFER_TWICE, "50-50")}
    earlier = with_action(ActionType.FIRST_TRANSFER, 210, 210, subtype=Subtype.ISSUANCE)
    assert earlier == {(Word.ACTIONS, 5, Rule.FIRST_TRANSFER_TWICE, "210-210")}


def test_nothing_is_acquired_twice_or_used_before_it_is_held() -> None:
    acquired = with_action(ActionType.ACQUISITION, 60, 61, counterparty="VNM")
    assert acquired == {(Word.ACTIONS, 5, Rule.ACQUIRED_TWICE, "60-61")}
    used = with_action(ActionType.USE, 400, 400, calendar_year=2025)
    assert used == {(Word.ACTIONS, 5, Rule.NOT_HELD, "400-400")}


def test_holdings_of_one_registry_do_not_overlap() -> None:
    found = aef_tables.tables()
    found[Word.HOLDINGS].append(aef.holding(units(90, 95)))
    assert findings(found) == {(Word.HOLDINGS, 3, Rule.OVERLAP, "90-95")}
    # Another registry counts from 1 as well.
    found = aef_tables.tables()
    elsewhere = units(1, 5, party_registry="VNM01")
    found[Word.HOLDINGS].append(aef.holding(elsewhere))
    past = [
        Past("JPN01", 201, 220, State.HELD, is_first_transferred=True),
        Past("VNM01", 1, 5, State.HELD, is_first_transferred=True),
    ]
    assert findings(found, past=past) == set()


def test_rows_of_the_same_numbers_say_the_same_of_them() -> None:
    for name, value in (
        ("CooperativeApproachID", "CA0005"),
        ("FirstTransferringPartyID", "THA"),
        ("Metric", "non-GHG"),
        ("MitigationType", "Removals"),
        ("Vintage", 2024),
    ):
        for word, place in ((Word.HOLDINGS, 1), (Word.ACTIONS, 2)):
            found = findings(aef_tables.altered(word, place, **{name: value}))
            assert found == {(word, place, Rule.DIFFERENT, str(value))}


def test_a_row_is_told_of_once_however_many_pieces_break_the_rule() -> None:
    found = aef_tables.tables()
    found[Word.HOLDINGS] = [aef.holding(units(201, 220))]
    # Numbers 46 to 100 are missing, in one piece or in many.
    found[Word.ACTIONS] += [
        aef.action(acted(12, ActionType.USE, number, number, calendar_year=2025))
        for number in range(50, 60, 2)
    ]
    missing = [one for one in aef_numbers.check(aef_tables.source(found)) if one.row == 1]
    assert [one.rule for one in missing] == [Rule.MISSING]
