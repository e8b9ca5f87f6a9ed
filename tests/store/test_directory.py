"""Who there is: found by letters, role, state and account; their rights; what became of them."""

import pytest
from sqlalchemy.orm import Session

from app.domain.people import State
from app.domain.roles import Right, Role
from app.registry import people
from app.store import directory
from app.store.directory import Filter
from app.store.tables import User
from tests.world import NOW, World


def ids(found: object) -> list[int]:
    return [person.id for person in found]


@pytest.fixture
def hanako(stage: Session) -> int:
    made = people.create(
        stage, "JP0000012345", name_en="Hanako Mori", name_ja="森 花子", actor=None, now=NOW
    )
    return made.id


@pytest.mark.parametrize("words", ["mori", "MORI", "花子", "森 花", "jp00000", "0012345"])
def test_letters_of_either_name_or_of_the_login_id_find_a_person(
    stage: Session, hanako: int, words: str
) -> None:
    assert ids(directory.find(stage, Filter(words=words))) == [hanako]
    assert directory.count(stage, Filter(words=words)) == 1


@pytest.mark.parametrize("words", ["%", "_", "\\", "%%", "a%b"])
def test_signs_that_mean_something_to_the_database_are_letters(
    stage: Session, hanako: int, words: str
) -> None:
    assert not directory.find(stage, Filter(words=words))


def test_role_state_and_account_narrow_the_list(stage: Session, cast: World, hanako: int) -> None:
    assert ids(directory.find(stage, Filter(role=Role.AUDITOR))) == [cast.auditor]
    holders = ids(directory.find(stage, Filter(without_role=True)))
    assert hanako in holders and cast.operator not in holders
    stage.get_one(User, hanako).state = State.SUSPENDED
    stage.flush()
    assert ids(directory.find(stage, Filter(state=State.SUSPENDED))) == [hanako]
    (right, *_rest) = directory.rights(stage, [cast.kaede_proposer])
    found = ids(directory.find(stage, Filter(account_id=right.account_id)))
    assert found == [cast.kaede_proposer, cast.kaede_approver]


def test_the_list_turns_both_ways(stage: Session) -> None:
    whole = ids(directory.find(stage, Filter(), size=100))
    assert whole == sorted(whole)
    assert ids(directory.find(stage, Filter(), after=whole[2], size=3)) == whole[3:6]
    assert ids(directory.find(stage, Filter(), before=whole[6], size=3)) == whole[3:6]
    assert directory.count(stage, Filter(), cap=3) == 4


def test_rights_are_told_of_all_accounts_or_of_some(stage: Session, cast: World) -> None:
    people_ = [cast.aoba_proposer, cast.outsider]
    found = directory.rights(stage, people_)
    assert [(row.user_id, row.number, row.right) for row in found] == [
        (cast.aoba_proposer, cast.aoba, Right.BOTH),
        (cast.outsider, cast.outside, Right.BOTH),
    ]
    some = directory.rights(stage, people_, [found[0].account_id])
    assert [row.number for row in some] == [cast.aoba]
    assert not directory.rights(stage, people_, [])


def test_o69_changes_of_state_are_told_the_last_first_under_every_login_id(
    stage: Session, cast: World, hanako: int
) -> None:
    person = stage.get_one(User, hanako)
    people.change_state(
        stage, person, State.SUSPENDED, reason="Away", request="R-000007",
        actor=cast.operator, now=NOW,
    )  # fmt: skip
    people.reissue_login_id(stage, person, "JP", actor=cast.operator, now=NOW)
    people.change_state(stage, person, State.ACTIVE, reason="Back", actor=cast.approver, now=NOW)
    found = directory.state_changes(stage, person)
    assert [(row.facts["after"], row.facts["reason"], row.name_en) for row in found] == [
        ("active", "Back", "Approver"),
        ("suspended", "Away", "Operator"),
    ]
    assert found[1].facts["request"] == "R-000007"
    assert not directory.state_changes(stage, stage.get_one(User, cast.outsider))
