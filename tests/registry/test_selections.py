"""Which serial numbers move: those named, if they are the account's own and free, or the lowest."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.bands import OWN_MAX
from app.domain.errors import (
    AttributeDiffers,
    NotEnoughCredits,
    NumberTooLarge,
    PeriodsMixed,
    QuantityDiffers,
    Refusal,
    SerialsBarred,
    SerialsNeverIssued,
    SerialsNotHeld,
    SerialsReserved,
    SerialsTwice,
    UnknownProject,
)
from app.domain.ledger import Kind
from app.domain.serials import SERIAL_MAX, Range, Serial
from app.registry import bars
from app.store import blocks
from tests import world
from tests.stages import refused
from tests.world import ITMO_PROJECT, ITMO_VINTAGE, MOVEMENTS, NOW, PARTNER, PROJECT, VINTAGE, World


def chosen(session: Session, identifier: int) -> list[Range]:
    return blocks.reserved(session.connection(), identifier)


def barred(session: Session, cast: World, serials: Range) -> int:
    return bars.lay(session, serials, reason="inquiry", actor=cast.operator, now=NOW).id


def test_serials_are_named_as_blocks_and_as_ranges(stage: Session, cast: World) -> None:
    issued = world.issued(stage, cast, quantity=100)
    first = issued.first
    block = Serial("JP", PARTNER, PROJECT, VINTAGE, Range(first, first + 9))
    named = [Range(first + 20, first + 29), block, Range(first + 10, first + 10)]
    identifier = world.proposed(stage, cast, serials=named)
    assert chosen(stage, identifier) == [Range(first, first + 10), Range(first + 20, first + 29)]


def test_serials_and_a_quantity_must_agree(stage: Session, cast: World) -> None:
    issued = world.issued(stage, cast)
    named = [Range(issued.first, issued.first + 9)]
    with refused(stage, QuantityDiffers, asked=11, named=10, field="quantity"):
        world.proposed(stage, cast, serials=named, quantity=11)
    world.proposed(stage, cast, serials=named, quantity=10)


@pytest.mark.parametrize("kind", MOVEMENTS)
def test_case_41_a_range_never_issued_is_refused(stage: Session, cast: World, kind: Kind) -> None:
    issued = world.issued(stage, cast)
    for wanted in (
        Range(issued.last + 1, issued.last + 1),
        Range(issued.last, issued.last + 1),
        Range(1, OWN_MAX),
    ):
        with refused(stage, SerialsNeverIssued, first=wanted.first, field="serials"):
            world.proposed(stage, cast, kind, serials=[wanted])
    with refused(stage, NumberTooLarge, field="serials"):
        world.proposed(stage, cast, kind, serials=[Range(1, SERIAL_MAX)])


@pytest.mark.parametrize("kind", MOVEMENTS)
def test_serials_of_another_account_are_refused(stage: Session, cast: World, kind: Kind) -> None:
    own = world.issued(stage, cast)
    others = world.issued(stage, cast, account=cast.kaede)
    for wanted in (others, Range(own.last, others.first)):
        with refused(stage, SerialsNotHeld, last=wanted.last, field="serials"):
            world.proposed(stage, cast, kind, serials=[wanted])


@pytest.mark.parametrize("kind", [Kind.TRANSFER, Kind.RETIREMENT])
@pytest.mark.parametrize("ended", ["retirement", "voluntary_cancellation"])
def test_case_90_serials_retired_or_cancelled_move_for_nobody(
    stage: Session, cast: World, kind: Kind, ended: str
) -> None:
    issued = world.issued(stage, cast)
    world.moved(stage, cast, Kind(ended), quantity=10)
    with refused(stage, SerialsNotHeld):
        world.proposed(stage, cast, kind, serials=[Range(issued.first, issued.first)])


@pytest.mark.parametrize("kind", MOVEMENTS)
def test_serials_that_another_proposal_keeps_are_refused(
    stage: Session, cast: World, kind: Kind
) -> None:
    first = world.issued(stage, cast).first
    world.proposed(stage, cast, quantity=10)
    with refused(stage, SerialsReserved, first=first + 9, last=first + 9, field="serials"):
        world.proposed(stage, cast, kind, serials=[Range(first + 9, first + 20)])


def test_a_serial_named_twice_is_refused(stage: Session, cast: World) -> None:
    first = world.issued(stage, cast).first
    named = [Range(first, first + 5), Range(first + 5, first + 9)]
    with refused(stage, SerialsTwice, first=first + 5, last=first + 5):
        world.proposed(stage, cast, serials=named)


@pytest.mark.parametrize(
    ("said", "attribute"),
    [
        ({"partner": "VN"}, "partner"),
        ({"project": ITMO_PROJECT}, "project"),
        ({"vintage": ITMO_VINTAGE}, "vintage"),
    ],
)
def test_case_43_a_block_restated_wrongly_is_refused(
    stage: Session, cast: World, said: dict[str, str | int], attribute: str
) -> None:
    issued = world.issued(stage, cast)
    true: dict[str, str | int] = {"partner": PARTNER, "project": PROJECT, "vintage": VINTAGE}
    block = Serial("JP", **(true | said), range=issued)  # type: ignore[arg-type] # by name
    with refused(
        stage,
        AttributeDiffers,
        attribute=attribute,
        given=str(said[attribute]),
        actual=str(true[attribute]),
        field="serials",
    ):
        world.proposed(stage, cast, serials=[block])
    world.proposed(stage, cast, serials=[Serial("JP", PARTNER, PROJECT, VINTAGE, issued)])


@pytest.mark.parametrize("said", [{"project": ITMO_PROJECT}, {"vintage": ITMO_VINTAGE}])
def test_case_43_a_range_of_another_project_or_vintage_than_said_is_refused(
    stage: Session, cast: World, said: dict[str, str | int]
) -> None:
    issued = world.issued(stage, cast)
    with refused(stage, AttributeDiffers, attribute=next(iter(said))):
        world.proposed(stage, cast, serials=[issued], **said)
    world.proposed(stage, cast, serials=[issued], project=PROJECT, vintage=VINTAGE)


def test_case_17_a_block_of_another_registry_is_refused_that_never_came_here(
    stage: Session, cast: World
) -> None:
    issued = world.issued(stage, cast)
    for origin in ("MN", "XX"):
        block = Serial(origin, PARTNER, PROJECT, VINTAGE, issued)
        with refused(stage, SerialsNeverIssued, field="serials"):
            world.proposed(stage, cast, serials=[block])


def test_a_quantity_is_taken_from_one_project_or_vintage_if_these_are_said(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=10)
    itmo = world.issued(stage, cast, quantity=10, project=ITMO_PROJECT)
    of_project = world.proposed(stage, cast, quantity=3, project=ITMO_PROJECT)
    of_vintage = world.proposed(stage, cast, quantity=3, vintage=ITMO_VINTAGE)
    assert chosen(stage, of_project) == [Range(itmo.first, itmo.first + 2)]
    assert chosen(stage, of_vintage) == [Range(itmo.first + 3, itmo.first + 5)]
    with refused(stage, NotEnoughCredits, asked=5, available=4):
        world.proposed(stage, cast, quantity=5, project=ITMO_PROJECT)
    with refused(stage, NotEnoughCredits, available=0):
        world.proposed(stage, cast, quantity=1, project=PROJECT, vintage=ITMO_VINTAGE)
    with refused(stage, UnknownProject, reference="MN999", field="project"):
        world.proposed(stage, cast, quantity=1, project="MN999")


# NDC periods


def test_case_44_one_retirement_takes_credits_of_one_ndc_period(
    stage: Session, cast: World
) -> None:
    before_2021 = world.issued(stage, cast, quantity=10)
    from_2021 = world.issued(stage, cast, quantity=10, project=ITMO_PROJECT)
    with refused(stage, PeriodsMixed, field="serials"):
        world.proposed(stage, cast, Kind.RETIREMENT, quantity=11)
    with refused(stage, PeriodsMixed, field="serials"):
        mixed = Range(before_2021.last, from_2021.first)
        world.proposed(stage, cast, Kind.RETIREMENT, serials=[mixed])
    world.proposed(stage, cast, Kind.RETIREMENT, quantity=10)
    world.proposed(stage, cast, Kind.RETIREMENT, serials=[from_2021])


def test_case_44_what_another_proposal_keeps_does_not_mix_periods(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=10)
    from_2021 = world.issued(stage, cast, quantity=10, project=ITMO_PROJECT)
    world.proposed(stage, cast, quantity=10)
    retired = world.proposed(stage, cast, Kind.RETIREMENT, quantity=10)
    assert chosen(stage, retired) == [from_2021]


def test_case_44_a_transfer_may_carry_credits_of_two_periods(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=10)
    world.issued(stage, cast, quantity=10, project=ITMO_PROJECT)
    world.moved(stage, cast, quantity=20)


# Bars


@pytest.mark.parametrize("kind", [k for k in MOVEMENTS if k is not Kind.MANDATORY_CANCELLATION])
def test_a_barred_range_is_neither_chosen_nor_given_by_name(
    stage: Session, cast: World, kind: Kind
) -> None:
    first = world.issued(stage, cast, quantity=100).first
    bar = barred(stage, cast, Range(first, first + 49))
    with refused(stage, SerialsBarred, first=first + 49, last=first + 49, field="serials"):
        world.proposed(stage, cast, kind, serials=[Range(first + 49, first + 50)])
    with refused(stage, NotEnoughCredits, asked=51, available=50):
        world.proposed(stage, cast, kind, quantity=51)
    identifier = world.proposed(stage, cast, quantity=20)
    assert chosen(stage, identifier) == [Range(first + 50, first + 69)]
    bars.lift(stage, bar, reason="cleared", actor=cast.operator, now=NOW)
    world.proposed(stage, cast, kind, serials=[Range(first, first + 49)])


def test_an_order_of_the_authority_takes_barred_serials_too(stage: Session, cast: World) -> None:
    issued = world.issued(stage, cast, quantity=100)
    barred(stage, cast, issued)
    world.moved(stage, cast, Kind.MANDATORY_CANCELLATION, serials=[issued])


# Against plain sets

PIECES = st.lists(st.tuples(st.integers(0, 59), st.integers(1, 12)), min_size=1, max_size=4)


@given(reserved=PIECES, laid=PIECES, asked=st.integers(1, 40))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_lowest_that_is_neither_reserved_nor_barred_is_taken(
    stage: Session,
    cast: World,
    reserved: list[tuple[int, int]],
    laid: list[tuple[int, int]],
    asked: int,
) -> None:
    savepoint = stage.begin_nested()
    issued = world.issued(stage, cast, quantity=60)
    free = set(range(issued.first, issued.last + 1))
    for start, more in reserved:
        wanted = Range(issued.first + start, min(issued.first + start + more, issued.last))
        try:
            world.proposed(stage, cast, serials=[wanted])
        except Refusal as refusal:
            assert isinstance(refusal, SerialsReserved)  # noqa: PT017 - one of both may happen
        else:
            free -= set(range(wanted.first, wanted.last + 1))
    for start, more in laid:
        wanted = Range(issued.first + start, issued.first + start + more)
        barred(stage, cast, wanted)
        free -= set(range(wanted.first, wanted.last + 1))
    if asked > len(free):
        with pytest.raises(NotEnoughCredits) as caught:
            world.proposed(stage, cast, quantity=asked)
        assert caught.value.available == len(free)
    else:
        taken = chosen(stage, world.proposed(stage, cast, quantity=asked))
        numbers = [n for part in taken for n in range(part.first, part.last + 1)]
        assert numbers == sorted(free)[:asked]
    savepoint.rollback()
