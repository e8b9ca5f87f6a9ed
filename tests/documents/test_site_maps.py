"""Site maps for search engines."""

from xml.etree.ElementTree import fromstring

from app.documents import site_maps

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def test_each_language_of_a_page_is_an_address_of_its_own_that_names_the_others() -> None:
    page = {
        "en": "https://example.org/en/a?b=1&c=<2>",
        "ja": "https://example.org/ja/a?b=1&c=<2>",
        "x-default": "https://example.org/en/a?b=1&c=<2>",
    }
    found = fromstring(site_maps.site_map([page]))
    assert [one.findtext(f"{MAP}loc") for one in found] == [page["en"], page["ja"]]
    for one in found:
        assert {link.get("hreflang"): link.get("href") for link in one.iter(LINK)} == page


def test_there_are_never_more_addresses_than_a_file_may_hold() -> None:
    pages = [{"en": f"https://example.org/en/{number}"} for number in range(50_001)]
    assert len(fromstring(site_maps.site_map(pages))) == 50_000
