"""What movements and authorizations leave behind under Article 6, and what is sealed of it."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from app.config import Config
from app.domain.actions import DEFAULT, Party
from app.domain.article6_errors import (
    AuthorizationOver,
    NotAuthorized,
    OwnOutcomes,
    QuantityExhausted,
    YearOutsidePeriod,
)
from app.domain.authorizations import Change
from app.domain.ledger import Kind, Status
from app.domain.nomenclature import CancelledFor, Definition, Purpose
from app.domain.serials import Range
from app.registry import actions
from app.store import verification
from app.store.databases import Database
from app.store.tables import (
    Action,
    AuthorizationEffect,
    AuthorizationVersion,
    ItmoUnits,
    Transaction,
    Use,
)
from tests import article6, itmos, world
from tests.article6 import HOST as ALPHA3
from tests.itmos import HOST, told
from tests.stages import free, holdings, refused
from tests.world import NOW, World

FIRST, ACQUIRED, ENTERED = "first_transfer", "acquisition", "authorization"
VOLUNTARY, ORDERED = Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION


def ready(session: Session, cast: World, **elements: object) -> AuthorizationVersion:
    """Record an approach, and an authorization that covers it."""
    return article6.authorization(session, cast, article6.approach(session), **elements)


def sealed(session: Session, identifier: int) -> dict[str, object]:
    body = session.get_one(Transaction, identifier).body
    assert body is not None
    said: dict[str, object] = json.loads(body)
    return said


def test_what_is_issued_from_another_party_is_acquired_and_then_used(
    stage: Session, cast: World
) -> None:
    """Decision 2: the host is another Party, which reports the first transfer itself."""
    version = ready(stage, cast)
    issued = itmos.issue(stage, cast, 1_000)
    moved = itmos.move(stage, cast, Kind.TRANSFER, quantity=100)
    used = itmos.move(stage, cast, quantity=300, calendar_year=2024)
    assert told(stage) == [
        (ACQUIRED, None, issued.first, issued.last),
        ("use", None, issued.first + 100, issued.first + 399),
    ]
    acquired, use = stage.scalars(select(Action).order_by(Action.id))
    assert (acquired.counterparty, acquired.version_id) == (ALPHA3, version.id)
    assert (use.is_final, use.using_party, use.calendar_year) == (True, "JPN", 2024)
    assert use.transaction_id == used and use.at == stage.get_one(Transaction, used).decided_at
    assert itmos.sums(stage) == {"acquisition": 1_000, "use": 300}
    units = stage.scalars(select(ItmoUnits)).one()
    assert (units.party_registry, units.first_transferring) == ("JPN01", ALPHA3)
    assert "actions" not in sealed(stage, moved), "within one registry nothing is reported"
    assert sealed(stage, used)["use"] == {"calendar_year": 2024, "cancelled_for": None}
    assert sealed(stage, used)["actions"] == [
        {
            "authorization": "JPN-2022-1",
            "calendar_year": 2024,
            "first": issued.first + 100,
            "is_final": True,
            "last": issued.first + 399,
            "type": "use",
            "using_party": "JPN",
            "version": 1,
        }
    ]
    assert list(verification.findings(stage)) == []


def test_without_an_authorization_nothing_is_reported_and_nothing_is_used(
    stage: Session, cast: World
) -> None:
    """R15."""
    article6.approach(stage)
    itmos.issue(stage, cast, 100)
    assert stage.scalar(select(func.count()).select_from(ItmoUnits)) == 1
    with pytest.raises(NotAuthorized) as refused:
        itmos.propose(stage, cast, quantity=10)
    assert refused.value.field == "serials"
    for what in (CancelledFor.IMP, CancelledFor.OP):
        with pytest.raises(NotAuthorized):
            itmos.propose(stage, cast, VOLUNTARY, quantity=10, cancelled_for=what)
    # For nothing in particular they are cancelled as any other credits.
    itmos.move(stage, cast, VOLUNTARY, quantity=10)
    assert told(stage) == []
    assert stage.scalars(select(Use)).one().cancelled_for is CancelledFor.OTHER


def test_an_approval_after_a_revocation_ends_the_proposal_and_writes_nothing(
    stage: Session, cast: World
) -> None:
    """R22, where the terms say that changes reach what was acquired before."""
    version = ready(stage, cast, reaches_first_transferred=True)
    itmos.issue(stage, cast, 100)
    waiting = itmos.propose(stage, cast, quantity=10)
    article6.authorization(
        stage, cast, version.authorization.approach, number=2, change=Change.REVOCATION
    )
    ended = itmos.approve(stage, cast, waiting)
    assert ended.status is Status.TERMINATED and isinstance(ended.refusal, NotAuthorized)
    assert [one for one, *_ in told(stage)] == [ACQUIRED]
    # What was acquired is cancelled under the version that it was acquired under.
    itmos.move(stage, cast, ORDERED, quantity=10)
    assert [one for one, *_ in told(stage)] == [ACQUIRED, "cancellation"]


def test_a_revocation_never_reaches_what_was_acquired_unless_the_terms_say_so(
    stage: Session, cast: World
) -> None:
    """R22."""
    version = ready(stage, cast)
    itmos.issue(stage, cast, 100)
    approach = version.authorization.approach
    article6.authorization(stage, cast, approach, number=2, change=Change.REVOCATION)
    itmos.issue(stage, cast, 50)
    itmos.move(stage, cast, serials=[Range(1, 100)], project=None)
    assert [one for one, *_ in told(stage)] == [ACQUIRED, "use"]
    with pytest.raises(NotAuthorized):
        itmos.propose(stage, cast, serials=[Range(101, 110)], project=None)


def test_the_year_of_a_use_is_that_of_the_proposal_unless_another_is_given(
    stage: Session, cast: World
) -> None:
    """R24: and it lies in the NDC period of the vintage."""
    ready(stage, cast)
    itmos.issue(stage, cast, 100)
    for year in (2020, 2031):
        with pytest.raises(YearOutsidePeriod) as refused:
            itmos.propose(stage, cast, quantity=1, calendar_year=year)
        assert refused.value.field == "calendar_year"
    late = NOW.replace(year=2026, month=12, day=31, hour=23)
    itmos.move(stage, cast, quantity=1, now=late)
    assert stage.scalars(select(Use.calendar_year)).all() == [2026]
    # A proposal of before such uses were kept is still one for the year in which it was made.
    old = world.proposed(stage, cast, Kind.RETIREMENT, quantity=1, project=world.ITMO_PROJECT)
    itmos.completed(itmos.approve(stage, cast, old))
    assert stage.scalars(select(Action.calendar_year).where(Action.is_final)).all() == [2026, 2026]


def test_case_100_a_use_keeps_to_the_dates_of_its_period_and_of_its_authorization(
    stage: Session, cast: World
) -> None:
    """In UTC: at the proposal, and again when it is approved."""
    over = datetime(2031, 1, 1, tzinfo=UTC)
    last = over - timedelta(seconds=1)
    ready(stage, cast, use_until=over.date() + timedelta(days=2))
    itmos.issue(stage, cast, 100)
    tokyo = over.astimezone(ZoneInfo("Asia/Tokyo"))
    for now in (over, tokyo):
        year = {"year": 2031, "first": 2021, "last": 2030}
        with refused(stage, YearOutsidePeriod, field="calendar_year", **year):
            itmos.propose(stage, cast, quantity=1, now=now)
    # What was proposed in the period is for that, also if it is approved after.
    made = itmos.propose(stage, cast, quantity=1, now=last)
    itmos.completed(itmos.approve(stage, cast, made, now=over))
    assert stage.scalars(select(Action.calendar_year).where(Action.is_final)).all() == [2030]
    # One that says the period is for it until nobody may use them any more.
    said = {"quantity": 1, "calendar_year": 2030}
    after = over + timedelta(days=3)
    itmos.move(stage, cast, **said, now=after - timedelta(seconds=2))
    late = itmos.propose(stage, cast, **said, now=after - timedelta(seconds=1))
    before = holdings(stage)
    with refused(stage, AuthorizationOver, happening="use", field="serials"):
        itmos.propose(stage, cast, **said, now=after)
    ended = itmos.approve(stage, cast, late, now=after)
    assert ended.status is Status.TERMINATED and isinstance(ended.refusal, AuthorizationOver)
    assert holdings(stage) == before
    assert free(stage, cast.aoba) == (98, 0)


def test_the_host_transfers_at_issuance_where_its_approach_says_so(
    stage: Session, cast: World
) -> None:
    """R16 and R19: at the earlier trigger, once for the whole life of the units."""
    for definition in (Definition.AUTHORIZATION, Definition.ISSUANCE):
        with stage.begin_nested() as tried:
            approach = article6.approach(stage, definition=definition)
            article6.authorization(stage, cast, approach, purpose=Purpose.NDC_AND_IMP)
            issued = itmos.issue(stage, cast, 100, party=HOST)
            numbers = issued.first, issued.last
            assert told(stage) == [(ENTERED, None, *numbers), (FIRST, definition.value, *numbers)]
            itmos.move(
                stage, cast, VOLUNTARY, quantity=5, cancelled_for=CancelledFor.IMP, party=HOST
            )
            assert [one for one, *_ in told(stage)].count(FIRST) == 1
            tried.rollback()


def test_a_block_that_is_divided_keeps_whether_it_was_first_transferred(
    stage: Session, cast: World
) -> None:
    """Section 3, known bug F15: a child of a split inherits the state of its parent."""
    ready(stage, cast, purpose=Purpose.NDC_AND_OIMP)
    issued = itmos.issue(stage, cast, 100, party=HOST)
    itmos.move(stage, cast, Kind.TRANSFER, quantity=40, party=HOST)
    cancel = {"cancelled_for": CancelledFor.OMGE, "party": HOST}
    itmos.move(stage, cast, VOLUNTARY, quantity=10, **cancel)
    itmos.move(stage, cast, ORDERED, quantity=10, **cancel)
    at = issued.first + 40
    assert told(stage)[1:] == [
        (FIRST, "voluntary_omge", at, at + 9),
        ("voluntary_cancellation", "voluntary_omge", at, at + 9),
        (FIRST, "mandatory_omge", at + 10, at + 19),
        ("cancellation", "mandatory_omge", at + 10, at + 19),
    ]
    with pytest.raises(OwnOutcomes):
        itmos.propose(stage, cast, quantity=10, party=HOST)
    assert list(verification.findings(stage)) == []


def test_what_goes_to_the_adaptation_fund_is_first_transferred_once(
    stage: Session, cast: World
) -> None:
    """R20."""
    ready(stage, cast)
    fund = Party(HOST.code, HOST.registry, adaptation_fund=cast.outside)
    issued = itmos.issue(stage, cast, 100, party=fund)
    itmos.move(stage, cast, Kind.TRANSFER, target=cast.outside, quantity=10, party=fund)
    given = issued.first, issued.first + 9
    assert told(stage)[1:] == [
        (FIRST, "not_yet_defined", *given),
        ("transfer", "voluntary_to_adaptation_fund", *given),
    ]


def test_no_more_comes_under_an_authorization_than_its_quantity(
    stage: Session, cast: World
) -> None:
    version = ready(stage, cast, quantity=150)
    one = itmos.issue(stage, cast, 100)
    two = itmos.issue(stage, cast, 100)
    assert told(stage) == [
        (ACQUIRED, None, one.first, one.last),
        (ACQUIRED, None, two.first, two.first + 49),
    ]
    with pytest.raises(NotAuthorized):
        itmos.propose(stage, cast, serials=[Range(two.first + 49, two.first + 50)], project=None)
    more = article6.authorization(
        stage, cast, version.authorization.approach, number=2, change=Change.CHANGE, quantity=170
    )
    assert actions.authorized(stage, more.id, party=DEFAULT, now=NOW) == 1
    assert told(stage)[-1] == (ACQUIRED, None, two.first + 50, two.first + 69)
    assert list(verification.findings(stage)) == []


def test_a_quantity_lowered_since_stops_further_first_transfers(
    stage: Session, cast: World
) -> None:
    version = ready(stage, cast, quantity=100)
    itmos.issue(stage, cast, 100, party=HOST)
    cancel = {"cancelled_for": CancelledFor.IMP, "party": HOST}
    waiting = itmos.propose(stage, cast, VOLUNTARY, quantity=60, **cancel)
    article6.authorization(
        stage, cast, version.authorization.approach, number=2, change=Change.CHANGE, quantity=50
    )
    ended = itmos.approve(stage, cast, waiting, VOLUNTARY, party=HOST)
    assert isinstance(ended.refusal, QuantityExhausted)
    assert (ended.refusal.quantity, ended.refusal.remaining) == (50, 50)
    itmos.move(stage, cast, VOLUNTARY, quantity=50, **cancel)


def test_an_authorization_reaches_what_is_held_and_nothing_that_ended(
    stage: Session, cast: World
) -> None:
    approach = article6.approach(stage, definition=Definition.AUTHORIZATION)
    world.issued(stage, cast, project=world.ITMO_PROJECT, quantity=100)
    itmos.move(stage, cast, VOLUNTARY, quantity=10)
    itmos.move(stage, cast, Kind.TRANSFER, quantity=10)
    version = article6.authorization(stage, cast, approach)
    assert actions.authorized(stage, version.id, party=HOST, now=NOW) == 2
    assert told(stage) == [(ENTERED, None, 11, 100), (FIRST, "authorization", 11, 100)]
    # Saying the same again changes nothing.
    again = article6.authorization(stage, cast, approach, number=2, change=Change.CHANGE)
    assert actions.authorized(stage, again.id, party=HOST, now=NOW) == 0
    assert stage.scalar(select(func.count()).select_from(AuthorizationEffect)) == 2
    assert list(verification.findings(stage)) == []


def test_a_version_of_a_later_day_takes_effect_on_that_day(stage: Session, cast: World) -> None:
    approach = article6.approach(stage)
    itmos.issue(stage, cast, 100)
    day = NOW + timedelta(days=3)
    version = article6.authorization(stage, cast, approach, effective_on=day.date())
    assert actions.authorized(stage, version.id, party=DEFAULT, now=NOW) == 0
    assert actions.take_effect(stage, party=DEFAULT, now=NOW) == 0
    assert [actions.take_effect(stage, party=DEFAULT, now=day) for _ in range(2)] == [1, 0]
    assert [one for one, *_ in told(stage)] == [ACQUIRED]
    later = article6.authorization(
        stage, cast, approach, identifier="JPN-2030-1", effective_on=date(2026, 1, 1),
        timeframe_first=2030,
    )  # fmt: skip
    assert actions.take_effect(stage, party=DEFAULT, now=day) == 0
    assert later.id not in stage.scalars(select(AuthorizationEffect.version_id)).all()


def test_the_command_lets_authorizations_take_effect(engine: str) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    with world.populated_url(engine) as (url, cast):
        app = create_app(Config(database_url=url, secret_key="for tests only"))
        database: Database = app.extensions["database"]

        def prepare(session: Session) -> None:
            approach = article6.approach(session)
            itmos.issue(session, cast, 100, now=long_ago)
            article6.authorization(session, cast, approach)

        database.write(prepare)
        with app.app_context():
            first, again = (app.test_cli_runner().invoke(args=["expire"]) for _ in range(2))
        assert "1 authorizations began to hold." in first.output
        assert again.output == "0 proposals expired.\n"
        with database.reading() as session:
            assert [one for one, *_ in told(session)] == [ACQUIRED]
        database.close()
