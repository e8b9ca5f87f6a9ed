"""The list of methodologies, its CSV, and the page of one."""

import csv
import io
import re
from urllib.parse import urlencode

from tests.pages import CheckedClient

ROW = re.compile(r'rowheader"><a href="/\w\w/methodologies/(\w+)"')


def test_a_methodology_shows_its_versions_and_the_projects_that_use_it(
    client: CheckedClient,
) -> None:
    for language, short, version in (
        ("en", "A short description of our own, not the official title.", "Ver3.0"),
        ("ja", "当登録簿による短い説明で、正式名称ではありません。", "Ver2.0"),
    ):
        text = client.get(f"/{language}/methodologies/MN_AM003").text
        assert short in text and version in text
        assert 'datetime="2024-08-04"' in text
        assert re.findall(rf'href="/{language}/projects/(MN\d+)"', text) == [
            "MN003",
            "MN004",
            "MN006",
        ]
        assert f'href="/{language}/projects?methodology=MN_AM003"' in text
    text = client.get("/en/methodologies/MN_AM002").text
    assert "1 Energy industries (renewable/non-renewable)" in text
    assert "Suuri-Keikaku; Climate Experts" in text


def test_what_is_not_in_our_data_is_said(client: CheckedClient) -> None:
    text = client.get("/en/methodologies/BD_AM001").text
    assert "The title is not in our data." in text
    assert text.count("not in our data") >= 7
    assert "No project in our data uses it." in client.get("/en/methodologies/MM_AM005").text
    for reference in ("MN_AM999", "mn_am003"):
        assert client.get(f"/en/methodologies/{reference}").status_code == 404


def test_the_list_and_its_csv_are_filtered_alike(client: CheckedClient) -> None:
    for asked, found, versions in (
        ({}, 90, 99),
        ({"partner": "MN"}, 4, 5),
        ({"q": "solar pv"}, 4, 7),
        ({"q": "タイ"}, 16, 19),
        ({"scope": "2"}, 1, 1),
        ({"q": "none of them"}, 0, 0),
    ):
        query = urlencode(asked)
        answer = client.get(f"/en/methodologies?{query}")
        said = re.search(r'data-announce="(\d+) methodolog', answer.text)
        assert said and int(said[1]) == found, asked
        data = client.get(f"/en/methodologies.csv?{query}").data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(data)))
        assert len(rows) == versions, asked
        listed = list(dict.fromkeys(row["reference"] for row in rows))
        assert ROW.findall(answer.text) == listed[:50]


def test_pages_turn_without_losing_the_filter(client: CheckedClient) -> None:
    first = client.get("/ja/methodologies?q=am")
    link = re.search(r'class="next" rel="next" href="([^"]+)"', first.text)
    assert link and "q=am" in link[1]
    second = client.get(link[1].replace("&amp;", "&"))
    assert len(ROW.findall(first.text)) == 50
    assert len(ROW.findall(second.text)) == 40
    assert 'rel="prev"' in second.text
