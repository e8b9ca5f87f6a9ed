"""Questions about requests: found by what they are about, page by page; and whose a task is."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.people import Acting, State
from app.domain.requests import Kind, Status
from app.domain.roles import Right
from app.registry import claims
from app.registry import requests as verbs
from app.store import accounts, requests
from app.store.requests import Filter
from app.store.tables import User
from tests import world
from tests.powers import NEWCOMER, approve, ask, right, three
from tests.world import NOW, World


def several(session: Session, cast: World) -> list[int]:
    """Make four requests: about Aoba, about Kaede, a newcomer approved, a suspension rejected."""
    fields = {"right": Right.BOTH}
    made = [
        ask(
            session,
            Kind.CHANGE_RIGHT,
            "aoba-approver",
            account=cast.aoba,
            actor=cast.aoba_proposer,
            **fields,
        ),
        ask(
            session,
            Kind.CHANGE_RIGHT,
            "kaede-approver",
            account=cast.kaede,
            actor=cast.operator,
            now=NOW + timedelta(days=1),
            **fields,
        ),
        ask(session, Kind.ISSUE_LOGIN_ID, actor=cast.operator, **NEWCOMER),
        ask(session, Kind.SUSPEND_PERSON, "outsider", actor=cast.operator),
    ]
    approve(session, made[2], actor=cast.approver)
    verbs.reject(session, made[3], reason="r", actor=cast.approver, now=NOW)
    return made


def test_requests_are_found_by_what_they_are_about(stage: Session, cast: World) -> None:
    aoba, kaede, newcomer, suspension = several(stage, cast)
    account = accounts.by_number(stage, cast.aoba)
    assert account is not None

    def found(**wanted: object) -> list[int]:
        asked = Filter(**wanted)  # type: ignore[arg-type]  # each of them by its name
        rows = requests.find(stage, asked)
        assert requests.count(stage, asked) == len(rows)
        return [row.id for row in rows]

    assert found() == [suspension, newcomer, kaede, aoba]
    assert found(status=Status.WAITING) == [kaede, aoba]
    assert found(kind=Kind.SUSPEND_PERSON) == [suspension]
    assert found(user_id=cast.outsider) == [suspension]
    assert found(account_id=account.id) == [aoba]
    assert found(asked_by=cast.operator) == [suspension, newcomer, kaede]
    assert found(since=NOW + timedelta(hours=1)) == [kaede]
    assert found(until=NOW + timedelta(hours=1)) == [suspension, newcomer, aoba]
    assert found(concerning=cast.aoba_approver) == [aoba]
    assert found(concerning=cast.kaede_proposer, accounts=[account.id]) == [aoba]
    assert found(concerning=cast.auditor) == []


def test_pages_of_requests_follow_each_other_both_ways(stage: Session, cast: World) -> None:
    made = several(stage, cast)[::-1]
    first = requests.find(stage, Filter(), size=3)
    assert [row.id for row in first] == made[:3]
    following = requests.find(stage, Filter(), before=first[-1].id, size=3)
    assert [row.id for row in following] == made[3:]
    back = requests.find(stage, Filter(), after=following[0].id, size=2)
    assert [row.id for row in back] == made[1:3]
    assert requests.count(stage, Filter(), cap=2) == 3


def test_a_request_is_shown_with_the_names_of_everyone_in_it(stage: Session, cast: World) -> None:
    _aoba, _kaede, newcomer, suspension = several(stage, cast)
    row = requests.by_id(stage, suspension)
    assert row is not None
    assert (row.login_id, row.name_en, row.state) == ("outsider", "Outsider", State.ACTIVE)
    assert (row.asker_en, row.decider_ja, row.account) == ("Operator", "Approver", None)
    made = requests.by_id(stage, newcomer)
    assert made is not None and made.name_ja == "青葉 花子"
    assert requests.by_id(stage, 10**9) is None


def test_a_request_is_known_by_its_asker_and_key(stage: Session, cast: World) -> None:
    key = world.key()
    identifier = ask(stage, Kind.SUSPEND_PERSON, "outsider", actor=cast.operator, key=key)
    found = requests.by_key(stage, cast.operator, key)
    assert found is not None and found.id == identifier
    assert requests.by_key(stage, cast.auditor, key) is None


def test_what_waits_about_a_person_is_found_by_kind_and_account(
    stage: Session, cast: World
) -> None:
    aoba, *_ = several(stage, cast)
    account = accounts.by_number(stage, cast.kaede)
    assert account is not None
    kinds = [Kind.CHANGE_RIGHT, Kind.SUSPEND_PERSON]
    found = requests.waiting_about(stage, cast.aoba_approver, kinds)
    assert [one.id for one in found] == [aoba]
    assert not requests.waiting_about(stage, cast.aoba_approver, kinds, account.id)
    assert not requests.waiting_about(stage, cast.aoba_approver, [Kind.SUSPEND_PERSON])
    assert not requests.waiting_about(stage, cast.outsider, kinds)


def test_a_proposal_tells_how_its_proposer_stands_and_whose_task_it_is(
    stage: Session, cast: World
) -> None:
    three(stage, cast)
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=1)
    connection = stage.connection()

    def standing() -> tuple[State, Acting | None, int | None]:
        row = requests.standing(connection, identifier, cast.aoba_proposer)
        return row.state, row.acting, row.claimant

    assert standing() == (State.ACTIVE, Acting.ACTIVE, None)
    assert requests.claimant_of_transaction(connection, identifier) is None
    claims.claim(
        stage,
        transaction=identifier,
        subject="task",
        to=cast.outsider,
        comment="",
        actor=cast.aoba_approver,
        now=NOW,
    )
    stage.get_one(User, cast.aoba_proposer).state = State.SUSPENDED
    present = right(stage, cast.aoba, cast.aoba_proposer)
    assert present is not None
    present.state = Acting.SUSPENDED
    stage.flush()
    assert standing() == (State.SUSPENDED, Acting.SUSPENDED, cast.outsider)
    claimant = requests.claimant_of_transaction(connection, identifier)
    assert claimant is not None and claimant.name_en == "Outsider"
    stage.delete(present)
    stage.flush()
    assert standing() == (State.SUSPENDED, None, cast.outsider)
