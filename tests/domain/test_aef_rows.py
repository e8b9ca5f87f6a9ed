"""The pre-check of rows: what their cells say together."""

from datetime import date
from typing import Any

from app.domain import aef, aef_checks
from app.domain.aef_editions import Row
from app.domain.aef_findings import Rule
from app.domain.aef_formats import Word
from app.domain.aef_sources import Approach, Limits
from app.domain.nomenclature import ActionType, Definition, Subtype
from tests import aef_tables
from tests.aef_tables import APPROACH, version


def rules(found: dict[Word, list[Row]], **known: Any) -> set[tuple[Word, int | None, Rule]]:
    findings = aef_checks.check(aef_tables.source(found, **known))
    return {(one.table, one.row, one.rule) for one in findings}


def after(word: Word, place: int, **values: Any) -> set[tuple[Word, int | None, Rule]]:
    return rules(aef_tables.altered(word, place, **values))


def test_a_year_in_which_everything_agrees_has_no_finding() -> None:
    assert rules(aef_tables.tables()) == set()


def test_the_submission_names_a_period_and_a_day_that_can_be() -> None:
    reversed_ = after(Word.SUBMISSION, 1, FirstYearOfNDCPeriod=2031)
    assert (Word.SUBMISSION, 1, Rule.PERIOD) in reversed_
    early = after(Word.SUBMISSION, 1, DateOfSubmission="31/12/2025")
    assert early == {(Word.SUBMISSION, 1, Rule.YEAR_NOT_OVER)}
    assert after(Word.SUBMISSION, 1, DateOfSubmission="15/04/2026") == set()
    late = after(Word.SUBMISSION, 1, DateOfSubmission="16/04/2026")
    assert late == {(Word.SUBMISSION, 1, Rule.LATE)}


def test_approaches_have_one_definition_an_identifier_and_an_initial_report() -> None:
    found = aef_tables.tables()
    second = version(number=2)
    issuance = type(APPROACH)(code="CA0004", definition=Definition.ISSUANCE)
    found[Word.AUTHORIZATIONS].append(aef.authorization(second, issuance, []))
    assert rules(found) == {(Word.AUTHORIZATIONS, 2, Rule.DEFINITION)}
    unknown = {"CA0004": Approach(is_official=False, initial_report_on=date(2026, 4, 1))}
    assert rules(aef_tables.tables(), known=unknown) == {
        (Word.AUTHORIZATIONS, 1, Rule.STAND_IN),
        (Word.AUTHORIZATIONS, 1, Rule.INITIAL_REPORT),
    }


def test_the_same_row_twice_is_found() -> None:
    found = aef_tables.tables()
    for word in (Word.AUTHORIZATIONS, Word.ENTITIES):
        found[word] *= 2
    assert rules(found) == {
        (Word.AUTHORIZATIONS, 2, Rule.TWICE),
        (Word.ENTITIES, 2, Rule.TWICE),
    }


def test_what_rows_refer_to_stands_in_the_other_tables() -> None:
    other = {"AuthorizationID": "JPN-2024-9"}
    assert (Word.ACTIONS, 1, Rule.AUTHORIZATION) in after(Word.ACTIONS, 1, **other)
    assert (Word.HOLDINGS, 1, Rule.AUTHORIZATION) in after(Word.HOLDINGS, 1, **other)
    using = {"Using/cancellingEntityID": "999"}
    assert after(Word.ACTIONS, 4, **using) == {(Word.ACTIONS, 4, Rule.ENTITY)}
    entity = after(Word.ENTITIES, 1, CooperativeApproachID="CA0009")
    assert (Word.ENTITIES, 1, Rule.APPROACH) in entity


def test_numbers_and_quantities_agree() -> None:
    assert (Word.ACTIONS, 2, Rule.RANGE) in after(Word.ACTIONS, 2, FirstID=31)
    assert after(Word.ACTIONS, 2, QuantityCO2=31) == {(Word.ACTIONS, 2, Rule.QUANTITY)}
    assert after(Word.HOLDINGS, 2, UnderlyingUnitLastUnitID=221) == {
        (Word.HOLDINGS, 2, Rule.UNDERLYING)
    }


def test_vintages_are_of_2021_or_later_and_authorized() -> None:
    for vintage in (2020, 2026):
        assert (Word.ACTIONS, 1, Rule.VINTAGE) in after(Word.ACTIONS, 1, Vintage=vintage)
    narrow = rules(aef_tables.tables(), limited={"JPN-2022-1": Limits(2024, 2030)})
    assert {rule for _word, _row, rule in narrow} == {Rule.VINTAGE}


def test_actions_lie_in_the_year_and_after_their_authorization() -> None:
    new_year = after(Word.ACTIONS, 1, ActionDateTime="2026-01-01T00:00:00.000Z")
    assert new_year == {(Word.ACTIONS, 1, Rule.OUTSIDE_YEAR)}
    later = after(Word.AUTHORIZATIONS, 1, DateOfAuthorization="03/03/2025")
    assert later == {(Word.ACTIONS, 1, Rule.BEFORE_AUTHORIZATION)}
    # In Japan a day begins while it is still the day before in UTC.
    assert after(Word.AUTHORIZATIONS, 1, DateOfAuthorization="02/03/2025") == set()


def test_uses_are_for_a_year_of_the_ndc_period_of_the_vintage() -> None:
    assert after(Word.ACTIONS, 2, YearITMOUsedTowardsNDC=2031) == {(Word.ACTIONS, 2, Rule.USE_YEAR)}


def test_subtypes_belong_to_their_type_and_other_parties_are_others() -> None:
    wrong = after(Word.ACTIONS, 2, ActionSubtype="Other cancellations")
    assert wrong == {(Word.ACTIONS, 2, Rule.SUBTYPE)}
    own = after(Word.ACTIONS, 1, TransferringPartyID="JPN")
    assert own == {(Word.ACTIONS, 1, Rule.SAME_PARTY)}


def test_no_more_comes_under_an_authorization_than_its_quantity() -> None:
    enough = after(Word.AUTHORIZATIONS, 1, AuthorizedQuantity=120)
    assert enough == set()
    # 20 came under it before, and 100 in the year.
    assert after(Word.AUTHORIZATIONS, 1, AuthorizedQuantity=119) == {
        (Word.ACTIONS, 1, Rule.EXCEEDED)
    }


def test_r18_first_transfers_come_before_the_account_of_their_ndc_period() -> None:
    facts = {"subtype": Subtype.ISSUANCE}
    for period, is_late in (((2021, 2030), False), ((2021, 2024), False), ((2021, 2022), True)):
        found = aef_tables.altered(Word.SUBMISSION, 1, LastYearOfNDCPeriod=period[1])
        row = aef.action(aef_tables.acted(9, ActionType.FIRST_TRANSFER, 301, 310, **facts))
        found[Word.ACTIONS].append(row)
        expected = {(Word.ACTIONS, 5, Rule.TOO_LATE)} if is_late else set()
        assert {one for one in rules(found) if one[2] is Rule.TOO_LATE} == expected
    # A period that ended before the present one: 2023 belongs to the one that ended in 2023, whose
    # last year is reported in 2026.
    found = aef_tables.altered(
        *(Word.SUBMISSION, 1), FirstYearOfNDCPeriod=2024, LastYearOfNDCPeriod=2030
    )
    found[Word.ACTIONS].append(row)
    assert (Word.ACTIONS, 5, Rule.TOO_LATE) not in rules(found)
