"""How pages are rendered and values printed."""

import hashlib
import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from jinja2 import UndefinedError

from app.config import ROOT
from app.web import pages
from tests.pages import CheckedClient

PART = {"HX-Request": "true", "HX-Target": "results"}


@contextmanager
def reading_in(site: Flask, language: str) -> Generator[None, None, None]:
    with site.test_request_context(f"/{language}/"):
        yield


def test_only_the_block_asked_for_is_rendered(client: CheckedClient) -> None:
    assert client.get("/en/projects", headers=PART).text.lstrip().startswith('<div class="results')


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HX-Target": "results"},
        {"HX-Request": "true", "HX-Target": "nothing"},
        {"HX-Request": "true"},
        {**PART, "HX-History-Restore-Request": "true"},
    ],
)
def test_everyone_else_gets_the_whole_page(client: CheckedClient, headers: dict[str, str]) -> None:
    answer = client.get("/en/projects", headers=headers)
    assert answer.text.startswith("<!doctype html>")
    for name in pages.VARY:
        assert name in answer.headers["Vary"]


def test_a_misspelt_name_in_a_template_fails(site: Flask) -> None:
    with reading_in(site, "en"), pytest.raises(UndefinedError):
        site.jinja_env.from_string("{{ mispelt }}").render()


def test_quantities_have_their_thousands_apart() -> None:
    assert pages.number(622_798) == "622,798"
    assert pages.number(0) == "0"


def test_dates_are_printed_as_each_language_writes_them(site: Flask) -> None:
    with reading_in(site, "en"):
        assert pages.day(date(2024, 8, 20)) == "20/08/2024"
    with reading_in(site, "ja"):
        assert pages.day(date(2024, 8, 20)) == "2024年8月20日"


def test_times_are_those_of_the_registrys_clocks(site: Flask) -> None:
    evening_before = datetime(2024, 8, 19, 20, 30, tzinfo=UTC)
    with reading_in(site, "en"):
        assert pages.moment(evening_before) == "05:30 20/08/2024"
    with reading_in(site, "ja"):
        assert pages.moment(evening_before) == "2024年8月20日 05:30"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx"])
def test_no_spreadsheet_takes_a_text_for_a_formula(text: str) -> None:
    assert pages.guarded(text) == f"'{text}"
    assert pages.guarded("Côte d'Ivoire") == "Côte d'Ivoire"


def test_assets_change_their_address_with_their_content(client: CheckedClient) -> None:
    text = client.get("/en/").text
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        assert re.search(r"\?v=[0-9a-f]{10}$", address)
        with client.get(address) as answer:
            assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_vendored_assets_are_those_of_the_lock() -> None:
    lock = json.loads((ROOT / "scripts" / "assets.lock.json").read_text())
    found = {
        f"{folder}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("app/static/vendor", "app/documents/typefaces")
        for path in (ROOT / folder).iterdir()
    }
    assert found == lock["sha256"]
    notices = (ROOT / "THIRD_PARTY_NOTICES").read_text()
    for asset in lock["assets"]:
        assert f"{asset['package'].removesuffix('.org')} {asset['version']}" in notices


def test_every_state_has_a_tone() -> None:
    assert set(pages.TONES.values()) == {"blue", "green", "gray", "yellow", "red", "purple"}
