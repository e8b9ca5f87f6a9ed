"""Actions and holdings read as streams, on both engines."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.domain.aef_sources import Past
from app.domain.aef_states import State
from app.domain.ledger import Kind
from app.domain.nomenclature import ActionType, Purpose, Subtype
from app.domain.serials import Range
from app.store import aef_streams
from tests import article6
from tests.reporting import BEGIN, Play
from tests.world import World

START = datetime(2025, 1, 1, tzinfo=UTC)
END = datetime(2026, 1, 1, tzinfo=UTC)


def played(stage: Session, cast: World) -> Play:
    """Acquire 1 to 100; retire 1 to 10 and later 11 to 15; issue 101 to 120 the year after."""
    play = Play(stage, cast)
    play.authorize()
    play.issue(100)
    play.wait(10)
    play.move(Kind.RETIREMENT, 10)
    play.wait(300)
    play.move(Kind.RETIREMENT, 5)
    play.wait(10)
    play.issue(20)
    return play


def test_actions_by_number_bear_the_place_they_have_by_time(stage: Session, cast: World) -> None:
    play = played(stage, cast)
    connection = stage.connection()
    end = play.now.replace(year=2027)
    by_time = [row.id for row in aef_streams.actions(connection, START, end)]
    by_number = list(aef_streams.actions_by_number(connection, START, end))
    assert [(row.first, row.type.value, row.place) for row in by_number] == [
        (1, "acquisition", 1),
        (1, "use", 2),
        (11, "use", 3),
        (101, "acquisition", 4),
    ]
    assert [by_time[row.place - 1] for row in by_number] == [row.id for row in by_number]


def test_what_was_acted_on_before_is_told_by_where_it_stood(stage: Session, cast: World) -> None:
    played(stage, cast)
    connection = stage.connection()
    assert list(aef_streams.earlier(connection, START)) == []
    assert list(aef_streams.earlier(connection, END)) == [
        Past("JPN01", 1, 10, State.ENDED, is_first_transferred=True),
        Past("JPN01", 11, 100, State.HELD, is_first_transferred=True),
    ]
    assert aef_streams.taken(connection, START) == {}
    assert aef_streams.taken(connection, END) == {"JPN-2022-1": 100}


def test_what_went_to_another_party_is_not_held(stage: Session, cast: World) -> None:
    play = Play(stage, cast)
    version = play.authorize()
    units = article6.issued(stage, cast, play.approach, quantity=100, now=BEGIN)
    sent = Range(units.first + 20, units.first + 29)
    article6.action(stage, units, version, ActionType.ACQUISITION, counterparty="VNX", at=BEGIN)
    article6.action(
        *(stage, units, version, ActionType.TRANSFER),
        part=sent,
        counterparty="CHE",
        at=BEGIN.replace(month=6),
    )
    found = [(one.first, one.last) for one in aef_streams.held(stage.connection(), END)]
    assert found == [(1, 20), (31, 100)]
    before = aef_streams.held(stage.connection(), BEGIN.replace(month=5))
    assert [(one.first, one.last) for one in before] == [(1, 100)]


def test_a_holding_bears_the_authorization_with_which_it_began(stage: Session, cast: World) -> None:
    play = Play(stage, cast)
    own = article6.authorization(
        stage, cast, play.approach, identifier="JPN-A", purpose=Purpose.NDC
    )
    other = article6.authorization(stage, cast, play.approach, identifier="JPN-B")
    units = article6.issued(stage, cast, play.approach, quantity=10, now=BEGIN)
    facts = {"at": BEGIN, "subtype": Subtype.AUTHORIZATION}
    for version, part in ((own, Range(1, 4)), (other, Range(5, 8))):
        article6.action(stage, units, version, ActionType.FIRST_TRANSFER, part=part, **facts)
    found = [
        (one.first, one.last, one.identifier) for one in aef_streams.held(stage.connection(), END)
    ]
    assert found == [(1, 4, "JPN-A"), (5, 8, "JPN-B")]
    pairs = aef_streams.referred(stage.connection(), END, END.replace(year=2027))
    assert pairs == {(own.id, play.approach.id), (other.id, play.approach.id)}
