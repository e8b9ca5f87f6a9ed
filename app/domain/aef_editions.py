"""Editions of a year's annual information: how they are numbered, kept, and known by a digest.

An edition is kept as one JSON document, compressed. The digest is that of the document itself, so
that whoever has the file can check it, and no cell changes unseen.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Final

from app.domain import nomenclature
from app.domain.aef_formats import Format, Word

#: What a cell holds, as it is reported.
Value = str | int | None
Row = Sequence[Value]
#: A table and a row of it.
Line = tuple[Word, Row]

#: Rows of each table that a page shows; all of them are in the files.
ROWS_SHOWN: Final = 5
_LEVEL: Final = 6
_PIECE: Final = 2**16


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """The version of an edition, X.Y: 1.0 is the first."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @property
    def next(self) -> "Version":
        """The version after this one."""
        return Version(self.major, self.minor + 1)


FIRST: Final = Version(1, 0)
#: No edition has a version with more digits.
_DIGITS_MAX: Final = 10


def version(said: str) -> Version | None:
    """Return the version that a text names, or None; 01.0 is none."""
    if len(said) > _DIGITS_MAX or not nomenclature.AEF_VERSION.fullmatch(said):
        return None
    major, _dot, minor = said.partition(".")
    found = Version(int(major), int(minor))
    return found if str(found) == said else None


@dataclass(frozen=True, slots=True)
class Head:
    """What an edition is: its format, and of which Party and year it is which version."""

    format: str
    party: str
    year: int
    version: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """The bytes of an edition, their digest, and how many rows each table has."""

    content: bytes
    digest: bytes
    rows: Mapping[Word, int]


@dataclass
class Preview:
    """The first rows of each table and how many it has, gathered while the rows pass by."""

    format: Format
    first: dict[Word, list[Row]] = field(default_factory=lambda: {word: [] for word in Word})
    counts: dict[Word, int] = field(default_factory=lambda: dict.fromkeys(Word, 0))

    def passing(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield the rows on, having looked at them."""
        for line in lines:
            word, row = line
            self.counts[word] += 1
            if len(self.first[word]) < ROWS_SHOWN:
                self.first[word].append(row)
            yield line


class Damaged(Exception):
    """What is kept of an edition is not what was frozen."""


def document(head: Head, format_: Format, lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield an edition as JSON, each row on a line of its own under the names of its columns.

    Args:
        lines: the rows table by table, in the order of the format; they are read once.
    """
    yield _json(asdict(head))[:-1] + b',"tables":{\n'
    groups = groupby(lines, key=itemgetter(0))
    word, rows = next(groups, (None, iter(())))
    for place, table in enumerate(format_.tables):
        yield (b",\n" if place else b"") + b'"%s":[' % table.word.encode()
        names, before = [field.name for field in table.fields], b"\n"
        if word is table.word:
            for _word, row in rows:
                yield before + _json(dict(zip(names, row, strict=True)))
                before = b",\n"
            word, rows = next(groups, (None, iter(())))
        yield b"\n]"
    assert word is None, "the rows come in the order of the tables"
    yield b"\n}}\n"


def freeze(head: Head, format_: Format, lines: Iterable[Line]) -> Frozen:
    """Return the bytes of an edition; its lines are read once."""
    squeezed, digest = zlib.compressobj(_LEVEL), hashlib.sha256()
    parts: list[bytes] = []
    counts = dict.fromkeys(Word, 0)
    for said in document(head, format_, _counted(lines, counts)):
        digest.update(said)
        parts.append(squeezed.compress(said))
    parts.append(squeezed.flush())
    return Frozen(b"".join(parts), digest.digest(), counts)


def digest(head: Head, format_: Format, lines: Iterable[Line]) -> bytes:
    """Return the digest that an edition of these lines would have, without its bytes."""
    found = hashlib.sha256()
    for said in document(head, format_, lines):
        found.update(said)
    return found.digest()


def head(content: bytes) -> Head:
    """Return what an edition is.

    Raises:
        Damaged: it cannot be read.
    """
    for line in _texts(content):
        try:
            said = json.loads(line + b"}}")
            return Head(**{name: said[name] for name in ("format", "party", "year", "version")})
        except (KeyError, TypeError, ValueError) as error:
            raise Damaged from error
    raise Damaged


def lines(content: bytes) -> Iterator[Line]:
    """Yield the rows of an edition in the order in which they were frozen.

    Raises:
        Damaged: it cannot be read.
    """
    found = _texts(content)
    next(found, None)
    table: Word | None = None
    for line in found:
        try:
            if line.startswith(b'"'):
                table = Word(line[1:].partition(b'"')[0].decode())
            elif line.startswith(b"{") and table is not None:
                yield table, list(json.loads(line.rstrip(b",\n")).values())
        except ValueError as error:
            raise Damaged from error


def opened(content: bytes) -> Iterator[bytes]:
    """Yield an edition as JSON, exactly as it was frozen: its digest is that of this file.

    Raises:
        Damaged: it cannot be read.
    """
    unpacked = zlib.decompressobj()
    try:
        for at in range(0, len(content), _PIECE):
            yield unpacked.decompress(content[at : at + _PIECE])
    except zlib.error as error:
        raise Damaged from error
    if not unpacked.eof or unpacked.unused_data:
        raise Damaged


def is_whole(content: bytes, digest: bytes) -> bool:
    """Tell whether an edition is what was frozen, down to the last byte."""
    found = hashlib.sha256()
    try:
        for part in opened(content):
            found.update(part)
    except Damaged:
        return False
    return found.digest() == digest


def _counted(lines: Iterable[Line], counts: dict[Word, int]) -> Iterator[Line]:
    for line in lines:
        counts[line[0]] += 1
        yield line


def _json(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _texts(content: bytes) -> Iterator[bytes]:
    """Yield the lines of JSON, without holding all of them."""
    rest = b""
    for part in opened(content):
        rest += part
        *whole, rest = rest.split(b"\n")
        yield from whole
