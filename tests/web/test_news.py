"""News for everyone: the list and its archive, each piece under its address, and the feed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.domain.announcements import Kind
from app.registry import announcements
from app.registry import news as verbs
from app.store.tables import News
from tests.portal import Portal, error_summary
from tests.world import NOW

ATOM = "{http://www.w3.org/2005/Atom}"
DAY = timedelta(days=1)
TEXTS = {
    "title_en": "Office closed",
    "title_ja": "閉庁のお知らせ",
    "text_en": "# Days\n\nThe **office** is closed. <script>",
    "text_ja": "# 日程\n\n**閉庁**します。",
}


@pytest.fixture
def portal(portal: Portal) -> Portal:
    portal.app.config["CLOCK"] = lambda: NOW
    return portal


def written(portal: Portal, at: datetime = NOW, **other: str) -> int:
    """Write a piece that is published at a moment, past or to come."""
    texts, actor = TEXTS | other, portal.world.operator
    key = f"{at.isoformat()}{other}"
    return portal.database.write(
        lambda session: (
            verbs.write(session, texts, at=at, key=key, actor=actor, now=min(at, NOW)).id
        )
    )


def changed(portal: Portal, identifier: int, now: datetime, *, withdraw: bool = False) -> None:
    def write(session: Any) -> None:
        seen = verbs.fingerprint(session.get_one(News, identifier))
        given: dict[str, Any] = {"seen": seen, "actor": portal.world.operator, "now": now}
        if withdraw:
            verbs.withdraw(session, identifier, **given)
        else:
            texts = TEXTS | {"title_en": "Office open"}
            verbs.change(session, identifier, texts, at=None, **given)

    portal.database.write(write)


def test_a_piece_of_news_has_its_own_page_in_both_languages(portal: Portal) -> None:
    made = written(portal, datetime(2026, 10, 31, 15, tzinfo=UTC))
    client = portal.visitor()
    english = client.get(f"/en/news/{made}").text
    assert "<h1>Office closed</h1>" in english
    assert "<h2>Days</h2>" in english
    assert "<strong>office</strong> is closed. &lt;script&gt;" in english
    # The day is one of the registry's calendar, not of Greenwich.
    assert "01/11/2026" in english
    japanese = client.get(f"/ja/news/{made}").text
    assert "<strong>閉庁</strong>します。" in japanese
    assert "2026年11月1日" in japanese
    changed(portal, made, NOW - timedelta(minutes=30))
    english = client.get(f"/en/news/{made}").text
    assert "Office open" in english
    assert "10:00 02/11/2026" in english


def test_what_is_scheduled_withdrawn_or_unknown_is_nowhere(portal: Portal) -> None:
    scheduled, gone = written(portal, NOW + DAY), written(portal, NOW - DAY)
    changed(portal, gone, NOW, withdraw=True)
    client = portal.visitor()
    answers = {
        re.sub(r"/news/\d+|/language/[^\"]*", "", client.get(f"/en/news/{one}").text)
        for one in (scheduled, gone, gone + 1)
    }
    assert len(answers) == 1
    assert client.get(f"/en/news/{gone}").status_code == 404
    for path in ("news", "feed.atom", ""):
        assert "Office" not in client.get(f"/en/{path}").text
    portal.app.config["CLOCK"] = lambda: NOW + DAY
    for path in ("news", "feed.atom", "", f"news/{scheduled}"):
        assert "Office closed" in client.get(f"/en/{path}").text


def test_the_list_turns_its_pages_and_has_an_archive_by_year(portal: Portal) -> None:
    for days in range(1, 54):
        written(portal, NOW - days * DAY, title_en=f"Piece {days}.")
    # Midnight of New Year in Tokyo is still the year before in Greenwich.
    written(portal, datetime(2024, 12, 31, 15, tzinfo=UTC), title_en="Of 2025.")
    written(portal, datetime(2024, 12, 31, 14, 59, tzinfo=UTC), title_en="Of 2024.")
    client = portal.visitor()
    first = client.get("/en/news").text
    assert re.findall(r"Piece (\d+)\.", first) == [str(days) for days in range(1, 51)]
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward is not None
    second = client.get(onward[1].replace("&amp;", "&")).text
    assert re.findall(r"(?:Piece|Of) (\d+)\.", second) == ["51", "52", "53", "2025", "2024"]
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back is not None
    assert re.findall(r"Piece (\d+)\.", client.get(back[1]).text)[-1] == "50"
    archive = re.findall(r'href="/en/news\?year=(\d+)".*?\((\d+)\)', first)
    assert archive == [("2026", "53"), ("2025", "1"), ("2024", "1")]
    for year, others in (("2025", "2024"), ("2024", "2025")):
        text = client.get(f"/ja/news?year={year}").text
        assert text.count('href="/ja/news/') == 1
        assert client.get(f"/en/news?year={year}").text.count(f"Of {others}.") == 0


def test_odd_questions_get_an_answer_or_are_refused(portal: Portal) -> None:
    written(portal)
    client = portal.visitor()
    for query in ("before=-1", "before=x", "after=99999999999999999999", "before=1&after=1"):
        assert client.get(f"/en/news?{query}").status_code == 200
    odd = ("O'Brien", "%25", "_", "%5C", "-1", "1000000000", "%E2%80%AE2026", "x" * 10_000, "2026x")
    for year in odd:
        answer = client.get(f"/en/news?year={year}")
        assert answer.status_code == 422, year
        assert list(error_summary(answer.text)) == ["year"]
    assert client.get("/en/news?year=%00").status_code == 200
    # Full-width digits are digits.
    assert client.get("/en/news?year=２０２６").text.count("Office closed") == 1
    assert "no news of that year" in client.get("/en/news?year=1999").text
    for path in ("news/0", "news/-1", "news/99999999999999999999", "news/x"):
        assert client.get(f"/en/{path}").status_code == 404


def test_maintenance_stands_among_the_news_in_both_time_zones(portal: Portal) -> None:
    portal.database.write(
        lambda session: announcements.schedule(
            session,
            Kind.MAINTENANCE,
            texts=TEXTS | {"title_en": "Work on the network", "title_ja": "回線工事"},
            starts_at=NOW + 30 * DAY,
            ends_at=NOW + 30 * DAY + timedelta(hours=2),
            actor=portal.world.system_administrator,
            now=NOW,
        )
    )
    client = portal.visitor()
    for path in ("", "news"):
        english = client.get(f"/en/{path}").text
        assert "Work on the network" in english
        assert "01:30 to 03:30 GMT, 02/12/2026 (10:30 to 12:30 JST, 02/12/2026)" in english
        assert "回線工事" in client.get(f"/ja/{path}").text
    assert "Work on the network" not in client.get("/en/news?year=2026").text
    portal.app.config["CLOCK"] = lambda: NOW + 31 * DAY
    assert "Work on the network" not in client.get("/en/").text


def test_the_feed_is_atom_in_each_language_and_can_be_asked_for_again(portal: Portal) -> None:
    made = written(portal, NOW - DAY)
    client = portal.visitor()
    seen = {}
    for language, title in (("en", "Office closed"), ("ja", "閉庁のお知らせ")):
        answer = client.get(f"/{language}/feed.atom")
        assert answer.mimetype == "application/atom+xml"
        root = ET.fromstring(answer.data)
        (entry,) = root.findall(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}title") == title
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.get("href") == f"http://localhost/{language}/news/{made}"
        assert client.get(link.get("href", "")).status_code == 200
        assert "<strong>" in (entry.findtext(f"{ATOM}content") or "")
        assert root.findtext(f"{ATOM}updated") == "2026-11-01T01:30:00Z"
        assert answer.last_modified == NOW - DAY
        seen[language] = (answer.headers["ETag"], entry.findtext(f"{ATOM}id"))
        again = client.get(
            f"/{language}/feed.atom", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert (again.status_code, again.data) == (304, b"")
    assert seen["en"][1] != seen["ja"][1]
    changed(portal, made, NOW)
    answer = client.get("/en/feed.atom", headers={"If-None-Match": seen["en"][0]})
    assert answer.status_code == 200
    entry = ET.fromstring(answer.data)[-1]
    assert entry.findtext(f"{ATOM}id") == seen["en"][1], "the same piece, whatever it says"
    assert entry.findtext(f"{ATOM}updated") == "2026-11-02T01:30:00Z"
    changed(portal, made, NOW + timedelta(minutes=1), withdraw=True)
    since = {"If-Modified-Since": "Mon, 02 Nov 2026 01:30:00 GMT"}
    assert "entry" not in client.get("/en/feed.atom", headers=since).text
