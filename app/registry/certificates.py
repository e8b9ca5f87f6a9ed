"""Issuing certificates, whose every word is kept as printed, and telling whether they still hold.

A certificate is never changed or taken back. What it says was so when it was issued; whoever
checks it is told whether it is so now.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain import certificates as rules
from app.domain import ledger, roles
from app.domain.certificates import Balance, Block, Change, Kind, Moved, Recorded
from app.domain.errors import NotFound
from app.domain.form_errors import NotCertified
from app.domain.forms.answers import TICKED
from app.domain.ledger import Status
from app.domain.people_errors import TooManyAttempts
from app.domain.serials import SERIAL_MAX
from app.domain.text import Text
from app.registry import filling, logs, people, throttles
from app.store import accounts, holdings, transactions
from app.store import certificates as questions
from app.store.databases import AnyRow
from app.store.tables import Account, Application, Certificate

_SECTION: Final = "certificate"
#: Wrong numbers and codes from one address; the code alone is too long to be guessed.
_GUESSES: Final = throttles.Limit(20, timedelta(minutes=10), timedelta(minutes=10))


def issue_for_account(
    session: Session, application: Application, *, actor: int, now: datetime
) -> Certificate:
    """Issue what an application asks for: a certificate of what is recorded of its account."""
    known = questions.of_application(session, application.id)
    if known is not None:
        return known
    assert application.account_id is not None, "it is about an account"
    account = session.get_one(Account, application.account_id)
    asked = application.answers.get(_SECTION, {})
    language = "ja" if asked.get("language") == "ja" else "en"
    states_credits = asked.get("with_credits") == TICKED
    recorded = _recorded(session, account, states_credits=states_credits)
    paper = rules.of_account(recorded, language)
    seen = _seen_of_account(session, account, states_credits=states_credits)
    return _issue(
        session,
        account.number[:2],
        actor=actor,
        now=now,
        kind=Kind.ACCOUNT,
        account_id=account.id,
        application_id=application.id,
        language=language,
        facts={**rules.kept(paper), "seen": seen},
    )


def issue_for_transaction(
    session: Session, number: str, *, language: str, actor: int, now: datetime
) -> Certificate:
    """Issue the certificate of a completed retirement or cancellation; asked again, it is the same.

    Raises:
        NotFound: there is no such transaction, or it is not of an account the actor may see.
        NotCertified: it is something else, or not completed.
    """
    row = _of_source(session, number, actor)
    if row.kind not in rules.CERTIFIED or row.status is not Status.COMPLETED:
        raise NotCertified
    known = questions.of_transaction(session, row.id)
    if known is not None:
        return known
    language = "ja" if language == "ja" else "en"
    paper = rules.of_transaction(_moved(session, row, number), language)
    return _issue(
        session,
        number[:2],
        actor=actor,
        now=now,
        kind=rules.CERTIFIED[row.kind],
        account_id=row.source_id,
        transaction_id=row.id,
        language=language,
        facts={**rules.kept(paper), "seen": _seen_of_transaction(session, row)},
    )


def _issue(
    session: Session, registry: str, *, actor: int, now: datetime, **facts: Any
) -> Certificate:
    identifier = questions.next_id(session)
    letters = (secrets.choice(rules.ALPHABET) for _ in range(rules.GROUPS * rules.LETTERS))
    issued = Certificate(
        id=identifier,
        number=rules.number(registry, identifier),
        code=rules.code("".join(letters)),
        issued_by=actor,
        issued_at=now,
        **facts,
    )
    session.add(issued)
    session.flush()
    logs.done(session, "issue certificate", issued.number, actor=actor, now=now, kind=issued.kind)
    return issued


# Of an account


def _recorded(session: Session, account: Account, *, states_credits: bool) -> Recorded:
    applicant, record = filling.recorded(session, account.holder)
    return Recorded(
        number=account.number,
        kind=account.kind,
        state=account.state,
        opened_at=account.opened_at,
        applicant=applicant,
        record=record,
        balances=_balances(session, account) if states_credits else None,
    )


def _balances(session: Session, account: Account) -> list[Balance]:
    return [
        Balance(
            row.reference,
            Text(row.title_en, row.title_ja or row.title_en),
            row.vintage,
            row.quantity,
        )
        for row in accounts.balances(session, account.id)
    ]


def _seen_of_account(session: Session, account: Account, *, states_credits: bool) -> dict[str, Any]:
    """Return what must still be so while the certificate is true."""
    applicant, record = filling.recorded(session, account.holder)
    seen: dict[str, Any] = {
        "record": [account.holder_id, applicant.value, record],
        "state": account.state.value,
    }
    if states_credits:
        found = accounts.balances(session, account.id)
        seen["balances"] = [[row.reference, row.vintage, int(row.quantity)] for row in found]
    return seen


# Of a transaction


def _of_source(session: Session, number: str, actor: int) -> AnyRow:
    """Return a transaction, for whoever may see it on the side of its source."""
    digits = number[2:]
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(SERIAL_MAX))
    identifier = min(int(digits), SERIAL_MAX) if is_number else 0
    row = transactions.shown(session, identifier) if identifier else None
    if row is None or row.source is None:
        raise NotFound("transaction")
    if ledger.transaction_number(row.source[:2], row.id) != number:
        raise NotFound("transaction")
    power = people.power(session.connection(), actor, row.source_id)
    if not roles.may_see_account(power.role, power.right):
        raise NotFound("transaction")
    return row


def _moved(session: Session, row: AnyRow, number: str) -> Moved:
    runs = holdings.described(session, holdings.moved(session, row))
    titles = questions.titles(session, {run.project for run in runs})
    return Moved(
        number=number,
        kind=row.kind,
        completed_at=row.decided_at,
        holder=Text(row.source_holder_en, row.source_holder_ja or row.source_holder_en),
        quantity=row.quantity,
        purpose=row.purpose or "",
        beneficiary=row.beneficiary or "",
        reference=row.reference or "",
        blocks=[
            Block(
                run.printed(number[:2]),
                titles[run.project],
            )
            for run in runs
        ],
    )


def _seen_of_transaction(session: Session, row: AnyRow) -> dict[str, Any]:
    """Return what must still be so while the certificate is true."""
    ranges = [[one.first, one.last] for one in holdings.moved(session, row)]
    return {"transaction": [row.status.value, int(row.quantity), row.digest.hex(), ranges]}


# Whether it is still true


@dataclass(frozen=True, slots=True)
class Standing:
    """What has changed since a certificate was issued, and when it first did, if that is known."""

    changed: tuple[Change, ...] = ()
    since: datetime | None = None

    @property
    def is_true(self) -> bool:
        """Whether the registry would say the same today."""
        return not self.changed


def still_true(session: Session, certificate: Certificate) -> Standing:
    """Tell whether what a certificate says is so now."""
    if certificate.transaction_id is not None:
        return _transaction_stands(session, certificate, certificate.transaction_id)
    account = session.get_one(Account, certificate.account_id)
    before = certificate.facts["seen"]
    now = _seen_of_account(session, account, states_credits="balances" in before)
    changed = tuple(change for change in Change if before.get(change) != now.get(change))
    first = {
        Change.RECORD: lambda at: questions.record_changed(session, account.holder_id, at),
        Change.STATE: lambda at: questions.state_changed(session, account.number, at),
        Change.BALANCES: lambda at: questions.balances_changed(session, account.id, at),
    }
    moments = [first[change](certificate.issued_at) for change in changed]
    known = [at for at in moments if at is not None]
    return Standing(changed, min(known, default=None))


def _transaction_stands(
    session: Session, certificate: Certificate, transaction_id: int
) -> Standing:
    row = transactions.shown(session, transaction_id)
    assert row is not None, "transactions are never removed"
    stands = _seen_of_transaction(session, row) == certificate.facts["seen"]
    if stands and not questions.was_returned(session, transaction_id):
        return Standing()
    return Standing((Change.TRANSACTION,))


# Checked by whoever holds the paper


def genuine(
    session: Session, number: str, code: str, *, address: str | None, now: datetime
) -> Certificate | None:
    """Return the certificate that bears a number and a code, as they were typed, or None.

    Raises:
        TooManyAttempts: too many were wrong from this address.
    """
    minutes = throttles.wait(session.connection(), _key(address), now)
    if minutes:
        raise TooManyAttempts(minutes)
    wanted, letters = rules.read_number(number), rules.read_code(code)
    found = questions.by_number(session, wanted or "")
    if found is None or letters is None or not secrets.compare_digest(found.code, letters):
        return None
    return found


def was_wrong(connection: Connection, *, address: str | None, now: datetime) -> None:
    """Count a number or a code that was not genuine."""
    throttles.failed(connection, _key(address), _GUESSES, now)


def _key(address: str | None) -> str:
    return f"certificate:{throttles.network(address)}"
