"""Several at once on one application: submitted once, saved by one, ended one way."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.applications import OPENING, Event, Status
from app.domain.forms.spec import Applicant
from app.domain.roles import Right
from app.registry import applications, claims, document_requests, examinations
from app.registry.applications import Begun
from app.registry.document_requests import Wanted
from app.registry.filling import Filler
from app.store import applications as questions
from app.store.databases import Database
from app.store.tables import Application, LogEntry, Mark, Notification, Step
from app.store.tables.applications import Standing
from tests import applying, world
from tests.portal import opened
from tests.powers import SETTING
from tests.spending import assert_nobody_waits, at_once, outcome
from tests.world import NOW, World

ROUNDS = 3


@contextmanager
def registry(engine: str) -> Generator[tuple[Database, World], None, None]:
    """Open a registry in which two persons may propose for Aoba; nobody waits at the end."""

    def name(session: Session, cast: World) -> None:
        both = {cast.aoba_proposer: Right.BOTH, cast.aoba_approver: Right.BOTH}
        world.appoint(session, cast.aoba, both, cast.operator)

    with world.populated(engine) as (database, cast):
        database.write(lambda session: name(session, cast))
        yield database, cast
        assert_nobody_waits(database)


def draft(database: Database, cast: World, form: int = 3) -> int:
    """Begin an application and fill it in."""

    def make(session: Session) -> int:
        made = applying.begun(session, cast, form)
        applying.fill(session, made)
        return made.id

    return database.write(make)


def submission(database: Database, application_id: int, user: int) -> str:
    return outcome(
        lambda: database.write(
            lambda session: (
                applications.submit(
                    session, application_id, by=Filler(user), setting=SETTING, now=NOW
                ).status
            )
        )
    )


def counted(database: Database, application_id: int, event: Event) -> int:
    with database.reading() as session:
        steps = questions.steps(session, application_id)
        return sum(one.event is event for one in steps)


def end(database: Database, application_id: int, cast: World) -> None:
    database.write(
        lambda session: applications.withdraw(
            session,
            application_id,
            reason="",
            by=Filler(cast.aoba_proposer),
            setting=SETTING,
            now=NOW,
        )
    )


def test_o75_a_fault_at_submission_keeps_the_entries_and_pressing_again_gives_one_application(
    engine: str,
) -> None:
    with registry(engine) as (database, cast):
        made = draft(database, cast)

        def fail(session: Session) -> None:
            by = Filler(cast.aoba_proposer)
            applications.submit(session, made, by=by, setting=SETTING, now=NOW)
            raise ConnectionError("the answer of the database never came")

        with pytest.raises(ConnectionError):
            database.write(fail)
        with database.reading() as session:
            kept = session.get_one(Application, made)
            assert (kept.status, kept.answers.keys()) == (Status.DRAFT, {"certificate"})
        ended = at_once(3, lambda _n: submission(database, made, cast.aoba_proposer))
        assert ended == ["submitted"] * 3
        assert counted(database, made, Event.SUBMIT) == 1
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Application)) == 1
            told = select(func.count()).where(Notification.kind == "application_submitted")
            assert session.scalar(told) == 1


def test_of_two_applications_of_one_account_submitted_at_once_one_waits(engine: str) -> None:
    with registry(engine) as (database, cast):
        for form in (3, 4):
            both = (draft(database, cast), draft(database, cast, form))
            ended = at_once(2, lambda n, b=both: submission(database, b[n], cast.aoba_proposer))
            assert sorted(ended) == ["ApplicationOpen", "submitted"]
            end(database, both[ended.index("submitted")], cast)


def test_of_two_colleagues_who_save_one_section_one_is_told(engine: str) -> None:
    with registry(engine) as (database, cast):
        made = draft(database, cast)
        submission(database, made, cast.aoba_proposer)

        def give_back(session: Session) -> str:
            application = session.get_one(Application, made)
            application.status = Status.RETURNED
            return applications.fingerprint(application.answers["certificate"])

        seen = database.write(give_back)
        people = (cast.aoba_proposer, cast.aoba_approver)

        def save(number: int) -> str:
            typed = {"language": "en", "purpose": f"as {number} sees it"}
            return outcome(
                lambda: database.write(
                    lambda session: applications.save(
                        session,
                        made,
                        "certificate",
                        typed,
                        seen=seen,
                        by=Filler(people[number]),
                        now=NOW,
                    )
                )
            )

        ended = at_once(2, save)
        assert sorted(ended) == ["ChangedMeanwhile", "[]"]
        with database.reading() as session:
            kept = session.get_one(Application, made).answers["certificate"]["purpose"]
        assert kept == f"as {ended.index('[]')} sees it"


def test_an_application_withdrawn_and_approved_at_once_ends_one_way(engine: str) -> None:
    with registry(engine) as (database, cast):
        for _ in range(ROUNDS):
            made = draft(database, cast)
            submission(database, made, cast.aoba_proposer)
            database.write(lambda session, m=made: examined(session, cast, m))

            def go(number: int, made: int = made) -> str:
                def change(session: Session) -> str:
                    if number:
                        return examinations.approve(
                            session, made, actor=cast.approver, setting=SETTING, now=NOW
                        ).status
                    by = Filler(cast.aoba_proposer)
                    return applications.withdraw(
                        session, made, reason="", by=by, setting=SETTING, now=NOW
                    ).status

                return outcome(lambda: database.write(change))

            ended = at_once(2, go)
            assert sorted(ended) in (
                ["ApplicationEnded", "approved"],
                ["ApplicationEnded", "withdrawn"],
            )
            with database.reading() as session:
                assert session.get_one(Application, made).status in ended
            done = [counted(database, made, one) for one in (Event.APPROVE, Event.WITHDRAW)]
            assert sorted(done) == [0, 1]


def examined(session: Session, cast: World, application_id: int) -> None:
    """Let the operator examine an application, so that it waits for approval."""
    claims.claim(
        session,
        application=application_id,
        subject="task",
        to=cast.operator,
        comment="",
        actor=cast.operator,
        now=NOW,
    )
    application = session.get_one(Application, application_id)
    for item in applying.items(application):
        session.add(
            Mark(
                application_id=application_id,
                item=item,
                standing=Standing.FINE,
                user_id=cast.operator,
                at=NOW,
            )
        )
    session.flush()
    examinations.recommend(
        session, application_id, "", actor=cast.operator, setting=SETTING, now=NOW
    )


def test_the_same_key_begins_one_application_however_often_it_is_pressed(engine: str) -> None:
    with registry(engine) as (database, cast):
        for turn in range(ROUNDS):

            def start(number: int, key: str = f"key {turn}") -> str:
                def change(session: Session) -> int:
                    if number % 2:
                        made, _secret = applications.start_as_visitor(
                            session,
                            Applicant.DOMESTIC,
                            email=f"{key.replace(' ', '-')}@example.com",
                            language="en",
                            key=key,
                            setting=SETTING,
                            now=NOW,
                        )
                        return made.id
                    begun = Begun(OPENING, Applicant.DOMESTIC)
                    who = cast.aoba_proposer
                    return applications.start(session, begun, key=key, actor=who, now=NOW).id

                return outcome(lambda: database.write(change))

            ended = at_once(4, start)
            assert ended[0] == ended[2] != ended[1] == ended[3], ended
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Application)) == 2 * ROUNDS


def test_two_workers_at_once_remind_once(engine: str) -> None:
    with registry(engine) as (database, cast):
        wanted = Wanted(["Passport"], NOW + timedelta(days=3), account=cast.aoba)
        database.write(
            lambda session: document_requests.ask(
                session, wanted, key="k", actor=cast.operator, setting=SETTING, now=NOW
            )
        )
        before = NOW - timedelta(seconds=1)
        assert document_requests.remind_due(database, SETTING, now=before) == 0
        ended = at_once(2, lambda _n: document_requests.remind_due(database, SETTING, now=NOW))
        assert sorted(ended) == [0, 1]
        assert document_requests.remind_due(database, SETTING, now=NOW) == 0
        with database.reading() as session:
            logged = select(func.count()).where(LogEntry.operation == "remind of documents")
            assert session.scalar(logged) == 1
            assert session.scalar(select(func.count()).select_from(Step)) == 0


def test_the_command_that_looks_for_what_is_due_reminds(engine: str) -> None:
    with opened(engine) as portal:
        cast, today = portal.world, datetime.now(UTC)
        wanted = Wanted(["Passport"], today + timedelta(days=2), account=cast.aoba)
        portal.database.write(
            lambda session: document_requests.ask(
                session, wanted, key="k", actor=cast.operator, setting=SETTING, now=today
            )
        )
        with portal.app.app_context():
            said = [portal.app.test_cli_runner().invoke(args=["expire"]).output for _ in "12"]
        assert ["1 requests for documents reminded of." in one for one in said] == [True, False]
