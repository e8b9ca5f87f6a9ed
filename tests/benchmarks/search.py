"""The public search in a large ledger against a small one, and its CSV against the driver's."""

import re
import resource
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import timedelta
from http.client import OK, HTTPConnection, RemoteDisconnected
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import quote

from tests import databases
from tests.benchmarks import http, pieces
from tests.benchmarks.synthetic import SIZE, START, Cast
from tests.serving import Server, Visitor, serving

SMALL: Final = 10_000
LARGE: Final = {"postgresql": 10_000_000, "sqlite": 1_000_000}
CSV_ROWS: Final = 1_000_000
#: Requests of each address to each ledger in a round, in turn.
_EACH: Final = 9
#: Rounds of every question; one that misses what it must reach has more, as the worst of many
#: questions is the one that something else disturbed.
_ROUNDS, _ROUNDS_MAX = 3, 15
#: At most 1.5 times as long as in the small ledger.
_LEAST: Final = round(1 / 1.5, 2)
_CONNECTIONS: Final = 4
_ROWS: Final = re.compile(r'class="serial"')
#: Add a line: what, measured, against, at least, unit.
Add = Callable[[str, float, float, float, str], None]


def facets(cast: Cast) -> dict[str, str]:
    """Return a choice of each facet, as an address says it; each finds credits by itself."""
    _, reference, partner = cast.projects[6]
    since, until = (START.date() + timedelta(days=days) for days in (300, 500))
    return {
        "partner": f"partner={partner}",
        "project": f"project={reference}",
        "methodology": f"methodology={partner}_AM106",
        "scope": "scope=7",
        "vintage": "vintage=2018",
        "kind": "kind=retirement",
        "state": "state=cancelled",
        "unit class": "unit_class=jcm_credit",
        "issued between": f"since={since}&until={until}",
    }


def searches(cast: Cast) -> dict[str, dict[str, str]]:
    """Return the searches to measure, by the line they stand on and by what they ask."""
    single = facets(cast)
    pairs = {
        f"{one} and {other}": f"{single[one]}&{single[other]}"
        for one, other in combinations(single, 2)
    }
    found = {
        "one facet": single | {"nothing": ""},
        "two facets": pairs,
        "words of titles": {said: f"q={quote(said)}" for said in ("太陽", "solar power", "発電")},
    }
    deep = {f"{line}, deep": asked for line, asked in found.items()}
    return found | deep | {"serial look-up": {"number": "q={serial}"}}


def measure(engine: str, blocks: int, add: Add) -> None:
    """Measure the search of a large ledger against a small one on an engine."""
    with (
        _ledger(engine, SMALL) as (small, cast),
        _ledger(engine, blocks) as (large, _same),
        serving(small) as one,
        serving(large, "tests.benchmarks.served:app") as other,
    ):
        for line, asked in searches(cast).items():
            ratios = {
                what: _ratio((one.port, SMALL), (other.port, blocks), query, line)
                for what, query in asked.items()
            }
            worst = min(ratios, key=lambda what: ratios[what][0] / ratios[what][1])
            what = f"{engine}: {line} ({worst}), {blocks:,} blocks / {SMALL:,}"
            add(what, *ratios[worst], _LEAST, "/s")
        _rates(engine, blocks, other.port, cast, add)
        if engine == "postgresql":
            _csv(large, min(blocks, CSV_ROWS), other, add)


@contextmanager
def _ledger(engine: str, blocks: int) -> Generator[tuple[str, Cast], None, None]:
    with databases.fresh_url(engine) as url:
        started = time.perf_counter()
        cast = pieces.write(url, blocks)
        elapsed = time.perf_counter() - started
        print(f"  ({engine}: {blocks:,} blocks written in {elapsed:.0f} s)", file=sys.stderr)
        yield url, cast


def _ratio(
    small: tuple[int, int], large: tuple[int, int], query: str, line: str
) -> tuple[float, float]:
    """Return the pages a second of the large and the small ledger: the best median of the rounds.

    Where the small ledger has fewer rows to show than the large one, its page without any filter
    stands for it: what is compared is the search, and not how many rows are printed.
    """
    visitors = [Visitor(port) for port, _ in (small, large)]
    paths = [_path(query, blocks, line) for _, blocks in (small, large)]
    rows = [len(_ROWS.findall(_get(v, path))) for v, path in zip(visitors, paths, strict=True)]
    if rows[0] < rows[1]:
        paths[0] = "/en/credits"
    rounds: list[list[float]] = []
    little, much = 0.0, 1.0
    while len(rounds) < _ROUNDS or (little / much < _LEAST and len(rounds) < _ROUNDS_MAX):
        rounds.append(_medians(visitors, paths))
        little, much = (min(medians) for medians in zip(*rounds, strict=True))
    for visitor in visitors:
        visitor.close()
    return 1 / much, 1 / little


def _medians(visitors: list[Visitor], paths: list[str]) -> list[float]:
    """Return how long each visitor waits for a page, in seconds, asking in turn."""
    times: list[list[float]] = [[] for _ in visitors]
    for _ in range(_EACH):
        for visitor, path, taken in zip(visitors, paths, times, strict=True):
            started = time.perf_counter()
            _get(visitor, path)
            taken.append(time.perf_counter() - started)
    return [median(taken) for taken in times]


def _path(query: str, blocks: int, line: str) -> str:
    query = query.format(serial=blocks * SIZE // 3)
    if line.endswith("deep"):
        query += f"&after={blocks * SIZE // 4}"
    return f"/en/credits?{query}".rstrip("?")


def _get(visitor: Visitor, path: str) -> str:
    try:
        status, text = visitor.get(path)
    except RemoteDisconnected:
        # The server closes what was idle while the other one was asked; browsers ask again, too.
        visitor.close()
        status, text = visitor.get(path)
    assert status == OK, (path, status)
    return text


def _rates(engine: str, blocks: int, port: int, cast: Cast, add: Add) -> None:
    """Measure pages of the search against the page whose fifty rows are constant."""
    single = facets(cast)
    asked = {
        "no filter": "",
        "deep page": f"after={blocks * SIZE // 2}",
        "partner and state": f"{single['partner']}&{single['state']}",
        "scope and issued between": f"{single['scope']}&{single['issued between']}",
        "words": f"q={quote('太陽')}",
    }
    addresses = {"": "/en/constant"} | {
        what: f"/en/credits?{query}".rstrip("?") for what, query in asked.items()
    }
    rates = dict.fromkeys(addresses, 0.0)
    rounds = 0
    while rounds < _ROUNDS or (min(rates.values()) < rates[""] / 2 and rounds < _ROUNDS_MAX):
        rounds += 1
        for what, address in addresses.items():
            rate = http.pages(port, address, connections=_CONNECTIONS, each=100)
            rates[what] = max(rates[what], rate)
    for what in asked:
        name = f"{engine}: search of {blocks:,} blocks, {what} / 50 constant rows"
        add(name, rates[what], rates[""], 0.5, "pages/s")


def _csv(url: str, rows: int, server: Server, add: Add) -> None:
    """Measure the CSV of many rows against the same columns copied by the bare driver."""
    path = f"/en/credits.csv?q=1-{rows * SIZE}"
    for _ in range(12):
        # Until every worker has loaded what it needs for one.
        _fetched(server, f"/en/credits.csv?q=1-{1_000 * SIZE}")
    rates = {"served": 0.0, "bare": 0.0}
    grown = 0.0
    for _ in range(3):
        started = time.perf_counter()
        with (
            pieces.driver(url) as connection,
            connection.cursor().copy(_COPY % (rows * SIZE)) as copy,
        ):
            lines = sum(bytes(part).count(b"\n") for part in copy)
        rates["bare"] = max(rates["bare"], lines / (time.perf_counter() - started))
        assert lines == rows
        started = time.perf_counter()
        lines, most = _fetched(server, path)
        rates["served"] = max(rates["served"], lines / (time.perf_counter() - started))
        assert lines == rows + 1
        grown = max(grown, most)
    add(f"CSV of {rows:,} rows / the bare driver's COPY", rates["served"], rates["bare"], 0.6, "/s")
    # The other way round than rates: it may grow by so much at most.
    add(f"memory that a CSV of {rows:,} rows may take / takes", 50, max(grown, 1), 1, "MiB")


def _fetched(server: Server, path: str) -> tuple[int, float]:
    """Fetch a file and throw it away; return its lines, and by how many MiB the server grew."""
    before = _resident(server)
    most, lines, parts = before, 0, 0
    connection = HTTPConnection("127.0.0.1", server.port, timeout=600)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == OK
        while part := answer.read(2**18):
            lines += part.count(b"\n")
            parts += 1
            if parts % 50 == 0:
                most = max(most, _resident(server))
    return lines, (max(most, _resident(server)) - before) / 2**20


def _resident(server: Server) -> int:
    """Return the bytes of memory in which the workers live."""
    pages = (Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in server.workers())
    return sum(map(int, pages)) * resource.getpagesize()


#: The same columns by hand.
_COPY: Final = (
    "COPY (SELECT concat_ws('-', 'JP', b.partner, p.reference, b.vintage, b.first, b.last),"
    " b.first, b.last, b.last - b.first + 1, p.reference, b.partner, c.name_en, b.vintage,"
    " CASE WHEN b.vintage >= 2021 THEN 'itmo' ELSE 'jcm_credit' END, b.kind,"
    " CASE b.kind WHEN 'entity' THEN 'Entity holding account' ELSE 'Another type of account' END,"
    " CASE WHEN b.kind IN ('entity', 'government') THEN 'held' WHEN b.kind = 'retirement' THEN"
    " 'retired' ELSE 'cancelled' END,"
    " CASE WHEN b.kind IN ('entity', 'government') THEN 'Held' WHEN b.kind = 'retirement' THEN"
    " 'Retired' ELSE 'Cancelled' END, CASE WHEN h.is_demo THEN 'yes' ELSE 'no' END FROM blocks b"
    " JOIN projects p ON p.id = b.project_id JOIN partner_countries c ON c.alpha2 = b.partner"
    " JOIN accounts a ON a.id = b.account_id JOIN holders h ON h.id = a.holder_id"
    " WHERE b.closed_by IS NULL AND b.first <= %d ORDER BY b.first) TO STDOUT (FORMAT csv)"
)
