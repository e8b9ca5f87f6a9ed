"""Findings of the pre-check."""

from app.domain.aef_findings import NAMES, REMEDIES, WARNINGS, Finding, Level, Rule
from app.domain.aef_formats import Word


def test_every_rule_has_words_and_says_what_to_do() -> None:
    assert set(NAMES) == set(REMEDIES) == set(Rule)
    assert len({name.en for name in NAMES.values()}) == len(Rule)
    assert len({name.ja for name in NAMES.values()}) == len(Rule)


def test_only_what_the_party_may_leave_so_is_a_warning() -> None:
    for rule in Rule:
        finding = Finding(Word.ACTIONS, 1, "FirstID", rule)
        assert finding.level is (Level.WARNING if rule in WARNINGS else Level.ERROR)
        assert (finding.name, finding.remedy) == (NAMES[rule], REMEDIES[rule])
