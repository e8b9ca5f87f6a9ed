"""Writing news: who may, what is refused where, and that nothing of another's is overwritten."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import (
    AlreadyDone,
    KeyUsedOtherwise,
    NewsPublished,
    NewsWithdrawn,
    NotEntitled,
    NotFound,
    Required,
    TooLong,
)
from app.domain.form_errors import ChangedMeanwhile
from app.domain.people_errors import AlreadyBegun
from app.registry import news
from app.store.tables import LogEntry, News
from tests.stages import refused
from tests.world import NOW, World

DAY = timedelta(days=1)
TEXTS = {"title_en": "Title", "title_ja": "件名", "text_en": "One\n\nTwo", "text_ja": "本文"}
OTHER = TEXTS | {"title_en": "Other"}


def write(session: Session, actor: int, **other: Any) -> int:
    given: dict[str, Any] = {"texts": TEXTS, "at": None, "key": "key", "now": NOW} | other
    return news.write(session, given.pop("texts"), actor=actor, **given).id


def change(session: Session, identifier: int, actor: int, **other: Any) -> news.Written:
    given: dict[str, Any] = {"texts": OTHER, "at": None, "seen": seen(session, identifier)}
    given |= {"now": NOW} | other
    return news.change(session, identifier, given.pop("texts"), actor=actor, **given)


def seen(session: Session, identifier: int) -> str:
    return news.fingerprint(session.get_one(News, identifier))


def operations(session: Session) -> list[str]:
    query = select(LogEntry.operation).where(LogEntry.operation.like("%news"))
    return list(session.scalars(query.order_by(LogEntry.id)))


def test_news_are_published_at_once_or_scheduled_and_logged(stage: Session, cast: World) -> None:
    for actor, at, public in (
        (cast.operator, None, NOW),
        (cast.system_administrator, NOW + DAY, NOW + DAY),
    ):
        found = stage.get_one(News, write(stage, actor, at=at))
        assert (found.published_at, found.made_at, found.made_by) == (public, NOW, actor)
        assert (found.title_ja, found.text_en) == ("件名", "One\n\nTwo")
    assert operations(stage) == ["publish news", "publish news"]
    told = stage.scalars(select(LogEntry.facts).order_by(LogEntry.id.desc()).limit(1)).one()
    assert told["published_at"] == (NOW + DAY).isoformat()


def test_nobody_else_writes_changes_or_withdraws(stage: Session, cast: World) -> None:
    made = write(stage, cast.operator)
    was = seen(stage, made)
    for actor in (cast.approver, cast.auditor, cast.aoba_proposer):
        with refused(stage, NotEntitled):
            write(stage, actor)
        with refused(stage, NotEntitled):
            change(stage, made, actor)
        with refused(stage, NotEntitled):
            news.withdraw(stage, made, seen=was, actor=actor, now=NOW)


def test_what_cannot_be_published_is_refused_at_its_field(stage: Session, cast: World) -> None:
    made = write(stage, cast.operator, at=NOW + DAY)
    wrong: list[tuple[dict[str, Any], type[Any], str]] = [
        ({"texts": TEXTS | {"title_ja": " "}}, Required, "title_ja"),
        ({"texts": TEXTS | {"text_en": "x" * 10_001}}, TooLong, "text_en"),
        ({"at": NOW - timedelta(minutes=1)}, AlreadyBegun, "at"),
    ]
    for other, refusal, field in wrong:
        with refused(stage, refusal, field=field):
            write(stage, cast.operator, key="another", **other)
        with refused(stage, refusal, field=field):
            change(stage, made, cast.operator, **({"at": NOW + 2 * DAY} | other))
    # Times are typed to the minute, and the present minute is no past.
    later = NOW + timedelta(seconds=59)
    assert write(stage, cast.operator, key="third", at=NOW, now=later)


def test_a_form_sent_twice_is_one_piece_of_news(stage: Session, cast: World) -> None:
    for at in (None, NOW + DAY):
        first = write(stage, cast.operator, at=at, key=str(at))
        again = news.write(
            stage, TEXTS, at=at, key=str(at), actor=cast.operator, now=NOW + timedelta(seconds=9)
        )
        assert again == (first, False)
    with refused(stage, KeyUsedOtherwise):
        write(stage, cast.operator, texts=OTHER, key="None")
    assert write(stage, cast.system_administrator, key="None") != first
    assert stage.scalar(select(func.count()).select_from(News)) == 3


def test_the_second_of_two_who_change_it_is_told(stage: Session, cast: World) -> None:
    made = write(stage, cast.operator)
    was = seen(stage, made)
    assert change(stage, made, cast.operator, seen=was).is_new
    with refused(stage, ChangedMeanwhile):
        change(stage, made, cast.system_administrator, texts=TEXTS, seen=was)
    with refused(stage, ChangedMeanwhile):
        news.withdraw(stage, made, seen=was, actor=cast.system_administrator, now=NOW)
    # The same form sent twice is not somebody else's change.
    assert not change(stage, made, cast.operator, seen=was).is_new
    found = stage.get_one(News, made)
    assert (found.title_en, found.changed_by, found.changed_at) == ("Other", cast.operator, NOW)
    assert operations(stage) == ["publish news", "change news"]


def test_the_time_can_be_changed_only_while_it_lies_ahead(stage: Session, cast: World) -> None:
    made = write(stage, cast.operator, at=NOW + DAY)
    change(stage, made, cast.operator, texts=TEXTS, at=NOW + 2 * DAY)
    assert published_at(stage, made) == NOW + 2 * DAY
    change(stage, made, cast.operator, texts=TEXTS, now=NOW + timedelta(hours=1))
    public = NOW + timedelta(hours=1)
    assert published_at(stage, made) == public, "at once"
    with refused(stage, NewsPublished):
        change(stage, made, cast.operator, at=NOW + 3 * DAY, now=NOW + DAY)
    change(stage, made, cast.operator, now=NOW + DAY)
    assert published_at(stage, made) == public
    assert stage.get_one(News, made).title_en == "Other"


def published_at(session: Session, identifier: int) -> datetime:
    return session.get_one(News, identifier).published_at


def test_what_was_withdrawn_stays_as_it_was(stage: Session, cast: World) -> None:
    made = write(stage, cast.operator)
    was = seen(stage, made)
    news.withdraw(stage, made, seen=was, actor=cast.system_administrator, now=NOW)
    found = stage.get_one(News, made)
    assert (found.withdrawn_by, found.withdrawn_at) == (cast.system_administrator, NOW)
    with refused(stage, AlreadyDone):
        news.withdraw(stage, made, seen=was, actor=cast.operator, now=NOW)
    with refused(stage, NewsWithdrawn):
        change(stage, made, cast.operator)
    for unknown in (made + 1, -1):
        with pytest.raises(NotFound):
            news.withdraw(stage, unknown, seen=was, actor=cast.operator, now=NOW)
    assert operations(stage) == ["publish news", "withdraw news"]
