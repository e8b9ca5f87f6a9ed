"""Cooperative approaches: recorded once, and given their official code for good."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.article6_errors import ApproachTaken, CodeFixed, MalformedApproach
from app.domain.errors import NotEntitled, NotFound
from app.domain.form_errors import ChangedMeanwhile
from app.domain.text import Text
from app.registry import approaches
from app.registry.approaches import Facts
from app.store import approaches as questions
from app.store.tables import Approach
from tests import article6
from tests.registry.test_authorizations import refuses
from tests.world import ITMO_PARTNER, NOW, World

STAND_IN = Facts("CA9006", code_is_official=False, initial_report_on=None)
REAL = Facts("CA0017", code_is_official=True, initial_report_on=date(2025, 4, 15))


def record(session: Session, cast: World, facts: Facts = STAND_IN) -> Approach:
    name = Text("JCM with Viet Nam", "ベトナムとのJCM")
    return approaches.record(session, facts, partner=ITMO_PARTNER, name=name, actor=cast.operator)


def change(session: Session, cast: World, facts: Facts, **other: Any) -> str:
    found = questions.of_partner(session, ITMO_PARTNER)
    assert found is not None
    given = {"seen": approaches.fingerprint(found), "actor": cast.operator, "now": NOW} | other
    return approaches.change(session, found.code, facts, **given)


def test_an_approach_keeps_its_code_when_it_is_loaded_again(stage: Session, cast: World) -> None:
    made = record(stage, cast)
    assert change(stage, cast, REAL) == "CA0017"
    assert record(stage, cast) is made
    assert (made.code, made.code_is_official, made.initial_report_on) == (
        *("CA0017", True, date(2025, 4, 15)),
    )
    (row,) = questions.everyone(stage)
    assert (row.code, row.alpha3) == ("CA0017", article6.HOST)


def test_r11_an_official_code_never_changes(stage: Session, cast: World) -> None:
    record(stage, cast)
    change(stage, cast, REAL)
    assert change(stage, cast, REAL) == "CA0017"
    for facts in (STAND_IN, replace(REAL, code="CA0018"), replace(REAL, code_is_official=False)):
        refuses(
            stage,
            CodeFixed,
            lambda given=facts: change(stage, cast, given),
            field="approach_code",
        )


def test_a_change_is_refused_where_it_cannot_be(stage: Session, cast: World) -> None:
    record(stage, cast)
    article6.approach(stage, code="CA0001", partner="MN")
    for facts, other, refusal in (
        (replace(REAL, code="CA1"), {}, MalformedApproach),
        (replace(REAL, code="CA0001"), {}, ApproachTaken),
        (REAL, {"seen": "another"}, ChangedMeanwhile),
        (REAL, {"actor": cast.approver}, NotEntitled),
    ):
        refuses(stage, refusal, lambda f=facts, o=other: change(stage, cast, f, **o))
    with pytest.raises(NotFound):
        approaches.change(stage, "CA0002", REAL, seen="", actor=cast.operator, now=NOW)
