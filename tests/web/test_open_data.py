"""The page on open data, and the daily files: what the manifest names can be had, nothing else."""

import csv
import gzip
import io
import json
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from app.domain.open_data import TABLES
from app.registry import dumps
from tests.portal import Portal
from tests.programs import program
from tests.world import NOW

FOLDER = "/data/2026-11-02"


@pytest.fixture
def published(portal: Portal, tmp_path: Path) -> Portal:
    """A registry that has published the files of one day."""
    portal.issued(100)
    config = portal.app.config
    config["REGISTRY"] = replace(config["REGISTRY"], dumps=tmp_path / "dumps")
    (tmp_path / "secret_key").write_text("treasure")
    return portal


def write(portal: Portal, day: int = 2) -> None:
    folder = portal.app.config["REGISTRY"].dumps
    dumps.write(portal.database, folder, "JP", day=date(2026, 11, day), now=NOW)


def test_the_page_says_what_there_is_before_and_after_the_first_files(published: Portal) -> None:
    for language, none in (("en", "There are no files of a day yet"), ("ja", "日次ファイルはまだ")):
        assert none in published.visitor().get(f"/{language}/open-data").text
    write(published)
    write(published, 3)
    for language in ("en", "ja"):
        text = published.visitor().get(f"/{language}/open-data").text
        for day in ("02", "03"):
            assert f'href="/data/2026-11-{day}/credits.csv.gz"' in text
            assert f'href="/data/2026-11-{day}/manifest.json"' in text
        for columns in TABLES.values():
            for column in columns:
                assert f"<code>{column.name}</code>" in text


def test_the_page_tells_the_limit_in_words(published: Portal) -> None:
    config = published.app.config
    for limit, said in (
        ("5 per hour", "5 requests an hour"),
        ("1000 per second", "1,000 requests"),
    ):
        config["REGISTRY"] = replace(config["REGISTRY"], api_limit=limit)
        assert said in published.visitor().get("/en/open-data").text


def test_a_file_is_what_the_manifest_says_and_is_kept_for_ever(published: Portal) -> None:
    write(published)
    client = partial(program(published.app).get, buffered=True)
    manifest = client(f"{FOLDER}/manifest.json").json
    for one in manifest["files"]:
        answer = client(f"{FOLDER}/{one['name']}")
        assert answer.mimetype == "application/gzip"
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["ETag"] == f'"{one["sha256"]}"'
        assert answer.last_modified == NOW
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert f"jp-2026-11-02-{one['name']}" in answer.headers["Content-Disposition"]
        assert len(answer.data) == one["length"]
        known = {"If-None-Match": answer.headers["ETag"]}
        assert client(f"{FOLDER}/{one['name']}", headers=known).status_code == 304
        part = client(f"{FOLDER}/{one['name']}", headers={"Range": "bytes=0-9"})
        assert (part.status_code, part.data) == (206, answer.data[:10])


def test_rows_of_the_files_are_those_of_the_api(published: Portal) -> None:
    write(published)
    client = partial(program(published.app).get, buffered=True)
    packed = client(f"{FOLDER}/credits.json.gz").data
    items = json.loads(gzip.decompress(packed))["items"]
    assert items == client("/api/v1/credits").json["items"]
    text = gzip.decompress(client(f"{FOLDER}/credits.csv.gz").data).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert {name: str(value) for name, value in items[0].items()} == row | {"is_demo": "False"}
    assert row["is_demo"] == "no"


def test_nothing_outside_the_folder_can_be_had(published: Portal, tmp_path: Path) -> None:
    write(published)
    client = partial(program(published.app).get, buffered=True)
    (tmp_path / "dumps" / "2026-11-02" / "private").write_text("treasure")
    (tmp_path / "dumps" / ".making-1").mkdir()
    for address in (
        f"{FOLDER}/private",
        f"{FOLDER}/..",
        f"{FOLDER}/../../secret_key",
        f"{FOLDER}/..%2f..%2fsecret_key",
        f"{FOLDER}/%2e%2e%5csecret_key",
        f"{FOLDER}/%00",
        f"{FOLDER}/" + "x" * 5_000,
        "/data/..%2f../secret_key",
        "/data/../secret_key",
        "/data/.lock/.lock",
        "/data/.making-1/manifest.json",
        "/data/2026-11-2/manifest.json",
        "/data/%EF%BC%92026-11-02/manifest.json",
        "/data/2026-11-03/manifest.json",
        "/data/%00/%00",
    ):
        answer = client(address)
        assert answer.status_code == 404, address
        assert "treasure" not in answer.text
