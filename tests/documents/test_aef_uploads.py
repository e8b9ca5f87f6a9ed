"""A partner's annual information read back: from a sheet each, from CSV, and where it is wrong."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.documents import aef_books, aef_uploads
from app.domain import upload_errors as errors
from app.domain.aef_formats import CURRENT, Word
from app.domain.cross_check import Movement
from app.domain.errors import Required
from app.domain.itmo import Identifier
from app.domain.serials import Range
from tests.uploads import ACTION, aef, lines, workbook

SENT = Movement(
    at=datetime(2025, 6, 1, tzinfo=UTC),
    sender="VNM",
    receiver="JPN",
    is_acquisition=False,
    identifier=Identifier("CA0004", "JPN01", "VNM", Range(1, 1_000), 2022),
    tonnes=Decimal(1_000),
    place="Actions H2",
)
USE = {"ActionType": "Use", "AcquiringPartyID": "NA"}
ACQUIRED = {"ActionType": "Aquisition", "TransferringPartyID": "JPN", "AcquiringPartyID": "NA"}


def test_a_workbook_and_a_csv_say_the_same() -> None:
    sheets = aef({}, ACQUIRED, USE)
    found = aef_uploads.read(workbook(sheets))
    assert (found.party, found.year, found.actions, found.refusals) == ("VNM", 2025, 3, [])
    first, second = found.movements
    assert first == SENT
    assert (second.sender, second.receiver, second.is_acquisition) == ("JPN", "VNM", True)
    told = aef_uploads.read(lines(sheets))
    assert [one.identifier for one in told.movements] == [one.identifier for one in found.movements]
    assert (told.party, told.year, told.movements[0].place) == ("VNM", 2025, "H10")


def test_what_the_registry_itself_writes_is_read_back() -> None:
    actions = CURRENT.table(Word.ACTIONS)
    submission = CURRENT.table(Word.SUBMISSION)
    said = {"ParticipatingParty": "VNM", "SubmissionVersion": "1.0", "ReportedYear": 2025}
    rows = [
        (Word.SUBMISSION, tuple(said.get(field.name) for field in submission.fields)),
        (Word.ACTIONS, tuple(ACTION.get(field.name) for field in actions.fields)),
    ]
    target = io.BytesIO()
    aef_books.workbook(target, aef_books.sheets(CURRENT, rows), made_at=SENT.at)
    table = "".join(aef_books.table(aef_books.sheets(CURRENT, rows))).encode()
    for content in (target.getvalue(), table):
        found = aef_uploads.read(content)
        assert (found.party, found.year) == ("VNM", 2025)
        (one,) = found.movements
        assert (one.at, one.identifier, one.tonnes) == (SENT.at, SENT.identifier, SENT.tonnes)


def test_only_transfers_between_parties_count() -> None:
    by_use = {"ActionSubtype": "Use or cancellation", "AcquiringPartyID": None}
    found = aef_uploads.read(workbook(aef(by_use, {"ActionType": "Cancellation"}, {})))
    assert (found.actions, found.movements) == (3, [SENT_AT_4])


SENT_AT_4 = Movement(
    at=SENT.at,
    sender="VNM",
    receiver="JPN",
    is_acquisition=False,
    identifier=SENT.identifier,
    tonnes=SENT.tonnes,
    place="Actions H4",
)


def test_other_metrics_have_no_tonnes() -> None:
    other = {"Metric": "Non-GHG", "QuantityCO2": None, "QuantityNon-GHG": "12"}
    (one,) = aef_uploads.read(workbook(aef(other))).movements
    assert one.tonnes is None


def test_what_cannot_be_read_is_told_cell_by_cell_up_to_a_limit() -> None:
    wrong = [
        ({"FirstID": "one"}, errors.NotWholeInCell, "H2"),
        ({"FirstID": 0}, errors.MalformedInCell, "H3"),
        ({"LastID": "9" * 19}, errors.MalformedInCell, "I4"),
        ({"FirstID": 7, "LastID": 6}, errors.BackwardsInCell, "I5"),
        ({"ActionDateTime": "June"}, errors.NotADateInCell, "A6"),
        ({"ActionType": "Gift"}, errors.UnknownWordInCell, "B7"),
        ({"Vintage": None}, errors.CellEmpty, "S8"),
        ({"CooperativeApproachID": "CA4"}, errors.MalformedInCell, "D9"),
        (ACQUIRED | {"TransferringPartyID": "NA"}, errors.MalformedInCell, "T10"),
        ({"QuantityCO2": "a lot"}, errors.NotANumberInCell, "P11"),
        ({"QuantityCO2": "one more"}, errors.NotANumberInCell, "P12"),
    ]
    found = aef_uploads.read(workbook(aef(*(changes for changes, _kind, _cell in wrong))))
    assert len(found.refusals) == aef_uploads.REFUSALS_MAX == 10
    for refusal, (changes, kind, cell) in zip(found.refusals, wrong, strict=False):
        assert type(refusal) is kind, changes
        assert refusal.facts()["cell"] == cell, changes
        assert refusal.facts()["sheet"] == "Actions"


def test_a_file_with_other_columns_or_tables_is_refused_as_a_whole() -> None:
    sheets = aef({})
    sheets["Actions"][0][3] = "Programme"
    with pytest.raises(errors.ColumnUnknown) as unknown:
        aef_uploads.read(workbook(sheets))
    assert (unknown.value.sheet, unknown.value.cell) == ("Actions", "D1")
    sheets = aef({})
    sheets["Actions"] = [row[:3] + row[4:] for row in sheets["Actions"]]
    with pytest.raises(errors.ColumnMissing) as missing:
        aef_uploads.read(workbook(sheets))
    assert missing.value.column == "Cooperative approach ID"
    with pytest.raises(errors.TableMissing):
        aef_uploads.read(workbook({"Letter": [["Dear colleague"], ["No actions this year"]]}))
    sheets = aef({})
    sheets["Submission"].append(sheets["Submission"][1])
    with pytest.raises(errors.TableTwice):
        aef_uploads.read(workbook(sheets))


def test_a_table_of_actions_alone_needs_to_be_told_whose_it_is() -> None:
    sheets = {"Actions": aef({})["Actions"]}
    with pytest.raises(Required) as caught:
        aef_uploads.read(workbook(sheets))
    assert caught.value.field == "party"
    found = aef_uploads.read(lines(sheets), party="VNM")
    assert (found.party, found.year, len(found.movements)) == ("VNM", None, 1)


def test_holdings_are_told_from_actions_by_their_heading() -> None:
    sheets = {"Everything": [*aef({})["Holdings"], [None], *aef({})["Actions"]]}
    assert aef_uploads.read(workbook(sheets), party="VNM").actions == 1
