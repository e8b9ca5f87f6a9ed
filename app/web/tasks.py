"""Tasks: what waits for my decision or my documents, and whose each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain import applications, forms, ledger, requests, roles
from app.domain.errors import NotFound, Refusal
from app.domain.ledger import Event
from app.domain.roles import APPROVING
from app.domain.text import Text
from app.store import accounts, document_requests, holdings, tasks
from app.store.databases import AnyRow
from app.store.tasks import APPLICATION, MOVEMENT, REQUEST, Decider, Filter
from app.web import lists, pages, words
from app.web import transactions as transaction_pages
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.sessions import now, reading, registry

blueprint = Blueprint("tasks", __name__, url_prefix="/portal/tasks")

PAGE_SIZE: Final = 50
_COUNT_CAP: Final = 1_000
#: The kind under which a list has the documents that one is asked for.
_DOCUMENTS: Final = "documents"
_DOCUMENTS_NAME: Final = Text("Documents asked for", "提出を依頼された書類")


def _kinds() -> dict[str, Text]:
    """Return what each kind of task is called; the forms are the registry's own."""
    code = registry().code
    return {
        **{kind.value: name for kind, name in ledger.KIND_NAMES.items()},
        **{kind.value: name for kind, name in requests.KIND_NAMES.items()},
        **{f"form_{number}": forms.latest(number, code).title for number in forms.VERSIONS},
        _DOCUMENTS: _DOCUMENTS_NAME,
    }


@dataclass(frozen=True)
class Task:
    """One task as a page shows it: what waits, and whose it is."""

    rank: int
    number: str
    row: AnyRow
    claimant: int | None = None
    claimant_en: str | None = None
    claimant_ja: str | None = None

    @property
    def is_movement(self) -> bool:
        return self.rank == MOVEMENT

    @property
    def is_application(self) -> bool:
        return self.rank == APPLICATION

    @property
    def kind_name(self) -> Text:
        return _kinds()[f"form_{self.row.form}" if self.is_application else self.row.kind]

    @property
    def age(self) -> int:
        """For how many whole days it has waited."""
        waited: timedelta = now() - self.row.at
        return max(0, waited.days)

    @property
    def is_late(self) -> bool:
        return bool(self.row.due_at <= now())


# The list


@dataclass(frozen=True)
class Asked:
    """What the filter says, as typed but with widths unified; empty means any."""

    claim: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    order: str = ""


@blueprint.get("")
@requires()
def search() -> Any:
    return list_page()


def list_page(refusal: Refusal | None = None, chosen: Sequence[str] = ()) -> Any:
    session, asked = reading(), lists.typed(Asked)
    errors: dict[str, str] = {}
    wanted = _understood(asked, errors)
    decider = _decider(session)
    shown = _Page([], 0) if errors else _shown(session, decider, wanted, asked)
    sources = [task.row.source_id for task in shown.rows if task.is_movement]
    wrong = bool(errors)
    if refusal is not None:
        errors[refusal.field] = sentence(refusal)
    return page(
        "tasks/search.html",
        status=status(refusal) if refusal else 422 if errors else 200,
        errors=errors,
        is_wrong=wrong,
        asked=asked,
        chips=_chips(asked),
        shown=shown,
        chosen=chosen,
        figures=holdings.figures(session, [one for one in sources if one is not None]),
        claims={name: str(label) for name, label in _claims().items()},
        kinds={kind: words.text(name) for kind, name in _offered(decider).items()},
        documents=_documents(session, decider, asked),
        may_enter=applications.may_examine(decider.role),
        at=now(),
        orders={"newest": _("Newest first")},
        all_address=url_for("tasks.search"),
        me=reader().id,
    )


def _claims() -> dict[str, str]:
    return {"unclaimed": _("Unclaimed"), "mine": _("Claimed by me")}


def _offered(decider: Decider) -> dict[str, Text]:
    """Return the kinds of tasks that the reader may ever have."""
    found = {
        kind.value: name
        for kind, name in ledger.KIND_NAMES.items()
        if roles.may_decide(Event.APPROVE, kind, decider.role, None)
        or (decider.accounts and kind in roles.HOLDERS_KINDS)
    }
    if requests.may_decide(decider.role):
        found |= {kind.value: name for kind, name in requests.KIND_NAMES.items()}
    if applications.may_examine(decider.role) or applications.may_approve(decider.role):
        found |= {kind: name for kind, name in _kinds().items() if kind.startswith("form_")}
    if decider.role is None:
        found[_DOCUMENTS] = _DOCUMENTS_NAME
    return found


def _documents(session: Session, decider: Decider, asked: Asked) -> Sequence[AnyRow]:
    """Return the requests for documents that wait for the reader, on the first page alone."""
    others = asked.kind not in {"", _DOCUMENTS} or asked.claim or asked.since or asked.until
    if decider.role is not None or others or "after" in request.args or "before" in request.args:
        return []
    mine = accounts.seen_by(session, decider.user_id)
    answering = [account.id for account, right in mine if right in roles.PROPOSING]
    wanted = document_requests.Filter(decider.user_id, answering, is_open=True)
    return document_requests.find(session, wanted, size=PAGE_SIZE)


def _decider(session: Session) -> Decider:
    person = reader()
    mine = [] if person.role else accounts.seen_by(session, person.id)
    approving = [account.id for account, right in mine if right in APPROVING]
    return Decider(person.id, person.role, approving)


def _understood(asked: Asked, errors: dict[str, str]) -> Filter:
    """Read the filter field by field; what is wrong is said in `errors`, each at its field."""
    lists.choices(asked, {"claim": _claims(), "kind": _kinds(), "order": {"newest"}}, errors)
    days = lists.days(asked, errors)
    if errors:
        return Filter()
    return Filter(
        kind=_kind(asked.kind) if asked.kind else None,
        claimed_by={"unclaimed": 0, "mine": reader().id}.get(asked.claim),
        since=days["since"],
        until=days["until"],
    )


def _kind(word: str) -> ledger.Kind | requests.Kind | int:
    """Return a kind of movement or request, or the number of a form; 0 is nobody's to decide."""
    if word == _DOCUMENTS:
        return 0
    if word.startswith("form_"):
        return int(word.removeprefix("form_"))
    return ledger.Kind(word) if word in set(ledger.Kind) else requests.Kind(word)


@dataclass(frozen=True)
class _Page:
    """One page of the list."""

    rows: list[Task]
    count: int
    previous: str | None = None
    next: str | None = None

    @property
    def summary(self) -> str:
        """How many tasks were found, in words."""
        if self.count > _COUNT_CAP:
            return str(_("More than %(count)s tasks", count=pages.number(_COUNT_CAP)))
        counted = ngettext(
            "%(count)s task", "%(count)s tasks", self.count, count=pages.number(self.count)
        )
        return str(counted)


def _shown(session: Session, decider: Decider, wanted: Filter, asked: Asked) -> _Page:
    after = _place("after")
    before = None if after else _place("before")
    found = list(
        tasks.find(
            session,
            decider,
            wanted,
            after=after,
            before=before,
            newest_first=asked.order == "newest",
            size=PAGE_SIZE + 1,
        )
    )
    more = len(found) > PAGE_SIZE
    rows = found[-PAGE_SIZE:] if before else found[:PAGE_SIZE]
    shown = _described(session, rows)
    has_previous = more if before else bool(after)
    has_next = True if before else more
    return _Page(
        shown,
        tasks.count(session, decider, wanted, cap=_COUNT_CAP),
        _turned(asked, before=shown[0].number) if shown and has_previous else None,
        _turned(asked, after=shown[-1].number) if shown and has_next else None,
    )


def _described(session: Session, rows: Sequence[AnyRow]) -> list[Task]:
    movements = tasks.movements(session, [row.id for row in rows if row.rank == MOVEMENT])
    about_people = tasks.requests(session, [row.id for row in rows if row.rank == REQUEST])
    forms_ = tasks.applications(session, [row.id for row in rows if row.rank == APPLICATION])
    described = {MOVEMENT: movements, REQUEST: about_people, APPLICATION: forms_}
    return [
        Task(
            row.rank,
            printed(row.rank, row.id),
            described[row.rank][row.id],
            row.claimant,
            row.name_en,
            row.name_ja,
        )
        for row in rows
    ]


def _place(name: str) -> tuple[int, int] | None:
    typed = request.args.get(name, "")
    try:
        return identified(typed) if typed else None
    except NotFound:
        return None


def _turned(asked: Asked, **position: Any) -> str:
    return url_for("tasks.search", **lists.given(asked) | position)


def _chips(asked: Asked) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it."""
    return lists.chips(
        asked,
        {
            "claim": _claims(),
            "kind": {kind: words.text(name) for kind, name in _kinds().items()},
            "since": lambda said: _("from %(day)s", day=said),
            "until": lambda said: _("until %(day)s", day=said),
            "order": {"newest": _("Newest first")},
        },
        partial(url_for, "tasks.search"),
    )


# Numbers


def printed(rank: int, identifier: int) -> str:
    if rank == MOVEMENT:
        return transaction_pages.printed(identifier)
    if rank == APPLICATION:
        return applications.number(identifier)
    return requests.number(identifier)


def identified(number: str) -> tuple[int, int]:
    found = requests.identifier(number)
    if found is not None:
        return REQUEST, found
    if number.startswith("A-"):
        application = applications.identifier(number)
        if application is None:
            raise NotFound("application")
        return APPLICATION, application
    return MOVEMENT, transaction_pages.identified(number)
