"""Applications on the applicant's side: begun, filled in, submitted once, withdrawn, discarded."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import forms
from app.domain.accounts import State
from app.domain.applications import Status
from app.domain.errors import (
    AccountStateForbids,
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    Required,
    TooLong,
    UnknownChoice,
)
from app.domain.form_errors import (
    ApplicationEnded,
    ApplicationOpen,
    ChangedMeanwhile,
    DocumentMissing,
    Incomplete,
    NothingToChange,
    TooManyDrafts,
)
from app.domain.forms import examples
from app.domain.forms.record import RECORD
from app.domain.forms.spec import Applicant
from app.domain.people_errors import NotAnEmail
from app.domain.roles import Right
from app.registry import applications, filling, resumptions
from app.registry.applications import Begun
from app.registry.filling import Filler
from app.store import accounts as account_questions
from app.store import applications as questions
from app.store.tables import Attachment, HolderRecord, Representative
from tests import applying, powers, world
from tests.applying import begun, fill, save, submit, submitted, visited
from tests.powers import SETTING
from tests.stages import in_state, refused
from tests.world import NOW, World


def test_an_application_is_begun_filled_in_and_handed_in(stage: Session, cast: World) -> None:
    made = begun(stage, cast)
    assert (made.applicant, made.status) == (Applicant.DOMESTIC, Status.DRAFT)
    save(stage, made, "certificate", {"language": "ja", "purpose": "銀行へ\x00提出"})
    assert made.answers["certificate"]["purpose"] == "銀行へ提出"
    assert applications.unready(stage, made) == []
    submit(stage, made)
    assert (made.status, made.due_at) == (Status.SUBMITTED, NOW + applications.LIFE)
    assert applying.events(stage, made) == ["submit"]
    facts = questions.steps(stage, made.id)[0].facts
    assert facts["number"] == f"A-{made.id:06d}"
    assert facts["sections"].keys() == {"certificate"}
    told = [powers.told(stage, one)[-1:] for one in (cast.aoba_proposer, cast.operator)]
    assert told == [["application_submitted"]] * 2
    assert "application_submitted" not in powers.told(stage, cast.kaede_proposer)


def test_submitting_twice_gives_one_application(stage: Session, cast: World) -> None:
    made = submitted(stage, cast)
    again = submit(stage, made, now=NOW + timedelta(minutes=1))
    assert (again.id, again.submitted_at) == (made.id, NOW)
    assert applying.events(stage, made) == ["submit"]
    assert powers.told(stage, cast.aoba_proposer).count("application_submitted") == 1


def test_o19_with_one_part_missing_it_cannot_be_submitted(stage: Session, cast: World) -> None:
    made, form = begun(stage, cast, 1), forms.latest(1)
    needed = [one.key for one in form.documents_for(Applicant.DOMESTIC) if one.is_required]
    made.answers = complete = examples.filled(form, Applicant.DOMESTIC)
    stage.flush()
    for place, document in enumerate(needed):
        missing = [(type(one), one.field) for one in applications.unready(stage, made)]
        assert missing == [(DocumentMissing, f"document:{key}") for key in needed[place:]]
        with refused(stage, DocumentMissing):
            submit(stage, made)
        applying.attach(stage, made, document)
    for section in form.sections_for(Applicant.DOMESTIC):
        if section.is_optional:
            continue
        made.answers = {key: one for key, one in complete.items() if key != section.key}
        stage.flush()
        missing = [(type(one), one.field) for one in applications.unready(stage, made)]
        assert missing == [(Incomplete, f"section:{section.key}")]
        with pytest.raises(Incomplete):
            submit(stage, made)
    made.answers = complete
    stage.flush()
    assert submit(stage, made).status is Status.SUBMITTED


def test_o29_a_change_form_that_changes_nothing_is_refused(stage: Session, cast: World) -> None:
    record = examples.filled(forms.latest(1), Applicant.DOMESTIC)
    holder = account_questions.by_number(stage, cast.aoba).holder_id
    stage.add(
        HolderRecord(
            holder_id=holder,
            applicant=Applicant.DOMESTIC,
            answers={one.key: record[one.key] for one in RECORD if one.key in record},
            recorded_by=cast.operator,
            recorded_at=NOW,
        )
    )
    stage.flush()
    made = begun(stage, cast, 2)
    assert made.answers["contact"] == record["contact"]
    save(stage, made, "reason", {"reason": "We moved.", "changed_on": "2026-11-01"})
    save(stage, made, "contact", made.answers["contact"])
    with refused(stage, NothingToChange, field="section:reason"):
        submit(stage, made)
    telephone = made.answers["contact"] | {"telephone": "+81 3 0000 0000"}
    save(stage, made, "contact", telephone)
    assert submit(stage, made).status is Status.SUBMITTED


def test_what_is_wrong_is_kept_as_typed_and_named_at_its_field(stage: Session, cast: World) -> None:
    made, by = begun(stage, cast, 1), Filler(cast.aoba_proposer)
    typed = {"telephone": "by\x00 pigeon", "email": "nowhere", "smuggled": "x"}
    seen = applications.fingerprint({})
    wrong = applications.save(stage, made.id, "contact", typed, seen=seen, by=by, now=NOW)
    assert {one.field for one in wrong} == {"telephone", "email"}
    assert made.answers["contact"] == {"telephone": "by pigeon", "email": "nowhere"}
    endless = {"telephone": "1" * 50_000}
    seen = applications.fingerprint(made.answers["contact"])
    applications.save(stage, made.id, "contact", endless, seen=seen, by=by, now=NOW)
    assert len(made.answers["contact"]["telephone"]) == applications.TYPED_MAX
    with pytest.raises(NotFound):
        applications.save(stage, made.id, "seance", {}, seen=seen, by=by, now=NOW)


def test_a_section_that_another_has_saved_is_not_overwritten(stage: Session, cast: World) -> None:
    made, by = begun(stage, cast), Filler(cast.aoba_proposer)
    empty = applications.fingerprint({})
    save(stage, made, "certificate", {"language": "ja", "purpose": "one"})
    other = {"language": "ja", "purpose": "another"}
    with refused(stage, ChangedMeanwhile):
        applications.save(stage, made.id, "certificate", other, seen=empty, by=by, now=NOW)
    same = dict(made.answers["certificate"])
    assert not applications.save(stage, made.id, "certificate", same, seen=empty, by=by, now=NOW), (
        "the same again, as a lost answer makes one press twice"
    )


def test_a_draft_survives_a_new_version_of_its_form(
    stage: Session, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begun(stage, cast)
    save(stage, made, "certificate", {"language": "ja", "purpose": "for the bank"})
    fuller = begun(stage, cast, account=cast.outside, actor=cast.outsider)
    save(stage, fuller, "certificate", {"purpose": "p", "language": "ja", "with_credits": "yes"})
    handed_in = submitted(stage, cast, account=cast.kaede, actor=cast.kaede_proposer)
    now_there = forms.latest(3)
    (section,) = now_there.sections
    shorter = [one for one in section.fields if one.key != "with_credits"]
    added = type(shorter[0])("copies", shorter[0].label)
    renewed = type(section)(section.key, section.title, (*shorter, added))
    second = type(now_there)(
        **{name: getattr(now_there, name) for name in now_there.__slots__}
        | {"version": 2, "sections": (renewed,)}
    )
    monkeypatch.setitem(forms.VERSIONS, 3, (now_there, second))
    assert applications.unready(stage, made)[0].field == "section:certificate"
    with pytest.raises(Incomplete):
        submit(stage, made)
    save(stage, made, "certificate", made.answers["certificate"] | {"copies": "2"})
    assert (made.version, made.answers["certificate"]["purpose"]) == (2, "for the bank")
    assert "with_credits" not in made.answers["certificate"]
    assert submit(stage, made).status is Status.SUBMITTED
    added_later = {"certificate": fuller.answers["certificate"] | {"copies": "1"}}
    fuller.answers = added_later
    stage.flush()
    shown = filling.signed(stage, fuller)
    assert submit(stage, fuller).version == 2
    assert filling.signed(stage, fuller) == shown
    assert "with_credits" not in fuller.answers["certificate"]
    applications.renew(stage, handed_in)
    assert handed_in.version == 1, "what was signed stays as it was signed"


def test_the_same_key_begins_one_application_and_never_another(stage: Session, cast: World) -> None:
    asked = Begun(3, account=cast.aoba)
    who = {"key": "k", "actor": cast.aoba_proposer, "now": NOW}
    made = applications.start(stage, asked, **who)
    assert applications.start(stage, asked, **who).id == made.id
    for other in (Begun(4, account=cast.aoba), Begun(3, account=cast.kaede), Begun(5)):
        with refused(stage, KeyUsedOtherwise):
            applications.start(stage, other, **who)
    theirs = applications.start(
        stage, Begun(3, account=cast.kaede), key="k", actor=cast.kaede_proposer, now=NOW
    )
    assert theirs.id != made.id
    _lose(stage, cast.aoba, cast.aoba_proposer)
    with pytest.raises(NotFound):
        applications.start(stage, asked, **who)
    for key, refusal in (("", Required), ("k" * 101, TooLong)):
        with refused(stage, refusal, field="key"):
            applications.start(stage, asked, key=key, actor=cast.aoba_proposer, now=NOW)
    with refused(stage, UnknownChoice, field="form"):
        applications.start(stage, Begun(6), key="n", actor=cast.aoba_proposer, now=NOW)
    with refused(stage, Required, field="applicant"):
        applications.start(stage, Begun(1), key="n", actor=cast.aoba_proposer, now=NOW)


def test_a_person_keeps_twenty_drafts_and_an_operator_as_much_paper_as_comes(
    stage: Session, cast: World
) -> None:
    made = [begun(stage, cast) for _ in range(applications.DRAFTS_MAX)]
    with refused(stage, TooManyDrafts, drafts_max=20):
        begun(stage, cast)
    applications.discard(stage, made[0].id, by=Filler(cast.aoba_proposer), now=NOW)
    begun(stage, cast)
    for _ in range(applications.DRAFTS_MAX + 1):
        begun(stage, cast, actor=cast.operator, is_paper=True)


def test_a_copy_takes_over_what_was_written_but_not_what_was_agreed_to(
    stage: Session, cast: World
) -> None:
    former = submitted(stage, cast, 1)
    copy = begun(stage, cast, 1, copied_from=former.id)
    assert copy.copied_from == former.id
    assert copy.answers["holder"] == former.answers["holder"]
    assert former.answers["person_1"]["consent"] == "yes"
    assert "consent" not in copy.answers["person_1"]
    assert not questions.attachments(stage, copy.id)


def test_one_application_of_a_form_waits_for_an_account_and_none_beside_a_closure(
    stage: Session, cast: World
) -> None:
    first = submitted(stage, cast)
    for form, about in ((3, cast.aoba), (4, cast.aoba)):
        second = begun(stage, cast, form, account=about)
        fill(stage, second)
        with refused(stage, ApplicationOpen, number=f"A-{first.id:06d}"):
            submit(stage, second)
    applications.withdraw(
        stage, first.id, reason="", by=Filler(cast.aoba_proposer), setting=SETTING, now=NOW
    )
    assert submit(stage, second).status is Status.SUBMITTED


def test_an_account_that_was_closed_meanwhile_takes_no_application(
    stage: Session, cast: World
) -> None:
    made = begun(stage, cast, 5)
    fill(stage, made)
    in_state(stage, cast.aoba, State.CLOSED)
    with refused(stage, AccountStateForbids, state="closed", field="account"):
        submit(stage, made)


def test_a_submitted_application_is_withdrawn_once_and_is_no_more_to_be_changed(
    stage: Session, cast: World
) -> None:
    made, by = submitted(stage, cast), Filler(cast.aoba_proposer)
    with refused(stage, ApplicationEnded, status="submitted", event="save"):
        save(stage, made, "certificate", {"language": "en"})
    with refused(stage, TooLong, field="reason"):
        applications.withdraw(stage, made.id, reason="x" * 1_025, by=by, setting=SETTING, now=NOW)
    for _ in range(2):
        applications.withdraw(
            stage, made.id, reason=" not needed ", by=by, setting=SETTING, now=NOW
        )
    assert (made.status, made.reason) == (Status.WITHDRAWN, "not needed")
    assert applying.events(stage, made) == ["submit", "withdraw"]
    assert powers.told(stage, cast.aoba_approver)[-1] == "application_ended"
    for act in (
        lambda: submit(stage, made),
        lambda: applications.discard(stage, made.id, by=by, now=NOW),
    ):
        with refused(stage, ApplicationEnded):
            act()


def test_a_draft_is_discarded_with_its_content(stage: Session, cast: World) -> None:
    made, by = visited(stage)
    fill(stage, made, by=by)
    for _ in range(2):
        applications.discard(stage, made.id, by=by, now=NOW)
    assert (made.status, made.answers, made.email) == (Status.DISCARDED, {}, None)
    left = select(func.count()).where(
        Attachment.application_id == made.id, Attachment.content.is_not(None)
    )
    assert stage.scalar(left) == 0
    handed_in = submitted(stage, cast)
    with refused(stage, ApplicationEnded, event="discard"):
        applications.discard(stage, handed_in.id, by=Filler(cast.aoba_proposer), now=NOW)


def test_drafts_untouched_for_half_a_year_are_discarded(stage: Session, cast: World) -> None:
    old, (visitors, _by) = begun(stage, cast), visited(stage)
    returned = submitted(stage, cast, account=cast.kaede, actor=cast.kaede_proposer)
    returned.status = Status.RETURNED
    later = NOW + applications.DRAFT_LIFE
    touched = begun(stage, cast, now=later)
    assert applications.discard_untouched(stage, now=later) == 0
    assert applications.discard_untouched(stage, now=later + timedelta(seconds=1)) == 2
    assert {old.status, visitors.status} == {Status.DISCARDED}
    assert (touched.status, returned.status) == (Status.DRAFT, Status.RETURNED)
    assert powers.logged(stage, f"A-{old.id:06d}")[-1].operation == "discard application"


def test_a_visitor_begins_once_with_a_key_and_gets_a_mail_with_a_link(
    stage: Session, cast: World
) -> None:
    given = {"email": "Hanako@Example.com", "language": "ja", "setting": SETTING, "now": NOW}
    made, first = applications.start_as_visitor(stage, Applicant.FOREIGN, key="k", **given)
    again, second = applications.start_as_visitor(stage, Applicant.FOREIGN, key="k", **given)
    assert again.id == made.id
    assert resumptions.leads_to(stage, second, now=NOW) == made.id
    assert resumptions.leads_to(stage, first, now=NOW) is None
    assert powers.mails(stage) == [("Hanako@example.com", "application_link", True)] * 2
    with pytest.raises(KeyUsedOtherwise):
        applications.start_as_visitor(stage, Applicant.DOMESTIC, key="k", **given)
    with refused(stage, Required, field="applicant"):
        applications.start_as_visitor(stage, None, key="n", **given)
    with refused(stage, NotAnEmail, field="email"):
        applications.start_as_visitor(
            stage, Applicant.FOREIGN, key="n", **given | {"email": "nobody"}
        )


def test_paper_is_entered_by_operators_alone_and_needs_no_scans(
    stage: Session, cast: World
) -> None:
    made = begun(stage, cast, 1, actor=cast.operator, is_paper=True)
    for key, typed in examples.filled(forms.latest(1), Applicant.DOMESTIC).items():
        save(stage, made, key, typed)
    assert submit(stage, made).submitted_by == cast.operator
    for actor, is_paper in (
        (cast.operator, False),
        (cast.approver, True),
        (cast.auditor, True),
        (cast.system_administrator, True),
        (cast.aoba_proposer, True),
    ):
        with refused(stage, NotEntitled):
            begun(stage, cast, actor=actor, is_paper=is_paper)


def _lose(session: Session, number: str, user_id: int) -> None:
    """Take a person's right on an account."""
    right = powers.right(session, number, user_id)
    assert isinstance(right, Representative)
    session.delete(right)
    session.flush()


def test_whoever_lost_the_right_lost_the_applications_at_once(stage: Session, cast: World) -> None:
    draft, by = begun(stage, cast), Filler(cast.aoba_proposer)
    handed_in = submitted(stage, cast)
    own = begun(stage, cast, 1)
    _lose(stage, cast.aoba, cast.aoba_proposer)
    for lost in (draft, handed_in):
        with pytest.raises(NotFound):
            applications.discard(stage, lost.id, by=by, now=NOW)
    applications.discard(stage, own.id, by=by, now=NOW)
    applications.withdraw(
        stage, handed_in.id, reason="", by=Filler(_second(stage, cast)), setting=SETTING, now=NOW
    )
    assert powers.told(stage, cast.aoba_proposer)[-1] != "application_ended"
    listed = questions.find(stage, questions.Filter(concerning=cast.aoba_proposer))
    assert [row.id for row in listed] == [own.id]


def _second(session: Session, cast: World) -> int:
    """Name another who proposes for Aoba."""
    world.appoint(
        session,
        cast.aoba,
        {cast.aoba_approver: Right.APPROVE, cast.outsider_colleague: Right.BOTH},
        cast.operator,
    )
    return cast.outsider_colleague
