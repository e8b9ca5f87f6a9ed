"""No address that a registry gives out below its path leads out of it."""

import re
from collections.abc import Generator
from typing import Final

import pytest

from tests import mounted, world
from tests.browser.test_public import PAGES
from tests.mounted import Both, MountedClient
from tests.portal import proposal

HOME: Final = "http://localhost"
#: What a browser asks, sends to or goes to: attributes of pages, and elements of other files.
_ASKED: Final = re.compile(
    r'(?:href|src|action|formaction|data-extension|hx-(?:get|post|put|delete|push-url))="([^"]*)"'
)
_NAMED: Final = re.compile(r'(?:<loc>|<id>|<link>|"(?:next|url)": ?")([^<"]+)')
_PORTAL: Final = (
    *("", "holdings", "accounts", "transactions", "transfers/new", "tasks", "people"),
    *("notifications", "profile/", "log", "access-log", "requests", "applications", "news"),
    *("announcements", "disclosure", "article6/aef", "article6/authorizations", "issuances/new"),
)


@pytest.fixture(scope="module")
def both() -> Generator[Both, None, None]:
    with mounted.opened("sqlite", api_limit="100 per second") as made:
        yield made


def outside(text: str) -> set[str]:
    """Return the addresses of our own host that lie outside of /mn."""
    found = {one.removeprefix(HOME) for one in (*_ASKED.findall(text), *_NAMED.findall(text))}
    paths = {one for one in found if one.startswith("/")}
    return {one for one in paths if not re.match(r"/mn(?:/|$)", one)}


def test_every_address_of_every_page_stays_below_the_path(both: Both) -> None:
    both.mn.issued(100)
    people = [both.mn.visitor(), *(both.mn.sign_in(who) for who in ("operator", "aoba-proposer"))]
    people[2].send("/portal/transfers", **proposal(both.mn))
    looked = 0
    for client in people:
        assert isinstance(client, MountedClient)
        public = [f"/{language}{path}" for language in ("en", "ja") for path in PAGES.values()]
        files = ["/sitemap.xml", "/robots.txt", "/en/news.xml", "/api/openapi.json", "/sign-in"]
        files += ["/api/v1/credits?page_size=1", "/applications/new", "/links/x", "/nothing"]
        portal = [f"/portal/{path}" for path in _PORTAL]
        for address in portal if client is not people[0] else public + files:
            answer = client.raw("GET", address)
            assert answer.status_code < 500, address
            assert not outside(answer.text), address
            assert (answer.location or "/mn/").removeprefix(HOME).startswith("/mn/"), address
            looked += 1
    assert looked > 120
    assert outside('<a href="/en/"><a href="/mnx/"><a href="/mn/">') == {"/en/", "/mnx/"}


def test_whoever_goes_back_or_chooses_a_language_stays(both: Both) -> None:
    visitor = both.mn.visitor()
    assert isinstance(visitor, MountedClient)
    for back, where in (
        ("/en/credits?q=1", "/mn/en/credits?q=1"),
        ("/../en/", "/mn/"),
        ("/en/..%2f", "/mn/en/..%2f"),
        ("/%2e%2E/portal/", "/mn/"),
        ("/en/./..", "/mn/"),
        ("//evil.example", "/mn/"),
    ):
        given = {"back": back}
        for answer in (
            visitor.raw("GET", "/language/ja", query_string=given),
            visitor.raw("POST", "/en/cookie-notice", data=given),
        ):
            assert answer.location == where
    client = both.mn.visitor()
    client.get("/sign-in")
    sent = {"login_id": "operator", "password": world.PASSWORD}
    answer = client.send("/sign-in", **sent, next="/portal/../../portal/")
    assert answer.location == "/mn/sign-in/code"
