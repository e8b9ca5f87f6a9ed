"""Questions about third-party entities."""

from sqlalchemy.orm import Session

from app.domain.references import Standing
from app.registry import published
from app.store import third_party_entities
from app.store.third_party_entities import Search
from tests.world import World


def references(session: Session, **turned: object) -> list[str]:
    found = third_party_entities.find(session, Search(), **turned)  # type: ignore[arg-type]  # real ones
    return [row.reference for row in found]


def test_entities_are_found_by_words_country_and_standing(stage: Session, cast: World) -> None:
    for number, name in enumerate(("Quality 100%", "認証機関", "Examiners"), start=1):
        line = {
            "reference": f"TPE-MN-00{number}",
            "partner": "MN",
            "name": name,
            "standing": "withdrawn" if number == 3 else "designated",
            "valid_until": "",
            "source": "nowhere",
        }
        published.record_third_party_entity(stage, line, actor=cast.operator)
    for search, found in (
        (Search(), 3),
        (Search(words="１００％"), 1),
        (Search(words="認証"), 1),
        (Search(words="tpe-mn-003 mn"), 1),
        (Search(words="_"), 0),
        (Search(partner="VN"), 0),
        (Search(standing=Standing.DESIGNATED), 2),
        (Search(partner="MN", standing=Standing.WITHDRAWN, words="exam"), 1),
    ):
        assert third_party_entities.count(stage, search) == found, search
        assert len(list(third_party_entities.stream(stage, search))) == found, search
    first, second, third = references(stage)
    assert references(stage, size=2) == [first, second]
    assert references(stage, after=second) == [third]
    assert references(stage, before=third, size=1) == [second]
