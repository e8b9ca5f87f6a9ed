"""How pages look in the dark and on paper, and the pages on the registry."""

from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.config import ROOT
from app.domain.accounts import Kind
from tests.browser.conftest import NARROW
from tests.browser.portals import served, visiting
from tests.browser.test_public import overflow, violations
from tests.mailing import until
from tests.portal import opened, proposal

PORTAL = ("", "holdings", "transfers/new", "transactions", "profile/factors/new")
#: What is left of A4 between the margins, at 96 dots an inch.
PAPER = 688


def test_in_the_dark_every_word_of_the_portal_stands_out(browser: Browser, axe_source: str) -> None:
    with opened("sqlite") as portal:
        portal.issued(100)
        person = portal.sign_in("aoba-proposer")
        person.send("/portal/transfers", **proposal(portal, quantity="3"))
        cookie = person.get_cookie("session_jp")
        assert cookie is not None
        with served(portal) as address:
            context = browser.new_context(base_url=address, color_scheme="dark")
            context.add_cookies([{"name": "session_jp", "value": cookie.value, "url": address}])
            page = context.new_page()
            for path in PORTAL:
                page.goto(f"/portal/{path}")
                expect(page.locator(".who")).to_be_visible()
                assert violations(page, axe_source) == [], path
            context.close()


def test_on_paper_menus_are_gone_tables_whole_and_the_address_is_there(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(base_url=address, viewport={"width": PAPER, "height": 900})
    page = context.new_page()
    page.emulate_media(media="print", color_scheme="dark")
    for path in ("about", "legal-basis", "credits", "disclosure", "projects"):
        page.goto(f"/ja/{path}")
        for control in (
            ".nav",
            ".footer nav",
            ".languages",
            ".strip--cookies",
            ".filters",
            ".button",
        ):
            assert page.locator(control).evaluate_all(
                "all => all.every(one => !one.checkVisibility())"
            ), (path, control)
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert overflow(page) <= 0, path
        assert f"{address}/ja/{path}" in page.locator(".on-paper").inner_text()
        for table in page.locator("main table").all():
            assert table.evaluate("one => getComputedStyle(one).display") == "table"
            assert (
                table.locator("thead").evaluate("one => getComputedStyle(one).display")
                == "table-header-group"
            )
    page.goto("/en/legal-basis")
    told = page.locator("td a").first.evaluate("one => getComputedStyle(one, '::after').content")
    assert "http" in told
    context.close()


def test_every_kind_of_account_has_a_colour_in_the_light_and_in_the_dark() -> None:
    sheet = Path(ROOT, "app/static/app.css").read_text(encoding="utf-8")
    for place in range(1, len(Kind) + 1):
        assert f".tone-{place} {{ fill: var(--tone-{place}); }}" in sheet
        assert sheet.count(f"--tone-{place}: #") == 2, place


@pytest.fixture
def phone(browser: Browser, address: str) -> Generator[Page, None, None]:
    """A page on a narrow screen."""
    context = browser.new_context(base_url=address, viewport={"width": NARROW, "height": 900})
    yield context.new_page()
    context.close()


def test_a_day_is_never_broken_and_on_paper_what_belongs_together_stays_so(phone: Page) -> None:
    phone.goto("/ja/partner-countries/MN")
    broken = """all => all.filter(one => one.getClientRects().length > 1
        || one.getBoundingClientRect().height > 40).map(one => one.innerText)"""
    days = phone.locator("main time")
    assert days.count() > 50
    assert days.evaluate_all(broken) == []
    phone.emulate_media(media="print")
    for part in (".figures", ".footer", ".table--issuances tbody"):
        style = phone.locator(part).first.evaluate("one => getComputedStyle(one).breakInside")
        assert style == "avoid", part
    phone.goto("/ja/credits")
    kinds = phone.locator(".table--credits td:nth-child(6)").first
    assert kinds.evaluate("one => getComputedStyle(one).wordBreak") == "auto-phrase"
    phone.goto("/ja/procedures")
    assert phone.locator("th.unprinted, td.unprinted").evaluate_all(
        "all => all.length > 5 && all.every(one => !one.checkVisibility())"
    )


def test_on_a_phone_no_name_and_no_head_office_is_broken_within_a_word(phone: Page) -> None:
    phone.goto("/en/disclosure")
    broken = """table => {
        const walker = document.createTreeWalker(table, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
            for (const word of walker.currentNode.data.matchAll(/[A-Za-z]+/g)) {
                const range = document.createRange();
                range.setStart(walker.currentNode, word.index);
                range.setEnd(walker.currentNode, word.index + word[0].length);
                if (range.getClientRects().length > 1) found.push(word[0]);
            }
        }
        return found;
    }"""
    entities = phone.locator(".entities")
    assert "Corporation" in entities.inner_text()
    assert entities.evaluate(broken) == []


def test_on_a_phone_the_picture_scrolls_in_its_own_frame_by_keyboard_too(phone: Page) -> None:
    phone.goto("/ja/about")
    frame = phone.locator(".picture .region")
    assert frame.evaluate("one => one.scrollWidth > one.clientWidth")
    frame.focus()
    phone.keyboard.press("ArrowRight")
    until(lambda: frame.evaluate("one => one.scrollLeft > 0"), seconds=10)


def test_o62_the_notice_is_hidden_without_javascript(browser: Browser, address: str) -> None:
    with visiting(browser, address, "en", script=False) as context:
        page = context.new_page()
        page.goto("/en/credits?q=MN003")
        page.get_by_role("button", name="Hide this notice").click()
        expect(page).to_have_url(f"{address}/en/credits?q=MN003")
        expect(page.locator(".strip--cookies")).to_have_count(0)
        page.goto("/ja/")
        expect(page.locator(".strip--cookies")).to_have_count(0)
