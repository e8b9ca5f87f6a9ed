"""Permalinks of serial numbers."""

import re

import pytest

from tests.pages import CheckedClient

CANCELLED = "JP-MN-MN006-2020-79580-79829"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_block_shows_its_facts_and_its_life(client: CheckedClient, language: str) -> None:
    answer = client.get(f"/{language}/credits/{CANCELLED}")
    assert answer.status_code == 200
    told = answer.text.partition("life_title")[2].partition("where_title")[0]
    days = re.findall(r'<time datetime="(2026-[0-9-]+)"', told)
    assert days == ["2026-03-23", "2026-02-16", "2026-01-30"]


@pytest.mark.parametrize("typed", ["79600", "７９６００", "79600-79610"])
def test_a_plain_number_leads_to_the_printed_one(client: CheckedClient, typed: str) -> None:
    answer = client.get(f"/en/credits/{typed}")
    last = typed.partition("-")[2] or "79600"
    assert answer.status_code == 302
    assert answer.location == f"/en/credits/JP-MN-MN006-2020-79600-{last}"


def test_the_address_of_before_leads_on_and_the_tree_of_splits_is_near(
    client: CheckedClient,
) -> None:
    answer = client.get(f"/en/blocks/{CANCELLED}")
    assert (answer.status_code, answer.location) == (301, f"/en/credits/{CANCELLED}")
    assert f'href="/en/serials?q={CANCELLED}"' in client.get(answer.location).text
    assert f'href="{answer.location}"' in client.get(f"/en/serials?q={CANCELLED}").text


def test_the_address_of_an_issuance_lives_on_when_it_is_divided(client: CheckedClient) -> None:
    answer = client.get("/en/credits/JP-MN-MN006-2020-79580-103828")
    parts = re.findall(r"-2020-(\d+)-(\d+)</a></th>", answer.text)
    assert parts == [("79580", "79829"), ("79830", "80779"), ("80780", "103828")]


@pytest.mark.parametrize(
    "serial",
    [
        "JP-MN-MN006-2020-79580-103829",
        "JP-MN-MN006-2019-79580-79829",
        "JP-MN-MN003-2020-79580-79829",
        "MN-MN-MN006-2020-79580-79829",
        "JP-ID-ID002-2015-27-32",
        "999999999",
        "0",
        "9-3",
        "99999999999999999999",
        "nothing",
    ],
)
def test_what_was_never_issued_so_is_not_found(client: CheckedClient, serial: str) -> None:
    assert client.get(f"/en/credits/{serial}").status_code == 404


def test_holders_are_named_by_the_kind_of_their_account_only(client: CheckedClient) -> None:
    answer = client.get(f"/en/credits/{CANCELLED}")
    assert "From: Entity holding account. To: Voluntary cancellation account." in answer.text
    assert "Sharp" not in answer.text


def test_what_is_illustration_is_marked(client: CheckedClient) -> None:
    answer = client.get(f"/en/credits/{CANCELLED}")
    assert answer.text.count("This is an example for the demonstration") == 2
    assert "How the credits issued in Japan were divided" in answer.text
    assert "2020 (not published; assumed)" in answer.text
