"""Transfers that wait: when they move, what is checked again then, and who may stop them."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app import create_app
from app.config import Config
from app.domain.accounts import State
from app.domain.errors import AccountStateForbids, NotAllowedInStatus, Refusal, SerialsBarred
from app.domain.ledger import PROPOSAL_LIFE, Kind, Status
from app.domain.notifications import Kind as Told
from app.domain.people import State as PersonState
from app.domain.people_errors import ProposerStopped
from app.domain.policies import NONE, Policy
from app.domain.roles import Right
from app.domain.serials import Range
from app.domain.trust_errors import AboveLimit, AlreadyApproved, ApproverStopped, NotTrusted
from app.registry import approvals, bars, transactions, trust
from app.registry.approvals import Ended
from app.store import transactions as questions
from app.store.databases import Database
from app.store.statements import Statement
from app.store.tables import LogEntry, Notification, User, Wait
from tests import world
from tests.stages import free, in_state, live, refused
from tests.world import NOW, World

DAY = timedelta(hours=24)
#: Monday 2 November 2026, 10:30 in Tokyo, is NOW; the next day is a holiday.
HOURS = Policy(opens=10, closes=16)
EVENING = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 4, 1, tzinfo=UTC)
WAIT = Policy(untrusted_wait=DAY)


def approve(
    session: Session,
    cast: World,
    identifier: int,
    policy: Policy = WAIT,
    now: datetime = NOW,
    who: str = "aoba_approver",
) -> Ended:
    actor = getattr(cast, who)
    return approvals.approve(session, identifier, actor=actor, now=now, policy=policy)


def waiting(session: Session, cast: World, policy: Policy = WAIT) -> int:
    world.issued(session, cast, quantity=100)
    identifier = world.proposed(session, cast, quantity=30)
    assert approve(session, cast, identifier, policy).execute_at is not None
    return identifier


def trusted(session: Session, cast: World) -> int:
    """Let Aoba trust Kaede, at once; return the entry."""
    entry = trust.propose(
        session, cast.aoba, cast.kaede, key=world.key(), actor=cast.aoba_proposer, now=NOW
    )
    trust.approve(session, cast.aoba, entry, actor=cast.aoba_approver, now=NOW, policy=NONE)
    return entry


def status(session: Session, identifier: int) -> Status:
    found = questions.by_id(session.connection(), identifier)
    assert found is not None
    return Status(found.status)


def test_an_approved_transfer_to_an_untrusted_target_waits_and_then_moves(
    stage: Session, cast: World
) -> None:
    identifier = waiting(stage, cast)
    assert (status(stage, identifier), free(stage, cast.aoba)) == (Status.PROPOSED, (100, 30))
    early = NOW + DAY - timedelta(seconds=1)
    assert approvals.execute(stage, identifier, now=early, policy=WAIT) is None
    done = approvals.execute(stage, identifier, now=NOW + DAY, policy=WAIT)
    assert done == Ended(Status.COMPLETED)
    assert live(stage, cast.kaede) == [Range(1, 30)]
    found = questions.by_id(stage.connection(), identifier)
    assert found is not None
    assert (found.decided_by, found.decided_at) == (cast.aoba_approver, NOW + DAY)
    assert approvals.execute(stage, identifier, now=NOW + DAY, policy=WAIT) is None


def test_case_130_a_trusted_target_is_served_at_once_within_the_hours(
    stage: Session, cast: World
) -> None:
    trusted(stage, cast)
    world.issued(stage, cast, quantity=100)
    policy = Policy(opens=10, closes=16, untrusted_wait=DAY)
    first, second = (world.proposed(stage, cast, quantity=10) for _ in range(2))
    assert approve(stage, cast, first, policy) == Ended(Status.COMPLETED)
    late = approve(stage, cast, second, policy, now=EVENING)
    assert late == Ended(Status.PROPOSED, execute_at=WEDNESDAY)
    done = approvals.execute(stage, second, now=WEDNESDAY, policy=policy)
    assert done == Ended(Status.COMPLETED)


@pytest.mark.parametrize(
    "kind", [Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION]
)
def test_o68_what_is_no_transfer_waits_for_nothing(stage: Session, cast: World, kind: Kind) -> None:
    policy = Policy(opens=10, closes=16, untrusted_wait=DAY, limit=1, only_trusted=True)
    world.issued(stage, cast, quantity=100)
    order = world.order(cast, kind, quantity=10)
    identifier = transactions.propose(
        stage,
        order,
        key=world.key(),
        actor=world.proposer(cast, order),
        now=EVENING,
        policy=policy,
    )
    decider = world.decider(cast, order)
    ended = approvals.approve(stage, identifier, actor=decider, now=EVENING, policy=policy)
    assert ended == Ended(Status.COMPLETED)


def test_o68_an_issuance_waits_for_nothing(stage: Session, cast: World) -> None:
    allocation = cast.allocations[world.PROJECT, cast.aoba]
    identifier = transactions.propose_issuance(
        stage, allocation, 10, key=world.key(), actor=cast.operator, now=EVENING
    )
    policy = Policy(opens=10, closes=16, limit=1)
    ended = approvals.approve(stage, identifier, actor=cast.approver, now=EVENING, policy=policy)
    assert ended == Ended(Status.COMPLETED)


def test_o68_a_movement_to_a_government_account_waits_for_nothing(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    identifier = world.proposed(stage, cast, target=cast.government, quantity=10)
    policy = Policy(opens=10, closes=16, untrusted_wait=DAY)
    assert approve(stage, cast, identifier, policy, now=EVENING) == Ended(Status.COMPLETED)


def test_case_133_and_o67_an_approved_transfer_can_be_withdrawn_until_it_moves(
    stage: Session, cast: World
) -> None:
    identifier = waiting(stage, cast)
    ended = approvals.withdraw(stage, identifier, actor=cast.aoba_proposer, now=NOW)
    assert ended == Ended(Status.WITHDRAWN)
    assert free(stage, cast.aoba) == (100, 0)
    assert approvals.execute(stage, identifier, now=NOW + DAY, policy=WAIT) is None
    told = stage.scalars(select(Notification).order_by(Notification.id.desc()).limit(1)).one()
    assert told.facts["ended"] == ["withdrawn", "取下げ"]


def test_an_approver_may_still_reject_it(stage: Session, cast: World) -> None:
    identifier = waiting(stage, cast)
    approvals.reject(stage, identifier, reason="Fraud", actor=cast.aoba_approver, now=NOW)
    assert free(stage, cast.aoba) == (100, 0)


def test_a_second_approval_is_refused_and_the_first_answered_again(
    stage: Session, cast: World
) -> None:
    identifier = waiting(stage, cast)
    again = approve(stage, cast, identifier, now=NOW + timedelta(hours=1))
    assert again == Ended(Status.PROPOSED, execute_at=NOW + DAY)
    acting = {cast.aoba_proposer: Right.BOTH, cast.outsider: Right.APPROVE}
    world.appoint(stage, cast.aoba, acting, cast.operator)
    with refused(stage, AlreadyApproved):
        approve(stage, cast, identifier, who="outsider")


def test_the_end_of_a_proposal_does_not_hit_one_approved_in_time(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    identifier = world.proposed(stage, cast, quantity=30)
    last = NOW + PROPOSAL_LIFE - timedelta(minutes=1)
    assert approve(stage, cast, identifier, now=last).execute_at == last + DAY
    assert approvals.expire(stage, now=last + DAY) == []
    done = approvals.execute(stage, identifier, now=last + DAY, policy=WAIT)
    assert done == Ended(Status.COMPLETED)


@pytest.mark.parametrize("policy", [WAIT, NONE], ids=["with", "without"])
def test_one_that_was_approved_in_time_never_expires_at_a_second_approval(
    stage: Session, cast: World, policy: Policy
) -> None:
    identifier = waiting(stage, cast)
    late = NOW + PROPOSAL_LIFE
    assert approve(stage, cast, identifier, policy, now=late).status is not Status.EXPIRED


def close_target(session: Session, cast: World) -> None:
    in_state(session, cast.kaede, State.CLOSED)


def bar_source(session: Session, cast: World) -> None:
    in_state(session, cast.aoba, State.BARRED)


def bar_serial(session: Session, cast: World) -> None:
    bars.lay(session, Range(1, 1), reason="r", actor=cast.operator, now=NOW)


def stop_proposer(session: Session, cast: World) -> None:
    session.get_one(User, cast.aoba_proposer).state = PersonState.SUSPENDED
    session.flush()


def stop_approver(session: Session, cast: World) -> None:
    session.get_one(User, cast.aoba_approver).state = PersonState.SUSPENDED
    session.flush()


def dismiss_approver(session: Session, cast: World) -> None:
    acting = {cast.aoba_proposer: Right.BOTH, cast.outsider: Right.APPROVE}
    world.appoint(session, cast.aoba, acting, cast.operator)


@pytest.mark.parametrize(
    ("spoil", "because"),
    [
        (close_target, AccountStateForbids),
        (bar_source, AccountStateForbids),
        (bar_serial, SerialsBarred),
        (stop_proposer, ProposerStopped),
        (stop_approver, ApproverStopped),
        (dismiss_approver, ApproverStopped),
    ],
    ids=lambda one: one.__name__,
)
def test_everything_is_checked_again_when_the_time_has_come(
    stage: Session,
    cast: World,
    spoil: Callable[[Session, World], None],
    because: type[Refusal],
) -> None:
    identifier = waiting(stage, cast)
    spoil(stage, cast)
    ended = approvals.execute(stage, identifier, now=NOW + DAY, policy=WAIT)
    assert ended is not None
    assert isinstance(ended.refusal, because)
    assert status(stage, identifier) is Status.TERMINATED
    assert free(stage, cast.aoba) == (100, 0)


def test_a_target_removed_meanwhile_is_not_served_beyond_the_limit(
    stage: Session, cast: World
) -> None:
    entry = trusted(stage, cast)
    world.issued(stage, cast, quantity=100)
    policy = Policy(opens=10, closes=16, limit=20)
    identifier = world.proposed(stage, cast, quantity=30)
    assert approve(stage, cast, identifier, policy, now=EVENING).execute_at == WEDNESDAY
    trust.remove(stage, cast.aoba, entry, actor=cast.aoba_approver, now=EVENING)
    ended = approvals.execute(stage, identifier, now=WEDNESDAY, policy=policy)
    assert ended is not None
    assert isinstance(ended.refusal, AboveLimit)


def propose(session: Session, cast: World, quantity: int, policy: Policy) -> int:
    order = world.order(cast, quantity=quantity)
    actor = cast.aoba_proposer
    return transactions.propose(
        session, order, key=world.key(), actor=actor, now=NOW, policy=policy
    )


def test_case_134_more_than_the_limit_goes_to_no_untrusted_target(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    policy = Policy(limit=20)
    with refused(stage, AboveLimit, field="quantity", limit=20):
        propose(stage, cast, 21, policy)
    with refused(stage, AboveLimit, field="quantity"):
        order = world.order(cast, serials=[Range(1, 21)])
        transactions.preview(stage, order, actor=cast.aoba_proposer, now=NOW, policy=policy)
    propose(stage, cast, 20, policy)
    # Proposed before there was a limit, it is not approved now.
    above = world.proposed(stage, cast, quantity=21)
    ended = approve(stage, cast, above, policy)
    assert (ended.status, type(ended.refusal)) == (Status.TERMINATED, AboveLimit)
    trusted(stage, cast)
    assert approve(stage, cast, propose(stage, cast, 21, policy), policy) == Ended(Status.COMPLETED)


def test_o36_where_only_trusted_targets_are_allowed_others_are_refused(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    policy = Policy(only_trusted=True)
    with refused(stage, NotTrusted, field="target", number=cast.kaede):
        propose(stage, cast, 1, policy)
    trusted(stage, cast)
    propose(stage, cast, 1, policy)


def test_an_approval_that_waits_is_told_and_logged(stage: Session, cast: World) -> None:
    identifier = waiting(stage, cast)
    told = stage.scalars(select(Notification).order_by(Notification.id.desc()).limit(1)).one()
    assert told.kind == Told.TRANSFER_WAITS
    assert told.facts["at"] == ["10:30 03/11/2026", "2026年11月3日 10:30"]
    approvals.execute(stage, identifier, now=NOW + DAY, policy=WAIT)
    query = select(LogEntry.operation, LogEntry.user_id).order_by(LogEntry.id.desc()).limit(2)
    assert [tuple(row) for row in stage.execute(query)] == [
        ("carry out transaction", None),
        ("approve transaction", cast.aoba_approver),
    ]


def test_without_a_policy_nothing_waits(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    identifier = world.proposed(stage, cast, quantity=30)
    ended = approvals.approve(stage, identifier, actor=cast.aoba_approver, now=EVENING)
    assert ended == Ended(Status.COMPLETED)
    assert stage.scalars(select(Wait)).all() == []
    with refused(stage, NotAllowedInStatus):
        approvals.withdraw(stage, identifier, actor=cast.aoba_proposer, now=NOW)


def test_the_policy_comes_from_the_environment_and_is_none_by_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.delenv("MOVEMENT_POLICY", raising=False)
    assert not Config.from_environment().policy.is_on
    monkeypatch.setenv("MOVEMENT_POLICY", "untrusted=24h")
    assert Config.from_environment().policy == WAIT
    monkeypatch.setenv("MOVEMENT_POLICY", "untrusted=soon")
    with pytest.raises(ValueError, match="'untrusted=soon': it must be like untrusted=24h"):
        Config.from_environment()


def test_the_command_carries_out_what_is_due(engine: str) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    with world.populated_url(engine) as (url, cast):
        app = create_app(Config(database_url=url, secret_key="for tests only", policy=WAIT))
        database: Database = app.extensions["database"]
        with database.writing() as session:
            world.issued(session, cast, quantity=100, now=long_ago)
            for quantity in (30, 3):
                made = world.proposed(session, cast, quantity=quantity, now=long_ago)
                approve(session, cast, made, now=long_ago)
            in_state(session, cast.aoba, State.BARRED)
        runner = app.test_cli_runner()
        with app.app_context():
            first, again = (runner.invoke(args=["expire"]).output for _ in range(2))
        assert "0 approved transfers moved, 2 were stopped by a check." in first
        assert again == "0 proposals expired.\n"
        database.close()


def test_without_a_policy_an_approval_costs_what_it_did(engine: str) -> None:
    """No statement is added to the ledger path; a transfer with a policy costs two more."""
    with world.populated(engine) as (database, cast):
        database.write(lambda session: world.issued(session, cast, quantity=1_000))
        database.write(lambda session: trusted(session, cast))
        counts = []
        for policy in (NONE, Policy(limit=1_000_000)):
            made = database.write(lambda session: world.proposed(session, cast, quantity=3))
            with statements(database) as found:
                database.write(lambda s, i=made, p=policy: approve(s, cast, i, p))
            counts.append(found)
        without, with_ = counts
        assert not [one for one in without if "waits" in one or "trusted_accounts" in one]
        assert len(with_) - len(without) == 2


@contextmanager
def statements(database: Database) -> Generator[list[str], None, None]:
    """Collect the text of every prepared statement that runs."""
    found: list[str] = []
    kept = Statement._on

    def noted(self: Statement, connection: Connection) -> object:
        prepared = kept(self, connection)
        found.append(prepared.text)
        return prepared

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statement, "_on", noted)
        yield found
