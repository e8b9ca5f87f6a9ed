"""Letters over real TLS: only a server whose certificate is right gets to see them."""

import logging
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.exchange import Status
from app.registry import peers
from app.registry.couriers import Line
from app.store import peers as questions
from app.store import verification
from app.store.databases import AnyRow
from app.store.tables import Crossing, LogEntry
from tests.authorities import Authority
from tests.exchanging import Side, Two, Walker, two
from tests.nursery import made
from tests.serving import listening


@contextmanager
def served(side: Side, tls: ssl.SSLContext) -> Generator[int, None, None]:
    """Serve a registry over TLS, and give its port."""
    app = made(side.code, side.database.engine.url.render_as_string(hide_password=False))
    app.config["CLOCK"] = side.now
    try:
        with listening(app, ssl_context=tls) as port:
            yield port
    finally:
        app.extensions["database"].close()


def moved(side: Side, code: str, url: str) -> AnyRow:
    """Send what is for another registry to an address, and return what is known of it."""
    side.database.write(lambda session: peers.move(session, code, url, now=side.now()))
    with side.database.reading() as session:
        found = questions.by_code(session.connection(), code)
    assert found is not None
    return found


def statuses(side: Side) -> list[Status]:
    with side.database.reading() as session:
        return list(session.scalars(select(Crossing.status)))


def logged(both: Two) -> list[str]:
    """Return what either log says of messages that were refused."""
    found = []
    for side in (both.japan, both.mongolia):
        with side.database.reading() as session:
            query = select(LogEntry.subject).where(LogEntry.operation.like("% registry"))
            found += session.scalars(query.where(LogEntry.refusal.is_not(None)))
    return found


def test_a_transfer_crosses_over_tls_once_the_certificate_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ours, strange = Authority(tmp_path, "ours"), Authority(tmp_path, "strange")
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.trusted()))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(strange.give("localhost"))
    with two("sqlite", "postgresql") as both, served(both.mongolia, tls) as port:
        japan, mongolia = both.japan, both.mongolia
        url = f"https://localhost:{port}"
        peer = moved(japan, "MN", url)
        japan.issue()
        japan.send(mongolia.cast.kaede, 100)
        courier = Walker(japan.database, japan.desk, japan.now, Line(seconds=2))

        def waits(why: str) -> None:
            """Try twice in vain: nobody heard anything, and the reason is told once."""
            caplog.clear()
            for _again in range(2):
                assert courier.carry(peer).is_stuck
            assert [why in said for said in caplog.messages] == [True], caplog.messages
            assert f"JP: MN is not reached at {url}" in caplog.text
            assert (statuses(japan), statuses(mongolia)) == ([Status.SENT], [])
            assert (japan.held(), mongolia.held(), logged(both)) == (1_000, 0, [])
            with japan.database.reading() as session:
                assert questions.waiting(session) == {peer.id: 1}

        with caplog.at_level(logging.WARNING):
            waits("unable to get local issuer certificate")
            for certificate, why in (
                (ours.give("registry.example"), "certificate is not valid for 'localhost'"),
                (ours.give("localhost", ends=timedelta(seconds=-1)), "certificate has expired"),
                (ours.give("localhost", ends=timedelta(days=60)), "is not yet valid"),
            ):
                tls.load_cert_chain(certificate)
                waits(why)
            tls.load_cert_chain(ours.give("localhost"))
            # Whoever trusts another authority alone does not take it.
            monkeypatch.setenv("SSL_CERT_FILE", str(strange.trusted()))
            waits("unable to get local issuer certificate")
            monkeypatch.setenv("SSL_CERT_FILE", str(ours.trusted()))
            assert courier.round() == 2
        courier.line.close()
        assert (statuses(japan), statuses(mongolia)) == ([Status.CONFIRMED], [Status.COMPLETED])
        assert (japan.held(), mongolia.held(), logged(both)) == (900, 100, [])
        for side in (japan, mongolia):
            with side.database.reading() as session:
                assert list(verification.findings(session)) == []
