"""Cursors lead through a whole list once, and belong to their question alone."""

from urllib.parse import quote

from flask import Flask

from tests.portal import Portal
from tests.programs import program


def test_next_leads_through_every_row_once(site: Flask) -> None:
    client = program(site)
    whole = client.get("/api/v1/projects?page_size=1000").json
    assert whole["next"] is None
    found: list[str] = []
    address: str | None = "/api/v1/projects?page_size=50"
    while address:
        answer = client.get(address)
        found += [row["reference"] for row in answer.json["items"]]
        address = answer.json["next"]
        if address:
            assert answer.headers["Link"] == f'<{address}>; rel="next"'
    assert found == [row["reference"] for row in whole["items"]]
    assert len(found) > 100


def test_a_cursor_goes_on_after_its_row_whatever_came_since(portal: Portal) -> None:
    client = program(portal.app)
    for _ in range(4):
        portal.issued(10)
    first = client.get("/api/v1/credits?partner=MN&page_size=2").json
    portal.issued(10)
    second = client.get(first["next"]).json
    assert [row["first"] for row in first["items"] + second["items"]] == [1, 11, 21, 31]
    wider = client.get(first["next"].replace("page_size=2", "page_size=500")).json
    assert [row["first"] for row in wider["items"]] == [21, 31, 41]


def test_a_broken_cursor_and_one_of_another_question_are_refused(portal: Portal) -> None:
    client = program(portal.app)
    for _ in range(2):
        portal.issued(10)
    following = client.get("/api/v1/credits?partner=MN&page_size=1").json["next"]
    cursor = following.partition("cursor=")[2]
    for address in (
        following[:-1] + ("A" if following[-1] != "A" else "B"),
        following.replace("partner=MN", "partner=VN"),
        f"/api/v1/projects?partner=MN&page_size=1&cursor={cursor}",
        "/api/v1/credits?cursor=" + quote("\u202e" + cursor),
        "/api/v1/credits?cursor=%00",
        "/api/v1/credits?cursor=",
        "/api/v1/credits?cursor=" + "A" * 10_000,
        "/api/v1/credits?cursor=W10.W10",
    ):
        answer = client.get(address)
        assert answer.status_code == 400, address
        assert answer.json["parameter"] == "cursor"


def test_what_one_thing_is_asked_for_takes_no_parameters(site: Flask) -> None:
    client = program(site)
    answer = client.get("/api/v1/projects/MN003?q=solar")
    assert (answer.status_code, answer.json["parameter"]) == (400, "q")
    for serial in ("0", "-1", "01", "9223372036854775808", "1.0", "x" * 5_000, "１"):
        assert client.get(f"/api/v1/blocks/{serial}").status_code == 400, serial
    # No address of the registry has one.
    assert client.get("/api/v1/blocks/%00").status_code == 404
