"""The papers of one application: its form as PDF and Word, and the receipt."""

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, make_response
from sqlalchemy.orm import Session

from app.documents import forms, receipts, word_forms
from app.documents.form_contents import Filled, Mark
from app.documents.moments import moment
from app.domain import applications as rules
from app.domain.applications import Event, Status
from app.domain.errors import NotFound
from app.domain.forms.spec import Form
from app.registry import checklists, filling
from app.registry.applications import LIFE
from app.store import applications as questions
from app.store.databases import AnyRow
from app.store.tables import Account, Application
from app.store.tables.applications import Standing
from app.web import fillers, words
from app.web.access import person, public
from app.web.sessions import reading, registry

blueprint = Blueprint("application_papers", __name__, url_prefix="/applications/<number>")
fillers.tell_templates(blueprint)

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Where the name of an applicant stands in Form 1, in either language.
_NAMES: Final = {"en": ("name_en", "person_en"), "ja": ("name_ja", "person_ja")}


@blueprint.get("/form.pdf")
@public
def form(number: str) -> Response:
    """Download the application as it stands, with its checklist."""
    found = _kept(number)
    of = filling.form_of(found)
    language = words.language()
    body = forms.form(of, found.applicant, language, registry().name, _filled(found))
    return _download(body, "application/pdf", f"{number}.pdf")


@blueprint.get("/form.docx")
@public
def word(number: str) -> Response:
    """Download the application as it stands, to be gone on with in Word."""
    found = _kept(number)
    of = filling.form_of(found)
    language = words.language()
    body = word_forms.form(of, found.applicant, language, registry().name, _filled(found))
    return _download(body, _WORD, f"{number}.docx")


@blueprint.get("/receipt.pdf")
@public
def receipt(number: str) -> Response:
    """Download the receipt of what was handed in last."""
    found = fillers.application(number)
    step = _handed_in(reading(), found)
    if step is None:
        raise NotFound("receipt")
    told = registry()
    body = receipts.receipt(_receipt(found, step), words.language(), told.name, told.time_zone)
    return _download(body, "application/pdf", f"{number}-receipt.pdf")


def _kept(number: str) -> Application:
    """Return an application whose answers are there; those of a discarded one are not."""
    found = fillers.application(number)
    if found.status is Status.DISCARDED:
        raise NotFound("application")
    return found


def _handed_in(session: Session, found: Application) -> AnyRow | None:
    """Return the step with which an application was handed in last."""
    steps = [one for one in questions.steps(session, found.id) if one.event is Event.SUBMIT]
    return steps[-1] if steps else None


def _filled(found: Application) -> Filled:
    session = reading()
    step = _handed_in(session, found)
    at, signer = None, ""
    if step is not None and _is_as_signed(session, found, step):
        at, signer = step.at, _signer(found, step)
    return Filled(
        answers=found.answers,
        number=rules.number(found.id),
        account=_account(session, found),
        before=found.before,
        attached=frozenset(one.document for one in questions.attachments(session, found.id)),
        handed_in=_printed(at),
        signer=signer,
        marks=_marks(session, found),
    )


def _receipt(found: Application, step: AnyRow) -> receipts.Receipt:
    session, of = reading(), filling.form_of(found)
    return receipts.Receipt(
        number=rules.number(found.id),
        form=of,
        applicant=found.applicant,
        received_at=step.at,
        due_at=step.at + LIFE,
        name=_name(session, found, step),
        account=_account(session, found),
        signer=_signer(found, step),
        answers=step.facts["answers"],
        files=_files(session, found, of, step.facts["files"]),
    )


def _files(
    session: Session, found: Application, of: Form, signed: list[str]
) -> list[receipts.File]:
    """Return the files as they were handed in, also where some were taken away since."""
    sizes = questions.sizes(session, found.id)
    labels = {one.key: words.text(one.label) for one in of.documents}
    files = []
    for line in signed:
        digest, document, name = line.split(" ", 2)
        files.append(receipts.File(labels.get(document, document), name, sizes[digest], digest))
    return files


def _is_as_signed(session: Session, found: Application, step: AnyRow) -> bool:
    """Tell whether the answers are still those that were handed in."""
    return bool(filling.signed(session, found)["answers"] == step.facts["answers"])


def _signer(found: Application, step: AnyRow) -> str:
    """Name whoever handed an application in; administrators only as what they are."""
    if found.is_paper:
        return words.text(receipts.ON_PAPER)
    if step.user_id is None:
        return str(step.facts.get("name", ""))
    return _either(step)


def _name(session: Session, found: Application, step: AnyRow) -> str:
    """Return the name of the holder, or of the applicant who wants to become one."""
    if found.form != rules.OPENING and found.account_id is not None:
        return _either(questions.holder_of(session, found.account_id))
    if not _is_as_signed(session, found, step):
        return ""
    given = found.answers.get("holder", {})
    keys = (*_NAMES[words.language()], *_NAMES["en"])
    return next((given[key] for key in keys if given.get(key)), "")


def _either(named: Any) -> str:
    is_japanese = words.language() == "ja"
    return str((named.name_ja if is_japanese else "") or named.name_en)


def _account(session: Session, found: Application) -> str:
    account = session.get(Account, found.account_id) if found.account_id else None
    return account.number if account else ""


def _marks(session: Session, found: Application) -> dict[str, Mark]:
    """Return the examiner's ticks, for the administrators alone."""
    reader = person()
    if reader is None or reader.role is None:
        return {}
    return {
        item: Mark(mark.standing is Standing.FINE, mark.remark or "")
        for item, mark in checklists.standing(session, found).items()
    }


def _printed(at: datetime | None) -> str:
    return moment(at, words.language(), registry().time_zone) if at else ""


def _download(body: bytes, media_type: str, name: str) -> Response:
    answer = make_response(body)
    answer.mimetype = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Language"] = words.language()
    return answer
