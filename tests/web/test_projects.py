"""The list of projects, its CSV, and the page of one."""

import csv
import io
import re
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.pages import CheckedClient
from tests.portal import Portal

ROW = re.compile(r'rowheader"><a href="/\w\w/projects/([A-Z0-9]+)"')


def table(client: CheckedClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_project_shows_the_issuances_of_both_sides_as_published(client: CheckedClient) -> None:
    for language in ("en", "ja"):
        text = client.get(f"/{language}/projects/MN003").text
        for quantity in ("35,419", "28,335", "8,880", "7,104", "35,439", "7,084", "1,776"):
            assert quantity in text
        for day in ("2018-06-01", "2020-12-31", "2022-02-08", "2022-02-24", "2022-02-22"):
            assert f'datetime="{day}"' in text
        assert f'href="/{language}/methodologies/MN_AM003"' in text
        assert f'href="/{language}/partner-countries/MN"' in text
        assert f'href="/{language}/credits?project=MN003"' in text


def test_a_project_names_its_focal_points_and_leads_to_a_map(client: CheckedClient) -> None:
    text = client.get("/en/projects/BD001").text
    assert text.count("(focal point)") == 2
    assert "The location of this project is not in our data." in text
    assert 'href="https://www.openstreetmap.org/search?query=Bangladesh"' in text


def test_what_was_not_published_is_said(client: CheckedClient) -> None:
    text = client.get("/en/projects/ID002").text
    assert "Division among accounts: illustration." in text
    assert "not certain: see the note" in text
    partly = client.get("/en/projects/VN005").text
    assert "of which known: 95" in partly
    assert 'decisions: <span class="soft">not published</span>' in partly
    assert "calculated" in client.get("/en/projects/MN002").text


def test_a_proposal_to_issue_is_nobodys_business(portal: Portal) -> None:
    portal.issued(1_000)
    operator = portal.sign_in("operator")
    before = portal.visitor().get("/en/projects/MN003").text
    allocation = str(portal.world.allocations["MN003", portal.world.kaede])
    sent = operator.send("/portal/issuances", allocation=allocation, quantity="777")
    assert sent.status_code == 303, sent.text
    after = portal.visitor().get("/en/projects/MN003").text
    assert "1,000" in before and "2,999,000" in before
    assert "777" not in after
    assert "2,999,000" in after
    assert portal.world.aoba not in after


def test_every_project_has_a_page_and_a_line_in_the_same_order(client: CheckedClient) -> None:
    references: list[str] = []
    address = "/ja/projects"
    while address:
        answer = client.get(address)
        references += ROW.findall(answer.text)
        link = re.search(r'class="next" rel="next" href="([^"]+)"', answer.text)
        address = link[1].replace("&amp;", "&") if link else ""
    assert len(references) == len(set(references)) == 147
    assert references == [row["reference"] for row in table(client, "/ja/projects.csv")]
    for reference in references[::7]:
        assert client.get(f"/ja/projects/{reference}").status_code == 200


def test_the_list_pages_back_to_its_start(client: CheckedClient) -> None:
    first = client.get("/en/projects?stage=registered")
    last = ROW.findall(first.text)[-1]
    second = client.get(f"/en/projects?stage=registered&after={last}")
    link = re.search(r'class="prev" rel="prev" href="([^"]+)"', second.text)
    assert link
    back = client.get(link[1].replace("&amp;", "&"))
    assert ROW.findall(back.text) == ROW.findall(first.text)


def test_the_list_and_its_csv_are_filtered_alike(client: CheckedClient) -> None:
    for asked, found in (
        ({"partner": "MN"}, 7),
        ({"stage": "withdrawn"}, 4),
        ({"stage": "registered"}, 94),
        ({"q": "solar", "partner": "MN"}, 4),
        ({"q": "タイ"}, 34),
        ({"q": "ｉｎｄｏｎｅｓｉａ"}, 40),
        ({"q": "zzzz"}, 0),
        ({"methodology": "MN_AM003"}, 3),
        ({"methodology": "MN_AM003", "partner": "TH"}, 0),
        ({"scope": "1"}, 2),
        ({"scope": "1", "stage": "registered"}, 2),
    ):
        query = urlencode(asked)
        answer = client.get(f"/en/projects?{query}")
        assert f'data-announce="{found} projects"' in answer.text, asked
        rows = table(client, f"/en/projects.csv?{query}")
        assert len(rows) == found, asked
        assert ROW.findall(answer.text) == [row["reference"] for row in rows][:50]
    assert "2 of 90 methodologies" in client.get("/en/projects?scope=1").text


def test_the_csv_says_what_the_pages_say(client: CheckedClient) -> None:
    rows = {row["reference"]: row for row in table(client, "/ja/projects.csv")}
    assert sum(int(row["issued_tco2"]) for row in rows.values()) == 103_828
    for row in rows.values():
        states = (int(row[f"{state}_tco2"]) for state in ("held", "retired", "cancelled"))
        assert sum(states) == int(row["issued_tco2"])
    solar = rows["MN003"]
    assert (solar["partner_name"], solar["stage_name"]) == ("モンゴル", "登録済み")
    assert solar["methodologies"] == "MN_AM003 Ver2.0"
    assert solar["participants_partner"] == "Bridge LLC; Everyday Farm LLC"
    assert rows["MN001"]["sectoral_scopes"] == "1"
    assert rows["BD001"]["focal_points"].startswith("Nippon Koei Co., Ltd.; ")


def test_htmx_gets_the_results_alone(client: CheckedClient) -> None:
    whole = client.get("/ja/projects?partner=MN")
    headers = {"HX-Request": "true", "HX-Target": "results"}
    part = client.get("/ja/projects?partner=MN", headers=headers)
    assert "<html" not in part.text
    assert part.text.strip() in whole.text


@pytest.mark.parametrize("reference", ["XX999", "mn003", "nothing"])
def test_a_project_that_is_not_is_not_found(client: CheckedClient, reference: str) -> None:
    assert client.get(f"/en/projects/{reference}").status_code == 404


def test_odd_questions_get_an_answer_or_a_clear_refusal(site: Flask) -> None:
    client = site.test_client()
    odd = ("O'Brien %_\\ \"><script>", "a\0b", "\u202e", "x" * 10_000, "-1", str(10**9))
    choices = {
        "projects": ("partner", "stage", "methodology", "scope"),
        "methodologies": ("partner", "scope"),
        "third-party-entities": ("partner", "standing"),
        "partner-countries": (),
    }
    for page, names in choices.items():
        for typed in odd:
            free = urlencode({"q": f"zz {typed}", "after": typed, "before": typed})
            chosen = urlencode(dict.fromkeys(names, typed))
            for ending in ("", ".csv"):
                assert client.get(f"/ja/{page}{ending}?{free}").status_code == 200, (page, typed)
                status = client.get(f"/ja/{page}{ending}?{chosen}").status_code
                assert status == (422 if names else 200), (page, typed)
            assert client.get(f"/en/{page}/{urlencode({'': typed})[1:]}").status_code == 404
