"""The public credit search: what it finds, how it pages, and its CSV."""

import csv
import io
import re
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web import credits as credit_pages
from tests.pages import CheckedClient

ALL = 103_828
MONGOLIA = 103_451
ROW = re.compile(r'class="serial" href="[^"]*/(?:blocks|credits)/([^"]+)"')


def search(client: CheckedClient, language: str = "en", **asked: str) -> TestResponse:
    return client.get(f"/{language}/credits?{urlencode(asked)}")


def serials(answer: TestResponse) -> list[str]:
    return ROW.findall(answer.text)


def table(client: CheckedClient, **asked: str) -> list[dict[str, str]]:
    answer = client.get(f"/en/credits.csv?{urlencode(asked)}")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def tonnes(rows: list[dict[str, str]]) -> int:
    return sum(int(row["quantity"]) for row in rows)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_everything_is_shown_when_nothing_is_asked(client: CheckedClient, language: str) -> None:
    answer = search(client, language)
    assert answer.status_code == 200
    assert f"{ALL:,}" in answer.text
    assert len(serials(answer)) > 20


def test_the_rows_ascend_by_serial_number(client: CheckedClient) -> None:
    firsts = [int(serial.split("-")[4]) for serial in serials(search(client))]
    assert firsts == sorted(firsts)


@pytest.mark.parametrize("typed", ["5", "５", "1-40", "１－４０", "JP-ID-ID002-2015-1-27"])
def test_one_box_finds_serial_numbers_in_any_width(client: CheckedClient, typed: str) -> None:
    assert serials(search(client, q=typed))[0] == "JP-ID-ID002-2015-1-27"


def test_a_range_shows_what_lies_within_it(client: CheckedClient) -> None:
    answer = search(client, q="20-30")
    assert len(serials(answer)) == 2
    assert "Within these serial numbers: <b>11</b>" in answer.text


@pytest.mark.parametrize("typed", ["MN003", "mn003", "ＭＮ００３"])
def test_one_box_finds_a_project(client: CheckedClient, typed: str) -> None:
    found = serials(search(client, q=typed))
    assert found and all(serial.startswith("JP-MN-MN003-") for serial in found)


@pytest.mark.parametrize(
    ("typed", "project"), [("Ulaanbaatar suburb", "MN003"), ("farmdo", "MN003"), ("モンゴル", "MN")]
)
def test_one_box_finds_words_of_projects(client: CheckedClient, typed: str, project: str) -> None:
    found = serials(search(client, q=typed))
    assert found and all(project in serial for serial in found)


def test_a_japanese_word_of_two_letters_is_found(client: CheckedClient) -> None:
    answer = client.get("/en/projects?q=タイ")
    assert "34 projects" in answer.text


@pytest.mark.parametrize("typed", ["%", "_", "\\", "100%", "'", '"><script>'])
def test_signs_of_the_query_language_are_only_letters(client: CheckedClient, typed: str) -> None:
    answer = search(client, q=typed)
    assert answer.status_code == 200
    assert not serials(answer)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"partner": "MN"}, MONGOLIA),
        ({"partner": "MN", "vintage": "2017"}, 7_158),
        ({"project": "MN003"}, 35_439),
        ({"project": "mn003", "vintage": "2020"}, 28_335),
        ({"state": "held", "kind": "voluntary_cancellation"}, 0),
        ({"project": "XX999"}, 0),
        ({"q": "999999999"}, 0),
    ],
)
def test_filters_combine_and_the_csv_agrees(
    client: CheckedClient, asked: dict[str, str], expected: int
) -> None:
    assert tonnes(table(client, **asked)) == expected
    answer = search(client, **asked)
    assert answer.status_code == 200
    if expected:
        assert f"<b>{expected:,}</b>" in answer.text
    else:
        assert "No credits match this search." in answer.text


def test_the_states_share_all_credits_out(client: CheckedClient) -> None:
    parts = [tonnes(table(client, state=state)) for state in ("held", "retired", "cancelled")]
    assert sum(parts) == tonnes(table(client)) == ALL
    assert parts[2] > 0


def test_a_chip_for_each_filter_leads_to_the_search_without_it(client: CheckedClient) -> None:
    answer = search(client, "ja", q="solar", partner="MN", state="held")
    chips = re.findall(r'<li><a href="([^"]+)">([^<]+)<span class="cross"', answer.text)
    assert [label for _, label in chips] == ["検索語：solar", "モンゴル", "保有"]
    assert chips[1][0] == "/ja/credits?q=solar&amp;state=held"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"q": "40-12"}, "The last serial number (12) is smaller than the first (40)."),
        ({"q": "9223372036854775808"}, "The number is too large."),
        ({"vintage": "soon"}, "“soon” is not one of the choices."),
        ({"kind": "nothing"}, "“nothing” is not one of the choices."),
        ({"partner": "XX"}, "“XX” is not one of the choices."),
        ({"state": "lost"}, "“lost” is not one of the choices."),
    ],
)
def test_what_cannot_be_is_said_at_the_field(
    client: CheckedClient, asked: dict[str, str], sentence: str
) -> None:
    answer = search(client, **asked)
    assert answer.status_code == 422
    assert sentence in answer.text
    name = next(iter(asked))
    assert f'id="{name}_error"' in answer.text
    assert client.get(f"/en/credits.csv?{urlencode(asked)}").status_code == 422


def test_htmx_gets_the_results_alone_and_they_are_those_of_the_page(client: CheckedClient) -> None:
    address = "/en/credits?partner=MN"
    whole = client.get(address)
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "results"})
    assert "<html" not in part.text
    assert part.text.strip() in whole.text
    assert "HX-Target" in part.headers["Vary"]


def test_paging_goes_forward_and_back_over_the_same_rows(
    site: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_pages, "PAGE_SIZE", 4)
    everything = serials_of_all_pages(client, "/en/credits?partner=MN", "next")
    assert [row["serial"] for row in table(client, partner="MN")] == [
        serial for shown in everything for serial in shown
    ]
    last = len(everything[-1])
    final = client.get(f"/en/credits?partner=MN&after={everything[-2][-1].split('-')[4]}")
    assert len(serials(final)) == last
    back = serials_of_all_pages(client, final.request.full_path, "prev")
    assert back[::-1] == everything


def serials_of_all_pages(client: CheckedClient, address: str, turning: str) -> list[list[str]]:
    found = []
    while address:
        answer = client.get(address)
        found.append(serials(answer))
        link = re.search(rf'class="{turning}" rel="{turning}" href="([^"]+)"', answer.text)
        address = link[1].replace("&amp;", "&") if link else ""
    return found


def test_many_blocks_are_counted_no_further_than_need_be(
    client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_pages, "COUNT_CAP", 10)
    assert "More than 10 blocks" in search(client).text


def test_holders_of_entity_accounts_are_named_nowhere(client: CheckedClient) -> None:
    names = ("Farmdo", "FARMDO", "Mayekawa", "MAYEKAWA", "Sharp", "trading")
    shown = search(client).text + client.get("/en/credits.csv").text
    assert not [name for name in names if name in shown]


def test_every_facet_narrows_and_a_pair_narrows_further(client: CheckedClient) -> None:
    for facets, expected in (
        ({"unit_class": "jcm_credit"}, tonnes(table(client, unit_class="jcm_credit"))),
        ({"scope": "1"}, tonnes(table(client, scope="1"))),
        ({"partner": "MN", "unit_class": "jcm_credit", "state": "held"}, None),
    ):
        rows = table(client, **facets)
        assert rows and (expected is None or tonnes(rows) == expected)
        assert f"<b>{tonnes(rows):,}</b>" in search(client, **facets).text
    assert (
        tonnes(table(client, unit_class="itmo")) + tonnes(table(client, unit_class="jcm_credit"))
        == ALL
    )
    assert search(client, partner="MN", q="JP-ID-ID002-2015-1-27").text.count("<tbody") == 0


def test_credits_are_found_by_the_days_on_which_they_were_issued(client: CheckedClient) -> None:
    whole = table(client, since="01/01/2000", until="2100-01-01")
    assert tonnes(whole) == ALL
    assert table(client, until="31/12/2012") == table(client, since="2100-01-01") == []
    assert table(client, since="2100-01-01", until="2000-01-01") == []
    answer = search(client, "ja", since="２０１６年１月１日", until="2016-12-31")
    assert "発行日：2016年1月1日から" in answer.text
    parts = [
        tonnes(table(client, since=f"{year}-01-01", until=f"{year}-12-31"))
        for year in range(2013, 2027)
    ]
    assert sum(parts) == ALL and max(parts) < ALL


def test_o74_part_of_a_date_is_refused_and_the_other_fields_keep_their_content(
    client: CheckedClient,
) -> None:
    for name in ("since", "until"):
        answer = search(client, **{"partner": "MN", "q": "solar", name: "08/2024"})
        assert answer.status_code == 422
        assert f'id="{name}_error"' in answer.text
        assert 'value="08/2024"' in answer.text and 'value="solar"' in answer.text
        assert '<option value="MN" selected' in answer.text


def test_an_itmo_identifier_finds_what_it_names_or_says_what_is_wrong(
    client: CheckedClient,
) -> None:
    assert not serials(search(client, q="CA0004-MNG01-MNG-1-9-2021"))
    assert not serials(search(client, q="CA0004-JPN01-QQQ-1-9-2021"))
    for typed, said in (
        ("CA0004-JPN01-MNG-9-1-2021", "The last serial number (1) is smaller than the first (9)."),
        ("CA0004-JPN01-MNG-1-9-2019", "ITMOs begin with 2021"),
        ("CA0004-JPN01-MN-1-9-2021", "is not the identifier of an ITMO"),
    ):
        answer = search(client, q=typed)
        assert answer.status_code == 422
        assert said in answer.text and 'id="q_error"' in answer.text
    for row in table(client, unit_class="itmo"):
        told = client.get(f"/en/credits/{row['serial']}").text
        found = re.search(r"CA\d{4}-JPN01-[A-Z]{3}-\d+-\d+-\d{4}", told)
        assert found, row
        assert serials(search(client, q=found[0])) == [row["serial"]]
        another = found[0].replace("-JPN01-", "-JPN02-")
        assert not serials(search(client, q=another)), "every part of it counts"


def test_the_highest_serial_numbers_come_first_when_asked_for(
    client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_pages, "PAGE_SIZE", 4)
    everything = serials_of_all_pages(client, "/en/credits?partner=MN&sort=desc", "next")
    rows = table(client, partner="MN", sort="desc")
    assert [row["serial"] for row in rows] == [one for page in everything for one in page]
    firsts = [int(row["first"]) for row in rows]
    assert firsts == sorted(firsts, reverse=True)
    last = f"/en/credits?partner=MN&sort=desc&after={everything[-2][-1].split('-')[4]}"
    assert serials_of_all_pages(client, last, "prev")[::-1] == everything


def test_whatever_is_typed_there_is_an_answer(site: Flask) -> None:
    client = FlaskClient(site, site.response_class)
    odd = (
        "O'Brien",
        "%",
        "_",
        "\\",
        "\0",
        "MN\x00003",
        "太" * 10_000,
        "9" * 10_000,
        "\u202e12-40",
        "-1",
    )
    for said in odd:
        for name in ("q", "project", "vintage", "methodology", "since", "sort", "after", "before"):
            address = f"/en/credits?{urlencode({name: said})}"
            assert client.get(address).status_code in {200, 422}, (name, said)
    for said in ("-1", "1000000000", "x"):
        assert client.get(f"/en/credits?size={said}").status_code == 200
