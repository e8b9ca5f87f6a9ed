"""What the one box and the facets are understood as, and the totals of whatever is asked."""

import csv
import io
import re

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.accounts import Holding, Kind
from app.domain.projects import UnitClass
from app.store import credit_totals
from app.web import credit_filters, lists
from app.web.credit_filters import Asked
from app.web.sessions import reading

TOTAL = re.compile(r"In the whole result: <b>([0-9,]+)</b>")
BLOCKS = re.compile(r"data-announce=\"([0-9,]+) blocks?\"")

ASKED = st.fixed_dictionaries(
    {},
    optional={
        "q": st.sampled_from(
            ["MN003", "solar", "太陽", "農園", "monitoring", "JP-ID-ID002-2015-1-27", "zzz"]
        )
        | st.integers(1, 110_000).map(str)
        | st.tuples(st.integers(1, 60_000), st.integers(60_000, 110_000)).map(
            "{0[0]}-{0[1]}".format
        ),
        "partner": st.sampled_from(["MN", "ID", "PW", "VN", "TH", "MV"]),
        "project": st.sampled_from(["MN001", "mn003", "ID002", "VN001", "XX999"]),
        "scope": st.sampled_from(["1", "2", "3"]),
        "vintage": st.integers(2013, 2023).map(str),
        "kind": st.sampled_from(Kind).map(str),
        "state": st.sampled_from(Holding).map(str),
        "unit_class": st.sampled_from(UnitClass).map(str),
        "since": st.integers(2013, 2026).map("{}-01-01".format),
        "until": st.integers(2013, 2026).map("{}-06-30".format),
        "sort": st.just("desc"),
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=ASKED)
def test_the_totals_shown_are_always_the_sums_of_the_rows_of_the_csv(
    site: Flask, asked: dict[str, str]
) -> None:
    client = FlaskClient(site, site.response_class)
    text = client.get("/en/credits", query_string=asked).text
    answer = client.get("/en/credits.csv", query_string=asked)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    shown = TOTAL.search(text)
    assert (int(shown[1].replace(",", "")) if shown else 0) == sum(
        int(row["quantity"]) for row in rows
    )
    counted = BLOCKS.search(text)
    assert counted is not None and int(counted[1].replace(",", "")) == len(rows)
    document = client.get("/en/credits.json", query_string=asked).get_json()
    assert document["quantity"] == sum(one["quantity"] for one in document["credits"])
    assert [one["serial"] for one in document["credits"]] == [row["serial"] for row in rows]


def test_every_field_that_cannot_be_understood_is_named_at_once(site: Flask) -> None:
    wrong = {"q": "40-12", "partner": "XX", "since": "08/2024", "until": "x", "sort": "up"}
    with site.test_request_context("/en/credits", query_string=wrong | {"vintage": "2019"}):
        wanted, refusals = credit_filters.understood(reading(), lists.typed(Asked))
    assert set(refusals) == set(wrong)
    assert all(refusal.field == name for name, refusal in refusals.items())
    assert wanted.search.is_empty


def test_what_contradicts_itself_finds_nothing(site: Flask) -> None:
    for asked in (
        {"q": "JP-ID-ID002-2015-1-27", "partner": "MN"},
        {"q": "JP-ID-ID002-2015-1-27", "vintage": "2016"},
        {"q": "JP-ID-ID002-2014-1-27"},
        {"q": "MN-ID-ID002-2015-1-27"},
        {"q": "MN003", "project": "MN001"},
        {"kind": "entity", "state": "cancelled"},
    ):
        with site.test_request_context("/en/credits", query_string=asked):
            session = reading()
            wanted, refusals = credit_filters.understood(session, lists.typed(Asked))
            assert not refusals
            assert not credit_totals.totals(session, wanted.search), asked
