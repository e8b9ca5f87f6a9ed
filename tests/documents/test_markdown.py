"""Markdown of administrators: what it may become, and that nothing else gets through."""

import re
import time

from app.documents import markdown


def test_headings_lists_quotations_links_and_emphasis_are_kept() -> None:
    made = markdown.html(
        "# Top\n\n### Below\n\n1. one\n2. **two**\n\n> said\n\n[here](https://example.jp)  \nnext"
    )
    for part in (
        "<h2>Top</h2>",
        "<h3>Below</h3>",
        "<li><strong>two</strong></li>",
        "<blockquote>\n<p>said</p>",
        '<a href="https://example.jp" rel="noopener noreferrer">here</a><br>',
    ):
        assert part in made
    assert "<h5>" in markdown.html("## a\n\n# b", level=4)


def test_html_scripts_pictures_and_strange_addresses_do_not_get_through() -> None:
    made = markdown.html(
        "<script>alert(1)</script> <img src=x onerror=alert(1)>\n\n"
        "<style>p {color: red}</style>\n\n"
        "[a](javascript:alert(1)) [b](data:text/html,x) [c](vbscript:x) <javascript:x>\n\n"
        '![p](https://example.jp/p.png) [t](https://example.jp "a\\" onclick=\\"x")'
    )
    tags = set(re.findall(r"<(\w+)", made))
    assert tags == {"p", "a"}
    assert re.findall(r'href="([^"]*)"', made) == ["https://example.jp"]
    assert not re.search(r'<[^>]*"\s+on\w+=', made)
    assert "&lt;script&gt;" in made


def test_text_made_to_be_slow_is_not() -> None:
    began = time.perf_counter()
    for made in ("[" * 10_000, "> " * 5_000, "a **" * 2_500, "`" * 10_000, "[a](b " * 1_600):
        markdown.html(made)
    assert time.perf_counter() - began < 3
