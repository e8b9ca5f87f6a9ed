"""Questions about trust: the list in order, what is due, and what the database refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.policies import NONE, Policy
from app.domain.trust import Status
from app.registry import approvals, trust
from app.store import accounts, transactions
from app.store import trust as questions
from app.store.tables import Account, Return, Wait
from app.store.transactions import Filter
from tests import world
from tests.world import NOW, World

WAIT = Policy(untrusted_wait=timedelta(hours=24))


def account(session: Session, number: str) -> Account:
    found = accounts.by_number(session, number)
    assert found is not None
    return found


def proposed(session: Session, cast: World, target: str) -> int:
    key, actor = world.key(), cast.aoba_proposer
    return trust.propose(session, cast.aoba, target, key=key, actor=actor, now=NOW, note="N")


def waiting(session: Session, cast: World) -> int:
    world.issued(session, cast, quantity=100)
    made = world.proposed(session, cast, quantity=10)
    approvals.approve(session, made, actor=cast.aoba_approver, now=NOW, policy=WAIT)
    return made


def test_what_waits_for_approval_stands_first_and_what_ended_apart(
    stage: Session, cast: World
) -> None:
    first, second = (proposed(stage, cast, number) for number in (cast.kaede, cast.outside))
    trust.approve(stage, cast.aoba, first, actor=cast.aoba_approver, now=NOW, policy=NONE)
    aoba = account(stage, cast.aoba)
    listed = questions.current(stage, aoba.id)
    assert [row.id for row in listed] == [second, first]
    assert (listed[1].target, listed[1].decider_en) == (cast.kaede, "Aoba Approver")
    trust.remove(stage, cast.aoba, first, actor=cast.aoba_proposer, now=NOW)
    assert [row.id for row in questions.current(stage, aoba.id)] == [second]
    (ended,) = questions.ended(stage, aoba.id)
    assert (ended.status, ended.ender_en) == (Status.REMOVED, "Aoba Proposer")
    assert questions.entry(stage, account(stage, cast.kaede).id, first) is None


def test_what_is_due_is_known_and_no_task_of_anyone(stage: Session, cast: World) -> None:
    made = waiting(stage, cast)
    later = NOW + WAIT.untrusted_wait
    assert questions.due(stage, NOW) == []
    assert questions.due(stage, later) == [made]
    (row,) = transactions.find(stage, Filter(proposed_by=cast.aoba_proposer))
    assert (row.execute_at, row.approved_by) == (later, cast.aoba_approver)
    approvals.withdraw(stage, made, actor=cast.aoba_proposer, now=NOW)
    assert questions.due(stage, later) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE waits SET execute_at = approved_at",
        "DELETE FROM waits",
        "UPDATE returns SET returned_id = 99",
        "DELETE FROM returns",
        "DELETE FROM trusted_accounts",
        "UPDATE trusted_accounts SET target_id = account_id + 2",
        "UPDATE trusted_accounts SET proposed_by = 1",
        "UPDATE trusted_accounts SET status = 'approved' WHERE status = 'removed'",
        "UPDATE trusted_accounts SET decided_by = proposed_by WHERE status = 'waiting'",
        "UPDATE trusted_accounts SET status = 'removed' WHERE status = 'approved'",
    ],
)
def test_the_database_keeps_what_was_decided(stage: Session, cast: World, statement: str) -> None:
    made = waiting(stage, cast)
    done = world.moved(stage, cast, quantity=1)
    stage.execute(insert(Return).values(transaction_id=made, returned_id=done))
    removed, _approved = (approved(stage, cast, number) for number in (cast.kaede, cast.outside))
    trust.remove(stage, cast.aoba, removed, actor=cast.aoba_proposer, now=NOW)
    proposed(stage, cast, cast.kaede)
    with pytest.raises(DBAPIError), stage.begin_nested():
        stage.execute(text(statement))


def approved(session: Session, cast: World, target: str) -> int:
    made = proposed(session, cast, target)
    trust.approve(session, cast.aoba, made, actor=cast.aoba_approver, now=NOW, policy=NONE)
    return made


def test_a_transfer_waits_once(stage: Session, cast: World) -> None:
    made = waiting(stage, cast)
    again = insert(Wait).values(
        transaction_id=made, approved_by=cast.outsider, approved_at=NOW, execute_at=NOW
    )
    with pytest.raises(DBAPIError), stage.begin_nested():
        stage.execute(again)
