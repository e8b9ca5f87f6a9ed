"""Counting failures: so many, then a wait; none is lost, and what is old is removed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.registry import throttles
from app.registry.throttles import ADDRESS, CODES, PERSON, Limit
from app.store import credentials
from app.store.databases import Database
from app.store.tables import Throttle
from tests.world import NOW, World

KEY = "id:hanako"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FEW = Limit(3, timedelta(minutes=10), timedelta(minutes=5))


def fail(session: Session, times: int, limit: Limit = FEW, key: str = KEY) -> list[bool]:
    connection = session.connection()
    return [throttles.failed(connection, key, limit, NOW) for _ in range(times)]


def waits(session: Session, key: str = KEY, after: timedelta = timedelta()) -> int:
    return throttles.wait(session.connection(), key, NOW + after)


def test_five_failures_lock_for_fifteen_minutes() -> None:
    for limit in (PERSON, CODES):
        assert (limit.failures, limit.wait) == (5, timedelta(minutes=15))


def test_the_last_failure_begins_the_wait(stage: Session, cast: World) -> None:
    assert fail(stage, 2) == [False, False]
    assert waits(stage) == 0
    assert fail(stage, 1) == [True]
    assert waits(stage) == 5
    assert waits(stage, after=5 * MINUTE - SECOND) == 1
    assert waits(stage, after=5 * MINUTE) == 0


def test_keys_are_counted_apart(stage: Session, cast: World) -> None:
    fail(stage, 3)
    assert fail(stage, 2, key="id:taro") == [False, False]
    assert waits(stage, key="id:taro") == 0


def test_after_the_wait_counting_begins_anew(stage: Session, cast: World) -> None:
    fail(stage, 3)
    later = NOW + FEW.wait
    connection = stage.connection()
    assert [throttles.failed(connection, KEY, FEW, later) for _ in range(3)] == [False, False, True]
    assert throttles.wait(connection, KEY, later) == 5


def test_a_failure_during_the_wait_shortens_nothing(stage: Session, cast: World) -> None:
    fail(stage, 3)
    throttles.failed(stage.connection(), KEY, FEW, NOW + MINUTE)
    assert waits(stage, after=5 * MINUTE - SECOND) == 1


def test_failures_that_lie_far_apart_do_not_add_up(stage: Session, cast: World) -> None:
    fail(stage, 2)
    connection = stage.connection()
    assert not throttles.failed(connection, KEY, FEW, NOW + FEW.within)
    assert not throttles.failed(connection, KEY, FEW, NOW + FEW.within + SECOND)
    assert throttles.failed(connection, KEY, FEW, NOW + FEW.within + 2 * SECOND)


def test_after_a_success_all_is_forgotten(stage: Session, cast: World) -> None:
    fail(stage, 2)
    throttles.forget(stage.connection(), KEY)
    assert fail(stage, 2) == [False, False]
    throttles.forget(stage.connection(), "id:nobody")


@pytest.mark.parametrize("limit", [PERSON, ADDRESS])
def test_of_failures_that_come_together_none_is_lost(database: Database, limit: Limit) -> None:
    """Whoever guesses in parallel has no more guesses."""

    def one(_number: int) -> bool:
        return database.write(
            lambda session: throttles.failed(session.connection(), KEY, limit, NOW)
        )

    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(one, range(limit.failures)))
    assert begun.count(True) == 1
    with database.reading() as session:
        assert throttles.wait(session.connection(), KEY, NOW)


def test_what_is_counted_no_more_is_removed(stage: Session, cast: World) -> None:
    fail(stage, 3, key="waiting")
    fail(stage, 1, PERSON, key="counting")
    assert throttles.prune(stage.connection(), NOW + MINUTE) == 0
    assert throttles.prune(stage.connection(), NOW + FEW.wait) == 1
    assert credentials.throttle(stage.connection(), "counting") is not None
    assert throttles.prune(stage.connection(), NOW + PERSON.within - SECOND) == 0
    assert throttles.prune(stage.connection(), NOW + PERSON.within) == 1
    assert not stage.scalars(select(Throttle)).all()
