"""Forms and procedures for everybody: the table of the forms, the procedures, and the files."""

from functools import lru_cache
from typing import Any, Final

from flask import Blueprint, Response, make_response, request, url_for

from app.documents import forms as papers
from app.documents import word_forms
from app.documents.procedures import procedures_document
from app.domain import forms, procedures
from app.domain.applications import OPENING
from app.domain.errors import NotFound
from app.domain.forms.spec import Applicant, Form
from app.domain.text import Text
from app.web import country
from app.web.access import SIGN_IN, person, public
from app.web.addresses import whole
from app.web.pages import page
from app.web.sessions import registry
from app.web.words import PREFIX, language

blueprint = Blueprint("procedures", __name__, url_prefix=f"{PREFIX}/procedures")

_PDF: Final = "application/pdf"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Who is called how in the narrow columns of the table.
_SHORT: Final = {
    Applicant.DOMESTIC: Text("Japanese corporation", "内国法人"),
    Applicant.FOREIGN: Text("Foreign corporation", "外国法人"),
    Applicant.INDIVIDUAL: Text("Individual", "個人"),
}
_SHORT_ELSEWHERE: Final = _SHORT | {
    Applicant.DOMESTIC: Text("Corporation of the country", "国内の法人")
}
_EXAMPLES: Final = (Applicant.DOMESTIC, Applicant.FOREIGN)
#: Papers that were made are kept: as many as there are, and some more.
_KEPT_MAX: Final = 128


@blueprint.get("")
@public
def show() -> Any:
    code = registry().code
    latest = [forms.latest(number, code) for number in sorted(forms.VERSIONS)]
    return page(
        "procedures/show.html",
        forms=latest,
        applicants=_SHORT if country.is_japan() else _SHORT_ELSEWHERE,
        examples=_EXAMPLES,
        apply={form.number: _apply(form.number) for form in latest},
        is_signed_in=person() is not None,
        title=procedures.TITLE,
        updated=procedures.UPDATED,
        parts=procedures.parts(code),
        which=procedures.WHICH.key,
        documents=procedures.DOCUMENTS.key,
        headings_of={
            "when": procedures.WHEN,
            "who": procedures.WHO,
            "result": procedures.RESULT,
        },
        procedures={one.form: one for one in procedures.told(code)},
        needed=procedures.papers(code),
        opening=OPENING,
    )


def _apply(form: int) -> str:
    """Return where a form is filled in: the opening of an account needs no login."""
    address = url_for("applications.new", form=form)
    if person() is not None:
        return address
    if form == OPENING:
        return url_for("visitors.new")
    return url_for(SIGN_IN, next=address)


@blueprint.get("/document.pdf")
@public
def document() -> Response:
    body = _document(language(), registry().name, registry().code, whole(""))
    return _download(body, _PDF, "procedures.pdf")


@blueprint.get("/form-<int:form>.pdf")
@public
def blank(form: int) -> Response:
    found, applicant = _form(form), _applicant()
    body = _blank(found.number, found.version, applicant, language(), registry().name)
    return _download(body, _PDF, f"form-{form}-{applicant}.pdf")


@blueprint.get("/form-<int:form>.docx")
@public
def word(form: int) -> Response:
    found, applicant = _form(form), _applicant()
    body = _word(found.number, found.version, applicant, language(), registry().name)
    return _download(body, _WORD, f"form-{form}-{applicant}.docx")


@blueprint.get("/example-<int:form>-<any(domestic,foreign):applicant>.pdf")
@public
def example(form: int, applicant: str) -> Response:
    found = _form(form)
    body = _example(found.number, found.version, Applicant(applicant), language(), registry().name)
    return _download(body, _PDF, f"example-{form}-{applicant}.pdf")


def _form(number: int) -> Form:
    if number not in forms.VERSIONS:
        raise NotFound("form")
    return forms.latest(number, registry().code)


def _applicant() -> Applicant:
    """Return whose form is asked for: that of a domestic corporation unless it is said."""
    typed = request.args.get("for", Applicant.DOMESTIC)
    if typed not in set(Applicant):
        raise NotFound("form")
    return Applicant(typed)


@lru_cache(maxsize=_KEPT_MAX)
def _document(language: str, name: Text, code: str, address: str) -> bytes:
    return procedures_document(language, name, code=code, address=address)


@lru_cache(maxsize=_KEPT_MAX)
def _blank(form: int, version: int, applicant: Applicant, language: str, name: Text) -> bytes:
    return papers.form(forms.edition(form, version), applicant, language, name)


@lru_cache(maxsize=_KEPT_MAX)
def _word(form: int, version: int, applicant: Applicant, language: str, name: Text) -> bytes:
    return word_forms.form(forms.edition(form, version), applicant, language, name)


@lru_cache(maxsize=_KEPT_MAX)
def _example(form: int, version: int, applicant: Applicant, language: str, name: Text) -> bytes:
    return papers.example(forms.edition(form, version), applicant, language, name)


def _download(body: bytes, media_type: str, name: str) -> Response:
    """Answer with a file; whoever has it already is told so."""
    answer = make_response(body)
    answer.mimetype = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.add_etag()
    answer.make_conditional(request)
    return answer
