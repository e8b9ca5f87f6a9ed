"""The public page of certificates: genuine, not true any more, or not genuine, and nothing more."""

import io
import re
from datetime import timedelta

from pypdf import PdfReader

from app.documents import certificates as papers
from app.domain import certificates as rules
from app.domain.ledger import Kind
from app.registry import applications, certificates
from app.registry.applications import Begun
from app.store.tables import Certificate
from app.web.certificates import issuer, paper
from tests import world
from tests.portal import Portal
from tests.world import NOW


def issued(portal: Portal, language: str = "en") -> Certificate:
    """A certificate of what is recorded of Aoba's account, with its credits."""
    portal.app.config["CLOCK"] = lambda: NOW
    portal.issued(1_234)
    cast = portal.world

    def issue(session: world.Session) -> Certificate:
        begun = Begun(3, account=cast.aoba)
        made = applications.start(session, begun, key="k", actor=cast.aoba_proposer, now=NOW)
        made.answers = {"certificate": {"language": language, "with_credits": "yes"}}
        found = certificates.issue_for_account(session, made, actor=cast.approver, now=NOW)
        session.expunge(found)
        return found

    return portal.database.write(issue)


def main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def test_a_genuine_certificate_shows_what_was_printed_and_nothing_else(portal: Portal) -> None:
    certificate = issued(portal, "ja")
    with portal.app.test_request_context("/"):
        address = papers.address(paper(certificate), issuer())
        body = papers.certificate(paper(certificate), issuer())
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    # The picture leads to the page of the paper's language, on which the other can be chosen.
    path = address.removeprefix("http://localhost")
    assert path.startswith("/ja/certificates?number=JP-C-")
    for address, verdict in (
        (path, "この証明書は真正なもので、記載事項は現在もそのとおりです。"),
        (f"/en{path[3:]}", "This certificate is genuine, and what it says is still so."),
    ):
        answer = portal.visitor().get(address)
        assert answer.status_code == 200
        assert verdict in answer.text
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "no-store"
        shown = main(answer.text).partition('<div class="certificate"')[2].partition("<p><a ")[0]
        facts = re.findall(r"<(d[td]|t[dh]|h\d|p)\b[^>]*>(.*?)</\1>", shown, re.S)
        assert len(facts) > 12
        kept = re.sub(r"\s", "", printed)
        for _tag, fact in facts:
            words = re.sub(r"<time.*?</time>|<[^>]+>|\s", "", fact)
            assert words in kept, words
        assert "Aoba Proposer" not in answer.text


def test_what_is_not_true_any_more_is_told_with_the_day(portal: Portal) -> None:
    certificate = issued(portal)
    later = NOW + timedelta(days=5)
    portal.database.write(
        lambda session: world.moved(session, portal.world, quantity=10, now=later)
    )
    portal.app.config["CLOCK"] = lambda: later
    typed = {"number": certificate.number.lower(), "code": certificate.code.replace("-", " ")}
    for language, words in (
        ("en", ("but what it says is not so any more", "credits held have changed", "07/11/2026")),
        ("ja", ("記載事項は現在のものではありません", "数量が変わっています", "2026年11月7日")),
    ):
        text = portal.visitor().get(f"/{language}/certificates", query_string=typed).text
        for word in (*words, "1,234"):
            assert word in text
        assert "1,224" not in text


def test_whatever_is_wrong_the_answer_is_the_same(portal: Portal) -> None:
    certificate = issued(portal)
    number, code = certificate.number, certificate.code
    unknown = rules.number("JP", 2)
    answers = set()
    for wrong in (
        {"number": number, "code": "ABCDE-ABCDE-ABCDE-ABCDE"},
        {"number": unknown, "code": code},
        {"number": number[:-1] + "0", "code": code},
        {"number": "' OR 1=1", "code": code},
        {"number": number, "code": "<script>\0"},
    ):
        answer = portal.visitor().get("/en/certificates", query_string=wrong)
        text = answer.text
        assert "issued no certificate with this number and code" in text
        for typed in re.findall(r'<input id="(?:number|code)"[^>]*>', text):
            text = text.replace(typed, "")
        # The address as it was asked for, and what each visitor's forms carry.
        text = re.sub(r'(number=|csrf_token" value=")[^"<]*', "", text)
        answers.add((answer.status_code, text))
    assert len(answers) == 1
    # What is left empty is asked for, which tells nothing.
    for left in ({"number": number}, {"code": code}, {"number": "", "code": " "}):
        answer = portal.visitor().get("/ja/certificates", query_string=left)
        assert answer.status_code == 422
    assert portal.visitor().get("/en/certificates").status_code == 200


def test_an_address_that_guesses_has_to_wait(portal: Portal) -> None:
    certificate = issued(portal)
    right = {"number": certificate.number, "code": certificate.code}
    wrong = right | {"code": "ABCDE-ABCDE-ABCDE-ABCDE"}
    visitor = portal.visitor()
    for _ in range(20):
        assert visitor.get("/en/certificates", query_string=wrong).status_code == 200
    # A right one in between is no way to begin anew.
    answer = visitor.get("/en/certificates", query_string=right)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "600"
    assert "1,234" not in answer.text
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(minutes=11)
    assert "is still so" in visitor.get("/en/certificates", query_string=right).text


def test_a_retirement_is_checked_without_signing_in(portal: Portal) -> None:
    portal.issued(100)
    cast = portal.world

    def retire(session: world.Session) -> tuple[str, str]:
        done = world.moved(session, cast, Kind.RETIREMENT, quantity=7)
        found = certificates.issue_for_transaction(
            session, f"JP{done:010d}", language="en", actor=cast.aoba_proposer, now=NOW
        )
        return found.number, found.code

    number, code = portal.database.write(retire)
    text = (
        portal.visitor("ja")
        .get("/ja/certificates", query_string={"number": number, "code": code})
        .text
    )
    for word in ("JP-MN-MN003-2019-1-7", "Certificate of retirement", "Aoba Energy"):
        assert word in text
    assert cast.aoba not in text
