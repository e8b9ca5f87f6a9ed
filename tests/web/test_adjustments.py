"""The calculator: figures typed, shared by address, uploaded; the ledger's own filled in."""

import csv
import io
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.domain.nomenclature import ActionType, Definition, Subtype
from app.web.adjustment_examples import example
from tests import article6
from tests.fuzzing import ODD
from tests.portal import Portal, counted, error_summary

ADDRESS = "/en/article6/adjustments"
EXAMPLE = example().to_dict(flat=False)


def used(session: Session, portal: Portal, **elements: Any) -> None:
    """Let the Party use 1,000 t for 2025."""
    approach = article6.approach(session)
    version = article6.authorization(session, portal.world, approach, **elements)
    units = article6.issued(session, portal.world, approach, quantity=1_000)
    article6.action(session, units, version, ActionType.USE, calendar_year=2025, using_party="JPN")


def filled(text: str, name: str) -> str:
    """Return what stands in a field of the page."""
    return text.partition(f'<input id="{name}"')[2].partition('value="')[2].partition('"')[0]


def uploaded(portal: Portal, content: bytes, **fields: str) -> Any:
    file = (io.BytesIO(content), "figures.csv")
    return portal.visitor().post(ADDRESS, data={"file": file, **fields})


def test_the_example_shows_both_parties_under_all_methods_in_both_languages(
    portal: Portal,
) -> None:
    for language, met, not_met in (("en", "Met", "Not met"), ("ja", "達成", "未達成")):
        address = ADDRESS.replace("en", language, 1)
        answer = portal.visitor(language).get(address, query_string=EXAMPLE)
        assert answer.status_code == 200
        assert answer.text.count('<svg class="plot"') == 2
        assert answer.text.count('class="plot plot--small"') == 6
        for figure in ("920", "938", "28.571", "4,760", "4,800", "9,830"):
            assert f">{figure}<" in answer.text, figure
        assert f">{met}</span>" in answer.text
        assert f">{not_met}</span>" in answer.text


def test_the_method_decides_whether_the_target_is_met(portal: Portal) -> None:
    for method, assessed, verdict in (
        ("trajectory", 920, "met"),
        ("averaging", 938, "not_met"),
    ):
        query = EXAMPLE | {"method": [method]}
        told = json.loads(portal.visitor().get(f"{ADDRESS}.json", query_string=query).text)
        assert (told["assessed"], told["verdict"]) == (str(assessed), verdict)
    other = portal.visitor().get(f"{ADDRESS}.json", query_string=EXAMPLE | {"side": ["other_"]})
    assert (other.json or {})["assessed"] == "4760"


def test_the_ledgers_figures_are_filled_in_and_can_be_typed_over(portal: Portal) -> None:
    portal.database.write(lambda session: used(session, portal))
    client = portal.visitor()
    text = client.get(ADDRESS).text
    assert filled(text, "used_2025") == "1000"
    assert filled(text, "used_2024") == "0"
    # With nothing but them there is a picture already.
    assert 'class="plot__indicative"' in text
    assert filled(client.get(f"{ADDRESS}?unit=kt+CO₂+eq").text, "used_2025") == "1"
    typed = client.get(f"{ADDRESS}?from=2025&used=7").text
    assert filled(typed, "used_2025") == "7"
    assert filled(client.get(f"{ADDRESS}?unit=another&unit_name=GWh").text, "used_2025") == ""


def test_what_a_party_designated_as_confidential_is_not_filled_in(portal: Portal) -> None:
    secret = {"is_confidential": True, "confidential_basis": "Security"}
    portal.database.write(lambda session: used(session, portal, **secret))
    text = portal.visitor().get(ADDRESS).text
    assert filled(text, "used_2025") == ""
    assert "designated as confidential" in text
    assert "1,000" not in text


def test_first_transfers_that_do_not_match_their_definition_are_an_error_and_not_zero(
    portal: Portal,
) -> None:
    def fill(session: Session) -> None:
        approach = article6.approach(session, definition=Definition.USE_OR_CANCELLATION)
        version = article6.authorization(session, portal.world, approach)
        units = article6.issued(session, portal.world, approach)
        article6.action(
            session, units, version, ActionType.FIRST_TRANSFER, subtype=Subtype.ISSUANCE
        )

    portal.database.write(fill)
    registry = portal.app.config["REGISTRY"]
    portal.app.config["REGISTRY"] = type(registry)(**(vars(registry) | {"party": article6.HOST}))
    answer = portal.visitor().get(ADDRESS)
    assert answer.status_code == 200
    assert "do not match its definition" in answer.text
    assert filled(answer.text, "transferred_2022") == ""


def test_what_is_wrong_is_told_at_its_field_and_all_that_was_typed_stays(portal: Portal) -> None:
    client = portal.visitor()
    rows = {"from": ["2021"], "emissions": ["1,000", "", "many", "5"], "used": ["-1"]}
    answer = client.get(ADDRESS, query_string=rows)
    assert answer.status_code == 422
    found = error_summary(answer.text)
    assert list(found) == ["used_2021", "emissions_2023", "emissions_2022"]
    assert "Enter the emissions of 2022" in found["emissions_2022"]
    assert [filled(answer.text, f"emissions_{year}") for year in (2021, 2023)] == ["1,000", "many"]
    for query, field in (
        ("first_year=2030&last_year=2021", "last_year"),
        ("first_year=2021&last_year=2090", "last_year"),
        ("first_year=20x1", "first_year"),
        ("first_year=", "first_year"),
        ("method=other&emissions=1", "method"),
        ("unit=another", "unit_name"),
        ("unit=pounds", "unit"),
        ("target=1e5", "target"),
    ):
        answer = client.get(f"{ADDRESS}?{query}")
        assert (answer.status_code, list(error_summary(answer.text))) == (422, [field]), query
        assert client.get(f"{ADDRESS}.xlsx?{query}").status_code == 422


def test_years_to_come_may_have_no_emissions_and_then_there_is_no_verdict(portal: Portal) -> None:
    rows = {"from": ["2021"], "emissions": ["1000", "990"], "target": ["930"]}
    answer = portal.visitor().get(ADDRESS, query_string=rows)
    assert answer.status_code == 200
    assert "The period is not over" in answer.text
    assert ">Met<" not in answer.text


def test_other_years_can_be_shown_without_losing_what_was_typed(portal: Portal) -> None:
    rows = EXAMPLE | {"first_year": ["2023"], "last_year": ["2032"], "show": ["years"]}
    text = portal.visitor().get(ADDRESS, query_string=rows).text
    assert filled(text, "emissions_2023") == "980"
    assert 'id="emissions_2032"' in text
    assert 'id="emissions_2022"' not in text
    assert 'class="errors"' not in text


def test_an_uploaded_table_becomes_an_address_with_its_figures(portal: Portal) -> None:
    sheet = b'year,emissions,used\r\n2021,500,\r\n2022,"1,490.5",20\r\n'
    shown = "name=A&from=2021&first_year=2021&last_year=2022&emissions=1000&emissions=990"
    for side, own in (("", "500"), ("other_", "1000")):
        answer = uploaded(portal, sheet, shown=shown, side=side)
        assert answer.status_code == 303
        query = dict(parse_qsl(urlsplit(answer.location).query))
        assert query["name"] == "A"
        text = portal.visitor().get(answer.location).text
        assert filled(text, f"{side}emissions_2022") == "1490.5"
        assert filled(text, f"{side}used_2022") == "20"
        assert filled(text, "emissions_2021") == own


def test_a_bad_file_is_refused_at_the_file_with_its_cell(portal: Portal) -> None:
    for content, sentence in (
        (b"year,emissions\n2021,=1+1\n", "Cell B2:"),
        (b"year,emissions\n2021,5\n2021,6\n", "Cell A3: 2021 stands in a row above."),
        (b"year,emissions\n2021,5\n2023,6\n", "the row of 2022 is missing"),
        (b"country,tonnes\n", "emissions"),
        (b"\x00\x01", "Excel"),
    ):
        answer = uploaded(portal, content, shown="target=77")
        assert answer.status_code == 422
        assert sentence in error_summary(answer.text)["file"]
        assert filled(answer.text, "target") == "77"
    nothing = portal.visitor().post(ADDRESS, data={})
    assert list(error_summary(nothing.text)) == ["file"]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(portal: Portal) -> None:
    answer = uploaded(portal, b"x" * 2_000_000)
    assert answer.status_code == 413
    assert "1 MB" in error_summary(answer.text)["file"]
    # A large body lies in a file of the test client's.
    answer.request.environ["wsgi.input"].close()


def test_files_say_what_the_page_says(portal: Portal) -> None:
    client = portal.visitor()
    table = client.get(f"{ADDRESS}.csv", query_string=EXAMPLE)
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert (len(rows), rows[9]["emissions"], rows[9]["transferred"]) == (10, "910", "10")
    again = uploaded(portal, table.data, shown="")
    assert filled(client.get(again.location).text, "transferred_2026") == "50"
    book = client.get(f"{ADDRESS}.xlsx", query_string=EXAMPLE)
    sheet = load_workbook(io.BytesIO(book.data))["Emissions balance"]
    told = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert (told[2030], told[2021]) == (910, 1000)
    assert client.get(f"{ADDRESS}.json").status_code == 404


def test_whatever_is_sent_is_answered_or_refused(portal: Portal) -> None:
    client = portal.visitor()
    for odd in ODD:
        for name in ("emissions", "from", "first_year", "name", "unit_name", "side", "method"):
            answer = client.get(ADDRESS, query_string={name: odd, "unit": "another"})
            assert answer.status_code in {200, 422}
        assert uploaded(portal, odd.encode(), shown=odd, side=odd).status_code == 422
    assert uploaded(portal, b"x", shown="a&" * 5_000).status_code == 422


def test_a_page_asks_at_most_twelve_questions_and_never_the_blocks(portal: Portal) -> None:
    portal.database.write(lambda session: used(session, portal))
    with counted(portal) as statements:
        assert portal.visitor().get(ADDRESS).status_code == 200
    asked = [one for one in statements if "FROM" in one]
    assert len(asked) <= 12, asked
    assert not any("FROM blocks" in one for one in asked)
