"""What Form 2 does: other items are recorded of a holder, and what was recorded before is kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.applications import number
from app.domain.errors import AccountStateForbids
from app.domain.form_errors import RecordChanged
from app.domain.forms import answers as answers_
from app.domain.forms.record import RECORD, published
from app.domain.forms.spec import Applicant
from app.registry import filling, logs
from app.store import accounts
from app.store import applications as questions
from app.store.tables import Account, Application, Holder, HolderRecord

_Answers = dict[str, dict[str, str]]


def check(session: Session, application: Application) -> None:
    """Refuse a change of what is recorded otherwise by now than when the form was begun.

    Raises:
        AccountStateForbids: at the field "account"; it is closed.
        RecordChanged: at the item that somebody changed meanwhile.
    """
    account = _account(session, application)
    if account.state is State.CLOSED:
        raise AccountStateForbids(account.number, account.state, field="account")
    form = filling.form_of(application)
    _applicant, recorded = filling.recorded(session, account.holder)
    now = answers_.fitted(form, application.applicant, recorded)
    seen = answers_.fitted(form, application.applicant, application.before)
    for section in form.sections_for(application.applicant):
        if _given(now, section.key) != _given(seen, section.key):
            raise RecordChanged(field=f"section:{section.key}")


def carry_out(session: Session, application: Application, *, actor: int, now: datetime) -> None:
    """Record what an application asks for; the former records stay.

    Raises:
        as `check`.
    """
    check(session, application)
    holder = _account(session, application).holder
    applicant, recorded = filling.recorded(session, holder)
    _keep_first(session, holder, applicant, recorded, actor=actor)
    answers = _merged(recorded, application.answers)
    former = published(application.applicant, recorded)
    session.add(
        HolderRecord(
            holder_id=holder.id,
            application_id=application.id,
            applicant=application.applicant,
            answers=answers,
            recorded_by=actor,
            recorded_at=now,
        )
    )
    facts = _publish(holder, former, published(application.applicant, answers))
    session.flush()
    logs.done(
        session,
        "record account information",
        holder.reference,
        actor=actor,
        now=now,
        application=number(application.id),
        **facts,
    )


def _keep_first(
    session: Session, holder: Holder, applicant: Applicant, recorded: _Answers, *, actor: int
) -> None:
    """Record what stood of a holder since its first account, as nothing was recorded of it yet.

    Its name and head office of days before its first change are known from this record.
    """
    if questions.record(session, holder.id) is not None:
        return
    opened = [one.opened_at for one in accounts.of_holder(session, holder.reference)]
    session.add(
        HolderRecord(
            holder_id=holder.id,
            applicant=applicant,
            answers=recorded,
            recorded_by=actor,
            recorded_at=min(at for at in opened if at is not None),
        )
    )
    session.flush()


def _account(session: Session, application: Application) -> Account:
    """Return the account, locked until the end."""
    assert application.account_id is not None, "a change is of an account"
    account = session.get_one(Account, application.account_id)
    accounts.lock(session.connection(), account.number)
    session.refresh(account)
    return account


def _given(answers: _Answers, key: str) -> dict[str, str]:
    return {name: given for name, given in answers.get(key, {}).items() if given}


def _merged(recorded: _Answers, asked: _Answers) -> _Answers:
    """Return the whole record: what the form may not change stays as it was."""
    merged = {
        section.key: {**recorded.get(section.key, {}), **asked.get(section.key, {})}
        for section in RECORD
    }
    return {key: given for key, given in merged.items() if any(given.values())}


def _publish(
    holder: Holder, former: dict[str, str | None], wanted: dict[str, str | None]
) -> dict[str, str]:
    """Write what changed of the holder's own columns; return it as the log keeps it."""
    facts: dict[str, str] = {}
    for name, value in wanted.items():
        if value != former[name]:
            facts |= {name: value or "", f"former_{name}": getattr(holder, name) or ""}
            setattr(holder, name, value)
    return facts
