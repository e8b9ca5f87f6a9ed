"""Blocks: every search against the plain rows, the life of a serial, and holdings as of a date."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Row, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain import serials
from app.domain.accounts import CANCELLATION, Kind
from app.domain.ledger import Kind as Movement
from app.domain.serials import SERIAL_MAX, Range
from app.registry import bars
from app.store import accounts, blocks
from app.store.blocks import Search
from app.store.tables import Account, Block, Issuance, Transaction
from tests import world
from tests.stages import live
from tests.world import NOW, World

DAY = timedelta(days=1)


def rows(session: Session) -> list[Row[Any]]:
    """Return every live block, by hand."""
    query = select(Block.__table__).where(Block.closed_by.is_(None)).order_by(Block.first)
    return list(session.connection().execute(query))


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
    assert firsts == [
        row.first for row in rows(busy) if row.first <= wanted.last and row.last >= wanted.first
    ]


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
