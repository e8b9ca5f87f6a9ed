"""A registry with the starting data: loaded once for all workers of a run, then copied."""

import fcntl
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from app.registry.load import load
from app.store.databases import Database
from tests import databases, postgres

#: When it was loaded.
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@contextmanager
def url(engine: str) -> Generator[str, None, None]:
    """Make a copy of its own and give its address; it is gone on leaving."""
    cluster = postgres.shared()
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="registry-", dir=postgres.quick_place()) as folder:
            shutil.copyfile(_sqlite(cluster.folder), Path(folder, "registry.sqlite"))
            yield f"sqlite:///{folder}/registry.sqlite"
    else:
        name = cluster.createdb(template=_postgresql(cluster))
        try:
            yield cluster.url(name)
        finally:
            cluster.dropdb(name)


def _sqlite(folder: Path) -> Path:
    kept = folder / "starting.sqlite"
    with _alone(folder):
        if not kept.exists():
            with databases.fresh_url("sqlite") as address:
                _load(address)
                shutil.copyfile(address.removeprefix("sqlite:///"), kept)
    return kept


def _postgresql(cluster: postgres.Cluster) -> str:
    with _alone(cluster.folder):
        if not cluster.execute("SELECT 1 FROM pg_database WHERE datname = 'starting'"):
            with databases.fresh_url("postgresql") as address:
                _load(address)
                made = make_url(address).database
                cluster.execute(f"CREATE DATABASE starting TEMPLATE {made}")
    return "starting"


@contextmanager
def _alone(folder: Path) -> Generator[None, None, None]:
    """Keep the other workers waiting."""
    with (folder / "starting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _load(address: str) -> None:
    database = Database.connect(address)
    database.write(lambda session: load(session, "JP", now=NOW))
    database.close()
