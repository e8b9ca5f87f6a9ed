"""The files for CAD Trust: all tables as JSON in their order, each as CSV."""

import csv
import io
import json

from flask import Flask

from app.domain import cad_trust
from app.domain.cad_trust import FILLED, TABLES
from tests.pages import CheckedClient

ROOT = "/en/open-data/cad-trust"


def test_the_json_has_every_table_in_order_and_tells_what_is_lacking(client: CheckedClient) -> None:
    answer = client.get(f"{ROOT}.json")
    assert answer.mimetype == "application/json"
    found = json.loads(answer.get_data(as_text=True))
    assert found["schema"] == "CAD Trust 2.0.2"
    assert list(found["tables"]) == [table.name for table in TABLES]
    assert {name for name, records in found["tables"].items() if records} == set(FILLED)
    for told in found["incomplete"]:
        records = found["tables"][told["table"]]
        assert sum(not record[told["field"]] for record in records) == told["records"]
    lacking = {(told["table"], told["field"]) for told in found["incomplete"]}
    assert ("verification", "verificationBody") in lacking
    assert not {table for table, _field in lacking} & {"unit", "program", "location"}
    (one, *_others) = found["tables"]["project"]
    assert client.get(one["projectLink"].removeprefix("http://localhost")).status_code == 200
    (unit, *_others) = found["tables"]["unit"]
    assert client.get(unit["unitLink"].removeprefix("http://localhost")).status_code == 200


def test_each_table_is_a_csv_with_the_same_records(client: CheckedClient) -> None:
    whole = json.loads(client.get(f"{ROOT}.json").get_data(as_text=True))["tables"]
    page = client.get("/en/open-data").text
    for name in FILLED:
        address = f"{ROOT}/{name}.csv"
        assert f'href="{address}"' in page
        answer = client.get(address)
        table = cad_trust.find(name)
        assert table is not None
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert tuple(rows[0]) == table.columns
        assert len(rows) - 1 == len(whole[name])
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_there_are_no_other_tables(client: CheckedClient, site: Flask) -> None:
    assert site.name
    for name in ("stakeholder", "accounts", "unit%00", "Unit"):
        assert client.get(f"{ROOT}/{name}.csv").status_code == 404
