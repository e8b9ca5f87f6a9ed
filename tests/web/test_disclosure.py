"""The public pages of the disclosure: any day, files, editions, and nothing that is not public."""

import csv
import hashlib
import io
import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain import disclosure as rules
from app.domain.ledger import Kind
from app.domain.serials import SERIAL_MAX
from app.registry import editions as verbs
from app.store import editions
from tests import world
from tests.portal import Portal, counted, error_summary
from tests.registry.test_editions import DAY, LATER, make, seen

TODAY = "2026-12-12"
ODD = (
    *(
        "O'Brien",
        "%",
        "_",
        "\\",
        "\0",
        "x" * 10_000,
        "-1",
        str(10**9),
        "\u202e2024",
        "2024",
        "2024-13",
    ),
    *("2024-02-30", "0000-00-00", "99999-01-01", "1/2", "۲۰۲۴-۰۱-۰۱"),
)


@pytest.fixture
def disclosed(portal: Portal) -> Portal:
    """A registry in which credits were issued, moved and used up, and one edition is published."""
    portal.app.config["CLOCK"] = lambda: LATER
    portal.issued(1_000)
    for kind, tonnes in ((Kind.TRANSFER, 300), (Kind.VOLUNTARY_CANCELLATION, 50)):
        portal.database.write(
            lambda session, kind=kind, tonnes=tonnes: world.moved(
                session, portal.world, kind, quantity=tonnes
            )
        )
    portal.database.write(lambda session: make(session, portal.world.operator))
    return portal


def main(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))


def test_the_page_has_the_three_tables_of_any_day(disclosed: Portal) -> None:
    client = disclosed.visitor()
    answer = client.get("/en/disclosure?date=2026-12-01")
    said = main(answer.text)
    for words in (
        "Information on Entity Holding Accounts 1 / 12 / 2026",
        "1 Aoba Energy – 2 Kaede Trading – 3 Outside Company –",
        "Holding accounts / Government 0 Holding accounts / Entities 950",
        "Retirement account 0 Mandatory cancellation account 0 Voluntary cancellation account 50",
        "2026 * 1,000 300 0 0 50 950",
        "In all, 1,000 tCO₂ had been issued",
        "JP-D-0001",
    ):
        assert words in said, words
    assert answer.text.count("<rect class=") == 3 + 3
    assert 'aria-describedby="years_table"' in answer.text
    before = main(client.get("/ja/disclosure?date=2026-10-31").text)
    assert "保有口座／法人等 0" in before
    assert "Aoba" not in before
    today = main(client.get("/en/disclosure").text)
    assert "As of 12/12/2026" in today
    assert "these are the figures at this moment" in today


def test_nothing_but_what_is_public_is_shown(disclosed: Portal) -> None:
    cast = disclosed.world
    client = disclosed.visitor()
    for path in ("", ".csv", ".json", "/editions/JP-D-0001", "/editions/JP-D-0001.json"):
        text = client.get(f"/en/disclosure{path}").text
        for secret in (cast.aoba, cast.kaede, cast.government, "Proposer", "operator", "JP00000"):
            assert secret not in text, (path, secret)


def test_files_say_what_the_page_says(disclosed: Portal) -> None:
    client = disclosed.visitor()
    answer = client.get("/ja/disclosure.csv?date=2026-12-01")
    assert answer.headers["Content-Disposition"].endswith('"disclosure-JP-2026-12-01.csv"')
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    found = json.loads(client.get("/ja/disclosure.json?date=2026-12-01").text)
    assert [int(line["tonnes"]) for line in lines if line["tonnes"]] == [
        one["tonnes"] for one in found["amounts"]
    ]
    assert (found["number"], found["as_of"], found["years"][0]["held"]) == (None, "2026-12-01", 950)
    paper = client.get("/ja/disclosure.pdf?date=2026-12-01")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    for ending in ("csv", "json", "pdf"):
        first = client.get(f"/ja/disclosure.{ending}?date=2026-12-01")
        again = client.get(
            f"/ja/disclosure.{ending}?date=2026-12-01",
            headers={"If-None-Match": first.headers["ETag"]},
        )
        assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_odd_questions_get_an_answer_or_a_word_at_the_field(disclosed: Portal) -> None:
    client = disclosed.visitor()
    for typed in ODD:
        answer = client.get("/en/disclosure", query_string={"date": typed})
        is_empty = not typed.strip("\0")
        assert answer.status_code == (200 if is_empty else 422), typed
        assert list(error_summary(answer.text)) == ([] if is_empty else ["date"]), typed
    for place, typed in enumerate(ODD):
        ending = (".csv", ".json", ".pdf")[place % 3]
        answer = FlaskClient.get(client, f"/en/disclosure{ending}", query_string={"date": typed})
        assert answer.status_code in {200, 422}, (ending, typed)
        where = {"before": (typed, f"{TODAY}.{typed}", f"{typed}.1")[place % 3]}
        assert FlaskClient.get(client, "/en/disclosure", query_string=where).status_code == 200
    future = client.get("/en/disclosure?date=2026-12-13")
    assert error_summary(future.text) == {"date": "Enter today or a day in the past."}
    assert client.get(f"/en/disclosure?before={TODAY}.{SERIAL_MAX}").status_code == 200
    assert client.get("/en/disclosure?date=1/12/2026").status_code == 200


def test_an_edition_is_the_same_bytes_for_ever(disclosed: Portal) -> None:
    client, address = disclosed.visitor(), "/en/disclosure/editions/JP-D-0001"
    page = client.get(address)
    with disclosed.database.reading() as session:
        found = editions.by_number(session, "JP-D-0001")
        assert found is not None
        digest, content = found.digest.hex(), found.content
    assert digest in page.text
    files = {ending: client.get(f"{address}.{ending}") for ending in ("json", "csv", "pdf")}
    assert files["json"].data == content
    assert hashlib.sha256(files["json"].data).hexdigest() == digest
    # Whatever happens in the registry afterwards, and whatever it is called by then.
    disclosed.issued(77)
    disclosed.app.config["CLOCK"] = lambda: LATER + timedelta(days=400)
    told = disclosed.app.config["REGISTRY"]
    renamed = type(told)(
        database_url=told.database_url, secret_key=told.secret_key, name=rules.Text("Other", "別")
    )
    disclosed.app.config["REGISTRY"] = renamed
    for ending, first in files.items():
        again = client.get(f"{address}.{ending}")
        assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
        assert again.headers["Last-Modified"] == "Sat, 12 Dec 2026 01:30:00 GMT"
    assert rules.thawed(content).disclosure.total == 1_000


def test_an_edition_is_there_when_its_time_has_come_and_until_it_is_withdrawn(
    disclosed: Portal,
) -> None:
    cast, day, soon = disclosed.world, DAY - timedelta(days=1), LATER + timedelta(hours=1)

    def schedule(session: Session) -> str:
        return make(session, cast.operator, day=day, published_at=soon, seen=seen(session, day))

    number = disclosed.database.write(schedule)
    client = disclosed.visitor()
    endings = ("", ".pdf", ".csv", ".json")

    def answers() -> set[int]:
        return {
            client.get(f"/en/disclosure/editions/{number}{ending}").status_code
            for ending in endings
        }

    listed = [number in client.get("/en/disclosure").text]
    assert answers() == {404}
    disclosed.app.config["CLOCK"] = lambda: soon
    listed.append(number in client.get("/en/disclosure").text)
    assert answers() == {200}
    disclosed.database.write(
        lambda session: verbs.withdraw(
            session, number, reason="Wrong", actor=cast.operator, now=soon
        )
    )
    listed.append(number in client.get("/en/disclosure").text)
    assert answers() == {404}
    assert listed == [False, True, False]
    for wrong in ("JP-D-9999", "jp-d-0001", "%00", "x" * 500):
        assert client.get(f"/en/disclosure/editions/{wrong}").status_code == 404


def test_a_page_asks_at_most_twelve_questions_and_never_the_blocks(disclosed: Portal) -> None:
    client = disclosed.visitor()
    for path in ("/en/disclosure", "/en/disclosure?date=2026-11-30", "/en/disclosure.csv"):
        disclosed.app.extensions.pop("kept", None)
        disclosed.app.extensions.pop("disclosure", None)
        with counted(disclosed) as statements:
            assert client.get(path).status_code == 200
        asked = [one for one in statements if "FROM" in one]
        assert len(asked) <= 12, asked
        assert not any("FROM blocks" in one for one in asked)
