"""The life of serial numbers: random ledgers against their model, pages of parts, cut trees."""

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from app.domain import lives as rules
from app.domain import serials
from app.domain.accounts import Kind
from app.domain.ledger import Kind as Movement
from app.domain.ledger import transaction_number
from app.domain.lives import Held, Part
from app.domain.serials import SERIAL_MAX, Range
from app.registry import certificates
from app.store import lives
from tests import world
from tests.simulation.play import Play
from tests.simulation.test_simulation import wander
from tests.stages import live
from tests.world import NOW, World

DAY = timedelta(days=1)


# Random ledgers


def test_random_ledgers_are_told_from_the_issuance_to_the_present(engine: str) -> None:
    chance = random.Random(5)
    with world.populated(engine) as (database, cast):
        play = Play(database, cast)
        wander(play, chance, 220)
        last = len(play.model.owner)
        ranges = [Range(1, last), Range(1, 1), Range(last, last)]
        for _ in range(25):
            first, other = sorted((chance.randint(1, last), chance.randint(1, last)))
            ranges.append(Range(first, other))
        with database.reading() as session:
            assert lives.issued(session) == last
            told = Counter[str]()
            for wanted in ranges:
                told += check(session, play, wanted)
    assert told["events"] > 200
    assert told["kinds"] > 60, "the ledgers are worth reading"


def check(session: Session, play: Play, wanted: Range) -> Counter[str]:
    """Assert that what is told of a range is what the model knows of each of its numbers."""
    parts = lives.parts(session, wanted, size=1_000)
    assert [part.numbers for part in parts] == serials_side_by_side(parts, wanted)
    kinds = {n: play.model.kinds[play.model.owner[n]] for n in numbers(wanted)}
    assert {n: part.kind.value for part in parts for n in numbers(part.numbers)} == kinds
    assert lives.totals(session, wanted) == rules.totals(parts) == Counter(kinds.values())
    rows = lives.life(session, wanted, size=10_000)
    check_events(play, rows, wanted)
    branches = rules.tree(rows, wanted)
    assert rules.is_whole(branches)
    leaves = sorted(one.numbers for one in rules.every(branches) if not one.branches)
    assert leaves == [part.numbers for part in parts]
    assert rules.brought(branches).keys() == {part.numbers.first for part in parts}
    drawn = rules.picture(rows, parts, lambda at: at.date())
    assert [(bar.numbers, bar.kind) for bar in drawn.lines[-1].bars] == [
        (part.numbers, part.kind) for part in parts
    ]
    return Counter(events=len(rules.events(rows, wanted)), kinds=len(set(kinds.values())))


def serials_side_by_side(parts: list[Part], wanted: Range) -> list[Range]:
    """Return the parts' numbers, having seen that they make up the range without gap or overlap."""
    found = [part.numbers for part in parts]
    assert (found[0].first, found[-1].last) == (wanted.first, wanted.last)
    assert all(one.last + 1 == other.first for one, other in pairwise(found))
    return found


def check_events(play: Play, rows: list[Held], wanted: Range) -> None:
    """Assert that each completed movement is told with those of its numbers that were asked for."""
    told = {
        event.movement.id: {n for part in event.ranges for n in numbers(part)}
        for event in rules.events(rows, wanted)
        if event.movement.kind is not Movement.ISSUANCE
    }
    expected = {
        identifier: set(moved.serials) & set(numbers(wanted))
        for identifier, moved in play.model.movements.items()
        if moved.status == "completed" and moved.kind != "issuance"
    }
    assert told == {identifier: moved for identifier, moved in expected.items() if moved}
    events = rules.events(rows, wanted)
    issued = [event for event in events if event.movement.kind is Movement.ISSUANCE]
    assert sum(event.quantity for event in issued) == wanted.quantity
    for event in events:
        moved = play.model.movements[event.movement.id]
        assert event.target == play.model.kinds[moved.target]
        source = None if moved.source is None else play.model.kinds[moved.source]
        assert event.movement.source == source


def numbers(wanted: Range) -> range:
    return range(wanted.first, wanted.last + 1)


# Pages of parts, and trees with an end


def divided(stage: Session, cast: World) -> None:
    """Issue a hundred to Aoba and take every fourth number away, one movement each."""
    world.issued(stage, cast, quantity=100)
    for at, first in enumerate(range(2, 100, 4)):
        world.moved(stage, cast, serials=[Range(first, first)], now=NOW + at * DAY)


def test_parts_come_page_by_page_from_either_end(stage: Session, cast: World) -> None:
    divided(stage, cast)
    every = lives.parts(stage, Range(1, 100), size=1_000)
    assert [part.numbers for part in every if part.numbers.quantity > 1] == live(stage, cast.aoba)[
        1:
    ]
    forwards: list[Part] = []
    while not forwards or forwards[-1].numbers.last < 100:
        begin = forwards[-1].numbers.last + 1 if forwards else 1
        forwards += lives.parts(stage, Range(begin, 100), size=7)
    backwards: list[Part] = []
    while not backwards or backwards[0].numbers.first > 1:
        end = backwards[0].numbers.first - 1 if backwards else 100
        backwards = lives.parts(stage, Range(1, end), size=7, from_end=True) + backwards
    assert forwards == backwards == every
    # What begins or ends inside a block is cut to what was asked for.
    middle = [part.numbers for part in lives.parts(stage, Range(4, 8), size=50)]
    assert middle == [Range(4, 5), Range(6, 6), Range(7, 8)]
    assert lives.parts(stage, Range(101, SERIAL_MAX), size=50) == []


def test_a_tree_that_is_cut_short_goes_on_from_where_it_was_cut(
    stage: Session, cast: World
) -> None:
    divided(stage, cast)
    wanted, leaves = Range(1, 100), list[Range]()
    waiting: list[tuple[Range, int | None]] = [(wanted, None)]
    turns = 0
    while waiting:
        asked, since = waiting.pop()
        rows = lives.life(stage, asked, since=since, size=9)
        assert len(rows) <= 9
        for branch in rules.every(rules.tree(rows, asked)):
            if branch.end.closed_by is None:
                leaves.append(branch.numbers)
            waiting += [(unread, branch.end.closed_by) for unread in branch.unread]
        turns += 1
    assert sorted(leaves) == [part.numbers for part in lives.parts(stage, wanted, size=1_000)]
    assert turns > 5
    assert lives.life(stage, Range(1, 1), since=10**9) == []


def test_too_many_parts_are_not_added_up(stage: Session, cast: World) -> None:
    divided(stage, cast)
    assert lives.totals(stage, Range(3, 90)) == {Kind.ENTITY: 88}
    assert lives.totals(stage, Range(1, 100), parts_max=20) is None
    assert lives.totals(stage, Range(1, 38), parts_max=20) == {Kind.ENTITY: 38}


def test_beneficiary_and_purpose_are_told_once_they_stand_on_a_certificate(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    cancelled = world.moved(stage, cast, Movement.VOLUNTARY_CANCELLATION, quantity=10)
    asked = Range(3, 3)
    newest = rules.events(lives.life(stage, asked), asked)[0].movement
    assert (newest.certificate, newest.beneficiary, newest.purpose) == ("", "", "")
    certificate = certificates.issue_for_transaction(
        stage,
        transaction_number("JP", cancelled),
        language="en",
        actor=cast.aoba_proposer,
        now=NOW,
    )
    stage.flush()
    newest = rules.events(lives.life(stage, asked), asked)[0].movement
    assert newest.certificate == certificate.number
    assert (newest.beneficiary, newest.purpose) == ("Kaede Trading", "Offset of a conference")


def test_every_question_probes_an_index(stage: Session, cast: World) -> None:
    divided(stage, cast)
    connection = stage.connection()
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:  # A small table is read whole for its size alone.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    values = {"low": 5, "high": 60, "size": 50, "transaction": 3}
    for question in (
        lives._FORWARDS,
        lives._BACKWARDS,
        lives._TOTALS,
        lives._LIFE,
        lives._LIFE_SINCE,
    ):
        prepared = question._on(connection)
        plan = "EXPLAIN " if on_postgresql else "EXPLAIN QUERY PLAN "
        cursor = connection.connection.cursor()
        cursor.execute(plan + prepared.text, prepared.bound(values))
        steps = "\n".join(str(row[-1]) for row in cursor.fetchall())
        for scan in (
            "Seq Scan on blocks",
            "Seq Scan on issuances",
            "SCAN blocks",
            "SCAN issuances",
        ):
            assert scan not in steps, steps
        assert "INDEX" in steps.upper(), steps
    assert (
        serials.quantity(part.numbers for part in lives.parts(stage, Range(5, 60), size=99)) == 56
    )
