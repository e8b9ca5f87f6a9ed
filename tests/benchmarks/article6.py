"""Annual information against the same cells written straight, its memory, and adjustments.

Every block of a synthetic ledger is an issuance of ITMOs that were acquired; the retired are used.
"""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter, process_time
from typing import Any, Final

import xlsxwriter
from sqlalchemy import false, func, insert, literal, null, select, true
from sqlalchemy.orm import Session

from app.documents import aef_books
from app.domain.aef_editions import FIRST, Line
from app.domain.aef_fields import Type
from app.domain.aef_formats import CURRENT
from app.domain.authorizations import Change, Standing
from app.domain.nomenclature import ActionType, Definition, MitigationType, Purpose
from app.store import adjustments
from app.store.aef import Report
from app.store.databases import Database
from app.store.tables import (
    Action,
    ActionSum,
    Approach,
    Authorization,
    AuthorizationVersion,
    Issuance,
    ItmoUnits,
    PartnerCountry,
    Transaction,
)
from tests.benchmarks import synthetic
from tests.benchmarks.papers import _peak
from tests.benchmarks.synthetic import START, Cast

#: Blocks that give as many holdings and more actions, and the ledger that memory is compared with.
MANY: Final = 111_120
FEW: Final = MANY // 10
#: How much more memory the larger may take, in MB.
_MORE_MAX: Final = 100
_ROUNDS: Final = 3
_ASKED: Final = 200
_PARTY: Final = "JPN"


def write(url: str, cast_: Cast) -> None:
    """Make the blocks of a synthetic ledger ITMOs, with the actions that follow from them."""
    database = Database.connect(url)
    database.write(lambda session: _write(session, cast_))
    database.close()


def _write(session: Session, cast_: Cast) -> None:
    partners = session.scalars(select(PartnerCountry.alpha2).order_by(PartnerCountry.alpha2))
    for number, partner in enumerate(partners, 1):
        names = {"name_en": f"JCM with {partner}", "name_ja": f"{partner}とのJCM"}
        definition = Definition.USE_OR_CANCELLATION
        session.add(
            Approach(code=f"CA{number:04d}", partner=partner, definition=definition, **names)
        )
    given = Authorization(identifier="JPN 2020-1")
    session.add(given)
    session.flush()
    version = AuthorizationVersion(
        authorization_id=given.id,
        number=1,
        standing=Standing.APPROVED,
        change=Change.GRANT,
        authorized_on=START.date(),
        effective_on=START.date(),
        purpose=Purpose.NDC_AND_OIMP,
        oimp="CORSIA",
        sectors="Energy generation",
        key="benchmark",
        entered_by=cast_.proposer,
        entered_at=START,
        decided_by=cast_.approver,
        decided_at=START,
    )
    session.add(version)
    session.flush()
    _act(session, version.id)


def _act(session: Session, version: int) -> None:
    units = (
        select(
            Issuance.id,
            Approach.id,
            literal("JPN01"),
            PartnerCountry.alpha3,
            literal(MitigationType.REDUCTIONS.value),
        )
        .join(Approach, Approach.partner == Issuance.partner)
        .join(PartnerCountry, PartnerCountry.alpha2 == Issuance.partner)
    )
    session.execute(
        insert(ItmoUnits).from_select(
            [
                *("issuance_id", "approach_id", "party_registry", "first_transferring"),
                "mitigation_type",
            ],
            units,
        )
    )
    common = (Issuance.first, Issuance.last, Issuance.id, Transaction.id, literal(version))
    names = ["first", "last", "issuance_id", "transaction_id", "version_id", "at"]
    names += ["type", "is_final", "note", "counterparty", "using_party", "calendar_year"]
    acquired = (
        select(
            *(*common, Transaction.decided_at, literal(ActionType.ACQUISITION.value)),
            *(false(), literal(""), ItmoUnits.first_transferring, null(), null()),
        )
        .join(Transaction, Transaction.id == Issuance.transaction_id)
        .join(ItmoUnits, ItmoUnits.issuance_id == Issuance.id)
    )
    session.execute(insert(Action).from_select(names, acquired))
    # The retirements follow in the order of their blocks.
    count = session.scalar(select(func.count()).select_from(Issuance))
    place = (Issuance.id - 1) // synthetic.RETIRED_EACH
    used = select(
        *(*common, Transaction.decided_at, literal(ActionType.USE.value)),
        *(true(), literal(""), null(), literal(_PARTY), literal(START.year)),
    ).join(
        Transaction,
        (Transaction.id == (count or 0) + place + 1)
        & ((Issuance.id - 1) % synthetic.RETIRED_EACH == 0),
    )
    session.execute(insert(Action).from_select(names, used))
    _sum(session)


def _sum(session: Session) -> None:
    """Keep the sums of the actions."""
    columns = (
        *(ItmoUnits.approach_id, Issuance.project_id, Issuance.vintage, Action.type),
        *(AuthorizationVersion.purpose, func.coalesce(Action.counterparty, "")),
        *(func.coalesce(Action.calendar_year, 0),),
    )
    names = ["approach_id", "project_id", "vintage", "type", "purpose", "counterparty"]
    names += ["calendar_year", "subtype", "cancelled_for", "year", "quantity"]
    session.execute(
        insert(ActionSum).from_select(
            names,
            select(
                *columns,
                *(literal(""), literal(""), literal(START.year)),
                func.sum(Action.last - Action.first + 1),
            )
            .join(ItmoUnits, ItmoUnits.issuance_id == Action.issuance_id)
            .join(Issuance, Issuance.id == Action.issuance_id)
            .join(AuthorizationVersion, AuthorizationVersion.id == Action.version_id)
            .group_by(*columns),
        )
    )


# Annual information


def books(url: str, add: Callable[..., None], blocks: int) -> None:
    """Measure the book of a ledger against its cells written straight."""
    found = [_told(url, "both") for _ in range(_ROUNDS)]
    book, straight = (min(one[place] for one in found) for place in (0, 1))
    cells = found[0][2]
    # As rates of cells: no more than 1.5 times the time.
    what = f"AEF of {blocks:,} issuances ({cells:,.0f} cells) / straight with XlsxWriter"
    add(what, cells / book, cells / straight, round(1 / 1.5, 2), "cells/s")


def memory(few: str, many: str, add: Callable[..., None], blocks: int) -> None:
    """Compare the memory that the books of two ledgers take."""
    small, large = (_told(url, "book")[3] for url in (few, many))
    # The other way round than rates: the less memory, the better.
    what = f"memory of an AEF: of a tenth + {_MORE_MAX} MB / {blocks:,} issuances"
    add(what, small + _MORE_MAX, large, 1, "MB")


def _told(url: str, what: str) -> list[float]:
    """Return what a process of its own measures: both times, cells, and its peak of memory."""
    command = [sys.executable, "-m", "tests.benchmarks.article6", url, what]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    return [float(said) for said in done.stdout.split()]


def _measure(url: str, what: str) -> None:
    database = Database.connect(url)
    with database.reading() as session:
        asked = (_PARTY, START.year, FIRST, date(START.year + 1, 4, 15), (2021, 2030))
        report = Report(session.connection(), *asked)
        with TemporaryFile() as file:
            started = perf_counter()
            sheets = aef_books.sheets(CURRENT, report.lines())
            aef_books.workbook(file, sheets, made_at=START)
            book = perf_counter() - started
        if what == "book":
            print(book, 0, 0, _peak())
            return
        tables = _typed(list(Report(session.connection(), *asked).lines()))
    started = perf_counter()
    cells = _straight(tables)
    print(book, perf_counter() - started, cells, _peak())


def _typed(rows: list[Line]) -> list[list[list[Any]]]:
    """Return the cells of each table as they go into a sheet: texts, numbers, dates."""
    tables = []
    for table in CURRENT.tables:
        dates = {
            place: "%d/%m/%Y" if field.type is Type.DATE else "%Y-%m-%dT%H:%M:%S.%fZ"
            for place, field in enumerate(table.fields)
            if field.type in {Type.DATE, Type.DATETIME}
        }
        mine = [list(row) for word, row in rows if word is table.word]
        for row in mine:
            for place, form in dates.items():
                row[place] = datetime.strptime(str(row[place]), form)  # noqa: DTZ007  as in a sheet
        tables.append(mine)
    return tables


def _straight(tables: list[list[list[Any]]]) -> int:
    """Write cells straight with XlsxWriter, a sheet for each table; return how many they are."""
    cells = 0
    with TemporaryFile() as file:
        made: Any = xlsxwriter.Workbook(file, {"constant_memory": True})
        number, date_ = (made.add_format({"num_format": said}) for said in ("0", "dd/mm/yyyy"))
        for rows in tables:
            page = made.add_worksheet()
            for down, row in enumerate(rows):
                for across, value in enumerate(row):
                    if value is None or value == "":
                        continue
                    cells += 1
                    if isinstance(value, str):
                        page.write_string(down, across, value)
                    elif isinstance(value, datetime):
                        page.write_datetime(down, across, value, date_)
                    else:
                        page.write_number(down, across, value, number)
        made.close()
    return cells


# Adjustments


def rate(url: str) -> float:
    """Return how many times a second the figures of all adjustments are read."""
    database = Database.connect(url)
    with database.reading() as session:
        connection = session.connection()
        assert adjustments.flows(connection, _PARTY)
        started = process_time()
        for _ in range(_ASKED):
            adjustments.flows(connection, _PARTY)
        elapsed = process_time() - started
    database.close()
    return _ASKED / elapsed


if __name__ == "__main__":
    _measure(sys.argv[1], sys.argv[2])
