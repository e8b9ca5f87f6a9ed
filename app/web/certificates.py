"""Certificates behind sign-in: issued for a retirement or a cancellation, listed, downloaded."""

from typing import Any, Final

from flask import Blueprint, Response, make_response, redirect, request, url_for

from app.documents import certificates as papers
from app.domain import certificates as rules
from app.domain import roles
from app.domain.certificates import TITLES
from app.domain.errors import NotFound, Refusal
from app.registry import certificates
from app.store import certificates as questions
from app.store import people
from app.store.tables import Certificate
from app.web import attempts
from app.web.access import requires
from app.web.accounts import seen
from app.web.messages import sentence, status
from app.web.pages import page
from app.web.readers import reader
from app.web.sessions import database, now, reading, registry
from app.web.transactions import answer, identified
from app.web.transactions import seen as transaction_seen

blueprint = Blueprint("certificates", __name__, url_prefix="/portal")

PAGE_SIZE: Final = 50
_ID_DIGITS_MAX: Final = 18


@blueprint.post("/transactions/<number>/certificate")
@requires()
def issue(number: str) -> Any:
    """Issue the certificate of a transaction, or find the one that was issued."""
    found = transaction_seen(reading(), number)
    language, actor, at = request.form.get("language", ""), reader().id, now()
    try:
        database().write(
            lambda session: certificates.issue_for_transaction(
                session, number, language=language, actor=actor, now=at
            )
        )
    except Refusal as refusal:
        attempts.log("issue certificate", number, [refusal])
        return answer(found, status(refusal), {"": sentence(refusal)})
    address = url_for("transactions.show", number=number, _anchor="certificate_title")
    return redirect(address, 303)


@blueprint.get("/transactions/<number>/certificate.pdf")
@requires()
def of_transaction(number: str) -> Response:
    """Download the certificate of a transaction, once it is issued."""
    return _download(questions.of_transaction(reading(), identified(number)))


@blueprint.get("/certificates/<number>.pdf")
@requires()
def show(number: str) -> Response:
    """Download a certificate, of a transaction or of account information."""
    is_printed = rules.read_number(number) == number
    return _download(questions.by_number(reading(), number) if is_printed else None)


@blueprint.get("/accounts/<number>/certificates")
@requires()
def search(number: str) -> Any:
    """List the certificates of an account, newest first."""
    session = reading()
    account, _right = seen(session, number)
    typed = request.args.get("before", "")
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= _ID_DIGITS_MAX
    before = int(typed) if is_number else None
    found = questions.of_account(session, account.id, before=before, size=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    following = url_for("certificates.search", number=number, before=rows[-1].id) if rows else ""
    return page(
        "certificates/search.html",
        account=account,
        rows=rows,
        titles=TITLES,
        previous=url_for("certificates.search", number=number) if before else None,
        next=following if len(found) > PAGE_SIZE else None,
    )


def issuer() -> papers.Issuer:
    """Return whose paper a certificate is."""
    told = registry()
    address = told.public_url or request.url_root.rstrip("/")
    return papers.Issuer(told.name, told.authority, address, told.time_zone)


def paper(certificate: Certificate) -> papers.Issued:
    """Return a certificate as it is printed."""
    return papers.Issued(
        certificate.number,
        certificate.code,
        certificate.language,
        certificate.issued_at,
        rules.paper(certificate.facts),
    )


def _download(certificate: Certificate | None) -> Response:
    """Answer with the file, for whoever may see the account it is of; 404 to everyone else."""
    if certificate is None:
        raise NotFound("certificate")
    power = people.power(reading().connection(), reader().id, certificate.account_id)
    if power is None or not roles.may_see_account(power.role, power.right):
        raise NotFound("certificate")
    body = papers.certificate(paper(certificate), issuer())
    made = make_response(body)
    made.mimetype = "application/pdf"
    made.headers["Content-Disposition"] = f'attachment; filename="{certificate.number}.pdf"'
    made.headers["Content-Language"] = certificate.language
    return made
