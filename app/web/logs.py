"""The log of operations: who did what, when, on what, and with what result."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, current_app, url_for
from flask_babel import gettext as _

from app.domain import operations
from app.domain.errors import NotFound, Refusal
from app.domain.operations import GROUP_NAMES, OPERATIONS, Group
from app.domain.people_errors import UnknownPerson
from app.store import logs
from app.store.databases import AnyRow
from app.store.logs import Operations
from app.web import entries, lists, words
from app.web.access import requires
from app.web.access_log import sees_all
from app.web.entries import one_line
from app.web.lists import COUNT_CAP, Shown
from app.web.messages import sentence
from app.web.pages import local_time, page
from app.web.readers import reader
from app.web.sessions import reading

blueprint = Blueprint("logs", __name__, url_prefix="/portal")

_COLUMNS: Final = (
    "time",
    "login_id",
    "name",
    "operation",
    "operation_name",
    "object",
    "result",
    "refusal",
    "refusal_text",
    "facts",
)
_REFUSED: Final = "yes"
#: Objects that have a page: how each is printed, the page, and the name of its argument.
_PAGES: Final = (
    (re.compile(r"[A-Z]{2}\d{10}", re.ASCII), "transactions.show", "number"),
    (re.compile(r"[A-Z]{2}-\d{3}-\d{6}-\d-\d{2}", re.ASCII), "accounts.show", "number"),
    (re.compile(r"R-\d{6,}", re.ASCII), "requests.show", "printed"),
    (re.compile(r"A-\d{6,}", re.ASCII), "application_forms.show", "number"),
    (re.compile(r"D-\d{6,}", re.ASCII), "document_requests.show", "number"),
    (re.compile(r"[A-Z]{2}-D-\d{4,}", re.ASCII), "editions.show", "number"),
    (re.compile(r"[A-Z]{2}-\d{8}-[1-9]\d{0,8}", re.ASCII), "reconciliations.show", "number"),
)
_ANNOUNCED: Final = frozenset(OPERATIONS[Group.ANNOUNCEMENTS])
_NEWS: Final = frozenset({"publish news", "change news", "withdraw news"})


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    person: str = ""
    kind: str = ""
    object: str = ""
    since: str = ""
    until: str = ""
    refused: str = ""


def _asked() -> Asked:
    """Return the filter; only who sees everyone's entries asks for somebody's."""
    asked = lists.typed(Asked)
    refused = _REFUSED if asked.refused == _REFUSED else ""
    return replace(asked, refused=refused, person=asked.person if sees_all() else "")


@blueprint.get("/log")
@requires()
def search() -> Any:
    asked = _asked()
    errors: dict[str, str] = {}
    wanted = _understood(asked, errors)
    address = partial(url_for, "logs.search")
    return page(
        "logs/search.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        chips=lists.chips(asked, _labels(), address),
        shown=Shown([], 0, entries.summary(0))
        if errors
        else _shown(wanted, partial(address, **lists.given(asked))),
        kinds={group: words.text(name) for group, name in GROUP_NAMES.items()},
        sees_all=sees_all(),
        operation=_operation,
        because=because,
        object_address=_address,
        instant=entries.instant,
        one_line=one_line,
        all_address=address(),
        csv_address=url_for("logs.table", **lists.given(asked)),
    )


@blueprint.get("/log.csv")
@requires()
def table() -> Response:
    errors: dict[str, str] = {}
    wanted = _understood(_asked(), errors)
    if errors:
        raise NotFound("log")
    return entries.table("log.csv", _COLUMNS, logs.operations, wanted, _line)


def _understood(asked: Asked, errors: dict[str, str]) -> Operations:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    found = reader().id if not sees_all() else None
    if asked.person:
        found = logs.person(reading(), asked.person)
        if found is None:
            errors["person"] = sentence(UnknownPerson(asked.person, field="person"))
    lists.choices(asked, {"kind": frozenset(Group)}, errors)
    days = lists.days(asked, errors)
    is_group = asked.kind in frozenset(Group)
    return Operations(
        user_id=found,
        operations=OPERATIONS[Group(asked.kind)] if is_group else None,
        subjects={asked.object, asked.object.upper()} if asked.object else None,
        since=days["since"],
        until=days["until"],
        refused_only=bool(asked.refused),
    )


def _shown(wanted: Operations, address: Any) -> Shown:
    count = logs.count_operations(reading(), wanted, cap=COUNT_CAP)
    return lists.turned(
        partial(logs.operations, reading(), wanted), count, address, summary=entries.summary(count)
    )


def _operation(operation: str) -> str:
    return one_line(words.text(operations.name(operation)))


def _labels() -> dict[str, Mapping[str, str] | Callable[[str], str]]:
    return {
        "person": lambda said: _("Login ID: %(login_id)s", login_id=said),
        "kind": {group: words.text(name) for group, name in GROUP_NAMES.items()},
        "object": lambda said: _("Object: %(name)s", name=said),
        "since": lambda said: _("First day: %(date)s", date=said),
        "until": lambda said: _("Last day: %(date)s", date=said),
        "refused": lambda _said: _("Refused only"),
    }


def _address(row: AnyRow) -> str | None:
    """Return where the object of an entry has its page, if it has one."""
    if row.operation in _ANNOUNCED and row.subject.isdecimal():
        return url_for("announcements.show", number=row.subject)
    if row.operation in _NEWS and row.subject.isdecimal():
        return url_for("news_desk.show", identifier=row.subject)
    for printed, endpoint, argument in _PAGES:
        if printed.fullmatch(row.subject) and endpoint in current_app.view_functions:
            return url_for(endpoint, **{argument: row.subject})
    return None


def because(row: AnyRow) -> str:
    """Return what a person was told when something was refused, in the reader's language."""
    refusal = _refusal(row.refusal, row.facts)
    if refusal is None:
        return one_line(row.refusal)
    try:
        return one_line(sentence(refusal))
    except (KeyError, TypeError, ValueError):
        # An earlier version wrote other facts of it.
        return one_line(row.refusal)


def _refusal(code: str, facts: dict[str, str]) -> Refusal | None:
    """Build a refusal again from its code and the facts as they were logged."""
    kind = next((one for one in Refusal.__subclasses__() if one.__name__ == code), None)
    if kind is None:
        return None
    numbers: dict[Any, Callable[[str], Any]] = {int: int, "int": int}
    try:
        return kind(
            **{
                item.name: numbers.get(item.type, str)(facts[item.name])
                for item in dataclasses.fields(kind)
                if item.name in facts
            }
        )
    except (TypeError, ValueError):
        return None


def _line(row: AnyRow) -> Iterable[str]:
    name = row.name_ja if words.language() == "ja" else row.name_en
    return (
        local_time(row.at).isoformat(timespec="seconds"),
        row.login_id or "",
        name or "",
        row.operation,
        _operation(row.operation),
        row.subject,
        "refused" if row.refusal else "done",
        row.refusal or "",
        because(row) if row.refusal else "",
        json.dumps(row.facts, ensure_ascii=False) if row.facts else "",
    )
