"""Turning pages of rows, both ways."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store import turning
from app.store.tables import User
from tests.world import World


def test_pages_follow_each_other_both_ways(stage: Session, cast: World) -> None:
    def page(*, before: int | None = None, after: int | None = None) -> list[int]:
        query = select(User.id)
        rows = turning.newest_first(stage, query, User.id, before=before, after=after, size=3)
        return [row.id for row in rows]

    first = page()
    assert first == sorted(first, reverse=True) and max(first) >= cast.outsider_colleague
    second = page(before=first[-1])
    assert second == [first[-1] - 1, first[-1] - 2, first[-1] - 3]
    assert page(after=second[0]) == first
