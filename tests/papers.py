"""Reading the papers that the tests make."""

import re
from io import BytesIO

from pypdf import PdfReader

FACES = {"BIZUDPGothic-Regular", "BIZUDPGothic-Bold", "NotoSans-Regular", "NotoSans-Bold"}


def read(body: bytes) -> PdfReader:
    return PdfReader(BytesIO(body))


def words(body: bytes, page: int | None = None) -> str:
    """Return what stands on a paper, or on one page of it, without any space."""
    pages = read(body).pages
    chosen = pages if page is None else [pages[page]]
    return re.sub(r"\s+", "", "".join(one.extract_text() for one in chosen))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def faces(body: bytes) -> set[str]:
    """Return the names of the fonts of a paper; each of them is in the file."""
    names = set()
    for page in read(body).pages:
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            assert "/FontFile2" in font["/FontDescriptor"].get_object(), font["/BaseFont"]
            names.add(str(font["/BaseFont"]).partition("+")[2])
    return names
