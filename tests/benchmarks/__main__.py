"""Measure everything, print the table, and keep it as docs/benchmarks.md."""

import os
import platform
import re
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import click

from app.registries import FIRST
from app.store import verification
from app.store.databases import Database
from tests import databases, postgres
from tests.benchmarks import (
    article6,
    exchange,
    http,
    measured,
    papers,
    portal,
    search,
    synthetic,
    transfers,
)
from tests.benchmarks.synthetic import SIZE, Cast
from tests.serving import Visitor, serving

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_NEXT: Final = re.compile(r'href="([^"]*[?&;]after=[^"]*)"')
_WORKERS: Final = 4
_ROUNDS: Final = 3
_HEAD: Final = ("| what | measured | against | ratio | at least |", "|---|---|---|---|---|")


@dataclass
class Table:
    """The lines of the report; `short` are those that miss what they must reach."""

    lines: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)

    def add(self, what: str, measured: float, against: float, least: float, unit: str) -> None:
        """Add a ratio of two rates of this run, and what it must reach."""
        ratio = measured / against
        good = ratio >= least
        line = f"| {what} | {measured:,.0f} {unit} | {against:,.0f} | {ratio:.2f} | {least} |"
        click.echo(line if good else f"{line}  <- too low")
        self.lines.append(line)
        if not good:
            self.short.append(what)


@click.command()
@click.option("--large", default=1_000_000, help="Blocks of the large ledgers.")
@click.option(
    "--searched",
    default=0,
    help="Blocks of the ledgers searched; 0 for ten million on PostgreSQL, one on SQLite.",
)
@click.option("--only", default="", help="Measure only what has this in its name.")
def main(large: int, searched: int, only: str) -> None:
    """Measure the registry against floors of the same run."""
    cluster = postgres.Cluster.make(durable=True)
    os.environ[postgres.FOLDER] = str(cluster.folder)
    for setting in (
        "shared_buffers = '1GB'",
        "max_wal_size = '8GB'",
        "checkpoint_timeout = '1h'",
    ):
        cluster.execute(f"ALTER SYSTEM SET {setting}")
    cluster.stop()
    cluster.start()
    table = Table()
    click.echo("\n".join(_HEAD))
    parts: tuple[tuple[str, Callable[[Table, int], None]], ...] = (
        ("verbs", _verbs),
        ("flat", _flat),
        ("http", _http),
        ("portal", _portal),
        ("papers", _papers),
        ("search", partial(_search, searched=searched)),
        ("article6", _article6),
        ("exchange", _exchange),
    )
    with measured.installed():
        for name, part in parts:
            if only in name:
                part(table, large)
    if not only and measured.CODE == FIRST:
        _DOCUMENT.write_text(_document(table))
    if table.short:
        sys.exit(f"below what they must reach: {', '.join(table.short)}")


def _verbs(table: Table, _large: int) -> None:
    """Transfers through the verbs against the same statements on the bare driver."""
    for engine, workers, least in (("postgresql", _WORKERS, 0.4), ("sqlite", 1, 0.3)):
        with _ledger(engine, 10_000) as (url, cast):
            rates = {transfers.by_hand: 0.0, transfers.by_verbs: 0.0}
            for _ in range(_ROUNDS):
                for make, best in rates.items():
                    found = transfers.rate(make, url, cast, workers=workers, each=400)
                    rates[make] = max(best, found)
            _verify(url)
            table.add(
                f"transfer by verbs, {engine}, {workers} workers / bare driver",
                rates[transfers.by_verbs],
                rates[transfers.by_hand],
                least,
                "/s",
            )


def _flat(table: Table, large: int) -> None:
    """The same in a large ledger against a small one: what must not grow with the ledger."""
    for engine, workers in (("postgresql", _WORKERS), ("sqlite", 1)):
        with _ledger(engine, 10_000) as small, _ledger(engine, large) as big:
            _verify(big[0])
            _compare(table, engine, {10_000: small, large: big}, workers)
            if engine == "postgresql":
                _search_pages(table, big[0], large)


def _compare(table: Table, engine: str, ledgers: dict[int, tuple[str, Cast]], workers: int) -> None:
    """Measure both ledgers in turn, so that what else the machine does weighs on both alike."""
    moved = dict.fromkeys(ledgers, 0.0)
    found = dict.fromkeys(ledgers, 0.0)
    for _ in range(_ROUNDS):
        for blocks, (url, cast) in ledgers.items():
            searched = transfers.searches(url, serial_last=blocks * SIZE, each=2_000)
            found[blocks] = max(found[blocks], searched)
            rate = transfers.rate(transfers.by_verbs, url, cast, workers=workers, each=400)
            moved[blocks] = max(moved[blocks], rate)
    small, large = ledgers
    label = f"{engine}: {large:,} blocks / {small:,}"
    least = round(1 / 1.5, 2)
    table.add(f"transfer, {label}", moved[large], moved[small], least, "/s")
    table.add(f"serial search, {label}", found[large], found[small], least, "/s")


def _search_pages(table: Table, url: str, blocks: int) -> None:
    with serving(url, "tests.benchmarks.served:app") as server:
        port, visitor = server.port, Visitor(server.port)
        path = "/en/credits"
        for _ in range(199):
            found = _NEXT.findall(visitor.get(path)[1])
            path = found[-1].replace("&amp;", "&")
        rates = dict.fromkeys(("/en/constant", "/en/credits", path), 0.0)
        for _ in range(_ROUNDS):
            for address, best in rates.items():
                rate = http.pages(port, address, connections=_WORKERS, each=300)
                rates[address] = max(best, rate)
    for name, address in (("first page", "/en/credits"), ("page 200", path)):
        table.add(
            f"search of {blocks:,} blocks, {name} / 50 constant rows",
            rates[address],
            rates["/en/constant"],
            0.5,
            "pages/s",
        )


def _http(table: Table, _large: int) -> None:
    """Complete transfers by post, signed and told of, against the bare driver's statements.

    A hundred a second are asked for on two cores, which depends on the machine as much as on the
    registry; the ratio tells the two apart.
    """
    with (
        _ledger("postgresql", 100_000) as (url, cast),
        serving(url) as server,
    ):
        posted = floor = 0.0
        for _ in range(_ROUNDS):
            by_hand = transfers.rate(transfers.by_hand, url, cast, workers=_WORKERS, each=200)
            floor = max(floor, by_hand)
            made = http.transfers(server.port, cast, connections=_WORKERS, each=250)
            posted = max(posted, made)
        what = "transfers by post, 100,000 blocks, 4 connections / bare driver"
        table.add(what, posted, floor, 0.25, "/s")
        table.add("transfers by post, 100,000 blocks, 4 connections / 100", posted, 100, 1, "/s")


def _portal(table: Table, _large: int) -> None:
    """Each page of a holder with much in it, against the same page with fifty rows in all."""
    with (
        _ledger("postgresql", portal.FEW, accounts=2) as (few, cast),
        _ledger("postgresql", portal.MANY, accounts=2) as (many, _same),
    ):
        portal.tell(few, cast, portal.FEW)
        portal.tell(many, cast, portal.MANY)
        with serving(few) as small, serving(many) as large:
            for path in portal.paths(cast):
                rates = {small.port: 0.0, large.port: 0.0}
                for _ in range(_ROUNDS):
                    for port, best in rates.items():
                        rates[port] = max(best, portal.rate(port, path, connections=_WORKERS))
                what = f"{path}, {portal.MANY:,} blocks and notifications / {portal.FEW}"
                table.add(what, rates[large.port], rates[small.port], 0.5, "pages/s")


def _papers(table: Table, _large: int) -> None:
    """A certificate against its text drawn by hand, and a long statement against a short one."""
    rates = {"document": 0.0, "canvas": 0.0}
    makers = {"document": papers.by_document(), "canvas": papers.by_canvas()}
    for _ in range(_ROUNDS):
        for name, best in rates.items():
            rates[name] = max(best, papers.rate(makers[name]))
    least = round(1 / 1.5, 2)
    what = "certificate of one page / its text on a canvas"
    table.add(what, rates["document"], rates["canvas"], least, "/s")
    with _ledger("sqlite", papers.MANY, accounts=1) as (url, cast):
        few, many = (
            papers.memory(url, cast.accounts[0], count) for count in (papers.FEW, papers.MANY)
        )
    # The other way round than rates: the less memory, the better.
    what = f"memory of a statement: {papers.FEW:,} movements / {papers.MANY:,}"
    table.add(what, few, many, least, "MB")


def _search(table: Table, _large: int, *, searched: int) -> None:
    """The public search, page by page and as a file."""
    for engine, blocks in search.LARGE.items():
        search.measure(engine, searched or blocks, table.add)


def _article6(table: Table, large: int) -> None:
    """Annual information from the ledger, and adjustments, which never look at blocks."""
    many = min(article6.MANY, large)
    few = many // 10
    for engine in ("postgresql", "sqlite"):
        with (
            _ledger(engine, few, accounts=10) as (small, cast),
            _ledger(engine, many, accounts=10) as (url, same),
        ):
            article6.write(small, cast)
            article6.write(url, same)
            article6.books(url, table.add, many)
            article6.memory(small, url, table.add, many)
    with (
        _ledger("postgresql", 10_000, accounts=10) as (small, cast),
        _ledger("postgresql", large, accounts=10) as (url, same),
    ):
        rates = {}
        for blocks, (address, who) in {10_000: (small, cast), large: (url, same)}.items():
            article6.write(address, who)
            rates[blocks] = article6.rate(address)
        what = f"figures of adjustments, {large:,} blocks / 10,000"
        table.add(what, rates[large], rates[10_000], round(1 / 1.5, 2), "/s")


def _exchange(table: Table, _large: int) -> None:
    """Transfers between registries, from their proposal until both know that they are done."""
    exchange.measure(table.add)


@contextmanager
def _ledger(
    engine: str, blocks: int, *, accounts: int = synthetic.ACCOUNTS
) -> Generator[tuple[str, Cast], None, None]:
    with databases.fresh_url(engine) as url:
        started = time.perf_counter()
        cast = synthetic.write(url, blocks, registry=measured.CODE, accounts=accounts)
        click.echo(
            f"  ({engine}: {blocks:,} blocks written in {time.perf_counter() - started:.0f} s)",
            err=True,
        )
        yield url, cast


def _verify(url: str) -> None:
    """Check that what was written and moved is a sound ledger."""
    database = Database.connect(url)
    started = time.perf_counter()
    with database.reading() as session:
        assert next(verification.findings(session), None) is None
        counted = verification.checked(session)
    database.close()
    elapsed = time.perf_counter() - started
    click.echo(
        f"  (sound: {counted.transactions:,} transactions, {counted.blocks:,} blocks,"
        f" verified in {elapsed:.0f} s)",
        err=True,
    )


def _document(table: Table) -> str:
    at = datetime.now(UTC)
    return "\n".join(
        (
            "# Speed",
            "",
            (
                f"The last run of `make bench`, {at:%Y-%m-%d}, on {os.cpu_count()} cores,"
                f" Python {platform.python_version()}. Rates depend on the machine; the ratios"
                " are what must hold. Each is the best of three rounds on either side; of the"
                " search, of up to 15 where a question would miss."
            ),
            "",
            *_HEAD,
            *table.lines,
            "",
        )
    )


if __name__ == "__main__":
    main()
