"""Turning pages: rows newest first, below one that was shown or above it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.store.databases import AnyRow


def newest_first(
    session: Session,
    query: Select[Any],
    key: Any,
    *,
    before: int | None,
    after: int | None,
    size: int,
) -> Sequence[AnyRow]:
    """Return the rows below `before`, or the last ones above `after`, by a column of ids."""
    query = query.limit(size)
    if after is not None:
        return session.execute(query.where(key > after).order_by(key)).all()[::-1]
    if before is not None:
        query = query.where(key < before)
    return session.execute(query.order_by(key.desc())).all()
