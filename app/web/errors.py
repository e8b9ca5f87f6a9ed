"""Error pages in the page's language, and the checks every change passes before its view."""

import logging
import secrets
from typing import Any, Final

from flask import Flask, abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, InternalServerError

from app.domain.errors import NotFound, Refusal
from app.web import sign_in
from app.web.access import person
from app.web.messages import sentence, status
from app.web.pages import page

#: Methods that change nothing.
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_ERROR: Final = 400
_FAULT: Final = 500
#: Where a change may come from: our own pages, or the person's own doing.
_OWN_SITES: Final = frozenset({"same-origin", "none"})

_WORDING: Final = {
    400: (
        _l("The request could not be understood"),
        _l("Go back, check what you typed and try again."),
    ),
    403: (
        _l("You may not open this page"),
        _l("Your rights do not cover it. If they should, ask the registry administrator."),
    ),
    404: (
        _l("Page not found"),
        _l("Check the address. If you followed a link, the page may have been moved."),
    ),
    405: (
        _l("This page cannot be used in that way"),
        _l("Go back and use the links and buttons of the page."),
    ),
    409: (
        _l("The situation has changed in the meantime"),
        _l("Load the page again to see how things stand now."),
    ),
    413: (
        _l("What you sent is too large"),
        _l("Send a smaller file or a shorter text."),
    ),
    422: (
        _l("The entry could not be accepted"),
        _l("Go back, check what you typed and try again."),
    ),
    429: (
        _l("Too many requests"),
        _l("Wait a moment and try again."),
    ),
    500: (
        _l("Something went wrong on our side"),
        _l("Nothing was changed halfway. Try again later; if it happens again, tell us."),
    ),
    503: (
        _l("The registry is not available at present"),
        _l("Try again later."),
    ),
}

#: Pages that are no use without signing in, and the sign-in page itself.
_BEHIND_SIGN_IN: Final = frozenset({"transfers", "approvals", "sign_in"})

_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.before_request(_refuse_other_sites)
    CSRFProtect(app)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(InternalServerError, _failed)
    app.register_error_handler(HTTPException, _answered)


def _refuse_other_sites() -> None:
    """The second belt beside the token: browsers say which site a change was sent from."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in _SAFE and site not in _OWN_SITES:
        abort(403)


def _answered(error: HTTPException) -> Any:
    if error.code is None or error.code < _ERROR:
        return error
    title, advice = _wording(error.code)
    answer = _page(error.code, title, advice)
    for name in ("Allow", "Retry-After"):
        for value in error.get_response().headers.getlist(name):
            answer.headers[name] = value
    return answer


def _not_found(_error: NotFound) -> Any:
    title, advice = _wording(404)
    return _page(404, title, advice)


def _refused(refusal: Refusal) -> Any:
    title, _advice = _wording(status(refusal))
    return _page(status(refusal), title, sentence(refusal))


def _stale_form(_error: CSRFError) -> Any:
    """Refuse a form whose token has run out; with the session gone, offer to sign in again."""
    if person() is None and request.blueprint in _BEHIND_SIGN_IN:
        return sign_in.again()
    return _page(
        400,
        _("This page was open for too long"),
        _(
            "For your safety the form was not accepted, and nothing has been changed. "
            "Go back, load the page again and send the form once more."
        ),
    )


def _failed(error: InternalServerError) -> Any:
    """Give a fault a number; it stands on the page and in the log, after the exception itself."""
    number = secrets.token_hex(4)
    _log.error("fault %s at %s: %r", number, request.path, error.original_exception or error)
    title, advice = _wording(500)
    return _page(500, title, advice, number=number)


def _page(code: int, title: str, advice: str, number: str = "") -> Any:
    """Show an error; whoever is signed in keeps the menu, unless it may be what failed."""
    inside = code < _FAULT and request.path.startswith("/portal") and person() is not None
    return page(
        "error.html",
        status=code,
        frame="portal.html" if inside else "base.html",
        code=code,
        title=title,
        advice=advice,
        number=number,
    )


def _wording(code: int) -> tuple[str, str]:
    title, advice = _WORDING.get(code) or _WORDING[500 if code >= _FAULT else 400]
    return str(title), str(advice)
