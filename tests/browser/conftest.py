"""A real browser in front of a real server with the starting data."""

import threading
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.config import Config
from app.registry.load import load
from tests import databases

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
WIDE, NARROW = 1280, 320


@pytest.fixture(scope="session")
def address() -> Generator[str, None, None]:
    """Serve a registry and give its address."""
    with databases.fresh_url("sqlite") as url:
        app = create_app(Config(database_url=url, secret_key="for tests only", testing=True))
        now = datetime(2026, 11, 1, tzinfo=UTC)
        app.extensions["database"].write(lambda session: load(session, "JP", now=now))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["database"].close()


@pytest.fixture(scope="session")
def browser() -> Generator[Browser, None, None]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(params=[WIDE, NARROW])
def width(request: pytest.FixtureRequest) -> int:
    """A desk's screen and a phone's."""
    return int(request.param)


@pytest.fixture
def context(browser: Browser, address: str, width: int) -> Generator[BrowserContext, None, None]:
    opened = browser.new_context(base_url=address, viewport={"width": width, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that keeps what the browser complains of in `complaints`."""
    return context.new_page()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The rules of axe-core, which the policy of our pages lets only the test bring in."""
    folder = Path(axe_playwright_python.__file__).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")
