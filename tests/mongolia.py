"""The registry of Mongolia with its starting data, and its app as the product configures it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.domain.actions import Party
from app.registry.load import load
from app.registry.load_runs import SignIn
from app.registry.published import DATA
from app.settings import NAME, read
from app.store.databases import Database
from tests import databases

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ulaanbaatar")
PARTY = Party("MNG", "MNG01")


def loaded(database: Database, *, now: datetime = NOW, demo: bool = True) -> list[SignIn]:
    """Load the starting data, once more if it is there."""
    return database.write(
        lambda session: load(session, "MN", now=now, demo=demo, party=PARTY, zone=ZONE)
    )


@contextmanager
def opened(engine: str, client: type[FlaskClient]) -> Generator[tuple[Flask, list[SignIn]]]:
    """Open the app of a registry with its starting data, and tell who signs in how."""
    said = read(DATA / "registries" / "mn" / NAME, {})
    with databases.fresh_url(engine) as url:
        app = create_app(
            Config(database_url=url, secret_key="for tests only", testing=True, **said)
        )
        app.test_client_class = client
        database = app.extensions["database"]
        try:
            yield app, loaded(database)
        finally:
            database.close()
