"""Form 2: other items are recorded of a holder, and what was recorded before is kept."""

from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.errors import AccountStateForbids
from app.domain.form_errors import RecordChanged
from app.store import accounts
from app.store import applications as questions
from app.store.tables import Holder, HolderRecord
from tests import applying, world
from tests.examining import approve, approved, examined
from tests.powers import logged, told
from tests.stages import in_state, refused
from tests.world import NOW, World


def holder(session: Session, cast: World) -> Holder:
    found = accounts.by_number(session, cast.aoba)
    assert found is not None
    return found.holder


def test_a_change_is_recorded_on_approval_and_what_was_before_is_kept(
    stage: Session, cast: World
) -> None:
    made = examined(stage, cast, applying.submitted(stage, cast, 2))
    recorded = holder(stage, cast)
    assert (recorded.name_en, questions.record(stage, recorded.id)) == ("Aoba Energy", None)
    approve(stage, made, cast.approver)
    assert recorded.name_en == "Mihon Trading Co., Ltd."
    assert recorded.head_office_ja == "東京都千代田区霞が関一丁目2番3号 見本ビル4階"
    entry = logged(stage, "aoba-energy")[-1]
    assert entry.operation == "record account information"
    assert (entry.facts["former_name_en"], entry.facts["name_en"]) == (
        "Aoba Energy",
        "Mihon Trading Co., Ltd.",
    )
    assert "application_approved" in told(stage, cast.aoba_approver)
    again = applying.begun(stage, cast, 2)
    assert again.before["contact"]["telephone"] == "03-0000-0000"
    applying.save(stage, again, "reason", dict(made.answers["reason"]))
    typed = {**again.answers["contact"], "telephone": "03-1111-2222"}
    applying.save(stage, again, "contact", typed)
    approve(stage, examined(stage, cast, applying.submit(stage, again)), cast.approver)
    *history, first = questions.records(stage, recorded.id)
    assert (first.application_id, first.answers["holder"]["name_en"]) == (None, "Aoba Energy")
    phones = [one.answers["contact"]["telephone"] for one in history]
    assert phones == ["03-1111-2222", "03-0000-0000"]
    assert [one.application_id for one in history] == [again.id, made.id]
    assert "reason" not in history[0].answers


def test_what_the_form_does_not_change_stays_recorded(stage: Session, cast: World) -> None:
    first = approved(stage, cast, 2)
    recorded = questions.record(stage, holder(stage, cast).id)
    assert recorded is not None
    answers = {**recorded.answers, "holder": {**recorded.answers["holder"]}}
    answers["holder"]["corporate_number"] = "9000000000000"
    stage.add(
        HolderRecord(
            holder_id=recorded.holder_id,
            applicant=recorded.applicant,
            answers=answers,
            recorded_by=cast.approver,
            recorded_at=NOW,
        )
    )
    stage.flush()
    again = applying.begun(stage, cast, 2)
    applying.save(stage, again, "reason", dict(first.answers["reason"]))
    applying.save(stage, again, "holder", {**again.answers["holder"], "name_en": "Aoba Ltd."})
    applying.attach(stage, again, "registered_matters")
    approve(stage, examined(stage, cast, applying.submit(stage, again)), cast.approver)
    last = questions.record(stage, recorded.holder_id)
    assert last is not None
    assert last.answers["holder"] == {**answers["holder"], "name_en": "Aoba Ltd."}


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    stage: Session, cast: World
) -> None:
    """The holder's other account is changed between the beginning and the approval."""
    other = world.account(stage, "Aoba Energy", cast.operator)
    rights = {one.user_id: one.right for one in accounts.representatives(stage, _id(stage, cast))}
    world.appoint(stage, other, rights, cast.operator)
    late = applying.begun(stage, cast, 2, account=other)
    applying.fill(stage, late)
    waiting = examined(stage, cast, applying.submitted(stage, cast, 2))
    examined(stage, cast, applying.submit(stage, late))
    approve(stage, waiting, cast.approver)
    with refused(stage, RecordChanged, field="section:holder"):
        approve(stage, late, cast.approver)


def test_the_record_of_a_closed_account_does_not_change(stage: Session, cast: World) -> None:
    made = examined(stage, cast, applying.submitted(stage, cast, 2))
    in_state(stage, cast.aoba, State.CLOSED)
    with refused(stage, AccountStateForbids, state=State.CLOSED, field="account"):
        approve(stage, made, cast.approver)


def _id(session: Session, cast: World) -> int:
    found = accounts.by_number(session, cast.aoba)
    assert found is not None
    return found.id
