"""The page of the cross-check: a partner's file in, differences out, and what is wrong by cell."""

import io
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.documents.aef_uploads import LIMITS
from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.store.tables import Issuance
from tests import article6
from tests.article6 import HOST
from tests.portal import Portal, PortalClient, counted, error_summary
from tests.uploads import aef, lines, workbook
from tests.world import NOW

ADDRESS = "/portal/article6/cross-check"
OF_HOST = {
    "ActionDateTime": NOW.strftime("%Y-%m-%dT00:00:00.000Z"),
    "FirstTransferringPartyID": HOST,
}


def acquired(portal: Portal, quantity: int = 1_000) -> Range:
    """Record what this registry acquired from the host, and return its numbers."""

    def write(session: Session) -> Range:
        approach = article6.approach(session)
        units = article6.issued(session, portal.world, approach, quantity=quantity)
        version = article6.authorization(session, portal.world, approach)
        article6.action(session, units, version, ActionType.ACQUISITION, counterparty=HOST)
        found = session.get(Issuance, units.id)
        assert found is not None
        return Range(found.first, found.last)

    return portal.database.write(write)


def upload(client: PortalClient, content: bytes, **fields: str) -> TestResponse:
    client.get(ADDRESS)
    form: dict[str, Any] = {"csrf_token": client.token, **fields}
    form["file"] = (io.BytesIO(content), "aef.xlsx")
    return client.post(ADDRESS, data=form, content_type="multipart/form-data")


def sent(numbers: Range, **changes: Any) -> dict[str, Any]:
    place = {"FirstID": numbers.first, "LastID": numbers.last, "QuantityCO2": numbers.quantity}
    return OF_HOST | place | changes


def test_amounts_are_compared_range_by_range(portal: Portal) -> None:
    numbers = acquired(portal)
    client = portal.sign_in("operator")
    agreeing = workbook(aef(sent(numbers), party=HOST, year=NOW.year))
    with counted(portal) as statements:
        same = upload(client, agreeing)
    assert same.status_code == 200, same.text
    assert "Both Parties report the same." in same.text
    assert len(statements) <= 2 * 12
    part = Range(numbers.first, numbers.first + 599)
    more = sent(Range(numbers.last + 1, numbers.last + 5))
    told = upload(client, workbook(aef(sent(part), more, party=HOST, year=NOW.year)))
    assert "Ranges with a difference: 2." in told.text
    for words in (
        f"CA0004-JPN01-{HOST}-{part.first}-{part.last}-2022",
        f"CA0004-JPN01-{HOST}-{part.last + 1}-{numbers.last}-2022",
        "Not reported as transferred",
        "Not reported as acquired",
        "Actions H3",
    ):
        assert words in told.text, words
    table = upload(client, lines(aef(sent(part), party=HOST, year=NOW.year)), **{"as": "csv"})
    assert table.mimetype == "text/csv"
    first, second = table.data.decode("utf-8-sig").splitlines()[1:]
    assert first.startswith(f"{HOST},JPN,CA0004-JPN01-{HOST}-{part.first}-{part.last}-2022,")
    assert f",2022,0,{numbers.quantity - 600},-{numbers.quantity - 600},not_sent," in second


def test_what_is_wrong_in_the_file_is_told_with_its_cell(portal: Portal) -> None:
    client = portal.sign_in("auditor", language="ja")
    of_two = workbook(aef({"FirstID": "x"}, {"Vintage": None}, party=HOST))
    told = upload(client, of_two)
    assert told.status_code == 422
    for cell in ("H2", "S3"):
        assert f"シート「Actions」のセル{cell}" in told.text
    assert error_summary(told.text).keys() == {"file"}
    assert portal.refusals() == ["NotWholeInCell", "CellEmpty"]
    client = portal.sign_in("operator")
    other = aef({}, party=HOST)
    other["Actions"][0].append("Remarks")
    assert "Sheet “Actions”, cell AB1: “Remarks”" in upload(client, workbook(other)).text
    formula = upload(client, lines(aef({"FirstID": "=1+1"}, party=HOST)))
    assert "Cell H10: Put the value in place of the formula." in formula.text


def test_a_field_that_is_wrong_is_told_there_and_the_rest_is_kept(portal: Portal) -> None:
    client = portal.sign_in("operator")
    whole = workbook(aef({}, party=HOST, year=2025))
    alone = workbook({"Actions": aef({})["Actions"]})
    cases: list[tuple[bytes, dict[str, str], str, str]] = [
        (b"", {}, "file", "This field is required."),
        (b"%PDF-1.7\n\0", {}, "file", "neither an Excel workbook"),
        (alone, {"year": "2025"}, "party", "This field is required."),
        (alone, {"party": HOST}, "year", "This field is required."),
        (whole, {"year": "2024"}, "year", "another year: 2025"),
        (whole, {"party": "MNX"}, "party", f"another Party: {HOST}"),
        (whole, {"year": "20²5"}, "year", "not a year"),
        (whole, {"party": "ZZZ"}, "party", "not one of the choices"),
        (workbook(aef({}, party="JPN")), {}, "file", "the Party of this registry, JPN"),
    ]
    for content, fields, name, words in cases:
        told = upload(client, content, **fields)
        assert told.status_code == 422, (fields, told.status_code)
        assert words in error_summary(told.text)[name], (fields, error_summary(told.text))
        if fields.get("year"):
            assert f'value="{fields["year"]}"' in told.text
    assert upload(client, alone, party=HOST, year="2025").status_code == 200


def test_a_file_that_is_too_large_is_refused_before_it_is_read(portal: Portal) -> None:
    def send(client: PortalClient) -> TestResponse:
        whole = io.BytesIO(b"1" * (LIMITS.content + 2) * 1024 * 1024)
        kind = "multipart/form-data; boundary=x"
        size = 200_000_000
        return client.post(ADDRESS, input_stream=whole, content_type=kind, content_length=size)

    assert send(portal.visitor()).status_code == 303
    assert send(portal.sign_in("aoba-proposer")).status_code == 403
    told = send(portal.sign_in("operator"))
    assert told.status_code == 413
    assert "20 MB at most" in error_summary(told.text)["file"]


def test_nobody_else_sees_the_page(portal: Portal) -> None:
    for login_id in ("operator", "approver", "auditor", "reviewer"):
        assert portal.sign_in(login_id).get(ADDRESS).status_code == 200
    for login_id in ("system-administrator", "aoba-proposer"):
        assert portal.sign_in(login_id).get(ADDRESS).status_code == 403
