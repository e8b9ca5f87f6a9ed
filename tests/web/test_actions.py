"""The lists of actions, for the portal and for everyone: filters, CSV, and what is confidential."""

import csv
import io
import re
from typing import Any

import pytest

from app.domain.itmo import parse
from app.web import lists
from tests import article6
from tests.portal import Portal, PortalClient, counted, error_summary
from tests.web.test_article6 import acted

PORTAL, PUBLIC = "/portal/article6/actions", "/en/article6/actions"
_NAMED = re.compile(r'<th scope="row"[^>]*><span><a [^>]*>(CA[^<]+)</a>')


def named(client: PortalClient, address: str) -> list[str]:
    return _NAMED.findall(client.get(address).text)


def rows(client: PortalClient, address: str) -> list[dict[str, Any]]:
    """Return the lines of a CSV."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    text = answer.get_data().decode("utf-8-sig")
    assert "\r\n" in text
    return list(csv.DictReader(io.StringIO(text)))


def test_everybody_sees_the_actions_but_the_confidential_ones(portal: Portal) -> None:
    acted(portal)
    begin = f"CA0004-JPN01-{article6.HOST}-"
    open_, secret = [f"{begin}1-100-2022", f"{begin}1-1000-2022"], f"{begin}101-110-2022"
    reviewer, visitor = portal.sign_in("reviewer"), portal.visitor()
    assert named(reviewer, PORTAL) == [secret, *open_]
    assert named(visitor, PUBLIC) == open_
    for query in ("?authorization=S-1", f"?q={secret}&type=use", "?q=101-110&year=2026&type=use"):
        assert named(reviewer, PORTAL + query) == [secret]
        assert named(visitor, PUBLIC + query) == []
    whole, public = rows(reviewer, f"{PORTAL}.csv"), rows(visitor, f"{PUBLIC}.csv")
    assert [row["itmo_identifier"] for row in whole] == [secret, *open_]
    assert [row["itmo_identifier"] for row in public] == open_
    assert whole[0]["is_confidential"] == "yes" and "S-1" not in str(public)
    assert not set(public[0]) & {"transaction", "note", "using_or_cancelling_entity"}
    for row in whole:
        said = parse(row["itmo_identifier"])
        assert (str(said.range.first), str(said.range.last)) == (row["first"], row["last"])
        assert said.range.quantity == int(row["quantity"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_filter_narrows_list_and_csv_and_says_what_is_wrong(
    portal: Portal, language: str
) -> None:
    acted(portal)
    client, address = portal.sign_in("operator", language), f"/{language}/article6/actions"
    for base in (PORTAL, address):
        for query, count in (
            ("?type=acquisition", 1),
            ("?approach=CA0004&vintage=2022&type=acquisition", 1),
            ("?q=1000", 1),
            ("?year=2026&authorization=JPN-2022-1", 2),
            ("?vintage=2023", 0),
        ):
            assert len(named(client, base + query)) == count, query
            assert len(rows(client, f"{base}.csv{query}")) == count
        for query, field in (
            ("?type=theft", "type"),
            ("?year=1999", "year"),
            ("?vintage=%00", "vintage"),
            ("?approach=CA0001", "approach"),
            ("?q=Solar", "q"),
            ("?q=CA0004-JPN02-VNX-1-5-2022", "q"),
        ):
            answer = client.get(base + query)
            expected = [] if field == "vintage" else [field]
            assert list(error_summary(answer.text)) == expected, query
            assert answer.status_code == (422 if expected else 200)
            if expected:
                assert client.get(f"{base}.csv{query}").status_code == 422


def test_pages_of_actions_follow_each_other_at_few_questions(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    acted(portal)
    client = portal.sign_in("reviewer")
    with counted(portal) as statements:
        first = client.get(PORTAL).text
    assert len(statements) <= 12
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = client.get(following[1]).text
    assert len(_NAMED.findall(first)) == 2 and len(_NAMED.findall(second)) == 1
    back = re.search(r'rel="prev" href="([^"]+)"', second)
    assert back and named(client, back[1]) == _NAMED.findall(first)
