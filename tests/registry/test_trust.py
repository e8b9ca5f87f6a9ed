"""The list of trusted accounts: two persons add, one removes, and each step is told and logged."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import policies
from app.domain.accounts import State
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    OwnProposal,
    ReasonRequired,
    TooLong,
    UnknownAccount,
)
from app.domain.notifications import Kind
from app.domain.policies import Policy
from app.domain.roles import Right
from app.domain.trust import Status
from app.domain.trust_errors import AdditionEnded, AdditionPending, SameHolder, TrustedAlready
from app.registry import trust
from app.store import accounts
from app.store import trust as questions
from app.store.tables import LogEntry, Notification, TrustedAccount
from tests import world
from tests.stages import in_state, refused
from tests.world import NOW, World

#: Noon of the fourth working day after Monday 2 November 2026: Culture Day and a weekend between.
FOURTH = datetime(2026, 11, 9, 3, tzinfo=UTC)
POLICY = Policy(list_days=4)


def proposed(session: Session, cast: World, target: str = "", **given: str) -> int:
    return trust.propose(
        session,
        cast.aoba,
        target or cast.kaede,
        key=given.pop("key", world.key()),
        actor=cast.aoba_proposer,
        now=NOW,
        **given,
    )


def approved(session: Session, cast: World, target: str = "", policy: Policy = POLICY) -> int:
    entry = proposed(session, cast, target)
    trust.approve(session, cast.aoba, entry, actor=cast.aoba_approver, now=NOW, policy=policy)
    return entry


def entry(session: Session, identifier: int) -> TrustedAccount:
    return session.get_one(TrustedAccount, identifier)


def trusts(session: Session, cast: World, now: datetime, target: str = "") -> bool:
    source, other = (
        accounts.by_number(session, number) for number in (cast.aoba, target or cast.kaede)
    )
    assert source is not None
    assert other is not None
    return questions.is_trusted(session.connection(), source.id, other.id, now)


def test_case_132_an_addition_counts_from_noon_of_the_fourth_working_day(
    stage: Session, cast: World
) -> None:
    made = proposed(stage, cast)
    assert not trusts(stage, cast, FOURTH)
    given = {"actor": cast.aoba_approver, "now": NOW, "policy": POLICY}
    assert trust.approve(stage, cast.aoba, made, **given) == FOURTH
    assert not trusts(stage, cast, FOURTH - timedelta(seconds=1))
    assert trusts(stage, cast, FOURTH)
    # Once more, by the same person, is the same answer.
    assert trust.approve(stage, cast.aoba, made, **given) == FOURTH


def test_case_132_a_removal_counts_at_once_and_takes_one_person(
    stage: Session, cast: World
) -> None:
    for actor in (cast.aoba_proposer, cast.aoba_approver):
        made = approved(stage, cast)
        trust.remove(stage, cast.aoba, made, actor=actor, now=FOURTH)
        assert not trusts(stage, cast, FOURTH)
        assert entry(stage, made).status is Status.REMOVED


def test_o31_who_proposed_never_approves_and_may_reject(stage: Session, cast: World) -> None:
    made = proposed(stage, cast)
    with refused(stage, OwnProposal):
        trust.approve(stage, cast.aoba, made, actor=cast.aoba_proposer, now=NOW, policy=POLICY)
    trust.reject(stage, cast.aoba, made, reason="Mistyped", actor=cast.aoba_proposer, now=NOW)
    found = entry(stage, made)
    assert (found.status, found.reason) == (Status.REJECTED, "Mistyped")
    assert not trusts(stage, cast, FOURTH)


def test_the_proposer_may_withdraw_and_propose_again(stage: Session, cast: World) -> None:
    made = proposed(stage, cast)
    trust.withdraw(stage, cast.aoba, made, actor=cast.aoba_proposer, now=NOW)
    assert entry(stage, made).status is Status.WITHDRAWN
    assert proposed(stage, cast) != made


@pytest.mark.parametrize("step", ["approve", "reject", "withdraw", "remove"])
def test_what_has_ended_has_ended(stage: Session, cast: World, step: str) -> None:
    made = proposed(stage, cast)
    trust.reject(stage, cast.aoba, made, reason="no", actor=cast.aoba_approver, now=NOW)
    second = cast.outsider
    acting = {cast.aoba_proposer: Right.BOTH, second: Right.BOTH}
    world.appoint(stage, cast.aoba, acting, cast.operator)
    more = {"approve": {"policy": POLICY}, "reject": {"reason": "r"}}.get(step, {})
    verb: Callable[..., object] = getattr(trust, step)
    with refused(stage, AdditionEnded):
        verb(stage, cast.aoba, made, actor=second, now=NOW, **more)


def test_a_target_that_cannot_be_trusted_is_refused_at_its_field(
    stage: Session, cast: World
) -> None:
    with refused(stage, SameHolder, field="target"):
        proposed(stage, cast, cast.aoba)
    second = world.account(stage, "Aoba Energy", cast.operator)
    with refused(stage, SameHolder, field="target"):
        proposed(stage, cast, second)
    with refused(stage, UnknownAccount, field="target"):
        proposed(stage, cast, "JP-121-999999-0-00")
    with refused(stage, AccountKindForbids, field="target"):
        proposed(stage, cast, cast.retirement)
    in_state(stage, cast.outside, State.APPLIED)
    with refused(stage, UnknownAccount, field="target"):
        proposed(stage, cast, cast.outside)
    in_state(stage, cast.outside, State.CLOSED)
    with refused(stage, AccountStateForbids, field="target"):
        proposed(stage, cast, cast.outside)
    with refused(stage, TooLong, field="note"):
        proposed(stage, cast, note="x" * 101)


def test_one_addition_of_a_target_at_a_time(stage: Session, cast: World) -> None:
    made = proposed(stage, cast)
    with refused(stage, AdditionPending, field="target"):
        proposed(stage, cast)
    trust.approve(stage, cast.aoba, made, actor=cast.aoba_approver, now=NOW, policy=POLICY)
    with refused(stage, TrustedAlready, field="target"):
        proposed(stage, cast)


def test_the_same_key_gives_the_same_entry(stage: Session, cast: World) -> None:
    key = world.key()
    made = proposed(stage, cast, key=key, note="Kaede  of Osaka")
    assert proposed(stage, cast, key=key, note="Kaede of Osaka") == made
    with refused(stage, KeyUsedOtherwise):
        proposed(stage, cast, key=key, note="Somebody else")
    with refused(stage, KeyUsedOtherwise):
        proposed(stage, cast, cast.outside, key=key, note="Kaede of Osaka")


@pytest.mark.parametrize(
    "who", ["outsider", "kaede_proposer", "system_administrator", "operator", "aoba_approver"]
)
def test_only_who_may_propose_on_the_account_proposes(
    stage: Session, cast: World, who: str
) -> None:
    actor = getattr(cast, who)
    sees = who in {"operator", "aoba_approver"}
    with pytest.raises(NotEntitled if sees else NotFound):
        trust.propose(stage, cast.aoba, cast.kaede, key="k", actor=actor, now=NOW)
    made = proposed(stage, cast)
    if who != "aoba_approver":
        with pytest.raises(NotEntitled if sees else NotFound):
            trust.approve(stage, cast.aoba, made, actor=actor, now=NOW, policy=POLICY)
        with pytest.raises(NotEntitled if sees else NotFound):
            trust.remove(stage, cast.aoba, made, actor=actor, now=NOW)


def test_an_entry_of_another_list_is_none(stage: Session, cast: World) -> None:
    made = proposed(stage, cast)
    given = {"actor": cast.kaede_approver, "now": NOW, "policy": POLICY}
    with pytest.raises(NotFound):
        trust.approve(stage, cast.kaede, made, **given)


def test_a_rejection_has_its_reason(stage: Session, cast: World) -> None:
    made = proposed(stage, cast)
    for reason, why in (("", ReasonRequired), (" 　", ReasonRequired), ("x" * 1_025, TooLong)):
        with refused(stage, why, field="reason"):
            trust.reject(stage, cast.aoba, made, reason=reason, actor=cast.aoba_approver, now=NOW)


def test_a_target_that_closed_meanwhile_is_not_approved(stage: Session, cast: World) -> None:
    made = proposed(stage, cast)
    in_state(stage, cast.kaede, State.CLOSED)
    with refused(stage, AccountStateForbids):
        trust.approve(stage, cast.aoba, made, actor=cast.aoba_approver, now=NOW, policy=POLICY)


def test_accounts_of_one_holder_trust_each_other(stage: Session, cast: World) -> None:
    second = world.account(stage, "Aoba Energy", cast.operator)
    assert trusts(stage, cast, NOW, second)
    assert not trusts(stage, cast, NOW, cast.outside)


def test_each_step_is_told_and_logged(stage: Session, cast: World) -> None:
    policy = replace(policies.NONE, limit=1)
    made = approved(stage, cast, policy=policy)
    trust.remove(stage, cast.aoba, made, actor=cast.aoba_approver, now=NOW)
    rejected = proposed(stage, cast)
    trust.reject(stage, cast.aoba, rejected, reason="no", actor=cast.aoba_approver, now=NOW)
    told = stage.scalars(select(Notification.kind).order_by(Notification.id)).all()
    assert [kind for kind in told if kind.startswith("account_trust")] == [
        Kind.ACCOUNT_TRUST_PROPOSED,
        Kind.ACCOUNT_TRUST_APPROVED,
        Kind.ACCOUNT_TRUST_REMOVED,
        Kind.ACCOUNT_TRUST_PROPOSED,
        Kind.ACCOUNT_TRUST_ENDED,
    ]
    query = select(LogEntry.operation).where(LogEntry.operation.like("% trusted account"))
    logged = stage.scalars(query.order_by(LogEntry.id)).all()
    assert [operation.split()[0] for operation in logged] == [
        "propose",
        "approve",
        "remove",
        "propose",
        "reject",
    ]
