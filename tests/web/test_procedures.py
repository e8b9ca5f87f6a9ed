"""Forms and procedures: the ministry's table, the procedures, and files that anybody may keep."""

import re
from io import BytesIO

from docx import Document
from pypdf import PdfReader

from app.domain import forms
from tests.asking import main
from tests.pages import CheckedClient
from tests.portal import Portal


def test_the_table_has_the_titles_and_days_as_published(client: CheckedClient) -> None:
    days = {"en": ("13/11/2015", "26/08/2019"), "ja": ("2015年11月13日", "2019年8月26日")}
    for language in ("en", "ja"):
        page = main(client.get(f"/{language}/procedures").text)
        rows = re.findall(r'<tr role="row">\s*<th scope="row".*?</tr>', page, re.S)
        assert len(rows) == 5
        for number, row in enumerate(rows, 1):
            form = forms.latest(number)
            assert form.name.get(language) in row
            assert form.purpose.get(language).replace("&", "&amp;") in row
            assert days[language][number == 5] in row
            for file in ("form-{}.pdf", "form-{}.docx", "example-{}-domestic.pdf"):
                assert f'href="/{language}/procedures/{file.format(number)}' in row
        assert f'href="/{language}/procedures"' in client.get(f"/{language}/").text
    assert "designed for this product" in client.get("/en/procedures").text


def test_a_visitor_applies_for_an_account_and_signs_in_for_the_rest(portal: Portal) -> None:
    page = main(portal.visitor().get("/en/procedures").text)
    assert page.count('href="/applications/new"') == 1
    assert page.count('href="/sign-in?next=/portal/applications/new?form%3D') == 4
    page = main(portal.sign_in("aoba-proposer").get("/en/procedures").text)
    assert [f'href="/portal/applications/new?form={one}"' in page for one in range(1, 6)] == [
        True
    ] * 5


def test_every_file_is_one_and_is_sent_once(client: CheckedClient) -> None:
    first = main(client.get("/en/procedures").text)
    files = set(re.findall(r'href="(/en/procedures/[^"]+)" download', first))
    assert len(files) == 5 * (3 + 3 + 2) + 1
    for address in sorted(files):
        if "form-1" not in address and "example-2" not in address and "document" not in address:
            continue
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200, address
        assert answer.headers["Content-Disposition"].startswith("attachment")
        if address.partition("?")[0].endswith(".pdf"):
            assert PdfReader(BytesIO(answer.data)).pages
        else:
            assert Document(BytesIO(answer.data)).paragraphs
        tag = {"If-None-Match": answer.headers["ETag"]}
        again = client.get(address.replace("&amp;", "&"), headers=tag)
        assert (again.status_code, again.data) == (304, b"")
        assert answer.headers["Cache-Control"] == "no-cache"


def test_what_is_not_there_is_not_found(client: CheckedClient) -> None:
    for path in (
        "form-6.pdf", "form-0.docx", "form-1.pdf?for=nobody", "example-9-foreign.pdf",
        "example-1-individual.pdf", "form-99999999999999999999.pdf",
    ):  # fmt: skip
        assert client.get(f"/en/procedures/{path}").status_code == 404, path
