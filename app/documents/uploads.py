"""What an uploaded file really is: PDF, PNG or JPEG by its content, sound, with nothing hidden.

`examined` looks at a file in a process of its own, whose time and memory are limited: what takes
too long or too much to read is refused like what is damaged. This file is also that process's
program, so it imports nothing of the registry.
"""

import re
import resource
import subprocess
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject


class Verdict(StrEnum):
    """What a file is, or why it is not taken."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    #: Of another kind, whatever its name says.
    OTHER = "other"
    #: Damaged, or it hides something.
    UNSAFE = "unsafe"


#: How a file of each kind begins, at its very first byte.
_STARTS: Final = {
    Verdict.PDF: b"%PDF-",
    Verdict.PNG: b"\x89PNG\r\n\x1a\n",
    Verdict.JPEG: b"\xff\xd8\xff",
}

_SECONDS: Final = 10
_MEMORY_BYTES: Final = 1024 * 1024 * 1024
#: At most so many of those processes run beside each worker of the server, for each registry.
AT_ONCE: Final = 2
_TURNS: Final = BoundedSemaphore(AT_ONCE)
_WAIT_SECONDS: Final = 5

PIXELS_MAX: Final = 50_000_000
_FORMATS: Final = {Verdict.PNG: "PNG", Verdict.JPEG: "JPEG"}
_PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
#: What a browser or another program could take an image for.
_FOREIGN: Final = re.compile(rb"<script|<html|<!doctype|<\?php|%pdf-", re.IGNORECASE)

_OBJECTS_MAX: Final = 50_000
#: A stream of a PDF, and all of them, once they are inflated.
STREAM_BYTES_MAX: Final = 128 * 1024 * 1024
STREAMS_BYTES_MAX: Final = 512 * 1024 * 1024
_PIECE: Final = 64 * 1024
_INFLATED_PIECE: Final = 1024 * 1024
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
#: Actions and parts of a PDF that do more than show pages; links to websites stay.
_ACTIVE: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/FileAttachment",
        "/RichMedia",
        "/RichMediaExecute",
        "/Rendition",
        "/Movie",
        "/3D",
    }
)
#: Keys that hold such a part, whatever it is called.
_ACTIVE_KEYS: Final = _ACTIVE | {"/JS", "/XFA", "/EF"}
#: Names long enough not to come about by chance in compressed data.
_TELLING: Final = re.compile(rb"/(?:JavaScript|EmbeddedFile|RichMedia)")
_INFLATING: Final = frozenset({"/FlateDecode", "/Fl"})


class Busy(Exception):
    """Too many files are being looked at already."""


class _Unsafe(Exception):
    """The file is not to be taken."""


def examined(content: bytes, turns: BoundedSemaphore = _TURNS) -> Verdict:
    """Return what a file is, looked at in a process of its own.

    Args:
        turns: those of the registry that asks, where several share a process.

    Raises:
        Busy: so many are being looked at that this one would have to wait.
    """
    if _kind(content) is None:
        return Verdict.OTHER
    if not turns.acquire(timeout=_WAIT_SECONDS):
        raise Busy
    try:
        done = subprocess.run(  # noqa: S603  this very file, by this very interpreter
            [sys.executable, "-I", str(Path(__file__))],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * _SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict.UNSAFE
    finally:
        turns.release()
    said = done.stdout.decode("ascii", "replace")
    return Verdict(said) if done.returncode == 0 and said in set(Verdict) else Verdict.UNSAFE


def verdict(content: bytes) -> Verdict:
    """Return what a file is; this may take as much time and memory as the file can cause."""
    kind = _kind(content)
    if kind is None:
        return Verdict.OTHER
    try:
        if zipfile.is_zipfile(BytesIO(content)):
            return Verdict.UNSAFE
        if kind is Verdict.PDF:
            _look_at_pdf(content)
        else:
            _look_at_image(content, kind)
    except Exception:  # noqa: BLE001  readers of damaged files raise whatever they like
        return Verdict.UNSAFE
    return kind


def _kind(content: bytes) -> Verdict | None:
    return next((kind for kind, start in _STARTS.items() if content.startswith(start)), None)


# Images


def _look_at_image(content: bytes, kind: Verdict) -> None:
    """Decode an image from end to end, and look for what is not of it."""
    if _FOREIGN.search(content):
        raise _Unsafe("markup")
    if kind is Verdict.PNG and not content.endswith(_PNG_END):
        raise _Unsafe("something behind the image")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        opened = Image.open(BytesIO(content), formats=[_FORMATS[kind]])
    with opened as image:
        width, height = image.size
        if width * height > PIXELS_MAX:
            raise _Unsafe("too many pixels")
        image.verify()
    with Image.open(BytesIO(content), formats=[_FORMATS[kind]]) as image:
        # A JPEG is read whole and kept at an eighth of its size.
        image.draft(None, (1, 1))
        image.load()


# PDF


def _look_at_pdf(content: bytes) -> None:
    """Inflate what is compressed, within limits, and visit every object."""
    if b"%%EOF" not in content[-1024:]:
        raise _Unsafe("no end")
    if _TELLING.search(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)):
        raise _Unsafe("active content")
    _check_inflated(content)
    reader = PdfReader(BytesIO(content))
    # What opens without a password is readable, and anything else raises here.
    if not len(reader.pages):
        raise _Unsafe("no pages")
    for found in _objects(reader):
        _check_object(found)


def _check_inflated(content: bytes) -> None:
    """Inflate each stream piece by piece, keeping nothing, until there is too much of it."""
    whole = memoryview(content)
    total = 0
    for found in _STREAM.finditer(content):
        total += _inflated(whole[found.end() :])
        if total > STREAMS_BYTES_MAX:
            raise _Unsafe("too much")


def _inflated(data: memoryview) -> int:
    """Return how long a stream is once it is inflated; 0 for one that is not compressed so."""
    reading, size = zlib.decompressobj(), 0
    for start in range(0, len(data), _PIECE):
        waiting: bytes | memoryview = data[start : start + _PIECE]
        while waiting and not reading.eof:
            try:
                size += len(reading.decompress(waiting, _INFLATED_PIECE))
            except zlib.error:
                return size
            if size > STREAM_BYTES_MAX:
                raise _Unsafe("too much")
            waiting = reading.unconsumed_tail
        if reading.eof:
            break
    return size


def _objects(reader: PdfReader) -> Iterator[object]:
    """Yield every object that the file's tables name, and the trailer."""
    numbers = {
        (number, generation) for generation, rows in reader.xref.items() for number in rows
    } | {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > _OBJECTS_MAX:
        raise _Unsafe("too many objects")
    yield reader.trailer
    for number, generation in sorted(numbers):
        if number:
            yield reader.get_object(IndirectObject(number, generation, reader))


def _check_object(found: object) -> None:
    """Refuse active content in an object and whatever lies within it."""
    waiting, seen = [found], 0
    while waiting:
        seen += 1
        if seen > _OBJECTS_MAX:
            raise _Unsafe("too deep")
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            _check_dictionary(one)
            waiting += one.values()
        elif isinstance(one, ArrayObject):
            waiting += one


def _check_dictionary(found: DictionaryObject) -> None:
    if _ACTIVE_KEYS & found.keys():
        raise _Unsafe("active content")
    if _ACTIVE & {str(found.raw_get(key)) for key in ("/S", "/Type", "/Subtype") if key in found}:
        raise _Unsafe("active content")
    filters = found.raw_get("/Filter") if "/Filter" in found else None
    if isinstance(filters, ArrayObject) and sum(str(one) in _INFLATING for one in filters) > 1:
        raise _Unsafe("compressed twice")


def _main() -> None:
    """Look at the file on the standard input, within limits, and say what it is."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.write(verdict(sys.stdin.buffer.read()))


if __name__ == "__main__":
    _main()
