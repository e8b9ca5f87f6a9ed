"""What search engines are told of a page: its own address, and those in other languages."""

import re
from dataclasses import replace

from flask import Flask

from app.web import addresses
from tests.pages import CheckedClient


def told(text: str) -> dict[str, str]:
    """Return the canonical address and the alternates of a page."""
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)">', text)
    assert len(canonical) == 1
    found = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', text)
    return {"": canonical[0], **dict(found)}


def test_a_page_has_one_address_whatever_is_filtered(client: CheckedClient) -> None:
    assert told(client.get("/ja/credits?q=solar&partner=MN&after=500").text) == {
        "": "http://localhost/ja/credits",
        "en": "http://localhost/en/credits",
        "ja": "http://localhost/ja/credits",
        "x-default": "http://localhost/en/credits",
    }
    assert told(client.get("/en/").text)["x-default"] == "http://localhost/"


def test_another_day_is_another_page(client: CheckedClient) -> None:
    found = told(client.get("/en/legal-basis?date=2025-04-01&x=1").text)
    assert found[""] == "http://localhost/en/legal-basis?date=2025-04-01"
    assert found["ja"] == "http://localhost/ja/legal-basis?date=2025-04-01"


def test_they_begin_as_the_public_reaches_the_registry(site: Flask, client: CheckedClient) -> None:
    below = client.get("/en/contact", environ_overrides={"SCRIPT_NAME": "/jp"})
    assert told(below.text)["ja"] == "http://localhost/jp/ja/contact"
    config = site.config["REGISTRY"]
    try:
        site.config["REGISTRY"] = replace(config, public_url="https://registry.example/jp")
        text = client.get("/en/contact", headers={"Host": "evil.example"}).text
        assert set(told(text).values()) == {
            "https://registry.example/jp/en/contact",
            "https://registry.example/jp/ja/contact",
        }
        with site.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/jp"}):
            found = addresses.of_endpoint("projects.show", reference="MN003")
            assert found["ja"] == "https://registry.example/jp/ja/projects/MN003"
    finally:
        site.config["REGISTRY"] = config


def test_an_error_page_is_not_offered_to_search_engines(client: CheckedClient) -> None:
    text = client.get("/en/projects/ZZ999").text
    assert 'rel="canonical"' not in text
    assert "hreflang" not in text.partition("<body")[0]


def test_odd_signs_of_an_address_stay_signs_of_an_address(client: CheckedClient) -> None:
    for path in ("/en/%22%3E%3Cscript%3E", "/en/%25", "/en/%00", "/ja/a%20b%E2%80%AE"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert f'href="/{"ja" if path[1] == "e" else "en"}{path[3:]}"' in answer.text
