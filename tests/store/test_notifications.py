"""Questions about inboxes: pages of them, filters, what is unread, and which mail is due."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.notifications import Kind, Topic
from app.registry import notifications as verbs
from app.store import notifications
from app.store.databases import Database
from app.store.notifications import Filter
from tests.world import NOW, World

LATER = NOW + timedelta(hours=1)


def told(stage: Session, user: int, kind: Kind = Kind.PASSWORD_CHANGED) -> int:
    return verbs.tell(stage.connection(), kind, "subject", {"number": "1"}, user=user, now=NOW)


@pytest.fixture
def five(stage: Session, cast: World) -> list[int]:
    """Five entries of the outsider's, the oldest first; and one of somebody else's."""
    kinds = (Kind.NEW_DEVICE, Kind.REQUEST_MADE, Kind.TRANSFER_COMPLETED, Kind.ACCOUNT_OPENED)
    told(stage, cast.auditor)
    before = notifications.find(stage, cast.outsider, Filter(), size=1)
    made = [told(stage, cast.outsider, kind) for kind in (*kinds, Kind.NEW_DEVICE)]
    assert all(one > (before[0].id if before else 0) for one in made)
    return made


def ids(stage: Session, cast: World, wanted: Filter, **position: int) -> list[int]:
    found = notifications.find(stage, cast.outsider, wanted, **position)
    return [row.id for row in found]


def test_the_newest_come_first_and_a_page_goes_on_where_the_last_one_ended(
    stage: Session, cast: World, five: list[int]
) -> None:
    first, second, third, fourth, fifth = five
    assert ids(stage, cast, Filter(), size=2) == [fifth, fourth]
    assert ids(stage, cast, Filter(), before=fourth, size=2) == [third, second]
    assert ids(stage, cast, Filter(), after=first, size=2) == [third, second]
    assert ids(stage, cast, Filter(), after=third, size=5) == [fifth, fourth]


def test_nobody_finds_what_somebody_else_was_told(
    stage: Session, cast: World, five: list[int]
) -> None:
    assert notifications.one(stage, cast.auditor, five[0]) is None
    assert not set(five) & {
        row.id for row in notifications.find(stage, cast.auditor, Filter(with_deleted=True))
    }


def test_a_filter_chooses_by_topic_and_by_what_is_unread(
    stage: Session, cast: World, five: list[int]
) -> None:
    verbs.read(stage, cast.outsider, five[4], now=NOW)
    security = Filter(topic=Topic.SECURITY)
    assert ids(stage, cast, security, size=2) == [five[4], five[0]]
    unread = Filter(topic=Topic.SECURITY, only_unread=True)
    assert ids(stage, cast, unread, size=1) == [five[0]]
    assert five[4] not in ids(stage, cast, Filter(only_unread=True))


def test_what_was_deleted_is_found_by_who_asks_for_it(
    stage: Session, cast: World, five: list[int]
) -> None:
    verbs.delete(stage, cast.outsider, five[1], now=NOW)
    verbs.delete(stage, cast.outsider, five[2], now=LATER)
    assert not {five[1], five[2]} & set(ids(stage, cast, Filter()))
    assert ids(stage, cast, Filter(deleted_since=NOW)) == [five[2], five[1]]
    assert ids(stage, cast, Filter(deleted_since=LATER)) == [five[2]]
    assert set(five) <= set(ids(stage, cast, Filter(with_deleted=True)))
    found = notifications.one(stage, cast.outsider, five[2])
    assert found is not None and found.deleted_at == LATER


def test_a_count_stops_one_beyond_its_cap(stage: Session, cast: World, five: list[int]) -> None:
    count = notifications.count(stage, cast.outsider, Filter(), cap=100)
    assert count >= 5
    assert notifications.count(stage, cast.outsider, Filter(), cap=3) == 4
    verbs.delete(stage, cast.outsider, five[0], now=NOW)
    assert notifications.count(stage, cast.outsider, Filter(), cap=100) == count - 1


def test_what_is_unread_is_counted_up_to_a_cap_and_the_newest_is_named(
    stage: Session, cast: World, five: list[int]
) -> None:
    connection = stage.connection()
    before = notifications.unread(connection, cast.outsider, cap=100)
    assert before.unread >= 5 and before.newest == five[4]
    assert notifications.unread(connection, cast.outsider, cap=2).unread == 2
    verbs.read(stage, cast.outsider, five[4], now=NOW)
    verbs.delete(stage, cast.outsider, five[3], now=NOW)
    after = notifications.unread(connection, cast.outsider, cap=100)
    assert (after.unread, after.newest) == (before.unread - 2, five[2])
    verbs.read_all(stage, cast.outsider, now=NOW)
    assert tuple(notifications.unread(connection, cast.outsider, cap=9)) == (0, None)


def write(session: Session, address: str, minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    verbs.write_to(session, address, "en", Kind.NEW_DEVICE, "/", now=at)


def test_the_mail_that_waited_longest_is_due_first(session: Session) -> None:
    for address, minutes in (("b@example.com", 2), ("a@example.com", 1), ("c@example.com", 9)):
        write(session, address, minutes)
    assert notifications.due(session, NOW) is None
    at = NOW + timedelta(minutes=5)
    for address in ("a@example.com", "b@example.com"):
        mail = notifications.due(session, at)
        assert mail is not None and mail.address == address
        mail.sent_at = at
        session.flush()
    assert notifications.due(session, at) is None
    assert notifications.unsent(session, NOW + timedelta(days=1)) == 1
    assert notifications.unsent(session, at) == 0


def test_a_mail_that_another_worker_holds_is_passed_over(engine: str, database: Database) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has no rows to lock; there one worker sends at a time")
    database.write(lambda session: write(session, "a@example.com", 0))
    database.write(lambda session: write(session, "b@example.com", 1))
    with database.writing() as first, database.writing() as second:
        one, other = notifications.due(first, LATER), notifications.due(second, LATER)
        assert one is not None and other is not None
        assert (one.address, other.address) == ("a@example.com", "b@example.com")


def test_an_inbox_of_ten_thousand_is_found_by_index(stage: Session, cast: World) -> None:
    """The page is cut out of one index; nothing is sorted, and no more rows are read than shown."""
    if stage.get_bind().dialect.name != "sqlite":
        pytest.skip("what a plan says is SQLite's own")
    for wanted, index in (
        (Filter(), "ix_inbox_there"),
        (Filter(topic=Topic.CREDITS), "ix_inbox_topic"),
        (Filter(only_unread=True), "ix_inbox_unread"),
    ):
        query = (
            notifications._there(cast.outsider, wanted)
            .order_by(notifications.Delivered.notification_id.desc())
            .limit(51)
            .compile(stage.get_bind(), compile_kwargs={"literal_binds": True})
        )
        plan = stage.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
        said = " ".join(row[-1] for row in plan)
        assert index in said and "SORT" not in said and "B-TREE" not in said, said
