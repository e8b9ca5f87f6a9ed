"""Questions about sessions."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.registry import sessions as verbs
from app.registry.logs import Origin
from app.registry.vaults import hashed
from app.store import sessions
from app.store.tables.sessions import Stage
from tests.world import NOW, World

HERE = Origin("192.0.2.7", "Firefox, Windows")


def test_a_token_leads_to_its_session_and_person(stage: Session, cast: World) -> None:
    identifier, token = verbs.begin(stage, cast.operator, Stage.FULL, origin=HERE, now=NOW)
    found = sessions.of_token(stage, hashed(token))
    assert found is not None
    assert (found.session_id, found.id, found.login_id) == (identifier, cast.operator, "operator")
    assert (found.stage, found.seen_at, found.ended_at, found.renew) == (
        Stage.FULL,
        NOW,
        None,
        False,
    )


def test_the_answer_brings_no_password_hash(stage: Session, cast: World) -> None:
    _identifier, token = verbs.begin(stage, cast.operator, Stage.FULL, origin=HERE, now=NOW)
    found = sessions.of_token(stage, hashed(token))
    assert found is not None
    assert not hasattr(found, "password_hash")
    assert not hasattr(found, "token_hash")


def test_an_unknown_token_leads_nowhere_and_an_ended_one_says_so(
    stage: Session, cast: World
) -> None:
    assert sessions.of_token(stage, hashed("nobody's")) is None
    identifier, token = verbs.begin(stage, cast.operator, Stage.FULL, origin=HERE, now=NOW)
    verbs.end(stage, identifier, because="signed out", now=NOW)
    found = sessions.of_token(stage, hashed(token))
    assert found is not None and found.ended_at == NOW


def test_the_open_sessions_are_those_of_the_person(stage: Session, cast: World) -> None:
    made = [
        verbs.begin(stage, who, Stage.FULL, origin=HERE, now=NOW)[0]
        for who in (cast.operator, cast.approver, cast.operator)
    ]
    found = sessions.open_of(stage, cast.operator, NOW + timedelta(minutes=1))
    assert [one.id for one in found] == [made[2], made[0]]
    assert not sessions.open_of(stage, cast.auditor, NOW)
