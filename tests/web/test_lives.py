"""The life of serial numbers as everyone sees it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.bands import OWN_MAX
from app.domain.ledger import Kind, transaction_number
from app.domain.serials import Range
from app.registry import certificates
from app.store.statements import Statement
from app.web import lives
from tests import article6, world
from tests.pages import CheckedClient
from tests.portal import Portal, counted, error_summary
from tests.world import NOW, World

DAY = timedelta(days=1)
QUANTITY = re.compile(r'class="number" data-label="Quantity">([\d,]+)</td>')
STATE = re.compile(r'data-label="State"><span><span class="tag [^"]*">(\w+)</span>')


def asked(client: CheckedClient, q: str, language: str = "en", **more: str) -> TestResponse:
    return client.get(f"/{language}/serials?{urlencode({'q': q} | more)}")


def section(answer: TestResponse, name: str) -> str:
    """Return the part of a page under a heading, in its words alone."""
    inside = answer.text.partition(f'id="{name}_title"')[2].partition("</section>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", inside)).partition(">")[2].split())


@pytest.fixture
def told(portal: Portal) -> Portal:
    """A thousand JCM credits and a hundred ITMOs; ten days later some move, then some end."""

    def happen(session: Session) -> None:
        cast = portal.world
        world.issued(session, cast, quantity=1_000)
        article6.issued(session, cast, article6.approach(session), quantity=100)
        world.moved(session, cast, serials=[Range(101, 300)], now=NOW + 10 * DAY)
        cancelled = world.moved(
            session,
            cast,
            Kind.VOLUNTARY_CANCELLATION,
            source=cast.kaede,
            quantity=50,
            now=NOW + 20 * DAY,
        )
        certified(session, cast, cancelled)
        world.moved(session, cast, Kind.RETIREMENT, quantity=20, now=NOW + 30 * DAY)

    portal.database.write(happen)
    return portal


def certified(session: Session, cast: World, identifier: int) -> None:
    certificates.issue_for_transaction(
        session,
        transaction_number("JP", identifier),
        language="en",
        actor=cast.kaede_proposer,
        now=NOW + 21 * DAY,
    )


def test_a_range_of_different_fates_is_shown_in_parts_that_add_up(told: Portal) -> None:
    client = told.visitor()
    answer = asked(client, "11-200")
    where = answer.text.partition('id="where_title"')[2].partition("</section>")[0]
    tonnes = [int(one.replace(",", "")) for one in QUANTITY.findall(where)]
    assert tonnes == [10, 80, 50, 50, 190], "the last is the sum"
    assert STATE.findall(where) == ["Retired", "Held", "Cancelled", "Held"]
    assert "JP-C-000001-19" in where
    totals = section(answer, "results").partition("Where they are now")[0]
    assert "Total: 190 tCO₂" in totals
    assert "Entity holding account: 130" in totals


def test_the_issuance_and_every_movement_are_told(told: Portal) -> None:
    answer = asked(told.visitor(), "150")
    issued = section(answer, "issued")
    for said in ("MN003", "31/03/2026 MN003-1", "01/01/2019 – 31/12/2019", "02/11/2026"):
        assert said in issued
    events = section(answer, "events")
    assert re.findall(r"(\d\d/\d\d/2026) (Issuance|Transfer|Voluntary cancellation)", events) == [
        ("22/11/2026", "Voluntary cancellation"),
        ("12/11/2026", "Transfer"),
        ("02/11/2026", "Issuance"),
    ]
    assert "From: Entity holding account. To: Voluntary cancellation account." in events
    assert "JP0000000004" in events
    assert "1 tCO₂ (150)" in events
    certificate = section(answer, "certificates")
    assert "JP-C-000001-19 1 Voluntary cancellation JP0000000004 Kaede Trading" in certificate
    # A number that is cut at the end of a line is another number to who copies it.
    assert '<span class="sub serial">JP0000000004</span>' in answer.text


def test_the_tree_leads_to_each_branch_and_the_picture_says_what_it_shows(told: Portal) -> None:
    answer = asked(told.visitor(), "1-1000")
    tree = answer.text.partition('id="tree_title"')[2].partition("</section>")[0]
    led = re.findall(r'href="/en/serials\?q=([\d-]+)"', tree)
    assert led == ["1-100", "1-20", "21-100", "101-300", "101-150", "151-300", "301-1000"]
    assert tree.count("<ul") == 4, "one list for the root and for each division"
    picture = answer.text.partition("<svg width")[2].partition("</svg>")[0]
    assert len(re.findall("<text", picture)) == 4
    assert 'aria-labelledby="picture_title"' in answer.text
    assert "<title>101-150: Voluntary cancellation account</title>" in picture


@pytest.mark.parametrize("language", ["en", "ja"])
def test_clear_answers_to_what_cannot_be_shown(told: Portal, language: str) -> None:
    client = told.visitor(language)
    for typed, sentence in {
        "9-3": "The last serial number (3) is smaller than the first (9).",
        "99999999999999999999": "The number is too large.",
        "Solar": "“Solar” is not a serial number.",
        "JP-MN-MN003-2019-990-1010": "the registry records “JP-MN-MN003-2019-990-1000”",
        "CA0005-JPN01-VNX-1001-1005-2022": "records “CA0004-JPN01-VNX-1001-1005-2022”",
        "CA0004-JPN01-MNG-1001-1005-2021": "records “CA0004-JPN01-VNX-1001-1005-2022”",
        "CA0004-MNX01-VNX-1001-1005-2022": "records “CA0004-JPN01-VNX-1001-1005-2022”",
        "CA0004-JPN01-MNX-1-5-2021": "Credits of vintage 2019 are not ITMOs",
        "CA0004-JPN01": "is not the identifier of an ITMO",
    }.items():
        answer = asked(client, typed, language)
        assert answer.status_code == 422, typed
        assert list(error_summary(answer.text)) == ["q"]
        assert language == "ja" or sentence in unescape(answer.text), typed
    for typed in ("1101", "5000-6000", str(OWN_MAX)):
        answer = asked(client, typed, language)
        assert answer.status_code == 200
        assert "1100" in section(answer, "results"), "the highest that was issued"


def test_half_issued_numbers_are_shown_as_far_as_they_are(told: Portal) -> None:
    answer = asked(told.visitor(), f"1051-{OWN_MAX}")
    assert "From 1101 on they have not been issued." in answer.text
    assert "<h2" in answer.text
    assert "Serial numbers 1051-1100" in section(answer, "results")


def test_every_way_of_writing_a_number_is_understood(told: Portal) -> None:
    client = told.visitor()
    for typed in (
        "1001-1005",
        "１００１～１００５",
        " 1,001 - 1,005 ",
        "\u200e1001-1005\ufeff",
        "jp-vn-vn004-2022-1001-1005",
        "CA0004-JPN01-VNX-1001-1005-2022",
    ):
        answer = asked(client, typed)
        assert answer.status_code == 200, typed
        assert "Serial numbers 1001-1005" in section(answer, "results"), typed


def test_odd_questions_are_answered(told: Portal) -> None:
    client = told.visitor()
    long = ("1" * 10_000, "x" * 10_000)
    for typed in ("O'Brien", "%", "_", "\\", "\0", "\u202e12\n13", "10²", *long):
        answer = status(client, q=typed)
        assert answer == 422 if typed != "\0" else 200, typed[:20]
    for name in ("after", "before", "from"):
        for given in ("-1", "0", str(10**30), "x", "\0", "1000", "JP0000000001", "JP9999999999"):
            assert status(client, q="1-1000", **{name: given}) == 200, (name, given)


def status(client: CheckedClient, **given: str) -> int:
    """Return the status of an answer; whether the page is sound is tested elsewhere."""
    return FlaskClient.open(client, f"/en/serials?{urlencode(given)}").status_code


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """Collect the statements that go past SQLAlchemy to the driver's own cursor."""
    asked_: list[Statement] = []
    rows = Statement.rows

    def note(statement: Statement, *given: Any, **values: Any) -> list[Any]:
        asked_.append(statement)
        return rows(statement, *given, **values)

    monkeypatch.setattr(Statement, "rows", note)
    return asked_


def test_pages_of_parts_show_each_part_once_and_say_what_lies_beside(
    portal: Portal, prepared: list[Statement]
) -> None:
    def divide(session: Session) -> None:
        world.issued(session, portal.world, quantity=300)
        for first in range(2, 120, 4):
            world.moved(session, portal.world, serials=[Range(first, first)])

    portal.database.write(divide)
    client, addresses, seen = portal.visitor(), ["/en/serials?q=1-300"], []
    while addresses:
        prepared.clear()
        with counted(portal) as statements:
            answer = client.get(addresses.pop())
        assert len(statements) + len(prepared) <= 12, statements
        assert len(prepared) == 3
        where = answer.text.partition('id="where_title"')[2].partition("</section>")[0]
        seen += re.findall(r"-2019-(\d+)-(\d+)</a></th>", where)
        sums = [int(one) for one in QUANTITY.findall(where.partition("<tfoot")[2])]
        assert sum(sums[:-1]) == sums[-1] == 300
        addresses += [unescape(one) for one in re.findall(r'rel="next" href="([^"]+)"', where)]
    assert len(seen) == 61
    assert [int(first) for first, _ in seen] == [1, *(int(last) + 1 for _, last in seen[:-1])]
    back = client.get(f"/en/serials?q=1-300&before={seen[lives.PARTS_MAX][0]}")
    assert f"-2019-1-{seen[0][1]}<" in back.text


def test_a_long_life_goes_on_where_the_page_ends(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pass_on(session: Session) -> None:
        cast = portal.world
        world.issued(session, cast, quantity=10)
        for turn in range(12):
            sides = (cast.aoba, cast.kaede) if turn % 2 == 0 else (cast.kaede, cast.aoba)
            given = {"source": sides[0], "target": sides[1], "serials": [Range(1, 10)]}
            world.moved(session, cast, **given)

    portal.database.write(pass_on)
    monkeypatch.setattr(lives, "ROWS_MAX", 5)
    client, numbers = portal.visitor(), set[str]()
    addresses = ["/en/serials?q=1-10"]
    for address in addresses:
        answer = client.get(address)
        numbers |= set(re.findall(r"JP\d{10}", section(answer, "events")))
        assert "<svg width" not in answer.text, "the picture would not be whole"
        led = re.findall(r'href="([^"]+)">Show what became of 1-10<', answer.text)
        addresses += [unescape(one) for one in led]
    assert len(addresses) == 3
    assert numbers == {transaction_number("JP", at) for at in range(1, 14)}
    assert "Shown from transaction JP0000000011 on." in section(answer, "tree")


def test_nothing_that_is_not_public_is_told(told: Portal) -> None:
    cast = told.world
    client = told.visitor()
    for q in ("1-1000", "150", "CA0004-JPN01-VNX-1001-1005-2022"):
        text = asked(client, q).text
        for private in (cast.aoba, cast.kaede, cast.retirement, "Aoba", "aoba"):
            assert private not in text
        assert text.count("Kaede") == (q != "CA0004-JPN01-VNX-1001-1005-2022"), "a beneficiary"


def test_the_page_without_a_question_says_what_there_is(told: Portal) -> None:
    answer = told.visitor().get("/en/serials")
    assert "From 1 to 1,100, without a gap." in answer.text
