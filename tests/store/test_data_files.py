"""Since when what stands on public lists is as it is."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.registry import published
from app.store import data_files
from tests import world
from tests.world import NOW, World


def test_the_newest_of_the_files_asked_for_counts(stage: Session, cast: World) -> None:
    assert data_files.changed_at(stage, ("projects", "rules")) is None
    for name, hours in (("projects", 1), ("rules", 2)):
        at = NOW + timedelta(hours=hours)
        published.record_file(stage, name, b"a", actor=cast.operator, now=at)
    assert data_files.changed_at(stage, ("projects",)) == NOW + timedelta(hours=1)
    assert data_files.changed_at(stage, ("projects", "rules")) == NOW + timedelta(hours=2)


def test_movements_count_where_credits_are_shown(stage: Session, cast: World) -> None:
    published.record_file(stage, "projects", b"a", actor=cast.operator, now=NOW)
    later = NOW + timedelta(days=1)
    world.issued(stage, cast, now=later)
    assert data_files.changed_at(stage, ("projects",)) == NOW
    assert data_files.moved_at(stage, ("projects",)) == later
