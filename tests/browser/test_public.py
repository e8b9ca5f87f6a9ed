"""The public pages in a real browser: accessible, narrow, by keyboard, and without JavaScript."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import BETWEEN, NARROW, WIDE

PAGES = {
    "home": "/",
    "about": "/about",
    "legal basis": "/legal-basis",
    "legal basis as of a day": "/legal-basis?date=2025-06-01",
    "contact": "/contact",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "site map": "/site-map",
    "news": "/news",
    "one piece of news": "/news/1",
    "search": "/credits",
    "filtered": "/credits?q=solar&partner=MN&state=held",
    "nothing found": "/credits?q=zzzz",
    "wrong entry": "/credits?q=9-3",
    "block": "/credits/JP-MN-MN006-2020-79580-79829",
    "divided block": "/credits/JP-MN-MN006-2020-79580-103828",
    "lives": "/serials",
    "life": "/serials?q=70000-103828",
    "no such number": "/serials?q=JP-MN-MN003-2020-79580-79829",
    "projects": "/projects",
    "project": "/projects/MN003",
    "project with notes": "/projects/ID002",
    "methodologies": "/methodologies",
    "methodology": "/methodologies/MN_AM003",
    "third-party entities": "/third-party-entities",
    "partner countries": "/partner-countries",
    "partner country": "/partner-countries/MN",
    "disclosure": "/disclosure",
    "past disclosure": "/disclosure?date=2023-12-31",
    "wrong day": "/disclosure?date=2023-02-30",
    "procedures": "/procedures",
    "certificates": "/certificates",
    "open data": "/open-data",
    "article 6.2": "/article6",
    "actions with ITMOs": "/article6/actions",
    "annual information": "/article6/aef",
    "authorizations": "/article6/authorizations",
    "authorization": "/article6/authorizations/JPN%202025-1",
    "adjustments": "/article6/adjustments",
    "adjustments computed": "/article6/adjustments?from=2021&emissions=1000&emissions=990"
    "&transferred=0&transferred=10&target=930",
    "adjustments wrong": "/article6/adjustments?from=2021&emissions=x",
    "error": "/nothing",
}
#: A page of every kind of control.
BY_KEYBOARD = (
    *("home", "about", "legal basis", "filtered", "wrong entry", "divided block", "life"),
    *("project", "methodologies", "partner country", "disclosure", "wrong day", "procedures"),
    "open data",
    "adjustments wrong",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a person with low vision may set (WCAG 1.4.12).
SPACED = """(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* {
        line-height: 1.5 !important;
        letter-spacing: .12em !important;
        word-spacing: .16em !important;
    }`);
    return sheet;
})()"""
# How far anything moved that was there already.
SHIFTED = """() => new Promise(done => {
    let shifted = 0;
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) shifted += one.value;
    }).observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done(shifted), 100);
})"""
# What the page says of itself to those who only read its head.
HEAD = """() => ({
    description: document.querySelector('meta[name="description"]')?.content ?? '',
    canonical: document.querySelector('link[rel="canonical"]')?.href ?? '',
    alternates: [...document.querySelectorAll('link[rel="alternate"][hreflang]')]
        .map(one => one.hreflang),
})"""

every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
both_languages = pytest.mark.parametrize("language", ["en", "ja"])
wide = pytest.mark.parametrize("width", [WIDE], indirect=True)


def violations(
    page: Page, axe_source: str, rules: Sequence[str] = RULES, but: Sequence[str] = ()
) -> list[str]:
    """Return what axe finds by these rules, but for those left out."""
    # After a click the next page has begun, and may have nothing of its document yet.
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source)
    asked = {
        "runOnly": list(rules),
        "resultTypes": ["violations"],
        # Style sheets of other hosts would be fetched for it; there are none.
        "preload": False,
        "rules": {name: {"enabled": False} for name in but},
    }
    found: dict[str, Any] = page.evaluate("asked => axe.run(asked)", asked)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    found: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found


@every_page
def test_a_page_is_accessible_and_fits_the_screen(
    browser: Browser, address: str, axe_source: str, path: str
) -> None:
    # Without motion, as colours on their way from one scheme to the other are neither.
    context = browser.new_context(
        base_url=address, viewport={"width": WIDE, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"/en{path}")
    assert overflow(page) <= 0
    assert page.evaluate(SHIFTED) < 0.01
    assert violations(page, axe_source) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, axe_source, ["color-contrast"]) == []
    assert_fits_smaller_screens(page)
    # What axe looks at is the same in both languages, colours above all.
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto(f"/ja{path}")
    assert overflow(page) <= 0
    assert_fits_smaller_screens(page)
    assert violations(page, axe_source, but=["color-contrast"]) == []
    # Chromium says of an error page that it is one; nothing else may be said.
    assert [said for said in complaints if "Failed to load resource" not in said] == []
    context.close()


def assert_fits_smaller_screens(page: Page) -> None:
    """Assert that nothing runs out of a tablet, or a phone with the spacing that a reader sets."""
    page.set_viewport_size({"width": BETWEEN, "height": 900})
    assert overflow(page) <= 0
    page.set_viewport_size({"width": NARROW, "height": 900})
    assert overflow(page) <= 0
    page.evaluate(f"document.adoptedStyleSheets = [{SPACED}]")
    assert overflow(page) <= 0


@wide
@every_page
def test_a_page_prints_without_its_controls_and_says_what_it_is(page: Page, path: str) -> None:
    page.goto(f"/en{path}")
    if path != PAGES["error"]:
        told = page.evaluate(HEAD)
        assert 20 <= len(told["description"]) <= 200, told
        assert set(told["alternates"]) == {"en", "ja", "x-default"}
        assert told["canonical"].startswith(page.url.split("/en")[0])
    page.emulate_media(media="print")
    for control in (".nav", ".languages", ".filters", ".skip"):
        for found in page.locator(control).all():
            assert not found.is_visible()
    assert page.locator("h1").is_visible()
    assert overflow(page) <= 0


@wide
@pytest.mark.parametrize("path", [PAGES[name] for name in BY_KEYBOARD], ids=BY_KEYBOARD)
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(page: Page, path: str) -> None:
    page.goto(f"/en{path}")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, summary')]
            .filter(one => one.type !== 'hidden' && one.checkVisibility()).length"""
    )
    # Where something is wrong the page begins at the summary of it: back to the top.
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    page.evaluate("document.body.removeAttribute('tabindex')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = 0
    while reached < wanted:
        state = page.evaluate(
            """() => {
                const one = document.activeElement;
                const style = getComputedStyle(one);
                const box = one.getBoundingClientRect();
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const top = document.elementFromPoint(x, y);
                return {
                    name: one.outerHTML.slice(0, 120),
                    outline: parseFloat(style.outlineWidth) * (style.outlineStyle !== 'none'),
                    covered: !!top && !one.contains(top) && !top.contains(one),
                };
            }"""
        )
        if state["name"].startswith("<body"):
            break
        assert state["outline"] >= 3, state
        assert not state["covered"], state
        reached += 1
        page.keyboard.press("Tab")
    assert reached >= wanted


@wide
def test_the_skip_link_leads_to_the_content(page: Page) -> None:
    page.goto("/en/credits")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@wide
def test_search_as_you_type_replaces_the_results_and_keeps_the_address(
    context: BrowserContext, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto("/en/credits")
    page.get_by_label("Search", exact=True).press_sequentially("MN003", delay=20)
    expect(page.get_by_role("heading", level=2).first).to_have_text("6 blocks")
    expect(page).to_have_url(re.compile(r"q=MN003"))
    expect(page.locator("#status")).to_have_text("6 blocks")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.get_by_role("link", name="日本語").get_attribute("href") is not None
    page.get_by_role("link", name="日本語").click()
    expect(page).to_have_url(re.compile(r"/ja/credits\?.*q=MN003"))
    page.reload()
    expect(page.get_by_role("heading", level=2).first).to_have_text("6件のブロック")
    assert len([url for url in asked if "/en/credits?" in url]) <= 2


@wide
def test_a_filter_searches_at_once(page: Page) -> None:
    page.goto("/en/credits")
    page.get_by_label("State").select_option("cancelled")
    expect(page.locator("#results")).to_contain_text("Voluntary cancellation account")
    expect(page.get_by_role("heading", level=2).first).to_have_text("1 block")


@wide
def test_halves_of_a_composed_word_are_not_searched(context: BrowserContext, page: Page) -> None:
    asked: list[str] = []
    page.goto("/ja/projects")
    page.on("request", lambda sent: asked.append(sent.url))
    page.locator("#q").focus()
    keyboard = context.new_cdp_session(page)
    for half in ("ｔ", "た", "たい", "タイ"):
        keyboard.send(
            "Input.imeSetComposition",
            {"text": half, "selectionStart": len(half), "selectionEnd": len(half)},
        )
        page.wait_for_timeout(400)
    keyboard.send("Input.insertText", {"text": "タイ"})
    expect(page.get_by_role("heading", level=2).first).to_have_text("34件のプロジェクト")
    assert len([url for url in asked if "/ja/projects?" in url]) == 1


@wide
def test_paging_moves_the_focus_to_the_list_and_back_works(page: Page) -> None:
    page.goto("/en/projects")
    first = page.locator("tbody th").first.inner_text()
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("#results_title")).to_be_focused()
    expect(page).to_have_url(re.compile("after="))
    assert page.locator("tbody th").first.inner_text() != first
    page.go_back()
    expect(page.locator("tbody th").first).to_have_text(first)
    expect(page.locator("h1")).to_have_text("Projects")


@wide
def test_a_lost_connection_is_told(context: BrowserContext, page: Page) -> None:
    page.goto("/en/credits")
    context.set_offline(True)
    page.get_by_label("State").select_option("cancelled")
    expect(page.locator("#alert")).to_contain_text("could not be reached")
    context.set_offline(False)


@both_languages
def test_everything_works_without_javascript(browser: Browser, address: str, language: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/{language}/")
    page.locator("#q").fill("MN003")
    page.locator("main button").click()
    expect(page.locator("tbody tr")).to_have_count(6)
    assert "q=MN003" in page.url
    page.locator("#state").select_option("held")
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile("q=MN003.*state=held"))
    page.locator(".chips a").first.click()
    expect(page).not_to_have_url(re.compile("q=MN003"))
    page.goto(f"/{language}/projects")
    page.locator(".pagination a").click()
    expect(page).to_have_url(re.compile("after="))
    page.locator("tbody th a").first.click()
    expect(page).to_have_url(re.compile(f"/{language}/projects/"))
    page.locator(".languages a").click()
    expect(page).to_have_url(re.compile(f"/{'ja' if language == 'en' else 'en'}/projects/"))
    context.close()


@wide
def test_no_file_comes_from_elsewhere(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto("/en/")
    assert asked
    assert all(url.startswith((address, "data:")) for url in asked)
