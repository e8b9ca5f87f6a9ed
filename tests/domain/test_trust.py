"""The life of an entry of the trusted accounts, and who may take which step."""

from datetime import UTC, datetime

import pytest

from app.domain import trust
from app.domain.roles import Right
from app.domain.trust import STATUS_NAMES, Status, Step
from app.domain.trust_errors import AdditionEnded

NEXT = {
    (Status.WAITING, Step.APPROVE): Status.APPROVED,
    (Status.WAITING, Step.REJECT): Status.REJECTED,
    (Status.WAITING, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.APPROVED, Step.REMOVE): Status.REMOVED,
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", Step)
def test_an_entry_goes_one_way_only(status: Status, step: Step) -> None:
    if (status, step) in NEXT:
        assert trust.after(status, step) is NEXT[status, step]
    else:
        with pytest.raises(AdditionEnded):
            trust.after(status, step)


@pytest.mark.parametrize(
    ("right", "steps"),
    [
        (None, ""),
        (Right.READ, ""),
        (Right.PROPOSE, "withdraw remove"),
        (Right.APPROVE, "approve reject remove"),
        (Right.BOTH, "approve reject withdraw remove"),
    ],
)
def test_a_right_covers_the_steps_of_the_table(right: Right | None, steps: str) -> None:
    assert [step for step in Step if trust.may(step, right, is_own=False)] == steps.split()
    assert trust.may_propose(right) is (right in {Right.PROPOSE, Right.BOTH})


def test_o31_who_proposed_may_reject_an_own_proposal() -> None:
    assert trust.may(Step.REJECT, Right.PROPOSE, is_own=True)


def test_every_status_has_its_name() -> None:
    assert set(STATUS_NAMES) == set(Status)


def test_a_time_is_printed_as_on_pages() -> None:
    moment = datetime(2026, 11, 9, 3, 5, tzinfo=UTC)
    assert trust.printed(moment) == ("03:05 09/11/2026", "2026年11月9日 03:05")
