"""The life of an application: every pair of status and event, its number, and who does what."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import applications
from app.domain.applications import (
    EDITABLE,
    ENDED,
    EVENT_NAMES,
    STATUS_NAMES,
    STEPS,
    WAITING,
    Event,
    Status,
)
from app.domain.form_errors import ApplicationEnded
from app.domain.roles import Right, Role

DRAFT, SUBMITTED, RETURNED, EXAMINED = (
    Status.DRAFT,
    Status.SUBMITTED,
    Status.RETURNED,
    Status.EXAMINED,
)

#: By event: where it leads from each status. From every status not named it is refused.
NEXT: dict[Event, dict[Status, Status]] = {
    Event.SAVE: {DRAFT: DRAFT, RETURNED: RETURNED},
    Event.SUBMIT: {DRAFT: SUBMITTED, RETURNED: SUBMITTED},
    Event.ASK_CORRECTION: {SUBMITTED: RETURNED},
    Event.ASK_DOCUMENTS: {SUBMITTED: SUBMITTED},
    Event.HAND_IN_DOCUMENTS: {SUBMITTED: SUBMITTED, RETURNED: RETURNED, EXAMINED: EXAMINED},
    Event.RECOMMEND: {SUBMITTED: EXAMINED},
    Event.SEND_BACK: {EXAMINED: SUBMITTED},
    Event.APPROVE: {EXAMINED: Status.APPROVED},
    Event.REJECT: dict.fromkeys((SUBMITTED, RETURNED, EXAMINED), Status.REJECTED),
    Event.WITHDRAW: dict.fromkeys((SUBMITTED, RETURNED, EXAMINED), Status.WITHDRAWN),
    Event.DISCARD: {DRAFT: Status.DISCARDED},
}


def test_every_pair_of_status_and_event_is_defined() -> None:
    assert set(NEXT) == set(Event) and set(STEPS) == set(Status)
    for event, following in NEXT.items():
        for status in Status:
            if status in following:
                assert applications.step(status, event) is following[status]
            else:
                with pytest.raises(ApplicationEnded) as refused:
                    applications.step(status, event)
                assert refused.value.facts() == {"field": "", "status": status, "event": event}


def test_a_status_is_a_draft_waits_or_has_ended() -> None:
    assert {DRAFT} | WAITING | ENDED == set(Status)
    assert not WAITING & ENDED and DRAFT not in WAITING | ENDED
    assert {status for status in Status if Event.SAVE in STEPS[status]} == EDITABLE
    assert {status for status in Status if Event.WITHDRAW in STEPS[status]} == WAITING


def test_nothing_is_approved_that_was_not_examined() -> None:
    before = {status for status, steps in STEPS.items() if Status.APPROVED in steps.values()}
    assert before == {EXAMINED}
    assert {status for status, steps in STEPS.items() if EXAMINED in steps.values()} == {
        SUBMITTED,
        EXAMINED,
    }


def test_every_status_and_event_has_its_name() -> None:
    assert set(STATUS_NAMES) == set(Status) and set(EVENT_NAMES) == set(Event)
    for names in (STATUS_NAMES, EVENT_NAMES):
        said = list(names.values())
        assert len({one.ja for one in said}) == len({one.en for one in said}) == len(said)


@given(st.integers(1, 10**18 - 1))
@settings(max_examples=25)
def test_a_number_is_printed_and_read_back(made: int) -> None:
    for print_, read, letter in (
        (applications.number, applications.identifier, "A"),
        (applications.request_number, applications.request_identifier, "D"),
    ):
        printed = print_(made)
        assert printed.startswith(f"{letter}-") and len(printed) >= 8
        assert read(printed) == made


def test_a_number_is_read_only_as_it_is_printed() -> None:
    wrong = ["", "A", "A-", "A-0", "A-000000", "A-12", "A-0000012", "A-00001２", "A-+00012"]
    wrong += ["A- 00012", "A-000012 ", "A-²00012", "A_000012", "A-" + "9" * 19, "000012"]
    for typed in [*wrong, "a-000012", "D-000012", "XX000012"]:
        assert applications.identifier(typed) is None
    for typed in [*(one.replace("A", "D") for one in wrong), "d-000012", "A-000012", "XX000012"]:
        assert applications.request_identifier(typed) is None


def test_who_fills_in_which_form() -> None:
    for form in range(1, 6):
        for role in Role:
            assert applications.may_fill_in(form, role, None) is (role is Role.OPERATOR)
        for right in (None, *Right):
            proposes = right in {Right.PROPOSE, Right.BOTH}
            assert applications.may_fill_in(form, None, right) is (form in {1, 5} or proposes)


def test_o22_one_role_examines_and_another_approves() -> None:
    for role in (None, *Role):
        assert applications.may_examine(role) is (role is Role.OPERATOR)
        assert applications.may_approve(role) is (role is Role.APPROVER)
