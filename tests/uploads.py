"""Files that people might upload: workbooks of given cells, and altered ones."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from app.domain.aef_formats import CURRENT, Word


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return an Excel file with these cells; texts stay texts."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    dated = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for down, row in enumerate(rows):
            for across, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(down, across, value, dated)
                elif value is not None:
                    sheet.write(down, across, value)
    book.close()
    return target.getvalue()


def repacked(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return a workbook with parts of it put in place of others, or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, part in parts.items():
            after.writestr(name, part)
    return target.getvalue()


#: A Party's action in the Agreed Electronic Format, by technical name; the rest is empty.
ACTION: Final = {
    "ActionDateTime": "2025-06-01T00:00:00.000Z",
    "ActionType": "First transfer",
    "ActionSubtype": "First transfer to another Party",
    "CooperativeApproachID": "CA0004",
    "AuthorizationID": "VNM 2025-1",
    "FirstTransferringPartyID": "VNM",
    "PartyITMORegistryID": "JPN01",
    "FirstID": 1,
    "LastID": 1_000,
    "UnderlyingUnitRegistryID": "NA",
    "Metric": "GHG",
    "Non-GHGMetric": "NA",
    "QuantityCO2": 1_000,
    "QuantityNon-GHG": "NA",
    "MitigationType": "Emission reductions",
    "Vintage": 2022,
    "TransferringPartyID": "NA",
    "AcquiringPartyID": "JPN",
}


def aef(*actions: Mapping[str, Any], party: str = "VNM", year: int = 2025) -> dict[str, list[Any]]:
    """Return the sheets of a Party's annual information; each action says what is other."""
    submission = {"ParticipatingParty": party, "SubmissionVersion": "1.0", "ReportedYear": year}
    rows: dict[Word, list[dict[str, Any]]] = {
        Word.SUBMISSION: [submission],
        Word.ACTIONS: [ACTION | dict(one) for one in actions],
    }
    return {
        table.title.en: [
            [field.label.en for field in table.fields],
            *([row.get(field.name) for field in table.fields] for row in rows.get(table.word, [])),
        ]
        for table in CURRENT.tables
    }


def lines(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return the same as CSV: the tables below one another, each under its title."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for name, rows in sheets.items():
        writer.writerows([[f"Table {name}"], *rows, []])
    return written.getvalue().encode("utf-8-sig")
