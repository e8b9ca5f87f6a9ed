"""Security headers: what browsers may do with our pages, and who may keep a copy of them."""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from app.web.access import by_program
from app.web.words import LANGUAGES

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

#: On every answer, whoever it is for.
ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
#: Public pages that show what only whoever holds a paper may read.
_NEVER_KEPT: Final = frozenset({"verification.search"})
_TWO_YEARS: Final = "max-age=63072000"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
#: What programs read may be a minute old.
_PROGRAMS: Final = "public, max-age=60"
_KEPT: Final = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED})
#: Public files that stand outside the languages.
_FOR_CRAWLERS: Final = frozenset({"about.sitemap_xml", "about.robots"})


def register(app: Flask) -> None:
    app.after_request(_add)


def _add(answer: Response) -> Response:
    for name, value in ALWAYS.items():
        answer.headers.setdefault(name, value)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", _TWO_YEARS)
    answer.headers["Cache-Control"] = _keeping(answer)
    return answer


def _keeping(answer: Response) -> str:
    """Public pages are asked for again each time, versioned files never, portal pages not kept."""
    if request.endpoint == "static" and answer.status_code == HTTPStatus.OK:
        return _FOR_EVER if "v" in request.args else "no-cache"
    if by_program():
        return _PROGRAMS if answer.status_code in _KEPT else "no-store"
    if request.endpoint == "open_data.dump" and answer.status_code in _KEPT:
        return _FOR_EVER
    if request.endpoint in _NEVER_KEPT:
        return "no-store"
    if request.path[1:].partition("/")[0] in LANGUAGES or request.endpoint in _FOR_CRAWLERS:
        return "no-cache"
    return "no-store"
