"""Questions about people: who signs in, and what a person may do on an account."""

from sqlalchemy.orm import Session

from app.domain.roles import Right, Role
from app.store import accounts, people
from tests.world import World


def identifier(session: Session, number: str) -> int:
    found = accounts.by_number(session, number)
    assert found is not None
    return found.id


def test_a_power_is_told_for_one_account(stage: Session, cast: World) -> None:
    connection = stage.connection()
    aoba, kaede = identifier(stage, cast.aoba), identifier(stage, cast.kaede)
    for person, account, role, right in (
        (cast.aoba_proposer, aoba, None, Right.BOTH),
        (cast.aoba_approver, aoba, None, Right.APPROVE),
        (cast.aoba_proposer, kaede, None, None),
        (cast.aoba_proposer, None, None, None),
        (cast.auditor, aoba, Role.AUDITOR, None),
    ):
        found = people.power(connection, person, account)
        assert found is not None
        assert (found.id, found.role, found.right) == (person, role, right)
        assert found.is_active
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
    assert len(found) == 10
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
