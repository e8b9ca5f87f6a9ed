"""Reconciliations, for administrators: what was compared, what differs, and how it is resolved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.domain import bands, chain, exchange, findings, ledger, reconciliation
from app.domain.chain import Value
from app.domain.errors import NotFound, Refusal
from app.domain.exchange_errors import NotConnected
from app.domain.people_errors import CodeUsed
from app.domain.projects import UNIT_CLASS_NAMES
from app.domain.reconciliation import MIRROR, STAGE_NAMES, UNRESOLVED, Book, Key, Part, Stage
from app.domain.roles import DUTIES, Duty
from app.domain.serials import Range
from app.domain.text import Text
from app.registry import reconciliations as verbs
from app.registry import resolutions
from app.registry.resolutions import REASON_MAX
from app.store import peers
from app.store import reconciliations as questions
from app.store.databases import AnyRow
from app.store.tables import Reconciliation
from app.web import attempts, lists, signing, words
from app.web import exchange as desks
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import person_name, reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading, registry

blueprint = Blueprint("reconciliations", __name__, url_prefix="/portal/reconciliations")

_BEGIN: Final = "begin reconciliation"
_PROPOSE: Final = "propose resolution"
_CONFIRM: Final = "confirm resolution"
#: Differences that a page shows; what follows from one altered row can be many.
_SHOWN_MAX: Final = 200
_TONES: Final = {
    Stage.INITIATED: "yellow",
    Stage.TOTALS_INCONSISTENT: "red",
    Stage.BLOCKS_INCONSISTENT: "red",
    Stage.CONFIRMED: "green",
    Stage.COMPLETED_BY_HAND: "gray",
    Stage.DENIED: "gray",
}
_PARTS: Final = {
    Part.SENT: _l("Sent there"),
    Part.RECEIVED: _l("Received from there"),
}
_CODES: Final = {code.value: name for code, name in exchange.CODE_NAMES.items()}
_CLASSES: Final = {word.value: name for word, name in UNIT_CLASS_NAMES.items()}
_BOOKS: Final = {
    Book.OURS: _l("This registry"),
    Book.THEIRS: _l("The other registry"),
}


@dataclass(frozen=True)
class Compared:
    """One kind of credits in two books."""

    part: Part
    key: Key
    ours: int
    theirs: int
    differs: bool


# Reading


@blueprint.get("")
@requires(Duty.SEE_EVERYTHING)
def search() -> Any:
    return _search()


def _search(code: int = 200, errors: Mapping[str, str] | None = None, chosen: str = "") -> Any:
    session = reading()
    shown = lists.turned(
        lambda **place: questions.everyone(session, **place),
        count=0,
        address=lambda **place: url_for("reconciliations.search", **place),
    )
    return page(
        "reconciliations/search.html",
        status=code,
        errors=errors or {},
        shown=shown,
        rows=shown.rows,
        choices=_choices(session),
        chosen=chosen,
        may_begin=_may(Duty.RECONCILE),
        **_words(),
    )


def _choices(session: Session) -> dict[str, str]:
    """Return what books can be compared: those of this registry, and of each other one."""
    known = {peer.code: Text(peer.name_en, peer.name_ja) for peer in peers.everyone(session)}
    return {
        registry().code: _("The ledger of this registry and its chain"),
        **{code: f"{code}: {words.text(name)}" for code, name in known.items()},
    }


@blueprint.get("/<number>")
@requires(Duty.SEE_EVERYTHING)
def show(number: str) -> Any:
    return _show(_found(number))


def _show(run: Reconciliation, code: int = 200, errors: Mapping[str, str] | None = None) -> Any:
    session = reading()
    found = questions.differences(session, run.id, size=_SHOWN_MAX + 1)
    peer = None if run.peer_id is None else peers.by_id(session.connection(), run.peer_id)
    is_open = run.stage in UNRESOLVED
    return page(
        "reconciliations/show.html",
        status=code,
        errors=errors or {},
        run=run,
        peer=peer,
        compared=_compared(run) if peer else [],
        differences=[(row, _printed(row), _kind(row), _finding(row)) for row in found[:_SHOWN_MAX]],
        has_more=len(found) > _SHOWN_MAX,
        histories=_histories(run),
        refused=_CODES.get(run.code or ""),
        proposer=person_name(run.proposed_by) if run.proposed_by else "",
        resolver=person_name(run.resolved_by) if run.resolved_by else "",
        clean_since=questions.clean_since(session, run) if is_open else None,
        may_propose=is_open and _may(Duty.RECONCILE),
        may_confirm=is_open and _may_confirm(run),
        **_words(),
    )


def _compared(run: Reconciliation) -> list[Compared]:
    """Return both books side by side, what differs first."""
    ours = reconciliation.heard(run.ours)
    theirs = reconciliation.heard(run.theirs or {part.value: [] for part in Part})
    found = []
    for part in Part:
        for key in sorted({*ours[part], *theirs[MIRROR[part]]}):
            mine, other = ours[part].get(key), theirs[MIRROR[part]].get(key)
            found.append(
                Compared(
                    part,
                    key,
                    mine.quantity if mine else 0,
                    other.quantity if other else 0,
                    run.theirs is not None and mine != other,
                )
            )
    return sorted(found, key=lambda one: not one.differs)


def _printed(row: AnyRow) -> str:
    """Return numbers with the registry that issued them."""
    if row.first is None:
        return ""
    origin, numbers = bands.printed(Range(row.first, row.last), own=registry().code)
    return f"{origin}-{numbers.first}-{numbers.last}"


def _kind(row: AnyRow) -> dict[str, Any] | None:
    """Return what kind of credits differ, where another registry told it."""
    if row.part is None:
        return None
    project, vintage, unit_class = row.problem.rsplit(" ", 2)
    return {"project": project, "vintage": vintage, "unit_class": _unit_class(unit_class)}


def _finding(row: AnyRow) -> str:
    """Return in words what a verification found; nothing where it was kept in plain English."""
    known = findings.read(row.problem)
    return known.words(words.language()) if known else ""


def _unit_class(word: str) -> Text:
    """Return a unit class in words; what the other registry, or an alteration, says may be none."""
    return _CLASSES.get(word, Text(word, word))


def _histories(run: Reconciliation) -> list[dict[str, Any]]:
    """Return the history of each block that differs, as either side tells it."""
    found: dict[tuple[str, int, int], dict[str, Any]] = {}
    for book, told in ((Book.OURS, run.ours), (Book.THEIRS, run.theirs)):
        for block in (told or {}).get("history", []):
            place = block["origin"], block["first"], block["last"]
            shown = found.setdefault(place, {"block": "-".join(map(str, place))})
            shown[book.value] = [_step(step) for step in block["steps"]]
    return list(found.values())


def _step(step: Mapping[str, str]) -> dict[str, Any]:
    known = set(ledger.Kind)
    kind = ledger.Kind(step["kind"]) if step["kind"] in known else None
    return {
        "at": datetime.strptime(step["at"], "%Y-%m-%dT%H:%M:%S.%f%z"),
        "kind": ledger.KIND_NAMES[kind] if kind else Text(step["kind"], step["kind"]),
        "transaction": step["transaction"],
        "crossing": step["crossing"],
    }


# Beginning one


@blueprint.post("")
@requires(Duty.RECONCILE)
def begin() -> Any:
    """Begin to compare books with the registry chosen, or the ledger with its chain."""
    code = request.form.get("registry", "").replace("\0", "")[:2]
    try:
        number = database().write(lambda session: _begun(session, code))
    except Refusal as refusal:
        attempts.log(_BEGIN, code, [refusal])
        return _search(status(refusal), {"registry": sentence(refusal)}, code)
    return redirect(url_for("reconciliations.show", number=number), 303)


def _begun(session: Session, code: str) -> str:
    if code == registry().code:
        return verbs.ask(session, code, actor=reader().id, now=now()).number
    peer = peers.by_code(session.connection(), code)
    if peer is None:
        raise NotConnected(code, field="registry")
    run = verbs.begin(session, peer.id, desks.desk(), actor=reader().id, now=now())
    return run.number


# Resolving one


@blueprint.route("/<number>/resolution", methods=["GET", "POST"])
@resumable
@requires(Duty.RECONCILE)
def propose(number: str) -> Any:
    """Propose that a run is explained by hand."""
    run = _found(number)
    if request.method == "GET":
        return _open(run) or _proposal_page(run)
    reason = request.form.get("reason", "").replace("\0", "")
    if is_resumed():
        return _open(run) or _proposal_page(run, reason=reason)
    try:
        database().write(
            lambda session: resolutions.propose(
                session, number, reason=reason, actor=reader().id, now=now()
            )
        )
    except Refusal as refusal:
        attempts.log(_PROPOSE, number, [refusal])
        said = {refusal.field: sentence(refusal)}
        if refusal.field != "reason":
            return _show(_found(number), status(refusal), said)
        return _proposal_page(_found(number), status(refusal), said, reason)
    return redirect(url_for("reconciliations.show", number=number), 303)


def _proposal_page(
    run: Reconciliation, code: int = 200, errors: Mapping[str, str] | None = None, reason: str = ""
) -> Any:
    return page(
        "reconciliations/propose.html",
        status=code,
        errors=errors or {},
        run=run,
        reason=reason or run.reason or "",
        reason_max=REASON_MAX,
        clean_since=questions.clean_since(reading(), run),
        **_words(),
    )


@blueprint.route("/<number>/confirmation", methods=["GET", "POST"])
@resumable
@requires(Duty.CONFIRM_RESOLUTIONS)
def confirm(number: str) -> Any:
    """Confirm what another administrator proposed; a fresh second factor signs it."""
    run = _found(number)
    if request.method == "GET" or is_resumed():
        return _open(run) or (_confirmation_page(run) if _may_confirm(run) else _away(run))
    try:
        _written(run)
    except Refusal as refusal:
        signing.refused(refusal)
        attempts.log(_CONFIRM, number, [refusal])
        run, said = _found(number), {refusal.field: sentence(refusal)}
        if run.stage not in UNRESOLVED or not _may_confirm(run):
            return _show(run, status(refusal), said)
        return _confirmation_page(run, status(refusal), said)
    return redirect(url_for("reconciliations.show", number=number), 303)


def _written(run: Reconciliation) -> None:
    seen = request.form.get("seen", "")
    at = run.proposed_at if seen and seen == _seen(run) else None
    try:
        database().write(lambda session: _confirmed(session, run, at))
    except CodeUsed:
        # Perhaps by this very form, sent twice: then it is confirmed by now.
        database().write(lambda session: _confirmed(session, run, at))


def _confirmed(session: Session, run: Reconciliation, at: datetime | None) -> None:
    resolutions.confirm(session, run.number, seen=at, actor=reader().id, now=now())
    # After the rules had their say, and in the same transaction: unsigned, nothing is done.
    signing.check(session, _CONFIRM, _signed(run))


def _seen(run: Reconciliation) -> str:
    return chain.moment(run.proposed_at) if run.proposed_at else ""


def _signed(run: Reconciliation) -> dict[str, Value]:
    return {"run": run.number, "reason": run.reason, "proposed_at": _seen(run)}


def _confirmation_page(
    run: Reconciliation, code: int = 200, errors: Mapping[str, str] | None = None
) -> Any:
    return page(
        "reconciliations/confirm.html",
        status=code,
        errors=errors or {},
        run=run,
        seen=_seen(run),
        proposer=person_name(run.proposed_by) if run.proposed_by else "",
        clean_since=questions.clean_since(reading(), run),
        ways=signing.asked(_CONFIRM, _signed(run)),
        **_words(),
    )


# What they share


def _open(run: Reconciliation) -> Any:
    """Lead away from what is not to be resolved any more."""
    return None if run.stage in UNRESOLVED else _away(run)


def _away(run: Reconciliation) -> Any:
    return redirect(url_for("reconciliations.show", number=run.number), 303)


def _found(number: str) -> Reconciliation:
    is_number = reconciliation.NUMBER.fullmatch(number)
    found = questions.by_number(reading(), number) if is_number else None
    if found is None:
        raise NotFound("reconciliation")
    return found


def _may(duty: Duty) -> bool:
    return reader().role in DUTIES[duty]


def _may_confirm(run: Reconciliation) -> bool:
    """Tell whether the reader can confirm what is proposed: somebody else proposed it."""
    is_others = run.proposed_by is not None and run.proposed_by != reader().id
    return is_others and _may(Duty.CONFIRM_RESOLUTIONS)


def _words() -> dict[str, Any]:
    return {
        "stage_names": STAGE_NAMES,
        "stage_tones": _TONES,
        "Stage": Stage,
        "parts": _PARTS,
        "books": _BOOKS,
        "unit_class": _unit_class,
    }
