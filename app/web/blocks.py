"""A permalink for serial numbers: what they are, where they lie, and their life so far."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from flask import Blueprint, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.domain import ledger, serials
from app.domain.accounts import HOLDING_NAMES, KIND_NAMES, Holding, Kind, holding
from app.domain.errors import NotFound, Refusal
from app.domain.projects import UNIT_CLASS_NAMES, UnitClass
from app.domain.serials import Range, Serial, overlap
from app.store import accounts, blocks, countries, issuances
from app.store.blocks import Search
from app.web import words
from app.web.access import public
from app.web.pages import local_time, page
from app.web.sessions import reading, registry

blueprint = Blueprint("blocks", __name__)

_PIECES_MAX: Final = 50


@blueprint.get(f"{words.PREFIX}/blocks/<serial>")
@public
def show(serial: str) -> Any:
    session = reading()
    asked = _read(serial)
    wanted = asked.range if isinstance(asked, Serial) else asked
    issuance = issuances.of_serial(session, wanted.first)
    if issuance is None or wanted.last > issuance.last:
        raise NotFound("serials")
    block = _block(issuance, wanted)
    if isinstance(asked, Range):
        return redirect(url_for("blocks.show", serial=str(block)), 302)
    if asked != block:
        raise NotFound("serials")
    found = blocks.find(session, Search(range=wanted), size=_PIECES_MAX + 1)
    demo = accounts.demo(session)
    pieces = [_piece(issuance, row, wanted, demo) for row in found]
    return page(
        "blocks/show.html",
        block=block,
        issuance=issuance,
        issued=_block(issuance, Range(issuance.first, issuance.last)),
        issued_on=local_time(issuance.issued_at).date(),
        unit_class=UNIT_CLASS_NAMES[issuance.unit_class],
        is_itmo=issuance.unit_class is UnitClass.ITMO,
        vintage_words=_vintage(issuance),
        partner=countries.names(session)[issuance.partner],
        pieces=pieces[:_PIECES_MAX],
        has_more=len(pieces) > _PIECES_MAX,
        steps=_steps(session, wanted.first, demo),
        kind_names=KIND_NAMES,
        state_names=HOLDING_NAMES,
    )


def _read(typed: str) -> Serial | Range:
    """Read an address: a printed block, or a plain number or range that leads to it."""
    for read in (serials.parse, serials.parse_range):
        try:
            return read(typed)
        except Refusal:
            continue
    raise NotFound("serials")


def _block(issuance: Row[Any], numbers: Range) -> Serial:
    return Serial(registry().code, issuance.partner, issuance.project, issuance.vintage, numbers)


def _vintage(issuance: Row[Any]) -> str:
    if issuance.vintage_is_public:
        return str(issuance.vintage)
    return str(_("%(year)s (not published; assumed)", year=issuance.vintage))


@dataclass(frozen=True)
class Piece:
    """The part of the numbers asked for that lies in one account."""

    block: Serial
    kind: Kind
    state: Holding
    is_demo: bool


def _piece(issuance: Row[Any], row: Row[Any], wanted: Range, demo: frozenset[int]) -> Piece:
    common = overlap(Range(row.first, row.last), wanted)
    assert common is not None, (row.first, row.last, wanted)
    return Piece(_block(issuance, common), row.kind, holding(row.kind), row.account_id in demo)


def _steps(session: Session, serial: int, demo: frozenset[int]) -> list[dict[str, Any]]:
    """Return what moved a serial number, newest first, with accounts named by their kind only.

    Blocks are divided and never joined, so the numbers of one block share their whole life.
    A division leaves the rest in the same account: nothing happened to it.
    """
    rows = blocks.life(session, serial)
    moves = [
        {
            **_step(after),
            "note": _(
                "From: %(source)s. To: %(target)s.",
                source=words.text(KIND_NAMES[before.kind]),
                target=words.text(KIND_NAMES[after.kind]),
            ),
            "is_demo": not demo.isdisjoint({before.account_id, after.account_id}),
        }
        for after, before in pairwise(rows)
        if after.account_id != before.account_id
    ]
    first = rows[-1]
    note = _("To: %(target)s.", target=words.text(KIND_NAMES[first.kind]))
    return [*moves, {**_step(first), "note": note, "is_demo": first.account_id in demo}]


def _step(row: Row[Any]) -> dict[str, Any]:
    return {"at": local_time(row.at).date(), "title": words.text(ledger.KIND_NAMES[row.by])}
