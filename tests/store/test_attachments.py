"""Questions about attachments: which are there, and how much room they take."""

from typing import Any

from sqlalchemy.orm import Session

from app.domain.applications import Status
from app.domain.forms.spec import Applicant
from app.store import attachments
from app.store.tables import Application, Attachment, DocumentRequest
from tests import world
from tests.world import NOW, World


def application(session: Session, **values: Any) -> Application:
    made = Application(
        form=1,
        version=1,
        applicant=Applicant.DOMESTIC,
        language="en",
        answers={},
        before={},
        key=world.key(),
        started_at=NOW,
        saved_at=NOW,
        **{"status": Status.DRAFT} | values,
    )
    session.add(made)
    session.flush()
    return made


def file(session: Session, size: int, **values: Any) -> Attachment:
    made = Attachment(
        document="identity",
        name="a.pdf",
        media_type="application/pdf",
        size=size,
        sha256=b"",
        at=NOW,
        **{"content": b"there"} | values,
    )
    session.add(made)
    session.flush()
    return made


def test_files_are_found_where_they_belong_until_they_are_removed(
    stage: Session, cast: World
) -> None:
    own = application(stage, started_by=cast.outsider)
    request = DocumentRequest(
        application_id=own.id,
        documents=["a"],
        key="k",
        asked_by=cast.operator,
        asked_at=NOW,
        due_at=NOW,
    )
    stage.add(request)
    stage.flush()
    first, second = (file(stage, 1, application_id=own.id) for _ in range(2))
    file(stage, 1, application_id=own.id, removed_at=NOW)
    asked = file(stage, 2, application_id=own.id, document_request_id=request.id)
    assert attachments.of_application(stage, own.id) == [first, second]
    assert attachments.of_request(stage, request.id) == [asked]
    assert attachments.bytes_of_request(stage, request.id) == 2
    assert attachments.by_id(stage, first.id) is first
    assert attachments.by_id(stage, 2**63) is attachments.by_id(stage, 0) is None
    stage.expire(first)
    assert "content" not in first.__dict__ and attachments.content(stage, first.id) == b"there"


def test_the_room_that_an_applicant_takes_is_that_of_all_applications_that_have_not_ended(
    stage: Session, cast: World
) -> None:
    own, other, stranger = (
        application(stage, started_by=user)
        for user in (cast.outsider, cast.outsider, cast.kaede_proposer)
    )
    ended = application(stage, started_by=cast.outsider, status=Status.DISCARDED)
    paper = application(stage, started_by=cast.outsider, is_paper=True)
    visitors, others = (application(stage, email=f"{n}@example.org") for n in range(2))
    for place, one in enumerate((own, other, stranger, ended, paper, visitors, others)):
        file(stage, 10**place, application_id=one.id)
    file(stage, 20, application_id=own.id, content=None, removed_at=NOW)
    file(stage, 30, application_id=own.id, removed_at=NOW)
    assert attachments.bytes_of_applicant(stage, own) == 1 + 10 + 30
    assert attachments.bytes_of_applicant(stage, other) == 1 + 10 + 30
    assert attachments.bytes_of_applicant(stage, stranger) == 100
    assert attachments.bytes_of_applicant(stage, paper) == 10_000
    assert attachments.bytes_of_applicant(stage, visitors) == 100_000
    attachments.lock_applicant(stage, cast.outsider)
