"""The public page on which whoever holds a certificate or an edition sees whether it is genuine.

What is wrong with what was typed is never told: an unknown number, a wrong code and what can be no
number are answered alike. An edition is known by its number, by its digest, or by a copy of it.
"""

import hashlib
import re
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for

from app.domain.certificates import CHANGE_NAMES
from app.domain.disclosure import read_number
from app.domain.errors import Required
from app.domain.people_errors import TooManyAttempts
from app.domain.text import normalise
from app.registry import certificates
from app.web import verified_editions, words
from app.web.access import public
from app.web.certificates import paper
from app.web.messages import sentence
from app.web.pages import page
from app.web.sessions import database, now, reading

blueprint = Blueprint("verification", __name__)

_TYPED_MAX: Final = 100
#: Of a certificate, and of an edition.
_FIELDS: Final = ("number", "code", "edition", "digest")
_UNPROCESSABLE, _TOO_MANY = 422, 429
_JAPANESE: Final = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


# The first is the address that is printed on certificates.
@blueprint.get(f"{words.PREFIX}/certificates")
@blueprint.get(f"{words.PREFIX}/verify")
@public
def search() -> Any:
    """Ask for a number and a code, or answer what they are."""
    typed = {name: _typed(name) for name in _FIELDS}
    if not any(name in request.args for name in typed):
        return _page(typed)
    if {"edition", "digest"} & set(request.args) or read_number(typed["number"]):
        return _edition(typed)
    errors = {name: sentence(Required()) for name in ("number", "code") if not typed[name]}
    if errors:
        return _page(typed, _UNPROCESSABLE, errors=errors)
    address, at = request.remote_addr, now()
    try:
        found = certificates.genuine(
            reading(), typed["number"], typed["code"], address=address, now=at
        )
    except TooManyAttempts as refusal:
        answer = _page(typed, _TOO_MANY, errors={"": sentence(refusal)})
        answer.headers["Retry-After"] = str(refusal.minutes * 60)
        return answer
    if found is None:
        database().write(
            lambda session: certificates.was_wrong(session.connection(), address=address, now=at)
        )
        return _page(typed, is_answered=True)
    return _page(
        typed,
        is_answered=True,
        issued=paper(found),
        standing=certificates.still_true(reading(), found),
    )


@blueprint.post(f"{words.PREFIX}/verify")
@public
def compare() -> Any:
    """Take the digest of a copy that was uploaded, or the one typed, and lead to the answer."""
    given = {name: request.form.get(name, "").replace("\0", "") for name in ("edition", "digest")}
    uploaded = request.files.get("file")
    if uploaded is not None and uploaded.filename:
        given["digest"] = hashlib.sha256(uploaded.read()).hexdigest()
    kept: dict[str, Any] = {name: normalise(typed)[:_TYPED_MAX] for name, typed in given.items()}
    return redirect(url_for("verification.search", **kept), 303)


def _edition(typed: dict[str, str]) -> Response:
    """Answer about an edition, by number or digest or both."""
    typed["edition"] = typed["edition"] or typed["number"]
    typed["number"] = ""
    if not typed["edition"] and not typed["digest"]:
        return _page(typed, _UNPROCESSABLE, errors={"edition": sentence(Required())})
    return _page(typed, edition=verified_editions.answered(typed["edition"], typed["digest"]))


def _typed(name: str) -> str:
    return normalise(request.args.get(name, "").replace("\0", ""))[:_TYPED_MAX]


def _page(
    typed: dict[str, str],
    status: int = 200,
    *,
    errors: dict[str, str] | None = None,
    is_answered: bool = False,
    issued: Any = None,
    standing: Any = None,
    edition: Any = None,
) -> Response:
    answer = page(
        "verification/search.html",
        status=status,
        errors=errors or {},
        typed=typed,
        is_answered=is_answered,
        issued=issued,
        standing=standing,
        edition=edition,
        change_names=CHANGE_NAMES,
        language_of=_language_of,
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _language_of(words_: str) -> str:
    """Return the language in which something recorded is to be read aloud."""
    return "ja" if _JAPANESE.search(words_) else "en"
