"""Questions about people: who signs in, and what a person may do on an account."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.people import Acting, State
from app.domain.requests import Kind
from app.domain.roles import Right, Role
from app.store import accounts, people
from app.store.tables import User
from tests.powers import NEWCOMER, done, right, three, user
from tests.world import World


def identifier(session: Session, number: str) -> int:
    found = accounts.by_number(session, number)
    assert found is not None
    return found.id


def test_a_power_is_told_for_one_account(stage: Session, cast: World) -> None:
    connection = stage.connection()
    aoba, kaede = identifier(stage, cast.aoba), identifier(stage, cast.kaede)
    for person, account, role, held in (
        (cast.aoba_proposer, aoba, None, Right.BOTH),
        (cast.aoba_approver, aoba, None, Right.APPROVE),
        (cast.aoba_proposer, kaede, None, None),
        (cast.aoba_proposer, None, None, None),
        (cast.auditor, aoba, Role.AUDITOR, None),
    ):
        found = people.power(connection, person, account)
        assert found is not None
        assert (found.id, found.role, found.right) == (person, role, held)
        assert found.state is State.ACTIVE
    assert people.power(connection, 10**9, aoba) is None


def test_a_person_is_found_by_login_id_and_by_number(stage: Session, cast: World) -> None:
    found = people.by_login_id(stage, "aoba-proposer")
    assert found is not None and found.id == cast.aoba_proposer
    assert people.by_id(stage, cast.aoba_proposer) is found
    assert people.by_login_id(stage, "AOBA-PROPOSER") is None
    assert people.by_login_id(stage, "") is None
    assert people.by_id(stage, 10**9) is None


def test_everyone_is_listed_in_the_order_of_their_creation(stage: Session, cast: World) -> None:
    found = [person.id for person in people.everyone(stage)]
    assert found == sorted(found)
    assert len(found) == 11
    assert {cast.operator, cast.outsider} < set(found)


def test_those_who_act_on_accounts_are_told_with_their_rights(stage: Session, cast: World) -> None:
    aoba, kaede = identifier(stage, cast.aoba), identifier(stage, cast.kaede)
    found = people.acting(stage, [kaede, aoba])
    assert [(row.account_id, row.login_id, row.right) for row in found] == [
        (aoba, "aoba-proposer", Right.BOTH),
        (aoba, "aoba-approver", Right.APPROVE),
        (kaede, "kaede-proposer", Right.BOTH),
        (kaede, "kaede-approver", Right.APPROVE),
    ]
    assert people.acting(stage, []) == []


def test_a_suspended_right_is_no_power_and_nobody_hears_of_it(stage: Session, cast: World) -> None:
    three(stage, cast)
    aoba = identifier(stage, cast.aoba)
    suspended = right(stage, cast.aoba, cast.outsider)
    assert suspended is not None
    suspended.state = Acting.SUSPENDED
    stage.flush()
    power = people.power(stage.connection(), cast.outsider, aoba)
    assert power is not None and power.right is None
    both = {cast.aoba_proposer, cast.aoba_approver}
    assert {row.id for row in people.colleagues(stage, cast.aoba_proposer)} == both
    # Where a person may not act at present, there are no colleagues.
    outside = {cast.outsider, cast.outsider_colleague}
    assert {row.id for row in people.colleagues(stage, cast.outsider)} == outside
    found = [(one.account_id, one.state) for one in people.rights(stage, cast.outsider)]
    assert found == [(aoba, Acting.SUSPENDED), (identifier(stage, cast.outside), Acting.ACTIVE)]


def test_a_person_is_found_by_address_in_any_case(stage: Session, cast: World) -> None:
    user(stage, "outsider").email = "Hanako@Aoba.example"
    stage.flush()
    assert [one.id for one in people.by_email(stage, "hanako@aoba.EXAMPLE")] == [cast.outsider]
    assert people.by_email(stage, "%@aoba.example") == []


def test_a_login_id_that_was_ever_given_is_known(stage: Session, cast: World) -> None:
    assert people.was_login_id(stage, "outsider")
    done(stage, cast, Kind.REISSUE_LOGIN_ID, "outsider")
    assert people.was_login_id(stage, "outsider")
    assert people.by_login_id(stage, "outsider") is None
    assert not people.was_login_id(stage, "nobody")


def test_who_represents_and_who_acts_is_told_apart(stage: Session, cast: World) -> None:
    for person, represents, acts in (
        (cast.aoba_approver, True, True),
        (cast.auditor, False, False),
    ):
        assert people.is_representative(stage, person) is represents
        assert people.acts(stage, person) is acts
    fields = {"account": cast.aoba, "right": Right.READ}
    made, _ = done(stage, cast, Kind.ADD_REPRESENTATIVE, **fields, **NEWCOMER)
    assert made.user_id is not None
    assert people.is_representative(stage, made.user_id)
    assert not people.acts(stage, made.user_id)


def test_a_person_is_locked_as_recorded_now(stage: Session, cast: World) -> None:
    stale = stage.get_one(User, cast.outsider)
    stage.execute(text("UPDATE users SET name_en = 'New' WHERE id = :id"), {"id": cast.outsider})
    assert people.lock(stage, cast.outsider) is stale
    assert stale.name_en == "New"
    people.lock_accounts(stage, cast.outsider, identifier(stage, cast.aoba))
