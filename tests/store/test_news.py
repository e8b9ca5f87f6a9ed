"""Questions about news: what everyone may read now, page by page and year by year."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.announcements import Kind
from app.registry import announcements
from app.registry import news as verbs
from app.store import news
from tests.world import NOW, World

DAY = timedelta(days=1)
TEXTS = {"title_en": "Title", "title_ja": "件名", "text_en": "Text", "text_ja": "本文"}


def written(session: Session, cast: World, at: datetime, key: str = "") -> int:
    """Write a piece that is published at a moment, past or to come."""
    return verbs.write(
        session, TEXTS, at=at, key=key or at.isoformat(), actor=cast.operator, now=min(at, NOW)
    ).id


def withdrawn(session: Session, cast: World, identifier: int, now: datetime) -> None:
    found = news.by_id(session, identifier)
    assert found is not None
    seen = verbs.fingerprint(found)
    verbs.withdraw(session, identifier, seen=seen, actor=cast.operator, now=now)


def test_only_what_is_published_and_not_withdrawn_is_public(stage: Session, cast: World) -> None:
    scheduled, public = written(stage, cast, NOW + DAY), written(stage, cast, NOW - DAY)
    gone = written(stage, cast, NOW - 2 * DAY)
    withdrawn(stage, cast, gone, NOW)
    assert [one.id for one in news.public_page(stage, NOW)] == [public]
    assert news.published(stage, scheduled, NOW) is None
    assert news.published(stage, gone, NOW) is None
    assert news.published(stage, scheduled, NOW + DAY) is not None
    listed = [one.id for one in news.page(stage)]
    assert listed == [scheduled, public, gone]
    assert (news.count(stage, 10), news.count(stage, 2)) == (3, 2)


def test_pages_go_on_and_back_though_pieces_were_published_together(
    stage: Session, cast: World
) -> None:
    days = (1, 2, 2, 2, 3, 4)
    made = [written(stage, cast, NOW - d * DAY, f"k{n}") for n, d in enumerate(days)]
    order = [made[0], made[3], made[2], made[1], made[4], made[5]]
    first = news.public_page(stage, NOW, size=3)
    second = news.public_page(stage, NOW, before=first[-1].id, size=3)
    assert [one.id for one in (*first, *second)] == order
    back = news.public_page(stage, NOW, after=second[0].id, size=2)
    assert [one.id for one in back] == order[1:3]
    unknown = news.public_page(stage, NOW, before=max(made) + 1, size=3)
    assert [one.id for one in unknown] == order[:3]


def test_a_scheduled_piece_does_not_show_itself_as_a_place_in_the_list(
    stage: Session, cast: World
) -> None:
    public, scheduled = written(stage, cast, NOW - DAY), written(stage, cast, NOW + DAY)
    for unknown in (scheduled, scheduled + 1):
        found = news.public_page(stage, NOW, after=unknown)
        assert [one.id for one in found] == [public]


def test_the_archive_counts_what_is_public_between_its_edges(stage: Session, cast: World) -> None:
    years = [datetime(year, 1, 1, tzinfo=UTC) for year in (2024, 2025, 2026, 2027)]
    assert news.span(stage, NOW) is None
    first = written(stage, cast, years[0])
    written(stage, cast, years[1] - timedelta(seconds=1), "last of 2024")
    last = written(stage, cast, years[2])
    written(stage, cast, NOW + DAY)
    assert news.span(stage, NOW) == (years[0], years[2])
    assert news.counts(stage, NOW, years) == [2, 0, 1]
    between = news.public_page(stage, NOW, since=years[0], until=years[1])
    assert [one.id for one in between][-1] == first
    assert len(between) == 2
    withdrawn(stage, cast, last, NOW)
    assert news.counts(stage, NOW, years) == [2, 0, 0]


def test_the_feed_changes_when_something_is_published_changed_or_withdrawn(
    stage: Session, cast: World
) -> None:
    assert news.changed(stage, NOW) is None
    made = written(stage, cast, NOW - DAY)
    written(stage, cast, NOW + DAY)
    assert news.changed(stage, NOW) == NOW - DAY
    withdrawn(stage, cast, made, NOW)
    assert news.changed(stage, NOW) == NOW
    assert news.changed(stage, NOW + DAY) == NOW + DAY


def test_windows_of_maintenance_are_among_the_news_until_they_are_over(
    stage: Session, cast: World
) -> None:
    def scheduled(kind: Kind, days: int) -> int:
        return announcements.schedule(
            stage,
            kind,
            texts=TEXTS,
            starts_at=NOW + days * DAY,
            ends_at=NOW + (days + 1) * DAY,
            actor=cast.system_administrator,
            now=NOW,
        )

    later, sooner = scheduled(Kind.MAINTENANCE, 40), scheduled(Kind.MAINTENANCE, 1)
    scheduled(Kind.NOTICE, 1)
    cancelled = scheduled(Kind.MAINTENANCE, 3)
    announcements.end(stage, cancelled, actor=cast.system_administrator, now=NOW)
    assert [one.id for one in news.maintenance(stage, NOW)] == [sooner, later]
    assert [one.id for one in news.maintenance(stage, NOW + 2 * DAY)] == [later]
