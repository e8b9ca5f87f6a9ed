"""The server that browsers meet in the tests."""

import socket
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from werkzeug.wsgi import wrap_file

from tests import serving
from tests.mailing import until

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: As much as a connection takes at once: the server has sent it when the visitor hangs up.
SIZE = 8 * 2**10
VISITORS = 10
#: Hang up at once: whatever is on its way is refused.
AT_ONCE = struct.pack("ii", 1, 0)


def test_a_file_is_closed_though_the_visitor_hangs_up_in_the_middle(tmp_path: Path) -> None:
    opened: list[BinaryIO] = []
    (tmp_path / "script.js").write_bytes(bytes(SIZE))

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        opened.append((tmp_path / "script.js").open("rb"))
        start_response("200 OK", [("Content-Length", str(SIZE))])
        return wrap_file(environ, opened[-1])

    with serving.listening(app) as port:
        for _ in range(VISITORS):
            visitor = socket.create_connection(("127.0.0.1", port))
            visitor.sendall(b"GET /script.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert visitor.recv(8) == b"HTTP/1.1"
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            visitor.close()
        until(lambda: [file.closed for file in opened] == [True] * VISITORS, seconds=10)
