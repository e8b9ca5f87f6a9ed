"""Sessions: rows that begin, are renewed and end, and whose token the browser alone knows."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.access import GRAIN, HALFWAY, IDLE, LONGEST
from app.registry import accounts, people, sessions, vaults
from app.registry.logs import Origin
from app.store import accounts as account_questions
from app.store import sessions as questions
from app.store.tables import SignedIn
from app.store.tables.sessions import Stage
from tests import world
from tests.devices import outcomes, user
from tests.world import NOW, World

HERE = Origin("192.0.2.7", "Firefox, Windows")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def begun(session: Session, user_id: int, stage: Stage = Stage.FULL) -> SignedIn:
    identifier, _token = sessions.begin(session, user_id, stage, origin=HERE, now=NOW)
    return session.get_one(SignedIn, identifier)


def test_the_token_has_256_bits_and_only_its_hash_is_kept(stage: Session, cast: World) -> None:
    identifier, token = sessions.begin(stage, cast.operator, Stage.FULL, origin=HERE, now=NOW)
    kept = stage.get_one(SignedIn, identifier)
    assert kept.token_hash == vaults.hashed(token)
    assert token.encode() not in kept.token_hash
    assert len(token) * 6 >= 256
    assert (kept.address, kept.device, kept.begun_at) == (HERE.address, HERE.device, NOW)


@pytest.mark.parametrize(("stage_", "life"), [(Stage.FULL, LONGEST), (Stage.PASSWORD, HALFWAY)])
def test_it_ends_at_a_time_whatever_is_done(
    stage: Session, cast: World, stage_: Stage, life: timedelta
) -> None:
    assert begun(stage, cast.operator, stage_).expires_at == NOW + life


def test_a_click_is_written_down_and_none_goes_back(stage: Session, cast: World) -> None:
    opened = begun(stage, cast.operator)
    for minutes, seen in ((5, 5), (3, 5)):
        sessions.seen(stage, opened.id, now=NOW + minutes * MINUTE)
        stage.refresh(opened)
        assert opened.seen_at == NOW + seen * MINUTE
    sessions.end(stage, opened.id, because="signed out", now=NOW + 6 * MINUTE)
    sessions.seen(stage, opened.id, now=NOW + 7 * MINUTE)
    stage.refresh(opened)
    assert opened.seen_at == NOW + 5 * MINUTE


def test_a_change_of_power_brings_another_token_once(stage: Session, cast: World) -> None:
    identifier, token = sessions.begin(stage, cast.operator, Stage.FULL, origin=HERE, now=NOW)
    assert sessions.renew(stage, identifier) is None
    sessions.power_changed(stage, [cast.operator, cast.approver])
    other = sessions.renew(stage, identifier)
    assert other and other != token
    assert questions.of_token(stage, vaults.hashed(token)) is None
    assert questions.of_token(stage, vaults.hashed(other)) is not None
    assert sessions.renew(stage, identifier) is None


def test_a_right_given_or_taken_is_a_change_of_power(stage: Session, cast: World) -> None:
    opened = begun(stage, cast.kaede_approver)
    account = account_questions.by_number(stage, cast.kaede)
    assert account is not None
    accounts.appoint(
        stage,
        account,
        {cast.kaede_proposer: world.Right.BOTH, cast.outsider: world.Right.BOTH},
        actor=cast.operator,
        now=NOW,
    )
    stage.refresh(opened)
    assert opened.renew


def test_a_session_ends_once(stage: Session, cast: World) -> None:
    opened = begun(stage, cast.operator)
    assert sessions.end(stage, opened.id, because="signed out", now=NOW)
    assert not sessions.end(stage, opened.id, because="again", now=NOW + MINUTE)
    stage.refresh(opened)
    assert (opened.ended_at, opened.ended_because) == (NOW, "signed out")
    sessions.power_changed(stage, [cast.operator])
    assert sessions.renew(stage, opened.id) is None


def test_all_sessions_of_a_person_end_but_one(stage: Session, cast: World) -> None:
    mine = [begun(stage, cast.operator) for _ in range(3)]
    half = begun(stage, cast.operator, Stage.PASSWORD)
    other = begun(stage, cast.approver)
    before = len(outcomes(stage))
    ended = sessions.end_all(
        stage, cast.operator, because="password changed", now=NOW, besides=mine[0].id
    )
    for opened in (*mine, half, other):
        stage.refresh(opened)
    assert ended == 3
    assert mine[0].ended_at is None and other.ended_at is None
    assert {one.ended_because for one in (*mine[1:], half)} == {"password changed"}
    assert outcomes(stage)[before:] == ["session_ended"] * 3


def test_what_ran_out_by_itself_is_ended_and_is_no_news(stage: Session, cast: World) -> None:
    opened = begun(stage, cast.operator, Stage.PASSWORD)
    before = len(outcomes(stage))
    assert sessions.end_all(stage, cast.operator, because="x", now=NOW + HALFWAY) == 0
    stage.refresh(opened)
    assert opened.ended_at is not None
    assert outcomes(stage)[before:] == []


def test_a_new_password_and_a_suspension_end_every_session(stage: Session, cast: World) -> None:
    first, second = begun(stage, cast.outsider), begun(stage, cast.outsider_colleague)
    outsider = user(stage, "outsider")
    people.set_password(stage, outsider, "a hash", origin=HERE, now=NOW)
    colleague = user(stage, "outsider-colleague")
    people.change_state(
        stage, colleague, people.State.SUSPENDED, reason="x", actor=cast.operator, now=NOW
    )
    for opened in (first, second):
        stage.refresh(opened)
        assert opened.ended_at == NOW


def test_the_open_ones_are_listed_the_latest_click_first(stage: Session, cast: World) -> None:
    first, second, third = (begun(stage, cast.operator) for _ in range(3))
    begun(stage, cast.approver)
    sessions.seen(stage, first.id, now=NOW + 5 * MINUTE)
    sessions.end(stage, third.id, because="signed out", now=NOW)

    def listed(after: timedelta) -> list[int]:
        stage.expire_all()
        return [one.id for one in questions.open_of(stage, cast.operator, NOW + after)]

    assert listed(5 * MINUTE) == [first.id, second.id]
    assert listed(IDLE + GRAIN - SECOND) == [first.id, second.id]
    assert listed(IDLE + GRAIN) == [first.id]
    sessions.seen(stage, first.id, now=NOW + LONGEST - MINUTE)
    assert listed(LONGEST - SECOND) == [first.id]
    assert listed(LONGEST) == []
