"""Who fills in an application: the person signed in, or a visitor by the link kept in a cookie.

The pages of one application are the same for both: `/applications/<number>/…`. A view of theirs is
`@public`, and finds its application with `application()`, which answers 404 to everyone else, and
leads to sign-in whoever is neither signed in nor holds a link.
"""

from typing import Any, Final

from flask import Blueprint, abort, make_response, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.domain import forms
from app.domain.applications import STATUS_NAMES, identifier
from app.domain.applications import number as printed
from app.domain.errors import NotFound, Refusal
from app.domain.forms.spec import applicant_names
from app.registry import filling, logs
from app.registry.effects import Setting
from app.registry.filling import Filler
from app.store import applications as questions
from app.store.tables import Application
from app.web import cookies, readers
from app.web.access import person, sign_in_first
from app.web.pages import page
from app.web.sessions import database, now, reading, registry

_SECRET_MAX: Final = 100
_DAYS_SECONDS: Final = 90 * 24 * 60 * 60


def filler() -> Filler:
    """Return who asks: the person signed in, else whoever holds the link to an application."""
    reader = person()
    if reader is not None:
        return Filler(reader.id)
    return Filler(secret=request.cookies.get(cookies.own(cookies.APPLICATION), "")[:_SECRET_MAX])


def known() -> Filler:
    """Return who asks; whoever is neither signed in nor holds a link signs in first."""
    by = filler()
    if by == Filler():
        abort(_nobody())
    return by


def application(number: str) -> Application:
    """Return the application of a number, for one who may know of it.

    Raises:
        NotFound: there is none, or it is not for this reader.
    """
    by = known()
    application_id = identifier(number)
    found = questions.by_id(reading(), application_id) if application_id else None
    if found is None or not filling.may_see(reading(), found, by, now=now()):
        raise NotFound("application")
    return found


def may_fill_in(found: Application) -> bool:
    """Tell whether the reader may change, submit or withdraw an application that it may see."""
    return filling.may_fill_in(reading(), found, filler())


def setting() -> Setting:
    """Return where an application is begun, handed in or decided."""
    return Setting(registry().code, readers.vault(), readers.origin())


def refused(operation: str, subject: str, refusals: list[Refusal]) -> None:
    """Log refusals in a transaction of their own: the one they ended is undone."""
    at, actor = now(), filler().user

    def log(session: Session) -> None:
        for refusal in refusals:
            logs.refused(session, operation, subject[:100], refusal, actor=actor, now=at)

    database().write(log)


def frame() -> str:
    """Return the template that the pages of an application extend: the portal's, or the public."""
    return "portal.html" if person() is not None else "visitors/frame.html"


def remember(answer: Response, secret: str) -> None:
    """Let a visitor's browser keep the link to its application."""
    answer.set_cookie(cookies.own(cookies.APPLICATION), secret, **_attributes())


def forget(answer: Response) -> None:
    """Let a visitor's browser forget its application."""
    answer.delete_cookie(
        cookies.own(cookies.APPLICATION), secure=registry().tls, httponly=True, samesite="Lax"
    )


def tell_templates(blueprint: Blueprint) -> None:
    """Give the templates what the pages of applications print on every one of them."""

    @blueprint.record
    def tell(state: BlueprintSetupState) -> None:
        code = state.app.config["REGISTRY"].code
        state.app.jinja_env.globals.update(
            application_number=printed,
            application_status_names=STATUS_NAMES,
            applicant_names=applicant_names(code),
            form_purposes={one: forms.latest(one, code).purpose for one in forms.VERSIONS},
            has_page=lambda endpoint: endpoint in state.app.view_functions,
        )


def _nobody() -> Response:
    """Answer somebody who is not signed in and holds no link; what was typed is not lost."""
    if request.headers.get("HX-Request") != "true":
        return make_response(sign_in_first())
    # The page in which something is being typed stays as it is.
    return page(
        "error.html",
        status=401,
        frame="base.html",
        code=401,
        title=_("The session has ended"),
        advice=_("What you typed stays on this page."),
        number="",
    )


def _attributes() -> dict[str, Any]:
    return {
        "max_age": _DAYS_SECONDS,
        "httponly": True,
        "secure": registry().tls,
        "samesite": "Lax",
    }
