"""Cooperative approaches: the list, and giving one its official code or the date of its report."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal, Required
from app.domain.form_errors import ChangedMeanwhile
from app.domain.roles import DUTIES, Duty
from app.domain.text import normalise
from app.registry import approaches as verbs
from app.registry.approaches import Facts
from app.store import approaches
from app.store.databases import AnyRow
from app.web import attempts, authorization_pages, dates, signing
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading

blueprint = Blueprint("approaches", __name__, url_prefix="/portal/article6/approaches")

_CHANGE: Final = "change approach"
_TYPED_MAX: Final = 100
_FIELDS: Final = ("approach_code", "is_official", "initial_report_on")


@dataclass
class Typed:
    """The form as typed, and what was wrong with it, field by field."""

    values: dict[str, str]
    seen: str
    refusals: dict[str, Refusal] = field(default_factory=dict)
    report: date | None = None

    @classmethod
    def of(cls, given: Any) -> "Typed":
        said = {name: given.get(name, "").replace("\0", "")[:_TYPED_MAX] for name in _FIELDS}
        return cls(said, given.get("seen", "")[:_TYPED_MAX])

    @classmethod
    def again(cls, row: AnyRow) -> "Typed":
        """Return the form of an approach as it stands."""
        report = row.initial_report_on.isoformat() if row.initial_report_on else ""
        official = "yes" if row.code_is_official else ""
        values = {"approach_code": row.code, "is_official": official, "initial_report_on": report}
        return cls(values, verbs.fingerprint(row))

    def read(self) -> Facts:
        """Read every field; what is wrong is noted."""
        code = normalise(self.values["approach_code"]).upper()
        if not code:
            self.refuse(Required(field="approach_code"))
        try:
            self.report = dates.parse(self.values["initial_report_on"], "initial_report_on")
        except Refusal as refusal:
            self.refuse(refusal)
        return Facts(code, self.values["is_official"] == "yes", self.report)

    def refuse(self, refusal: Refusal) -> None:
        self.refusals.setdefault(refusal.field, refusal)

    def errors(self) -> dict[str, str]:
        return {name: sentence(refusal) for name, refusal in self.refusals.items()}

    def signed(self, code: str) -> dict[str, Value]:
        """Return what is signed: the approach as it stood."""
        return {"approach": code, "seen": self.seen}


@blueprint.get("")
@requires(Duty.SEE_ARTICLE_6)
def search() -> Any:
    return page(
        "authorizations/approaches.html",
        rows=approaches.everyone(reading()),
        may_change_approaches=reader().role in DUTIES[Duty.ENTER_AUTHORIZATIONS],
        was_saved="saved" in request.args,
        **authorization_pages.words_of_pages(),
    )


@blueprint.route("/<code>", methods=["GET", "POST"])
@resumable
@requires(Duty.ENTER_AUTHORIZATIONS)
def change(code: str) -> Any:
    found = _found(code)
    if request.method == "GET":
        return _form_page(found, Typed.again(found))
    typed = Typed.of(request.form)
    if is_resumed():
        return _form_page(found, typed)
    facts = typed.read()
    if not typed.refusals:
        try:
            _write(found, facts, typed)
        except Refusal as refusal:
            signing.refused(refusal)
            typed.refuse(refusal)
    if not typed.refusals:
        return redirect(url_for("approaches.search", saved="yes"), 303)
    attempts.log(_CHANGE, found.code, typed.refusals.values())
    code_of_answer = max(map(status, typed.refusals.values()))
    found = _found(code)
    if any(isinstance(one, ChangedMeanwhile) for one in typed.refusals.values()):
        typed.seen = verbs.fingerprint(found)
    return _form_page(found, typed, code_of_answer)


def _write(found: AnyRow, facts: Facts, typed: Typed) -> None:
    actor, at = reader().id, now()

    def write(session: Session) -> None:
        verbs.change(session, found.code, facts, seen=typed.seen, actor=actor, now=at)
        signing.check(session, _CHANGE, typed.signed(found.code))

    database().write(write)


def _found(code: str) -> AnyRow:
    found = approaches.by_code(reading(), code.replace("\0", ""))
    if found is None:
        raise NotFound("approach")
    return found


def _form_page(found: AnyRow, typed: Typed, code: int = 200) -> Any:
    return page(
        "authorizations/approach.html",
        status=code,
        errors=typed.errors(),
        typed=typed,
        values=typed.values,
        row=found,
        is_plain=bool(typed.report is None and typed.values["initial_report_on"]),
        ways=signing.asked(_CHANGE, typed.signed(found.code)),
        **authorization_pages.words_of_pages(),
    )
