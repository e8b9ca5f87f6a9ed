"""A real browser in front of a real server with the starting data."""

from collections.abc import Generator
from pathlib import Path

import axe_playwright_python
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import apps, serving, starting

CHROMIUM = "/usr/bin/chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
WIDE, NARROW = 1280, 320
#: The narrowest screen on which tables have their columns side by side.
BETWEEN = 834


@pytest.fixture(scope="session")
def address() -> Generator[str, None, None]:
    """Serve a registry and give its address."""
    with starting.url("sqlite") as url:
        app = apps.made(url, FlaskClient)
        with serving.listening(app) as port:
            yield f"http://127.0.0.1:{port}"
        app.extensions["database"].close()


@pytest.fixture(scope="session")
def browser() -> Generator[Browser, None, None]:
    """Debian's Chromium, without the parts that draw windows nobody sees."""
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
