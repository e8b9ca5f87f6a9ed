"""The tables of conformance and security name tests that exist, and every case there is."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from app.config import ROOT

TABLE = ROOT / "docs" / "conformance.md"
SECURITY = ROOT / "docs" / "security.md"
TESTS = ROOT / "tests"

#: Every case there is, by section; the standards leave numbers out.
_CASES = """
1 2 3 4 6 7 9 10
11 13 14 15 16 17 18 19 20 21 22 23 24 26
29 31 34 35 37 38 39
41 43 44
47 48 50 51 52 53 54 55 56 57
61 64 66 67 70
73 74 76 77 81
83 85 86 87 88 89 90 91
92 93 95 96 97
99 100 101
104 105 107 109 110 111 113 114 115 116 117
120 122 124
126 128 130 132 133 134 135 136 137 138
"""
CASES = re.findall(r"\d+", _CASES)


class Row(NamedTuple):
    """One row of a table: what must hold, the tests that hold it, and what of it waits."""

    number: str
    what: str
    tests: list[str]
    waits: str

    @property
    def standing(self) -> str:
        if self.tests:
            return "partly" if self.waits else "covered"
        return "waiting"


def tables() -> tuple[list[Row], list[Row]]:
    """Return the rows of the cases, and those of the behaviours."""
    cells = re.findall(r"^\| (O?\d+) \| (.+?) \| (.*?) ?\| (.*?) ?\|$", TABLE.read_text(), re.M)
    rows = [
        Row(number, what, re.findall(r"`([^`]+)`", named), waits)
        for number, what, named, waits in cells
    ]
    cases = [row for row in rows if row.number.isdigit()]
    return cases, [row for row in rows if not row.number.isdigit()]


@cache
def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_case_stands_in_the_table_once_and_in_order() -> None:
    cases, behaviours = tables()
    assert [row.number for row in cases] == CASES
    numbers = [row.number for row in behaviours]
    assert numbers == sorted(set(numbers))


def test_every_row_has_a_test_or_the_reason_why_it_waits() -> None:
    cases, behaviours = tables()
    assert not [row.number for row in (*cases, *behaviours) if not row.tests and not row.waits]


def test_every_test_that_is_named_exists() -> None:
    cases, behaviours = tables()
    named = {test for row in (*cases, *behaviours) for test in row.tests}
    named |= set(re.findall(r"`(\w[\w/]*\.py::\w+)`", SECURITY.read_text()))
    missing = []
    for test in named:
        file, _, name = test.partition("::")
        path = TESTS / file
        if not path.is_file() or name not in names_in(path):
            missing.append(test)
    assert not missing


@pytest.mark.parametrize("part", [0, 1])
def test_the_counts_are_those_of_the_rows(part: int) -> None:
    rows = tables()[part]
    said = re.findall(
        r"^(\d+) rows: (\d+) covered, (\d+) partly, (\d+) waiting\.$", TABLE.read_text(), re.M
    )
    standings = [row.standing for row in rows]
    counted = [standings.count(word) for word in ("covered", "partly", "waiting")]
    assert [int(number) for number in said[part]] == [len(rows), *counted]


def test_a_test_that_bears_a_cases_number_stands_in_its_row() -> None:
    cases, behaviours = tables()
    named = {row.number.lower(): row.tests for row in (*cases, *behaviours)}
    strangers = [
        f"{number}: {name}"
        for path in TESTS.rglob("test_*.py")
        for name in names_in(path)
        for number in numbers_in(name)
        if not any(test.endswith(f"::{name}") for test in named.get(number, ()))
    ]
    assert not strangers


def numbers_in(name: str) -> list[str]:
    """Return the cases and behaviours whose numbers a test's name begins with."""
    found = re.match(r"test_((?:(?:case|and|o?\d+)_)+)", name)
    if found is None or not re.match(r"test_(case_|o\d)", name):
        return []
    return [word for word in found[1].split("_") if re.fullmatch(r"o?\d+", word)]
