"""The legal basis: what holds on a chosen day, and what other pages cite."""

from datetime import date
from typing import Any

from flask import Blueprint, Flask, request

from app.domain.citations import Citation, Subject
from app.domain.errors import NotADate
from app.store import citations
from app.web import dates, words
from app.web.access import public
from app.web.messages import sentence
from app.web.pages import local_time, page
from app.web.sessions import now, reading

blueprint = Blueprint("legal", __name__)

_UNPROCESSABLE = 422
_TYPED_MAX = 40


def register(app: Flask) -> None:
    app.add_template_global(citation, "citation_of")


@blueprint.get(f"{words.PREFIX}/legal-basis")
@public
def show() -> Any:
    typed = request.args.get("date", "").replace("\0", "")[:_TYPED_MAX]
    try:
        day = dates.parse(typed, "date") or local_time(now()).date()
    except NotADate as refusal:
        errors = {"date": sentence(refusal)}
        return page("legal/show.html", status=_UNPROCESSABLE, errors=errors, typed=typed, day=None)
    session = reading()
    return page(
        "legal/show.html",
        typed=typed or day.isoformat(),
        day=day,
        cited=citations.on(session, day),
        others=citations.others(session, day),
        days=citations.days(session),
    )


def citation(subject: Subject, day: date | None = None) -> Citation | None:
    """Return where a subject stands in the law on a day, today unless it is said."""
    return citations.of(reading(), subject, day or local_time(now()).date())
