"""The menus: every entry leads to a page, and says which of them is open."""

import re

from app.web import menus
from tests.pages import CheckedClient


def test_every_entry_leads_somewhere_and_is_on_the_site_map(client: CheckedClient) -> None:
    page = client.get("/en/site-map").text
    head, _, rest = page.partition("<main")
    body, _, foot = rest.partition("<footer")
    linked = {part: re.findall(r'href="(/[^"#]*)"', part) for part in (head, body, foot)}
    assert len(linked[foot]) == sum(len(group.entries) for group in menus.GROUPS)
    assert set(linked[foot]) <= set(linked[body])
    for address in {*linked[body], *linked[foot]}:
        assert client.get(address).status_code == 200, address


def test_the_menu_has_the_words_of_the_public_site_in_their_order(client: CheckedClient) -> None:
    menu = client.get("/en/").text.partition('aria-label="Main menu"')[2].partition("</nav>")[0]
    assert re.findall(r">([^<]+)</a>", menu) == [
        "Home",
        "About the JCM registry",
        "Application forms and procedures",
        "Credit search",
        "Projects",
        "Information disclosure",
        "Contact",
    ]
    assert "JCM Registry System:" in client.get("/en/").text


def test_the_entry_of_the_open_page_is_marked(client: CheckedClient) -> None:
    for address, marked in (
        ("/en/contact", '<a href="/en/contact" aria-current="page">'),
        ("/en/projects", '<a href="/en/projects" aria-current="page">'),
        ("/en/projects/MN003", '<a href="/en/projects" aria-current="true">'),
    ):
        text = client.get(address).text
        menu = text.partition('aria-label="Main menu"')[2].partition("</nav>")[0]
        assert menu.count("aria-current") == 1
        assert marked in menu
