"""Questions about requests and about whose task is what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.domain.requests import Kind, Status
from app.domain.trust import Status as Trusted
from app.store import turning
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import (
    Account,
    Claim,
    Representative,
    Request,
    Transaction,
    TrustedAccount,
    User,
)

_Asker = aliased(User, name="asker")
_Decider = aliased(User, name="decider")

_CLAIM_OF_TRANSACTION = Statement(
    select(Claim.user_id, User.name_en, User.name_ja)
    .outerjoin(User, User.id == Claim.user_id)
    .where(Claim.transaction_id == bindparam("transaction"))
    .order_by(Claim.id.desc())
    .limit(1)
)
_CLAIM_OF_REQUEST = Statement(
    select(Claim.user_id, User.name_en, User.name_ja)
    .outerjoin(User, User.id == Claim.user_id)
    .where(Claim.request_id == bindparam("request"))
    .order_by(Claim.id.desc())
    .limit(1)
)
_STANDING = Statement(
    select(
        User.state,
        select(Representative.state)
        .join(Transaction, Transaction.source_id == Representative.account_id)
        .where(
            Transaction.id == bindparam("transaction"),
            Representative.user_id == bindparam("proposer"),
        )
        .scalar_subquery()
        .label("acting"),
        select(Claim.user_id)
        .where(Claim.transaction_id == bindparam("transaction"))
        .order_by(Claim.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("claimant"),
    ).where(User.id == bindparam("proposer"))
)

_SHOWN: Select[tuple[object, ...]] = (
    select(
        *Request.__table__.c,
        Account.number.label("account"),
        User.login_id,
        User.name_en,
        User.name_ja,
        User.state,
        User.role,
        _Asker.name_en.label("asker_en"),
        _Asker.name_ja.label("asker_ja"),
        _Decider.name_en.label("decider_en"),
        _Decider.name_ja.label("decider_ja"),
    )
    .outerjoin(Account, Account.id == Request.account_id)
    .outerjoin(User, User.id == Request.user_id)
    .join(_Asker, _Asker.id == Request.asked_by)
    .outerjoin(_Decider, _Decider.id == Request.decided_by)
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of requests is about; what is not given does not matter.

    Args:
        asked_by: only those that this person asked for.
        concerning: only those asked by this person, about it, or on one of `accounts`.
    """

    status: Status | None = None
    kind: Kind | None = None
    user_id: int | None = None
    account_id: int | None = None
    asked_by: int | None = None
    concerning: int | None = None
    accounts: Sequence[int] = ()
    since: datetime | None = None
    until: datetime | None = None


def find(
    session: Session,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return requests newest first with everyone's names: below `before`, or last above `after`."""
    query = _SHOWN.where(*_conditions(wanted))
    return turning.newest_first(session, query, Request.id, before=before, after=after, size=size)


def count(session: Session, wanted: Filter, *, cap: int = 10_000) -> int:
    """Return how many there are, at most `cap` + 1."""
    capped = select(Request.id).where(*_conditions(wanted)).limit(cap + 1).subquery()
    return session.execute(select(func.count()).select_from(capped)).scalar_one()


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = (
        (wanted.status, Request.status == wanted.status),
        (wanted.kind, Request.kind == wanted.kind),
        (wanted.user_id, Request.user_id == wanted.user_id),
        (wanted.account_id, Request.account_id == wanted.account_id),
        (wanted.asked_by, Request.asked_by == wanted.asked_by),
    )
    found = [condition for asked, condition in conditions if asked is not None]
    if wanted.since is not None:
        found.append(Request.asked_at >= wanted.since)
    if wanted.until is not None:
        found.append(Request.asked_at < wanted.until)
    if wanted.concerning is not None:
        either = or_(
            Request.asked_by == wanted.concerning,
            Request.user_id == wanted.concerning,
            Request.account_id.in_(wanted.accounts),
        )
        found.append(either)
    return found


def by_id(session: Session, request_id: int) -> AnyRow | None:
    """Return one request with the names of everyone in it."""
    return session.execute(_SHOWN.where(Request.id == request_id)).one_or_none()


def by_key(session: Session, asked_by: int, key: str) -> Request | None:
    """Return the request that somebody made with a key."""
    query = select(Request).where(Request.asked_by == asked_by, Request.key == key)
    return session.scalars(query).one_or_none()


def locked(session: Session, request_id: int) -> Request | None:
    """Return a request as it stands, for the one who is about to end it."""
    query = select(Request).where(Request.id == request_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def waiting_about(
    session: Session, user_id: int, kinds: Sequence[Kind], account_id: int | None = None
) -> Sequence[Request]:
    """Return the requests of these kinds about a person that wait for a decision."""
    query = select(Request).where(
        Request.status == Status.WAITING, Request.user_id == user_id, Request.kind.in_(kinds)
    )
    if account_id is not None:
        query = query.where(Request.account_id == account_id)
    return session.scalars(query.order_by(Request.id)).all()


def waiting_on(session: Session, account_id: int) -> int:
    """Return how many requests wait about an account: on its people, or its trusted accounts."""
    about_people = select(Request.id).where(
        Request.status == Status.WAITING, Request.account_id == account_id
    )
    about_trust = select(TrustedAccount.id).where(
        TrustedAccount.status == Trusted.WAITING, TrustedAccount.account_id == account_id
    )
    both = union_all(about_people, about_trust).subquery()
    return session.execute(select(func.count()).select_from(both)).scalar_one()


def standing(connection: Connection, transaction_id: int, proposed_by: int) -> AnyRow:
    """Return the state of a proposal's proposer, on its source too, and whose task it is.

    These are `state`, `acting` (None without a right on the source) and `claimant`.
    """
    found = _STANDING.row(connection, transaction=transaction_id, proposer=proposed_by)
    assert found is not None, "a proposal has its proposer"
    return found


def claimant_of_transaction(connection: Connection, transaction_id: int) -> AnyRow | None:
    """Return who has claimed the decision on a transaction: user_id, names; None if never."""
    return _CLAIM_OF_TRANSACTION.row(connection, transaction=transaction_id)


def claimant_of_request(connection: Connection, request_id: int) -> AnyRow | None:
    """Return who has claimed a request: user_id, names; None if nobody ever did."""
    return _CLAIM_OF_REQUEST.row(connection, request=request_id)
