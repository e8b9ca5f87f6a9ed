"""Verbs on authorizations: enter one, change or revoke it, and let a second person decide.

Nothing that an authorization says changes: what is new is a new version, and it holds once somebody
else approved it. What was first transferred by then stays with the version it came under.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import authorization_elements as rules
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
    NotFound,
    UnknownChoice,
)
from app.domain.form_errors import ChangedMeanwhile
from app.domain.roles import Duty
from app.registry import logs, people
from app.store import authorizations as questions
from app.store.tables import (
    Approach,
    Authorization,
    AuthorizationVersion,
    AuthorizedEntity,
    Project,
)

#: Where days begin first on Earth, so that today is nowhere taken for tomorrow.
_EASTERNMOST: Final = timedelta(hours=14)
_OPERATIONS: Final = {
    Change.GRANT: "enter authorization",
    Change.CHANGE: "change authorization",
    Change.REVOCATION: "revoke authorization",
}


class Entered(NamedTuple):
    """A version that waits for approval, and whether this very act entered it."""

    id: int
    is_new: bool


class Named(NamedTuple):
    """What an authorization is called, and the code of its approach; without one it is blanket."""

    identifier: str
    approach: str = ""
    is_official: bool = False


def enter(
    session: Session, named: Named, said: Elements, *, key: str, actor: int, now: datetime
) -> Entered:
    """Enter an authorization for a second person to approve; the same form enters one.

    One that was rejected can be entered again under its identifier.

    Raises:
        NotEntitled
        Refusals of `authorization_elements`, each at its field; of several the first.
        UnknownChoice: there is no such approach, at the field "approach".
        AuthorizationTaken: the identifier is in use, at the field "identifier".
        DefinitionFixed: the approach has another definition, at the field "definition".
        DateInFuture: at the field "authorized_on".
        KeyUsedOtherwise: the key entered something else.
    """
    people.require(session, actor, Duty.ENTER_AUTHORIZATIONS)
    identifier = rules.identifier(named.identifier)
    approach = _approach(session, named.approach)
    check(session, said, approach, now=now)
    known = questions.by_key(session, actor, key)
    if known is not None:
        if known.authorization.identifier != identifier or elements(known) != said:
            raise KeyUsedOtherwise
        return Entered(known.id, is_new=False)
    found = lock(session, identifier)
    if found is None:
        found = Authorization(identifier=identifier)
        session.add(found)
    elif questions.newest(session, found.id) or questions.pending(session, found.id):
        raise AuthorizationTaken(identifier, field="identifier")
    found.approach, found.identifier_is_official = approach, named.is_official
    session.flush()
    return _written(session, found, 1, Change.GRANT, said, key=key, actor=actor, now=now)


def revise(
    session: Session,
    identifier: str,
    said: Elements,
    *,
    seen: int,
    key: str,
    actor: int,
    now: datetime,
) -> Entered:
    """Enter a change of an authorization: all that it will say from a day on.

    Args:
        seen: the version on which the change was begun.

    Raises:
        NotEntitled, NotFound
        VersionPending, AuthorizationRevoked, ChangedMeanwhile: nothing can follow, or not this.
        VersionUnchanged, EffectiveTooEarly, QuantityBelowTransferred
        Further as `enter`.
    """
    people.require(session, actor, Duty.ENTER_AUTHORIZATIONS)
    found = _found(session, identifier)
    check(session, said, found.approach, now=now)
    repeated = _repeated(session, found, said, key=key, actor=actor)
    if repeated is not None:
        return repeated
    before = _followed(session, found, seen)
    was = elements(before)
    if replace(was, authorized_on=said.authorized_on, effective_on=said.effective_on) == said:
        raise VersionUnchanged
    _check_follows(session, before, said)
    return _written(
        session, found, before.number + 1, Change.CHANGE, said, key=key, actor=actor, now=now
    )


def revoke(
    session: Session,
    identifier: str,
    *,
    authorized_on: date,
    effective_on: date,
    note: str,
    seen: int,
    key: str,
    actor: int,
    now: datetime,
) -> Entered:
    """Enter the revocation of an authorization from a day on; nothing follows it.

    Raises:
        As `revise`.
    """
    people.require(session, actor, Duty.ENTER_AUTHORIZATIONS)
    found = _found(session, identifier)
    known = questions.by_key(session, actor, key)
    if known is not None:
        if known.authorization_id != found.id or known.change is not Change.REVOCATION:
            raise KeyUsedOtherwise
        return Entered(known.id, is_new=False)
    before = _followed(session, found, seen)
    # The last days of what is revoked may have passed; they bind nobody any more.
    said = replace(
        elements(before),
        authorized_on=authorized_on,
        effective_on=effective_on,
        note=note.strip(),
        issuance_until=None,
        use_until=None,
        cancellation_until=None,
    )
    check(session, said, found.approach, now=now)
    _check_follows(session, before, replace(said, quantity=None))
    return _written(
        session, found, before.number + 1, Change.REVOCATION, said, key=key, actor=actor, now=now
    )


# What they share


def check(session: Session, said: Elements, approach: Approach | None, *, now: datetime) -> None:
    """Refuse elements that cannot stand; of several refusals the first."""
    known = known_projects(session, approach) if said.projects else ()
    for refusal in rules.refusals(said, is_blanket=approach is None, known_projects=known):
        raise refusal
    if said.authorized_on > (now + _EASTERNMOST).date():
        raise DateInFuture(field="authorized_on")
    check_definition(approach, said.definition)


def known_projects(session: Session, approach: Approach | None) -> Sequence[str]:
    """Return the references of the projects that an authorization can name."""
    query = select(Project.reference)
    if approach is not None:
        query = query.where(Project.partner == approach.partner)
    return session.scalars(query).all()


def elements(found: AuthorizationVersion) -> Elements:
    """Return what a recorded version says."""
    plain = {name: getattr(found, name) for name in Elements.__slots__ if name != "entities"}
    entities = tuple(
        Entity(**{name: getattr(one, name) for name in Entity.__slots__}) for one in found.entities
    )
    return Elements(
        **plain
        | {
            "parties": tuple(found.parties.split()),
            "sectors": tuple(found.sectors.splitlines()),
            "activities": tuple(found.activities.splitlines()),
            "projects": tuple(found.projects.split()),
            "entities": entities,
        }
    )


def fingerprint(session: Session, found: AuthorizationVersion) -> str:
    """Return what tells a version with its documents from any other."""
    papers = [one.digest.hex() for one in questions.documents(session, [found.id])]
    authorization = found.authorization
    code = authorization.approach.code if authorization.approach else ""
    said = (authorization.identifier, code, found.number, str(found.change), elements(found))
    return hashlib.sha256(repr((said, papers)).encode()).hexdigest()


def _approach(session: Session, code: str) -> Approach | None:
    if not code:
        return None
    found = session.scalars(select(Approach).where(Approach.code == code)).one_or_none()
    if found is None:
        raise UnknownChoice(code[:40], field="approach")
    return found


def lock(session: Session, identifier: str) -> Authorization | None:
    """Return an authorization that nobody else can add a version to meanwhile."""
    query = select(Authorization).where(Authorization.identifier == identifier)
    return session.scalars(query.with_for_update()).one_or_none()


def _found(session: Session, identifier: str) -> Authorization:
    found = lock(session, identifier)
    if found is None:
        raise NotFound("authorization")
    return found


def _repeated(
    session: Session, found: Authorization, said: Elements, *, key: str, actor: int
) -> Entered | None:
    known = questions.by_key(session, actor, key)
    if known is None:
        return None
    if known.authorization_id != found.id or elements(known) != said:
        raise KeyUsedOtherwise
    return Entered(known.id, is_new=False)


def _followed(session: Session, found: Authorization, seen: int) -> AuthorizationVersion:
    """Return the version that a new one follows."""
    if questions.pending(session, found.id) is not None:
        raise VersionPending
    newest = questions.newest(session, found.id)
    if newest is None:
        raise NotFound("authorization")
    if newest.change is Change.REVOCATION:
        raise AuthorizationRevoked
    if newest.id != seen:
        raise ChangedMeanwhile
    return newest


def _check_follows(session: Session, before: AuthorizationVersion, said: Elements) -> None:
    if said.effective_on < before.effective_on:
        raise EffectiveTooEarly(before.effective_on.isoformat(), field="effective_on")
    if said.quantity is not None:
        check_quantity(session, before.authorization_id, said.quantity, "quantity")


def check_quantity(session: Session, authorization_id: int, quantity: int, at: str) -> None:
    """Refuse a limit below what came under the authorization already, at a field."""
    taken = questions.taken(session.connection(), authorization_id)
    if quantity < taken:
        raise QuantityBelowTransferred(taken, field=at)


def check_definition(approach: Approach | None, definition: object) -> None:
    """Refuse another definition than the approach's own (decision 4/CMA.6, paragraph 15)."""
    if approach is None or approach.definition is None or definition is None:
        return
    if definition is not approach.definition:
        raise DefinitionFixed(approach.definition, field="definition")


def _written(
    session: Session,
    found: Authorization,
    number: int,
    change: Change,
    said: Elements,
    *,
    key: str,
    actor: int,
    now: datetime,
) -> Entered:
    made = AuthorizationVersion(
        authorization_id=found.id,
        number=number,
        standing=Standing.PROPOSED,
        change=change,
        key=key,
        entered_by=actor,
        entered_at=now,
        **said.columns(),
    )
    session.add(made)
    session.flush()
    for position, entity in enumerate(said.entities, start=1):
        facts = {name: getattr(entity, name) for name in Entity.__slots__}
        session.add(AuthorizedEntity(version_id=made.id, position=position, **facts))
    session.flush()
    session.refresh(made)
    log(session, _OPERATIONS[change], made, actor, now)
    return Entered(made.id, is_new=True)


def log(
    session: Session,
    operation: str,
    found: AuthorizationVersion,
    actor: int,
    now: datetime,
    **facts: str,
) -> None:
    """Log what was done with a version."""
    facts |= {
        "version": str(found.number),
        "change": str(found.change),
        "effective_on": found.effective_on.isoformat(),
        "fingerprint": fingerprint(session, found),
    }
    subject = found.authorization.identifier
    logs.done(session, operation, subject, actor=actor, now=now, **facts)
