"""The site map for crawlers, and what they are kept out of."""

import re
from urllib.robotparser import RobotFileParser

from flask import Flask

from tests.pages import CheckedClient


def test_the_site_map_names_every_public_page_and_only_those(
    site: Flask, client: CheckedClient
) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    found = re.findall(r"<loc>http://localhost(/[^<]*)</loc>", answer.text)
    assert len(found) == len(set(found))
    assert {"/en/", "/ja/about", "/en/projects/MN003", "/ja/partner-countries/MN"} <= set(found)
    assert not [path for path in found if path.startswith(("/portal", "/sign-in", "/links"))]
    assert not [path for path in found if path.endswith((".csv", ".json", ".atom", ".xml"))]
    assert {path.replace("/en/", "/ja/", 1) for path in found if path.startswith("/en/")} == {
        path for path in found if path.startswith("/ja/")
    }
    # One of each kind of page answers, and knows itself by the address that stands here.
    kinds = {re.sub(r"/[^/]*\d[^/]*$|/[A-Z]{2}$", "/…", path): path for path in found}
    for path in kinds.values():
        shown = client.get(path)
        assert shown.status_code == 200, path
        assert f'<link rel="canonical" href="http://localhost{path}">' in shown.text, path


def test_it_is_sent_once_to_whoever_has_it(client: CheckedClient) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.headers["Cache-Control"] == "no-cache"
    tag = answer.headers["ETag"]
    assert client.get("/sitemap.xml", headers={"If-None-Match": tag}).status_code == 304


def test_crawlers_are_kept_out_of_what_is_not_for_them(client: CheckedClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())
    assert robots.site_maps() == ["http://localhost/sitemap.xml"]
    for path in ("/portal/", "/sign-in", "/links/abc", "/applications/new", "/language/ja"):
        assert not robots.can_fetch("any", f"http://localhost{path}"), path
    for path in ("/en/", "/ja/credits", "/en/projects.csv", "/api/v1/credits", "/sitemap.xml"):
        assert robots.can_fetch("any", f"http://localhost{path}"), path
