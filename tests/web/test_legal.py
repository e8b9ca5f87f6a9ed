"""The legal basis as a page, for any day."""

from flask import Flask

from app.domain.citations import Subject
from app.web import legal
from tests.asking import main
from tests.pages import CheckedClient
from tests.portal import error_summary


def test_the_page_shows_what_holds_on_the_day_asked_for(client: CheckedClient) -> None:
    for typed in ("31/12/2025", "2025-12-31", "２０２５年１２月３１日"):
        page = main(client.get("/en/legal-basis", query_string={"date": typed}).text)
        assert "Article 57-11" in page
        assert "Implementation Guidelines" not in page.partition("How to read it")[0]
        assert "31/12/2025" in page
    page = main(client.get("/ja/legal-basis?date=2026-01-01").text)
    assert "第49条第2項第5号" in page
    assert "第57条の11" not in page
    assert "条番号は未確認" in page
    assert "日本国JCM実施要綱" in main(client.get("/ja/legal-basis?date=2025-03-31").text)
    assert "Nothing is known to hold" in main(client.get("/en/legal-basis?date=2015-11-12").text)


def test_a_day_that_is_none_is_refused_at_its_field_and_kept(client: CheckedClient) -> None:
    for typed in ("2025-04", "31/02/2025", "O'Brien", "%", "_", "\\", "\u202e2025", "1" * 10_000):
        answer = client.get("/en/legal-basis", query_string={"date": typed})
        assert answer.status_code == 422, typed
        assert error_summary(answer.text) == {"date": "Enter a date that exists."}
    assert client.get("/en/legal-basis?date=%00").status_code == 200
    assert 'value="2025-04"' in client.get("/en/legal-basis?date=2025-04").text


def test_other_pages_may_ask_where_a_subject_stands(site: Flask) -> None:
    with site.test_request_context("/en/"):
        found = legal.citation(Subject.LEDGER)
        assert found is not None
        assert found.provision.en.endswith("Chapter 4 (Articles 10 to 20)")
        assert legal.citation(Subject.PUBLICATION) is None
