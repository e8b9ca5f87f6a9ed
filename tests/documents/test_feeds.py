"""The feed: every element that RFC 4287 requires, and text that XML can hold."""

from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

from app.documents.feeds import Entry, Feed, atom

ATOM = "{http://www.w3.org/2005/Atom}"
AT = datetime(2026, 11, 2, 10, 30, 5, 7, tzinfo=timezone(timedelta(hours=9)))
ENTRY = Entry("urn:1", "A < B & \x00\x0b", "https://j.example/1", AT, AT, "<p>a & b</p>")


def feed(*entries: Entry) -> bytes:
    return atom(
        Feed(
            "urn:f",
            "ja",
            "題名",
            "登録簿",
            "https://j.example/f",
            "https://j.example/",
            AT,
            entries,
        )
    )


def test_a_feed_has_what_atom_requires() -> None:
    document = feed(ENTRY)
    assert document.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    root = ET.fromstring(document)
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ja"
    for part in ("id", "title", "updated", "author"):
        assert len(root.findall(f"{ATOM}{part}")) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "登録簿"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"self": "https://j.example/f", "alternate": "https://j.example/"}
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == "urn:1"
    assert entry.findtext(f"{ATOM}title") == "A < B & \ufffd\ufffd"
    moment = datetime(2026, 11, 2, 1, 30, 5, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    for part in ("published", "updated"):
        assert entry.findtext(f"{ATOM}{part}") == moment
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert (content.get("type"), content.text) == ("html", "<p>a & b</p>")


def test_a_feed_without_entries_is_a_feed() -> None:
    assert ET.fromstring(feed()).findtext(f"{ATOM}updated") == "2026-11-02T01:30:05Z"
