"""Editions: kept as one document whose digest anybody can check, and no cell of it changes."""

import hashlib
import json
import zlib
from typing import Final

import pytest

from app.domain import aef_editions as rules
from app.domain.aef_editions import FIRST, Damaged, Head, Version
from app.domain.aef_formats import CURRENT, DRAFT, Word
from tests.documents.test_aef_books import lines

HEAD: Final = Head(CURRENT.word, "JPN", 2025, "1.0")


def test_a_version_is_two_numbers_and_the_first_is_1_0() -> None:
    assert str(FIRST) == "1.0"
    assert str(FIRST.next.next) == "1.2"
    assert Version(1, 9) < Version(1, 10) < Version(2, 0)
    assert rules.version("1.10") == Version(1, 10)
    for said in ("", "1", "0.1", "01.0", "1.00", "1.0.0", "１.0", "1.0\n", "9" * 40 + ".0"):
        assert rules.version(said) is None, said


def test_an_edition_is_read_back_cell_by_cell() -> None:
    for format_ in (CURRENT, DRAFT):
        rows = lines(format_, rows=30)
        frozen = rules.freeze(HEAD, format_, rows)
        assert rules.head(frozen.content) == HEAD
        assert list(rules.lines(frozen.content)) == [(word, list(row)) for word, row in rows]
        for word in Word:
            assert frozen.rows[word] == sum(word is one for one, _row in rows)
        assert rules.is_whole(frozen.content, frozen.digest)
        assert rules.digest(HEAD, format_, rows) == frozen.digest
    empty = rules.freeze(HEAD, CURRENT, [])
    assert list(rules.lines(empty.content)) == []


def test_the_digest_is_that_of_the_json_file() -> None:
    rows = lines()
    frozen = rules.freeze(HEAD, CURRENT, rows)
    file = b"".join(rules.opened(frozen.content))
    assert hashlib.sha256(file).digest() == frozen.digest
    read = json.loads(file)
    assert (read["party"], read["year"], read["version"]) == ("JPN", 2025, "1.0")
    assert list(read["tables"]) == [table.word for table in CURRENT.tables]
    actions = [list(row) for word, row in rows if word is Word.ACTIONS]
    assert [list(row.values()) for row in read["tables"]["actions"]] == actions


def test_no_cell_is_altered_or_removed_unseen() -> None:
    rows = lines()
    frozen = rules.freeze(HEAD, CURRENT, rows)
    for place, (word, row) in enumerate(rows):
        for column in range(len(row)):
            for other in (None, "x", 1_917):
                changed = [*row[:column], other, *row[column + 1 :]]
                altered = [*rows[:place], (word, changed), *rows[place + 1 :]]
                forged = rules.freeze(HEAD, CURRENT, altered)
                assert not rules.is_whole(forged.content, frozen.digest), (word, column)
        fewer = rules.freeze(HEAD, CURRENT, [*rows[:place], *rows[place + 1 :]])
        assert not rules.is_whole(fewer.content, frozen.digest)


def test_a_preview_keeps_the_first_rows_and_counts_all() -> None:
    rows = lines(rows=30)
    preview = rules.Preview(CURRENT)
    assert list(preview.passing(rows)) == rows
    held = [row for word, row in rows if word is Word.HOLDINGS]
    assert preview.first[Word.HOLDINGS] == held[: rules.ROWS_SHOWN]
    assert (preview.counts[Word.HOLDINGS], preview.counts[Word.SUBMISSION]) == (30, 1)


def test_what_cannot_be_read_is_damaged() -> None:
    content = rules.freeze(HEAD, CURRENT, lines()).content
    digest = rules.freeze(HEAD, CURRENT, lines()).digest
    for broken in (b"", b"x", content[:-20], content + b"x", zlib.compress(b"{}\n")):
        assert not rules.is_whole(broken, digest)
        with pytest.raises(Damaged):
            _read(broken)
    nonsense = zlib.compress(b'{"tables":{\n"actions":[\n{nonsense\n]\n}}\n')
    with pytest.raises(Damaged):
        list(rules.lines(nonsense))


def _read(content: bytes) -> None:
    rules.head(content)
    list(rules.lines(content))
