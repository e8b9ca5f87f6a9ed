"""The interface for programs: what it answers, from the starting data and from what moves."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.domain import open_data, openapi
from app.domain.ledger import Kind
from app.registry import certificates
from tests import world
from tests.portal import Portal, counted
from tests.programs import program
from tests.world import NOW


def read(site: Flask, address: str) -> Any:
    answer = program(site).get(address)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_description_is_of_this_registry(site: Flask) -> None:
    found = read(site, "/api/openapi.json")
    assert found["openapi"] == "3.1.0"
    assert found["info"]["title"] == "Open data of the JCM Registry of Japan"
    named = found["paths"]["/api/v1/credits"]["get"]["parameters"]
    (partner,) = [one for one in named if one["name"] == "partner"]
    assert "MN" in partner["schema"]["enum"]


def test_every_operation_that_is_described_is_served(site: Flask) -> None:
    routes = {rule.rule.partition("<")[0] for rule in site.url_map.iter_rules()}
    for operation in openapi.OPERATIONS:
        assert openapi.ROOT + operation.path.partition("{")[0] in routes


def test_credits_are_found_by_facets_with_the_totals_of_all(site: Flask) -> None:
    everything = read(site, "/api/v1/credits?page_size=1000")
    assert everything["next"] is None
    assert sum(everything["totals"].values()) == sum(r["quantity"] for r in everything["items"])
    for facet in ("partner", "project", "vintage", "kind", "state", "unit_class"):
        value = everything["items"][0][facet]
        wanted = [row for row in everything["items"] if row[facet] == value]
        found = read(site, f"/api/v1/credits?{facet}={value}&page_size=1000")
        assert found["items"] == wanted, facet
        assert sum(found["totals"].values()) == sum(row["quantity"] for row in wanted)
    page = read(site, "/api/v1/credits?page_size=1")
    assert page["totals"] == everything["totals"]


def test_projects_methodologies_and_countries_are_told_as_in_lists(site: Flask) -> None:
    for word, key in (("projects", "reference"), ("methodologies", "reference")):
        items = read(site, f"/api/v1/{word}?partner=MN")["items"]
        assert items
        assert {row["partner"] for row in items} == {"MN"}
        one = read(site, f"/api/v1/{word}/{items[0][key]}")
        assert items[0] in one.get("items", [one])
    countries = read(site, "/api/v1/partner-countries")["items"]
    assert read(site, "/api/v1/partner-countries/MN") in countries
    used = read(site, "/api/v1/projects?page_size=1000")["items"]
    version = next(row["methodologies"][0] for row in used if row["methodologies"])
    methodology = version.partition(" ")[0]
    found = read(site, f"/api/v1/projects?methodology={methodology}&page_size=1000")["items"]
    assert found == [row for row in used if methodology in str(row["methodologies"])]


def test_words_are_found_in_either_language_and_width(site: Flask) -> None:
    for typed in ("solar", "ＳＯＬＡＲ"):
        assert read(site, f"/api/v1/projects?q={typed}")["items"]
    for odd in ("O'Brien", "%", "_", "\\", "\u202esolar", "太陽" * 50, "'; DROP TABLE projects"):
        answer = program(site).get("/api/v1/projects", query_string={"q": odd})
        assert answer.status_code == 200, odd


def test_the_examples_of_the_page_are_answered(portal: Portal, site: Flask) -> None:
    portal.issued(10)
    for example in open_data.EXAMPLES:
        served = portal.app if "transactions" in example.address else site
        found = read(served, example.address)
        assert found.get("items", [found]), example.address


def test_a_block_tells_its_life_and_no_account(portal: Portal) -> None:
    portal.issued(100)
    portal.database.write(lambda session: world.moved(session, portal.world, quantity=30))
    found = read(portal.app, "/api/v1/blocks/30")
    assert found["block"]["serial"] == "JP-MN-MN003-2019-1-30"
    assert found["issued"] == {
        "transaction": "JP0000000001",
        "day": "2026-11-02",
        "first": 1,
        "last": 100,
    }
    assert [(m["kind"], m["source_kind"], m["target_kind"]) for m in found["movements"]] == [
        ("transfer", "entity", "entity"),
        ("issuance", None, "entity"),
    ]
    assert read(portal.app, "/api/v1/blocks/31")["movements"][0]["kind"] == "issuance"
    assert program(portal.app).get("/api/v1/blocks/101").status_code == 404


def test_a_transaction_is_there_once_completed_and_names_who_was_to_be_named(
    portal: Portal,
) -> None:
    client, cast = program(portal.app), portal.world
    portal.issued(100)

    def cancel(session: Any) -> int:
        return world.moved(session, cast, Kind.VOLUNTARY_CANCELLATION, quantity=10)

    waiting = portal.database.write(lambda s: world.proposed(s, cast, quantity=5))
    cancelled = portal.database.write(cancel)
    assert (waiting, cancelled) == (2, 3)
    for number in ("JP0000000002", "JP0000000099", "MN0000000003"):
        assert client.get(f"/api/v1/transactions/{number}").status_code == 404
    found = read(portal.app, "/api/v1/transactions/JP0000000003")
    assert found["beneficiary"] is None
    assert found["ranges"] == [{"registry": "JP", "first": 6, "last": 15}]
    assert (found["position"], len(found["digest"])) == (2, 64)
    portal.database.write(
        lambda session: certificates.issue_for_transaction(
            session, "JP0000000003", language="en", actor=cast.aoba_proposer, now=NOW
        )
    )
    found = read(portal.app, "/api/v1/transactions/JP0000000003")
    assert found["beneficiary"] == "Kaede Trading"


def test_the_disclosure_is_that_of_the_page_and_never_of_the_future(portal: Portal) -> None:
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(days=3)
    portal.issued(100)
    now = read(portal.app, "/api/v1/disclosure")
    assert {row["kind"]: row["tonnes"] for row in now["amounts"]}["entity"] == 100
    assert now["years"][0]["issued"] == 100
    before = read(portal.app, "/api/v1/disclosure?date=2026-11-01")
    assert sum(row["tonnes"] for row in before["amounts"]) == 0
    answer = program(portal.app).get("/api/v1/disclosure?date=2026-11-06")
    assert (answer.status_code, answer.json["parameter"]) == (400, "date")


@pytest.mark.parametrize("operation", openapi.OPERATIONS, ids=lambda one: str(one.identifier))
def test_an_answer_costs_few_statements(portal: Portal, operation: openapi.Operation) -> None:
    portal.issued(100)
    places = {
        "serial": "1",
        "reference": "MN003",
        "code": "MN",
        "number": "JP0000000001",
    }
    address = openapi.ROOT + operation.path.format(**places)
    with counted(portal) as statements:
        program(portal.app).get(address)
    assert len(statements) <= 12, statements
