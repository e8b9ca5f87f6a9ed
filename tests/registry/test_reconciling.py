"""Two registries compare what either holds of the other: sums, ranges, histories (H 300 on)."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import chain, reconciliation
from app.domain.exchange import Message
from app.domain.exchange_errors import MessageRejected
from app.domain.reconciliation import Stage
from app.domain.reconciliation_errors import ReconciliationUnderWay
from app.domain.serials import Range
from app.registry import resolutions
from app.registry.exchange import LISTENERS, REPLIES
from app.registry.letters import Letter
from app.store import accounts, peers
from app.store.tables import ExchangeMessage
from tests import world
from tests.exchanging import Two, two
from tests.reconciling import (
    alter,
    barred,
    bars_of,
    begin,
    compared,
    external,
    found,
    move_block,
    run,
    stages,
    stored,
)

SAME = (Stage.CONFIRMED, Stage.CONFIRMED)
DIFFER = (Stage.BLOCKS_INCONSISTENT, Stage.BLOCKS_INCONSISTENT)


@contextmanager
def crossed(one: str, other: str) -> Generator[Two, None, None]:
    """Two registries between which credits have crossed."""
    with two(one, other) as both:
        both.japan.issue(1_000)
        both.mongolia.issue(500)
        both.japan.send(both.mongolia.cast.kaede, 100)
        both.mongolia.send(both.japan.cast.kaede, 50)
        both.carry()
        yield both


@pytest.fixture
def registries() -> Generator[Two, None, None]:
    """Japan's registry on one engine, Mongolia's on the other."""
    with crossed("sqlite", "postgresql") as both:
        yield both


@pytest.fixture(params=["sqlite", "postgresql"])
def turned(request: pytest.FixtureRequest) -> Generator[Two, None, None]:
    """The same, and the other way round."""
    with crossed(request.param, "postgresql" if request.param == "sqlite" else "sqlite") as both:
        yield both


def test_books_that_agree_are_confirmed_on_both_sides(turned: Two) -> None:
    number = compared(turned, turned.japan)
    assert stages(turned, number) == SAME
    kept = run(turned.japan, number)
    assert [one["quantity"] for one in kept.ours["sent"]] == [100]
    assert [one["quantity"] for one in kept.ours["received"]] == [50]
    assert (kept.ours["sent"], kept.ours["received"]) == (
        kept.theirs["received"],
        kept.theirs["sent"],
    )
    assert kept.number.endswith("-1") and kept.number.startswith("JP-")
    assert stages(turned, compared(turned, turned.mongolia)) == SAME
    assert compared(turned, turned.japan).endswith("-2")
    assert barred(turned.japan) == barred(turned.mongolia) == []


def test_case_109_110_a_block_moved_in_one_book_is_named_barred_and_followed(
    turned: Two,
) -> None:
    japan, mongolia = turned.japan, turned.mongolia
    move_block(japan, 1, japan.cast.aoba)
    number = compared(turned, mongolia)
    assert stages(turned, number) == DIFFER
    assert found(japan, number) == [("theirs", "JP-1-100", japan.cast.aoba)]
    assert found(mongolia, number) == [("ours", "JP-1-100", mongolia.cast.kaede)]
    assert barred(japan) == barred(mongolia) == ["JP-1-100"]
    for side in (japan, mongolia):
        kept = run(side, number)
        for book in (kept.ours, kept.theirs):
            (block,) = book["history"]
            assert (block["origin"], block["first"], block["last"]) == ("JP", 1, 100)
            crossed = [step["crossing"] for step in block["steps"] if step["crossing"]]
            assert len(set(crossed)) == 1 and crossed[0].startswith("JP")


def test_a_block_altered_in_the_other_book_and_one_that_is_gone_are_named(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    # Mongolia loses 20 of what it sent, and has 100 that it received a second time elsewhere.
    place = stored(mongolia, "JP", 1, 100)
    alter(mongolia, "UPDATE blocks SET last = last - 20 WHERE first = :first", first=place.first)
    number = compared(registries, japan)
    assert stages(registries, number) == DIFFER
    assert found(japan, number) == [("ours", "JP-81-100", external(japan))]
    assert found(mongolia, number) == [("theirs", "JP-81-100", "")]
    assert (barred(japan), barred(mongolia)) == (["JP-81-100"], [])


def test_case_107_a_unit_type_altered_in_one_book_is_found(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    place = stored(mongolia, "JP", 1, 100)
    alter(mongolia, "UPDATE issuances SET unit_class = 'itmo' WHERE first = :f", f=place.first)
    number = compared(registries, japan)
    assert stages(registries, number) == DIFFER
    assert {one[:2] for one in found(japan, number)} == {
        ("ours", "JP-1-100"),
        ("theirs", "JP-1-100"),
    }
    assert barred(japan) == barred(mongolia) == ["JP-1-100"]
    assert len(bars_of(japan)) == 1


def test_ranges_too_many_for_one_message_are_told_in_several(
    registries: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "RANGES_MAX", 2)
    japan, mongolia = registries.japan, registries.mongolia
    for first in (201, 221, 241):
        japan.send(mongolia.cast.kaede, None, serials=[Range(first, first + 4)])
    registries.carry()
    for first in (1, 221, 241):
        move_block(japan, first, japan.cast.aoba)
    place = stored(japan, "MN", 1, 50)
    alter(japan, "UPDATE blocks SET last = last - 3 WHERE first = :first", first=place.first)
    number = compared(registries, mongolia)
    assert stages(registries, number) == DIFFER
    named = ["JP-1-100", "JP-221-225", "JP-241-245", "MN-48-50"]
    for side in (japan, mongolia):
        assert sorted(numbers for _book, numbers, _account in found(side, number)) == named
    with mongolia.database.reading() as session:
        told = session.scalars(select(ExchangeMessage.kind).where(ExchangeMessage.side == "out"))
        assert list(told).count(Message.RANGES) == 3


def test_what_was_put_right_between_sums_and_ranges_differs_no_more(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    move_block(japan, 1, japan.cast.aoba)
    number = begin(japan)
    # The sums arrive there and the answer is lost; then the alteration is taken back.
    registries.courier(japan, lose=lambda _letter: "back").round()
    assert run(mongolia, number).stage is Stage.TOTALS_INCONSISTENT
    move_block(japan, 1, external(japan))
    registries.carry()
    assert stages(registries, number) == SAME


def test_a_transfer_that_moves_on_between_two_snapshots_never_differs(turned: Two) -> None:
    japan, mongolia = turned.japan, turned.mongolia
    transaction = mongolia.propose(japan.cast.kaede, 20)
    carry = turned.courier
    lost = iter(["", "there"])
    steps: list[Callable[[], object]] = [
        lambda: mongolia.approve(transaction),
        # It is accepted, which is not known there; it left, which is not known here; it entered.
        lambda: carry(mongolia, lose=lambda _letter: "back").round(),
        lambda: carry(mongolia, lose=lambda _letter: next(lost)).round(),
        lambda: carry(mongolia, lose=lambda _letter: "back").round(),
        lambda: carry(mongolia).round(),
    ]
    for step in steps:
        number = begin(japan)
        step()
        carry(japan).round()
        assert stages(turned, number) == SAME
    last = run(japan, compared(turned, japan))
    assert [one["quantity"] for one in last.ours["received"]] == [70]


@pytest.mark.parametrize("seed", range(4))
def test_credits_on_their_way_never_differ(seed: int) -> None:
    """Transfers, reconciliations and lost letters in any order: whatever is compared agrees."""
    chance = Random(seed)
    engines = ("sqlite", "postgresql") if seed % 2 else ("postgresql", "sqlite")
    with two(*engines) as both:
        sides = (both.japan, both.mongolia)
        for side in sides:
            side.issue(1_000)
        runs: list[str] = []

        def lose(_letter: Letter) -> str:
            return chance.choice(("", "", "", "there", "back"))

        for _step in range(18):
            side, other = chance.sample(sides, 2)
            match chance.choices(("send", "return", "carry", "begin"), (3, 2, 5, 3))[0]:
                case "send":
                    side.send(other.cast.aoba, chance.randrange(1, 30))
                case "return":
                    _return(side, other, chance)
                case "carry":
                    both.courier(side, lose=lose).round()
                case "begin":
                    runs += _begun(side)
        both.carry()
        runs += [compared(both, side) for side in sides]
        assert len(runs) > 2
        assert {stages(both, number) for number in runs} == {SAME}
        assert both.sum() == 2_000


def _return(side: Any, other: Any, chance: Random) -> None:
    """Send whatever of Aoba's is free, what came from the other side among it."""
    with side.database.reading() as session:
        account = accounts.by_number(session, side.cast.aoba)
        held = accounts.balance(session.connection(), account.id)
        free = held - accounts.reserved(session.connection(), account.id)
    if free > 0:
        side.send(other.cast.aoba, min(free, chance.randrange(1, 40)))


def _begun(side: Any) -> list[str]:
    try:
        return [begin(side)]
    except ReconciliationUnderWay:
        return []


def test_case_117_a_snapshot_amid_100_transactions_is_of_one_moment() -> None:
    with two("postgresql", "sqlite") as both:
        japan, mongolia = both.japan, both.mongolia
        mongolia.issue(2_000)
        mongolia.send(japan.cast.aoba, 1_000)
        both.carry()
        moving = threading.Thread(target=_move, args=(japan, mongolia.cast.kaede))
        moving.start()
        runs = []
        while moving.is_alive() and len(runs) < 4:
            runs.append(compared(both, japan))
            runs.append(compared(both, mongolia))
        moving.join()
        both.carry()
        assert len(runs) > 1
        assert {stages(both, number) for number in runs} == {SAME}
        kept = [run(japan, number).ours["received"][0]["quantity"] for number in runs]
        assert kept == sorted(kept, reverse=True)


def _move(side: Any, abroad: str) -> None:
    """Move credits about and out of the registry, 100 times."""
    for place in range(50):
        side.database.write(
            lambda session: world.moved(session, side.cast, quantity=2, now=side.now())
        )
        if place % 5 == 0:
            side.send(abroad, 3)
        side.database.write(
            lambda session: world.moved(
                session,
                side.cast,
                source=side.cast.kaede,
                target=side.cast.aoba,
                quantity=1,
                now=side.now(),
            )
        )


def heard(both: Two, kind: Message, content: dict[str, Any]) -> str:
    """Let Japan hear content from Mongolia; return the code with which it is rejected."""
    japan = both.japan

    def hear(session: Any) -> None:
        peer = peers.everyone(session)[0]
        LISTENERS[kind](session, peer, content, japan.desk, japan.now())

    with pytest.raises(MessageRejected) as caught:
        japan.database.write(hear)
    return caught.value.reason


def test_case_111_113_a_run_or_snapshot_that_cannot_be_is_refused(registries: Two) -> None:
    now = registries.japan.now()
    good = {"run": "MN-20261102-1", "snapshot_at": chain.moment(now), "heard": 0}
    good |= {"sent": [], "received": []}
    for run_number in ("", "MN-1-1", "JP-20261102-1", "MN-20261302-1", "MN-20261102-0", 7):
        assert heard(registries, Message.TOTALS, good | {"run": run_number}) == "6201"
    for snapshot in (now - timedelta(days=3_650), now + timedelta(days=31)):
        told = good | {"snapshot_at": chain.moment(snapshot)}
        assert heard(registries, Message.TOTALS, told) == "6204"
    assert heard(registries, Message.TOTALS, good | {"snapshot_at": "yesterday"}) == "6204"
    for wrong in ({"sent": None}, {"heard": -1}, {"heard": 10**9}, {"sent": [{"origin": "JP"}]}):
        assert heard(registries, Message.TOTALS, good | wrong) == "9001"
    number = compared(registries, registries.mongolia)
    assert heard(registries, Message.TOTALS, good | {"run": number}) == "3001"


def test_case_114_an_unknown_run_another_snapshot_or_status_is_refused(registries: Two) -> None:
    number = compared(registries, registries.mongolia)
    at = chain.moment(run(registries.japan, number).snapshot_at)
    about = {"run": number, "snapshot_at": at}
    ranges = {"heard": 0, "is_last": True, "blocks": []}
    for kind, more in (
        (Message.RANGES, ranges),
        (Message.HISTORIES, {"blocks": []}),
        (Message.RESOLUTION, {}),
    ):
        told = about | more
        assert heard(registries, kind, told | {"run": "MN-20261102-77"}) == "6301"
        assert heard(registries, kind, told | {"run": "?"}) == "6201"
        other = chain.moment(registries.japan.now())
        assert heard(registries, kind, told | {"snapshot_at": other}) == "6304"
        assert heard(registries, kind, told) == "6302"
        assert heard(registries, kind, {}) == "9001"


def test_a_start_that_is_denied_ends_the_run_and_stops_nothing_else(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    number = begin(japan)
    # Mongolia knows that number already.
    alter(
        mongolia,
        "INSERT INTO reconciliations (number, peer_id, stage, is_ours, snapshot_at, started_at)"
        " SELECT :number, id, 'initiated', :no, :at, :at FROM peers",
        number=number,
        no=False,
        at=japan.now(),
    )
    registries.carry()
    kept = run(japan, number)
    assert (kept.stage, kept.code) == (Stage.DENIED, "3001")
    japan.send(mongolia.cast.kaede, 5)
    registries.carry()
    assert stages(registries, compared(registries, japan)) == SAME


def test_the_other_side_is_told_of_a_resolution_and_keeps_its_own_bars(registries: Two) -> None:
    japan, mongolia = registries.japan, registries.mongolia
    move_block(japan, 1, japan.cast.aoba)
    number = compared(registries, japan)
    move_block(japan, 1, external(japan))

    def resolved(session: Any) -> None:
        proposed = resolutions.propose(
            session, number, reason="put right", actor=japan.cast.operator, now=japan.now()
        )
        resolutions.confirm(
            session,
            number,
            seen=proposed.proposed_at,
            actor=japan.cast.approver,
            now=japan.now(),
        )

    japan.database.write(resolved)
    registries.carry()
    assert stages(registries, number) == (Stage.COMPLETED_BY_HAND, Stage.BLOCKS_INCONSISTENT)
    assert run(mongolia, number).resolved_there_at is not None
    assert (barred(japan), barred(mongolia)) == ([], ["JP-1-100"])
    assert stages(registries, compared(registries, mongolia)) == SAME


def test_every_step_of_a_reconciliation_is_listened_to() -> None:
    steps = {Message.TOTALS, Message.RANGES, Message.HISTORIES}
    assert set(REPLIES) >= steps
    assert set(LISTENERS) == set(Message)
