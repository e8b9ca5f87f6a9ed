"""Questions about remarks: newest first, with who made them."""

from sqlalchemy.orm import Session

from app.domain.roles import Role
from app.registry import remarks as verbs
from app.store import remarks
from tests.world import NOW, World


def test_remarks_on_a_record_come_newest_first_and_page_by_page(
    stage: Session, cast: World
) -> None:
    for text, actor in (("one", cast.reviewer), ("two", cast.operator), ("three", cast.reviewer)):
        verbs.add(stage, "adjustments:JPN", text, party="JPN", key=text, actor=actor, now=NOW)
    found = remarks.of(stage, "adjustments:JPN", size=9)
    assert [(row.text, row.role) for row in found] == [
        ("three", Role.REVIEWER),
        ("two", Role.OPERATOR),
        ("one", Role.REVIEWER),
    ]
    onward = remarks.of(stage, "adjustments:JPN", before=found[0].id, size=1)
    back = remarks.of(stage, "adjustments:JPN", after=found[2].id, size=1)
    assert [row.text for row in onward] == [row.text for row in back] == ["two"]
    assert remarks.count(stage, "adjustments:JPN") == 3
    assert not remarks.of(stage, "adjustments:MNG", size=9)
