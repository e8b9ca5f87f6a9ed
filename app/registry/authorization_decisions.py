"""Verbs by which a second person decides on what was entered of an authorization."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain.actions import Party
from app.domain.article6_errors import VersionDecided
from app.domain.authorizations import Change, Standing
from app.domain.errors import NotEntitled, NotFound, OwnProposal, ReasonRequired, TooLong
from app.domain.form_errors import ChangedMeanwhile
from app.domain.roles import DUTIES, Duty
from app.domain.text import normalise
from app.registry import actions, people
from app.registry.authorizations import (
    check_definition,
    check_quantity,
    fingerprint,
    lock,
    log,
)
from app.store import authorizations as questions
from app.store.tables import AuthorizationVersion

REASON_MAX: Final = 1_024


def approve(
    session: Session,
    version_id: int,
    *,
    seen: str,
    actor: int,
    now: datetime,
    party: Party | None = None,
) -> None:
    """Approve a version that somebody else entered: it holds from its day on.

    Args:
        seen: the fingerprint of the version and its documents as they were shown.
        party: whose registry this is; without it, what follows for units held is left to
            `actions.take_effect`.

    Raises:
        NotEntitled, NotFound, VersionDecided
        ActionTwice, QuantityExhausted, DefinitionMissing: what would follow cannot be so.
        OwnProposal: the actor entered it.
        ChangedMeanwhile: a document was added since it was shown.
        DefinitionFixed, QuantityBelowTransferred: it does not fit any more.
    """
    people.require(session, actor, Duty.APPROVE_AUTHORIZATIONS)
    found = waiting(session, version_id)
    if found.entered_by == actor:
        raise OwnProposal
    if seen != fingerprint(session, found):
        raise ChangedMeanwhile
    _specify(session, found)
    if found.quantity is not None and found.change is Change.CHANGE:
        check_quantity(session, found.authorization_id, found.quantity, "")
    found.standing, found.decided_by, found.decided_at = Standing.APPROVED, actor, now
    session.flush()
    log(session, "approve authorization", found, actor, now)
    if party is not None:
        actions.authorized(session, found.id, party=party, now=now)


def reject(session: Session, version_id: int, *, reason: str, actor: int, now: datetime) -> None:
    """Reject a version, or take back one's own, for a reason that administrators read.

    Raises:
        NotEntitled, NotFound, VersionDecided
        ReasonRequired, TooLong: at the field "reason".
    """
    found = waiting(session, version_id)
    role = people.power(session.connection(), actor, None).role
    may = role in DUTIES[Duty.APPROVE_AUTHORIZATIONS]
    if not may and found.entered_by != actor:
        raise NotEntitled(Duty.APPROVE_AUTHORIZATIONS)
    said = normalise(reason)
    if not said:
        raise ReasonRequired(field="reason")
    if len(said) > REASON_MAX:
        raise TooLong(REASON_MAX, field="reason")
    found.standing, found.reason = Standing.REJECTED, said
    found.decided_by, found.decided_at = actor, now
    session.flush()
    log(session, "reject authorization", found, actor, now, reason=said)


def waiting(session: Session, version_id: int) -> AuthorizationVersion:
    """Return a version that waits, with its authorization locked.

    Raises:
        NotFound, VersionDecided
    """
    found = questions.version(session, version_id)
    if found is None:
        raise NotFound("version")
    lock(session, found.authorization.identifier)
    session.refresh(found)
    if found.standing is not Standing.PROPOSED:
        raise VersionDecided(found.standing)
    return found


def _specify(session: Session, found: AuthorizationVersion) -> None:
    """Make a definition that is approved the approach's own."""
    approach = found.authorization.approach
    if approach is None or found.definition is None:
        return
    session.refresh(approach, with_for_update=True)
    check_definition(approach, found.definition)
    approach.definition = found.definition
