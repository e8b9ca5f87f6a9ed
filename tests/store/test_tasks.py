"""The one list of tasks: whose they are, in which order, and turned from any place."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain import ledger
from app.domain.applications import Status as Applied
from app.domain.requests import Kind, Status
from app.domain.roles import Role
from app.store import tasks
from app.store.tables import Claim, Request
from app.store.tasks import APPLICATION, MOVEMENT, REQUEST, Decider, Filter
from tests import applying, examining, world
from tests.world import NOW, World


def asked(session: Session, cast: World, *, hours: int = 0, about: int | None = None) -> int:
    at = NOW + timedelta(hours=hours)
    made = Request(
        kind=Kind.SUSPEND_PERSON if about else Kind.ISSUE_LOGIN_ID,
        status=Status.WAITING,
        user_id=about,
        asked={},
        before={},
        key=world.key(),
        asked_by=cast.operator,
        asked_at=at,
        due_at=at + timedelta(days=14),
    )
    session.add(made)
    session.flush()
    return made.id


def claim(session: Session, by: int | None, **task: int) -> None:
    session.add(Claim(user_id=by, made_by=by or 1, made_at=NOW, **task))
    session.flush()


def account(session: Session, number: str) -> int:
    return world.account_questions.by_number(session, number).id


def places(found: object) -> list[tuple[int, int]]:
    return [(row.rank, row.id) for row in found]


@pytest.fixture
def filled(stage: Session, cast: World) -> list[tuple[int, int]]:
    """Tasks for the approver, the oldest first."""
    world.issued(stage, cast, quantity=100)
    return [
        (REQUEST, asked(stage, cast, hours=-2)),
        (
            MOVEMENT,
            world.proposed(stage, cast, ledger.Kind.MANDATORY_CANCELLATION, quantity=1),
        ),
        (REQUEST, asked(stage, cast)),
        (REQUEST, asked(stage, cast, hours=3)),
    ]


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_list_turns_both_ways_over_proposals_and_requests(
    stage: Session, cast: World, filled: list[tuple[int, int]], size: int, *, newest_first: bool
) -> None:
    decider = Decider(cast.approver, Role.APPROVER)
    wanted = filled[::-1] if newest_first else filled
    seen: list[tuple[int, int]] = []
    at = None
    while True:
        rows = tasks.find(stage, decider, Filter(), after=at, newest_first=newest_first, size=size)
        if not rows:
            break
        seen += places(rows)
        at = seen[-1]
    assert seen == wanted
    for place, task in enumerate(wanted):
        rows = tasks.find(
            stage, decider, Filter(), before=task, newest_first=newest_first, size=size
        )
        assert places(rows) == wanted[max(0, place - size) : place]
    assert tasks.count(stage, decider, Filter()) == len(wanted)
    assert tasks.count(stage, decider, Filter(), cap=2) == 3


def test_the_last_claim_says_whose_a_task_is(
    stage: Session, cast: World, filled: list[tuple[int, int]]
) -> None:
    decider = Decider(cast.approver, Role.APPROVER)
    (_first, movement, second, third) = filled
    claim(stage, cast.approver, transaction_id=movement[1])
    claim(stage, cast.system_administrator, request_id=second[1])
    claim(stage, cast.approver, request_id=third[1])
    claim(stage, None, request_id=third[1])

    def found(claimed_by: int) -> list[tuple[int, int]]:
        return places(tasks.find(stage, decider, Filter(claimed_by=claimed_by)))

    assert found(cast.approver) == [movement]
    assert found(cast.system_administrator) == [second]
    assert found(0) == [filled[0], third]
    rows = {(row.rank, row.id): row for row in tasks.find(stage, decider, Filter())}
    assert rows[second].name_en == "System Administrator"
    assert rows[third].claimant is None


def test_kinds_and_days_narrow_the_list(
    stage: Session, cast: World, filled: list[tuple[int, int]]
) -> None:
    decider = Decider(cast.approver, Role.APPROVER)

    def found(**wanted: object) -> list[tuple[int, int]]:
        return places(tasks.find(stage, decider, Filter(**wanted)))

    assert found(kind=ledger.Kind.MANDATORY_CANCELLATION) == [filled[1]]
    assert found(kind=ledger.Kind.TRANSFER) == []
    assert found(kind=Kind.ISSUE_LOGIN_ID) == [filled[0], *filled[2:]]
    assert found(since=NOW) == filled[1:]
    assert found(until=NOW) == filled[:1]


def test_nobody_decides_what_they_asked_for_or_what_is_about_them(
    stage: Session, cast: World
) -> None:
    about = asked(stage, cast, about=cast.approver)
    both = {
        role: places(tasks.find(stage, Decider(user, role), Filter()))
        for role, user in (
            (Role.APPROVER, cast.approver),
            (Role.SYSTEM_ADMINISTRATOR, cast.system_administrator),
            (Role.OPERATOR, cast.operator),
            (Role.AUDITOR, cast.auditor),
        )
    }
    assert both == {
        Role.APPROVER: [],
        Role.SYSTEM_ADMINISTRATOR: [(REQUEST, about)],
        Role.OPERATOR: [],
        Role.AUDITOR: [],
    }
    # Whoever asked for it does not decide it, whatever the role.
    assert not tasks.find(stage, Decider(cast.operator, Role.APPROVER), Filter())


def test_a_holders_people_decide_on_their_accounts_only(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    made = world.proposed(stage, cast, quantity=10)
    aoba, kaede = account(stage, cast.aoba), account(stage, cast.kaede)
    assert places(tasks.find(stage, Decider(cast.aoba_approver, None, [aoba]), Filter())) == [
        (MOVEMENT, made)
    ]
    assert not tasks.find(stage, Decider(cast.kaede_approver, None, [kaede]), Filter())
    assert not tasks.find(stage, Decider(cast.aoba_proposer, None, [aoba]), Filter())
    assert not tasks.find(stage, Decider(cast.approver, Role.APPROVER), Filter())


def test_what_was_decided_waits_no_more(stage: Session, cast: World) -> None:
    made = asked(stage, cast)
    request = stage.get_one(Request, made)
    request.status, request.decided_by, request.decided_at = Status.REJECTED, cast.approver, NOW
    stage.flush()
    assert not tasks.find(stage, Decider(cast.approver, Role.APPROVER), Filter())


def test_what_a_list_shows_is_found_in_one_question_each(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    made = world.proposed(stage, cast, quantity=10)
    request = asked(stage, cast, about=cast.outsider)
    row = tasks.movements(stage, [made])[made]
    assert (row.source, row.target, row.quantity) == (cast.aoba, cast.kaede, 10)
    assert (row.asker_en, row.asked_by) == ("Aoba Proposer", cast.aoba_proposer)
    row = tasks.requests(stage, [request])[request]
    assert (row.name_en, row.asker_en, row.account) == ("Outsider", "Operator", None)
    assert tasks.movements(stage, []) == tasks.requests(stage, []) == {}


def test_claims_are_told_the_last_first(stage: Session, cast: World) -> None:
    made = asked(stage, cast)
    claim(stage, cast.approver, request_id=made)
    claim(stage, cast.system_administrator, request_id=made)
    found = tasks.claims(stage, request=made)
    assert [row.name_en for row in found] == ["System Administrator", "Approver"]
    assert not tasks.claims(stage, transaction=made)


def test_who_may_take_a_task(stage: Session, cast: World) -> None:
    aoba = account(stage, cast.aoba)
    found = tasks.approvers(stage, kind=ledger.Kind.TRANSFER, source_id=aoba)
    assert [row.id for row in found] == [cast.aoba_proposer, cast.aoba_approver]
    found = tasks.approvers(stage, kind=ledger.Kind.ISSUANCE, source_id=None)
    assert [row.id for row in found] == [cast.approver]
    found = tasks.deciders(stage)
    assert [row.id for row in found] == [cast.approver, cast.system_administrator]


def test_what_a_person_has_under_way_is_counted(stage: Session, cast: World) -> None:
    world.issued(stage, cast, quantity=100)
    assert tasks.open_of(stage, cast.aoba_proposer) == 0
    world.proposed(stage, cast, quantity=10)
    assert tasks.open_of(stage, cast.aoba_proposer) == 1
    asked(stage, cast)
    assert tasks.open_of(stage, cast.operator) == 1


def test_an_application_waits_for_an_examiner_and_then_for_another_approver(
    stage: Session, cast: World
) -> None:
    made = applying.submitted(stage, cast)
    draft = applying.begun(stage, cast, 1)
    task = [(APPLICATION, made.id)]

    def found(user: int, role: Role | None, **wanted: object) -> list[tuple[int, int]]:
        return places(tasks.find(stage, Decider(user, role), Filter(**wanted)))

    deciders = (
        (cast.operator, Role.OPERATOR),
        (cast.approver, Role.APPROVER),
        (cast.auditor, Role.AUDITOR),
        (cast.system_administrator, Role.SYSTEM_ADMINISTRATOR),
        (cast.aoba_approver, None),
    )
    assert [found(*one) for one in deciders] == [task, [], [], [], []]
    examining.examined(stage, cast, made)
    assert [found(*one) for one in deciders] == [[], task, [], [], []]
    # Whoever had a part in it does not decide it, whatever the role by now.
    for part in (cast.operator, cast.aoba_proposer):
        assert found(part, Role.APPROVER) == []
    assert found(cast.approver, Role.APPROVER, kind=3) == task
    assert found(cast.approver, Role.APPROVER, kind=1) == []
    assert found(cast.approver, Role.APPROVER, kind=Kind.ISSUE_LOGIN_ID) == []
    assert found(cast.approver, Role.APPROVER, claimed_by=0) == task
    examining.claim(stage, made, cast.approver)
    assert found(cast.approver, Role.APPROVER, claimed_by=cast.approver) == task
    assert tasks.count(stage, Decider(cast.approver, Role.APPROVER), Filter()) == 1
    rows = tasks.applications(stage, [made.id, draft.id])
    assert (rows[made.id].account, rows[made.id].asker_en) == (cast.aoba, "Aoba Proposer")
    assert (rows[made.id].form, rows[made.id].due_at) == (3, made.due_at)
    assert [one.name_en for one in tasks.claims(stage, application=made.id)] == [
        "Approver",
        None,
        "Operator",
    ]
    examining.approve(stage, made, cast.approver)
    assert [found(*one) for one in deciders] == [[]] * 5


def test_the_list_turns_from_an_application_as_from_any_task(stage: Session, cast: World) -> None:
    request = asked(stage, cast, hours=-1)
    made = examining.examined(stage, cast, applying.submitted(stage, cast))
    decider = Decider(cast.approver, Role.APPROVER)
    places_in_order = [(REQUEST, request), (APPLICATION, made.id)]
    assert places(tasks.find(stage, decider, Filter())) == places_in_order
    assert (
        places(tasks.find(stage, decider, Filter(), after=places_in_order[0]))
        == (places_in_order[1:])
    )
    assert (
        places(tasks.find(stage, decider, Filter(), before=places_in_order[1]))
        == (places_in_order[:1])
    )


def test_who_may_take_an_application(stage: Session, cast: World) -> None:
    assert [row.id for row in tasks.examiners(stage, Applied.SUBMITTED)] == [cast.operator]
    assert [row.id for row in tasks.examiners(stage, Applied.EXAMINED)] == [cast.approver]
    assert tasks.examiners(stage, Applied.RETURNED) == []
    before = tasks.open_of(stage, cast.aoba_proposer)
    applying.submitted(stage, cast)
    assert tasks.open_of(stage, cast.aoba_proposer) == before + 1
