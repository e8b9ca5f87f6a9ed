"""Error pages in the page's language, and the checks every change passes before its view."""

import logging
import secrets
from typing import Any, Final

from flask import Flask, abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, InternalServerError

from app.domain.errors import NotEntitled, NotFound, Refusal
from app.registry import logs
from app.store.databases import UNREACHABLE
from app.web import maintenance, problems, returning, sign_in
from app.web.access import by_program, person
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.sessions import database, now, registry

#: Methods that change nothing.
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_ERROR: Final = 400
_FORBIDDEN: Final = 403
_FAULT: Final = 500
_UNAVAILABLE: Final = 503
#: Characters of an address that the log keeps.
_SUBJECT_MAX: Final = 200
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

_log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.before_request(_refuse_null_bytes)
    app.before_request(_refuse_other_sites)
    CSRFProtect(app)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(InternalServerError, _failed)
    app.register_error_handler(HTTPException, _answered)
    app.log_exception = _log_exception  # type: ignore[method-assign, assignment]  # Flask's writes paths raw


def _refuse_null_bytes() -> None:
    """No address of ours has one, and PostgreSQL takes none in a text."""
    if "\0" in request.path:
        abort(404)


def _refuse_other_sites() -> None:
    """The second belt beside the token: browsers say which site a change was sent from."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in _SAFE and site not in _OWN_SITES:
        abort(403)


def _answered(error: HTTPException) -> Any:
    if error.code is None or error.code < _ERROR:
        return error
    if error.code == _FORBIDDEN:
        _log_forbidden()
    title, advice = _wording(error.code)
    answer = _page(error.code, title, advice)
    for name in ("Allow", "Retry-After"):
        for value in error.get_response().headers.getlist(name):
            answer.headers[name] = value
    return answer


def _log_forbidden() -> None:
    """Note who tried what their role does not cover (ASVS 16.3.2); maintenance writes nothing."""
    reader = person()
    if reader is None or maintenance.is_on():
        return
    user, at, subject = reader.id, now(), f"{request.method} {request.path}"[:_SUBJECT_MAX]
    refusal = NotEntitled("open page")
    database().write(
        lambda session: logs.refused(session, "open page", subject, refusal, actor=user, now=at)
    )


def _not_found(_error: NotFound) -> Any:
    title, advice = _wording(404)
    return _page(404, title, advice)


def _refused(refusal: Refusal) -> Any:
    if by_program():
        return problems.parameter_problem(sentence(refusal), refusal.field)
    title, _advice = _wording(status(refusal))
    return _page(status(refusal), title, sentence(refusal))


def _stale_form(_error: CSRFError) -> Any:
    """Refuse a form whose token has run out; with the session gone, offer to sign in again."""
    behind = request.path.startswith("/portal") or request.blueprint == "sign_in"
    if person() is None and behind:
        return sign_in.again()
    kept = returning.late()
    if kept is not None:
        # Signed in again in another window: the form is shown once more, with a token of today.
        return sign_in.resume(kept, status=400)
    return _page(
        400,
        _("This page was open for too long"),
        _(
            "For your safety the form was not accepted, and nothing has been changed. "
            "Go back, load the page again and send the form once more."
        ),
    )


def _failed(error: InternalServerError) -> Any:
    """Give a fault a number; it stands on the page and in the log, after the exception itself.

    A database that is not there is no fault of a page: whoever asks may ask again.
    """
    number = secrets.token_hex(4)
    what = error.original_exception or error
    _log.error("%s: fault %s at %r: %r", registry().code, number, request.path, what)
    code = _UNAVAILABLE if isinstance(what, UNREACHABLE) else _FAULT
    title, advice = _wording(code)
    answer = _page(code, title, advice, number=number)
    if code == _UNAVAILABLE:
        answer.headers["Retry-After"] = "10"
    return answer


def _log_exception(error: Any) -> None:
    """Log an exception with its traceback; a path cannot begin a line of its own (ASVS 16.4.1)."""
    said = (registry().code, request.path, request.method)
    _log.error("%s: exception at %r [%s]", *said, exc_info=error)


def _page(code: int, title: str, advice: str, number: str = "") -> Any:
    """Show an error; whoever is signed in keeps the menu, unless it may be what failed."""
    if by_program():
        return problems.answer(code, number=number)
    behind = request.path.startswith(("/portal", "/applications"))
    inside = code < _FAULT and behind and person() is not None
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
