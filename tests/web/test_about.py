"""What the registry says of itself, and the notice on cookies."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from flask import Flask

from app.domain import flow
from tests.asking import main
from tests.pages import CheckedClient
from tests.portal import Portal

PAGES = ("about", "contact", "accessibility", "privacy", "site-map", "legal-basis")
NOTICE = 'class="strip strip--cookies"'


def test_every_page_is_there_in_both_languages_with_words_for_search_engines(
    client: CheckedClient,
) -> None:
    for language in ("en", "ja"):
        told = set()
        for page in PAGES:
            text = client.get(f"/{language}/{page}").text
            found = re.search(r'<meta name="description" content="([^"]{25,200})">', text)
            assert found, page
            told.add(found[1])
            assert f'href="/{language}/{page}"' in client.get(f"/{language}/site-map").text
        assert len(told) == len(PAGES)


def test_the_flow_is_shown_and_told_in_words(client: CheckedClient) -> None:
    for language in ("en", "ja"):
        page = main(client.get(f"/{language}/about").text)
        assert page.count('<svg class="flow"') == 1
        for step in flow.STEPS:
            assert step.title.get(language) in page
            assert step.told.get(language).partition("。")[0] in page


def test_the_law_on_the_about_page_is_that_of_the_day(site: Flask, client: CheckedClient) -> None:
    clock = site.config["CLOCK"]
    try:
        for moment, cited in (
            (datetime(2025, 3, 31, 14, 59, tzinfo=UTC), "Implementation Guidelines for the JCM"),
            (datetime(2025, 3, 31, 15, 0, tzinfo=UTC), "Article 57-11"),
        ):
            site.config["CLOCK"] = lambda at=moment: at
            assert cited in main(client.get("/en/about").text)
    finally:
        site.config["CLOCK"] = clock


def test_the_contact_is_the_address_of_this_registry_or_that_it_has_none(
    site: Flask, client: CheckedClient
) -> None:
    config = site.config["REGISTRY"]
    text = main(client.get("/en/contact").text)
    assert "has no office" in text
    assert "mailto:" not in text
    try:
        site.config["REGISTRY"] = replace(config, contact="desk@registry.example")
        assert 'href="mailto:desk@registry.example"' in client.get("/ja/contact").text
        site.config["REGISTRY"] = replace(config, code="MN")
        assert "env.go.jp" not in main(client.get("/en/contact").text)
        site.config["DEMO"] = False
        assert "has not yet named an address" in main(client.get("/en/contact").text)
    finally:
        site.config["REGISTRY"] = config
        site.config.pop("DEMO", None)


def test_o62_the_notice_is_told_once_and_the_choice_is_kept(client: CheckedClient) -> None:
    # Going on without an answer: the notice stays, and nothing is kept in the browser.
    for page in ("/en/", "/en/credits?q=MN003", "/en/projects", "/sign-in"):
        answer = client.get(page)
        assert NOTICE in answer.text
        assert page == "/sign-in" or "Set-Cookie" not in answer.headers
    assert 'name="back" value="/en/credits?q=MN003"' in client.get("/en/credits?q=MN003").text
    # Hiding it leads back to the page and is kept.
    answer = client.post("/en/cookie-notice", data={"back": "/en/credits?q=MN003"})
    assert (answer.status_code, answer.location) == (303, "/en/credits?q=MN003")
    assert "cookie_notice_jp=hidden; Expires=" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    for page in ("/en/", "/ja/projects", "/sign-in"):
        assert NOTICE not in client.get(page).text
    # The necessary ones are explained whatever was chosen.
    for language in ("en", "ja"):
        page = main(client.get(f"/{language}/privacy").text)
        assert 'id="cookies"' in page
        for name in ("session", "device", "application", "language", "cookie_notice"):
            assert f">{name}_jp</code>" in page


def test_hiding_the_notice_never_leads_elsewhere(client: CheckedClient) -> None:
    for back in ("//elsewhere.example", "https://elsewhere.example/", "/\t/elsewhere.example"):
        assert client.post("/ja/cookie-notice", data={"back": back}).location == "/"
    assert client.post("/ja/cookie-notice").location == "/"
    other = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post("/ja/cookie-notice", data={"back": "/en/"}, headers=other)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_the_portal_does_not_repeat_the_notice(portal: Portal) -> None:
    assert NOTICE not in portal.sign_in("aoba-proposer").get("/portal/").text
