"""Blocks: every search against the plain rows, the life of a serial, and holdings as of a date."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from sqlalchemy import Row, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain import serials
from app.domain.accounts import CANCELLATION, HOLDING, Kind
from app.domain.ledger import Kind as Movement
from app.domain.projects import UnitClass
from app.domain.serials import SERIAL_MAX, Range
from app.registry import bars
from app.store import accounts, blocks, projects
from app.store.blocks import Search
from app.store.tables import Account, Block, Issuance, Transaction
from tests import world
from tests.stages import live
from tests.world import ITMO_PROJECT, ITMO_VINTAGE, NOW, PARTNER, PROJECT, World

DAY = timedelta(days=1)


@pytest.fixture
def busy(stage: Session, cast: World) -> Session:
    """Issued on day 0; on day 1 moved and retired, on day 2 cancelled: a dozen live blocks."""
    world.issued(stage, cast, quantity=100)
    world.issued(stage, cast, quantity=100, project=ITMO_PROJECT)
    world.issued(stage, cast, quantity=100, account=cast.kaede)
    tomorrow, after = NOW + DAY, NOW + 2 * DAY
    for first in (11, 31, 151):
        world.moved(stage, cast, serials=[Range(first, first + 4)], now=tomorrow)
    world.moved(stage, cast, Movement.RETIREMENT, quantity=7, now=tomorrow)
    cancellation = Movement.VOLUNTARY_CANCELLATION
    world.moved(stage, cast, cancellation, quantity=9, project=ITMO_PROJECT, now=after)
    ordered = Movement.MANDATORY_CANCELLATION
    world.moved(stage, cast, ordered, source=cast.kaede, quantity=3, now=after)
    back = [Range(250, 259)]
    world.moved(stage, cast, source=cast.kaede, target=cast.aoba, serials=back, now=after)
    return stage


def rows(session: Session) -> list[Row[Any]]:
    """Return every live block, by hand."""
    query = select(Block.__table__).where(Block.closed_by.is_(None)).order_by(Block.first)
    return list(session.connection().execute(query))


def fits(row: Row[Any], search: Search) -> bool:
    """Tell whether a block belongs to a search, by hand."""
    within = search.range
    return all(
        (
            within is None or (row.first <= within.last and row.last >= within.first),
            search.projects is None or row.project_id in search.projects,
            search.partner in {None, row.partner},
            search.vintage in {None, row.vintage},
            search.kinds is None or row.kind in search.kinds,
            search.account_id in {None, row.account_id},
        )
    )


def searches(session: Session, cast: World) -> list[Search]:
    """Return every combination of a few values of every filter."""
    aoba = accounts.by_number(session, cast.aoba)
    itmo = projects.identifier(session.connection(), ITMO_PROJECT)
    assert aoba is not None and itmo is not None
    values: dict[str, list[Any]] = {
        "range": [None, Range(1, 1), Range(13, 240), Range(15, 15), Range(301, SERIAL_MAX)],
        "projects": [None, (itmo,), ()],
        "partner": [None, PARTNER],
        "vintage": [None, ITMO_VINTAGE],
        "kinds": [None, HOLDING, frozenset({Kind.RETIREMENT}), frozenset()],
        "account_id": [None, aoba.id],
    }
    combined = product(*values.values())
    return [Search(**dict(zip(values, chosen, strict=True))) for chosen in combined]


def test_every_search_finds_what_fits_and_nothing_else(busy: Session, cast: World) -> None:
    every = rows(busy)
    for search in searches(busy, cast):
        expected = [row.first for row in every if fits(row, search)]
        assert [row.first for row in blocks.find(busy, search)] == expected, search
        assert [row.first for row in blocks.stream(busy, search)] == expected, search
        assert blocks.count(busy, search) == len(expected), search


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
        assert blocks.totals(busy, search) == expected, search


@pytest.mark.parametrize("size", [1, 2, 5, 50])
def test_pages_forwards_and_backwards_show_every_block_once(busy: Session, size: int) -> None:
    every = [row.first for row in rows(busy)]
    forwards: list[int] = []
    page = blocks.find(busy, Search(), size=size)
    while page:
        forwards += [row.first for row in page]
        page = blocks.find(busy, Search(), after=page[-1].first, size=size)
    assert forwards == every
    backwards: list[int] = []
    page = blocks.find(busy, Search(), before=SERIAL_MAX, size=size)
    while page:
        backwards = [row.first for row in page] + backwards
        page = blocks.find(busy, Search(), before=page[0].first, size=size)
    assert backwards == every


def test_counting_stops_at_the_cap(busy: Session) -> None:
    many = len(rows(busy))
    assert blocks.count(busy, Search(), cap=many) == many
    assert blocks.count(busy, Search(), cap=many - 1) == many
    assert blocks.count(busy, Search(), cap=3) == 4


def test_a_row_says_what_its_credits_are(busy: Session) -> None:
    first, itmo = blocks.find(busy, Search(range=Range(1, 1))), blocks.at(busy, 120)
    assert (first[0].project, first[0].unit_class) == (PROJECT, UnitClass.JCM_CREDIT)
    assert itmo is not None
    assert (itmo.project, itmo.unit_class) == (ITMO_PROJECT, UnitClass.ITMO)


def test_every_serial_is_in_the_one_block_that_holds_it(busy: Session) -> None:
    for row in rows(busy):
        for serial in (row.first, row.last):
            found = blocks.at(busy, serial)
            assert found is not None
            assert (found.first, found.last, found.account_id) == (
                row.first,
                row.last,
                row.account_id,
            )
    assert blocks.at(busy, 301) is None
    assert blocks.at(busy, SERIAL_MAX) is None


def test_case_26_blocks_never_overlap_and_add_up_to_the_balances(
    busy: Session, cast: World
) -> None:
    every = rows(busy)
    assert all(before.last + 1 == after.first for before, after in pairwise(every))
    assert sum(row.last - row.first + 1 for row in every) == 300
    for account in accounts.everyone(busy):
        held = sum(r.last - r.first + 1 for r in every if r.account_id == account.id)
        assert accounts.balance(busy.connection(), account.id) == held


# The ledger path


def test_blocks_are_held_in_order_however_many_there_are(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=90)
    for first in range(2, 90, 4):
        world.moved(stage, cast, serials=[Range(first, first)])
    aoba = accounts.by_number(stage, cast.aoba)
    assert aoba is not None
    connection = stage.connection()
    found = blocks.held(connection, aoba.id, project_id=None, vintage=None)
    assert [Range(row.first, row.last) for row in found] == live(stage, cast.aoba)
    assert len(live(stage, cast.aoba)) == 23
    for unit in ({"project_id": -1, "vintage": None}, {"project_id": None, "vintage": 1999}):
        assert list(blocks.held(connection, aoba.id, **unit)) == []


@pytest.mark.parametrize(
    ("wanted", "firsts"),
    [
        (Range(1, 1), [1]),
        (Range(10, 11), [8, 11]),
        (Range(12, 14), [11, 14]),
        (Range(250, 400), [250, 260]),
        (Range(301, 400), []),
    ],
)
def test_a_range_is_covered_by_the_blocks_that_hold_any_of_it(
    busy: Session, wanted: Range, firsts: list[int]
) -> None:
    found = blocks.covering(busy.connection(), wanted)
    assert [row.first for row in found] == firsts
    assert firsts == [row.first for row in rows(busy) if fits(row, Search(range=wanted))]


def test_what_is_kept_is_reserved_by_the_account_or_barred_for_all(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=20)
    world.issued(stage, cast, quantity=20, account=cast.kaede)
    world.proposed(stage, cast, quantity=5)
    world.proposed(stage, cast, source=cast.kaede, target=cast.aoba, quantity=5)
    bars.lay(stage, Range(30, 50), reason="inquiry", actor=cast.operator, now=NOW)
    aoba = accounts.by_number(stage, cast.aoba)
    assert aoba is not None
    connection = stage.connection()
    assert sorted(blocks.kept(connection, aoba.id)) == [Range(1, 5), Range(30, 50)]
    assert blocks.kept(connection, aoba.id, bars=False) == [Range(1, 5)]


# The life of a serial


def test_case_10_the_life_of_a_serial_leads_back_to_its_issuance(
    busy: Session, cast: World
) -> None:
    numbers = {account.id: account.number for account in busy.scalars(select(Account))}
    for serial in (1, 11, 12, 31, 101, 151, 201, 250, 300):
        life = blocks.life(busy, serial)
        assert life[-1].by is Movement.ISSUANCE
        assert all(step.first <= serial <= step.last for step in life)
        assert [step.at for step in life] == sorted((step.at for step in life), reverse=True)
        # No gap: each row was closed by the transaction that opened the next.
        query = select(Block.opened_by, Block.closed_by)
        covers = query.where(Block.first <= serial, Block.last >= serial)
        closed_by = dict(busy.execute(covers).all())
        following = [None, *(step.opened_by for step in life)]
        assert [closed_by.pop(step.opened_by) for step in life] == following[:-1]
        assert not closed_by
    moved = [(step.by, numbers[step.account_id]) for step in blocks.life(busy, 250)]
    assert (moved[0], moved[-1]) == (
        (Movement.TRANSFER, cast.aoba),
        (Movement.ISSUANCE, cast.kaede),
    )
    assert blocks.life(busy, 301) == []


def test_the_life_of_a_cancelled_serial_says_for_whom(busy: Session) -> None:
    newest = blocks.life(busy, 101)[0]
    assert (newest.kind, newest.by) == (
        Kind.VOLUNTARY_CANCELLATION,
        Movement.VOLUNTARY_CANCELLATION,
    )
    assert (newest.purpose, newest.beneficiary) == ("Offset of a conference", "Kaede Trading")


# As of a date


def test_totals_by_kind_are_known_for_every_date(busy: Session) -> None:
    expected = {
        -1: {},
        0: {Kind.ENTITY: 300},
        1: {Kind.ENTITY: 293, Kind.RETIREMENT: 7},
        2: {
            Kind.ENTITY: 281,
            Kind.RETIREMENT: 7,
            Kind.VOLUNTARY_CANCELLATION: 9,
            Kind.MANDATORY_CANCELLATION: 3,
        },
        400: blocks.totals(busy, Search()),
    }
    for days, totals in expected.items():
        assert blocks.totals_as_of(busy, NOW + days * DAY) == totals, days
    # To the moment: before it happened it had not happened.
    just_before = NOW + DAY - timedelta(microseconds=1)
    assert blocks.totals_as_of(busy, just_before) == expected[0]


def test_holdings_are_known_for_every_date(busy: Session, cast: World) -> None:
    aoba = accounts.by_number(busy, cast.aoba)
    assert aoba is not None

    def held(days: int) -> list[Range]:
        found = blocks.holdings_as_of(busy, aoba.id, NOW + days * DAY)
        return serials.join(Range(row.first, row.last) for row in found)

    assert held(-1) == []
    assert held(0) == [Range(1, 200)]
    assert held(1) == [Range(8, 10), Range(16, 30), Range(36, 150), Range(156, 200)]
    assert held(2) == [
        Range(8, 10),
        Range(16, 30),
        Range(36, 100),
        Range(110, 150),
        Range(156, 200),
        Range(250, 259),
    ]
    assert held(400) == held(2) == serials.join(live(busy, cast.aoba))


# What the database itself refuses


@pytest.mark.parametrize(
    "spoilt",
    [
        {"first": None},
        {"last": None},
        {"first": 1_002},
        {"first": 0},
        {"kind": "surplus"},
        {"project_id": None},
        {"vintage": None},
        {"issuance_id": None},
        {"account_id": 10**9},
    ],
)
def test_case_15_19_20_and_21_the_database_takes_no_block_without_its_parts(
    busy: Session, spoilt: dict[str, object]
) -> None:
    known = busy.execute(select(Block.__table__).where(Block.closed_by.is_(None))).first()
    assert known is not None
    good = known._asdict() | {"first": 1_000, "last": 1_001}
    with pytest.raises(DBAPIError), busy.begin_nested():
        insert(busy, "blocks", good | spoilt)
    insert(busy, "blocks", good)


def insert(session: Session, table: str, values: dict[str, Any]) -> None:
    """Write a row past everything above the database."""
    parameters = ", ".join(f":{name}" for name in values)
    statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({parameters})"
    session.execute(text(statement), values)


def test_case_18_the_database_takes_no_class_of_credit_that_does_not_exist(
    busy: Session,
) -> None:
    known = busy.execute(select(Issuance.__table__)).first()
    assert known is not None
    free = busy.scalars(select(Transaction.id).where(Transaction.kind != Movement.ISSUANCE)).first()
    good = known._asdict() | {"id": 10**6, "transaction_id": free, "first": 10**6, "last": 10**6}
    with pytest.raises(DBAPIError), busy.begin_nested():
        insert(busy, "issuances", good | {"unit_class": "assigned_amount_unit"})
    insert(busy, "issuances", good)


@pytest.mark.parametrize(
    "values",
    ["account_id = 1", "closed_by = NULL", "closed_by = (SELECT max(id) FROM transactions)"],
)
def test_case_90_the_database_edits_no_block_where_credits_ended(
    busy: Session, values: str
) -> None:
    for kind in (Kind.RETIREMENT, *CANCELLATION):
        with pytest.raises(DBAPIError), busy.begin_nested():
            busy.execute(text(f"UPDATE blocks SET {values} WHERE kind = :kind"), {"kind": kind})
        with pytest.raises(DBAPIError), busy.begin_nested():
            busy.execute(text("DELETE FROM blocks WHERE kind = :kind"), {"kind": kind})
