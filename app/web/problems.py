"""Errors for programs: problem details (RFC 9457) in the language that Accept-Language prefers."""

import json
from typing import Final

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web import words

MIMETYPE: Final = "application/problem+json"
_BAD_REQUEST: Final = 400
_FAULT: Final = 500
_WORDING: Final = {
    400: (_l("Bad request"), _l("The request could not be understood.")),
    403: (_l("Forbidden"), _l("Nothing is changed by way of the API.")),
    404: (_l("Not found"), _l("The registry publishes no such thing.")),
    405: (_l("Method not allowed"), _l("The API is for reading: GET, HEAD and OPTIONS.")),
    413: (_l("Content too large"), _l("The API is for reading: send nothing with the request.")),
    429: (_l("Too many requests"), _l("Wait as many seconds as Retry-After says, then ask again.")),
    500: (_l("Internal fault"), _l("The fault is ours and was logged. Try again later.")),
    503: (_l("Service unavailable"), _l("Wait as many seconds as Retry-After says.")),
}


def parameter_problem(detail: str, parameter: str) -> Response:
    """Return an answer that says which parameter is wrong, and how."""
    title = _("A parameter of the request is wrong")
    return problem(_BAD_REQUEST, title, detail, parameter=parameter)


def answer(status: int, *, number: str = "") -> Response:
    """Return the answer of a status that no parameter is to blame for."""
    title, detail = _WORDING.get(status) or _WORDING[500 if status >= _FAULT else _BAD_REQUEST]
    return problem(status, str(title), str(detail), number=number)


def problem(
    status: int, title: str, detail: str, *, parameter: str | None = None, number: str = ""
) -> Response:
    """Return an answer that says what is wrong."""
    said: dict[str, str | int] = {
        "type": "about:blank" if parameter is None else _of_parameters(),
        "title": title,
        "status": status,
        "detail": detail,
    }
    if parameter is not None:
        said["parameter"] = parameter
    if number:
        said["number"] = number
    answer = Response(json.dumps(said, ensure_ascii=False), status, mimetype=MIMETYPE)
    answer.headers["Content-Language"] = words.language()
    answer.vary.add("Accept-Language")
    return answer


def _of_parameters() -> str:
    return url_for("open_data.show", _anchor="parameters")
