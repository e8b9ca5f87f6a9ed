"""Editions: frozen once, whoever sends the form how often, and withdrawn for a reason."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain import disclosure as rules
from app.domain.disclosure_errors import DayNotOver, EditionStands, TablesChanged
from app.domain.errors import (
    AlreadyDone,
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    ReasonRequired,
    TooLong,
)
from app.domain.people_errors import AlreadyBegun
from app.domain.text import Text
from app.registry import editions as verbs
from app.registry.editions import Publisher
from app.store import disclosure, editions
from app.store.tables import Edition, LogEntry
from tests import world
from tests.disclosing import ZONE
from tests.stages import refused
from tests.world import NOW, World

PUBLISHER = Publisher(
    code="JP",
    name=Text("Registry", "登録簿"),
    authority=Text("Administrator", "管理者"),
    address="https://registry.example",
    zone=ZONE,
    zone_name="Asia/Tokyo",
)
LATER = NOW + timedelta(days=40)
DAY = (NOW + timedelta(days=9)).astimezone(ZONE).date()


def seen(session: Session, day: date = DAY) -> str:
    return rules.digest(disclosure.as_of(session, day, ZONE, now=LATER))


def make(session: Session, actor: int, **other: Any) -> str:
    asked: dict[str, Any] = {
        "published_at": None,
        "seen": other.pop("seen", None) or seen(session, other.get("day", DAY)),
        "publisher": PUBLISHER,
        "key": world.key(),
        "actor": actor,
        "now": LATER,
    }
    return verbs.make(session, other.pop("day", DAY), **asked | other)


def one(session: Session, number: str) -> Edition:
    found = editions.by_number(session, number)
    assert found is not None
    return found


def test_an_edition_keeps_the_tables_as_of_its_day(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=300)
    number = make(stage, cast.operator)
    found = one(stage, number)
    assert (number, found.as_of, found.published_at) == ("JP-D-0001", DAY, LATER)
    assert found.digest == hashlib.sha256(found.content).digest()
    sheet = rules.thawed(found.content)
    assert (sheet.number, sheet.published_at, sheet.address) == (number, LATER, PUBLISHER.address)
    assert sheet.disclosure == disclosure.as_of(stage, DAY, ZONE, now=LATER)
    assert sheet.disclosure.total == 300
    entry = stage.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert (entry.operation, entry.subject, entry.user_id) == (
        "make edition",
        number,
        cast.operator,
    )
    assert entry.facts["digest"] == found.digest.hex()
    # The next number, whatever the day.
    assert make(stage, cast.approver, day=DAY - timedelta(days=1)) == "JP-D-0002"


def test_the_same_form_sent_twice_makes_one_edition(stage: Session, cast: World) -> None:
    first = make(stage, cast.operator, key="once")
    assert make(stage, cast.operator, key="once", seen="of another moment") == first
    with refused(stage, KeyUsedOtherwise):
        make(stage, cast.operator, key="once", day=DAY - timedelta(days=1))
    # A key is its maker's own.
    other = make(stage, cast.approver, key="once", day=DAY - timedelta(days=1))
    assert other == "JP-D-0002"


def test_what_cannot_be_frozen_is_refused(stage: Session, cast: World) -> None:
    today = LATER.astimezone(ZONE).date()
    for day in (today, today + timedelta(days=1)):
        with refused(stage, DayNotOver, field="as_of"):
            make(stage, cast.operator, day=day, seen="x")
    with refused(stage, AlreadyBegun, field="on"):
        make(stage, cast.operator, published_at=LATER - timedelta(hours=1))
    with refused(stage, TablesChanged):
        make(stage, cast.operator, seen="0" * 64)
    for person in (cast.auditor, cast.system_administrator, cast.aoba_proposer):
        with refused(stage, NotEntitled):
            make(stage, person)
    make(stage, cast.operator, published_at=LATER + timedelta(days=1))
    with refused(stage, EditionStands, field="as_of", number="JP-D-0001"):
        make(stage, cast.approver)


def test_an_edition_is_withdrawn_once_and_for_a_reason(stage: Session, cast: World) -> None:
    number = make(stage, cast.operator)

    def withdraw(
        reason: str = " Wrong  day ", actor: int = cast.approver, of: str = number
    ) -> None:
        verbs.withdraw(stage, of, reason=reason, actor=actor, now=LATER)

    for reason in ("", " \u3000 "):
        with refused(stage, ReasonRequired, field="reason"):
            withdraw(reason)
    with refused(stage, TooLong, field="reason"):
        withdraw("x" * 1_025)
    with refused(stage, NotEntitled):
        withdraw(actor=cast.auditor)
    with pytest.raises(NotFound):
        withdraw(of="JP-D-0002")
    withdraw()
    found = one(stage, number)
    assert (found.withdrawn_by, found.withdrawn_at, found.withdrawn_reason) == (
        cast.approver,
        LATER,
        "Wrong day",
    )
    with refused(stage, AlreadyDone):
        withdraw()
    # The day is free again, and the number is not given twice.
    assert make(stage, cast.operator) == "JP-D-0002"
    entry = stage.scalars(select(LogEntry).where(LogEntry.operation == "withdraw edition")).one()
    assert (entry.subject, entry.facts) == (number, {"reason": "Wrong day"})


def test_the_database_itself_keeps_an_edition_as_it_was(stage: Session, cast: World) -> None:
    number = make(stage, cast.operator)
    for statement in (
        "UPDATE editions SET content = digest",
        "UPDATE editions SET published_at = made_at, as_of = '2020-01-01'",
        "DELETE FROM editions",
    ):
        with (
            pytest.raises(DBAPIError, match=r"stays as it was|never deleted"),
            stage.begin_nested(),
        ):
            stage.execute(text(statement))
    assert one(stage, number).as_of == DAY


@pytest.mark.parametrize("same_form", [True, False])
def test_two_at_once_make_one_edition(engine: str, *, same_form: bool) -> None:
    """Either one form sent twice, or two administrators who publish the same day."""
    with world.populated(engine) as (database, cast):
        with database.reading() as session:
            shown = seen(session)
        barrier = Barrier(2)

        def send(place: int) -> str:
            def write(session: Session) -> str:
                actor = cast.operator if same_form or not place else cast.approver
                key = "one" if same_form else str(place)
                return make(session, actor, key=key, seen=shown)

            barrier.wait()
            try:
                return database.write(write)
            except EditionStands as refusal:
                return f"refused for {refusal.number}"

        with ThreadPoolExecutor(2) as both:
            answers = sorted(both.map(send, range(2)))
        number = "JP-D-0001"
        assert answers == ([number] * 2 if same_form else [number, f"refused for {number}"])
        with database.reading() as session:
            assert len(editions.everyone(session)) == 1
