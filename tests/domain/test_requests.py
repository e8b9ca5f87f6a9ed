"""Requests: who may ask for what, who decides, and how they are numbered."""

from itertools import product

import pytest

from app.domain import requests
from app.domain.requests import ABOUT_ONESELF, AT_ONCE, NEWCOMERS, ON_ACCOUNT, WITH_DELIVERY, Kind
from app.domain.roles import Right, Role

KINDS = frozenset(Kind)
#: What each role asks for about holders' people, and about administrators.
BY_ROLE: dict[Role, tuple[frozenset[Kind], frozenset[Kind]]] = {
    Role.OPERATOR: (KINDS - {Kind.CHANGE_ROLE}, frozenset()),
    Role.APPROVER: (frozenset(), frozenset()),
    Role.AUDITOR: (frozenset(), frozenset()),
    Role.SYSTEM_ADMINISTRATOR: (KINDS, KINDS),
    Role.REVIEWER: (frozenset(), frozenset()),
}


def asked(
    role: Role | None, right: Right | None, *, oneself: bool = False, administrator: bool = False
) -> frozenset[Kind]:
    return frozenset(
        kind
        for kind in Kind
        if requests.may_ask(
            kind, role, right, about_oneself=oneself, about_administrator=administrator
        )
    )


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_asks_for_what_the_role_permits(role: Role) -> None:
    about_holders, about_administrators = BY_ROLE[role]
    assert asked(role, None) == about_holders
    assert asked(role, None, administrator=True) == about_administrators


@pytest.mark.parametrize(("right", "administrator"), list(product([None, *Right], [False, True])))
def test_o15_a_representative_who_proposes_asks_about_the_people_of_the_account(
    right: Right | None, *, administrator: bool
) -> None:
    may = ON_ACCOUNT if right in {Right.PROPOSE, Right.BOTH} else frozenset()
    assert asked(None, right, administrator=administrator) == may


@pytest.mark.parametrize(("role", "right"), list(product([None, *Role], [None, *Right])))
def test_nobody_changes_their_own_powers_but_by_leaving(
    role: Role | None, right: Right | None
) -> None:
    assert asked(role, right, oneself=True) == ABOUT_ONESELF
    assert {
        Kind.CHANGE_DETAILS,
        Kind.REPLACE_SECOND_FACTOR,
        Kind.DEACTIVATE_PERSON,
    } == ABOUT_ONESELF


def test_approvers_and_system_administrators_decide() -> None:
    deciding = [role for role in (None, *Role) if requests.may_decide(role)]
    assert deciding == [Role.APPROVER, Role.SYSTEM_ADMINISTRATOR]


def test_every_kind_status_and_delivery_has_a_name_in_both_languages() -> None:
    for names in (requests.KIND_NAMES, requests.STATUS_NAMES, requests.DELIVERY_NAMES):
        assert all(text.en and text.ja for text in names.values())
    assert set(requests.KIND_NAMES) == KINDS
    assert set(requests.STATUS_NAMES) == set(requests.Status)
    assert set(requests.DELIVERY_NAMES) == set(requests.Delivery)


def test_what_stops_a_person_and_what_lets_them_go_on_exclude_each_other() -> None:
    for kind in Kind:
        group = requests.alternatives(kind)
        assert kind in group
        assert all(requests.alternatives(other) == group for other in group)
        # Whatever was stopped at once comes back by the end of that request alone.
        assert len(group) > 1 or kind not in AT_ONCE
    assert Kind.RESTORE_PERSON in requests.alternatives(Kind.DEACTIVATE_PERSON)
    assert requests.alternatives(Kind.REMOVE_REPRESENTATIVE) == {Kind.REMOVE_REPRESENTATIVE}


def test_a_newcomer_gets_a_link_or_a_letter() -> None:
    assert NEWCOMERS < WITH_DELIVERY
    assert not WITH_DELIVERY & AT_ONCE - {Kind.REPLACE_SECOND_FACTOR}


@pytest.mark.parametrize(
    ("identifier", "printed"), [(1, "R-000001"), (12, "R-000012"), (1_234_567, "R-1234567")]
)
def test_a_request_is_known_by_its_printed_number(identifier: int, printed: str) -> None:
    assert requests.number(identifier) == printed
    assert requests.identifier(printed) == identifier


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "R-",
        "12",
        "r-000012",
        "R-12",
        "R-0000012",
        "R-000000",
        "R--00012",
        "R-００００１２",
        "R-" + "9" * 30,
    ],
)
def test_what_is_not_printed_just_so_is_no_number(typed: str) -> None:
    assert requests.identifier(typed) is None
