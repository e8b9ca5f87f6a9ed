"""The language of a request: which it is, how it is changed, and official wording in it."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
    url_for,
)
from flask_babel import Babel

from app.domain.text import Text
from app.web import cookies
from app.web.access import by_program, person, public
from app.web.sessions import registry

#: How each language calls itself; one more has a catalogue in `translations` and a line here.
NAMES: Final = {"en": "English", "ja": "日本語"}
LANGUAGES: Final = tuple(NAMES)
#: The part of a public address that says its language.
PREFIX: Final = f"/<any({','.join(LANGUAGES)}):language>"

_YEAR_SECONDS: Final = 365 * 24 * 60 * 60
#: Signs with which an address that begins like ours may lead to another site.
_ELSEWHERE: Final = frozenset({"\\", "\x7f", *map(chr, range(0x20))})
#: A step upwards, as browsers read it.
_CLIMBING: Final = re.compile(r"/(?:\.|%2e){1,2}(?:/|#|$)", re.IGNORECASE)
_TRANSLATIONS: Final = Path(__file__).parents[2] / "translations"

blueprint = Blueprint("words", __name__)


def register(app: Flask) -> None:
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(_TRANSLATIONS))
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    Babel(app, locale_selector=language)
    app.register_blueprint(blueprint)
    app.url_value_preprocessor(_drop_language)
    app.url_defaults(_add_language)
    app.add_template_filter(text)
    app.context_processor(lambda: {"language": language(), "languages": offered()})


def offered() -> dict[str, str]:
    """Return the languages that this registry offers, the first one first, by their own names."""
    return {code: NAMES[code] for code in registry().languages}


def language() -> str:
    """Return "en" or "ja": the address says it, else the cookie, the person, the browser."""
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        g.language = _prefix() or _chosen() or _preferred()
    return str(g.language)


def text(wording: Text | Iterable[Text]) -> str:
    """Return official wording in the language of the page."""
    if isinstance(wording, Text):
        return wording.get(language())
    joint = "、" if language() == "ja" else ", "
    return joint.join(one.get(language()) for one in wording)


def in_other_language(other: str) -> str:
    """Return the address of this very page, with its filters, in another language."""
    if _prefix():
        path = request.path[len(_prefix()) + 1 :]
        query = request.query_string.decode("ascii", "ignore")
        return f"{request.script_root}/{other}{quote(path)}" + (f"?{query}" if query else "")
    return url_for("words.choose", chosen=other, back=request.full_path.rstrip("?"))


@blueprint.get(f"/language/<any({','.join(LANGUAGES)}):chosen>")
@public
def choose(chosen: str) -> Any:
    """Remember the language for pages whose address does not say it, and go back there."""
    if chosen not in offered():
        abort(404)
    answer: Response = current_app.make_response(
        redirect(inside(request.args.get("back", "/")), 303)
    )
    answer.set_cookie(
        cookies.own(cookies.LANGUAGE),
        chosen,
        max_age=_YEAR_SECONDS,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return answer


def inside(path: str) -> str:
    """Return the address of a page to go back to, or of the home page if it lies elsewhere.

    Browsers leave out tabs and line ends, so a slash, a tab and a slash begin another site.
    """
    is_ours = path.startswith("/") and not path.startswith("//") and _ELSEWHERE.isdisjoint(path)
    return request.script_root + (path if is_ours and not climbs(path) else "/")


def climbs(path: str) -> bool:
    """Tell whether a browser would leave the registry's own addresses by a path of dots."""
    return _CLIMBING.search(path.partition("?")[0]) is not None


def _prefix() -> str:
    first = request.path[1:].partition("/")[0]
    return first if first in offered() else ""


def _chosen() -> str:
    if by_program():
        return ""
    cookie = request.cookies.get(cookies.own(cookies.LANGUAGE), "")
    if cookie in offered():
        return cookie
    reader = person()
    return reader.language if reader and reader.language in offered() else ""


def _preferred() -> str:
    """Return the language that the browser likes best: British English is English too."""
    for name, quality in request.accept_languages:
        spoken = name.lower().partition("-")[0]
        if quality > 0 and spoken in offered():
            return spoken
    return registry().language


def _drop_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Views do not take the language of their address: `language()` tells it to whoever asks."""
    if values is not None and values.pop("language", registry().language) not in offered():
        abort(404)


def _add_language(endpoint: str, values: dict[str, Any]) -> None:
    if "language" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = language()
