"""The virus scanner: a real server that speaks clamd's protocol, its findings and its failures."""

import socket
import threading
from pathlib import Path
from time import monotonic

import pytest

from app.registry.scanners import Clamd, NoScanner, Unavailable, at
from tests.uploading import EICAR, daemon, decide, received


def test_what_it_finds_is_named_and_a_clean_file_is_clean() -> None:
    with daemon() as running:
        scanner = at(running.url)
        large = bytes(300_000) + b"end"
        assert scanner.found(large) == ""
        assert scanner.found(b"..." + EICAR) == "Eicar-Signature"
        assert running.sent == [large, b"..." + EICAR], "all of it, in pieces"


def test_no_scanner_finds_nothing() -> None:
    assert isinstance(at(""), NoScanner)
    assert at("").found(EICAR) == ""


def test_it_is_reached_over_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "clamd.ctl"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            connection, _address = listening.accept()
            with connection:
                decide(connection, received(connection))

        thread = threading.Thread(target=answer)
        thread.start()
        assert Clamd(f"unix://{path}").found(EICAR) == "Eicar-Signature"
        thread.join()


def test_anything_but_a_verdict_means_that_it_is_unavailable(tmp_path: Path) -> None:
    with daemon() as running:
        running.answer = b"INSTREAM size limit exceeded. ERROR"
        with pytest.raises(Unavailable, match="limit"):
            Clamd(running.url).found(b"large")
        running.answer = b"\0"
        with pytest.raises(Unavailable):
            Clamd(running.url).found(b"cut off")
        running.is_silent = True
        began = monotonic()
        with pytest.raises(Unavailable, match="Timeout"):
            Clamd(running.url, seconds=0.1).found(b"slow")
        assert monotonic() - began < 2
    for gone in (running.url, f"unix://{tmp_path}/none"):
        with pytest.raises(Unavailable):
            Clamd(gone).found(b"anything")


def test_an_address_that_is_none_stops_the_start() -> None:
    for url in ("127.0.0.1:3310", "http://scanner", "tcp://", "unix://", "unix://host/path"):
        with pytest.raises(ValueError, match="CLAMD_URL"):
            at(url)
