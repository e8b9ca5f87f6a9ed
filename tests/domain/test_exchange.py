"""The exchange between registries: the life of a crossing, and the words for codes and statuses."""

import pytest

from app.domain import exchange
from app.domain.exchange import Code, Event, Message, Side, Status
from app.domain.exchange_errors import NotInOrder

FINAL = {Status.CONFIRMED, Status.REJECTED, Status.CANCELLED, Status.ENDED}


def test_every_side_status_and_event_is_decided() -> None:
    expected = {(side, status, event) for side in Side for status in Status for event in Event}
    assert set(exchange.STATUS_AFTER) == expected


def test_what_has_ended_never_changes_again() -> None:
    for side, status, event in exchange.STATUS_AFTER:
        ends = FINAL if side is Side.OUT else FINAL | {Status.COMPLETED}
        if status in ends:
            with pytest.raises(NotInOrder):
                exchange.after(side, status, event)


def test_case_37_what_was_accepted_is_not_ended_by_its_sender() -> None:
    for event in (Event.CANCEL, Event.END, Event.REJECT):
        with pytest.raises(NotInOrder):
            exchange.after(Side.OUT, Status.ACCEPTED, event)
    assert exchange.after(Side.OUT, Status.ACCEPTED, Event.COMPLETE) is Status.COMPLETED


def test_case_39_no_side_sets_a_status_of_the_other() -> None:
    for event in (Event.ACCEPT, Event.REJECT, Event.CONFIRM, Event.SEND):
        assert all(exchange.STATUS_AFTER[Side.IN, status, event] is None for status in Status)


def test_every_crossing_that_begins_can_end() -> None:
    for side, first in ((Side.OUT, Status.PROPOSED), (Side.IN, Status.ACCEPTED)):
        reached, found = {first}, {first}
        while found:
            found = {
                after
                for (of, status, _), after in exchange.STATUS_AFTER.items()
                if of is side and status in found and after is not None
            } - reached
            reached |= found
        assert reached & FINAL


def test_every_code_status_and_message_has_words_in_both_languages() -> None:
    for names, words in (
        (exchange.CODE_NAMES, Code),
        (exchange.STATUS_NAMES, Status),
        (exchange.MESSAGE_NAMES, Message),
    ):
        assert set(names) == set(words)
        assert all(name.en and name.ja for name in names.values())


def test_a_rejection_elsewhere_is_told_with_its_code() -> None:
    english, japanese = exchange.refused_there("5902")
    assert english.endswith("(code 5902: The receiving account does not exist)")
    assert "5902" in japanese and "受入口座" in japanese
