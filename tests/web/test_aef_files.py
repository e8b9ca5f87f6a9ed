"""Files of annual information: those of an edition anybody can check, and those of a draft."""

import io
import json
from hashlib import sha256

import openpyxl

from app.domain.aef_formats import CURRENT, DRAFT
from tests.portal import Portal
from tests.registry.test_aef_editions import YEAR
from tests.web.test_aef import SHOW, at_desk, editions, submitted


def test_everyone_gets_the_files_of_a_submitted_edition(portal: Portal) -> None:
    submitted(at_desk(portal))
    (made,) = editions(portal)
    visitor = portal.visitor()
    address = f"/en/article6/aef/{YEAR}/1.0"
    # Whoever has the file can check it.
    file = visitor.get(f"{address}.json")
    assert sha256(file.data).hexdigest() == made.digest.hex()
    assert json.loads(file.data)["tables"]["actions"][0]["QuantityCO2"] == 1_000
    again = {"If-None-Match": file.headers["ETag"]}
    assert visitor.get(f"{address}.json", headers=again).status_code == 304
    table = visitor.get(f"{address}.csv").text
    assert "Table 3 Actions\r\nAction date," in table
    book = visitor.get(f"{address}.xlsx")
    sheets = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets
    assert [sheet.max_column for sheet in sheets] == [len(one.fields) for one in CURRENT.tables]


def test_a_draft_has_the_findings_of_the_pre_check_as_a_sheet(portal: Portal) -> None:
    client = at_desk(portal, vintage_first=2023)
    draft = client.get(f"{SHOW}.xlsx")
    read = openpyxl.load_workbook(io.BytesIO(draft.data))
    findings = list(read["Pre-check"].iter_rows(values_only=True))
    assert findings[0][:3] == ("Level", "Table", "Row")
    assert "Error" in {row[0] for row in findings[1:]}
    assert all(row[-1] for row in findings)
    old = openpyxl.load_workbook(io.BytesIO(client.get(f"{SHOW}.xlsx?format=6cma4").data))
    labels = [field.label.en for field in DRAFT.tables[1].fields]
    assert [cell.value for cell in old.worksheets[1][1]] == labels
    assert client.get(f"{SHOW}.xlsx?format=nonsense").status_code == 404
