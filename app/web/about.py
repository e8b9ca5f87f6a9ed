"""What the registry says of itself: about, contact, accessibility, privacy; the notice on cookies.

Public pages set no cookie of their own accord, so the form that hides the notice carries no token:
that would need one. What it changes is in the reader's own browser alone.
"""

from datetime import date
from typing import Any, Final

from flask import Blueprint, Flask, make_response, redirect, request
from markupsafe import Markup

from app.documents import flow as pictures
from app.domain import access, flow
from app.domain.accounts import KIND_NAMES, Kind
from app.domain.citations import Subject
from app.domain.text import Text
from app.registry import applications, retention
from app.web import cookies, country, words
from app.web.access import public
from app.web.pages import page
from app.web.sessions import registry

blueprint = Blueprint("about", __name__)

#: The day on which accessibility was last gone through as a whole.
_GONE_THROUGH: Final = date(2026, 11, 23)
_YEAR_SECONDS: Final = 365 * 24 * 60 * 60
#: Whom the official registry names for questions.
_OFFICIAL_CONTACT: Final = "moejcmregistry@env.go.jp"

_KINDS: Final = {
    Kind.GOVERNMENT: Text(
        "Holds the credits of the government.", "政府のクレジットを保有する口座です。"
    ),
    Kind.ENTITY: Text(
        "Holds the credits of a corporation or, since April 2025, of an individual who carries out "
        "a project.",
        "法人のクレジットを保有する口座です。2025年4月からは、事業を行う個人も対象です。",
    ),
    Kind.RETIREMENT: Text(
        "Takes credits that count towards the nationally determined contribution.",
        "国が決定する貢献に算入されるクレジットを記録する口座です。",
    ),
    Kind.MANDATORY_CANCELLATION: Text(
        "Takes credits that are cancelled by order.",
        "命令により取り消されるクレジットを記録する口座です。",
    ),
    Kind.VOLUNTARY_CANCELLATION: Text(
        "Takes credits that their holder cancels for any other purpose.",
        "保有者がその他の目的で取り消すクレジットを記録する口座です。",
    ),
}


_ENTITY_ELSEWHERE: Final = Text(
    "Holds the credits of a corporation, or of an individual who carries out a project.",
    "法人又は事業を行う個人のクレジットを保有する口座です。",
)


def _kinds() -> dict[Kind, Text]:
    """Return what each kind of account is for; since when individuals have one is Japan's law."""
    return _KINDS if country.is_japan() else _KINDS | {Kind.ENTITY: _ENTITY_ELSEWHERE}


def register(app: Flask) -> None:
    """Let the notice be hidden without a token, and tell pages whether to show it."""
    app.extensions["csrf"].exempt(f"{__name__}.{hide_cookie_notice.__name__}")
    app.add_template_global(is_notice_shown, "is_cookie_notice_shown")


@blueprint.get(f"{words.PREFIX}/about")
@public
def show() -> Any:
    of = None if country.is_japan() else country.own_country()
    return page(
        "about/show.html",
        flow_title=flow.TITLE,
        picture=Markup(pictures.picture(words.language(), of)),  # noqa: S704  # our own words
        steps=flow.of(of).steps,
        kinds={KIND_NAMES[kind]: told for kind, told in _kinds().items()},
        subjects=Subject,
    )


@blueprint.get(f"{words.PREFIX}/contact")
@public
def contact() -> Any:
    return page(
        "about/contact.html",
        address=registry().contact,
        official=_OFFICIAL_CONTACT if country.is_japan() else "",
    )


@blueprint.get(f"{words.PREFIX}/accessibility")
@public
def accessibility() -> Any:
    return page("about/accessibility.html", gone_through=_GONE_THROUGH)


@blueprint.get(f"{words.PREFIX}/privacy")
@public
def privacy() -> Any:
    return page(
        "about/privacy.html",
        cookies=cookies.listed(),
        log_years=registry().log_years,
        session_days=retention.SESSIONS.days,
        draft_days=applications.DRAFT_LIFE.days,
        idle_minutes=access.IDLE.seconds // 60,
    )


@blueprint.post(f"{words.PREFIX}/cookie-notice")
@public
def hide_cookie_notice() -> Any:
    """Keep in the reader's browser that the notice was read, and go back to the page."""
    answer = make_response(redirect(words.inside(request.form.get("back", "/")), 303))
    answer.set_cookie(
        cookies.own(cookies.NOTICE),
        "hidden",
        max_age=_YEAR_SECONDS,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return answer


def is_notice_shown() -> bool:
    """Tell whether the page tells of cookies: outside the portal, until the notice is hidden.

    Going back leads to a page, so an answer to a form does not show it.
    """
    is_page = request.method == "GET" and not request.path.startswith("/portal/")
    return is_page and cookies.own(cookies.NOTICE) not in request.cookies
