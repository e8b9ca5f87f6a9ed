"""A Party's balance with its structured summary, from the ledger or from what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final

from flask import Response

from app.documents import adjustments as papers
from app.documents.adjustments import Report
from app.domain import adjustment_figures as ledger
from app.domain import structured_summary as summaries
from app.domain.adjustment_figures import Flow
from app.domain.adjustments import Period, Restatement, Year, adjusted, restatements
from app.domain.amounts import tonnes_in
from app.store import adjustments as questions
from app.store import contributions, methodologies
from app.store.tables import Contribution
from app.web import adjustment_results as results
from app.web import words
from app.web.adjustment_results import Shown
from app.web.disclosure import download
from app.web.sessions import reading, registry

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Told:
    """What is shown of an NDC period, and the report of which the files are made."""

    shown: Shown
    report: Report


def of_typed(shown: Shown, *, now: datetime) -> Told:
    """Return the report of figures that were typed: they are known by vintage only."""
    summary = summaries.summary(shown.result, unit=shown.unit)
    return Told(shown, Report(shown.name, now, summary))


def of_contribution(found: Contribution, *, now: datetime) -> Told | None:
    """Return the report of a saved NDC period, or None while nothing is known of any year.

    Raises:
        DefinitionsDiffer: first transfers do not match the definition of their approach.
        PopulationsDiffer: first transfers by year and by vintage are not of the same units.
    """
    unit, party = tonnes_in(found.unit), registry().party
    flows = _flows() if unit else []
    period = contributions.period(found)
    account = contributions.account(
        found, ledger.figures(flows, period, party, unit=unit or 1) if unit else None
    )
    shown = results.shown(account, word="own_", name=party, unit=found.unit)
    if shown is None:
        return None
    summary = summaries.summary(
        shown.result,
        unit=found.unit,
        events=ledger.events(flows, period, party, unit=unit) if unit else None,
        splits=summaries.split(flows, party, period),
    )
    changed = _changed(found, shown, flows, unit, now.year - 1) if unit else []
    sectors = methodologies.scopes(reading()) if summary.splits else {}
    return Told(shown, Report(party, now, summary, changed, sectors))


def known(period: Period, tonnes: int) -> dict[int, Year]:
    """Return what the ledger knows of the registry's own Party, in a unit of so many tonnes.

    Raises:
        DefinitionsDiffer: first transfers do not match the definition of their approach.
    """
    return ledger.figures(_flows(), period, registry().party, unit=tonnes)


def book(told: Told, name: str) -> Response:
    """Answer with the report as an Excel file."""
    written = BytesIO()
    papers.workbook(written, told.report, "ja" if words.language() == "ja" else "en")
    return download(written.getvalue(), _XLSX, f"{name}.xlsx")


def document(told: Told, name: str) -> Response:
    """Answer with the report as JSON."""
    return download(papers.document(told.report).encode(), _JSON, f"{name}.json")


def _flows() -> Sequence[Flow]:
    return questions.flows(reading().connection(), registry().party)


def _changed(
    found: Contribution, shown: Shown, flows: Sequence[Flow], unit: int, year: int
) -> list[Restatement]:
    """Return the balances that are others than at the end of a year: so late first transfers do."""
    period = contributions.period(found)
    before = ledger.figures(flows, period, registry().party, known=year, unit=unit)
    account = contributions.account(found, before)
    return restatements(adjusted(account, through=shown.result.through), shown.result)
