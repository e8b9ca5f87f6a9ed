"""Questions about people: who signs in, and what a person may do on an account."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from app.store.databases import AnyRow
from app.store.statements import Statement
from app.store.tables import Representative, User

_POWER = Statement(
    select(User.id, User.role, User.is_active, Representative.right)
    .outerjoin(
        Representative,
        (Representative.user_id == User.id) & (Representative.account_id == bindparam("account")),
    )
    .where(User.id == bindparam("user"))
)

_KNOWN = Statement(select(User.__table__).where(User.id == bindparam("user")))


def known(session: Session, user_id: int) -> AnyRow | None:
    """Return one person as a plain row: every request of someone signed in begins with this."""
    return _KNOWN.row(session.connection(), user=user_id)


def power(connection: Connection, user_id: int, account_id: int | None) -> AnyRow | None:
    """Return a person's role, whether active, and the right on an account (None without one)."""
    return _POWER.row(connection, user=user_id, account=account_id)


def by_login_id(session: Session, login_id: str) -> User | None:
    """Return the person who signs in with this ID."""
    return session.scalars(select(User).where(User.login_id == login_id)).one_or_none()


def by_id(session: Session, user_id: int) -> User | None:
    """Return one person."""
    return session.get(User, user_id)


def everyone(session: Session) -> Sequence[User]:
    """Return everyone in the order of their creation."""
    return session.scalars(select(User).order_by(User.id)).all()


def acting(session: Session, account_ids: Sequence[int]) -> Sequence[AnyRow]:
    """Return who may act on these accounts: account_id, right, and the person's id and names."""
    query = (
        select(
            Representative.account_id,
            Representative.right,
            User.id,
            User.login_id,
            User.name_en,
            User.name_ja,
            User.is_active,
        )
        .join(User, User.id == Representative.user_id)
        .where(Representative.account_id.in_(account_ids))
        .order_by(Representative.account_id, User.id)
    )
    return session.connection().execute(query).all()
