"""The daily files: everything that is public as CSV and JSON, in a folder for each day.

A day's files are written beside the others and put in place whole, so that whoever looks finds all
of them or none; what a killed run leaves behind is removed by the next. Files once published are
never changed: the day's second run leaves them alone.
"""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.documents import csvs
from app.domain import chain
from app.domain.open_data import record
from app.store import open_data
from app.store.databases import Database

MANIFEST: Final = "manifest.json"
_MAKING: Final = ".making-"
_LOCK: Final = ".lock"

#: The tables that are written, and where their rows come from.
_ROWS: Final[Mapping[str, Callable[[Session, str], Iterator[open_data.Record]]]] = {
    "projects": lambda session, _code: open_data.every_project(session),
    "credits": open_data.every_credit,
    "methodologies": lambda session, _code: open_data.every_methodology(session),
    "partner-countries": lambda session, _code: open_data.every_partner(session),
}


@dataclass(frozen=True, slots=True)
class File:
    """One file of a day: its SHA-256, length in bytes, and how many rows it has."""

    name: str
    digest: str
    length: int
    rows: int


@dataclass(frozen=True, slots=True)
class Dump:
    """The files of one day, and how far the ledger had come when they were written."""

    day: date
    made_at: datetime
    position: int
    files: tuple[File, ...]

    def file(self, name: str) -> File | None:
        """Return a file of this day by its name."""
        return next((one for one in self.files if one.name == name), None)


def write(database: Database, folder: Path, code: str, *, day: date, now: datetime) -> Dump | None:
    """Write the files of a day; None when they are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        for left in folder.glob(f"{_MAKING}*"):
            shutil.rmtree(left)
        if (folder / day.isoformat()).exists():
            return None
        making = Path(tempfile.mkdtemp(prefix=_MAKING, dir=folder))
        making.chmod(0o755)
        try:
            made = _write(database, making, code, day=day, now=now)
            _keep(making)
            making.rename(folder / day.isoformat())
        except BaseException:
            shutil.rmtree(making)
            raise
        _keep(folder)
    return made


def every(folder: Path) -> list[Dump]:
    """Return the days of which there are files, newest first."""
    found = (read(folder, path.name) for path in folder.glob("[0-9]*-[0-9]*-[0-9]*"))
    return sorted((one for one in found if one), key=lambda one: one.day, reverse=True)


def read(folder: Path, day: str) -> Dump | None:
    """Return the files of a day, or None when there are none."""
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        return None
    manifest = folder / asked.isoformat() / MANIFEST
    if day != asked.isoformat() or not manifest.is_file():
        return None
    said = json.loads(manifest.read_bytes())
    files = tuple(
        File(one["name"], one["sha256"], one["length"], one["rows"]) for one in said["files"]
    )
    return Dump(asked, datetime.fromisoformat(said["made_at"]), said["position"], files)


def _write(database: Database, making: Path, code: str, *, day: date, now: datetime) -> Dump:
    """Write every table from one view of the registry, which does not change meanwhile."""
    files: list[File] = []
    with database.reading() as session:
        head = open_data.head(session)
        said = {
            "registry": code,
            "date": day.isoformat(),
            "made_at": chain.moment(now),
            "position": head.position,
            "digest": head.digest.hex(),
        }
        for table, rows in _ROWS.items():
            names = [column.name for column in record(table)]
            counted = _Counted(rows(session, code))
            files.append(_file(making / f"{table}.csv.gz", csvs.lines(names, counted), counted))
            counted = _Counted(rows(session, code))
            pieces = csvs.document(said | {"table": table}, counted)
            files.append(_file(making / f"{table}.json.gz", pieces, counted))
    listed = [
        {"name": one.name, "sha256": one.digest, "length": one.length, "rows": one.rows}
        for one in files
    ]
    manifest = json.dumps(said | {"files": listed}, ensure_ascii=False, indent=2)
    (making / MANIFEST).write_text(manifest + "\n", encoding="utf-8")
    _keep(making / MANIFEST)
    return Dump(day, now, head.position, tuple(files))


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterator[open_data.Record]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[open_data.Record]:
        for row in self._rows:
            self.count += 1
            yield row


def _file(path: Path, pieces: Iterator[str], counted: _Counted) -> File:
    """Write one file; the same rows always give the same bytes."""
    with path.open("wb") as target, gzip.GzipFile("", "wb", fileobj=target, mtime=0) as packed:
        for piece in pieces:
            packed.write(piece.encode())
    _keep(path)
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    return File(path.name, digest, path.stat().st_size, counted.count)


def _keep(path: Path) -> None:
    """See to it that a file, or the list of files of a folder, outlasts a failure of power."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _alone(folder: Path) -> Generator[None, None, None]:
    """Keep other runs waiting; the lock of one that was killed is free."""
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
