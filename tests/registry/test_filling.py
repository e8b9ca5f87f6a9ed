"""Who may know of an application and work on it, who is told of it, and what is signed."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.applications import Status
from app.domain.errors import NotEntitled, NotFound, TooLong
from app.domain.people import Acting, State
from app.domain.roles import Right
from app.registry import filling
from app.registry.filling import Filler
from app.store.tables import Application, User
from tests import powers, world
from tests.applying import begun, fill, submit, submitted, visited
from tests.stages import refused
from tests.world import NOW, World


def knowing(session: Session, cast: World, application: Application) -> set[str]:
    """Return who of the cast may know of an application."""
    session.flush()
    people = {name: one for name, one in vars(cast).items() if isinstance(one, int)}
    return {
        name
        for name, one in people.items()
        if filling.may_see(session, application, Filler(one), now=NOW)
    }


def working(session: Session, cast: World, application: Application) -> set[str]:
    """Return who of the cast may change, submit or withdraw an application."""
    able = set()
    for name in (name for name, one in vars(cast).items() if isinstance(one, int)):
        by = Filler(getattr(cast, name))
        try:
            filling.to_fill_in(session, application.id, by, now=NOW)
            able.add(name)
        except NotEntitled:
            assert name in knowing(session, cast, application)
        except NotFound:
            assert name not in knowing(session, cast, application)
    return able


SEEING = {"operator", "approver", "auditor"}
AOBA = {"aoba_proposer", "aoba_approver"}


def test_a_draft_is_its_writers_alone_and_a_submitted_one_the_accounts(
    stage: Session, cast: World
) -> None:
    made = begun(stage, cast)
    assert knowing(stage, cast, made) == working(stage, cast, made) == {"aoba_proposer"}
    fill(stage, made)
    submit(stage, made)
    assert knowing(stage, cast, made) == SEEING | AOBA
    assert working(stage, cast, made) == {"aoba_proposer"}, "the other only approves"
    rights = {cast.aoba_proposer: Right.BOTH, cast.aoba_approver: Right.BOTH}
    world.appoint(stage, cast.aoba, rights, cast.operator)
    assert working(stage, cast, made) == AOBA


def test_a_colleague_without_the_right_to_propose_only_sees_what_is_asked_about_login_ids(
    stage: Session, cast: World
) -> None:
    made = begun(stage, cast, 5)
    made.submitted_at, made.status = NOW, Status.SUBMITTED
    assert knowing(stage, cast, made) == SEEING | AOBA
    assert working(stage, cast, made) == {"aoba_proposer"}


def test_a_paper_is_the_offices_from_its_draft_on(stage: Session, cast: World) -> None:
    made = begun(stage, cast, actor=cast.operator, is_paper=True)
    assert knowing(stage, cast, made) == SEEING
    assert working(stage, cast, made) == {"operator"}
    made.submitted_at, made.status = NOW, Status.SUBMITTED
    assert knowing(stage, cast, made) == SEEING | AOBA
    assert working(stage, cast, made) == {"operator"}


def test_an_opening_is_its_applicants_before_and_after_the_account_is_there(
    stage: Session, cast: World
) -> None:
    made = begun(stage, cast, 1, actor=cast.outsider)
    assert knowing(stage, cast, made) == {"outsider"}
    made.submitted_at, made.status = NOW, Status.SUBMITTED
    assert knowing(stage, cast, made) == SEEING | {"outsider"}
    made.account_id = begun(stage, cast).account_id
    assert knowing(stage, cast, made) == SEEING | AOBA | {"outsider"}


def test_a_visitor_knows_of_one_application_by_its_link_alone(stage: Session, cast: World) -> None:
    made, by = visited(stage)
    other, _by = visited(stage, email="other@example.com")
    assert filling.may_see(stage, made, by, now=NOW)
    assert knowing(stage, cast, made) == set()
    for stranger in (Filler(), Filler(secret="guessed")):
        assert not filling.may_see(stage, made, stranger, now=NOW)
    with pytest.raises(NotFound):
        filling.to_fill_in(stage, other.id, by, now=NOW)
    with pytest.raises(NotFound):
        filling.to_fill_in(stage, 10**15, by, now=NOW)


def test_whoever_is_stopped_or_whose_right_is_suspended_knows_of_nothing(
    stage: Session, cast: World
) -> None:
    made = begun(stage, cast)
    right = powers.right(stage, cast.aoba, cast.aoba_proposer)
    assert right is not None
    right.state = Acting.SUSPENDED
    assert knowing(stage, cast, made) == set()
    right.state = Acting.ACTIVE
    assert knowing(stage, cast, made) == {"aoba_proposer"}
    stage.get_one(User, cast.aoba_proposer).state = State.SUSPENDED
    assert knowing(stage, cast, made) == set()


def test_those_who_may_not_know_of_it_any_more_are_not_told(stage: Session, cast: World) -> None:
    made = submitted(stage, cast)
    everyone = {cast.aoba_proposer, cast.aoba_approver}
    assert filling.concerned(stage, made, now=NOW) == everyone
    right = powers.right(stage, cast.aoba, cast.aoba_proposer)
    assert right is not None
    right.state = Acting.SUSPENDED
    stage.flush()
    assert filling.concerned(stage, made, now=NOW) == {cast.aoba_approver}


def test_what_is_signed_changes_with_every_answer_and_file(stage: Session, cast: World) -> None:
    made = begun(stage, cast, 4)
    first = filling.signed(stage, made)
    fill(stage, made)
    second = filling.signed(stage, made)
    assert first["answers"] != second["answers"]
    assert not first["files"]
    assert second["files"][0].endswith(" seal_certificate seal_certificate.pdf")
    submit(stage, made)
    assert filling.signed(stage, made) == second, "as it was shown it is signed"


def test_an_application_that_waits_past_its_day_is_overdue(stage: Session, cast: World) -> None:
    made = submitted(stage, cast)
    due = made.due_at
    assert due is not None
    for status in (Status.SUBMITTED, Status.RETURNED, Status.EXAMINED):
        made.status = status
        assert not filling.is_overdue(made, now=due - timedelta(seconds=1))
        assert filling.is_overdue(made, now=due)
    made.status = Status.REJECTED
    assert not filling.is_overdue(made, now=due)


def test_a_comment_is_kept_up_to_its_length(stage: Session, cast: World) -> None:
    assert filling.checked_comment(" so\u3000be it ") == "so be it"
    with refused(stage, TooLong, length_max=filling.COMMENT_MAX, field="comment"):
        filling.checked_comment("x" * (filling.COMMENT_MAX + 1), field="comment")
