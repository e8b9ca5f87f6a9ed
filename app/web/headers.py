"""Security headers: what browsers may do with our pages, and who may keep a copy of them."""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from app.web.words import LANGUAGES

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

_ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_TWO_YEARS: Final = "max-age=63072000"


def register(app: Flask) -> None:
    app.after_request(_add)


def _add(answer: Response) -> Response:
    for name, value in _ALWAYS.items():
        answer.headers.setdefault(name, value)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", _TWO_YEARS)
    answer.headers["Cache-Control"] = _keeping(answer)
    return answer


def _keeping(answer: Response) -> str:
    """Public pages are asked for again each time, versioned files never, portal pages not kept."""
    if request.endpoint == "static" and answer.status_code == HTTPStatus.OK:
        return "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    if request.path[1:].partition("/")[0] in LANGUAGES:
        return "no-cache"
    return "no-store"
