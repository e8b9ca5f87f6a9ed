"""The table of what Article 6.2 asks names every rule, and tests that exist."""

import re

from app.config import ROOT
from tests.test_conformance import TESTS, names_in

TABLE = ROOT / "docs" / "article6.md"
RULES = [f"R{number}" for number in range(1, 31)]


def rows() -> list[tuple[str, list[str], str]]:
    """Return number, tests, and what waits of each rule."""
    cells = re.findall(r"^\| (R\d+) \| .+? \| .*?\| (.*?)\| (.*?)\|$", TABLE.read_text(), re.M)
    return [(number, re.findall(r"`([^`]+)`", tests), waits) for number, tests, waits in cells]


def test_every_rule_has_a_test_or_the_reason_why_it_waits() -> None:
    assert [number for number, _tests, _waits in rows()] == RULES
    assert not [number for number, tests, waits in rows() if not tests and not waits.strip()]


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(\w[\w/]*\.py::\w+)`", TABLE.read_text()))
    missing = []
    for test in named:
        file, _, name = test.partition("::")
        path = TESTS / file
        if not path.is_file() or name not in names_in(path):
            missing.append(test)
    assert not missing
    assert named >= {test for _number, tests, _waits in rows() for test in tests}


def test_a_test_that_bears_a_rules_number_stands_in_its_row() -> None:
    named = {number.lower(): tests for number, tests, _waits in rows()}
    strangers = [
        name
        for path in TESTS.rglob("test_*.py")
        for name in names_in(path)
        for number in re.findall(r"^test_(r\d+)_", name)
        if not any(test.endswith(f"::{name}") for test in named.get(number, ()))
    ]
    assert not strangers
