"""The statement on paper and as CSV, made line by line."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from app.documents import account_statements
from app.documents.account_statements import COLUMNS, Line, Statement
from app.domain.text import Text

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
REGISTRY = Text("JCM Registry of Japan", "日本国JCM登録簿")
ENTITY = Text("Entity holding account", "法人等保有口座")


def lines(count: int) -> Iterator[Line]:
    """Movements of two runs each: 30 come, 10 go, …"""
    held = 1_000
    for place in range(count):
        came = place % 2 == 0
        parts = (20, 10) if came else (-6, -4)
        held += sum(parts)
        for number, quantity in enumerate(parts):
            yield Line(
                at=AT + timedelta(minutes=place),
                transaction=f"JP{place + 1:010d}",
                kind="issuance" if came else "transfer",
                kind_name=Text("Issuance", "発行") if came else Text("Transfer", "振替"),
                other=None if came else "JP-121-000002-0-42",
                other_kind=None if came else ENTITY,
                serial=f"JP-MN-MN003-2019-{place * 100 + number}-{place * 100 + number + 9}",
                first=place * 100 + number,
                last=place * 100 + number + 9,
                quantity=quantity,
                moved=sum(parts),
                balance=held,
                is_first=number == 0,
            )


def statement(count: int) -> Statement:
    closing = 1_000 + 30 * ((count + 1) // 2) - 10 * (count // 2)
    return Statement(
        account="JP-121-000001-0-47",
        kind=ENTITY,
        holder=Text("Aoba Energy", "青葉エネルギー"),
        since=date(2026, 11, 1),
        until=date(2026, 11, 30),
        opening=1_000,
        closing=closing,
        made_at=AT,
        lines=lines(count),
    )


def test_the_paper_says_all_in_either_language_and_the_same_each_time() -> None:
    for language, words in (
        ("en", ("Account statement", "Aoba Energy", "01/11/2026 to 30/11/2026", "Times are")),
        (
            "ja",
            ("口座取引明細書", "青葉エネルギー", "2026年11月1日から2026年11月30日まで", "時刻は"),
        ),
    ):
        body = account_statements.paper(statement(3), REGISTRY, language, TOKYO)
        assert body == account_statements.paper(statement(3), REGISTRY, language, TOKYO)
        said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
        for word in (
            *words,
            "1,000 tCO₂",
            "1,050 tCO₂",
            "JP-MN-MN003-2019-101-110",
            "+30",
            "-10",
            "1,020",
            "10:31",
        ):
            assert word in said, word
    empty = account_statements.paper(statement(0), REGISTRY, "ja", TOKYO)
    assert "この期間の移動はありません" in PdfReader(io.BytesIO(empty)).pages[0].extract_text()


def test_the_csv_adds_up_line_by_line() -> None:
    body = "".join(account_statements.table(statement(1_500), "ja", TOKYO))
    assert body.startswith("\ufeff" + ",".join(COLUMNS) + "\r\n")
    first, *moved, last = csv.DictReader(io.StringIO(body.removeprefix("\ufeff")))
    assert (first["row"], last["row"]) == ("opening", "closing")
    held = int(first["balance"])
    assert len(moved) == 3_000
    for row in moved:
        held += int(row["quantity"])
        assert int(row["balance"]) == held
    assert int(last["balance"]) == held
    assert moved[0]["at"] == "2026-11-02T10:30:00+09:00"
    assert (moved[2]["kind"], moved[2]["kind_name"], moved[2]["other_kind"]) == (
        "transfer",
        "振替",
        "法人等保有口座",
    )


def test_the_csv_is_made_as_it_is_read() -> None:
    read = 0

    def counted() -> Iterator[Line]:
        nonlocal read
        for line in lines(10_000):
            read += 1
            yield line

    made = account_statements.table(replace(statement(0), lines=counted()), "en", TOKYO)
    next(made)
    next(made)
    assert read <= 1_001
