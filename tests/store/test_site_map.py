"""Which records have a page of their own that everyone may find."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.store import site_map
from app.store.tables import News
from tests import world
from tests.world import NOW, World


def test_only_what_is_published_is_named(stage: Session, cast: World) -> None:
    hour = timedelta(hours=1)
    for word, published_at, withdrawn_at in (
        ("published", NOW - hour, None),
        ("scheduled", NOW + hour, None),
        ("withdrawn", NOW - hour, NOW),
    ):
        stage.add(
            News(
                title_en=word,
                title_ja=word,
                text_en=word,
                text_ja=word,
                published_at=published_at,
                withdrawn_at=withdrawn_at,
                withdrawn_by=withdrawn_at and cast.operator,
                key=word,
                made_by=cast.operator,
                made_at=NOW,
            )
        )
    stage.flush()
    found = site_map.references(stage, NOW)
    assert len(found["news"]) == 1
    assert len(site_map.references(stage, NOW + hour)["news"]) == 2
    assert {world.PROJECT, world.ITMO_PROJECT} <= set(found["projects"])
    assert world.PARTNER in found["partners"]
    assert found["editions"] == []
