"""The pre-check of single cells."""

from collections.abc import Iterable

from app.domain.aef_cells import Checker, day, is_absent, moment
from app.domain.aef_editions import Value
from app.domain.aef_findings import Rule
from app.domain.aef_formats import CURRENT, Word
from tests import aef_tables

#: Table, row, field, value, and what that breaks.
WRONG: Iterable[tuple[Word, int, str, Value, Rule]] = (
    (Word.SUBMISSION, 1, "SubmissionVersion", "0.1", Rule.FORMAT),
    (Word.SUBMISSION, 1, "ReportedYear", "2025", Rule.TYPE),
    (Word.SUBMISSION, 1, "DateOfSubmission", "31/02/2026", Rule.FORMAT),
    (Word.SUBMISSION, 1, "ReferenceToTerReport", "https://", Rule.PLATFORM),
    (Word.AUTHORIZATIONS, 1, "AuthorizationID", "JPN/1", Rule.FORMAT),
    (Word.AUTHORIZATIONS, 1, "CooperativeApproachID", "CA12", Rule.FORMAT),
    (Word.AUTHORIZATIONS, 1, "Metric", "GHC", Rule.WORD),
    (Word.AUTHORIZATIONS, 1, "Sectors", "Energy generation; Other", Rule.WORD),
    (Word.AUTHORIZATIONS, 1, "AuthorizedTimeframe", "2021-2030", Rule.FORMAT),
    (Word.AUTHORIZATIONS, 1, "OIMPAuthorized", "NA", Rule.REQUIRED),
    (Word.AUTHORIZATIONS, 1, "Non-GHGMetric", "GWh", Rule.NOT_APPLICABLE),
    (Word.AUTHORIZATIONS, 1, "AuthorizedQuantity", -1, Rule.TYPE),
    (Word.ACTIONS, 1, "ActionDateTime", "2025-03-01", Rule.FORMAT),
    (Word.ACTIONS, 1, "ActionType", "Aquisition", Rule.WORD),
    (Word.ACTIONS, 1, "FirstTransferringPartyID", "VN", Rule.FORMAT),
    (Word.ACTIONS, 1, "PartyITMORegistryID", "JPN1", Rule.FORMAT),
    (Word.ACTIONS, 1, "FirstID", None, Rule.REQUIRED),
    (Word.ACTIONS, 1, "UnderlyingUnitRegistryID", "XYZ", Rule.WORD),
    (Word.ACTIONS, 1, "QuantityCO2", True, Rule.TYPE),
    (Word.ACTIONS, 1, "Vintage", 23, Rule.FORMAT),
    (Word.ACTIONS, 1, "TransferringPartyID", "NA", Rule.REQUIRED),
    (Word.ACTIONS, 1, "AcquiringPartyID", "VNM", Rule.NOT_APPLICABLE),
    (Word.ACTIONS, 1, "Using/cancellingEntityID", "1", Rule.NOT_APPLICABLE),
    (Word.ACTIONS, 2, "YearITMOUsedTowardsNDC", "NA", Rule.REQUIRED),
    (Word.ACTIONS, 3, "PurposeITMOUsedForOIMP", "IMP", Rule.NOT_APPLICABLE),
    (Word.ACTIONS, 3, "Using/cancellingPartyID", "JPN", Rule.NOT_APPLICABLE),
    (Word.ACTIONS, 4, "YearITMOUsedTowardsNDC", 2025, Rule.NOT_APPLICABLE),
    (Word.ACTIONS, 1, "ResultOfConsistencyChecks", "Checked", Rule.PLATFORM),
    (Word.HOLDINGS, 1, "Metric", "non-GHG", Rule.REQUIRED),
    (Word.ENTITIES, 1, "AuthorizedEntityName", "NA", Rule.REQUIRED),
)


def test_each_wrong_cell_is_found_by_its_rule_at_its_place() -> None:
    for word, place, name, value, rule in WRONG:
        found = aef_tables.altered(word, place, **{name: value})
        checker = Checker(CURRENT.table(word))
        findings = [
            (one.table, one.row, one.field, one.rule)
            for at, row in enumerate(found[word], 1)
            for one in checker.check(at, row)
        ]
        expected = name if name != "Metric" or word is not Word.HOLDINGS else "Non-GHGMetric"
        assert (word, place, expected, rule) in findings, (name, value, findings)


def test_na_counts_as_absent() -> None:
    assert all(is_absent(value) for value in (None, "", "NA"))
    assert not is_absent(0)
    found = aef_tables.altered(Word.ACTIONS, 1, UnderlyingUnitRegistryID="NA", GWPValues="NA")
    assert list(Checker(CURRENT.table(Word.ACTIONS)).check(1, found[Word.ACTIONS][0])) == []


def test_a_row_of_another_width_is_found_and_long_values_are_cut() -> None:
    checker = Checker(CURRENT.table(Word.ENTITIES))
    assert [one.rule for one in checker.check(3, ("x",))] == [Rule.TYPE]
    found = aef_tables.altered(Word.ENTITIES, 1, AuthorizedEntityCountryOfIncorporation="J" * 500)
    (finding,) = checker.check(1, found[Word.ENTITIES][0])
    assert len(finding.detail) == 80


def test_days_and_times_are_read_as_they_are_written() -> None:
    assert day("31/12/2025") is not None
    assert day("31/13/2025") is None
    assert moment("2025-06-01T12:30:15.250Z") is not None
    assert moment("yesterday") is None
