"""Flows of the ledger, counted by year of event and by vintage, and the traps between them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.domain.adjustment_figures import (
    Flow,
    by_event,
    by_vintage,
    check_others,
    figures,
    first_transfers,
    late,
    reconcile,
)
from app.domain.adjustments import Account, Method, Period, Year, adjusted
from app.domain.article6_errors import (
    DefinitionsDiffer,
    OthersBeyondTransferred,
    PopulationsDiffer,
)
from app.domain.nomenclature import ActionType, Definition, Purpose, Subtype

TEN = Period(2021, 2030)
SENT = Flow(
    approach="CA0004",
    definition=Definition.USE_OR_CANCELLATION,
    sector=1,
    first_transferring="MNG",
    using="",
    type=ActionType.FIRST_TRANSFER,
    subtype=Subtype.TO_ANOTHER_PARTY,
    purpose=Purpose.NDC_AND_OIMP,
    vintage=2024,
    calendar_year=0,
    year=2025,
    quantity=30,
)
USED = replace(
    SENT, type=ActionType.USE, subtype=None, using="JPN", calendar_year=2026, quantity=20
)
OTHERS = replace(SENT, subtype=Subtype.USE_OR_CANCELLATION, purpose=Purpose.OIMP, quantity=5)
HELD = replace(SENT, type=ActionType.ACQUISITION, subtype=None, quantity=1000)


def test_a_first_transfer_counts_in_its_vintage_and_a_use_in_its_calendar_year() -> None:
    host = figures([SENT, USED, OTHERS, HELD], TEN, "MNG")
    assert host[2024] == Year(2024, first_transferred=Fraction(35), others=Fraction(5))
    assert host[2025] == Year(2025), "the year of the event is not what is adjusted"
    acquirer = figures([SENT, USED, OTHERS, HELD], TEN, "JPN")
    assert acquirer[2026] == Year(2026, used=Fraction(20))
    assert not any(year.first_transferred for year in acquirer.values())
    assert figures([SENT], TEN, "MNG", unit=1000)[2024].first_transferred == Fraction(3, 100)


def test_unlike_public_code_what_is_acquired_or_held_never_enters_the_balance() -> None:
    bought = figures([HELD], TEN, "JPN")
    assert all(year == Year(number) for number, year in bought.items())
    with_use = figures([HELD, USED], TEN, "JPN")
    rows = adjusted(Account(TEN, Method.TRAJECTORY, list(with_use.values())), through=2026).rows
    assert [row.adjustment for row in rows] == [0, 0, 0, 0, 0, -20]


def test_unlike_public_code_a_cancellation_for_overall_mitigation_is_a_first_transfer() -> None:
    cancelled = replace(SENT, subtype=Subtype.VOLUNTARY_OMGE, purpose=Purpose.OIMP, quantity=7)
    assert figures([cancelled], TEN, "MNG")[2024].first_transferred == 7


def test_unlike_public_code_a_host_adds_and_never_subtracts_what_it_first_transferred() -> None:
    year = replace(figures([SENT], TEN, "MNG")[2024], emissions=Fraction(970))
    [row] = adjusted(Account(Period(2024, 2024), Method.TRAJECTORY, [year])).rows
    assert row.balance == 1000


def test_unlike_public_code_a_multi_year_ndc_does_not_divide_by_elapsed_years() -> None:
    flows = [replace(SENT, vintage=year, quantity=100) for year in (2021, 2022)]
    account = Account(TEN, Method.MULTI_YEAR, list(figures(flows, TEN, "MNG").values()))
    assert [row.adjustment for row in adjusted(account, through=2022).rows] == [100, 100]


def test_what_was_known_at_the_end_of_a_year_leaves_later_first_transfers_out() -> None:
    later = replace(SENT, year=2028, quantity=7)
    assert figures([SENT, later], TEN, "MNG", known=2027)[2024].first_transferred == 30
    assert figures([SENT, later], TEN, "MNG", known=2028)[2024].first_transferred == 37
    assert late([SENT, later], "MNG", 2028) == {2024: 7}
    assert late([replace(SENT, vintage=2025)], "MNG", 2025) == {}


def test_definitions_of_the_first_transfer_that_do_not_match_are_an_error_never_zero() -> None:
    wrong = (
        replace(SENT, subtype=Subtype.ISSUANCE),
        replace(SENT, subtype=Subtype.AUTHORIZATION, definition=None),
        replace(SENT, subtype=Subtype.TO_ANOTHER_PARTY, purpose=Purpose.OIMP),
        replace(SENT, subtype=Subtype.USE_OR_CANCELLATION, purpose=Purpose.NDC),
    )
    for flow in wrong:
        with pytest.raises(DefinitionsDiffer):
            figures([SENT, flow], TEN, "MNG")
        assert first_transfers([flow], "JPN") == [], "somebody else's"
    right = replace(SENT, subtype=Subtype.ISSUANCE, definition=Definition.ISSUANCE)
    assert first_transfers([right], "MNG") == [right]


def test_nothing_by_event_and_everything_by_vintage_is_an_error() -> None:
    for vintages in ({2022: Fraction(196_652)}, {2023: Fraction(2_078)}):
        with pytest.raises(PopulationsDiffer) as caught:
            reconcile({}, vintages)
        assert caught.value.by_event == "0"
    flows = [SENT, OTHERS, replace(SENT, vintage=2021, year=2029)]
    reconcile(by_event(flows), by_vintage(flows))
    assert by_event(flows) == {2025: 35, 2029: 30}
    assert by_vintage(flows) == {2021: 30, 2024: 35}


def test_other_purposes_cannot_exceed_what_was_first_transferred() -> None:
    check_others(Year(2024, first_transferred=Fraction(5), others=Fraction(5)))
    with pytest.raises(OthersBeyondTransferred):
        check_others(Year(2024, first_transferred=Fraction(5), others=Fraction(6)))


def test_the_system_as_a_whole_loses_nothing() -> None:
    transferred = (0, 10, 20, 30, 40, 50, 50, 40, 30, 10)
    used = (0, 0, 0, 0, 20, 20, 40, 40, 60, 60)
    sent = [replace(SENT, vintage=2021 + i, quantity=q) for i, q in enumerate(transferred) if q]
    uses = [replace(USED, calendar_year=2021 + i, quantity=q) for i, q in enumerate(used) if q]
    bought, elsewhere = 250, 30
    host, acquirer = figures(sent, TEN, "MNG"), figures(uses, TEN, "JPN")
    given = sum(year.first_transferred for year in host.values())
    spent = sum(year.used for year in acquirer.values())
    assert (given, spent, bought - spent) == (280, 240, 10)
    assert given == spent + (bought - spent) + elsewhere
