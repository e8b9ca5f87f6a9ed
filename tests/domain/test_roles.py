"""The table of rights: who may propose, approve, reject, withdraw and see."""

from itertools import product

import pytest

from app.domain import roles
from app.domain.ledger import Event, Kind
from app.domain.roles import DUTIES, Duty, Right, Role

HOLDERS = (
    Kind.TRANSFER,
    Kind.EXTERNAL_TRANSFER,
    Kind.RETIREMENT,
    Kind.VOLUNTARY_CANCELLATION,
)
ADMINISTRATORS = (Kind.ISSUANCE, Kind.MANDATORY_CANCELLATION)

#: What each right on the source account permits on a movement of the holder's.
BY_RIGHT: dict[Right | None, set[str]] = {
    None: set(),
    Right.READ: set(),
    Right.PROPOSE: {"propose", "reject", "withdraw"},
    Right.APPROVE: {"approve", "reject"},
    Right.BOTH: {"propose", "approve", "reject", "withdraw"},
}
#: What each role permits on a movement of the administrator's.
BY_ROLE: dict[Role | None, set[str]] = {
    None: set(),
    Role.OPERATOR: {"propose", "reject", "withdraw"},
    Role.APPROVER: {"approve", "reject"},
    Role.AUDITOR: set(),
    Role.SYSTEM_ADMINISTRATOR: set(),
    Role.REVIEWER: set(),
}


def permitted(kind: Kind, role: Role | None, right: Right | None) -> set[str]:
    decided = {event.value for event in Event if roles.may_decide(event, kind, role, right)}
    return decided | ({"propose"} if roles.may_propose(kind, role, right) else set())


@pytest.mark.parametrize(
    ("kind", "role", "right"), list(product(HOLDERS, [None, *Role], [None, *Right]))
)
def test_o47_the_right_on_the_source_alone_decides_on_a_holders_movement(
    kind: Kind, role: Role | None, right: Right | None
) -> None:
    assert permitted(kind, role, right) == BY_RIGHT[right]


@pytest.mark.parametrize(
    ("kind", "role", "right"), list(product(ADMINISTRATORS, [None, *Role], [None, *Right]))
)
def test_o48_the_role_alone_decides_on_an_administrators_movement(
    kind: Kind, role: Role | None, right: Right | None
) -> None:
    assert permitted(kind, role, right) == BY_ROLE[role]


def test_the_holders_movements_and_the_administrators_are_all_there_are() -> None:
    assert {*HOLDERS, *ADMINISTRATORS, Kind.ACQUISITION} == set(Kind)
    assert frozenset(HOLDERS) == roles.HOLDERS_KINDS


@pytest.mark.parametrize(("role", "right"), list(product([None, *Role], [None, *Right])))
def test_what_comes_from_another_registry_is_nobodys_to_decide_here(
    role: Role | None, right: Right | None
) -> None:
    assert permitted(Kind.ACQUISITION, role, right) == set()


@pytest.mark.parametrize(("role", "right"), list(product([None, *Role], [None, *Right])))
def test_an_account_is_seen_by_its_people_and_by_those_who_watch_over_all(
    role: Role | None, right: Right | None
) -> None:
    watching = role in {Role.OPERATOR, Role.APPROVER, Role.AUDITOR}
    assert roles.may_see_account(role, right) is (right is not None or watching)


def test_o27_the_auditor_sees_everything_and_does_nothing_but_remark() -> None:
    auditors = {duty for duty in Duty if Role.AUDITOR in DUTIES[duty]}
    seeing = {Duty.SEE_EVERYTHING, Duty.SEE_PEOPLE, Duty.SEE_LOGS, Duty.SEE_NOTICES}
    assert auditors == seeing | {Duty.SEE_ARTICLE_6, Duty.REMARK_ON_ARTICLE_6}


def test_a_reviewer_reads_and_remarks_and_is_no_administrator() -> None:
    reviewers = {duty for duty in Duty if Role.REVIEWER in DUTIES[duty]}
    assert reviewers == {Duty.SEE_ARTICLE_6, Duty.REMARK_ON_ARTICLE_6}
    administrators = {role for role in (None, *Role) if roles.is_administrator(role)}
    assert administrators == set(Role) - {Role.REVIEWER}


def test_no_role_both_proposes_and_approves() -> None:
    for role, kind in product(Role, ADMINISTRATORS):
        assert not {"propose", "approve"} <= permitted(kind, role, None)


def test_every_duty_right_and_role_is_in_its_table() -> None:
    assert set(DUTIES) == set(Duty)
    assert set(roles.RIGHT_NAMES) == set(Right)
    assert set(roles.ROLE_NAMES) == set(Role)
    assert all(DUTIES.values())
