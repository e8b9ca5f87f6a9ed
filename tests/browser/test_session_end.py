"""The end of a session in a real browser: the warning before it, the way on, and the word after."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.codes import Codes
from tests.browser.portals import served, sign_in, visiting
from tests.browser.test_public import overflow, violations
from tests.portal import Portal, opened

MINUTE = 60 * 1000
#: Two seconds after the warning is due.
WARNED = 28 * MINUTE + 2_000


@pytest.fixture
def portal() -> Generator[Portal, None, None]:
    with opened("sqlite") as made:
        made.issued(1_000)
        yield made


@pytest.fixture
def address(portal: Portal) -> Generator[str, None, None]:
    with served(portal) as address:
        yield address


@pytest.fixture(params=["en", "ja"])
def form(
    request: pytest.FixtureRequest, browser: Browser, portal: Portal, address: str, width: int
) -> Generator[Page, None, None]:
    """A form in which something is typed, in a browser whose clock is moved by hand."""
    with visiting(browser, address, request.param, width=width) as context:
        page = sign_in(context, "aoba-proposer", Codes(portal))
        page.clock.install()
        page.goto("/portal/transfers/new")
        page.locator("#quantity").fill("12")
        yield page


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('[data-session]').dataset.session"))


def test_two_minutes_before_the_end_a_dialog_takes_the_focus_and_keeps_it(
    form: Page, axe_source: str
) -> None:
    dialog = form.locator("dialog#session")
    form.clock.fast_forward(28 * MINUTE - 5_000)
    expect(dialog).to_be_hidden()
    form.clock.fast_forward(7_000)
    expect(dialog).to_be_visible()
    assert focus(form) == "stay"
    form.keyboard.press("Tab")
    assert focus(form) == "out"
    inside = "document.activeElement.matches('body, dialog, dialog *')"
    for _ in range(6):
        form.keyboard.press("Tab")
        assert form.evaluate(inside), "the page behind cannot be reached"
    assert not overflow(form)
    assert not violations(form, axe_source)


def test_who_stays_goes_on_where_they_were(form: Page) -> None:
    dialog = form.locator("dialog#session")
    for key in ("Enter", "Escape"):
        form.clock.fast_forward(WARNED)
        expect(dialog).to_be_visible()
        form.keyboard.press(key)
        expect(dialog).to_be_hidden()
        assert form.evaluate("document.activeElement.id") == "quantity"
    expect(form.locator("#quantity")).to_have_value("12")


def test_after_the_end_the_page_says_so_until_it_is_left(form: Page, axe_source: str) -> None:
    form.clock.fast_forward(31 * MINUTE)
    dialog = form.locator("dialog#session")
    expect(dialog).to_be_visible()
    assert focus(form) == "again"
    expect(dialog.locator("[data-session=stay]")).to_be_hidden()
    assert not violations(form, axe_source)
    form.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(form.locator("[data-session-ended]")).to_be_visible()
    expect(form.locator("#quantity")).to_have_value("12")


def test_a_click_in_one_window_is_a_click_in_all(form: Page) -> None:
    other = form.context.new_page()
    other.clock.install()
    other.goto("/portal/")
    form.clock.fast_forward(WARNED)
    expect(form.locator("dialog#session")).to_be_visible()
    other.reload()
    expect(form.locator("dialog#session")).to_be_hidden()


def test_who_was_signed_out_elsewhere_is_told_at_the_click(form: Page, portal: Portal) -> None:
    form.clock.fast_forward(WARNED)
    expect(form.locator("dialog#session")).to_be_visible()
    form.context.clear_cookies(name="session_jp")
    form.keyboard.press("Enter")
    expect(form.locator("[data-session=again]")).to_be_visible()


def test_without_a_script_a_sentence_says_when(
    browser: Browser, portal: Portal, address: str
) -> None:
    codes = Codes(portal)
    with visiting(browser, address, "en", script=False) as context:
        page = sign_in(context, "aoba-proposer", codes)
        expect(page.locator(".who noscript p")).to_be_visible()
        assert "Without a click this session ends at" in page.locator(".who").inner_text()
        expect(page.locator("dialog#session")).to_be_hidden()
