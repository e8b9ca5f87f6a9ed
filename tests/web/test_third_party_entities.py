"""The list of third-party entities and its CSV."""

import csv
import io
import re
from urllib.parse import urlencode

from tests.pages import CheckedClient

ROW = re.compile(r'rowheader">(TPE-[A-Z]{2}-\d{3})<')


def test_the_list_and_its_csv_are_filtered_alike(client: CheckedClient) -> None:
    for asked, found in (
        ({}, 28),
        ({"partner": "VN"}, 8),
        ({"standing": "withdrawn"}, 8),
        ({"standing": "designated", "partner": "ET"}, 5),
        ({"q": "TÜV"}, 5),
        ({"q": "モンゴル"}, 10),
        ({"q": "tpe-id-003"}, 1),
    ):
        query = urlencode(asked)
        answer = client.get(f"/ja/third-party-entities?{query}")
        assert f'data-announce="{found}件の第三者機関"' in answer.text, asked
        data = client.get(f"/ja/third-party-entities.csv?{query}").data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(data)))
        assert ROW.findall(answer.text) == [row["reference"] for row in rows]
        assert len(rows) == found, asked


def test_the_list_says_where_it_comes_from_and_what_it_lacks(client: CheckedClient) -> None:
    text = client.get("/en/third-party-entities").text
    assert "The Joint Committee of the country decides." in text
    assert text.count("not in our data") == 28
    assert "jcm.go.jp (Viet Nam, third-party entities)" in text
    assert 'href="/en/partner-countries/VN"' in text
