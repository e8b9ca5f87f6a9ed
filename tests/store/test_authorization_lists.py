"""Lists of authorizations: filtered and turned, and never anything confidential for everyone."""

from sqlalchemy.orm import Session

from app.domain.authorizations import Standing
from app.domain.nomenclature import Purpose
from app.store import authorization_lists
from app.store.authorization_lists import Search
from tests import article6
from tests.world import World

_WAITING = {"standing": Standing.PROPOSED, "decided_by": None, "decided_at": None}


def test_authorizations_are_found_and_turned(stage: Session, cast: World) -> None:
    approach = article6.approach(stage)
    article6.authorization(stage, cast, None, identifier="JPN 1")
    article6.authorization(stage, cast, approach, identifier="JPN 2", purpose=Purpose.IMP)
    article6.authorization(stage, cast, approach, identifier="JPN 2", number=2, **_WAITING)
    article6.authorization(stage, cast, approach, identifier="JPN 3", **_WAITING)
    for search, names in (
        (Search(), ["JPN 3", "JPN 2", "JPN 1"]),
        (Search(words="jpn 2"), ["JPN 2"]),
        (Search(words="100%_"), []),
        (Search(approach=approach.code), ["JPN 3", "JPN 2"]),
        (Search(purpose=Purpose.IMP), ["JPN 2"]),
        (Search(is_waiting=True), ["JPN 3", "JPN 2"]),
    ):
        rows = authorization_lists.find(stage, search)
        assert [row.identifier for row in rows] == names, search
        assert authorization_lists.count(stage, search) == len(names)
    rows = authorization_lists.find(stage, Search())
    assert [row.identifier for row in authorization_lists.find(stage, Search(), before=rows[0].id)]
    back = authorization_lists.find(stage, Search(), after=rows[-1].id, size=1)
    assert [row.identifier for row in back] == ["JPN 2"]


def test_r29_confidential_authorizations_are_not_for_everyone(stage: Session, cast: World) -> None:
    secret = {"is_confidential": True, "confidential_basis": "Decision 2/CMA.3, paragraph 24"}
    open_one = article6.authorization(stage, cast, None, identifier="JPN 1")
    hidden = article6.authorization(stage, cast, None, identifier="JPN 2", **secret)
    article6.authorization(stage, cast, None, identifier="JPN 3")
    article6.authorization(stage, cast, None, identifier="JPN 3", number=2, **secret)
    article6.authorization(stage, cast, None, identifier="JPN 4", **_WAITING)
    assert [row.identifier for row in authorization_lists.public(stage)] == ["JPN 1"]
    assert authorization_lists.is_public(stage, open_one.authorization_id)
    assert not authorization_lists.is_public(stage, hidden.authorization_id)
