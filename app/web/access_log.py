"""The access log: sign-ins and attempts, own for everyone, all for administrators."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from app.domain.access import FAILURES, OUTCOME_NAMES, Outcome
from app.domain.errors import NotFound
from app.domain.roles import DUTIES, Duty
from app.store import logs
from app.store.databases import AnyRow
from app.store.logs import Accesses
from app.web import entries, lists, words
from app.web.access import requires
from app.web.entries import one_line
from app.web.lists import COUNT_CAP, Shown
from app.web.pages import local_time, page
from app.web.readers import reader
from app.web.sessions import reading

blueprint = Blueprint("access_log", __name__, url_prefix="/portal")

_COLUMNS: Final = ("time", "event", "event_name", "login_id", "name", "address", "device")
#: What a glance down the list should find.
_TONES: Final = {
    **dict.fromkeys(FAILURES, "yellow"),
    **dict.fromkeys((Outcome.UNKNOWN_LOGIN_ID, Outcome.NOT_ACTIVE, Outcome.LINK_REFUSED), "yellow"),
    **dict.fromkeys((Outcome.LOCK_BEGUN, Outcome.CODE_LOCKED, Outcome.ADDRESS_THROTTLED), "red"),
    Outcome.EMERGENCY_STOP: "red",
    Outcome.SIGNED_IN: "green",
}


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    person: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    address: str = ""


def sees_all() -> bool:
    """Tell whether the reader sees everyone's entries; others see their own alone."""
    return reader().role in DUTIES[Duty.SEE_LOGS]


def _asked() -> Asked:
    """Return the filter; only who sees everyone's entries asks for somebody's."""
    asked = lists.typed(Asked)
    return asked if sees_all() else replace(asked, person="")


@blueprint.get("/access-log")
@requires()
def search() -> Any:
    asked = _asked()
    errors: dict[str, str] = {}
    wanted = _understood(asked, errors)
    address = partial(url_for, "access_log.search")
    return page(
        "access_log/search.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        chips=lists.chips(asked, _labels(), address),
        shown=Shown([], 0, entries.summary(0))
        if errors
        else _shown(wanted, partial(address, **lists.given(asked))),
        kinds={outcome: words.text(name) for outcome, name in OUTCOME_NAMES.items()},
        sees_all=sees_all(),
        event=_event,
        event_tones=_TONES,
        instant=entries.instant,
        one_line=one_line,
        all_address=address(),
        csv_address=url_for("access_log.table", **lists.given(asked)),
    )


@blueprint.get("/access-log.csv")
@requires()
def table() -> Response:
    errors: dict[str, str] = {}
    wanted = _understood(_asked(), errors)
    if errors:
        raise NotFound("access log")
    return entries.table("access-log.csv", _COLUMNS, logs.accesses, wanted, _line)


def _understood(asked: Asked, errors: dict[str, str]) -> Accesses:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    lists.choices(asked, {"kind": frozenset(Outcome)}, errors)
    days = lists.days(asked, errors)
    found = logs.person(reading(), asked.person) if asked.person else None
    return Accesses(
        user_id=found if sees_all() else reader().id,
        login_id=asked.person or None,
        outcome=asked.kind or None,
        address=asked.address or None,
        since=days["since"],
        until=days["until"],
    )


def _shown(wanted: Accesses, address: Any) -> Shown:
    count = logs.count_accesses(reading(), wanted, cap=COUNT_CAP)
    return lists.turned(
        partial(logs.accesses, reading(), wanted), count, address, summary=entries.summary(count)
    )


def _event(outcome: str) -> str:
    """Return an outcome in words; one that an earlier version wrote as it is."""
    if outcome not in frozenset(Outcome):
        return one_line(outcome)
    return words.text(OUTCOME_NAMES[Outcome(outcome)])


def _labels() -> dict[str, Callable[[str], str]]:
    return {
        "person": lambda said: _("Login ID: %(login_id)s", login_id=said),
        "kind": _event,
        "since": lambda said: _("First day: %(date)s", date=said),
        "until": lambda said: _("Last day: %(date)s", date=said),
        "address": lambda said: _("Address: %(address)s", address=said),
    }


def _line(row: AnyRow) -> Iterable[str]:
    name = row.name_ja if words.language() == "ja" else row.name_en
    return (
        local_time(row.at).isoformat(timespec="seconds"),
        row.outcome,
        _event(row.outcome),
        row.login_id,
        name or "",
        row.address or "",
        row.device or "",
    )
