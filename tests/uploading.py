"""Files as people send them, and as attackers do: for the tests."""

import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    PdfObject,
    TextStringObject,
)

from app.domain.attachments import MEGABYTE

EICAR = b"Eicar-Test"


def pdf(words: str = "", *, pages: int = 1, password: str = "") -> bytes:
    """Return a small PDF; others words, another content."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": words or "Paper"})
    if password:
        writer.encrypt(user_password=password, owner_password="owner")
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    """Return what a writer has written."""
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def image(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    """Return a small image."""
    made = BytesIO()
    Image.new(mode, size).save(made, kind)
    return made.getvalue()


def archive(before: bytes = b"") -> bytes:
    """Return a ZIP archive, behind something else that it is hidden in."""
    made = BytesIO(before)
    made.seek(0, 2)
    with zipfile.ZipFile(made, "a") as opened:
        opened.writestr("evil.exe", b"MZ")
    return made.getvalue()


def dictionary(**entries: PdfObject) -> DictionaryObject:
    """Return a dictionary of a PDF."""
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def packed(plain: bytes) -> bytes:
    """Return a PDF with its objects in one compressed stream, as newer programs write them."""
    reader = PdfReader(BytesIO(plain))
    bodies = {number: _body(plain, number) for number in reader.xref[0] if number}
    places, joined = [], b""
    for number, body in bodies.items():
        places.append(f"{number} {len(joined)}")
        joined += body + b"\n"
    head = " ".join(places).encode() + b"\n"
    own, table = len(bodies) + 1, len(bodies) + 2
    made = b"%PDF-1.7\n"
    at = len(made)
    made += _stream(own, f"/Type /ObjStm /N {len(bodies)} /First {len(head)}", head + joined)
    rows = b"\0\0\0\0\0\0" + b"".join(
        b"\2" + own.to_bytes(4) + bytes([place]) for place in range(len(bodies))
    )
    start = len(made)
    rows += b"\1" + at.to_bytes(4) + b"\0" + b"\1" + start.to_bytes(4) + b"\0"
    root = reader.trailer.raw_get("/Root").idnum
    said = f"/Type /XRef /W [1 4 1] /Size {table + 1} /Root {root} 0 R"
    return made + _stream(table, said, rows) + f"startxref\n{start}\n%%EOF\n".encode()


def _body(plain: bytes, number: int) -> bytes:
    return plain.partition(f"\n{number} 0 obj".encode())[2].partition(b"endobj")[0].strip()


def _stream(number: int, said: str, data: bytes) -> bytes:
    data = zlib.compress(data)
    head = f"{number} 0 obj\n<< {said} /Filter /FlateDecode /Length {len(data)} >>\nstream\n"
    return head.encode() + data + b"\nendstream\nendobj\n"


def with_action(writer: PdfWriter, kind: str) -> bytes:
    """Return a PDF that does something by itself when it is opened."""
    writer.add_blank_page(200, 200)
    action = dictionary(S=NameObject(kind), F=TextStringObject("calc.exe"))
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    return written(writer)


def bomb(megabytes: int = 140) -> bytes:
    """Return a PDF of some kilobytes with a stream that inflates to many megabytes."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    packer = zlib.compressobj(9)
    first, again = (
        packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    stream = DecodedStreamObject()
    stream.set_data(first + again * (megabytes - 1))
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = writer._add_object(stream)
    return written(writer)


class Daemon:
    """A clamd that finds `EICAR`, and keeps what it was sent."""

    def __init__(self) -> None:
        #: What it says instead of a verdict.
        self.answer = b""
        self.is_silent = False
        self.sent: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        # Closing alone does not wake up whoever waits for a connection.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        if self.is_silent:
            while connection.recv(65_536):
                pass
        elif self.answer:
            received(connection)
            connection.sendall(self.answer + b"\0")
        else:
            self.sent.append(received(connection))
            decide(connection, self.sent[-1])


def decide(connection: socket.socket, content: bytes) -> None:
    """Say what is in a file."""
    found = b"stream: Eicar-Signature FOUND" if EICAR in content else b"stream: OK"
    connection.sendall(found + b"\0")


def received(connection: socket.socket) -> bytes:
    """Return the file that comes as INSTREAM sends it."""
    assert _taken(connection, 10) == b"zINSTREAM\0"
    content = b""
    while size := struct.unpack(">I", _taken(connection, 4))[0]:
        content += _taken(connection, size)
    return content


def _taken(connection: socket.socket, size: int) -> bytes:
    taken = b""
    while len(taken) < size and (piece := connection.recv(size - len(taken))):
        taken += piece
    return taken


@contextmanager
def daemon() -> Generator[Daemon, None, None]:
    """Run a clamd of the test's own."""
    made = Daemon()
    try:
        yield made
    finally:
        made.close()
