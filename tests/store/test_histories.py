"""How a block got where it is, and what of that the other registry is told."""

from app.domain.serials import Range
from app.store import histories
from tests.exchanging import two
from tests.reconciling import stored


def test_a_history_names_every_step_and_tells_what_crossed() -> None:
    with two("sqlite", "postgresql") as both:
        both.japan.issue(100)
        both.japan.send(both.mongolia.cast.aoba, 30)
        both.carry()
        both.mongolia.send(both.japan.cast.kaede, 30)
        both.carry()
        with both.japan.database.reading() as session:
            (block,) = histories.of(session, [Range(1, 30)], "JP")
        assert (block["origin"], block["first"], block["last"]) == ("JP", 1, 30)
        assert [step["kind"] for step in block["steps"]] == [
            "acquisition",
            "external_transfer",
            "issuance",
        ]
        assert [step["crossing"][:2] for step in block["steps"]] == ["MN", "JP", ""]
        place = stored(both.mongolia, "JP", 1, 30)
        with both.mongolia.database.reading() as session:
            (there,) = histories.of(session, [place], "MN")
        assert [step["kind"] for step in there["steps"]] == ["external_transfer", "acquisition"]
        steps = [{"kind": "transfer", "crossing": ""}, {"kind": "issuance", "crossing": ""}]
        assert histories.told([{"steps": steps}]) == [{"steps": steps[1:]}]
