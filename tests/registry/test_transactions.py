"""Proposals of movements: what is reserved, what is refused, and that nothing moves meanwhile."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.errors import (
    AccountStateForbids,
    KeyUsedOtherwise,
    LimitExceeded,
    NotAWholeNumber,
    NotEnoughCredits,
    NotEntitled,
    NotFound,
    NothingChosen,
    NumberTooLarge,
    Refusal,
    Required,
    SameKindPending,
    TooLong,
    UnknownDecision,
)
from app.domain.ledger import Kind, Status
from app.domain.people import State as PersonState
from app.domain.serials import Range
from app.registry import transactions
from app.store import blocks
from app.store import transactions as questions
from app.store.tables import Account, User
from tests import world
from tests.stages import free, in_state, picture, refused
from tests.world import ALLOTTED, NOW, PROJECT, World

HOLDERS_KINDS = (Kind.TRANSFER, Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION)
MOVEMENTS = (*HOLDERS_KINDS, Kind.MANDATORY_CANCELLATION)


def test_o42_a_proposal_reserves_and_moves_nothing(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=1_500)
    identifier = world.proposed(stage, cast, Kind.VOLUNTARY_CANCELLATION, quantity=1_500)
    assert free(stage, cast.aoba) == (1_500, 1_500)
    assert free(stage, cast.voluntary_cancellation) == (0, 0)
    row = questions.by_id(stage.connection(), identifier)
    assert row is not None
    assert (row.purpose, row.beneficiary) == ("Offset of a conference", "Kaede Trading")
    target = stage.get_one(Account, row.target_id)
    assert target.number == cast.voluntary_cancellation
    with refused(stage, NotEnoughCredits, asked=1, available=0, field="quantity"):
        world.proposed(stage, cast, quantity=1)


@pytest.mark.parametrize("kind", MOVEMENTS)
def test_what_is_proposed_is_the_lowest_free_serials(
    stage: Session, cast: World, kind: Kind
) -> None:
    issued = world.issued(stage, cast, quantity=100)
    first = world.proposed(stage, cast, quantity=10)
    second = world.proposed(stage, cast, kind, quantity=10)
    start = issued.first
    assert blocks.reserved(stage.connection(), first) == [Range(start, start + 9)]
    assert blocks.reserved(stage.connection(), second) == [Range(start + 10, start + 19)]


# Quantities, texts and rights


def test_case_67_more_than_is_held_and_not_reserved_is_refused(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    with refused(stage, NotEnoughCredits, asked=101, available=100, field="quantity"):
        world.proposed(stage, cast, quantity=101)
    world.proposed(stage, cast, quantity=40)
    with refused(stage, NotEnoughCredits, asked=61, available=60):
        world.proposed(stage, cast, quantity=61)
    world.proposed(stage, cast, quantity=60)
    assert free(stage, cast.aoba) == (100, 100)


def test_o40_a_retirement_takes_what_is_held_to_the_last_tonne_and_no_more(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    with refused(stage, NothingChosen, field="quantity"):
        world.proposed(stage, cast, Kind.RETIREMENT)
    for quantity in (0, -1, -(2**63)):
        with refused(stage, NotAWholeNumber, field="quantity"):
            world.proposed(stage, cast, Kind.RETIREMENT, quantity=quantity)
    with refused(stage, NotEnoughCredits, available=100):
        world.proposed(stage, cast, Kind.RETIREMENT, quantity=101)
    world.moved(stage, cast, Kind.RETIREMENT, quantity=100)
    assert free(stage, cast.aoba) == (0, 0)


@pytest.mark.parametrize("kind", MOVEMENTS)
@pytest.mark.parametrize(
    ("quantity", "refusal"),
    [
        (None, NothingChosen),
        (0, NotAWholeNumber),
        (-1, NotAWholeNumber),
        (2**63 - 1, NotEnoughCredits),
        (2**63, NumberTooLarge),
    ],
)
def test_case_57_what_is_no_quantity_is_refused_for_every_kind(
    stage: Session, cast: World, kind: Kind, quantity: int | None, refusal: type[Refusal]
) -> None:
    world.issued(stage, cast)
    with refused(stage, refusal, field="quantity"):
        world.proposed(stage, cast, kind, quantity=quantity)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.VOLUNTARY_CANCELLATION, "purpose"),
        (Kind.VOLUNTARY_CANCELLATION, "beneficiary"),
        (Kind.MANDATORY_CANCELLATION, "reference"),
    ],
)
@pytest.mark.parametrize("text", ["", "   ", "\u3000\n"])
def test_o45_what_must_be_said_of_a_cancellation_is_asked_for(
    stage: Session, cast: World, kind: Kind, name: str, text: str
) -> None:
    world.issued(stage, cast)
    with refused(stage, Required, field=name):
        world.proposed(stage, cast, kind, quantity=1, **{name: text})


@pytest.mark.parametrize("name", ["purpose", "beneficiary", "reference", "remark"])
def test_a_text_has_1024_characters_at_most(stage: Session, cast: World, name: str) -> None:
    world.issued(stage, cast)
    kind = Kind.VOLUNTARY_CANCELLATION
    with refused(stage, TooLong, length_max=1024, field=name):
        world.proposed(stage, cast, kind, quantity=1, **{name: "長" * 1025})
    identifier = world.proposed(stage, cast, kind, quantity=1, **{name: "長" * 1024})
    row = questions.by_id(stage.connection(), identifier)
    assert row is not None and getattr(row, name) == "長" * 1024


def test_case_91_one_cancellation_of_a_kind_waits_at_a_time(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    for kind in (Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION):
        first = world.proposed(stage, cast, kind, quantity=1)
        with refused(stage, SameKindPending, kind=kind):
            world.proposed(stage, cast, kind, quantity=2)
        actor = world.decider(cast, world.order(cast, kind))
        world.completed(stage, first, actor=actor)
        world.proposed(stage, cast, kind, quantity=2)


#: Who of those who see Aoba's account may propose what from it.
PROPOSERS = {
    "aoba_proposer": HOLDERS_KINDS,
    "aoba_approver": (),
    "operator": (Kind.MANDATORY_CANCELLATION,),
    "approver": (),
    "auditor": (),
}


@pytest.mark.parametrize("kind", MOVEMENTS)
@pytest.mark.parametrize(
    "who", [*PROPOSERS, "system_administrator", "kaede_proposer", "kaede_approver", "outsider"]
)
def test_o44_and_o47_only_the_rights_on_the_source_let_a_person_propose(
    stage: Session, cast: World, kind: Kind, who: str
) -> None:
    world.issued(stage, cast)
    actor = getattr(cast, who)
    if who not in PROPOSERS:
        before = picture(stage)
        with pytest.raises(NotFound):
            world.proposed(stage, cast, kind, quantity=1, actor=actor)
        assert picture(stage) == before
    elif kind in PROPOSERS[who]:
        world.proposed(stage, cast, kind, quantity=1, actor=actor)
    else:
        with refused(stage, NotEntitled):
            world.proposed(stage, cast, kind, quantity=1, actor=actor)


def test_case_135_who_is_suspended_proposes_nothing_from_that_moment(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    stage.get_one(User, cast.aoba_proposer).state = PersonState.SUSPENDED
    with refused(stage, NotEntitled):
        world.proposed(stage, cast, quantity=1)


# The same proposal again


def test_the_same_key_and_content_are_one_transaction_fifty_times(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    order = world.order(cast, quantity=10)
    sent = {
        transactions.propose(stage, order, key="k", actor=cast.aoba_proposer, now=NOW)
        for _ in range(50)
    }
    assert len(sent) == 1
    assert free(stage, cast.aoba) == (1_000, 10)


def test_the_same_key_gives_the_same_answer_after_the_decision_too(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    order = world.order(cast, quantity=1_000)
    first = transactions.propose(stage, order, key="k", actor=cast.aoba_proposer, now=NOW)
    world.completed(stage, first, actor=cast.aoba_approver)
    again = transactions.propose(stage, order, key="k", actor=cast.aoba_proposer, now=NOW)
    assert again == first
    row = questions.by_id(stage.connection(), first)
    assert row is not None and row.status is Status.COMPLETED


@pytest.mark.parametrize(
    "other",
    [{"quantity": 11}, {"remark": "other"}, {"vintage": 2019}, {"serials": [Range(1, 10)]}],
)
def test_case_29_the_same_key_with_other_content_is_refused(
    stage: Session, cast: World, other: dict[str, object]
) -> None:
    world.issued(stage, cast)
    order = world.order(cast, quantity=10)
    transactions.propose(stage, order, key="k", actor=cast.aoba_proposer, now=NOW)
    with refused(stage, KeyUsedOtherwise):
        transactions.propose(
            stage, replace(order, **other), key="k", actor=cast.aoba_proposer, now=NOW
        )


def test_two_persons_may_use_the_same_key(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    world.issued(stage, cast, account=cast.kaede)
    of_aoba = world.order(cast, quantity=1)
    of_kaede = world.order(cast, source=cast.kaede, target=cast.aoba, quantity=1)
    one = transactions.propose(stage, of_aoba, key="k", actor=cast.aoba_proposer, now=NOW)
    other = transactions.propose(stage, of_kaede, key="k", actor=cast.kaede_proposer, now=NOW)
    assert one != other


def test_a_proposal_needs_a_key_of_reasonable_length(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    order = world.order(cast, quantity=1)
    with refused(stage, Required, field="key"):
        transactions.propose(stage, order, key="", actor=cast.aoba_proposer, now=NOW)
    with refused(stage, TooLong, field="key"):
        transactions.propose(stage, order, key="k" * 101, actor=cast.aoba_proposer, now=NOW)


def test_a_preview_shows_what_would_be_reserved_and_writes_nothing(
    stage: Session, cast: World
) -> None:
    issued = world.issued(stage, cast)
    order = world.order(cast, quantity=10)
    before = picture(stage)
    chosen = transactions.preview(stage, order, actor=cast.aoba_proposer, now=NOW)
    assert chosen == [Range(issued.first, issued.first + 9)]
    assert picture(stage) == before
    with refused(stage, NotEnoughCredits):
        transactions.preview(
            stage, replace(order, quantity=1_001), actor=cast.aoba_proposer, now=NOW
        )


# Issuance


def issuance(
    session: Session,
    cast: World,
    quantity: int,
    *,
    account: str | None = None,
    project: str = PROJECT,
    actor: int | None = None,
) -> int:
    return transactions.propose_issuance(
        session,
        cast.allocations[project, account or cast.aoba],
        quantity,
        key=world.key(),
        actor=cast.operator if actor is None else actor,
        now=NOW,
    )


def test_case_53_no_more_is_proposed_than_the_joint_committee_decided(
    stage: Session, cast: World
) -> None:
    with refused(stage, LimitExceeded, limit=ALLOTTED, asked=ALLOTTED + 1, field="quantity"):
        issuance(stage, cast, ALLOTTED + 1)
    world.issued(stage, cast, quantity=10)
    with refused(stage, LimitExceeded, limit=ALLOTTED, issued=10, pending=0):
        issuance(stage, cast, ALLOTTED - 9)
    issuance(stage, cast, ALLOTTED - 10)


def test_case_54_and_o39_one_issuance_to_an_account_waits_at_a_time(
    stage: Session, cast: World
) -> None:
    first = issuance(stage, cast, 10)
    with refused(stage, SameKindPending, kind=Kind.ISSUANCE):
        issuance(stage, cast, 10)
    with refused(stage, SameKindPending):
        issuance(stage, cast, 10, project=world.ITMO_PROJECT)
    issuance(stage, cast, 10, account=cast.kaede)
    world.completed(stage, first, actor=cast.approver)
    issuance(stage, cast, 10)


@pytest.mark.parametrize("state", list(State))
def test_case_56_nothing_is_issued_to_an_account_that_cannot_receive(
    stage: Session, cast: World, state: State
) -> None:
    in_state(stage, cast.aoba, state)
    if state in {State.OPEN, State.PARTLY_BARRED}:
        issuance(stage, cast, 10)
    else:
        with refused(stage, AccountStateForbids, number=cast.aoba, state=state, field="target"):
            issuance(stage, cast, 10)


@pytest.mark.parametrize(
    ("quantity", "refusal"),
    [(0, NotAWholeNumber), (-1, NotAWholeNumber), (2**63 - 1, LimitExceeded), (2**63, Refusal)],
)
def test_case_57_an_issuance_is_of_a_whole_number_of_tonnes(
    stage: Session, cast: World, quantity: int, refusal: type[Refusal]
) -> None:
    before = picture(stage)
    with pytest.raises(refusal):
        issuance(stage, cast, quantity)
    assert picture(stage) == before


@pytest.mark.parametrize("who", ["approver", "auditor", "system_administrator", "aoba_proposer"])
def test_only_an_operator_proposes_an_issuance(stage: Session, cast: World, who: str) -> None:
    actor = getattr(cast, who)
    with refused(stage, NotEntitled):
        issuance(stage, cast, 10, actor=actor)
    # Nobody else learns which decisions there are.
    with refused(stage, NotEntitled):
        transactions.propose_issuance(stage, 10**9, 10, key="k", actor=actor, now=NOW)


def test_case_21_an_issuance_without_a_decision_is_refused(stage: Session, cast: World) -> None:
    with refused(stage, UnknownDecision, field="decision"):
        transactions.propose_issuance(stage, 10**9, 10, key="k", actor=cast.operator, now=NOW)


def test_case_29_an_issuance_proposed_again_under_its_key_is_the_same(
    stage: Session, cast: World
) -> None:
    allocation = cast.allocations[PROJECT, cast.aoba]

    def propose(quantity: int) -> int:
        return transactions.propose_issuance(
            stage, allocation, quantity, key="k", actor=cast.operator, now=NOW
        )

    first = propose(10)
    assert {propose(10) for _ in range(5)} == {first}
    with refused(stage, KeyUsedOtherwise):
        propose(11)


def test_a_preview_of_an_issuance_checks_and_writes_nothing(stage: Session, cast: World) -> None:
    allocation = cast.allocations[PROJECT, cast.aoba]
    before = picture(stage)
    transactions.preview_issuance(stage, allocation, 10, actor=cast.operator)
    assert picture(stage) == before
    with refused(stage, LimitExceeded):
        transactions.preview_issuance(stage, allocation, ALLOTTED + 1, actor=cast.operator)
