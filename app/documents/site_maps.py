"""Site maps for search engines (sitemaps.org), each page with its addresses by language."""

from collections.abc import Iterable, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

#: How many addresses one file may hold.
ADDRESSES_MAX: Final = 50_000

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


def site_map(pages: Iterable[Mapping[str, str]]) -> bytes:
    """Return a site map of pages, each given as its addresses by language code.

    A page whose first language is followed by others stands in the file once for each.
    """
    entries = [entry for page in pages for entry in _entries(page)]
    return (_HEAD + "".join(entries[:ADDRESSES_MAX]) + "</urlset>\n").encode()


def _entries(page: Mapping[str, str]) -> list[str]:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(address)}/>'
        for code, address in page.items()
    )
    own = [address for code, address in page.items() if code != "x-default"]
    return [f"<url><loc>{escape(address)}</loc>{links}</url>\n" for address in own]
