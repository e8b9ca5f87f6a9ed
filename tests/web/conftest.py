"""What web tests share: a registry with the starting data behind a client that checks pages."""

from collections.abc import Generator
from datetime import UTC, datetime

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.registry.load import load
from tests import databases
from tests import portal as portals
from tests.pages import CheckedClient
from tests.portal import Portal


@pytest.fixture(scope="session", params=databases.ENGINES)
def site(request: pytest.FixtureRequest) -> Generator[Flask, None, None]:
    """The app of a registry that holds the starting data; tests only read it."""
    with databases.fresh_url(request.param) as url:
        app = create_app(Config(database_url=url, secret_key="for tests only", testing=True))
        app.test_client_class = CheckedClient
        now = datetime(2026, 11, 1, tzinfo=UTC)
        app.extensions["database"].write(lambda session: load(session, "JP", now=now))
        yield app
        app.extensions["database"].close()


@pytest.fixture
def client(site: Flask) -> CheckedClient:
    """A reader who is not signed in."""
    made = site.test_client()
    assert isinstance(made, CheckedClient)
    return made


@pytest.fixture
def portal(engine: str) -> Generator[Portal, None, None]:
    """A registry of the test's own with the cast in it, whose people can sign in."""
    with portals.opened(engine) as made:
        yield made
