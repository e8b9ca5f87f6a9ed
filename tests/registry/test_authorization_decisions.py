"""Deciding on authorizations: by a second person, on what was shown, and once."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.actions import Party
from app.domain.article6_errors import DefinitionFixed, VersionDecided
from app.domain.authorizations import Standing
from app.domain.errors import NotEntitled, NotFound, OwnProposal, ReasonRequired
from app.domain.form_errors import ChangedMeanwhile
from app.domain.nomenclature import Definition
from app.domain.roles import Role
from app.registry import authorization_decisions as decisions
from app.registry import authorization_documents as documents
from app.registry import authorizations
from app.registry.authorizations import Named
from app.store import authorizations as questions
from app.store.tables import Approach, AuthorizationVersion, User
from tests import article6
from tests.registry.test_authorization_documents import PAPER
from tests.registry.test_authorizations import SAID, approve, enter, refuses
from tests.world import NOW, World


def test_somebody_else_approves_exactly_what_was_shown(stage: Session, cast: World) -> None:
    approach = article6.approach(stage, definition=None)
    made = enter(stage, cast)
    found = stage.get_one(AuthorizationVersion, made)
    seen = authorizations.fingerprint(stage, found)
    given: dict[str, Any] = {"seen": seen, "party": Party(), "now": NOW}
    for actor in (cast.operator, cast.auditor, cast.reviewer):
        refuses(
            stage, NotEntitled, lambda a=actor: decisions.approve(stage, made, actor=a, **given)
        )
    documents.add(stage, made, PAPER, actor=cast.operator, now=NOW)
    refuses(
        stage,
        ChangedMeanwhile,
        lambda: decisions.approve(stage, made, actor=cast.approver, **given),
    )
    approve(stage, cast, made)
    assert (found.standing, found.decided_by) == (Standing.APPROVED, cast.approver)
    # Approved, its definition is the approach's own.
    assert stage.get_one(Approach, approach.id).definition is SAID.definition
    refuses(stage, VersionDecided, lambda: approve(stage, cast, made))
    with pytest.raises(NotFound):
        decisions.approve(stage, 10**6, actor=cast.approver, **given)


def test_nobody_approves_what_was_entered_in_another_role(stage: Session, cast: World) -> None:
    article6.approach(stage, definition=None)
    made = enter(stage, cast)
    stage.get_one(User, cast.operator).role = Role.APPROVER
    stage.flush()
    found = stage.get_one(AuthorizationVersion, made)
    seen = authorizations.fingerprint(stage, found)
    refuses(
        stage,
        OwnProposal,
        lambda: decisions.approve(
            stage, made, seen=seen, party=Party(), actor=cast.operator, now=NOW
        ),
    )


def test_r19_an_approach_has_one_definition(stage: Session, cast: World) -> None:
    article6.approach(stage, definition=None)
    first = enter(stage, cast)
    issuance = replace(SAID, definition=Definition.ISSUANCE)
    second = enter(stage, cast, issuance, named=Named("JPN 2026-2", article6.CODE))
    approve(stage, cast, first)
    refuses(stage, DefinitionFixed, lambda: approve(stage, cast, second))
    third = Named("JPN 2026-3", article6.CODE)
    refuses(stage, DefinitionFixed, lambda: enter(stage, cast, issuance, named=third))
    # Another approach may have another one.
    article6.approach(stage, code="CA0005", partner="MN", definition=None)
    other = enter(stage, cast, issuance, named=Named("JPN 2026-4", "CA0005"))
    approve(stage, cast, other)


def test_a_version_is_rejected_with_a_reason_or_taken_back(stage: Session, cast: World) -> None:
    article6.approach(stage, definition=None)
    for actor in (cast.approver, cast.operator):
        made = enter(stage, cast)
        for other in (cast.auditor, cast.reviewer, cast.aoba_proposer):
            refuses(
                stage,
                NotEntitled,
                lambda m=made, o=other: decisions.reject(stage, m, reason="no", actor=o, now=NOW),
            )
        refuses(
            stage,
            ReasonRequired,
            lambda m=made, a=actor: decisions.reject(stage, m, reason=" ", actor=a, now=NOW),
            field="reason",
        )
        decisions.reject(stage, made, reason="Wrong vintage", actor=actor, now=NOW)
        found = stage.get_one(AuthorizationVersion, made)
        assert (found.standing, found.reason) == (Standing.REJECTED, "Wrong vintage")
        refuses(
            stage,
            VersionDecided,
            lambda m=made: decisions.reject(stage, m, reason="again", actor=cast.approver, now=NOW),
        )


def test_a_rejected_version_is_not_in_force(stage: Session, cast: World) -> None:
    approach = article6.approach(stage, definition=None)
    made = enter(stage, cast)
    assert questions.in_force(stage.connection(), approach.id, date(2026, 6, 1)) == []
    decisions.reject(stage, made, reason="Wrong", actor=cast.approver, now=NOW)
    assert questions.in_force(stage.connection(), approach.id, date(2026, 6, 1)) == []
