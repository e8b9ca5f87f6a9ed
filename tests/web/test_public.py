"""The public home."""

import pytest

from tests.pages import CheckedClient


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_home_page_gives_the_key_figures(client: CheckedClient, language: str) -> None:
    answer = client.get(f"/{language}/")
    assert answer.status_code == 200
    assert "103,828" in answer.text
    assert f"/{language}/credits" in answer.text


def test_every_partner_country_is_named(client: CheckedClient) -> None:
    listed = client.get("/ja/").text.partition('class="countries"')[2].partition("</ul>")[0]
    assert listed.count("<li>") == 31
    assert "モンゴル" in listed


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_demonstration_says_that_it_is_one(client: CheckedClient, language: str) -> None:
    for page in ("", "credits", "projects/MN003", "nothing"):
        text = client.get(f"/{language}/{page}").text
        said = "公式な登録簿ではありません" if language == "ja" else "Not the official registry"
        assert said in text


def test_the_root_leads_to_the_readers_language(client: CheckedClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "ja,en;q=0.5"})
    assert (answer.status_code, answer.location) == (302, "/ja/")
    assert set(answer.vary) >= {"accept-language", "cookie"} or "Accept-Language" in str(
        answer.vary
    )
    assert client.get("/", headers={"Accept-Language": "fr"}).location == "/en/"
