"""The papers of one application: the form as it stands, the receipt, and who gets which."""

from io import BytesIO

import docx
from sqlalchemy.orm import Session

from app.domain.applications import number
from app.registry import applications
from app.registry.filling import Filler
from app.store import applications as questions
from app.store.tables import Mark
from app.store.tables.applications import Standing
from tests import applying
from tests.papers import words
from tests.portal import Portal
from tests.powers import SETTING
from tests.world import NOW


def submitted(portal: Portal, form: int = 4) -> str:
    """Hand in an application about Aoba's account, and return its number."""
    return portal.database.write(
        lambda session: number(applying.submitted(session, portal.world, form).id)
    )


def draft(portal: Portal, form: int = 3) -> str:
    return portal.database.write(
        lambda session: number(applying.begun(session, portal.world, form).id)
    )


def test_the_form_shows_the_application_as_it_stands(portal: Portal) -> None:
    printed = submitted(portal)
    for language, said in (("en", "holdsnocredits"), ("ja", "クレジットの残高はなく")):
        client = portal.sign_in("aoba-proposer", language)
        answer = client.get(f"/applications/{printed}/form.pdf")
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{printed}.pdf"'
        assert answer.headers["Content-Language"] == language
        assert answer.data == client.get(f"/applications/{printed}/form.pdf").data
        text = words(answer.data)
        for part in (printed, portal.world.aoba, "■" + ("Theaccount" if language == "en" else "")):
            assert part in text
        assert said in text
        word = client.get(f"/applications/{printed}/form.docx")
        assert word.headers["Content-Disposition"] == f'attachment; filename="{printed}.docx"'
        paper = docx.Document(BytesIO(word.data))
        assert printed in [cell.text for cell in paper.tables[0].columns[1].cells]


def test_the_receipt_names_every_file_as_it_was_handed_in(portal: Portal) -> None:
    printed = submitted(portal)
    client = portal.sign_in("aoba-proposer", "ja")
    receipt = client.get(f"/applications/{printed}/receipt.pdf")
    assert receipt.headers["Content-Disposition"] == f'attachment; filename="{printed}-receipt.pdf"'
    text = words(receipt.data)
    file = applying.file("seal_certificate")
    for said in (printed, file.name, f"{len(file.content)}バイト", file.sha256.hex()[:32]):
        assert said in text
    assert portal.world.aoba in text

    def take_away(session: Session) -> None:
        (attachment,) = questions.attachments(session, _id(session, printed))
        attachment.removed_at = NOW

    portal.database.write(take_away)
    assert client.get(f"/applications/{printed}/receipt.pdf").data == receipt.data


def test_a_draft_is_signed_by_hand_and_has_no_receipt(portal: Portal) -> None:
    printed = draft(portal)
    client = portal.sign_in("aoba-proposer")
    assert "Signatureorseal" in words(client.get(f"/applications/{printed}/form.pdf").data)
    assert client.get(f"/applications/{printed}/receipt.pdf").status_code == 404

    def discard(session: Session) -> None:
        by = Filler(portal.world.aoba_proposer)
        applications.discard(session, _id(session, printed), by=by, now=NOW)

    portal.database.write(discard)
    for paper in ("form.pdf", "form.docx", "receipt.pdf"):
        assert client.get(f"/applications/{printed}/{paper}").status_code == 404


def test_nobody_else_learns_that_there_is_an_application(portal: Portal) -> None:
    printed = draft(portal)
    for paper in ("form.pdf", "form.docx", "receipt.pdf"):
        missing = portal.sign_in("outsider").get(f"/applications/A-999999/{paper}")
        for login_id in ("outsider", "operator"):
            answer = portal.sign_in(login_id).get(f"/applications/{printed}/{paper}")
            assert answer.status_code == missing.status_code == 404
        assert portal.visitor().get(f"/applications/{printed}/{paper}").status_code == 303


def test_what_the_examiner_found_is_on_the_administrators_copy_alone(portal: Portal) -> None:
    printed = submitted(portal)

    def judge(session: Session) -> None:
        applying_id = _id(session, printed)
        mark = Mark(
            application_id=applying_id,
            item="check:authority",
            standing=Standing.PROBLEM,
            remark="Whose seal is this?",
            user_id=portal.world.operator,
            at=NOW,
        )
        session.add(mark)

    portal.database.write(judge)
    inside = words(portal.sign_in("operator").get(f"/applications/{printed}/form.pdf").data)
    outside = words(portal.sign_in("aoba-proposer").get(f"/applications/{printed}/form.pdf").data)
    assert "■problemWhoseseal" in inside
    assert "Whoseseal" not in outside and "■problem" not in outside


def test_a_visitor_gets_the_papers_with_the_link_and_is_named_as_it_signed(portal: Portal) -> None:
    def apply(session: Session) -> tuple[str, str]:
        made, by = applying.visited(session)
        applying.fill(session, made, by=by)
        asked = {"by": by, "setting": SETTING, "now": NOW, "name": "Hanako Mihon"}
        applications.submit(session, made.id, **asked)
        return number(made.id), by.secret

    printed, secret = portal.database.write(apply)
    client = portal.visitor("ja")
    client.set_cookie("application_jp", secret)
    receipt = words(client.get(f"/applications/{printed}/receipt.pdf").data)
    for said in ("提出者HanakoMihon", "名称・氏名見本商事株式会社", printed):
        assert said in receipt
    assert "HanakoMihon" in words(client.get(f"/applications/{printed}/form.pdf").data)


def test_what_came_on_paper_names_no_administrator(portal: Portal) -> None:
    printed = portal.database.write(
        lambda session: number(
            applying.submitted(
                session, portal.world, 3, actor=portal.world.operator, is_paper=True
            ).id
        )
    )
    client = portal.sign_in("aoba-proposer")
    receipt = words(client.get(f"/applications/{printed}/receipt.pdf").data)
    assert "Onpaper;enteredbytheregistryadministrator" in receipt


def _id(session: Session, printed: str) -> int:
    found = questions.by_id(session, int(printed[2:]))
    assert found is not None
    return found.id
