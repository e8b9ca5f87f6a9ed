"""The checklist of an application: what is ticked off, and which ticks hold after a correction."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.applications import number
from app.domain.errors import TooLong, UnknownChoice
from app.registry import attachments, checklists
from app.registry.filling import Filler
from app.store.tables import Mark
from app.store.tables.applications import Standing
from tests import applying, examining
from tests.examining import claim, mark, mark_all
from tests.powers import logged
from tests.stages import refused
from tests.world import NOW, World

LATER = NOW + timedelta(hours=1)
ITEM = "section:certificate"


def test_a_tick_is_kept_with_its_remark_changed_and_taken_back(stage: Session, cast: World) -> None:
    made = applying.submitted(stage, cast)
    claim(stage, made, cast.operator)
    mark(stage, made, ITEM, Standing.PROBLEM, "  No seal ", actor=cast.operator)
    kept = stage.get_one(Mark, (made.id, ITEM))
    assert (kept.standing, kept.remark, kept.user_id) == (
        Standing.PROBLEM,
        "No seal",
        cast.operator,
    )
    mark(stage, made, ITEM, Standing.FINE, actor=cast.operator, now=LATER)
    assert (kept.standing, kept.remark, kept.at) == (Standing.FINE, None, LATER)
    mark(stage, made, ITEM, None, actor=cast.operator)
    assert stage.get(Mark, (made.id, ITEM)) is None
    assert ITEM in checklists.unchecked(stage, made)
    marks = [one for one in logged(stage, number(made.id)) if one.operation == "mark application"]
    assert [one.facts["standing"] for one in marks] == ["problem", "fine", ""]
    assert marks[0].facts["remark"] == "No seal"
    with refused(stage, UnknownChoice, field="item"):
        mark(stage, made, "section:holder", Standing.FINE, actor=cast.operator)
    with refused(stage, TooLong, field="remark"):
        mark(stage, made, ITEM, Standing.FINE, "a" * 1_025, actor=cast.operator)


def test_what_the_applicant_changes_unasked_is_looked_at_again(stage: Session, cast: World) -> None:
    made = applying.submitted(stage, cast, 2)
    claim(stage, made, cast.operator)
    mark_all(stage, made, cast.operator)
    examining.correct(stage, made, {"section:reason": "Say more"}, cast.operator)
    typed = {**made.answers["contact"], "telephone": "03-1111-2222"}
    applying.save(stage, made, "contact", typed, now=LATER)
    applying.submit(stage, made, now=LATER)
    assert checklists.unchecked(stage, made) == ["section:reason", "section:contact"]


def test_a_file_attached_or_removed_since_is_looked_at_again(stage: Session, cast: World) -> None:
    made = applying.submitted(stage, cast, 4)
    claim(stage, made, cast.operator)
    mark_all(stage, made, cast.operator)
    examining.correct(stage, made, {"section:closure": "Say why"}, cast.operator)
    by = Filler(cast.aoba_proposer)
    attachments.attach(stage, made.id, "power_of_attorney", applying.file("deed"), by=by, now=LATER)
    applying.submit(stage, made, now=LATER)
    wanted = ["section:closure", "document:power_of_attorney"]
    assert checklists.unchecked(stage, made) == wanted
    for item in wanted:
        mark(stage, made, item, Standing.FINE, actor=cast.operator, now=LATER)
    assert checklists.unchecked(stage, made) == []
