"""Questions about issuances in two registries: by decision, with what either side issued."""

from datetime import date

from sqlalchemy.orm import Session

from app.store import peer_issuances
from app.store.peer_issuances import Search
from app.store.tables import Decision
from tests import world
from tests.registry.test_peer_issuances import TOLD, heard, mongolia
from tests.world import PROJECT, World


def test_decisions_are_found_by_what_does_not_add_up(stage: Session, cast: World) -> None:
    peer = mongolia(stage)
    everything = Search(("MN",))
    (row,) = peer_issuances.find(stage, everything, size=10)
    assert (row.reference, row.issued, row.announced) == (f"{PROJECT}-1", 0, 0)
    wrong, missing = Search(("MN",), is_wrong=True), Search(("MN",), is_missing=True)
    assert [peer_issuances.count(stage, one) for one in (wrong, missing)] == [0, 1]
    world.issued(stage, cast, quantity=10)
    heard(stage, peer, TOLD)
    (row,) = peer_issuances.find(stage, everything, size=10)
    assert (row.issued, row.announced) == (10, TOLD.quantity)
    assert peer_issuances.count(stage, wrong) == 0
    decision = stage.get_one(Decision, row.id)
    for total in (row.quantity, row.quantity + 39):
        decision.total = total
        stage.flush()
        assert peer_issuances.count(stage, wrong) == 1, "more than the share of the other side"
    decision.total = row.quantity + 40
    decision.decided_on = date(2026, 3, 30)
    stage.flush()
    assert peer_issuances.count(stage, wrong) == 1, "decided on another day"
    (told,) = peer_issuances.announced(stage, [row.reference])
    assert (told.code, told.reference, told.quantity) == ("MN", TOLD.reference, TOLD.quantity)


def test_decisions_are_turned_by_their_reference(stage: Session, cast: World) -> None:
    world.project(stage, "MN001", "MN", cast.operator)
    for number in range(1, 4):
        world.decision(
            stage,
            f"MN001-{number}",
            "MN001",
            [world.Share(cast.aoba, 2019, 10)],
            cast.operator,
        )
    asked = Search(("MN",))
    found = peer_issuances.find(stage, asked, size=2)
    assert [row.reference for row in found] == ["MN001-1", "MN001-2"]
    onward = peer_issuances.find(stage, asked, after="MN001-2", size=10)
    assert [row.reference for row in onward] == ["MN001-3", f"{PROJECT}-1"]
    back = peer_issuances.find(stage, asked, before="MN001-3", size=10)
    assert back == found
    assert peer_issuances.count(stage, Search(("MN",), words="mn001-")) == 3
    assert peer_issuances.count(stage, Search(("MN",), words="%")) == 0
    assert peer_issuances.count(stage, Search(())) == 0
