"""Verbs on requests about people and powers: ask, approve, reject, withdraw.

A second person decides on every one of them; nobody on an own request or one about themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from app.domain import requests as rules
from app.domain.errors import (
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    ReasonRequired,
    Required,
    TooLong,
)
from app.domain.notifications import Kind as Told
from app.domain.people import Acting, State
from app.domain.people_errors import (
    AboutYourself,
    ClaimedByOther,
    OwnRequest,
    ProposerStopped,
    RequestEnded,
)
from app.domain.requests import (
    AT_ONCE,
    KIND_NAMES,
    WITH_DELIVERY,
    Asked,
    Kind,
    Status,
    number,
)
from app.domain.roles import DUTIES, Duty
from app.domain.text import normalise
from app.registry import askings, effects, links, logs, notifications, people
from app.registry.askings import Facts
from app.registry.effects import Setting
from app.registry.links import Letter
from app.store import people as people_questions
from app.store import requests as questions
from app.store.databases import AnyRow
from app.store.tables import Account, Request, User
from app.store.tables.credentials import Purpose

#: Days in which a request is to be decided.
LIFE: Final = timedelta(days=14)
TEXT_MAX: Final = 1_024
KEY_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Decided:
    """How a request ended, and the letter to print if its approval made one."""

    status: Status
    letter: Letter | None = None


def preview(session: Session, asked: Asked, *, actor: int) -> tuple[Facts, Facts]:
    """Return what would be asked for and what is recorded now, and change nothing.

    Raises:
        as `ask`.
    """
    _checked_comment(asked)
    account, user = askings.entitled(session, asked, actor)
    facts, before = askings.read(session, asked, account, user)
    askings.check_possible(session, asked.kind, facts, account, user)
    return facts, before


def ask(
    session: Session, asked: Asked, *, key: str, actor: int, setting: Setting, now: datetime
) -> int:
    """Make a request and return its id; what stops a person takes effect at once.

    The same key and content give the same request again.

    Raises:
        NotEntitled, NotFound: this person cannot ask for it.
        Required, TooLong, NotAnEmail, EmailRefused, UnknownPerson, NothingChanged, StateForbids,
        AccountStateForbids, AdministratorCannotRepresent, RequestOpen, RepresentativesMissing: at
            their fields.
        KeyUsedOtherwise: the key was used for another request.
    """
    _check_key(key)
    comment = _checked_comment(asked)
    account, user = askings.entitled(session, asked, actor)
    facts, before = askings.read(session, asked, account, user)
    known = questions.by_key(session, actor, key)
    if known is not None:
        if not askings.is_same(known, asked.kind, facts, account, user, comment):
            raise KeyUsedOtherwise
        return known.id
    askings.check_possible(session, asked.kind, facts, account, user)
    request = Request(
        kind=asked.kind,
        status=Status.WAITING,
        user_id=user.id if user else None,
        account_id=account.id if account else None,
        asked=facts,
        before=before,
        comment=comment or None,
        key=key,
        asked_by=actor,
        asked_at=now,
        due_at=now + LIFE,
    )
    session.add(request)
    session.flush()
    if asked.kind in AT_ONCE and user is not None:
        effects.stop(session, request, user, actor=actor, now=now)
    if user is not None and _is_to_confirm(request):
        _send_confirmation(session, request, user, setting, now)
    _log(session, request, "ask for", actor, now)
    _tell(session, request, Told.REQUEST_MADE, now, also=_deciders(session, actor, user))
    return request.id


def _check_key(key: str) -> None:
    if not key:
        raise Required(field="key")
    if len(key) > KEY_MAX:
        raise TooLong(KEY_MAX, field="key")


def _send_confirmation(
    session: Session, request: Request, user: User, setting: Setting, now: datetime
) -> None:
    """Send the link with which a new address is confirmed, to that address."""
    links.send(
        session,
        user,
        Purpose.EMAIL,
        address=request.asked["email"],
        vault=setting.vault,
        facts={"request": request.id},
        origin=setting.origin,
        now=now,
    )


def approve(
    session: Session, request_id: int, *, actor: int, setting: Setting, now: datetime
) -> Decided:
    """Approve a request and carry it out; everything is checked again.

    Raises:
        NotFound, NotEntitled: this person does not decide it.
        RequestEnded, OwnRequest, AboutYourself, ClaimedByOther, ProposerStopped: not now, or not
            this person.
        Refusal: what it asks for is not possible any more; the request stays open.
    """
    request = _to_decide(session, request_id, actor)
    if request.status is Status.APPROVED and request.decided_by == actor:
        return Decided(Status.APPROVED)
    if request.status is not Status.WAITING:
        raise RequestEnded
    if request.asked_by == actor:
        raise OwnRequest
    if request.user_id == actor:
        raise AboutYourself
    _check_claim(session, request, actor)
    _check_asker(session, request)
    letter = effects.carry_out(session, request, actor=actor, setting=setting, now=now)
    _end(session, request, Status.APPROVED, None, actor, now)
    _tell(session, request, Told.REQUEST_APPROVED, now)
    return Decided(Status.APPROVED, letter)


def reject(session: Session, request_id: int, *, reason: str, actor: int, now: datetime) -> Decided:
    """Reject a request for a reason in words; what it stopped goes on.

    Raises:
        NotFound, NotEntitled, RequestEnded, AboutYourself, ClaimedByOther
        ReasonRequired, TooLong: at the field "reason".
    """
    request = _to_decide(session, request_id, actor)
    if request.status is Status.REJECTED and request.decided_by == actor:
        return Decided(Status.REJECTED)
    if request.user_id == actor:
        raise AboutYourself
    _check_claim(session, request, actor)
    return _undone(session, request, Status.REJECTED, reason, actor, now)


def withdraw(
    session: Session, request_id: int, *, reason: str, actor: int, now: datetime
) -> Decided:
    """Take a request back: its asker; what it stopped goes on.

    Raises:
        NotFound, NotEntitled, RequestEnded
        ReasonRequired, TooLong: at the field "reason".
    """
    request = _seen(session, request_id, actor)
    if request.asked_by != actor:
        raise NotEntitled("withdraw request")
    if request.status is Status.WITHDRAWN:
        return Decided(Status.WITHDRAWN)
    return _undone(session, request, Status.WITHDRAWN, reason, actor, now)


def may_see(session: Session, row: AnyRow | Request, actor: int) -> bool:
    """Tell whether a person may know of a request."""
    power = people.power(session.connection(), actor, row.account_id)
    if power.role in DUTIES[Duty.SEE_PEOPLE] or power.right is not None:
        return True
    return actor in {row.asked_by, row.user_id}


# What stands between


def _checked_comment(asked: Asked) -> str:
    comment = normalise(asked.comment)
    if len(comment) > TEXT_MAX:
        raise TooLong(TEXT_MAX, field="comment")
    return comment


def _is_to_confirm(request: Request) -> bool:
    """Tell whether a request names a new address, which a link sent there confirms."""
    return request.kind is Kind.CHANGE_DETAILS and "email" in request.asked


def _to_decide(session: Session, request_id: int, actor: int) -> Request:
    request = _seen(session, request_id, actor)
    if not rules.may_decide(people.power(session.connection(), actor, None).role):
        raise NotEntitled("decide request")
    return request


def _seen(session: Session, request_id: int, actor: int) -> Request:
    request = questions.locked(session, request_id)
    if request is None or not may_see(session, request, actor):
        raise NotFound("request")
    return request


def _check_claim(session: Session, request: Request, actor: int) -> None:
    claim = questions.claimant_of_request(session.connection(), request.id)
    if claim is not None and claim.user_id not in {None, actor}:
        raise ClaimedByOther(claim.name_en, claim.name_ja)


def _check_asker(session: Session, request: Request) -> None:
    """Refuse while the asker is stopped, unless by this very request (EU 2019/1122 Art. 30)."""
    if request.asked_by == request.user_id:
        return
    asker = session.get_one(User, request.asked_by, populate_existing=True)
    rights = people_questions.rights(session, asker.id)
    stopped = {one.account_id for one in rights if one.state is Acting.SUSPENDED}
    if asker.state is not State.ACTIVE or request.account_id in stopped:
        raise ProposerStopped


def _undone(
    session: Session,
    request: Request,
    status: Status,
    reason: str,
    actor: int,
    now: datetime,
) -> Decided:
    if request.status is not Status.WAITING:
        raise RequestEnded
    reason = normalise(reason)
    if not reason:
        raise ReasonRequired(field="reason")
    if len(reason) > TEXT_MAX:
        raise TooLong(TEXT_MAX, field="reason")
    request.reason = reason
    if request.kind in AT_ONCE:
        effects.go_on(session, request, actor=actor, now=now)
    if _is_to_confirm(request) and request.user_id is not None:
        links.void(session, request.user_id, now=now, purposes={Purpose.EMAIL})
    _end(session, request, status, reason, actor, now)
    _tell(session, request, Told.REQUEST_ENDED, now)
    return Decided(status)


def _end(
    session: Session,
    request: Request,
    status: Status,
    reason: str | None,
    actor: int,
    now: datetime,
) -> None:
    request.status, request.reason = status, reason
    request.decided_by, request.decided_at = actor, now
    session.flush()
    _log(session, request, str(status), actor, now)


def _log(session: Session, request: Request, what: str, actor: int, now: datetime) -> None:
    facts = {name: str(value) for name, value in request.asked.items()}
    for name, value in request.before.items():
        facts[name if name == "login_id" else f"former_{name}"] = str(value)
    account = session.get(Account, request.account_id) if request.account_id else None
    if account is not None:
        facts["account"] = account.number
    if request.reason:
        facts["reason"] = request.reason
    logs.done(session, f"{what} {request.kind}", number(request.id), actor=actor, now=now, **facts)


def _tell(
    session: Session, request: Request, told: Told, now: datetime, also: Sequence[int] = ()
) -> None:
    """Tell the asker, the person it is about, and the people of the account.

    Of what lets a person sign in again, everyone on that person's accounts is told as well.
    """
    names = KIND_NAMES[request.kind]
    ended = rules.STATUS_NAMES[request.status]
    facts: dict[str, Any] = {
        "number": number(request.id),
        "request": (names.en, names.ja),
        "ended": (ended.en, ended.ja),
    }
    users = [request.asked_by, *also]
    if request.user_id is not None:
        users.append(request.user_id)
        if request.kind in WITH_DELIVERY:
            users += effects.concerned(session, request.user_id)
    if request.account_id is not None:
        users += effects.acting(session, request.account_id)
    notifications.tell_all(session, told, number(request.id), facts, users=users, now=now)


def _deciders(session: Session, actor: int, user: User | None) -> list[int]:
    """Return who may decide a request: administrators, without those whom it may not be."""
    deciding = notifications.administrators(session, Duty.DECIDE_ON_PEOPLE)
    return [one for one in deciding if one != actor and (user is None or one != user.id)]
