"""Announcements: the list, one of them, and the form, preview and end of it for administrators.

System administrators write them; the other administrators read; nobody else comes here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.domain.announcements import KIND_NAMES, STANDING_NAMES, Kind, Standing, standing
from app.domain.errors import NotFound, Refusal, Required, UnknownChoice
from app.domain.roles import DUTIES, Duty
from app.registry import announcements as verbs
from app.store import announcements
from app.store.tables import Announcement
from app.web import attempts, dates, maintenance, words
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import local_time, page
from app.web.readers import person_name, reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

blueprint = Blueprint("announcements", __name__, url_prefix="/portal/announcements")

PAGE_SIZE: Final = 50
_ONE: Final = "<int(max=9223372036854775807):number>"
_FIELDS: Final = ("kind", *verbs.TEXTS, "starts_on", "starts_time", "ends_on", "ends_time")
#: Where the form shows what the verbs refuse about a moment.
_AT: Final = {"starts_at": "starts_on", "ends_at": "ends_on"}
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}|")
_TONES: Final = {
    Standing.SCHEDULED: "yellow",
    Standing.ON: "green",
    Standing.PAST: "gray",
    Standing.CANCELLED: "gray",
}
_UNPROCESSABLE: Final = 422


#: Stands where no moment was understood.
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass
class Typed:
    """The form as typed, what could be read of it, and what was wrong with it, field by field."""

    values: dict[str, str]
    refusals: dict[str, Refusal] = field(default_factory=dict)
    kind: Kind = Kind.NOTICE
    starts_at: datetime = _NEVER
    ends_at: datetime = _NEVER

    @classmethod
    def of(cls, given: "MultiDict[str, str]") -> "Typed":
        return cls({name: given.get(name, "").replace("\0", "") for name in _FIELDS})

    @classmethod
    def again(cls, found: Announcement) -> "Typed":
        """Return the form of an announcement as it stands."""
        values = {name: str(getattr(found, name)) for name in ("kind", *verbs.TEXTS)}
        for name in ("starts", "ends"):
            local = local_time(getattr(found, f"{name}_at"))
            values |= {f"{name}_on": f"{local:%Y-%m-%d}", f"{name}_time": f"{local:%H:%M}"}
        return cls(values)

    def read(self) -> "Typed":
        """Read every field; what is wrong is noted."""
        self._try(self._read_kind)
        for name in verbs.TEXTS:
            self._try(partial(verbs.text, self.values[name], name))
        starts, ends = self._moment("starts"), self._moment("ends")
        if starts is not None and ends is not None:
            self.starts_at, self.ends_at = starts, ends
            self._try(partial(verbs.check_window, starts, ends, now()))
        return self

    def refuse(self, refusal: Refusal) -> None:
        """Note what is wrong at its field; the first word on a field stands."""
        self.refusals.setdefault(_AT.get(refusal.field, refusal.field), refusal)

    def errors(self) -> dict[str, str]:
        """Return a sentence for each field that is wrong, in the order of the form."""
        found = {name: sentence(refusal) for name, refusal in self.refusals.items()}
        order = ["", *_FIELDS]
        return {name: found[name] for name in order if name in found}

    def _try(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Refusal as refusal:
            self.refuse(refusal)
            return None

    def _read_kind(self) -> None:
        typed = self.values["kind"]
        if not typed:
            raise Required(field="kind")
        if typed not in frozenset(Kind):
            raise UnknownChoice(typed[:40], field="kind")
        self.kind = Kind(typed)

    def _moment(self, name: str) -> datetime | None:
        """Read a date and a time typed in the registry's zone; half a moment is refused."""
        on, at = f"{name}_on", f"{name}_time"
        date = self._try(lambda: _required(dates.parse(self.values[on], on), on))
        time = self._try(lambda: _required(dates.clock(self.values[at], at), at))
        if date is None or time is None:
            return None
        return datetime.combine(date, time, registry().time_zone)


def _required(value: Any, name: str) -> Any:
    if value is None:
        raise Required(field=name)
    return value


# Reading


@blueprint.get("")
@requires(Duty.SEE_NOTICES)
def search() -> Any:
    session = reading()
    before = request.args.get("before", "")
    last = _found(session, int(before)) if re.fullmatch("[0-9]{1,18}", before) else None
    found = announcements.page(session, before=last, size=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    return page(
        "announcements/search.html",
        rows=[(row, _standing(row)) for row in rows],
        previous=url_for("announcements.search") if last else None,
        next=url_for("announcements.search", before=rows[-1].id) if len(found) > len(rows) else "",
        may_write=_may_write(),
        **_words(),
    )


@blueprint.get(f"/{_ONE}")
@requires(Duty.SEE_NOTICES)
def show(number: int) -> Any:
    return _show(_found(reading(), number))


def _show(found: Announcement, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    where = _standing(found)
    return page(
        "announcements/show.html",
        status=code,
        errors=errors or {},
        row=found,
        where=where,
        maker=person_name(found.made_by),
        ender=person_name(found.cancelled_by) if found.cancelled_by else None,
        may_change=_may_write() and where is Standing.SCHEDULED,
        may_end=_may_write() and where in {Standing.SCHEDULED, Standing.ON},
        was_saved="saved" in request.args and _may_write(),
        **_words(),
    )


# Writing


@blueprint.get("/new")
@blueprint.get(f"/{_ONE}/change")
@requires(Duty.ANNOUNCE)
def form(number: int | None = None) -> Any:
    if number is None:
        return _form_page(Typed.of(MultiDict()), number)
    found = _found(reading(), number)
    if _standing(found) is not Standing.SCHEDULED:
        return redirect(url_for("announcements.show", number=number), 303)
    return _form_page(Typed.again(found), number)


@blueprint.get("/check")
@blueprint.get(f"/{_ONE}/check")
@requires(Duty.ANNOUNCE)
def start(number: int | None = None) -> Any:
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("announcements.form", number=number), 303)


@blueprint.post("/new")
@blueprint.post(f"/{_ONE}/change")
@resumable
@requires(Duty.ANNOUNCE)
def back(number: int | None = None) -> Any:
    """Come back from the preview with everything still filled in."""
    return _form_page(Typed.of(request.form), number)


@blueprint.post("/check")
@blueprint.post(f"/{_ONE}/check")
@resumable
@requires(Duty.ANNOUNCE)
def check(number: int | None = None) -> Any:
    """Show it as people will see it; nothing is written."""
    typed = Typed.of(request.form)
    if is_resumed():
        return _form_page(typed, number)
    _keep_kind(typed, number)
    if typed.read().refusals:
        return _refused(typed, number)
    return page(
        "announcements/check.html", typed=typed, number=number, texts=_texts(typed), **_words()
    )


@blueprint.post("")
@blueprint.post(f"/{_ONE}")
@resumable
@requires(Duty.ANNOUNCE)
def save(number: int | None = None) -> Any:
    typed = Typed.of(request.form)
    if is_resumed():
        return _form_page(typed, number)
    _keep_kind(typed, number)
    typed.read()
    if not typed.refusals:
        try:
            number = database().write(lambda session: _saved(session, typed, number))
        except Refusal as refusal:
            typed.refuse(refusal)
    if typed.refusals:
        return _refused(typed, number)
    maintenance.look_again()
    return redirect(url_for("announcements.show", number=number, saved="yes"), 303)


def _saved(session: Session, typed: Typed, number: int | None) -> int:
    said: dict[str, Any] = {
        "texts": typed.values,
        "starts_at": typed.starts_at,
        "ends_at": typed.ends_at,
        "actor": reader().id,
        "now": now(),
    }
    if number is None:
        return verbs.schedule(session, typed.kind, **said)
    verbs.change(session, number, **said)
    return number


@blueprint.get(f"/{_ONE}/end")
@requires(Duty.ANNOUNCE)
def before_end(number: int) -> Any:
    found = _found(reading(), number)
    where = _standing(found)
    if where not in {Standing.SCHEDULED, Standing.ON}:
        return redirect(url_for("announcements.show", number=number), 303)
    return page("announcements/end.html", row=found, where=where, **_words())


@blueprint.post(f"/{_ONE}/end")
@requires(Duty.ANNOUNCE)
def end(number: int) -> Any:
    actor, at = reader().id, now()
    try:
        database().write(lambda session: verbs.end(session, number, actor=actor, now=at))
    except Refusal as refusal:
        attempts.log("end announcement", str(number), [refusal])
        errors = {refusal.field: sentence(refusal)}
        return _show(_found(reading(), number), status(refusal), errors)
    maintenance.look_again()
    return redirect(url_for("announcements.show", number=number, saved="yes"), 303)


# What they share


def _refused(typed: Typed, number: int | None) -> Any:
    """Log each refusal and show the form with all that was typed."""
    new = f"announce {typed.kind}"
    operation, subject = (new, "") if number is None else ("change announcement", str(number))
    refusals = list(typed.refusals.values())
    attempts.log(operation, subject, refusals)
    code = max(_UNPROCESSABLE if one.field else status(one) for one in refusals)
    return _form_page(typed, number, code)


def _form_page(typed: Typed, number: int | None, code: int = 200) -> Any:
    return page(
        "announcements/form.html",
        status=code,
        errors=typed.errors(),
        values=typed.values,
        number=number,
        kinds={kind: words.text(name) for kind, name in KIND_NAMES.items()},
        # A date typed otherwise, such as without JavaScript, would vanish from a field for dates.
        is_plain={name for name in _FIELDS if not _ISO.fullmatch(typed.values[name])},
        zone=local_time(now()).tzname(),
        title_max=verbs.TITLE_MAX,
        text_max=verbs.TEXT_MAX,
        **_words(),
    )


def _keep_kind(typed: Typed, number: int | None) -> None:
    """A notice does not become a window of maintenance: its kind is the one recorded."""
    if number is not None:
        typed.values["kind"] = str(_found(reading(), number).kind)


def _texts(typed: Typed) -> dict[str, str]:
    return {name: verbs.text(typed.values[name], name) for name in verbs.TEXTS}


def _words() -> dict[str, Any]:
    return {
        "kind_names": KIND_NAMES,
        "standing_names": STANDING_NAMES,
        "standing_tones": _TONES,
        "Kind": Kind,
        "Standing": Standing,
    }


def _found(session: Session, number: int) -> Announcement:
    found = announcements.by_id(session, number)
    if found is None:
        raise NotFound("announcement")
    return found


def _standing(found: Announcement) -> Standing:
    return standing(found.starts_at, found.ends_at, found.cancelled_at, now())


def _may_write() -> bool:
    return reader().role in DUTIES[Duty.ANNOUNCE]
