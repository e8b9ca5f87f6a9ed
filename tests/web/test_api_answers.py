"""Every answer to a program: shared with all sites, kept by caches, counted, without cookies."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.config import Config
from app.domain.announcements import Kind
from app.registry import announcements
from tests.portal import Portal
from tests.programs import program
from tests.web.test_maintenance import TEXTS
from tests.world import NOW


def test_scripts_of_any_site_may_read_and_never_with_cookies(site: Flask) -> None:
    client = program(site)
    for address in ("/api/v1/credits", "/api/openapi.json", "/api/nothing", "/api/v1/credits?x=1"):
        headers = client.get(address, headers={"Origin": "https://example.org"}).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in headers
    before = client.options("/api/v1/credits", headers={"Sec-Fetch-Site": "cross-site"})
    assert before.status_code == 200
    assert before.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Origin" not in client.get("/en/").headers


def test_no_cookie_is_read_or_set(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer", language="ja")
    for address in ("/api/v1/credits", "/api/v1/credits?x=1", "/api/nothing"):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.json["title"] == "Not found"
    foreign = client.post("/api/v1/credits", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert "Set-Cookie" not in foreign.headers


def test_what_has_not_changed_is_not_sent_again(portal: Portal) -> None:
    client = program(portal.app)
    portal.issued(10)
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(minutes=1)
    answer = client.get("/api/v1/credits")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.last_modified == NOW
    for known in (
        {"If-None-Match": answer.headers["ETag"]},
        {"If-Modified-Since": answer.headers["Last-Modified"]},
    ):
        again = client.get("/api/v1/credits", headers=known)
        assert (again.status_code, again.data) == (304, b"")
    assert client.head("/api/v1/credits").headers["ETag"] == answer.headers["ETag"]
    portal.issued(10, now=NOW + timedelta(seconds=30))
    assert client.get("/api/v1/credits", headers=known).status_code == 200
    # A second could not be told from the one in which it was asked.
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(seconds=31)
    assert client.get("/api/v1/credits").last_modified is None


def test_a_network_may_ask_so_often_and_the_next_may_still(portal: Portal) -> None:
    config = portal.app.config
    config["REGISTRY"] = replace(config["REGISTRY"], api_limit="3 per minute")
    client, other = program(portal.app), program(portal.app)
    left = [client.get("/api/v1/projects").headers["X-RateLimit-Remaining"] for _ in range(2)]
    client.options("/api/v1/projects")
    last = client.get("/api/v1/partner-countries")
    assert [*left, last.headers["X-RateLimit-Remaining"]] == ["2", "1", "0"]
    assert last.headers["X-RateLimit-Limit"] == "3"
    assert "Retry-After" not in last.headers
    refused = client.get("/api/v1/projects")
    assert refused.status_code == 429
    assert refused.mimetype == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.get("/en/open-data").status_code == 200
    assert other.get("/api/v1/projects").status_code == 200


def test_of_ipv6_a_network_is_counted_as_one(portal: Portal) -> None:
    config = portal.app.config
    config["REGISTRY"] = replace(config["REGISTRY"], api_limit="1 per minute")
    client = program(portal.app)
    statuses = [
        client.get("/api/v1/projects", environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("2001:db8:0:7::1", "2001:db8:0:7::2", "2001:db8:0:8::1")
    ]
    assert statuses == [200, 429, 200]


def test_during_maintenance_programs_are_told_to_wait(portal: Portal) -> None:
    portal.database.write(
        lambda session: announcements.schedule(
            session,
            Kind.MAINTENANCE,
            actor=portal.world.system_administrator,
            texts=TEXTS,
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=1),
            now=NOW - timedelta(days=20),
        )
    )
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(minutes=30)
    portal.app.extensions.pop("kept", None)
    answer = program(portal.app).get("/api/v1/credits", headers={"Accept-Language": "ja"})
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Retry-After"] == "1800"
    assert answer.json["title"] == "機器の更新"
    assert program(portal.app).get("/en/open-data").status_code == 200


def test_the_limit_is_told_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("API_LIMIT", "10 per second")
    assert Config.from_environment().api_limit == "10 per second"
    monkeypatch.setenv("API_LIMIT", "often")
    with pytest.raises(ValueError, match=re.escape("120 per minute")):
        Config.from_environment()
