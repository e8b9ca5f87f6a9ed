"""What the cells of annual information say."""

from datetime import UTC, date, datetime, timedelta, timezone

from app.domain import aef
from app.domain.aef_editions import Line
from app.domain.aef_formats import CURRENT, DRAFT, Word
from app.domain.authorizations import Change
from app.domain.nomenclature import ActionType, CancelledFor, Metric, Purpose, Subtype
from tests.aef_tables import APPROACH, acted, entity, tables, units, version


def named(word: Word, row: object) -> dict[str, object]:
    assert isinstance(row, tuple)
    return dict(zip((field.name for field in CURRENT.table(word).fields), row, strict=True))


def test_days_and_times_are_written_as_the_format_asks() -> None:
    assert aef.day(date(2025, 3, 31)) == "31/03/2025"
    tokyo = timezone(timedelta(hours=9))
    new_year = datetime(2026, 1, 1, 8, 59, 59, 999_999, tzinfo=tokyo)
    assert aef.moment(new_year) == "2025-12-31T23:59:59.999Z"
    assert aef.moment(datetime(2025, 7, 1, tzinfo=UTC)) == "2025-07-01T00:00:00.000Z"


def test_what_the_platform_fills_stays_empty() -> None:
    found = tables()
    for word in (Word.SUBMISSION, Word.AUTHORIZATIONS, Word.ACTIONS):
        cells = named(word, found[word][0])
        for field in CURRENT.table(word).fields:
            if field.filling.value == "platform":
                assert cells[field.name] is None


def test_an_authorization_lists_what_it_covers_and_says_when_it_was_revoked() -> None:
    revoked = version(change=Change.REVOCATION, effective_on=date(2025, 8, 1), note="See letter.")
    cells = named(Word.AUTHORIZATIONS, aef.authorization(revoked, APPROACH, ["1", "2"]))
    assert cells["Sectors"] == "Energy generation; Waste management"
    assert cells["AuthorizedPartyIDs"] == "VNM; JPN"
    assert cells["AuthorizedEntityIDs"] == "1; 2"
    assert cells["AuthorizedTimeframe"] == "2021 - 2030"
    explained = "Revoked with effect from 01/08/2025. See letter."
    assert cells["AdditionalExplanatoryInformation"] == explained


def test_cells_that_do_not_apply_say_na() -> None:
    only_ndc = version(purpose=Purpose.NDC, oimp="CORSIA")
    cells = named(Word.AUTHORIZATIONS, aef.authorization(only_ndc, APPROACH, []))
    for name in ("OIMPAuthorized", "FirstTransferDefnForOIMP", "Non-GHGMetric"):
        assert cells[name] == "NA"
    used = acted(6, ActionType.USE, 1, 30, calendar_year=2025, using_party="JPN")
    cells = named(Word.ACTIONS, aef.action(used))
    for name in ("TransferringPartyID", "AcquiringPartyID", "Using/cancellingPartyID"):
        assert cells[name] == "NA"
    assert cells["YearITMOUsedTowardsNDC"] == 2025
    bare = units(1, 5, underlying_registry=None, underlying_first=None)
    assert aef.holding(bare)[6:9] == ("NA", "NA", "NA")


def test_overall_mitigation_is_none_of_the_other_purposes() -> None:
    facts = {"subtype": Subtype.VOLUNTARY_OMGE, "cancelled_for": CancelledFor.OMGE}
    omge = acted(7, ActionType.VOLUNTARY_CANCELLATION, 31, 40, **facts)
    assert named(Word.ACTIONS, aef.action(omge))["PurposeITMOUsedForOIMP"] == "NA"
    corsia = acted(
        7, ActionType.CANCELLATION, 1, 2, cancelled_for=CancelledFor.IMP, using_party="JPN"
    )
    cells = named(Word.ACTIONS, aef.action(corsia))
    assert (cells["PurposeITMOUsedForOIMP"], cells["Using/cancellingPartyID"]) == ("IMP", "JPN")


def test_a_part_of_an_issuance_has_its_own_underlying_units() -> None:
    part = units(46, 100, issued_first=1, underlying_first=5_001)
    cells = named(Word.HOLDINGS, aef.holding(part))
    assert (cells["UnderlyingUnitFirstUnitID"], cells["UnderlyingUnitLastUnitID"]) == (5_046, 5_100)
    assert cells["QuantityCO2"] == 55


def test_tonnes_are_not_passed_off_as_another_metric() -> None:
    cells = named(
        Word.HOLDINGS, aef.holding(units(1, 5, metric=Metric.NON_GHG, non_ghg_metric="GWh"))
    )
    assert (cells["Non-GHGMetric"], cells["QuantityNon-GHG"]) == ("GWh", None)


def test_the_draft_tells_of_authorizations_in_the_rows_of_actions_and_holdings() -> None:
    lines: list[Line] = [(word, row) for word, rows in tables().items() for row in rows]
    drafted = list(aef.drafted(lines))
    assert [word for word, _row in drafted] == [
        *[Word.SUBMISSION],
        *[Word.ACTIONS] * 4,
        *[Word.HOLDINGS] * 2,
    ]
    for word, row in drafted:
        assert len(row) == len(DRAFT.table(word).fields)
    names = [field.name for field in DRAFT.table(Word.ACTIONS).fields]
    cells = dict(zip(names, drafted[1][1], strict=True))
    assert cells["FirstID"] == "CA0004-JPN01-VNM-1-1-2023"
    assert cells["LastID"] == "CA0004-JPN01-VNM-100-100-2023"
    assert (cells["Purposes"], cells["Sectors"]) == ("NDC and OIMP", "Energy; Waste")
    assert (cells["DateOfAuthorization"], cells["TransferringParty"]) == ("01/01/2022", "VNM")
    assert (cells["ConversionFactor"], cells["FirstTransfer"]) == ("NA", "No")
    corsia = dict(zip(names, drafted[4][1], strict=True))
    assert corsia["PurposesForCancellation"] == "Other cancellations"
    assert corsia["Using"] == "JPN; 1234567890123"


def test_an_entity_stands_with_its_number() -> None:
    row = aef.entity(entity(), date(2022, 1, 1), "CA0004")
    assert row[:5] == ("01/01/2022", "Aoba Energy", "JPN", "1234567890123", "CA0004")
