"""Questions about announcements: what is shown when, and the list page by page."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.announcements import Kind
from app.registry import announcements as verbs
from app.store import announcements
from tests.world import NOW, World

HOUR = timedelta(hours=1)
TEXTS = {"title_en": "Title", "title_ja": "件名", "text_en": "Text", "text_ja": "本文"}


def scheduled(
    session: Session, cast: World, kind: Kind, starts_at: datetime, length: timedelta = HOUR
) -> int:
    return verbs.schedule(
        session,
        kind,
        texts=TEXTS,
        starts_at=starts_at,
        ends_at=starts_at + length,
        actor=cast.system_administrator,
        now=NOW,
    )


def shown(session: Session, now: datetime) -> list[int]:
    return [one.id for one in announcements.shown(session, now)]


def test_o55_a_notice_is_shown_from_its_minute_to_its_end(stage: Session, cast: World) -> None:
    made = scheduled(stage, cast, Kind.NOTICE, NOW + HOUR)
    assert shown(stage, NOW + HOUR - timedelta(microseconds=1)) == []
    assert shown(stage, NOW + HOUR) == [made]
    assert shown(stage, NOW + 2 * HOUR - timedelta(microseconds=1)) == [made]
    assert shown(stage, NOW + 2 * HOUR) == []


def test_maintenance_is_shown_two_weeks_ahead(stage: Session, cast: World) -> None:
    start = NOW + timedelta(days=20)
    made = scheduled(stage, cast, Kind.MAINTENANCE, start)
    assert shown(stage, start - announcements.AHEAD - timedelta(seconds=1)) == []
    assert shown(stage, start - announcements.AHEAD) == [made]
    assert shown(stage, start + HOUR) == []


def test_what_was_cancelled_is_not_shown_and_the_first_to_begin_comes_first(
    stage: Session, cast: World
) -> None:
    later = scheduled(stage, cast, Kind.MAINTENANCE, NOW + 3 * HOUR)
    sooner = scheduled(stage, cast, Kind.MAINTENANCE, NOW + HOUR)
    ended = scheduled(stage, cast, Kind.MAINTENANCE, NOW + 2 * HOUR)
    verbs.end(stage, ended, actor=cast.system_administrator, now=NOW)
    assert shown(stage, NOW) == [sooner, later]
    (first, _) = announcements.shown(stage, NOW)
    assert (first.title.ja, first.text.en, first.starts_at) == ("件名", "Text", NOW + HOUR)


def test_the_list_goes_on_after_announcements_that_begin_together(
    stage: Session, cast: World
) -> None:
    made = [
        scheduled(stage, cast, kind, NOW + start * HOUR, HOUR * length)
        for start in (1, 2, 2, 2, 3)
        for kind in Kind
        for length in (start,)
    ]
    # The same window sent twice is one announcement.
    assert len(set(made)) == 6
    pages = [announcements.page(stage, size=4)]
    pages.append(announcements.page(stage, before=pages[0][-1], size=4))
    listed = [one.id for page in pages for one in page]
    assert [len(page) for page in pages] == [4, 2]
    assert sorted(listed) == sorted(set(made))
    starts = [one.starts_at for page in pages for one in page]
    assert starts == sorted(starts, reverse=True)


def test_one_announcement_is_found_by_its_number(stage: Session, cast: World) -> None:
    made = scheduled(stage, cast, Kind.NOTICE, NOW)
    found = announcements.by_id(stage, made)
    assert found is not None
    assert found.title_en == "Title"
    assert announcements.by_id(stage, made + 1) is None
