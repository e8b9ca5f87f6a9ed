"""A permalink for serial numbers: what they are, where they lie, and their life so far."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy import Row

from app.domain import bands, itmo
from app.domain.errors import NotFound, Refusal
from app.domain.projects import UnitClass
from app.domain.serials import Range, Serial
from app.store import countries, issuances, itmos
from app.web import lives, words
from app.web.access import public
from app.web.pages import page
from app.web.sessions import kept, reading, registry

blueprint = Blueprint("blocks", __name__)


@blueprint.get(f"{words.PREFIX}/blocks/<serial>")
@public
def moved(serial: str) -> Any:
    """Lead on from the address that blocks had before."""
    return redirect(url_for("blocks.show", serial=serial), 301)


@blueprint.get(f"{words.PREFIX}/credits/<serial>")
@public
def show(serial: str) -> Any:
    session = reading()
    asked = _read(serial)
    wanted = _place(asked)
    issuance = issuances.of_serial(session, wanted.first)
    if issuance is None or wanted.last > issuance.last:
        raise NotFound("serials")
    block = lives.block(issuance, wanted)
    if isinstance(asked, Range):
        return redirect(url_for("blocks.show", serial=str(block)), 302)
    if asked != block:
        raise NotFound("serials")
    life = lives.read(session, wanted)
    units = itmos.units(session, [issuance.id]).get(issuance.id)
    return page(
        "blocks/show.html",
        block=block,
        issuance=issuance,
        is_itmo=issuance.unit_class is UnitClass.ITMO,
        units=units,
        identifier=itmo.identifier(units, wanted, issuance.vintage) if units else None,
        vintage_words=_vintage(issuance),
        partner=kept(countries.names)[issuance.partner],
        **lives.shown(life) | {"own": wanted},
    )


def _read(typed: str) -> Serial | Range:
    """Read an address: a printed block, or a plain number or range that leads to it."""
    try:
        return lives.parsed(typed)
    except Refusal:
        raise NotFound("serials") from None


def _place(asked: Serial | Range) -> Range:
    """Return where the numbers stand in the ledger."""
    try:
        return bands.place(asked, own=registry().code)
    except Refusal:
        raise NotFound("serials") from None


def _vintage(issuance: Row[Any]) -> str:
    if issuance.vintage_is_public:
        return str(issuance.vintage)
    return str(_("%(year)s (not published; assumed)", year=issuance.vintage))
