"""Applications in a real browser: each form through its whole life, and how it is filled in."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.applications import Status, number
from app.domain.forms import examples, latest
from app.domain.forms.spec import Applicant, Kind
from app.store import applications as questions
from app.store.tables import Account, Application, Certificate, HolderRecord, User
from tests import applying, examining
from tests.browser.codes import Codes
from tests.browser.conftest import NARROW, WIDE
from tests.browser.portals import served, sign, sign_in, visiting
from tests.browser.test_public import overflow, violations
from tests.portal import Portal, opened
from tests.uploading import pdf

HOLDERS = [("ja", Applicant.DOMESTIC), ("en", Applicant.FOREIGN)]
#: What no field of the kind takes; others are left empty.
WRONG = {
    Kind.EMAIL: "x",
    Kind.TELEPHONE: "x",
    Kind.POSTAL_CODE: "1",
    Kind.CORPORATE_NUMBER: "1",
    Kind.KATAKANA: "漢字",
    Kind.DATE: "x",
}
FILE = {"name": "証明書.pdf", "mimeType": "application/pdf", "buffer": pdf("paper")}


@pytest.fixture
def portal() -> Generator[Portal, None, None]:
    with opened("sqlite") as made:
        yield made


def application(portal: Portal, printed: str) -> Application:
    with portal.database.reading() as session:
        found = questions.by_id(session, int(printed[2:]))
        assert found is not None
        return found


def begin(page: Page, form: int, applicant: Applicant) -> str:
    """Begin an application and return its number."""
    page.goto(f"/portal/applications/new?form={form}")
    if page.locator(f'input[name="applicant"][value="{applicant}"]').count():
        page.locator(f'input[name="applicant"][value="{applicant}"]').check()
    page.locator("main form button.button").click()
    expect(page).to_have_url(re.compile(r"A-\d+"))
    return re.findall(r"A-\d+", page.url)[0]


def fill(page: Page, form: int, applicant: Applicant, key: str, typed: dict[str, str]) -> None:
    """Fill in the section that is open."""
    section = latest(form).section(key, applicant)
    assert section is not None
    for field in section.fields_for(applicant):
        given = typed.get(field.key, "")
        if field.kind is Kind.CHOICE:
            if not given:
                continue
            page.locator(f'input[name="{field.key}"][value="{given}"]').check()
        elif field.kind is Kind.TICK:
            page.locator(f"#{field.key}").set_checked(given == "yes")
        else:
            page.locator(f"#{field.key}").fill(given)


def fill_in(page: Page, printed: str, form: int, applicant: Applicant, language: str) -> None:
    """Fill in all sections, every field wrongly at first, with a pause after the first one."""
    filled = examples.filled(latest(form), applicant, language)
    if form == 5:
        filled["credentials"]["login_id"] = "aoba-approver"
    for place, (key, typed) in enumerate(filled.items()):
        page.goto(f"/applications/{printed}/sections/{key}")
        mistakes = wrong(form, applicant, key)
        fill(page, form, applicant, key, mistakes)
        page.locator('button[value="on"]').click()
        expect(page.locator(".errors")).to_be_focused()
        links = page.locator(".errors a")
        told = set(links.evaluate_all("links => links.map(one => one.getAttribute('href'))"))
        assert told >= {f"#{name}" for name in mistakes}, key
        fill(page, form, applicant, key, typed)
        page.locator(f'button[value="{"later" if place == 0 else "on"}"]').click()
        expect(page.locator(".errors")).to_have_count(0)
        if place == 0:
            page.goto("/portal/applications")
            page.get_by_role("link", name=printed).click()


def wrong(form: int, applicant: Applicant, key: str) -> dict[str, str]:
    """Return something wrong for each field of a section that can be wrong in a browser."""
    section = latest(form).section(key, applicant)
    assert section is not None
    return {
        field.key: WRONG.get(field.kind, "")
        for field in section.fields_for(applicant)
        if field.kind in WRONG or (field.is_required and field.kind is not Kind.CHOICE)
    }


def attach(page: Page, printed: str) -> None:
    """Attach a file for each document that is missing."""
    page.goto(f"/applications/{printed}/attachments")
    missing = page.locator(".attaching:has(.tag--yellow)")
    while missing.count():
        left = missing.count()
        missing.first.locator('input[type="file"]').set_input_files(FILE)  # type: ignore[arg-type]  # a file's three facts
        missing.first.get_by_role("button").last.click()
        expect(missing).to_have_count(left - 1)


def hand_in(page: Page, printed: str, codes: Codes) -> None:
    page.goto(f"/applications/{printed}/check")
    sign(page, codes, "aoba-proposer")
    expect(page.locator(".panel strong")).to_have_text(printed)


def examine(page: Page, printed: str, codes: Codes) -> None:
    """Claim an application, find all in order and recommend it."""
    page.goto(f"/portal/applications/{printed}/examination")
    claim = page.locator('form[action$="/claim"] button')
    if claim.count():
        claim.click()
    # It stands at the end of the checklist: before it is there, some of the items are not.
    page.locator(".checklist .buttons button").wait_for()
    for tick in page.locator('.checklist input[value="fine"]').all():
        tick.check()
    page.locator(".checklist .buttons button").click()
    page.locator('main a[href$="/examination/recommendation"]').click()
    sign(page, codes, "operator")
    expect(page.locator('main a[href$="/recommendation"]')).to_have_count(0)


def approve(page: Page, printed: str, codes: Codes) -> None:
    page.goto(f"/portal/applications/{printed}/examination/approval")
    sign(page, codes, "approver")
    expect(page.locator("#code")).to_have_count(0)


def correct(portal: Portal, page: Page, printed: str, codes: Codes) -> None:
    """Let the examiner ask for a correction, and the applicant make it."""

    def ask(session: Session) -> None:
        found = session.get_one(Application, int(printed[2:]))
        examining.claim(session, found, portal.world.operator)
        items = {"section:certificate": "Say which bank."}
        examining.correct(session, found, items, portal.world.operator)

    portal.database.write(ask)
    page.goto(f"/applications/{printed}")
    expect(page.locator(".tasks__remark")).to_contain_text("Say which bank.")
    page.locator(".tasks a").first.click()
    page.locator("#purpose").fill("For the Bank of Aoba")
    page.locator('button[value="on"]').click()
    hand_in(page, printed, codes)


def effects(portal: Portal) -> dict[str, object]:
    """Return what the five forms change."""
    with portal.database.reading() as session:
        return {
            "accounts": session.scalar(select(func.count()).select_from(Account)),
            "records": session.scalar(select(func.count()).select_from(HolderRecord)),
            "certificates": session.scalar(select(func.count()).select_from(Certificate)),
            "state": session.scalar(
                select(Account.state).where(Account.number == portal.world.aoba)
            ),
            "password": session.scalar(
                select(User.password_hash).where(User.id == portal.world.aoba_approver)
            ),
        }


@pytest.mark.parametrize(("language", "applicant"), HOLDERS)
def test_each_form_goes_through_its_whole_life(
    browser: Browser, portal: Portal, language: str, applicant: Applicant
) -> None:
    if applicant is Applicant.FOREIGN:

        def abroad(session: Session) -> None:
            query = select(Account).where(Account.number == portal.world.aoba)
            session.scalars(query).one().holder.country = "MN"

        portal.database.write(abroad)
    codes = Codes(portal)
    # What each form changes; the account is closed last.
    changes = {3: "certificates", 2: "records", 1: "accounts", 5: "password", 4: "state"}
    with (
        served(portal) as address,
        visiting(browser, address, language) as applying_,
        visiting(browser, address, language) as examining_,
        visiting(browser, address, language) as approving,
    ):
        page = sign_in(applying_, "aoba-proposer", codes)
        examiner = sign_in(examining_, "operator", codes)
        approver = sign_in(approving, "approver", codes)
        for form, changed in changes.items():
            printed = begin(page, form, applicant)
            assert application(portal, printed).applicant is applicant
            fill_in(page, printed, form, applicant, language)
            attach(page, printed)
            hand_in(page, printed, codes)
            if form == 3:
                correct(portal, page, printed, codes)
            before = effects(portal)
            examine(examiner, printed, codes)
            approve(approver, printed, codes)
            assert application(portal, printed).status is Status.APPROVED
            after = effects(portal)
            assert after[changed] != before[changed], form
    assert after["state"] is State.CLOSED


def test_what_is_typed_is_saved_by_itself_and_agrees_with_what_is_sent(
    browser: Browser, portal: Portal
) -> None:
    printed = portal.database.write(
        lambda session: number(applying.begun(session, portal.world, 1).id)
    )
    codes = Codes(portal)
    with served(portal) as address, visiting(browser, address, "en") as context:
        page = sign_in(context, "aoba-proposer", codes)
        page.goto(f"/applications/{printed}/sections/contact")
        page.locator("#telephone").press_sequentially("12")
        expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved at \d\d:\d\d \(2 items"))
        expect(page.locator("#telephone")).to_be_focused()
        expect(page.locator(".errors")).to_have_count(0)
        assert application(portal, printed).answers["contact"]["telephone"] == "12"
        # Sent just while it is being saved, both are one.
        held: list[Route] = []
        page.route(
            "**/sections/contact",
            lambda route: route.continue_() if held else held.append(route),
        )
        page.locator("#telephone").fill("03-1234-5678")
        page.locator("#email").fill("hanako@aoba.example")
        page.locator("#saved[aria-busy=true]").wait_for()
        page.locator('button[value="later"]').click(no_wait_after=True)
        held[0].continue_()
        expect(page.locator(".notice--success")).to_be_visible()
    assert application(portal, printed).answers["contact"]["email"] == "hanako@aoba.example"


def test_a_visitor_without_javascript_fills_in_on_another_day(
    browser: Browser, portal: Portal
) -> None:
    with (
        served(portal) as address,
        visiting(browser, address, "ja", script=False) as context,
    ):
        page = context.new_page()
        page.goto("/applications/new")
        page.locator("main form button").click()
        expect(page.locator(".errors")).to_be_visible()
        page.locator('input[value="individual"]').check()
        page.locator("#email").fill("hanako@example.com")
        page.locator("main form button").click()
        page.locator(".tasks a").first.click()
        typed = examples.filled(latest(1), Applicant.INDIVIDUAL, "ja")
        fill(page, 1, Applicant.INDIVIDUAL, "holder", typed["holder"])
        page.locator('button[value="later"]').click()
        expect(page.locator(".tasks .tag--green")).to_have_count(1)
        page.goto(page.url.partition("?")[0] + "/check")
        page.locator("main form button").click()
        expect(page.locator(".errors")).to_contain_text("この項目は未完成です")
        page.locator(".header form button").click()
        page.goto(page.url.replace("new?left=yes", "A-000001"))
        expect(page.locator("#login_id")).to_be_visible()


PAGES = (
    "/portal/applications",
    "/portal/applications?state=draft&since=x",
    "/portal/applications/new",
    "/portal/applications/new?form=1",
    "/applications/{draft}",
    "/applications/{draft}/sections/holder",
    "/applications/{draft}/sections/reason",
    "/applications/{draft}/check",
    "/applications/{draft}/discard",
    "/applications/{sent}",
    "/applications/{sent}/submission",
    "/applications/{sent}/withdrawal",
)
VISITORS_PAGES = ("/applications/new", "/applications/link", "/applications/resume/x")


def test_every_page_is_accessible_and_fits_the_screen(
    browser: Browser, portal: Portal, axe_source: str
) -> None:
    def made(session: Session) -> dict[str, str]:
        sent = applying.submitted(session, portal.world, 4)
        draft = applying.begun(session, portal.world, 2)
        draft.answers = draft.answers | {"head_office": {"postal_code": "12"}}
        return {"draft": number(draft.id), "sent": number(sent.id)}

    objects, codes = portal.database.write(made), Codes(portal)
    with served(portal) as address:
        for language in ("en", "ja"):
            with visiting(browser, address, language) as context:
                page = sign_in(context, "aoba-proposer", codes)
                for path in PAGES:
                    look(page, path.format(**objects), axe_source)
            with visiting(browser, address, language) as context:
                page = context.new_page()
                for path in VISITORS_PAGES:
                    look(page, path, axe_source)


def look(page: Page, path: str, axe_source: str) -> None:
    """Look at a page on a desk's screen with axe, and at whether it fits a phone's."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto(path)
    assert not violations(page, axe_source), path
    page.set_viewport_size({"width": NARROW, "height": 900})
    assert overflow(page) <= 0, path
