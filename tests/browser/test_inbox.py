"""The inbox in a real browser: deleted in place, undone, and where the focus goes."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from app.domain.notifications import Kind
from app.registry import notifications
from tests.browser.codes import Codes
from tests.browser.conftest import NARROW, WIDE
from tests.browser.portals import served, sign_in, visiting
from tests.browser.test_public import overflow, violations
from tests.portal import Portal, opened
from tests.world import NOW

LINE = "main .inbox tbody tr"


@pytest.fixture(scope="module")
def portal() -> Generator[Portal, None, None]:
    with opened("sqlite") as made:
        made.issued(1_000)
        yield made


@pytest.fixture(scope="module")
def codes(portal: Portal) -> Codes:
    return Codes(portal)


@pytest.fixture(scope="module")
def address(portal: Portal) -> Generator[str, None, None]:
    with served(portal) as address:
        yield address


@pytest.fixture
def told(portal: Portal) -> list[int]:
    """Three notifications of the outsider's and of nobody else, the newest first."""

    def tell(session: Session) -> list[int]:
        notifications.read_all(session, portal.world.outsider, now=NOW)
        return [
            notifications.tell(
                session.connection(),
                Kind.PASSWORD_CHANGED,
                "outsider",
                {},
                user=portal.world.outsider,
                now=NOW,
            )
            for _ in range(3)
        ][::-1]

    return portal.database.write(tell)


@pytest.mark.parametrize("place", ["/portal/", "/portal/notifications"])
def test_a_line_is_deleted_in_place_and_the_focus_goes_to_the_next(
    browser: Browser, address: str, codes: Codes, told: list[int], place: str
) -> None:
    with visiting(browser, address, "en") as context:
        page = sign_in(context, "outsider", codes)
        page.goto(place)
        page.evaluate("window.stays = true")
        unread = int(page.locator("#menu_home .count").inner_text().split()[0])
        first, second, third = told
        page.locator(f"#act_{first}").press("Enter")
        expect(page.locator(f"#row_{first}")).to_contain_text("Deleted.")
        expect(page.locator(f"#act_{second}")).to_be_focused()
        expect(page.locator("#status")).to_have_text("Deleted.")
        expect(page.locator("#menu_home .count")).to_contain_text(str(unread - 1))
        expect(page.locator("#unread")).to_contain_text(str(unread - 1))
        page.keyboard.press("Enter")
        expect(page.locator(f"#row_{second}")).to_contain_text("Deleted.")
        expect(page.locator(f"#act_{third}")).to_be_focused()
        page.locator(f"#act_{first}").press("Enter")
        expect(page.locator(f"#row_{first}")).not_to_contain_text("Deleted.")
        expect(page.locator(f"#act_{first}")).to_be_focused()
        expect(page.locator("#status")).to_have_text("Brought back.")
        expect(page.locator("#menu_home .count")).to_contain_text(str(unread - 1))
        assert page.evaluate("window.stays"), "the page was never left"
        page.reload()
        expect(page.locator(f"#row_{first}")).to_be_visible()
        expect(page.locator(f"#row_{second}")).to_have_count(0)


def test_after_the_last_line_the_focus_goes_to_the_heading(
    browser: Browser, address: str, codes: Codes, told: list[int]
) -> None:
    with visiting(browser, address, "ja") as context:
        page = sign_in(context, "outsider", codes)
        page.goto("/portal/notifications?show=unread&topic=security")
        last = page.locator(LINE).last
        last.locator("button").press("Enter")
        expect(page.locator("#results_title")).to_be_focused()
        expect(last).to_contain_text("元に戻す")


def test_without_a_script_a_line_is_deleted_and_brought_back(
    browser: Browser, address: str, codes: Codes, told: list[int]
) -> None:
    with visiting(browser, address, "en", script=False) as context:
        page = sign_in(context, "outsider", codes)
        page.goto("/portal/notifications?topic=security")
        page.locator(f"#act_{told[1]}").click()
        expect(page).to_have_url(re.compile(f"topic=security&changed={told[1]}#row_{told[1]}$"))
        expect(page.locator(f"#row_{told[1]}")).to_contain_text("Undo")
        page.locator(f"#act_{told[1]}").click()
        expect(page.locator(f"#row_{told[1]}")).not_to_contain_text("Undo")


@pytest.mark.parametrize(("language", "width"), [("en", NARROW), ("ja", WIDE)])
def test_the_pages_are_accessible_and_fit_the_screen(
    browser: Browser,
    address: str,
    codes: Codes,
    axe_source: str,
    told: list[int],
    language: str,
    width: int,
) -> None:
    with visiting(browser, address, language, width=width) as context:
        page = sign_in(context, "outsider", codes)
        for place in (
            "/portal/",
            "/portal/notifications",
            "/portal/notifications?show=deleted",
            f"/portal/notifications/{told[0]}",
        ):
            page.goto(place)
            assert not violations(page, axe_source), place
            assert not overflow(page), place
        page.goto("/portal/notifications")
        page.locator(f"#act_{told[0]}").click()
        expect(page.locator(f"#row_{told[0]}.inbox__deleted")).to_be_visible()
        assert not violations(page, axe_source)
        assert not overflow(page)
    with visiting(browser, address, language, width=width) as context:
        page = sign_in(context, "auditor", codes)
        page.goto("/portal/notifications?person=outsider")
        assert not violations(page, axe_source)
        assert not overflow(page)
