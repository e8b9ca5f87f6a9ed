"""The web edge: the pages of the registry, and what all of them share."""

from flask import Flask

from app.web import access, blocks, errors, headers, pages, projects, public, sessions, words
from app.web import credits as credits_
from app.web.sessions import database, reading, registry

__all__ = ["database", "reading", "register", "registry"]


def register(app: Flask) -> None:
    """Add pages, filters, error pages and headers; refuse while a view is neither open nor guarded.

    `app.extensions["database"]` must hold the registry's Database when the first request comes.
    """
    sessions.register(app)
    words.register(app)
    pages.register(app)
    errors.register(app)
    headers.register(app)
    for word in (public, credits_, blocks, projects):
        app.register_blueprint(word.blueprint)
    access.check(app)
