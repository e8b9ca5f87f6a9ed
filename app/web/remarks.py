"""Remarks on authorizations, editions and adjustments: read and made by who may see those.

A page shows the newest of its record with `remarks.section(subject)` from `macros/remarks.html`.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, current_app, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain import remarks as rules
from app.domain.errors import KeyUsedOtherwise, NotFound, Refusal
from app.domain.remarks import TEXT_MAX, About, Subject
from app.domain.roles import ROLE_NAMES, Duty
from app.registry import remarks as verbs
from app.store import remarks as questions
from app.store.databases import AnyRow
from app.web import attempts, lists
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import number, page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

blueprint = Blueprint("remarks", __name__, url_prefix="/portal/article6/remarks")

#: How many stand on the page of their record.
_NEWEST: Final = 5
_KEY_MAX: Final = 64


@dataclass(frozen=True)
class Newest:
    """What the page of a record shows of its remarks, and the key of the next one."""

    rows: list[AnyRow]
    has_more: bool
    key: str


@blueprint.record
def _tell_macros(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        remarks_on=newest, remark_max=TEXT_MAX, remark_roles=ROLE_NAMES
    )


def newest(subject: str) -> Newest:
    """Return the newest remarks on a record, for its page."""
    found = list(questions.of(reading(), subject, size=_NEWEST + 1))
    return Newest(found[:_NEWEST], len(found) > _NEWEST, uuid4().hex)


@blueprint.get("")
@requires(Duty.SEE_ARTICLE_6)
def search() -> Any:
    """Show every remark on a record, and the form for another."""
    return _page(_found(request.args.get("subject", "")))


@blueprint.post("")
@resumable
@requires(Duty.REMARK_ON_ARTICLE_6)
def create() -> Any:
    """Record a remark, and lead back to what it is about."""
    typed = {name: request.form.get(name, "").replace("\0", "") for name in ("text", "key")}
    subject = _found(request.form.get("subject", ""))
    key = typed["key"][:_KEY_MAX] or uuid4().hex
    if is_resumed():
        return _page(subject, text=typed["text"], key=key)
    try:
        database().write(lambda session: _added(session, subject, typed["text"], key))
    except Refusal as refusal:
        attempts.log("add remark", str(subject), [refusal])
        # Told so, the person may mean this as another remark: it gets a key of its own.
        again = uuid4().hex if isinstance(refusal, KeyUsedOtherwise) else key
        return _page(subject, refusal, text=typed["text"], key=again)
    return redirect(_address(subject) or url_for("remarks.search", subject=str(subject)), 303)


def _added(session: Session, subject: Subject, text: str, key: str) -> None:
    party = registry().party
    verbs.add(session, str(subject), text, party=party, key=key, actor=reader().id, now=now())


def _found(said: str) -> Subject:
    """Return the record that is named.

    Raises:
        NotFound: there is none.
    """
    subject = rules.parse(said)
    if not questions.is_there(reading(), subject, party=registry().party):
        raise NotFound("remarks")
    return subject


def _page(subject: Subject, refusal: Refusal | None = None, text: str = "", key: str = "") -> Any:
    session, name = reading(), str(subject)
    count = questions.count(session, name)
    shown = lists.turned(
        lambda **place: questions.of(session, name, **place),
        count,
        lambda **place: url_for("remarks.search", subject=name, **place),
        summary=ngettext("%(count)s remark", "%(count)s remarks", count, count=number(count)),
    )
    return page(
        "remarks/search.html",
        status=status(refusal) if refusal else 200,
        errors={refusal.field: sentence(refusal)} if refusal else {},
        subject=name,
        title=_title(subject),
        address=_address(subject),
        shown=shown,
        text=text,
        key=key or uuid4().hex,
    )


def _title(subject: Subject) -> str:
    match subject.about:
        case About.AUTHORIZATION:
            return str(_("Authorization %(name)s", name=subject.names[0]))
        case About.AEF:
            year, version = subject.names
            return str(
                _(
                    "Annual information for %(year)s, version %(version)s",
                    year=year,
                    version=version,
                )
            )
        case About.ADJUSTMENTS:
            return str(_("Corresponding adjustments of %(party)s", party=subject.names[0]))


def _address(subject: Subject) -> str | None:
    """Return where the record has its page."""
    endpoint, names = {
        About.AUTHORIZATION: ("authorizations.show", ("identifier",)),
        About.AEF: ("aef.edition", ("year", "version")),
        About.ADJUSTMENTS: ("adjustments.own", ()),
    }[subject.about]
    if endpoint not in current_app.view_functions:
        return None
    named: dict[str, Any] = dict(zip(names, subject.names, strict=False))
    return url_for(endpoint, _anchor="remarks", **named)
