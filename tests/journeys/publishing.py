"""The table of answers for what administrators publish, and what stands for it in addresses."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.domain import disclosure as rules
from app.domain.text import Text
from app.registry import editions, news
from app.registry.editions import Publisher
from app.store import disclosure
from tests.world import World

#: Answers in the order of `matrix.PEOPLE`, and the routes that give them.
PUBLISHING: Final[list[tuple[tuple[int, ...], list[tuple[str, str]]]]] = [
    (
        (403, 403, 403, 403, 403, 403, 403, 403, 422, 403),
        [
            ("POST announcements.save", "/portal/announcements"),
            ("POST announcements.save", "/portal/announcements/{announcement}"),
            ("POST announcements.check", "/portal/announcements/{announcement}/check"),
            ("POST announcements.check", "/portal/announcements/check"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 200, 403),
        [
            ("GET announcements.search", "/portal/announcements"),
            ("GET announcements.show", "/portal/announcements/{announcement}"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 403, 403, 403, 200, 403),
        [
            ("POST announcements.back", "/portal/announcements/{announcement}/change"),
            ("GET announcements.form", "/portal/announcements/{announcement}/change"),
            ("GET announcements.before_end", "/portal/announcements/{announcement}/end"),
            ("POST announcements.back", "/portal/announcements/new"),
            ("GET announcements.form", "/portal/announcements/new"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 403, 403, 403, 303, 403),
        [
            ("GET announcements.start", "/portal/announcements/{announcement}/check"),
            ("POST announcements.end", "/portal/announcements/{ended}/end"),
            ("GET announcements.start", "/portal/announcements/check"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 200, 403),
        [
            ("GET news_desk.search", "/portal/news"),
            ("GET news_desk.show", "/portal/news/{news}"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 403, 403, 200, 403),
        [
            ("GET news_desk.new", "/portal/news/new"),
            ("POST news_desk.back", "/portal/news/new"),
            ("GET news_desk.edit", "/portal/news/{news}/change"),
            ("POST news_desk.back", "/portal/news/{news}/change"),
            ("GET news_desk.before_withdrawal", "/portal/news/{news}/withdrawal"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 303, 403, 403, 303, 403),
        [
            ("GET news_desk.start", "/portal/news/preview"),
            ("GET news_desk.start", "/portal/news/{news}/preview"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 422, 403, 403, 422, 403),
        [
            ("POST news_desk.create", "/portal/news"),
            ("POST news_desk.preview", "/portal/news/preview"),
            ("POST news_desk.change", "/portal/news/{news}"),
        ],
    ),
    (
        # Nothing was seen of what is there.
        (403, 403, 403, 403, 403, 409, 403, 403, 409, 403),
        [
            ("POST news_desk.preview", "/portal/news/{news}/preview"),
            ("POST news_desk.withdraw", "/portal/news/{news}/withdrawal"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 403),
        [
            ("GET editions.search", "/portal/disclosure"),
            ("GET editions.show", "/portal/disclosure/{edition}"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 403, 403, 403),
        [
            ("GET editions.new", "/portal/disclosure/new"),
            ("GET editions.withdraw", "/portal/disclosure/{edition}/withdrawal"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 422, 422, 403, 403, 403),
        [
            ("POST editions.create", "/portal/disclosure"),
            ("POST editions.withdraw", "/portal/disclosure/{edition}/withdrawal"),
        ],
    ),
]


def objects(session: Session, cast: World, now: datetime) -> dict[str, str]:
    """Return what the names in the addresses stand for."""
    texts = {"title_en": "News", "title_ja": "題名", "text_en": "Words", "text_ja": "本文"}
    at = now + timedelta(days=1)
    made = news.write(session, texts, at=at, key="matrix", actor=cast.operator, now=now)
    return {"news": str(made.id), "edition": _edition(session, cast, now)}


def _edition(session: Session, cast: World, now: datetime) -> str:
    """Publish an edition of a day before anything was there."""
    day = date(2020, 12, 31)
    tables = disclosure.as_of(session, day, UTC, now=now)
    said = Text("Registry", "登録簿")
    return editions.make(
        session,
        day,
        published_at=None,
        seen=rules.digest(tables),
        publisher=Publisher("JP", said, said, "http://localhost", UTC, "UTC"),
        key="matrix",
        actor=cast.operator,
        now=now,
    )
