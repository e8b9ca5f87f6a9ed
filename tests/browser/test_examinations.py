"""Examinations in a real browser: ticked off, corrected, recommended and approved by two."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from app.domain.applications import number
from app.registry import document_requests
from app.registry.document_requests import Wanted
from app.store import applications as questions
from tests import applying, examining, world
from tests.browser.codes import Codes
from tests.browser.conftest import NARROW, WIDE
from tests.browser.portals import served, sign, sign_in, visiting
from tests.browser.test_public import overflow, violations
from tests.portal import Portal, opened
from tests.powers import SETTING


@pytest.fixture(scope="module")
def portal() -> Generator[Portal, None, None]:
    with opened("sqlite") as made:
        yield made


@pytest.fixture(scope="module")
def codes(portal: Portal) -> Codes:
    return Codes(portal)


@pytest.fixture(scope="module")
def address(portal: Portal) -> Generator[str, None, None]:
    with served(portal) as address:
        yield address


@pytest.mark.parametrize(("language", "script"), [("en", "on"), ("ja", "off")])
def test_an_application_goes_through_two_administrators(
    browser: Browser, portal: Portal, address: str, codes: Codes, language: str, script: str
) -> None:
    has_script = script == "on"
    printed = portal.database.write(
        lambda session: number(applying.submitted(session, portal.world, now=codes.now()).id)
    )
    with visiting(browser, address, language, script=has_script) as context:
        page = sign_in(context, "operator", codes)
        page.goto("/portal/tasks")
        page.get_by_role("link", name=printed).click()
        page.locator('form[action$="/claim"] button').click()
        page.locator(f'main a[href$="/{printed}/examination"]').first.click()
        _ask_correction(page)
    with visiting(browser, address, language, script=has_script) as context:
        page = sign_in(context, "aoba-proposer", codes)
        page.goto(f"/applications/{printed}")
        expect(page.locator("main")).to_contain_text("番地を確認してください")
    portal.database.write(lambda session: _hand_in_again(session, printed, codes))
    with visiting(browser, address, language, script=has_script) as context:
        page = sign_in(context, "operator", codes)
        page.goto(f"/portal/applications/{printed}/examination")
        _tick_all(page, has_script=has_script)
        page.locator('main a[href$="/recommendation"]').click()
        sign(page, codes, "operator")
        expect(page.locator(".notice--success")).to_be_visible()
    with visiting(browser, address, language, script=has_script) as context:
        page = sign_in(context, "approver", codes)
        page.goto(f"/portal/applications/{printed}/examination")
        page.locator('main a[href$="/approval"]').click()
        sign(page, codes, "approver")
        expect(page.locator(".tag--green").first).to_be_visible()
        expect(page.locator('main a[href$="/approval"]')).to_have_count(0)


def _ask_correction(page: Page) -> None:
    page.locator('main a[href$="/correction"]').click()
    page.locator('input[name^="correct_section"]').first.check()
    page.locator('textarea[name^="why_section"]').first.fill("番地を確認してください")
    page.locator('form[action$="/correction"] button').click()
    expect(page.locator("main .timeline")).to_contain_text("番地を確認してください")


def _hand_in_again(session: Session, printed: str, codes: Codes) -> None:
    application = questions.by_id(session, int(printed[2:]))
    assert application is not None
    applying.submit(session, application, now=codes.now())


def _tick_all(page: Page, *, has_script: bool) -> None:
    """Find everything in order: item by item, or all at once with the button."""
    fine = page.locator('.checklist input[value="fine"]')
    for place in range(fine.count()):
        fine.nth(place).check()
    if has_script:
        expect(page.locator("#progress")).to_contain_text(re.compile(r"\b0 |：0件"))
        page.reload()
    else:
        page.locator('form[action$="/marks"] button').click()
    for place in range(fine.count()):
        expect(fine.nth(place)).to_be_checked()


@pytest.mark.parametrize(("language", "width"), [("en", WIDE), ("ja", NARROW)])
def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser,
    portal: Portal,
    address: str,
    codes: Codes,
    axe_source: str,
    language: str,
    width: int,
) -> None:
    visits = portal.database.write(lambda session: _visits(session, portal, codes))
    for login_id, paths in visits.items():
        with visiting(browser, address, language, width=width) as context:
            page = sign_in(context, login_id, codes)
            for path in paths:
                page.goto(f"/portal/{path}")
                assert violations(page, axe_source) == [], path
                assert overflow(page) <= 0, path
    with visiting(browser, address, language, width=width) as context:
        page = context.new_page()
        page.goto(f"/{language}/procedures")
        assert violations(page, axe_source) == []
        assert overflow(page) <= 0


def _visits(session: Session, portal: Portal, codes: Codes) -> dict[str, tuple[str, ...]]:
    """Make one of everything and return the pages on which each person looks at it."""
    first = applying.submitted(session, portal.world, 1, now=codes.now())
    examining.claim(session, first, portal.world.operator)
    other = portal.world.kaede_proposer
    second = applying.submitted(session, portal.world, 1, actor=other, now=codes.now())
    examining.examined(session, portal.world, second)
    wanted = Wanted(
        ["定款"], codes.now().replace(year=codes.now().year + 1), account=portal.world.aoba
    )
    asked = document_requests.ask(
        session,
        wanted,
        key=world.key(),
        actor=portal.world.operator,
        setting=SETTING,
        now=codes.now(),
    )
    in_hand, examined_ = number(first.id), number(second.id)
    request = f"D-{asked.id:06d}"
    return {
        "operator": (
            f"applications/{in_hand}/examination",
            f"applications/{in_hand}/examination/correction",
            f"applications/{in_hand}/examination/recommendation",
            f"applications/{in_hand}/examination/rejection",
            f"tasks/{in_hand}",
            "tasks",
            f"document-requests/new?application={in_hand}",
            f"document-requests/{request}",
            "document-requests",
            f"accounts/{portal.world.aoba}",
            f"accounts/{portal.world.aoba}/state",
            f"accounts/{portal.world.aoba}/state?to=barred",
        ),
        "approver": (
            f"applications/{examined_}/examination",
            f"applications/{examined_}/examination/approval",
            f"applications/{examined_}/examination/return",
        ),
        "aoba-proposer": (f"document-requests/{request}", "tasks", "document-requests"),
    }
