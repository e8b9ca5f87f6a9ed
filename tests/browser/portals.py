"""A registry behind a real server, and people who visit it with a browser and a phone."""

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import serving
from tests.browser.codes import Codes
from tests.browser.conftest import WIDE
from tests.portal import Portal
from tests.world import PASSWORD


@contextmanager
def served(portal: Portal) -> Generator[str, None, None]:
    """Serve a registry and give its address: by name, as a passkey belongs to no bare address."""
    with serving.listening(portal.app) as port:
        yield f"http://localhost:{port}"


@contextmanager
def visiting(
    browser: Browser, address: str, language: str, *, width: int = WIDE, script: bool = True
) -> Generator[BrowserContext, None, None]:
    """Open a browser of its own, in a language."""
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900}, java_script_enabled=script
    )
    context.add_cookies([{"name": "language_jp", "value": language, "url": address}])
    try:
        yield context
    finally:
        context.close()


def give_password(page: Page, login_id: str) -> None:
    """Fill in the sign-in page that is open."""
    page.locator("#login_id").fill(login_id)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")


def sign_in(context: BrowserContext, login_id: str, codes: Codes) -> Page:
    """Sign in with password and code."""
    page = context.new_page()
    page.goto("/sign-in")
    give_password(page, login_id)
    sign(page, codes, login_id)
    expect(page.locator(".who")).to_be_visible()
    return page


def sign(page: Page, codes: Codes, login_id: str) -> None:
    """Give a code from the phone for what the page asks."""
    page.locator("#code").fill(codes.next(login_id))
    page.locator("#code").press("Enter")
