"""Errors for programs: problem details in the language that Accept-Language prefers."""

from typing import Any

import pytest
from flask import Flask

from tests.programs import program


def asked(site: Flask, address: str, language: str = "", **more: Any) -> Any:
    return program(site).open(address, headers={"Accept-Language": language}, **more)


def test_what_is_not_there_is_said_in_the_readers_language(site: Flask) -> None:
    for language, title in (
        ("ja", "見つかりません"),
        ("en-GB,ja;q=0.5", "Not found"),
        ("", "Not found"),
    ):
        for address in ("/api/v1/projects/XX999", "/api/nothing"):
            answer = asked(site, address, language)
            assert answer.status_code == 404
            assert answer.mimetype == "application/problem+json"
            assert answer.json["title"] == title
            assert answer.json["type"] == "about:blank"
            assert answer.json["status"] == 404
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Accept-Language" in answer.headers["Vary"]
            assert answer.headers["Content-Language"] == (language[:2] or "en")


def test_a_wrong_parameter_is_named(site: Flask) -> None:
    for query, parameter in (
        ("colour=red", "colour"),
        ("partner=MN&partner=MN", "partner"),
        ("page_size=-1", "page_size"),
        ("kind=secret", "kind"),
    ):
        answer = asked(site, f"/api/v1/credits?{query}", "ja")
        assert answer.status_code == 400
        assert answer.json["parameter"] == parameter
        assert answer.json["type"] == "/ja/open-data#parameters"
        assert answer.json["title"] == "要求のパラメーターに誤りがあります"


def test_nothing_is_changed_by_way_of_the_api(site: Flask) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = asked(site, "/api/v1/credits", method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert answer.mimetype == "application/problem+json"


def test_a_fault_has_a_number_and_tells_nothing_else(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("secret of the database")

    monkeypatch.setitem(site.view_functions, "api.list_partner_countries", fail)
    monkeypatch.setattr(site, "testing", value=False)
    answer = asked(site, "/api/v1/partner-countries")
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert len(answer.json["number"]) == 8
    assert "secret" not in answer.text
