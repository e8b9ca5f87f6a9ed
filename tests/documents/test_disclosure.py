"""The disclosure on paper, as CSV and as JSON: the registry's own layout, from one sheet alone."""

import csv
import hashlib
import io
import json
from dataclasses import replace

from app.documents import disclosure as papers
from app.domain import disclosure as rules
from app.domain.disclosure import Entity
from tests.domain.test_disclosure import SHEET, TABLES
from tests.papers import faces, read, squeezed, words

CONTENT = rules.frozen(SHEET)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def test_the_paper_of_an_edition_has_the_three_tables_its_number_and_its_digest() -> None:
    for language, said in (
        (
            "en",
            (
                "Edition No. JP-D-0001",
                "Published 09:00 02/07/2024 (JST)",
                "As of 1 / 7 / 2024",
                "Information on Entity Holding Accounts 1 / 7 / 2024",
                "No. Names of the Account Holding Entities Locations of the Head Offices",
                "1 TechThinker Inc. Shinagawa-ku 142-0042",
                "2 Sumitomo Corporation demo",
                "The Amount of JCM Credits Recorded in Each Type of Accounts 1 / 7 / 2024",
                (
                    "Account type tCO2 Holding accounts / Government 12 Holding accounts / "
                    "Entities 81 Retirement account 3 Mandatory cancellation account 0 "
                    "Voluntary cancellation account 4"
                ),
                "Annual Transactions Summary of JCM Credits (tCO2) 1 / 7 / 2024",
                "2023 100 0 0 0 0 100 2024 * 0 12 3 0 4 93",
                "The last year until the end of the day above.",
            ),
        ),
        (
            "ja",
            ("版番号 JP-D-0001", "2024年7月1日現在", "住友商事株式会社デモ", "保有口座／政府 12"),
        ),
    ):
        body = papers.paper(SHEET, language, digest=DIGEST)
        assert body == papers.paper(rules.thawed(CONTENT), language, digest=DIGEST)
        printed = words(body)
        for sentence in (*said, DIGEST, f"https://registry.example/{language}/verify"):
            assert squeezed(sentence) in printed, sentence
        assert faces(body) <= {
            "BIZUDPGothic-Regular",
            "BIZUDPGothic-Bold",
            "NotoSans-Regular",
            "NotoSans-Bold",
        }


def test_the_picture_leads_to_the_page_that_verifies_the_edition() -> None:
    body = papers.paper(SHEET, "ja", digest=DIGEST)
    leads = {
        str(note.get_object()["/A"]["/URI"])
        for page in read(body).pages
        for note in page.get("/Annots", ())
    }
    expected = f"https://registry.example/ja/verify?number=JP-D-0001&digest={DIGEST}"
    assert leads == {expected} == {papers.address(SHEET, DIGEST, "ja")}


def test_a_paper_of_any_day_says_that_it_is_no_edition() -> None:
    live = replace(SHEET, number=None, published_at=None)
    printed = words(papers.paper(live, "en"))
    assert squeezed("this is no published edition") in printed
    assert "verify" not in printed
    assert "Edition No" not in printed
    empty = replace(live, disclosure=replace(TABLES, entities=(), years=()))
    assert words(papers.paper(empty, "en")).count("None") == 2


def test_the_csv_has_a_line_for_each_line_of_the_three_tables() -> None:
    text = papers.table(SHEET, "en")
    assert text.startswith("\ufefftable,number,name,")
    assert text.count("\r\n") == text.count("\n") == 1 + 2 + 5 + 2
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [line["table"] for line in lines] == ["entities"] * 2 + ["amounts"] * 5 + ["years"] * 2
    assert (lines[1]["number"], lines[1]["name"], lines[1]["is_demo"]) == (
        "2",
        "Sumitomo Corporation",
        "yes",
    )
    assert sum(int(line["tonnes"]) for line in lines[2:7]) == TABLES.total
    assert (lines[8]["year"], lines[8]["held"], lines[8]["is_over"]) == ("2024", "93", "no")
    assert "住友商事株式会社" in papers.table(SHEET, "ja")


def test_a_name_is_no_formula_in_a_spreadsheet() -> None:
    named = replace(TABLES, entities=(Entity("=1+1", None, "@office", None),))
    text = papers.table(replace(SHEET, disclosure=named), "en")
    assert ",'=1+1,'@office," in text


def test_the_json_of_an_edition_is_what_its_digest_is_of() -> None:
    assert hashlib.sha256(CONTENT).hexdigest() == DIGEST
    said = json.loads(CONTENT)
    assert said["number"] == "JP-D-0001"
    assert said["amounts"][1] == {"kind": "entity", "tonnes": 81}
    assert said["entities"][0]["number"] == 1
    assert said["years"][0]["issued"] == 100
