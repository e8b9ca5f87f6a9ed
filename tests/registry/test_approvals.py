"""How a proposal ends: carried out whole, or not at all and its serial numbers free again."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.errors import (
    AccountStateForbids,
    LimitExceeded,
    NotAllowedInStatus,
    ProposalTooOld,
    ReasonRequired,
    SerialsBarred,
    TooLong,
)
from app.domain.ledger import PROPOSAL_LIFE, Kind, Status
from app.domain.roles import Right
from app.domain.serials import Range
from app.registry import approvals, bars, transactions
from app.registry.approvals import Ended
from app.store import blocks
from app.store import transactions as questions
from app.store.databases import AnyRow
from app.store.tables import Allocation, ChainHead
from tests import world
from tests.stages import free, holdings, in_state, live, picture, refused
from tests.world import MOVEMENTS, NOW, PROJECT, World


def approve(session: Session, cast: World, identifier: int, who: str = "aoba_approver") -> Ended:
    return approvals.approve(session, identifier, actor=getattr(cast, who), now=NOW)


def decide(session: Session, cast: World, identifier: int, event: str, who: str) -> Ended:
    actor = getattr(cast, who)
    if event == "reject":
        return approvals.reject(session, identifier, reason="no", actor=actor, now=NOW)
    verb = approvals.approve if event == "approve" else approvals.withdraw
    return verb(session, identifier, actor=actor, now=NOW)


def row(session: Session, identifier: int) -> AnyRow:
    found = questions.by_id(session.connection(), identifier)
    assert found is not None
    return found


def issuance(session: Session, cast: World, quantity: int, account: str | None = None) -> int:
    allocation = cast.allocations[PROJECT, account or cast.aoba]
    return transactions.propose_issuance(
        session, allocation, quantity, key=world.key(), actor=cast.operator, now=NOW
    )


# Carried out


def test_case_61_a_transfer_of_200_of_2000_leaves_1800_and_200(stage: Session, cast: World) -> None:
    issued = world.issued(stage, cast, quantity=2_000)
    assert issued == Range(1, 2_000)
    identifier = world.moved(stage, cast, quantity=200)
    assert live(stage, cast.aoba) == [Range(201, 2_000)]
    assert live(stage, cast.kaede) == [Range(1, 200)]
    assert (free(stage, cast.aoba), free(stage, cast.kaede)) == ((1_800, 0), (200, 0))
    # The history of both: who had number 1 and number 201 before.
    assert blocks.life(stage, 1)[0].opened_by == identifier
    assert len(blocks.life(stage, 1)) == len(blocks.life(stage, 201)) == 2


@pytest.mark.parametrize("kind", MOVEMENTS)
def test_case_83_85_92_and_o43_an_approved_movement_arrives_whole(
    stage: Session, cast: World, kind: Kind
) -> None:
    issued = world.issued(stage, cast, quantity=100)
    target = cast.kaede if kind is Kind.TRANSFER else cast.final(kind)
    identifier = world.proposed(stage, cast, kind, quantity=20)
    assert (free(stage, cast.aoba), free(stage, target)) == ((100, 20), (0, 0))
    decider = world.decider(cast, world.order(cast, kind))
    assert approvals.approve(stage, identifier, actor=decider, now=NOW) == Ended(Status.COMPLETED)
    assert (free(stage, cast.aoba), free(stage, target)) == ((80, 0), (20, 0))
    assert live(stage, target) == [Range(issued.first, issued.first + 19)]
    done = row(stage, identifier)
    assert (done.status, done.decided_by, done.decided_at) == (Status.COMPLETED, decider, NOW)
    said = (done.purpose, done.beneficiary, done.reference)
    if kind is Kind.VOLUNTARY_CANCELLATION:
        assert said == ("Offset of a conference", "Kaede Trading", None)
    if kind is Kind.MANDATORY_CANCELLATION:
        assert said == (None, None, "Order 2026-1")


def test_case_92_a_government_account_retires_too(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    world.moved(stage, cast, target=cast.government, quantity=10)
    people = {cast.aoba_proposer: Right.BOTH, cast.aoba_approver: Right.APPROVE}
    world.appoint(stage, cast.government, people, cast.operator)
    identifier = world.proposed(stage, cast, Kind.RETIREMENT, source=cast.government, quantity=10)
    assert approve(stage, cast, identifier).status is Status.COMPLETED
    assert free(stage, cast.retirement) == (10, 0)


def test_case_47_what_is_issued_exists_once_and_follows_the_last(
    stage: Session, cast: World
) -> None:
    shares = [(cast.aoba, 700), (cast.kaede, 200), (cast.outside, 100)]
    ranges = [world.issued(stage, cast, account=number, quantity=q) for number, q in shares]
    assert ranges == [Range(1, 700), Range(701, 900), Range(901, 1_000)]
    assert [live(stage, number) for number, _ in shares] == [[r] for r in ranges]
    assert sum(free(stage, number)[0] for number, _ in shares) == 1_000


def test_case_50_two_issuances_that_wait_at_once_get_different_serials(
    stage: Session, cast: World
) -> None:
    first = issuance(stage, cast, 10)
    second = issuance(stage, cast, 10, cast.kaede)
    for identifier in (second, first):
        assert approve(stage, cast, identifier, "approver").status is Status.COMPLETED
    assert live(stage, cast.kaede) == [Range(1, 10)]
    assert live(stage, cast.aoba) == [Range(11, 20)]


def test_approving_once_more_gives_the_same_answer_and_moves_nothing(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    first = approve(stage, cast, identifier)
    before = picture(stage)
    assert [approve(stage, cast, identifier) for _ in range(3)] == [first] * 3
    assert picture(stage) == before


def test_case_6_a_clock_set_back_does_not_set_back_the_ledger(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    earlier = NOW - timedelta(hours=1)
    approvals.approve(stage, identifier, actor=cast.aoba_approver, now=earlier)
    assert row(stage, identifier).decided_at == NOW
    assert stage.get_one(ChainHead, 1).completed_at == NOW


# Checked again at approval


def lay_bar(session: Session, cast: World) -> None:
    bars.lay(session, Range(5, 5), reason="inquiry", actor=cast.operator, now=NOW)


@pytest.mark.parametrize("kind", MOVEMENTS)
@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize("state", [State.BARRED, State.SUSPENDED, State.CLOSED])
def test_case_56_and_93_an_account_barred_meanwhile_terminates_and_frees(
    stage: Session, cast: World, kind: Kind, side: str, state: State
) -> None:
    world.issued(stage, cast, quantity=100)
    identifier = world.proposed(stage, cast, kind, quantity=20)
    target = cast.kaede if kind is Kind.TRANSFER else cast.final(kind)
    number = cast.aoba if side == "source" else target
    in_state(stage, number, state)
    before = holdings(stage)
    decider = world.decider(cast, world.order(cast, kind))
    ended = approvals.approve(stage, identifier, actor=decider, now=NOW)
    if kind is Kind.MANDATORY_CANCELLATION and side == "source" and state is not State.CLOSED:
        assert ended == Ended(Status.COMPLETED)
        return
    assert ended.status is Status.TERMINATED
    assert isinstance(ended.refusal, AccountStateForbids)
    assert (ended.refusal.number, ended.refusal.field) == (number, side)
    assert holdings(stage) == before
    assert free(stage, cast.aoba) == (100, 0)
    assert row(stage, identifier).reason == "AccountStateForbids"


def test_a_range_barred_meanwhile_terminates_and_frees(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    identifier = world.proposed(stage, cast, quantity=20)
    lay_bar(stage, cast)
    before = holdings(stage)
    ended = approve(stage, cast, identifier)
    assert ended.status is Status.TERMINATED and isinstance(ended.refusal, SerialsBarred)
    assert (ended.refusal.first, ended.refusal.last) == (5, 5)
    assert holdings(stage) == before and free(stage, cast.aoba) == (100, 0)


def test_case_48_an_issuance_that_is_terminated_uses_up_no_serial(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    identifier = issuance(stage, cast, 50)
    in_state(stage, cast.aoba, State.SUSPENDED)
    before = holdings(stage)
    ended = approve(stage, cast, identifier, "approver")
    assert ended.status is Status.TERMINATED
    assert holdings(stage) == before
    assert world.issued(stage, cast, account=cast.kaede) == Range(101, 1_100)


def test_case_53_the_limit_is_checked_again_at_approval(stage: Session, cast: World) -> None:
    allocation = cast.allocations[PROJECT, cast.aoba]
    identifier = issuance(stage, cast, 50)
    stage.execute(update(Allocation).where(Allocation.id == allocation).values(quantity=49))
    before = holdings(stage)
    ended = approve(stage, cast, identifier, "approver")
    assert ended.status is Status.TERMINATED
    assert isinstance(ended.refusal, LimitExceeded)
    assert (ended.refusal.limit, ended.refusal.asked) == (49, 50)
    assert holdings(stage) == before


# Ended otherwise


def test_case_128_a_rejection_needs_its_reason(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    for reason in ("", "  ", "\u3000\n"):
        with refused(stage, ReasonRequired, field="reason"):
            approvals.reject(stage, identifier, reason=reason, actor=cast.aoba_approver, now=NOW)
    with refused(stage, TooLong, field="reason"):
        approvals.reject(stage, identifier, reason="n" * 1025, actor=cast.aoba_approver, now=NOW)
    ended = approvals.reject(
        stage, identifier, reason=" wrong  account ", actor=cast.aoba_approver, now=NOW
    )
    assert ended == Ended(Status.REJECTED)
    assert row(stage, identifier).reason == "wrong account"
    assert free(stage, cast.aoba) == (1_000, 0)


def test_case_133_a_proposal_taken_back_frees_its_serials(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    before = holdings(stage)
    identifier = world.proposed(stage, cast, quantity=100)
    assert decide(stage, cast, identifier, "withdraw", "aoba_proposer") == Ended(Status.WITHDRAWN)
    assert decide(stage, cast, identifier, "withdraw", "aoba_proposer") == Ended(Status.WITHDRAWN)
    assert holdings(stage) == before
    assert free(stage, cast.aoba) == (100, 0)
    world.moved(stage, cast, quantity=100)


def test_case_138_a_proposal_past_its_time_is_closed_at_approval(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    before = holdings(stage)
    ended = approvals.approve(stage, identifier, actor=cast.aoba_approver, now=NOW + PROPOSAL_LIFE)
    assert ended.status is Status.EXPIRED and isinstance(ended.refusal, ProposalTooOld)
    assert holdings(stage) == before
    assert free(stage, cast.aoba) == (1_000, 0)


def test_case_138_a_proposal_is_approved_up_to_the_last_moment(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=10)
    last = NOW + PROPOSAL_LIFE - timedelta(microseconds=1)
    ended = approvals.approve(stage, identifier, actor=cast.aoba_approver, now=last)
    assert ended == Ended(Status.COMPLETED)


def test_case_138_what_nobody_decided_in_time_is_closed_by_the_registry(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast)
    old = world.proposed(stage, cast, quantity=10)
    young = world.proposed(stage, cast, quantity=10, now=NOW + timedelta(seconds=1))
    at = NOW + PROPOSAL_LIFE
    assert approvals.expire(stage, now=at - timedelta(seconds=1)) == []
    assert approvals.expire(stage, now=at) == [old]
    assert approvals.expire(stage, now=at) == []
    ended = row(stage, old)
    assert (ended.status, ended.decided_by, ended.decided_at) == (Status.EXPIRED, None, at)
    assert free(stage, cast.aoba) == (1_000, 10)
    assert row(stage, young).status is Status.PROPOSED


def test_case_34_35_and_136_nothing_undoes_what_has_ended(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    ended = {
        Status.COMPLETED: world.moved(stage, cast, quantity=10),
        Status.REJECTED: world.proposed(stage, cast, quantity=10),
        Status.WITHDRAWN: world.proposed(stage, cast, quantity=10),
        Status.TERMINATED: world.proposed(stage, cast, quantity=10),
        Status.EXPIRED: world.proposed(stage, cast, quantity=10, now=NOW - PROPOSAL_LIFE),
    }
    decide(stage, cast, ended[Status.REJECTED], "reject", "aoba_approver")
    decide(stage, cast, ended[Status.WITHDRAWN], "withdraw", "aoba_proposer")
    approvals.expire(stage, now=NOW)
    in_state(stage, cast.kaede, State.SUSPENDED)
    approve(stage, cast, ended[Status.TERMINATED])
    in_state(stage, cast.kaede, State.OPEN)
    colleague = world.person(stage, "aoba-third")
    rights = {cast.aoba_proposer: Right.BOTH, cast.aoba_approver: Right.BOTH, colleague: Right.BOTH}
    world.appoint(stage, cast.aoba, rights, cast.operator)
    for status, identifier in ended.items():
        assert row(stage, identifier).status is status
        for verb in (approvals.approve, approvals.withdraw):
            with refused(stage, NotAllowedInStatus, status=status):
                verb(stage, identifier, actor=colleague, now=NOW)
        with refused(stage, NotAllowedInStatus, status=status):
            approvals.reject(stage, identifier, reason="no", actor=colleague, now=NOW)
    # Only a new transaction brings credits back.
    world.moved(stage, cast, source=cast.kaede, target=cast.aoba, quantity=10)
    assert free(stage, cast.aoba) == (1_000, 0)
