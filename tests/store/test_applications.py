"""Lists of applications: whose they are, in which state, page by page; timelines and records."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.applications import Event, Status
from app.domain.forms.spec import Applicant
from app.registry import filling
from app.store import applications
from app.store.applications import Filter
from app.store.tables import Attachment, Claim, HolderRecord, Mark
from app.store.tables.applications import Standing
from tests.applying import begun, submitted, visited
from tests.world import NOW, World


def ids(session: Session, wanted: Filter, **page: int) -> list[int]:
    found = [row.id for row in applications.find(session, wanted, **page)]
    if not page:
        assert applications.count(session, wanted) == len(found)
    return found


def test_a_person_finds_the_own_ones_and_what_was_submitted_about_the_accounts(
    stage: Session, cast: World
) -> None:
    draft = begun(stage, cast)
    handed_in = submitted(stage, cast)
    opening = begun(stage, cast, 1)
    theirs = submitted(stage, cast, account=cast.kaede, actor=cast.kaede_proposer)
    paper = begun(stage, cast, actor=cast.operator, is_paper=True)
    visitors, _by = visited(stage)
    about = [draft.account_id or 0]
    mine = Filter(concerning=cast.aoba_proposer, accounts=about)
    assert ids(stage, mine) == [opening.id, handed_in.id, draft.id]
    assert ids(stage, Filter(concerning=cast.aoba_approver, accounts=about)) == [handed_in.id]
    assert ids(stage, Filter(concerning=cast.aoba_proposer)) == [opening.id], "the right is gone"
    assert ids(stage, Filter(is_known=True)) == [paper.id, theirs.id, handed_in.id]
    everything = [visitors, paper, theirs, opening, handed_in, draft]
    assert ids(stage, Filter()) == [one.id for one in everything]
    assert ids(stage, Filter(), before=opening.id, size=1) == [handed_in.id]
    assert ids(stage, Filter(), after=draft.id, size=2) == [opening.id, handed_in.id]


def test_a_list_is_filtered_by_each_of_its_conditions(stage: Session, cast: World) -> None:
    first = submitted(stage, cast)
    second = submitted(stage, cast, account=cast.kaede, actor=cast.kaede_proposer)
    draft = begun(stage, cast, 4)
    second.submitted_at = NOW + timedelta(hours=1)
    for user in (cast.approver, cast.operator):
        stage.add(Claim(application_id=first.id, user_id=user, made_by=cast.operator, made_at=NOW))
    stage.flush()
    for wanted, expected in (
        (Filter(form=4), [draft]),
        (Filter(status=Status.DRAFT), [draft]),
        (Filter(is_waiting=True), [second, first]),
        (Filter(account_id=first.account_id), [draft, first]),
        (Filter(since=NOW + timedelta(hours=1)), [second]),
        (Filter(until=NOW + timedelta(hours=1)), [first]),
        (Filter(claimed_by=cast.operator), [first]),
        (Filter(claimed_by=cast.approver), []),
        (Filter(claimed_by=0, is_waiting=True), [second]),
    ):
        assert ids(stage, wanted) == [one.id for one in expected], wanted
    assert applications.count(stage, Filter(), cap=1) == 2
    assert applications.claimant(stage, first.id) == cast.operator
    assert applications.claimant(stage, second.id) is None


def test_one_application_is_found_by_its_key_or_among_those_that_wait(
    stage: Session, cast: World
) -> None:
    made, (visitors, _by) = submitted(stage, cast), visited(stage)
    begun(stage, cast)
    assert applications.by_key(stage, cast.aoba_proposer, made.key) is made
    assert applications.by_key(stage, cast.kaede_proposer, made.key) is None
    assert applications.visitors(stage, visitors.key) is visitors
    assert applications.visitors(stage, made.key) is None
    assert applications.waiting_about(stage, made.account_id or 0) == [made]
    assert applications.drafts_of(stage, cast.aoba_proposer) == 1
    assert applications.untouched(stage, NOW) == []
    assert visitors in applications.untouched(stage, NOW + timedelta(seconds=1))
    assert applications.locked(stage, 10**12) is None


def test_the_timeline_names_who_did_what_and_a_visitor_has_no_name(
    stage: Session, cast: World
) -> None:
    made, _by = visited(stage)
    filling.note(stage, made, Event.SUBMIT, None, NOW)
    filling.note(stage, made, Event.ASK_CORRECTION, cast.operator, NOW, comment="see there")
    stage.add(
        Mark(
            application_id=made.id,
            item="section:holder",
            standing=Standing.FINE,
            user_id=cast.operator,
            at=NOW,
        )
    )
    stage.flush()
    found = [(one.event, one.name_en, one.comment) for one in applications.steps(stage, made.id)]
    assert found == [
        (Event.SUBMIT, None, None),
        (Event.ASK_CORRECTION, "Operator", "see there"),
    ]
    assert applications.marks(stage, made.id)["section:holder"].standing is Standing.FINE


def test_removed_files_are_not_among_the_attachments_but_count_as_changes(
    stage: Session, cast: World
) -> None:
    made, later = begun(stage, cast, 4), NOW + timedelta(hours=1)
    for name, removed_at in (("old", later), ("new", None)):
        stage.add(
            Attachment(
                application_id=made.id,
                document="identity" if name == "new" else "seal",
                name=f"{name}.pdf",
                media_type="application/pdf",
                size=1,
                sha256=b"x",
                content=b"x",
                at=NOW,
                removed_at=removed_at,
            )
        )
    stage.flush()
    assert [one.name for one in applications.attachments(stage, made.id)] == ["new.pdf"]
    changes = applications.document_changes(stage, made.id)
    assert changes == {"seal": later, "identity": NOW}


def test_the_last_record_of_a_holder_stands_and_the_former_ones_stay(
    stage: Session, cast: World
) -> None:
    made = begun(stage, cast)
    holder = applications.holder_of(stage, made.account_id or 0)
    assert applications.record(stage, holder.id) is None
    for telephone in ("1", "2"):
        stage.add(
            HolderRecord(
                holder_id=holder.id,
                applicant=Applicant.DOMESTIC,
                answers={"contact": {"telephone": telephone}},
                recorded_by=cast.operator,
                recorded_at=NOW,
            )
        )
        stage.flush()
    last = applications.record(stage, holder.id)
    assert last is not None
    assert last.answers["contact"]["telephone"] == "2"
    former = applications.records(stage, holder.id)
    assert [one.answers["contact"]["telephone"] for one in former] == ["2", "1"]
