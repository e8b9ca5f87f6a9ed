"""Whose a task is: claimed, taken over with a comment, assigned, given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, request, url_for
from sqlalchemy.orm import Session

from app.domain.applications import Event as Step
from app.domain.applications import Status as Applied
from app.domain.errors import NotEntitled, NotFound, Refusal, Required
from app.domain.ledger import Event
from app.domain.people_errors import NothingTicked, UnknownPerson
from app.domain.text import normalise
from app.registry import claims
from app.registry.claims import COMMENT_MAX
from app.store import holdings, tasks
from app.store.databases import AnyRow
from app.store.tasks import APPLICATION, MOVEMENT, REQUEST
from app.web import attempts, examinations, words
from app.web import requests as request_pages
from app.web import transactions as transaction_pages
from app.web.access import requires
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.returning import is_resumed, resumable
from app.web.sessions import database, now, reading
from app.web.tasks import PAGE_SIZE, Task, identified, list_page

blueprint = Blueprint("claims", __name__, url_prefix="/portal/tasks")

#: Each act is a noun with an address of its own, and has a field for its comment.
_COMMENTS: Final = {
    "claim": "comment",
    "assignment": "comment_on_assignment",
    "release": "comment_on_release",
}
_NOUN: Final = f"<any({','.join(_COMMENTS)}):noun>"
#: How the verbs and questions name what a task is about.
_NAMES: Final = {MOVEMENT: "transaction", REQUEST: "request", APPLICATION: "application"}


@dataclass(frozen=True)
class Seen:
    """A task that the reader may know of."""

    task: Task
    identifier: int
    #: It still waits, and the reader may decide it.
    is_open: bool

    @property
    def named(self) -> dict[str, int]:
        """Return which task it is, as the verbs and questions take it."""
        return {_NAMES[self.task.rank]: self.identifier}


def seen(session: Session, number: str) -> Seen:
    """Return a task.

    Raises:
        NotFound: there is none, or the reader may not know that there is.
    """
    rank, identifier = identified(number)
    if rank == APPLICATION:
        application = examinations.seen(number)
        if application.application.submitted_at is None:
            raise NotFound("task")
        # With its applicant, or decided, it is nobody's task.
        is_open = bool({Step.RECOMMEND, Step.APPROVE} & application.possible)
        row = tasks.applications(session, [identifier])[identifier]
    elif rank == REQUEST:
        is_open = request_pages.may(request_pages.seen(session, number), "approval")
        row = tasks.requests(session, [identifier])[identifier]
    else:
        found = transaction_pages.seen(session, number)
        if not found.is_inside:
            raise NotFound("task")
        is_open = found.may(Event.APPROVE)
        row = tasks.movements(session, [identifier])[identifier]
    return Seen(Task(rank, number, row), identifier, is_open)


@blueprint.get("/<number>")
@requires()
def show(number: str) -> Any:
    return _page(seen(reading(), number))


@blueprint.get(f"/<number>/{_NOUN}")
@requires()
def start(number: str, noun: str) -> Any:  # noqa: ARG001  each noun is shown on the one page
    """Begin anew: a page that was posted has no other address to come back to."""
    return redirect(url_for("claims.show", number=number), 303)


@blueprint.get("/claims")
@requires()
def start_several() -> Any:
    """Begin anew, as above."""
    return redirect(url_for("tasks.search"), 303)


def _page(found: Seen, code: int = 200, errors: dict[str, str] | None = None) -> Any:
    session, task = reading(), found.task
    history = tasks.claims(session, **found.named)
    source = task.row.source_id if task.is_movement else None
    japanese = words.language() == "ja"
    return page(
        "claims/show.html",
        status=code,
        errors=errors or {},
        task=task,
        claims=history,
        claimant=history[0].user_id if history else None,
        is_open=found.is_open,
        takers={
            one.login_id: f"{one.name_ja if japanese else one.name_en} ({one.login_id})"
            for one in _takers(session, found)
        },
        typed={name: _typed(name) for name in ("login_id", *_COMMENTS.values())},
        figures=holdings.figures(session, [source])[source] if source is not None else None,
        comment_max=COMMENT_MAX,
        was_done="done" in request.args,
        me=reader().id,
    )


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\0", "")


def _takers(session: Session, found: Seen) -> list[AnyRow]:
    """Return to whom an administrator may give the task: who may decide it too."""
    if reader().role is None or not found.is_open:
        return []
    row = found.task.row
    parts = {reader().id, row.asked_by}
    if found.task.is_movement:
        people = tasks.approvers(session, kind=row.kind, source_id=row.source_id)
    elif found.task.is_application:
        people = tasks.examiners(session, row.status)
        # Whoever entered it from paper may examine it; who had part in it does not approve it.
        is_examined = row.status is Applied.EXAMINED
        parts = parts | {row.submitted_by, row.recommended_by} if is_examined else {reader().id}
    else:
        people = tasks.deciders(session)
        parts.add(row.user_id)
    return [one for one in people if one.id not in parts]


@blueprint.post(f"/<number>/{_NOUN}")
@resumable
@requires()
def make(number: str, noun: str) -> Any:
    found = seen(reading(), number)
    if is_resumed():
        return _page(found)
    try:
        _claim([found], _claimant(found, noun), _typed(_COMMENTS[noun]))
    except Refusal as refusal:
        if refusal.field == "comment":
            refusal.field = _COMMENTS[noun]
        attempts.log("claim task", number[:200], [refusal])
        errors = {refusal.field: sentence(refusal)}
        return _page(seen(reading(), number), status(refusal), errors)
    if request.form.get("then") == "examination" and found.task.is_application:
        return redirect(url_for("examinations.show", number=number), 303)
    return redirect(url_for("claims.show", number=number, done="yes"), 303)


def _claimant(found: Seen, noun: str) -> int | None:
    """Return whose the task is to be; None when it is given back."""
    if noun != "assignment":
        return reader().id if noun == "claim" else None
    takers = _takers(reading(), found)
    if not takers:
        raise NotEntitled("assign")
    login_id = normalise(_typed("login_id"))
    if not login_id:
        raise Required(field="login_id")
    for one in takers:
        if one.login_id == login_id:
            return int(one.id)
    raise UnknownPerson(login_id[:40], field="login_id")


@blueprint.post("/claims")
@resumable
@requires()
def make_several() -> Any:
    """Claim every task that was ticked: all of them, or none."""
    numbers = [one.replace("\0", "")[:40] for one in request.form.getlist("task")][:PAGE_SIZE]
    if is_resumed():
        return list_page(chosen=numbers)
    try:
        if not numbers:
            raise NothingTicked(field="tasks")
        _claim([seen(reading(), one) for one in dict.fromkeys(numbers)], reader().id, "")
    except Refusal as refusal:
        refusal.field = "tasks"
        attempts.log("claim task", ", ".join(numbers)[:200], [refusal])
        return list_page(refusal, numbers)
    return redirect(url_for("tasks.search", claim="mine"), 303)


def _claim(found: Sequence[Seen], to: int | None, comment: str) -> None:
    actor, at = reader().id, now()

    def change(session: Session) -> None:
        for one in found:
            claims.claim(
                session,
                **one.named,
                subject=one.task.number,
                to=to,
                comment=comment,
                actor=actor,
                now=at,
            )

    database().write(change)
