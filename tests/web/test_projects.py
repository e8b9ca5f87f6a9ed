"""The list of projects and the page of one."""

import re

import pytest

from tests.pages import CheckedClient


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_project_shows_its_decisions_with_what_is_issued(
    client: CheckedClient, language: str
) -> None:
    answer = client.get(f"/{language}/projects/MN003")
    assert answer.status_code == 200
    for quantity in ("35,419", "28,335", "8,880", "7,104", "35,439"):
        assert quantity in answer.text
    assert 'datetime="2022-02-08"' in answer.text


def test_what_was_not_published_is_said(client: CheckedClient) -> None:
    answer = client.get("/en/projects/ID002")
    assert "Division among accounts: illustration." in answer.text
    assert "exact date not public" in answer.text
    assert "not public" in answer.text


def test_every_project_has_a_page(client: CheckedClient) -> None:
    references: list[str] = []
    address = "/ja/projects"
    while address:
        answer = client.get(address)
        references += re.findall(r'rowheader"><a href="/ja/projects/([A-Z0-9]+)"', answer.text)
        link = re.search(r'class="next" rel="next" href="([^"]+)"', answer.text)
        address = link[1].replace("&amp;", "&") if link else ""
    assert len(references) == len(set(references)) == 147
    assert references == sorted(references)
    for reference in references[::7]:
        assert client.get(f"/ja/projects/{reference}").status_code == 200


def test_the_list_pages_back_to_its_start(client: CheckedClient) -> None:
    first = client.get("/en/projects")
    last = re.findall(r'rowheader"><a href="/en/projects/([A-Z0-9]+)"', first.text)[-1]
    second = client.get(f"/en/projects?after={last}")
    link = re.search(r'class="prev" rel="prev" href="([^"]+)"', second.text)
    assert link
    back = client.get(link[1].replace("&amp;", "&"))
    pattern = r'rowheader"><a href="/en/projects/([A-Z0-9]+)"'
    assert re.findall(pattern, back.text) == re.findall(pattern, first.text)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("partner=MN", 7),
        ("stage=withdrawn", 4),
        ("stage=registered", 94),
        ("q=solar&partner=MN", 4),
        ("q=インドネシア", 40),
        ("q=zzzz", 0),
        ("stage=nothing", 147),
    ],
)
def test_the_list_can_be_filtered(client: CheckedClient, asked: str, found: int) -> None:
    answer = client.get(f"/en/projects?{asked}")
    assert f'data-announce="{found} projects"' in answer.text


@pytest.mark.parametrize("reference", ["XX999", "mn003", "nothing"])
def test_a_project_that_is_not_is_not_found(client: CheckedClient, reference: str) -> None:
    assert client.get(f"/en/projects/{reference}").status_code == 404
