"""The web edge: the pages of the registry, and what all of them share."""

from flask import Flask

from app.web import (
    access,
    accounts,
    approvals,
    blocks,
    errors,
    headers,
    holdings,
    home,
    pages,
    projects,
    public,
    sessions,
    sign_in,
    transactions,
    transfers,
    words,
)
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
    sign_in.register(app)
    for word in (public, credits_, blocks, projects):
        app.register_blueprint(word.blueprint)
    # Behind sign-in
    for word in (home, accounts, holdings, transfers, transactions, approvals):
        app.register_blueprint(word.blueprint)
    access.check(app)
