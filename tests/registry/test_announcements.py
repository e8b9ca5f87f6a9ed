"""Announcing: who may, what is refused at which field, and that what has begun is only ended."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.announcements import Kind
from app.domain.errors import AlreadyDone, NotEntitled, NotFound, Refusal, Required, TooLong
from app.domain.people_errors import AlreadyBegun, EndsBeforeStart
from app.registry import announcements
from app.store.tables import Announcement, LogEntry
from tests.stages import refused
from tests.world import NOW, World

TEXTS = {"title_en": "Title", "title_ja": "件名", "text_en": "One\nTwo", "text_ja": "本文"}
START, END = NOW + timedelta(days=1), NOW + timedelta(days=2)


def schedule(session: Session, actor: int, kind: Kind = Kind.NOTICE, **other: Any) -> int:
    said: dict[str, Any] = {"texts": TEXTS, "starts_at": START, "ends_at": END, "now": NOW}
    return announcements.schedule(session, kind, actor=actor, **said | other)


def operations(session: Session) -> list[str]:
    query = select(LogEntry.operation).where(LogEntry.operation.like("%announce%"))
    return list(session.scalars(query.order_by(LogEntry.id)))


def test_o55_a_system_administrator_schedules_in_both_languages(
    stage: Session, cast: World
) -> None:
    made = schedule(stage, cast.system_administrator, Kind.MAINTENANCE)
    found = stage.get_one(Announcement, made)
    assert (found.kind, found.title_ja, found.text_en) == (Kind.MAINTENANCE, "件名", "One\nTwo")
    assert (found.starts_at, found.ends_at, found.made_at) == (START, END, NOW)
    assert operations(stage) == ["announce maintenance"]


@pytest.mark.parametrize("who", ["operator", "approver", "auditor", "aoba_proposer"])
def test_o56_nobody_else_schedules_changes_or_ends(stage: Session, cast: World, who: str) -> None:
    made = schedule(stage, cast.system_administrator)
    actor = getattr(cast, who)
    with refused(stage, NotEntitled):
        schedule(stage, actor)
    with refused(stage, NotEntitled):
        announcements.change(
            stage, made, texts=TEXTS, starts_at=START, ends_at=END, actor=actor, now=NOW
        )
    with refused(stage, NotEntitled):
        announcements.end(stage, made, actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("other", "refusal", "field"),
    [
        ({"texts": TEXTS | {"title_en": " \u3000"}}, Required, "title_en"),
        ({"texts": TEXTS | {"text_ja": ""}}, Required, "text_ja"),
        ({"texts": TEXTS | {"title_ja": "あ" * 201}}, TooLong, "title_ja"),
        ({"texts": TEXTS | {"text_en": "x" * 4_001}}, TooLong, "text_en"),
        ({"starts_at": NOW - timedelta(minutes=1)}, AlreadyBegun, "starts_at"),
        ({"ends_at": START}, EndsBeforeStart, "ends_at"),
    ],
)
def test_what_cannot_be_announced_is_refused_at_its_field(
    stage: Session, cast: World, other: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    with refused(stage, refusal, field=field):
        schedule(stage, cast.system_administrator, **other)
    made = schedule(stage, cast.system_administrator)
    said = {"texts": TEXTS, "starts_at": START, "ends_at": END} | other
    with refused(stage, refusal, field=field):
        announcements.change(stage, made, **said, actor=cast.system_administrator, now=NOW)


def test_texts_are_kept_without_spaces_around_and_a_title_on_one_line(
    stage: Session, cast: World
) -> None:
    texts = {
        "title_en": " A\r\ntitle ",
        "title_ja": "件名\u3000",
        "text_en": "One  \r\n\r\nTwo\n",
        "text_ja": "x" * 4_000,
    }
    made = stage.get_one(Announcement, schedule(stage, cast.system_administrator, texts=texts))
    assert (made.title_en, made.title_ja) == ("A title", "件名")
    assert (made.text_en, len(made.text_ja)) == ("One\n\nTwo", 4_000)


def test_the_present_minute_is_no_past(stage: Session, cast: World) -> None:
    now = NOW + timedelta(seconds=59)
    assert schedule(stage, cast.system_administrator, starts_at=NOW, now=now)


def test_the_same_sent_twice_is_announced_once(stage: Session, cast: World) -> None:
    made = schedule(stage, cast.system_administrator)
    assert schedule(stage, cast.system_administrator) == made
    announcements.end(stage, made, actor=cast.system_administrator, now=NOW)
    assert schedule(stage, cast.system_administrator) != made
    assert stage.scalar(select(func.count()).select_from(Announcement)) == 2


def test_what_has_not_begun_is_changed_and_what_has_begun_is_not(
    stage: Session, cast: World
) -> None:
    made = schedule(stage, cast.system_administrator)

    def change(now: datetime, start: datetime) -> None:
        announcements.change(
            stage,
            made,
            texts=TEXTS | {"title_en": "Other"},
            starts_at=start,
            ends_at=END,
            actor=cast.system_administrator,
            now=now,
        )

    later = START + timedelta(hours=1)
    change(NOW, later)
    found = stage.get_one(Announcement, made)
    assert (found.title_en, found.starts_at, found.kind) == ("Other", later, Kind.NOTICE)
    with refused(stage, AlreadyBegun, field=""):
        change(later, later + timedelta(hours=1))
    assert operations(stage) == ["announce notice", "change announcement"]


def test_what_is_scheduled_or_on_is_ended_once(stage: Session, cast: World) -> None:
    admin = cast.system_administrator
    made = schedule(stage, admin)
    announcements.end(stage, made, actor=admin, now=START)
    found = stage.get_one(Announcement, made)
    assert (found.cancelled_by, found.cancelled_at, found.ends_at) == (admin, START, END)
    with refused(stage, AlreadyDone):
        announcements.end(stage, made, actor=admin, now=START)
    with refused(stage, AlreadyDone):
        announcements.change(
            stage, made, texts=TEXTS, starts_at=START, ends_at=END, actor=admin, now=NOW
        )
    over = schedule(stage, admin, Kind.MAINTENANCE)
    with refused(stage, AlreadyDone):
        announcements.end(stage, over, actor=admin, now=END)
    with pytest.raises(NotFound):
        announcements.end(stage, over + 1, actor=admin, now=NOW)
