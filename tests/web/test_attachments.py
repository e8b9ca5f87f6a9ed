"""The files of an application on their page: attached, told apart, taken away, removed."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from urllib.parse import unquote

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.announcements import Kind as Announced
from app.domain.applications import Status, number
from app.domain.attachments import FILES_MAX, MEGABYTE
from app.domain.forms.spec import Applicant
from app.registry import announcements, applications
from app.registry.applications import Begun
from app.registry.scanners import Clamd
from app.store.tables import Application, Attachment, LogEntry
from app.web import attachments as pages
from tests import uploading, world
from tests.portal import Portal, PortalClient, counted, error_summary
from tests.powers import SETTING

DOCUMENT, FIELD = "registered_matters", "document_registered_matters"


@pytest.fixture
def draft(portal: Portal) -> str:
    """The address of the files of a draft of Form 1, Aoba's proposer's."""

    return begun(portal, portal.world.aoba_proposer)


def begun(portal: Portal, actor: int) -> str:
    """Begin Form 1 and return the address of its files."""

    def begin(session: Session) -> str:
        opening, at = Begun(1, Applicant.DOMESTIC), portal.app.config["CLOCK"]()
        made = applications.start(session, opening, key=world.key(), actor=actor, now=at)
        return f"/applications/{number(made.id)}/attachments"

    return portal.database.write(begin)


@pytest.fixture
def client(portal: Portal, draft: str) -> PortalClient:
    """Aoba's proposer in front of the page."""
    made = portal.sign_in("aoba-proposer")
    made.get(draft)
    return made


def attach(
    client: PortalClient, draft: str, *files: tuple[str, bytes], document: str = DOCUMENT
) -> TestResponse:
    """Send files as the page's form does."""
    sent = [(BytesIO(content), name) for name, content in files]
    data = {"csrf_token": client.token, f"document_{document}": sent}
    answer = client.post(f"{draft}?document={document}", data=data)
    # A large body lies in a file of the test client's.
    answer.request.environ["wsgi.input"].close()
    return answer


def kept(portal: Portal) -> list[Attachment]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


def put(portal: Portal, status: Status) -> None:
    """Put the application into a status."""

    def change(session: Session) -> None:
        application = session.scalars(select(Application).order_by(Application.id)).first()
        assert application is not None
        application.status, application.submitted_at = status, portal.app.config["CLOCK"]()
        application.due_at = application.submitted_at
        session.flush()

    portal.database.write(change)


def test_files_are_attached_several_at_once_and_listed_with_what_they_are(
    portal: Portal, client: PortalClient, draft: str
) -> None:
    assert "Missing" in client.get(draft).text
    files = ("登記事項証明書.pdf", uploading.pdf()), ("scan.png", uploading.image())
    answer = attach(client, draft, *files)
    assert answer.status_code == 303 and answer.location.endswith(f"done=kept#{FIELD}")
    for language in ("en", "ja"):
        client.set_cookie("language_jp", language)
        with counted(portal) as statements:
            shown = client.get(answer.location).text
        assert len(statements) <= 12
        for one in kept(portal):
            assert one.name in shown and one.sha256.hex()[:16] in shown
    again = attach(client, draft, files[0])
    assert again.location.endswith(f"done=again#{FIELD}")
    assert len(kept(portal)) == 2


def test_a_file_comes_back_as_it_was_and_is_never_shown_from_here(
    portal: Portal, client: PortalClient, draft: str
) -> None:
    name, content = "登記 (写し) 100%.pdf", uploading.pdf()
    attach(client, draft, (name, content))
    answer = client.get(f"{draft}/{kept(portal)[0].id}")
    assert answer.data == content
    headers = answer.headers
    plain, _, intact = headers["Content-Disposition"].partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="__ (__) 100_.pdf"' and unquote(intact) == name
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert headers["Cache-Control"] == "no-store"


def test_attacks_are_refused_at_the_field_and_what_is_sound_is_kept(
    portal: Portal, client: PortalClient, draft: str
) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    answer = attach(
        client,
        draft,
        ("picture.png", svg),
        ("empty.pdf", b""),
        ("large.pdf", b"%PDF-" + bytes(11 * MEGABYTE)),
        ("both.pdf", uploading.archive(uploading.pdf())),
        ("../../etc/\u202efdp.pdf", uploading.pdf()),
    )
    assert answer.status_code == 422
    said = error_summary(answer.text)[FIELD]
    for words in ("picture.png", "empty.pdf", "large.pdf", "both.pdf", "10 MB"):
        assert words in said
    assert f'id="{FIELD}_error"' in answer.text and "Kept all the same" in answer.text
    assert [one.name for one in kept(portal)] == ["fdp.pdf"]
    assert portal.refusals() == ["FileKindRefused", "FileEmpty", "FileTooLarge", "FileUnsafe"]
    # What the browser says of the type does not count.
    html = {"csrf_token": client.token, FIELD: (BytesIO(b"<html>"), "a.pdf", "application/pdf")}
    assert client.post(f"{draft}?document={DOCUMENT}", data=html).status_code == 422
    assert len(kept(portal)) == 1


def test_nothing_chosen_and_21_files_are_told(
    portal: Portal, client: PortalClient, draft: str
) -> None:
    assert FIELD in error_summary(attach(client, draft).text)
    many = [(f"{place}.png", uploading.image()) for place in range(FILES_MAX + 1)]
    answer = attach(client, draft, *many)
    assert answer.status_code == 422 and "20" in error_summary(answer.text)[FIELD]
    assert kept(portal) == []
    assert attach(client, draft, many[0], document="nothing").status_code == 404


def test_a_body_over_the_limit_is_told_at_the_field_and_only_here_it_is_large(
    portal: Portal, client: PortalClient, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "BODY_MEGABYTES_MAX", 1)
    answer = attach(client, draft, ("a.pdf", bytes(2 * MEGABYTE)))
    assert answer.status_code == 413
    assert "1 MB at a time" in error_summary(answer.text)[FIELD]
    monkeypatch.undo()
    assert attach(client, draft, ("a.pdf", bytes(2 * MEGABYTE))).status_code == 422
    elsewhere = client.post("/portal/transfers", data={"remark": "x" * 2 * MEGABYTE})
    assert elsewhere.status_code == 413


@pytest.fixture
def scanning(portal: Portal) -> Iterator[uploading.Daemon]:
    """A virus scanner that the registry asks."""
    with uploading.daemon() as running:
        portal.app.extensions["scanner"] = Clamd(running.url, seconds=1)
        yield running


def test_the_virus_scanner_has_its_say(
    portal: Portal, client: PortalClient, draft: str, scanning: uploading.Daemon
) -> None:
    infected = uploading.pdf() + b"% " + uploading.EICAR
    assert attach(client, draft, ("clean.pdf", uploading.pdf())).status_code == 303
    answer = attach(client, draft, ("bad.pdf", infected))
    assert "Eicar-Signature" in error_summary(answer.text)[FIELD]
    scanning.answer = b"ERROR"
    answer = attach(client, draft, ("a.png", uploading.image()), ("b.png", uploading.image()))
    assert answer.status_code == 422 and "at the moment" in error_summary(answer.text)[FIELD]
    assert len(kept(portal)) == 1 and len(scanning.sent) == 2


def test_a_file_is_removed_and_once_submitted_nothing_is_attached_or_removed(
    portal: Portal, client: PortalClient, draft: str
) -> None:
    attach(client, draft, ("a.pdf", uploading.pdf()), ("b.png", uploading.image()))
    first, second = kept(portal)
    for _twice in range(2):
        assert client.send(f"{draft}/{first.id}/removal").status_code in {303, 404}
    assert client.get(f"{draft}/{first.id}").status_code == 404
    assert "is removed" in client.get(f"{draft}?done=removed").text
    put(portal, Status.SUBMITTED)
    shown = client.get(draft).text
    assert "b.png" in shown and 'type="file"' not in shown and "/removal" not in shown
    for answer in (
        client.send(f"{draft}/{second.id}/removal"),
        attach(client, draft, ("c.pdf", uploading.pdf("c"))),
    ):
        assert answer.status_code == 409 and "" in error_summary(answer.text)
    assert portal.refusals() == ["ApplicationEnded", "ApplicationEnded"]


def test_an_application_of_others_is_not_there_and_administrators_downloads_are_logged(
    portal: Portal, client: PortalClient, draft: str
) -> None:
    attach(client, draft, ("a.pdf", uploading.pdf()))
    file = f"{draft}/{kept(portal)[0].id}"
    outsider, auditor = portal.sign_in("outsider"), portal.sign_in("auditor")
    for stranger in (outsider, auditor):
        assert stranger.get(draft).status_code == stranger.get(file).status_code == 404
        assert stranger.send(f"{file}/removal").status_code == 404
        assert attach(stranger, draft, ("b.pdf", uploading.pdf())).status_code == 404
    own = begun(portal, portal.world.outsider)
    assert outsider.get(own).status_code == 200
    assert outsider.get(f"{own}/{kept(portal)[0].id}").status_code == 404
    put(portal, Status.SUBMITTED)
    assert auditor.get(file).status_code == client.get(file).status_code == 200
    for gone in (0, 99, 2**70):
        assert client.get(f"{draft}/{gone}").status_code == 404
    with portal.database.reading() as session:
        taken = session.scalars(select(LogEntry).where(LogEntry.operation == "read file")).all()
    assert [one.user_id for one in taken] == [portal.world.auditor]


def test_a_visitor_attaches_with_the_link_in_its_browser(portal: Portal) -> None:
    def begin(session: Session) -> tuple[str, str]:
        made, secret = applications.start_as_visitor(
            session,
            Applicant.FOREIGN,
            email="jane@example.org",
            language="en",
            key="k",
            setting=SETTING,
            now=portal.app.config["CLOCK"](),
        )
        return f"/applications/{number(made.id)}/attachments", secret

    draft, secret = portal.database.write(begin)
    visitor = portal.visitor()
    visitor.set_cookie("application_jp", secret)
    assert visitor.get(draft).status_code == 200
    answer = attach(visitor, draft, ("a.pdf", uploading.pdf()), document="incorporation")
    assert answer.status_code == 303
    assert visitor.get(f"{draft}/{kept(portal)[0].id}").status_code == 200


def test_a_file_that_comes_after_the_session_ended_cannot_be_kept_and_this_is_said(
    portal: Portal, client: PortalClient, draft: str
) -> None:
    begun_at = portal.app.config["CLOCK"]()
    portal.app.config["CLOCK"] = lambda: begun_at + timedelta(hours=1)
    late = attach(client, draft, ("a.pdf", uploading.pdf()))
    client.token = "of another session"
    stale = attach(client, draft, ("a.pdf", uploading.pdf()))
    for answer, code in ((late, 401), (stale, 400)):
        assert answer.status_code == code
        assert "choose the file once more" in answer.text
        assert re.search(rf'class="button" href="{draft}"', answer.text)
    assert kept(portal) == []


def test_under_maintenance_nothing_is_attached(
    portal: Portal, client: PortalClient, draft: str
) -> None:
    at = portal.app.config["CLOCK"]()

    def announce(session: Session) -> None:
        announcements.schedule(
            session,
            Announced.MAINTENANCE,
            texts={"title_en": "a", "title_ja": "題", "text_en": "b", "text_ja": "文"},
            starts_at=at + timedelta(minutes=1),
            ends_at=at + timedelta(minutes=9),
            actor=portal.world.system_administrator,
            now=at,
        )

    portal.database.write(announce)
    portal.app.config["CLOCK"] = lambda: at + timedelta(minutes=5)
    portal.app.extensions.get("kept", {}).clear()
    assert attach(client, draft, ("a.pdf", uploading.pdf())).status_code == 503
    assert kept(portal) == []
