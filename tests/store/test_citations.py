"""Questions about the legal basis, on what the product ships."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.domain.citations import Subject
from app.registry import citations as verbs
from app.store import citations
from tests.world import World

GUIDELINES = date(2025, 3, 31)
ACT = date(2025, 4, 1)
RENUMBERED = date(2026, 1, 1)


def test_what_holds_changes_with_the_day(stage: Session, cast: World) -> None:
    verbs.load(stage, "JP", actor=cast.operator)
    told = {}
    for day in (GUIDELINES, ACT, RENUMBERED - timedelta(days=1), RENUMBERED):
        found = citations.of(stage, Subject.RECORDED_ITEMS, day)
        assert found is not None
        told[day] = (found.provision.en, found.is_established)
    assert told[GUIDELINES] == ("Implementation Guidelines for the JCM", False)
    assert "Article 57-8" in told[ACT][0]
    assert told[RENUMBERED - timedelta(days=1)] == told[ACT]
    assert "Article 49, paragraph 2, item 5" in told[RENUMBERED][0]
    assert told[ACT][1] and told[RENUMBERED][1]
    assert citations.of(stage, Subject.LEDGER, date(2015, 11, 12)) is None


def test_each_subject_is_either_cited_or_among_the_others(stage: Session, cast: World) -> None:
    verbs.load(stage, "JP", actor=cast.operator)
    days = citations.days(stage)
    assert days == [date(2015, 11, 13), GUIDELINES, ACT, RENUMBERED]
    for day in (*days, date(2010, 1, 1), date(2100, 1, 1)):
        cited = [one.subject for one in citations.on(stage, day)]
        others = citations.others(stage, day)
        assert sorted([*cited, *others]) == sorted(Subject), day
        assert cited == [subject for subject in Subject if subject in cited]
    before = citations.others(stage, date(2010, 1, 1))
    assert before[Subject.OPENING].ja == "法人等保有口座の開設"
