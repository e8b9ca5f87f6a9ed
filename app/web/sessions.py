"""The registry a request is made to: what it is, and one reading session, opened on demand."""

from contextlib import ExitStack

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from app.config import Config
from app.store.databases import Database


def register(app: Flask) -> None:
    app.teardown_appcontext(_close)


def database() -> Database:
    """Return the registry's database."""
    found: Database = current_app.extensions["database"]
    return found


def registry() -> Config:
    """Return what this registry was told of itself: its code, name and time zone."""
    found: Config = current_app.config["REGISTRY"]
    return found


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


def _close(_error: BaseException | None) -> None:
    g.pop("reading", None)
    stack: ExitStack | None = g.pop("reading_stack", None)
    if stack is not None:
        stack.close()
