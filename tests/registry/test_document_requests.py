"""Documents asked for: one to ten, as a task with a day, reminded of, handed in once, or ended."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.applications import Status
from app.domain.errors import (
    AccountKindForbids,
    AccountStateForbids,
    AlreadyDone,
    KeyUsedOtherwise,
    NotEntitled,
    NotFound,
    Required,
    TooLong,
)
from app.domain.form_errors import (
    ApplicationEnded,
    DeadlineRefused,
    DocumentMissing,
    DocumentRequestEnded,
    NoDocumentNamed,
    NotClaimed,
    TooManyDocuments,
)
from app.domain.people_errors import ClaimedByOther
from app.registry import applications, attachments, document_requests
from app.registry.document_requests import Wanted
from app.registry.filling import Filler
from app.store import applications as application_questions
from app.store import document_requests as questions
from app.store.tables import Application, Claim, DocumentRequest, Mail, Notification
from tests import applying, powers, world
from tests.applying import VISITOR, begun, fill, submit, submitted, visited
from tests.powers import SETTING
from tests.stages import in_state, refused
from tests.world import NOW, World

DUE = NOW + timedelta(days=14)
THREE = ["Balance sheet", "Articles of association", "Passport"]


def ask(
    session: Session,
    cast: World,
    documents: Sequence[str] = THREE,
    *,
    actor: int | None = None,
    key: str | None = None,
    **wanted: Any,
) -> DocumentRequest:
    """Ask for documents, of Aoba's people unless it is for an application."""
    about = {} if "application" in wanted else {"account": cast.aoba}
    asked = Wanted(documents, **{"due_at": DUE} | about | wanted)
    return document_requests.ask(
        session,
        asked,
        key=world.key() if key is None else key,
        actor=cast.operator if actor is None else actor,
        setting=SETTING,
        now=NOW,
    )


def claimed(session: Session, application: Application, by: int) -> Application:
    """Make an application somebody's task."""
    session.add(Claim(application_id=application.id, user_id=by, made_by=by, made_at=NOW))
    session.flush()
    return application


def hand_in(session: Session, request: DocumentRequest, by: Filler) -> DocumentRequest:
    return document_requests.hand_in(session, request.id, by=by, setting=SETTING, now=NOW)


def attach(session: Session, request: DocumentRequest, document: str, by: Filler) -> None:
    found = document_requests.to_answer(session, request.id, by=by, now=NOW)
    attachments.attach_to_request(session, found, document, applying.file("x"), by=by, now=NOW)


def test_o58_none_is_refused_eleven_are_refused_and_three_are_sent_as_a_task(
    stage: Session, cast: World
) -> None:
    for documents in ([], ["", " \u3000"]):
        with refused(stage, NoDocumentNamed, field="documents"):
            ask(stage, cast, documents)
    eleven = [f"Document {place}" for place in range(11)]
    with refused(stage, TooManyDocuments, documents_max=10, field="documents"):
        ask(stage, cast, eleven)
    assert len(ask(stage, cast, eleven[:10]).documents) == 10
    made = ask(stage, cast, [*THREE, " Passport "])
    assert made.documents == THREE
    wanted = questions.Filter(concerning=cast.aoba_proposer, accounts=[made.account_id or 0])
    row = questions.find(stage, wanted)[0]
    assert (row.id, row.is_open, row.account) == (made.id, True, cast.aoba)
    for user in (cast.aoba_proposer, cast.aoba_approver):
        assert powers.told(stage, user)[-1] == "documents_asked"
    told = stage.query(Notification).order_by(Notification.id.desc()).first()
    assert told is not None
    due = made.due_at.isoformat()
    assert told.facts == {"number": f"D-{made.id:06d}", "documents": 3, "due": due}
    assert powers.logged(stage, f"D-{made.id:06d}")[0].operation == "ask for documents"


def test_what_is_asked_wrongly_is_refused_at_its_field(stage: Session, cast: World) -> None:
    in_state(stage, cast.kaede, State.CLOSED)
    for refusal, field, given in (
        (TooLong, "documents", {"documents": ["x" * 201]}),
        (TooLong, "comment", {"comment": "x" * 1_025}),
        (DeadlineRefused, "due", {"due_at": NOW}),
        (DeadlineRefused, "due", {"due_at": NOW + timedelta(days=367)}),
        (Required, "account", {"account": ""}),
        (AccountKindForbids, "account", {"account": cast.government}),
        (AccountStateForbids, "account", {"account": cast.kaede}),
        (Required, "key", {"key": ""}),
    ):
        with refused(stage, refusal, field=field):
            ask(stage, cast, **given)
    with pytest.raises(NotFound):
        ask(stage, cast, account="JP-121-999999-0-00")
    for actor in (cast.approver, cast.auditor, cast.system_administrator, cast.aoba_proposer):
        with refused(stage, NotEntitled):
            ask(stage, cast, actor=actor)


def test_the_same_key_asks_once(stage: Session, cast: World) -> None:
    made = ask(stage, cast, key="k")
    assert ask(stage, cast, key="k").id == made.id
    assert powers.told(stage, cast.aoba_proposer).count("documents_asked") == 1
    with refused(stage, KeyUsedOtherwise):
        ask(stage, cast, key="k", account=cast.kaede)


def test_whoever_examines_an_application_asks_and_it_stands_in_the_timeline(
    stage: Session, cast: World
) -> None:
    made = begun(stage, cast)
    with pytest.raises(NotFound):
        ask(stage, cast, application=made.id)
    fill(stage, made)
    submit(stage, made)
    with refused(stage, NotClaimed):
        ask(stage, cast, application=made.id)
    claimed(stage, made, cast.approver)
    with refused(stage, ClaimedByOther):
        ask(stage, cast, application=made.id)
    claimed(stage, made, cast.operator)
    asked = ask(stage, cast, application=made.id, comment="please")
    assert applying.events(stage, made) == ["submit", "ask_documents"]
    step = application_questions.steps(stage, made.id)[-1]
    assert step.comment == "please"
    assert step.facts == {"request": f"D-{asked.id:06d}", "documents": THREE}
    made.status = Status.EXAMINED
    stage.flush()
    with refused(stage, ApplicationEnded, event="ask_documents"):
        ask(stage, cast, application=made.id)


def test_documents_are_handed_in_once_with_a_file_for_each(stage: Session, cast: World) -> None:
    made = claimed(stage, submitted(stage, cast), cast.operator)
    asked, by = ask(stage, cast, application=made.id), Filler(cast.aoba_proposer)
    for place, document in enumerate(THREE):
        with refused(stage, DocumentMissing, field=f"document:{place}"):
            hand_in(stage, asked, by)
        attach(stage, asked, document, by)
    for _ in range(2):
        hand_in(stage, asked, by)
    assert (asked.answered_by, asked.answered_at) == (cast.aoba_proposer, NOW)
    assert applying.events(stage, made)[-1] == "hand_in_documents"
    assert applying.events(stage, made).count("hand_in_documents") == 1
    assert powers.told(stage, cast.operator)[-1] == "documents_handed_in"
    with refused(stage, DocumentRequestEnded):
        attach(stage, asked, THREE[0], by)
    for act in (
        lambda: document_requests.end(stage, asked.id, actor=cast.operator, now=NOW),
        lambda: document_requests.remind(
            stage, asked.id, actor=cast.operator, setting=SETTING, now=NOW
        ),
    ):
        with refused(stage, DocumentRequestEnded):
            act()


def test_who_only_reads_sees_a_request_and_strangers_learn_of_none(
    stage: Session, cast: World
) -> None:
    made = claimed(stage, submitted(stage, cast), cast.operator)
    for asked in (ask(stage, cast), ask(stage, cast, application=made.id)):
        for watching in (cast.aoba_approver, cast.auditor, cast.operator):
            assert document_requests.may_see(stage, asked, Filler(watching), now=NOW)
            with refused(stage, NotEntitled):
                hand_in(stage, asked, Filler(watching))
        strangers = (Filler(cast.kaede_proposer), Filler(cast.system_administrator), Filler())
        for stranger in strangers:
            with pytest.raises(NotFound):
                hand_in(stage, asked, stranger)
    with pytest.raises(NotFound):
        document_requests.to_answer(stage, 999, by=Filler(cast.aoba_proposer), now=NOW)


def test_a_visitor_is_asked_by_mail_and_hands_in_with_the_link(stage: Session, cast: World) -> None:
    made, by = visited(stage)
    fill(stage, made, by=by)
    submit(stage, made, by=by)
    claimed(stage, made, cast.operator)
    asked = ask(stage, cast, ["Passport"], application=made.id)
    assert powers.mails(stage)[-1] == (VISITOR, "documents_asked", True)
    fresh = Filler(secret=_mailed(stage))
    assert not document_requests.may_see(stage, asked, by, now=NOW), "a newer link was sent"
    attach(stage, asked, "Passport", fresh)
    assert hand_in(stage, asked, fresh).answered_by is None
    assert hand_in(stage, asked, fresh).answered_at == NOW
    assert powers.mails(stage)[-1] == (VISITOR, "documents_handed_in", True)


def _mailed(session: Session) -> str:
    mail = session.query(Mail).order_by(Mail.id.desc()).first()
    assert mail is not None
    return (SETTING.vault.open(mail.sealed or b"", "mail") or b"").decode()


def test_people_are_reminded_once_a_day(stage: Session, cast: World) -> None:
    asked = ask(stage, cast)

    def remind(after: timedelta, actor: int = cast.operator) -> None:
        at = NOW + after
        document_requests.remind(stage, asked.id, actor=actor, setting=SETTING, now=at)

    with refused(stage, NotEntitled):
        remind(timedelta(), cast.aoba_proposer)
    remind(timedelta())
    with refused(stage, AlreadyDone):
        remind(timedelta(hours=23))
    remind(timedelta(days=1))
    assert powers.told(stage, cast.aoba_approver).count("documents_reminded") == 2


def test_a_request_that_is_not_needed_any_more_ends(stage: Session, cast: World) -> None:
    asked = ask(stage, cast)
    with refused(stage, TooLong, field="reason"):
        document_requests.end(stage, asked.id, reason="x" * 1_025, actor=cast.operator, now=NOW)
    for at in (NOW, NOW + timedelta(hours=1)):
        document_requests.end(stage, asked.id, reason="found", actor=cast.operator, now=at)
    assert asked.ended_at == NOW
    assert not questions.is_open(stage, asked.id)
    with refused(stage, DocumentRequestEnded):
        hand_in(stage, asked, Filler(cast.aoba_proposer))
    with refused(stage, NotEntitled):
        document_requests.end(stage, asked.id, actor=cast.approver, now=NOW)


def test_an_application_that_ended_asks_for_nothing_any_more(stage: Session, cast: World) -> None:
    made, by = claimed(stage, submitted(stage, cast), cast.operator), Filler(cast.aoba_proposer)
    asked = ask(stage, cast, application=made.id)
    assert questions.is_open(stage, asked.id)
    applications.withdraw(stage, made.id, reason="", by=by, setting=SETTING, now=NOW)
    assert not questions.is_open(stage, asked.id)
    with refused(stage, DocumentRequestEnded):
        hand_in(stage, asked, by)
