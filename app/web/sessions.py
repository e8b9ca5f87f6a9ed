"""The registry a request is made to: what it is, and one reading session, opened on demand."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from math import inf
from time import monotonic
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from app.config import Config
from app.documents.turns import WHOSE
from app.store.databases import Database

Answer = TypeVar("Answer")

_KEPT_SECONDS: Final = 5


def register(app: Flask) -> None:
    app.config.setdefault("CLOCK", lambda: datetime.now(UTC))
    app.before_request(_begin)
    app.teardown_appcontext(_close)
    app.teardown_appcontext(_end)


def database() -> Database:
    """Return the registry's database."""
    found: Database = current_app.extensions["database"]
    return found


def registry() -> Config:
    """Return what this registry was told of itself: its code, name and time zone."""
    found: Config = current_app.config["REGISTRY"]
    return found


def now() -> datetime:
    """Return the present moment, by the clock of this app."""
    clock: Callable[[], datetime] = current_app.config["CLOCK"]
    return clock()


def reading() -> Session:
    """Return the request's session for questions; the database refuses to write in it.

    It keeps one view of the registry for the whole request: after a change, answer with a redirect.
    """
    if "reading" not in g:
        g.reading_stack = ExitStack()
        g.reading = g.reading_stack.enter_context(database().reading())
    session: Session = g.reading
    return session


def renew() -> None:
    """Let the next question see the registry as it stands now: the world has moved on."""
    _close(None)


def kept(question: Callable[[Session], Answer]) -> Answer:
    """Ask what changes rarely, such as the names of countries, at most every few seconds.

    Only for what a list offers or marks: nothing is decided on an answer that may be old.
    """
    answers: dict[Any, tuple[float, Any]] = current_app.extensions.setdefault("kept", {})
    asked_at, answer = answers.get(question, (-inf, None))
    if monotonic() - asked_at > _KEPT_SECONDS:
        answer = question(reading())
        answers[question] = (monotonic(), answer)
    found: Answer = answer
    return found


def _begin() -> None:
    """Say for which registry this thread works, so that it waits for no other's turns."""
    WHOSE.set(registry().code)


def _end(_error: BaseException | None) -> None:
    WHOSE.set("")


def _close(_error: BaseException | None) -> None:
    g.pop("reading", None)
    stack: ExitStack | None = g.pop("reading_stack", None)
    if stack is not None:
        stack.close()
