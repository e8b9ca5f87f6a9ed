"""What every answer to a program shares: JSON that caches can keep, sharing, limits."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter

from app.registry.throttles import network
from app.web.access import by_program
from app.web.sessions import now, registry

_SHARED: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Content-Language, ETag, Last-Modified, Link, Retry-After, "
        "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_ASKED_BEFORE: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
#: Where scripts of other sites may read: what is made for programs, and the daily files.
_OPEN: Final = ("/api/", "/data/")
#: The answers after which a program is to wait: too many requests, and maintenance.
_TO_WAIT_FOR: Final = frozenset({429, 503})
#: What happened within the second that a date names could not be told apart by it.
_GRAIN: Final = timedelta(seconds=2)


def register(app: Flask) -> None:
    """Share with every site, and let nobody ask more often than the registry says."""
    app.after_request(_share)
    Limiter(
        _who,
        app=app,
        application_limits=[
            ApplicationLimit(lambda: registry().api_limit, exempt_when=lambda: not _is_counted())
        ],
        headers_enabled=True,
        retry_after="delta-seconds",
        storage_uri="memory://",
        strategy="fixed-window",
    )


def answer(facts: Any, *, changed_at: datetime | None = None) -> Response:
    """Return facts as JSON, or 304 when the asker has them; `changed_at` is when they last did."""
    body = json.dumps(facts, default=_written, ensure_ascii=False, separators=(",", ":"))
    found = Response(body, mimetype="application/json")
    found.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    if changed_at is not None and now() - changed_at >= _GRAIN:
        found.last_modified = changed_at
    if isinstance(facts, dict) and facts.get("next"):
        found.headers["Link"] = f'<{facts["next"]}>; rel="next"'
    found.make_conditional(request)
    return found


def _written(value: object) -> str:
    assert isinstance(value, date), value
    return value.isoformat()


def _share(answered: Response) -> Response:
    if request.path.startswith(_OPEN):
        answered.headers.update(_SHARED)
        if request.method == "OPTIONS":
            answered.headers.update(_ASKED_BEFORE)
    if by_program() and answered.status_code not in _TO_WAIT_FOR:
        answered.headers.pop("Retry-After", None)
    return answered


def _who() -> str:
    return network(request.remote_addr)


def _is_counted() -> bool:
    return by_program() and request.method != "OPTIONS"
