"""Names of attachments: kept as they are, without what deceives, and given back intact."""

from email.message import EmailMessage

from app.domain.attachments import NAME_MAX, disposition, kept_name, shown_name

PDF, JPEG = "application/pdf", "image/jpeg"


def test_names_are_kept_as_they_are() -> None:
    for name in ("登記事項証明書（2026年）.pdf", "Power of attorney.PDF", "ｶﾅ①.pdf", "a.b.c.pdf"):
        assert kept_name(name, PDF) == name
    assert kept_name("写真.JPEG", JPEG) == "写真.JPEG"


def test_folders_hidden_marks_and_line_ends_are_left_out() -> None:
    for typed, kept in (
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\委任状.pdf", "委任状.pdf"),
        ("..\\..\\a.pdf", "a.pdf"),
        ("\u202efdp.exe\u202c.pdf", "fdp.exe.pdf"),
        ("a\u200e\u2066b\ufeff\0\r\nc.pdf", "ab c.pdf"),
        ("が.pdf", "が.pdf"),
        (" .. a . pdf", "a . pdf.pdf"),
        ("half\ud800.pdf", "half.pdf"),
    ):
        assert kept_name(typed, PDF) == kept, ascii(typed)


def test_a_name_ends_as_its_content_says() -> None:
    assert kept_name("photo.pdf", JPEG) == "photo.pdf.jpg"
    assert kept_name("setup.exe", PDF) == "setup.exe.pdf"
    for nameless in ("", ".", "..", "/", "\u202e", ".pdf"):
        assert kept_name(nameless, PDF) in {"file.pdf", "pdf.pdf"}
    assert shown_name("\u202e/") == "file"


def test_long_names_keep_their_ending() -> None:
    kept = kept_name("長" * 500 + ".pdf", PDF)
    assert len(kept) == NAME_MAX and kept.endswith("長.pdf")
    assert len(shown_name("長" * 500)) == NAME_MAX


def test_a_browser_gets_the_name_back_intact() -> None:
    for name in ("登記 100%.pdf", 'a";b\\.pdf', "naïve'file.pdf", "plain.pdf"):
        header = disposition(name)
        assert header.isascii() and header.startswith("attachment; ")
        message = EmailMessage()
        message["Content-Disposition"] = header.partition("; filename=")[0] + (
            "; filename*=" + header.partition("filename*=")[2]
        )
        assert message.get_filename() == name
    assert disposition("登記 100%.pdf").startswith('attachment; filename="__ 100_.pdf"; ')
