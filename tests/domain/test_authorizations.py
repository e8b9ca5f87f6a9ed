"""Which version of an authorization holds when, and what changes and revocations reach."""

from dataclasses import replace
from datetime import date

from app.domain.authorizations import (
    CHANGE_NAMES,
    STANDING_NAMES,
    STATE_NAMES,
    Change,
    Happening,
    Standing,
    State,
    Terms,
    governing,
    latest,
    state,
)
from app.domain.nomenclature import CancelledFor, Definition, Purpose

GRANT = Terms(
    version_id=1,
    authorization_id=1,
    identifier="JPN 2025-1",
    number=1,
    change=Change.GRANT,
    is_blanket=False,
    authorized_on=date(2025, 3, 31),
    effective_on=date(2025, 4, 1),
    purpose=Purpose.NDC_AND_OIMP,
    definition=Definition.USE_OR_CANCELLATION,
)
CHANGED = replace(
    GRANT, version_id=2, number=2, change=Change.CHANGE, effective_on=date(2026, 1, 1)
)
REVOKED = replace(
    GRANT, version_id=3, number=3, change=Change.REVOCATION, effective_on=date(2027, 1, 1)
)
ALL = [REVOKED, GRANT, CHANGED]


def test_everything_has_a_name() -> None:
    for words, names in (
        (Standing, STANDING_NAMES),
        (Change, CHANGE_NAMES),
        (State, STATE_NAMES),
    ):
        assert set(names) == set(words)


def test_each_version_holds_from_its_day_until_the_next() -> None:
    for day, held in (
        (date(2025, 3, 31), []),
        (date(2025, 4, 1), [1]),
        (date(2025, 12, 31), [1]),
        (date(2026, 1, 1), [2]),
        (date(2026, 12, 31), [2]),
        (date(2027, 1, 1), []),
    ):
        assert [one.version_id for one in latest(ALL, day)] == held, day


def test_its_years_limit_an_authorization() -> None:
    years = replace(GRANT, timeframe_first=2026, timeframe_last=2027)
    for day, held in (
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2027, 12, 31), True),
        (date(2028, 1, 1), False),
    ):
        assert years.is_in_force(day) is held


def test_an_approachs_own_authorization_comes_before_a_blanket_one() -> None:
    blanket = replace(GRANT, version_id=9, authorization_id=9, is_blanket=True)
    newer = replace(GRANT, version_id=8, authorization_id=8, effective_on=date(2025, 6, 1))
    found = latest([blanket, GRANT, newer], date(2026, 1, 1))
    assert [one.version_id for one in found] == [8, 1, 9]


def test_r22_a_revocation_never_reaches_what_was_first_transferred() -> None:
    later = date(2027, 6, 1)
    assert governing(GRANT, ALL, later) is GRANT
    assert latest(ALL, later) == []


def test_r22_unless_the_terms_say_that_it_does() -> None:
    reaching = replace(GRANT, reaches_first_transferred=True)
    versions = [reaching, CHANGED, REVOKED]
    assert governing(reaching, versions, date(2025, 6, 1)) == reaching
    assert governing(reaching, versions, date(2026, 6, 1)) == CHANGED
    assert governing(reaching, versions, date(2027, 6, 1)) is None


def test_vintages_projects_and_last_days_limit_what_is_covered() -> None:
    limited = replace(
        GRANT,
        vintage_first=2021,
        vintage_last=2025,
        projects=frozenset({"VN004"}),
        issuance_until=date(2026, 12, 31),
    )
    assert GRANT.covers(2050, "MN003")
    assert [limited.covers(year, "VN004") for year in (2020, 2021, 2025, 2026)] == [
        *(False, True, True, False)
    ]
    assert not limited.covers(2021, "MN003")
    assert limited.permits(Happening.ISSUANCE, date(2026, 12, 31))
    assert not limited.permits(Happening.ISSUANCE, date(2027, 1, 1))
    assert limited.permits(Happening.USE, date(2099, 1, 1))


def test_a_purpose_covers_the_cancellations_it_names() -> None:
    for purpose, served in (
        (Purpose.NDC, {CancelledFor.OMGE, CancelledFor.OTHER}),
        (Purpose.IMP, {CancelledFor.OMGE, CancelledFor.OTHER, CancelledFor.IMP}),
        (Purpose.NDC_AND_OP, {CancelledFor.OMGE, CancelledFor.OTHER, CancelledFor.OP}),
        (Purpose.NDC_AND_OIMP, set(CancelledFor)),
    ):
        terms = replace(GRANT, purpose=purpose)
        assert {what for what in CancelledFor if terms.serves(what)} == served


def test_how_an_authorization_stands_follows_from_its_versions() -> None:
    years = replace(GRANT, timeframe_first=2026, timeframe_last=2027)
    for versions, waiting, day, found in (
        ([], True, date(2026, 1, 1), State.WAITING),
        ([], False, date(2026, 1, 1), State.REJECTED),
        ([GRANT], False, date(2025, 3, 31), State.TO_COME),
        ([GRANT], True, date(2025, 4, 1), State.IN_FORCE),
        (ALL, False, date(2026, 12, 31), State.IN_FORCE),
        (ALL, False, date(2027, 1, 1), State.REVOKED),
        ([years], False, date(2025, 12, 1), State.TO_COME),
        ([years], False, date(2028, 1, 1), State.OVER),
    ):
        assert state(versions, is_waiting=waiting, on=day) is found
