"""Virus scanners: clamd over TCP or a Unix socket, asked with INSTREAM; or none."""

import socket
import struct
from contextlib import suppress
from time import monotonic
from typing import Final, Protocol
from urllib.parse import urlsplit

_PORT: Final = 3310
_CONNECT_SECONDS: Final = 3
#: From the first byte sent to the last one received.
_SCAN_SECONDS: Final = 20
_PIECE: Final = 128 * 1024
_ANSWER_MAX: Final = 4_096
_CLEAN: Final = "OK"
_FOUND: Final = " FOUND"


class Unavailable(Exception):
    """The scanner does not answer, or not with a verdict."""


class Scanner(Protocol):
    """Whoever looks for viruses."""

    def found(self, content: bytes, /) -> str:
        """Return the name of what was found in a file, or nothing; raise Unavailable."""


class NoScanner:
    """Where no scanner is set up nothing is found."""

    def found(self, _content: bytes, /) -> str:
        """Return nothing."""
        return ""


class Clamd:
    """The scanner at an address such as tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl.

    Raises:
        ValueError: the address is not one of a scanner.
    """

    def __init__(self, url: str, *, seconds: float = _SCAN_SECONDS) -> None:
        parts = urlsplit(url)
        self._seconds = seconds
        self._address: tuple[str, int] | str
        if parts.scheme == "tcp" and parts.hostname:
            self._address = (parts.hostname, parts.port or _PORT)
        elif parts.scheme == "unix" and parts.path and not parts.netloc:
            self._address = parts.path
        else:
            raise ValueError("CLAMD_URL must be like tcp://host:3310 or unix:///path/of/socket")

    def found(self, content: bytes, /) -> str:
        """Return the name of what clamd found in a file, or nothing; raise Unavailable."""
        try:
            answer = self._asked(content)
        except OSError as error:
            raise Unavailable(type(error).__name__) from error
        said = answer.removeprefix("stream: ")
        if said == _CLEAN:
            return ""
        if said.endswith(_FOUND):
            return said.removesuffix(_FOUND)
        raise Unavailable(said)

    def _asked(self, content: bytes) -> str:
        """Send a file and return the line that comes back, all of it before the time is over."""
        ends_at = monotonic() + self._seconds
        with self._connected() as connection:
            # A scanner that has seen enough answers and closes before all was sent.
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(connection, content, ends_at)
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < _ANSWER_MAX:
                connection.settimeout(_left(ends_at))
                piece = connection.recv(_ANSWER_MAX)
                if not piece:
                    break
                answer += piece
        return answer.rstrip(b"\0").decode("utf-8", "replace").strip()

    def _send(self, connection: socket.socket, content: bytes, ends_at: float) -> None:
        """Send the command and the file in pieces, each after its length; none ends it."""
        connection.settimeout(_left(ends_at))
        connection.sendall(b"zINSTREAM\0")
        for start in (*range(0, len(content), _PIECE), len(content)):
            piece = content[start : start + _PIECE]
            connection.settimeout(_left(ends_at))
            connection.sendall(struct.pack(">I", len(piece)) + piece)

    def _connected(self) -> socket.socket:
        seconds = min(_CONNECT_SECONDS, self._seconds)
        if not isinstance(self._address, str):
            return socket.create_connection(self._address, timeout=seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect(self._address)
        except OSError:
            connection.close()
            raise
        return connection


def at(url: str) -> Scanner:
    """Return the scanner at an address, or none where there is no address."""
    return Clamd(url) if url else NoScanner()


def _left(ends_at: float) -> float:
    left = ends_at - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
