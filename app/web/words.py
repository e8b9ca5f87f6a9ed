"""The language of a request: which it is, how it is changed, and official wording in it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
    url_for,
)
from flask_babel import Babel

from app.domain.text import Text
from app.web.access import person, public

LANGUAGES: Final = ("en", "ja")
#: How each language calls itself.
NAMES: Final = {"en": "English", "ja": "日本語"}
#: The part of a public address that says its language.
PREFIX: Final = "/<any(en,ja):language>"

_COOKIE: Final = "language"
_YEAR_SECONDS: Final = 365 * 24 * 60 * 60
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
    app.context_processor(lambda: {"language": language(), "languages": NAMES})


def language() -> str:
    """Return "en" or "ja": the address says it, else the cookie, the person, the browser."""
    if not has_request_context():
        return "en"
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
        return f"{request.script_root}/{other}{path}" + (f"?{query}" if query else "")
    return url_for("words.choose", chosen=other, back=request.full_path.rstrip("?"))


@blueprint.get("/language/<any(en,ja):chosen>")
@public
def choose(chosen: str) -> Any:
    """Remember the language for pages whose address does not say it, and go back there."""
    answer: Response = current_app.make_response(redirect(_back(), 303))
    answer.set_cookie(
        _COOKIE,
        chosen,
        max_age=_YEAR_SECONDS,
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return answer


def _back() -> str:
    """Return the page asked from, unless it lies outside this registry."""
    back = request.args.get("back", "/")
    inside = back.startswith("/") and not back.startswith("//") and "\\" not in back
    return request.script_root + (back if inside else "/")


def _prefix() -> str:
    first = request.path[1:].partition("/")[0]
    return first if first in LANGUAGES else ""


def _chosen() -> str:
    cookie = request.cookies.get(_COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    reader = person()
    return reader.language if reader and reader.language in LANGUAGES else ""


def _preferred() -> str:
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"


def _drop_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Views do not take the language of their address: `language()` tells it to whoever asks."""
    if values is not None:
        values.pop("language", None)


def _add_language(endpoint: str, values: dict[str, Any]) -> None:
    if "language" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = language()
