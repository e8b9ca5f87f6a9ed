"""The inbox: what a person was told, read, deleted and brought back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from flask import Blueprint, g, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain import applications
from app.domain.access import LONGEST
from app.domain.announcements import present
from app.domain.errors import NotFound
from app.domain.notifications import COLUMNS, TOPIC_NAMES, Kind, Topic, detail, title
from app.domain.roles import DUTIES, Duty
from app.domain.serials import SERIAL_MAX
from app.registry import notifications as verbs
from app.store import notifications
from app.store import people as people_questions
from app.store.databases import AnyRow
from app.store.notifications import Filter
from app.store.tables import User
from app.web import (
    accounts,
    document_requests,
    fillers,
    lists,
    people,
    requests,
    transactions,
    words,
)
from app.web.access import requires
from app.web.pages import number, page
from app.web.readers import reader
from app.web.sessions import database, now, reading, registry, renew

blueprint = Blueprint("notifications", __name__, url_prefix="/portal/notifications")

_LATEST: Final = 10
#: More unread entries than this are not counted on every page.
_UNREAD_MAX: Final = 99
#: Before anything was ever deleted.
_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
_UNREAD, _DELETED = "unread", "deleted"

_OF_REQUESTS: Final = frozenset({Kind.REQUEST_MADE, Kind.REQUEST_APPROVED, Kind.REQUEST_ENDED})
_OF_ACCOUNTS: Final = frozenset(
    {Kind.ACCOUNT_OPENED, Kind.ACCOUNT_STATE_CHANGED, Kind.RIGHT_CHANGED}
)


@blueprint.record
def _tell_templates(state: BlueprintSetupState) -> None:
    """Give every page what its menu says of the inbox, and the table its official wording."""
    state.app.jinja_env.globals.update(unread=unread, inbox_columns=COLUMNS)


# What is shown of an inbox


@dataclass(frozen=True)
class Entry:
    """One line of an inbox."""

    id: int
    title: str
    topic: str
    at: datetime
    read_at: datetime | None
    deleted_at: datetime | None
    #: It was just deleted, or brought back.
    is_changed: bool = False

    @classmethod
    def of(cls, row: AnyRow, changed: int | None = None) -> "Entry":
        return cls(
            row.id,
            words.text(title(row.kind)),
            words.text(TOPIC_NAMES[row.topic]),
            row.at,
            row.read_at,
            row.deleted_at,
            is_changed=row.id == changed,
        )


@dataclass(frozen=True)
class Unread:
    """How much of the reader's inbox is unread, and the newest of it."""

    count: int
    newest: int | None

    @property
    def printed(self) -> str:
        """The count; beyond what is counted, 99+."""
        return f"{_UNREAD_MAX}+" if self.count > _UNREAD_MAX else str(self.count)


def unread() -> Unread:
    """Return what of the reader's inbox is unread; asked once a request, for the menu."""
    if "unread" not in g:
        connection = reading().connection()
        found = notifications.unread(connection, reader().id, cap=_UNREAD_MAX + 1)
        g.unread = Unread(found.unread, found.newest)
    counted: Unread = g.unread
    return counted


def latest() -> list[Entry]:
    """Return the newest entries of the reader's inbox, as HOME shows them."""
    return _listed(notifications.find(reading(), reader().id, Filter(), size=_LATEST))


def _listed(rows: Iterable[AnyRow]) -> list[Entry]:
    """Return entries newest first; the one just deleted or brought back stays in its place."""
    changed = _identifier(request.args.get("changed", ""))
    shown = {row.id: row for row in rows}
    if changed and changed not in shown:
        row = notifications.one(reading(), reader().id, changed)
        if row is not None and (row.deleted_at is None or row.deleted_at >= _session_begun()):
            shown[row.id] = row
    return [Entry.of(shown[one], changed) for one in sorted(shown, reverse=True)]


# The list


@dataclass(frozen=True)
class Asked:
    """What the filter says; empty means any."""

    topic: str = ""
    show: str = ""
    #: The login ID of somebody else, for administrators.
    person: str = ""

    def person_given(self) -> dict[str, Any]:
        """Return whose inbox it is, for an address; nothing for the reader's own."""
        return {"person": self.person} if self.person else {}


@blueprint.get("")
@requires()
def search() -> Any:
    asked = lists.typed(Asked)
    whose = _whose(asked)
    errors: dict[str, str] = {}
    wanted = _understood(asked, errors)
    shown = lists.Shown([], 0)
    if not errors:
        shown = lists.turned(
            partial(notifications.find, reading(), whose.id if whose else reader().id, wanted),
            notifications.count(
                reading(), whose.id if whose else reader().id, wanted, cap=lists.COUNT_CAP
            ),
            partial(url_for, "notifications.search", **lists.given(asked)),
        )
    return page(
        "notifications/search.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        whose=whose,
        shown=shown,
        summary=_summary(shown.count),
        listed=[Entry.of(row) for row in shown.rows] if whose or errors else _listed(shown.rows),
        topics={topic: words.text(name) for topic, name in TOPIC_NAMES.items()},
        choices=_choices(whose),
        chips=_chips(asked, whose),
        origin=_origin(),
        all_address=url_for("notifications.search", **asked.person_given()),
    )


def _whose(asked: Asked) -> User | None:
    """Return the person whose record an administrator looks at; None for the reader's own inbox.

    Raises:
        NotFound: there is no such person, or the reader may not look.
    """
    if not asked.person:
        return None
    found = people_questions.by_login_id(reading(), asked.person)
    if found is None or reader().role not in DUTIES[Duty.SEE_LOGS]:
        raise NotFound("user")
    return found


def _understood(asked: Asked, errors: dict[str, str]) -> Filter:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    lists.choices(asked, {"topic": frozenset(Topic), "show": {_UNREAD, _DELETED}}, errors)
    if errors:
        return Filter()
    since = _EVER if asked.person else _session_begun()
    return Filter(
        topic=Topic(asked.topic) if asked.topic else None,
        only_unread=asked.show == _UNREAD,
        deleted_since=since if asked.show == _DELETED else None,
        with_deleted=bool(asked.person) and not asked.show,
    )


def _choices(whose: User | None) -> dict[str, str]:
    deleted = _("Deleted by the person") if whose else _("Deleted since sign-in")
    return {_UNREAD: _("Unread"), _DELETED: deleted}


def _summary(count: int) -> str:
    """Return in words how many notifications were found."""
    if count > lists.COUNT_CAP:
        return str(_("More than %(count)s notifications", count=number(lists.COUNT_CAP)))
    return str(
        ngettext("%(count)s notification", "%(count)s notifications", count, count=number(count))
    )


def _chips(asked: Asked, whose: User | None) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it."""
    topics = {topic.value: words.text(name) for topic, name in TOPIC_NAMES.items()}
    address = partial(url_for, "notifications.search", **asked.person_given())
    filters = replace(asked, person="")
    return lists.chips(filters, {"topic": topics, "show": _choices(whose)}, address)


# One entry


@blueprint.get("/<printed>")
@requires()
def show(printed: str) -> Any:
    asked = lists.typed(Asked)
    whose = _whose(asked)
    row = _seen(printed, whose)
    if whose is None:
        _note_reading(row)
    return page(
        "notifications/show.html",
        entry=Entry.of(row),
        detail=words.text(detail(row.kind, row.facts, registry().time_zone)),
        about=_about(reading(), row),
        whose=whose,
        origin=_origin(),
        all_address=url_for("notifications.search", **asked.person_given()),
    )


def _seen(printed: str, whose: User | None) -> AnyRow:
    """Return an entry; what a person has deleted only the record still shows."""
    identifier = _identifier(printed)
    found = None
    if identifier:
        found = notifications.one(reading(), whose.id if whose else reader().id, identifier)
    if found is None or (whose is None and found.deleted_at is not None):
        raise NotFound("notification")
    return found


def _note_reading(row: AnyRow) -> None:
    """Mark an entry as read the first time its person opens it.

    The one write that a GET of ours makes besides the session's last click, and of the same kind:
    it notes that the page was opened, is made once, and needs no script and no second button. A
    forged link achieves no more with it than to open the entry before the person's eyes; pictures
    and frames of other sites come without the cookie. During maintenance nothing is noted.
    """
    is_closed = present(g.get("maintenance", ()), now()) is not None
    if row.read_at is not None or request.method != "GET" or is_closed:
        return
    at = now()
    database().write(lambda session: verbs.read(session, reader().id, row.id, now=at))
    renew()


def _about(session: Session, row: AnyRow) -> tuple[str, str] | None:
    """Return words and address of what an entry tells of, if the reader may see it still."""
    try:
        if row.topic is Topic.CREDITS:
            transactions.seen(session, row.subject)
            address = url_for("transactions.show", number=row.subject)
            return _("Transaction %(number)s", number=row.subject), address
        if row.kind in _OF_REQUESTS:
            requests.seen(session, row.subject)
            address = url_for("requests.show", printed=row.subject)
            return _("Request %(number)s", number=row.subject), address
        if row.kind in _OF_ACCOUNTS:
            accounts.seen(session, row.subject)
            address = url_for("accounts.show", number=row.subject)
            return _("Account %(number)s", number=row.subject), address
        if row.topic is Topic.APPLICATIONS:
            return _application(row.subject)
        return _person(session, row.subject)
    except NotFound:
        return None


def _application(subject: str) -> tuple[str, str]:
    """Return words and address of an application, or of documents that were asked for."""
    if applications.identifier(subject) is None:
        document_requests.seen(subject)
        address = url_for("document_requests.show", number=subject)
        return _("Documents asked for %(number)s", number=subject), address
    fillers.application(subject)
    endpoint = "examinations.show" if reader().role else "application_forms.show"
    return _("Application %(number)s", number=subject), url_for(endpoint, number=subject)


def _person(session: Session, login_id: str) -> tuple[str, str] | None:
    found = people_questions.by_login_id(session, login_id)
    if found is None:
        return None
    if found.id == reader().id:
        return _("My profile"), url_for("profile.search")
    people.known(session, str(found.id))
    name = found.name_ja if words.language() == "ja" else found.name_en
    return name, url_for("people.show", person=found.id)


# What a person does with the inbox


@blueprint.post("/reading")
@requires()
def read_all() -> Any:
    """Mark all as read, up to the newest that the person was shown."""
    at, until = now(), _identifier(request.form.get("until", ""))
    database().write(lambda session: verbs.read_all(session, reader().id, until=until, now=at))
    return redirect(_back(), 303)


@blueprint.post("/<printed>/deletion")
@requires()
def delete(printed: str) -> Any:
    at = now()
    return _changed(
        printed, lambda session, found: verbs.delete(session, reader().id, found, now=at)
    )


@blueprint.post("/<printed>/restoration")
@requires()
def restore(printed: str) -> Any:
    """Undo a deletion of this session."""
    since = _session_begun()
    return _changed(
        printed, lambda session, found: verbs.restore(session, reader().id, found, since=since)
    )


def _changed(printed: str, change: Callable[[Session, int], bool]) -> Any:
    """Change an entry and lead back to where it stood; htmx takes its row out of that page."""
    identifier = _identifier(printed)
    if not identifier or not database().write(lambda session: change(session, identifier)):
        raise NotFound("notification")
    return redirect(_back(changed=identifier, _anchor=f"row_{identifier}"), 303)


def _origin() -> dict[str, Any]:
    """Return what leads back to this list: its filter, the page of it, or that it is HOME's."""
    if request.endpoint == "home.show":
        return {"from": "home"}
    known = ("topic", "show", "before", "after")
    return {name: typed for name in known if (typed := request.args.get(name, "")[:40])}


def _back(**more: Any) -> str:
    if request.args.get("from") == "home":
        return url_for("home.show", **more)
    return url_for("notifications.search", **_origin(), **more)


def _identifier(typed: str) -> int | None:
    """Return the number of an entry, or None for what is none."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < len(str(SERIAL_MAX))
    return int(typed) if is_number else None


def _session_begun() -> datetime:
    """Return when the session began; until it ends, what was deleted in it can be undone."""
    return reader().expires_at - LONGEST
