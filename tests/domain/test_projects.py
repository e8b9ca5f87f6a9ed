"""What a Joint Committee decision permits, and what class and period a credit belongs to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import projects
from app.domain.errors import LimitExceeded, Refusal, UnitClassMismatch, VintageOutsidePeriod
from app.domain.projects import Position, UnitClass

TONNES = st.integers(0, 10**9)


def test_o38_of_80_decided_and_10_issued_70_remain() -> None:
    assert Position(limit=80, issued=10, pending=0).remaining == 70
    assert Position(limit=80, issued=10, pending=15).remaining == 55


@given(TONNES, TONNES, TONNES, st.integers(1, 10**9))
def test_case_53_what_is_issued_and_pending_and_asked_never_passes_the_limit(
    limit: int, issued: int, pending: int, asked: int
) -> None:
    position = Position(limit, issued, pending)
    if issued + pending + asked <= limit:
        position.check(asked)
    else:
        with pytest.raises(LimitExceeded) as caught:
            position.check(asked)
        refused = caught.value
        assert refused.field == "quantity"
        assert (refused.limit, refused.issued, refused.pending, refused.asked) == (
            limit,
            issued,
            pending,
            asked,
        )


MONITORED = (date(2019, 4, 1), date(2021, 3, 31))

#: Which class may bear which vintage, row by row (case 22), for the monitoring period above.
CLASSES = [
    (2018, UnitClass.JCM_CREDIT, VintageOutsidePeriod),
    (2019, UnitClass.JCM_CREDIT, None),
    (2020, UnitClass.JCM_CREDIT, None),
    (2021, UnitClass.JCM_CREDIT, UnitClassMismatch),
    (2022, UnitClass.JCM_CREDIT, VintageOutsidePeriod),
    (2018, UnitClass.ITMO, VintageOutsidePeriod),
    (2019, UnitClass.ITMO, UnitClassMismatch),
    (2020, UnitClass.ITMO, UnitClassMismatch),
    (2021, UnitClass.ITMO, None),
    (2022, UnitClass.ITMO, VintageOutsidePeriod),
]


@pytest.mark.parametrize(("vintage", "unit_class", "refusal"), CLASSES)
def test_case_22_the_class_of_a_credit_fits_its_vintage(
    vintage: int, unit_class: UnitClass, refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        projects.check_vintage(vintage, unit_class, *MONITORED)
    else:
        with pytest.raises(refusal) as caught:
            projects.check_vintage(vintage, unit_class, *MONITORED)
        assert caught.value.field == "vintage"


def test_case_22_the_table_has_every_class() -> None:
    assert {row[1] for row in CLASSES} == set(UnitClass) == set(projects.UNIT_CLASS_NAMES)


@pytest.mark.parametrize(
    ("since", "until", "vintage", "fits"),
    [
        (None, None, 2016, True),
        (date(2016, 1, 1), None, 2015, False),
        (date(2016, 1, 1), None, 2018, True),
        (None, date(2016, 12, 31), 2017, False),
        (None, date(2016, 12, 31), 2014, True),
    ],
)
def test_case_44_a_vintage_outside_the_monitoring_period_is_refused(
    since: date | None,
    until: date | None,
    vintage: int,
    fits: bool,  # noqa: FBT001 - a column of the table
) -> None:
    if fits:
        projects.check_vintage(vintage, UnitClass.JCM_CREDIT, since, until)
    else:
        with pytest.raises(VintageOutsidePeriod) as caught:
            projects.check_vintage(vintage, UnitClass.JCM_CREDIT, since, until)
        assert caught.value.vintage == vintage


@pytest.mark.parametrize(
    ("vintage", "last"),
    [
        (2013, 2020),
        (2020, 2020),
        (2021, 2030),
        (2030, 2030),
        (2031, 2035),
        (2035, 2035),
        (2036, 2040),
        (2040, 2040),
    ],
)
def test_case_44_each_vintage_belongs_to_one_ndc_period(vintage: int, last: int) -> None:
    assert projects.period(vintage) == last


@pytest.mark.parametrize("reference", ["MN003", "TH0012"])
def test_a_project_reference_is_a_country_and_a_number(reference: str) -> None:
    assert projects.REFERENCE.fullmatch(reference)


@pytest.mark.parametrize("reference", ["", "MN03", "mn003", "MN-003", "M003", "MN00003", "MN003 "])
def test_another_text_is_no_project_reference(reference: str) -> None:
    assert not projects.REFERENCE.fullmatch(reference)


def test_every_stage_has_a_name() -> None:
    assert set(projects.STAGE_NAMES) == set(projects.Stage)
