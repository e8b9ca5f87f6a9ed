"""The ledger's figures for corresponding adjustments: from sums, of every action, never a scan."""

from datetime import UTC, datetime
from fractions import Fraction

from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from app.domain.adjustment_figures import figures
from app.domain.adjustments import Period, Year
from app.domain.nomenclature import ActionType, Definition, Purpose, Subtype
from app.domain.serials import Range
from app.store import adjustments
from app.store.tables import ActionSum, Methodology, Project, SectoralScope
from tests import article6
from tests.article6 import CODE, HOST
from tests.world import ITMO_PROJECT, World

TEN = Period(2021, 2030)


def test_uses_count_in_their_calendar_year_and_acquisitions_not_at_all(
    stage: Session, cast: World
) -> None:
    approach = article6.approach(stage)
    version = article6.authorization(stage, cast, approach)
    units = article6.issued(stage, cast, approach, quantity=1_000)
    article6.action(stage, units, version, ActionType.ACQUISITION, counterparty=HOST)
    for place, year in enumerate((2025, 2025, 2026)):
        first = units.first + 10 * place
        part = Range(first, first + 9)
        article6.action(
            stage, units, version, ActionType.USE, part=part, calendar_year=year, using_party="JPN"
        )
    found = adjustments.flows(stage.connection(), "JPN")
    assert [(flow.type, flow.using, flow.quantity) for flow in found] == [
        (ActionType.ACQUISITION, "", 1_000),
        (ActionType.USE, "JPN", 20),
        (ActionType.USE, "JPN", 10),
    ]
    assert {(flow.approach, flow.first_transferring) for flow in found} == {(CODE, HOST)}
    years = figures(found, TEN, "JPN")
    assert (years[2025], years[2026]) == (
        Year(2025, used=Fraction(20)),
        Year(2026, used=Fraction(10)),
    )
    assert not any(year.first_transferred for year in years.values())


def test_a_host_registry_counts_its_first_transfers_by_vintage_and_says_of_what_sector(
    stage: Session, cast: World
) -> None:
    approach = article6.approach(stage, definition=Definition.ISSUANCE)
    version = article6.authorization(stage, cast, approach, purpose=Purpose.OIMP)
    project = stage.scalars(select(Project).where(Project.reference == ITMO_PROJECT)).one()
    for number, scope in ((1, 7), (2, 3)):
        if stage.get(SectoralScope, scope) is None:
            stage.add(SectoralScope(number=scope, name_en="Scope", name_ja="分野"))
            stage.flush()
        made = Methodology(
            reference=f"VN_AM00{number}",
            version="1.0",
            partner=project.partner,
            sectoral_scope=scope,
            search_text="",
        )
        project.methodologies.append(made)
    stage.flush()
    units = article6.issued(stage, cast, approach, quantity=100)
    article6.action(
        stage,
        units,
        version,
        ActionType.FIRST_TRANSFER,
        subtype=Subtype.ISSUANCE,
        at=datetime(2026, 1, 1, 0, 30, tzinfo=UTC),
    )
    [flow] = adjustments.flows(stage.connection(), HOST)
    assert (flow.sector, flow.year, flow.vintage, flow.subtype) == (3, 2026, 2022, Subtype.ISSUANCE)
    [told] = [year for year in figures([flow], TEN, HOST).values() if year.first_transferred]
    assert told == Year(2022, first_transferred=Fraction(100), others=Fraction(100))


def test_figures_come_from_the_sums_alone_in_one_statement(stage: Session, cast: World) -> None:
    approach = article6.approach(stage)
    version = article6.authorization(stage, cast, approach)
    units = article6.issued(stage, cast, approach, quantity=10)
    article6.action(stage, units, version, ActionType.ACQUISITION, counterparty=HOST)
    asked: list[str] = []
    connection = stage.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert adjustments.flows(connection, "JPN")
    [statement] = asked
    words = set(statement.replace("\n", " ").replace(".", " ").split())
    assert "action_sums" in words and not words & {"actions", "blocks", "issuances"}
    connection.execute(delete(ActionSum))
    assert adjustments.flows(connection, "JPN") == [], "the actions are still there"


def test_sums_that_hold_a_confidential_authorization_are_not_public(
    stage: Session, cast: World
) -> None:
    connection = stage.connection()
    assert not adjustments.is_withheld(connection)
    approach = article6.approach(stage)
    version = article6.authorization(
        stage, cast, approach, is_confidential=True, confidential_basis="Trade secrets"
    )
    assert not adjustments.is_withheld(connection), "nothing was done under it"
    units = article6.issued(stage, cast, approach, quantity=10)
    article6.action(stage, units, version, ActionType.ACQUISITION, counterparty=HOST)
    assert adjustments.is_withheld(connection)
