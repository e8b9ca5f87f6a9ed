"""Entering authorizations and their changes: by whom, what is refused where, and once only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actions import Party
from app.domain.article6_errors import (
    AuthorizationRevoked,
    AuthorizationTaken,
    DateInFuture,
    DefinitionFixed,
    EffectiveTooEarly,
    QuantityBelowTransferred,
    VersionPending,
    VersionUnchanged,
)
from app.domain.authorization_elements import Elements, Entity
from app.domain.authorizations import Change, Standing
from app.domain.errors import (
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    Refusal,
    Required,
    UnknownChoice,
)
from app.domain.form_errors import ChangedMeanwhile
from app.domain.nomenclature import ActionType, Definition, Purpose
from app.registry import authorization_decisions as decisions
from app.registry import authorizations
from app.registry.authorizations import Named
from app.store import authorizations as questions
from app.store.tables import AuthorizationVersion, LogEntry
from tests import article6
from tests.stages import refused
from tests.world import ITMO_PROJECT, NOW, World, key

TODAY = NOW.date()
SAID = Elements(
    authorized_on=date(2026, 1, 5),
    effective_on=date(2026, 2, 1),
    purpose=Purpose.NDC_AND_OIMP,
    sectors=("Energy generation",),
    definition=Definition.USE_OR_CANCELLATION,
    oimp="CORSIA",
    quantity=5_000,
    vintage_first=2021,
    vintage_last=2030,
    entities=(Entity("Aoba Energy", "JPN", "1234567890123"),),
)
NAMED = Named("JPN 2026-1", article6.CODE)


def enter(session: Session, cast: World, said: Elements = SAID, **other: Any) -> int:
    given: dict[str, Any] = {"key": key(), "actor": cast.operator, "now": NOW} | other
    return authorizations.enter(session, given.pop("named", NAMED), said, **given).id


def revise(session: Session, cast: World, said: Elements, **other: Any) -> int:
    given: dict[str, Any] = {"seen": newest(session).id, "key": key()}
    given |= {"actor": cast.operator, "now": NOW} | other
    return authorizations.revise(session, NAMED.identifier, said, **given).id


def approve(session: Session, cast: World, version: int) -> None:
    found = session.get_one(AuthorizationVersion, version)
    seen = authorizations.fingerprint(session, found)
    decisions.approve(session, version, seen=seen, party=Party(), actor=cast.approver, now=NOW)


def refuses(
    session: Session, refusal: type[Refusal], attempt: Callable[[], object], **facts: object
) -> None:
    """Expect that an attempt is refused and changes nothing."""
    with refused(session, refusal, **facts):
        attempt()


def newest(session: Session) -> AuthorizationVersion:
    query = select(AuthorizationVersion).order_by(AuthorizationVersion.id.desc())
    return session.scalars(query.limit(1)).one()


@pytest.fixture
def approved(stage: Session, cast: World) -> int:
    """The first version of an authorization, approved."""
    article6.approach(stage, definition=None)
    made = enter(stage, cast)
    approve(stage, cast, made)
    return made


def test_all_fourteen_elements_are_recorded_and_entered_once(stage: Session, cast: World) -> None:
    article6.approach(stage, definition=None)
    full = replace(
        SAID,
        parties=("JPN", "CHE"),
        issuance_until=date(2031, 12, 31),
        use_until=date(2032, 12, 31),
        cancellation_until=date(2033, 12, 31),
        timeframe_first=2026,
        timeframe_last=2033,
        rules="Rules of the JCM\nin force",
        terms="By exchange of notes",
        reaches_first_transferred=True,
        party_registry="JPN01",
        underlying_registry="JCM",
        gwp="100-year values, AR5",
        gases="CO2 CH4",
        activities=("Solar", "Wind"),
        projects=(ITMO_PROJECT,),
        note="As published",
        is_confidential=True,
        confidential_basis="Decision 2/CMA.3, paragraph 24",
    )
    given = {"key": "key", "actor": cast.operator, "now": NOW}
    made = authorizations.enter(stage, NAMED, full, **given)
    again = authorizations.enter(stage, NAMED, full, **given)
    assert (made.is_new, again) == (True, (made.id, False))
    found = stage.get_one(AuthorizationVersion, made.id)
    assert authorizations.elements(found) == full
    assert (found.standing, found.change, found.number) == (Standing.PROPOSED, Change.GRANT, 1)
    refuses(stage, KeyUsedOtherwise, lambda: authorizations.enter(stage, NAMED, SAID, **given))
    logged = stage.scalars(select(LogEntry).where(LogEntry.operation == "enter authorization"))
    assert [one.subject for one in logged] == ["JPN 2026-1"]


def test_only_operators_enter_and_what_cannot_stand_is_refused(stage: Session, cast: World) -> None:
    article6.approach(stage, definition=Definition.ISSUANCE)
    for actor in (cast.approver, cast.auditor, cast.reviewer, cast.aoba_proposer):
        refuses(stage, NotEntitled, lambda actor=actor: enter(stage, cast, actor=actor))
    for refusal, field, other in (
        (DefinitionFixed, "definition", {}),
        (Required, "sectors", {"said": replace(SAID, sectors=())}),
        (UnknownChoice, "approach", {"named": Named("JPN 1", "CA0099")}),
        (UnknownChoice, "projects", {"said": replace(SAID, projects=("MN003",))}),
        (
            DateInFuture,
            "authorized_on",
            {
                "named": Named("JPN 1"),
                "said": replace(
                    SAID,
                    definition=None,
                    authorized_on=TODAY + timedelta(days=2),
                    effective_on=TODAY + timedelta(days=2),
                ),
            },
        ),
    ):
        said = other.pop("said", SAID)
        attempt = partial(enter, stage, cast, said, **other)
        refuses(stage, refusal, attempt, field=field)


def test_an_identifier_is_free_again_after_a_rejection(stage: Session, cast: World) -> None:
    article6.approach(stage, definition=None)
    first = enter(stage, cast)
    refuses(stage, AuthorizationTaken, lambda: enter(stage, cast))
    decisions.reject(stage, first, reason="Wrong letter", actor=cast.approver, now=NOW)
    again = enter(stage, cast)
    approve(stage, cast, again)
    refuses(stage, AuthorizationTaken, lambda: enter(stage, cast), field="identifier")


def test_a_change_follows_the_version_it_was_begun_on(
    stage: Session, cast: World, approved: int
) -> None:
    wider = replace(SAID, quantity=9_000, effective_on=date(2026, 6, 1))
    refuses(stage, VersionUnchanged, lambda: revise(stage, cast, replace(SAID, effective_on=TODAY)))
    early = replace(wider, effective_on=date(2026, 1, 31))
    refuses(stage, EffectiveTooEarly, lambda: revise(stage, cast, early), field="effective_on")
    refuses(stage, ChangedMeanwhile, lambda: revise(stage, cast, wider, seen=approved + 1))
    second = revise(stage, cast, wider, key="same")
    assert revise(stage, cast, wider, key="same", seen=approved) == second
    refuses(stage, VersionPending, lambda: revise(stage, cast, wider, seen=approved))
    approve(stage, cast, second)
    found = stage.get_one(AuthorizationVersion, second)
    assert (found.number, found.change) == (2, Change.CHANGE)
    other = NAMED._replace(identifier="None")
    with pytest.raises(NotFound):
        authorizations.revise(
            stage, other.identifier, SAID, seen=1, key="k", actor=cast.operator, now=NOW
        )


def test_a_quantity_is_not_lowered_below_what_came_under_it(
    stage: Session, cast: World, approved: int
) -> None:
    version = stage.get_one(AuthorizationVersion, approved)
    assert version.authorization.approach is not None
    units = article6.issued(stage, cast, version.authorization.approach, quantity=1_000)
    article6.action(stage, units, version, ActionType.ACQUISITION, counterparty=article6.HOST)
    attempt = partial(revise, stage, cast, replace(SAID, quantity=999))
    refuses(stage, QuantityBelowTransferred, attempt, field="quantity", transferred=1_000)
    assert revise(stage, cast, replace(SAID, quantity=1_000))


def test_nothing_follows_a_revocation(stage: Session, cast: World, approved: int) -> None:
    given: dict[str, Any] = {
        "authorized_on": date(2026, 10, 1),
        "effective_on": date(2026, 11, 1),
        "note": "By decision of 1 October 2026",
        "seen": approved,
        "actor": cast.operator,
        "now": NOW,
    }
    made = authorizations.revoke(stage, NAMED.identifier, key="one", **given)
    assert authorizations.revoke(stage, NAMED.identifier, key="one", **given).id == made.id
    found = stage.get_one(AuthorizationVersion, made.id)
    kept = replace(SAID, **{n: given[n] for n in ("authorized_on", "effective_on", "note")})
    assert (found.change, authorizations.elements(found)) == (Change.REVOCATION, kept)
    approve(stage, cast, made.id)
    refuses(stage, AuthorizationRevoked, lambda: revise(stage, cast, replace(SAID, quantity=6_000)))
    approach = found.authorization.approach
    assert approach is not None
    connection = stage.connection()
    on = date(2026, 10, 31)
    assert [one.version_id for one in questions.in_force(connection, approach.id, on)] == [approved]
    assert questions.in_force(connection, approach.id, date(2026, 11, 1)) == []
