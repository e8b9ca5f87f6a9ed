"""Several administrators at once: each change of powers once, and every account stays workable."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Acting, State
from app.domain.requests import ON_ACCOUNT, Kind
from app.domain.roles import Right, is_workable
from app.registry import claims, requests
from app.store import accounts, people
from app.store.databases import Database
from app.store.tables import Claim, Delivered, LogEntry, Notification, Request, User
from tests import powers, world
from tests.powers import NEWCOMER
from tests.spending import assert_nobody_waits, at_once, outcome
from tests.world import NOW, World

ROUNDS = 8


@contextmanager
def registry(engine: str) -> Generator[tuple[Database, World], None, None]:
    """Open a registry in which three persons act for Aoba, and see at the end that nobody waits."""
    with world.populated(engine) as (database, cast):
        database.write(lambda session: powers.three(session, cast))
        yield database, cast
        assert_nobody_waits(database)


def ask(database: Database, kind: Kind, login_id: str = "", **asked: Any) -> int:
    return database.write(lambda session: powers.ask(session, kind, login_id, **asked))


def approval(database: Database, identifier: int, actor: int) -> str:
    """Return how the approval of a request ends."""
    return outcome(
        lambda: database.write(
            lambda session: powers.approve(session, identifier, actor=actor).status
        )
    )


def rights(database: Database, number: str) -> list[Right]:
    """Return the rights that may be used on an account."""
    with database.reading() as session:
        account = accounts.by_number(session, number)
        assert account is not None
        acting = people.acting(session, [account.id])
        return [
            one.right for one in acting if one.acting is Acting.ACTIVE and one.state is State.ACTIVE
        ]


@pytest.mark.parametrize(
    ("first", "second"),
    list(product([Kind.REMOVE_REPRESENTATIVE, Kind.CHANGE_RIGHT], repeat=2)),
)
def test_two_changes_approved_at_once_leave_the_account_workable(
    engine: str, first: Kind, second: Kind
) -> None:
    with registry(engine) as (database, cast):
        deciders = (cast.approver, cast.system_administrator)
        for _ in range(ROUNDS):
            database.write(lambda session: powers.three(session, cast))
            fields = {"account": cast.aoba, "right": Right.READ, "actor": cast.operator}
            asked = (
                ask(database, first, "aoba-proposer", **fields),
                ask(database, second, "aoba-approver", **fields),
            )
            ended = at_once(2, lambda n, a=asked: approval(database, a[n], deciders[n]))
            assert sorted(ended) == ["RepresentativesMissing", "approved"]
            assert is_workable(rights(database, cast.aoba))
            left = asked[ended.index("RepresentativesMissing")]
            database.write(
                lambda session, i=left: requests.reject(
                    session, i, reason="r", actor=cast.approver, now=NOW
                )
            )


def test_one_leaves_while_another_is_removed_and_the_account_stays_workable(engine: str) -> None:
    with registry(engine) as (database, cast):
        removal = {"account": cast.aoba, "actor": cast.operator}
        removed = ask(database, Kind.REMOVE_REPRESENTATIVE, "aoba-approver", **removal)

        def go(number: int) -> str:
            if number:
                return approval(database, removed, cast.approver)
            leaving = {"actor": cast.aoba_proposer}
            return outcome(
                lambda: ask(database, Kind.DEACTIVATE_PERSON, "aoba-proposer", **leaving) and "left"
            )

        ended = Counter(at_once(2, go))
        assert ended["RepresentativesMissing"] == 1, ended
        assert is_workable(rights(database, cast.aoba))


def test_whoever_is_deactivated_has_no_right_that_was_given_meanwhile(engine: str) -> None:
    with registry(engine) as (database, cast):
        given = {"account": cast.kaede, "right": Right.READ, "actor": cast.operator}
        added = ask(database, Kind.ADD_REPRESENTATIVE, "aoba-proposer", **given)
        left = ask(
            database, Kind.DEACTIVATE_PERSON, "aoba-proposer", actor=cast.system_administrator
        )
        database.write(
            lambda session: requests.withdraw(
                session, left, reason="r", actor=cast.system_administrator, now=NOW
            )
        )

        def go(number: int) -> str:
            if number:
                return approval(database, added, cast.approver)

            def leave(session: Session) -> str:
                powers.done(session, cast, Kind.DEACTIVATE_PERSON, "aoba-proposer")
                return "left"

            return outcome(lambda: database.write(leave))

        ended = set(at_once(2, go))
        assert ended in ({"left", "approved"}, {"left", "StateForbids"})
        with database.reading() as session:
            assert people.rights(session, cast.aoba_proposer) == []


def test_two_approvals_of_one_request_make_one_effect(engine: str) -> None:
    with registry(engine) as (database, cast):
        for turn in range(ROUNDS):
            address = f"{turn}@aoba.example"
            fields = NEWCOMER | {"email": address, "actor": cast.operator}
            identifier = ask(database, Kind.ISSUE_LOGIN_ID, **fields)
            deciders = [cast.approver, cast.system_administrator, cast.approver]
            ended = at_once(3, lambda n, i=identifier, d=deciders: approval(database, i, d[n]))
            # Whoever approved it gets the same answer again.
            assert Counter(ended) in (
                Counter(approved=2, RequestEnded=1),
                Counter(approved=1, RequestEnded=2),
            )
            with database.reading() as session:
                made = select(func.count()).where(User.email == address)
                assert session.scalar(made) == 1
                logged = select(func.count()).where(
                    LogEntry.subject == requests.number(identifier),
                    LogEntry.operation == "approved issue_login_id",
                )
                assert session.scalar(logged) == 1
                told = (
                    select(func.count())
                    .select_from(Delivered)
                    .join(Notification, Notification.id == Delivered.notification_id)
                    .where(
                        Delivered.user_id == cast.operator,
                        Notification.subject == requests.number(identifier),
                        Notification.kind == "request_approved",
                    )
                )
                assert session.scalar(told) == 1


def test_a_request_that_is_approved_rejected_and_withdrawn_at_once_ends_one_way(
    engine: str,
) -> None:
    with registry(engine) as (database, cast):
        ways: list[Callable[[Session, int], Any]] = [
            lambda s, i: powers.approve(s, i, actor=cast.approver).status,
            lambda s, i: (
                requests.reject(s, i, reason="r", actor=cast.system_administrator, now=NOW).status
            ),
            lambda s, i: requests.withdraw(s, i, reason="r", actor=cast.operator, now=NOW).status,
        ]
        for _ in range(ROUNDS):
            identifier = ask(database, Kind.SUSPEND_PERSON, "outsider", actor=cast.operator)

            def end(number: int, identifier: int = identifier) -> str:
                way = ways[number]
                return outcome(lambda: database.write(lambda s: way(s, identifier)))

            ended = Counter(at_once(3, end))
            assert ended["RequestEnded"] == 2, ended
            with database.reading() as session:
                status = session.get_one(Request, identifier).status
                state = session.get_one(User, cast.outsider).state
            assert ended[status] == 1
            assert state is (State.SUSPENDED if status == "approved" else State.ACTIVE)
            if state is State.SUSPENDED:
                database.write(lambda s: powers.done(s, cast, Kind.RESTORE_PERSON, "outsider"))


@pytest.mark.parametrize("kind", [Kind.SUSPEND_PERSON, Kind.REMOVE_REPRESENTATIVE])
def test_the_same_is_asked_for_once_however_many_ask(engine: str, kind: Kind) -> None:
    with registry(engine) as (database, cast):
        # Somebody without an account, so that no lock but that of the person is common to them.
        database.write(lambda session: world.person(session, "nobody-in-particular"))
        fields = {"account": cast.aoba} if kind in ON_ACCOUNT else {}
        about = "outsider" if kind in ON_ACCOUNT else "nobody-in-particular"
        actors = (cast.operator, cast.system_administrator)
        for _ in range(ROUNDS):
            keys = (world.key(), world.key())

            def go(number: int, keys: tuple[str, str] = keys) -> str:
                who = {"actor": actors[number % 2], "key": keys[number % 2], **fields}
                return outcome(lambda: ask(database, kind, about, **who))

            ended = at_once(4, go)
            made = {one for one in ended if one != "RequestOpen"}
            assert len(made) == 1, ended
            assert ended.count("RequestOpen") == 2
            with database.reading() as session:
                identifier = int(made.pop())
                asker = session.get_one(Request, identifier).asked_by
            database.write(
                lambda session, i=identifier, a=asker: requests.withdraw(
                    session, i, reason="r", actor=a, now=NOW
                )
            )


@pytest.mark.parametrize("task", ["request", "transaction"])
def test_a_task_claimed_by_two_at_once_becomes_that_of_one(engine: str, task: str) -> None:
    with registry(engine) as (database, cast):
        database.write(lambda session: world.issued(session, cast))
        deciders = {
            "request": (cast.approver, cast.system_administrator),
            "transaction": (cast.aoba_approver, cast.outsider),
        }[task]
        for turn in range(ROUNDS):
            if task == "request":
                fields = NEWCOMER | {"email": f"{turn}@aoba.example", "actor": cast.operator}
                identifier = ask(database, Kind.ISSUE_LOGIN_ID, **fields)
            else:
                identifier = database.write(lambda s: world.proposed(s, cast, quantity=1))

            def claim(number: int, identifier: int = identifier) -> str:
                def change(session: Session) -> str:
                    claims.claim(
                        session,
                        **{task: identifier},
                        subject="task",
                        to=deciders[number],
                        comment="",
                        actor=deciders[number],
                        now=NOW,
                    )
                    return "claimed"

                return outcome(lambda: database.write(change))

            assert sorted(at_once(2, claim)) == ["CommentRequired", "claimed"]
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Claim)) == ROUNDS
