"""The worker's rounds: letters carried for each registry apart, slower while one is not there."""

import time as clock
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.registry import peers
from app.registry.couriers import Unreachable
from app.registry.letters import Letter
from app.registry.rounds import PAUSE, Rounds, last_night, wait
from app.registry.seals import Seal
from app.store.tables import ExchangeMessage, PeerIssuance, Reconciliation
from tests.exchanging import Direct, Side, Two, two
from tests.world import ITMO_PROJECT, NOW

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def both() -> Generator[Two, None, None]:
    with two("sqlite", "postgresql") as made:
        yield made


@dataclass
class Away(Direct):
    """A line on which one registry is never there."""

    who: str = "https://vn.example"
    tried: list[float] = field(default_factory=list)

    def post(self, letter: Letter) -> tuple[bytes, bytes]:
        if letter.url == self.who:
            self.tried.append(clock.monotonic())
            raise Unreachable
        return super().post(letter)


def rounds(side: Side, line: Direct) -> Rounds:
    return Rounds(side.database, side.desk, TOKYO, side.now, lambda: line)


def viet_nam(session: Session) -> None:
    peers.connect(
        session,
        "JP",
        "VN",
        party="VNM",
        name_en="Registry of Viet Nam",
        name_ja="ベトナム登録簿",
        url="https://vn.example",
        key=Seal("33" * 32).public.hex(),
        now=NOW,
    )


def test_pauses_double_up_to_a_minute() -> None:
    assert [wait(failures) for failures in (0, 1, 2, 3, 20)] == [PAUSE, 0.25, 0.5, 1.0, 60.0]


def test_a_night_begins_at_two_where_the_registry_is() -> None:
    for now, night in (
        (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), datetime(2026, 11, 22, 2, tzinfo=TOKYO)),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=TOKYO)),
    ):
        assert last_night(now, TOKYO) == night


def test_one_round_tells_announces_and_names_who_was_not_there(both: Two) -> None:
    japan, mongolia = both.japan, both.mongolia
    japan.issue(100)
    japan.issue(10, project=ITMO_PROJECT)
    japan.send(mongolia.cast.kaede, 30)
    japan.database.write(viet_nam)
    line = Away(mongolia)
    assert rounds(japan, line).once() == ["VN"]
    assert (japan.held(), mongolia.held()) == (80, 30)
    with mongolia.database.reading() as session:
        assert session.scalars(select(PeerIssuance.quantity)).all() == [100]
    japan.database.write(lambda session: peers.suspend(session, "VN", reason="x", now=NOW))
    assert rounds(japan, line).once() == []
    assert len(line.tried) == 1


def test_each_night_a_reconciliation_begins_once(both: Two) -> None:
    japan, line = both.japan, Direct(both.mongolia)
    first, second = rounds(japan, line), rounds(japan, line)
    japan.issue(10)
    for days, begun in ((0, 0), (1, 1), (0, 1), (1, 2)):
        japan.moment[0] += timedelta(days=days)
        first.once()
        second.once()
        with japan.database.reading() as session:
            ours = select(func.count()).where(Reconciliation.is_ours)
            assert session.scalar(ours.where(Reconciliation.peer_id.is_not(None))) == begun
            assert session.scalar(ours.where(Reconciliation.peer_id.is_(None))) == begun


def test_a_registry_that_is_not_there_holds_up_no_other(both: Two) -> None:
    japan, mongolia = both.japan, both.mongolia
    japan.database.write(viet_nam)
    japan.issue(10, project=ITMO_PROJECT)
    line, stopped = Away(mongolia), Event()
    running = Thread(target=rounds(japan, line).run, args=(stopped,))
    running.start()
    try:
        japan.issue(100)
        japan.send(mongolia.cast.kaede, 30)
        until(lambda: mongolia.held() == 30)
        until(lambda: len(line.tried) >= 3)
    finally:
        stopped.set()
        running.join()
    gaps = [later - earlier for earlier, later in zip(line.tried, line.tried[1:], strict=False)]
    assert gaps[1] > gaps[0] >= 0.25
    with japan.database.reading() as session:
        unanswered = select(func.count()).where(ExchangeMessage.answer.is_(None))
        assert session.scalar(unanswered) == 1


def until(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        clock.sleep(0.05)
    raise AssertionError("it did not come to that")
