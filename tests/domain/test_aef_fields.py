"""Fields of the Agreed Electronic Format."""

from app.domain import aef_fields, nomenclature


def test_every_pattern_list_and_condition_belongs_to_a_field_that_has_a_label() -> None:
    for named in (aef_fields.PATTERNS, aef_fields.WORDS, aef_fields.CONDITIONS, aef_fields.LISTS):
        assert set(named) <= set(aef_fields.LABELS)


def test_lists_are_those_of_the_nomenclature() -> None:
    assert aef_fields.WORDS["Metric"] == ("GHG", "non-GHG")
    assert "JCM" in aef_fields.WORDS["UnderlyingUnitRegistryID"]
    assert aef_fields.WORDS["FirstTransferDefnForOIMP"] == (
        *("Authorization", "Issuance", "Use or cancellation"),
    )
    assert len(aef_fields.WORDS["ActionSubtype"]) == len(nomenclature.Subtype)
