"""What stands in a mail, and what does not."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default

import pytest

from app.documents import mails
from app.documents.mails import LINKS, Contents, Sender
from app.domain.notifications import PREFIX, Kind, title
from app.domain.text import Text

SENDER = Sender(
    "JP",
    Text("JCM Registry of Japan", "日本国JCM登録簿"),
    "registry@jcm.example",
    "https://registry.example",
)
LANGUAGES = ("en", "ja")
MADE = datetime(2026, 11, 2, 1, 30, 0, 5, tzinfo=UTC)
CONTENTS = Contents(
    12, MADE, Kind.ISSUANCE_COMPLETED, "one@example.com", "en", "/portal/notifications/7"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_mail_of_a_title_a_sentence_and_a_link(kind: Kind, language: str) -> None:
    contents = replace(CONTENTS, kind=kind, language=language)
    made = message_from_bytes(mails.message(SENDER, contents).as_bytes(), policy=default)
    words = title(kind).get(language)
    assert made["Subject"] == words
    assert words.startswith(PREFIX.get(language))
    body = made.get_content()
    paragraphs = body.split("\r\n\r\n" if "\r\n" in body else "\n\n")
    assert paragraphs[0] == words
    assert paragraphs[1].count("。" if language == "ja" else ". ") <= 3
    assert paragraphs[2] == "https://registry.example/portal/notifications/7"
    assert "{" not in body


def test_a_mail_tells_nothing_of_what_has_happened() -> None:
    """A mail is made from its kind and its link: it cannot tell what it does not know."""
    made = mails.message(SENDER, CONTENTS)
    body = made.get_content()
    assert "tCO" not in body and "JP-100" not in body
    assert not any(letter.isdigit() for letter in body.replace("/portal/notifications/7", ""))


def test_the_headers_are_those_of_a_machine_that_wants_no_answer() -> None:
    made = mails.message(SENDER, replace(CONTENTS, language="ja"))
    raw = made.as_bytes()
    assert made["From"] == "日本国JCM登録簿 <registry@jcm.example>"
    assert made["To"] == "one@example.com"
    assert made["Date"].datetime == MADE.replace(microsecond=0)
    assert made["Message-ID"] == "<JP.12.20261102013000000005@jcm.example>"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["Content-Language"] == "ja"
    assert made["Content-Type"] == 'text/plain; charset="utf-8"'
    assert b"Subject: =?utf-8?" in raw
    assert raw.isascii()


def test_a_mail_made_twice_is_the_same_byte_for_byte() -> None:
    for language in LANGUAGES:
        contents = replace(CONTENTS, language=language)
        first, second = (mails.message(SENDER, contents).as_bytes() for _ in range(2))
        assert first == second


def test_two_mails_never_bear_one_name() -> None:
    others = [
        replace(CONTENTS, id=13),
        replace(CONTENTS, made_at=MADE.replace(microsecond=6)),
    ]
    names = {mails.message_id(SENDER, one) for one in (CONTENTS, *others)}
    names.add(mails.message_id(replace(SENDER, code="MN"), CONTENTS))
    assert len(names) == 4


def test_a_link_mail_ends_its_link_with_the_secret() -> None:
    for kind in LINKS:
        contents = replace(CONTENTS, kind=kind, path="/links/", secret="s3cret")
        assert "https://registry.example/links/s3cret\n" in mails.message(
            SENDER, contents
        ).get_content().replace("\r\n", "\n")


def test_whatever_a_visitor_is_told_leads_to_the_application_and_not_to_sign_in() -> None:
    told = replace(
        CONTENTS, kind=Kind.APPLICATION_RETURNED, path="/applications/resume/", secret="s3cret"
    )
    text = mails.message(SENDER, replace(told, language="en")).get_content()
    assert "Go on with your application" in text
    assert "Sign in" not in text
    assert "https://registry.example/applications/resume/s3cret" in text


def test_the_registry_may_write_under_another_name() -> None:
    sender = replace(SENDER, address="登録簿 <no-reply@登録簿.example>")
    made = mails.message(sender, CONTENTS)
    assert made["From"].addresses[0].display_name == "登録簿"
    assert made["From"].addresses[0].domain == "xn--7wyy6jttw.example"
    assert str(made["Message-ID"]).endswith("@xn--7wyy6jttw.example>")


def test_an_address_cannot_add_a_header() -> None:
    with pytest.raises((ValueError, MessageError)):
        mails.message(SENDER, replace(CONTENTS, to="one@example.com\r\nBcc: two@example.com"))


@pytest.mark.parametrize("address", ["", "registry", "@example.com", "registry@"])
def test_mails_come_from_an_address(address: str) -> None:
    with pytest.raises(ValueError, match="MAIL_FROM"):
        replace(SENDER, address=address).check()
