"""The steps of signing in as the verbs take them, for tests of what comes of them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.notifications import Kind
from app.registry import sign_in
from app.registry.logs import Origin
from app.registry.sign_in import Checked, Entered
from app.store.tables import Delivered, Notification
from tests.world import NOW, PASSWORD

HERE = Origin("192.0.2.7", "Firefox, Windows")
WHO = "aoba-proposer"


def check(
    session: Session,
    login_id: str = WHO,
    password: str = PASSWORD,
    *,
    device: str = "",
    origin: Origin = HERE,
    now: datetime = NOW,
) -> Checked:
    return sign_in.check(session, login_id, password, device_token=device, origin=origin, now=now)


def fail(
    session: Session,
    times: int = 1,
    login_id: str = WHO,
    *,
    device: str = "",
    origin: Origin = HERE,
    now: datetime = NOW,
) -> None:
    for _ in range(times):
        sign_in.failed(session, login_id, device_token=device, origin=origin, now=now)


def enter(
    session: Session,
    login_id: str = WHO,
    *,
    device: str = "",
    origin: Origin = HERE,
    now: datetime = NOW,
) -> Entered:
    """Sign somebody in, the second factor taken for given."""
    checked = check(session, login_id, device=device, origin=origin, now=now)
    half, _token = sign_in.begin(session, checked, origin=origin, now=now)
    return sign_in.enter(
        session, checked.user_id, half, device_token=device, origin=origin, now=now
    )


def told(session: Session, user_id: int, kind: Kind) -> list[Notification]:
    query = (
        select(Notification)
        .join(Delivered, Delivered.notification_id == Notification.id)
        .where(Delivered.user_id == user_id, Notification.kind == kind)
    )
    return list(session.scalars(query.order_by(Notification.id)))
