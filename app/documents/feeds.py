"""A feed of news as Atom (RFC 4287)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
#: What XML cannot hold, however it is written.
_CONTROLS: Final = (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)
_IMPOSSIBLE: Final = dict.fromkeys(_CONTROLS, "\ufffd")


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news; `identifier` is its own for ever, whatever its address becomes."""

    identifier: str
    title: str
    address: str
    published: datetime
    updated: datetime
    html: str


@dataclass(frozen=True, slots=True)
class Feed:
    """News in one language."""

    identifier: str
    language: str
    title: str
    author: str
    #: Where the feed is, and the page that shows the same.
    address: str
    page: str
    updated: datetime
    entries: Sequence[Entry]


def atom(feed: Feed) -> bytes:
    """Return the feed as a document of its own."""
    root = ET.Element("feed", {"xmlns": _NAMESPACE, _LANGUAGE: feed.language})
    _add(root, "id", feed.identifier)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(feed.updated))
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    for entry in feed.entries:
        part = _add(root, "entry")
        _add(part, "id", entry.identifier)
        _add(part, "title", entry.title)
        _add(part, "published", _moment(entry.published))
        _add(part, "updated", _moment(entry.updated))
        _add(part, "link", rel="alternate", type="text/html", href=entry.address)
        _add(part, "content", entry.html, type="html")
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, name, attributes)
    if text is not None:
        made.text = text.translate(_IMPOSSIBLE)
    return made


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
