"""News for everyone: the list with its archive by year, each piece under its own address, the feed.

Beside the news stand the windows of maintenance that are announced, in both time zones.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.documents import feeds, markdown
from app.documents.feeds import Entry, Feed
from app.domain.errors import NotFound, UnknownChoice
from app.domain.text import numerals
from app.store import news
from app.store.tables import Announcement, News
from app.web import dates, words
from app.web.access import public
from app.web.addresses import whole
from app.web.lists import turned
from app.web.maintenance import both_zones
from app.web.messages import sentence
from app.web.pages import local_time, page
from app.web.sessions import now, reading, registry

blueprint = Blueprint("news", __name__)

#: How many pieces the feed and the home page show.
FEED_SIZE: Final = 20
HOME_SIZE: Final = 5
#: Years of the archive that are offered; older news are reached page by page.
_YEARS_MAX: Final = 60
_YEARS: Final = range(1900, 2200)
_SAID_MAX: Final = 40
#: When a feed in which nothing was ever written last changed.
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """A window of maintenance among the news."""

    id: int
    title: str
    text: str
    told_at: datetime
    time: str


@blueprint.get(f"{words.PREFIX}/news")
@public
def search() -> Any:
    asked = request.args.get("year", "").replace("\0", "")
    errors: dict[str, str] = {}
    year = _year(asked)
    between = _between(year) if year else {}
    again: dict[str, Any] = {"year": year} if year else {}
    if asked and year is None:
        errors["year"] = sentence(UnknownChoice(asked[:_SAID_MAX], field="year"))
    session, at = reading(), now()
    find = partial(news.public_page, session, at, **between)
    address = partial(url_for, "news.search", **again)
    years = archive()
    shown = turned(find, count=dict(years).get(year or 0, 0), address=address)
    return page(
        "news/search.html",
        status=422 if errors else 200,
        errors=errors,
        shown=shown,
        year=year,
        years=years,
        windows=[] if year or shown.previous else windows(),
        title_of=title_of,
    )


@blueprint.get(f"{words.PREFIX}/news/<int(max=9223372036854775807):identifier>")
@public
def show(identifier: int) -> Any:
    found = news.published(reading(), identifier, now())
    if found is None:
        raise NotFound("news")
    return page(
        "news/show.html",
        row=found,
        title=title_of(found),
        body=rendered(text_of(found)),
        updated=_updated(found) if _updated(found) > found.published_at else None,
    )


@blueprint.get(f"{words.PREFIX}/feed.atom")
@public
def feed() -> Any:
    session, at = reading(), now()
    changed = (news.changed(session, at) or _BEGINNING).replace(microsecond=0)
    entries = [_entry(one) for one in news.public_page(session, at, size=FEED_SIZE)]
    name = registry().name.get(words.language())
    document = feeds.atom(
        Feed(
            _identifier("feed"),
            words.language(),
            _("News of the %(registry)s", registry=name),
            name,
            whole(url_for("news.feed")),
            whole(url_for("news.search")),
            changed,
            entries,
        )
    )
    answer = Response(document, mimetype="application/atom+xml")
    answer.headers["Content-Language"] = words.language()
    answer.add_etag()
    answer.last_modified = changed
    return answer.make_conditional(request)


# What the home page shares


def archive() -> list[tuple[int, int]]:
    """Return the years in which something was published, the newest first, with how many."""
    session, at = reading(), now()
    span = news.span(session, at)
    if span is None:
        return []
    last = local_time(span[1]).year
    first = max(local_time(span[0]).year, last - _YEARS_MAX + 1)
    edges = [dates.begins(date(year, 1, 1)) for year in range(first, last + 2)]
    counted = zip(range(first, last + 1), news.counts(session, at, edges), strict=True)
    return [(year, count) for year, count in reversed(list(counted)) if count]


def windows() -> list[Window]:
    """Return the windows of maintenance that are on or announced."""
    return [_window(one) for one in news.maintenance(reading(), now())]


def title_of(found: News | Announcement) -> str:
    """Return the title in the language of the page."""
    return found.title_ja if words.language() == "ja" else found.title_en


def text_of(found: News | Announcement) -> str:
    """Return the text in the language of the page."""
    return found.text_ja if words.language() == "ja" else found.text_en


def rendered(text: str, level: int = 2) -> Markup:
    """Return Markdown as HTML that was cleaned."""
    return Markup(markdown.html(text, level=level))  # noqa: S704  # cleaned on the way


def _window(found: Announcement) -> Window:
    time = both_zones(found.starts_at, found.ends_at)
    return Window(found.id, title_of(found), text_of(found), found.made_at, time)


# The archive and the feed


def _year(typed: str) -> int | None:
    said = numerals(typed[:_SAID_MAX])
    is_number = said.isascii() and said.isdecimal() and len(said) == len("2026")
    return int(said) if is_number and int(said) in _YEARS else None


def _between(year: int) -> dict[str, Any]:
    return {
        "since": dates.begins(date(year, 1, 1)),
        "until": dates.begins(date(year + 1, 1, 1)),
    }


def _updated(found: News) -> datetime:
    return max(found.published_at, found.changed_at or found.published_at)


def _entry(found: News) -> Entry:
    return Entry(
        _identifier(str(found.id)),
        title_of(found),
        whole(url_for("news.show", identifier=found.id)),
        found.published_at,
        _updated(found),
        markdown.html(text_of(found)),
    )


def _identifier(what: str) -> str:
    """Return a name that stays though the registry moves to another host."""
    return uuid5(NAMESPACE_URL, f"jcm:{registry().code}:news:{what}:{words.language()}").urn
