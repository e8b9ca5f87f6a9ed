"""The result as CSV and as JSON: what stands in it, and that it is sent once."""

import csv
import io
import json

from app.store.credit_files import COLUMNS
from tests.pages import CheckedClient


def test_the_csv_is_a_download_and_says_what_is_demo(client: CheckedClient) -> None:
    answer = client.get("/ja/credits.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="jcm-credits.csv"'
    assert answer.mimetype == "text/csv"
    assert answer.data.count(b"\n") == answer.data.count(b"\r\n")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert {row["is_demo"] for row in rows} == {"yes", "no"}
    assert {row["state_name"] for row in rows} >= {"保有", "取消し"}
    assert {row["partner_name"] for row in rows} >= {"モンゴル"}


def test_the_json_says_the_same_as_the_csv_in_both_languages(client: CheckedClient) -> None:
    for language in ("en", "ja"):
        asked = f"/{language}/credits.%s?partner=MN&state=held&sort=desc"
        answer = client.get(asked % "json")
        assert answer.mimetype == "application/json"
        document = json.loads(answer.data)
        table = client.get(asked % "csv").data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table)))
        assert [
            {name: str(value) for name, value in one.items()} for one in document["credits"]
        ] == rows
        assert document["search"] == {"partner": "MN", "state": "held", "sort": "desc"}
        assert document["quantity"] == sum(document["quantity_by_kind"].values())
        assert document["language"] == language
    empty = client.get("/en/credits.json?q=zzzz").get_json()
    assert (empty["quantity"], empty["credits"]) == (0, [])


def test_a_file_that_has_not_changed_is_not_sent_again(client: CheckedClient) -> None:
    for name in ("csv", "json"):
        first = client.get(f"/en/credits.{name}?partner=MN")
        etag = first.headers["ETag"]
        assert first.headers["Last-Modified"]
        again = client.get(f"/en/credits.{name}?partner=MN", headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        for other in (f"/ja/credits.{name}?partner=MN", f"/en/credits.{name}?partner=ID"):
            assert client.get(other, headers={"If-None-Match": etag}).status_code == 200


def test_a_file_is_sent_as_it_is_made(client: CheckedClient) -> None:
    for name in ("csv", "json"):
        # How long it is would be known only once all of it had been collected.
        assert "Content-Length" not in client.get(f"/en/credits.{name}").headers


def test_a_file_of_what_cannot_be_asked_is_refused(client: CheckedClient) -> None:
    for asked in ("q=40-12", "since=08/2024", "partner=XX", "sort=up"):
        for name in ("csv", "json"):
            assert client.get(f"/en/credits.{name}?{asked}").status_code == 422
