"""The menus at the head and the foot of every page; the site map lists the same entries."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from flask import Flask, request
from flask_babel import lazy_gettext as _l

from app.web.access import may_open


class Entry(NamedTuple):
    """A page of the registry, and what links call it."""

    endpoint: str
    label: Any


class Group(NamedTuple):
    """Pages that stand together at the foot of every page."""

    word: str
    title: Any
    entries: Sequence[Entry]


#: In the order of the registry's public site.
MAIN: Final = (
    Entry("public.home", _l("Home")),
    Entry("about.show", _l("About the JCM registry")),
    Entry("procedures.show", _l("Application forms and procedures")),
    Entry("credits.search", _l("Credit search")),
    Entry("projects.search", _l("Projects")),
    Entry("disclosure.show", _l("Information disclosure")),
    Entry("about.contact", _l("Contact")),
)

GROUPS: Final = (
    Group(
        "record",
        _l("Public record"),
        (
            Entry("credits.search", _l("Credit search")),
            Entry("lives.search", _l("Life of a serial number")),
            Entry("disclosure.show", _l("Information disclosure")),
            Entry("article6.public", _l("Article 6.2")),
            Entry("verification.search", _l("Check a certificate")),
            Entry("projects.search", _l("Projects")),
            Entry("methodologies.search", _l("Methodologies")),
            Entry("third_party_entities.search", _l("Third-party entities")),
            Entry("partners.search", _l("Partner countries")),
        ),
    ),
    Group(
        "data",
        _l("Data"),
        (
            Entry("open_data.show", _l("Open data")),
            Entry("projects.table", _l("All projects (CSV)")),
            Entry("credits.table", _l("All credits (CSV)")),
            Entry("methodologies.table", _l("All methodologies (CSV)")),
            Entry("api.description", _l("Description of the API (OpenAPI)")),
            Entry("news.feed", _l("News feed (Atom)")),
        ),
    ),
    Group(
        "about",
        _l("About"),
        (
            Entry("about.show", _l("About the JCM registry")),
            Entry("news.search", _l("News")),
            Entry("legal.show", _l("Legal basis")),
            Entry("procedures.show", _l("Application forms and procedures")),
            Entry("about.contact", _l("Contact")),
            Entry("about.accessibility", _l("Accessibility")),
            Entry("about.privacy", _l("Privacy")),
            Entry("about.site_map", _l("Site map")),
        ),
    ),
)

#: Behind sign-in; everybody sees of it what they may open.
PORTAL: Final = (
    Entry("home.show", _l("HOME")),
    Entry("accounts.search", _l("Account")),
    Entry("people.search", _l("User")),
    Entry("applications.search", _l("Application")),
    Entry("holdings.show", _l("Credit")),
    Entry("transactions.search", _l("Transactions")),
    Entry("tasks.search", _l("Tasks")),
    Entry("article6.show", _l("Article 6")),
    Entry("peers.search", _l("Other registries")),
    Entry("reconciliations.search", _l("Reconciliations")),
    Entry("access_log.search", _l("Access Log")),
    Entry("logs.search", _l("Log")),
    Entry("announcements.search", _l("Announcements")),
    Entry("news_desk.search", _l("Public news")),
    Entry("editions.search", _l("Disclosure")),
)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(main_menu=MAIN, page_groups=GROUPS)
    app.add_template_global(current, "current_page")
    app.add_template_global(portal, "portal_menu")


def portal() -> list[Entry]:
    """Return the entries behind sign-in that the reader may open."""
    return [entry for entry in PORTAL if may_open(entry.endpoint)]


def current(endpoint: str) -> str:
    """Say for `aria-current` whether an entry is this page, or leads to what this page is of."""
    if request.endpoint == endpoint:
        return "page"
    is_within = (request.blueprint or "") == endpoint.partition(".")[0]
    return "true" if is_within and endpoint.endswith(".search") else ""
