"""What is said to a mail server, and when nothing is."""

import datetime as dates
import ssl
from collections.abc import Generator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.registry.mails import NotTaken, Unreachable
from app.registry.post import MailServer
from tests import mailing


@pytest.fixture
def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "registry@jcm.example", "one@example.com"
    made["Message-ID"] = "<1@jcm.example>"
    made.set_content("Good morning.")
    return made


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's address with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dates.datetime.now(dates.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dates.timedelta(days=1))
        .not_valid_after(now + dates.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def named(box: mailing.Mailbox, *, scheme: str = "smtp", who: str = "", query: str = "") -> str:
    """Return the address of a server by the name that its certificate bears."""
    port = box.url.rpartition(":")[2]
    return f"{scheme}://{who}localhost:{port}{query}"


def handed(url: str, message: EmailMessage) -> None:
    server = MailServer(url)
    try:
        server.hand_over(message)
    finally:
        server.close()


@pytest.fixture
def asking(tls: ssl.SSLContext) -> Generator[mailing.Mailbox, None, None]:
    """A server that asks for a name and a password, over TLS alone."""

    def authenticate(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        is_right = given == LoginPassword(b"registry", b"p:ss/word")
        return AuthResult(success=is_right, handled=False)

    with mailing.mailbox(
        tls_context=tls, require_starttls=True, auth_required=True, authenticator=authenticate
    ) as box:
        yield box


@pytest.mark.usefixtures("trusted")
def test_a_name_and_password_are_given_once_nobody_can_listen(
    asking: mailing.Mailbox, message: EmailMessage
) -> None:
    handed(named(asking, who="registry:p%3Ass%2Fword@"), message)
    assert len(asking.arrived) == 1


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_no_mails_fault(asking: mailing.Mailbox, message: EmailMessage) -> None:
    with pytest.raises(Unreachable, match="535"):
        handed(named(asking, who="registry:wrong@"), message)


@pytest.mark.usefixtures("trusted")
def test_tls_from_the_first_byte(tls: ssl.SSLContext, message: EmailMessage) -> None:
    with mailing.mailbox(ssl_context=tls) as box:
        handed(named(box, scheme="smtps"), message)
        assert len(box.arrived) == 1


def test_a_server_nobody_vouches_for_gets_nothing(
    asking: mailing.Mailbox, message: EmailMessage
) -> None:
    with pytest.raises(Unreachable, match="certificate"):
        handed(named(asking, who="registry:p%3Ass%2Fword@"), message)
    assert not asking.arrived


@pytest.mark.parametrize("url", ["smtp://name:secret@{}", "smtp://{}?tls=required"])
def test_nothing_is_said_in_the_open_where_tls_is_asked_for(
    url: str, message: EmailMessage
) -> None:
    with mailing.mailbox() as box:
        with pytest.raises(Unreachable, match="STARTTLS"):
            handed(url.format(box.url.removeprefix("smtp://")), message)
        assert not box.arrived


def test_tls_that_is_offered_may_be_left_on_the_same_machine(
    tls: ssl.SSLContext, message: EmailMessage
) -> None:
    with mailing.mailbox(tls_context=tls) as box:
        with pytest.raises(Unreachable, match="certificate"):
            handed(named(box), message)
        handed(named(box, query="?tls=never"), message)
        assert len(box.arrived) == 1


def test_a_connection_is_kept_and_made_anew_when_it_broke(message: EmailMessage) -> None:
    with mailing.mailbox() as first:
        server = MailServer(first.url)
        server.hand_over(message)
        server.hand_over(message)
        port = int(first.url.rpartition(":")[2])
    with pytest.raises(Unreachable):
        server.hand_over(message)
    with mailing.mailbox(port) as second:
        server.hand_over(message)
        server.close()
        assert (len(first.arrived), len(second.arrived)) == (2, 1)


def test_what_the_server_said_is_told(message: EmailMessage) -> None:
    with mailing.mailbox() as box:
        box.refused["one@example.com"] = "452 mailbox full"
        with pytest.raises(NotTaken, match=r"^452 mailbox full$"):
            handed(box.url, message)
    with mailing.mailbox(data_size_limit=5) as box, pytest.raises(NotTaken, match=r"^552 "):
        handed(box.url, message)


@pytest.mark.parametrize(
    "url", ["", "localhost:25", "http://localhost", "smtp://", "smtp://host?tls=perhaps"]
)
def test_an_address_that_is_no_mail_servers_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        MailServer(url)


def test_the_ports_are_those_of_the_schemes() -> None:
    def port(url: str) -> int:
        return MailServer(url)._port

    assert (port("smtp://host"), port("smtps://host"), port("smtp://host:587")) == (25, 465, 587)
