"""The statement of an account on the page, on paper and as CSV: the same in all three."""

import csv
import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from app.domain.ledger import Kind
from app.web import account_statements
from tests import world
from tests.portal import Portal, counted, error_summary
from tests.world import NOW


@pytest.fixture
def address(portal: Portal) -> str:
    """Aoba's statement; credits came on one day, and went at the very end of the next."""
    portal.issued(1_000)
    late = NOW.replace(day=3, hour=14, minute=59, second=59)

    def move(session: world.Session) -> None:
        world.moved(session, portal.world, quantity=100, now=late)
        world.moved(
            session, portal.world, Kind.RETIREMENT, quantity=5, now=late + timedelta(seconds=1)
        )

    portal.database.write(move)
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(days=20)
    return f"/portal/accounts/{portal.world.aoba}/statement"


def rows(body: str) -> list[dict[str, str]]:
    assert body.startswith("\ufeff")
    assert body.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))


def test_days_are_those_of_the_registry_in_page_paper_and_csv(portal: Portal, address: str) -> None:
    client = portal.sign_in("aoba-proposer")
    for since, until, opening, closing, moved in (
        ("2026-11-02", "2026-11-02", "0", "1000", ["1000"]),
        ("2026-11-03", "2026-11-03", "1000", "900", ["-100"]),
        # Midnight in Tokyo is 15:00 UTC of the day before.
        ("2026-11-04", "2026-11-04", "900", "895", ["-5"]),
        ("2026-11-02", "2026-11-22", "0", "895", ["1000", "-100", "-5"]),
        ("2026-11-05", "2026-11-06", "895", "895", []),
    ):
        query = f"?since={since}&until={until}"
        found = rows(client.get(f"{address}.csv{query}").text)
        assert [(row["row"], row["balance"]) for row in (found[0], found[-1])] == [
            ("opening", opening),
            ("closing", closing),
        ]
        assert [row["quantity"] for row in found[1:-1]] == moved
        with counted(portal) as statements:
            page = client.get(f"{address}{query}").text
        assert len(statements) <= 12
        answer = client.get(f"{address}.pdf{query}")
        assert answer.mimetype == "application/pdf"
        paper = "".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.data)).pages)
        for number in (opening, closing):
            assert f"{int(number):,}" in page
            assert f"{int(number):,} tCO₂" in paper
        for row in found[1:-1]:
            for said in (row["serial"], row["transaction"], f"{int(row['quantity']):+,}"):
                assert said in page
                assert said in paper


def test_a_statement_is_in_both_languages_and_of_any_account_one_sees(
    portal: Portal, address: str
) -> None:
    client = portal.sign_in("auditor", "ja")
    assert "期首残高" in client.get(address).text
    found = rows(client.get(f"{address}.csv").text)
    assert found[1]["kind_name"] == "発行"
    assert found[1]["at"] == "2026-11-02T10:30:00+09:00"
    assert found[2]["other_account"] == portal.world.kaede
    retirement = address.replace(portal.world.aoba, portal.world.retirement)
    assert rows(client.get(f"{retirement}.csv").text)[1]["quantity"] == "5"
    stranger = portal.sign_in("outsider")
    for end in ("", ".pdf", ".csv"):
        assert stranger.get(address + end).status_code == 404


def test_a_period_that_cannot_be_is_refused_at_its_field(portal: Portal, address: str) -> None:
    client = portal.sign_in("aoba-proposer")
    for since, until, refusals in (
        ("2026-11-09", "2026-11-02", {"until": "before the first"}),
        ("2026-11-09", "2027-01-01", {"until": "Enter today or a day in the past."}),
        ("2026-02-30", "", {"since": "date that exists", "until": "required"}),
        ("x" * 300, "9/11/2026", {"since": "date that exists"}),
    ):
        query = {"since": since, "until": until}
        answer = client.get(address, query_string=query)
        assert answer.status_code == 422
        found = error_summary(answer.text)
        assert list(found) == list(refusals)
        for name, words in refusals.items():
            assert words in found[name]
        assert client.get(f"{address}.pdf", query_string=query).status_code == 404
    # The two days may be typed as people type them.
    typed = {"since": "2/11/2026", "until": "2026年11月3日"}
    assert "900" in client.get(address, query_string=typed).text


def test_a_long_statement_goes_on_on_the_next_page(
    portal: Portal, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_statements, "PAGE_SIZE", 2)
    monkeypatch.setattr(account_statements, "LINES_MAX", 2)
    client = portal.sign_in("aoba-proposer")
    first = client.get(address)
    following = first.text.partition('rel="next" href="')[2].partition('"')[0]
    second = client.get(following.replace("&amp;", "&")).text
    assert "JP0000000003" not in first.text
    assert "JP0000000003" in second
    assert "JP0000000002" not in second
    # The balance goes on as well.
    assert ">895<" in second
    answer = client.get(f"{address}.pdf")
    assert answer.status_code == 422
    assert "A PDF has room for 2 lines." in answer.text
