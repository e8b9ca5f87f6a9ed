"""Questions about editions: those for everyone, and all of them for administrators."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.registry import editions as verbs
from app.store import editions
from tests.registry.test_editions import DAY, LATER, make, one
from tests.world import World


def test_lists_have_the_published_for_all_and_every_one_for_administrators(
    stage: Session, cast: World
) -> None:
    days = [DAY - timedelta(days=days) for days in (3, 1, 2)]
    numbers = [make(stage, cast.operator, day=day) for day in days]
    soon = LATER + timedelta(days=2)
    make(stage, cast.operator, published_at=soon)
    make(stage, cast.operator, day=DAY - timedelta(days=5))
    verbs.withdraw(stage, "JP-D-0005", reason="Wrong", actor=cast.operator, now=LATER)

    def public(now: datetime, **where: Any) -> list[str]:
        return [row.number for row in editions.published(stage, now, **where)]

    assert public(LATER) == [numbers[1], numbers[2], numbers[0]]
    assert public(soon) == ["JP-D-0004", numbers[1], numbers[2], numbers[0]]
    assert public(LATER, size=1) == [numbers[1]]
    after = editions.published(stage, LATER)[0]
    assert public(LATER, before=(after.as_of, after.id)) == [numbers[2], numbers[0]]
    every = [row.id for row in editions.everyone(stage)]
    assert every == [5, 4, 3, 2, 1]
    assert [row.id for row in editions.everyone(stage, before=4, size=2)] == [3, 2]
    assert [row.id for row in editions.everyone(stage, after=2, size=2)] == [4, 3]
    found = one(stage, numbers[0])
    assert editions.by_digest(stage, found.digest) is found
    assert editions.standing(stage, DAY - timedelta(days=5)) is None
