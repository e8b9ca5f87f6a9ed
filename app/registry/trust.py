"""Verbs on the trusted accounts of an account: two persons add one, one person removes it at once.

An addition counts only some working days after its approval, so that there is time to notice one
that should not be; the policy of the registry says how many.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain import trust as rules
from app.domain.accounts import HOLDING
from app.domain.accounts import State as AccountState
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    OwnProposal,
    ReasonRequired,
    Required,
    TooLong,
    UnknownAccount,
)
from app.domain.ledger import Status as Movement
from app.domain.notifications import Kind, ending
from app.domain.policies import Policy
from app.domain.roles import Right, may_see_account
from app.domain.text import normalise
from app.domain.trust import Status, Step, printed
from app.domain.trust_errors import AdditionPending, SameHolder, TrustedAlready
from app.registry import logs, notifications, people
from app.registry.transactions import KEY_MAX, TEXT_MAX
from app.store import accounts, trust
from app.store.tables import Account, TrustedAccount

NOTE_MAX: Final = 100

#: How an entry stands after each step.
_DONE: Final = {
    Step.APPROVE: Status.APPROVED,
    Step.REJECT: Status.REJECTED,
    Step.WITHDRAW: Status.WITHDRAWN,
    Step.REMOVE: Status.REMOVED,
}

_ENDS: Final = {
    Status.REJECTED: ending(Movement.REJECTED),
    Status.WITHDRAWN: ending(Movement.WITHDRAWN),
}


def propose(
    session: Session,
    number: str,
    target: str,
    *,
    note: str = "",
    key: str,
    actor: int,
    now: datetime,
) -> int:
    """Propose an addition to the list of an account; return the entry's id.

    The same key, person and content give the same entry however often they come.

    Raises:
        NotFound: the account does not exist for this person.
        Refusal: as `check`.
    """
    account = _locked(session, number, target, actor)
    known = trust.by_key(session, actor, key)
    note = normalise(note)
    if known is not None:
        _check_same(session, known, account, target, note)
        return known.id
    found = _addition(session, account, target, note, key)
    entry = TrustedAccount(
        account_id=account.id,
        target_id=found.id,
        status=Status.WAITING,
        note=note or None,
        key=key,
        proposed_by=actor,
        proposed_at=now,
    )
    session.add(entry)
    session.flush()
    _tell(session, Kind.ACCOUNT_TRUST_PROPOSED, "propose", account, found, actor=actor, now=now)
    return entry.id


def check(session: Session, number: str, target: str, *, note: str = "", actor: int) -> None:
    """Check what `propose` would check; nothing is written.

    Raises:
        NotEntitled: this person may not propose on the account.
        UnknownAccount, AccountKindForbids, AccountStateForbids, SameHolder, TrustedAlready,
            AdditionPending, TooLong: at their fields.
    """
    account = _locked(session, number, target, actor)
    _addition(session, account, target, normalise(note), "unused")


def approve(
    session: Session, number: str, identifier: int, *, actor: int, now: datetime, policy: Policy
) -> datetime:
    """Approve an addition; return from when it counts.

    Raises:
        NotFound, NotEntitled, AdditionEnded
        OwnProposal: who proposed it never approves it.
    """
    account, entry, following = _step(session, number, identifier, Step.APPROVE, actor)
    if following is None:
        assert entry.effective_at is not None, "it was approved"
        return entry.effective_at
    if entry.proposed_by == actor:
        raise OwnProposal
    target = session.get_one(Account, entry.target_id)
    _check_target(account, target)
    effective_at = policy.counts_from(now)
    entry.status = following
    entry.decided_by, entry.decided_at, entry.effective_at = actor, now, effective_at
    session.flush()
    at = printed(effective_at.astimezone(policy.zone))
    _tell(
        session,
        Kind.ACCOUNT_TRUST_APPROVED,
        Step.APPROVE,
        account,
        target,
        actor=actor,
        now=now,
        at=at,
    )
    return effective_at


def reject(
    session: Session, number: str, identifier: int, *, reason: str, actor: int, now: datetime
) -> None:
    """Reject an addition for a reason in words; its proposer may do so too.

    Raises:
        NotFound, NotEntitled, AdditionEnded, ReasonRequired, TooLong
    """
    _end(session, number, identifier, Step.REJECT, reason, actor=actor, now=now)


def withdraw(session: Session, number: str, identifier: int, *, actor: int, now: datetime) -> None:
    """Take a proposed addition back: anyone who may propose on the account.

    Raises:
        NotFound, NotEntitled, AdditionEnded
    """
    _end(session, number, identifier, Step.WITHDRAW, None, actor=actor, now=now)


def remove(session: Session, number: str, identifier: int, *, actor: int, now: datetime) -> None:
    """Remove an account from the list, at once: one person who may propose or approve.

    Raises:
        NotFound, NotEntitled, AdditionEnded
    """
    _end(session, number, identifier, Step.REMOVE, None, actor=actor, now=now)


def _end(
    session: Session,
    number: str,
    identifier: int,
    step: Step,
    reason: str | None,
    *,
    actor: int,
    now: datetime,
) -> None:
    account, entry, following = _step(session, number, identifier, step, actor)
    if following is None:
        return
    if reason is not None:
        reason = normalise(reason)
        if not reason:
            raise ReasonRequired(field="reason")
        if len(reason) > TEXT_MAX:
            raise TooLong(TEXT_MAX, field="reason")
    entry.status = following
    entry.ended_by, entry.ended_at, entry.reason = actor, now, reason
    session.flush()
    target = session.get_one(Account, entry.target_id)
    kind = Kind.ACCOUNT_TRUST_REMOVED if step is Step.REMOVE else Kind.ACCOUNT_TRUST_ENDED
    facts = {"ended": _ENDS[following]} if following in _ENDS else {}
    _tell(session, kind, step, account, target, actor=actor, now=now, **facts)


def _step(
    session: Session, number: str, identifier: int, step: Step, actor: int
) -> tuple[Account, TrustedAccount, Status | None]:
    """Lock an entry for a step; the status that follows, or None if this person took it already."""
    accounts.lock(session.connection(), number)
    account = accounts.by_number(session, number)
    if account is None:
        raise NotFound("account")
    right = _right(session, account, actor)
    entry = trust.locked(session, account.id, identifier)
    if entry is None:
        raise NotFound("trusted account")
    by_whom = entry.decided_by if step is Step.APPROVE else entry.ended_by
    if entry.status is _DONE[step] and by_whom == actor:
        return account, entry, None
    if not rules.may(step, right, is_own=entry.proposed_by == actor):
        raise NotEntitled(f"{step} trusted account")
    return account, entry, rules.after(entry.status, step)


def _locked(session: Session, number: str, target: str, actor: int) -> Account:
    """Lock both accounts and return the one whose list it is, for someone who may propose."""
    accounts.lock(session.connection(), number, target)
    account = accounts.by_number(session, number)
    if account is None:
        raise NotFound("account")
    if not rules.may_propose(_right(session, account, actor)):
        raise NotEntitled("propose trusted account")
    return account


def _right(session: Session, account: Account, actor: int) -> Right | None:
    """Return a person's right on an account; NotFound for those who may not know of it."""
    power = people.power(session.connection(), actor, account.id)
    sees = may_see_account(power.role, power.right)
    if not sees or account.state is AccountState.APPLIED:
        raise NotFound("account")
    right: Right | None = power.right
    return right


def _addition(session: Session, account: Account, number: str, note: str, key: str) -> Account:
    """Check an addition and return its target."""
    if not key or len(key) > KEY_MAX:
        raise Required(field="key")
    if account.kind not in HOLDING:
        raise AccountKindForbids(account.number, account.kind)
    if account.state is AccountState.CLOSED:
        raise AccountStateForbids(account.number, account.state)
    target = accounts.by_number(session, number)
    if target is None or target.state is AccountState.APPLIED:
        raise UnknownAccount(number, field="target")
    _check_target(account, target)
    entry = trust.entry_of(session, account.id, target.id)
    if entry is not None:
        again = AdditionPending if entry.status is Status.WAITING else TrustedAlready
        raise again(number, field="target")
    if len(note) > NOTE_MAX:
        raise TooLong(NOTE_MAX, field="note")
    return target


def _check_target(account: Account, target: Account) -> None:
    if target.holder_id == account.holder_id:
        raise SameHolder(target.number, field="target")
    if target.kind not in HOLDING:
        raise AccountKindForbids(target.number, target.kind, field="target")
    if target.state is AccountState.CLOSED:
        raise AccountStateForbids(target.number, target.state, field="target")


def _check_same(
    session: Session, known: TrustedAccount, account: Account, target: str, note: str
) -> None:
    """Refuse a key that came before with other content."""
    asked = session.get_one(Account, known.target_id).number
    if (known.account_id, asked, known.note or "") != (account.id, target, note):
        raise KeyUsedOtherwise


def _tell(
    session: Session,
    kind: Kind,
    step: str,
    account: Account,
    target: Account,
    *,
    actor: int,
    now: datetime,
    **facts: tuple[str, str],
) -> None:
    """Log a step and tell the people of the account."""
    logs.done(
        session,
        f"{step} trusted account",
        account.number,
        actor=actor,
        now=now,
        target=target.number,
        **{name: words[0] for name, words in facts.items()},
    )
    notifications.tell(
        session.connection(),
        kind,
        account.number,
        {"account": account.number, "target": target.number, **facts},
        account=account.id,
        now=now,
    )
