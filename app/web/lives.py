"""The life of serial numbers: how they were issued and divided, what moved them, where they lie."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from app.domain import accounts as account_rules
from app.domain import bands, itmo, ledger, lives, serials
from app.domain.errors import (
    AttributeDiffers,
    MalformedSerial,
    NotFound,
    Refusal,
    VintageWithoutItmo,
)
from app.domain.itmo import Identifier
from app.domain.lives import Branch, Event, Held, Part, Picture
from app.domain.projects import UNIT_CLASS_NAMES, UnitClass
from app.domain.serials import Range, Serial
from app.store import accounts, issuances, itmos
from app.store import lives as questions
from app.store.databases import AnyRow
from app.web import lists, words
from app.web.access import public
from app.web.messages import sentence
from app.web.pages import local_time, page
from app.web.sessions import kept, reading, registry
from app.web.transactions import identified, printed

blueprint = Blueprint("lives", __name__)

#: Parts on a page, and blocks read for their tree.
PARTS_MAX: Final = 25
ROWS_MAX: Final = 500
_TYPED_MAX: Final = 200
_SAID_MAX: Final = 40
_JAPANESE: Final = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True)
class Life:
    """What a page shows of a range: some of its parts, and all that ever happened to these."""

    #: The whole range, all of it issued.
    range: Range
    #: The parts on this page, side by side, and the tonnes before and after them.
    parts: list[Part]
    before: int
    after: int
    totals: dict[account_rules.Kind, int] | None
    issuances: Sequence[AnyRow]
    rows: list[Held]
    branches: list[Branch]
    events: list[Event]
    #: Whether everything that ever happened to the numbers on this page was read.
    is_whole: bool

    @property
    def window(self) -> Range:
        """The numbers of the parts on this page."""
        return Range(self.parts[0].numbers.first, self.parts[-1].numbers.last)

    @property
    def picture(self) -> Picture | None:
        """The blocks over time, if all of them were read."""
        if not self.is_whole:
            return None
        return lives.picture(self.rows, self.parts, lambda at: local_time(at).date())


@blueprint.record
def _tell_macros(state: BlueprintSetupState) -> None:
    """Give the macros that print lives the official wording they print."""
    state.app.jinja_env.globals.update(
        movement_names=ledger.KIND_NAMES,
        holding_names=account_rules.HOLDING_NAMES,
        kind_of_account=account_rules.KIND_NAMES,
        holding_of=account_rules.holding,
        is_issued_here=lambda issuance: bands.is_own(issuance.first),
        unit_classes=UNIT_CLASS_NAMES,
    )


@blueprint.get(f"{words.PREFIX}/serials")
@public
def search() -> Any:
    session = reading()
    typed = _typed()
    errors: dict[str, str] = {}
    asked: Range | None = None
    known = ""
    try:
        asked = understood(session, typed) if typed else None
    except AttributeDiffers as refusal:
        errors["q"] = sentence(refusal)
        known = refusal.actual
    except Refusal as refusal:
        errors["q"] = sentence(refusal)
    issued = questions.issued(session)
    since, seen = _since(), None
    known_here = questions.known(session, asked) if asked is not None else None
    if known_here is not None:
        seen = read(session, known_here, since=since)
    return page(
        "lives/search.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        asked=asked,
        is_own=asked is None or bands.is_own(asked.first),
        known=known,
        issued=issued,
        parts_counted=questions.COUNTED_MAX,
        begins=printed(since) if since else "",
        **(shown(seen) if seen else {"life": None}),
        **(_turned(seen, typed) if seen else {}),
    )


def _typed() -> str:
    """Return what was typed, without the invisible marks that copying brings along."""
    said = request.args.get("q", "")[:_TYPED_MAX]
    kinds = ((letter, unicodedata.category(letter)) for letter in said)
    return "".join(
        " " if kind == "Cc" else letter for letter, kind in kinds if kind != "Cf"
    ).strip()


def _since() -> int | None:
    """Return the transaction with which the tree is to begin, if one is named."""
    try:
        return identified(request.args.get("from", ""))
    except NotFound:
        return None


def understood(session: Session, typed: str) -> Range:
    """Read what was typed.

    Raises:
        MalformedSerial, MalformedItmo, RangeBackwards, NumberTooLarge: there can be no such number.
        AttributeDiffers, VintageWithoutItmo: what is said of the numbers is not so.
    """
    try:
        found = itmo.parse(typed) if itmo.is_meant(typed) else parsed(typed)
        place = _place(session, found)
        issuance = issuances.of_serial(session, place.first)
        if issuance is not None and not isinstance(found, Range):
            _check(session, found, place, issuance)
    except Refusal as refusal:
        refusal.field = "q"
        raise
    return place


def _place(session: Session, said: Serial | Identifier | Range) -> Range:
    """Return where numbers stand in the ledger; those of no ITMOs known here as if own."""
    if isinstance(said, Identifier):
        return itmos.numbers(session, said) or said.range
    return bands.place(said, own=registry().code)


def _check(session: Session, said: Serial | Identifier, place: Range, issuance: AnyRow) -> None:
    """Refuse a printed block or an identifier that is not what was issued under its numbers."""
    numbers = Range(place.first, min(place.last, issuance.last))
    actual: Serial | Identifier = block(issuance, numbers)
    if isinstance(said, Identifier):
        if issuance.unit_class is not UnitClass.ITMO:
            raise VintageWithoutItmo(issuance.vintage)
        units = itmos.units(session, [issuance.id]).get(issuance.id)
        if units is not None:
            actual = itmo.identifier(units, numbers, issuance.vintage)
    if actual != said:
        raise AttributeDiffers("serials", str(said), str(actual))


def parsed(typed: str) -> Serial | Range:
    """Read a serial number, a range or a printed block; raises as `bands.read` does."""
    try:
        return bands.read(typed, own=registry().code)
    except MalformedSerial as refusal:
        raise MalformedSerial(typed[:_SAID_MAX]) from refusal


def read(session: Session, wanted: Range, *, since: int | None = None) -> Life:
    """Read the life of issued numbers: the page of parts that the address asks for."""
    after, before = lists.serial("after"), lists.serial("before")
    begin = after + 1 if after is not None and after in wanted and after < wanted.last else None
    end = before - 1 if before is not None and before - 1 in wanted and begin is None else None
    of_page = Range(begin or wanted.first, end or wanted.last)
    parts = questions.parts(session, of_page, size=PARTS_MAX, from_end=end is not None)
    window = Range(parts[0].numbers.first, parts[-1].numbers.last)
    is_all = window == wanted
    rows = questions.life(session, window, since=since, size=ROWS_MAX)
    branches = lives.tree(rows, window)
    return Life(
        wanted,
        parts,
        before=window.first - wanted.first,
        after=wanted.last - window.last,
        totals=lives.totals(parts) if is_all else questions.totals(session, wanted),
        issuances=issuances.of_range(session, window, size=PARTS_MAX),
        rows=rows,
        branches=branches,
        events=lives.events(rows, window),
        is_whole=since is None and lives.is_whole(branches),
    )


def shown(life: Life) -> dict[str, Any]:
    """Return what the macros that print a life need besides it."""
    return {
        "life": life,
        "own": None,
        "picture": life.picture,
        "brought": lives.brought(life.branches),
        "certified": [event for event in life.events if event.movement.certificate],
        "demo": kept(accounts.demo),
        "printed": printed,
        "block_of": partial(_block_of, life.issuances),
        "identifiers": _identifiers(life),
        "language_of": _language_of,
    }


def _turned(life: Life, typed: str) -> dict[str, str | None]:
    """Return the addresses of the pages before and after."""
    address = partial(url_for, "lives.search", q=typed)
    return {
        "previous": address(before=_end(life.window.first)) if life.before else None,
        "next": address(after=_end(life.window.last)) if life.after else None,
    }


def _end(place: int) -> Range:
    return Range(place, place)


def block(issuance: AnyRow, numbers: Range) -> Serial:
    """Return numbers of an issuance as they are printed."""
    own = registry().code
    return bands.serial(numbers, issuance.partner, issuance.project, issuance.vintage, own=own)


def _block_of(rows: Sequence[AnyRow], numbers: Range | AnyRow) -> Serial:
    """Return numbers as printed, by the issuances among which theirs is."""
    issuance = next(row for row in rows if row.first <= numbers.first <= row.last)
    return block(issuance, Range(numbers.first, numbers.last))


def _identifiers(life: Life) -> dict[int, Identifier]:
    """Return the identifiers of ITMOs among the numbers on a page, by the id of their issuance."""
    units = itmos.units(reading(), [row.id for row in life.issuances])
    return {
        row.id: itmo.identifier(units[row.id], numbers, row.vintage)
        for row in life.issuances
        if row.id in units and (numbers := serials.overlap(Range(row.first, row.last), life.range))
    }


def _language_of(said: str) -> str:
    """Return the language in which something a holder wrote is to be read aloud."""
    return "ja" if _JAPANESE.search(said) else "en"
