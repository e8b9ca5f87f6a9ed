"""Attachments: kept as they came while an application is open to change, within limits, once."""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.applications import Status, number
from app.domain.attachments import FILE_MEGABYTES_MAX, FILES_MAX, MEGABYTE
from app.domain.errors import NotEntitled, NotFound, UnknownChoice
from app.domain.form_errors import (
    ApplicationEnded,
    FileEmpty,
    FileInfected,
    FileKindRefused,
    FileTooLarge,
    FileUnsafe,
    QuotaExceeded,
    ScanUnavailable,
    TooManyFiles,
)
from app.domain.forms.spec import Applicant
from app.registry import applications, attachments
from app.registry.applications import Begun
from app.registry.attachments import Received
from app.registry.filling import Filler
from app.registry.scanners import Clamd, NoScanner
from app.store import attachments as questions
from app.store.databases import Database
from app.store.tables import Application, Attachment, DocumentRequest, LogEntry
from tests import uploading, world
from tests.powers import SETTING
from tests.spending import at_once
from tests.stages import picture, refused
from tests.world import NOW, World

DOCUMENT, OTHER = "registered_matters", "seal_certificate"
LATER = NOW + timedelta(hours=1)


def begun(session: Session, actor: int, applicant: Applicant = Applicant.DOMESTIC) -> Application:
    """Begin Form 1."""
    opening = Begun(1, applicant)
    return applications.start(session, opening, key=world.key(), actor=actor, now=NOW)


def file(name: str = "a.pdf", size: int = 10) -> Received:
    """Return a file that was looked at; every name has another content."""
    content = name.encode().ljust(size, b".")
    return Received(name, "application/pdf", content, hashlib.sha256(content).digest())


def in_status(session: Session, application: Application, status: Status) -> None:
    application.status, application.submitted_at = status, NOW
    session.flush()


@contextmanager
def unknown(session: Session) -> Generator[None, None, None]:
    """Expect that there is no such thing for this person, and that nothing changes."""
    before = picture(session)
    with pytest.raises(NotFound):
        yield
    assert picture(session) == before


@pytest.fixture
def draft(stage: Session, cast: World) -> Application:
    """A draft of Aoba's proposer."""
    return begun(stage, cast.aoba_proposer)


@pytest.fixture
def by(cast: World) -> Filler:
    return Filler(cast.aoba_proposer)


def test_a_file_is_kept_as_it_came_and_logged(
    stage: Session, draft: Application, by: Filler
) -> None:
    content = uploading.pdf("登記")
    looked_at = attachments.received("../登記.pdf", content, scanner=NoScanner())
    kept, was_there = attachments.attach(stage, draft.id, DOCUMENT, looked_at, by=by, now=LATER)
    assert not was_there
    assert (kept.name, kept.media_type, kept.size) == ("登記.pdf", "application/pdf", len(content))
    assert kept.sha256 == hashlib.sha256(content).digest()
    assert questions.content(stage, kept.id) == content
    assert draft.saved_at == LATER
    entry = stage.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(1)).one()
    assert (entry.operation, entry.subject) == ("attach file", number(draft.id))
    assert entry.facts["sha256"] == kept.sha256.hex()


def test_attacks_and_mistakes_are_refused_by_name() -> None:
    eleven = b"%PDF-" + bytes(11 * MEGABYTE)
    for content, refusal in (
        (b"", FileEmpty),
        (eleven, FileTooLarge),
        (bytes(FILE_MEGABYTES_MAX * MEGABYTE + 1), FileTooLarge),
        (b"<svg onload='alert(1)'/>", FileKindRefused),
        (uploading.archive(), FileKindRefused),
        (uploading.archive(uploading.pdf()), FileUnsafe),
    ):
        with pytest.raises(refusal) as caught:
            attachments.received("/tmp/\u202ea.pdf", content, scanner=NoScanner(), at="there")
        assert caught.value.field == "there"
        assert getattr(caught.value, "name", "") == "a.pdf"


def test_the_scanner_is_asked_and_without_its_answer_nothing_is_taken() -> None:
    clean, infected = uploading.pdf(), uploading.pdf() + b"% " + uploading.EICAR
    with uploading.daemon() as running:
        scanner = Clamd(running.url, seconds=5)
        assert attachments.received("a.pdf", clean, scanner=scanner).media_type == "application/pdf"
        with pytest.raises(FileInfected, match="Eicar-Signature"):
            attachments.received("a.pdf", infected, scanner=scanner)
        assert running.sent == [clean, infected]
    with pytest.raises(ScanUnavailable):
        attachments.received("a.pdf", clean, scanner=scanner)


def test_the_same_content_under_a_document_is_kept_once(
    stage: Session, draft: Application, by: Filler
) -> None:
    first = attachments.attach(stage, draft.id, DOCUMENT, file(), by=by, now=NOW)
    again = attachments.attach(stage, draft.id, DOCUMENT, file(), by=by, now=LATER)
    assert again == (first.attachment, True) and draft.saved_at == NOW
    elsewhere = attachments.attach(stage, draft.id, OTHER, file(), by=by, now=NOW)
    assert not elsewhere.was_there
    attachments.remove(stage, first.attachment.id, by=by, now=NOW)
    assert not attachments.attach(stage, draft.id, DOCUMENT, file(), by=by, now=NOW).was_there


def test_an_application_takes_twenty_files(stage: Session, draft: Application, by: Filler) -> None:
    kept = [
        attachments.attach(stage, draft.id, DOCUMENT, file(str(n)), by=by, now=NOW)
        for n in range(FILES_MAX)
    ]
    with refused(stage, TooManyFiles, files_max=20):
        attachments.attach(stage, draft.id, OTHER, file("one more"), by=by, now=NOW)
    assert attachments.attach(stage, draft.id, DOCUMENT, file("0"), by=by, now=NOW).was_there
    attachments.remove(stage, kept[0].attachment.id, by=by, now=NOW)
    attachments.attach(stage, draft.id, OTHER, file("one more"), by=by, now=NOW)


def test_all_files_of_an_applicant_are_limited_whatever_was_struck_out(
    stage: Session, draft: Application, by: Filler, cast: World
) -> None:
    other = begun(stage, cast.aoba_proposer)
    add_large(stage, draft, 10 * FILE_MEGABYTES_MAX * MEGABYTE - 200)
    with refused(stage, QuotaExceeded, megabytes_max=100):
        attachments.attach(stage, other.id, DOCUMENT, file(size=300), by=by, now=NOW)
    attachments.attach(stage, other.id, DOCUMENT, file(size=50), by=by, now=NOW)
    free = Filler(cast.kaede_proposer)
    elsewhere = begun(stage, cast.kaede_proposer)
    attachments.attach(stage, elsewhere.id, DOCUMENT, file(size=300), by=free, now=NOW)
    # What was struck out takes up room; what was wiped, or has ended, does not.
    in_status(stage, draft, Status.RETURNED)
    large = questions.of_application(stage, draft.id)[0]
    attachments.remove(stage, large.id, by=by, now=LATER)
    with refused(stage, QuotaExceeded):
        attachments.attach(stage, other.id, DOCUMENT, file("b", size=200), by=by, now=NOW)
    in_status(stage, draft, Status.WITHDRAWN)
    attachments.attach(stage, other.id, DOCUMENT, file("b", size=200), by=by, now=NOW)


def add_large(session: Session, application: Application, size: int) -> None:
    """Add a file that says it is large."""
    session.add(
        Attachment(
            application_id=application.id,
            document=DOCUMENT,
            name="large.pdf",
            media_type="application/pdf",
            size=size,
            sha256=b"large",
            content=b"large",
            at=NOW,
        )
    )
    session.flush()


def test_only_whoever_fills_it_in_attaches_and_only_while_it_is_open_to_change(
    stage: Session, draft: Application, by: Filler, cast: World
) -> None:
    kept, _ = attachments.attach(stage, draft.id, DOCUMENT, file(), by=by, now=NOW)
    for stranger in (Filler(cast.kaede_proposer), Filler(cast.operator), Filler(secret="x")):
        with unknown(stage):
            attachments.attach(stage, draft.id, DOCUMENT, file("b"), by=stranger, now=NOW)
        with unknown(stage):
            attachments.remove(stage, kept.id, by=stranger, now=NOW)
    with refused(stage, UnknownChoice, text="signature_certificate"):
        attachments.attach(stage, draft.id, "signature_certificate", file("b"), by=by, now=NOW)
    for status in (Status.SUBMITTED, Status.EXAMINED):
        in_status(stage, draft, status)
        with refused(stage, ApplicationEnded):
            attachments.attach(stage, draft.id, DOCUMENT, file("b"), by=by, now=NOW)
        with refused(stage, ApplicationEnded):
            attachments.remove(stage, kept.id, by=by, now=NOW)
        office = Filler(cast.operator)
        with refused(stage, NotEntitled):
            attachments.attach(stage, draft.id, DOCUMENT, file("b"), by=office, now=NOW)
    in_status(stage, draft, Status.RETURNED)
    attachments.attach(stage, draft.id, DOCUMENT, file("b"), by=by, now=NOW)


def test_a_visitor_attaches_with_the_link_to_the_application(stage: Session) -> None:
    draft, secret = applications.start_as_visitor(
        stage,
        Applicant.FOREIGN,
        email="jane@example.org",
        language="en",
        key="k",
        setting=SETTING,
        now=NOW,
    )
    by = Filler(secret=secret)
    kept, _ = attachments.attach(stage, draft.id, "incorporation", file(), by=by, now=NOW)
    assert kept.user_id is None
    attachments.remove(stage, kept.id, by=by, now=NOW)
    assert questions.of_application(stage, draft.id) == []


def test_what_was_never_submitted_is_wiped_and_what_was_is_struck_out(
    stage: Session, draft: Application, by: Filler
) -> None:
    never, submitted, added = (
        attachments.attach(stage, draft.id, DOCUMENT, file(name), by=by, now=NOW).attachment
        for name in "abc"
    )
    attachments.remove(stage, never.id, by=by, now=LATER)
    attachments.remove(stage, never.id, by=by, now=LATER)
    assert questions.content(stage, never.id) is None and never.removed_at == LATER
    in_status(stage, draft, Status.RETURNED)
    attachments.remove(stage, submitted.id, by=by, now=LATER)
    assert questions.content(stage, submitted.id) == file("b").content
    late, _ = attachments.attach(stage, draft.id, DOCUMENT, file("d"), by=by, now=LATER)
    attachments.remove(stage, late.id, by=by, now=LATER)
    assert questions.content(stage, late.id) is None
    assert questions.of_application(stage, draft.id) == [added]
    removals = select(LogEntry).where(LogEntry.operation == "remove file")
    assert len(stage.scalars(removals).all()) == 3


def test_no_file_is_ever_deleted_or_changed(stage: Session, draft: Application, by: Filler) -> None:
    kept, _ = attachments.attach(stage, draft.id, DOCUMENT, file(), by=by, now=NOW)
    for change in (delete(Attachment), update(Attachment).values(content=b"other")):
        with pytest.raises(DBAPIError), stage.begin_nested():
            stage.execute(change.where(Attachment.id == kept.id))


def test_a_request_for_documents_takes_files_of_its_own(
    stage: Session, draft: Application, by: Filler, cast: World
) -> None:
    request = DocumentRequest(
        application_id=draft.id,
        documents=["定款の写し"],
        key="k",
        asked_by=cast.operator,
        asked_at=NOW,
        due_at=LATER,
    )
    stage.add(request)
    stage.flush()
    kept, was_there = attachments.attach_to_request(
        stage, request, "定款の写し", file(), by=by, now=NOW
    )
    assert not was_there and kept.application_id == draft.id
    assert attachments.attach_to_request(
        stage, request, "定款の写し", file(), by=by, now=NOW
    ).was_there
    assert questions.of_request(stage, request.id) == [kept]
    assert questions.of_application(stage, draft.id) == [], "it does not count among those"
    with refused(stage, UnknownChoice):
        attachments.attach_to_request(stage, request, DOCUMENT, file(), by=by, now=NOW)
    with unknown(stage):
        attachments.remove(stage, kept.id, by=by, now=NOW)
    attachments.strike(stage, kept, was_submitted=False, by=by, now=NOW)
    assert questions.of_request(stage, request.id) == []


@pytest.fixture
def open_registry(engine: str) -> Iterator[tuple[Database, World]]:
    """A registry on which several can work at once."""
    with world.populated_url(engine) as (url, cast), closing(Database.connect(url)) as database:
        yield database, cast


def test_two_at_once_never_exceed_twenty_files(open_registry: tuple[Database, World]) -> None:
    database, cast = open_registry
    by = Filler(cast.aoba_proposer)
    draft = database.write(lambda session: begun(session, cast.aoba_proposer).id)

    def attach(thread: int) -> int:
        kept = 0
        for turn in range(6):
            one = file(f"{thread} {turn}")
            try:
                database.write(
                    lambda session, one=one: (
                        attachments.attach(session, draft, DOCUMENT, one, by=by, now=NOW).was_there
                    )
                )
            except TooManyFiles:
                continue
            kept += 1
        return kept

    assert sum(at_once(4, attach)) == FILES_MAX
    with database.reading() as session:
        assert len(questions.of_application(session, draft)) == FILES_MAX
