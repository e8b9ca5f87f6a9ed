"""CSV of what has been published: the same bytes again are not sent again."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.web import published_tables
from tests.pages import CheckedClient

ADDRESSES = (
    "projects.csv",
    "methodologies.csv",
    "third-party-entities.csv",
    "partner-countries.csv",
)


def test_a_table_is_a_download_that_spreadsheets_read(client: CheckedClient) -> None:
    for name in ADDRESSES:
        for language in ("en", "ja"):
            answer = client.get(f"/{language}/{name}")
            assert answer.status_code == 200
            assert answer.mimetype == "text/csv"
            assert answer.headers["Content-Disposition"] == f'attachment; filename="jcm-{name}"'
            assert answer.data.startswith(b"\xef\xbb\xbf")
            assert answer.data.count(b"\n") == answer.data.count(b"\r\n")
            rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
            assert {len(row) for row in rows} == {len(rows[0])}
            assert client.get(f"/{language}/{name}").data == answer.data


def test_a_copy_that_is_still_right_is_not_sent_again(client: CheckedClient) -> None:
    for name in ADDRESSES:
        answer = client.get(f"/en/{name}")
        etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
        for header in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
            again = client.get(f"/en/{name}", headers=header)
            assert (again.status_code, again.data) == (304, b""), (name, header)
            assert again.headers["ETag"] == etag
        other = client.get(f"/en/{name}", headers={"If-None-Match": '"other"'})
        assert other.data == answer.data
        assert client.head(f"/en/{name}").headers["ETag"] == etag


def test_other_content_has_another_etag(client: CheckedClient) -> None:
    # Of countries the table says all names in both languages.
    addresses = [f"/{language}/{name}" for name in ADDRESSES[:3] for language in ("en", "ja")]
    addresses += ["/en/projects.csv?partner=MN", "/en/methodologies.csv?partner=MN"]
    etags = {client.get(address).headers["ETag"] for address in addresses}
    assert len(etags) == len(addresses)


def test_cells_are_guarded_and_the_session_ends_with_the_answer(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_tables, "_CHUNK_ROWS", 2)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    sessions = []

    def lines(session: object) -> list[list[str | int | None]]:
        sessions.append(session)
        return [["=1+1", -1, None], ["a\nb", 2, "@c"], ["\u202ed", 3, "e"]]

    with site.test_request_context():
        answer = published_tables.answer("a.csv", ("x", "y", "z"), lines, lambda _session: at)
        assert answer.get_data(as_text=True) == (
            "\ufeffx,y,z\r\n'=1+1,-1,\r\na\\u000ab,2,'@c\r\n\\u202ed,3,e\r\n"
        )
        assert answer.last_modified == at
        assert sessions[0] is sessions[1]
        answer.close()
    with site.test_request_context(), pytest.raises(ZeroDivisionError):
        published_tables.answer("a.csv", ("x",), lambda _session: 1 // 0, lambda _session: at)  # type: ignore[arg-type, return-value]  # it fails
