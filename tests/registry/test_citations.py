"""The legal basis is brought in line with what is known, and never says more than that."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.citations import Citation, Subject, overlapping
from app.domain.errors import Refusal
from app.registry import citations
from app.store.tables import Citation as Recorded
from tests.world import World

#: Every number of an article for which there is a public source, by the day it counts from.
ESTABLISHED = {
    date(2025, 4, 1): {"57-2", "57-8", "57-9", "57-11", "57-18", "57-19", "2", "3", "4"},
    date(2026, 1, 1): {"49", "10", "20"},
}


def recorded(session: Session) -> list[tuple[object, ...]]:
    query = select(Recorded.__table__).order_by(Recorded.id)
    return [tuple(row) for row in session.execute(query)]


def test_running_it_again_changes_nothing(stage: Session, cast: World) -> None:
    citations.load(stage, "JP", actor=cast.operator)
    before = recorded(stage)
    assert len(before) == len(citations.shipped("JP"))
    citations.load(stage, "JP", actor=cast.operator)
    assert recorded(stage) == before


def test_what_is_known_better_is_corrected_and_what_was_wrong_is_gone(
    stage: Session, cast: World
) -> None:
    citations.load(stage, "JP", actor=cast.operator)
    first, *rest = citations.shipped("JP")
    better = replace(first, source="https://example.org/better")
    citations.record(stage, [better, *rest[:-1]], actor=cast.operator)
    stage.expire_all()
    found = stage.scalars(select(Recorded).order_by(Recorded.id)).all()
    assert len(found) == len(rest)
    assert found[0].source == "https://example.org/better"


def test_nobody_without_the_duty_records_one(stage: Session, cast: World) -> None:
    with pytest.raises(Refusal):
        citations.load(stage, "JP", actor=cast.approver)


def test_two_for_the_same_day_are_a_mistake(stage: Session, cast: World) -> None:
    first = citations.shipped("JP")[0]
    twice = [first, replace(first, effective_from=date(2020, 1, 1))]
    with pytest.raises(AssertionError):
        citations.record(stage, twice, actor=cast.operator)


def test_what_is_shipped_is_complete_and_follows_itself_without_overlap() -> None:
    shipped = citations.shipped("JP")
    assert {one.subject for one in shipped} == set(Subject)
    assert overlapping(shipped) == []
    for subject, times in Counter(one.subject for one in shipped).items():
        ordered = [one for one in shipped if one.subject is subject]
        assert len(ordered) == times
        # A gap would be a day without a provision between two days with one.
        assert all(
            one.effective_until == other.effective_from for one, other in pairwise(ordered)
        ), subject


def test_no_number_of_an_article_is_invented_and_both_languages_say_the_same() -> None:
    for one in citations.shipped("JP"):
        english = re.findall(r"Articles? ([\d-]+)(?: (?:to|and) ([\d-]+))?", one.provision.en)
        numbers = {number for found in english for number in found if number}
        assert numbers <= ESTABLISHED.get(one.effective_from, set()), one
        japanese = re.findall(r"第(\d+)条(?:の(\d+))?", one.provision.ja)
        assert {f"{first}-{then}" if then else first for first, then in japanese} == numbers, one
        assert one.is_established == (bool(numbers) or _names_a_whole_document(one)), one
        assert one.source.startswith(("https://", "http://"))


def _names_a_whole_document(one: Citation) -> bool:
    return one.subject in {Subject.RULES, Subject.AUTHORISATION}
