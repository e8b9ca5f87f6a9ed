"""Reports of a Party's balance: what was typed is told by vintage, and a file has its language."""

import io
from datetime import UTC, datetime

from flask import Flask
from openpyxl import load_workbook

from app.web import adjustment_reports as reports
from app.web import adjustment_results as results
from tests.documents.test_adjustment_charts import HOST


def test_a_report_of_typed_figures_is_a_workbook_and_json(site: Flask) -> None:
    for language, sheet in (("en", "Structured summary"), ("ja", "構造化要約")):
        with site.test_request_context(f"/{language}/"):
            shown = results.shown(HOST, word="own_", name="A", unit="t CO₂ eq")
            assert shown is not None
            told = reports.of_typed(shown, now=datetime(2026, 11, 2, tzinfo=UTC))
            answer = reports.book(told, "adjustments")
            assert sheet in load_workbook(io.BytesIO(answer.get_data())).sheetnames
            assert answer.headers["Content-Disposition"].endswith('"adjustments.xlsx"')
            told_json = reports.document(told, "adjustments").json or {}
            assert (told_json["party"], told_json["assessed"]) == ("A", "920")
