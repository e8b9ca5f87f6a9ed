"""Questions about the files of app/data: since when what stands on public lists is as it is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.store.tables import ChainHead, DataFile, Decision


def changed_at(session: Session, names: Sequence[str]) -> datetime | None:
    """Return when the newest content of some files was first read; None if none ever was."""
    return session.connection().execute(_newest(names)).scalar_one()


def moved_at(session: Session, names: Sequence[str]) -> datetime | None:
    """Return the same for lists that also say what was decided, issued, retired and cancelled."""
    times = (
        _newest(names),
        select(func.max(ChainHead.completed_at)),
        select(func.max(Decision.recorded_at)),
    )
    query = select(*(time.scalar_subquery() for time in times))
    found = session.connection().execute(query).one()
    return max((time for time in found if time is not None), default=None)


def _newest(names: Sequence[str]) -> Select[datetime]:
    return select(func.max(DataFile.changed_at)).where(DataFile.name.in_(names))
