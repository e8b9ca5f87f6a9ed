"""The administrators' desk for editions of the disclosure: list, make with preview, withdraw.

Operators and approvers publish, schedule and withdraw; auditors read. What is
frozen is shown first, and signed as shown.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain import disclosure as rules
from app.domain.chain import Value
from app.domain.disclosure import STANDING_NAMES, Standing
from app.domain.errors import KeyUsedOtherwise, NotFound, Refusal, Required
from app.domain.people_errors import CodeUsed
from app.domain.roles import DUTIES, Duty
from app.domain.text import normalise
from app.registry import editions as verbs
from app.registry.editions import REASON_MAX, Publisher
from app.store import editions as questions
from app.store.tables import Edition
from app.web import attempts, dates, disclosure, lists, signing
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import local_time, page
from app.web.readers import person_name, reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

blueprint = Blueprint("editions", __name__, url_prefix="/portal/disclosure")

_MAKE: Final = "make edition"
_WITHDRAW: Final = "withdraw edition"
_TYPED_MAX: Final = 100
_FIELDS: Final = ("as_of", "on", "at", "seen", "key")
_TONES: Final = {
    Standing.SCHEDULED: "yellow",
    Standing.PUBLISHED: "green",
    Standing.WITHDRAWN: "gray",
}


@dataclass
class Typed:
    """The form as typed, what could be read of it, and what was wrong with it, field by field."""

    as_of: str = ""
    on: str = ""
    at: str = ""
    seen: str = ""
    key: str = ""
    refusals: dict[str, Refusal] = field(default_factory=dict)
    day: date | None = None
    published_at: datetime | None = None

    @classmethod
    def of(cls, given: Any) -> "Typed":
        return cls(**{name: given.get(name, "").replace("\0", "")[:_TYPED_MAX] for name in _FIELDS})

    @property
    def values(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in _FIELDS}

    def read(self) -> "Typed":
        """Read every field; what is wrong is noted."""
        try:
            self.day = dates.parse(self.as_of, "as_of")
            if self.day is None:
                raise Required(field="as_of")
            verbs.check_day(self.day, registry().time_zone, now())
        except Refusal as refusal:
            self.refuse(refusal)
        try:
            self.published_at = self._moment()
            verbs.check_time(self.published_at, now())
        except Refusal as refusal:
            self.refuse(refusal)
        return self

    def refuse(self, refusal: Refusal) -> None:
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        return {name: sentence(refusal) for name, refusal in self.refusals.items()}

    def signed(self) -> dict[str, Value]:
        """Return what is signed: the day, the tables as shown, and from when all see them."""
        return {**self.values}

    def _moment(self) -> datetime | None:
        """Read when it is published; neither day nor time is at once, half a moment is refused."""
        day, time = dates.parse(self.on, "on"), dates.clock(self.at, "at")
        if day is None and time is None:
            return None
        if day is None or time is None:
            raise Required(field="on" if day is None else "at")
        return datetime.combine(day, time, registry().time_zone)


# Reading


@blueprint.get("")
@requires(Duty.SEE_EVERYTHING)
def search() -> Any:
    session = reading()
    shown = lists.turned(
        lambda **place: questions.everyone(session, **place),
        count=0,
        address=lambda **place: url_for("editions.search", **place),
    )
    return page(
        "editions/search.html",
        shown=shown,
        rows=[(row, disclosure.standing(row)) for row in shown.rows],
        may_publish=_may_publish(),
        **_words(),
    )


@blueprint.get("/<number>")
@requires(Duty.SEE_EVERYTHING)
def show(number: str) -> Any:
    return _show(_found(number))


def _show(found: Edition, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    where = disclosure.standing(found)
    return page(
        "editions/show.html",
        status=code,
        errors=errors or {},
        row=found,
        where=where,
        sheet=rules.thawed(found.content),
        digest=found.digest.hex(),
        maker=person_name(found.made_by),
        withdrawer=person_name(found.withdrawn_by) if found.withdrawn_by else "",
        may_withdraw=_may_publish() and where is not Standing.WITHDRAWN,
        was_made="made" in request.args and found.made_by == reader().id,
        **_words(),
    )


# Making one


@blueprint.get("/new")
@requires(Duty.PUBLISH_DISCLOSURE)
def new() -> Any:
    """Ask for the day and the time or, once they are given, show what would be frozen."""
    typed = Typed.of(request.args)
    if "as_of" not in request.args:
        return _form_page(typed)
    if typed.read().day is not None and not typed.refusals:
        try:
            verbs.check_free(reading(), typed.day or date.min)
        except Refusal as refusal:
            typed.refuse(refusal)
    if typed.refusals:
        return _form_page(typed, max(map(status, typed.refusals.values())))
    return _preview_page(typed)


@blueprint.post("")
@resumable
@requires(Duty.PUBLISH_DISCLOSURE)
def create() -> Any:
    typed = Typed.of(request.form).read()
    if is_resumed():
        return _form_page(typed) if typed.refusals else _preview_page(typed)
    if not typed.key:
        typed.refuse(Required(field="as_of"))
    if typed.refusals:
        return _refused(typed)
    try:
        number = _written(typed)
    except Refusal as refusal:
        signing.refused(refusal)
        typed.refuse(refusal)
        return _refused(typed)
    return redirect(url_for("editions.show", number=number, made="yes"), 303)


def _written(typed: Typed) -> str:
    try:
        return database().write(lambda session: _made(session, typed))
    except CodeUsed:
        # Perhaps by this very form, sent twice: then the edition is there by now.
        return database().write(lambda session: _made(session, typed))


def _made(session: Session, typed: Typed) -> str:
    assert typed.day is not None, "it was read"
    is_new = questions.by_key(session, reader().id, typed.key) is None
    number = verbs.make(
        session,
        typed.day,
        published_at=typed.published_at,
        seen=typed.seen,
        publisher=_publisher(),
        memory=disclosure.memory(),
        key=typed.key,
        actor=reader().id,
        now=now(),
    )
    if is_new:
        # After the rules had their say, and in the same transaction: unsigned, nothing is done.
        signing.check(session, _MAKE, typed.signed())
    return number


def _publisher() -> Publisher:
    told = registry()
    return Publisher(
        code=told.code,
        name=told.name,
        authority=told.authority,
        address=disclosure.address(),
        zone=told.time_zone,
        zone_name=told.time_zone.key,
    )


def _refused(typed: Typed) -> Any:
    """Log each refusal; show the form again, or what is signed where only that was wrong."""
    refusals = list(typed.refusals.values())
    attempts.log(_MAKE, normalise(typed.as_of), refusals)
    code = max(map(status, refusals))
    if any(one.field in {"as_of", "on", "at"} for one in refusals):
        return _form_page(typed, code)
    if any(isinstance(one, KeyUsedOtherwise) for one in refusals):
        typed.key = ""
    return _preview_page(typed, code)


def _form_page(typed: Typed, code: int = 200) -> Any:
    return page(
        "editions/form.html",
        status=code,
        errors=typed.errors(),
        values=typed.values,
        zone=local_time(now()).tzname(),
    )


def _preview_page(typed: Typed, code: int = 200) -> Any:
    assert typed.day is not None, "it was read"
    sheet = disclosure.sheet_of(disclosure.as_of(typed.day))
    typed.seen = rules.digest(sheet.disclosure)
    typed.key = typed.key or uuid4().hex
    return page(
        "editions/check.html",
        status=code,
        errors=typed.errors(),
        values=typed.values,
        sheet=sheet,
        published_at=typed.published_at,
        change_address=url_for("editions.new"),
        ways=signing.asked(_MAKE, typed.signed()),
    )


# Withdrawing one


@blueprint.route("/<number>/withdrawal", methods=["GET", "POST"])
@resumable
@requires(Duty.PUBLISH_DISCLOSURE)
def withdraw(number: str) -> Any:
    found = _found(number)
    if request.method == "GET":
        if disclosure.standing(found) is Standing.WITHDRAWN:
            return redirect(url_for("editions.show", number=number), 303)
        return _withdrawal_page(found)
    reason = request.form.get("reason", "").replace("\0", "")
    if is_resumed():
        return _withdrawal_page(found, reason=reason)
    try:
        database().write(lambda session: _withdrawn(session, found, reason))
    except Refusal as refusal:
        signing.refused(refusal)
        attempts.log(_WITHDRAW, number, [refusal])
        found, said = _found(number), {refusal.field: sentence(refusal)}
        if disclosure.standing(found) is Standing.WITHDRAWN:
            return _show(found, status(refusal), {"": sentence(refusal)})
        return _withdrawal_page(found, status(refusal), said, reason)
    return redirect(url_for("editions.show", number=number), 303)


def _withdrawn(session: Session, found: Edition, reason: str) -> None:
    verbs.withdraw(session, found.number, reason=reason, actor=reader().id, now=now())
    signing.check(session, _WITHDRAW, _signed(found))


def _signed(found: Edition) -> dict[str, Value]:
    return {"number": found.number, "digest": found.digest.hex()}


def _withdrawal_page(
    found: Edition, code: int = 200, errors: dict[str, str] | None = None, reason: str = ""
) -> Any:
    return page(
        "editions/withdraw.html",
        status=code,
        errors=errors or {},
        row=found,
        where=disclosure.standing(found),
        reason=reason,
        reason_max=REASON_MAX,
        ways=signing.asked(_WITHDRAW, _signed(found)),
        **_words(),
    )


# What they share


def _found(number: str) -> Edition:
    found = questions.by_number(reading(), number.replace("\0", ""))
    if found is None:
        raise NotFound("edition")
    return found


def _may_publish() -> bool:
    return reader().role in DUTIES[Duty.PUBLISH_DISCLOSURE]


def _words() -> dict[str, Any]:
    return {"standing_names": STANDING_NAMES, "standing_tones": _TONES, "Standing": Standing}
