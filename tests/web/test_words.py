"""The language of a page."""

import pytest
from flask import Flask

from app.domain.text import Text
from app.web import words
from app.web.access import sign_in_with
from tests.pages import CheckedClient


class Reader:
    """Someone signed in who has set Japanese."""

    id = 1
    role = None
    language = "ja"


def test_the_address_says_the_language(client: CheckedClient) -> None:
    for language in ("en", "ja"):
        answer = client.get(
            f"/{language}/credits",
            headers={"Accept-Language": "ja" if language == "en" else "en"},
        )
        assert f'<html lang="{language}">' in answer.text
        assert answer.headers["Content-Language"] == language


def test_the_language_link_keeps_the_page_and_its_filters(client: CheckedClient) -> None:
    answer = client.get("/en/credits?q=solar&partner=MN&after=500")
    assert 'href="/ja/credits?q=solar&amp;partner=MN&amp;after=500" lang="ja"' in answer.text


def test_search_engines_are_told_of_both_languages(client: CheckedClient) -> None:
    text = client.get("/ja/projects/MN003").text
    for language in ("en", "ja"):
        assert f'hreflang="{language}" href="http://localhost/{language}/projects/MN003"' in text


def test_a_page_without_a_language_in_its_address_goes_by_the_readers_choice(
    client: CheckedClient,
) -> None:
    asked = {"Accept-Language": "en"}
    assert '<html lang="en">' in client.get("/nothing", headers=asked).text
    answer = client.get("/language/ja?back=/nothing?a=1", headers=asked)
    assert (answer.status_code, answer.location) == (303, "/nothing?a=1")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert '<html lang="ja">' in client.get("/nothing", headers=asked).text
    assert 'href="/language/en?back=/nothing"' in client.get("/nothing").text


def test_what_a_person_has_set_comes_before_what_the_browser_asks_for(
    site: Flask, client: CheckedClient
) -> None:
    sign_in_with(site, Reader)
    try:
        answer = client.get("/nothing", headers={"Accept-Language": "en"})
    finally:
        del site.extensions["person"]
    assert '<html lang="ja">' in answer.text


@pytest.mark.parametrize(
    "back",
    [
        "//elsewhere.example",
        "https://elsewhere.example/",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "/\nelsewhere.example",
        "x",
    ],
)
def test_the_language_link_never_leads_elsewhere(client: CheckedClient, back: str) -> None:
    answer = client.get("/language/ja", query_string={"back": back})
    assert answer.location == "/"


def test_official_wording_is_shown_in_the_language_of_the_page(site: Flask) -> None:
    both = Text("Retirement", "無効化")
    with site.test_request_context("/ja/credits"):
        assert words.text(both) == "無効化"
        assert words.text([both, both]) == "無効化、無効化"
    with site.test_request_context("/en/credits"):
        assert words.text(both) == "Retirement"


def test_outside_a_request_the_language_is_english() -> None:
    assert words.language() == "en"
