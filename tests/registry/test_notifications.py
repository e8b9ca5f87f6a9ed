"""Notifications: written once with what they tell of, for those alone whom it concerns."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.notifications import Kind, Topic
from app.domain.people import Acting, State
from app.domain.roles import Duty
from app.registry import notifications
from app.registry.vaults import Vault
from app.store import accounts
from app.store.tables import Delivered, Mail, Notification, User
from tests.powers import mails, right
from tests.world import NOW, World

LATER = NOW + timedelta(minutes=1)


def account_id(session: Session, number: str) -> int:
    account = accounts.by_number(session, number)
    assert account is not None
    return account.id


def tell(session: Session, *, user: int | None = None, account: int | None = None) -> int:
    return notifications.tell(
        session.connection(),
        Kind.ACCOUNT_OPENED,
        "JP-121",
        {"account": "JP-121"},
        user=user,
        account=account,
        now=NOW,
    )


def inbox(session: Session, notification: int) -> list[int]:
    query = select(Delivered.user_id).where(Delivered.notification_id == notification)
    return sorted(session.scalars(query))


def entry(session: Session, user: int, notification: int) -> Delivered:
    found = session.get(Delivered, (user, notification), populate_existing=True)
    assert found is not None
    return found


def reachable(session: Session, *users: int) -> None:
    """Give people mail addresses."""
    for user in users:
        session.get_one(User, user).email = f"{user}@mail.example"
    session.flush()


# Telling


def test_a_person_is_told_with_time_kind_subject_and_facts(stage: Session, cast: World) -> None:
    made = tell(stage, user=cast.auditor)
    assert inbox(stage, made) == [cast.auditor]
    kept = stage.get_one(Notification, made)
    assert (kept.at, kept.kind, kept.subject) == (NOW, Kind.ACCOUNT_OPENED, "JP-121")
    assert kept.facts == {"account": "JP-121"}
    lying = entry(stage, cast.auditor, made)
    assert (lying.topic, lying.read_at, lying.deleted_at) == (Topic.ACCOUNTS, None, None)


def test_the_people_of_an_account_are_told_once_each(stage: Session, cast: World) -> None:
    of_aoba = account_id(stage, cast.aoba)
    made = tell(stage, user=cast.aoba_proposer, account=of_aoba)
    assert inbox(stage, made) == sorted([cast.aoba_proposer, cast.aoba_approver])


@pytest.mark.parametrize("how", ["suspended there", "deactivated"])
def test_whoever_may_not_know_is_not_told(stage: Session, cast: World, how: str) -> None:
    if how == "deactivated":
        stage.get_one(User, cast.aoba_approver).state = State.DEACTIVATED
    else:
        present = right(stage, cast.aoba, cast.aoba_approver)
        assert present is not None
        present.state = Acting.SUSPENDED
    stage.flush()
    assert inbox(stage, tell(stage, account=account_id(stage, cast.aoba))) == [cast.aoba_proposer]


def test_somebody_suspended_is_told_all_the_same(stage: Session, cast: World) -> None:
    stage.get_one(User, cast.auditor).state = State.SUSPENDED
    stage.flush()
    assert inbox(stage, tell(stage, user=cast.auditor)) == [cast.auditor]


def test_several_people_share_one_notification_and_each_gets_it_once(
    stage: Session, cast: World
) -> None:
    reachable(stage, cast.auditor, cast.operator)
    stage.get_one(User, cast.approver).state = State.DEACTIVATED
    stage.flush()
    count = select(func.count()).select_from(Notification)
    before = stage.scalar(count) or 0
    users = [cast.auditor, cast.operator, cast.auditor, cast.approver, 10**9]
    notifications.tell_all(stage, Kind.NEW_DEVICE, "s", {}, users=users, now=NOW)
    assert (stage.scalar(count) or 0) == before + 1
    newest = stage.scalar(select(func.max(Notification.id))) or 0
    assert inbox(stage, newest) == sorted([cast.auditor, cast.operator])
    assert sorted(address for address, _, _ in mails(stage)) == sorted(
        f"{user}@mail.example" for user in (cast.auditor, cast.operator)
    )
    notifications.tell_all(stage, Kind.NEW_DEVICE, "s", {}, users=[], now=NOW)
    assert (stage.scalar(count) or 0) == before + 1


# Mails


def test_a_mail_says_the_kind_and_where_the_rest_is_and_nothing_else(
    stage: Session, cast: World
) -> None:
    reachable(stage, cast.auditor)
    stage.get_one(User, cast.auditor).language = "ja"
    stage.flush()
    made = tell(stage, user=cast.auditor)
    mail = stage.scalars(select(Mail)).one()
    assert (mail.address, mail.language) == (f"{cast.auditor}@mail.example", "ja")
    assert (mail.kind, mail.path) == (Kind.ACCOUNT_OPENED, f"/portal/notifications/{made}")
    assert (mail.made_at, mail.next_at, mail.attempts, mail.sent_at) == (NOW, NOW, 0, None)
    assert mail.sealed is None


def test_nobody_without_an_address_and_nobody_of_the_demonstration_gets_mail(
    stage: Session, cast: World
) -> None:
    reachable(stage, cast.operator)
    stage.get_one(User, cast.operator).is_demo = True
    stage.flush()
    for user in (cast.auditor, cast.operator):
        assert inbox(stage, tell(stage, user=user)) == [user]
    assert mails(stage) == []


def test_a_secret_in_a_mail_is_sealed(stage: Session, cast: World) -> None:
    vault = Vault("for tests only")
    notifications.write_to(
        stage,
        "a@b.example",
        "en",
        Kind.EMAIL_LINK,
        "/links/",
        vault=vault,
        secret="the secret",
        now=NOW,
    )
    mail = stage.scalars(select(Mail)).one()
    assert mail.sealed is not None and b"the secret" not in mail.sealed
    assert vault.open(mail.sealed, "mail") == b"the secret"


def test_what_is_undone_was_never_told(stage: Session, cast: World) -> None:
    reachable(stage, cast.auditor)
    with stage.begin_nested() as attempt:
        made = tell(stage, user=cast.auditor)
        attempt.rollback()
    assert inbox(stage, made) == []
    assert mails(stage) == []


def test_the_administrators_of_a_duty_are_those_who_could_act(stage: Session, cast: World) -> None:
    deciding = notifications.administrators(stage, Duty.DECIDE_ON_PEOPLE)
    assert deciding == sorted([cast.approver, cast.system_administrator])
    stage.get_one(User, cast.approver).state = State.SUSPENDED
    stage.get_one(User, cast.system_administrator).password_hash = None
    stage.flush()
    assert notifications.administrators(stage, Duty.DECIDE_ON_PEOPLE) == []


# The inbox


def test_reading_marks_the_first_time_and_only_the_own_entry(stage: Session, cast: World) -> None:
    made = tell(stage, account=account_id(stage, cast.aoba))
    assert notifications.read(stage, cast.aoba_proposer, made, now=NOW)
    assert notifications.read(stage, cast.aoba_proposer, made, now=LATER)
    assert entry(stage, cast.aoba_proposer, made).read_at == NOW
    assert entry(stage, cast.aoba_approver, made).read_at is None
    for user, identifier in ((cast.kaede_proposer, made), (cast.aoba_proposer, 10**9)):
        assert not notifications.read(stage, user, identifier, now=NOW)


def test_deleting_hides_it_for_one_person_and_the_record_stays(stage: Session, cast: World) -> None:
    made = tell(stage, account=account_id(stage, cast.aoba))
    assert notifications.delete(stage, cast.aoba_proposer, made, now=NOW)
    assert entry(stage, cast.aoba_proposer, made).deleted_at == NOW
    assert entry(stage, cast.aoba_approver, made).deleted_at is None
    assert stage.get_one(Notification, made).subject == "JP-121"
    assert notifications.restore(stage, cast.aoba_proposer, made)
    assert entry(stage, cast.aoba_proposer, made).deleted_at is None
    for mark in (notifications.delete, notifications.read):
        assert not mark(stage, cast.kaede_proposer, made, now=NOW)
    assert not notifications.restore(stage, cast.kaede_proposer, made)


def test_everything_is_marked_as_read_but_what_is_deleted_or_anothers(
    stage: Session, cast: World
) -> None:
    of_aoba = account_id(stage, cast.aoba)
    first, second, third = (tell(stage, account=of_aoba) for _ in range(3))
    notifications.read(stage, cast.aoba_proposer, first, now=NOW)
    notifications.delete(stage, cast.aoba_proposer, second, now=NOW)
    notifications.read_all(stage, cast.aoba_proposer, now=LATER)
    marked = [entry(stage, cast.aoba_proposer, one).read_at for one in (first, second, third)]
    assert marked == [NOW, None, LATER]
    assert entry(stage, cast.aoba_approver, third).read_at is None
