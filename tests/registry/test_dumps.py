"""The daily files: whole or not there, the same for the same rows, and never changed."""

import csv
import gzip
import hashlib
import io
import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.open_data import record
from app.registry import dumps
from app.store import open_data
from app.store.databases import Database
from tests import world
from tests.portal import opened
from tests.world import NOW

DAY = date(2026, 11, 2)
DUMPED = ("projects", "credits", "methodologies", "partner-countries")


def write(database: Database, folder: Path, **other: Any) -> dumps.Dump | None:
    return dumps.write(database, folder, "JP", **{"day": DAY, "now": NOW} | other)


def test_a_day_has_every_table_twice_and_a_manifest_that_is_true(
    engine: str, tmp_path: Path
) -> None:
    with world.populated(engine) as (database, cast):
        database.write(lambda session: world.issued(session, cast))
        made = write(database, tmp_path)
    assert made is not None
    folder = tmp_path / "2026-11-02"
    manifest = json.loads((folder / dumps.MANIFEST).read_text())
    assert manifest["date"] == "2026-11-02"
    assert manifest["position"] == 1
    names = {f"{table}.{ending}.gz" for table in DUMPED for ending in ("csv", "json")}
    assert {one["name"] for one in manifest["files"]} == names
    assert {path.name for path in folder.iterdir()} == names | {dumps.MANIFEST}
    for one in manifest["files"]:
        packed = (folder / one["name"]).read_bytes()
        assert hashlib.sha256(packed).hexdigest() == one["sha256"]
        assert len(packed) == one["length"]
        text = gzip.decompress(packed).decode()
        if one["name"].endswith("csv.gz"):
            rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
            table = one["name"].partition(".")[0]
            assert rows[0] == [column.name for column in record(table)]
            assert len(rows) - 1 == one["rows"]
        else:
            assert len(json.loads(text)["items"]) == one["rows"]
    assert dumps.read(tmp_path, "2026-11-02") == made
    assert dumps.every(tmp_path) == [made]


def test_the_second_run_of_a_day_leaves_the_files_alone(tmp_path: Path) -> None:
    with world.populated("sqlite") as (database, cast):
        assert write(database, tmp_path) is not None
        before = (tmp_path / "2026-11-02" / dumps.MANIFEST).read_bytes()
        database.write(lambda session: world.issued(session, cast))
        assert write(database, tmp_path, now=NOW + timedelta(hours=1)) is None
        assert (tmp_path / "2026-11-02" / dumps.MANIFEST).read_bytes() == before
        following = write(database, tmp_path, day=DAY + timedelta(days=1))
        assert following is not None
    assert [one.day.day for one in dumps.every(tmp_path)] == [3, 2]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    with world.populated("sqlite") as (database, cast):
        database.write(lambda session: world.issued(session, cast))
        days = [write(database, tmp_path, day=DAY + timedelta(days=n)) for n in range(2)]
    first, second = ([f.digest for f in d.files if "csv" in f.name] for d in days if d)
    assert first == second


def test_a_run_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    with world.populated("sqlite") as (database, _cast):
        monkeypatch.setattr(open_data, "every_partner", fail)
        with pytest.raises(OSError, match="no space"):
            write(database, tmp_path)
        monkeypatch.undo()
        assert [path.name for path in tmp_path.iterdir()] == [".lock"]
        assert dumps.every(tmp_path) == []
        assert write(database, tmp_path) is not None


def _stopped(url: str, folder: Path) -> None:
    database = Database.connect(url)
    open_data.every_partner = lambda _session: time.sleep(60)  # type: ignore[assignment]  # to be killed there
    write(database, folder)


def test_a_run_that_is_killed_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    with world.populated_url("sqlite") as (url, _cast):
        process = multiprocessing.get_context("fork").Process(target=_stopped, args=(url, tmp_path))
        process.start()
        deadline = time.monotonic() + 10
        while not list(tmp_path.glob(".making-*/methodologies.json.gz")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert dumps.every(tmp_path) == []
        database = Database.connect(url)
        assert write(database, tmp_path) is not None
        database.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "2026-11-02"]


def test_the_command_writes_the_day_once_and_says_so(tmp_path: Path) -> None:
    with opened("sqlite") as portal:
        config = portal.app.config
        config["REGISTRY"] = replace(config["REGISTRY"], dumps=tmp_path)
        with portal.app.app_context():
            run = portal.app.test_cli_runner().invoke
            first, second = run(args=["dump"]), run(args=["dump"])
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "8 files of 20" in first.output
    assert "are there already" in second.output
    assert len(dumps.every(tmp_path)) == 1


def test_only_days_of_the_calendar_are_looked_for(tmp_path: Path) -> None:
    for asked in ("", ".", "..", "2026-13-01", "20261102", "2026-11-02/..", "２０２６-11-02", "\0"):
        assert dumps.read(tmp_path, asked) is None
