"""The table of answers for reconciliations, and the run that stands for one in addresses."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain.reconciliation import Stage
from app.registry import resolutions
from app.store.tables import Reconciliation
from tests.world import World

_RUN: Final = "/portal/reconciliations/{run}"

#: Answers in the order of `matrix.PEOPLE`, and the routes that give them.
RECONCILING: Final[list[tuple[tuple[int, ...], list[tuple[str, str]]]]] = [
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 403),
        [
            ("GET reconciliations.search", "/portal/reconciliations"),
            ("GET reconciliations.show", _RUN),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 403, 403, 403),
        [("GET reconciliations.propose", f"{_RUN}/resolution")],
    ),
    (
        (403, 403, 403, 403, 403, 422, 422, 403, 403, 403),
        [
            ("POST reconciliations.begin", "/portal/reconciliations"),
            ("POST reconciliations.propose", f"{_RUN}/resolution"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 403, 200, 403, 403, 403),
        [("GET reconciliations.confirm", f"{_RUN}/confirmation")],
    ),
    (
        # Nothing was seen of what is proposed.
        (403, 403, 403, 403, 403, 403, 409, 403, 403, 403),
        [("POST reconciliations.confirm", f"{_RUN}/confirmation")],
    ),
]


def objects(session: Session, cast: World, now: datetime) -> dict[str, str]:
    """Return what the names in the addresses stand for: a run whose resolution is proposed."""
    run = Reconciliation(
        number="JP-20261102-1",
        stage=Stage.BLOCKS_INCONSISTENT,
        is_ours=True,
        snapshot_at=now,
        started_at=now,
        ours={"checked": {"transactions": 1, "blocks": 1, "credits": 1}},
    )
    session.add(run)
    session.flush()
    resolutions.propose(session, run.number, reason="Explained.", actor=cast.operator, now=now)
    return {"run": run.number}
