"""The files of the emissions balance: read back as they were written, exact in JSON."""

import json
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.documents.adjustments import FIGURES, Report, document, workbook
from app.domain.adjustment_figures import events, figures
from app.domain.adjustments import Account, Method, Restatement, adjusted
from app.domain.structured_summary import split, summary
from app.domain.text import Language, Text
from tests.domain.test_adjustment_figures import SENT, TEN
from tests.domain.test_adjustments import host
from tests.world import NOW

FLOWS = [SENT, replace(SENT, vintage=2030, year=2031, quantity=9)]


def report(method: Method = Method.AVERAGING, unit: str = "t CO₂ eq") -> Report:
    return Report("MNG", NOW, summary(adjusted(host(method)), unit=unit))


def read(made: Report, language: Language = "en") -> Any:
    file = BytesIO()
    workbook(file, made, language)
    return openpyxl.load_workbook(file)


def cells(page: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_the_balance_of_every_year_is_a_sheet_with_numbers() -> None:
    made = report()
    book = read(made)
    assert book.sheetnames == [
        "NDC",
        "Emissions balance",
        "Structured summary",
        "By vintage",
        "Paragraph 23 (j)",
    ]
    heading, *rows = cells(book["Emissions balance"])
    assert heading == [name.en for name in FIGURES.values()]
    seventh = dict(zip(FIGURES, rows[6], strict=True))
    assert (seventh["year"], seventh["emissions"], seventh["elapsed"]) == (2027, 940, 7)
    assert seventh["adjustment"] == pytest.approx(200 / 7, rel=1e-15)
    assert seventh["restated_adjustment"] == 28
    assert seventh["trajectory"] is None
    page = book["Emissions balance"]
    assert page["K8"].number_format == "#,##0.000" and page["B8"].number_format == "#,##0"
    said = dict(cells(book["NDC"]))
    assert (said["Party"], said["Target level"], said["Result"]) == ("MNG", 930, "Not met")
    assert said["Method"] == "Single-year NDC, averaging, 7 (a) (ii)"


def test_the_structured_summary_is_a_sheet_in_either_language() -> None:
    made = report()
    for language, title in (("en", "Structured summary"), ("ja", "構造化要約")):
        heading, *rows = cells(read(made, language)[title])
        assert heading[4:14] == [str(year) for year in range(2021, 2031)]
        assert [row[1] for row in rows] == [line.label.get(language) for line in made.summary.rows]
        assert [row[0] for row in rows[5:9]] == ["23 (a)", "23 (b)", "23 (i)", "23 (c)"]
        assert rows[13][4:14] == [28] * 10
        assert rows[18][13:16] == [938, 930, 2030]
        assert rows[18][16] == {"en": "Not met", "ja": "未達成"}[language]


def test_splits_and_restated_years_are_sheets_of_their_own() -> None:
    account = Account(TEN, Method.TRAJECTORY, list(figures(FLOWS, TEN, "MNG").values()))
    told = summary(
        adjusted(account, through=2030),
        unit="t CO₂ eq",
        events=events(FLOWS, TEN, "MNG"),
        splits=split(FLOWS, "MNG", TEN),
    )
    changed = [Restatement(2024, Fraction(1000), Fraction(1007))]
    made = Report("MNG", NOW, told, changed, {1: Text("Energy industries", "エネルギー産業")})
    book = read(made)
    assert cells(book["Paragraph 23 (j)"])[1:] == [
        ["23 (c)", "CA0004", "Energy industries", "MNG", None, 2024, 2025, 30],
        ["23 (c)", "CA0004", "Energy industries", "MNG", None, 2030, 2031, 9],
    ]
    assert cells(book["Restated years"])[1:] == [[2024, 1000, 1007]]
    said = json.loads(document(made))
    assert said["structured_summary"]["elsewhere"] == "9"
    assert said["structured_summary"]["splits"][0]["sector"]["ja"] == "エネルギー産業"
    assert said["restatements"] == [{"year": 2024, "before": "1000", "after": "1007"}]


def test_no_text_becomes_a_formula_and_the_same_report_gives_the_same_bytes() -> None:
    made = report(unit="=1+1")
    cell = next(
        cell for row in read(made)["NDC"].iter_rows() for cell in row if cell.value == "=1+1"
    )
    assert cell.data_type == "s"
    files = [BytesIO(), BytesIO()]
    for file in files:
        workbook(file, made, "en")
    assert files[0].getvalue() == files[1].getvalue()


def test_amounts_beyond_what_a_number_of_excel_holds_are_texts() -> None:
    large = replace(host(Method.TRAJECTORY), target=Fraction(10**17 + 1))
    rows = cells(read(Report("MNG", NOW, summary(adjusted(large), unit="t")))["NDC"])
    assert ["Target level", "100,000,000,000,000,001"] in rows


def test_json_says_everything_exactly() -> None:
    said = json.loads(document(report()))
    assert said["period"] == {"first": 2021, "last": 2030}
    assert (said["assessed"], said["target"], said["verdict"]) == ("938", "930", "not_met")
    assert said["years"][6]["adjustment"] == "200/7"
    assert said["years"][6]["restated_adjustment"] == "28"
    assert said["safeguard"]["verdict"] == "missing"
    rows = {row["row"]: row for row in said["structured_summary"]["rows"]}
    assert rows["h"]["values"][-1] == "280" and rows["assessment"]["verdict"] == "not_met"
    assert rows["c"]["label"]["ja"].startswith("その年に")
