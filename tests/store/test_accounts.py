"""Questions about accounts: locks, what is held and reserved, and who sees which."""

import pytest
from sqlalchemy.orm import Session

from app.domain.accounts import Kind, State
from app.domain.roles import Right
from app.store import accounts
from app.store.tables import Account
from tests import world
from tests.stages import applied_for, in_state
from tests.world import ITMO_PROJECT, ITMO_VINTAGE, PROJECT, VINTAGE, World


def account(session: Session, number: str) -> Account:
    found = accounts.by_number(session, number)
    assert found is not None
    return found


def test_accounts_are_locked_together_and_those_that_do_not_exist_left_out(
    stage: Session, cast: World
) -> None:
    connection = stage.connection()
    locked = accounts.lock(connection, cast.kaede, cast.aoba)
    assert set(locked) == {cast.kaede, cast.aoba}
    assert (locked[cast.aoba].kind, locked[cast.aoba].state) == (Kind.ENTITY, State.OPEN)
    # In the order of their ids, whichever is named first: so no two wait for each other.
    assert [row.id for row in locked.values()] == sorted(row.id for row in locked.values())
    assert set(accounts.lock(connection, cast.aoba, "JP-121-999999-0-00")) == {cast.aoba}
    assert accounts.lock(connection, "") == {}


def test_both_sides_of_a_transaction_are_locked(stage: Session, cast: World) -> None:
    world.issued(stage, cast)
    identifier = world.proposed(stage, cast, quantity=1)
    sides = accounts.lock_sides(stage.connection(), identifier)
    assert {row.number for row in sides.values()} == {cast.aoba, cast.kaede}
    assert all(row.id == key for key, row in sides.items())
    assert accounts.lock_sides(stage.connection(), 10**9) == {}


@pytest.mark.parametrize(
    "kind", [Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION]
)
def test_the_registrys_own_account_of_a_kind_is_the_first_that_is_open(
    stage: Session, cast: World, kind: Kind
) -> None:
    connection = stage.connection()
    own = getattr(cast, kind.value)
    assert accounts.of_kind(connection, kind) == own
    second = world.account(stage, "Government of Japan", cast.operator, kind=kind)
    assert accounts.of_kind(connection, kind) == own
    in_state(stage, own, State.SUSPENDED)
    assert accounts.of_kind(connection, kind) == second
    in_state(stage, second, State.BARRED)
    assert accounts.of_kind(connection, kind) is None


def test_o71_a_full_number_finds_exactly_its_account(stage: Session, cast: World) -> None:
    assert account(stage, cast.aoba).holder.name_en == "Aoba Energy"
    for number in ("", cast.aoba[:-1], cast.aoba.lower(), "JP-121-999999-0-00"):
        assert accounts.by_number(stage, number) is None


def test_a_holder_has_its_accounts_in_the_order_of_their_opening(
    stage: Session, cast: World
) -> None:
    second = world.account(stage, "Aoba Energy", cast.operator)
    found = accounts.of_holder(stage, "aoba-energy")
    assert [one.number for one in found] == [cast.aoba, second]
    assert accounts.of_holder(stage, "nobody") == []
    assert accounts.holder(stage, "nobody") is None
    holder = accounts.holder(stage, "aoba-energy")
    assert holder is not None and holder.id == found[0].holder_id


def test_o28_o50_and_o70_a_person_sees_the_own_accounts_that_are_open(
    stage: Session, cast: World
) -> None:
    applied = applied_for(stage, cast)
    rights = {cast.aoba_proposer: Right.PROPOSE, cast.aoba_approver: Right.APPROVE}
    world.appoint(stage, applied.number, rights, cast.operator)

    def seen(person: int) -> list[tuple[str, Right]]:
        return [(one.number, right) for one, right in accounts.seen_by(stage, person)]

    assert seen(cast.aoba_proposer) == [(cast.aoba, Right.BOTH)]
    assert seen(cast.outsider) == [(cast.outside, Right.BOTH)]
    assert seen(cast.operator) == []
    in_state(stage, applied.number, State.OPEN)
    assert seen(cast.aoba_proposer)[1:] == [(applied.number, Right.PROPOSE)]


def test_all_accounts_are_read_page_by_page_and_by_kind(stage: Session, cast: World) -> None:
    every = [one.number for one in accounts.everyone(stage)]
    assert every[:3] == [cast.aoba, cast.kaede, cast.outside] and len(every) == 7
    paged: list[str] = []
    page = accounts.everyone(stage, size=3)
    while page:
        paged += [one.number for one in page]
        page = accounts.everyone(stage, after=page[-1].id, size=3)
    assert paged == every
    retired = accounts.everyone(stage, kind=Kind.RETIREMENT)
    assert [one.number for one in retired] == [cast.retirement]


def test_who_acts_on_an_account_is_listed(stage: Session, cast: World) -> None:
    found = accounts.representatives(stage, account(stage, cast.kaede).id)
    assert [(one.user_id, one.right) for one in found] == [
        (cast.kaede_proposer, Right.BOTH),
        (cast.kaede_approver, Right.APPROVE),
    ]


def test_what_is_held_and_reserved_is_told_in_tonnes(stage: Session, cast: World) -> None:
    connection = stage.connection()
    aoba, kaede = account(stage, cast.aoba).id, account(stage, cast.kaede).id
    assert (accounts.balance(connection, aoba), accounts.reserved(connection, aoba)) == (0, 0)
    world.issued(stage, cast, quantity=100)
    world.issued(stage, cast, quantity=50, project=ITMO_PROJECT)
    world.proposed(stage, cast, quantity=30)
    world.proposed(stage, cast, quantity=80)
    world.moved(stage, cast, quantity=5)
    assert (accounts.balance(connection, aoba), accounts.reserved(connection, aoba)) == (145, 110)
    assert (accounts.balance(connection, kaede), accounts.reserved(connection, kaede)) == (5, 0)


def test_balances_are_told_by_project_and_vintage_without_zeros(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    world.issued(stage, cast, quantity=50, project=ITMO_PROJECT)
    world.moved(stage, cast, quantity=100)
    found = accounts.balances(stage, account(stage, cast.aoba).id)
    assert [(one.reference, one.vintage, one.quantity) for one in found] == [
        (ITMO_PROJECT, ITMO_VINTAGE, 50)
    ]
    found = accounts.balances(stage, account(stage, cast.kaede).id)
    assert [(one.reference, one.vintage, one.quantity) for one in found] == [
        (PROJECT, VINTAGE, 100)
    ]


def test_accounts_of_fictional_holders_are_known(stage: Session, cast: World) -> None:
    assert accounts.demo(stage) == frozenset()
    holder = account(stage, cast.kaede).holder
    holder.is_demo = True
    stage.flush()
    assert accounts.demo(stage) == {account(stage, cast.kaede).id}
