"""The CSV of a search: the same on both engines, and the totals in it those of the search."""

import csv
import io
from collections import defaultdict
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.accounts import Kind, holding
from app.domain.projects import UnitClass
from app.domain.serials import Range
from app.store import credit_files, credit_totals, projects
from app.store.credit_files import COLUMNS, Words
from app.store.credits import Search, count, widened
from tests.world import ITMO_PARTNER, ITMO_PROJECT, ITMO_VINTAGE, PARTNER, PROJECT, VINTAGE

WORDS = Words(
    origin="JP",
    partners={"MN": 'モンゴル, "MN" 100%'},
    kinds={kind: f"{kind} ' account" for kind in Kind},
    states={kind: (holding(kind).value, f"{holding(kind)}; now") for kind in Kind},
)


def table(session: Session, search: Search, *, descending: bool = False) -> list[dict[str, str]]:
    """Return the CSV as it is read again."""
    written = b"".join(credit_files.lines(session, search, WORDS, descending=descending))
    assert written.count(b"\n") == written.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(written.decode(), newline=""), COLUMNS))


SEARCHES = st.fixed_dictionaries(
    {
        "partner": st.sampled_from([None, PARTNER, ITMO_PARTNER, "XX"]),
        "projects": st.sampled_from([None, (PROJECT,), (ITMO_PROJECT,), (PROJECT, ITMO_PROJECT)]),
        "vintage": st.sampled_from([None, VINTAGE, ITMO_VINTAGE, 1999]),
        "unit_class": st.sampled_from([None, *UnitClass]),
        "kinds": st.none() | st.frozensets(st.sampled_from(Kind)),
        "range": st.none() | st.tuples(st.integers(1, 310), st.integers(1, 310)),
    }
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=SEARCHES)
def test_the_totals_are_always_the_sums_of_the_rows(busy: Session, asked: dict[str, Any]) -> None:
    named = asked["projects"]
    if named is not None:
        connection = busy.connection()
        asked = asked | {"projects": tuple(projects.identifier(connection, one) for one in named)}
    if asked["range"] is not None:
        typed = Range(min(asked["range"]), max(asked["range"]))
        asked = asked | {"range": widened(busy, typed)}
    search = Search(**asked)
    summed: dict[str, int] = defaultdict(int)
    for row in table(busy, search):
        summed[row["kind"]] += int(row["quantity"])
    assert credit_totals.totals(busy, search) == summed
    assert len(table(busy, search)) == count(busy, search)


def test_a_line_says_what_a_block_is_in_the_words_given(busy: Session) -> None:
    search = Search(range=Range(151, 155))
    assert table(busy, search) == [
        {
            "serial": "JP-VN-VN004-2022-151-155",
            "first": "151",
            "last": "155",
            "quantity": "5",
            "project": "VN004",
            "partner": "VN",
            "partner_name": "VN",
            "vintage": "2022",
            "unit_class": "itmo",
            "kind": "entity",
            "kind_name": "entity ' account",
            "state": "held",
            "state_name": "held; now",
            "is_demo": "no",
        }
    ]
    assert table(busy, Search(partner=PARTNER))[0]["partner_name"] == 'モンゴル, "MN" 100%'


def test_rows_and_lines_are_the_same_in_either_order(busy: Session) -> None:
    for descending in (False, True):
        rows = list(credit_files.rows(busy, Search(), WORDS, descending=descending))
        printed = [tuple(map(str, row)) for row in rows]
        assert [tuple(row.values()) for row in table(busy, Search(), descending=descending)] == (
            printed
        )
        assert (printed == sorted(printed, key=lambda row: int(row[1]))) is not descending
    assert list(credit_files.lines(busy, Search(projects=()), WORDS)) == []


def test_the_standing_of_the_ledger_changes_with_it(busy: Session) -> None:
    digest, completed_at = credit_files.standing(busy)
    assert len(digest) == 32 and completed_at.tzinfo is not None
