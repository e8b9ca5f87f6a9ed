"""The statement of an account for a period, on paper and as CSV, made as its lines are read."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import islice
from typing import Final

from app.documents import moments
from app.documents.typesetting import (
    NOTE,
    Column,
    Facts,
    Heading,
    Paragraph,
    Table,
    document,
)
from app.domain.text import Text

TITLE: Final = Text("Account statement", "口座取引明細書")
OPENING: Final = Text("Opening balance", "期首残高")
CLOSING: Final = Text("Closing balance", "期末残高")
_UNIT: Final = "tCO₂"
_HEADINGS: Final = (
    (Text("Date and time", "日時"), 1.2),
    (Text("Transaction", "取引"), 1.5),
    (Text("Other side", "相手方"), 1.75),
    (Text("Serial numbers", "識別番号"), 2.7),
    (Text(f"Quantity ({_UNIT})", f"数量（{_UNIT}）"), 1.1),
    (Text(f"Balance ({_UNIT})", f"残高（{_UNIT}）"), 1.1),
)
_ACCOUNT: Final = Text("Account number", "口座番号")
_KIND: Final = Text("Type of account", "口座の種類")
_HOLDER: Final = Text("Account holder", "口座名義人")
_PERIOD: Final = Text("Period", "対象期間")
_MADE: Final = Text("Made at", "作成日時")
_DAYS: Final = Text("{since} to {until}", "{since}から{until}まで")
_NOTHING: Final = Text("No movements in this period.", "この期間の移動はありません。")
_ZONE: Final = Text("Times are those of {zone}.", "時刻は{zone}で表示しています。")
_CHUNK: Final = 1_000
_ROW_SIZE: Final = 8.0

COLUMNS: Final = (
    "row",
    "at",
    "transaction",
    "kind",
    "kind_name",
    "other_account",
    "other_kind",
    "serial",
    "first",
    "last",
    "quantity",
    "balance",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A run of serial numbers that came or went; the first of its transaction, or a further one.

    Args:
        other: the number of the other side and what kind of account it is; None for an issuance.
        quantity: of this run, in tonnes; below zero for what went.
        moved, balance: of the whole transaction, and after it.
    """

    at: datetime
    transaction: str
    kind: str
    kind_name: Text
    other: str | None
    other_kind: Text | None
    serial: str
    first: int
    last: int
    quantity: int
    moved: int
    balance: int
    is_first: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement says; the lines may be read as they are printed."""

    account: str
    kind: Text
    holder: Text
    since: date
    until: date
    opening: int
    closing: int
    made_at: datetime
    lines: Iterable[Line]


def paper(statement: Statement, registry: Text, language: str, zone: tzinfo) -> bytes:
    """Return a statement as a PDF file; the same one gives the same bytes."""

    def say(text: Text) -> str:
        return text.get(language)

    days = say(_DAYS).format(
        since=moments.day(statement.since, language), until=moments.day(statement.until, language)
    )
    facts = (
        (say(_ACCOUNT), statement.account),
        (say(_KIND), say(statement.kind)),
        (say(_HOLDER), say(statement.holder)),
        (say(_PERIOD), days),
        (say(OPENING), f"{statement.opening:,} {_UNIT}"),
        (say(CLOSING), f"{statement.closing:,} {_UNIT}"),
        (say(_MADE), moments.moment(statement.made_at, language, zone)),
    )
    columns = [
        Column(say(title), share, is_number=place >= len(_HEADINGS) - 2)
        for place, (title, share) in enumerate(_HEADINGS)
    ]
    last = ("", say(CLOSING), "", "", "", f"{statement.closing:,}")
    table = Table(columns, _rows(statement, language, zone), last=[last], size=_ROW_SIZE)
    zone_name = statement.made_at.astimezone(zone).tzname() or ""
    return document(
        (
            Heading(say(TITLE), 1),
            Facts(facts, label_share=0.2),
            table,
            Paragraph(say(_ZONE).format(zone=zone_name), NOTE),
        ),
        title=f"{say(TITLE)} {statement.account} {statement.since}/{statement.until}",
        language=language,
        author=say(registry),
        footer=f"{say(TITLE)} {statement.account} {days}",
        is_landscape=True,
    )


def _rows(statement: Statement, language: str, zone: tzinfo) -> Iterator[tuple[str, ...]]:
    opening = OPENING.get(language)
    yield "", opening, "", "", "", f"{statement.opening:,}"
    is_empty = True
    for line in statement.lines:
        is_empty = False
        yield _row(line, language, zone)
    if is_empty:
        yield "", _NOTHING.get(language), "", "", "", ""


def _row(line: Line, language: str, zone: tzinfo) -> tuple[str, ...]:
    if not line.is_first:
        return "", "", "", line.serial, "", ""
    local = line.at.astimezone(zone)
    other = line.other or "–"
    kind = f"\n{line.other_kind.get(language)}" if line.other_kind else ""
    return (
        f"{moments.day(local, language)}\n{local:%H:%M}",
        f"{line.transaction}\n{line.kind_name.get(language)}",
        f"{other}{kind}",
        line.serial,
        f"{line.moved:+,}",
        f"{line.balance:,}",
    )


def table(statement: Statement, language: str, zone: tzinfo) -> Iterator[str]:
    """Yield a statement as CSV, a chunk at a time; it begins with the mark of UTF-8 for Excel."""
    yield "\ufeff" + ",".join(COLUMNS) + "\r\n"
    found = _cells(statement, language, zone)
    while chunk := list(islice(found, _CHUNK)):
        lines = io.StringIO()
        csv.writer(lines).writerows(chunk)
        yield lines.getvalue()


def _cells(statement: Statement, language: str, zone: tzinfo) -> Iterator[tuple[object, ...]]:
    blank = ("",) * 8
    yield "opening", statement.since.isoformat(), *blank, "", statement.opening
    held = statement.opening
    for line in statement.lines:
        held += line.quantity
        yield (
            "movement",
            line.at.astimezone(zone).isoformat(timespec="seconds"),
            line.transaction,
            line.kind,
            line.kind_name.get(language),
            line.other or "",
            line.other_kind.get(language) if line.other_kind else "",
            line.serial,
            line.first,
            line.last,
            line.quantity,
            held,
        )
    yield "closing", statement.until.isoformat(), *blank, "", statement.closing
