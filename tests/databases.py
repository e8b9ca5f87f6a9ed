"""Fresh databases for tests: migrated once for each engine, then copied for whoever asks."""

import atexit
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import alembic.command
import alembic.config
from sqlalchemy import Engine

from app.config import ROOT
from app.store.databases import Database
from tests import postgres

ENGINES = ("sqlite", "postgresql")
MIGRATIONS = ROOT / "migrations"
#: The first engine of each kind, by what it runs on and whether it only reads.
_first: dict[tuple[str, bool], Engine] = {}


@contextmanager
def fresh(engine: str) -> Generator[Database, None, None]:
    """Open an empty registry on an engine; it is gone on leaving."""
    with fresh_url(engine) as url:
        database = connect(url)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def fresh_url(engine: str) -> Generator[str, None, None]:
    """Make an empty registry and give its address, for tests that start programs or an app."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="registry-", dir=postgres.quick_place()) as folder:
            path = Path(folder, "registry.sqlite")
            shutil.copyfile(_sqlite_template(), path)
            yield f"sqlite:///{path}"
    else:
        cluster = postgres.shared()
        name = cluster.createdb(template=_postgresql_template())
        try:
            yield cluster.url(name)
        finally:
            cluster.dropdb(name)


def connect(url: str) -> Database:
    """Open a registry; statements that were compiled for one before are not compiled again."""
    database = Database.connect(url)
    for engine in (database._writing, database._reading):
        kind = database.dialect, engine is database._reading
        if kind not in _first:
            # What the server says of itself is asked for with the first connection.
            engine.connect().close()
            _first[kind] = engine
        engine.dialect, engine._compiled_cache = _first[kind].dialect, _first[kind]._compiled_cache
    return database


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="registry-", dir=postgres.quick_place()))
    atexit.register(shutil.rmtree, folder)
    migrate(f"sqlite:///{folder / 'template.sqlite'}")
    return folder / "template.sqlite"


@cache
def _postgresql_template() -> str:
    cluster = postgres.shared()
    name = cluster.createdb()
    migrate(cluster.url(name))
    return name


def migrate(url: str) -> None:
    """Run the migrations that an operator runs with `flask db upgrade`."""
    settings = alembic.config.Config(MIGRATIONS / "alembic.ini")
    settings.set_main_option("script_location", str(MIGRATIONS))
    database = Database.connect(url)
    with database.engine.begin() as connection:
        settings.attributes["connection"] = connection
        alembic.command.upgrade(settings, "head")
    database.close()
