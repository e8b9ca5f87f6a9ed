"""Findings in words: each code in both languages, kept as codes and read again."""

import re
from dataclasses import replace

from app.domain import findings
from app.domain.findings import (
    PROBLEM_NAMES,
    ROW_NAMES,
    TABLE_NAMES,
    Finding,
    Problem,
    Row,
    found,
    read,
    stored,
)
from app.domain.text import Text

OPENED = {"first": 1, "last": 50, "opener": 3, "mover": 3}
BLOCK = found("blocks", Row.BLOCK, Problem.NOT_AS_OPENED, numbers="1-50", **OPENED)


def places(wording: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", wording))


def test_every_code_has_words_with_the_same_facts_in_both_languages() -> None:
    assert set(PROBLEM_NAMES) == set(Problem)
    assert set(ROW_NAMES) == set(Row)
    wordings: dict[str, Text] = {**PROBLEM_NAMES, **ROW_NAMES, **TABLE_NAMES}
    for code, wording in wordings.items():
        # The English key of a sum holds what the Japanese says one by one.
        more = {"approach", "project", "vintage"} if code == Row.SUM else set()
        assert places(wording.ja) == places(wording.en) | more, code
        for said in (wording.en, wording.ja):
            assert "%" not in re.sub(r"%\(\w+\)s", "", said), code
        assert not wording.ja.isascii() or code in {Row.ID, Row.NUMBERS}, code


def test_the_english_is_that_of_the_command_line() -> None:
    kept = {"account": 1, "project": 2, "vintage": 2019, "quantity": 1050, "counted": 1049}
    key = {"key": "1/2/2019/use//", "approach": 1, "project": 2, "vintage": 2019, "counted": 7}
    for finding, english, japanese in (
        (
            BLOCK,
            "blocks 1-50 opened by 3: is not what transaction 3 opened",
            "ブロック 1-50（取引ID 3で作成）：取引（ID 3）が作成したものと一致しません",
        ),
        (
            found("balances", Row.BALANCE, Problem.BLOCKS_DIFFER, **kept),
            "balances 1/2/2019: says 1050, its blocks 1049",
            (
                "口座の残高 口座ID 1・プロジェクトID 2・ビンテージ2019："
                "記録は1,050 tCO₂、ブロックの合計は1,049 tCO₂です"
            ),
        ),
        (
            found("transactions", Row.ID, Problem.COLUMN_DIFFERS, id=5, column="source"),
            "transactions 5: source differs from the sealed body",
            "取引 ID 5：振替元の口座が連鎖に記録された内容と異なります",
        ),
        (
            found("accounts", Row.ID, Problem.STATE_HOLDS, id=1, state="closed"),
            "accounts 1: is closed and holds credits",
            "口座 ID 1：状態が「閉鎖済み」であるのにクレジットを保有しています",
        ),
        # What was altered may be no word at all, and not even what its column holds.
        (
            found("accounts", Row.ID, Problem.STATE_UNKNOWN, id=None, state="%(id)s"),
            "accounts None: there is no state %(id)s",
            "口座 ID None：「%(id)s」という状態はありません",
        ),
        (
            found("action_sums", Row.SUM, Problem.ACTIONS_ALONE, **key),
            "action_sums 1/2/2019/use//: is missing, its actions come to 7",
            (
                "ITMOの行為の集計 協力的アプローチID 1・プロジェクトID 2・ビンテージ2019"
                "（1/2/2019/use//）：存在しませんが、行為の合計は7 tCO₂です"
            ),
        ),
    ):
        assert (str(finding), finding.words("ja")) == (english, japanese)


def test_a_finding_is_kept_in_one_form_and_read_again() -> None:
    backwards = replace(BLOCK, facts=dict(reversed(BLOCK.facts.items())))
    assert stored(BLOCK) == stored(backwards)
    strange = found("accounts", Row.ID, Problem.NUMBER_NOT_OWN, id=2**63 - 1, number='"\0口座"')
    for finding in (BLOCK, strange):
        kept = stored(finding)
        assert kept.isascii() and "\0" not in kept
        again = read(kept)
        assert (again, str(again)) == (finding, str(finding))


def test_what_no_version_kept_as_a_finding_is_none() -> None:
    whole = stored(BLOCK)
    for text in (
        "blocks 1-50 opened by 3: is not what transaction 3 opened",
        *("", "7", "null", "[]", "{}", '{"facts":[]}', "[" * 100_000),
        whole.replace("not_as_opened", "never_heard_of"),
        whole.replace('"blocks"', '"planets"'),
        whole.replace('"blocks"', "[]"),
        whole.replace('"opener":3', '"opener":3.5'),
        whole.replace(',"opener":3', ""),
    ):
        assert read(text) is None, text[:80]


def test_every_word_of_the_database_that_a_finding_tells_has_japanese() -> None:
    for name, japanese in findings.COLUMN_NAMES.items():
        told = Finding("transactions", Row.ID, Problem.COLUMN_DIFFERS, {"id": 1, "column": name})
        assert japanese in told.words("ja") and name not in told.words("ja")
