"""The public pages in a real browser: accessible, narrow, by keyboard, and without JavaScript."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import NARROW, WIDE

PAGES = {
    "home": "/",
    "search": "/credits",
    "filtered": "/credits?q=solar&partner=MN&state=held",
    "nothing found": "/credits?q=zzzz",
    "wrong entry": "/credits?q=9-3",
    "block": "/blocks/JP-MN-MN006-2020-79580-79829",
    "divided block": "/blocks/JP-MN-MN006-2020-79580-103828",
    "projects": "/projects",
    "project": "/projects/MN003",
    "project with notes": "/projects/ID002",
    "error": "/nothing",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a person with low vision may set (WCAG 1.4.12).
SPACING = """* {
    line-height: 1.5 !important;
    letter-spacing: .12em !important;
    word-spacing: .16em !important;
}"""

every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
both_languages = pytest.mark.parametrize("language", ["en", "ja"])
wide = pytest.mark.parametrize("width", [WIDE], indirect=True)


def violations(page: Page, axe_source: str) -> list[str]:
    page.evaluate(axe_source)
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES
    )
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
@both_languages
def test_a_page_is_accessible_and_fits_the_screen(
    page: Page, axe_source: str, language: str, path: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"/{language}{path}")
    assert violations(page, axe_source) == []
    assert overflow(page) <= 0
    # Chromium says of an error page that it is one; nothing else may be said.
    assert [said for said in complaints if "Failed to load resource" not in said] == []


@every_page
@both_languages
def test_nothing_is_cut_off_with_wide_spacing_or_large_text(
    browser: Browser, address: str, language: str, path: str
) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": NARROW, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"/{language}{path}")
    page.add_style_tag(content=SPACING)
    assert overflow(page) <= 0
    context.close()


@wide
@every_page
def test_a_page_prints_without_its_controls(page: Page, path: str) -> None:
    page.goto(f"/en{path}")
    page.emulate_media(media="print")
    for control in (".nav", ".languages", ".filters", ".skip"):
        for found in page.locator(control).all():
            assert not found.is_visible()
    assert page.locator("h1").is_visible()


@wide
@every_page
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(page: Page, path: str) -> None:
    page.goto(f"/en{path}")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, summary')]
            .filter(one => one.type !== 'hidden' && one.checkVisibility()).length"""
    )
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
    assert "q=MN003" in page.url
    assert page.locator("tbody tr").count() == 6
    page.locator("#state").select_option("held")
    page.locator("main form button").click()
    assert "state=held" in page.url
    page.locator(".chips a").first.click()
    assert "q=MN003" not in page.url
    page.goto(f"/{language}/projects")
    page.locator(".pagination a").click()
    assert "after=" in page.url
    page.locator("tbody th a").first.click()
    assert page.locator("h1").is_visible()
    page.locator(".languages a").click()
    assert f"/{'ja' if language == 'en' else 'en'}/projects/" in page.url
    context.close()


@wide
def test_no_file_comes_from_elsewhere(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto("/en/")
    assert asked
    assert all(url.startswith((address, "data:")) for url in asked)
