"""Signing in with a real browser: authenticator, passkey, recovery code, and back after the end."""

import re
from collections.abc import Generator

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.registry import second_factors
from app.registry.logs import Origin
from app.store import people
from tests import world
from tests.browser.codes import Codes
from tests.browser.portals import give_password, served, sign, sign_in, visiting
from tests.browser.test_public import overflow, violations
from tests.portal import Portal, opened

both_languages = pytest.mark.parametrize("language", ["en", "ja"])


@pytest.fixture
def portal() -> Generator[Portal, None, None]:
    """A registry in which Aoba holds credits, and its proposer has no second factor yet."""
    with opened("sqlite") as made:
        made.issued(1_000)
        without_factors(made, "aoba-proposer")
        yield made


def without_factors(portal: Portal, login_id: str) -> None:
    def remove(session: world.Session) -> None:
        person = people.by_login_id(session, login_id)
        assert person is not None
        second_factors.remove_all(session, person, origin=Origin(), now=world.NOW)

    portal.database.write(remove)


@pytest.fixture
def codes(portal: Portal) -> Codes:
    return Codes(portal)


@pytest.fixture
def address(portal: Portal) -> Generator[str, None, None]:
    with served(portal) as address:
        yield address


def with_passkeys(context: BrowserContext, page: Page) -> None:
    """Give the browser a device that makes passkeys and says yes to everything."""
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@both_languages
def test_o04_the_first_sign_in_sets_up_an_authenticator_by_its_typed_key(
    browser: Browser, address: str, codes: Codes, axe_source: str, language: str
) -> None:
    with visiting(browser, address, language, script=language == "en") as context:
        page = context.new_page()
        page.goto("/sign-in")
        give_password(page, "aoba-proposer")
        for path in ("/portal/", "/portal/accounts"):
            page.goto(path)
            expect(page.locator("#login_id")).to_be_visible()
        page.goto("/sign-in/setup")
        key = page.locator("code.serial").first.inner_text().replace(" ", "")
        page.locator("#code").fill(pyotp.TOTP(key).at(codes.now()))
        page.locator("#code").press("Enter")
        expect(page.locator(".codes")).to_be_visible()
        recovery = page.locator(".codes code").all_inner_texts()
        assert len(set(recovery)) == second_factors.RECOVERY_CODES
        expect(page.locator("main")).to_contain_text("aoba-proposer")
        page.locator("main .button").click()
        expect(page.locator(".who")).to_be_visible()
        page.locator(".header form button").click()
        page.goto("/sign-in")
        give_password(page, "aoba-proposer")
        page.locator("#code").fill(recovery[0].lower())
        page.locator("#code").press("Enter")
        expect(page.locator(".who")).to_be_visible()


def test_a_passkey_is_set_up_signs_in_and_signs_a_transfer(
    browser: Browser, address: str, portal: Portal, axe_source: str
) -> None:
    with visiting(browser, address, "en") as context:
        page = context.new_page()
        with_passkeys(context, page)
        page.goto("/sign-in")
        give_password(page, "aoba-proposer")
        assert violations(page, axe_source) == []
        assert overflow(page) <= 0
        page.get_by_role("button", name="Set up a passkey").click()
        expect(page.locator(".codes")).to_be_visible()
        assert violations(page, axe_source) == []
        page.locator("main .button").click()
        page.locator(".header form button").click()
        page.goto("/sign-in?next=/portal/transfers/new")
        give_password(page, "aoba-proposer")
        page.get_by_role("button", name="Use a passkey").click()
        page.locator("#target").fill(portal.world.kaede)
        page.locator("#quantity").fill("12")
        page.locator("#quantity").press("Enter")
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.locator(".panel")).to_contain_text("JP0000000002")
    [made] = portal.transactions()
    assert made.quantity == 12


@both_languages
@pytest.mark.parametrize("script", ["on", "off"])
def test_what_was_typed_is_there_after_the_session_ended(
    browser: Browser, address: str, codes: Codes, portal: Portal, language: str, script: str
) -> None:
    with visiting(browser, address, language, script=script == "on") as context:
        page = sign_in(context, "kaede-proposer", codes)
        page.goto("/portal/transfers/new")
        page.locator("#target").fill(portal.world.aoba)
        page.locator("#quantity").fill("３４")
        page.locator("#remark").fill("期末の振替 & more")
        codes.wait(31)
        page.locator("#quantity").press("Enter")
        expect(page.locator("#login_id")).to_be_visible()
        give_password(page, "kaede-proposer")
        sign(page, codes, "kaede-proposer")
        page.locator("main form .button").click()
        expect(page.locator("#target")).to_have_value(portal.world.aoba)
        expect(page.locator("#quantity")).to_have_value("３４")
        expect(page.locator("#remark")).to_have_value("期末の振替 & more")
        expect(page).to_have_url(re.compile("/portal/transfers"))
    assert portal.transactions() == []
