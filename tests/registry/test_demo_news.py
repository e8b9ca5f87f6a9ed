"""The news of the demonstration: there after the first run, and not doubled by the next."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.news import TEXTS
from app.registry import demo_news, news
from app.registry.published import rows
from app.store.tables import News
from tests.world import NOW, World


def test_each_piece_is_published_once_and_stays_as_people_left_it(
    stage: Session, cast: World
) -> None:
    demo_news.load(stage, "JP", actor=cast.operator, now=NOW)
    made = stage.scalars(select(News).order_by(News.id)).all()
    assert len(made) == len(rows("demo_news", "JP")) == 2
    assert all(one.published_at == NOW for one in made)
    assert all("(demo)" in one.title_en and "デモ" in one.title_ja for one in made)
    seen = news.fingerprint(made[0])
    news.withdraw(stage, made[0].id, seen=seen, actor=cast.operator, now=NOW)
    texts = {name: f"{getattr(made[1], name)} 2" for name in TEXTS}
    seen, later = news.fingerprint(made[1]), NOW + timedelta(days=1)
    news.change(stage, made[1].id, texts, at=None, seen=seen, actor=cast.operator, now=later)
    demo_news.load(stage, "JP", actor=cast.operator, now=later)
    assert len(stage.scalars(select(News)).all()) == 2
    assert made[0].withdrawn_at == NOW
    assert made[1].title_en.endswith(" 2")
