"""What every test may ask for: a database of its own on either engine."""

import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

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


def pytest_configure(config: pytest.Config) -> None:
    """Prepare what the workers of a parallel run share: the catalogues and one PostgreSQL."""
    if hasattr(config, "workerinput"):
        return
    compile_catalogues(config.rootpath / "translations")
    if config.getoption("numprocesses", None):
        os.environ[postgres.FOLDER] = str(postgres.shared().folder)


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
