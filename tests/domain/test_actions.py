"""Which actions follow from what happens to ITMOs: R15 to R24, at home and abroad."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain import actions
from app.domain.actions import DEFAULT, Event, Occurrence, Party, Units
from app.domain.article6_errors import (
    AlreadyEnded,
    AuthorizationOver,
    DefinitionMissing,
    FlaggedInconsistent,
    NotAuthorized,
    OwnOutcomes,
    PartyNotCovered,
    PurposeNotCovered,
    YearOutsidePeriod,
)
from app.domain.authorizations import Change, Terms
from app.domain.errors import Refusal
from app.domain.nomenclature import SUBTYPES, CancelledFor, Definition, Purpose
from app.domain.serials import Range

TODAY = date(2025, 6, 1)
TERMS = Terms(
    version_id=1,
    authorization_id=1,
    identifier="MNG 2025-1",
    number=1,
    change=Change.GRANT,
    is_blanket=False,
    authorized_on=date(2025, 1, 1),
    effective_on=date(2025, 1, 1),
    purpose=Purpose.NDC_AND_OIMP,
    definition=Definition.USE_OR_CANCELLATION,
)
#: Japan holds what came about in Mongolia; Mongolia's own registry has it as its own.
ABROAD = Units(Range(1, 10), 2022, "MNG", TERMS)
HOST = Party("MNG", "MNG01")
USED: dict[Event, dict[str, Any]] = {Event.RETIRED: {"calendar_year": 2025}}
CANCEL = Event.CANCELLED


def follow(units: Units, event: Event, party: Party = DEFAULT, **said: object) -> list[str]:
    """Return what follows as "type" or "type/subtype"."""
    given: dict[str, Any] = USED.get(event, {}) | said
    told = Occurrence(event, TODAY, party, **given)
    done = actions.follow(units, told)
    for one in done:
        assert one.subtype is None or one.subtype in SUBTYPES[one.type]
    assert sum(one.is_final for one in done) <= 1
    return [one.type if one.subtype is None else f"{one.type}/{one.subtype}" for one in done]


def with_purpose(purpose: Purpose, definition: Definition | None = None) -> Terms:
    said = definition or Definition.USE_OR_CANCELLATION
    return replace(TERMS, purpose=purpose, definition=said)


# In the registry of another Party than the host


def test_abroad_entries_are_acquisitions_and_never_first_transfers() -> None:
    for event in (Event.ISSUED, Event.AUTHORIZED):
        for definition in Definition:
            units = replace(ABROAD, terms=with_purpose(Purpose.NDC_AND_IMP, definition))
            assert follow(units, event) == ["acquisition"]
    told = Occurrence(Event.ISSUED, TODAY)
    assert actions.follow(ABROAD, told)[0].counterparty == "MNG"
    known = replace(ABROAD, is_first_transferred=True, is_entered=True)
    assert follow(known, Event.AUTHORIZED) == []
    assert follow(ABROAD, Event.MOVED) == follow(ABROAD, Event.REVOKED) == []


def test_abroad_what_was_acquired_is_used_cancelled_and_sent_on() -> None:
    units = replace(ABROAD, is_first_transferred=True)
    assert follow(units, Event.RETIRED) == ["use"]
    assert follow(units, Event.SENT, counterparty="CHE") == ["transfer"]
    assert follow(units, Event.GIVEN) == ["transfer/voluntary_to_adaptation_fund"]
    kinds = {True: "cancellation", False: "voluntary_cancellation"}
    for is_mandatory, kind in kinds.items():
        own = "mandatory_omge" if is_mandatory else "voluntary_omge"
        for what in CancelledFor:
            subtype = own if what is CancelledFor.OMGE else "other_cancellation"
            said = {"cancelled_for": what, "is_mandatory": is_mandatory}
            assert follow(units, CANCEL, **said) == [f"{kind}/{subtype}"]


# In the host's own registry


def test_first_transfer_happens_at_the_earlier_trigger_and_once() -> None:
    """R16, R19: the definition is the approach's; what it says first is what counts."""
    for definition in (Definition.AUTHORIZATION, Definition.ISSUANCE):
        units = replace(ABROAD, terms=with_purpose(Purpose.NDC_AND_OIMP, definition))
        for event in (Event.ISSUED, Event.AUTHORIZED):
            entry = follow(units, event, HOST)
            assert entry == ["authorization", f"first_transfer/{definition}"]
        done = replace(units, is_entered=True, is_first_transferred=True)
        assert follow(done, Event.AUTHORIZED, HOST) == []
        assert follow(done, Event.SENT, HOST, counterparty="JPN") == ["transfer"]
    later = with_purpose(Purpose.NDC_AND_OIMP)
    units = replace(ABROAD, terms=later)
    assert follow(units, Event.ISSUED, HOST) == ["authorization"]
    sent = follow(units, Event.SENT, HOST, counterparty="JPN")
    assert sent == ["first_transfer/to_another_party"]


def test_what_only_an_ndc_may_use_is_first_transferred_abroad_and_by_no_definition() -> None:
    for definition in Definition:
        units = replace(ABROAD, terms=with_purpose(Purpose.NDC, definition))
        assert follow(units, Event.ISSUED, HOST) == ["authorization"]
    # Its end at home, for nothing in particular, never counted as transferred.
    assert follow(units, CANCEL, HOST) == ["voluntary_cancellation/other_cancellation"]


def test_what_is_for_other_purposes_alone_is_no_first_transfer_by_going_abroad() -> None:
    """R17: the use or cancellation that is told of afterwards is."""
    units = replace(ABROAD, terms=with_purpose(Purpose.OIMP))
    assert follow(units, Event.SENT, HOST, counterparty="CHE") == ["transfer"]
    assert follow(units, Event.REPORTED, HOST) == ["first_transfer/use_or_cancellation"]
    assert follow(replace(units, is_first_transferred=True), Event.REPORTED, HOST) == []


def test_a_cancellation_for_omge_of_authorized_outcomes_is_a_first_transfer() -> None:
    """R21; trap of 2.5: it is not "never a first transfer", whatever the purposes are."""
    for purpose in Purpose:
        units = replace(ABROAD, terms=with_purpose(purpose))
        omge = follow(units, CANCEL, HOST, cancelled_for=CancelledFor.OMGE)
        assert omge == ["first_transfer/voluntary_omge", "voluntary_cancellation/voluntary_omge"]
        known = replace(units, is_first_transferred=True)
        assert follow(known, CANCEL, HOST, cancelled_for=CancelledFor.OMGE) == omge[1:]
        unauthorized = replace(units, terms=None)
        assert follow(unauthorized, CANCEL, HOST, cancelled_for=CancelledFor.OMGE) == []


def test_a_gift_to_the_adaptation_fund_is_a_first_transfer() -> None:
    """R20."""
    gift = "transfer/voluntary_to_adaptation_fund"
    assert follow(ABROAD, Event.GIVEN, HOST) == ["first_transfer/not_yet_defined", gift]
    assert follow(replace(ABROAD, is_first_transferred=True), Event.GIVEN, HOST) == [gift]
    assert follow(replace(ABROAD, terms=None), Event.GIVEN, HOST) == []


def test_cancellations_for_purposes_of_an_authorization_need_one_that_covers_them() -> None:
    covering = {
        CancelledFor.IMP: {Purpose.OIMP, Purpose.IMP, Purpose.NDC_AND_OIMP, Purpose.NDC_AND_IMP},
        CancelledFor.OP: {Purpose.OIMP, Purpose.OP, Purpose.NDC_AND_OIMP, Purpose.NDC_AND_OP},
    }
    for what, purposes in covering.items():
        for purpose in Purpose:
            units = replace(ABROAD, terms=with_purpose(purpose))
            if purpose in purposes:
                first, last = follow(units, CANCEL, HOST, cancelled_for=what)
                assert first == "first_transfer/use_or_cancellation"
                assert last == "voluntary_cancellation/other_cancellation"
            else:
                with pytest.raises(PurposeNotCovered):
                    follow(units, CANCEL, HOST, cancelled_for=what)


# Refusals


def refusal(units: Units, event: Event, party: Party = DEFAULT, **said: object) -> type[Refusal]:
    with pytest.raises(Refusal) as refused:
        follow(units, event, party, **said)
    return type(refused.value)


def test_without_an_authorization_there_is_no_first_transfer_and_no_use() -> None:
    """R15."""
    units = replace(ABROAD, terms=None)
    for event in (Event.SENT, Event.RECEIVED, Event.REPORTED, Event.RETIRED):
        for party in (DEFAULT, HOST):
            assert refusal(units, event, party, counterparty="CHE") is NotAuthorized
    assert refusal(units, CANCEL, cancelled_for=CancelledFor.IMP) is NotAuthorized
    for event in (Event.ISSUED, Event.AUTHORIZED, Event.MOVED, CANCEL):
        assert follow(units, event) == follow(units, event, HOST) == []


def test_what_was_used_or_cancelled_never_moves_again() -> None:
    """R23."""
    for event in Event:
        if event is Event.REVOKED:
            assert follow(replace(ABROAD, is_ended=True), event) == []
        else:
            assert refusal(replace(ABROAD, is_ended=True), event) is AlreadyEnded


def test_a_use_is_for_a_year_of_the_ndc_period_of_the_vintage() -> None:
    """R24, also where the period of the registry is another than the vintage's."""
    for year in (2020, 2031):
        assert refusal(ABROAD, Event.RETIRED, calendar_year=year) is YearOutsidePeriod
    for year in (2021, 2030):
        assert follow(ABROAD, Event.RETIRED, calendar_year=year) == ["use"]
    next_period = replace(ABROAD, vintage=2032)
    assert refusal(next_period, Event.RETIRED, calendar_year=2030) is YearOutsidePeriod
    assert follow(next_period, Event.RETIRED, calendar_year=2031) == ["use"]
    assert Party(ndc_years=(2026, 2030)).period(2027) == (2026, 2030)


def test_flagged_outcomes_and_those_of_the_country_itself_are_not_used() -> None:
    """R25."""
    assert refusal(replace(ABROAD, is_flagged=True), Event.RETIRED) is FlaggedInconsistent
    assert follow(replace(ABROAD, is_flagged=True), CANCEL) != []
    for units in (ABROAD, replace(ABROAD, is_first_transferred=True)):
        assert refusal(units, Event.RETIRED, HOST) is OwnOutcomes


def test_an_authorization_says_for_whom_for_what_and_until_when() -> None:
    named = replace(ABROAD, terms=replace(TERMS, parties=frozenset({"JPN"})))
    assert refusal(named, Event.SENT, HOST, counterparty="CHE") is PartyNotCovered
    for_others = replace(ABROAD, terms=with_purpose(Purpose.OIMP))
    assert refusal(for_others, Event.RETIRED) is PurposeNotCovered
    over = date(2025, 5, 31)
    ended = replace(TERMS, issuance_until=over, use_until=over, cancellation_until=over)
    units = replace(ABROAD, terms=ended)
    assert refusal(units, Event.RETIRED) is AuthorizationOver
    assert refusal(units, CANCEL, cancelled_for=CancelledFor.IMP) is AuthorizationOver
    assert follow(units, Event.ISSUED) == []


def test_a_missing_definition_is_an_error_and_counts_neither_as_zero_nor_as_full() -> None:
    """Trap of 4.3: definitions that are not there or do not match."""
    units = replace(ABROAD, terms=replace(TERMS, definition=None))
    assert refusal(units, Event.ISSUED, HOST) is DefinitionMissing
    assert follow(units, Event.ISSUED) == ["acquisition"], "the host reports it"
    only_ndc = replace(ABROAD, terms=replace(TERMS, definition=None, purpose=Purpose.NDC))
    assert follow(only_ndc, Event.ISSUED, HOST) == ["authorization"]
