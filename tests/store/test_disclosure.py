"""The disclosure as of any day: equal to a replay of the ledger, and not a scan of it."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.domain import disclosure as rules
from app.domain.accounts import Kind as AccountKind
from app.domain.accounts import State
from app.domain.disclosure import Year
from app.domain.forms.record import published
from app.domain.forms.spec import Applicant
from app.domain.ledger import Kind
from app.registry import accounts as verbs
from app.store import accounts, blocks, disclosure
from app.store.disclosure import Memory
from app.store.tables import Account, ChainHead, HolderRecord, Transaction
from tests import disclosing, stages, world
from tests.disclosing import ZONE
from tests.stages import Theatre
from tests.world import NOW, World

DAYS = 900
HOLDING = {AccountKind.GOVERNMENT, AccountKind.ENTITY}


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(days=1)


def test_the_edition_of_1_july_2024_is_reproduced(session: Session) -> None:
    disclosing.build(session)
    found = disclosure.as_of(session, disclosing.DAY, ZONE, now=NOW)
    assert found.amounts == disclosing.AMOUNTS
    assert found.total == 701_779
    assert len(found.entities) == disclosing.HOLDERS
    shown = dict(enumerate(found.entities, start=1))
    assert sorted(disclosing.KNOWN) == [1, 2, 3, 4, 45, 46, 47]
    for place, line in disclosing.KNOWN.items():
        known = (line["name_en"], line["head_office_en"] or None)
        assert (shown[place].name_en, shown[place].head_office_en) == known
    assert found.years == (
        Year(2017, 130, 0, 0, 0, 0, held=130, is_over=True),
        Year(2018, 100_000, 0, 0, 0, 0, held=100_130, is_over=True),
        *(Year(year, 0, 0, 0, 0, 0, held=100_130, is_over=True) for year in (2019, 2020, 2021)),
        Year(2022, 601_649, 200_000, 0, 0, 0, held=701_779, is_over=True),
        Year(2023, 0, 0, 0, 0, 50_000, held=651_779, is_over=True),
        Year(2024, 0, 0, 0, 0, 28_851, held=622_928, is_over=False),
    )
    # A holder has its number from the day on which it opened an account.
    earlier = disclosure.as_of(session, date(2016, 12, 31), ZONE, now=NOW)
    assert [one.name_en for one in earlier.entities] == [
        disclosing.KNOWN[place]["name_en"] for place in range(1, 5)
    ]
    assert (earlier.total, earlier.years) == (0, ())
    newest = disclosure.as_of(session, NOW.astimezone(ZONE).date(), ZONE, now=NOW)
    assert dict(newest.amounts) == disclosure.totals(session) | {
        AccountKind.MANDATORY_CANCELLATION: 0
    }


def moved(session: Session, cast: World, steps: list[tuple[int, int, int]]) -> None:
    """Carry out random movements at random moments, in the order of time."""
    holders = [cast.aoba, cast.kaede, cast.outside]
    held = dict.fromkeys([*holders, cast.government], 0)
    for hours, choice, tonnes in sorted(steps):
        at = NOW + timedelta(hours=hours, microseconds=choice)
        source, target = holders[choice % 3], [*holders, cast.government][(choice + 1) % 4]
        kinds = [Kind.ISSUANCE, *world.MOVEMENTS]
        kind = kinds[choice % len(kinds)]
        if kind is Kind.ISSUANCE or not held[source]:
            world.issued(session, cast, quantity=tonnes, account=source, now=at)
            held[source] += tonnes
            continue
        taken = min(tonnes, held[source])
        asked: dict[str, Any] = {"source": source, "quantity": taken}
        if kind is Kind.TRANSFER:
            if target == source:
                continue
            asked["target"] = target
            held[target] += taken
        held[source] -= taken
        world.moved(session, cast, kind, now=at, **asked)


def replayed(session: Session, until: datetime) -> tuple[Counter[str], dict[int, Counter[str]]]:
    """Add up what the sealed bodies of completed transactions say: by kind of account, by year."""
    kinds = {one.number: one.kind for one in session.scalars(select(Account))}
    amounts: Counter[str] = Counter()
    years: dict[int, Counter[str]] = {}
    query = select(Transaction.body, Transaction.decided_at).where(Transaction.body.is_not(None))
    for body, at in session.execute(query.order_by(Transaction.position)):
        if at >= until:
            break
        said = json.loads(body)
        tonnes = sum(last - first + 1 for first, last in said["ranges"])
        amounts[kinds[said["target"]]] += tonnes
        if said["source"]:
            amounts[kinds[said["source"]]] -= tonnes
        year = years.setdefault(at.astimezone(ZONE).year, Counter())
        year[said["kind"]] += tonnes
        year["held"] = sum(amounts[kind] for kind in HOLDING)
    return amounts, years


@settings(max_examples=6)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 24 * DAYS), st.integers(0, 999), st.integers(1, 500)),
        min_size=1,
        max_size=14,
    ),
    step=st.integers(1, 9),
    seed=st.integers(0, 999),
)
def test_totals_of_random_days_equal_a_replay_of_the_ledger(
    theatre: Theatre, steps: list[tuple[int, int, int]], step: int, seed: int
) -> None:
    with theatre.database.writing() as session:
        moved(session, theatre.cast, steps)
        memory, random = Memory(step), Random(seed)
        now = NOW + timedelta(days=DAYS + 400)
        for _ in range(5):
            day = (NOW + timedelta(days=random.randrange(-9, DAYS + 9))).astimezone(ZONE).date()
            until = end_of(day)
            found = disclosure.as_of(session, day, ZONE, now=now, memory=memory)
            assert found == disclosure.as_of(session, day, ZONE, now=now)
            amounts, years = replayed(session, until)
            assert {kind: tonnes for kind, tonnes in found.amounts if tonnes} == +amounts
            just_before = until - timedelta(microseconds=1)
            as_blocks = blocks.totals_as_of(session, just_before)
            assert {kind: tonnes for kind, tonnes in found.amounts if tonnes} == as_blocks
            held = 0
            for year in found.years:
                said = years.get(year.year, Counter({"held": held}))
                held = said["held"]
                assert year.issued == said[Kind.ISSUANCE]
                assert year.transferred == said[Kind.TRANSFER]
                assert year.retired == said[Kind.RETIREMENT]
                assert year.mandatorily_cancelled == said[Kind.MANDATORY_CANCELLATION]
                assert year.voluntarily_cancelled == said[Kind.VOLUNTARY_CANCELLATION]
                assert year.held == held
        session.rollback()


def test_places_of_moments_are_found_by_halving_whatever_the_length(
    stage: Session, cast: World
) -> None:
    at = [NOW + timedelta(hours=hours) for hours in (0, 1, 1, 5, 8)]
    assert disclosure.places(stage, [NOW]) == [0]
    for place, moment in enumerate(at, start=1):
        world.issued(stage, cast, quantity=1, now=moment)
        head = stage.execute(select(ChainHead.position)).scalar_one()
        assert head == place
        asked = [NOW + timedelta(minutes=minutes) for minutes in range(-30, 600, 30)]
        expected = [sum(one < moment for one in at[:place]) for moment in asked]
        assert disclosure.places(stage, asked) == expected


def test_a_year_ends_in_the_time_zone_of_the_registry(stage: Session, cast: World) -> None:
    midnight = datetime(2026, 12, 31, 15, tzinfo=UTC)
    world.issued(stage, cast, quantity=3, now=midnight - timedelta(microseconds=1))
    world.issued(stage, cast, quantity=4, now=midnight)
    later = NOW.replace(year=2028)
    found = disclosure.as_of(stage, date(2027, 12, 31), ZONE, now=later)
    assert [(one.year, one.issued, one.held, one.is_over) for one in found.years] == [
        (2026, 3, 3, True),
        (2027, 4, 7, True),
    ]
    old_year = disclosure.as_of(stage, date(2026, 12, 31), ZONE, now=later)
    assert [(one.issued, one.is_over) for one in old_year.years] == [(3, True)]
    assert old_year.total == 3
    # On the last day itself the year is not over yet.
    moment = midnight - timedelta(hours=1)
    assert not disclosure.as_of(stage, date(2026, 12, 31), ZONE, now=moment).years[0].is_over


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_what_a_process_knows_of_the_past_is_not_read_again(stage: Session, cast: World) -> None:
    for hours in range(12):
        world.issued(stage, cast, quantity=1, now=NOW + timedelta(hours=hours))
    memory, day = Memory(step=5), NOW.astimezone(ZONE).date()
    later = NOW + timedelta(days=1)
    with counted(stage) as first:
        found = disclosure.as_of(stage, day, ZONE, now=later, memory=memory)
    with counted(stage) as second:
        assert disclosure.as_of(stage, day, ZONE, now=later, memory=memory) == found
    assert sum("sum(transactions.quantity)" in one for one in first) == 2
    assert not any("sum(transactions.quantity)" in one for one in second)
    assert not any("blocks" in one for one in first + second)
    # What is completed later is added, and the present comes from the kept totals.
    world.issued(stage, cast, quantity=30, now=later)
    with counted(stage) as third:
        newest = disclosure.as_of(
            stage, later.astimezone(ZONE).date(), ZONE, now=later, memory=memory
        )
    assert (newest.total, newest.years[0].issued) == (42, 42)
    assert any("FROM totals" in one for one in third)
    assert len(third) <= 8
    assert disclosure.as_of(stage, day, ZONE, now=later, memory=memory) == found


def test_a_memory_forgets_odd_places_and_stays_right(stage: Session, cast: World) -> None:
    for hours in range(7):
        world.issued(stage, cast, quantity=1, now=NOW + timedelta(hours=hours))
    memory = Memory(step=4, others=2)
    for place in (7, 1, 3, 5, 0, 4, 6, 2, 7):
        (flows,) = memory.upto(stage, [place])
        assert sum(flows.values()) == place


def test_holders_stand_under_the_names_they_had_on_the_day(stage: Session, cast: World) -> None:
    account = accounts.by_number(stage, cast.aoba)
    assert account is not None
    holder = account.holder
    former = {"holder": {"name_en": "Aoba Energy"}, "head_office": {"address_en": "Old street"}}
    later = {"holder": {"name_en": "Aoba Ltd.", "name_ja": "青葉"}, "head_office": {}}
    newest = {**later, "head_office": {"address_en": "New street"}}
    for days, answers in ((0, former), (10, later), (20, newest)):
        # At the very beginning of a day, which does not belong to the one before.
        at = end_of((NOW + timedelta(days=days - 1)).astimezone(ZONE).date())
        stage.add(
            HolderRecord(
                holder_id=holder.id,
                applicant=Applicant.DOMESTIC,
                answers=answers,
                recorded_by=cast.approver,
                recorded_at=at,
            )
        )
        stage.flush()
        for name, value in published(Applicant.DOMESTIC, answers).items():
            setattr(holder, name, value)
        stage.flush()
    for days, name, office in (
        (1, "Aoba Energy", "Old street"),
        (9, "Aoba Energy", "Old street"),
        (10, "Aoba Ltd.", None),
        (19, "Aoba Ltd.", None),
        (20, "Aoba Ltd.", "New street"),
    ):
        day = (NOW + timedelta(days=days)).astimezone(ZONE).date()
        found = disclosure.entities(stage, end_of(day))[0]
        assert (found.name_en, found.head_office_en) == (name, office), days
        assert found.name_ja == ("青葉" if days > 9 else None)


def test_holders_are_listed_while_they_have_an_open_account(stage: Session, cast: World) -> None:
    stages.applied_for(stage, cast)

    def names(days: int) -> list[str]:
        day = (NOW + timedelta(days=days)).astimezone(ZONE).date()
        return [one.name_en for one in disclosure.entities(stage, end_of(day))]

    everyone = ["Aoba Energy", "Kaede Trading", "Outside Company"]
    assert (names(-1), names(0)) == ([], everyone)
    for state, days in ((State.CLOSURE_PENDING, 3), (State.CLOSED, 4)):
        verbs.change_state(
            stage,
            cast.aoba,
            state,
            reason="asked for",
            because=stages.closing(stage, cast.aoba, state),
            actor=cast.approver,
            now=NOW + timedelta(days=days),
        )
    assert (names(3), names(4)) == (everyone, everyone[1:])
    # A second account keeps the place that the first one gave.
    world.account(stage, "Aoba Energy", cast.operator)
    assert names(5) == everyone
    holder = accounts.holder(stage, "kaede-trading")
    assert holder is not None
    holder.is_demo = True
    stage.flush()
    assert [one.is_demo for one in disclosure.entities(stage, end_of(date(2027, 1, 1)))] == [
        False,
        True,
        False,
    ]


def test_an_empty_registry_discloses_nothing(session: Session) -> None:
    found = disclosure.as_of(session, date(2026, 1, 1), ZONE, now=NOW)
    assert (found.entities, found.years, found.total) == ((), (), 0)
    assert found == rules.thawed(_frozen(found)).disclosure


def _frozen(found: rules.Disclosure) -> bytes:
    said = rules.Text("Registry", "登録簿")
    return rules.frozen(rules.Sheet(found, said, said, "http://localhost", "Asia/Tokyo"))
