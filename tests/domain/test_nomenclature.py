"""The common nomenclatures: every word has its label and names, and belongs where it may stand."""

from app.domain import nomenclature
from app.domain.nomenclature import (
    LABELS,
    NAMES,
    SUBTYPES,
    ActionType,
    CancelledFor,
    Definition,
    Metric,
    MitigationType,
    Purpose,
    Subtype,
)

REPORTED = (Metric, Purpose, Definition, ActionType, Subtype, MitigationType)


def test_every_word_has_names_and_what_is_reported_its_label() -> None:
    words = [word for of_kind in (*REPORTED, CancelledFor) for word in of_kind]
    assert [word for word in words if word not in NAMES or not NAMES[word].ja] == []
    assert set(LABELS) == {word for of_kind in REPORTED for word in of_kind}


def test_labels_are_those_of_the_lists_word_for_word() -> None:
    assert [LABELS[kind] for kind in ActionType] == [
        "Authorization",
        "First transfer",
        "Transfer",
        "Acquisition",
        "Use",
        "Cancellation",
        "Voluntary Cancellation",
    ]
    assert [LABELS[purpose] for purpose in Purpose] == [
        *("NDC", "OIMP", "IMP", "OP", "NDC and OIMP", "NDC and IMP", "NDC and OP")
    ]
    assert "C02 usage" in nomenclature.ACTIVITIES, "with the digit, as in the list"
    assert len(nomenclature.ACTIVITIES) == 27
    assert len(nomenclature.SECTORS) == 9


def test_a_purpose_says_which_uses_it_covers() -> None:
    both = {Purpose.NDC_AND_OIMP, Purpose.NDC_AND_IMP, Purpose.NDC_AND_OP}
    assert {purpose for purpose in Purpose if purpose.covers_ndc} == both | {Purpose.NDC}
    assert {purpose for purpose in Purpose if purpose.covers_other} == set(Purpose) - {Purpose.NDC}


def test_only_what_fits_a_type_of_action_may_say_more_of_it() -> None:
    assert set(SUBTYPES) == set(ActionType)
    assert SUBTYPES[ActionType.USE] == SUBTYPES[ActionType.ACQUISITION] == frozenset()
    cancelling = SUBTYPES[ActionType.CANCELLATION]
    assert cancelling == SUBTYPES[ActionType.VOLUNTARY_CANCELLATION]
    # Decision 4/CMA.6, paragraph 17: a cancellation to deliver OMGE may be the first transfer.
    assert cancelling < SUBTYPES[ActionType.FIRST_TRANSFER]
    assert Subtype.VOLUNTARY_TO_ADAPTATION_FUND not in SUBTYPES[ActionType.FIRST_TRANSFER]


def test_formats_take_what_the_rules_say_and_nothing_else() -> None:
    for pattern, good, bad in (
        (nomenclature.PARTY, "JPN", "JP"),
        (nomenclature.APPROACH, "CA0004", "CA004"),
        (nomenclature.AEF_VERSION, "1.0", "0.1"),
        (nomenclature.ITMO_REGISTRY, "JPN01", "JPN1"),
        (nomenclature.TIMEFRAME, "2021 - 2030", "2021-2030"),
        (nomenclature.AUTHORIZATION, "JPN 2025-1", "JPN_2025"),
    ):
        assert pattern.fullmatch(good)
        assert not pattern.fullmatch(bad)
