"""A registry speaks of its own country: Mongolia's says nothing of Japan's law, forms or clocks."""

import re
from collections.abc import Generator

import pytest
from flask import Flask

from app.domain import accounts, certificates
from app.registry.load_runs import SignIn
from tests import mongolia
from tests.portal import PortalClient

#: Every public page that a reader may come to, and what stands beside them.
PAGES = (
    *("", "about", "contact", "procedures", "disclosure", "credits", "legal-basis", "news"),
    *("partner-countries", "partner-countries/MN", "projects", "projects/MN001"),
    *("methodologies", "methodologies/MN_AM001", "third-party-entities", "article6", "privacy"),
    *("accessibility", "open-data", "certificates", "serials", "site-map"),
)
#: What holds of Japan alone: its law, its ministers and agency, its forms and their days, its time
#: zone, its numbers; and the countries that have nothing to do with Mongolia.
OF_JAPAN = re.compile(
    "Global Warming|地球温暖化|Cabinet Order|政令|the ministry|[Mm]inister|省令|省の公表|env.go.jp|"
    "GEC|JCMA|JST|様式第|Article 57|第57条|1 April 2025|2025年4月1日|13/11/2015|2015年11月13日|"
    "Digital Agency|デジタル庁|Japanese (?:corporation|entit)|内国法人|排出削減等協力|kana|"
    "JP-[0-9C]|JCM Registry of Japan|日本国JCM|government-of-japan|"
    "Bangladesh|バングラデシュ|Viet Nam|Indonesia"
)


@pytest.fixture(scope="module")
def opened() -> Generator[tuple[Flask, list[SignIn]]]:
    with mongolia.opened("sqlite", PortalClient) as made:
        yield made


def shown(text: str) -> str:
    """Return what a page says, without the addresses of other sites."""
    return re.sub(r"https?://[^\"<\s]+", "", text)


def test_no_public_page_of_mongolia_says_what_holds_of_japan_alone(
    opened: tuple[Flask, list[SignIn]],
) -> None:
    client = opened[0].test_client()
    for language in ("en", "ja"):
        for page in PAGES:
            answer = client.get(f"/{language}/{page}")
            assert answer.status_code == 200, page
            found = OF_JAPAN.findall(shown(answer.text))
            assert not found, (language, page, found)


def test_the_pages_name_mongolia_and_what_it_issued(opened: tuple[Flask, list[SignIn]]) -> None:
    client = opened[0].test_client()
    for language, country, name in (("en", "Mongolia", "Japan"), ("ja", "モンゴル", "日本")):
        home = client.get(f"/{language}/").text
        assert "25,869" in home and country in home
        project = client.get(f"/{language}/projects/MN004").text
        assert country in project and name in project
        # Both sides of the newest decision, each with its day.
        days = (
            ("07/05/2025", "11/04/2025") if language == "en" else ("2025年5月7日", "2025年4月11日")
        )
        assert all(day in project for day in days)
        assert "8,963" in project and "35,854" in project


def test_the_law_is_what_is_public_and_nothing_on_a_day_before(
    opened: tuple[Flask, list[SignIn]],
) -> None:
    client = opened[0].test_client()
    assert (
        "Implementation Guidelines of the JCM registry for Mongolia" in client.get("/en/about").text
    )
    early = client.get("/en/legal-basis?date=2022-02-13").text
    assert "Nothing is known to hold on this day" in early
    assert (
        "Implementation Guidelines of the JCM registry for Mongolia"
        in client.get("/en/legal-basis?date=2022-02-14").text
    )


def test_the_forms_are_versions_of_mongolia_s_own(opened: tuple[Flask, list[SignIn]]) -> None:
    client = opened[0].test_client()
    text = client.get("/en/procedures").text
    assert text.count("MN-1") == 5 and "For entities of Mongolia" in text
    for name in ("form-1.pdf", "form-1.docx", "example-1-domestic.pdf", "document.pdf"):
        for language in ("en", "ja"):
            answer = client.get(f"/{language}/procedures/{name}")
            assert answer.status_code == 200 and len(answer.data) > 2_000


def test_examples_of_numbers_are_those_of_the_registry(
    opened: tuple[Flask, list[SignIn]],
) -> None:
    client = opened[0].test_client()
    hint = re.search(r"MN-C-[0-9]{6}-[0-9]{2}", client.get("/en/certificates").text)
    assert hint and certificates.read_number(hint[0]) == hint[0]
    assert str(accounts.parse_number("MN-100-000012-0-37")).startswith("MN-")
