"""Questions about crossings: blocks as messages tell them, and what is expected."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.orm import Session

from app.domain import bands
from app.domain.exchange import Side, Status
from app.domain.serials import Range
from app.registry import peers as verbs
from app.registry.seals import Seal
from app.store import accounts, crossings
from tests import world
from tests.world import NOW, World

#: What the drivers raise where the database itself refuses.
REFUSED = (sqlite3.DatabaseError, psycopg.Error)


@pytest.fixture
def coming(stage: Session, cast: World) -> int:
    """A crossing from Viet Nam's registry to Aoba's account, accepted, by its id."""
    peer = verbs.connect(
        stage,
        "JP",
        "VN",
        party="VNM",
        name_en="Registry of Viet Nam",
        name_ja="ベトナム登録簿",
        url="https://registry.example",
        key=Seal("33" * 32).public.hex(),
        now=NOW,
    )
    account = accounts.by_number(stage, cast.aoba)
    assert account is not None
    values = {
        "peer_id": peer.id,
        "side": Side.IN,
        "status": Status.ACCEPTED,
        "number": "VN0000000001",
        "account_id": account.id,
        "their_account": "VN-121-000001-0-00",
        "quantity": 10,
        "units": [],
        "sent_at": NOW,
    }
    return crossings.add(stage.connection(), values)


def test_blocks_are_told_by_the_numbers_of_their_registry(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    told = crossings.told(stage.connection(), [Range(11, 20), Range(31, 31)], own="JP")
    assert [(one["origin"], one["first"], one["last"]) for one in told] == [
        ("JP", 11, 20),
        ("JP", 31, 31),
    ]
    assert {(one["project"], one["vintage"], one["unit_class"]) for one in told} == {
        ("MN003", 2019, "jcm_credit")
    }


def test_numbers_are_expected_once_until_they_are_forgotten(stage: Session, coming: int) -> None:
    connection = stage.connection()
    place = bands.stored("VN", Range(1, 10), own="JP")
    crossings.expect(connection, coming, [place])
    assert crossings.is_expected(connection, Range(place.last, place.last + 5))
    assert not crossings.is_expected(connection, Range(place.last + 1, place.last + 5))
    with pytest.raises(REFUSED), connection.begin_nested():
        crossings.expect(connection, coming, [Range(place.first + 5, place.last + 5)])
    crossings.forget(connection, coming)
    assert not crossings.is_expected(connection, place)


def test_what_has_ended_stays_as_it_ended(stage: Session, coming: int) -> None:
    connection = stage.connection()
    crossings.change(connection, coming, status=Status.CANCELLED, ended_at=NOW)
    with pytest.raises(REFUSED), connection.begin_nested():
        crossings.change(connection, coming, status=Status.ACCEPTED)
    assert crossings.locked(connection, coming).status is Status.CANCELLED
