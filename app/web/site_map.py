"""The site map for readers, and what crawlers are told: sitemap.xml and robots.txt."""

from typing import Any, Final

from flask import Response, make_response, request

from app.documents import site_maps
from app.store import site_map as questions
from app.web import addresses, menus, words
from app.web.about import blueprint
from app.web.access import public
from app.web.pages import page
from app.web.sessions import now, reading

__all__ = ["blueprint"]

#: What crawlers have no business in: behind sign-in, single-use links, forms, papers to be checked.
_CLOSED: Final = (
    "/portal/",
    "/sign-in",
    "/links/",
    "/applications",
    "/language/",
    "/en/certificates",
    "/ja/certificates",
)
#: Pages of single records: the endpoint, and what its address names them by.
_RECORDS: Final = {
    "projects": ("projects.show", "reference"),
    "methodologies": ("methodologies.show", "reference"),
    "partners": ("partners.show", "code"),
    "news": ("news.show", "identifier"),
    "editions": ("disclosure.edition", "number"),
}
#: Entries of the menus that are files, not pages.
_FILES: Final = (".table", ".feed", ".description")


@blueprint.get(f"{words.PREFIX}/site-map")
@public
def site_map() -> Any:
    return page("about/site_map.html", groups=menus.GROUPS)


@blueprint.get("/sitemap.xml")
@public
def sitemap_xml() -> Response:
    """Name every public page in both languages."""
    return _file(site_maps.site_map(_pages()), "application/xml")


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Keep crawlers out of what is not for them, and show them the site map."""
    closed = "".join(f"Disallow: {request.script_root}{path}\n" for path in _CLOSED)
    found = addresses.whole("/sitemap.xml")
    return _file(f"User-agent: *\n{closed}\nSitemap: {found}\n".encode(), "text/plain")


def _pages() -> list[dict[str, str]]:
    entries = {entry.endpoint: None for group in menus.GROUPS for entry in group.entries}
    pages = [
        addresses.of_endpoint(endpoint)
        for endpoint in ("public.home", *entries)
        if not endpoint.endswith(_FILES)
    ]
    references = questions.references(reading(), now())
    for word, (endpoint, name) in _RECORDS.items():
        pages += [addresses.of_endpoint(endpoint, **{name: one}) for one in references[word]]
    return pages


def _file(body: bytes, media_type: str) -> Response:
    answer = make_response(body)
    answer.mimetype = media_type
    answer.add_etag()
    answer.make_conditional(request)
    return answer
