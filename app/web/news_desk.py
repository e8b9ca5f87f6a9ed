"""The administrators' desk for news: the list, one piece, and its form, preview and withdrawal.

Operators and system administrators write; the other administrators read. What is published is
signed where it is shown as readers will see it. With a script the form shows that all the time.
"""

from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain.errors import (
    KeyUsedOtherwise,
    NewsPublished,
    NewsWithdrawn,
    NotFound,
    Refusal,
)
from app.domain.form_errors import ChangedMeanwhile
from app.domain.news import STANDING_NAMES, TEXT_MAX, TEXTS, TITLE_MAX, Standing, standing
from app.domain.people_errors import CodeUsed, CodeWrong, PasskeyRefused, ProofRequired
from app.domain.roles import DUTIES, Duty
from app.registry import news as verbs
from app.store import news
from app.store import people as people_questions
from app.store.tables import News
from app.web import attempts, lists, news_forms, signing, words
from app.web.access import person, requires
from app.web.messages import sentence, status
from app.web.news import rendered, title_of
from app.web.news_forms import LATER, Typed
from app.web.pages import local_time, page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading

blueprint = Blueprint("news_desk", __name__, url_prefix="/portal/news")

_ONE: Final = "<int(max=9223372036854775807):identifier>"
_PREVIEW: Final = "preview"
#: Refusals that are about the signature.
_UNSIGNED: Final = (ProofRequired, CodeWrong, CodeUsed, PasskeyRefused)
_TONES: Final = {
    Standing.SCHEDULED: "yellow",
    Standing.PUBLISHED: "green",
    Standing.WITHDRAWN: "gray",
}


@blueprint.before_request
def _stay() -> Any:
    """Leave the form in which something is being typed as it is when the session has ended."""
    if not _is_preview() or person() is not None:
        return None
    return page(
        "error.html",
        status=401,
        frame="base.html",
        code=401,
        title=_("The session has ended"),
        advice=_("What you typed stays on this page."),
        number="",
    )


# Reading


@blueprint.get("")
@requires(Duty.SEE_NOTICES)
def search() -> Any:
    session = reading()
    shown = lists.turned(
        lambda **place: news.page(session, **place),
        count=news.count(session, lists.COUNT_CAP + 1),
        address=lambda **place: url_for("news_desk.search", **place),
    )
    return page(
        "news_desk/search.html",
        shown=shown,
        rows=[(row, _standing(row)) for row in shown.rows],
        may_write=_may_write(),
        title_of=title_of,
        **_words(),
    )


@blueprint.get(f"/{_ONE}")
@requires(Duty.SEE_NOTICES)
def show(identifier: int) -> Any:
    found = _found(identifier)
    where = _standing(found)
    return page(
        "news_desk/show.html",
        row=found,
        title=title_of(found),
        where=where,
        people=_people(found),
        said=_said({name: getattr(found, name) for name in TEXTS}),
        may_change=_may_write() and where is not Standing.WITHDRAWN,
        was_saved="saved" in request.args and _may_write(),
        **_words(),
    )


# Writing


@blueprint.get("/new")
@requires(Duty.WRITE_NEWS)
def new() -> Any:
    return _form_page(Typed.empty(), None)


@blueprint.get(f"/{_ONE}/change")
@requires(Duty.WRITE_NEWS)
def edit(identifier: int) -> Any:
    found = _found(identifier)
    if _standing(found) is Standing.WITHDRAWN:
        return redirect(url_for("news_desk.show", identifier=identifier), 303)
    return _form_page(Typed.again(found), found)


@blueprint.get("/preview")
@blueprint.get(f"/{_ONE}/preview")
@requires(Duty.WRITE_NEWS)
def start(identifier: int | None = None) -> Any:
    """Begin anew: a page that was posted has no other address to come back to."""
    if identifier is None:
        return redirect(url_for("news_desk.new"), 303)
    return redirect(url_for("news_desk.edit", identifier=identifier), 303)


@blueprint.post("/new")
@blueprint.post(f"/{_ONE}/change")
@resumable
@requires(Duty.WRITE_NEWS)
def back(identifier: int | None = None) -> Any:
    """Come back from the preview with everything still filled in."""
    return _form_page(Typed.of(request.form), _found_or_none(identifier))


@blueprint.post("/preview")
@blueprint.post(f"/{_ONE}/preview")
@resumable
@requires(Duty.WRITE_NEWS)
def preview(identifier: int | None = None) -> Any:
    """Show it as people will read it; nothing is written."""
    typed = Typed.of(request.form)
    found = _found_or_none(identifier)
    if is_resumed() or _is_preview():
        return _form_page(typed, found)
    if found is not None and _standing(found) is Standing.WITHDRAWN:
        typed.refuse(NewsWithdrawn())
    elif found is not None and typed.seen != verbs.fingerprint(found):
        typed.refuse(ChangedMeanwhile())
    typed.read(is_published=_is_published(found))
    if _is_published(found) and typed.at not in {None, found and found.published_at}:
        typed.refuse(NewsPublished())
    if typed.refusals:
        return _refused(typed, identifier)
    return _check_page(typed, identifier)


@blueprint.post("")
@resumable
@requires(Duty.WRITE_NEWS)
def create() -> Any:
    return _save(None)


@blueprint.post(f"/{_ONE}")
@resumable
@requires(Duty.WRITE_NEWS)
def change(identifier: int) -> Any:
    return _save(identifier)


def _save(identifier: int | None) -> Any:
    typed = Typed.of(request.form)
    found = _found_or_none(identifier)
    if is_resumed():
        return _form_page(typed, found)
    if typed.read(is_published=_is_published(found)).refusals:
        return _refused(typed, identifier)
    try:
        made = _written(typed, identifier)
    except _UNSIGNED as refusal:
        signing.refused(refusal)
        _log(_operation(identifier), identifier, [refusal])
        errors = {refusal.field: sentence(refusal)}
        return _check_page(typed, identifier, status(refusal), errors)
    except Refusal as refusal:
        if isinstance(refusal, KeyUsedOtherwise):
            # Told so, the person may mean this as another piece: it gets a key of its own.
            typed.renew_key()
        typed.refuse(refusal)
        return _refused(typed, identifier)
    return redirect(url_for("news_desk.show", identifier=made, saved="yes"), 303)


def _written(typed: Typed, identifier: int | None) -> int:
    def write(session: Session) -> int:
        given: dict[str, Any] = {"at": typed.at, "actor": reader().id, "now": now()}
        if identifier is None:
            written = verbs.write(session, typed.values, key=typed.key, **given)
        else:
            written = verbs.change(session, identifier, typed.values, seen=typed.seen, **given)
        if written.is_new:
            # After the rules had their say, and in the same transaction.
            signing.check(session, _operation(identifier), typed.signed(identifier))
        return written.id

    try:
        return database().write(write)
    except CodeUsed:
        # Perhaps by this very form, sent twice: then it is there by now.
        return database().write(write)


@blueprint.get(f"/{_ONE}/withdrawal")
@requires(Duty.WRITE_NEWS)
def before_withdrawal(identifier: int) -> Any:
    found = _found(identifier)
    if _standing(found) is Standing.WITHDRAWN:
        return redirect(url_for("news_desk.show", identifier=identifier), 303)
    return _withdrawal_page(found)


@blueprint.post(f"/{_ONE}/withdrawal")
@requires(Duty.WRITE_NEWS)
def withdraw(identifier: int) -> Any:
    found = _found(identifier)
    actor, at, seen = reader().id, now(), request.form.get("seen", "")

    def write(session: Session) -> None:
        verbs.withdraw(session, identifier, seen=seen, actor=actor, now=at)
        signing.check(session, "withdraw news", {"id": identifier, "seen": seen})

    try:
        database().write(write)
    except Refusal as refusal:
        signing.refused(refusal)
        _log("withdraw news", identifier, [refusal])
        found = _found(identifier)
        return _withdrawal_page(found, status(refusal), {refusal.field: sentence(refusal)})
    return redirect(url_for("news_desk.show", identifier=identifier, saved="yes"), 303)


# What they share


def _is_preview() -> bool:
    """Tell whether the page asks by itself how what is being typed will look."""
    is_part = request.headers.get("HX-Request") == "true"
    return is_part and request.headers.get("HX-Target") == _PREVIEW


def _refused(typed: Typed, identifier: int | None) -> Any:
    """Log each refusal and show the form with all that was typed, beside what is recorded now."""
    refusals = list(typed.refusals.values())
    _log(_operation(identifier), identifier, refusals)
    found = _found_or_none(identifier)
    is_conflict = any(isinstance(one, ChangedMeanwhile) for one in refusals)
    if found is not None and is_conflict:
        # What is shown beside has been seen: sending the form once more replaces just that.
        typed.seen = verbs.fingerprint(found)
    return _form_page(typed, found, min(map(status, refusals)), is_conflict=is_conflict)


def _log(operation: str, identifier: int | None, refusals: list[Refusal]) -> None:
    attempts.log(operation, str(identifier or ""), refusals)


def _operation(identifier: int | None) -> str:
    return "publish news" if identifier is None else "change news"


def _form_page(
    typed: Typed, found: News | None, code: int = 200, *, is_conflict: bool = False
) -> Any:
    theirs = {name: getattr(found, name) for name in TEXTS} if found and is_conflict else None
    return page(
        "news_desk/form.html",
        status=code,
        errors=typed.errors(),
        typed=typed,
        values=typed.values,
        row=found,
        is_published=_is_published(found),
        theirs=theirs,
        changer=_person(found.changed_by) if found and theirs else "",
        said=_said(typed.values),
        choices=news_forms.choices(),
        later=LATER,
        zone=local_time(now()).tzname(),
        title_max=TITLE_MAX,
        text_max=TEXT_MAX,
        **_words(),
    )


def _check_page(
    typed: Typed, identifier: int | None, code: int = 200, errors: dict[str, str] | None = None
) -> Any:
    found = _found_or_none(identifier)
    return page(
        "news_desk/check.html",
        status=code,
        errors=errors or {},
        typed=typed,
        row=found,
        is_published=_is_published(found),
        said=_said(typed.values),
        ways=signing.asked(_operation(identifier), typed.signed(identifier)),
        **_words(),
    )


def _withdrawal_page(found: News, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    seen = verbs.fingerprint(found)
    return page(
        "news_desk/withdraw.html",
        status=code,
        errors=errors or {},
        row=found,
        title=title_of(found),
        where=_standing(found),
        said=_said({name: getattr(found, name) for name in TEXTS}),
        seen=seen,
        ways=signing.asked("withdraw news", {"id": found.id, "seen": seen}),
        **_words(),
    )


def _said(texts: dict[str, str]) -> dict[str, tuple[str, Any]]:
    """Return title and text in each language, as readers will see them below a heading."""
    return {
        code: (texts[f"title_{code}"].strip(), rendered(texts[f"text_{code}"], level=4))
        for code in words.LANGUAGES
    }


def _words() -> dict[str, Any]:
    return {"standing_names": STANDING_NAMES, "standing_tones": _TONES, "Standing": Standing}


def _found(identifier: int) -> News:
    found = news.by_id(reading(), identifier)
    if found is None:
        raise NotFound("news")
    return found


def _found_or_none(identifier: int | None) -> News | None:
    return None if identifier is None else _found(identifier)


def _standing(found: News) -> Standing:
    return standing(found.published_at, found.withdrawn_at, now())


def _is_published(found: News | None) -> bool:
    return found is not None and _standing(found) is Standing.PUBLISHED


def _may_write() -> bool:
    return reader().role in DUTIES[Duty.WRITE_NEWS]


def _people(found: News) -> dict[str, str]:
    """Return who made, changed and withdrew a piece of news."""
    doers = {"made": found.made_by, "changed": found.changed_by, "withdrawn": found.withdrawn_by}
    return {name: _person(doer) if doer else "" for name, doer in doers.items()}


def _person(user_id: int | None) -> str:
    person = people_questions.by_id(reading(), user_id or 0)
    if person is None:
        return ""
    return person.name_ja if words.language() == "ja" else person.name_en
