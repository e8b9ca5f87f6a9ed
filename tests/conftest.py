"""What every test may ask for: a database of its own on either engine."""

import os
from collections import Counter
from collections.abc import Generator
from itertools import cycle
from pathlib import Path
from typing import Final

import hypothesis
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sqlalchemy.orm import Session

from app.store.databases import Database
from tests import databases, postgres

# A run decides the same every time; `--hypothesis-profile searching` looks where none has looked.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("searching", derandomize=False, deadline=None, print_blob=True)
hypothesis.settings.load_profile("steady")

#: The files, or beginnings of their names, with the longest tests, the longest of them first.
LONG: Final = (
    *(
        "simulation/",
        "test_exchange_faults",
        "journeys/test_crashes",
        "browser/test_applications",
        "browser/test_public",
    ),
    *("browser/test_portal", "test_races", "journeys/test_worker", "registry/test_load"),
    *("registry/test_mails", "browser/test_examinations", "browser/test_session_end"),
    *("journeys/test_matrix", "browser/"),
)
#: Those of them whose tests share a server, or a registry that was loaded.
WHOLE: Final = ("browser/", "registry/test_load")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare what the workers of a parallel run share: the catalogues and one PostgreSQL."""
    if hasattr(config, "workerinput"):
        return
    compile_catalogues(config.rootpath / "translations")
    if config.getoption("numprocesses", None):
        os.environ[postgres.FOLDER] = str(postgres.shared().folder)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each worker of a parallel run begin with its part of what takes longest.

    A worker gets a piece of the list, in its order, and another takes over what is at its end:
    with a long test there all others would wait for it.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        items[:] = dealt(items, workers)


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return the tests with the long ones at the beginning of the pieces.

    They are dealt one by one, or file by file where a file shares what it made.
    """
    groups: dict[tuple[int, str], list[pytest.Item]] = {}
    short = []
    for item in items:
        file = item.nodeid.removeprefix("tests/").partition("::")[0]
        rank = next((rank for rank, name in enumerate(LONG) if file.startswith(name)), None)
        if rank is None:
            short.append(item)
        else:
            whole = file.startswith(WHOLE)
            groups.setdefault((rank, file if whole else item.nodeid), []).append(item)
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for key, place in zip(sorted(groups), cycle([*range(workers), *reversed(range(workers))])):
        hands[place] += groups[key]
    found = []
    for place, hand in enumerate(hands):
        # As the pieces are cut: what is left by what is left of the workers.
        size = (len(items) - len(found)) // (workers - place)
        rest = max(0, size - len(hand))
        found += hand + short[:rest]
        del short[:rest]
    return found + short


def compile_catalogues(folder: Path) -> None:
    """Compile each catalogue of wording that is newer than its compiled form."""
    for source in folder.rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as wording, compiled.open("wb") as target:
                write_mo(target, read_po(wording))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests recorded, added up over all parts and workers."""
    figures: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                figures.update(dict(report.user_properties))
    for name, figure in sorted(figures.items()):
        terminalreporter.write_line(f"{figure:>12,}  {name}")


@pytest.fixture(params=databases.ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each of the engines that a registry runs on."""
    return str(request.param)


@pytest.fixture
def database(engine: str) -> Generator[Database, None, None]:
    """An empty registry of the test's own."""
    with databases.fresh(engine) as opened:
        yield opened


@pytest.fixture
def session(database: Database) -> Generator[Session, None, None]:
    """The one transaction of a test that needs no second; it is never committed."""
    with database.writing() as opened:
        yield opened
        opened.rollback()
