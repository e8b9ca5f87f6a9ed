"""What is written of what was done, tried and signed in to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Outcome
from app.domain.errors import LimitExceeded, WrongCheckDigits
from app.registry import logs
from app.registry.logs import Origin
from app.store.tables import AccessEntry, LogEntry
from tests.world import NOW, World


def last(session: Session) -> LogEntry:
    return session.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()


def test_what_was_done_is_logged_with_its_facts(stage: Session, cast: World) -> None:
    logs.done(stage, "open account", cast.aoba, actor=cast.operator, now=NOW, kind="entity")
    entry = last(stage)
    assert (entry.at, entry.user_id, entry.operation) == (NOW, cast.operator, "open account")
    assert (entry.subject, entry.refusal, entry.facts) == (cast.aoba, None, {"kind": "entity"})


def test_what_was_refused_is_logged_with_its_code_and_facts(stage: Session, cast: World) -> None:
    refusal = LimitExceeded(80, 10, 0, 71, field="quantity")
    logs.refused(stage, "propose", cast.aoba, refusal, actor=cast.operator, now=NOW)
    entry = last(stage)
    assert entry.refusal == "LimitExceeded"
    assert entry.facts == {
        "field": "quantity",
        "limit": "80",
        "issued": "10",
        "pending": "0",
        "asked": "71",
    }


def test_what_was_typed_is_kept_in_any_script(stage: Session, cast: World) -> None:
    refusal = WrongCheckDigits("ＪＰ－１２１ 青葉 “<b>”", field="target")
    logs.refused(stage, "propose", cast.aoba, refusal, actor=None, now=NOW)
    stage.expire_all()
    assert last(stage).facts["text"] == "ＪＰ－１２１ 青葉 “<b>”"


def test_a_sign_in_is_logged_with_what_was_typed_cut_short(stage: Session, cast: World) -> None:
    logs.access(
        stage,
        "x" * 500,
        Outcome.UNKNOWN_LOGIN_ID,
        user_id=None,
        origin=Origin("192.0.2.7", "Firefox, Windows"),
        now=NOW,
    )
    entry = stage.scalars(select(AccessEntry).order_by(AccessEntry.id.desc()).limit(1)).one()
    assert (entry.login_id, entry.address, entry.at) == ("x" * 200, "192.0.2.7", NOW)
    assert (entry.outcome, entry.device) == ("unknown_login_id", "Firefox, Windows")
