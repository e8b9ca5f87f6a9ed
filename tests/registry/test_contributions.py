"""Saving a Party's NDC: who may, what is refused at which field, one method for the period."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adjustments import Indicator, Method, Period
from app.domain.article6_errors import (
    FiguresChanged,
    MethodFixed,
    NotAnAmount,
    PeriodsOverlap,
    PeriodTooLong,
    VintageTooEarly,
    YearOutsidePeriod,
)
from app.domain.errors import NotEntitled, Required, TooLong, UnknownChoice
from app.registry import contributions
from app.registry.contributions import Said, Saved, fingerprint
from app.store import contributions as questions
from app.store.tables import Contribution, LogEntry
from tests.stages import refused
from tests.world import NOW, World

TEN = Period(2021, 2030)
SAID = Said(
    TEN,
    Method.TRAJECTORY,
    "kt CO₂ eq",
    target=Fraction("930.5"),
    emissions={2021: Fraction(1000), 2022: None},
    trajectory={2021: Fraction(1010)},
)


def save(session: Session, cast: World, said: Said = SAID, **other: Any) -> Saved:
    asked = {"party": "JPN", "actor": cast.operator, "now": NOW} | other
    return contributions.save(session, said, **asked)


def kept(session: Session) -> Contribution:
    [found] = questions.of_party(session, "JPN")
    return found


def test_an_ndc_is_saved_exactly_and_changed_by_who_saw_what_stands_there(
    stage: Session, cast: World
) -> None:
    made = save(stage, cast)
    found = kept(stage)
    assert (found.target, found.unit, found.method) == ("930.5", "kt CO₂ eq", "trajectory")
    assert [(y.year, y.emissions, y.trajectory) for y in found.years] == [(2021, "1000", "1010")]
    assert save(stage, cast) == Saved(made.id, is_new=False), "sent twice"
    later = replace(SAID, emissions={2022: Fraction(-1)}, trajectory={})
    with refused(stage, FiguresChanged):
        save(stage, cast, later, replaces=2021, seen="before")
    assert save(stage, cast, later, replaces=2021, seen=fingerprint(found)).is_new
    assert [(y.year, y.emissions) for y in kept(stage).years] == [(2022, "-1")]
    entries = stage.scalars(select(LogEntry).filter_by(operation="save contribution")).all()
    assert [(entry.subject, entry.facts["target"]) for entry in entries] == [("JPN", "930.5")] * 2


def test_only_those_who_report_save_an_ndc(stage: Session, cast: World) -> None:
    save(stage, cast, actor=cast.approver)
    for actor in (cast.auditor, cast.reviewer, cast.system_administrator, cast.aoba_proposer):
        with refused(stage, NotEntitled):
            save(stage, cast, actor=actor)


def test_what_cannot_be_an_ndc_is_refused_at_its_field(stage: Session, cast: World) -> None:
    cases: list[tuple[type, str, Said]] = [
        (Required, "unit", replace(SAID, unit=" ")),
        (TooLong, "unit", replace(SAID, unit="x" * 41, indicator=Indicator.NON_GHG)),
        (UnknownChoice, "unit", replace(SAID, unit="GWh")),
        (UnknownChoice, "unit", replace(SAID, indicator=Indicator.NON_GHG)),
        (VintageTooEarly, "first_year", replace(SAID, period=Period(2020, 2030))),
        (PeriodTooLong, "last_year", replace(SAID, period=Period(2021, 2041))),
        (YearOutsidePeriod, "", replace(SAID, emissions={2031: Fraction(1)})),
        (NotAnAmount, "", replace(SAID, target=Fraction(1, 3))),
    ]
    for refusal, field, said in cases:
        with refused(stage, refusal, field=field):
            save(stage, cast, said)


def test_no_year_belongs_to_two_periods_of_a_party(stage: Session, cast: World) -> None:
    save(stage, cast)
    with refused(stage, PeriodsOverlap, first=2021, last=2030, field="first_year"):
        save(stage, cast, replace(SAID, period=Period(2030, 2035), emissions={}, trajectory={}))
    save(stage, cast, replace(SAID, period=Period(2031, 2035), emissions={}, trajectory={}))
    save(stage, cast, party="MNG")
    shorter = replace(SAID, period=Period(2022, 2029), trajectory={}, emissions={})
    first = questions.of_party(stage, "JPN")[0]
    seen = fingerprint(first)
    assert save(stage, cast, shorter, replaces=2021, seen=seen).id == first.id
    assert not save(stage, cast, shorter, replaces=2021, seen=seen).is_new, "sent twice"
    assert questions.period(first) == Period(2022, 2029)


def test_one_method_holds_once_emissions_are_recorded(stage: Session, cast: World) -> None:
    nothing = replace(SAID, emissions={})
    save(stage, cast, nothing)
    averaging = replace(SAID, method=Method.AVERAGING)

    def seen() -> str:
        return fingerprint(kept(stage))

    save(stage, cast, averaging, replaces=2021, seen=seen())
    with refused(stage, MethodFixed, method="averaging", field="method"):
        save(stage, cast, SAID, replaces=2021, seen=seen())
