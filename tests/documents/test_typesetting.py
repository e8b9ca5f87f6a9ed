"""Documents from blocks: what is told of the file, its fonts, and every block on its pages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.documents import sheets
from app.documents.typesetting import (
    NOTE,
    Block,
    Code,
    Column,
    Facts,
    Gap,
    Heading,
    NewPage,
    Noted,
    Paragraph,
    Table,
    document,
)
from tests.papers import FACES, faces, read, words

REGISTRY = "日本国JCM登録簿"
ADDRESS = "https://registry.example/en/certificates?number=C-1&code=A"


def story(rows: int = 3) -> Iterator[Block]:
    yield Heading("証明書 Certificate", 1)
    yield Paragraph("t-CO₂ of Nguyễn & <b>Батсүх</b>, {0} %s")
    yield Heading("Facts")
    yield Facts([("口座番号", "JP-100-000012-0-84"), ("Name", "<i>&amp;")])
    yield Table(
        (Column("Serial numbers", 3), Column("数量", is_number=True)),
        ((f"JP-MN-MN001-2015-{place}-{place}", "1") for place in range(1, rows + 1)),
        last=[("Sum", f"{rows:,}")],
    )
    yield Paragraph("Note", NOTE)
    yield Gap()
    yield Code(ADDRESS, ("Check it here",))
    yield NewPage()
    yield Heading("The end", 3)
    yield Facts([(Noted("Label", "hint"), "")], row_height=20)


def made(rows: int = 3) -> bytes:
    return document(
        story(rows), title="題名", language="ja", author=REGISTRY, subject="様式", footer="C-1"
    )


def test_a_document_says_what_it_is_and_embeds_every_font() -> None:
    body = made()
    found = read(body)
    told = found.metadata
    assert told is not None
    assert (told.title, told.author, told.subject) == ("題名", REGISTRY, "様式")
    assert found.trailer["/Root"]["/Lang"] == "ja"
    assert [entry.title for entry in found.outline[:1]] == ["証明書 Certificate"]
    assert faces(body) == FACES
    assert b"Helvetica" not in body


def test_texts_are_never_read_as_markup() -> None:
    text = words(made())
    for said in ("t-CO₂ofNguyễn&<b>Батсүх</b>,{0}%s", "<i>&amp;", "JP-100-000012-0-84", "hint"):
        assert said in text


def test_every_page_bears_its_number_and_the_foot() -> None:
    body = made(200)
    pages = len(read(body).pages)
    assert pages > 4
    for page in range(pages):
        text = words(body, page)
        assert "C-1" in text
        # How many there are is a part that all pages share.
        assert f"{page + 1}/" in text


def test_the_code_leads_where_it_says() -> None:
    (link,) = read(made()).pages[0]["/Annots"]
    assert link.get_object()["/A"]["/URI"] == ADDRESS


def test_the_same_story_is_the_same_file_also_when_several_are_made_at_once() -> None:
    alone = made(20)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(made, [20] * 8)) == {alone}


def test_files_are_written_one_at_a_time() -> None:
    """Written at once they would come out wrong now and then: readers of fonts keep their place."""
    with ThreadPoolExecutor(1) as pool:
        with sheets._WRITING:
            waiting = pool.submit(made)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        assert waiting.result() == made()


def test_a_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    for lines in range(38, 42):
        blocks = [Paragraph("line"), *[Gap(6)] * lines, Heading("Alone"), Facts([("Label", "1")])]
        body = document(blocks, title="t", language="en", author="a")
        found = [page for page in range(len(read(body).pages)) if "Alone" in words(body, page)]
        assert ["Label" in words(body, page) for page in found] == [True]


def test_no_line_of_a_long_heading_is_left_with_one_letter() -> None:
    title = "法人保有口座に記録されている事項を証明した書面の交付申請書"
    body = document([Heading(title, 1)], title=title, language="ja", author="JCM", footer="")
    lines = [line for line in read(body).pages[0].extract_text().splitlines() if line in title]
    assert "".join(lines) == title
    assert len(lines) == 2 and min(map(len, lines)) > 10
