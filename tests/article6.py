"""Approaches, authorizations, ITMOs and actions for tests, written as they would stand.

approach = article6.approach(stage, cast)
version = article6.authorization(stage, cast, approach)
units = article6.issued(stage, cast, approach, quantity=1_000)
article6.action(stage, units, version, ActionType.ACQUISITION, counterparty="VNM")
"""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.authorizations import Change, Standing
from app.domain.nomenclature import ActionType, Definition, Metric, MitigationType, Purpose
from app.domain.serials import Range
from app.store import actions
from app.store.actions import New
from app.store.tables import (
    Approach,
    Authorization,
    AuthorizationVersion,
    AuthorizedEntity,
    Issuance,
    ItmoUnits,
)
from tests import world
from tests.world import ITMO_PARTNER, ITMO_PROJECT, NOW, World

#: Of the partner country of ITMO_PROJECT, whose alpha-3 code in the tests is made up of alpha-2.
CODE = "CA0004"
HOST = f"{ITMO_PARTNER}X"


def approach(
    session: Session,
    *,
    code: str = CODE,
    partner: str = ITMO_PARTNER,
    definition: Definition | None = Definition.USE_OR_CANCELLATION,
) -> Approach:
    """Record a cooperative approach with a partner country."""
    made = Approach(
        code=code,
        partner=partner,
        name_en=f"JCM with {partner}",
        name_ja=f"{partner}とのJCM",
        definition=definition,
    )
    session.add(made)
    session.flush()
    return made


def authorization(
    session: Session, cast: World, approach: Approach | None, **elements: Any
) -> AuthorizationVersion:
    """Record an approved authorization of 1 January 2022: any use, vintages 2021 to 2030."""
    named = elements.pop("identifier", "JPN-2022-1")
    query = select(Authorization).where(Authorization.identifier == named)
    made = session.scalars(query).one_or_none()
    if made is None:
        made = Authorization(identifier=named, approach=approach)
        session.add(made)
        session.flush()
    said: dict[str, Any] = {
        "number": 1,
        "standing": Standing.APPROVED,
        "change": Change.GRANT,
        "authorized_on": date(2022, 1, 1),
        "effective_on": date(2022, 1, 1),
        "purpose": Purpose.NDC_AND_OIMP,
        "oimp": "CORSIA",
        "vintage_first": 2021,
        "vintage_last": 2030,
        "metric": Metric.GHG,
        "sectors": "Energy generation",
        "key": world.key(),
        "entered_by": cast.operator,
        "entered_at": NOW,
        "decided_by": cast.approver,
        "decided_at": NOW,
    }
    version = AuthorizationVersion(authorization_id=made.id, **said | elements)
    session.add(version)
    session.flush()
    return version


def entity(session: Session, version: AuthorizationVersion, number: str = "1234567890123") -> None:
    """Add an authorized entity to a version."""
    place = len(version.entities) + 1
    session.add(
        AuthorizedEntity(
            version_id=version.id, position=place, name="Aoba Energy", country="JPN", number=number
        )
    )
    session.flush()
    session.refresh(version)


def issued(
    session: Session,
    cast: World,
    approach: Approach,
    *,
    host: str = HOST,
    party_registry: str = "JPN01",
    **asked: Any,
) -> Issuance:
    """Issue ITMOs to Aoba, vintage 2022, with what their identifiers are made of."""
    made = world.issued(session, cast, project=ITMO_PROJECT, **asked)
    found = session.scalars(select(Issuance).where(Issuance.first == made.first)).one()
    if session.get(ItmoUnits, found.id) is None:
        session.add(
            ItmoUnits(
                issuance_id=found.id,
                approach_id=approach.id,
                party_registry=party_registry,
                first_transferring=host,
                mitigation_type=MitigationType.REDUCTIONS,
            )
        )
        session.flush()
    return found


def action(
    session: Session,
    units: Issuance,
    version: AuthorizationVersion,
    kind: ActionType,
    *,
    part: Range | None = None,
    **facts: Any,
) -> None:
    """Record an action with a range of an issuance, all of it unless a part is given."""
    final = {ActionType.USE, ActionType.CANCELLATION, ActionType.VOLUNTARY_CANCELLATION}
    made = New(
        at=NOW,
        type=kind,
        range=part or Range(units.first, units.last),
        issuance_id=units.id,
        version_id=version.id,
        is_final=kind in final,
    )
    actions.add(session.connection(), [replace(made, **facts)])
