"""Remarks on records of Article 6: who makes them, on what, and that they are made once."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.errors import KeyUsedOtherwise, NotEntitled, NotFound, Required
from app.registry import remarks
from app.store.tables import LogEntry, Remark
from tests import article6, world
from tests.stages import refused
from tests.world import NOW, World


def add(
    session: Session, actor: int, subject: str = "adjustments:JPN", text: str = "Yes", key: str = ""
) -> int:
    """Make a remark in Japan's registry."""
    return remarks.add(
        session, subject, text, party="JPN", key=key or world.key(), actor=actor, now=NOW
    )


def test_reviewers_and_those_who_report_remark_and_nobody_else_does(
    stage: Session, cast: World
) -> None:
    for actor in (cast.reviewer, cast.operator, cast.approver, cast.auditor):
        made = stage.get_one(Remark, add(stage, actor))
        assert (made.subject, made.made_by, made.made_at) == ("adjustments:JPN", actor, NOW)
    for actor in (cast.system_administrator, cast.aoba_proposer):
        with refused(stage, NotEntitled):
            add(stage, actor)
    logged = stage.scalars(select(LogEntry.user_id).where(LogEntry.operation == "add remark"))
    assert list(logged) == [cast.reviewer, cast.operator, cast.approver, cast.auditor]


def test_a_remark_is_on_something_that_is_there(stage: Session, cast: World) -> None:
    approach = article6.approach(stage)
    article6.authorization(stage, cast, approach)
    for subject in ("authorization:JPN-2022-1", f"adjustments:{article6.HOST}"):
        assert add(stage, cast.reviewer, subject)
    for subject in ("authorization:JPN-2022-2", "adjustments:QQQ", "aef:2025:1.0", "users:1"):
        with pytest.raises(NotFound):
            add(stage, cast.reviewer, subject)
    with refused(stage, Required, field="text"):
        add(stage, cast.reviewer, text=" \n")


def test_the_same_form_sent_twice_makes_one_remark_that_never_changes(
    stage: Session, cast: World
) -> None:
    made = add(stage, cast.reviewer, key="once")
    assert add(stage, cast.reviewer, key="once") == made
    with refused(stage, KeyUsedOtherwise):
        add(stage, cast.reviewer, text="No", key="once")
    assert add(stage, cast.auditor, key="once") != made
    for statement in (update(Remark).values(text="No"), delete(Remark)):
        with pytest.raises(DBAPIError), stage.begin_nested():
            stage.execute(statement)
