"""Many at once on what is trusted, waits or is sent back: exactly one wins, nothing moves twice."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import announcements
from app.domain.policies import Policy
from app.domain.roles import Right
from app.domain.serials import Range
from app.registry import approvals, transactions, trust
from app.store import trust as questions
from app.store.databases import Database
from app.store.tables import Announcement, ChainHead, TrustedAccount, Wait
from tests import world
from tests.spending import at_once, outcome
from tests.test_races import registry
from tests.world import NOW, World

WAIT = Policy(untrusted_wait=timedelta(hours=24))
LATER = NOW + WAIT.untrusted_wait


def approval(database: Database, identifier: int, actor: int) -> Callable[[], str]:
    def change(session: Session) -> str:
        ended = approvals.approve(session, identifier, actor=actor, now=NOW, policy=WAIT)
        return "waits" if ended.execute_at else ended.status.value

    return lambda: database.write(change)


def test_two_approvals_at_once_of_a_transfer_that_waits_are_one(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        actors = (cast.aoba_approver, cast.outsider)
        acting = {cast.aoba_proposer: Right.BOTH, **dict.fromkeys(actors, Right.APPROVE)}
        database.write(lambda session: world.appoint(session, cast.aoba, acting, cast.operator))
        for _ in range(20):
            made = database.write(lambda session: world.proposed(session, cast, quantity=3))
            ended = at_once(2, lambda n, i=made: outcome(approval(database, i, actors[n])))
            assert sorted(ended) == ["AlreadyApproved", "waits"]
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Wait)) == 20
            assert session.get_one(ChainHead, 1).position == 1
        end_all(database)


def test_of_execution_and_withdrawal_at_once_one_wins(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        seen: Counter[str] = Counter()
        for turn in range(30):
            made = waiting(database, cast)

            def end(number: int, identifier: int = made, turn: int = turn) -> str:
                if (number + turn) % 2:
                    return outcome(lambda: execute(database, identifier))
                return outcome(lambda: withdraw(database, cast, identifier))

            ended = at_once(2, end)
            assert sorted(ended) in (
                ["NotAllowedInStatus", "completed"],
                ["nothing", "withdrawn"],
            ), ended
            seen.update(ended)
        assert seen["completed"] + seen["withdrawn"] == 30
        with database.reading() as session:
            assert session.get_one(ChainHead, 1).position == 1 + seen["completed"]


def test_many_workers_at_once_move_each_transfer_once(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        made = [waiting(database, cast) for _ in range(10)]
        done = at_once(4, lambda _: approvals.execute_due(database, now=LATER, policy=WAIT))
        assert sorted(identifier for one in done for identifier, _ended in one) == made
        with database.reading() as session:
            assert session.get_one(ChainHead, 1).position == 11


def test_nothing_moves_early_outside_the_hours_or_during_maintenance(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        (made,) = (waiting(database, cast),)
        assert approvals.execute_due(database, now=NOW, policy=WAIT) == []
        # Tuesday 3 November is a holiday.
        hours = replace(WAIT, opens=10, closes=16)
        assert approvals.execute_due(database, now=LATER, policy=hours) == []
        window = Announcement(
            kind=announcements.Kind.MAINTENANCE,
            title_en="M",
            title_ja="M",
            text_en="M",
            text_ja="M",
            starts_at=LATER,
            ends_at=LATER + timedelta(hours=1),
            made_by=cast.operator,
            made_at=NOW,
        )
        database.write(lambda session: session.add(window))
        assert approvals.execute_due(database, now=LATER, policy=WAIT) == []
        after = LATER + timedelta(hours=1)
        ((identifier, _ended),) = approvals.execute_due(database, now=after, policy=WAIT)
        assert identifier == made


def test_two_additions_of_one_target_at_once_are_one(engine: str) -> None:
    with registry(engine) as (database, cast, _):

        def propose(_: int) -> str:
            def change(session: Session) -> str:
                key, actor = world.key(), cast.aoba_proposer
                trust.propose(session, cast.aoba, cast.kaede, key=key, actor=actor, now=NOW)
                return "proposed"

            return outcome(lambda: database.write(change))

        assert Counter(at_once(4, propose)) == {"proposed": 1, "AdditionPending": 3}
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(TrustedAccount)) == 1


def test_two_returns_of_one_transfer_at_once_are_one(engine: str) -> None:
    with registry(engine) as (database, cast, _):
        done = database.write(lambda session: world.moved(session, cast, quantity=10))
        order = world.order(
            cast, source=cast.kaede, target=cast.aoba, serials=[Range(1, 10)], returns=done
        )

        def propose(_: int) -> str:
            def change(session: Session) -> str:
                key, actor = world.key(), cast.kaede_proposer
                transactions.propose(session, order, key=key, actor=actor, now=NOW)
                return "proposed"

            return outcome(lambda: database.write(change))

        assert Counter(at_once(4, propose)) == {"proposed": 1, "AlreadyReturned": 3}
        with database.reading() as session:
            assert len(questions.returns_of(session.connection(), done)) == 1


def waiting(database: Database, cast: World) -> int:
    made = database.write(lambda session: world.proposed(session, cast, quantity=3))
    assert approval(database, made, cast.aoba_approver)() == "waits"
    return made


def execute(database: Database, identifier: int) -> str:
    ended = database.write(
        lambda session: approvals.execute(session, identifier, now=LATER, policy=WAIT)
    )
    return ended.status.value if ended else "nothing"


def withdraw(database: Database, cast: World, identifier: int) -> str:
    ended = database.write(
        lambda session: approvals.withdraw(session, identifier, actor=cast.aoba_proposer, now=LATER)
    )
    return ended.status.value


def end_all(database: Database) -> None:
    done = approvals.execute_due(database, now=LATER, policy=WAIT)
    assert {ended.status.value for _, ended in done} <= {"completed", "terminated"}
