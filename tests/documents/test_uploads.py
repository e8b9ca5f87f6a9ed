"""What an uploaded file really is: sound papers are taken, and every attack is told apart."""

import zlib
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, NameObject
from reportlab.pdfgen.canvas import Canvas

from app.documents import uploads
from app.documents.uploads import Verdict, examined, verdict
from tests import uploading

HTML = b"<html><script>alert(1)</script></html>"


def test_sound_papers_and_pictures_are_what_they_are() -> None:
    drawn = BytesIO()
    canvas = Canvas(drawn)
    canvas.drawString(100, 700, "A paper as a program draws it")
    canvas.linkURL("https://example.org", (0, 0, 10, 10))
    canvas.showPage()
    canvas.save()
    compressed = PdfWriter(BytesIO(uploading.pdf()))
    compressed.compress_identical_objects()
    for content, found in (
        (uploading.pdf(), Verdict.PDF),
        (drawn.getvalue(), Verdict.PDF),
        (uploading.written(compressed), Verdict.PDF),
        (uploading.image(), Verdict.PNG),
        (uploading.image(mode="1", size=(4_960, 7_016)), Verdict.PNG),
        (uploading.image("JPEG"), Verdict.JPEG),
    ):
        assert verdict(content) is found


def test_a_paper_that_opens_without_a_password_is_taken_and_one_that_does_not_is_not() -> None:
    writer = PdfWriter(BytesIO(uploading.pdf()))
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    assert verdict(uploading.written(writer)) is Verdict.PDF
    assert verdict(uploading.pdf(password="secret")) is Verdict.UNSAFE


def test_other_kinds_are_refused_whatever_they_are_called() -> None:
    gif, heic = uploading.image("GIF"), b"\0\0\0\x18ftypheic" + bytes(100)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    executable, late = b"MZ" + bytes(100), b"\n" + uploading.pdf()
    for content in (gif, heic, svg, HTML, executable, late, uploading.archive(), b""):
        assert verdict(content) is Verdict.OTHER
        assert examined(content) is Verdict.OTHER


def test_polyglots_are_refused() -> None:
    for content in (
        uploading.archive(uploading.pdf()),
        uploading.archive(uploading.image()),
        uploading.archive(uploading.image("JPEG")),
        uploading.image() + b"anything at all",
        uploading.image("JPEG") + HTML,
        uploading.image("JPEG") + uploading.pdf(),
        b"\xff\xd8\xff\xfe" + (len(HTML) + 2).to_bytes(2) + HTML + uploading.image("JPEG")[2:],
    ):
        assert verdict(content) is Verdict.UNSAFE


@pytest.mark.parametrize("kind", ["/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE"])
def test_a_pdf_that_does_something_is_refused(kind: str) -> None:
    assert verdict(uploading.with_action(PdfWriter(), kind)) is Verdict.UNSAFE


def test_a_pdf_with_a_script_a_form_or_a_file_in_it_is_refused() -> None:
    scripted, attached, formed = (PdfWriter(BytesIO(uploading.pdf())) for _ in range(3))
    scripts = uploading.dictionary(JavaScript=uploading.dictionary(Names=ArrayObject()))
    scripted.root_object[NameObject("/Names")] = scripts
    attached.add_attachment("evil.exe", b"MZ")
    formed.root_object[NameObject("/AcroForm")] = formed._add_object(
        uploading.dictionary(XFA=ArrayObject())
    )
    escaped = uploading.written(scripted).replace(b"/JavaScript", b"/J#61vaScript")
    whole = [uploading.written(one) for one in (scripted, attached, formed)]
    former = uploading.pdf() + b"9 0 obj << /S /J#61vaScript >> endobj\n"
    for content in (*whole, escaped, former):
        assert verdict(content) is Verdict.UNSAFE
    assert PdfReader(BytesIO(escaped)).pages, "it is read all the same"


def test_what_is_hidden_in_a_compressed_object_is_found() -> None:
    plain = uploading.with_action(PdfWriter(), "/Launch")
    assert verdict(uploading.packed(plain)) is Verdict.UNSAFE
    assert b"/Launch" not in uploading.packed(plain)
    assert verdict(uploading.packed(uploading.pdf())) is Verdict.PDF


def test_a_pdf_bomb_is_refused_without_being_inflated_whole() -> None:
    bomb = uploading.bomb()
    assert len(bomb) < 1_000_000
    assert verdict(bomb) is Verdict.UNSAFE


def test_what_is_compressed_twice_is_refused() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    stream = DecodedStreamObject()
    stream.set_data(zlib.compress(zlib.compress(bytes(100_000))))
    filters = ArrayObject([NameObject("/FlateDecode"), NameObject("/FlateDecode")])
    stream[NameObject("/Filter")] = filters
    page[NameObject("/Contents")] = writer._add_object(stream)
    assert verdict(uploading.written(writer)) is Verdict.UNSAFE


def test_damaged_files_and_empty_ones_are_refused() -> None:
    for content in (
        uploading.pdf()[:200],
        uploading.pdf(pages=0),
        b"%PDF-1.7\n%%EOF\n",
        uploading.image()[:-20],
        uploading.image("JPEG")[:400],
        uploading.image("JPEG", (900, 900))[:-3_000],
        b"\xff\xd8\xff" + bytes(500),
        b"\x89PNG\r\n\x1a\n" + bytes(500),
    ):
        assert verdict(content) is Verdict.UNSAFE


def test_an_image_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    assert Image.MAX_IMAGE_PIXELS is not None
    for width in (8_000, 13_000):
        content = uploading.image(size=(width, 7_000), mode="1")
        assert verdict(content) is Verdict.UNSAFE, width


def test_files_are_looked_at_in_a_process_whose_time_and_memory_are_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert examined(uploading.pdf()) is Verdict.PDF
    assert examined(uploading.image()[:-20]) is Verdict.UNSAFE
    monkeypatch.setattr(uploads, "_SECONDS", 0.01)
    assert examined(uploading.pdf()) is Verdict.UNSAFE


def test_too_many_at_once_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_WAIT_SECONDS", 0.01)
    with uploads._TURNS, uploads._TURNS, pytest.raises(uploads.Busy):
        examined(uploading.pdf())
    assert examined(HTML) is Verdict.OTHER
