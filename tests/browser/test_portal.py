"""The portal in a real browser: from proposal to receipt, by keyboard and without JavaScript."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.codes import Codes
from tests.browser.conftest import NARROW, WIDE
from tests.browser.portals import give_password, served, sign, sign_in, visiting
from tests.browser.test_public import overflow, violations
from tests.portal import Portal, opened
from tests.world import World

SYSTEM = "system-administrator"
HOLDERS_PAGES = (
    "",
    "accounts",
    "accounts/{account}",
    "holdings",
    "holdings?on=2026-11-01&project=x",
    "transactions",
    "transactions?since=x&kind=transfer",
    "transactions/JP0000000002",
    "voluntary-cancellations/new",
    "nothing",
    "notifications",
    "notifications/1",
    "people",
    "requests",
    "requests/add-representative/new?account={account}",
    "tasks",
    "access-log",
    "log",
    "profile/",
    "profile/password",
    "profile/codes",
    "profile/details/new",
    "profile/factors/new",
    "profile/deactivation",
)
ADMINISTRATORS_PAGES = (
    "",
    "accounts",
    "accounts?number=x",
    "holdings",
    "transactions",
    "issuances/new",
    "issuances/new?decision=MN003-1",
    "mandatory-cancellations/new",
    "people",
    "people/{person}",
    "requests",
    "requests/issue-login-id/new",
    "requests/initialise-password/new?person={person}",
    "tasks",
    "access-log",
    "access-log?since=x",
    "log",
    "announcements",
    "announcements/new",
)

both_languages = pytest.mark.parametrize("language", ["en", "ja"])


@pytest.fixture(scope="module")
def portal() -> Generator[Portal, None, None]:
    """A registry with the cast in it, whose Aoba holds credits."""
    with opened("sqlite") as made:
        made.issued(10_000)
        yield made


@pytest.fixture(scope="module")
def codes(portal: Portal) -> Codes:
    return Codes(portal)


@pytest.fixture(scope="module")
def world(portal: Portal) -> World:
    return portal.world


@pytest.fixture(scope="module")
def address(portal: Portal) -> Generator[str, None, None]:
    """Serve the registry and give its address."""
    with served(portal) as address:
        yield address


@both_languages
@pytest.mark.parametrize("script", ["on", "off"])
def test_a_transfer_goes_from_proposal_to_receipt(
    browser: Browser, address: str, codes: Codes, world: World, language: str, script: str
) -> None:
    with visiting(browser, address, language, script=script == "on") as context:
        page = sign_in(context, "aoba-proposer", codes)
        page.locator('main a[href$="/transfers/new"]').click()
        page.locator("#target").fill(world.kaede)
        page.locator("#quantity").fill("１０")
        page.locator("#quantity").press("Enter")
        expect(page.locator("main")).to_contain_text("JP-MN-MN003-2019-")
        page.locator("[formaction]").click()
        expect(page.locator("#quantity")).to_have_value("１０")
        page.locator("#quantity").press("Enter")
        sign(page, codes, "aoba-proposer")
        made = page.locator(".panel strong").inner_text()
        assert re.fullmatch(r"JP\d{10}", made)
    with visiting(browser, address, language, script=script == "on") as context:
        page = sign_in(context, "aoba-approver", codes)
        page.get_by_role("link", name=made).first.click()
        page.locator('main a[href$="/approval"]').click()
        sign(page, codes, "aoba-approver")
        expect(page.locator(".panel")).to_contain_text(made)
    with visiting(browser, address, language, script=script == "on") as context:
        page = sign_in(context, "kaede-proposer", codes)
        expect(page.get_by_role("link", name=made)).to_be_visible()
        page.locator(".header form button").click()
        expect(page.locator("h1")).to_be_visible()
        page.goto("/portal/")
        expect(page.locator("#login_id")).to_be_visible()


@pytest.mark.parametrize(("language", "width"), [("en", WIDE), ("ja", NARROW)])
def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser,
    address: str,
    codes: Codes,
    world: World,
    axe_source: str,
    language: str,
    width: int,
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
        give_password(page, "aoba-proposer")
        look(page, axe_source)
        page.locator("#code").press("Enter")
        expect(page.locator(".errors")).to_be_focused()
        look(page, axe_source)
        sign(page, codes, "aoba-proposer")
        expect(page.locator(".who")).to_be_visible()
        for path in HOLDERS_PAGES:
            page.goto(f"/portal/{path.format(account=world.aoba)}")
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
        sign(page, codes, "aoba-proposer")
        look(page, axe_source)
        page.get_by_role("link", name=re.compile("^Withdraw$|^取り下げる$")).click()
        look(page, axe_source)
    assert [said for said in complaints if "Failed to load resource" not in said] == []


@pytest.mark.parametrize(
    ("language", "login_id", "width"), [("en", "operator", NARROW), ("ja", SYSTEM, WIDE)]
)
def test_an_administrators_pages_are_accessible(
    browser: Browser,
    address: str,
    codes: Codes,
    world: World,
    axe_source: str,
    language: str,
    login_id: str,
    width: int,
) -> None:
    with visiting(browser, address, language, width=width) as context:
        page = sign_in(context, login_id, codes)
        for path in ADMINISTRATORS_PAGES:
            page.goto(f"/portal/{path.format(account=world.aoba, person=world.aoba_proposer)}")
            look(page, axe_source)


@both_languages
def test_the_pages_before_signing_in_are_accessible(
    browser: Browser, address: str, axe_source: str, language: str
) -> None:
    with visiting(browser, address, language, width=NARROW) as context:
        page = context.new_page()
        for path in ("/sign-in/forgotten", "/sign-in/letter", "/links/nothing"):
            page.goto(path)
            look(page, axe_source)


def test_a_filter_replaces_the_list_and_the_language_link_keeps_it(
    browser: Browser, address: str, codes: Codes
) -> None:
    with visiting(browser, address, "en") as context:
        page = sign_in(context, "aoba-proposer", codes)
        page.goto("/portal/transactions")
        page.locator("#kind").select_option("retirement")
        expect(page.locator("#results_title")).to_have_text("0 transactions")
        expect(page).to_have_url(re.compile("kind=retirement"))
        page.get_by_role("link", name="日本語").click()
        expect(page).to_have_url(re.compile("/portal/transactions.*kind=retirement"))
        expect(page.locator("html")).to_have_attribute("lang", "ja")
        expect(page.locator("#kind")).to_have_value("retirement")


def test_the_account_chosen_shows_what_it_holds(
    browser: Browser, address: str, codes: Codes
) -> None:
    with visiting(browser, address, "en") as context:
        page = sign_in(context, "operator", codes)
        page.goto("/portal/mandatory-cancellations/new")
        page.locator("#source").fill("JP-121-000001-0-47")
        page.locator("#source").press("Tab")
        expect(page.locator("#held")).to_contain_text("Available")


def test_the_keyboard_alone_proposes(
    browser: Browser, address: str, codes: Codes, world: World
) -> None:
    with visiting(browser, address, "en") as context:
        page = sign_in(context, "aoba-proposer", codes)
        page.goto("/portal/transfers/new")
        page.locator("#source").focus()
        page.keyboard.press("Tab")
        page.keyboard.type(world.kaede)
        page.keyboard.press("Tab")
        page.keyboard.type("7")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Check the transfer")
        code = page.locator("#code")
        for _ in range(40):
            page.keyboard.press("Tab")
            if code.evaluate("one => one === document.activeElement"):
                break
        page.keyboard.type(codes.next("aoba-proposer"))
        page.keyboard.press("Enter")
        title = page.locator(".panel h1")
        expect(title).to_be_focused()
        # The focus may not paint the white words of the panel over with white.
        expect(title).to_have_css("color", "rgb(255, 255, 255)")
        expect(title).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def look(page: Page, axe_source: str) -> None:
    """Look for what axe finds, and for a sideways scroll on a desk's screen and on a phone's."""
    assert violations(page, axe_source) == [], page.url
    size = page.viewport_size
    assert size is not None
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": size["height"]})
        assert overflow(page) <= 0, f"{page.url} at {width}"
    page.set_viewport_size(size)
