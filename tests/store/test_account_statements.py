"""Statements of accounts: balances that agree with the blocks, and all that moved in between."""

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.ledger import Kind
from app.domain.serials import Range
from app.store import account_statements, blocks
from app.store.tables import Account
from tests import world
from tests.world import NOW, World


def identifier(session: Session, number: str) -> int:
    return session.scalars(select(Account.id).where(Account.number == number)).one()


def story(session: Session, cast: World, chance: random.Random) -> list[datetime]:
    """Let credits come and go, some of it at the same moment; return moments in between."""
    at = NOW
    world.issued(session, cast, quantity=300, now=at)
    world.issued(session, cast, quantity=200, account=cast.kaede, now=at)
    moments = [NOW - timedelta(days=1), NOW]
    for _ in range(14):
        at += timedelta(hours=chance.choice((0, 0, 7, 30)))
        kind = chance.choice((Kind.TRANSFER, Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION))
        source = chance.choice((cast.aoba, cast.kaede))
        asked = {"source": source, "quantity": chance.randint(1, 20)}
        if kind is Kind.TRANSFER:
            asked["target"] = cast.kaede if source == cast.aoba else cast.aoba
        world.moved(session, cast, kind, now=at, **asked)
        moments.append(at)
    return [*sorted(set(moments)), at + timedelta(days=1)]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_period_agrees_with_the_blocks_and_with_the_next(
    stage: Session, cast: World, seed: int
) -> None:
    moments = story(stage, cast, random.Random(seed))
    for number in (cast.aoba, cast.kaede, cast.retirement, cast.outside):
        account = identifier(stage, number)
        for since, until in pairwise(moments):
            opening = account_statements.balance(stage, account, since)
            closing = account_statements.balance(stage, account, until)
            just_before = until - timedelta(microseconds=1)
            held = blocks.holdings_as_of(stage, account, just_before)
            assert closing == sum(row.last - row.first + 1 for row in held)
            lines = list(account_statements.lines(stage, account, since, until))
            moved = [line.movement for line in lines if line.is_first]
            assert opening + sum(one.quantity for one in moved) == closing
            assert [one.balance for one in moved[-1:]] in ([], [closing])
            assert len(moved) == account_statements.count(stage, account, since, until)
            assert len(lines) <= account_statements.lines_at_most(stage, account, since, until)
            for one in moved:
                of_it = [line.run.range.quantity for line in lines if line.movement is one]
                assert sum(of_it) == abs(one.quantity)


def test_movements_come_in_order_with_their_other_side_and_serials(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    world.issued(stage, cast, quantity=50, project=world.ITMO_PROJECT)
    world.moved(stage, cast, serials=[Range(91, 110)], quantity=20)
    world.moved(stage, cast, Kind.RETIREMENT, quantity=5)
    world.proposed(stage, cast, quantity=7)
    account = identifier(stage, cast.aoba)
    found = list(account_statements.lines(stage, account, NOW, NOW + timedelta(seconds=1)))
    assert [
        (
            line.movement.kind,
            line.movement.quantity,
            line.movement.balance,
            line.movement.other,
            f"{line.run.project} {line.run.range}",
            line.is_first,
        )
        for line in found
    ] == [
        (Kind.ISSUANCE, 100, 100, None, "MN003 1-100", True),
        (Kind.ISSUANCE, 50, 150, None, "VN004 101-150", True),
        (Kind.TRANSFER, -20, 130, cast.kaede, "MN003 91-100", True),
        (Kind.TRANSFER, -20, 130, cast.kaede, "VN004 101-110", False),
        (Kind.RETIREMENT, -5, 125, cast.retirement, "MN003 1-5", True),
    ]
    other = list(
        account_statements.lines(
            stage, identifier(stage, cast.kaede), NOW, NOW + timedelta(seconds=1)
        )
    )
    assert [(one.movement.quantity, one.movement.other) for one in other if one.is_first] == [
        (20, cast.aoba)
    ]
    assert not list(account_statements.lines(stage, account, NOW - timedelta(days=9), NOW))


def test_lines_are_read_a_few_rows_at_a_time(stage: Session, cast: World) -> None:
    for _ in range(5):
        world.issued(stage, cast, quantity=10)
    account = identifier(stage, cast.aoba)
    until = NOW + timedelta(seconds=1)
    one_by_one = list(account_statements.lines(stage, account, NOW, until, chunk=1))
    assert one_by_one == list(account_statements.lines(stage, account, NOW, until))
    assert [line.movement.balance for line in one_by_one] == [10, 20, 30, 40, 50]
