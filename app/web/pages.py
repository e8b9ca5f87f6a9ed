"""How a page is rendered: whole, or only the block that htmx asked for; and how values are printed.

One template is one page. A part that htmx replaces is a block with the id of its element as its
name: `<section id="results">{% block results %}…{% endblock %}</section>`.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, current_app, g, make_response, request, url_for
from jinja2 import StrictUndefined, Template

from app.domain.accounts import Holding, State
from app.domain.ledger import Status
from app.domain.projects import Stage
from app.web import words
from app.web.access import SIGN_IN
from app.web.sessions import registry

#: What an answer depends on besides its address.
VARY: Final = ("HX-Request", "HX-Target", "HX-History-Restore-Request")

#: The tone in which the tag of a state is shown, the same on every page; the words say the rest.
TONES: Final[Mapping[str, str]] = {
    **dict.fromkeys((Holding.HELD,), "blue"),
    **dict.fromkeys((Holding.EXTERNAL,), "purple"),
    **dict.fromkeys((Holding.RETIRED, State.OPEN, Status.COMPLETED, Stage.REGISTERED), "green"),
    **dict.fromkeys((Holding.CANCELLED, State.CLOSED, Status.WITHDRAWN, Status.EXPIRED), "gray"),
    **dict.fromkeys((State.APPLIED, State.PARTLY_BARRED, State.CLOSURE_PENDING), "yellow"),
    **dict.fromkeys((Status.PROPOSED, Stage.VALIDATION), "yellow"),
    **dict.fromkeys((State.BARRED, State.SUSPENDED, Status.REJECTED, Status.TERMINATED), "red"),
}

_STATIC: Final = Path(__file__).parents[1] / "static"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def register(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    for printed in (number, day, moment, local_time):
        app.add_template_filter(printed)
    app.add_template_global(asset)
    app.jinja_env.globals["tones"] = TONES
    app.add_template_global(words.in_other_language, "in_other_language")
    app.context_processor(_everywhere)


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a template: the block named by HX-Target if it has one, otherwise the whole page."""
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    part = _part_asked_for(found)
    if part is None:
        body = found.render(context)
    else:
        body = "".join(found.blocks[part](found.new_context(context)))
    answer = make_response(body, status)
    answer.vary.update(VARY)
    answer.headers["Content-Language"] = words.language()
    return answer


def _part_asked_for(template: Template) -> str | None:
    """Name the block to render alone; a page restored from history is always whole."""
    asked = request.headers.get("HX-Request") == "true"
    if not asked or request.headers.get("HX-History-Restore-Request") == "true":
        return None
    target = request.headers.get("HX-Target", "")
    return target if target in template.blocks else None


def number(value: int) -> str:
    """Print a quantity: 622,798."""
    return f"{value:,}"


def day(value: date) -> str:
    """Print a date: 20/08/2024, in Japanese 2024年8月20日."""
    if words.language() == "ja":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value:%d/%m/%Y}"


def moment(value: datetime) -> str:
    """Print a time in the registry's time zone: 05:30 20/08/2024."""
    local = local_time(value)
    if words.language() == "ja":
        return f"{day(local)} {local:%H:%M}"
    return f"{local:%H:%M} {day(local)}"


def local_time(value: datetime) -> datetime:
    """Return a time as the registry's clocks show it."""
    return value.astimezone(registry().time_zone)


def guarded(text: str) -> str:
    """Return a text for a CSV cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def asset(name: str) -> str:
    """Return the address of a static file, which changes when its content does."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:10]


def _everywhere() -> dict[str, Any]:
    """Put what every page needs into its context.

    The macros are here because a block rendered alone does not see what its template imported.
    """
    environment = current_app.jinja_env
    return {
        "ui": environment.get_template("macros/ui.html").module,
        "forms": environment.get_template("macros/forms.html").module,
        "registry_name": registry().name,
        "is_demo": current_app.config.get("DEMO", True),
        "maintenance": g.get("maintenance", ()),
        "sign_in_address": url_for(SIGN_IN) if SIGN_IN in current_app.view_functions else None,
        "errors": {},
    }
