"""Citations: for which days one holds, and which two would hold at once."""

from dataclasses import replace
from datetime import date

from app.domain.citations import Citation, Subject, overlapping
from app.domain.text import Text

OLD = Citation(
    Subject.TRANSFER,
    Text("Transfer", "振替"),
    Text("Guidelines", "要綱"),
    is_established=False,
    effective_from=date(2015, 11, 13),
    effective_until=date(2025, 4, 1),
    source="https://example.org/",
)
NEW = replace(OLD, effective_from=date(2025, 4, 1), effective_until=None)


def test_a_citation_holds_from_its_first_day_to_the_day_before_the_next() -> None:
    assert not OLD.holds(date(2015, 11, 12))
    assert OLD.holds(date(2015, 11, 13))
    assert OLD.holds(date(2025, 3, 31))
    assert not OLD.holds(date(2025, 4, 1))
    assert OLD.last_day == date(2025, 3, 31)
    assert NEW.holds(date(2199, 1, 1))
    assert NEW.last_day is None


def test_two_overlap_only_on_the_same_subject_and_day() -> None:
    assert overlapping([NEW, OLD]) == []
    early = replace(NEW, effective_from=date(2025, 3, 31))
    assert overlapping([early, OLD]) == [(OLD, early)]
    assert overlapping([replace(early, subject=Subject.OPENING), OLD]) == []
