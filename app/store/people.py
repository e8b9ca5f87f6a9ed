"""Questions about people: who signs in, and what a person may do on an account."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.domain.people import Acting, State
from app.domain.roles import Right, Role
from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import Account, Representative, RetiredLoginId, User

_POWER = Statement(
    select(User.id, User.role, User.state, Representative.right)
    .outerjoin(
        Representative,
        (Representative.user_id == User.id)
        & (Representative.account_id == bindparam("account"))
        & (Representative.state == Acting.ACTIVE),
    )
    .where(User.id == bindparam("user"))
)

_ACTING = (
    select(
        Representative.account_id,
        Account.number,
        Representative.right,
        Representative.state.label("acting"),
        User.id,
        User.login_id,
        User.name_en,
        User.name_ja,
        User.email,
        User.state,
    )
    .join(User, User.id == Representative.user_id)
    .join(Account, Account.id == Representative.account_id)
    .order_by(Representative.account_id, User.id)
)


def power(connection: Connection, user_id: int, account_id: int | None) -> AnyRow | None:
    """Return a person's role and state, and the right on an account that may be used, or None."""
    return _POWER.row(connection, user=user_id, account=account_id)


def by_email(session: Session, email: str) -> Sequence[User]:
    """Return the people with a mail address, which case does not distinguish."""
    query = select(User).where(func.lower(User.email) == email.lower()).order_by(User.id)
    return session.scalars(query).all()


def was_login_id(session: Session, login_id: str) -> bool:
    """Tell whether somebody signs in, or once signed in, with this ID."""
    retired = session.get(RetiredLoginId, login_id)
    return retired is not None or by_login_id(session, login_id) is not None


def lock(session: Session, user_id: int) -> User:
    """Return a person as recorded now; whoever else would change that person waits."""
    query = select(User).where(User.id == user_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def lock_accounts(session: Session, user_id: int | None, account_id: int | None) -> None:
    """Lock an account and all on which a person has a right, in id order."""
    theirs = select(Representative.account_id).where(Representative.user_id == user_id)
    query = (
        select(Account.id)
        .where(or_(Account.id == account_id, Account.id.in_(theirs)))
        .order_by(Account.id)
        .with_for_update(key_share=True)
    )
    session.execute(query).all()


def rights(session: Session, user_id: int) -> Sequence[Representative]:
    """Return a person's rights on all accounts, those not to be used at present too."""
    query = select(Representative).where(Representative.user_id == user_id)
    return session.scalars(query.order_by(Representative.account_id)).all()


def is_representative(session: Session, user_id: int) -> bool:
    """Tell whether a person has a right on any account, used or suspended."""
    query = select(Representative.account_id).where(Representative.user_id == user_id).limit(1)
    return session.execute(query).first() is not None


def acts(session: Session, user_id: int) -> bool:
    """Tell whether a person may propose or approve on any account."""
    query = select(Representative.account_id).where(
        Representative.user_id == user_id, Representative.right != Right.READ
    )
    return session.execute(query.limit(1)).first() is not None


def colleagues(session: Session, user_id: int) -> Sequence[AnyRow]:
    """Return who may act where a person may, that person too: as `acting`."""
    mine = select(Representative.account_id).where(
        Representative.user_id == user_id, Representative.state == Acting.ACTIVE
    )
    active = Representative.state == Acting.ACTIVE
    return session.execute(_ACTING.where(Representative.account_id.in_(mine), active)).all()


def by_login_id(session: Session, login_id: str) -> User | None:
    """Return the person who signs in with this ID."""
    return session.scalars(select(User).where(User.login_id == login_id)).one_or_none()


def by_id(session: Session, user_id: int) -> User | None:
    """Return one person."""
    return session.get(User, user_id)


def everyone(session: Session) -> Sequence[User]:
    """Return everyone in the order of their creation."""
    return session.scalars(select(User).order_by(User.id)).all()


def with_roles(session: Session, roles: Iterable[Role]) -> list[int]:
    """Return the administrators with one of these roles who may sign in."""
    query = select(User.id).where(User.role.in_(list(roles)), User.state == State.ACTIVE)
    return list(session.scalars(query.order_by(User.id)))


def acting(session: Session, account_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Return who may act on these accounts: account_id, number, right, state, and the person."""
    return session.execute(_ACTING.where(Representative.account_id.in_(account_ids))).all()
