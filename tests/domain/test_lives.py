"""The life of serial numbers: trees of splits, what moved them, and the picture of it."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from app.domain import ledger, lives
from app.domain.accounts import Holding, Kind
from app.domain.lives import Held, Movement, Part
from app.domain.serials import Range

START = datetime(2026, 1, 1, tzinfo=UTC)
WHOLE = Range(1, 100)


def movement(place: int, *, after: int = 0) -> Movement:
    """Return the movement at a place of the chain, so many days after the start."""
    kind = ledger.Kind.ISSUANCE if place == 1 else ledger.Kind.TRANSFER
    source = None if place == 1 else Kind.ENTITY
    return Movement(place, kind, START + timedelta(days=after or place), place, source)


def block(
    first: int,
    last: int,
    by: int,
    closed: int | None = None,
    *,
    moved: bool = True,
    kind: Kind = Kind.ENTITY,
    after: int = 0,
) -> Held:
    return Held(Range(first, last), kind, movement(by, after=after), moved, closed)


#: Issued; 41 to 60 leave; of these 50 is retired; then the first ten are cancelled.
ROWS = [
    block(1, 100, 1, 2),
    block(1, 40, 2, 4, moved=False),
    block(41, 60, 2, 3),
    block(61, 100, 2, moved=False),
    block(41, 49, 3, moved=False),
    block(50, 50, 3, kind=Kind.RETIREMENT),
    block(51, 60, 3, moved=False),
    block(1, 10, 4, kind=Kind.VOLUNTARY_CANCELLATION),
    block(11, 40, 4, moved=False),
]
PARTS = [Part(held.range, held.kind, 1) for held in ROWS if held.closed_by is None]
PARTS.sort(key=lambda part: part.numbers)


def covering(wanted: Range) -> list[Held]:
    return [
        row for row in ROWS if row.range.first <= wanted.last and row.range.last >= wanted.first
    ]


def leaves(wanted: Range) -> list[Range]:
    found = lives.every(lives.tree(covering(wanted), wanted))
    return sorted(branch.numbers for branch in found if not branch.branches)


def test_the_tree_divides_where_the_blocks_did() -> None:
    (root,) = lives.tree(ROWS, WHOLE)
    assert [branch.numbers for branch in root.branches] == [
        Range(1, 40),
        Range(41, 60),
        Range(61, 100),
    ]
    assert leaves(WHOLE) == [part.numbers for part in PARTS]
    assert lives.is_whole([root])


def test_numbers_that_stay_together_are_one_branch_of_many_steps() -> None:
    for number, places in ((50, [1, 2, 3]), (5, [1, 2, 4]), (99, [1, 2])):
        (branch,) = lives.tree(covering(Range(number, number)), Range(number, number))
        assert [held.by.place for held in branch.steps] == places
        assert branch.branches == []
    assert [len(run) for run in branch.runs] == [1, 1], "it moved, then others were taken away"


def test_the_leaves_of_every_range_make_it_up() -> None:
    for first in range(1, 101, 7):
        for last in range(first, 101, 5):
            found = leaves(Range(first, last))
            assert (found[0].first, found[-1].last) == (first, last)
            assert all(one.last + 1 == other.first for one, other in pairwise(found))


def test_what_was_not_read_is_named_where_it_is_missing() -> None:
    (root,) = lives.tree(ROWS[:5], WHOLE)
    unread = {
        number: branch.end.closed_by for branch in lives.every([root]) for number in branch.unread
    }
    assert unread == {Range(1, 40): 4, Range(50, 60): 3}
    assert not lives.is_whole([root])


def test_events_are_what_moved_the_numbers_and_how_many_of_them() -> None:
    wanted = Range(8, 55)
    found = lives.events(covering(wanted), wanted)
    assert [(event.movement.place, event.quantity, event.target) for event in found] == [
        (4, 3, Kind.VOLUNTARY_CANCELLATION),
        (3, 1, Kind.RETIREMENT),
        (2, 15, Kind.ENTITY),
        (1, 48, Kind.ENTITY),
    ]
    assert found[2].ranges == [Range(41, 55)]


def test_each_part_knows_what_brought_it_where_it_is() -> None:
    brought = lives.brought(lives.tree(ROWS, WHOLE))
    places = {first: by.place for first, by in brought.items()}
    assert places == {1: 4, 11: 1, 41: 2, 50: 3, 51: 2, 61: 1}


def test_parts_add_up_by_kind_and_have_a_state() -> None:
    assert lives.totals(PARTS) == {
        Kind.VOLUNTARY_CANCELLATION: 10,
        Kind.ENTITY: 89,
        Kind.RETIREMENT: 1,
    }
    assert [part.state for part in PARTS].count(Holding.RETIRED) == 1


def test_the_picture_has_a_line_for_each_day_and_each_line_is_full() -> None:
    drawn = lives.picture(ROWS, PARTS, lambda at: at.date())
    assert drawn.period == "day"
    assert [len(line.bars) for line in drawn.lines] == [1, 3, 5, 6]
    for line in drawn.lines:
        assert line.bars[0].begin == 0
        assert abs(sum(bar.width for bar in line.bars) - 100) < 1e-6
        assert min(bar.width for bar in line.bars) > 1, "one tonne among a hundred is seen"
    assert not drawn.is_to_scale
    assert not drawn.is_cut
    assert drawn.kinds == [Kind.ENTITY, Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION]


def test_many_days_are_put_together_and_the_oldest_left_out() -> None:
    def moving(times: int, days: int) -> lives.Picture:
        """Draw one number that moves so many times, so many days apart."""
        rows = [block(1, 1, at + 1, at + 2, after=at * days + 1) for at in range(times)]
        rows.append(block(1, 1, times + 1, after=times * days + 1))
        return lives.picture(rows, [Part(Range(1, 1), Kind.ENTITY, 1)], lambda at: at.date())

    assert (moving(11, 1).period, len(moving(11, 1).lines)) == ("day", 12)
    by_month = moving(40, 8)
    assert (by_month.period, len(by_month.lines)) == ("month", 11)
    by_year = moving(30, 300)
    assert (by_year.period, by_year.is_cut, len(by_year.lines)) == ("year", True, lives.LINES_MAX)
    assert by_year.lines[-1].day == date(2050, 1, 1)
    assert all(len(line.bars) == 1 for line in by_year.lines)
