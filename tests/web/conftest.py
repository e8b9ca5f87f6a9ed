"""What web tests share: a registry with the starting data behind a client that checks pages."""

from collections.abc import Generator
from pathlib import Path

import pytest
from flask import Flask

from tests import apps, databases, starting
from tests import portal as portals
from tests.pages import CheckedClient
from tests.portal import Portal


@pytest.fixture(scope="session", params=databases.ENGINES)
def site(request: pytest.FixtureRequest) -> Generator[Flask, None, None]:
    """The app of a registry that holds the starting data; tests only read it."""
    with starting.url(request.param) as url:
        app = apps.made(url, CheckedClient)
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


#: Pages whose tests run on both engines; those of the others run on SQLite, as every question and
#: every verb that they use is tested on both below.
BOTH_ENGINES = frozenset(
    f"test_{word}.py"
    for word in (
        "approvals",
        "claims",
        "holdings",
        "notifications",
        "request_decisions",
        "sign_in",
        "transfers",
    )
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is tested below already."""
    here = Path(__file__).parent
    items[:] = [
        item
        for item in items
        if not (
            isinstance(item, pytest.Function)
            and item.path.is_relative_to(here)
            and "portal" in item.fixturenames
            and item.path.name not in BOTH_ENGINES
            and item.callspec.params.get("engine") == "postgresql"
        )
    ]
