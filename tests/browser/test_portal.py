"""The portal in a real browser: from proposal to receipt, by keyboard and without JavaScript."""

import re
import threading
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_public import overflow, violations
from tests.portal import Portal, opened
from tests.world import PASSWORD, World

both_languages = pytest.mark.parametrize("language", ["en", "ja"])


@pytest.fixture(scope="module")
def portal() -> Generator[Portal, None, None]:
    """A registry with the cast in it, whose Aoba holds credits."""
    with opened("sqlite") as made:
        made.issued(10_000)
        yield made


@pytest.fixture(scope="module")
def world(portal: Portal) -> World:
    return portal.world


@pytest.fixture(scope="module")
def address(portal: Portal) -> Generator[str, None, None]:
    """Serve the registry and give its address."""
    server = make_server("127.0.0.1", 0, portal.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def visiting(
    browser: Browser, address: str, language: str, *, width: int = WIDE, script: bool = True
) -> Generator[BrowserContext, None, None]:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900}, java_script_enabled=script
    )
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    try:
        yield context
    finally:
        context.close()


def sign_in(context: BrowserContext, login_id: str) -> Page:
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("#login_id").fill(login_id)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.locator(".who")).to_be_visible()
    return page


@both_languages
@pytest.mark.parametrize("script", ["on", "off"])
def test_a_transfer_goes_from_proposal_to_receipt(
    browser: Browser, address: str, world: World, language: str, script: str
) -> None:
    with visiting(browser, address, language, script=script == "on") as context:
        page = sign_in(context, "aoba-proposer")
        page.locator("main .button").first.click()
        page.locator("#target").fill(world.kaede)
        page.locator("#quantity").fill("１０")
        page.locator("#quantity").press("Enter")
        expect(page.locator("main")).to_contain_text("JP-MN-MN003-2019-")
        page.locator("main form .button--secondary").click()
        expect(page.locator("#quantity")).to_have_value("１０")
        page.locator("#quantity").press("Enter")
        page.locator("main form .button").first.click()
        made = page.locator(".panel strong").inner_text()
        assert re.fullmatch(r"JP\d{10}", made)
    with visiting(browser, address, language, script=script == "on") as context:
        page = sign_in(context, "aoba-approver")
        page.get_by_role("link", name=made).first.click()
        page.locator("main .button").first.click()
        page.locator("main form .button").first.click()
        expect(page.locator(".panel")).to_contain_text(made)
    with visiting(browser, address, language, script=script == "on") as context:
        page = sign_in(context, "kaede-proposer")
        expect(page.get_by_role("link", name=made)).to_be_visible()
        page.locator(".header form button").click()
        expect(page.locator("h1")).to_be_visible()
        page.goto("/portal/")
        expect(page.locator("#login_id")).to_be_visible()


@both_languages
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser, address: str, world: World, axe_source: str, language: str, width: int
) -> None:
    complaints: list[str] = []
    with visiting(browser, address, language, width=width) as context:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/sign-in?next=/portal/")
        look(page, axe_source)
        page.locator("#password").fill("wrong")
        page.locator("#password").press("Enter")
        expect(page.locator(".errors")).to_be_focused()
        look(page, axe_source)
        page.locator("#login_id").fill("aoba-proposer")
        page.locator("#password").fill(PASSWORD)
        page.locator("#password").press("Enter")
        for path in (
            "",
            "accounts",
            f"accounts/{world.aoba}",
            "holdings",
            "holdings?on=2026-11-01&project=x",
            "transactions",
            "transactions?since=x&kind=transfer",
            "transactions/JP0000000002",
            "voluntary-cancellations/new",
            "nothing",
        ):
            page.goto(f"/portal/{path}")
            look(page, axe_source)
        page.goto("/portal/transfers/new")
        look(page, axe_source)
        page.locator("#target").fill("x")
        page.locator("#target").press("Enter")
        expect(page.locator(".errors")).to_be_focused()
        look(page, axe_source)
        page.locator(".errors a").first.click()
        expect(page.locator("#target")).to_be_focused()
        page.locator("#target").fill(world.kaede)
        page.locator("#quantity").fill("5")
        page.locator("#quantity").press("Enter")
        expect(page.locator("main dl")).to_be_visible()
        look(page, axe_source)
        page.locator("main form .button").first.click()
        look(page, axe_source)
        page.get_by_role("link", name=re.compile("^Withdraw$|^取り下げる$")).click()
        look(page, axe_source)
    assert [said for said in complaints if "Failed to load resource" not in said] == []


def test_an_administrators_pages_are_accessible(
    browser: Browser, address: str, axe_source: str
) -> None:
    with visiting(browser, address, "ja", width=NARROW) as context:
        page = sign_in(context, "operator")
        for path in (
            "",
            "accounts",
            "accounts?number=x",
            "holdings",
            "transactions",
            "issuances/new",
            "issuances/new?decision=MN003-1",
            "mandatory-cancellations/new",
        ):
            page.goto(f"/portal/{path}")
            look(page, axe_source)


def test_a_filter_replaces_the_list_and_the_language_link_keeps_it(
    browser: Browser, address: str
) -> None:
    with visiting(browser, address, "en") as context:
        page = sign_in(context, "aoba-proposer")
        page.goto("/portal/transactions")
        page.locator("#kind").select_option("retirement")
        expect(page.locator("#results_title")).to_have_text("0 transactions")
        expect(page).to_have_url(re.compile("kind=retirement"))
        page.get_by_role("link", name="日本語").click()
        expect(page).to_have_url(re.compile("/portal/transactions.*kind=retirement"))
        expect(page.locator("html")).to_have_attribute("lang", "ja")
        expect(page.locator("#kind")).to_have_value("retirement")


def test_the_account_chosen_shows_what_it_holds(browser: Browser, address: str) -> None:
    with visiting(browser, address, "en") as context:
        page = sign_in(context, "operator")
        page.goto("/portal/mandatory-cancellations/new")
        page.locator("#source").fill("JP-121-000001-0-47")
        page.locator("#source").press("Tab")
        expect(page.locator("#held")).to_contain_text("Available")


def test_the_keyboard_alone_proposes(browser: Browser, address: str, world: World) -> None:
    with visiting(browser, address, "en") as context:
        page = sign_in(context, "aoba-proposer")
        page.goto("/portal/transfers/new")
        page.locator("#source").focus()
        page.keyboard.press("Tab")
        page.keyboard.type(world.kaede)
        page.keyboard.press("Tab")
        page.keyboard.type("7")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Check the transfer")
        button = page.get_by_role("button", name="Send for approval")
        for _ in range(40):
            page.keyboard.press("Tab")
            if button.evaluate("one => one === document.activeElement"):
                break
        page.keyboard.press("Enter")
        title = page.locator(".panel h1")
        expect(title).to_be_focused()
        # The focus may not paint the white words of the panel over with white.
        expect(title).to_have_css("color", "rgb(255, 255, 255)")
        expect(title).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def look(page: Page, axe_source: str) -> None:
    assert violations(page, axe_source) == [], page.url
    assert overflow(page) <= 0, page.url
