"""The tonnes of a range of serials however it divides them, and what was issued before a moment."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.accounts import HOLDING, Kind
from app.domain.serials import Range
from app.store import credit_totals
from app.store.credits import Search
from tests import world
from tests.store.test_credits import rows
from tests.world import ITMO_PROJECT, NOW, World

DAY = timedelta(days=1)


@settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    ends=st.tuples(st.integers(1, 320), st.integers(1, 320)),
    kinds=st.none() | st.frozensets(st.sampled_from(Kind), min_size=1),
)
def test_the_totals_of_any_range_are_the_sums_of_its_parts_of_blocks(
    busy: Session, ends: tuple[int, int], kinds: frozenset[Kind] | None
) -> None:
    wanted = Range(min(ends), max(ends))
    expected: dict[Kind, int] = {}
    for row in rows(busy):
        tonnes = min(row.last, wanted.last) - max(row.first, wanted.first) + 1
        if tonnes > 0 and (kinds is None or row.kind in kinds):
            expected[Kind(row.kind)] = expected.get(Kind(row.kind), 0) + tonnes
    assert credit_totals.totals(busy, Search(range=wanted, kinds=kinds)) == expected


def test_an_account_is_summed_up_from_its_balances(busy: Session, cast: World) -> None:
    every = rows(busy)
    account = every[0].account_id
    held = sum(row.last - row.first + 1 for row in every if row.account_id == account)
    assert sum(credit_totals.totals(busy, Search(account_id=account)).values()) == held
    assert credit_totals.totals(
        busy, Search(account_id=account, kinds=frozenset(Kind) - HOLDING)
    ) in (
        {},
        {every[0].kind: held},
    )


def test_the_last_serial_number_issued_before_a_moment_is_known(
    stage: Session, cast: World
) -> None:
    assert credit_totals.issued_before(stage, NOW + 9 * DAY) == 0
    ends = [
        world.issued(stage, cast, quantity=tonnes, project=project, now=NOW + days * DAY).last
        for days, tonnes, project in (
            (0, 10, world.PROJECT),
            (1, 7, ITMO_PROJECT),
            (1, 1, world.PROJECT),
            (3, 40, world.PROJECT),
        )
    ]
    assert ends == [10, 17, 18, 58]
    for days, last in ((-1, 0), (0, 0), (0.5, 10), (1, 10), (2, 18), (3, 18), (4, 58)):
        assert credit_totals.issued_before(stage, NOW + days * DAY) == last, days
