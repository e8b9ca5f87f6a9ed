"""Who may open a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Blueprint, Flask

from app.domain.roles import Duty, Role
from app.web import access, errors, pages, sessions, words


@dataclass
class Reader:
    """Someone signed in."""

    id: int
    role: Role | None
    language: str = "en"


def small_app(site: Flask, reader: Reader | None, view: Callable[[], Any]) -> Flask:
    """Make an app of our own frame with one page and a place to sign in."""
    app = Flask("app")
    app.config.update(REGISTRY=site.config["REGISTRY"], SECRET_KEY="for tests only", TESTING=True)
    sign_in = Blueprint("sign_in", __name__)
    sign_in.add_url_rule("/sign-in", "show", access.public(lambda: "sign in"))
    app.register_blueprint(sign_in)
    app.add_url_rule("/page", "page", view, methods=["GET", "POST"])
    sessions.register(app)
    words.register(app)
    pages.register(app)
    access.sign_in_with(app, lambda: reader)
    return app


def opened() -> str:
    return "open"


def test_a_view_that_says_nothing_keeps_the_app_from_starting(site: Flask) -> None:
    app = small_app(site, None, lambda: "open")
    with pytest.raises(RuntimeError, match="neither @public nor @requires: page"):
        access.check(app)
    app.view_functions["page"] = access.public(opened)
    access.check(app)


def test_every_view_of_the_registry_has_said_who_may_open_it(site: Flask) -> None:
    access.check(site)


def test_a_stranger_is_led_to_sign_in_and_back(site: Flask) -> None:
    client = small_app(site, None, access.requires()(opened)).test_client()
    answer = client.get("/page?a=1")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/page?a%3D1")


def test_htmx_is_told_to_lead_the_whole_page_to_sign_in(site: Flask) -> None:
    client = small_app(site, None, access.requires()(opened)).test_client()
    answer = client.get("/page", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/page"
    assert not answer.data


@pytest.mark.parametrize(
    ("role", "needed", "status"),
    [
        (None, (), 200),
        (None, (Role.OPERATOR,), 403),
        (Role.OPERATOR, (Role.OPERATOR,), 200),
        (Role.AUDITOR, (Role.OPERATOR, Role.APPROVER), 403),
        (Role.APPROVER, (Role.OPERATOR, Role.APPROVER), 200),
        (Role.AUDITOR, (Duty.SEE_EVERYTHING,), 200),
        (Role.AUDITOR, (Duty.MANAGE_ACCOUNTS,), 403),
        (None, (Duty.SEE_EVERYTHING,), 403),
        (Role.AUDITOR, (), 200),
        (Role.REVIEWER, (), 403),
        (Role.REVIEWER, (Duty.SEE_ARTICLE_6,), 200),
    ],
)
def test_a_page_opens_for_the_roles_and_duties_it_names(
    site: Flask, role: Role | None, needed: tuple[Role | Duty, ...], status: int
) -> None:
    app = small_app(site, Reader(1, role), access.requires(*needed)(opened))
    assert app.test_client().get("/page").status_code == status


def test_who_is_signed_in_is_asked_once_a_request(site: Flask) -> None:
    asked = []

    def finder() -> Reader:
        asked.append(1)
        return Reader(1, Role.OPERATOR)

    app = small_app(site, None, access.requires()(lambda: str(access.person())))
    access.sign_in_with(app, finder)
    assert "OPERATOR" in app.test_client().get("/page").text
    assert len(asked) == 1


def test_error_pages_need_nobody_signed_in(site: Flask) -> None:
    assert errors.register
    assert site.test_client().get("/en/nothing").status_code == 404
