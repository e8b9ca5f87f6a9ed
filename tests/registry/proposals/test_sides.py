"""Source and target: which accounts may take part in which movement, and who knows of them."""

import pytest
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    NotFound,
    SameAccount,
    UnknownAccount,
)
from app.domain.ledger import Kind
from app.domain.roles import Right
from tests import world
from tests.stages import applied_for, free, in_state, picture, refused
from tests.world import World

HOLDERS_KINDS = (Kind.TRANSFER, Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION)
MOVEMENTS = (*HOLDERS_KINDS, Kind.MANDATORY_CANCELLATION)
NEITHER_OPEN_NOR_APPLIED = [s for s in State if s not in {State.OPEN, State.APPLIED}]


@pytest.mark.parametrize("kind", MOVEMENTS)
def test_case_64_a_source_that_does_not_exist_is_not_found(
    stage: Session, cast: World, kind: Kind
) -> None:
    before = picture(stage)
    with pytest.raises(NotFound):
        world.proposed(stage, cast, kind, source="JP-121-999999-0-00", quantity=1)
    assert picture(stage) == before


@pytest.mark.parametrize("number", ["JP-121-999999-0-00", "", "no number", "MN-121-000001-0-05"])
def test_case_64_a_target_that_does_not_exist_is_refused(
    stage: Session, cast: World, number: str
) -> None:
    world.issued(stage, cast)
    with refused(stage, UnknownAccount, number=number, field="target"):
        world.proposed(stage, cast, target=number, quantity=1)


def test_case_66_source_and_target_must_differ(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    with refused(stage, SameAccount, number=cast.aoba, field="target"):
        world.proposed(stage, cast, target=cast.aoba, quantity=1)


def test_o35_a_target_applied_for_is_answered_as_one_that_does_not_exist(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    applied = applied_for(stage, cast)
    with refused(stage, UnknownAccount, number=applied.number, field="target") as of_applied:
        world.proposed(stage, cast, target=applied.number, quantity=1)
    with refused(stage, UnknownAccount, field="target") as of_none:
        world.proposed(stage, cast, target="JP-121-999999-0-00", quantity=1)
    assert set(of_applied.value.facts()) == set(of_none.value.facts())


def test_o28_an_account_applied_for_is_not_there_even_for_its_future_people(
    stage: Session, cast: World
) -> None:
    applied = applied_for(stage, cast)
    rights = {cast.aoba_proposer: Right.BOTH, cast.aoba_approver: Right.APPROVE}
    world.appoint(stage, applied.number, rights, cast.operator)
    with pytest.raises(NotFound):
        world.proposed(stage, cast, source=applied.number, quantity=1)


@pytest.mark.parametrize("number_of", ["aoba", "retirement", "government"])
def test_o70_an_outsider_learns_nothing_of_accounts_that_exist(
    stage: Session, cast: World, number_of: str
) -> None:
    world.issued(stage, cast)
    answers = []
    for number in (getattr(cast, number_of), "JP-121-999999-0-00"):
        with pytest.raises(NotFound) as caught:
            world.proposed(stage, cast, source=number, quantity=1, actor=cast.outsider)
        answers.append(caught.value.what)
    assert answers == ["account", "account"]


@pytest.mark.parametrize("state", NEITHER_OPEN_NOR_APPLIED)
def test_case_56_nothing_is_transferred_from_an_account_that_is_not_open(
    stage: Session, cast: World, state: State
) -> None:
    world.issued(stage, cast)
    in_state(stage, cast.aoba, state)
    with refused(stage, AccountStateForbids, number=cast.aoba, state=state, field="source"):
        world.proposed(stage, cast, quantity=1)


@pytest.mark.parametrize("state", NEITHER_OPEN_NOR_APPLIED)
def test_case_56_and_o37_only_a_partly_barred_target_receives_as_an_open_one(
    stage: Session, cast: World, state: State
) -> None:
    world.issued(stage, cast)
    in_state(stage, cast.kaede, state)
    if state is State.PARTLY_BARRED:
        world.moved(stage, cast, quantity=1)
        assert free(stage, cast.kaede) == (1, 0)
    else:
        with refused(stage, AccountStateForbids, number=cast.kaede, state=state, field="target"):
            world.proposed(stage, cast, quantity=1)


@pytest.mark.parametrize("state", NEITHER_OPEN_NOR_APPLIED)
def test_an_order_of_the_authority_reaches_every_account_that_is_not_closed(
    stage: Session, cast: World, state: State
) -> None:
    world.issued(stage, cast)
    in_state(stage, cast.aoba, state)
    if state is State.CLOSED:
        with refused(stage, AccountStateForbids, field="source"):
            world.proposed(stage, cast, Kind.MANDATORY_CANCELLATION, quantity=1)
    else:
        world.moved(stage, cast, Kind.MANDATORY_CANCELLATION, quantity=1)
        assert free(stage, cast.mandatory_cancellation) == (1, 0)


@pytest.mark.parametrize("kind", [Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION])
def test_o44_a_partly_barred_account_still_retires_and_cancels(
    stage: Session, cast: World, kind: Kind
) -> None:
    world.issued(stage, cast)
    in_state(stage, cast.aoba, State.PARTLY_BARRED)
    world.moved(stage, cast, kind, quantity=7)
    assert free(stage, cast.final(kind)) == (7, 0)


@pytest.mark.parametrize("target_of", ["retirement", "voluntary_cancellation"])
def test_a_transfer_ends_in_no_account_where_credits_end(
    stage: Session, cast: World, target_of: str
) -> None:
    world.issued(stage, cast)
    with refused(stage, AccountKindForbids, kind=target_of, field="target"):
        world.proposed(stage, cast, target=getattr(cast, target_of), quantity=1)


@pytest.mark.parametrize("kind", [Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION])
@pytest.mark.parametrize("target_of", ["kaede", "government", "retirement"])
def test_case_86_a_cancellation_goes_to_a_cancellation_account_of_its_kind(
    stage: Session, cast: World, kind: Kind, target_of: str
) -> None:
    world.issued(stage, cast)
    with refused(stage, AccountKindForbids, number=getattr(cast, target_of), field="target"):
        world.proposed(stage, cast, kind, target=getattr(cast, target_of), quantity=1)


@pytest.mark.parametrize("target_of", ["kaede", "government", "voluntary_cancellation"])
def test_case_95_a_retirement_goes_to_a_retirement_account(
    stage: Session, cast: World, target_of: str
) -> None:
    world.issued(stage, cast)
    with refused(stage, AccountKindForbids, number=getattr(cast, target_of), field="target"):
        world.proposed(stage, cast, Kind.RETIREMENT, target=getattr(cast, target_of), quantity=1)


@pytest.mark.parametrize(
    "kind", [Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION]
)
def test_case_87_and_96_where_credits_end_is_fixed_by_the_registry(
    stage: Session, cast: World, kind: Kind
) -> None:
    world.issued(stage, cast)
    world.moved(stage, cast, kind, quantity=5)
    assert free(stage, cast.final(kind)) == (5, 0)
    # The same with the account named, and refused where the registry has none that is open.
    world.moved(stage, cast, kind, target=cast.final(kind), quantity=5)
    in_state(stage, cast.final(kind), State.SUSPENDED)
    with refused(stage, UnknownAccount, field="target"):
        world.proposed(stage, cast, kind, quantity=5)


@pytest.mark.parametrize("kind", MOVEMENTS)
@pytest.mark.parametrize("source_of", ["retirement", "voluntary_cancellation"])
def test_case_90_what_was_retired_or_cancelled_never_leaves(
    stage: Session, cast: World, kind: Kind, source_of: str
) -> None:
    world.issued(stage, cast)
    world.moved(stage, cast, Kind(source_of), quantity=10)
    source = getattr(cast, source_of)
    rights = {cast.aoba_proposer: Right.BOTH, cast.aoba_approver: Right.APPROVE}
    world.appoint(stage, source, rights, cast.operator)
    same = kind.value == source_of
    with refused(stage, SameAccount if same else AccountKindForbids, number=source):
        world.proposed(stage, cast, kind, source=source, quantity=10)
