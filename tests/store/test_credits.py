"""The credit search: every search against the plain rows, page by page in both orders."""

from collections import defaultdict
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Row, event, select
from sqlalchemy.orm import Session

from app.domain import serials
from app.domain.accounts import CANCELLATION, HOLDING, Kind
from app.domain.projects import UnitClass
from app.domain.serials import SERIAL_MAX, Range
from app.store import accounts, credit_totals, projects
from app.store import credits as questions
from app.store.credits import Search
from app.store.databases import Database
from app.store.tables import Block
from tests.world import ITMO_PROJECT, ITMO_VINTAGE, PARTNER, PROJECT, VINTAGE, World


def rows(session: Session) -> list[Row[Any]]:
    """Return every live block, by hand."""
    query = select(Block.__table__).where(Block.closed_by.is_(None)).order_by(Block.first)
    return list(session.connection().execute(query))


def fits(row: Row[Any], search: Search) -> bool:
    """Tell whether a block belongs to a search, by hand."""
    within = search.range
    of_class = UnitClass.ITMO if row.vintage >= 2021 else UnitClass.JCM_CREDIT
    return all(
        (
            within is None or (row.first <= within.last and row.last >= within.first),
            search.projects is None or row.project_id in search.projects,
            search.partner in {None, row.partner},
            search.vintage in {None, row.vintage},
            search.unit_class in {None, of_class},
            search.kinds is None or row.kind in search.kinds,
            search.account_id in {None, row.account_id},
        )
    )


def searches(session: Session, cast: World) -> list[Search]:
    """Return every combination of a few values of every filter."""
    aoba = accounts.by_number(session, cast.aoba)
    known = [projects.identifier(session.connection(), name) for name in (PROJECT, ITMO_PROJECT)]
    assert aoba is not None
    values: dict[str, list[Any]] = {
        "range": [None, Range(13, 240), Range(15, 15)],
        "projects": [None, tuple(known[1:]), tuple(known)],
        "partner": [None, PARTNER],
        "vintage": [None, ITMO_VINTAGE],
        "kinds": [None, HOLDING, frozenset({Kind.RETIREMENT})],
    }
    combined = product(*values.values())
    found = [Search(**dict(zip(values, chosen, strict=True))) for chosen in combined]
    found += [replace(search, account_id=aoba.id) for search in found[::5]]
    found += [replace(search, unit_class=one) for search in found[::7] for one in UnitClass]
    return [
        *found,
        Search(kinds=CANCELLATION),
        Search(kinds=frozenset()),
        Search(projects=()),
        Search(range=Range(301, SERIAL_MAX)),
    ]


def test_every_search_finds_what_fits_and_nothing_else(busy: Session, cast: World) -> None:
    every = rows(busy)
    for search in searches(busy, cast):
        expected = [row.first for row in every if fits(row, search)]
        assert [row.first for row in questions.find(busy, search)] == expected, search
        assert [row.first for row in questions.stream(busy, search)] == expected, search
        assert questions.count(busy, search) == len(expected), search


def test_the_totals_of_every_search_are_the_sums_of_its_blocks(busy: Session, cast: World) -> None:
    every = rows(busy)
    for search in searches(busy, cast):
        expected: dict[Kind, int] = defaultdict(int)
        for row in every:
            if fits(row, search):
                part = serials.overlap(
                    Range(row.first, row.last), search.range or Range(1, SERIAL_MAX)
                )
                expected[Kind(row.kind)] += part.quantity if part else 0
        assert credit_totals.totals(busy, search) == expected, search


@pytest.mark.parametrize("descending", [False, True])
def test_pages_in_either_order_show_every_block_once_forth_and_back(
    busy: Session, *, descending: bool
) -> None:
    for search in (
        Search(),
        Search(kinds=HOLDING | {Kind.RETIREMENT}),
        Search(partner=PARTNER),
        Search(partner=PARTNER, vintage=VINTAGE, kinds=HOLDING),
    ):
        every = [row.first for row in rows(busy) if fits(row, search)]
        if descending:
            every.reverse()
        assert [row.first for row in questions.stream(busy, search, descending=descending)] == every
        asked: dict[str, Any] = {"size": 2, "descending": descending}
        forth: list[int] = []
        page = questions.find(busy, search, **asked)
        while page:
            forth += [row.first for row in page]
            page = questions.find(busy, search, after=forth[-1], **asked)
        assert forth == every
        back = [every[-1]]
        while page := questions.find(busy, search, before=back[0], **asked):
            back = [row.first for row in page] + back
        assert back == every


def test_a_position_beyond_every_serial_number_has_nothing_past_it(busy: Session) -> None:
    assert questions.find(busy, Search(), after=SERIAL_MAX) == []
    assert questions.find(busy, Search(), after=SERIAL_MAX, descending=True) != []
    assert questions.find(busy, Search(), before=0) == []


def test_counting_stops_at_the_cap(busy: Session) -> None:
    many = len(rows(busy))
    for search in (Search(), Search(kinds=frozenset(Kind) - {Kind.GOVERNMENT})):
        assert questions.count(busy, search, cap=many) == many
        assert questions.count(busy, search, cap=many - 1) == many
        assert questions.count(busy, search, cap=3) == 4


def test_a_row_says_what_its_credits_are(busy: Session) -> None:
    older, itmo = (
        questions.find(busy, Search(range=Range(serial, serial)))[0] for serial in (1, 120)
    )
    assert (older.project, older.unit_class) == (PROJECT, UnitClass.JCM_CREDIT)
    assert (itmo.project, itmo.unit_class) == (ITMO_PROJECT, UnitClass.ITMO)


def test_a_range_is_widened_to_the_blocks_in_which_it_begins_and_ends(busy: Session) -> None:
    every = rows(busy)
    for first, last in ((1, 1), (13, 240), (15, 15), (150, 299)):
        touched = [row for row in every if row.first <= last and row.last >= first]
        expected = Range(touched[0].first, touched[-1].last)
        assert questions.widened(busy, Range(first, last)) == expected
        known = Search(range=expected, begins_with_block=True)
        assert [row.first for row in questions.find(busy, known)] == [row.first for row in touched]
        assert questions.count(busy, known) == len(touched)
    assert questions.widened(busy, Range(301, 400)) == Range(301, 400)


def test_counting_sorts_nothing_on_postgresql(busy: Session) -> None:
    connection = busy.connection()
    if connection.dialect.name != "postgresql":
        pytest.skip("SQLite takes both tables in the order of an index")
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, given: Any, *_: Any) -> None:
        with cursor.connection.cursor() as other:
            plans.extend(row[0] for row in other.execute(f"EXPLAIN {statement}", given))

    event.listen(connection, "before_cursor_execute", explain)
    try:
        questions.count(busy, Search(partner=PARTNER, vintage=VINTAGE, kinds=HOLDING))
        questions.count(busy, Search(unit_class=UnitClass.ITMO))
    finally:
        event.remove(connection, "before_cursor_execute", explain)
    assert any("issuances" in step for step in plans)
    assert not [step for step in plans if "Sort" in step]


def test_no_page_is_sorted_out_of_more_blocks_than_it_shows(theatre: Any) -> None:
    """What a page costs must not grow with the ledger: its blocks come out of indexes in order."""
    database: Database = theatre.database
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL chooses by what there is; the benchmark measures it")
    plans: list[str] = []
    with database.reading() as session:

        def explain(_connection: Any, cursor: Any, statement: str, given: Any, *_: Any) -> None:
            if "FROM blocks" in statement or "JOIN blocks" in statement:
                plain = cursor.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", given)
                plans.extend(row[-1] for row in plain)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", explain)
        try:
            for search in (
                Search(),
                Search(kinds=HOLDING),
                Search(vintage=VINTAGE),
                Search(partner=PARTNER, vintage=VINTAGE),
                Search(unit_class=UnitClass.ITMO, kinds=CANCELLATION),
            ):
                for descending in (False, True):
                    questions.find(session, search, after=5, descending=descending)
                questions.count(session, search)
        finally:
            event.remove(engine, "before_cursor_execute", explain)
    assert plans
    assert not [step for step in plans if "TEMP B-TREE" in step or step == "SCAN blocks"]
