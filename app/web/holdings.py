"""What an account holds, by serial numbers: now or at the end of a past day, as page and as CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final

from flask import Blueprint, Response, request, stream_with_context, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain import itmo, serials
from app.domain.accounts import KIND_NAMES, STATE_NAMES
from app.domain.errors import NotFound, Refusal, UnknownChoice, UnknownProject
from app.domain.itmo import Identifier
from app.domain.projects import REFERENCE, UnitClass
from app.domain.roles import Right
from app.domain.serials import Range, Serial
from app.domain.text import normalise
from app.store import accounts, blocks, countries, holdings, itmos, projects
from app.store.blocks import Search
from app.store.databases import AnyRow
from app.store.holdings import Piece, Run
from app.store.tables import Account
from app.web import dates, lists, words
from app.web.access import requires
from app.web.accounts import label, may_propose, seen, sees_everything
from app.web.messages import sentence
from app.web.pages import guarded, local_time, page
from app.web.readers import reader
from app.web.sessions import kept, reading, registry
from app.web.transactions import printed

blueprint = Blueprint("holdings", __name__, url_prefix="/portal")

PAGE_SIZE: Final = 50
_CHUNK_ROWS: Final = 1_000
#: Accounts offered in the list; administrators come here from the list of accounts.
_OFFERED_MAX: Final = 200
_COLUMNS: Final = (
    "account",
    "serial",
    "first",
    "last",
    "quantity",
    "project",
    "partner",
    "partner_name",
    "vintage",
    "unit_class",
    "state",
    "transaction",
    "itmo_identifier",
)


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any, or now."""

    account: str = ""
    project: str = ""
    vintage: str = ""
    on: str = ""

    @classmethod
    def from_arguments(cls) -> "Asked":
        return cls(**{name: normalise(request.args.get(name, ""))[:100] for name in asdict(cls())})

    def given(self) -> dict[str, Any]:
        """Return what was filled in, for an address."""
        return {name: typed for name, typed in asdict(self).items() if typed}


@dataclass(frozen=True)
class Wanted:
    """The filter understood: which account, which of its credits, at the end of which day."""

    account: Account
    right: Right | None
    search: Search
    project: str | None
    on: date | None


@blueprint.get("/holdings")
@requires()
def show() -> Any:
    session = reading()
    asked = Asked.from_arguments()
    offered = _offered(session)
    if not asked.account and not offered:
        return page("holdings/none.html")
    number = asked.account or offered[0][0].number
    # What the reader may act on is known already; administrators may look at every account.
    mine = next((one for one in offered if one[0].number == number), None)
    account, right = mine or seen(session, number)
    errors: dict[str, str] = {}
    wanted = _understood(session, asked, account, right, errors)
    reserved = holdings.reservations(session, [account.id])
    shown = _Page([], None, None, 0) if errors else _shown(session, wanted, asked, reserved)
    return page(
        "holdings/show.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        account=account,
        accounts={account.number: label(account)} | {a.number: label(a) for a, _right in offered},
        on=wanted.on,
        shown=shown,
        identifiers=_identifiers(shown.pieces),
        is_flagged=_flags(session, shown.pieces),
        figures=holdings.figures(session, [account.id], reserved)[account.id],
        partners=kept(countries.names),
        serial=serial,
        printed=printed,
        may_propose=may_propose(right) and wanted.on is None,
        csv_address=url_for("holdings.table", **asked.given() | {"account": account.number}),
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
    )


@blueprint.get("/holdings.csv")
@requires()
def table() -> Response:
    session = reading()
    asked = Asked.from_arguments()
    account, right = seen(session, asked.account)
    errors: dict[str, str] = {}
    wanted = _understood(session, asked, account, right, errors)
    if errors:
        raise NotFound("holdings")
    partners = {code: words.text(name) for code, name in countries.names(session).items()}

    def lines() -> Iterator[str]:
        # The view's own session ends with the view; what is streamed is asked in one of its own.
        reserved = holdings.reservations(reading(), [account.id])
        found = _pieces(reading(), wanted, _runs(reading(), wanted), reserved)
        yield from _lines(found, account.number, partners)

    answer = Response(stream_with_context(lines()), mimetype="text/csv")
    name = f"{account.number}-{wanted.on}.csv" if wanted.on else f"{account.number}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def serial(run: Run) -> Serial:
    """Return a run as it is printed."""
    return run.printed(registry().code)


def _offered(session: Session) -> list[tuple[Account, Right | None]]:
    """Return the accounts to choose from, each with the reader's right on it."""
    if sees_everything(reader()):
        return [(account, None) for account in accounts.everyone(session, size=_OFFERED_MAX)]
    return [(account, right) for account, right in accounts.seen_by(session, reader().id)]


def _understood(
    session: Session, asked: Asked, account: Account, right: Right | None, errors: dict[str, str]
) -> Wanted:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    project, vintage, on = None, None, None
    identifiers: tuple[int, ...] | None = None
    try:
        on = dates.parse(asked.on, "on")
        if on is not None and on > local_time(datetime.now(UTC)).date():
            errors["on"] = _("Enter today or a day in the past.")
    except Refusal as refusal:
        errors["on"] = sentence(refusal)
    if asked.project:
        project = asked.project.upper()
        found = projects.identifier(session.connection(), project)
        if found is None or not REFERENCE.fullmatch(project):
            errors["project"] = sentence(UnknownProject(asked.project, field="project"))
        else:
            identifiers = (found,)
    if asked.vintage:
        if asked.vintage.isascii() and asked.vintage.isdecimal():
            vintage = int(asked.vintage[:9])
        else:
            errors["vintage"] = sentence(UnknownChoice(asked.vintage, field="vintage"))
    search = Search(account_id=account.id, projects=identifiers, vintage=vintage)
    return Wanted(account, right, search, project, on)


@dataclass(frozen=True)
class _Page:
    """One page of the holdings, and the tonnes of the whole result."""

    pieces: list[Piece]
    previous: str | None
    next: str | None
    tonnes: int


def _shown(session: Session, wanted: Wanted, asked: Asked, reserved: Sequence[AnyRow]) -> _Page:
    after, before = lists.serial("after"), lists.serial("before")
    if wanted.on is not None:
        every = list(_runs(session, wanted))
        tonnes = sum(run.range.quantity for run in every)
        turned: Iterable[Run] = (run for run in every if after is None or run.range.first > after)
        if before is not None:
            turned = (run for run in reversed(every) if run.range.first < before)
    else:
        tonnes = sum(blocks.totals(session, wanted.search).values())
        turned = holdings.runs(session, wanted.search, after=after, before=before)
    found = list(islice(turned, PAGE_SIZE + 1))
    more = len(found) > PAGE_SIZE
    runs = found[:PAGE_SIZE] if before is None else found[:PAGE_SIZE][::-1]
    has_previous = more if before is not None else after is not None
    has_next = True if before is not None else more
    address = {**asked.given(), "account": wanted.account.number}
    return _Page(
        list(_pieces(session, wanted, runs, reserved)),
        _turned(address, before=_end(runs[0].range.first)) if runs and has_previous else None,
        _turned(address, after=_end(runs[-1].range.last)) if runs and has_next else None,
        tonnes,
    )


def _end(place: int) -> str:
    """Return a place in the ledger as an address names it."""
    return str(Range(place, place))


def _turned(address: dict[str, Any], **position: Any) -> str:
    return url_for("holdings.show", **address | position)


def _runs(session: Session, wanted: Wanted) -> Iterable[Run]:
    """Return all runs of the result, ascending."""
    if wanted.on is None:
        return holdings.joined(blocks.stream(session, wanted.search))
    moment = dates.last_moment(wanted.on)
    return (
        run
        for run in holdings.runs_as_of(session, wanted.account.id, moment)
        if wanted.project in {None, run.project} and wanted.search.vintage in {None, run.vintage}
    )


def _pieces(
    session: Session, wanted: Wanted, runs: Iterable[Run], reserved: Sequence[AnyRow]
) -> Iterator[Piece]:
    """Mark what is reserved or barred now; the past had its own reservations, long gone."""
    if wanted.on is not None:
        return (Piece(run) for run in runs)
    return holdings.pieces(runs, reserved, blocks.barred(session.connection()))


def _identifiers(found: Sequence[Piece]) -> dict[Range, Identifier]:
    """Return the identifiers of the ITMOs among what is shown, by their serial numbers."""
    runs = [piece.run for piece in found if piece.run.unit_class is UnitClass.ITMO]
    units = itmos.units(reading(), [run.issuance_id for run in runs])
    return {
        run.range: itmo.identifier(units[run.issuance_id], run.range, run.vintage)
        for run in runs
        if run.issuance_id in units
    }


def _flags(session: Session, found: Sequence[Piece]) -> Callable[[Piece], bool]:
    """Return what tells whether a piece is barred as ITMOs that a consistency check flagged."""
    is_any = any(piece.is_barred for piece in found)
    flagged = itmos.flagged(session.connection()) if is_any else []
    return lambda piece: (
        piece.is_barred and any(serials.overlap(piece.run.range, one) for one in flagged)
    )


def _lines(found: Iterator[Piece], account: str, partners: dict[str, str]) -> Iterator[str]:
    """Yield the CSV a chunk at a time; it begins with the mark by which Excel knows UTF-8."""
    yield "\ufeff" + ",".join(_COLUMNS) + "\r\n"
    while chunk := list(islice(found, _CHUNK_ROWS)):
        lines = io.StringIO()
        identifiers = _identifiers(chunk)
        csv.writer(lines).writerows(
            (*_line(piece, account, partners), identifiers.get(piece.run.range, ""))
            for piece in chunk
        )
        yield lines.getvalue()


def _line(piece: Piece, account: str, partners: dict[str, str]) -> tuple[Any, ...]:
    run = piece.run
    return (
        account,
        str(serial(run)),
        run.range.counted.first,
        run.range.counted.last,
        run.range.quantity,
        guarded(run.project),
        run.partner,
        guarded(partners.get(run.partner, run.partner)),
        run.vintage,
        run.unit_class.value,
        _state(piece),
        printed(piece.transaction_id) if piece.transaction_id else "",
    )


def _state(piece: Piece) -> str:
    if piece.is_on_its_way:
        return "on_its_way"
    return "reserved" if piece.transaction_id else "barred" if piece.is_barred else "available"
