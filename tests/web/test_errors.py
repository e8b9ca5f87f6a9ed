"""Error pages, and what every change must pass."""

import logging
from collections.abc import Generator
from typing import Any, NoReturn

import pytest
from flask import Flask, abort
from sqlalchemy import select

from app import create_app
from app.domain.errors import NotEnoughCredits, NotFound, SerialsReserved
from app.store.tables import LogEntry
from app.web.access import public
from tests.pages import CheckedClient
from tests.portal import Portal

REFUSAL = NotEnoughCredits(asked=1_500, available=100)


def failing(code: str) -> NoReturn:
    match code:
        case "refused":
            raise REFUSAL
        case "moved":
            raise SerialsReserved(1, 40)
        case "not-found":
            raise NotFound("account")
        case "fault":
            raise RuntimeError("a secret of the inside")
        case _:
            abort(int(code))


@pytest.fixture(scope="module")
def faulty(site: Flask) -> Generator[Flask, None, None]:
    """The same registry with a page that fails as it is told to, served as in production."""
    app = create_app(site.config["REGISTRY"])
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.test_client_class = CheckedClient
    for language in ("en", "ja"):
        app.add_url_rule(
            f"/{language}/failing/<code>",
            f"failing_{language}",
            public(failing),
            methods=["GET", "POST"],
        )
    yield app
    app.extensions["database"].close()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503, 418, 501])
def test_every_error_has_a_page_in_both_languages(faulty: Flask, code: int, language: str) -> None:
    answer = faulty.test_client().get(f"/{language}/failing/{code}")
    assert answer.status_code == code
    assert f'<html lang="{language}">' in answer.text
    assert "data-message" in answer.text


def test_a_refusal_that_no_form_shows_has_a_page(faulty: Flask) -> None:
    answer = faulty.test_client().get("/en/failing/refused")
    assert answer.status_code == 422
    assert "1,500 tCO₂ were asked for, but only 100 tCO₂ are available." in answer.text


def test_a_refusal_because_the_world_moved_on_is_a_conflict(faulty: Flask) -> None:
    assert faulty.test_client().get("/en/failing/moved").status_code == 409


def test_what_is_not_there_is_not_found(faulty: Flask) -> None:
    assert faulty.test_client().get("/en/failing/not-found").status_code == 404


def test_a_fault_has_a_number_and_shows_nothing_of_the_inside(
    faulty: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = faulty.test_client().get("/en/failing/fault")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    number = answer.text.partition('class="serial">')[2][:8]
    assert f"fault {number} at '/en/failing/fault'" in caplog.text


def test_a_wrong_method_says_which_are_right(faulty: Flask) -> None:
    answer = faulty.test_client().put("/en/failing/400")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_change_without_its_token_is_refused(faulty: Flask, language: str) -> None:
    answer = faulty.test_client().post(f"/{language}/failing/refused")
    assert answer.status_code == 400
    said = "ページを開いてから" if language == "ja" else "This page was open for too long"
    assert said in answer.text


@pytest.mark.parametrize(
    ("site_said", "status"),
    [("cross-site", 403), ("same-site", 403), ("same-origin", 400), ("none", 400), (None, 400)],
)
def test_a_change_from_another_site_is_refused(
    faulty: Flask, site_said: str | None, status: int
) -> None:
    headers: dict[str, Any] = {"Sec-Fetch-Site": site_said} if site_said else {}
    answer = faulty.test_client().post("/en/failing/refused", headers=headers)
    assert answer.status_code == status
    assert faulty.test_client().get("/en/", headers=headers).status_code == 200


def test_no_page_is_known_under_a_missing_or_double_slash(client: CheckedClient) -> None:
    assert client.get("/en/credits/").status_code == 404
    assert client.get("/fr/credits").status_code == 404


def test_asvs_16_3_2_who_opens_a_page_without_the_right_is_in_the_log(portal: Portal) -> None:
    client = portal.sign_in("auditor")
    assert client.get("/portal/announcements/new").status_code == 403
    with portal.database.reading() as session:
        entry = session.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert (entry.operation, entry.refusal) == ("open page", "NotEntitled")
    assert (entry.user_id, entry.subject) == (
        portal.world.auditor,
        "GET /portal/announcements/new",
    )


def test_an_address_with_a_null_byte_leads_nowhere(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    for path in ("/en/projects/MN%00", "/portal/accounts/JP%00", "/en/%00", "/data/%00/credits"):
        assert client.get(path).status_code == 404
