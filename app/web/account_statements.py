"""The statement of an account for a period: as a page, on paper, and as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from flask import Blueprint, Response, make_response, request, stream_with_context, url_for
from sqlalchemy.orm import Session

from app.documents import account_statements as papers
from app.domain.accounts import FINAL
from app.domain.accounts import KIND_NAMES as ACCOUNT_NAMES
from app.domain.errors import NotFound, Refusal, Required
from app.domain.form_errors import PeriodBackwards, PeriodNotOver, TooManyMovements
from app.domain.ledger import KIND_NAMES
from app.domain.serials import SERIAL_MAX
from app.domain.text import Text, normalise
from app.store import account_statements as questions
from app.store.account_statements import Line, Movement
from app.store.holdings import Run
from app.store.tables import Account
from app.web import dates, words
from app.web.access import requires
from app.web.accounts import seen
from app.web.crossings import name_of
from app.web.holdings import serial
from app.web.messages import sentence
from app.web.pages import local_time, page
from app.web.sessions import now, reading, registry
from app.web.transactions import printed

blueprint = Blueprint("statements", __name__, url_prefix="/portal/accounts")

PAGE_SIZE: Final = 50
#: Runs of serial numbers shown of one movement on the page; all stand in the files.
RUNS_MAX: Final = 5
#: What goes on paper: some five hundred sheets.
LINES_MAX: Final = 20_000
_DAY_MAX: Final = 40


@dataclass(frozen=True)
class Period:
    """Two days, both included."""

    since: date
    until: date

    @property
    def query(self) -> dict[str, Any]:
        """The period in an address."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}


@dataclass
class _Shown:
    """A movement on the page, with its first runs of serial numbers and the number of others."""

    movement: Movement
    runs: list[Run] = field(default_factory=list)
    left: int = 0


@blueprint.get("/<number>/statement")
@requires()
def show(number: str) -> Any:
    account, _right = seen(reading(), number)
    errors: dict[str, str] = {}
    period = _period(errors)
    return _page(account, period, errors)


@blueprint.get("/<number>/statement.pdf")
@requires()
def paper(number: str) -> Response:
    """Download the statement on paper."""
    account, _right = seen(reading(), number)
    period = _asked()
    session, told = reading(), registry()
    count = questions.lines_at_most(session, account.id, *_moments(period))
    if count > LINES_MAX:
        return _page(account, period, {"": sentence(TooManyMovements(LINES_MAX))})
    body = papers.paper(
        _statement(session, account, period), told.name, words.language(), told.time_zone
    )
    answer = make_response(body)
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{_name(account, period)}.pdf"'
    answer.headers["Content-Language"] = words.language()
    return answer


@blueprint.get("/<number>/statement.csv")
@requires()
def table(number: str) -> Response:
    """Download the statement as CSV, line by line as it is read."""
    account, _right = seen(reading(), number)
    period, language, zone = _asked(), words.language(), registry().time_zone

    def lines() -> Iterator[str]:
        # The view's own session ends with the view; what is streamed is asked in one of its own.
        session = reading()
        found = session.get_one(Account, account.id)
        yield from papers.table(_statement(session, found, period), language, zone)

    answer = Response(stream_with_context(lines()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_name(account, period)}.csv"'
    return answer


def _name(account: Account, period: Period) -> str:
    return f"{account.number}-{period.since}-{period.until}"


# The period


def this_month() -> Period:
    """Return the period that is offered: the month until today."""
    today = local_time(now()).date()
    return Period(today.replace(day=1), today)


def _asked() -> Period:
    """Return the period of a file; NotFound for one that cannot be, as no page leads there."""
    errors: dict[str, str] = {}
    period = _period(errors)
    if errors:
        raise NotFound("statement")
    return period


def _period(errors: dict[str, str]) -> Period:
    """Read the period field by field; what is wrong is said in `errors`, each at its field."""
    offered = this_month()
    if "since" not in request.args and "until" not in request.args:
        return offered
    found = {}
    for name in ("since", "until"):
        try:
            found[name] = _day(name, offered.until)
        except Refusal as refusal:
            errors[name] = sentence(refusal)
    if not errors and found["since"] > found["until"]:
        errors["until"] = sentence(PeriodBackwards(field="until"))
    return offered if errors else Period(**found)


def _day(name: str, today: date) -> date:
    typed = normalise(request.args.get(name, ""))[:_DAY_MAX]
    day = dates.parse(typed, name)
    if day is None:
        raise Required(field=name)
    if day > today:
        raise PeriodNotOver(field=name)
    return day


def _moments(period: Period) -> tuple[Any, Any]:
    return dates.begins(period.since), dates.ends(period.until)


# What it says


def _page(account: Account, period: Period, errors: dict[str, str]) -> Response:
    session, after = reading(), _after()
    since, until = _moments(period)
    shown = [] if errors else _movements(session, account, period, after)
    has_more = len(shown) > PAGE_SIZE
    shown = shown[:PAGE_SIZE]
    query: dict[str, Any] = {"number": account.number, **period.query}
    typed = {name: request.args.get(name, said)[:_DAY_MAX] for name, said in period.query.items()}
    return page(
        "account_statements/show.html",
        status=422 if errors else 200,
        errors=errors,
        account=account,
        period=period,
        typed=typed,
        opening=questions.balance(session, account.id, since),
        closing=questions.balance(session, account.id, until),
        count=questions.count(session, account.id, since, until),
        shown=shown,
        previous=url_for("statements.show", **query) if after else None,
        next=url_for("statements.show", **query, after=shown[-1].movement.position)
        if has_more
        else None,
        query=query,
        serial=serial,
        printed=printed,
        account_names=ACCOUNT_NAMES,
        kind_names=KIND_NAMES,
        final_kinds=FINAL,
    )


def _after() -> int:
    typed = request.args.get("after", "")
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(SERIAL_MAX))
    return min(int(typed), SERIAL_MAX) if is_number else 0


def _movements(session: Session, account: Account, period: Period, after: int) -> list[_Shown]:
    """Return a page of movements and one more, where there are more."""
    found = questions.lines(session, account.id, *_moments(period), after=after)
    movements: list[_Shown] = []
    for movement, lines in groupby(found, attrgetter("movement")):
        movements.append(_Shown(movement))
        for line in lines:
            if len(movements[-1].runs) < RUNS_MAX:
                movements[-1].runs.append(line.run)
            else:
                movements[-1].left += 1
        if len(movements) > PAGE_SIZE:
            break
    return movements


def _statement(session: Session, account: Account, period: Period) -> papers.Statement:
    since, until = _moments(period)
    holder = account.holder
    found = questions.lines(session, account.id, since, until)
    return papers.Statement(
        account=account.number,
        kind=ACCOUNT_NAMES[account.kind],
        holder=Text(holder.name_en, holder.name_ja or holder.name_en),
        since=period.since,
        until=period.until,
        opening=questions.balance(session, account.id, since),
        closing=questions.balance(session, account.id, until),
        made_at=now(),
        lines=map(_line, found),
    )


def _kind(movement: Movement) -> Text | None:
    """Return what kind of account the other side is, or in which registry it lies."""
    if movement.there:
        return name_of(movement.there)
    return ACCOUNT_NAMES[movement.other_kind] if movement.other_kind else None


def _line(line: Line) -> papers.Line:
    movement, run = line.movement, line.run
    quantity = run.range.quantity
    return papers.Line(
        at=movement.at,
        transaction=printed(movement.id),
        kind=movement.kind.value,
        kind_name=KIND_NAMES[movement.kind],
        other=movement.there or movement.other,
        other_kind=_kind(movement),
        serial=str(serial(run)),
        first=run.range.counted.first,
        last=run.range.counted.last,
        quantity=quantity if movement.quantity > 0 else -quantity,
        moved=movement.quantity,
        balance=movement.balance,
        is_first=line.is_first,
    )
