"""Verbs that compare books: with another registry by messages, and with the ledger's own chain.

What differs is barred, whatever hour of the night it is found; two administrators resolve it, see
`app.registry.resolutions`. The steps that messages bring are in `app.registry.reconciling`.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from app.domain import accounts as rules
from app.domain import chain, findings, reconciliation
from app.domain.exchange import Message
from app.domain.exchange_errors import RegistrySuspended
from app.domain.findings import Finding
from app.domain.reconciliation import Book, Stage
from app.domain.reconciliation_errors import ReconciliationUnderWay
from app.domain.roles import Duty
from app.registry import accounts, bars, letters, logs, people
from app.registry.letters import Desk
from app.store import accounts as account_questions
from app.store import concerns, peers, reconciliations, verification
from app.store.concerns import Concern
from app.store.databases import Database
from app.store.tables import Difference, Reconciliation
from app.store.verification import Checked

#: Findings of one run that are kept; what follows from one altered row can be many.
FINDINGS_MAX: Final = 1_000
_BEGIN: Final = "begin reconciliation"


# With another registry


def begin(
    session: Session, peer_id: int, desk: Desk, *, actor: int | None = None, now: datetime
) -> Reconciliation:
    """Begin to compare books with another registry: tell it the sums of what we hold of it.

    Raises:
        NotEntitled
        RegistrySuspended, ReconciliationUnderWay: at the field "registry".
    """
    if actor is not None:
        people.require(session, actor, Duty.RECONCILE)
    connection = session.connection()
    account_questions.lock_ids(connection, [peers.by_id(connection, peer_id).account_id])
    peer = peers.by_id(connection, peer_id)
    if peer.is_suspended:
        raise RegistrySuspended(peer.code, field="registry")
    _check_free(session, peer_id)
    sums = reconciliation.summed(reconciliations.books(connection, peer, desk.code))
    told = reconciliation.told(sums)
    run = _begun(session, desk.code, peer_id, ours=told, now=now)
    content = {"run": run.number, "snapshot_at": chain.moment(now), "heard": peer.heard, **told}
    letters.tell(connection, peer_id, Message.TOTALS, content, now=now)
    logs.done(session, _BEGIN, run.number, actor=actor, now=now, registry=peer.code)
    return run


def _check_free(session: Session, peer_id: int | None) -> None:
    known = reconciliations.under_way(session.connection(), peer_id)
    if known is not None:
        raise ReconciliationUnderWay(known, field="registry")


def _begun(
    session: Session, code: str, peer_id: int | None, *, ours: object = None, now: datetime
) -> Reconciliation:
    prefix = reconciliation.run_number(code, now, 0)[:-1]
    place = reconciliations.count_since(session.connection(), prefix) + 1
    run = Reconciliation(
        number=f"{prefix}{place}",
        peer_id=peer_id,
        stage=Stage.INITIATED,
        is_ours=True,
        snapshot_at=now,
        started_at=now,
        ours=ours,
    )
    session.add(run)
    session.flush()
    return run


# With the chain of the ledger itself


def ask(session: Session, code: str, *, actor: int | None = None, now: datetime) -> Reconciliation:
    """Ask that the ledger is compared with its chain; whoever runs `own_books` next does it.

    Raises:
        NotEntitled
        ReconciliationUnderWay: it was asked already; at the field "registry".
    """
    if actor is not None:
        people.require(session, actor, Duty.RECONCILE)
    _check_free(session, None)
    run = _begun(session, code, None, now=now)
    logs.done(session, _BEGIN, run.number, actor=actor, now=now, registry=code)
    return run


def own_books(database: Database, code: str, *, now: datetime) -> str:
    """Compare the ledger with its chain, all as of one moment; return the number of the run."""
    number = database.write(lambda session: _waiting(session) or ask(session, code, now=now).number)
    return _compared(database, number, now)


def asked(database: Database, *, now: datetime) -> str | None:
    """Do what `ask` asked for; return the number of the run, None if nobody asked."""
    with database.reading() as session:
        number = _waiting(session)
    return None if number is None else _compared(database, number, now)


def _waiting(session: Session) -> str | None:
    return reconciliations.under_way(session.connection(), None)


def _compared(database: Database, number: str, now: datetime) -> str:
    with database.reading() as session:
        found = list(islice(verification.findings(session), FINDINGS_MAX))
        checked = verification.checked(session)
    database.write(partial(_ended, number=number, found=found, checked=checked, now=now))
    return number


def _ended(
    session: Session,
    *,
    number: str,
    found: Sequence[Finding],
    checked: Checked,
    now: datetime,
) -> None:
    run = reconciliations.by_number(session, number)
    assert run is not None, "it was begun"
    if run.stage is not Stage.INITIATED:
        return
    run.ours = {"checked": asdict(checked)}
    run.stage = Stage.BLOCKS_INCONSISTENT if found else Stage.CONFIRMED
    run.ended_at = None if found else now
    session.flush()
    known = concerns.of(session.connection(), found)
    barred = _bar_accounts(session, known, number, now)
    for concern in known:
        _keep(session, run, concern, barred, now)
    facts = {"differences": str(len(found))}
    logs.done(session, "end reconciliation", number, actor=None, now=now, **facts)


def _bar_accounts(
    session: Session, known: Sequence[Concern], number: str, now: datetime
) -> dict[int, rules.State]:
    """Bar the accounts concerned; return the state that each had before any run barred it.

    Accounts from which nothing leaves, and those of other registries, are not barred: what is
    wrong of them is barred by its numbers.
    """
    connection = session.connection()
    locked = account_questions.lock_ids(connection, [one for c in known for one in c.accounts])
    before = {}
    for row in locked.values():
        if row.kind in rules.HOLDING:
            earlier = reconciliations.barred_from(connection, row.id)
            state = accounts.bar_for(session, row.number, number, now=now)
            before[row.id] = earlier or state
    return before


def _keep(
    session: Session,
    run: Reconciliation,
    concern: Concern,
    barred: dict[int, rules.State],
    now: datetime,
) -> None:
    """Write a finding, by account if it concerns any, and bar its numbers."""
    range_ = concern.range
    bar = None if range_ is None else bars.lay_for(session, range_, run.number, now=now)
    holders: list[int | None] = [*concern.accounts]
    for account in holders or [None]:
        session.add(
            Difference(
                reconciliation_id=run.id,
                first=range_.first if range_ else None,
                last=range_.last if range_ else None,
                account_id=account,
                book=Book.OURS,
                problem=findings.stored(concern.finding),
                bar_id=bar,
                barred_from=None if account is None else barred.get(account),
            )
        )
        session.flush()
