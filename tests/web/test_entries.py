"""What the logs share: texts that cannot break a line, and times to the second."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.web import entries


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("operator", "operator"),
        ("青葉\u3000太郎", "青葉 太郎"),
        ("a\nb", "a\\u000ab"),
        ("a\r\n2026-11-02 signed in", "a\\u000d\\u000a2026-11-02 signed in"),
        ("\u202eadmin", "\\u202eadmin"),
        ("a\u2028b\x1b[2J\t", "a\\u2028b\\u001b[2J\\u0009"),
        ("\U000e0041", "\\ue0041"),
    ],
)
def test_what_was_typed_stays_on_one_line_and_in_order(typed: str, shown: str) -> None:
    """ASVS 16.4.1."""
    assert entries.one_line(typed) == shown


def test_times_are_to_the_second_in_the_zone_of_the_registry(site: Flask) -> None:
    moment = datetime(2024, 8, 19, 20, 30, 7, tzinfo=UTC)
    with site.test_request_context("/en/"):
        assert entries.instant(moment) == "05:30:07 20/08/2024"
    with site.test_request_context("/ja/"):
        assert entries.instant(moment) == "2024年8月20日 05:30:07"
