"""The door of the registry: its times, and the words of its log."""

from datetime import timedelta

from app.domain import access
from app.domain.access import FAILURES, OUTCOME_NAMES, Outcome


def test_every_outcome_has_a_name_in_both_languages_of_its_own() -> None:
    assert set(OUTCOME_NAMES) == set(Outcome)
    assert len({name.en for name in OUTCOME_NAMES.values()}) == len(Outcome)
    assert len({name.ja for name in OUTCOME_NAMES.values()}) == len(Outcome)


def test_failures_are_what_somebody_tried_and_did_not_get() -> None:
    assert {Outcome.WRONG_PASSWORD, Outcome.CODE_WRONG, Outcome.LOCKED} <= FAILURES
    assert not {Outcome.SIGNED_IN, Outcome.SIGNED_OUT, Outcome.RECOVERY_CODE_USED} & FAILURES


def test_a_session_lasts_no_longer_than_nist_allows() -> None:
    assert timedelta(minutes=30) == access.IDLE <= timedelta(hours=1)
    assert timedelta(hours=12) == access.LONGEST <= timedelta(hours=24)
    assert timedelta(minutes=2) == access.WARNING
    assert access.GRAIN < access.WARNING < access.IDLE
