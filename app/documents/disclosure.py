"""The information disclosure on paper, as CSV and as JSON: all three made of one sheet alone.

The JSON of an edition is the very bytes that were frozen, so that its SHA-256 is the edition's.
"""

import csv
import io
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from app.documents import moments
from app.documents.typesetting import (
    NOTE,
    Block,
    Code,
    Column,
    Heading,
    Noted,
    Paragraph,
    Style,
    Table,
    document,
)
from app.domain.disclosure import FIGURES, Part, Sheet, printed
from app.domain.text import Text

#: Where an edition is verified; it follows the registry's address and the language.
PAGE: Final = "verify"

#: The columns of the CSV; the first says of which of the three tables a line is.
COLUMNS: Final = (
    "table",
    "number",
    "name",
    "head_office",
    "is_demo",
    "account_type",
    "account_type_name",
    "tonnes",
    "year",
    *FIGURES,
    "is_over",
)

_NUMBER: Final = Text("Edition No. {number}", "版番号 {number}")
_PUBLISHED: Final = Text("Published {at}", "公表 {at}")
_AS_OF: Final = Text("As of {day}", "{day}現在")
_LIVE: Final = Text(
    "From the ledger of the registry; this is no published edition.",
    "登録簿の記録に基づく表示であり、公表された版ではありません。",
)
_CHECK: Final = Text(
    "Whether this edition is genuine is shown at this address when its number is entered, or the "
    "picture is read:",
    "本書の真正性は、次のページで版番号を入力するか、左の二次元コードを読み取ることで確認できます。",
)
_DIGEST: Final = Text("SHA-256 of the edition", "本版のSHA-256")
_END: Final = Style(size=9.5, align=1.0, after=1.0)
_DAY: Final = Style(size=10.0, align=1.0, after=2.0)
_SIGNED: Final = Style(size=10.5, bold=True, align=1.0, before=6.0, after=4.0)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_HALF: Final = 32


# On paper


def address(sheet: Sheet, digest: str, language: str) -> str:
    """Return the address at which an edition is verified, as its QR code has it."""
    return f"{_page(sheet, language)}?{urlencode({'number': sheet.number, 'digest': digest})}"


def paper(sheet: Sheet, language: str, *, digest: str = "") -> bytes:
    """Return the three tables as a PDF file; the same sheet gives the same bytes.

    Args:
        digest: the SHA-256 of an edition, in hexadecimal digits.
    """
    title = sheet.words["title"].get(language)
    number = _NUMBER.get(language).format(number=sheet.number) if sheet.number else ""
    story: list[Block] = list(_head(sheet, number, language))
    for part in (_entities, _amounts, _years):
        story += part(sheet, language)
    story.append(Paragraph(sheet.authority.get(language), _SIGNED))
    if sheet.number:
        lines = (
            _CHECK.get(language),
            _page(sheet, language),
            number,
            f"{_DIGEST.get(language)}: {digest[:_HALF]} {digest[_HALF:]}",
        )
        story.append(Code(address(sheet, digest, language), lines, size=32.0))
    return document(
        story,
        title=f"{title} {sheet.number or printed(sheet.disclosure.as_of, language)}",
        language=language,
        author=sheet.registry.get(language),
        footer=number or _AS_OF.get(language).format(day=_day(sheet, language)),
    )


def _page(sheet: Sheet, language: str) -> str:
    return f"{sheet.address.rstrip('/')}/{language}/{PAGE}"


def _day(sheet: Sheet, language: str) -> str:
    return printed(sheet.disclosure.as_of, language)


def _head(sheet: Sheet, number: str, language: str) -> Iterator[Block]:
    if sheet.number and sheet.published_at:
        at = moments.moment(sheet.published_at, language, ZoneInfo(sheet.time_zone))
        yield Paragraph(number, _END)
        yield Paragraph(_PUBLISHED.get(language).format(at=at), _END)
    yield Heading(sheet.words["title"].get(language), 1)
    yield Paragraph(_AS_OF.get(language).format(day=_day(sheet, language)))
    if not sheet.number:
        yield Paragraph(_LIVE.get(language), NOTE)


def _table(sheet: Sheet, part: Part, table: Table, language: str) -> list[Block]:
    """Return a table under its title, with the day beside it as on the registry's own papers."""
    heading = Heading(sheet.words[part].get(language), 2)
    return [heading, Paragraph(_day(sheet, language), _DAY), table]


def _entities(sheet: Sheet, language: str) -> list[Block]:
    def say(name: str) -> str:
        return sheet.words[name].get(language)

    columns = (
        Column(say("number"), 0.5, is_number=True),
        Column(say("name"), 3.0),
        Column(say("head_office"), 3.5),
    )
    rows = (
        (
            str(place),
            Noted(one.name(language), say("is_demo")) if one.is_demo else one.name(language),
            one.head_office(language),
        )
        for place, one in enumerate(sheet.disclosure.entities, start=1)
    )
    found = _table(sheet, Part.ENTITIES, Table(columns, rows), language)
    return found if sheet.disclosure.entities else [*found[:-1], Paragraph(say("none"))]


def _amounts(sheet: Sheet, language: str) -> list[Block]:
    columns = (
        Column(sheet.words["account_type"].get(language), 3.0, is_label=True),
        Column(sheet.words["tonnes"].get(language), 1.2, is_number=True),
    )
    rows = [
        (sheet.words[kind].get(language), f"{tonnes:,}")
        for kind, tonnes in sheet.disclosure.amounts
    ]
    return _table(sheet, Part.AMOUNTS, Table(columns, rows), language)


def _years(sheet: Sheet, language: str) -> list[Block]:
    def say(name: str) -> str:
        return sheet.words[name].get(language)

    years = sheet.disclosure.years
    columns = (
        Column(say("year"), 0.8, is_label=True),
        *(Column(say(name), 1.2, is_number=True) for name in FIGURES),
    )
    rows = [
        (
            f"{one.year}" if one.is_over else f"{one.year} *",
            *(f"{getattr(one, name):,}" for name in FIGURES),
        )
        for one in years
    ]
    found = _table(sheet, Part.YEARS, Table(columns, rows), language)
    if not years:
        return [*found[:-1], Paragraph(say("none"))]
    return found if years[-1].is_over else [*found, Paragraph(say("so_far"), NOTE)]


# As CSV


def table(sheet: Sheet, language: str) -> str:
    """Return the three tables as CSV; it begins with the mark by which Excel knows UTF-8."""
    lines = io.StringIO()
    writer = csv.DictWriter(lines, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(_lines(sheet, language))
    return "\ufeff" + lines.getvalue()


def _lines(sheet: Sheet, language: str) -> Iterator[dict[str, object]]:
    found = sheet.disclosure
    for place, one in enumerate(found.entities, start=1):
        yield {
            "table": Part.ENTITIES.value,
            "number": place,
            "name": _guarded(one.name(language)),
            "head_office": _guarded(one.head_office(language)),
            "is_demo": _said(is_so=one.is_demo),
        }
    for kind, tonnes in found.amounts:
        yield {
            "table": Part.AMOUNTS.value,
            "account_type": kind.value,
            "account_type_name": sheet.words[kind].get(language),
            "tonnes": tonnes,
        }
    for year in found.years:
        yield {
            "table": Part.YEARS.value,
            "year": year.year,
            **{name: getattr(year, name) for name in FIGURES},
            "is_over": _said(is_so=year.is_over),
        }


def _said(*, is_so: bool) -> str:
    return "yes" if is_so else "no"


def _guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
