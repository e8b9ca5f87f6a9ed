"""The emissions balance and the structured summary of a Party as files: Excel and JSON.

In JSON amounts are texts and exact, a fraction where no decimal equals them. The numbers of Excel
are binary: they are as near as such numbers come, and are shown with three decimals.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, BinaryIO, Final

import xlsxwriter

from app.domain.adjustments import (
    INDICATOR_NAMES,
    METHOD_NAMES,
    METHOD_PARAGRAPHS,
    VERDICT_NAMES,
    Restatement,
    Result,
    Row,
    safeguard,
)
from app.domain.amounts import exact, shown
from app.domain.structured_summary import Line, Split, Summary
from app.domain.text import Language, Text

Cell = str | int | Fraction | None

_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
#: Beyond this the numbers of Excel are not whole any more.
_NUMBER_MAX: Final = 10**15
_NARROW: Final = 14
_WIDE: Final = 60
_HEADING: Final = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
#: Three lines of a heading.
_HIGH: Final = 48

#: What is said of each year, in the order of the columns; the words are those of the JSON.
FIGURES: Final = {
    "year": Text("Year", "年"),
    "emissions": Text("Emissions or level", "排出量又は水準"),
    "trajectory": Text("Trajectory", "排出経路"),
    "first_transferred": Text("First transferred (vintage)", "最初の移転（ビンテージ別）"),
    "other_purposes": Text("Of which for other purposes", "うちその他の目的"),
    "used": Text("Used towards the NDC", "NDCへの使用"),
    "net": Text("Net", "正味"),
    "cumulative": Text("Cumulative net", "正味の累積"),
    "elapsed": Text("Elapsed years", "経過年数"),
    "average": Text("Cumulative net by elapsed years", "累積÷経過年数"),
    "adjustment": Text("Adjustment as of that year", "当該年時点の相当調整"),
    "restated_adjustment": Text("Adjustment, restated", "相当調整（再計算後）"),
    "balance": Text("Balance as of that year", "当該年時点の収支"),
    "restated_balance": Text("Balance, restated", "収支（再計算後）"),
    "cumulative_balance": Text("Cumulative balance", "収支の累積"),
}
_WORDS: Final = {
    "facts": Text("NDC", "NDC"),
    "fact": Text("What", "項目"),
    "value": Text("Value", "内容"),
    "balance": Text("Emissions balance", "排出量収支"),
    "summary": Text("Structured summary", "構造化要約"),
    "by_vintage": Text("By vintage", "ビンテージ別"),
    "splits": Text("Paragraph 23 (j)", "パラグラフ23(j)"),
    "restatements": Text("Restated years", "再計算された年"),
    "party": Text("Party", "締約国"),
    "period": Text("NDC period", "NDC期間"),
    "method": Text("Method", "方法"),
    "indicator": Text("What is adjusted", "調整の対象"),
    "unit": Text("Unit", "単位"),
    "target": Text("Target level", "目標の水準"),
    "target_year": Text("Target year", "目標年"),
    "assessed": Text("Compared with the target", "目標と比較する値"),
    "verdict": Text("Result", "結果"),
    "paragraph": Text("Paragraph", "パラグラフ"),
    "row": Text("Row", "行"),
    "reference": Text("Reference point", "基準値"),
    "progress": Text("Progress", "進捗"),
    "approach": Text("Cooperative approach", "協力的アプローチ"),
    "sector": Text("Sector", "分野"),
    "first_transferring": Text("First transferring Party", "最初の移転を行う締約国"),
    "using": Text("Using Party", "使用する締約国"),
    "vintage": Text("Vintage", "ビンテージ"),
    "year": Text("Year", "年"),
    "quantity": Text("Quantity (t CO₂ eq)", "数量（t CO₂ eq）"),
    "before": Text("Reported before", "以前の報告値"),
    "after": Text("Now", "現在の値"),
    "missing": Text("Years without emissions", "排出量の欠けている年"),
    "elsewhere": Text("First transferred in other years", "表の年以外の最初の移転"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What is written: a summary, of which Party, and which earlier years are restated.

    `sectors` names the sectoral scopes of the splits by number.
    """

    party: str
    made_at: datetime
    summary: Summary
    restatements: Sequence[Restatement] = ()
    sectors: Mapping[int, Text] = field(default_factory=dict)

    @property
    def result(self) -> Result:
        """The emissions balance."""
        return self.summary.result


def figures(row: Row) -> dict[str, Cell]:
    """Return what is said of a year, by the names in `FIGURES`."""
    told = row.figures
    return {
        "year": row.year,
        "emissions": told.emissions,
        "trajectory": told.trajectory,
        "first_transferred": told.first_transferred,
        "other_purposes": told.others,
        "used": told.used,
        "net": told.net,
        "cumulative": row.cumulative,
        "elapsed": row.elapsed,
        "average": row.average,
        "adjustment": row.adjustment,
        "restated_adjustment": row.restated,
        "balance": row.balance,
        "restated_balance": row.restated_balance,
        "cumulative_balance": row.cumulative_balance,
    }


# Excel


def workbook(target: BinaryIO, report: Report, language: Language) -> None:
    """Write an Excel file; the same report gives the same bytes."""
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"created": report.made_at.astimezone(UTC).replace(tzinfo=None)})
    formats = {
        "whole": book.add_format({"num_format": "#,##0"}),
        "broken": book.add_format({"num_format": "#,##0.000"}),
        "year": book.add_format({"num_format": "0"}),
        "words": book.add_format({"text_wrap": True, "valign": "top"}),
        "heading": book.add_format(_HEADING),
        "figures": book.add_format(_HEADING | {"align": "right"}),
    }
    for word, heading, rows in _sheets(report, language):
        page = book.add_worksheet(_WORDS[word].get(language))
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.freeze_panes(1, 0)
        page.set_row(0, _HIGH)
        for across, text in enumerate(heading):
            is_wide = text in (_said("row", language), _said("value", language))
            page.set_column(across, across, _WIDE if is_wide else _NARROW)
            is_amount = any(len(row) > across and _is_amount(row[across]) for row in rows)
            page.write_string(0, across, text, formats["figures" if is_amount else "heading"])
        if word == "facts":
            page.set_column(0, 0, _WIDE)
        for down, row in enumerate(rows, 1):
            for across, value in enumerate(row):
                _write(page, (down, across), value, formats)
    book.close()


def _is_amount(value: Cell) -> bool:
    return isinstance(value, int | Fraction)


def _write(page: Any, place: tuple[int, int], value: Cell, formats: Mapping[str, Any]) -> None:
    match value:
        case None | "":
            return
        case str():
            page.write_string(*place, value, formats["words"])
        case int():
            page.write_number(*place, value, formats["year"])
        case _ if abs(value) >= _NUMBER_MAX:
            page.write_string(*place, shown(value))
        case _:
            kind = "whole" if value.denominator == 1 else "broken"
            page.write_number(*place, float(value), formats[kind])


_Sheet = tuple[str, Sequence[str], Sequence[Sequence[Cell]]]


def _sheets(report: Report, language: Language) -> Iterator[_Sheet]:
    """Yield each sheet's word, headings and rows."""
    summary = report.summary
    rows: list[list[Cell]] = [list(figures(row).values()) for row in report.result.rows]
    names = [name.get(language) for name in FIGURES.values()]
    yield "facts", [_said("fact", language), _said("value", language)], _facts(report, language)
    yield "balance", names, rows
    years = [str(year) for year in summary.years]
    told = [_said(word, language) for word in ("paragraph", "row", "unit", "reference")]
    ends = [_said(word, language) for word in ("target", "target_year", "progress")]
    for word, lines in (("summary", summary.rows), ("by_vintage", summary.by_vintage)):
        yield word, told + years + ends, [_line(line, summary, language) for line in lines]
    heads = ("paragraph", "approach", "sector", "first_transferring", "using", "vintage", "year")
    parts = [_split(part, report.sectors, language) for part in summary.splits]
    yield "splits", [_said(word, language) for word in (*heads, "quantity")], parts
    if report.restatements:
        changed: list[list[Cell]] = [
            [one.year, one.before, one.after] for one in report.restatements
        ]
        heading = [_said(word, language) for word in ("year", "before", "after")]
        yield "restatements", heading, changed


def _facts(report: Report, language: Language) -> list[list[Cell]]:
    """Return what is said of the whole."""
    result, account = report.result, report.result.account
    method = METHOD_NAMES[account.method].get(language)
    told: dict[str, Cell] = {
        "party": report.party,
        "period": f"{account.period.first} - {account.period.last}",
        "method": f"{method}, {METHOD_PARAGRAPHS[account.method]}",
        "indicator": INDICATOR_NAMES[account.indicator].get(language),
        "unit": report.summary.unit,
        "target": account.target,
        "assessed": result.assessed,
        "verdict": VERDICT_NAMES[result.verdict].get(language),
        "missing": ", ".join(map(str, result.missing)),
        "elsewhere": report.summary.elsewhere,
    }
    return [[_said(word, language), value] for word, value in told.items()]


def _line(line: Line, summary: Summary, language: Language) -> list[Cell]:
    verdict = VERDICT_NAMES[line.verdict].get(language) if line.verdict else None
    # No reference point is recorded; the unit stands where there are amounts.
    unit = summary.unit if any(value is not None for value in line.values) else None
    head: list[Cell] = [line.paragraph, line.label.get(language), unit, None]
    return [*head, *line.values, line.target, line.target_year, verdict]


def _split(part: Split, sectors: Mapping[int, Text], language: Language) -> list[Cell]:
    name = sectors.get(part.sector)
    sector = name.get(language) if name else None
    parties = (part.first_transferring, part.using)
    amount = Fraction(part.quantity)
    return [part.paragraph, part.approach, sector, *parties, part.vintage, part.year, amount]


def _said(word: str, language: Language) -> str:
    return _WORDS[word].get(language)


# JSON


def document(report: Report) -> str:
    """Return all of it for programs."""
    result, account, summary = report.result, report.result.account, report.summary
    safe = safeguard(result)
    said = {
        "party": report.party,
        "made_at": report.made_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "period": {"first": account.period.first, "last": account.period.last},
        "method": account.method,
        "paragraph": METHOD_PARAGRAPHS[account.method],
        "indicator": account.indicator,
        "unit": summary.unit,
        "target": exact(account.target),
        "through": result.through,
        "is_final": result.is_final,
        "assessed": exact(result.assessed),
        "verdict": result.verdict,
        "missing": list(result.missing),
        "safeguard": {
            "total": exact(safe.total),
            "limit": exact(safe.limit),
            "verdict": safe.verdict,
        },
        "years": [_exact(figures(row)) for row in result.rows],
        "structured_summary": {
            "years": list(summary.years),
            "rows": [_told(line) for line in summary.rows],
            "by_vintage": [_told(line) for line in summary.by_vintage],
            "elsewhere": exact(summary.elsewhere),
            "splits": [_part(part, report.sectors) for part in summary.splits],
        },
        "restatements": [
            _exact({"year": one.year, "before": one.before, "after": one.after})
            for one in report.restatements
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _told(line: Line) -> dict[str, Any]:
    return {
        "row": line.word,
        "paragraph": line.paragraph or None,
        "label": {"en": line.label.en, "ja": line.label.ja},
        "values": [exact(value) for value in line.values],
        "target": exact(line.target),
        "target_year": line.target_year,
        "verdict": line.verdict,
    }


def _part(part: Split, sectors: Mapping[int, Text]) -> dict[str, Any]:
    name = sectors.get(part.sector)
    return {
        "paragraph": part.paragraph,
        "approach": part.approach,
        "sector": {"en": name.en, "ja": name.ja} if name else None,
        "first_transferring": part.first_transferring,
        "using": part.using or None,
        "vintage": part.vintage,
        "year": part.year,
        "tonnes": part.quantity,
    }


def _exact(values: Mapping[str, Cell]) -> dict[str, Cell]:
    return {
        name: exact(value) if isinstance(value, Fraction) else value
        for name, value in values.items()
    }
