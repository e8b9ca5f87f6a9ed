"""Applications in the hands of the administrators: claimed, ticked off, recommended, approved."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.applications import number
from app.registry import checklists, claims, examinations
from app.registry.examinations import Decided
from app.store.tables import Application
from app.store.tables.applications import Standing
from tests import applying
from tests.powers import SETTING
from tests.world import NOW, World


def claim(
    session: Session, application: Application, actor: int, *, comment: str = "", to: int = 0
) -> None:
    """Make an application somebody's task, the actor's own unless `to` says whose."""
    claims.claim(
        session,
        application=application.id,
        subject=number(application.id),
        to=to or actor,
        comment=comment,
        actor=actor,
        now=NOW,
    )


def mark(
    session: Session,
    application: Application,
    item: str,
    standing: Standing | None,
    remark: str = "",
    *,
    actor: int,
    now: datetime = NOW,
) -> None:
    """Tick off an item."""
    examinations.mark(session, application.id, item, standing, remark, actor=actor, now=now)


def mark_all(
    session: Session, application: Application, actor: int, *, now: datetime = NOW
) -> None:
    """Find every item of the checklist in order."""
    for item in checklists.items(application):
        mark(session, application, item, Standing.FINE, actor=actor, now=now)


def recommend(
    session: Session, application: Application, actor: int, *, now: datetime = NOW
) -> Application:
    """Finish the examination."""
    return examinations.recommend(
        session, application.id, "checked", actor=actor, setting=SETTING, now=now
    )


def correct(
    session: Session,
    application: Application,
    items: Mapping[str, str],
    actor: int,
    *,
    now: datetime = NOW,
) -> Application:
    """Ask for a correction."""
    return examinations.ask_correction(
        session, application.id, items, "", actor=actor, setting=SETTING, now=now
    )


def examined(session: Session, cast: World, application: Application) -> Application:
    """Let the operator claim an application, find it in order and recommend it."""
    claim(session, application, cast.operator)
    mark_all(session, application, cast.operator)
    return recommend(session, application, cast.operator)


def approve(
    session: Session, application: Application, actor: int, *, now: datetime = NOW
) -> Decided:
    """Approve an application."""
    return examinations.approve(session, application.id, actor=actor, setting=SETTING, now=now)


def reject(
    session: Session, application: Application, actor: int, reason: str = "Not proven."
) -> Decided:
    """Reject an application."""
    return examinations.reject(
        session, application.id, reason, actor=actor, setting=SETTING, now=NOW
    )


def approved(session: Session, cast: World, form: int, **asked: object) -> Application:
    """Take an application of Aoba's through to its approval."""
    made = examined(session, cast, applying.submitted(session, cast, form, **asked))
    approve(session, made, cast.approver)
    return made
