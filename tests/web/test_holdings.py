"""Holdings by serial number: joined, filtered, paged, marked, as of a day, and as CSV."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import bars
from app.web import holdings
from tests import world
from tests.portal import Portal, PortalClient, number, proposal
from tests.world import NOW

EARLIER = datetime(2026, 11, 5, 3, tzinfo=UTC)
LATER = datetime(2026, 11, 9, 3, tzinfo=UTC)
SERIAL = re.compile(r'href="/(?:en|ja)/credits/(JP-[A-Z0-9-]+)"')


def serials(client: PortalClient, address: str = "/portal/holdings") -> list[str]:
    return SERIAL.findall(client.get(address).text)


def test_neighbours_of_one_issuance_are_shown_as_one(portal: Portal) -> None:
    portal.issued(100)
    portal.issued(50)

    def there_and_back(session: Session) -> None:
        world.moved(session, portal.world, quantity=10)
        back = {"source": portal.world.kaede, "target": portal.world.aoba}
        world.moved(session, portal.world, quantity=10, **back)

    portal.database.write(there_and_back)
    found = serials(portal.sign_in("aoba-proposer", "ja"))
    assert found == ["JP-MN-MN003-2019-1-100", "JP-MN-MN003-2019-101-150"]


def test_reserved_and_barred_parts_are_marked(portal: Portal) -> None:
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    made = number(client.send("/portal/transfers", **proposal(portal, quantity="10")))
    portal.database.write(
        lambda session: bars.lay(
            session, Range(91, 100), reason="test", actor=portal.world.operator, now=NOW
        )
    )
    text = client.get("/portal/holdings").text
    assert serials(client) == [
        "JP-MN-MN003-2019-1-10",
        "JP-MN-MN003-2019-11-90",
        "JP-MN-MN003-2019-91-100",
    ]
    assert re.search(rf">Reserved</span>\s*<a[^>]+/{made}", text)
    assert ">Barred</span>" in text
    assert "held 100, reserved 10, barred 10, available 80" in text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_filter_narrows_list_total_and_csv(portal: Portal, language: str) -> None:
    portal.issued(100)
    portal.issued(30, project=world.ITMO_PROJECT)
    client = portal.sign_in("aoba-proposer", language)
    assert serials(client, "/portal/holdings?project=vn004") == ["JP-VN-VN004-2022-101-130"]
    assert serials(client, "/portal/holdings?vintage=２０１９") == ["JP-MN-MN003-2019-1-100"]
    assert ">30</b>" in client.get("/portal/holdings?vintage=2022").text
    assert not serials(client, "/portal/holdings?project=VN004&vintage=2019")
    for wrong, field in (
        ("project=ZZ999", "project"),
        ("vintage=soon", "vintage"),
        ("on=2026-02-30", "on"),
        ("on=2199-01-01", "on"),
    ):
        answer = client.get(f"/portal/holdings?{wrong}")
        assert answer.status_code == 422
        assert f'id="{field}_error"' in answer.text
        assert f'value="{wrong.partition("=")[2]}"' in answer.text


def test_pages_follow_each_other_both_ways(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdings, "PAGE_SIZE", 2)
    for _ in range(5):
        portal.issued(10)
    client = portal.sign_in("aoba-proposer")
    pages = [client.get("/portal/holdings").text]
    while following := turned(pages[-1], "next"):
        pages.append(client.get(following).text)
    expected = [[(1, 10), (11, 20)], [(21, 30), (31, 40)], [(41, 50)]]
    printed = [[f"JP-MN-MN003-2019-{a}-{b}" for a, b in page] for page in expected]
    assert [SERIAL.findall(text) for text in pages] == printed
    back = [pages[-1]]
    while before := turned(back[-1], "prev"):
        back.append(client.get(before).text)
    assert [SERIAL.findall(text) for text in back] == printed[::-1]


def test_holdings_are_shown_as_of_the_end_of_a_day(portal: Portal) -> None:
    portal.issued(100, now=EARLIER)
    portal.database.write(
        lambda session: world.moved(session, portal.world, quantity=40, now=LATER)
    )
    client = portal.sign_in("aoba-proposer")
    assert serials(client) == ["JP-MN-MN003-2019-41-100"]
    for on, found in (
        ("2026-11-09", ["JP-MN-MN003-2019-41-100"]),
        ("8/11/2026", ["JP-MN-MN003-2019-1-100"]),
        ("2026年11月5日", ["JP-MN-MN003-2019-1-100"]),
        ("2026-11-04", []),
    ):
        assert serials(client, f"/portal/holdings?on={on}") == found
        lines = table(client, f"/portal/holdings.csv?account={portal.world.aoba}&on={on}")
        assert [line["serial"] for line in lines] == found


def test_the_csv_says_all_that_the_page_says(portal: Portal) -> None:
    portal.issued(100)
    client = portal.sign_in("aoba-proposer")
    made = number(client.send("/portal/transfers", **proposal(portal)))
    address = f"/portal/holdings.csv?account={portal.world.aoba}"
    answer = client.get(address)
    assert answer.text.startswith("\ufeff")
    assert f"{portal.world.aoba}.csv" in answer.headers["Content-Disposition"]
    lines = table(client, address)
    assert sum(int(line["quantity"]) for line in lines) == 100
    assert [(line["state"], line["transaction"]) for line in lines] == [
        ("reserved", made),
        ("available", ""),
    ]


def test_the_csv_of_anothers_account_does_not_exist(portal: Portal) -> None:
    client = portal.sign_in("outsider")
    for asked in (f"?account={portal.world.aoba}", "", "?account=x"):
        assert client.get(f"/portal/holdings.csv{asked}").status_code == 404
    own = f"/portal/holdings.csv?account={portal.world.outside}"
    assert client.get(own).status_code == 200
    assert client.get(f"{own}&on=nonsense").status_code == 404


def test_the_part_that_htmx_asks_for_is_that_of_the_page(portal: Portal) -> None:
    portal.issued(10)
    client = portal.sign_in("aoba-proposer", "ja")
    headers = {"HX-Request": "true", "HX-Target": "results"}
    part = client.get("/portal/holdings", headers=headers).text
    assert part.strip() in client.get("/portal/holdings").text


def test_what_was_retired_lies_in_the_registrys_account(portal: Portal) -> None:
    portal.issued(10)
    portal.database.write(
        lambda session: world.moved(session, portal.world, Kind.RETIREMENT, quantity=4)
    )
    address = f"/portal/holdings?account={portal.world.retirement}"
    assert serials(portal.sign_in("auditor"), address) == ["JP-MN-MN003-2019-1-4"]


def table(client: PortalClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text.removeprefix("\ufeff"))))


def turned(text: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else None
