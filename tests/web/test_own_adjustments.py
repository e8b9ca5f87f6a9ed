"""The Party's own NDC: who saves its figures, what follows from them, and how it is reported."""

import io
from typing import Any

from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.domain.nomenclature import ActionType
from tests import article6
from tests.portal import Portal, PortalClient, counted, error_summary

ADDRESS = "/portal/article6/adjustments"
FORM: dict[str, Any] = {
    "first_year": "2021",
    "last_year": "2030",
    "from": "2021",
    "method": "averaging",
    "indicator": "emissions",
    "unit": "t CO₂ eq",
    "target": "7,000",
    "emissions": ["10,000", "9000", "8000.5", "8,000", "7900", "", "", "", "", ""],
    "trajectory": [""] * 10,
    "replaces": "",
    "seen": "",
}


def sent(client: PortalClient, **fields: Any) -> Any:
    return client.post(ADDRESS, data={"csrf_token": client.token, **FORM, **fields})


def seen(text: str) -> str:
    return text.partition('name="seen" value="')[2].partition('"')[0]


def used(session: Session, portal: Portal) -> None:
    approach = article6.approach(session)
    version = article6.authorization(session, portal.world, approach)
    units = article6.issued(session, portal.world, approach, quantity=1_000)
    article6.action(session, units, version, ActionType.USE, calendar_year=2025, using_party="JPN")


def test_saved_figures_and_the_ledger_make_the_balance_in_both_languages(portal: Portal) -> None:
    portal.database.write(lambda session: used(session, portal))
    operator = portal.sign_in("operator")
    assert "No NDC period has been saved yet." in operator.get(ADDRESS).text
    answer = sent(operator)
    assert (answer.status_code, answer.location) == (303, f"{ADDRESS}?period=2021&saved=yes")
    # 1,000 used in five years are 200 a year.
    page = operator.get(answer.location)
    assert "The figures are saved." in page.text
    for figure in ("-200", "7,700", "8,000.5", "7,000"):
        assert f">{figure}<" in page.text, figure
    japanese = portal.sign_in("reviewer", "ja").get(ADDRESS)
    assert "期間の途中" in japanese.text
    assert "数値を保存する" not in japanese.text
    # What the ledger says cannot be typed.
    assert 'name="used"' not in page.text
    assert ">-200<" in operator.get(sent(operator, used=["5"] * 10).location).text


def test_the_same_form_sent_twice_saves_once_and_another_state_is_not_overwritten(
    portal: Portal,
) -> None:
    operator, approver = portal.sign_in("operator"), portal.sign_in("approver")
    first = sent(operator)
    assert sent(operator).location == first.location
    stale = seen(approver.get(ADDRESS).text)
    change = {"replaces": "2021", "seen": stale}
    assert sent(operator, **change, target="6500").status_code == 303
    answer = sent(approver, **change, target="6400")
    assert answer.status_code == 409
    assert "Somebody else saved" in error_summary(answer.text)[""]
    assert 'value="6400"' in answer.text
    # The form that is shown again replaces what stands there now.
    again = {"replaces": "2021", "seen": seen(answer.text)}
    assert sent(approver, **again, target="6400").status_code == 303


def test_what_is_wrong_is_told_at_its_field_and_logged(portal: Portal) -> None:
    operator = portal.sign_in("operator")
    operator.get(ADDRESS)
    for fields, field, code in (
        ({"emissions": ["x"]}, "emissions_2021", "NotAnAmount"),
        ({"emissions": ["1", "", "3"]}, "emissions_2022", "EmissionsMissing"),
        ({"first_year": "2031", "last_year": "2030"}, "last_year", "YearsReversed"),
        ({"first_year": "2020", "from": "2020"}, "first_year", "VintageTooEarly"),
        ({"unit": "another", "unit_name": "GWh"}, "unit", "UnknownChoice"),
        ({"method": ""}, "method", "UnknownChoice"),
    ):
        answer = sent(operator, **fields)
        assert (answer.status_code, list(error_summary(answer.text))) == (422, [field])
        assert portal.refusals()[-1] == code
    sent(operator)
    overlapping = sent(operator, first_year="2025", last_year="2034", **{"from": "2025"})
    assert list(error_summary(overlapping.text)) == ["first_year"]
    assert portal.refusals()[-1] == "PeriodsOverlap"
    answer = sent(
        operator, replaces="2021", seen=seen(operator.get(ADDRESS).text), method="trajectory"
    )
    assert list(error_summary(answer.text)) == ["method"]


def test_a_form_that_came_after_the_session_is_shown_again_and_nothing_is_saved(
    portal: Portal,
) -> None:
    operator = portal.sign_in("operator")
    operator.get(ADDRESS)
    answer = sent(operator, resumed="yes")
    assert answer.status_code == 200
    assert 'value="8000.5"' in answer.text
    assert "No NDC period has been saved yet." in operator.get(ADDRESS).text


def test_several_periods_are_each_shown_and_a_level_other_than_emissions(portal: Portal) -> None:
    operator = portal.sign_in("operator")
    operator.get(ADDRESS)
    sent(operator)
    later = {"first_year": "2031", "last_year": "2035", "from": "2031"}
    level = {"indicator": "non_ghg", "unit": "another", "unit_name": "GWh", "target": "500"}
    assert sent(operator, **later, **level).status_code == 303
    latest = operator.get(ADDRESS).text
    assert "GWh" in latest
    assert f"{ADDRESS}?period=2021" in latest
    assert "t CO₂ eq" in operator.get(f"{ADDRESS}?period=2021").text
    for wrong in ("period=1999", "period=x", "period=%00"):
        assert operator.get(f"{ADDRESS}?{wrong}").status_code == 404
    assert 'value="2021"' in operator.get(f"{ADDRESS}?new=yes").text


def test_the_files_hold_the_structured_summary(portal: Portal) -> None:
    portal.database.write(lambda session: used(session, portal))
    operator = portal.sign_in("operator")
    operator.get(ADDRESS)
    sent(operator)
    auditor = portal.sign_in("auditor")
    told = auditor.get(f"{ADDRESS}.json").json or {}
    assert (told["party"], told["verdict"], told["unit"]) == ("JPN", "open", "t CO₂ eq")
    assert told["structured_summary"]["splits"][0]["tonnes"] == 1_000
    # The use was made in 2026, so that it was not known at the end of 2025.
    assert told["restatements"][0]["year"] == 2025
    book = load_workbook(io.BytesIO(auditor.get(f"{ADDRESS}.xlsx").data))
    assert "Structured summary" in book.sheetnames


def test_the_page_asks_at_most_twelve_questions(portal: Portal) -> None:
    portal.database.write(lambda session: used(session, portal))
    operator = portal.sign_in("operator")
    operator.get(ADDRESS)
    sent(operator)
    with counted(portal) as statements:
        operator.get(ADDRESS)
    assert len([one for one in statements if "FROM" in one]) <= 12
