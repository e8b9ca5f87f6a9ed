"""The list of partner countries, its CSV, and the page of each."""

import csv
import io
import re
from urllib.parse import urlencode

from tests.pages import CheckedClient
from tests.portal import Portal, counted

ROW = re.compile(r'rowheader"><a href="/\w\w/partner-countries/([A-Z]{2})"')


def test_the_list_and_its_csv_are_filtered_alike(client: CheckedClient) -> None:
    for asked, found in (
        ({}, 31),
        ({"q": "ja"}, 1),
        ({"q": "ラオス"}, 1),
        ({"q": "mng"}, 1),
        ({"q": "?"}, 0),
    ):
        answer = client.get(f"/en/partner-countries?{urlencode(asked)}")
        data = client.get(f"/en/partner-countries.csv?{urlencode(asked)}").data
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        assert ROW.findall(answer.text) == [row["code"] for row in rows]
        assert len(rows) == found, asked


def test_every_country_has_a_page_that_agrees_with_its_line(client: CheckedClient) -> None:
    data = client.get("/ja/partner-countries.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data)))
    assert sum(int(row["issued_tco2"]) for row in rows) == 103_828
    assert sum(int(row["projects"]) for row in rows) == 147
    for row in rows[::3]:
        text = client.get(f"/ja/partner-countries/{row['code']}").text
        assert f"<h1>{row['name_ja']}</h1>" in text
        assert f'datetime="{row["bilateral_document_on"]}"' in text
        if row["projects"] != "0":
            assert f"partner={row['code']}&amp;stage=registered" in text


def test_mongolia_has_everything(client: CheckedClient) -> None:
    text = client.get("/en/partner-countries/MN").text
    for said in (
        "Percentage of Credit Allocation Form",
        "Crd_Allc",
        "05.0",
        "06.0",
        "National Renewable Energy Center",
        "MN_AM004",
        "103,451",
        "44,817",
        "8,963",
    ):
        assert said in text, said
    assert text.count('href="/en/projects/MN001"') == 6
    assert "Japanese titles are our translations" not in text
    assert "仮訳" in client.get("/ja/partner-countries/MN").text


def test_a_country_says_what_is_not_certain_and_what_is_not_known(client: CheckedClient) -> None:
    text = client.get("/en/partner-countries/MX").text
    assert "This date is not certain. 25 July 2014 is also found." in text
    for lacking in ("third-party entities", "rules and forms"):
        assert f"We have no list of this country&#39;s {lacking}." in text or (
            f"We have no list of this country's {lacking}." in text
        )
    certain = client.get("/en/partner-countries/LK").text
    assert "This date is not certain." not in certain
    assert "Date of signing" in certain
    adopted = client.get("/en/partner-countries/KG").text
    assert 'datetime="2025-05-16"' in adopted
    for code in ("mn", "XX", "JP"):
        assert client.get(f"/en/partner-countries/{code}").status_code == 404


def test_no_page_asks_more_than_twelve_questions(portal: Portal) -> None:
    portal.issued()
    client = portal.visitor()
    for address in (
        "projects?scope=",
        "projects/MN003",
        "projects.csv",
        "methodologies",
        "third-party-entities",
        "partner-countries",
        "partner-countries/MN",
    ):
        portal.app.extensions.pop("kept", None)
        with counted(portal) as statements:
            assert client.get(f"/en/{address}").status_code == 200
        assert len(statements) <= 12, (address, len(statements))
