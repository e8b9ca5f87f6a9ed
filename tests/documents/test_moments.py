"""Days and times as papers print them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.documents import moments


def test_a_moment_names_its_time_zone() -> None:
    at, tokyo = datetime(2026, 11, 2, 15, 0, tzinfo=UTC), ZoneInfo("Asia/Tokyo")
    assert moments.moment(at, "en", tokyo) == "00:00 03/11/2026 (JST)"
    assert moments.moment(at, "ja", tokyo) == "2026年11月3日 00:00（JST）"
    ulaanbaatar = ZoneInfo("Asia/Ulaanbaatar")
    assert moments.moment(at, "en", ulaanbaatar) == "23:00 02/11/2026 (UTC+08:00)"
    assert moments.day(date(2026, 1, 9), "ja") == "2026年1月9日"
